//! SQL of devices that wait.

use super::model::Device;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::sql;

/// Stores a device under the hashes of its codes; false when another has the same user code.
pub async fn insert(tx: &mut Tx<'_>, d: &Device, device_hash: &str, user_hash: &str) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "INSERT INTO device_codes (id, device_hash, user_hash, client_id, scope, resource, details, ip, user_agent, pause,
                 created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING"
        ))
        .bind(d.id.as_str())
        .bind(device_hash)
        .bind(user_hash)
        .bind(d.client_id.as_str())
        .bind(d.scope.as_str())
        .bind(d.resource.as_str())
        .bind(d.details.clone())
        .bind(d.ip.as_str())
        .bind(d.user_agent.as_str())
        .bind(d.pause)
        .bind(d.created_at)
        .bind(d.expires_at)
        .exec()
        .await?;
    Ok(n == 1)
}

/// The device with this user code.
pub async fn by_user(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Device>, DbError> {
    tx.q(sql!(
        "SELECT id, client_id, scope, resource, details, ip, user_agent, pause, polled_at, issue_id, decided_at, used_at,
             created_at, expires_at FROM device_codes WHERE user_hash = $1"
    ))
    .bind(hash)
    .opt()
    .await
}

/// The device with this device code.
pub async fn by_device(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Device>, DbError> {
    tx.q(sql!(
        "SELECT id, client_id, scope, resource, details, ip, user_agent, pause, polled_at, issue_id, decided_at, used_at,
             created_at, expires_at FROM device_codes WHERE device_hash = $1"
    ))
    .bind(hash)
    .opt()
    .await
}

/// The device with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Device>, DbError> {
    tx.q(sql!(
        "SELECT id, client_id, scope, resource, details, ip, user_agent, pause, polled_at, issue_id, decided_at, used_at,
             created_at, expires_at FROM device_codes WHERE id = $1"
    ))
    .bind(id)
    .opt()
    .await
}

/// Decides; false when someone did before.
pub async fn decide(tx: &mut Tx<'_>, id: &str, issue: Option<&str>, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE device_codes SET decided_at = $3, issue_id = $2 WHERE id = $1 AND decided_at IS NULL AND expires_at > $3"
        ))
        .bind(id)
        .bind(issue.map(str::to_owned))
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Remembers that a device asked, and how long it has to wait from now on.
pub async fn polled(tx: &mut Tx<'_>, id: &str, pause: i64, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!("UPDATE device_codes SET polled_at = $2, pause = $3 WHERE id = $1"))
        .bind(id)
        .bind(now.0)
        .bind(pause)
        .exec()
        .await
        .map(drop)
}

/// Takes what a device was given; false when that was taken before.
pub async fn take(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE device_codes SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND decided_at IS NOT NULL"))
        .bind(id)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Ends every device that waits.
pub async fn void_all(tx: &mut Tx<'_>) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE device_codes SET expires_at = 0 WHERE expires_at > 0")).exec().await
}

/// Drops devices that expired before `before`.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM device_codes WHERE id IN (SELECT id FROM device_codes WHERE expires_at < $1 LIMIT 500)"))
        .bind(before.0)
        .exec()
        .await
}
