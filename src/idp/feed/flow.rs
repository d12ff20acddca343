//! Reading the log from one moment, and noting how far its readers have it.

use std::sync::Arc;

use super::model::{self, Cursor, Held, Replica};
use super::{acks, epochs, store};
use crate::contract::feed::FeedPage;
use crate::idp::Idp;
use crate::kernel::audit::Actor;
use crate::kernel::db::{Db, DbError, Tx};

/// Entries in one answer at most.
pub const PAGE: i64 = 1000;

/// Why a poll is not answered.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// It proves a restore, as others did too often for it to be true.
    #[error("this cursor is of another log, and so were too many before it")]
    TooMany(#[from] epochs::TooMany),
}

/// What came after `position`, for whoever reads inside of this process.
pub async fn page(db: &Db, position: i64) -> Result<FeedPage, DbError> {
    Ok(read(db, "", &Cursor { position, ..Cursor::default() }).await?.page)
}

/// Answers a poll of `client`. Asking from a position acknowledges everything up to it.
pub async fn answer(idp: &Arc<Idp>, client: &str, cursor: Cursor, actor: Actor) -> Result<FeedPage, FeedError> {
    let mut read = read(&idp.db, client, &cursor).await?;
    if read.held == Held::Restored {
        epochs::restored(idp, client, &cursor, actor).await?;
        read = self::read(&idp.db, client, &cursor).await?;
    }
    let position = if read.held == Held::Same { cursor.position } else { 0 };
    let now = Replica { client_id: client.to_owned(), epoch: read.page.epoch.clone(), position, seen_at: idp.env.now() };
    if model::is_stranger(read.known.as_ref(), &now) {
        acks::write_now(idp, now).await?;
    } else if model::is_news(read.known.as_ref(), &now) {
        acks::write(idp, now);
    }
    Ok(read.page)
}

struct Read {
    page: FeedPage,
    held: Held,
    known: Option<Replica>,
}

async fn read(db: &Db, client: &str, cursor: &Cursor) -> Result<Read, DbError> {
    let mut snapshot = db.snapshot().await?;
    let mut tx = snapshot.tx();
    let (beside, held, here) = held(&mut tx, client, cursor).await?;
    let (head, known) = (beside.head, beside.known);
    let entries = if held == Held::Same && cursor.position < head.position {
        store::after(&mut tx, cursor.position, PAGE).await?
    } else {
        Vec::new()
    };
    let chain = match entries.last() {
        Some(last) if last.position == head.position => beside.chain,
        Some(last) => store::chain_at(&mut tx, last.position).await?,
        None if held == Held::Same => here,
        None => String::new(),
    };
    let names = store::names(&mut tx, &entries).await?;
    Ok(Read { page: FeedPage { epoch: head.epoch, head: head.position, entries, chain, names }, held, known })
}

/// A cursor held against the log as this transaction sees it; with the digest at its position.
pub(super) async fn held(tx: &mut Tx<'_>, client: &str, cursor: &Cursor) -> Result<(store::Beside, Held, String), DbError> {
    let beside = store::beside(tx, client).await?;
    let here = if cursor.position == beside.head.position {
        beside.chain.clone()
    } else if cursor.chain.is_some() && cursor.position < beside.head.position {
        store::chain_at(tx, cursor.position).await?
    } else {
        String::new()
    };
    let held = model::hold(cursor, beside.known.as_ref(), &beside.head, &here);
    Ok((beside, held, here))
}
