//! The tab that shows who has access to a relation, gives, changes and takes it, and invites contacts.

use std::collections::BTreeSet;

use askama::Template;

use super::{Said, last_day};
use crate::contract::access::{Grant, Invitation, RelationAccess};
use crate::contract::feed::Holder;
use crate::contract::{FieldKey, GrantLevel};
use crate::crm::access::model::GrantsError;
use crate::crm::modules::model::{FieldKind, ModuleRole};
use crate::crm::modules::value::Value;
use crate::crm::pages::dossier;
use crate::crm::pages::frame::{Desk, PageError};
use crate::crm::pages::record::{Head, Tab, head};
use crate::crm::pages::store as names;
use crate::crm::records::list::{ListQuery, MAX_PAGE, SortBy};
use crate::crm::records::seen::Seen;
use crate::crm::replica::people;
use crate::crm::visibility::model::Tree;
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::{Choice, NavItem, Page, Problem, View};

/// Somebody who has access.
pub struct HolderRow {
    /// The grant.
    pub id: String,
    /// Who.
    pub name: String,
    /// A colleague, an external, or a group.
    pub kind: String,
    /// The colour of that.
    pub tint: &'static str,
    /// How much.
    pub level: String,
    /// To choose another.
    pub levels: Vec<Choice>,
    /// From when and until when, in words.
    pub term: String,
    /// The last day, for the form.
    pub until: String,
    /// Why.
    pub reason: String,
    /// By whom and when.
    pub given: String,
}

/// Somebody who was invited and has not accepted yet.
pub struct InvitedRow {
    /// The invitation.
    pub id: String,
    /// Who.
    pub name: String,
    /// Where the link went, and until when it works.
    pub text: String,
}

/// The page.
#[derive(Template)]
#[template(path = "crm/access.html")]
pub struct AccessPage {
    /// The request's view.
    pub view: View,
    /// The sections.
    pub nav: Vec<NavItem>,
    /// Above.
    pub head: Head,
    /// The parts of the dossier.
    pub tabs: Vec<Tab>,
    /// What is wrong with a form.
    pub problems: Vec<Problem>,
    /// What was done.
    pub said: Option<Said>,
    /// Whether the provider can't be asked.
    pub away: bool,
    /// Who has access.
    pub holders: Vec<HolderRow>,
    /// Who was invited.
    pub invited: Vec<InvitedRow>,
    /// Whether the person may change any of it.
    pub may_change: bool,
    /// Who can be given access: people who work here and groups.
    pub people: Vec<Choice>,
    /// The levels.
    pub levels: Vec<Choice>,
    /// Contacts of the relation that can be invited.
    pub contacts: Vec<Choice>,
    /// Portals that they can be invited to.
    pub portals: Vec<Choice>,
    /// The key by which sending twice invites once.
    pub key: String,
}

/// What is shown beside what the provider says.
#[derive(Default)]
pub struct Beside {
    /// What was done.
    pub said: Option<Said>,
    /// What is wrong with a form.
    pub problems: Vec<Problem>,
}

/// Builds the page. `asked` is what the provider says of the relation.
pub async fn load(
    desk: &mut Desk<'_>,
    seen: &Seen,
    asked: Result<RelationAccess, GrantsError>,
    beside: Beside,
) -> Result<AccessPage, PageError> {
    let head = head(desk, seen, "").await?;
    let view = desk.view.clone();
    let (found, away) = match asked {
        Ok(found) => (found, false),
        Err(GrantsError::NotFound) => return Err(PageError::NotFound),
        Err(_) => (RelationAccess { grants: Vec::new(), invitations: Vec::new(), may_change: false }, true),
    };
    let givers = names::names(&mut desk.reader.tx, found.grants.iter().filter_map(|g| g.granted_by.as_deref())).await?;
    let giver = |g: &Grant| g.granted_by.as_ref().and_then(|sub| givers.get(sub)).cloned();
    let may_change = found.may_change;
    let people = if may_change { candidates(desk, &found).await? } else { Vec::new() };
    let (contacts, portals) = if may_change { invitable(desk, seen, &found).await? } else { (Vec::new(), Vec::new()) };
    Ok(AccessPage {
        nav: desk.nav(seen.module().key.as_str()),
        tabs: dossier::tabs(desk, seen, "access", &head.here),
        problems: beside.problems,
        said: beside.said,
        away,
        holders: found.grants.iter().map(|g| holder(&view, g, giver(g))).collect(),
        invited: found.invitations.iter().map(|i| invited(&view, i)).collect(),
        may_change,
        people,
        levels: levels(&view, GrantLevel::Reader),
        contacts,
        portals,
        key: desk.crm.env.id(),
        head,
        view,
    })
}

/// The levels to choose from, with what each means.
fn levels(view: &View, current: GrantLevel) -> Vec<Choice> {
    let one = |l: GrantLevel| Choice {
        value: l.as_str().to_owned(),
        label: view.t(&format!("access-level-{}-text", l.as_str())),
        current: l == current,
    };
    GrantLevel::ALL.map(one).into()
}

fn holder(view: &View, g: &Grant, giver: Option<String>) -> HolderRow {
    let kind = match g.staff {
        None => "group",
        Some(true) => "staff",
        Some(false) => "external",
    };
    let at = view.date_short(Timestamp(g.granted_at));
    HolderRow {
        id: g.id.clone(),
        name: g.holder_name.clone(),
        kind: view.t(&format!("access-kind-{kind}")),
        tint: if kind == "external" { "info" } else { "plain" },
        level: view.t(&format!("access-level-{}", g.level.as_str())),
        levels: levels(view, g.level),
        term: term(view, g),
        until: g.until.map(|t| last_day(view, Timestamp(t)).to_string()).unwrap_or_default(),
        reason: g.reason.clone().unwrap_or_default(),
        given: match giver {
            Some(name) => view.t2("access-given-by", "name", name, "at", at),
            None => view.t1("access-given-command", "at", at),
        },
    }
}

/// From when and until when: what lies in the past says nothing.
fn term(view: &View, g: &Grant) -> String {
    let from = g.from.map(Timestamp).filter(|t| *t > view.now).map(|t| view.date_short(t));
    let until = g.until.map(|t| view.civil_date(last_day(view, Timestamp(t))));
    match (from, until) {
        (None, None) => view.t("access-for-good"),
        (None, Some(until)) => until,
        (Some(from), None) => view.t1("access-from", "from", from),
        (Some(from), Some(until)) => view.t2("access-from-until", "from", from, "until", until),
    }
}

fn invited(view: &View, i: &Invitation) -> InvitedRow {
    let until = view.date_time(Timestamp(i.expires_at));
    let text = view.t2("access-invited-text", "email", i.email.as_str(), "until", until);
    InvitedRow { id: i.id.clone(), name: i.name.clone(), text }
}

/// Who works here and has no access yet, and the groups likewise.
async fn candidates(desk: &mut Desk<'_>, found: &RelationAccess) -> Result<Vec<Choice>, PageError> {
    let held: BTreeSet<String> = found.grants.iter().map(|g| g.holder.key()).collect();
    let choice = |holder: Holder, label: String| (holder.key(), label);
    let mut all: Vec<(String, String)> = Vec::new();
    for colleague in people::colleagues(&mut desk.reader.tx).await? {
        all.push(choice(Holder::Person(colleague.sub), colleague.name));
    }
    for (id, name) in people::groups(&mut desk.reader.tx).await? {
        all.push(choice(Holder::Group(id), format!("{name} ({})", desk.view.t("access-kind-group"))));
    }
    let free = all.into_iter().filter(|(key, _)| !held.contains(key));
    Ok(free.map(|(value, label)| Choice { value, label, current: false }).collect())
}

/// The contacts of the relation that can be invited, as `module/id`, and the portals whose people they can be. Who was invited
/// already, or came by an invitation and has access, is none of them.
async fn invitable(desk: &mut Desk<'_>, seen: &Seen, found: &RelationAccess) -> Result<(Vec<Choice>, Vec<Choice>), PageError> {
    let waiting: BTreeSet<&str> = found.invitations.iter().map(|i| i.email.as_str()).collect();
    let holder = |g: &Grant| if let Holder::Person(sub) = &g.holder { Some(sub.clone()) } else { None };
    let holders: Vec<String> = found.grants.iter().filter_map(holder).collect();
    let have = people::records_of(&mut desk.reader.tx, &holders).await?;
    let modules: Vec<_> = desk.reader.access.catalogue.with_role(ModuleRole::Contact).cloned().collect();
    let (mut contacts, mut portals) = (Vec::new(), Vec::new());
    for module in modules {
        let Some(field) = module.relation.clone() else { continue };
        let Some(sight) = desk.reader.access.sight(&module.key) else { continue };
        if !sight.revealed_somewhere(&field) {
            continue;
        }
        let open: Vec<_> = desk.reader.access.catalogue.portals_of(&module.key).cloned().collect();
        if open.is_empty() {
            continue;
        }
        let query = of_relation(&module.key, field, seen.id());
        for record in desk.reader.list(&query, None).await?.records {
            if let (Some(name), Some(email)) = (record.title(), address(&record))
                && !waiting.contains(email.as_str())
                && !have.contains(&(module.key.to_string(), record.id().to_owned()))
            {
                let value = format!("{}/{}", module.key, record.id());
                contacts.push(Choice { value, label: format!("{name}, {email}"), current: false });
            }
        }
        let lang = desk.view.lang.code();
        portals.extend(open.iter().map(|p| Choice {
            value: p.key.to_string(),
            label: p.labels.get(lang).to_owned(),
            current: false,
        }));
    }
    Ok((contacts, portals))
}

fn of_relation(module: &FieldKey, field: FieldKey, id: &str) -> ListQuery {
    let filter = Some(Tree::is(field, id));
    ListQuery { filter, sort: SortBy::Title, descending: false, limit: MAX_PAGE, ..ListQuery::of(module.clone()) }
}

fn address(seen: &Seen) -> Option<String> {
    seen.fields().find_map(|(field, value)| match (&field.kind, value) {
        (FieldKind::Email, Some(Value::Text(address))) => Some(address.clone()),
        _ => None,
    })
}

impl Page for AccessPage {
    fn samples(view: View) -> Vec<Self> {
        crate::crm::pages::samples::accesses(&view)
    }
}
