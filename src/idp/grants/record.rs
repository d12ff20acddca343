//! Writing a grant: its row, its entry in the access log and its entry in the audit log, in the transaction that it is
//! handed. Does not ask who may: that is `flow`'s, and for the command line nobody's.

use super::model::{Held, Terms};
use super::store;
use crate::contract::feed::Holder;
use crate::idp::admission::flow::{Taking, Whose};
use crate::idp::oidc::backchannel::Told;
use crate::idp::{admission, feed};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx};

/// Who writes, when, and ids that are the same when the transaction runs again.
#[derive(Clone, Debug)]
pub struct Hand {
    /// Who; his subject identifier becomes the giver.
    pub actor: Actor,
    /// The id of a grant that turns out to be new.
    pub grant_id: String,
    /// The id of the audit entry.
    pub audit_id: String,
    /// When.
    pub now: Timestamp,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// The grant as it is now.
    pub held: Held,
    /// The position of the log that says so; none when nothing had to change.
    pub position: Option<i64>,
    /// Whether it opens less than before.
    pub less: bool,
    /// The applications that are to be told that it does.
    pub told: Vec<Told>,
}

/// Gives: one grant for each holder and relation, so giving again changes it, and giving the same again changes nothing.
pub async fn give(
    tx: &mut LogTx<'_>,
    relation: &str,
    holder: &Holder,
    terms: &Terms,
    invitation: Option<&str>,
    hand: &Hand,
) -> Result<Written, DbError> {
    match store::of_holder(tx, relation, holder).await? {
        Some(before) => rewrite(tx, before, terms, invitation, hand).await,
        None => {
            let held = Held {
                id: hand.grant_id.clone(),
                relation: relation.to_owned(),
                holder: holder.clone(),
                terms: terms.clone(),
                granted_by: hand.actor.sub.clone(),
                granted_at: hand.now,
                invitation: invitation.map(str::to_owned),
                ended_at: None,
            };
            store::insert(tx, &held).await?;
            let position = tell(tx, &held, "grant.given", hand).await?;
            Ok(Written { held, position: Some(position), less: false, told: Vec::new() })
        }
    }
}

/// Puts other terms over a grant.
pub async fn rewrite(
    tx: &mut LogTx<'_>,
    before: Held,
    terms: &Terms,
    invitation: Option<&str>,
    hand: &Hand,
) -> Result<Written, DbError> {
    if before.terms == *terms {
        return Ok(Written { held: before, position: None, less: false, told: Vec::new() });
    }
    let less = terms.open_less_than(&before.terms, hand.now);
    let held = Held {
        terms: terms.clone(),
        granted_by: hand.actor.sub.clone(),
        granted_at: hand.now,
        invitation: invitation.map(str::to_owned),
        ..before
    };
    store::update(tx, &held).await?;
    let mut position = tell(tx, &held, "grant.changed", hand).await?;
    let mut told = Vec::new();
    if less {
        told = withdraw(tx, &held, hand).await?;
        position = feed::store::head(tx).await?.position;
    }
    Ok(Written { held, position: Some(position), less, told })
}

/// Takes away; nothing is written of what was taken before. Answers the applications that are to be told.
pub async fn take(tx: &mut LogTx<'_>, held: Held, hand: &Hand) -> Result<Vec<Told>, DbError> {
    if held.ended_at.is_some() {
        return Ok(Vec::new());
    }
    let held = Held { ended_at: Some(hand.now), ..held };
    store::update(tx, &held).await?;
    tell(tx, &held, "grant.taken", hand).await?;
    withdraw(tx, &held, hand).await
}

/// S11: applications that were open to the holder by this grant may be so no longer.
async fn withdraw(tx: &mut LogTx<'_>, held: &Held, hand: &Hand) -> Result<Vec<Told>, DbError> {
    let by = Taking { actor: &hand.actor, run: &hand.audit_id, now: hand.now };
    admission::flow::withdraw(tx, Whose::Of(&held.holder), &by).await
}

async fn tell(tx: &mut LogTx<'_>, held: &Held, action: &'static str, hand: &Hand) -> Result<i64, DbError> {
    let position = feed::append(tx, hand.now, &held.entry()).await?;
    let time = |t: Option<Timestamp>| t.map_or_else(|| "-".to_owned(), Timestamp::rfc3339);
    let terms = &held.terms;
    let entry = audit::Entry {
        id: hand.audit_id.clone(),
        at: hand.now,
        actor: hand.actor.clone(),
        action,
        target: Some(held.id.clone()),
        outcome: "ok",
        detail: format!(
            "{} on {} to {}, {} to {}",
            terms.level.as_str(),
            held.relation,
            held.holder.key(),
            time(terms.from),
            time(terms.until)
        ),
    };
    audit::record(tx, &entry).await?;
    Ok(position)
}
