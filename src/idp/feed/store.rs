//! SQL of the access log.

use super::model::Head;
use crate::contract::feed::{Entry, Positioned};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx, Tx};
use crate::{record, sql};

record! {
    struct Row { position: i64, at: i64, entry: String }
}

/// Begins the log when there is none.
pub async fn begin(tx: &mut Tx<'_>, epoch: &str) -> Result<(), DbError> {
    tx.q(sql!("INSERT INTO access_log_head (only_row, epoch, position) VALUES (1, $1, 0) ON CONFLICT DO NOTHING"))
        .bind(epoch)
        .exec()
        .await?;
    Ok(())
}

/// Appends an entry. Only a transaction that holds the head can, so positions are in commit order and without gaps.
pub async fn append(tx: &mut LogTx<'_>, at: Timestamp, entry: &Entry) -> Result<i64, DbError> {
    let (position,): (i64,) =
        tx.q(sql!("UPDATE access_log_head SET position = position + 1 WHERE only_row = 1 RETURNING position")).one().await?;
    let text = serde_json::to_string(entry).map_err(|e| bad(position, &e))?;
    tx.q(sql!("INSERT INTO access_log (position, at, entry) VALUES ($1, $2, $3)"))
        .bind(position)
        .bind(at.0)
        .bind(text)
        .exec()
        .await?;
    Ok(position)
}

/// The log's epoch and last position.
pub async fn head(tx: &mut Tx<'_>) -> Result<Head, DbError> {
    let (epoch, position) = tx.q(sql!("SELECT epoch, position FROM access_log_head WHERE only_row = 1")).one().await?;
    Ok(Head { epoch, position })
}

/// Up to `limit` entries after `position`, in order.
pub async fn after(tx: &mut Tx<'_>, position: i64, limit: i64) -> Result<Vec<Positioned>, DbError> {
    let rows: Vec<Row> = tx
        .q(sql!("SELECT position, at, entry FROM access_log WHERE position > $1 ORDER BY position LIMIT $2"))
        .bind(position)
        .bind(limit)
        .all()
        .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Positioned {
                position: r.position,
                at: r.at,
                entry: serde_json::from_str(&r.entry).map_err(|e| bad(r.position, &e))?,
            })
        })
        .collect()
}

fn bad(position: i64, e: &serde_json::Error) -> DbError {
    DbError::BadRow { table: "access_log", column: "entry", id: position.to_string(), why: e.to_string() }
}
