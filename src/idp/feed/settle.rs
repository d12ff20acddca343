//! Waiting until what was taken away is known wherever it counts.

use std::time::Duration;

use super::model::{REMEMBERED, SILENT};
use super::store;
use crate::contract::access::{Taken, TakenState};
use crate::idp::Idp;
use crate::idp::oidc::backchannel::{self, Told};
use crate::kernel::db::DbError;

/// How long the answer to taking something away waits.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often the table is looked at meanwhile, for acknowledgements that another node took.
const LOOK: Duration = Duration::from_millis(25);

/// What a transaction took away.
#[derive(Clone, Debug, Default)]
pub struct Gone {
    /// The position of the log that says so.
    pub position: i64,
    /// The applications that are to be told, because something of theirs ended with it.
    pub told: Vec<Told>,
}

impl From<i64> for Gone {
    /// What no application had anything by.
    fn from(position: i64) -> Self {
        Self { position, told: Vec::new() }
    }
}

/// Answers once every replica has acknowledged the position and every application is told, or after two seconds with who
/// is not that far.
pub async fn settle(idp: &Idp, gone: impl Into<Gone>) -> Result<Taken, DbError> {
    let gone = gone.into();
    let position = gone.position;
    let replicas = tokio::time::timeout(PATIENCE, wait(idp, position));
    let (replicas, applications) = tokio::join!(replicas, backchannel::settle(idp, &gone.told));
    let mut waiting_for = match replicas {
        Ok(silent) => silent?,
        Err(_) => names(idp, position).await?.0,
    };
    waiting_for.extend(applications);
    waiting_for.sort();
    waiting_for.dedup();
    let state = if waiting_for.is_empty() { TakenState::Done } else { TakenState::Pending };
    Ok(Taken { state, waiting_for })
}

/// Who is behind, as soon as that is nobody, or nobody for whom it is worth waiting.
async fn wait(idp: &Idp, position: i64) -> Result<Vec<String>, DbError> {
    loop {
        let mut heard = std::pin::pin!(idp.log.next_heard());
        // From here on nothing is missed, though the table is looked at first.
        heard.as_mut().enable();
        let (all, alive) = names(idp, position).await?;
        if !alive {
            return Ok(all);
        }
        let _ = tokio::time::timeout(LOOK, heard).await;
    }
}

/// The clients that are behind, and whether one of them still asks.
async fn names(idp: &Idp, position: i64) -> Result<(Vec<String>, bool), DbError> {
    let now = idp.env.now();
    let behind = store::behind(&idp.db, position, now - REMEMBERED).await?;
    let alive = behind.iter().any(|r| r.seen_at + SILENT > now);
    Ok((behind.into_iter().map(|r| r.client_id).collect(), alive))
}
