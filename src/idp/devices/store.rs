//! SQL of known browsers.

use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::sql;

/// Notes that a known browser was used again; false when it is not known.
pub async fn again(tx: &mut Tx<'_>, person: &str, hash: &str, ip: &str, browser: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE devices SET last_at = $5, ip = $3, browser = $4 WHERE person_id = $1 AND token_hash = $2"))
        .bind(person)
        .bind(hash)
        .bind(ip)
        .bind(browser)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Whether any browser of a person is known.
pub async fn any(tx: &mut Tx<'_>, person: &str) -> Result<bool, DbError> {
    let row: Option<(String,)> = tx.q(sql!("SELECT id FROM devices WHERE person_id = $1 LIMIT 1")).bind(person).opt().await?;
    Ok(row.is_some())
}

/// Knows a browser from now on.
pub async fn insert(
    tx: &mut Tx<'_>,
    id: &str,
    person: &str,
    hash: &str,
    ip: &str,
    browser: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO devices (id, person_id, token_hash, browser, ip, first_at, last_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT DO NOTHING"
    ))
    .bind(id)
    .bind(person)
    .bind(hash)
    .bind(browser)
    .bind(ip)
    .bind(now.0)
    .exec()
    .await
    .map(drop)
}

/// Forgets a person's browsers: each is new again.
pub async fn forget(tx: &mut Tx<'_>, person: &str) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM devices WHERE person_id = $1")).bind(person).exec().await
}

/// Drops browsers that were not used since `before`.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM devices WHERE id IN (SELECT id FROM devices WHERE last_at < $1 LIMIT 500)"))
        .bind(before.0)
        .exec()
        .await
}
