//! Who is asking, as everything in the record store sees him. Owns the one decision that turns a token into a caller: the
//! token says who he is and how he signed in, the replica says the rest. Does not own what a role allows.

use std::fmt::Write;
use std::sync::Arc;

use super::super::Crm;
use super::token::VerifiedToken;
use crate::contract::Assurance;
use crate::crm::replica::{self, Facts, Kind, Named, Place, Stale, Unfit};
use crate::crm::visibility::sight::{Me, Viewer};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Snapshot, Tx};

/// A person on a request. There is no other constructor than the decision in this file, and the fields can't be changed.
#[derive(Clone, Debug)]
pub struct Caller {
    token: Arc<VerifiedToken>,
    facts: Arc<Facts>,
    assurance: Assurance,
}

/// Why a token that is genuine opens nothing. The texts go into answers, so they name no fact of the replica beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The session, the issue, the application or the person behind it has ended.
    #[error("what this token was issued for has ended")]
    Ended,
    /// It was issued at an access log that is no more; a new token will do.
    #[error("the token was issued before the access log began anew")]
    Superseded,
    /// It is a client's own, or its person isn't known here.
    #[error("the token is not a person's who is known here")]
    Nobody,
    /// Its person didn't sign in as is asked: not as strongly, too long ago, or both.
    #[error("the person behind the token must sign in {}", .0.how())]
    Short(Want),
}

/// What a sign-in is asked to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// How strong at least.
    pub acr: Option<Assurance>,
    /// How old at most, in seconds.
    pub max_age: Option<u64>,
}

impl Want {
    const fn how(self) -> &'static str {
        if self.acr.is_some() { "more strongly" } else { "anew" }
    }
}

impl Denied {
    /// How WWW-Authenticate says what would do (RFC 9470, section 3); nothing where signing in again doesn't help so.
    pub fn step_up(self) -> Option<String> {
        let want = self.wanted()?;
        let mut said = format!("error=\"insufficient_user_authentication\", error_description=\"{self}\"");
        if let Some(least) = want.acr {
            let enough = Assurance::TWO_FACTORS.into_iter().filter(|a| *a >= least).map(Assurance::acr);
            let _ = write!(said, ", acr_values=\"{}\"", enough.collect::<Vec<_>>().join(" "));
        }
        if let Some(seconds) = want.max_age {
            let _ = write!(said, ", max_age=\"{seconds}\"");
        }
        Some(said)
    }

    /// The sign-in that would do; nothing where signing in again doesn't help so.
    pub const fn wanted(self) -> Option<Want> {
        match self {
            Self::Short(want) => Some(want),
            Self::Ended | Self::Superseded | Self::Nobody => None,
        }
    }

    /// What an API of the provider says that would do, in its WWW-Authenticate (RFC 9470, section 3): a strength, an age, or both,
    /// which then both hold; nothing where that says something else.
    pub fn challenged(header: &str) -> Option<Self> {
        let value = |name: &str| {
            let (_, rest) = header.split_once(&format!("{name}=\""))?;
            rest.split_once('"').map(|(value, _)| value)
        };
        if value("error") != Some("insufficient_user_authentication") {
            return None;
        }
        let acr = value("acr_values").and_then(|all| all.split(' ').filter_map(Assurance::from_acr).min());
        let max_age = value("max_age").and_then(|n| n.parse().ok());
        (acr.is_some() || max_age.is_some()).then_some(Self::Short(Want { acr, max_age }))
    }
}

/// Why there is no caller.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The token opens nothing.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The replica is behind.
    #[error(transparent)]
    Behind(#[from] Stale),
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<Unfit> for AccessError {
    fn from(e: Unfit) -> Self {
        match e {
            Unfit::Behind(e) => Self::Behind(e),
            Unfit::Superseded => Self::Denied(Denied::Superseded),
        }
    }
}

/// Where a token was issued.
fn place(token: &VerifiedToken) -> Place<'_> {
    Place { epoch: &token.access_epoch, position: token.access_rev }
}

impl Caller {
    /// Decides in the transaction that is given, also whether the replica as it is there may decide about this token. The
    /// caller of this has made sure that it is fresh enough.
    async fn decide(tx: &mut Tx<'_>, token: Arc<VerifiedToken>, least: Assurance) -> Result<Self, AccessError> {
        let assurance = match token.acr {
            // Whatever a setting says, nobody is here by one factor.
            Some(acr) if acr.is_two_factors() && acr >= least => acr,
            None if token.sid.is_none() => return Err(Denied::Nobody.into()),
            _ => return Err(Denied::Short(Want { acr: Some(least), max_age: None }).into()),
        };
        let (sid, issue) = token.sid.as_deref().zip(token.issue.as_deref()).ok_or(Denied::Nobody)?;
        let named = Named { sub: &token.sub, sid, issue, client_id: &token.client_id, kid: token.kid() };
        let facts = replica::facts(tx, named).await?.ok_or(Denied::Nobody)?;
        // Another node may have found out, or put another log in place, since this one looked.
        if facts.refused {
            return Err(Stale.into());
        }
        if facts.epoch != token.access_epoch {
            return Err(Denied::Superseded.into());
        }
        if facts.position < token.access_rev {
            return Err(Stale.into());
        }
        // An application that the person let act without him outlives his session, and nothing else does.
        let state = &facts.state;
        let ended = state.session_ended && !token.offline;
        if ended || state.is_gone() {
            return Err(Denied::Ended.into());
        }
        Ok(Self { facts: Arc::new(facts), assurance, token })
    }

    /// The same person as the replica has him in `tx`: for writes, which decide in their own transaction. That may have
    /// waited, so whether the log is still in reach is asked again.
    pub async fn again(&self, crm: &Crm, tx: &mut Tx<'_>) -> Result<Self, AccessError> {
        let caller = Self::decide(tx, Arc::clone(&self.token), crm.env.settings.crm_least_acr).await?;
        if caller.staff() || crm.replica.is_in_reach(Kind::External) { Ok(caller) } else { Err(Stale.into()) }
    }

    /// Subject identifier.
    pub fn sub(&self) -> &str {
        &self.token.sub
    }
    /// Display name.
    pub fn name(&self) -> &str {
        &self.facts.state.name
    }
    /// Language code, as the provider keeps it.
    pub fn language(&self) -> &str {
        &self.facts.state.language
    }
    /// Whether he works here.
    pub fn staff(&self) -> bool {
        self.facts.state.staff
    }
    /// The names of his roles, his own and those of his groups, each once and in order.
    pub fn roles(&self) -> &[String] {
        &self.facts.roles
    }
    /// Who he is in the portals that he is in.
    pub fn selves(&self) -> &[Me] {
        &self.facts.selves
    }
    /// The generation of the replica that he was read from.
    pub fn generation(&self) -> i64 {
        self.facts.generation
    }
    /// How strongly he signed in.
    pub const fn assurance(&self) -> Assurance {
        self.assurance
    }
    /// The provider's session.
    pub fn sid(&self) -> &str {
        self.token.sid.as_deref().unwrap_or_default()
    }
    /// Which issue the token belongs to.
    pub fn issue(&self) -> &str {
        self.token.issue.as_deref().unwrap_or_default()
    }
    /// The application that he uses.
    pub fn client_id(&self) -> &str {
        &self.token.client_id
    }
    /// What the application may do for him; scopes, separated by spaces.
    pub fn scope(&self) -> &str {
        &self.token.scope
    }
    /// When he signed in.
    pub fn auth_time(&self) -> Option<Timestamp> {
        self.token.auth_time.map(Timestamp::from_seconds)
    }
    /// Whether he signed in at most `minutes` ago; 0 asks nothing.
    pub fn signed_in_within(&self, minutes: u64, now: Timestamp) -> Result<(), Denied> {
        let seconds = minutes.saturating_mul(60);
        let since = now - std::time::Duration::from_secs(seconds);
        let recent = minutes == 0 || self.auth_time().is_some_and(|at| at > since);
        if recent { Ok(()) } else { Err(Denied::Short(Want { acr: None, max_age: Some(seconds) })) }
    }
    /// Until when the token is valid.
    pub fn expires_at(&self) -> Timestamp {
        Timestamp::from_seconds(self.token.exp)
    }
    /// The position of the access log that the token was issued at.
    pub fn access_rev(&self) -> i64 {
        self.token.access_rev
    }
    /// Which access log that is.
    pub fn access_epoch(&self) -> &str {
        &self.token.access_epoch
    }
}

impl Crm {
    /// Who is asking, as the rules about records see him: what the replica says, today in the organisation's zone.
    pub fn viewer(&self, caller: &Caller) -> Viewer {
        let now = self.env.now();
        caller.facts.viewer(caller.sub(), Some(caller.assurance), now, self.today(now))
    }

    /// The caller behind a token, once the replica is fresh enough for him.
    pub async fn admit(&self, token: VerifiedToken) -> Result<Caller, AccessError> {
        self.reading_as(Arc::new(token)).await.map(|(_, caller)| caller)
    }

    /// A snapshot to answer `caller` from, and the caller as he is in it: everything that a request reads and everything
    /// that decides about it come from one moment.
    pub async fn reading(&self, caller: &Caller) -> Result<(Snapshot, Caller), AccessError> {
        self.reading_as(Arc::clone(&caller.token)).await
    }

    async fn reading_as(&self, token: Arc<VerifiedToken>) -> Result<(Snapshot, Caller), AccessError> {
        self.replica.fresh(place(&token), Kind::Staff).await?;
        let in_reach = self.replica.is_fresh(place(&token), Kind::External);
        let mut snapshot = self.db.snapshot().await?;
        let least = self.env.settings.crm_least_acr;
        let caller = Caller::decide(&mut snapshot.tx(), Arc::clone(&token), least).await?;
        if caller.staff() || in_reach {
            return Ok((snapshot, caller));
        }
        // Who doesn't work here is answered only from a snapshot that begins after the log was in reach.
        drop(snapshot);
        self.replica.fresh(place(&token), Kind::External).await?;
        let mut snapshot = self.db.snapshot().await?;
        let caller = Caller::decide(&mut snapshot.tx(), token, least).await?;
        Ok((snapshot, caller))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::crm::testing::House;
    use crate::kernel::db::Sql;

    /// S2: what is said is what is read.
    #[test]
    fn a_challenge_is_read_as_it_is_written() {
        let short = |acr, max_age| Denied::Short(Want { acr, max_age });
        let app = Some(Assurance::PasswordApp);
        for denied in [short(app, None), short(Some(Assurance::Passkey), None), short(None, Some(300)), short(app, Some(0))] {
            let header = format!("Bearer {}", denied.step_up().unwrap());
            assert_eq!(Denied::challenged(&header), Some(denied), "{header}");
        }
        for other in [
            "",
            "Bearer",
            "Bearer error=\"invalid_token\", max_age=\"300\"",
            "Bearer error=\"insufficient_user_authentication\"",
            "Bearer error=\"insufficient_user_authentication\", acr_values=\"urn:other\"",
            "Bearer error=\"insufficient_user_authentication\", max_age=\"soon",
        ] {
            assert_eq!(Denied::challenged(other), None, "{other}");
        }
    }

    /// case 42, case 43: what another node did to the replica since this one looked is seen by the transaction that decides.
    #[tokio::test]
    async fn who_was_let_in_is_decided_again_by_what_the_transaction_sees() {
        let found = [
            ("UPDATE replica_cursor SET epoch = 'e2'", AccessError::from(Denied::Superseded)),
            ("UPDATE replica_cursor SET position = 0", Stale.into()),
            ("UPDATE replica_cursor SET refused = TRUE", Stale.into()),
        ];
        for (sql, why) in found {
            let house = House::new().await;
            house.crm.replica.poll_now().await.unwrap();
            let token = house.stub().access(&json!({}));
            let caller = house.crm.admit(VerifiedToken::verify(&house.crm.provider, &token).await.unwrap()).await.unwrap();
            let again = async || caller.again(&house.crm, &mut house.crm.db.snapshot().await.unwrap().tx()).await;
            assert!(again().await.is_ok());
            let done = house.crm.db.write(sql, |sql, mut tx| Box::pin(async move { tx.q(Sql::literal(sql)).exec().await }));
            assert_eq!(done.await.unwrap(), 1);
            assert_eq!(again().await.map(drop).unwrap_err().to_string(), why.to_string(), "{sql}");
        }
    }
}
