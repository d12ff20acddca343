//! SQL of recovery codes.

use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::sql;

/// Puts new codes in the place of all there were.
pub async fn replace(tx: &mut Tx<'_>, person: &str, hashes: &[String], now: Timestamp) -> Result<(), DbError> {
    forget(tx, person).await?;
    for hash in hashes {
        tx.q(sql!("INSERT INTO recovery_codes (person_id, hash, created_at) VALUES ($1, $2, $3)"))
            .bind(person)
            .bind(hash.as_str())
            .bind(now.0)
            .exec()
            .await?;
    }
    Ok(())
}

/// Uses a code; false when the person has none of this hash, or it was used.
pub async fn take(tx: &mut Tx<'_>, person: &str, hash: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE recovery_codes SET used_at = $3 WHERE person_id = $1 AND hash = $2 AND used_at IS NULL"))
        .bind(person)
        .bind(hash)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// How many a person has left, and when they were made.
pub async fn left(tx: &mut Tx<'_>, person: &str) -> Result<(i64, Option<Timestamp>), DbError> {
    let (left, made): (i64, Option<i64>) = tx
        .q(sql!("SELECT COUNT(CASE WHEN used_at IS NULL THEN 1 END), MAX(created_at) FROM recovery_codes WHERE person_id = $1"))
        .bind(person)
        .one()
        .await?;
    Ok((left, made.map(Timestamp)))
}

/// Drops all of a person.
pub async fn forget(tx: &mut Tx<'_>, person: &str) -> Result<(), DbError> {
    tx.q(sql!("DELETE FROM recovery_codes WHERE person_id = $1")).bind(person).exec().await?;
    Ok(())
}
