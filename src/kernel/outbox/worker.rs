//! The worker: leases due rows, runs their handlers side by side, and says what became of them.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::model::{Job, JobError, outcome};
use super::store;
use crate::kernel::clock::{Clock, Timestamp};
use crate::kernel::db::{Db, DbError};
use crate::kernel::entropy::Entropy;

/// How long a row belongs to the worker that took it.
pub(super) const LEASE: Duration = Duration::from_secs(60);
/// A handler is stopped before its lease ends, so that two never run the same job at once.
const HANDLER: Duration = Duration::from_secs(50);
/// Without being woken, a worker looks this often: for what other processes wrote and for what has become due.
const LOOK: Duration = Duration::from_secs(1);
/// Jobs that run side by side in one worker.
const AT_ONCE: usize = 32;
/// Attempts before a job is a dead letter; with the waits between them 28 to 37 minutes.
pub(super) const ATTEMPTS: u32 = 12;
/// How long what is done is kept, for those who look into something.
const KEEP: Duration = Duration::from_secs(7 * 24 * 3600);
/// How often what is older is removed.
const TIDY: Duration = Duration::from_secs(600);

/// What runs one kind of job.
pub type Handler = Arc<dyn Fn(Job) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync>;

/// Wakes the worker of this process. Cheap to clone; the same one goes to those who write and to the worker.
#[derive(Clone, Default)]
pub struct Outbox(Arc<Notify>);

impl Outbox {
    /// A bell with nobody listening yet.
    pub fn new() -> Self {
        Self::default()
    }
    /// Something was written and committed: look now.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// Takes jobs from one database. Several may run on it, in one process or in many.
pub struct Worker {
    db: Db,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    outbox: Outbox,
    owner: String,
    handlers: HashMap<&'static str, Handler>,
    attempts: u32,
}

impl Worker {
    /// A worker without handlers. Its name in leases is drawn by chance.
    pub fn new(db: Db, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>, outbox: Outbox) -> Self {
        let owner = entropy.id(clock.now());
        Self { db, clock, entropy, outbox, owner, handlers: HashMap::new(), attempts: ATTEMPTS }
    }

    /// Runs jobs of `kind` by `run`.
    #[must_use]
    pub fn handle<F, R>(mut self, kind: &'static str, run: F) -> Self
    where
        F: Fn(Job) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        self.handlers.insert(kind, Arc::new(move |job| run(job).boxed()));
        self
    }

    /// Gives up after `attempts` attempts; 12 unless told.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Takes at most `limit` due jobs, runs them, and answers how many there were.
    pub async fn run_due(&self, limit: usize) -> Result<usize, DbError> {
        let jobs = self.lease(limit).await?;
        let n = jobs.len();
        join_all(jobs.into_iter().map(|job| self.work(job))).await;
        Ok(n)
    }

    /// Runs jobs until `stop`; then finishes those in hand.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut running: JoinSet<()> = JoinSet::new();
        let mut tidy_at = self.clock.now();
        while !stop.is_cancelled() {
            while running.try_join_next().is_some() {}
            let room = AT_ONCE.saturating_sub(running.len());
            let jobs = self.lease(room).await.unwrap_or_else(|e| {
                tracing::warn!(error = %e, "the outbox could not be read");
                Vec::new()
            });
            for job in jobs {
                let worker = Arc::clone(&self);
                running.spawn(async move { worker.work(job).await });
            }
            tidy_at = self.tidy(tidy_at).await;
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.outbox.0.notified() => {}
                // Room for what had to wait.
                Some(_) = running.join_next() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        while running.join_next().await.is_some() {}
    }

    pub(super) async fn lease(&self, limit: usize) -> Result<Vec<Job>, DbError> {
        let now = self.clock.now();
        if limit == 0 || !store::any_due(&self.db, now).await? {
            return Ok(Vec::new());
        }
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        store::lease(&self.db, store::Lease { owner: self.owner.clone(), now, until: now + LEASE, limit }).await
    }

    pub(super) async fn work(&self, job: Job) {
        let (id, kind, attempt) = (job.id.clone(), job.kind.clone(), job.attempt);
        let result = self.attempt(job).await;
        let now = self.clock.now();
        let [chance] = self.entropy.bytes::<1>();
        let outcome = outcome(result, attempt, self.attempts, now, chance);
        match &outcome {
            super::model::Outcome::Done => tracing::debug!(job = %id, %kind, attempt, "done"),
            super::model::Outcome::Again { why, .. } => tracing::warn!(job = %id, %kind, attempt, %why, "will be tried again"),
            super::model::Outcome::Dead { why } => tracing::error!(job = %id, %kind, attempt, %why, "given up"),
        }
        let settle = store::Settle { id: id.clone(), owner: self.owner.clone(), attempt, now, outcome };
        match store::settle(&self.db, settle).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!(job = %id, %kind, "the lease had ended; the job may have run twice"),
            // The lease ends by itself and the job comes back.
            Err(e) => tracing::warn!(job = %id, %kind, error = %e, "the outcome could not be stored"),
        }
    }

    async fn attempt(&self, job: Job) -> Result<(), JobError> {
        if job.attempt > self.attempts {
            // Only a worker that died with it leaves a job here: not again.
            return Err(JobError::Dead("every worker that took it ended before it was done".into()));
        }
        let Some(handler) = self.handlers.get(job.kind.as_str()) else {
            // A node of another version may know it.
            return Err(JobError::Retry("this node has no handler for it".into()));
        };
        let run = AssertUnwindSafe(async { handler(job).await }).catch_unwind();
        match tokio::time::timeout(HANDLER, run).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(JobError::Retry("its handler panicked".into())),
            Err(_) => Err(JobError::Retry(format!("its handler took longer than {} s", HANDLER.as_secs()))),
        }
    }

    async fn tidy(&self, at: Timestamp) -> Timestamp {
        let now = self.clock.now();
        if now < at {
            return at;
        }
        if let Err(e) = store::forget(&self.db, now - KEEP).await {
            tracing::warn!(error = %e, "old rows of the outbox could not be removed");
        }
        now + TIDY
    }
}
