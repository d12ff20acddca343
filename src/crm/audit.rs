//! Whose the personal values of the record store's audit log are. Does not own the log, which is the kernel's.

use futures_util::future::BoxFuture;

use crate::kernel::audit::{Owners, Waiting};
use crate::kernel::db::{DbError, Tx};
use crate::sql;

/// An address is of whoever acted; a detail of the person that something was done to, else of who did it.
pub fn whose<'t>(tx: &'t mut Tx<'_>, entry: &'t Waiting) -> BoxFuture<'t, Result<Owners, DbError>> {
    Box::pin(async move {
        let detail = match &entry.target {
            _ if entry.detail.is_empty() => None,
            Some(target) if is_person(tx, target).await? => Some(target.clone()),
            _ => entry.actor.clone(),
        };
        Ok(Owners { ip: entry.actor.clone(), detail })
    })
}

async fn is_person(tx: &mut Tx<'_>, sub: &str) -> Result<bool, DbError> {
    let found: Option<(String,)> = tx.q(sql!("SELECT sub FROM replica_people WHERE sub = $1 LIMIT 1")).bind(sub).opt().await?;
    Ok(found.is_some())
}
