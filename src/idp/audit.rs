//! Whose the personal values of the provider's audit log are. Does not own the log, which is the kernel's.

use futures_util::future::BoxFuture;

use crate::kernel::audit::{Owners, Waiting};
use crate::kernel::db::{DbError, Tx};
use crate::sql;

/// An address is of whoever acted. A detail is of the person that something was done to, else of who did it; of a challenge,
/// the masked recipient is the challenge's own, so that it can be erased without the person who asked.
pub fn whose<'t>(tx: &'t mut Tx<'_>, entry: &'t Waiting) -> BoxFuture<'t, Result<Owners, DbError>> {
    Box::pin(async move {
        let detail = match &entry.target {
            _ if entry.detail.is_empty() => None,
            Some(target) if entry.action.starts_with("challenge.") => Some(target.clone()),
            Some(target) if is_person(tx, target).await? => Some(target.clone()),
            _ => entry.actor.clone(),
        };
        Ok(Owners { ip: entry.actor.clone(), detail })
    })
}

async fn is_person(tx: &mut Tx<'_>, id: &str) -> Result<bool, DbError> {
    let found: Option<(String,)> = tx.q(sql!("SELECT id FROM people WHERE id = $1")).bind(id).opt().await?;
    Ok(found.is_some())
}
