//! Groups by a directory: making, changing, deleting. Decided in the transaction that does it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::error::ScimError;
use super::flow::{Directory, Done, Editing, Resource, expect, take_grants};
use super::group::{self, Facts, Group};
use super::listing::{self, Query};
use super::schema::{GROUPS, ResourceType};
use super::shape::Object;
use super::store;
use crate::contract::feed::{Entry, Holder};
use crate::idp::apply::make::Maker;
use crate::idp::apply::plan::Change;
use crate::idp::policy::flow::By;
use crate::idp::policy::model::{Rules, Scope};
use crate::idp::{federation, people, policy};
use crate::kernel::db::{LogTx, Tx};

const TAKEN: ScimError = ScimError::Uniqueness("a group with this displayName is there already");

/// Groups.
pub struct Groups;

impl Resource for Groups {
    const TYPE: &'static ResourceType = &GROUPS;

    async fn one(tx: &mut Tx<'_>, who: &Directory, id: &str, with_members: bool) -> Result<Object, ScimError> {
        let group = store::group_by_id(tx, who.to(), id).await?.ok_or(ScimError::NotFound)?;
        listing::group(tx, &group, with_members, &who.base).await
    }

    async fn many(tx: &mut Tx<'_>, who: &Directory, query: &Query) -> Result<Value, ScimError> {
        listing::groups(tx, who.to(), query, &who.base).await
    }

    async fn made(tx: &mut LogTx<'_>, who: &Directory, wanted: &Object) -> Result<Done, ScimError> {
        let facts = group::facts(wanted)?;
        let change = Change::NewGroup { id: who.new_id.clone(), name: facts.name.clone() };
        // Ids of entries of its own: what follows counts from one again.
        let run = format!("{}-new", who.run);
        if Maker::new(tx, &run, who.now, &who.actor).make(&change).await?.is_none() {
            return Err(TAKEN);
        }
        let group = Group { id: who.new_id.clone(), name: facts.name.clone(), created_at: who.now, external: None };
        write(tx, who, &group, facts).await
    }

    async fn edited(tx: &mut LogTx<'_>, e: &Editing) -> Result<Done, ScimError> {
        let before = store::group_by_id(tx, e.who.to(), &e.id).await?.ok_or(ScimError::NotFound)?;
        let resource = listing::group(tx, &before, true, &e.who.base).await?;
        expect(&resource, e.version.as_deref())?;
        let facts = group::facts(&e.edit.of(&GROUPS, &resource)?)?;
        write(tx, &e.who, &before, facts).await
    }

    /// Nobody has anything by it any more.
    async fn deleted(tx: &mut LogTx<'_>, who: &Directory, id: &str, version: Option<&str>) -> Result<Done, ScimError> {
        let before = store::group_by_id(tx, who.to(), id).await?.ok_or(ScimError::NotFound)?;
        if version.is_some() {
            expect(&listing::group(tx, &before, true, &who.base).await?, version)?;
        }
        if administers(tx, who, id).await? {
            return Err(ScimError::Administers);
        }
        let holder = Holder::Group(id.to_owned());
        // While it has members still: what they have by it is found by them.
        let mut told = take_grants(tx, who, &holder).await?;
        let members = store::members_between(tx, id, id).await?;
        let mut maker = Maker::new(tx, &who.run, who.now, &who.actor);
        let group = (id.to_owned(), before.name.clone());
        for (_, person, name) in members {
            maker.make(&Change::Member { group: group.clone(), person: (person, name), present: false }).await?;
        }
        for role in people::store::roles_of(maker.tx, &holder).await? {
            maker.make(&Change::Role { holder: holder.clone(), who: before.name.clone(), role, present: false }).await?;
        }
        let by = By { actor: maker.actor.clone(), audit_id: maker.audit_id(), now: maker.now };
        policy::flow::set(maker.tx, &Scope::Group(id.to_owned()), &Rules::default(), &by).await?;
        federation::store::forget_group(maker.tx, id).await?;
        maker.note("group.deleted", id, "ok", before.name.clone()).await?;
        told.extend(maker.finish().await?);
        store::delete_group(tx, id).await?;
        Ok(Done { resource: Object::new(), told: Some(told) })
    }
}

/// Whether being in the group makes an administrator: no directory decides who is.
async fn administers(tx: &mut Tx<'_>, who: &Directory, id: &str) -> Result<bool, ScimError> {
    let roles = people::store::roles_of(tx, &Holder::Group(id.to_owned())).await?;
    Ok(roles.contains(&who.env.settings.admin_role))
}

/// Brings a group to what a directory says of it.
async fn write(tx: &mut LogTx<'_>, who: &Directory, before: &Group, facts: Facts) -> Result<Done, ScimError> {
    let id = before.id.clone();
    let there: BTreeMap<String, String> =
        store::members_between(tx, &id, &id).await?.into_iter().map(|(_, id, name)| (id, name)).collect();
    let was: BTreeSet<String> = there.keys().cloned().collect();
    let renamed = facts.name != before.name;
    if (renamed || was != facts.members) && administers(tx, who, &id).await? {
        return Err(ScimError::Administers);
    }
    if facts.external != before.external {
        let resource = (GROUPS.name, id.as_str());
        store::save_external(tx, who.to(), who.env.entropy.as_ref(), resource, facts.external.as_deref()).await?;
    }
    if renamed && !store::rename_group(tx, &id, &facts.name).await? {
        return Err(TAKEN);
    }
    let mut changes = Vec::new();
    let group = (id.clone(), facts.name.clone());
    for person in facts.members.difference(&was) {
        let user = store::user_by_id(tx, who.to(), person).await?;
        let user = user.ok_or_else(|| ScimError::Value(format!("there is no person {person:?}")))?;
        changes.push(Change::Member { group: group.clone(), person: (user.person.id, user.person.email), present: true });
    }
    let gone: Vec<&String> = was.difference(&facts.members).collect();
    let less = !gone.is_empty();
    for person in gone {
        changes.push(Change::Member { group: group.clone(), person: (person.clone(), String::new()), present: false });
    }
    let mut maker = Maker::new(tx, &who.run, who.now, &who.actor);
    if renamed {
        maker.log(&Entry::Group { group: id.clone(), name: facts.name.clone() }).await?;
        maker.note("group.renamed", &id, "ok", format!("{} -> {}", before.name, facts.name)).await?;
    }
    for change in &changes {
        maker.make(change).await?;
    }
    let told = maker.finish().await?;
    let now = store::group_by_id(tx, who.to(), &id).await?.ok_or(ScimError::NotFound)?;
    Ok(Done { resource: listing::group(tx, &now, true, &who.base).await?, told: less.then_some(told) })
}
