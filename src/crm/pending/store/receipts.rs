//! SQL of receipts.

use crate::kernel::db::{Db, DbError, Tx};
use crate::{record, sql};

record! {
    /// A receipt with what it is of.
    #[derive(Clone, Debug)]
    pub(in crate::crm::pending) struct ReceiptRow {
        pub id: String,
        pub pending_id: String,
        pub module: String,
        pub record_id: String,
        pub version: i64,
        pub sequence: i64,
        pub hash: String,
        pub sd_jwt: String,
        pub url: String,
        pub issued_at: i64,
        pub confirmed_at: i64,
        pub confirmed_by: String,
        pub channel: String,
    }
}

pub(in crate::crm::pending) async fn put(tx: &mut Tx<'_>, r: &ReceiptRow) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO receipts (id, pending_id, module, record_id, version, sequence, hash, sd_jwt, url, issued_at, confirmed_at,
             confirmed_by, channel)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING"
    ))
    .bind(r.id.as_str())
    .bind(r.pending_id.as_str())
    .bind(r.module.as_str())
    .bind(r.record_id.as_str())
    .bind(r.version)
    .bind(r.sequence)
    .bind(r.hash.as_str())
    .bind(r.sd_jwt.as_str())
    .bind(r.url.as_str())
    .bind(r.issued_at)
    .bind(r.confirmed_at)
    .bind(r.confirmed_by.as_str())
    .bind(r.channel.as_str())
    .exec()
    .await?;
    Ok(())
}

pub(in crate::crm::pending) async fn by_id(db: &Db, id: &str) -> Result<Option<ReceiptRow>, DbError> {
    db.query(sql!(
        "SELECT id, pending_id, module, record_id, version, sequence, hash, sd_jwt, url, issued_at, confirmed_at, confirmed_by,
             channel FROM receipts WHERE id = $1"
    ))
    .bind(id)
    .opt()
    .await
}

/// The latest receipts of all records.
pub(in crate::crm::pending) async fn latest(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<ReceiptRow>, DbError> {
    tx.q(sql!(
        "SELECT id, pending_id, module, record_id, version, sequence, hash, sd_jwt, url, issued_at, confirmed_at, confirmed_by,
             channel FROM receipts ORDER BY confirmed_at DESC LIMIT $1"
    ))
    .bind(limit)
    .all()
    .await
}

/// The receipts of a record, the latest first.
pub(in crate::crm::pending) async fn of(tx: &mut Tx<'_>, record: &str) -> Result<Vec<ReceiptRow>, DbError> {
    tx.q(sql!(
        "SELECT id, pending_id, module, record_id, version, sequence, hash, sd_jwt, url, issued_at, confirmed_at, confirmed_by,
             channel FROM receipts WHERE record_id = $1 ORDER BY sequence DESC LIMIT 200"
    ))
    .bind(record)
    .all()
    .await
}
