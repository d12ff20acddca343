//! People by a directory: making, changing, deleting. Decided in the transaction that does it.

use serde_json::Value;

use super::error::ScimError;
use super::listing::{self, Query};
use super::patch::{self, Operation};
use super::schema::USERS;
use super::shape::{self, Object, names_version};
use super::store::{self, As};
use super::user::{self, Facts, User};
use crate::contract::feed::Holder;
use crate::idp::apply::make::Maker;
use crate::idp::apply::plan::Change;
use crate::idp::feed::Gone;
use crate::idp::grants::record::{self, Hand};
use crate::idp::oidc::backchannel::Told;
use crate::idp::people::Person;
use crate::idp::{Idp, factors, federation, feed, grants, lifecycle, people};
use crate::kernel::Env;
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{LogTx, Tx};
use crate::kernel::pages::Lang;

/// A directory that asks, and what everything that it does needs: drawn before the transaction.
#[derive(Clone)]
pub struct Directory {
    /// Its client id.
    pub client: String,
    /// As the audit log has it.
    pub actor: Actor,
    /// Where SCIM is.
    pub base: String,
    /// What ids of entries begin with.
    pub run: String,
    /// The id of something new.
    pub new_id: String,
    /// The job that mails a link to someone new.
    pub job: String,
    /// When.
    pub now: Timestamp,
    /// Settings, chance and keys.
    pub env: Env,
}

impl Directory {
    /// The one behind a request.
    pub fn new(idp: &Idp, client: &str, actor: Actor) -> Self {
        let (env, base) = (&idp.env, idp.env.settings.idp_url.at("/scim/v2"));
        let (run, new_id, job, now) = (env.id(), env.id(), env.id(), env.now());
        Self { client: client.to_owned(), actor, base, run, new_id, job, now, env: env.clone() }
    }
    /// Whose identifiers are read.
    pub fn to(&self) -> As<'_> {
        As { client: &self.client, root: &self.env.root }
    }
    fn region(&self) -> &str {
        &self.env.settings.phone_region
    }
}

/// How a resource is to be.
#[derive(Clone, Debug)]
pub enum Edit {
    /// Like this, as a whole.
    Whole(Object),
    /// As it is, but for these.
    Operations(Vec<Operation>),
}

impl Edit {
    /// What a resource becomes.
    pub fn of(&self, kind: &'static super::schema::ResourceType, before: &Object) -> Result<Object, ScimError> {
        match self {
            Self::Whole(wanted) => Ok(wanted.clone()),
            Self::Operations(all) => {
                let mut after = before.clone();
                patch::apply(kind, &mut after, all)?;
                shape::read(kind, Value::Object(after))
            }
        }
    }
}

/// That a client changes the version that it has read.
pub fn expect(before: &Object, wanted: Option<&str>) -> Result<(), ScimError> {
    let version = before.get("meta").and_then(|m| m.get("version")).and_then(Value::as_str).unwrap_or_default();
    if wanted.is_none_or(|w| names_version(w, version)) { Ok(()) } else { Err(ScimError::Version) }
}

/// What a transaction came to: the resource, and what it took away.
pub struct Done {
    /// The resource as it is now.
    pub resource: Object,
    /// Applications that are to be told that something ended; none where nothing did.
    pub told: Option<Vec<Told>>,
}

/// Waits, where something was taken away, until that is known.
pub async fn settle(idp: &Idp, done: Done) -> Result<Object, ScimError> {
    idp.outbox.wake();
    if let Some(told) = done.told {
        let position = feed::store::head_now(&idp.db).await?.position;
        feed::settle(idp, Gone { position, told }).await?;
    }
    Ok(done.resource)
}

/// One person.
pub async fn get(idp: &Idp, who: &Directory, id: &str) -> Result<Object, ScimError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let user = store::user_by_id(&mut tx, who.to(), id).await?.ok_or(ScimError::NotFound)?;
    listing::user(&mut tx, &user, &who.base).await
}

/// Many.
pub async fn list(idp: &Idp, who: &Directory, query: &Query) -> Result<Value, ScimError> {
    let mut snapshot = idp.db.snapshot().await?;
    listing::users(&mut snapshot.tx(), who.to(), query, &who.base).await
}

/// Makes a person.
pub async fn create(idp: &Idp, who: Directory, wanted: Object) -> Result<Object, ScimError> {
    let done = idp.db.write_log((who, wanted), |(who, wanted), mut tx| Box::pin(async move { made(&mut tx, who, wanted).await }));
    settle(idp, done.await?).await
}

async fn made(tx: &mut LogTx<'_>, who: &Directory, wanted: &Object) -> Result<Done, ScimError> {
    let facts = user::facts(wanted, who.region())?;
    let there = store::user_by_email(tx, who.to(), &facts.key).await?;
    match there {
        // Whoever was deleted and comes again begins with nothing of what he had.
        Some(gone) if gone.deleted => write(tx, who, gone, wanted.clone(), facts).await,
        Some(_) => Err(ScimError::Uniqueness("someone with this address is there already")),
        None => {
            let person = Person {
                id: who.new_id.clone(),
                email: facts.email.clone(),
                email_proven: false,
                name: facts.name.clone(),
                language: facts.language.unwrap_or_default().code().to_owned(),
                phone: facts.phone.clone(),
                staff: facts.staff.unwrap_or(false),
                // Made able to sign in below, like everyone.
                active: false,
            };
            let change = Change::NewPerson { person: person.clone(), key: facts.key.clone() };
            // Ids of entries of its own: what follows counts from one again.
            let run = format!("{}-new", who.run);
            Maker::new(tx, &run, who.now, &who.actor).make(&change).await?;
            let user = User { person, created_at: who.now, changed_at: who.now, document: None, external: None, deleted: true };
            write(tx, who, user, wanted.clone(), facts).await
        }
    }
}

#[derive(Clone)]
struct Editing {
    who: Directory,
    id: String,
    version: Option<String>,
    edit: Edit,
}

/// Changes a person; only this version of him where the client names one.
pub async fn edit(idp: &Idp, who: Directory, id: &str, version: Option<String>, edit: Edit) -> Result<Object, ScimError> {
    let input = Editing { who, id: id.to_owned(), version, edit };
    let done = idp.db.write_log(input, |e, mut tx| Box::pin(async move { edited(&mut tx, e).await }));
    settle(idp, done.await?).await
}

async fn edited(tx: &mut LogTx<'_>, e: &Editing) -> Result<Done, ScimError> {
    let before = store::user_by_id(tx, e.who.to(), &e.id).await?.ok_or(ScimError::NotFound)?;
    let resource = listing::user(tx, &before, &e.who.base).await?;
    expect(&resource, e.version.as_deref())?;
    let wanted = e.edit.of(&USERS, &resource)?;
    let facts = user::facts(&wanted, e.who.region())?;
    write(tx, &e.who, before, wanted, facts).await
}

/// Whether someone administers, whom no directory decides about: it would have his rights by taking his place.
async fn administers(tx: &mut Tx<'_>, who: &Directory, id: &str) -> Result<bool, ScimError> {
    Ok(grants::store::has_role(tx, id, &who.env.settings.admin_role).await?)
}

/// Brings a person to what a directory says of him. Someone who begins is one who was not there for directories before.
async fn write(tx: &mut LogTx<'_>, who: &Directory, before: User, wanted: Object, facts: Facts) -> Result<Done, ScimError> {
    let begins = before.deleted;
    let id = before.person.id.clone();
    let name_key = store::name_key(&who.env.root, &facts.user_name)?;
    unique(tx, who, &id, &name_key, &facts).await?;
    let after = after(&before, &facts, who.region());
    let moved = !begins && after.email != before.person.email;
    if (moved || after.active != before.person.active) && administers(tx, who, &id).await? {
        return Err(ScimError::Administers);
    }
    if after.email != before.person.email && !store::set_email(tx, &id, &after.email, &facts.key, who.now).await? {
        return Err(ScimError::Uniqueness("someone with this address is there already"));
    }
    let mut document = wanted;
    let external = document.remove("externalId");
    if begins || before.document.as_ref() != Some(&document) {
        let user = (id.as_str(), name_key.as_str(), &document);
        store::save_user(tx, &who.env.root, who.env.entropy.as_ref(), user, who.now).await?;
    }
    let external = external.as_ref().and_then(Value::as_str);
    if external != before.external.as_deref() {
        store::save_external(tx, who.to(), who.env.entropy.as_ref(), (USERS.name, &id), external).await?;
    }
    let less = moved || (before.person.active && !after.active);
    let mut maker = Maker::new(tx, &who.run, who.now, &who.actor);
    if moved {
        // What was shown to be his may be another's now; and no code or link that went to the address before proves the new one.
        maker.note("person.email", &id, "ok", String::new()).await?;
        maker.end_sessions(&id).await?;
        maker.revoke_offline(&id, "another address").await?;
        lifecycle::close::void(maker.tx, &id, who.now).await?;
    }
    let begin = after.active && !before.person.active;
    if after != (Person { email: after.email.clone(), email_proven: after.email_proven, ..before.person.clone() }) {
        maker.make(&Change::Person { before: before.person.clone(), after: after.clone() }).await?;
    }
    // Who is led to another provider needs no password.
    let led = federation::store::leads(maker.tx, &facts.key).await?;
    if begin && !led && people::store::credentials_of(maker.tx, &id).await?.is_none_or(|c| c.password.is_none()) {
        maker.make(&Change::Invite { person: after, job: who.job.clone() }).await?;
    }
    let told = maker.finish().await?;
    let now = store::user_by_id(tx, who.to(), &id).await?.ok_or(ScimError::NotFound)?;
    Ok(Done { resource: listing::user(tx, &now, &who.base).await?, told: less.then_some(told) })
}

/// That nobody else has the name. Someone of whom no directory has said anything has his address for a name.
async fn unique(tx: &mut Tx<'_>, who: &Directory, id: &str, name_key: &str, facts: &Facts) -> Result<(), ScimError> {
    let taken = Err(ScimError::Uniqueness("someone with this userName is there already"));
    if store::user_named(tx, name_key).await?.is_some_and(|other| other != id) {
        return taken;
    }
    let Some(key) = people::EmailKey::parse(&facts.user_name) else { return Ok(()) };
    match store::user_by_email(tx, who.to(), &key).await? {
        Some(other) if other.person.id != id && other.document.is_none() => taken,
        _ => Ok(()),
    }
}

/// The person as a directory wants him. What it said before and says again changes nothing of what he chose himself since.
fn after(before: &User, facts: &Facts, region: &str) -> Person {
    let person = &before.person;
    let said = before.document.as_ref().filter(|_| !before.deleted).and_then(|d| user::facts(d, region).ok());
    let again = |same: fn(&Facts, &Facts) -> bool| said.as_ref().is_some_and(|s| same(s, facts));
    let same_address = people::EmailKey::parse(&person.email).as_ref() == Some(&facts.key);
    Person {
        id: person.id.clone(),
        email: if same_address { person.email.clone() } else { facts.email.clone() },
        email_proven: person.email_proven && same_address,
        name: facts.name.clone(),
        language: match facts.language {
            Some(language) if !again(|a, b| a.language == b.language) => language.code().to_owned(),
            _ => Lang::from_code(&person.language).unwrap_or_default().code().to_owned(),
        },
        phone: if again(|a, b| a.phone == b.phone) || (before.document.is_none() && facts.phone.is_none()) {
            person.phone.clone()
        } else {
            facts.phone.clone()
        },
        staff: facts.staff.unwrap_or(person.staff),
        active: facts.active.unwrap_or(person.active || before.deleted),
    }
}

/// Deletes a person: he can't sign in, has nothing any more, and is not there for directories.
pub async fn delete(idp: &Idp, who: Directory, id: &str, version: Option<String>) -> Result<(), ScimError> {
    let input = (who, id.to_owned(), version);
    let done = idp.db.write_log(input, |(who, id, version), mut tx| {
        Box::pin(async move { deleted(&mut tx, who, id, version.as_deref()).await })
    });
    settle(idp, done.await?).await.map(drop)
}

async fn deleted(tx: &mut LogTx<'_>, who: &Directory, id: &str, version: Option<&str>) -> Result<Done, ScimError> {
    let before = store::user_by_id(tx, who.to(), id).await?.ok_or(ScimError::NotFound)?;
    if version.is_some() {
        expect(&listing::user(tx, &before, &who.base).await?, version)?;
    }
    if administers(tx, who, id).await? {
        return Err(ScimError::Administers);
    }
    let (root, entropy) = (&who.env.root, who.env.entropy.as_ref());
    store::delete_user(tx, root, entropy, id, who.now).await?;
    people::store::forget_credentials(tx, id, who.now).await?;
    factors::store::forget_all(tx, id, who.now).await?;
    federation::store::forget(tx, id).await?;
    let holder = Holder::Person(id.to_owned());
    let person = (id.to_owned(), before.person.email.clone());
    let mut maker = Maker::new(tx, &who.run, who.now, &who.actor);
    if before.person.active {
        let after = Person { active: false, ..before.person.clone() };
        maker.make(&Change::Person { before: before.person.clone(), after }).await?;
    }
    for group in people::store::groups_of(maker.tx, id).await? {
        maker.make(&Change::Member { group, person: person.clone(), present: false }).await?;
    }
    for role in people::store::roles_of(maker.tx, &holder).await? {
        maker.make(&Change::Role { holder: holder.clone(), who: person.1.clone(), role, present: false }).await?;
    }
    maker.note("person.deprovisioned", id, "ok", String::new()).await?;
    let mut told = maker.finish().await?;
    told.extend(take_grants(tx, who, &holder).await?);
    Ok(Done { resource: Object::new(), told: Some(told) })
}

/// Takes away whatever a holder has on relations.
pub async fn take_grants(tx: &mut LogTx<'_>, who: &Directory, holder: &Holder) -> Result<Vec<Told>, ScimError> {
    let (kind, id) = match holder {
        Holder::Person(id) => ("person", id),
        Holder::Group(id) => ("group", id),
    };
    let mut told = Vec::new();
    for (n, grant) in store::grants_of(tx, kind, id).await?.into_iter().enumerate() {
        let Some(held) = grants::store::by_id(tx, &grant).await? else { continue };
        let audit_id = format!("{}-grant-{n:05}", who.run);
        let hand = Hand { actor: who.actor.clone(), grant_id: grant, audit_id, now: who.now };
        told.extend(record::take(tx, held, &hand).await?);
    }
    Ok(told)
}
