//! Asking for another address, proving both, and the change that follows from the second proof.

use super::model::{self, Change, Side, place};
use super::send::{Payload, SEND, hash, opened, secret};
use super::store::{self, Hashes};
use crate::idp::account::flow::Own;
use crate::idp::credentials::limits::{self, Limit};
use crate::idp::notices::{About, Notice, What};
use crate::idp::people::EmailKey;
use crate::idp::{Idp, links, people, recovery};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::Context;
use crate::kernel::outbox::{self, NewJob};
use crate::kernel::root::{Purpose, RootError};

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// Used, given up, expired or never made.
    #[error("the link is void")]
    Void,
    /// It is no address.
    #[error("this is no e-mail address")]
    Invalid,
    /// It is the one that signs in already.
    #[error("this is the present address")]
    Same,
    /// There is no such person.
    #[error("there is no such person")]
    NotFound,
    /// Too often; from when on again.
    #[error("too many changes of address")]
    TooMany(Timestamp),
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
}

struct Asking {
    own: Own,
    change: Change,
    hashes: Hashes,
    key: EmailKey,
    jobs: [(String, Side); 2],
    buckets: [(String, Limit); 2],
}

/// Asks for another address: by its owner, or by an administrator who vouches for the old one.
pub async fn ask(idp: &Idp, own: Own, address: &str, administrator: Option<&str>) -> Result<(), AddressError> {
    let address = address.trim();
    let key = EmailKey::parse(address).ok_or(AddressError::Invalid)?;
    let (root, id) = (&idp.env.root, idp.env.id());
    let sealed = root.seal(Purpose::Personal, &place(&id), address.as_bytes(), idp.env.entropy.as_ref())?;
    let link = |side| secret(root, &id, side).and_then(|s| hash(root, &s));
    let old = if administrator.is_none() { Some(link(Side::Old)?) } else { None };
    let hashes = Hashes { old, new: link(Side::New)? };
    let buckets = [
        (root.token_hash("address-person", &own.person)?, model::PER_PERSON),
        (root.token_hash("address-mail", key.as_str())?, model::PER_ADDRESS),
    ];
    let change = Change {
        id,
        person: own.person.clone(),
        sealed,
        asked_by: administrator.map(str::to_owned),
        expires_at: own.now + model::LIFE,
        old_at: None,
        new_at: None,
        done_at: None,
        void_at: None,
    };
    let jobs = [(idp.env.id(), Side::Old), (idp.env.id(), Side::New)];
    let asking = Asking { own, change, hashes, key, jobs, buckets };
    let asked = idp.db.write(asking, |a, mut tx| Box::pin(async move { asked(&mut tx, a).await })).await?;
    idp.outbox.wake();
    match asked {
        None => Ok(()),
        Some(until) => Err(AddressError::TooMany(until)),
    }
}

/// Some time when it was too often.
async fn asked(tx: &mut Tx<'_>, a: &Asking) -> Result<Option<Timestamp>, AddressError> {
    let now = a.own.now;
    let person = people::store::by_id(tx, &a.own.person).await?.filter(|p| p.active).ok_or(AddressError::NotFound)?;
    if EmailKey::parse(&person.email).is_some_and(|k| k == a.key) {
        return Err(AddressError::Same);
    }
    if let Some(until) = limits::take_each(tx, &a.buckets, now).await? {
        return Ok(Some(until));
    }
    store::insert(tx, &a.change, &a.hashes, now).await?;
    for (id, side) in &a.jobs {
        if *side == Side::Old && a.hashes.old.is_none() {
            continue;
        }
        let payload = serde_json::json!(Payload { change: a.change.id.clone(), side: side.as_str().to_owned() });
        let cause = format!("address/{}", a.change.id);
        outbox::put(tx, NewJob { id: id.clone(), kind: SEND, cause, payload, due_at: now, now }).await?;
    }
    a.own.note(tx, "", "address.asked", &a.own.person, String::new()).await?;
    Ok(None)
}

/// A link that works.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The change.
    pub change: Change,
    /// Which side the link proves.
    pub side: Side,
    /// The new address.
    pub address: String,
    /// The present one.
    pub present: String,
}

/// Looks at a link.
pub async fn look(idp: &Idp, token: &str) -> Result<Seen, AddressError> {
    let hash = hash(&idp.env.root, token)?;
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let (change, side) = read(&mut tx, &hash, idp.env.now()).await?;
    let person = people::store::by_id(&mut tx, &change.person).await?.filter(|p| p.active).ok_or(AddressError::Void)?;
    let address = opened(&idp.env.root, &change.id, &change.sealed)?;
    Ok(Seen { change, side, address, present: person.email })
}

async fn read(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<(Change, Side), AddressError> {
    store::by_hash(tx, hash).await?.filter(|(c, _)| c.is_open(now)).ok_or(AddressError::Void)
}

/// What came of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other address is still to be proven.
    Waiting,
    /// The new address signs in from now on.
    Changed,
    /// It is somebody else's by now.
    Taken,
}

struct Proving {
    hash: String,
    address: String,
    key: EmailKey,
    notice: Notice,
    own: Own,
}

/// Takes a proof; with the second one, the address is changed in the same transaction.
pub async fn prove(idp: &Idp, context: &Context, token: &str) -> Result<Outcome, AddressError> {
    let seen = look(idp, token).await?;
    let own = Own::new(idp, &seen.change.person, Actor::on(context).person(&seen.change.person));
    let notice = Notice::new(idp, What::EmailChanged, &About::on(context).address_before(&seen.present))?;
    let key = EmailKey::parse(&seen.address).ok_or(AddressError::Void)?;
    let proving = Proving { hash: hash(&idp.env.root, token)?, address: seen.address, key, notice, own };
    let outcome = idp.db.write(proving, |p, mut tx| Box::pin(async move { proven(&mut tx, p).await })).await?;
    idp.outbox.wake();
    Ok(outcome)
}

async fn proven(tx: &mut Tx<'_>, p: &Proving) -> Result<Outcome, AddressError> {
    let (change, side) = read(tx, &p.hash, p.own.now).await?;
    people::store::by_id(tx, &change.person).await?.filter(|p| p.active).ok_or(AddressError::Void)?;
    if !change.has(side) {
        store::proven(tx, &change.id, side, p.own.now).await?;
        p.own.note(tx, "-p", "address.proven", &change.person, side.as_str().to_owned()).await?;
    }
    let change = store::by_id(tx, &change.id).await?.ok_or(AddressError::Void)?;
    if !change.is_proven() {
        return Ok(Outcome::Waiting);
    }
    if !store::done(tx, &change.id, p.own.now).await? {
        return Err(AddressError::Void);
    }
    if !people::store::set_address(tx, &change.person, &p.address, &p.key, p.own.now).await? {
        return Ok(Outcome::Taken);
    }
    // What was mailed to the address before opens nothing any more.
    links::store::void_of(tx, &change.person, p.own.now).await?;
    recovery::store::void_of(tx, &change.person, p.own.now).await?;
    p.notice.put(tx, &change.person).await?;
    p.own.note(tx, "", "address.changed", &change.person, String::new()).await?;
    Ok(Outcome::Changed)
}

/// Gives up what waits.
pub async fn give_up(idp: &Idp, own: Own) -> Result<(), AddressError> {
    idp.db
        .write(own, |own, mut tx| Box::pin(async move { store::void_of(&mut tx, &own.person, own.now).await.map(drop) }))
        .await
        .map_err(AddressError::Db)
}
