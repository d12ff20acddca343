//! What the API sends. Values are as [`to_json`] writes them: amounts and numbers as decimal text, days as `YYYY-MM-DD`,
//! moments in UTC, choices by key, lookups by id, people by subject. A field that the caller doesn't see isn't there.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use crate::crm::modules::model::{Field, Module};
use crate::crm::modules::value::{Value, to_json};
use crate::crm::records::history::VersionPage;
use crate::crm::records::list::{Count, Page};
use crate::crm::records::seen::{LookedUp, Named, Seen, VersionSeen};
use crate::crm::visibility::model::Right;
use crate::crm::visibility::sight::Sight;

/// Rights by their names.
const RIGHTS: [(Right, &str); 5] = [
    (Right::Change, "change"),
    (Right::Delete, "delete"),
    (Right::Attach, "attach"),
    (Right::History, "history"),
    (Right::Manage, "manage"),
];

/// A record that a lookup leads to.
#[derive(Debug, Serialize, ToSchema)]
pub struct TargetOut {
    /// Its id.
    pub id: String,
    /// Its module.
    pub module: String,
    /// What it is known by, where that is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

impl From<&LookedUp> for TargetOut {
    fn from(l: &LookedUp) -> Self {
        Self { id: l.id.clone(), module: l.module.to_string(), title: l.title.clone() }
    }
}

/// A person whom a field names.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonOut {
    /// Subject.
    pub sub: String,
    /// Display name; absent of who is not known here any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl From<&Named> for PersonOut {
    fn from(p: &Named) -> Self {
        Self { sub: p.sub.clone(), name: p.name.clone() }
    }
}

/// A record as the caller sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordOut {
    /// Its id.
    pub id: String,
    /// Its module.
    pub module: String,
    /// The version to base a change on; only for those who may change or delete the record or read its history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// What it is known by, where that is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The values shown; null where a shown field has none.
    #[schema(value_type = BTreeMap<String, Json>)]
    pub fields: Map<String, Json>,
    /// Where lookups lead, by field.
    pub lookups: BTreeMap<String, TargetOut>,
    /// Whom fields name, by field.
    pub people: BTreeMap<String, PersonOut>,
    /// For linked staff only.
    pub internal: bool,
    /// For those linked to the relation only.
    pub restricted: bool,
    /// What the caller may do with it: change, delete, attach, history, manage.
    #[schema(value_type = Vec<String>)]
    pub may: BTreeSet<&'static str>,
    /// Fields that the caller may change.
    pub writable: Vec<String>,
    /// Fields that are there and masked for the caller: nothing of their values is told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub masked: Vec<String>,
    /// When it was made.
    pub created_at: String,
    /// By whom (`sub`).
    pub created_by: String,
    /// When it was last changed; with the right to history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// By whom (`sub`); with the right to history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<String>,
}

/// Whether the version of a record is shown: it counts changes of fields that others don't see.
pub fn shows_version(seen: &Seen) -> bool {
    seen.may(Right::Change) || seen.may(Right::Delete) || seen.may(Right::Manage) || seen.may(Right::History)
}

impl From<&Seen> for RecordOut {
    fn from(seen: &Seen) -> Self {
        let fields = || seen.module().fields.iter();
        let lookups = fields().filter_map(|f| Some((f.key.to_string(), TargetOut::from(seen.lookup(&f.key)?))));
        let people = fields().filter_map(|f| Some((f.key.to_string(), PersonOut::from(seen.person(&f.key)?))));
        let history = seen.may(Right::History);
        Self {
            id: seen.id().to_owned(),
            module: seen.module().key.to_string(),
            version: shows_version(seen).then(|| seen.version()),
            title: seen.title().map(str::to_owned),
            fields: seen.fields_json(),
            lookups: lookups.collect(),
            people: people.collect(),
            internal: seen.internal(),
            restricted: seen.restricted(),
            may: RIGHTS.iter().filter(|(r, _)| seen.may(*r)).map(|(_, n)| *n).collect(),
            writable: fields().filter(|f| seen.writable(&f.key)).map(|f| f.key.to_string()).collect(),
            masked: seen.masked_fields().map(|f| f.key.to_string()).collect(),
            created_at: seen.created_at().rfc3339(),
            created_by: seen.created_by().to_owned(),
            updated_at: history.then(|| seen.updated_at().rfc3339()),
            updated_by: history.then(|| seen.updated_by().to_owned()),
        }
    }
}

/// How many records a list has.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountOut {
    /// So many, or more than so many.
    pub number: i64,
    /// False when counting stopped there.
    pub exact: bool,
}

impl From<Count> for CountOut {
    fn from(count: Count) -> Self {
        match count {
            Count::Exactly(number) => Self { number, exact: true },
            Count::MoreThan(number) => Self { number, exact: false },
        }
    }
}

/// A page of records.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordsOut {
    /// The records.
    pub records: Vec<RecordOut>,
    /// Opens the next page, for this caller and this list alone; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How many there are, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<CountOut>,
}

impl RecordsOut {
    /// Of a page.
    pub fn new(page: Page, count: Option<Count>) -> Self {
        let records = page.records.iter().map(RecordOut::from).collect();
        Self { records, next: page.next, count: count.map(CountOut::from) }
    }
}

/// A value that changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeOut {
    /// The field.
    pub field: String,
    /// Before; null is absent.
    pub from: Json,
    /// After; null is absent.
    pub to: Json,
}

/// A version of a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionOut {
    /// The record's module.
    pub module: String,
    /// The record.
    pub record: String,
    /// What it is known by now, where that is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The version; 1 is the making.
    pub version: i64,
    /// When.
    pub at: String,
    /// By whom (`sub`).
    pub actor: String,
    /// By which way it came: page, api, bulk, import, merge, restore, portal, automation, command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<Json>,
    /// The pending change that was confirmed by code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<String>,
    /// What changed.
    pub changes: Vec<ChangeOut>,
    /// Made internal or released.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal: Option<bool>,
}

impl From<&VersionSeen> for VersionOut {
    fn from(v: &VersionSeen) -> Self {
        let json = |f: &Field, v: &Option<Value>| v.as_ref().map_or(Json::Null, |v| to_json(f, v));
        let changes = v.changes.iter().filter_map(|c| {
            let field = v.module.field(&c.field)?;
            Some(ChangeOut { field: c.field.to_string(), from: json(field, &c.from), to: json(field, &c.to) })
        });
        Self {
            module: v.module.key.to_string(),
            record: v.record_id.clone(),
            title: v.title.clone(),
            version: v.version,
            at: v.at.rfc3339(),
            actor: v.actor.clone(),
            via: v.cause.as_ref().and_then(|c| serde_json::to_value(c.via).ok()),
            pending: v.cause.as_ref().and_then(|c| c.pending.clone()),
            changes: changes.collect(),
            internal: v.internal,
        }
    }
}

/// A page of versions, the latest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionsOut {
    /// The versions.
    pub versions: Vec<VersionOut>,
    /// Opens the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl From<VersionPage> for VersionsOut {
    fn from(page: VersionPage) -> Self {
        Self { versions: page.versions.iter().map(VersionOut::from).collect(), next: page.next }
    }
}

/// A part of a definition, as preset files write it.
fn json(part: &impl Serialize) -> Json {
    serde_json::to_value(part).unwrap_or_default()
}

/// A field of a module.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldOut {
    /// Its name in records and filters.
    pub key: String,
    /// Its kind: a name, or an object with what belongs to it (options, decimals, currency, module).
    pub kind: Json,
    /// Names by language.
    pub labels: Json,
    /// Whether a record must have a value.
    pub required: bool,
    /// Most characters of a text, most bytes of a long text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// Value of a new record that is given none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Json>,
    /// Whether some records show it to the caller.
    pub readable: bool,
    /// Whether the caller may give it to a new record.
    pub creatable: bool,
}

/// A module, as far as the caller may enter it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModuleOut {
    /// Its name in addresses.
    pub key: String,
    /// What it means to the program: relation, contact, activity, document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Json>,
    /// Names by language, many of it.
    pub labels: Json,
    /// Names by language, one of it.
    pub singular: Json,
    /// The field that a record is known by.
    pub title: String,
    /// The lookup that puts a record into a relation's dossier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// Columns of the list.
    pub list: Vec<String>,
    /// Its fields, as far as the caller may see or give them.
    pub fields: Vec<FieldOut>,
    /// Whether the caller may make records of it.
    pub may_create: bool,
}

impl ModuleOut {
    /// A module by a person's rules for it.
    pub fn new(module: &Module, sight: &Sight) -> Self {
        let known = |f: &&Field| sight.revealed_somewhere(&f.key) || sight.creatable(&f.key);
        let field = |f: &Field| FieldOut {
            key: f.key.to_string(),
            kind: json(&f.kind),
            labels: json(&f.labels),
            required: f.required,
            max_length: f.max_length,
            default: f.default.clone(),
            readable: sight.revealed_somewhere(&f.key),
            creatable: sight.creatable(&f.key),
        };
        let there = |k: &&crate::contract::FieldKey| module.field(k).is_some_and(|f| known(&f));
        Self {
            key: module.key.to_string(),
            role: module.role.as_ref().map(json),
            labels: json(&module.labels),
            singular: json(&module.singular),
            title: module.title.to_string(),
            relation: module.relation.as_ref().filter(there).map(ToString::to_string),
            list: module.list.iter().filter(there).map(ToString::to_string).collect(),
            fields: module.fields.iter().filter(known).map(field).collect(),
            may_create: sight.may_somewhere(Right::Create),
        }
    }
}

/// The modules that the caller may enter.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModulesOut {
    /// In the order of the navigation.
    pub modules: Vec<ModuleOut>,
}

/// What was found in titles.
#[derive(Debug, Serialize, ToSchema)]
pub struct HitsOut {
    /// A few of each module.
    pub records: Vec<RecordOut>,
}
