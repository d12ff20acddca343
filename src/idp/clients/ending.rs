//! The end of an application: everything that it was given ends in the transaction that disables it (security case 29).

use super::store;
use crate::contract::feed::Entry;
use crate::idp::oidc::backchannel::{self, Told};
use crate::idp::{apply, feed, oidc};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx};

/// Disables an application and revokes what it holds; whom to tell. Enabling it again brings nothing back.
pub async fn disable(tx: &mut LogTx<'_>, id: &str, actor: &Actor, run: &str, now: Timestamp) -> Result<Vec<Told>, DbError> {
    let Some(client) = store::by_id(tx, id).await?.filter(|c| c.enabled) else { return Ok(Vec::new()) };
    store::save(tx, &super::Client { enabled: false, ..client }, now).await?;
    feed::append(tx, now, &Entry::Client { client_id: id.to_owned(), enabled: false }).await?;
    let mut revoked = Vec::new();
    for issue in apply::store::issues_of_client(tx, id, now).await? {
        if !oidc::store::revoke_issue(tx, &issue, now).await? {
            continue;
        }
        feed::append(tx, now, &Entry::IssueRevoked { issue: issue.clone() }).await?;
        let entry = audit::Entry {
            id: format!("{run}-{issue}"),
            at: now,
            actor: actor.clone(),
            action: "issue.revoked",
            target: Some(issue.clone()),
            outcome: "client disabled",
            detail: String::new(),
        };
        audit::record(tx, &entry).await?;
        revoked.push(issue);
    }
    backchannel::revoked(tx, &revoked, now).await
}
