//! Comparing one item of a file with what is there. Reads only, so that a dry run and the real one look alike.

use std::collections::{BTreeMap, BTreeSet};

use super::flow::ApplyError;
use super::items::{AppItem, Item, Kind, Named, PersonItem};
use super::plan::Change;
use super::store;
use crate::contract::feed::Holder;
use crate::idp::clients::{self, Client};
use crate::idp::federation::{self, model::Form};
use crate::idp::people::{self, EmailKey, Person};
use crate::kernel::db::Tx;

/// Everything drawn before a transaction, and what the file makes itself: a dry run compares with people and groups that
/// are not there yet.
pub(super) struct Drawn {
    /// By canonical address: the id that a new person gets, and the address as written.
    pub people: BTreeMap<String, (String, String)>,
    /// By name: the id that a new group gets.
    pub groups: BTreeMap<String, String>,
    /// By canonical address.
    pub credentials: BTreeMap<String, Credentials>,
    /// By client id: the keyed hash of the secret in the file.
    pub secrets: BTreeMap<String, String>,
    /// By the provider's id: this server's secret there, sealed.
    pub upstreams: BTreeMap<String, String>,
}

/// What a person is to have, in the form in which it is stored: equal to what is there when the file asks for that.
#[derive(Default)]
pub(super) struct Credentials {
    /// The person that the authenticator is sealed for.
    pub person: String,
    pub password: Option<String>,
    /// What a hash that the file brings is known by.
    pub origin: Option<String>,
    pub authenticator: Option<String>,
    /// The sealed standard claims.
    pub profile: Option<String>,
    /// The job that mails a link, if one is needed.
    pub job: String,
}

pub(super) async fn look(tx: &mut Tx<'_>, drawn: &Drawn, item: &Item) -> Result<Vec<Change>, ApplyError> {
    match item {
        Item::Person(item) => person(tx, drawn, item).await,
        Item::Group(name) => Ok(match (store::group_id(tx, name).await?, drawn.groups.get(name)) {
            (None, Some(id)) => vec![Change::NewGroup { id: id.clone(), name: name.clone() }],
            _ => Vec::new(),
        }),
        Item::GroupsOf(key, wanted) => groups_of(tx, drawn, key, wanted).await,
        Item::MembersOf(name, wanted) => members_of(tx, drawn, name, wanted).await,
        Item::RolesOf(named, wanted) => roles_of(tx, drawn, named, wanted).await,
        Item::HoldersOf(role, kind, wanted) => holders_of(tx, drawn, role, *kind, wanted).await,
        Item::Application(item) => application(tx, drawn, item).await,
        Item::Policy(item) => super::policies::look(tx, drawn, item).await,
        Item::Link(item) => super::links::look(tx, drawn, item).await,
        Item::Grant(item) => super::grants::look(tx, drawn, item).await,
        Item::Upstream(form) => upstream(tx, drawn, form).await,
    }
}

async fn person(tx: &mut Tx<'_>, drawn: &Drawn, item: &PersonItem) -> Result<Vec<Change>, ApplyError> {
    let key = item.key.as_str();
    let before = people::store::by_email(tx, &item.key).await?;
    let after = Person {
        id: before.as_ref().map_or_else(|| drawn.people.get(key).map(|(id, _)| id.clone()).unwrap_or_default(), |p| p.id.clone()),
        // The address stays as its owner wrote it: another spelling of it is the same address.
        email: before.as_ref().map_or_else(|| item.email.clone(), |p| p.email.clone()),
        email_proven: before.as_ref().is_some_and(|p| p.email_proven),
        name: item.name.clone(),
        language: item.language.map_or_else(|| before.as_ref().map_or("en".into(), |p| p.language.clone()), str::to_owned),
        phone: item.phone.clone().unwrap_or_else(|| before.as_ref().and_then(|p| p.phone.clone())),
        staff: item.staff.unwrap_or_else(|| before.as_ref().is_some_and(|p| p.staff)),
        active: item.active.unwrap_or_else(|| before.as_ref().is_none_or(|p| p.active)),
    };
    let stored = people::store::credentials(tx, &item.key).await?;
    let mut changes = Vec::new();
    let known = before.is_some();
    let begins = after.active && before.as_ref().is_none_or(|p| !p.active);
    match before {
        None => changes.push(Change::NewPerson { person: after.clone(), key: item.key.clone() }),
        Some(before) if before != after => changes.push(Change::Person { before, after: after.clone() }),
        Some(_) => {}
    }
    let Some(wanted) = drawn.credentials.get(key) else { return Ok(changes) };
    if wanted.person != after.id {
        return Err(ApplyError::Meanwhile);
    }
    let (password, authenticator) = stored.map_or((None, None), |s| (s.password, s.authenticator));
    if let Some(hash) = &wanted.password
        && password.as_ref() != Some(hash)
    {
        let origin = wanted.origin.clone();
        changes.push(Change::Password { person: after.clone(), hash: hash.clone(), origin, known });
    }
    if let Some(sealed) = &wanted.authenticator
        && authenticator.as_ref() != Some(sealed)
    {
        changes.push(Change::Authenticator { person: after.clone(), sealed: sealed.clone(), known });
    }
    let profile = people::profile_store::sealed(tx, &after.id).await?.map(|(sealed, _)| sealed);
    if let Some(sealed) = &wanted.profile
        && profile.as_ref() != Some(sealed)
    {
        changes.push(Change::Profile { person: after.clone(), sealed: sealed.clone() });
    }
    let led = federation::store::leads(tx, &item.key).await?;
    if begins && !led && wanted.password.is_none() && password.is_none() {
        changes.push(Change::Invite { person: after, job: wanted.job.clone() });
    }
    Ok(changes)
}

/// Id and address of a person that the file refers to; in a dry run perhaps one that is still to be made.
pub(super) async fn person_id(tx: &mut Tx<'_>, drawn: &Drawn, key: &str) -> Result<(String, String), ApplyError> {
    let parsed = EmailKey::parse(key).ok_or(ApplyError::Meanwhile)?;
    match people::store::by_email(tx, &parsed).await? {
        Some(p) => Ok((p.id, p.email)),
        None => drawn.people.get(key).cloned().ok_or(ApplyError::Meanwhile),
    }
}

/// Id and name of a group that the file refers to.
pub(super) async fn group_id(tx: &mut Tx<'_>, drawn: &Drawn, name: &str) -> Result<(String, String), ApplyError> {
    let id = store::group_id(tx, name).await?.or_else(|| drawn.groups.get(name).cloned());
    Ok((id.ok_or(ApplyError::Meanwhile)?, name.to_owned()))
}

async fn groups_of(tx: &mut Tx<'_>, drawn: &Drawn, key: &str, wanted: &BTreeSet<String>) -> Result<Vec<Change>, ApplyError> {
    let person = person_id(tx, drawn, key).await?;
    let there = people::store::groups_of(tx, &person.0).await?;
    let mut changes = Vec::new();
    for name in wanted.iter().filter(|w| !there.iter().any(|(_, n)| n == *w)) {
        changes.push(Change::Member { group: group_id(tx, drawn, name).await?, person: person.clone(), present: true });
    }
    let gone = there.into_iter().filter(|(_, name)| !wanted.contains(name));
    changes.extend(gone.map(|group| Change::Member { group, person: person.clone(), present: false }));
    Ok(changes)
}

/// Splits what there is from what is wanted: those to add, and those to take away.
async fn people_differ(
    tx: &mut Tx<'_>,
    drawn: &Drawn,
    wanted: &BTreeSet<String>,
    there: Vec<(String, String)>,
) -> Result<Vec<((String, String), bool)>, ApplyError> {
    let mut ids = BTreeSet::new();
    let mut out = Vec::new();
    for key in wanted {
        let person = person_id(tx, drawn, key).await?;
        ids.insert(person.0.clone());
        if !there.iter().any(|(id, _)| *id == person.0) {
            out.push((person, true));
        }
    }
    out.extend(there.into_iter().filter(|(id, _)| !ids.contains(id)).map(|gone| (gone, false)));
    Ok(out)
}

async fn members_of(tx: &mut Tx<'_>, drawn: &Drawn, name: &str, wanted: &BTreeSet<String>) -> Result<Vec<Change>, ApplyError> {
    let group = group_id(tx, drawn, name).await?;
    let there = store::members_of(tx, &group.0).await?;
    let differ = people_differ(tx, drawn, wanted, there).await?;
    Ok(differ.into_iter().map(|(person, present)| Change::Member { group: group.clone(), person, present }).collect())
}

async fn roles_of(tx: &mut Tx<'_>, drawn: &Drawn, named: &Named, wanted: &BTreeSet<String>) -> Result<Vec<Change>, ApplyError> {
    let (holder, who) = match named {
        Named::Person(key) => {
            let (id, email) = person_id(tx, drawn, key).await?;
            (Holder::Person(id), email)
        }
        Named::Group(name) => (Holder::Group(group_id(tx, drawn, name).await?.0), format!("group {name}")),
        // A relation has no roles, and no list asks for any.
        Named::Relation(_) => return Ok(Vec::new()),
    };
    let there: BTreeSet<String> = people::store::roles_of(tx, &holder).await?.into_iter().collect();
    let change = |role: &String, present| Change::Role { holder: holder.clone(), who: who.clone(), role: role.clone(), present };
    let added = wanted.difference(&there).map(|r| change(r, true));
    Ok(added.chain(there.difference(wanted).map(|r| change(r, false))).collect())
}

async fn holders_of(
    tx: &mut Tx<'_>,
    drawn: &Drawn,
    role: &str,
    kind: Kind,
    wanted: &BTreeSet<String>,
) -> Result<Vec<Change>, ApplyError> {
    let mut changes = Vec::new();
    let mut push = |holder, who, present| changes.push(Change::Role { holder, who, role: role.to_owned(), present });
    match kind {
        Kind::People => {
            let there = store::people_with(tx, role).await?;
            for ((id, email), present) in people_differ(tx, drawn, wanted, there).await? {
                push(Holder::Person(id), email, present);
            }
        }
        Kind::Groups => {
            let there = store::groups_with(tx, role).await?;
            for name in wanted.iter().filter(|w| !there.iter().any(|(_, n)| n == *w)) {
                push(Holder::Group(group_id(tx, drawn, name).await?.0), format!("group {name}"), true);
            }
            for (id, name) in there.into_iter().filter(|(_, n)| !wanted.contains(n)) {
                push(Holder::Group(id), format!("group {name}"), false);
            }
        }
    }
    Ok(changes)
}

async fn upstream(tx: &mut Tx<'_>, drawn: &Drawn, form: &Form) -> Result<Vec<Change>, ApplyError> {
    let secret = drawn.upstreams.get(&form.id).map(String::as_str);
    let planned = federation::manage::planned(tx, form, secret).await?;
    let (before, after) = planned.map_err(|_| ApplyError::Meanwhile)?;
    if before.as_ref() == Some(&after) {
        return Ok(Vec::new());
    }
    Ok(vec![Change::Upstream { before: before.map(Box::new), after: Box::new(after) }])
}

async fn application(tx: &mut Tx<'_>, drawn: &Drawn, item: &AppItem) -> Result<Vec<Change>, ApplyError> {
    let before = clients::store::by_id(tx, &item.id).await?;
    let secret_hash = drawn.secrets.get(&item.id).cloned().or_else(|| before.as_ref().and_then(|b| b.secret_hash.clone()));
    let enabled = item.enabled.unwrap_or_else(|| before.as_ref().is_none_or(|b| b.enabled));
    let after = Box::new(Client { id: item.id.clone(), metadata: item.metadata.clone(), secret_hash, enabled });
    let same = before.as_ref().is_some_and(|b| super::plan::client(b, &after).is_empty());
    let mut changes = Vec::new();
    if !same {
        changes.push(Change::Client { before: before.map(Box::new), after });
    }
    if let Some(wanted) = &item.allowed {
        changes.extend(super::allowed::look(tx, drawn, &item.id, wanted).await?);
    }
    Ok(changes)
}
