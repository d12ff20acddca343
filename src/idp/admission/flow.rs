//! Asking whether a person may use an application, and revoking what he may not have any more.

use super::store;
use crate::contract::feed::{Entry, Holder};
use crate::idp::oidc::backchannel::{self, Told};
use crate::idp::{Idp, feed, oidc};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx, Tx};

/// Whether a person may use an application at `now`. Not whether either is enabled.
pub async fn may(tx: &mut Tx<'_>, client: &str, person: &str, now: Timestamp) -> Result<bool, DbError> {
    Ok(store::openings(tx, client, person).await?.at(now))
}

/// Whose access may have ended.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// A person's, or that of everyone in a group.
    Of(&'a Holder),
    /// Anyone's.
    Anyones,
}

/// Who takes it away, when, and ids that are the same when the transaction runs again.
#[derive(Clone, Debug)]
pub struct Taking<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// What the ids of audit entries begin with.
    pub run: &'a str,
    /// When.
    pub now: Timestamp,
}

/// Revokes whatever stands at applications that it may no longer stand at, in the transaction that took the reason for it
/// away. Answers the applications that are to be told.
pub async fn withdraw(tx: &mut LogTx<'_>, whose: Whose<'_>, by: &Taking<'_>) -> Result<Vec<Told>, DbError> {
    let gone = match whose {
        Whose::Anyones => store::unfounded(tx, by.now).await?,
        Whose::Of(Holder::Person(id)) => store::unfounded_of(tx, id, by.now).await?,
        Whose::Of(Holder::Group(id)) => {
            let mut all = Vec::new();
            for person in store::members(tx, id).await? {
                all.extend(store::unfounded_of(tx, &person, by.now).await?);
            }
            all
        }
    };
    let mut revoked = Vec::new();
    for issue in gone {
        if !oidc::store::revoke_issue(tx, &issue.id, by.now).await? {
            continue;
        }
        feed::append(tx, by.now, &Entry::IssueRevoked { issue: issue.id.clone() }).await?;
        let entry = audit::Entry {
            id: format!("{}-{}", by.run, issue.id),
            at: by.now,
            actor: by.actor.clone(),
            action: "issue.revoked",
            target: Some(issue.id.clone()),
            outcome: "application no longer allowed",
            detail: format!("application {}, person {}", issue.client_id, issue.person_id),
        };
        audit::record(tx, &entry).await?;
        revoked.push(issue.id);
    }
    backchannel::revoked(tx, &revoked, by.now).await
}

/// Withdraws what time alone has ended: a grant until a date. Whatever is asked meanwhile is refused anyway.
pub async fn sweep(idp: &Idp) -> Result<(), DbError> {
    let now = idp.env.now();
    let any = {
        let mut snapshot = idp.db.snapshot().await?;
        !store::unfounded(&mut snapshot.tx(), now).await?.is_empty()
    };
    if !any {
        return Ok(());
    }
    let input = (idp.env.id(), now, Actor::default());
    idp.db
        .write_log(input, |(run, now, actor), mut tx| {
            Box::pin(async move { withdraw(&mut tx, Whose::Anyones, &Taking { actor, run, now: *now }).await })
        })
        .await?;
    idp.outbox.wake();
    Ok(())
}
