//! Who is asking, as everything in the record store sees him. Owns the one decision that turns a token into a caller: the
//! token says who he is and how he signed in, the replica says the rest. Does not own what a role allows.

use std::sync::Arc;

use super::super::Crm;
use super::token::VerifiedToken;
use crate::contract::Assurance;
use crate::crm::replica::{self, Kind, Stale};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Snapshot, Tx};

/// A person on a request. There is no other constructor than the decision in this file, and the fields can't be changed.
#[derive(Clone, Debug)]
pub struct Caller {
    token: Arc<VerifiedToken>,
    name: String,
    language: String,
    staff: bool,
    roles: Vec<String>,
    assurance: Assurance,
}

/// Why a token that is genuine opens nothing. The texts go into answers, so they name no fact of the replica beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The session, the issue, the application or the person behind it has ended.
    #[error("what this token was issued for has ended")]
    Ended,
    /// It is a client's own, or its person isn't known here.
    #[error("the token is not a person's who is known here")]
    Nobody,
    /// It doesn't say that two factors were shown.
    #[error("the token doesn't say how its person signed in")]
    Weak,
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

impl Caller {
    /// Decides in the transaction that is given. The caller of this has made sure that the replica is fresh enough.
    async fn decide(tx: &mut Tx<'_>, token: Arc<VerifiedToken>) -> Result<Self, AccessError> {
        let assurance = token.acr.ok_or(if token.sid.is_none() { Denied::Nobody } else { Denied::Weak })?;
        let (sid, issue) = token.sid.as_deref().zip(token.issue.as_deref()).ok_or(Denied::Nobody)?;
        let found = replica::state(tx, &token.sub, sid, issue, &token.client_id).await?;
        let (state, roles) = found.ok_or(Denied::Nobody)?;
        // An application that the person let act without him outlives his session, and nothing else does.
        let ended = state.session_ended && !token.offline;
        if !state.active || ended || state.issue_revoked || state.client_disabled {
            return Err(Denied::Ended.into());
        }
        Ok(Self { name: state.name, language: state.language, staff: state.staff, roles, assurance, token })
    }

    /// The same person as the replica has him in `tx`: for writes, which decide in their own transaction.
    pub async fn again(&self, tx: &mut Tx<'_>) -> Result<Self, AccessError> {
        Self::decide(tx, Arc::clone(&self.token)).await
    }

    /// Subject identifier.
    pub fn sub(&self) -> &str {
        &self.token.sub
    }
    /// Display name.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// Language code, as the provider keeps it.
    pub fn language(&self) -> &str {
        &self.language
    }
    /// Whether he works here.
    pub const fn staff(&self) -> bool {
        self.staff
    }
    /// The names of his roles, his own and those of his groups, each once and in order.
    pub fn roles(&self) -> &[String] {
        &self.roles
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
    /// Until when the token is valid.
    pub fn expires_at(&self) -> Timestamp {
        Timestamp::from_seconds(self.token.exp)
    }
    /// The position of the access log that the token was issued at.
    pub fn access_rev(&self) -> i64 {
        self.token.access_rev
    }
}

impl Crm {
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
        self.replica.fresh(token.access_rev, Kind::Staff).await?;
        let in_reach = self.replica.is_fresh(token.access_rev, Kind::External);
        let mut snapshot = self.db.snapshot().await?;
        let caller = Caller::decide(&mut snapshot.tx(), Arc::clone(&token)).await?;
        if caller.staff || in_reach {
            return Ok((snapshot, caller));
        }
        // Who doesn't work here is answered only from a snapshot that begins after the log was in reach.
        drop(snapshot);
        self.replica.fresh(token.access_rev, Kind::External).await?;
        let mut snapshot = self.db.snapshot().await?;
        let caller = Caller::decide(&mut snapshot.tx(), token).await?;
        Ok((snapshot, caller))
    }
}
