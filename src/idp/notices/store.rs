//! SQL of notices.

use super::model::Notice;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

record! {
    /// A notice as it is kept.
    #[derive(Clone, Debug)]
    pub struct Kept {
        /// Its id.
        pub id: String,
        /// To whom.
        pub person_id: String,
        /// What is told.
        pub what: String,
        /// From where and more, sealed.
        pub sealed: String,
        /// When.
        pub made_at: i64,
        /// Until when it can be taken back.
        pub expires_at: i64,
        /// When it was.
        pub used_at: Option<i64>,
    }
}

/// Stores a notice.
pub async fn insert(tx: &mut Tx<'_>, n: &Notice, person: &str, expires: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO notices (id, hash, person_id, what, sealed, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT DO NOTHING"
    ))
    .bind(n.id.as_str())
    .bind(n.hash.as_str())
    .bind(person)
    .bind(n.what.as_str())
    .bind(n.sealed.as_str())
    .bind(n.at.0)
    .bind(expires.0)
    .exec()
    .await
    .map(drop)
}

/// The notice with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Kept>, DbError> {
    tx.q(sql!("SELECT id, person_id, what, sealed, made_at, expires_at, used_at FROM notices WHERE id = $1")).bind(id).opt().await
}

/// The notice whose link has this hash.
pub async fn by_hash(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Kept>, DbError> {
    tx.q(sql!("SELECT id, person_id, what, sealed, made_at, expires_at, used_at FROM notices WHERE hash = $1"))
        .bind(hash)
        .opt()
        .await
}

/// The notices to a person of one kind since a moment, the oldest first.
pub async fn since(tx: &mut Tx<'_>, person: &str, what: &str, since: Timestamp) -> Result<Vec<Kept>, DbError> {
    tx.q(sql!(
        "SELECT id, person_id, what, sealed, made_at, expires_at, used_at FROM notices
         WHERE person_id = $1 AND what = $2 AND made_at >= $3 ORDER BY made_at, id"
    ))
    .bind(person)
    .bind(what)
    .bind(since.0)
    .all()
    .await
}

/// Takes a notice back; false when it was before, or can't be any more.
pub async fn take(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx.q(sql!("UPDATE notices SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2"));
    Ok(n.bind(id).bind(now.0).exec().await? == 1)
}

/// Ends every link that was not used.
pub async fn void_all(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE notices SET expires_at = $1 WHERE used_at IS NULL AND expires_at > $1")).bind(now.0).exec().await
}

/// Forgets what someone was told.
pub async fn forget(tx: &mut Tx<'_>, person: &str) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM notices WHERE person_id = $1")).bind(person).exec().await
}

/// Drops notices that ended before `before`.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE expires_at < $1 LIMIT 500)"))
        .bind(before.0)
        .exec()
        .await
}
