//! Listing invitations and taking one back.

use super::store::{self, InvitationRow, State};
use crate::contract::access::Taken;
use crate::idp::admin::flow::{AdminError, Hand, act, end};
use crate::idp::admin::gate::Asking;
use crate::idp::admin::list::List;
use crate::idp::admin::model::{Asked, Listed};
use crate::idp::grants::record::Hand as GrantHand;
use crate::idp::{Idp, invitations};

/// Invitations, the latest first.
pub async fn list(idp: &Idp, reader: &str, state: Option<State>, asked: &Asked) -> Result<Listed<InvitationRow>, AdminError> {
    let list = List::new(idp, asked, ("invitations", reader, state.map(State::as_str)));
    let after: Option<(i64, String)> = list.after()?;
    let items = store::list(&mut idp.db.snapshot().await?.tx(), state, after.as_ref(), list.limit(), idp.env.now()).await?;
    list.page(items, |i| (i.made_at, i.id.clone()))
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
