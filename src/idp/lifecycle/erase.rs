//! Erasing a person (GDPR, article 17). What is named by others stays by its id: that somebody approved, granted or signed. Everything
//! that says who it was goes, in one transaction; a copy of it is the answer, once.

use serde_json::Value;

use super::close::{By, LifecycleError, ended};
use super::store;
use crate::contract::feed::{Entry, Holder};
use crate::idp::account::export;
use crate::idp::account::flow::{AccountError, Own};
use crate::idp::feed::Gone;
use crate::idp::grants::record::{self, Hand};
use crate::idp::people::EmailKey;
use crate::idp::{Idp, address, factors, federation, feed, grants, notices, people, recovery, scim};
use crate::kernel::audit;
use crate::kernel::db::LogTx;

/// Grants that are ended in one erasure; whoever has more hands them over first.
const GRANTS: i64 = 100;
const OPEN: &str = "admin-refused-open";

/// Erases a person whose account is closed; everything that was kept about him.
pub async fn erase(idp: &Idp, by: By) -> Result<Value, LifecycleError> {
    // Refused before a copy is made; what counts is asked again in the transaction.
    let person =
        people::store::living(&mut idp.db.snapshot().await?.tx(), &by.own.person).await?.ok_or(LifecycleError::NotFound)?;
    if person.active {
        return Err(LifecycleError::Conflict(OPEN));
    }
    let again = || Own::new(idp, &by.own.person, by.own.actor.clone());
    let copy = export::of(idp, again()).await.map_err(|e| match e {
        AccountError::Db(e) => LifecycleError::Db(e),
        AccountError::Audit(e) => LifecycleError::Audit(e),
        AccountError::NotFound | AccountError::Invalid(_) => LifecycleError::NotFound,
    })?;
    let by = By { own: again(), ..by };
    let gone = idp.db.write_log(by, |by, mut tx| Box::pin(async move { erased(&mut tx, by).await })).await?;
    idp.outbox.wake();
    feed::settle(idp, gone).await?;
    Ok(copy)
}

async fn erased(tx: &mut LogTx<'_>, by: &By) -> Result<Gone, LifecycleError> {
    let own = &by.own;
    let person = by.may(tx).await?;
    if person.active {
        return Err(LifecycleError::Conflict(OPEN));
    }
    let held = grants::store::active_of(tx, &person.id, GRANTS).await?;
    if i64::try_from(held.len()).is_ok_and(|n| n == GRANTS) {
        return Err(LifecycleError::Conflict("admin-refused-grants"));
    }
    let mut told = ended(tx, own).await?;
    for (n, grant) in held.into_iter().enumerate() {
        let id = format!("{}-g{n}", own.audit_id);
        let hand = Hand { actor: own.actor.clone(), grant_id: id.clone(), audit_id: id, now: own.now };
        told.extend(record::take(tx, grant, &hand).await?);
    }
    for (group, _) in people::store::groups_of(tx, &person.id).await? {
        people::store::set_member(tx, &group, &person.id, false).await?;
        feed::append(tx, own.now, &Entry::Member { group, sub: person.id.clone(), present: false }).await?;
    }
    let holder = Holder::Person(person.id.clone());
    for role in people::store::roles_of(tx, &holder).await? {
        people::store::set_role(tx, &holder, &role, false).await?;
        feed::append(tx, own.now, &Entry::Role { holder: holder.clone(), role, present: false }).await?;
    }
    factors::store::forget_all(tx, &person.id, own.now).await?;
    federation::store::forget(tx, &person.id).await?;
    scim::store::forget(tx, "User", &person.id).await?;
    if let Some(address) = EmailKey::parse(&person.email) {
        store::uninvite(tx, &address, own.now).await?;
    }
    notices::store::forget(tx, &person.id).await?;
    address::store::forget(tx, &person.id).await?;
    recovery::store::forget(tx, &person.id).await?;
    store::forget(tx, &person.id).await?;
    store::blank(tx, &person.id, own.now).await?;
    if let Some(blank) = people::store::by_id(tx, &person.id).await? {
        feed::append(tx, own.now, &blank.entry()).await?;
    }
    own.note(tx, "", "person.erased", &person.id, String::new()).await?;
    // The chain over them stays; what was his can't be read any more.
    audit::erase(tx, &person.id, own.now).await?;
    Ok(Gone { position: feed::store::head(tx).await?.position, told })
}
