//! SQL of links.

use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

record! {
    /// A link.
    #[derive(Clone, Debug)]
    pub struct Link {
        /// For whom.
        pub person_id: String,
        /// Until when.
        pub expires_at: i64,
        /// When it was used.
        pub used_at: Option<i64>,
    }
}

/// Stores a link; a second one for the same job changes nothing.
pub async fn insert(
    tx: &mut Tx<'_>,
    hash: &str,
    kind: &str,
    person: &str,
    now: Timestamp,
    expires: Timestamp,
) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO links (hash, kind, person_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
    ))
    .bind(hash)
    .bind(kind)
    .bind(person)
    .bind(now.0)
    .bind(expires.0)
    .exec()
    .await?;
    Ok(())
}

/// The link with this hash.
pub async fn get(tx: &mut Tx<'_>, hash: &str, kind: &str) -> Result<Option<Link>, DbError> {
    tx.q(sql!("SELECT person_id, expires_at, used_at FROM links WHERE hash = $1 AND kind = $2")).bind(hash).bind(kind).opt().await
}

/// Ends every link.
pub async fn void_all(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE links SET expires_at = $1 WHERE used_at IS NULL AND expires_at > $1")).bind(now.0).exec().await
}

/// Uses a link; false when it was used or has expired. All others of its kind for the person go with it.
pub async fn take(tx: &mut Tx<'_>, hash: &str, kind: &str, person: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE links SET used_at = $3 WHERE hash = $1 AND kind = $2 AND used_at IS NULL AND expires_at > $3"))
        .bind(hash)
        .bind(kind)
        .bind(now.0)
        .exec()
        .await?;
    tx.q(sql!("UPDATE links SET used_at = $3 WHERE person_id = $1 AND kind = $2 AND used_at IS NULL"))
        .bind(person)
        .bind(kind)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Drops links that expired before `before`.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM links WHERE hash IN (SELECT hash FROM links WHERE expires_at < $1 LIMIT 500)"))
        .bind(before.0)
        .exec()
        .await
}

/// Ends the links of a person that were not used.
pub async fn void_of(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE links SET expires_at = $2 WHERE person_id = $1 AND used_at IS NULL AND expires_at > $2"))
        .bind(person)
        .bind(now.0)
        .exec()
        .await
}
