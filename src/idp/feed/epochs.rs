//! Beginning another epoch of the log: after a restore, so that nobody goes on from what the copy does not have.

use std::time::Duration;

use super::model::{Cursor, Held};
use super::{flow, store};
use crate::idp::credentials::limits::{self, Limit};
use crate::idp::{
    Idp, address, challenges, factors, invitations, links, notices, oidc, policy, recovery, sessions, signin, welcome,
};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx};

/// Epochs that readers can bring about. A restore is rare; a reader that keeps proving one is broken or lies.
const BY_READERS: Limit = Limit { most: 3, window: Duration::from_secs(3600) };

/// Readers have brought about as many epochs as they may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many epochs were begun")]
pub struct TooMany(pub Timestamp);

struct Input {
    /// Who shows the restore, and by what; none when an operator says so.
    shown: Option<(String, Cursor)>,
    epoch: String,
    audit_id: String,
    actor: Actor,
    now: Timestamp,
}

enum Begun {
    Yes,
    /// Someone else began it meanwhile.
    No,
    TooMany(Timestamp),
}

/// Begins an epoch because an operator says that a copy was restored; its name.
pub async fn begin(idp: &Idp, actor: Actor) -> Result<String, DbError> {
    let epoch = idp.env.id();
    write(idp, None, epoch.clone(), actor).await?;
    tracing::warn!(epoch, "a new epoch of the access log begins, as was asked for");
    Ok(epoch)
}

/// Begins an epoch because a reader has more than there is, or something else. Decided again in the transaction, so of all
/// who notice it at once, one begins it.
pub async fn restored(idp: &Idp, client: &str, cursor: &Cursor, actor: Actor) -> Result<(), super::flow::FeedError> {
    let epoch = idp.env.id();
    match write(idp, Some((client.to_owned(), cursor.clone())), epoch.clone(), actor.client(client)).await? {
        Begun::Yes => {
            let position = cursor.position;
            tracing::warn!(client, position, epoch, "this database is an older copy than its reader knows: a new epoch begins");
            Ok(())
        }
        Begun::No => Ok(()),
        Begun::TooMany(until) => {
            tracing::error!(client, "a reader of the access log goes on showing another log");
            Err(TooMany(until).into())
        }
    }
}

async fn write(idp: &Idp, shown: Option<(String, Cursor)>, epoch: String, actor: Actor) -> Result<Begun, DbError> {
    let input = Input { shown, epoch, audit_id: idp.env.id(), actor, now: idp.env.now() };
    idp.db.write_log(input, |input, mut tx| Box::pin(async move { change(&mut tx, input).await })).await
}

async fn change(tx: &mut LogTx<'_>, input: &Input) -> Result<Begun, DbError> {
    let now = input.now;
    if let Some((client, cursor)) = &input.shown {
        if flow::held(tx, client, cursor).await?.1 != Held::Restored {
            return Ok(Begun::No);
        }
        if let Some(until) = limits::take(tx, "access-log-epoch", BY_READERS, now).await? {
            return Ok(Begun::TooMany(until));
        }
    }
    store::set_epoch(tx, &input.epoch).await?;
    // What a restore brings back opens nothing: it was used, ended or revoked since, for all that can be known here.
    sessions::store::end_all(tx, now).await?;
    signin::store::void_all(tx, now).await?;
    policy::devices::void_all(tx, now).await?;
    oidc::store::void_all(tx).await?;
    oidc::pushed::void_all(tx, now).await?;
    oidc::access::void_all(tx).await?;
    oidc::device::store::void_all(tx).await?;
    oidc::ciba::store::void_all(tx).await?;
    factors::store::void_all(tx, now).await?;
    links::store::void_all(tx, now).await?;
    invitations::store::void_all(tx, now).await?;
    address::store::void_all(tx, now).await?;
    notices::store::void_all(tx, now).await?;
    recovery::store::void_all(tx, now).await?;
    welcome::store::void_all(tx, now).await?;
    challenges::store::void_codes(tx, now).await?;
    let shown = input.shown.as_ref().map(|(client, c)| format!("{client} has another log at {}", c.position));
    let entry = audit::Entry {
        id: input.audit_id.clone(),
        at: now,
        actor: input.actor.clone(),
        action: "access-log.epoch",
        target: Some(input.epoch.clone()),
        outcome: "ok",
        detail: shown.unwrap_or_else(|| "by command".into()),
    };
    audit::record(tx, &entry).await?;
    Ok(Begun::Yes)
}
