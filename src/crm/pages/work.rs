//! A person's own work: what is to be done, what is on for today, what was lately changed. Owns the names of the fields by
//! which an activity is somebody's and is done; a module without them simply has none of it.

use serde_json::json;

use super::frame::{Desk, PageError, icon};
use super::shown::{address, called, of};
use super::store;
use crate::contract::FieldKey;
use crate::crm::modules::model::{Field, FieldKind, Module, ModuleRole};
use crate::crm::modules::value::Value;
use crate::crm::records::list::{ListQuery, SortBy};
use crate::crm::records::seen::Seen;
use crate::crm::visibility::model::{Operator, Right, Tree, ValueLeaf};

/// Fields of an activity that this program knows by name.
const STATUS: &str = "status";
const OPEN: &str = "open";
const OWNER: &str = "owner";
const DUE: &str = "due";
/// Rows of each part.
const FEW: usize = 8;
/// Rows of what is on for today, of each module.
const TODAY: usize = 10;

/// Something to do.
pub struct Todo {
    /// The record's page.
    pub href: String,
    /// What.
    pub name: String,
    /// For whom or at whom.
    pub about: String,
    /// When, in words; empty without a day.
    pub due: String,
    /// `bad` when it is late, `wait` for today, else `plain`.
    pub kind: &'static str,
}

/// Something on for today, or lately changed.
pub struct Item {
    /// The record's page.
    pub href: String,
    /// What it is called.
    pub name: String,
    /// The drawing of its module.
    pub icon: &'static str,
    /// What is to know of it.
    pub about: String,
    /// Where it stands.
    pub tags: Vec<super::shown::Tag>,
}

fn key(text: &str) -> Option<FieldKey> {
    FieldKey::try_from(text).ok()
}

/// A condition on a field that the module has; nothing where it hasn't.
fn is(module: &Module, field: &str, value: serde_json::Value) -> Option<Tree> {
    let field = &module.field(&key(field)?)?.key;
    Some(Tree::Value(ValueLeaf { field: field.clone().into(), operator: Operator::Is, value }))
}

fn list(module: &Module, filter: Vec<Tree>, sort: SortBy, limit: usize) -> ListQuery {
    ListQuery { filter: Some(Tree::And(filter)), sort, descending: false, limit, ..ListQuery::of(module.key.clone()) }
}

/// A field exists for the person where a rule shows it; a filter on another one would be refused.
fn reads(desk: &Desk<'_>, module: &Module, fields: &[&str]) -> bool {
    let Some(sight) = desk.reader.access.sight(&module.key) else { return false };
    fields.iter().all(|f| key(f).is_some_and(|k| module.field(&k).is_some() && sight.revealed_somewhere(&k)))
}

async fn todo(desk: &mut Desk<'_>, more: impl Fn(&Module) -> Option<Tree>) -> Result<Vec<Todo>, PageError> {
    let modules: Vec<_> = desk.reader.access.catalogue.with_role(ModuleRole::Activity).cloned().collect();
    let mut all = Vec::new();
    for module in modules {
        if !reads(desk, &module, &[STATUS, DUE]) {
            continue;
        }
        let Some(filter) = is(&module, STATUS, json!(OPEN)).zip(more(&module)).map(|(a, b)| vec![a, b]) else { continue };
        let sort = key(DUE).map_or(SortBy::Updated, SortBy::Field);
        let page = desk.reader.list(&list(&module, filter, sort, FEW), None).await?;
        all.extend(page.records.iter().map(|s| as_todo(desk, s)));
    }
    Ok(all)
}

/// The person's own open activities, the earliest due first.
pub async fn own(desk: &mut Desk<'_>) -> Result<Vec<Todo>, PageError> {
    let names = |m: &Module| key(OWNER).and_then(|k| m.field(&k).map(|f| f.kind == FieldKind::Person)).unwrap_or(false);
    let known: Vec<_> = desk.reader.access.catalogue.with_role(ModuleRole::Activity).cloned().collect();
    if !known.iter().any(|m| names(m) && reads(desk, m, &[OWNER])) {
        return Ok(Vec::new());
    }
    todo(desk, |m| if names(m) { is(m, OWNER, json!({"me": true})) } else { None }).await
}

/// The open activities of a relation.
pub async fn open_at(desk: &mut Desk<'_>, relation: &str) -> Result<Vec<Todo>, PageError> {
    let known: Vec<_> = desk.reader.access.catalogue.with_role(ModuleRole::Activity).cloned().collect();
    let fields: Vec<&str> = known.iter().filter_map(|m| m.relation.as_ref()).map(FieldKey::as_str).collect();
    if !known.iter().any(|m| reads(desk, m, &fields)) {
        return Ok(Vec::new());
    }
    todo(desk, |m| is(m, m.relation.as_ref()?.as_str(), json!(relation))).await
}

fn text<'s>(seen: &'s Seen, field: &str) -> Option<&'s str> {
    match seen.value(&key(field)?) {
        Some(Value::Text(t)) => Some(t),
        _ => None,
    }
}

fn as_todo(desk: &Desk<'_>, seen: &Seen) -> Todo {
    let view = &desk.view;
    let today = desk.viewer.today;
    let due: Option<jiff::civil::Date> = text(seen, DUE).and_then(|d| d.parse().ok());
    let words = due.map(|d| match d {
        d if d == today => view.t("crm-today"),
        d if today.tomorrow().is_ok_and(|t| t == d) => view.t("crm-tomorrow"),
        d if today.yesterday().is_ok_and(|y| y == d) => view.t("crm-yesterday"),
        d => view.civil_date(d),
    });
    let owner = key(OWNER).and_then(|k| seen.person(&k)?.name.as_deref());
    let about: Vec<&str> = seen.relation().and_then(|l| l.title.as_deref()).into_iter().chain(owner).collect();
    Todo {
        href: address(view, seen.module().key.as_str(), seen.id()),
        name: called(view, seen.module(), seen.title()),
        about: about.join(" · "),
        kind: due.map_or("plain", |d| {
            if d < today {
                "bad"
            } else if d == today {
                "wait"
            } else {
                "plain"
            }
        }),
        due: words.unwrap_or_default(),
    }
}

fn item(desk: &Desk<'_>, seen: &Seen, about: String) -> Item {
    let view = &desk.view;
    let stages = seen.module().fields.iter().filter(|f| super::record::is_stage(f));
    Item {
        href: address(view, seen.module().key.as_str(), seen.id()),
        name: called(view, seen.module(), seen.title()),
        icon: icon(seen.module()),
        about,
        tags: stages.flat_map(|f| of(view, seen, f).tags).collect(),
    }
}

/// The day by which a module's records are planned: its first date that is kept in an index.
fn planned_by(module: &Module) -> Option<&Field> {
    module.fields.iter().find(|f| f.kind == FieldKind::Date && f.indexed)
}

/// What is planned for today, of every module that has days.
pub async fn today(desk: &mut Desk<'_>) -> Result<Vec<Item>, PageError> {
    let modules: Vec<_> = desk.reader.access.modules().cloned().collect();
    let mut all = Vec::new();
    for module in modules {
        let Some(field) = planned_by(&module).filter(|f| reads(desk, &module, &[f.key.as_str()])) else { continue };
        let Some(day) = is(&module, field.key.as_str(), json!({"today": 0})) else { continue };
        let page = desk.reader.list(&list(&module, vec![day], SortBy::Title, TODAY), None).await?;
        for seen in &page.records {
            let about = seen.relation().and_then(|l| l.title.clone()).unwrap_or_default();
            all.push(item(desk, seen, about));
        }
    }
    Ok(all)
}

/// What was lately changed, the latest first, with who did it.
pub async fn recent(desk: &mut Desk<'_>) -> Result<Vec<Item>, PageError> {
    let modules: Vec<_> = desk.reader.access.modules().map(|m| m.key.clone()).collect();
    let mut seen: Vec<Seen> = Vec::new();
    for module in modules {
        let query = ListQuery { limit: FEW, ..ListQuery::of(module) };
        // When and by whom is told to those alone who may read what was changed: it may be what others don't see.
        seen.extend(desk.reader.list(&query, None).await?.records.into_iter().filter(|s| s.may(Right::History)));
    }
    seen.sort_by_key(|s| std::cmp::Reverse(s.updated_at()));
    seen.truncate(FEW);
    let names = store::names(&mut desk.reader.tx, seen.iter().map(Seen::updated_by)).await?;
    let about = |s: &Seen| {
        let view = &desk.view;
        let who = names.get(s.updated_by()).cloned().unwrap_or_else(|| view.t("value-unknown"));
        view.t2("crm-version-by", "name", who, "at", view.date_time(s.updated_at()))
    };
    Ok(seen.iter().map(|s| item(desk, s, about(s))).collect())
}
