//! People by a directory: making, changing, deleting. Decided in the transaction that does it.

use serde_json::Value;

use super::error::ScimError;
use super::flow::{Directory, Done, Editing, Resource, expect, take_grants};
use super::listing::{self, Query};
use super::schema::{ResourceType, USERS};
use super::shape::Object;
use super::store;
use super::user::{self, Facts, User};
use crate::contract::feed::Holder;
use crate::idp::apply::make::Maker;
use crate::idp::apply::plan::Change;
use crate::idp::people::Person;
use crate::idp::{factors, federation, grants, lifecycle, people};
use crate::kernel::db::{LogTx, Tx};
use crate::kernel::pages::Lang;

/// People.
pub struct Users;

impl Resource for Users {
    const TYPE: &'static ResourceType = &USERS;

    async fn one(tx: &mut Tx<'_>, who: &Directory, id: &str, _: bool) -> Result<Object, ScimError> {
        let user = store::user_by_id(tx, who.to(), id).await?.ok_or(ScimError::NotFound)?;
        listing::user(tx, &user, &who.base).await
    }

    async fn many(tx: &mut Tx<'_>, who: &Directory, query: &Query) -> Result<Value, ScimError> {
        listing::users(tx, who.to(), query, &who.base).await
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
                let user =
                    User { person, created_at: who.now, changed_at: who.now, document: None, external: None, deleted: true };
                write(tx, who, user, wanted.clone(), facts).await
            }
        }
    }

    async fn edited(tx: &mut LogTx<'_>, e: &Editing) -> Result<Done, ScimError> {
        let before = store::user_by_id(tx, e.who.to(), &e.id).await?.ok_or(ScimError::NotFound)?;
        let resource = listing::user(tx, &before, &e.who.base).await?;
        expect(&resource, e.version.as_deref())?;
        let wanted = e.edit.of(&USERS, &resource)?;
        let facts = user::facts(&wanted, e.who.region())?;
        write(tx, &e.who, before, wanted, facts).await
    }

    /// He can't sign in, has nothing any more, and is not there for directories.
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
