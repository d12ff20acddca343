//! SQL of signing keys.

use super::model::{Life, Use};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::jose::Alg;
use crate::{record, sql};

record! {
    /// A row.
    #[derive(Clone)]
    pub(super) struct Row {
        pub kid: String, pub purpose: String, pub alg: String, pub sealed: String, pub created_at: i64, pub active_at: i64,
        pub retired_at: Option<i64>, pub withdrawn_at: Option<i64>
    }
}

impl Row {
    pub(super) fn life(&self) -> Life {
        Life {
            created_at: Timestamp(self.created_at),
            active_at: Timestamp(self.active_at),
            retired_at: self.retired_at.map(Timestamp),
            withdrawn_at: self.withdrawn_at.map(Timestamp),
        }
    }
}

/// The number that changes with every change of a key.
pub(super) async fn revision(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    let row: Option<(i64,)> = tx.q(sql!("SELECT keys_revision FROM access_log_head WHERE only_row = 1")).opt().await?;
    Ok(row.map_or(0, |(r,)| r))
}

/// Says that keys changed.
pub(super) async fn changed(tx: &mut Tx<'_>) -> Result<(), DbError> {
    tx.q(sql!("UPDATE access_log_head SET keys_revision = keys_revision + 1 WHERE only_row = 1")).exec().await.map(drop)
}

/// Every key, oldest first.
pub(super) async fn all(tx: &mut Tx<'_>) -> Result<Vec<Row>, DbError> {
    tx.q(sql!(
        "SELECT kid, purpose, alg, sealed, created_at, active_at, retired_at, withdrawn_at FROM signing_keys
         ORDER BY active_at, created_at, kid"
    ))
    .all()
    .await
}

/// The keys of a use and algorithm that have no successor yet, newest first: name, and its life.
pub(super) async fn open(tx: &mut Tx<'_>, purpose: Use, alg: Alg) -> Result<Vec<(String, Life)>, DbError> {
    let rows: Vec<(String, i64, i64)> = tx
        .q(sql!(
            "SELECT kid, created_at, active_at FROM signing_keys
             WHERE purpose = $1 AND alg = $2 AND retired_at IS NULL AND withdrawn_at IS NULL ORDER BY active_at DESC, kid"
        ))
        .bind(purpose.as_str())
        .bind(alg.name())
        .all()
        .await?;
    let life = |created, active| Life {
        created_at: Timestamp(created),
        active_at: Timestamp(active),
        retired_at: None,
        withdrawn_at: None,
    };
    Ok(rows.into_iter().map(|(kid, created, active)| (kid, life(created, active))).collect())
}

/// Adds a key.
pub(super) async fn insert(tx: &mut Tx<'_>, row: &Row) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO signing_keys (kid, purpose, alg, sealed, created_at, active_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING"
    ))
    .bind(row.kid.as_str())
    .bind(row.purpose.as_str())
    .bind(row.alg.as_str())
    .bind(row.sealed.as_str())
    .bind(row.created_at)
    .bind(row.active_at)
    .exec()
    .await
    .map(drop)
}

/// Sets when those that sign until now are to stop: all of the use and algorithm but `next`.
pub(super) async fn retire(tx: &mut Tx<'_>, purpose: Use, alg: Alg, next: &str, at: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "UPDATE signing_keys SET retired_at = $4
         WHERE purpose = $1 AND alg = $2 AND kid <> $3 AND withdrawn_at IS NULL AND (retired_at IS NULL OR retired_at > $4)"
    ))
    .bind(purpose.as_str())
    .bind(alg.name())
    .bind(next)
    .bind(at.0)
    .exec()
    .await
    .map(drop)
}

/// Lets a key that waits sign from `at` on.
pub(super) async fn activate(tx: &mut Tx<'_>, kid: &str, at: Timestamp) -> Result<(), DbError> {
    tx.q(sql!("UPDATE signing_keys SET active_at = $2 WHERE kid = $1 AND active_at > $2"))
        .bind(kid)
        .bind(at.0)
        .exec()
        .await
        .map(drop)
}

/// Takes a key out of use at once; its algorithm, or nothing where it was already.
pub(super) async fn withdraw(tx: &mut Tx<'_>, kid: &str, purpose: Use, now: Timestamp) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> = tx
        .q(sql!(
            "UPDATE signing_keys SET withdrawn_at = $3,
                 retired_at = CASE WHEN retired_at IS NULL OR retired_at > $3 THEN $3 ELSE retired_at END
             WHERE kid = $1 AND purpose = $2 AND withdrawn_at IS NULL RETURNING alg"
        ))
        .bind(kid)
        .bind(purpose.as_str())
        .bind(now.0)
        .opt()
        .await?;
    Ok(row.map(|(alg,)| alg))
}

/// Lets a key sign on that was to be succeeded by one that is withdrawn.
pub(super) async fn reinstate(tx: &mut Tx<'_>, purpose: Use, alg: Alg, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "UPDATE signing_keys SET retired_at = NULL
         WHERE purpose = $1 AND alg = $2 AND withdrawn_at IS NULL AND retired_at > $3"
    ))
    .bind(purpose.as_str())
    .bind(alg.name())
    .bind(now.0)
    .exec()
    .await
    .map(drop)
}

/// Forgets keys for tokens that nothing counts of since `before`; how many.
pub(super) async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM signing_keys WHERE purpose = 'token' AND retired_at <= $1")).bind(before.0).exec().await
}
