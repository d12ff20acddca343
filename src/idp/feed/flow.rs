//! Reading the log from one moment.

use super::store;
use crate::contract::feed::FeedPage;
use crate::kernel::db::{Db, DbError};

/// Entries in one answer at most.
pub const PAGE: i64 = 1000;

/// What came after `position`.
pub async fn page(db: &Db, position: i64) -> Result<FeedPage, DbError> {
    let mut snapshot = db.snapshot().await?;
    let mut tx = snapshot.tx();
    let head = store::head(&mut tx).await?;
    let entries = if position < head.position { store::after(&mut tx, position, PAGE).await? } else { Vec::new() };
    Ok(FeedPage { epoch: head.epoch, head: head.position, entries, chain: String::new() })
}
