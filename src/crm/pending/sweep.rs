//! Taking up what a crash, a lost answer or time left: codes whose answer was never read, changes past their time, confirmed
//! ones that could not be applied for too long. Everything here may run on several nodes at once.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::apply::Ended;
use super::model::{PendingError, Reason, Standing};
use super::{apply, confirm, store};
use crate::crm::Crm;
use crate::kernel::clock::Timestamp;

/// How often it looks.
const LOOK: Duration = Duration::from_secs(1);

/// Looks once; how many changes it took up.
pub async fn sweep(crm: &Arc<Crm>) -> Result<usize, PendingError> {
    let now = crm.env.now();
    let overdue = store::overdue(&crm.db, now, now - apply::TRIED).await?;
    let mut count = 0;
    for (id, before) in overdue {
        let next = now + wait(before);
        let taken = crm.db.write((id.clone(), before, next), |(id, before, next), mut tx| {
            Box::pin(async move { store::take_up(&mut tx, id, *before, *next).await })
        });
        if !taken.await? {
            continue;
        }
        count += 1;
        if let Err(error) = take_up(crm, &id).await {
            tracing::warn!(%error, pending = id, "a pending change could not be taken up");
        }
    }
    Ok(count)
}

/// Until a change is taken up again that was so often before: one that can't be helped now leaves the others their turn.
fn wait(before: i64) -> Duration {
    Duration::from_secs(1 << before.clamp(0, 6))
}

async fn take_up(crm: &Arc<Crm>, id: &str) -> Result<(), PendingError> {
    let Some((row, asks)) = store::load(&crm.db, id).await? else { return Ok(()) };
    let expired = crm.env.now() >= Timestamp(row.expires_at);
    match row.standing() {
        // Whether a code was right is known at the provider alone; before that is read nothing is given up.
        Standing::Waiting => {
            if asks.iter().any(|a| a.challenge_id.is_some() || a.asking_until.is_some()) {
                confirm::refresh(crm, id).await?;
            }
            if apply::apply(crm, id).await? == Ended::Waiting && expired {
                apply::void(crm, id, Reason::Expired, None).await?;
            }
            Ok(())
        }
        // This applies it, or voids what was tried for ten minutes.
        Standing::Confirmed => apply::apply(crm, id).await.map(drop),
        Standing::Applied | Standing::Void => Ok(()),
    }
}

/// Sweeps until `stop`.
pub async fn every_second(crm: Arc<Crm>, stop: CancellationToken) {
    let mut failed = false;
    while tokio::time::timeout(LOOK, stop.cancelled()).await.is_err() {
        let result = sweep(&crm).await;
        if let Err(error) = &result
            && !failed
        {
            tracing::warn!(%error, "pending changes can't be swept");
        }
        failed = result.is_err();
    }
}
