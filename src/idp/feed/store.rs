//! SQL of the access log and of who replicates it.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Head, Replica};
use crate::contract::feed::{Entry, Positioned};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError, LogTx, Sql, Tx};
use crate::{record, sql};

/// Names asked for in one statement.
const AT_ONCE: usize = 500;

record! {
    struct Row { position: i64, at: i64, entry: String }
}

record! {
    struct ReplicaRow { client_id: String, epoch: String, position: i64, seen_at: i64 }
}

record! {
    struct BesideRow { epoch: String, position: i64, keys_revision: i64, revision: i64, chain: String, their_epoch: Option<String>, their_position: Option<i64>, seen_at: Option<i64> }
}

/// The log beside what is known of one who reads it, from one moment.
#[derive(Debug)]
pub struct Beside {
    /// Where the log stands.
    pub head: Head,
    /// The digest over all of it.
    pub chain: String,
    /// What was last written of the client.
    pub known: Option<Replica>,
}

/// Begins the log when there is none.
pub async fn begin(tx: &mut Tx<'_>, epoch: &str) -> Result<(), DbError> {
    tx.q(sql!("INSERT INTO access_log_head (only_row, epoch, position) VALUES (1, $1, 0) ON CONFLICT DO NOTHING"))
        .bind(epoch)
        .exec()
        .await?;
    Ok(())
}

/// An entry as it is kept: without the name of a person, which is read beside it as it is then.
fn unnamed(entry: &Entry) -> Entry {
    let mut entry = entry.clone();
    if let Entry::Person { name, .. } = &mut entry {
        name.clear();
    }
    entry
}

/// What the people of entries are called, by subject identifier.
pub async fn names(tx: &mut Tx<'_>, entries: &[Positioned]) -> Result<BTreeMap<String, String>, DbError> {
    let subs = entries.iter().filter_map(|e| if let Entry::Person { sub, .. } = &e.entry { Some(sub.clone()) } else { None });
    let subs: Vec<String> = subs.collect::<BTreeSet<_>>().into_iter().collect();
    let mut names = BTreeMap::new();
    for subs in subs.chunks(AT_ONCE) {
        let mut q = tx.q(Sql::literal(""));
        q.push("SELECT id, name FROM people WHERE id IN (");
        for (n, sub) in subs.iter().enumerate() {
            q.push(if n > 0 { ", " } else { "" }).value(sub.clone());
        }
        q.push(")");
        names.extend(q.all::<(String, String)>().await?);
    }
    Ok(names)
}

/// Appends an entry. Only a transaction that holds the head can, so positions are in commit order and without gaps.
pub async fn append(tx: &mut LogTx<'_>, at: Timestamp, entry: &Entry) -> Result<i64, DbError> {
    let (position, before): (i64, String) = tx
        .q(sql!("UPDATE access_log_head SET position = position + 1 WHERE only_row = 1 RETURNING position, chain"))
        .one()
        .await?;
    let entry = Positioned { position, at: at.0, entry: unnamed(entry) };
    let text = serde_json::to_string(&entry.entry).map_err(|e| bad(position, &e))?;
    let chain = entry.link(&before).map_err(|e| bad(position, &e))?;
    tx.q(sql!("UPDATE access_log_head SET chain = $1 WHERE only_row = 1")).bind(chain.as_str()).exec().await?;
    tx.q(sql!("INSERT INTO access_log (position, at, entry, chain) VALUES ($1, $2, $3, $4)"))
        .bind(position)
        .bind(at.0)
        .bind(text)
        .bind(chain)
        .exec()
        .await?;
    Ok(position)
}

const HEAD: Sql = sql!(
    "SELECT h.epoch, h.position, h.keys_revision, g.revision FROM access_log_head h, grounds g
     WHERE h.only_row = 1 AND g.only_row = 1"
);

/// Where the log stands.
pub async fn head(tx: &mut Tx<'_>) -> Result<Head, DbError> {
    tx.q(HEAD).one().await.map(as_head)
}

/// The same by one statement of its own.
pub async fn head_now(db: &Db) -> Result<Head, DbError> {
    db.query(HEAD).one().await.map(as_head)
}

fn as_head((epoch, position, keys, grounds): (String, i64, i64, i64)) -> Head {
    Head { epoch, position, keys, grounds }
}

/// The digest over the log up to `position`; empty where there is none.
pub async fn chain_at(tx: &mut Tx<'_>, position: i64) -> Result<String, DbError> {
    let row: Option<(String,)> = tx.q(sql!("SELECT chain FROM access_log WHERE position = $1")).bind(position).opt().await?;
    Ok(row.map(|(c,)| c).unwrap_or_default())
}

/// Begins another epoch: positions go on, but whoever knew the log before knows another one.
pub async fn set_epoch(tx: &mut LogTx<'_>, epoch: &str) -> Result<(), DbError> {
    tx.q(sql!("UPDATE access_log_head SET epoch = $1 WHERE only_row = 1")).bind(epoch).exec().await.map(drop)
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

/// The log beside what is known of `client`, by one statement: most polls need no other.
pub async fn beside(tx: &mut Tx<'_>, client: &str) -> Result<Beside, DbError> {
    let row: BesideRow = tx
        .q(sql!(
            "SELECT h.epoch, h.position, h.keys_revision, g.revision, h.chain, r.epoch AS their_epoch,
                 r.position AS their_position, r.seen_at
             FROM access_log_head h JOIN grounds g ON g.only_row = h.only_row LEFT JOIN replicas r ON r.client_id = $1
             WHERE h.only_row = 1"
        ))
        .bind(client)
        .one()
        .await?;
    let known = match (row.their_epoch, row.their_position, row.seen_at) {
        (Some(epoch), Some(position), Some(seen_at)) => {
            Some(Replica { client_id: client.to_owned(), epoch, position, seen_at: Timestamp(seen_at) })
        }
        _ => None,
    };
    let head = Head { epoch: row.epoch, position: row.position, keys: row.keys_revision, grounds: row.revision };
    Ok(Beside { head, chain: row.chain, known })
}

/// Notes that a client has the log up to a position. Within an epoch it never goes back: nodes of one replica poll out of
/// turn, and what its database has it keeps.
pub async fn acknowledge(tx: &mut Tx<'_>, r: &Replica) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO replicas (client_id, epoch, position, seen_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (client_id) DO UPDATE SET
             position = CASE WHEN replicas.epoch = excluded.epoch AND replicas.position > excluded.position
                 THEN replicas.position ELSE excluded.position END,
             epoch = excluded.epoch,
             seen_at = CASE WHEN replicas.seen_at > excluded.seen_at THEN replicas.seen_at ELSE excluded.seen_at END"
    ))
    .bind(r.client_id.as_str())
    .bind(r.epoch.as_str())
    .bind(r.position)
    .bind(r.seen_at.0)
    .exec()
    .await
    .map(drop)
}

/// The replicas of enabled clients, seen at `since` or later, that have not acknowledged `position`.
pub async fn behind(db: &Db, position: i64, since: Timestamp) -> Result<Vec<Replica>, DbError> {
    let rows: Vec<ReplicaRow> = db
        .query(sql!(
            "SELECT r.client_id, r.epoch, r.position, r.seen_at FROM replicas r
         JOIN clients c ON c.id = r.client_id JOIN access_log_head h ON h.only_row = 1
         WHERE c.enabled AND r.seen_at >= $2 AND (r.epoch <> h.epoch OR r.position < $1) ORDER BY r.client_id"
        ))
        .bind(position)
        .bind(since.0)
        .all()
        .await?;
    let replica =
        |r: ReplicaRow| Replica { client_id: r.client_id, epoch: r.epoch, position: r.position, seen_at: Timestamp(r.seen_at) };
    Ok(rows.into_iter().map(replica).collect())
}

fn bad(position: i64, e: &serde_json::Error) -> DbError {
    DbError::BadRow { table: "access_log", column: "entry", id: position.to_string(), why: e.to_string() }
}
