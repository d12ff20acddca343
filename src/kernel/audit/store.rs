//! SQL of the chain.

use std::collections::BTreeMap;

use super::chain::{Head, Line};
use super::filter::Filter;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Query, Sql, Tx};
use crate::{record, sql};

record! {
    /// An entry that is committed and not in the chain yet.
    #[derive(Clone, Debug)]
    pub struct Waiting {
        /// Its id.
        pub id: String,
        /// When.
        pub at: i64,
        /// Who.
        pub actor: Option<String>,
        /// Through which client.
        pub client_id: Option<String>,
        /// What.
        pub action: String,
        /// To what or whom.
        pub target: Option<String>,
        /// What came of it.
        pub outcome: String,
        /// From where.
        pub ip: Option<String>,
        /// In which request.
        pub request_id: Option<String>,
        /// More.
        pub detail: String,
    }
}

record! {
    struct HeadRow { seq: i64, hash: String, mac: String, erasures: i64 }
}

record! {
    struct KeyRow { owner: String, sealed: Option<String> }
}

/// The head as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Where the chain ends.
    pub head: Head,
    /// What proves it.
    pub mac: String,
    /// How often something was erased.
    pub erasures: i64,
}

/// Keys asked for in one statement.
const AT_ONCE: usize = 500;

/// The head; none before the first line of an installation.
pub async fn head(tx: &mut Tx<'_>) -> Result<Option<Stored>, DbError> {
    let row: Option<HeadRow> = tx.q(sql!("SELECT seq, hash, mac, erasures FROM audit_head WHERE only_row = 1")).opt().await?;
    Ok(row.map(|r| Stored { head: Head { seq: r.seq, hash: r.hash }, mac: r.mac, erasures: r.erasures }))
}

/// Begins a chain where there is none; false when there is a head already, or lines without one.
pub async fn begin(tx: &mut Tx<'_>, mac: &str) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "INSERT INTO audit_head (only_row, seq, hash, mac, erasures)
             SELECT 1, 0, '', CAST($1 AS TEXT), 0 WHERE NOT EXISTS (SELECT 1 FROM audit WHERE seq IS NOT NULL)
             ON CONFLICT DO NOTHING"
        ))
        .bind(mac)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Moves the head from where it was read; false when somebody else has moved it, or something was erased since.
pub async fn advance(tx: &mut Tx<'_>, from: &Stored, to: &Head, mac: &str) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE audit_head SET seq = $1, hash = $2, mac = $3
             WHERE only_row = 1 AND seq = $4 AND hash = $5 AND erasures = $6"
        ))
        .bind(to.seq)
        .bind(to.hash.as_str())
        .bind(mac)
        .bind(from.head.seq)
        .bind(from.head.hash.as_str())
        .bind(from.erasures)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Entries that wait, in the order in which they get their places.
pub async fn waiting(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Waiting>, DbError> {
    tx.q(sql!(
        "SELECT id, at, actor, client_id, action, target, outcome, ip, request_id, detail FROM audit
         WHERE seq IS NULL ORDER BY at, id LIMIT $1"
    ))
    .bind(limit)
    .all()
    .await
}

/// Makes an entry a line of the chain; false when it is one already.
pub async fn put(tx: &mut Tx<'_>, line: &Line) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE audit SET seq = $2, hash = $3, ip = $4, ip_of = $5, detail = $6, detail_of = $7 WHERE id = $1 AND seq IS NULL"
        ))
        .bind(line.id.as_str())
        .bind(line.seq)
        .bind(line.hash.as_str())
        .bind(line.ip.clone())
        .bind(line.ip_of.clone())
        .bind(line.detail.as_str())
        .bind(line.detail_of.clone())
        .exec()
        .await?;
    Ok(n == 1)
}

/// Sealed keys by owner; `None` for an owner that was erased.
pub async fn keys(tx: &mut Tx<'_>, owners: &[String]) -> Result<BTreeMap<String, Option<String>>, DbError> {
    let mut found = BTreeMap::new();
    for owners in owners.chunks(AT_ONCE) {
        let mut q = tx.q(Sql::literal(""));
        q.push("SELECT owner, sealed FROM audit_keys WHERE owner IN (");
        for (i, owner) in owners.iter().enumerate() {
            q.push(if i > 0 { ", " } else { "" }).value(owner.clone());
        }
        q.push(")");
        found.extend(q.all::<KeyRow>().await?.into_iter().map(|r| (r.owner, r.sealed)));
    }
    Ok(found)
}

/// Stores a new key; false when its owner has one, or was erased.
pub async fn add_key(tx: &mut Tx<'_>, owner: &str, sealed: &str, now: Timestamp) -> Result<bool, DbError> {
    let q = tx.q(sql!("INSERT INTO audit_keys (owner, sealed, made_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"));
    Ok(q.bind(owner).bind(sealed).bind(now.0).exec().await? == 1)
}

/// Takes a key away for good, and what waits unsealed of its owner; lines that are made meanwhile are made anew.
pub async fn erase(tx: &mut Tx<'_>, owner: &str, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO audit_keys (owner, sealed, made_at, erased_at) VALUES ($1, NULL, $2, $2)
         ON CONFLICT (owner) DO UPDATE SET sealed = NULL, erased_at = $2"
    ))
    .bind(owner)
    .bind(now.0)
    .exec()
    .await?;
    tx.q(sql!("UPDATE audit SET ip = NULL, detail = '' WHERE seq IS NULL AND (actor = $1 OR target = $1)"))
        .bind(owner)
        .exec()
        .await?;
    tx.q(sql!("UPDATE audit_head SET erasures = erasures + 1 WHERE only_row = 1")).exec().await.map(drop)
}

fn lines<'t>(tx: &'t mut Tx<'_>) -> Query<'t> {
    let mut q = tx.q(Sql::literal(""));
    q.push("SELECT seq, hash, id, at, actor, client_id, action, target, outcome, ip, ip_of, request_id, detail, detail_of");
    q.push(" FROM audit WHERE seq IS NOT NULL");
    q
}

/// Up to `limit` lines after `seq`, in order: what verifying reads.
pub async fn after(tx: &mut Tx<'_>, seq: i64, limit: i64) -> Result<Vec<Line>, DbError> {
    let mut q = lines(tx);
    q.push(" AND seq > ").value(seq).push(" ORDER BY seq LIMIT ").value(limit);
    q.all().await
}

/// Up to `limit` lines that a filter lets through: the latest before `from`, or the first after it.
pub async fn filtered(
    tx: &mut Tx<'_>,
    filter: &Filter,
    from: Option<i64>,
    newest: bool,
    limit: i64,
) -> Result<Vec<Line>, DbError> {
    let mut q = lines(tx);
    if let Some(seq) = from {
        q.push(if newest { " AND seq < " } else { " AND seq > " }).value(seq);
    }
    if let Some(id) = &filter.about {
        q.push(" AND (actor = ").value(id.clone()).push(" OR target = ").value(id.clone()).push(")");
    }
    if let Some(id) = &filter.actor {
        q.push(" AND actor = ").value(id.clone());
    }
    if let Some(id) = &filter.client {
        q.push(" AND client_id = ").value(id.clone());
    }
    if let Some(action) = &filter.action {
        match action.strip_suffix('.') {
            // Actions are made of a-z, dots, dashes and underscores, which `Filter` has checked; an underscore stands for itself.
            Some(_) => q.push(" AND action LIKE ").value(format!("{}%", action.replace('_', "\\_"))).push(" ESCAPE '\\'"),
            None => q.push(" AND action = ").value(action.clone()),
        };
    }
    if let Some(refused) = filter.refused {
        q.push(if refused { " AND outcome <> 'ok'" } else { " AND outcome = 'ok'" });
    }
    if let Some(since) = filter.since {
        q.push(" AND at >= ").value(since.0);
    }
    if let Some(until) = filter.until {
        q.push(" AND at < ").value(until.0);
    }
    q.push(if newest { " ORDER BY seq DESC LIMIT " } else { " ORDER BY seq LIMIT " }).value(limit);
    q.all().await
}
