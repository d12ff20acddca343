//! SQL of questions.

use super::model::Asking;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::sql;

/// Stores a question under the hash of what it is asked for with.
pub async fn insert(tx: &mut Tx<'_>, a: &Asking, hash: &str) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO backchannel_requests (id, hash, client_id, person_id, scope, resource, details, acr, message, notify, pause,
             created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    ))
    .bind(a.id.as_str())
    .bind(hash)
    .bind(a.client_id.as_str())
    .bind(a.person_id.clone())
    .bind(a.scope.as_str())
    .bind(a.resource.as_str())
    .bind(a.details.clone())
    .bind(a.acr.as_str())
    .bind(a.message.clone())
    .bind(a.notify.clone())
    .bind(a.pause)
    .bind(a.created_at)
    .bind(a.expires_at)
    .exec()
    .await
    .map(drop)
}

/// The question with this hash.
pub async fn by_hash(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Asking>, DbError> {
    tx.q(sql!(
        "SELECT id, client_id, person_id, scope, resource, details, acr, message, notify, pause, polled_at, issue_id, decided_at,
             used_at, created_at, expires_at FROM backchannel_requests WHERE hash = $1"
    ))
    .bind(hash)
    .opt()
    .await
}

/// The question with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Asking>, DbError> {
    tx.q(sql!(
        "SELECT id, client_id, person_id, scope, resource, details, acr, message, notify, pause, polled_at, issue_id, decided_at,
             used_at, created_at, expires_at FROM backchannel_requests WHERE id = $1"
    ))
    .bind(id)
    .opt()
    .await
}

/// What waits for a person, the latest first.
pub async fn waiting_for(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<Vec<Asking>, DbError> {
    tx.q(sql!(
        "SELECT id, client_id, person_id, scope, resource, details, acr, message, notify, pause, polled_at, issue_id, decided_at,
             used_at, created_at, expires_at FROM backchannel_requests
         WHERE person_id = $1 AND expires_at > $2 AND decided_at IS NULL ORDER BY id DESC LIMIT 50"
    ))
    .bind(person)
    .bind(now.0)
    .all()
    .await
}

/// Decides; false when that was done before, or it is too late.
pub async fn decide(tx: &mut Tx<'_>, id: &str, issue: Option<&str>, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE backchannel_requests SET decided_at = $3, issue_id = $2
             WHERE id = $1 AND decided_at IS NULL AND expires_at > $3"
        ))
        .bind(id)
        .bind(issue.map(str::to_owned))
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Remembers that the application asked for the answer, and how long it has to wait from now on.
pub async fn polled(tx: &mut Tx<'_>, id: &str, pause: i64, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!("UPDATE backchannel_requests SET polled_at = $2, pause = $3 WHERE id = $1"))
        .bind(id)
        .bind(now.0)
        .bind(pause)
        .exec()
        .await
        .map(drop)
}

/// Takes what was given; false when that was taken before.
pub async fn take(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE backchannel_requests SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND decided_at IS NOT NULL"))
        .bind(id)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Ends every question that waits.
pub async fn void_all(tx: &mut Tx<'_>) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE backchannel_requests SET expires_at = 0 WHERE expires_at > 0")).exec().await
}

/// Drops questions that expired before `before`.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!(
        "DELETE FROM backchannel_requests WHERE id IN (SELECT id FROM backchannel_requests WHERE expires_at < $1 LIMIT 500)"
    ))
    .bind(before.0)
    .exec()
    .await
}
