//! Handing a leaver's work over: his grants, the invitations that wait for an answer, and his places in groups go to somebody else, and his
//! account is closed if that is wished. More grants than one transaction bears are handed over in several, and the account is closed with
//! the last; asked for again after an interruption, it goes on where it stopped.

use super::close::{By, LifecycleError, closed};
use super::store;
use crate::contract::access::Taken;
use crate::contract::feed::{Entry, Holder};
use crate::idp::feed::Gone;
use crate::idp::grants::record::{self, Hand};
use crate::idp::people::Person;
use crate::idp::{Idp, feed, grants, people, welcome};
use crate::kernel::db::{LogTx, Tx};

/// Grants of one transaction: each writes some rows, and other writers wait.
const BATCH: i64 = 50;

/// What was handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct HandedOver {
    /// Grants on relations.
    pub grants: u64,
    /// Invitations that wait for an answer.
    pub invitations: u64,
    /// Places in groups.
    pub groups: u64,
    /// Whether the account was closed.
    pub closed: bool,
}

/// How.
#[derive(Clone, Debug)]
struct Handing {
    by: By,
    to: String,
    close: bool,
    run: String,
}

/// Hands the work of a person over to `to`; what that was, and whether it is known everywhere.
pub async fn hand_over(idp: &Idp, by: By, to: &str, close: bool) -> Result<(HandedOver, Taken), LifecycleError> {
    let mut done = HandedOver::default();
    let mut told = Vec::new();
    loop {
        let handing = Handing { by: by.clone(), to: to.to_owned(), close, run: idp.env.id() };
        let part = idp.db.write_log(handing, |h, mut tx| Box::pin(async move { part(&mut tx, h).await })).await?;
        done.grants += part.done.grants;
        done.invitations += part.done.invitations;
        done.groups += part.done.groups;
        done.closed |= part.done.closed;
        told.extend(part.gone.told);
        if !part.more {
            let gone = Gone { position: part.gone.position, told };
            idp.outbox.wake();
            return Ok((done, feed::settle(idp, gone).await?));
        }
    }
}

struct Part {
    done: HandedOver,
    gone: Gone,
    more: bool,
}

async fn part(tx: &mut LogTx<'_>, h: &Handing) -> Result<Part, LifecycleError> {
    let from = h.by.may(tx).await?;
    let to = successor(tx, h, &from).await?;
    let (mut done, mut told) = (HandedOver::default(), Vec::new());
    let held = grants::store::active_of(tx, &from.id, BATCH).await?;
    let more = i64::try_from(held.len()).is_ok_and(|n| n == BATCH);
    for (n, grant) in held.into_iter().enumerate() {
        let hand = |part: &str| Hand {
            actor: h.by.own.actor.clone(),
            grant_id: format!("{}-{n}", h.run),
            audit_id: format!("{}-{part}{n}", h.run),
            now: h.by.own.now,
        };
        let holder = Holder::Person(to.id.clone());
        let terms = match grants::store::of_holder(tx, &grant.relation, &holder).await? {
            Some(has) => has.terms.widened_by(&grant.terms),
            None => grant.terms.clone(),
        };
        record::give(tx, &grant.relation, &holder, &terms, None, &hand("g")).await?;
        told.extend(record::take(tx, grant, &hand("t")).await?);
        done.grants += 1;
    }
    if !more {
        finish(tx, h, &from, &to, &mut done, &mut told).await?;
    }
    Ok(Part { done, gone: Gone { position: feed::store::head(tx).await?.position, told }, more })
}

/// Who takes over: somebody else who may sign in, and works here if the leaver does.
async fn successor(tx: &mut Tx<'_>, h: &Handing, from: &Person) -> Result<Person, LifecycleError> {
    let to = people::store::living(tx, &h.to).await?.filter(|p| p.active).ok_or(LifecycleError::NotFound)?;
    if to.id == from.id {
        return Err(LifecycleError::Conflict("admin-wrong-successor-self"));
    }
    if from.staff && !to.staff {
        return Err(LifecycleError::Conflict("admin-wrong-successor-staff"));
    }
    Ok(to)
}

/// What is done once, with the last of the grants.
async fn finish(
    tx: &mut LogTx<'_>,
    h: &Handing,
    from: &Person,
    to: &Person,
    done: &mut HandedOver,
    told: &mut Vec<crate::idp::oidc::backchannel::Told>,
) -> Result<(), LifecycleError> {
    let own = &h.by.own;
    done.invitations = store::invitations(tx, &from.id, &to.id, own.now).await?;
    done.invitations += welcome::store::hand_over(tx, &from.id, &to.id, own.now).await?;
    for (n, (group, _)) in people::store::groups_of(tx, &from.id).await?.into_iter().enumerate() {
        for (person, present) in [(to, true), (from, false)] {
            if people::store::set_member(tx, &group, &person.id, present).await? {
                let entry = Entry::Member { group: group.clone(), sub: person.id.clone(), present };
                feed::append(tx, own.now, &entry).await?;
                let action = if present { "member.added" } else { "member.removed" };
                own.note(tx, &format!("-m{n}{present}"), action, &person.id, format!("group {group}")).await?;
            }
        }
        done.groups += 1;
    }
    let detail = format!("to {}: {} invitations, {} groups", to.id, done.invitations, done.groups);
    own.note(tx, "-h", "person.handed-over", &from.id, detail).await?;
    if h.close && from.active {
        told.extend(closed(tx, &h.by, from).await?);
        done.closed = true;
    }
    // Applications that were open to the leaver by a group or a grant alone.
    let by = crate::idp::admission::flow::Taking { actor: &own.actor, run: &h.run, now: own.now };
    let whose = Holder::Person(from.id.clone());
    told.extend(crate::idp::admission::flow::withdraw(tx, crate::idp::admission::flow::Whose::Of(&whose), &by).await?);
    Ok(())
}
