//! Making the replica anew while the one in use goes on serving, and removing what is no longer read. A rebuild is a
//! generation in filling: any node goes on with it, also after a crash.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Replica;
use super::poll::{PollError, check};
use super::store::{self, Cursor};
use crate::kernel::audit::{self, Actor};

/// How often it is looked whether a rebuild was asked for.
const LOOK: Duration = Duration::from_secs(1);
/// For so long after it was replaced a generation may still be read by who began before.
const READ: Duration = Duration::from_secs(60);

/// How a rebuild stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rebuild {
    /// Nothing is to be made anew.
    None,
    /// It is not at the position of the one in use yet.
    Filling,
    /// It has taken the place of the one in use.
    Done,
}

impl Replica {
    /// Asks for a rebuild, for an operator; whoever runs takes it up. False when there is no replica yet, which the first poll makes anyway.
    pub async fn ask_rebuild(&self) -> Result<bool, PollError> {
        let Some(current) = store::cursors(&self.db).await?.current else { return Ok(false) };
        let entry = audit::Entry {
            id: self.env.id(),
            at: self.env.now(),
            actor: Actor::default(),
            action: "replica.rebuild",
            target: None,
            outcome: "ok",
            detail: "by command".into(),
        };
        store::begin(&self.db, &current.epoch, self.env.now(), Some(entry)).await?;
        Ok(true)
    }

    /// Goes on with a rebuild until it is done. One that is for another log is the poll's.
    pub async fn rebuild(&self) -> Result<Rebuild, PollError> {
        let mut state = Rebuild::None;
        loop {
            let cursors = store::cursors(&self.db).await?;
            let (Some(current), Some(filling)) = (cursors.current, cursors.filling) else { return Ok(state) };
            if filling.epoch != current.epoch {
                return Ok(Rebuild::Filling);
            }
            state = self.rebuild_step(&current, &filling).await?;
        }
    }

    async fn rebuild_step(&self, current: &Cursor, filling: &Cursor) -> Result<Rebuild, PollError> {
        if filling.position >= current.position {
            let done = store::switch(&self.db, filling, self.env.now()).await?;
            if done {
                tracing::info!(position = filling.position, "the replica of the access log is made anew");
            }
            return Ok(if done { Rebuild::Done } else { Rebuild::Filling });
        }
        // Never from further than the generation in use is: asking from a position says that it is applied.
        let page = self.log.ask(Some(filling)).await?;
        if page.epoch != filling.epoch {
            return Err(PollError::Answer("the access log became another one during the rebuild".into()));
        }
        check(&page, filling)?;
        self.apply(page, filling).await?;
        Ok(Rebuild::Filling)
    }

    /// Removes a part of what is no longer read.
    pub(super) async fn tidy(&self) -> Result<(), PollError> {
        let now = self.env.now();
        for old in store::cursors(&self.db).await?.old {
            if crate::kernel::clock::Timestamp(old.applied_at) + READ <= now {
                store::forget(&self.db, old.generation).await?;
            }
        }
        Ok(())
    }

    /// Takes up rebuilds and removes what is no longer read, until `stop`.
    pub async fn keep(self: Arc<Self>, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(LOOK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            if let Err(error) = self.rebuild().await {
                tracing::warn!(%error, "the rebuild of the replica waits");
            }
            if let Err(error) = self.tidy().await {
                tracing::warn!(%error, "removing an earlier replica");
            }
        }
    }
}
