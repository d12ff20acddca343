//! Lists of resources: filter, order, page (RFC 7644, section 3.4.2). A filter that demands a name or id goes by an index;
//! any other is asked of each resource in turn, up to a bound.

use serde_json::{Value, json};

use super::error::ScimError;
use super::filter::sort_key;
use super::group::Group;
use super::path::{Filter, Path};
use super::schema::{GROUPS, PAGE, ResourceType, USERS};
use super::shape::{Object, Shown};
use super::store::{self, As};
use super::user::User;
use crate::kernel::db::Tx;

/// Resources looked through for one list at most.
const LOOKED_THROUGH: usize = 100_000;
/// Resources read at once.
const BATCH: i64 = 500;
/// Resources in one answer where the client says nothing.
const USUAL: i64 = 100;
const SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// What a client asks for, as it says it.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// `filter`.
    pub filter: Option<String>,
    /// `sortBy`.
    pub sort_by: Option<String>,
    /// `sortOrder`.
    pub sort_order: Option<String>,
    /// `startIndex`, from 1.
    pub start: Option<i64>,
    /// `count`.
    pub count: Option<i64>,
    /// `attributes`.
    pub only: Vec<String>,
    /// `excludedAttributes`.
    pub without: Vec<String>,
}

/// The same, understood.
#[derive(Clone, Debug)]
pub struct Query {
    kind: &'static ResourceType,
    filter: Option<Filter>,
    sort: Option<(Path, bool)>,
    start: usize,
    count: usize,
    shown: Shown,
}

impl Query {
    /// Understands what is asked of resources of a kind. Numbers out of range mean the nearest that is in it.
    pub fn of(kind: &'static ResourceType, asked: &Asked) -> Result<Self, ScimError> {
        let descending = match asked.sort_order.as_deref().unwrap_or("ascending").to_ascii_lowercase().as_str() {
            "ascending" => false,
            "descending" => true,
            _ => return Err(ScimError::Value("sortOrder must be ascending or descending".into())),
        };
        let sort = asked.sort_by.as_deref().map(|by| Path::parse(kind, by).map(|path| (path, descending))).transpose()?;
        let count = asked.count.unwrap_or(USUAL).clamp(0, PAGE as i64);
        Ok(Self {
            kind,
            filter: asked.filter.as_deref().map(|f| Filter::parse(kind, f)).transpose()?,
            sort,
            start: usize::try_from(asked.start.unwrap_or(1).max(1)).unwrap_or(1),
            count: usize::try_from(count).unwrap_or(PAGE),
            shown: Shown::of(kind, &asked.only, &asked.without)?,
        })
    }

    fn demands(&self, names: &[&str]) -> Option<&str> {
        self.filter.as_ref()?.demands(names)
    }

    fn names(&self, top: &str) -> bool {
        self.filter.as_ref().is_some_and(|f| f.names(top))
            || self.sort.as_ref().is_some_and(|(p, _)| p.names().first() == Some(&top))
    }
}

/// Takes what matches, and keeps what belongs on the page.
struct Page<'q, T> {
    query: &'q Query,
    total: usize,
    looked: usize,
    kept: Vec<T>,
    keys: Vec<((bool, String), T)>,
}

impl<'q, T> Page<'q, T> {
    fn new(query: &'q Query) -> Self {
        Self { query, total: 0, looked: 0, kept: Vec::new(), keys: Vec::new() }
    }

    fn take(&mut self, resource: &Object, item: T) -> Result<(), ScimError> {
        self.looked += 1;
        if self.looked > LOOKED_THROUGH {
            return Err(ScimError::TooMany);
        }
        if self.query.filter.as_ref().is_some_and(|f| !f.matches(resource)) {
            return Ok(());
        }
        self.total += 1;
        if let Some((path, _)) = &self.query.sort {
            self.keys.push((sort_key(path, resource), item));
        } else if self.total >= self.query.start && self.kept.len() < self.query.count {
            self.kept.push(item);
        }
        Ok(())
    }

    /// How many there are, and those on the page.
    fn done(mut self) -> (usize, Vec<T>) {
        if let Some((_, descending)) = &self.query.sort {
            self.keys.sort_by(|(a, _), (b, _)| if *descending { b.cmp(a) } else { a.cmp(b) });
            let page = self.keys.into_iter().skip(self.query.start - 1).take(self.query.count);
            self.kept = page.map(|(_, item)| item).collect();
        }
        (self.total, self.kept)
    }
}

fn answer(query: &Query, total: usize, resources: Vec<Object>) -> Value {
    let shown: Vec<Object> = resources.into_iter().map(|r| query.shown.of_resource(query.kind, r)).collect();
    json!({ "schemas": [SCHEMA], "totalResults": total, "startIndex": query.start, "itemsPerPage": shown.len(), "Resources": shown })
}

/// Lists people.
pub async fn users(tx: &mut Tx<'_>, to: As<'_>, query: &Query, base: &str) -> Result<Value, ScimError> {
    if query.filter.is_none() && query.sort.is_none() {
        let total = usize::try_from(store::count_users(tx).await?).unwrap_or(0);
        let (offset, limit) = (i64::try_from(query.start - 1).unwrap_or(i64::MAX), i64::try_from(query.count).unwrap_or(0));
        let users = store::users_from(tx, to, offset, limit).await?;
        let resources = resources(tx, &users, base).await?;
        return Ok(answer(query, total, resources));
    }
    let mut page = Page::new(query);
    if let Some(candidates) = candidates(tx, to, query).await? {
        for user in candidates {
            let resource = resources(tx, std::slice::from_ref(&user), base).await?.pop().unwrap_or_default();
            page.take(&resource.clone(), resource)?;
        }
        let (total, resources) = page.done();
        return Ok(answer(query, total, resources));
    }
    let mut page = Page::new(query);
    let mut after = String::new();
    loop {
        let users = store::users_after(tx, to, &after, BATCH).await?;
        let Some(last) = users.last() else { break };
        after = last.person.id.clone();
        for resource in resources(tx, &users, base).await? {
            let id = id_of(&resource);
            page.take(&resource, id)?;
        }
    }
    let (total, ids) = page.done();
    let mut found = Vec::new();
    for id in ids {
        if let Some(user) = store::user_by_id(tx, to, &id).await? {
            found.extend(resources(tx, &[user], base).await?);
        }
    }
    Ok(answer(query, total, found))
}

fn id_of(resource: &Object) -> String {
    resource.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Resources of people in the order of ids, with their groups.
async fn resources(tx: &mut Tx<'_>, users: &[User], base: &str) -> Result<Vec<Object>, ScimError> {
    let (Some(first), Some(last)) = (users.first(), users.last()) else { return Ok(Vec::new()) };
    let mut groups = store::groups_between(tx, &first.person.id, &last.person.id).await?.into_iter().peekable();
    let mut out = Vec::with_capacity(users.len());
    for user in users {
        let mut own = Vec::new();
        // Both are in the order of people; a deleted one may stand between.
        while let Some((person, id, name)) = groups.next_if(|(person, ..)| *person <= user.person.id) {
            if person == user.person.id {
                own.push((id, name));
            }
        }
        out.push(user.resource(&own, base));
    }
    Ok(out)
}

/// The few people of whom alone the filter could be true; none where no index tells.
async fn candidates(tx: &mut Tx<'_>, to: As<'_>, query: &Query) -> Result<Option<Vec<User>>, ScimError> {
    let mut ids = Vec::new();
    if let Some(id) = query.demands(&["id"]) {
        ids.push(id.to_owned());
    } else if let Some(name) = query.demands(&["userName"]) {
        ids.extend(store::user_named(tx, &store::name_key(to.root, name)?).await?);
        // Someone of whom no directory has said anything has his address for a name.
        if let Some(key) = crate::idp::people::EmailKey::parse(name) {
            ids.extend(store::user_by_email(tx, to, &key).await?.map(|u| u.person.id));
        }
    } else if let Some(external) = query.demands(&["externalId"]) {
        ids = store::externals(tx, to.client, USERS.name, &store::external_key(to.root, external)?).await?;
    } else {
        return Ok(None);
    }
    ids.sort();
    ids.dedup();
    let mut found = Vec::new();
    for id in ids {
        found.extend(store::user_by_id(tx, to, &id).await?);
    }
    Ok(Some(found))
}

/// A person as a resource.
pub async fn user(tx: &mut Tx<'_>, user: &User, base: &str) -> Result<Object, ScimError> {
    Ok(resources(tx, std::slice::from_ref(user), base).await?.pop().unwrap_or_default())
}

/// Lists groups.
pub async fn groups(tx: &mut Tx<'_>, to: As<'_>, query: &Query, base: &str) -> Result<Value, ScimError> {
    let mut page = Page::new(query);
    let with_members = query.names("members");
    if let Some(candidates) = group_candidates(tx, to, query).await? {
        for found in candidates {
            let resource = group(tx, &found, with_members, base).await?;
            page.take(&resource, found)?;
        }
    } else {
        let mut after = String::new();
        loop {
            let all = store::groups_after(tx, to, &after, BATCH).await?;
            let Some(last) = all.last() else { break };
            after = last.id.clone();
            for found in all {
                let resource = group(tx, &found, with_members, base).await?;
                page.take(&resource, found)?;
            }
        }
    }
    let (total, found) = page.done();
    let mut out = Vec::new();
    for found in found {
        out.push(group(tx, &found, query.shown.wants("members"), base).await?);
    }
    Ok(answer(query, total, out))
}

async fn group_candidates(tx: &mut Tx<'_>, to: As<'_>, query: &Query) -> Result<Option<Vec<Group>>, ScimError> {
    let ids = if let Some(id) = query.demands(&["id"]) {
        vec![id.to_owned()]
    } else if let Some(external) = query.demands(&["externalId"]) {
        store::externals(tx, to.client, GROUPS.name, &store::external_key(to.root, external)?).await?
    } else if let Some(person) = query.demands(&["members", "value"]) {
        store::group_ids_of(tx, person).await?
    } else {
        return Ok(None);
    };
    let mut found = Vec::new();
    for id in ids {
        found.extend(store::group_by_id(tx, to, &id).await?);
    }
    Ok(Some(found))
}

/// A group as a resource, with its members where they are wanted.
pub async fn group(tx: &mut Tx<'_>, group: &Group, with_members: bool, base: &str) -> Result<Object, ScimError> {
    if !with_members {
        return Ok(group.resource(None, base));
    }
    let members = store::members_between(tx, &group.id, &group.id).await?;
    let members: Vec<(String, String)> = members.into_iter().map(|(_, id, name)| (id, name)).collect();
    Ok(group.resource(Some(&members), base))
}
