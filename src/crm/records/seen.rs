//! What a person sees of a record. The types here have private parts and are made by the reads of this folder alone, after
//! the compiler said which rules were true for the record; a field that none of them reveals is not in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::contract::FieldKey;
use crate::crm::modules::model::{Field, FieldKind, Module};
use crate::crm::modules::value::{Attached, Fields, Value, to_json};
use crate::crm::visibility::model::Right;
use crate::crm::visibility::sight::{Matched, Origin};
use crate::kernel::clock::Timestamp;

use super::model::{Cause, Changes};
use super::store::RecordRow;

/// A record that a lookup leads to, and that the person sees as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookedUp {
    /// Its id.
    pub id: String,
    /// Its module.
    pub module: FieldKey,
    /// What it is known by, where that is shown.
    pub title: Option<String>,
}

/// A person whom a field names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Subject.
    pub sub: String,
    /// Display name, of who is still in the replica.
    pub name: Option<String>,
}

/// What values lead to.
#[derive(Debug, Default)]
pub(super) struct Targets {
    /// The visible targets of lookups, by id.
    pub(super) records: BTreeMap<String, LookedUp>,
    /// Names of people, by subject.
    pub(super) people: BTreeMap<String, String>,
}

impl Targets {
    fn record(&self, module: &FieldKey, value: Option<&Value>) -> Option<LookedUp> {
        match value {
            Some(Value::Text(id)) => self.records.get(id).filter(|t| t.module == *module).cloned(),
            _ => None,
        }
    }
    fn person(&self, value: Option<&Value>) -> Option<Named> {
        match value {
            Some(Value::Text(sub)) => Some(Named { sub: sub.clone(), name: self.people.get(sub).cloned() }),
            _ => None,
        }
    }
}

/// A record as one person sees it.
#[derive(Clone, Debug)]
pub struct Seen {
    module: Arc<Module>,
    row: RecordRow,
    title: Option<String>,
    fields: Fields,
    lookups: BTreeMap<FieldKey, LookedUp>,
    people: BTreeMap<FieldKey, Named>,
    matched: Matched,
}

impl Seen {
    /// Takes out of the row what no true rule reveals.
    pub(super) fn new(module: &Arc<Module>, mut row: RecordRow, matched: Matched, targets: &Targets) -> Self {
        let mut fields = std::mem::take(&mut row.fields.0);
        fields.retain(|k, _| matched.reads(k));
        let (mut lookups, mut people) = (BTreeMap::new(), BTreeMap::new());
        for field in &module.fields {
            match &field.kind {
                FieldKind::Lookup { module: target } => match targets.record(target, fields.get(&field.key)) {
                    Some(t) => drop(lookups.insert(field.key.clone(), t)),
                    None => drop(fields.remove(&field.key)),
                },
                FieldKind::Person => {
                    people.extend(targets.person(fields.get(&field.key)).map(|p| (field.key.clone(), p)));
                }
                _ => {}
            }
        }
        let title = std::mem::take(&mut row.title);
        let title = Some(title).filter(|_| matched.reads(&module.title));
        Self { module: module.clone(), row, title, fields, lookups, people, matched }
    }

    /// Record.
    pub fn id(&self) -> &str {
        &self.row.id
    }
    /// Its module.
    pub fn module(&self) -> &Arc<Module> {
        &self.module
    }
    /// The version, to base a change on.
    pub fn version(&self) -> i64 {
        self.row.version
    }
    /// What it is known by, where that is shown.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }
    /// The value of a field; absent and hidden are the same.
    pub fn value(&self, field: &FieldKey) -> Option<&Value> {
        self.fields.get(field)
    }
    /// The fields shown, with their values where they have one, in the module's order. A field that is not shown isn't here.
    pub fn fields(&self) -> impl Iterator<Item = (&Field, Option<&Value>)> {
        let shown = self.module.fields.iter().filter(|f| self.matched.reads(&f.key));
        shown.map(|f| (f, self.fields.get(&f.key)))
    }
    /// Where a lookup leads.
    pub fn lookup(&self, field: &FieldKey) -> Option<&LookedUp> {
        self.lookups.get(field)
    }
    /// Whom a field names.
    pub fn person(&self, field: &FieldKey) -> Option<&Named> {
        self.people.get(field)
    }
    /// The relation whose dossier it is in, where the person sees that.
    pub fn relation(&self) -> Option<&LookedUp> {
        self.lookups.get(self.module.relation.as_ref()?)
    }
    /// Whether the person has this right on it.
    pub fn may(&self, right: Right) -> bool {
        self.matched.may(right)
    }
    /// Whether the person may change this field of it; of a file, add one or take it away.
    pub fn writable(&self, field: &FieldKey) -> bool {
        let file = self.module.field(field).is_some_and(|f| f.kind.is_file());
        self.matched.writes(field, if file { Right::Attach } else { Right::Change })
    }
    /// Whether there is a form of it for the person.
    pub fn editable(&self) -> bool {
        let files = || self.module.fields.iter().any(|f| f.kind.is_file() && self.writable(&f.key));
        self.may(Right::Change) || files()
    }
    /// The file that a field holds.
    pub fn file(&self, field: &FieldKey) -> Option<&Attached> {
        match self.fields.get(field) {
            Some(Value::File(file)) => Some(file),
            _ => None,
        }
    }
    /// The fields that are masked for the person: they are there, and nothing of their value is.
    pub fn masked_fields(&self) -> impl Iterator<Item = &Field> {
        self.module.fields.iter().filter(|f| self.matched.masks(&f.key))
    }
    /// The rules that show it, each by its role or portal and its number there, from 0.
    pub fn because(&self) -> impl Iterator<Item = (&Origin, usize)> {
        self.matched.names()
    }
    /// Marked as internal.
    pub fn internal(&self) -> bool {
        self.row.internal
    }
    /// Restricted to those linked.
    pub fn restricted(&self) -> bool {
        self.row.restricted
    }
    /// When it was made.
    pub fn created_at(&self) -> Timestamp {
        Timestamp(self.row.created_at)
    }
    /// By whom (`sub`).
    pub fn created_by(&self) -> &str {
        &self.row.created_by
    }
    /// When it was last changed.
    pub fn updated_at(&self) -> Timestamp {
        Timestamp(self.row.updated_at)
    }
    /// By whom (`sub`).
    pub fn updated_by(&self) -> &str {
        &self.row.updated_by
    }
    /// The shown values as the API gives them.
    pub fn fields_json(&self) -> serde_json::Map<String, serde_json::Value> {
        let json = |(f, v): (&Field, Option<&Value>)| (f.key.to_string(), v.map_or(serde_json::Value::Null, |v| to_json(f, v)));
        self.fields().map(json).collect()
    }
}

/// A value that changed, as one person sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeSeen {
    /// The field.
    pub field: FieldKey,
    /// Before; also absent where the version before was not his to see.
    pub from: Option<Value>,
    /// After.
    pub to: Option<Value>,
    /// Where `from` leads, for a lookup.
    pub from_record: Option<LookedUp>,
    /// Where `to` leads, for a lookup.
    pub to_record: Option<LookedUp>,
    /// Whom `from` names, for a person.
    pub from_person: Option<Named>,
    /// Whom `to` names, for a person.
    pub to_person: Option<Named>,
}

/// Proof of having been made by a read of this folder.
#[derive(Clone, Copy, Debug)]
pub struct Made(());

impl Made {
    pub(super) const HERE: Self = Self(());
}

/// A version of a record as one person sees it: an entry of history or of a dossier's timeline.
#[derive(Clone, Debug)]
pub struct VersionSeen {
    /// Module of the record.
    pub module: Arc<Module>,
    /// The record.
    pub record_id: String,
    /// What the record is known by now, where that is shown.
    pub title: Option<String>,
    /// The version; 1 is the making.
    pub version: i64,
    /// When.
    pub at: Timestamp,
    /// By whom (`sub`).
    pub actor: String,
    /// What led to it; only with the right to history.
    pub cause: Option<Cause>,
    /// What changed; empty without the right to history.
    pub changes: Vec<ChangeSeen>,
    /// Made internal or released by this version.
    pub internal: Option<bool>,
    /// Whether the record is internal now.
    pub internal_now: bool,
    /// Only a read of this folder makes one.
    pub(super) _made: Made,
}

impl VersionSeen {
    pub(super) fn changes_seen(
        changes: Changes,
        now: &Matched,
        then: &Matched,
        before: &Matched,
        module: &Module,
        targets: &Targets,
    ) -> Vec<ChangeSeen> {
        let mut seen = Vec::new();
        for c in changes.fields {
            // What is hidden now, or was hidden then, is not told by its history.
            let Some(field) = module.field(&c.field).filter(|f| now.reads(&f.key) && then.reads(&f.key)) else { continue };
            let mut from = c.from.filter(|_| before.reads(&field.key));
            let mut to = c.to;
            let (mut from_record, mut to_record, mut from_person, mut to_person) = (None, None, None, None);
            match &field.kind {
                FieldKind::Lookup { module: target } => {
                    (from_record, to_record) = (targets.record(target, from.as_ref()), targets.record(target, to.as_ref()));
                    from = from.filter(|_| from_record.is_some());
                    to = to.filter(|_| to_record.is_some());
                }
                FieldKind::Person => {
                    (from_person, to_person) = (targets.person(from.as_ref()), targets.person(to.as_ref()));
                }
                _ => {}
            }
            if from != to {
                seen.push(ChangeSeen { field: c.field, from, to, from_record, to_record, from_person, to_person });
            }
        }
        seen
    }
}
