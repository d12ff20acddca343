//! Remembered devices: browsers in which a second factor that was shown need not be shown again for some days, where the
//! policies allow that. They are listed for their owner, who can end each.

use crate::idp::signin::factors::Factor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::cookies::CookieName;
use crate::{record, sql};

/// The browser's half of a remembered device.
pub const COOKIE: CookieName = CookieName("zegel_remembered");

record! {
    struct Row {
        id: String, person_id: String, factor: String, shown_at: i64, used_at: i64, expires_at: i64, ip: String, user_agent: String
    }
}

/// A remembered device.
#[derive(Clone, Debug)]
pub struct Device {
    /// Id.
    pub id: String,
    /// Whose.
    pub person_id: String,
    /// Which factor was shown in it.
    pub factor: Factor,
    /// When.
    pub shown_at: Timestamp,
    /// When it was last used.
    pub used_at: Timestamp,
    /// Until when at most; a policy that is set since can end it before.
    pub expires_at: Timestamp,
    /// From which address it was used last.
    pub ip: String,
    /// With which browser.
    pub user_agent: String,
}

fn device(r: Row) -> Result<Device, DbError> {
    let Some(factor) = Factor::from_name(&r.factor) else {
        return Err(DbError::BadRow { table: "remembered_devices", column: "factor", id: r.id, why: r.factor });
    };
    Ok(Device {
        id: r.id,
        person_id: r.person_id,
        factor,
        shown_at: Timestamp(r.shown_at),
        used_at: Timestamp(r.used_at),
        expires_at: Timestamp(r.expires_at),
        ip: r.ip,
        user_agent: r.user_agent,
    })
}

/// Remembers a device.
pub async fn insert(tx: &mut Tx<'_>, d: &Device, token_hash: &str) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO remembered_devices (id, token_hash, person_id, factor, shown_at, used_at, expires_at, ip, user_agent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    ))
    .bind(d.id.as_str())
    .bind(token_hash)
    .bind(d.person_id.as_str())
    .bind(d.factor.as_str())
    .bind(d.shown_at.0)
    .bind(d.used_at.0)
    .bind(d.expires_at.0)
    .bind(d.ip.as_str())
    .bind(d.user_agent.as_str())
    .exec()
    .await?;
    Ok(())
}

/// The device of a cookie, if it is this person's and still remembered.
pub async fn of_cookie(tx: &mut Tx<'_>, token_hash: &str, person: &str, now: Timestamp) -> Result<Option<Device>, DbError> {
    let row: Option<Row> = tx
        .q(sql!(
            "SELECT id, person_id, factor, shown_at, used_at, expires_at, ip, user_agent FROM remembered_devices
             WHERE token_hash = $1 AND person_id = $2 AND ended_at IS NULL AND expires_at > $3"
        ))
        .bind(token_hash)
        .bind(person)
        .bind(now.0)
        .opt()
        .await?;
    row.map(device).transpose()
}

/// Records that a device was used.
pub async fn used(tx: &mut Tx<'_>, id: &str, (ip, user_agent): (&str, &str), now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!("UPDATE remembered_devices SET used_at = $2, ip = $3, user_agent = $4 WHERE id = $1"))
        .bind(id)
        .bind(now.0)
        .bind(ip)
        .bind(user_agent)
        .exec()
        .await?;
    Ok(())
}

/// A person's remembered devices, the one used last first.
pub async fn list(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<Vec<Device>, DbError> {
    let rows: Vec<Row> = tx
        .q(sql!(
            "SELECT id, person_id, factor, shown_at, used_at, expires_at, ip, user_agent FROM remembered_devices
             WHERE person_id = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY used_at DESC, id"
        ))
        .bind(person)
        .bind(now.0)
        .all()
        .await?;
    rows.into_iter().map(device).collect()
}

/// Forgets one of a person's devices; false when it isn't remembered.
pub async fn end(tx: &mut Tx<'_>, person: &str, id: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE remembered_devices SET ended_at = $3 WHERE id = $1 AND person_id = $2 AND ended_at IS NULL"))
        .bind(id)
        .bind(person)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Forgets all of a person's devices: what was shown in them was shown with credentials that no longer count.
pub async fn end_all(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE remembered_devices SET ended_at = $2 WHERE person_id = $1 AND ended_at IS NULL"))
        .bind(person)
        .bind(now.0)
        .exec()
        .await
}

/// Forgets everybody's, after a restore.
pub async fn void_all(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE remembered_devices SET ended_at = $1 WHERE ended_at IS NULL")).bind(now.0).exec().await
}

/// Drops devices that ended before `before`.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!(
        "DELETE FROM remembered_devices
         WHERE id IN (SELECT id FROM remembered_devices WHERE expires_at < $1 OR ended_at < $1 LIMIT 500)"
    ))
    .bind(before.0)
    .exec()
    .await
}
