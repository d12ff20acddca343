//! Listing sessions and ending one.

use super::store::{self, SessionRow};
use crate::contract::access::Taken;
use crate::idp::admin::flow::{AdminError, Hand, act, end};
use crate::idp::admin::gate::Asking;
use crate::idp::admin::list::List;
use crate::idp::admin::model::{Asked, Listed};
use crate::idp::{Idp, sessions};

/// Sessions that live, the latest first; of one person or all.
pub async fn list(idp: &Idp, reader: &str, person: Option<&str>, asked: &Asked) -> Result<Listed<SessionRow>, AdminError> {
    let list = List::new(idp, asked, ("sessions", reader, person));
    let after: Option<(i64, String)> = list.after()?;
    let items = store::list(&mut idp.db.snapshot().await?.tx(), person, after.as_ref(), list.limit(), idp.env.now()).await?;
    list.page(items, |s| (s.auth_at, s.id.clone()))
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
