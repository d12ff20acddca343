//! Issues: what one authorization gave an application, and whether that still stands. Asked again at every issue of a
//! token, on every route (security cases 3 and 17).

use futures_util::future::BoxFuture;

use super::access::Access;
use super::backchannel::{self, Told};
use super::claims::{Wishes, scope_of};
use super::error::{ErrorCode, OAuthError};
use super::grounds;
pub use super::grounds::{Standing, stands};
use super::resources;
use super::store::{self, Issue};
use super::userinfo;
use crate::contract::feed::Entry;
use crate::idp::clients::Client;
use crate::idp::clients::auth::{Assertion, Authenticated};
use crate::idp::feed::Head;
use crate::idp::{Idp, admission, feed};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx, Tx};

/// With what is known of the person if its ID token is to say more than who.
pub async fn informed(idp: &Idp, mut standing: Standing) -> Result<Standing, DbError> {
    let asked = Wishes::from_stored(standing.issue.claims.as_deref());
    if asked.id_token.keys().all(|claim| scope_of(claim).is_none()) {
        return Ok(standing);
    }
    standing.about = userinfo::about(idp, &standing.head, &standing.person.id).await?;
    Ok(standing)
}

/// As [`stands`], with the answer of the token endpoint for what doesn't. Asked again at every issue of a token.
pub async fn standing(
    tx: &mut Tx<'_>,
    issue: Issue,
    client: &Client,
    issuer: &str,
    now: Timestamp,
) -> Result<Standing, OAuthError> {
    stands(tx, issue, &client.id, issuer, now).await?.ok_or(ended())
}

/// What the token endpoint says of what no longer stands.
pub fn ended() -> OAuthError {
    OAuthError::grant("what this token belongs to has ended or was revoked")
}

/// Revokes an issue and all tokens of it, for good and everywhere.
pub async fn revoke(idp: &Idp, issue: &str, actor: Actor, why: &'static str) -> Result<(), OAuthError> {
    let by = Revoking { actor, now: idp.env.now(), audit_id: idp.env.id(), why };
    idp.db.write_log((issue.to_owned(), by), |(issue, by), mut tx| Box::pin(async move { by.revoke(&mut tx, issue).await })).await
}

/// Revokes several in a transaction that takes the reason for them away; the applications that are to be told. `run` is what
/// ids of entries begin with.
pub async fn revoke_all(
    tx: &mut LogTx<'_>,
    issues: &[String],
    (actor, run, now): (&Actor, &str, Timestamp),
    why: &'static str,
) -> Result<Vec<Told>, DbError> {
    let mut revoked = Vec::new();
    for issue in issues {
        if !store::revoke_issue(tx, issue, now).await? {
            continue;
        }
        feed::append(tx, now, &Entry::IssueRevoked { issue: issue.clone() }).await?;
        let entry = audit::Entry {
            id: format!("{run}-{issue}"),
            at: now,
            actor: actor.clone(),
            action: "issue.revoked",
            target: Some(issue.clone()),
            outcome: why,
            detail: String::new(),
        };
        audit::record(tx, &entry).await?;
        revoked.push(issue.clone());
    }
    backchannel::revoked(tx, &revoked, now).await
}

/// By whom, when and why something is revoked.
struct Revoking {
    actor: Actor,
    now: Timestamp,
    audit_id: String,
    why: &'static str,
}

impl Revoking {
    async fn revoke(&self, tx: &mut LogTx<'_>, issue: &str) -> Result<(), OAuthError> {
        if !store::revoke_issue(tx, issue, self.now).await? {
            return Ok(());
        }
        feed::append(tx, self.now, &Entry::IssueRevoked { issue: issue.to_owned() }).await?;
        let entry = audit::Entry {
            id: self.audit_id.clone(),
            at: self.now,
            actor: self.actor.clone(),
            action: "issue.revoked",
            target: Some(issue.to_owned()),
            outcome: self.why,
            detail: String::new(),
        };
        Ok(audit::record(tx, &entry).await?)
    }
}

/// What came of something that can be used once.
#[derive(Debug)]
pub enum Redeemed<T> {
    /// It was used now.
    Now(T),
    /// It was used before, and belongs to this issue.
    Before(String),
}

/// The transaction of a grant.
pub type Work<I, T> = for<'t, 'c> fn(&'t mut Tx<'c>, &'t I) -> BoxFuture<'t, Result<Redeemed<T>, OAuthError>>;

/// Why a transaction of a grant is taken back.
enum TakenBack {
    Replay,
    Error(OAuthError),
}

impl From<DbError> for TakenBack {
    fn from(e: DbError) -> Self {
        Self::Error(e.into())
    }
}

/// Runs the transaction of a grant. When what it redeems was used before, it is taken back, with everything that it spent,
/// and run again holding the access log: there finding out and revoking are one transaction, so that no crash between the
/// two leaves a replay found and its tokens alive. Only a replay pays for the lock.
pub async fn redeem<I, T>(
    idp: &Idp,
    input: I,
    work: Work<I, T>,
    actor: Actor,
    why: &'static str,
) -> Result<Redeemed<T>, OAuthError>
where
    I: Clone + Send + Sync + 'static,
    T: Send + 'static,
{
    let first = idp.db.write(input.clone(), move |input, mut tx| {
        Box::pin(async move {
            match work(&mut tx, input).await {
                Ok(Redeemed::Before(_)) => Err(TakenBack::Replay),
                Ok(now) => Ok(now),
                Err(e) => Err(TakenBack::Error(e)),
            }
        })
    });
    match first.await {
        Ok(now) => return Ok(now),
        Err(TakenBack::Error(e)) => return Err(e),
        Err(TakenBack::Replay) => {}
    }
    let by = Revoking { actor, now: idp.env.now(), audit_id: idp.env.id(), why };
    idp.db
        .write_log((input, by), move |(input, by), mut tx| {
            Box::pin(async move {
                let found = work(&mut tx, input).await?;
                if let Redeemed::Before(issue) = &found {
                    by.revoke(&mut tx, issue).await?;
                }
                Ok(found)
            })
        })
        .await
}

/// Whether an access token still counts, which its own words can't say: the application may still have what it says, its issue
/// stands for the application that it was given to, and whoever acts with it may.
pub async fn is_good(tx: &mut Tx<'_>, access: &Access, issuer: &str, now: Timestamp) -> Result<bool, OAuthError> {
    let Some(client) = enabled(tx, &access.client_id).await? else { return Ok(false) };
    if !may_still(&client, access, issuer) || !all_act(tx, access).await? {
        return Ok(false);
    }
    let Some(id) = &access.issue else {
        // An application's own, or that of one who acts for it.
        return Ok(enabled(tx, &access.sub).await?.is_some() && feed::store::head(tx).await?.epoch == access.access_epoch);
    };
    let Some(issue) = store::issue(tx, id).await? else { return Ok(false) };
    // One that was exchanged hangs on the issue of another application; both must still be allowed.
    let given_to = if access.act.is_some() { issue.client_id.clone() } else { access.client_id.clone() };
    let person = issue.person_id.clone();
    let standing = stands(tx, issue, &given_to, issuer, now).await?;
    // What was taken from the first since is in no token that came of its.
    let had = |s: &Standing| access.scope.split(' ').all(|scope| scope.is_empty() || s.issue.has_scope(scope));
    if !standing.is_some_and(|s| s.head.epoch == access.access_epoch && had(&s)) {
        return Ok(false);
    }
    let Some(act) = &access.act else { return Ok(true) };
    let open_to = admission::flow::may(tx, &access.client_id, &person, now).await?;
    Ok(open_to && admission::flow::may(tx, &act.sub, &person, now).await?)
}

async fn enabled(tx: &mut Tx<'_>, client: &str) -> Result<Option<Client>, DbError> {
    Ok(crate::idp::clients::store::by_id(tx, client).await?.filter(|c| c.enabled))
}

/// Whether all who act, one for another, are applications that are enabled (RFC 8693, section 4.1).
async fn all_act(tx: &mut Tx<'_>, access: &Access) -> Result<bool, DbError> {
    let mut link = access.act.as_ref();
    while let Some(act) = link {
        if enabled(tx, &act.sub).await?.is_none() {
            return Ok(false);
        }
        link = act.act.as_deref();
    }
    Ok(true)
}

/// Whether an application may still have what a token says: its resource server and each scope (security case 3).
fn may_still(client: &Client, access: &Access, issuer: &str) -> bool {
    let mut scopes = access.scope.split(' ').filter(|s| !s.is_empty());
    resources::still(client, issuer, &access.aud) == access.aud && scopes.all(|s| !client.scopes(s).is_empty())
}

/// As [`is_good`], at a moment after `head` was read; what is usual by what was read before, where nothing has changed since.
pub async fn is_good_now(idp: &Idp, head: &Head, access: &Access) -> Result<bool, OAuthError> {
    if let (Some(issue), None) = (&access.issue, &access.act) {
        let standing = grounds::now(idp, head, issue, &access.client_id).await?;
        let stands = |s: &Standing| s.head.epoch == access.access_epoch && may_still(&s.client, access, idp.issuer());
        return Ok(standing.as_ref().is_some_and(stands));
    }
    let mut snapshot = idp.db.snapshot().await?;
    is_good(&mut snapshot.tx(), access, idp.issuer(), idp.env.now()).await
}

/// S11: whether an application may act for the person of a token now.
pub async fn may_act(tx: &mut Tx<'_>, client: &str, access: &Access, now: Timestamp) -> Result<bool, OAuthError> {
    let issue = match &access.issue {
        Some(id) => store::issue(tx, id).await?,
        None => None,
    };
    match issue {
        Some(issue) => Ok(admission::flow::may(tx, client, &issue.person_id, now).await?),
        None => Ok(false),
    }
}

/// Uses up what a request may bring once, in the transaction of its effect: the client's assertion and its proof of a key.
pub async fn spend(tx: &mut Tx<'_>, auth: &Authenticated) -> Result<(), OAuthError> {
    use_assertion(tx, &auth.client.id, auth.assertion.as_ref()).await?;
    auth.held.spend(tx).await
}

/// Whether there is anything that [`spend`] uses up.
pub const fn has_to_spend(auth: &Authenticated) -> bool {
    auth.assertion.is_some() || auth.held.proof.is_some()
}

async fn use_assertion(tx: &mut Tx<'_>, client: &str, assertion: Option<&Assertion>) -> Result<(), OAuthError> {
    let Some(a) = assertion else { return Ok(()) };
    if crate::idp::clients::store::use_assertion(tx, client, &a.jti_hash, a.expires).await? {
        return Ok(());
    }
    Err(OAuthError::new(ErrorCode::InvalidClient, "this client assertion was used before"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idp::own::RECORD_STORE;
    use crate::idp::testing::Lab;
    use crate::kernel::db::Sql;

    #[derive(Clone)]
    struct Replay {
        issue: String,
        assertion: Assertion,
    }

    async fn work(tx: &mut Tx<'_>, input: &Replay) -> Result<Redeemed<()>, OAuthError> {
        use_assertion(tx, RECORD_STORE, Some(&input.assertion)).await?;
        Ok(Redeemed::Before(input.issue.clone()))
    }

    /// case 11: when the revocation can't be written, the replay was not found either, and nothing of its request is spent:
    /// coming again, it is found again.
    #[tokio::test]
    async fn finding_a_replay_and_revoking_what_it_gave_are_one_transaction() {
        let lab = Lab::new().await;
        let (_, issue) = lab.signed_in("daan").await;
        let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", lab.dir.path().join("idp.db").display())).await.unwrap();
        let fails = "CREATE TRIGGER fails BEFORE INSERT ON access_log BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
        sqlx::query(fails).execute(&pool).await.unwrap();
        let expires = lab.idp.env.now() + std::time::Duration::from_secs(60);
        let replay = Replay { issue: issue.clone(), assertion: Assertion { jti_hash: "once".into(), expires } };
        let come = async || {
            redeem(&lab.idp, replay.clone(), |tx, input| Box::pin(work(tx, input)), Actor::default(), "used again").await
        };
        let facts = async || {
            let mut facts = Vec::new();
            for sql in [
                "SELECT COUNT(*) FROM assertions_seen",
                "SELECT COUNT(*) FROM issues WHERE revoked_at IS NOT NULL",
                "SELECT COUNT(*) FROM audit WHERE action = 'issue.revoked'",
                "SELECT COUNT(*) FROM access_log WHERE entry LIKE '%issue%'",
            ] {
                facts.push(lab.idp.db.query(Sql::literal(sql)).one::<(i64,)>().await.unwrap().0);
            }
            facts
        };
        come().await.unwrap_err();
        assert_eq!(facts().await, [0, 0, 0, 0]);
        sqlx::query("DROP TRIGGER fails").execute(&pool).await.unwrap();
        assert!(matches!(come().await.unwrap(), Redeemed::Before(found) if found == issue));
        assert_eq!(facts().await, [1, 1, 1, 1]);
    }
}
