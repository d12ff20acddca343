//! SQL of receipts and checkpoints.

use crate::contract::receipt::RecordRef;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

record! {
    /// A receipt as stored.
    #[derive(Clone, Debug)]
    pub struct Stored {
        /// Its id.
        pub id: String,
        /// Whose record it is about.
        pub client_id: String,
        /// The pending change.
        pub pending: String,
        /// The record's module.
        pub module: String,
        /// The record.
        pub record_id: String,
        /// Its place in the record's chain, from 1.
        pub sequence: i64,
        /// The hash of its payload.
        pub hash: String,
        /// The signed statement, without disclosures.
        pub jwt: String,
        /// The digest of the change.
        pub digest: String,
        /// When it was issued.
        pub issued_at: i64,
        /// Which checkpoint covers it.
        pub checkpoint: Option<i64>,
    }
}

/// The receipt with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Stored>, DbError> {
    tx.q(sql!(
        "SELECT id, client_id, pending, module, record_id, sequence, hash, jwt, digest, issued_at, checkpoint
         FROM receipts WHERE id = $1"
    ))
    .bind(id)
    .opt()
    .await
}

/// The receipt of a pending change.
pub async fn of_pending(tx: &mut Tx<'_>, client: &str, pending: &str) -> Result<Option<Stored>, DbError> {
    tx.q(sql!(
        "SELECT id, client_id, pending, module, record_id, sequence, hash, jwt, digest, issued_at, checkpoint
         FROM receipts WHERE client_id = $1 AND pending = $2"
    ))
    .bind(client)
    .bind(pending)
    .opt()
    .await
}

/// The end of a record's chain: number and hash of its last receipt.
pub async fn head(tx: &mut Tx<'_>, client: &str, record: &RecordRef) -> Result<Option<(i64, String)>, DbError> {
    tx.q(sql!(
        "SELECT sequence, hash FROM receipts WHERE client_id = $1 AND module = $2 AND record_id = $3
         ORDER BY sequence DESC LIMIT 1"
    ))
    .bind(client)
    .bind(record.module.as_str())
    .bind(record.id.as_str())
    .opt()
    .await
}

/// A record's signed statements from the first on, `limit` at most.
pub async fn chain(tx: &mut Tx<'_>, of: &Stored, limit: i64) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .q(sql!("SELECT jwt FROM receipts WHERE client_id = $1 AND module = $2 AND record_id = $3 ORDER BY sequence LIMIT $4"))
        .bind(of.client_id.as_str())
        .bind(of.module.as_str())
        .bind(of.record_id.as_str())
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(jwt,)| jwt).collect())
}

/// Stores a receipt; false when its place in the chain, or its change, has one.
pub async fn insert(tx: &mut Tx<'_>, r: &Stored) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "INSERT INTO receipts (id, client_id, pending, module, record_id, sequence, hash, jwt, digest, issued_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING"
        ))
        .bind(r.id.as_str())
        .bind(r.client_id.as_str())
        .bind(r.pending.as_str())
        .bind(r.module.as_str())
        .bind(r.record_id.as_str())
        .bind(r.sequence)
        .bind(r.hash.as_str())
        .bind(r.jwt.as_str())
        .bind(r.digest.as_str())
        .bind(r.issued_at)
        .exec()
        .await?;
    Ok(n == 1)
}

record! {
    /// A checkpoint as stored.
    #[derive(Clone, Debug)]
    pub struct StoredCheckpoint {
        /// Its number, from 1.
        pub number: i64,
        /// The signed statement.
        pub token: String,
        /// The hash of its payload.
        pub hash: String,
        /// When it was made.
        pub at: i64,
    }
}

/// The last checkpoint.
pub async fn last_checkpoint(tx: &mut Tx<'_>) -> Result<Option<StoredCheckpoint>, DbError> {
    tx.q(sql!("SELECT number, token, hash, at FROM checkpoints ORDER BY number DESC LIMIT 1")).opt().await
}

/// Checkpoints after `number`, in order.
pub async fn checkpoints(tx: &mut Tx<'_>, number: i64, limit: i64) -> Result<Vec<StoredCheckpoint>, DbError> {
    tx.q(sql!("SELECT number, token, hash, at FROM checkpoints WHERE number > $1 ORDER BY number LIMIT $2"))
        .bind(number)
        .bind(limit)
        .all()
        .await
}

/// Whether a receipt waits for a checkpoint.
pub async fn any_uncovered(tx: &mut Tx<'_>) -> Result<bool, DbError> {
    let row: Option<(String,)> = tx.q(sql!("SELECT id FROM receipts WHERE checkpoint IS NULL LIMIT 1")).opt().await?;
    Ok(row.is_some())
}

/// Puts the oldest receipts that none covers under checkpoint `number`, `limit` at most.
pub async fn cover(tx: &mut Tx<'_>, number: i64, limit: i64) -> Result<u64, DbError> {
    tx.q(sql!(
        "UPDATE receipts SET checkpoint = $1 WHERE checkpoint IS NULL AND id IN
             (SELECT id FROM receipts WHERE checkpoint IS NULL ORDER BY issued_at, id LIMIT $2)"
    ))
    .bind(number)
    .bind(limit)
    .exec()
    .await
}

/// The hashes that a checkpoint covers, in its order.
pub async fn covered(tx: &mut Tx<'_>, number: i64) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> =
        tx.q(sql!("SELECT hash FROM receipts WHERE checkpoint = $1 ORDER BY issued_at, id")).bind(number).all().await?;
    Ok(rows.into_iter().map(|(hash,)| hash).collect())
}

/// Stores a checkpoint.
pub async fn insert_checkpoint(tx: &mut Tx<'_>, number: i64, token: &str, hash: &str, at: Timestamp) -> Result<(), DbError> {
    tx.q(sql!("INSERT INTO checkpoints (number, token, hash, at) VALUES ($1, $2, $3, $4)"))
        .bind(number)
        .bind(token)
        .bind(hash)
        .bind(at.0)
        .exec()
        .await?;
    Ok(())
}
