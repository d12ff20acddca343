//! The replica of the provider's access log: who is here, who works here, who has which role, grant and portal, which
//! sessions and issues have ended. Owns the tables `replica_...`, the poll that fills them, their generations, and the rule
//! of how fresh they must be before a request is answered. Does not own the decisions,
//! which [`super::auth::caller`] reads from here; nothing else in the record store knows who may do what.
//!
//! | file | what |
//! |---|---|
//! | `log` | asking the provider |
//! | `poll` | following the log; another epoch fills a new generation |
//! | `rebuild` | making a generation anew beside the one in use; removing old ones |
//! | `stream` | being told at once that there is something to poll |
//! | `facts` | what is known of a person, and whom the rules see |
//! | `people` | names, for whoever shows them |
//! | `store`, `entries` | the statements |

mod entries;
mod facts;
mod log;
pub mod people;
mod poll;
mod rebuild;
mod store;
mod stream;
#[cfg(test)]
pub(in crate::crm) mod tests;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::auth::provider::Provider;
use crate::kernel::Env;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError};

pub use facts::{Facts, Named, State, facts};
use log::Log;
pub use poll::PollError;
pub use rebuild::Rebuild;

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

/// Why a request can't be answered from the replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is behind.
    #[error(transparent)]
    Behind(#[from] Stale),
    /// It was asked, and the log that the token was issued at is no more.
    #[error("the token was issued at an access log that is no more")]
    Superseded,
}

/// Where in which log a token was issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The log.
    pub epoch: &'a str,
    /// The position.
    pub position: i64,
}

/// How far this node knows the replica to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Which log it is made from; empty before there is one.
    pub epoch: String,
    /// The position that is applied, at least.
    pub position: i64,
    /// When the last poll was sent whose answer is applied whole, by this process.
    pub sent_at: Option<Timestamp>,
    /// Whether the log turned out to be another one: nothing is answered until the replica is made anew.
    pub refused: bool,
}

/// The last poll's number and result, for those who waited meanwhile; polls are one at a time.
type Turn = Option<(u64, Result<(), PollError>)>;

/// The replica of one node.
pub struct Replica {
    env: Env,
    db: Db,
    log: Log,
    turn: tokio::sync::Mutex<Turn>,
    started: AtomicU64,
    status: Mutex<Status>,
}

impl Replica {
    /// Knows only what is in the database.
    pub async fn open(env: Env, db: Db, provider: Arc<Provider>) -> Result<Self, DbError> {
        let status = Status::of(&store::cursors(&db).await?, &Status::default());
        let log = Log::new(env.clone(), provider);
        Ok(Self { env, db, log, turn: tokio::sync::Mutex::default(), started: AtomicU64::new(0), status: Mutex::new(status) })
    }

    /// How far this node knows the replica to be.
    pub fn status(&self) -> Status {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, change: impl FnOnce(&mut Status)) {
        change(&mut self.status.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Answers once a poll that was sent after this call is applied, or has failed. Calls at the same time share polls.
    pub async fn poll_now(&self) -> Result<(), PollError> {
        let arrived = self.started.load(Ordering::SeqCst);
        let mut turn = self.turn.lock().await;
        if let Some((number, result)) = turn.as_ref()
            && *number > arrived
        {
            return result.clone();
        }
        let number = self.started.fetch_add(1, Ordering::SeqCst) + 1;
        let result = self.poll().await;
        self.say(turn.as_ref().map(|(_, r)| r), &result);
        *turn = Some((number, result.clone()));
        result
    }

    /// Polls run each second; only what changed is worth a line.
    fn say(&self, before: Option<&Result<(), PollError>>, now: &Result<(), PollError>) {
        let text = |r: &Result<(), PollError>| r.as_ref().err().map(ToString::to_string);
        match (before.and_then(text), text(now)) {
            (Some(_), None) => tracing::info!("the access log is in reach again"),
            (old, Some(new)) if old.as_ref() != Some(&new) => {
                if self.status().refused {
                    tracing::error!(error = new, "the access log is refused: nobody is answered until the replica is made anew");
                } else {
                    tracing::warn!(error = new, "the access log is out of reach: externals are refused");
                }
            }
            _ => {}
        }
    }

    /// Whether the replica is fresh enough, without asking anybody. A process that has not polled yet can't know whether
    /// its database is an earlier copy, and answers nobody.
    pub fn is_fresh(&self, at_least: Place<'_>, who: Kind) -> bool {
        let status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        let reached = status.epoch == at_least.epoch && status.position >= at_least.position;
        reached && self.is_near(&status, who)
    }

    /// Whether anybody of this kind can be answered, whatever his token says.
    pub fn is_in_reach(&self, who: Kind) -> bool {
        self.is_near(&self.status.lock().unwrap_or_else(PoisonError::into_inner), who)
    }

    fn is_near(&self, status: &Status, who: Kind) -> bool {
        let asked = |t: Timestamp| who == Kind::Staff || self.env.now() <= t + REACH;
        !status.refused && status.sent_at.is_some_and(asked)
    }

    /// Answers when the replica is at `at_least` or later and, for externals, a poll sent at most 2 s ago is applied.
    /// Polls at once when it isn't so, and gives up after 250 ms; the poll goes on for the next one who asks.
    pub async fn fresh(self: &Arc<Self>, at_least: Place<'_>, who: Kind) -> Result<(), Unfit> {
        if self.is_fresh(at_least, who) {
            return Ok(());
        }
        // Another node on this database may have gone ahead.
        if let Ok(cursors) = store::cursors(&self.db).await {
            self.note(|s| *s = Status::of(&cursors, s));
            if self.is_fresh(at_least, who) {
                return Ok(());
            }
        }
        let me = Arc::clone(self);
        let poll = tokio::spawn(async move { me.poll_now().await });
        let polled = matches!(tokio::time::timeout(PATIENCE, poll).await, Ok(Ok(Ok(()))));
        if self.is_fresh(at_least, who) {
            return Ok(());
        }
        let superseded = polled && self.is_in_reach(who) && self.status().epoch != at_least.epoch;
        Err(if superseded { Unfit::Superseded } else { Stale.into() })
    }
}
