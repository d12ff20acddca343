//! The replica of the provider's access log: who is here, who works here, who has which role, which sessions and issues
//! have ended. Owns the tables `replica_...`, the poll that fills them, and the rule of how fresh they must be before a
//! request is answered (contracts.md, "The access log"). Does not own the decisions, which [`super::auth::caller`] reads
//! from here; nothing else in the record store knows who may do what.

pub mod people;
mod poll;
mod store;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;

use super::auth::provider::Provider;
use crate::kernel::Env;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError};

pub use poll::PollError;
pub use store::{State, state};

/// For externals, how long ago the poll may have been sent that what is answered rests on.
const REACH: Duration = Duration::from_secs(2);
/// How long a request waits for a poll before it is told to come back.
const PATIENCE: Duration = Duration::from_millis(250);

/// Whom an answer is for; externals are answered only while the log is in reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Who works here.
    Staff,
    /// Everybody else.
    External,
}

/// The replica is behind what the request needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the record store has not caught up with the access log")]
pub struct Stale;

/// How far this node knows the replica to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The position that is applied, at least.
    pub position: i64,
    /// When the last poll was sent whose answer is applied whole, by this process.
    pub sent_at: Option<Timestamp>,
    /// Whether the log turned out to be another one: nothing is answered until the replica is rebuilt.
    pub refused: bool,
}

/// What a poll has at hand; one at a time.
#[derive(Default)]
struct Turn {
    /// The token for the log and until when it is used.
    token: Option<(SecretString, Timestamp)>,
    /// The last poll's number and result, for those who waited meanwhile.
    last: Option<(u64, Result<(), PollError>)>,
}

/// The replica of one node.
pub struct Replica {
    env: Env,
    db: Db,
    provider: Arc<Provider>,
    turn: tokio::sync::Mutex<Turn>,
    started: AtomicU64,
    status: Mutex<Status>,
}

impl Replica {
    /// Knows only what is in the database.
    pub async fn open(env: Env, db: Db, provider: Arc<Provider>) -> Result<Self, DbError> {
        let position = store::cursor(&db).await?.map_or(0, |c| c.position);
        let status = Mutex::new(Status { position, ..Status::default() });
        Ok(Self { env, db, provider, turn: tokio::sync::Mutex::default(), started: AtomicU64::new(0), status })
    }

    /// How far this node knows the replica to be.
    pub fn status(&self) -> Status {
        *self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, change: impl FnOnce(&mut Status)) {
        change(&mut self.status.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Answers once a poll that was sent after this call is applied, or has failed. Calls at the same time share polls.
    pub async fn poll_now(&self) -> Result<(), PollError> {
        let arrived = self.started.load(Ordering::SeqCst);
        let mut turn = self.turn.lock().await;
        if let Some((number, result)) = &turn.last
            && *number > arrived
        {
            return result.clone();
        }
        // A log that was found to be another one stays refused: that it looks right later doesn't mend what is here.
        if let (true, Some((_, result))) = (self.status().refused, &turn.last) {
            return result.clone();
        }
        let number = self.started.fetch_add(1, Ordering::SeqCst) + 1;
        let result = self.poll(&mut turn.token).await;
        self.log(turn.last.as_ref().map(|(_, r)| r), &result);
        turn.last = Some((number, result.clone()));
        result
    }

    /// Polls run each second; only what changed is worth a line.
    fn log(&self, before: Option<&Result<(), PollError>>, now: &Result<(), PollError>) {
        let text = |r: &Result<(), PollError>| r.as_ref().err().map(ToString::to_string);
        match (before.and_then(text), text(now)) {
            (Some(_), None) => tracing::info!("the access log is in reach again"),
            (old, Some(new)) if old.as_ref() != Some(&new) => {
                let refused = self.status().refused;
                if refused {
                    tracing::error!(error = new, "the access log is refused: nobody is answered until the replica is rebuilt");
                } else {
                    tracing::warn!(error = new, "the access log is out of reach: externals are refused");
                }
            }
            _ => {}
        }
    }

    /// Whether the replica is fresh enough, without asking anybody.
    pub fn is_fresh(&self, at_least: i64, who: Kind) -> bool {
        let status = self.status();
        let in_reach = || status.sent_at.is_some_and(|t| self.env.now() <= t + REACH);
        !status.refused && status.position >= at_least && (who == Kind::Staff || in_reach())
    }

    /// Answers when the replica is at `at_least` or later and, for externals, a poll sent at most 2 s ago is applied.
    /// Polls at once when it isn't so, and gives up after 250 ms; the poll goes on for the next one who asks.
    pub async fn fresh(self: &Arc<Self>, at_least: i64, who: Kind) -> Result<(), Stale> {
        if self.is_fresh(at_least, who) {
            return Ok(());
        }
        // Another node on this database may have gone ahead.
        if let Ok(Some(cursor)) = store::cursor(&self.db).await {
            self.note(|s| s.position = s.position.max(cursor.position));
            if self.is_fresh(at_least, who) {
                return Ok(());
            }
        }
        let me = Arc::clone(self);
        let poll = tokio::spawn(async move { me.poll_now().await });
        let _ = tokio::time::timeout(PATIENCE, poll).await;
        if self.is_fresh(at_least, who) { Ok(()) } else { Err(Stale) }
    }
}
