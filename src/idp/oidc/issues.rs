//! Issues: what one authorization gave an application, and whether that still stands. Asked again at every issue of a
//! token, on every route (security cases 3 and 17).

use super::error::{ErrorCode, OAuthError};
use super::store::{self, Issue};
use crate::contract::feed::Entry;
use crate::idp::clients::Client;
use crate::idp::feed::Head;
use crate::idp::people::Person;
use crate::idp::sessions::Session;
use crate::idp::{Idp, admission, feed, people, sessions};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};

/// Everything that a token states, read in one transaction. Only [`standing`] makes one.
#[allow(clippy::manual_non_exhaustive, reason = "nobody else makes one, in this crate either")]
#[derive(Clone, Debug)]
pub struct Standing {
    /// The issue.
    pub issue: Issue,
    /// The person.
    pub person: Person,
    /// The session that the person signed in with.
    pub session: Session,
    /// The head of the access log.
    pub head: Head,
    _made_here: (),
}

/// As [`stands`], with the answer of the token endpoint for what doesn't.
pub async fn standing(
    tx: &mut Tx<'_>,
    issue: Issue,
    client: &Client,
    issuer: &str,
    now: Timestamp,
) -> Result<Standing, OAuthError> {
    let found = stands(tx, issue, &client.id, issuer, now).await?;
    found.ok_or(OAuthError::grant("what this token belongs to has ended or was revoked"))
}

/// Whether the issue still stands for a client: not revoked, its session not ended (unless offline access was given), its
/// person and client enabled, and the person allowed to use the client. Errors are storage's own, so that a transaction that lost runs again.
pub async fn stands(
    tx: &mut Tx<'_>,
    mut issue: Issue,
    client: &str,
    issuer: &str,
    now: Timestamp,
) -> Result<Option<Standing>, DbError> {
    if issue.client_id != client || issue.revoked_at.is_some() {
        return Ok(None);
    }
    let client_now = crate::idp::clients::store::by_id(tx, client).await?;
    let person = people::store::by_id(tx, &issue.person_id).await?.filter(|p| p.active);
    let session = sessions::store::by_id(tx, &issue.session_id).await?;
    let (Some(client_now), Some(person), Some(session)) = (client_now.filter(|c| c.enabled), person, session) else {
        return Ok(None);
    };
    // What the application was registered for then may have been taken from it since.
    if issue.resource != issuer && !client_now.metadata.resources.contains(&issue.resource) {
        return Ok(None);
    }
    // S11: taken away since, or ended by its date.
    if !admission::flow::may(tx, client, &person.id, now).await? {
        return Ok(None);
    }
    issue.scope = client_now.scopes(&issue.scope).join(" ");
    if !issue.offline && !session.is_live(now) {
        return Ok(None);
    }
    let head = feed::store::head(tx).await?;
    Ok(Some(Standing { issue, person, session, head, _made_here: () }))
}

/// Revokes an issue and all tokens of it, for good and everywhere.
pub async fn revoke(idp: &Idp, issue: &str, actor: Actor, why: &'static str) -> Result<(), OAuthError> {
    let input = (issue.to_owned(), actor, idp.env.now(), idp.env.id());
    idp.db
        .write_log(input, move |(issue, actor, now, audit_id), mut tx| {
            Box::pin(async move {
                if !store::revoke_issue(&mut tx, issue, *now).await? {
                    return Ok(());
                }
                feed::append(&mut tx, *now, &Entry::IssueRevoked { issue: issue.clone() }).await?;
                let entry = audit::Entry {
                    id: audit_id.clone(),
                    at: *now,
                    actor: actor.clone(),
                    action: "issue.revoked",
                    target: Some(issue.clone()),
                    outcome: why,
                    detail: String::new(),
                };
                audit::record(&mut tx, &entry).await?;
                Ok::<_, OAuthError>(())
            })
        })
        .await
}

/// Takes an assertion's one use, in the transaction of its effect.
pub async fn use_assertion(
    tx: &mut Tx<'_>,
    client: &str,
    assertion: Option<&crate::idp::clients::auth::Assertion>,
) -> Result<(), OAuthError> {
    let Some(a) = assertion else { return Ok(()) };
    if crate::idp::clients::store::use_assertion(tx, client, &a.jti_hash, a.expires).await? {
        return Ok(());
    }
    Err(OAuthError::new(ErrorCode::InvalidClient, "this client assertion was used before"))
}
