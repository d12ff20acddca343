//! "This wasn't me": what the link of a notice does, once, in one transaction.

use super::model::{About, BEFORE, What};
use super::send::{Alarm, TELL, hash, open};
use super::store::{self, Kept};
use crate::contract::feed::Entry;
use crate::idp::account::flow::{Own, revoke};
use crate::idp::feed::Gone;
use crate::idp::people::{EmailKey, Person};
use crate::idp::{Idp, address, consent, devices, factors, federation, feed, links, oidc, people, recovery, sessions};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx, Tx};
use crate::kernel::http::Context;
use crate::kernel::outbox::{self, NewJob};
use crate::kernel::root::{RootError, RootKey};

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum AlarmError {
    /// Never made, or too old.
    #[error("the link is void")]
    Void,
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
}

/// A notice whose link was opened.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What was told.
    pub what: What,
    /// From where, and what it was called.
    pub about: About,
    /// When.
    pub at: Timestamp,
    /// Whether it was taken back before.
    pub used: bool,
}

/// Looks at a link.
pub async fn look(idp: &Idp, token: &str) -> Result<Seen, AlarmError> {
    let hash = hash(&idp.env.root, token)?;
    let mut snapshot = idp.db.snapshot().await?;
    let (kept, _) = read(&mut snapshot.tx(), &hash, idp.env.now()).await?;
    let about = open(&idp.env.root, &kept.id, &kept.sealed)?;
    let what = What::from_name(&kept.what).ok_or(AlarmError::Void)?;
    Ok(Seen { what, about, at: Timestamp(kept.made_at), used: kept.used_at.is_some() })
}

async fn read(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<(Kept, Person), AlarmError> {
    let kept = store::by_hash(tx, hash).await?.filter(|k| k.expires_at > now.0).ok_or(AlarmError::Void)?;
    let person = people::store::by_id(tx, &kept.person_id).await?.ok_or(AlarmError::Void)?;
    Ok((kept, person))
}

struct Stopping {
    hash: String,
    own: Own,
    root: std::sync::Arc<RootKey>,
    admin_role: String,
    jobs: String,
}

/// Stops it. A second time there is nothing left to stop, and it is answered alike.
pub async fn stop(idp: &Idp, context: &Context, token: &str) -> Result<(), AlarmError> {
    let hash = hash(&idp.env.root, token)?;
    // Whoever has the link speaks for the mailbox, not for the person: the audit log names nobody as having acted.
    let own = Own::new(idp, "", Actor::on(context));
    let stopping =
        Stopping { hash, own, root: idp.env.root.clone(), admin_role: idp.env.settings.admin_role.clone(), jobs: idp.env.id() };
    let gone = idp.db.write_log(stopping, |s, mut tx| Box::pin(async move { stopped(&mut tx, s).await })).await?;
    idp.outbox.wake();
    feed::settle(idp, gone).await?;
    Ok(())
}

async fn stopped(tx: &mut LogTx<'_>, s: &Stopping) -> Result<Gone, AlarmError> {
    let now = s.own.now;
    let (kept, person) = read(tx, &s.hash, now).await?;
    if !store::take(tx, &kept.id, now).await? {
        return Ok(feed::store::head(tx).await?.position.into());
    }
    let own = Own { person: person.id.clone(), ..s.own.clone() };
    put_address_back(tx, s, &own, &kept).await?;
    people::store::lock_password(tx, &person.id, now).await?;
    let since = Timestamp(kept.made_at) - BEFORE;
    factors::store::forget_since(tx, &person.id, since, now).await?;
    take_back(tx, &own, since).await?;
    links::store::void_of(tx, &person.id, now).await?;
    address::store::void_of(tx, &person.id, now).await?;
    recovery::store::void_of(tx, &person.id, now).await?;
    devices::store::forget(tx, &person.id).await?;
    let mut told = Vec::new();
    for session in sessions::store::live_of(tx, &person.id, now).await? {
        let id = format!("{}-{}", own.audit_id, session.id);
        told.extend(sessions::flow::end(tx, &session.id, &own.actor, &id, now).await?);
    }
    let offline = oidc::store::offline_issues_of(tx, &person.id).await?;
    told.extend(revoke(tx, &own, &offline, "said not to be by the person").await?);
    own.note(tx, "", "account.alarm", &person.id, kept.what.clone()).await?;
    for administrator in people::store::holders_of(tx, &s.admin_role).await? {
        let payload =
            serde_json::json!(Alarm { administrator: administrator.clone(), person: person.id.clone(), notice: kept.id.clone() });
        let id = format!("{}-{administrator}", s.jobs);
        outbox::put(tx, NewJob { id, kind: TELL, cause: format!("person/{}", person.id), payload, due_at: now, now }).await?;
    }
    Ok(Gone { position: feed::store::head(tx).await?.position, told })
}

/// What was allowed to applications and linked elsewhere since: it would let whoever did that in again.
async fn take_back(tx: &mut LogTx<'_>, own: &Own, since: Timestamp) -> Result<(), AlarmError> {
    for (n, client) in consent::store::forget_since(tx, &own.person, since).await?.into_iter().enumerate() {
        own.note(tx, &format!("-c{n}"), "consent.withdrawn", &own.person, format!("application {client}")).await?;
    }
    for (n, upstream) in federation::store::unlink_since(tx, &own.person, since).await?.into_iter().enumerate() {
        own.note(tx, &format!("-u{n}"), "federation.unlinked", &own.person, format!("provider {upstream}")).await?;
        // Groups that the account there brought go with it.
        for (m, group) in federation::store::groups_by(tx, &upstream, &own.person).await?.into_iter().enumerate() {
            federation::store::set_group(tx, &upstream, &own.person, &group, false).await?;
            if people::store::set_member(tx, &group, &own.person, false).await? {
                let entry = Entry::Member { group: group.clone(), sub: own.person.clone(), present: false };
                feed::append(tx, own.now, &entry).await?;
                own.note(tx, &format!("-u{n}g{m}"), "member.removed", &own.person, format!("group {group}")).await?;
            }
        }
    }
    Ok(())
}

/// The address as it was before the first change since: a thief may have changed it more than once.
async fn put_address_back(tx: &mut LogTx<'_>, s: &Stopping, own: &Own, kept: &Kept) -> Result<(), AlarmError> {
    let since = Timestamp(kept.made_at) - BEFORE;
    let changes = store::since(tx, &kept.person_id, What::EmailChanged.as_str(), since).await?;
    let Some(first) = changes.first() else { return Ok(()) };
    let Some(before) = open(&s.root, &first.id, &first.sealed)?.address_before else { return Ok(()) };
    let Some(key) = EmailKey::parse(&before) else { return Ok(()) };
    if people::store::set_address(tx, &kept.person_id, &before, &key, own.now).await? {
        own.note(tx, "-a", "address.restored", &kept.person_id, String::new()).await?;
    }
    Ok(())
}
