//! Counting tries, in the database, so that all nodes and all routes share one count (security case 18).

use std::time::Duration;

use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::sql;

/// How many tries in how long.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Tries in one window.
    pub most: i64,
    /// The window, from the first try on.
    pub window: Duration,
}

/// Takes one try from `bucket` **before** it is evaluated. When none is left: the moment from which there are again.
///
/// One statement counts and tells, so of 200 at once exactly `most` get through. Must be committed even if the try fails.
pub async fn take(tx: &mut Tx<'_>, bucket: &str, limit: Limit, now: Timestamp) -> Result<Option<Timestamp>, DbError> {
    let cutoff = now - limit.window;
    let (started_at, count): (i64, i64) = tx
        .q(sql!(
            "INSERT INTO attempts (bucket, started_at, count) VALUES ($1, $2, 1)
             ON CONFLICT (bucket) DO UPDATE SET
                 count = CASE WHEN attempts.started_at <= $3 THEN 1 ELSE attempts.count + 1 END,
                 started_at = CASE WHEN attempts.started_at <= $3 THEN excluded.started_at ELSE attempts.started_at END
             RETURNING started_at, count"
        ))
        .bind(bucket)
        .bind(now.0)
        .bind(cutoff.0)
        .one()
        .await?;
    Ok((count > limit.most).then(|| Timestamp(started_at) + limit.window))
}

/// Takes one try from each of `buckets`, or, when one of them has none left, from none: then the moment from which all have.
/// Whoever is refused by what others share pays nothing out of his own. For transactions that are serialised only.
pub async fn take_each(tx: &mut Tx<'_>, buckets: &[(String, Limit)], now: Timestamp) -> Result<Option<Timestamp>, DbError> {
    let mut until = None;
    for (bucket, limit) in buckets {
        until = until.max(full(tx, bucket, *limit, now).await?);
    }
    if until.is_none() {
        for (bucket, limit) in buckets {
            until = until.max(take(tx, bucket, *limit, now).await?);
        }
    }
    Ok(until)
}

/// When `bucket` has tries again, if it has none now.
async fn full(tx: &mut Tx<'_>, bucket: &str, limit: Limit, now: Timestamp) -> Result<Option<Timestamp>, DbError> {
    let started: Option<(i64,)> = tx
        .q(sql!("SELECT started_at FROM attempts WHERE bucket = $1 AND started_at > $2 AND count >= $3"))
        .bind(bucket)
        .bind((now - limit.window).0)
        .bind(limit.most)
        .opt()
        .await?;
    Ok(started.map(|(at,)| Timestamp(at) + limit.window))
}

/// Forgets the tries of `bucket`, after a success.
pub async fn clear(tx: &mut Tx<'_>, bucket: &str) -> Result<(), DbError> {
    tx.q(sql!("DELETE FROM attempts WHERE bucket = $1")).bind(bucket).exec().await?;
    Ok(())
}

/// Drops windows that began before `before`.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM attempts WHERE bucket IN (SELECT bucket FROM attempts WHERE started_at < $1 LIMIT 500)"))
        .bind(before.0)
        .exec()
        .await
}
