//! Listing invitations and taking one back.

use super::store::{self, InvitationRow, State};
use crate::contract::access::Taken;
use crate::idp::admin::flow::{AdminError, Hand, act, end};
use crate::idp::admin::gate::Asking;
use crate::idp::admin::model::{Asked, Listed};
use crate::idp::grants::record::Hand as GrantHand;
use crate::idp::{Idp, invitations};
use crate::kernel::cursor;

/// Invitations, the latest first.
pub async fn list(idp: &Idp, reader: &str, state: Option<State>, asked: &Asked) -> Result<Listed<InvitationRow>, AdminError> {
    let place = ("invitations", reader, state.map(State::as_str));
    let after: Option<(i64, String)> = asked.cursor.as_deref().map(|c| cursor::open(&idp.env, &place, c)).transpose()?;
    let limit = asked.limit();
    let mut snapshot = idp.db.snapshot().await?;
    let mut items = store::list(&mut snapshot.tx(), state, after.as_ref(), limit + 1, idp.env.now()).await?;
    let mut next = None;
    if items.len() > limit as usize {
        items.truncate(limit as usize);
        next = items.last().map(|i| cursor::seal(&idp.env, &place, &(i.made_at, &i.id))).transpose()?;
    }
    Ok(Listed { items, next })
}

/// Takes an invitation back: its link is void, and what came of it ends.
pub async fn revoke(idp: &Idp, asking: &Asking, id: &str) -> Result<Taken, AdminError> {
    let input = (Hand::new(idp, asking), id.to_owned());
    let ((), taken) = act(idp, input, |(hand, id), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            let invited = invitations::store::by_id(maker.tx, id).await?.ok_or(AdminError::NotFound)?;
            let (audit_id, grant_id) = (maker.audit_id(), maker.audit_id());
            let grant = GrantHand { actor: hand.asking.actor.clone(), grant_id, audit_id: maker.audit_id(), now: hand.now };
            let told = invitations::flow::take_back(maker.tx, &invited, &audit_id, &grant).await?;
            maker.took(told);
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await?;
    Ok(taken)
}
