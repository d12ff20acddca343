//! Listing sessions and ending one.

use super::store::{self, SessionRow};
use crate::contract::access::Taken;
use crate::idp::admin::flow::{AdminError, Hand, act, end};
use crate::idp::admin::gate::Asking;
use crate::idp::admin::model::{Asked, Listed};
use crate::idp::{Idp, sessions};
use crate::kernel::cursor;

/// Sessions that live, the latest first; of one person or all.
pub async fn list(idp: &Idp, reader: &str, person: Option<&str>, asked: &Asked) -> Result<Listed<SessionRow>, AdminError> {
    let place = ("sessions", reader, person);
    let after: Option<(i64, String)> = asked.cursor.as_deref().map(|c| cursor::open(&idp.env, &place, c)).transpose()?;
    let limit = asked.limit();
    let mut snapshot = idp.db.snapshot().await?;
    let mut items = store::list(&mut snapshot.tx(), person, after.as_ref(), limit + 1, idp.env.now()).await?;
    let mut next = None;
    if items.len() > limit as usize {
        items.truncate(limit as usize);
        next = items.last().map(|s| cursor::seal(&idp.env, &place, &(s.auth_at, &s.id))).transpose()?;
    }
    Ok(Listed { items, next })
}

/// Ends a session, at every application too.
pub async fn end_one(idp: &Idp, asking: &Asking, id: &str) -> Result<Taken, AdminError> {
    let input = (Hand::new(idp, asking), id.to_owned());
    let ((), taken) = act(idp, input, |(hand, id), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            let session = sessions::store::by_id(maker.tx, id).await?.filter(|s| s.is_live(hand.now));
            session.ok_or(AdminError::NotFound)?;
            maker.end_session(id).await?;
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await?;
    Ok(taken)
}
