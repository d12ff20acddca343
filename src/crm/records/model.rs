//! What a record and a change are. Pure.

use std::collections::BTreeMap;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::contract::FieldKey;
use crate::crm::modules::model::{Module, ModuleRole};
use crate::crm::modules::value::{FieldError, Fields, Raw, Value, comparable};
use crate::crm::visibility::predicate::TreeError;
use crate::crm::visibility::sight::Viewer;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::root::RootError;

/// Most values in one change.
pub const MAX_CHANGES: usize = 200;

/// Where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In use.
    Active,
    /// Put away; can be restored.
    Deleted,
    /// Its values are gone for good.
    Erased,
}

impl Status {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deleted => "deleted",
            Self::Erased => "erased",
        }
    }
}

/// A record with everything in it, as the gate and code rules judge it. It is not for showing: what is shown to a person
/// is a [`super::seen::Seen`], which this can't be turned into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Record.
    pub id: String,
    /// Its module.
    pub module: FieldKey,
    /// Counts its changes from 1.
    pub version: i64,
    /// Where it stands.
    pub status: Status,
    /// Its values.
    pub fields: Fields,
    /// The relation whose dossier it is in.
    pub relation_id: Option<String>,
    /// For linked staff only.
    pub internal: bool,
    /// Of a relation: for those linked to it only.
    pub restricted: bool,
}

impl State {
    /// What the record is known by.
    pub fn title(&self, module: &Module) -> &str {
        match self.fields.get(&module.title) {
            Some(Value::Text(t)) => t,
            _ => "",
        }
    }
    /// The forms of its values that comparing needs.
    pub fn folded(&self, module: &Module) -> BTreeMap<FieldKey, String> {
        let of = |(k, v)| module.field(k).and_then(|f| comparable(f, v)).map(|c| (k.clone(), c));
        self.fields.iter().filter_map(of).collect()
    }
    /// Puts it into the dossier that its values say: a relation into its own.
    pub(super) fn settle(&mut self, module: &Module) {
        self.relation_id = match (&module.role, &module.relation) {
            (Some(ModuleRole::Relation), _) => Some(self.id.clone()),
            (_, Some(key)) => match self.fields.get(key) {
                Some(Value::Text(id)) => Some(id.clone()),
                _ => None,
            },
            _ => None,
        };
    }
}

/// Which record a change is of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A new one.
    New {
        /// Of this module.
        module: FieldKey,
    },
    /// One that is there.
    Existing {
        /// Its module: a record of another module is not found.
        module: FieldKey,
        /// Its id.
        id: String,
        /// The version that the change was made on.
        base_version: i64,
    },
}

/// By which way a change came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// A page.
    Page,
    /// The API.
    Api,
    /// Bulk edit.
    Bulk,
    /// Import.
    Import,
    /// Merging two records.
    Merge,
    /// Restoring a version.
    Restore,
    /// A portal.
    Portal,
    /// An automation.
    Automation,
    /// The command line.
    Command,
}

/// What led to a change, kept in its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// By which way.
    pub via: Via,
    /// The application, where it isn't the record store's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The pending change that was confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<String>,
}

impl Cause {
    /// Only the way.
    pub const fn via(via: Via) -> Self {
        Self { via, client: None, request: None, pending: None }
    }
}

/// A change that someone asks for. Page, API, bulk, import, portal, restore and automation all make one of these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Of what.
    pub record: Target,
    /// The values to set; `None` takes one away, a field not named stays.
    #[serde(default)]
    pub fields: BTreeMap<FieldKey, Option<Raw>>,
    /// Mark as internal, or release.
    #[serde(default)]
    pub internal: Option<bool>,
    /// Restrict a relation to those linked to it, or open it.
    #[serde(default)]
    pub restricted: Option<bool>,
    /// Put the record away; then nothing else may be set.
    #[serde(default)]
    pub delete: bool,
    /// What led to it.
    pub cause: Cause,
    /// The same key of the same person gets the same answer.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

impl Change {
    /// A new record.
    pub fn create(module: FieldKey, fields: BTreeMap<FieldKey, Option<Raw>>, cause: Cause) -> Self {
        Self::of(Target::New { module }, fields, cause)
    }
    /// Values of a record.
    pub fn edit(module: FieldKey, id: &str, base_version: i64, fields: BTreeMap<FieldKey, Option<Raw>>, cause: Cause) -> Self {
        Self::of(Target::Existing { module, id: id.to_owned(), base_version }, fields, cause)
    }
    /// Putting a record away.
    pub fn remove(module: FieldKey, id: &str, base_version: i64, cause: Cause) -> Self {
        Self { delete: true, ..Self::edit(module, id, base_version, BTreeMap::new(), cause) }
    }
    fn of(record: Target, fields: BTreeMap<FieldKey, Option<Raw>>, cause: Cause) -> Self {
        Self { record, fields, internal: None, restricted: None, delete: false, cause, idempotency_key: None }
    }
}

/// A field's value before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field.
    pub field: FieldKey,
    /// Before; `None` is absent.
    pub from: Option<Value>,
    /// After.
    pub to: Option<Value>,
}

/// What a version changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Default)]
pub struct Changes {
    /// Values, in the order of the module's fields.
    pub fields: Vec<FieldChange>,
    /// The internal mark as it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internal: Option<bool>,
    /// The restriction as it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restricted: Option<bool>,
    /// The status as it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

impl Changes {
    /// The difference of two states. A new record's is from nothing.
    pub fn between(module: &Module, before: Option<&State>, after: &State) -> Self {
        let value = |s: Option<&State>, k| s.and_then(|s| s.fields.get(k)).cloned();
        let fields = module.fields.iter().filter_map(|f| {
            let (from, to) = (value(before, &f.key), value(Some(after), &f.key));
            (from != to).then(|| FieldChange { field: f.key.clone(), from, to })
        });
        let mark = |then: Option<bool>, now: bool| (then.unwrap_or(false) != now).then_some(now);
        Self {
            fields: fields.collect(),
            internal: mark(before.map(|b| b.internal), after.internal),
            restricted: mark(before.map(|b| b.restricted), after.restricted),
            status: before.filter(|b| b.status != after.status).map(|_| after.status),
        }
    }
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A code rule that a change must satisfy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleMatch {
    /// The rule.
    pub rule_id: String,
    /// Its version, which a confirmation is bound to.
    pub rule_version: i64,
}

/// What asks for codes. The gate puts the question inside the transaction, so the rules are read there as well.
pub trait CodeRules: Send + Sync + 'static {
    /// The rules that the change by `viewer` from `before` (`None`: a new record) to `after` must satisfy. Only real changes
    /// come here.
    fn matching<'c>(
        &'c self,
        tx: &'c mut Tx<'_>,
        viewer: &'c Viewer,
        module: &'c Module,
        before: Option<&'c State>,
        after: &'c State,
    ) -> BoxFuture<'c, Result<Vec<RuleMatch>, DbError>>;
}

/// Confirmations that the provider has given for exactly this change; made where they are checked and used up, in the same
/// transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proof(Vec<RuleMatch>);

impl Proof {
    /// For code rules alone: each match has a confirmation, bound to this change, not used before.
    pub const fn of(confirmed: Vec<RuleMatch>) -> Self {
        Self(confirmed)
    }
    /// Whether every one of these is confirmed, in this version.
    pub(super) fn covers(&self, matches: &[RuleMatch]) -> bool {
        matches.iter().all(|m| self.0.contains(m))
    }
}

/// A change that stopped at the gate: all rights are there, only the codes are not. Nothing was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The rules to satisfy, all of them.
    pub matches: Vec<RuleMatch>,
    /// The record as it is; `None` for a new one.
    pub before: Option<State>,
    /// As it would be. Of a new record the id is the one that confirming must use.
    pub after: State,
    /// The difference, in canonical values.
    pub changes: Changes,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Written.
    Written {
        /// Record.
        id: String,
        /// Its version now.
        version: i64,
    },
    /// Everything was already so; no version was made.
    Unchanged {
        /// Record.
        id: String,
        /// Its version.
        version: i64,
    },
    /// Codes are needed first.
    NeedsCode(Box<Held>),
}

/// Why a change was refused. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Missing, or not to be seen: the same answer.
    #[error("there is no such record")]
    NotFound,
    /// Seen, but not to be changed so. The code is stable and the key of the text in `locales/`.
    #[error("not allowed: {0}")]
    Forbidden(&'static str),
    /// Values are wrong.
    #[error("{} values are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// The record has changed since.
    #[error("the record is at version {current}")]
    Conflict {
        /// Its version now.
        current: i64,
    },
    /// The idempotency key was used for another request, or is no key.
    #[error("the idempotency key was used for another request")]
    IdempotencyKey,
}

impl WriteError {
    /// Stable code for the API; key of the text for people.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Db(_) => "storage",
            Self::NotFound => "record-not-found",
            Self::Forbidden(code) => code,
            Self::Invalid(_) => "record-invalid",
            Self::Conflict { .. } => "record-conflict",
            Self::IdempotencyKey => "idempotency-key-reused",
        }
    }
}

/// Why a read was refused. What isn't there or may not be seen is no error but nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A person's filter can't be used.
    #[error(transparent)]
    Filter(#[from] TreeError),
    /// A list can't be sorted by this field.
    #[error("a list can't be sorted by the field {0}")]
    Sort(FieldKey),
    /// The cursor is not one that this list handed to this person.
    #[error("the cursor is not valid for this list")]
    Cursor,
    /// Sealing a cursor failed.
    #[error(transparent)]
    Root(#[from] RootError),
}

impl ReadError {
    /// Stable code for the API; key of the text for people.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Db(_) | Self::Root(_) => "storage",
            Self::Filter(TreeError::NoField(_)) => "filter-no-field",
            Self::Filter(TreeError::Masked(_)) => "field-masked",
            Self::Filter(TreeError::Path(_)) => "filter-path",
            Self::Filter(TreeError::Leaf | TreeError::Kinds(..)) => "filter-leaf",
            Self::Filter(TreeError::Operator(_)) => "filter-operator",
            Self::Filter(TreeError::Value(_)) => "filter-value",
            Self::Filter(TreeError::TooLarge) => "filter-too-large",
            Self::Sort(_) => "sort-not-possible",
            Self::Cursor => "cursor-invalid",
        }
    }
}
