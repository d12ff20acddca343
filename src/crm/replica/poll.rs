//! Following the log: ask for what came after the cursor, check that it continues what is here, apply it. A log of another
//! epoch fills a new generation, and nobody is answered until that has taken the place of the one in use.

use super::store::{self, Batch, Cursor};
use super::{Replica, Status};
use crate::contract::feed::{FeedPage, Positioned};
use crate::crm::auth::client::AskError;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::DbError;
use crate::kernel::http::problem::chain;

/// Entries in one transaction at most.
const BATCH: usize = 500;

/// Why a poll brought nothing.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PollError {
    /// No token for it.
    #[error("no token for the access log: {0}")]
    Token(#[from] AskError),
    /// The log didn't answer, or not as it should.
    #[error("the access log: {0}")]
    Answer(String),
    /// Entries are missing, the log ends before what was already applied, or it is another one up to there, and the provider
    /// doesn't offer a new epoch.
    #[error("the access log doesn't continue at position {0}")]
    Gap(i64),
    /// Storage.
    #[error("{0}")]
    Db(String),
}

impl From<DbError> for PollError {
    fn from(e: DbError) -> Self {
        Self::Db(chain(&e))
    }
}

/// What a step came to.
enum Step {
    /// There is more to do.
    Again,
    /// The head is applied.
    Head {
        /// By this step: the provider is still to be told.
        moved: bool,
    },
}

impl Replica {
    /// Follows the log to its head.
    pub(super) async fn poll(&self) -> Result<(), PollError> {
        let (mut told, mut doubted) = (false, false);
        loop {
            let cursors = store::cursors(&self.db).await?;
            self.note(|s| *s = Status::of(&cursors, s));
            let step = match (&cursors.current, cursors.needed()) {
                (_, Some(filling)) => self.fill(filling, cursors.current.as_ref()).await?,
                (Some(current), None) => self.follow(current, &mut doubted).await?,
                (None, None) => {
                    let epoch = self.log.ask(None).await?.epoch;
                    store::begin(&self.db, &epoch, self.env.now(), None).await?;
                    Step::Again
                }
            };
            match step {
                Step::Again => {}
                // The next question tells the provider that this much is applied. What comes meanwhile is the next poll's.
                Step::Head { moved: true } if !told => told = true,
                Step::Head { .. } => return Ok(()),
            }
        }
    }

    /// One page for the generation in use.
    async fn follow(&self, current: &Cursor, doubted: &mut bool) -> Result<Step, PollError> {
        let sent_at = self.env.now();
        let page = self.log.ask(Some(current)).await?;
        if page.epoch != current.epoch {
            tracing::warn!(from = current.epoch, to = page.epoch, "the access log is another one: the replica is made anew");
            // From here on, whatever node looks finds that the one in use no longer counts.
            store::begin(&self.db, &page.epoch, self.env.now(), None).await?;
            return Ok(Step::Again);
        }
        let to = match check(&page, current) {
            Ok(to) => to,
            Err(gap) => {
                store::refuse(&self.db, current, true).await?;
                self.note(|s| s.refused = true);
                // Asked once more: a provider that was put back to an earlier state begins a new epoch when it is told.
                return if std::mem::replace(doubted, true) { Err(gap) } else { Ok(Step::Again) };
            }
        };
        let (head, moved) = (page.head, !page.entries.is_empty());
        if moved {
            if !self.apply(page, current).await? {
                // Another node was faster; what it applied is where to go on.
                return Ok(Step::Again);
            }
        } else if current.refused {
            store::refuse(&self.db, current, false).await?;
        }
        self.note(|s| s.reached(current, to));
        if to < head {
            return Ok(Step::Again);
        }
        self.note(|s| s.sent_at = Some(sent_at));
        Ok(Step::Head { moved })
    }

    /// One page for a generation that must take the place of the one in use, or is the first; and the switch at its head.
    async fn fill(&self, filling: &Cursor, current: Option<&Cursor>) -> Result<Step, PollError> {
        let page = self.log.ask(Some(filling)).await?;
        if page.epoch != filling.epoch {
            let now = self.env.now();
            match current {
                // The log that the one in use was made from is back. Whether it continues is checked as ever.
                Some(c) if c.epoch == page.epoch => store::abandon(&self.db, filling.generation, now).await?,
                _ => store::begin(&self.db, &page.epoch, now, None).await?,
            }
            return Ok(Step::Again);
        }
        let to = check(&page, filling)?;
        let head = page.head;
        if !page.entries.is_empty() && !self.apply(page, filling).await? {
            return Ok(Step::Again);
        }
        let filled = Cursor { position: to, ..filling.clone() };
        if to == head && store::switch(&self.db, &filled, self.env.now()).await? {
            tracing::info!(epoch = filling.epoch, position = to, "the replica of the access log is made");
        }
        Ok(Step::Again)
    }

    /// Applies a page in batches, each with its cursor. False when another node moved the cursor meanwhile.
    pub(super) async fn apply(&self, page: FeedPage, cursor: &Cursor) -> Result<bool, PollError> {
        let linked = is_linked(cursor) && !page.chain.is_empty();
        let (mut from, mut chain, mut entries) = (cursor.position, cursor.chain.clone(), page.entries);
        while !entries.is_empty() {
            let rest = entries.split_off(entries.len().min(BATCH));
            if linked {
                chain = entries.iter().try_fold(chain, |before, e| link(e, &before))?;
            } else {
                // Of a log that has no digest, or had none until now, that of the end of the page is taken over.
                chain = if rest.is_empty() { page.chain.clone() } else { String::new() };
            }
            let to = entries.last().map_or(from, |e| e.position);
            let (generation, at) = (cursor.generation, self.env.now());
            let named = entries.into_iter().map(|e| e.named(&page.names)).collect();
            if !store::apply(&self.db, Batch { generation, from, to, chain: chain.clone(), entries: named, at }).await? {
                return Ok(false);
            }
            from = to;
            entries = rest;
        }
        Ok(true)
    }
}

/// Whether the digest up to the cursor is known.
fn is_linked(cursor: &Cursor) -> bool {
    !cursor.chain.is_empty() || cursor.position == 0
}

fn link(entry: &Positioned, before: &str) -> Result<String, PollError> {
    entry.link(before).map_err(|e| PollError::Answer(e.to_string()))
}

/// The position after `page`. Positions have no gaps and each entry is part of a digest over all before it, so a page that
/// doesn't begin right after the cursor, a log that is shorter than what was applied, or one that says something else up to
/// there, isn't the log that the generation was made from.
pub(super) fn check(page: &FeedPage, cursor: &Cursor) -> Result<i64, PollError> {
    let (mut at, mut chain) = (cursor.position, cursor.chain.clone());
    for entry in &page.entries {
        at += 1;
        if entry.position != at {
            return Err(PollError::Gap(at));
        }
        chain = link(entry, &chain)?;
    }
    let other = match page.chain.as_str() {
        "" => !cursor.chain.is_empty(),
        given => is_linked(cursor) && given != chain,
    };
    let stuck = page.entries.is_empty() && page.head != cursor.position;
    if at > page.head || stuck || other { Err(PollError::Gap(cursor.position + 1)) } else { Ok(at) }
}

impl Status {
    /// As the database has it; when this node has last asked stays.
    pub(super) fn of(cursors: &store::Cursors, before: &Self) -> Self {
        let refused = cursors.is_refused();
        match &cursors.current {
            None => Self { sent_at: None, ..Self::default() },
            Some(c) => {
                let sent_at: Option<Timestamp> = before.sent_at;
                Self { epoch: c.epoch.clone(), position: c.position, sent_at, refused }
            }
        }
    }
    /// This generation has come to `position`.
    fn reached(&mut self, cursor: &Cursor, position: i64) {
        if self.epoch == cursor.epoch {
            self.position = self.position.max(position);
            self.refused = false;
        }
    }
}
