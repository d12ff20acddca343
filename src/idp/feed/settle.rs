//! Waiting until what was taken away is known wherever it counts.

use std::time::Duration;

use super::model::{REMEMBERED, SILENT};
use super::store;
use crate::contract::access::{Taken, TakenState};
use crate::idp::Idp;
use crate::kernel::db::DbError;

/// How long the answer to taking something away waits.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often the table is looked at meanwhile, for acknowledgements that another node took.
const LOOK: Duration = Duration::from_millis(25);

/// Answers once every replica has acknowledged `position`, or after two seconds with who has not.
pub async fn settle(idp: &Idp, position: i64) -> Result<Taken, DbError> {
    let waiting_for = match tokio::time::timeout(PATIENCE, wait(idp, position)).await {
        Ok(silent) => silent?,
        Err(_) => names(idp, position).await?.0,
    };
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
