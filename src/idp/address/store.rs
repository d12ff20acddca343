//! SQL of changes of address.

use super::model::{Change, Side};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Query, Tx};
use crate::{record, sql};

record! {
    struct Row {
        id: String, person_id: String, sealed: String, asked_by: Option<String>, expires_at: i64,
        new_hash: String, old_at: Option<i64>, new_at: Option<i64>, done_at: Option<i64>, void_at: Option<i64>
    }
}

impl From<Row> for Change {
    fn from(r: Row) -> Self {
        Self {
            id: r.id,
            person: r.person_id,
            sealed: r.sealed,
            asked_by: r.asked_by,
            expires_at: Timestamp(r.expires_at),
            old_at: r.old_at.map(Timestamp),
            new_at: r.new_at.map(Timestamp),
            done_at: r.done_at.map(Timestamp),
            void_at: r.void_at.map(Timestamp),
        }
    }
}

/// Keyed hashes of both links; the old address has none where an administrator asked.
#[derive(Clone, Debug)]
pub struct Hashes {
    /// Of the link to the old address.
    pub old: Option<String>,
    /// Of the link to the new one.
    pub new: String,
}

/// Stores a change; those of the same person that waited are given up.
pub async fn insert(tx: &mut Tx<'_>, c: &Change, hashes: &Hashes, now: Timestamp) -> Result<(), DbError> {
    void_of(tx, &c.person, now).await?;
    tx.q(sql!(
        "INSERT INTO address_changes (id, person_id, sealed, asked_by, asked_at, expires_at, old_hash, new_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    ))
    .bind(c.id.as_str())
    .bind(c.person.as_str())
    .bind(c.sealed.as_str())
    .bind(c.asked_by.clone())
    .bind(now.0)
    .bind(c.expires_at.0)
    .bind(hashes.old.clone())
    .bind(hashes.new.as_str())
    .exec()
    .await
    .map(drop)
}

async fn one(q: Query<'_>) -> Result<Option<Row>, DbError> {
    q.opt::<Row>().await
}

/// The change with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Change>, DbError> {
    let q = tx.q(sql!(
        "SELECT id, person_id, sealed, asked_by, expires_at, new_hash, old_at, new_at, done_at, void_at
         FROM address_changes WHERE id = $1"
    ));
    Ok(one(q.bind(id)).await?.map(Change::from))
}

/// The change that a link belongs to, and which side it proves.
pub async fn by_hash(tx: &mut Tx<'_>, hash: &str) -> Result<Option<(Change, Side)>, DbError> {
    let q = tx.q(sql!(
        "SELECT id, person_id, sealed, asked_by, expires_at, new_hash, old_at, new_at, done_at, void_at
         FROM address_changes WHERE old_hash = $1 OR new_hash = $1"
    ));
    Ok(one(q.bind(hash)).await?.map(|r| {
        let side = if r.new_hash == hash { Side::New } else { Side::Old };
        (r.into(), side)
    }))
}

/// The change of a person that waits for proof.
pub async fn open_of(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<Option<Change>, DbError> {
    let q = tx.q(sql!(
        "SELECT id, person_id, sealed, asked_by, expires_at, new_hash, old_at, new_at, done_at, void_at
         FROM address_changes WHERE person_id = $1 AND done_at IS NULL AND void_at IS NULL AND expires_at > $2
         ORDER BY asked_at DESC LIMIT 1"
    ));
    Ok(one(q.bind(person).bind(now.0)).await?.map(Change::from))
}

/// Notes a proof.
pub async fn proven(tx: &mut Tx<'_>, id: &str, side: Side, now: Timestamp) -> Result<(), DbError> {
    let q = match side {
        Side::Old => tx.q(sql!("UPDATE address_changes SET old_at = COALESCE(old_at, $2) WHERE id = $1")),
        Side::New => tx.q(sql!("UPDATE address_changes SET new_at = COALESCE(new_at, $2) WHERE id = $1")),
    };
    q.bind(id).bind(now.0).exec().await.map(drop)
}

/// Notes that a change was made; false when it was, or was given up.
pub async fn done(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx.q(sql!(
        "UPDATE address_changes SET done_at = $2 WHERE id = $1 AND done_at IS NULL AND void_at IS NULL AND expires_at > $2"
    ));
    Ok(n.bind(id).bind(now.0).exec().await? == 1)
}

/// Gives up what waits of a person.
pub async fn void_of(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE address_changes SET void_at = $2 WHERE person_id = $1 AND done_at IS NULL AND void_at IS NULL"))
        .bind(person)
        .bind(now.0)
        .exec()
        .await
}

/// Gives up all that waits.
pub async fn void_all(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE address_changes SET void_at = $1 WHERE done_at IS NULL AND void_at IS NULL")).bind(now.0).exec().await
}

/// Forgets a person's changes.
pub async fn forget(tx: &mut Tx<'_>, person: &str) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM address_changes WHERE person_id = $1")).bind(person).exec().await
}

/// Drops changes that expired before `before`.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM address_changes WHERE id IN (SELECT id FROM address_changes WHERE expires_at < $1 LIMIT 500)"))
        .bind(before.0)
        .exec()
        .await
}
