//! A job, and when it is tried again.

use std::time::Duration;

use serde_json::Value;

use crate::kernel::clock::Timestamp;
use crate::kernel::db::DbError;
use crate::kernel::delivery::DeliveryError;

/// The first wait is two seconds, then it doubles up to this.
const LONGEST_WAIT: Duration = Duration::from_secs(600);
/// No longer is waited because someone said so.
const LONGEST_LATER: Duration = Duration::from_secs(48 * 3600);
/// Characters of an error that are kept.
const ERROR_LENGTH: usize = 300;

/// A row to write. All of it is drawn before the transaction, because that may run again.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Unique; a row with an id that is there already is not written again.
    pub id: String,
    /// Names the handler, for example `mail.code`.
    pub kind: &'static str,
    /// What brought it about, for people who look into it: an entity and its id, for example `challenge 0199...`.
    pub cause: String,
    /// What the handler needs to know. No codes, no tokens.
    pub payload: Value,
    /// Not before this.
    pub due_at: Timestamp,
    /// The present moment.
    pub now: Timestamp,
}

/// A leased row, as a handler sees it.
#[derive(Clone, Debug)]
pub struct Job {
    /// The idempotency key for whatever the handler calls.
    pub id: String,
    /// Which handler.
    pub kind: String,
    /// What brought it about.
    pub cause: String,
    /// As given to [`NewJob`].
    pub payload: Value,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// The present moment by the worker's clock, at the start of the lease.
    pub now: Timestamp,
}

impl Job {
    /// The payload as `T`; one that doesn't fit will never do so, which makes a dead letter.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, JobError> {
        T::deserialize(&self.payload).map_err(|e| JobError::Dead(format!("the payload is not what {} takes: {e}", self.kind)))
    }
}

/// Why a job is not done. The texts are stored and shown to administrators: nothing secret, no whole addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// Worth trying again.
    #[error("{0}")]
    Retry(String),
    /// Worth trying again, but not before this long: who was asked said so.
    #[error("{why}")]
    Later {
        /// What was said.
        why: String,
        /// How long.
        after: Duration,
    },
    /// Never going to work.
    #[error("{0}")]
    Dead(String),
}

impl From<DeliveryError> for JobError {
    fn from(e: DeliveryError) -> Self {
        if e.permanent { Self::Dead(e.to_string()) } else { Self::Retry(e.to_string()) }
    }
}

impl From<DbError> for JobError {
    fn from(e: DbError) -> Self {
        // The engine's own words may hold values of the row.
        tracing::warn!(error = %e, "a job could not use the database");
        Self::Retry("the database refused or was not reachable".into())
    }
}

/// What becomes of a job after an attempt.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    Again { due_at: Timestamp, why: String },
    Dead { why: String },
}

/// Decides it. `chance` spreads jobs that failed together, so that they don't come back together.
pub(super) fn outcome(result: Result<(), JobError>, attempt: u32, most: u32, now: Timestamp, chance: u8) -> Outcome {
    let (why, after) = match result {
        Ok(()) => return Outcome::Done,
        Err(JobError::Dead(why)) => return Outcome::Dead { why: short(&why) },
        Err(JobError::Retry(why)) => (why, Duration::ZERO),
        Err(JobError::Later { why, after }) => (why, after.min(LONGEST_LATER)),
    };
    if attempt < most {
        Outcome::Again { due_at: now + wait(attempt, chance).max(after), why: short(&why) }
    } else {
        Outcome::Dead { why: short(&format!("given up after {attempt} attempts: {why}")) }
    }
}

/// `2^attempt` seconds, at most ten minutes, less up to a quarter.
pub(super) fn wait(attempt: u32, chance: u8) -> Duration {
    let full = Duration::from_secs(1 << attempt.min(20)).min(LONGEST_WAIT);
    full - full * u32::from(chance) / 1024
}

fn short(why: &str) -> String {
    why.chars().map(|c| if c.is_control() { ' ' } else { c }).take(ERROR_LENGTH).collect()
}
