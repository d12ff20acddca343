//! The statements on the table `outbox`.
//!
//! A lease is one conditional UPDATE. What follows it names the owner and the attempt, so a worker whose lease has ended
//! can no longer say anything about the row.

use serde_json::Value;
use sqlx::types::Json;

use super::model::{Job, NewJob, Outcome};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError, Tx};
use crate::{record, sql};

/// Writes a job in the transaction that is its cause. Whether it is new: `false` if a row of this id is there.
/// Call [`super::Outbox::wake`] after the commit, or the job waits for the next look (a second).
pub async fn put(tx: &mut Tx<'_>, job: NewJob) -> Result<bool, DbError> {
    let rows = tx
        .q(sql!(
            "INSERT INTO outbox (id, kind, cause, payload, created_at, due_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO NOTHING"
        ))
        .bind(job.id)
        .bind(job.kind)
        .bind(job.cause)
        .bind(Json(job.payload))
        .bind(job.now.0)
        .bind(job.due_at.0)
        .exec()
        .await?;
    Ok(rows == 1)
}

record! {
    struct Leased { id: String, kind: String, cause: String, payload: Json<Value>, attempts: i64 }
}

impl Leased {
    fn job(self, now: Timestamp) -> Job {
        let attempt = u32::try_from(self.attempts).unwrap_or(u32::MAX);
        Job { id: self.id, kind: self.kind, cause: self.cause, payload: self.payload.0, attempt, now }
    }
}

/// Whether there is anything to lease: a read, so that an idle worker never writes.
pub(super) async fn any_due(db: &Db, now: Timestamp) -> Result<bool, DbError> {
    let row: Option<(String,)> = db
        .query(sql!(
            "SELECT id FROM outbox WHERE done_at IS NULL AND dead_at IS NULL AND due_at <= $1
             AND (leased_until IS NULL OR leased_until <= $1) LIMIT 1"
        ))
        .bind(now.0)
        .opt()
        .await?;
    Ok(row.is_some())
}

pub(super) struct Lease {
    pub(super) owner: String,
    pub(super) now: Timestamp,
    pub(super) until: Timestamp,
    pub(super) limit: i64,
}

/// Takes up to `limit` due rows that nobody holds.
pub(super) async fn lease(db: &Db, lease: Lease) -> Result<Vec<Job>, DbError> {
    let now = lease.now;
    let rows: Vec<Leased> = db
        .write(lease, |l, mut tx| {
            Box::pin(async move {
                tx.q(sql!(
                    "UPDATE outbox SET leased_until = $1, lease_owner = $2, attempts = attempts + 1
                     WHERE done_at IS NULL AND dead_at IS NULL AND due_at <= $3
                     AND (leased_until IS NULL OR leased_until <= $3)
                     AND id IN (SELECT id FROM outbox WHERE done_at IS NULL AND dead_at IS NULL AND due_at <= $3
                                AND (leased_until IS NULL OR leased_until <= $3) ORDER BY due_at, id LIMIT $4)
                     RETURNING id, kind, cause, payload, attempts"
                ))
                .bind(l.until.0)
                .bind(l.owner.clone())
                .bind(l.now.0)
                .bind(l.limit)
                .all()
                .await
            })
        })
        .await?;
    Ok(rows.into_iter().map(|r| r.job(now)).collect())
}

struct These {
    ids: Vec<String>,
    owner: String,
    now: Timestamp,
    until: Timestamp,
}

/// Takes those of the rows `ids` that are due and that nobody holds.
pub(super) async fn lease_these(
    db: &Db,
    ids: Vec<String>,
    owner: String,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<Job>, DbError> {
    let rows: Vec<Leased> = db
        .write(These { ids, owner, now, until }, |l, mut tx| {
            Box::pin(async move {
                let mut rows = Vec::new();
                for id in &l.ids {
                    let row: Option<Leased> = tx
                        .q(sql!(
                            "UPDATE outbox SET leased_until = $1, lease_owner = $2, attempts = attempts + 1
                             WHERE id = $4 AND done_at IS NULL AND dead_at IS NULL AND due_at <= $3
                             AND (leased_until IS NULL OR leased_until <= $3)
                             RETURNING id, kind, cause, payload, attempts"
                        ))
                        .bind(l.until.0)
                        .bind(l.owner.clone())
                        .bind(l.now.0)
                        .bind(id.as_str())
                        .opt()
                        .await?;
                    rows.extend(row);
                }
                Ok::<_, DbError>(rows)
            })
        })
        .await?;
    Ok(rows.into_iter().map(|r| r.job(now)).collect())
}

/// Those of the rows `ids` that are not done.
pub(super) async fn undone(db: &Db, ids: &[String]) -> Result<Vec<String>, DbError> {
    let mut left = Vec::new();
    for id in ids {
        let row: Option<(String,)> =
            db.query(sql!("SELECT id FROM outbox WHERE id = $1 AND done_at IS NULL")).bind(id.as_str()).opt().await?;
        left.extend(row.map(|(id,)| id));
    }
    Ok(left)
}

pub(super) struct Settle {
    pub(super) id: String,
    pub(super) owner: String,
    pub(super) attempt: u32,
    pub(super) now: Timestamp,
    pub(super) outcome: Outcome,
}

/// Ends a lease. `false` if it was no longer this worker's: another has the row, and its word counts.
pub(super) async fn settle(db: &Db, settle: Settle) -> Result<bool, DbError> {
    let rows = db
        .write(settle, |s, mut tx| {
            Box::pin(async move {
                let due: Option<i64> = if let Outcome::Again { due_at, .. } = &s.outcome { Some(due_at.0) } else { None };
                let done: Option<i64> = matches!(s.outcome, Outcome::Done).then_some(s.now.0);
                let dead: Option<i64> = matches!(s.outcome, Outcome::Dead { .. }).then_some(s.now.0);
                let error: Option<String> = match &s.outcome {
                    Outcome::Done => None,
                    Outcome::Again { why, .. } | Outcome::Dead { why } => Some(why.clone()),
                };
                tx.q(sql!(
                    "UPDATE outbox SET due_at = COALESCE($1, due_at), done_at = $2, dead_at = $3, last_error = $4,
                     leased_until = NULL, lease_owner = NULL
                     WHERE id = $5 AND lease_owner = $6 AND attempts = $7 AND done_at IS NULL AND dead_at IS NULL"
                ))
                .bind(due)
                .bind(done)
                .bind(dead)
                .bind(error)
                .bind(s.id.clone())
                .bind(s.owner.clone())
                .bind(i64::from(s.attempt))
                .exec()
                .await
            })
        })
        .await?;
    Ok(rows == 1)
}

/// Removes rows that were done before `before`, some hundreds at a time.
pub(super) async fn forget(db: &Db, before: Timestamp) -> Result<u64, DbError> {
    db.write(before, |before, mut tx| {
        Box::pin(async move {
            tx.q(sql!("DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE done_at < $1 ORDER BY done_at LIMIT 500)"))
                .bind(before.0)
                .exec()
                .await
        })
    })
    .await
}

record! {
    /// A job that was given up.
    #[derive(Clone, Debug)]
    pub struct DeadLetter {
        /// Its id.
        pub id: String,
        /// Its handler.
        pub kind: String,
        /// What brought it about.
        pub cause: String,
        /// How often it was tried.
        pub attempts: i64,
        /// The last error.
        pub last_error: Option<String>,
        /// When it was given up, in milliseconds.
        pub dead_at: i64,
    }
}

/// The jobs that were given up, newest first.
pub async fn dead_letters(db: &Db, limit: u16) -> Result<Vec<DeadLetter>, DbError> {
    db.query(sql!(
        "SELECT id, kind, cause, attempts, last_error, dead_at FROM outbox WHERE dead_at IS NOT NULL
         ORDER BY dead_at DESC, id DESC LIMIT $1"
    ))
    .bind(i64::from(limit))
    .all()
    .await
}

/// Gives a dead letter all its attempts again. `false` if there is none of that id.
pub async fn revive(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, DbError> {
    let rows = tx
        .q(sql!("UPDATE outbox SET dead_at = NULL, attempts = 0, due_at = $1 WHERE id = $2 AND dead_at IS NOT NULL"))
        .bind(now.0)
        .bind(id.to_owned())
        .exec()
        .await?;
    Ok(rows == 1)
}
