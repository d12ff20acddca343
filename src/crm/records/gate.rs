//! The gate. Every change of a record, by whatever way it comes, is checked here in the transaction that would write it:
//! rights, values, version, lookups, people, files, code rules; then written with its history. There is no other writer.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::attach;
use super::model::{Change, Changes, CodeRules, Held, MAX_CHANGES, Proof, State, Status, Target, WriteError};
use super::store::{self, Stamp};
use crate::contract::FieldKey;
use crate::crm::access::push;
use crate::crm::files::flow::{KEPT, USABLE};
use crate::crm::files::store as attached;
use crate::crm::modules::model::{FieldKind, Module, ModuleRole};
use crate::crm::modules::value::{Context, FieldError, Fields, Raw, Value, read};
use crate::crm::replica::people;
use crate::crm::visibility::model::Right;
use crate::crm::visibility::sight::{Access, Matched, Sight};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::Tx;

/// A change with what was drawn for it before the transaction began, so that running again gives the same.
#[derive(Clone, Debug)]
pub struct Input {
    /// What is asked.
    pub change: Change,
    /// Id of the record, if it will be a new one. A change that waited for a code keeps the one it had ([`Held::after`]).
    pub new_id: String,
    /// The moment.
    pub now: Timestamp,
    /// How values are read.
    pub cx: Context,
}

/// A change that may be written, by [`apply`], in this transaction.
pub struct Checked {
    module: Arc<Module>,
    after: State,
    changes: Changes,
    /// Uploads that the record takes.
    files: Vec<String>,
    actor: String,
}

/// What the gate says.
pub enum Verdict {
    /// Write it.
    Ready(Checked),
    /// Everything is already so.
    Nothing {
        /// Record.
        id: String,
        /// Its version.
        version: i64,
    },
    /// Codes first.
    NeedsCode(Box<Held>),
}

/// Checks a change. `proof` holds the confirmations of a change that waited for codes; without the right ones it waits again.
pub async fn check(
    tx: &mut Tx<'_>,
    access: &Access,
    input: &Input,
    rules: &dyn CodeRules,
    proof: &Proof,
) -> Result<Verdict, WriteError> {
    let change = &input.change;
    if change.fields.len() > MAX_CHANGES {
        return Err(WriteError::Forbidden("change-too-large"));
    }
    let (module_key, before) = match &change.record {
        Target::New { module } => (module, None),
        Target::Existing { module, id, .. } => (module, Some(id)),
    };
    let sight = access.sight(module_key).ok_or(WriteError::NotFound)?;
    let before = match before {
        None => None,
        Some(id) => Some(existing(tx, &sight, id, change).await?),
    };
    let given = attach::named(tx, access, &sight.module, change).await?;
    let given = given.as_ref().unwrap_or(&change.fields);
    let after = match &before {
        None => fresh(&sight, input, given)?,
        Some((state, matched)) => changed(&sight, state, matched, input, given)?,
    };
    let (before, matched) = before.map_or((None, None), |(state, matched)| (Some(state), Some(matched)));
    let changes = Changes::between(&sight.module, before.as_ref(), &after);
    if let Some(b) = before.as_ref().filter(|_| changes.is_empty()) {
        return Ok(Verdict::Nothing { id: b.id.clone(), version: b.version });
    }
    check_lookups(tx, access, &sight.module, &after, &changes).await?;
    check_people(tx, access, &sight.module, &changes).await?;
    // A change that waited for a code named its files in time; then they only had to be kept.
    let since = input.now - if change.cause.pending.is_none() { USABLE } else { KEPT };
    let files = attach::check(tx, access, &sight.module, &after, &changes, (since, change.cause.via)).await?;
    if after.status == Status::Active {
        check_after(tx, &sight, change, matched.as_ref(), &after).await?;
    }
    let matches = rules.matching(tx, &access.viewer, &sight.module, before.as_ref(), &after).await?;
    if !proof.covers(&matches) {
        return Ok(Verdict::NeedsCode(Box::new(Held { matches, before, after, changes })));
    }
    Ok(Verdict::Ready(Checked { module: sight.module.clone(), after, changes, files, actor: access.viewer.sub.clone() }))
}

/// Writes a checked change in the transaction that checked it: record and version.
pub async fn apply(tx: &mut Tx<'_>, checked: Checked, input: &Input) -> Result<(String, i64), WriteError> {
    let Checked { module, after, changes, files, actor } = checked;
    for id in &files {
        if !attached::keep(tx, id, &after.id, input.now).await? {
            return Err(WriteError::Conflict { current: after.version });
        }
    }
    let stamp = Stamp { actor: &actor, at: input.now, cause: &input.change.cause };
    if store::put(tx, &module, &after, &changes, &stamp).await? {
        push::announce(tx, &module, &after, &changes, input.now).await?;
        Ok((after.id, after.version))
    } else {
        // The check saw the version before in this very transaction; only an id that is taken already can lead here.
        Err(WriteError::Conflict { current: after.version })
    }
}

/// The record as it is, if the person sees it, and the rules that are true for it.
async fn existing(tx: &mut Tx<'_>, sight: &Sight, id: &str, change: &Change) -> Result<(State, Matched), WriteError> {
    let row = store::find(tx, sight, id).await?.ok_or(WriteError::NotFound)?;
    let matched = sight.matched(&row.arms);
    // Rights before versions: who may not change it is told the same whatever he bases it on.
    if change.delete {
        if !matched.may(Right::Delete) {
            return Err(WriteError::Forbidden("delete-not-allowed"));
        }
        if !change.fields.is_empty() || change.internal.is_some() || change.restricted.is_some() {
            return Err(WriteError::Forbidden("delete-changes-nothing-else"));
        }
    } else if ![Right::Change, Right::Manage, Right::Attach].iter().any(|r| matched.may(*r)) {
        return Err(WriteError::Forbidden("change-not-allowed"));
    }
    if let Target::Existing { base_version, .. } = &change.record
        && *base_version != row.version
    {
        return Err(WriteError::Conflict { current: row.version });
    }
    let state = State {
        id: row.id,
        module: sight.module.key.clone(),
        version: row.version,
        status: Status::Active,
        fields: row.fields.0,
        relation_id: row.relation_id,
        internal: row.internal,
        restricted: row.restricted,
    };
    Ok((state, matched))
}

/// What is asked to be set, by field.
type Given = BTreeMap<FieldKey, Option<Raw>>;

/// A new record's state.
fn fresh(sight: &Sight, input: &Input, given: &Given) -> Result<State, WriteError> {
    if !sight.may_somewhere(Right::Create) {
        // Who may make none is told no more than that there is no such thing, unless he sees the module at all.
        let seen = sight.may_somewhere(Right::See);
        return Err(if seen { WriteError::Forbidden("create-not-allowed") } else { WriteError::NotFound });
    }
    if input.change.delete {
        return Err(WriteError::NotFound);
    }
    let mut fields = Fields::new();
    for f in &sight.module.fields {
        if !input.change.fields.contains_key(&f.key)
            && let Some(v) = f.default_value(&input.cx)
        {
            fields.insert(f.key.clone(), v);
        }
    }
    let readable = |k: &FieldKey| sight.revealed_somewhere(k);
    set(sight, &mut fields, (given, &input.cx), &|k| sight.creatable(k), &readable)?;
    let missing = sight.module.fields.iter().filter(|f| f.required && !fields.contains_key(&f.key));
    let missing: Vec<_> = missing.map(|f| FieldError { field: f.key.clone(), code: "field-required", limit: None }).collect();
    if !missing.is_empty() {
        return Err(WriteError::Invalid(missing));
    }
    if input.change.internal == Some(true) && !sight.staff() {
        return Err(WriteError::Forbidden("mark-not-allowed"));
    }
    let mut state = State {
        id: input.new_id.clone(),
        module: sight.module.key.clone(),
        version: 1,
        status: Status::Active,
        fields,
        relation_id: None,
        internal: input.change.internal.unwrap_or(false),
        restricted: input.change.restricted.unwrap_or(false),
    };
    state.settle(&sight.module);
    Ok(state)
}

/// An existing record's next state.
fn changed(sight: &Sight, before: &State, matched: &Matched, input: &Input, given: &Given) -> Result<State, WriteError> {
    let change = &input.change;
    let mut after = State { version: before.version + 1, ..before.clone() };
    if change.delete {
        after.status = Status::Deleted;
        return Ok(after);
    }
    let file = |k: &FieldKey| sight.module.field(k).is_some_and(|f| f.kind.is_file());
    if !matched.may(Right::Change) && change.fields.keys().any(|k| !(file(k) && matched.may(Right::Attach))) {
        return Err(WriteError::Forbidden("change-not-allowed"));
    }
    // Files are added and taken away by a right of its own.
    let writable = |k: &FieldKey| matched.writes(k, if file(k) { Right::Attach } else { Right::Change });
    set(sight, &mut after.fields, (given, &input.cx), &writable, &|k| matched.reads(k))?;
    if let Some(internal) = change.internal {
        if internal != before.internal && !(sight.staff() && matched.may(Right::Change)) {
            return Err(WriteError::Forbidden("mark-not-allowed"));
        }
        after.internal = internal;
    }
    if let Some(restricted) = change.restricted {
        if restricted != before.restricted && !may_restrict(sight, matched) {
            return Err(WriteError::Forbidden("mark-not-allowed"));
        }
        after.restricted = restricted;
    }
    after.settle(&sight.module);
    Ok(after)
}

/// Only a relation is restricted, and only by who manages it.
fn may_restrict(sight: &Sight, matched: &Matched) -> bool {
    sight.module.role == Some(ModuleRole::Relation) && matched.may(Right::Manage)
}

/// Reads the given values into `fields`, collecting every refusal.
fn set(
    sight: &Sight,
    fields: &mut Fields,
    (given, cx): (&Given, &Context),
    writable: &dyn Fn(&FieldKey) -> bool,
    readable: &dyn Fn(&FieldKey) -> bool,
) -> Result<(), WriteError> {
    let mut wrong = Vec::new();
    for (key, raw) in given {
        let mut refuse = |code, limit| wrong.push(FieldError { field: key.clone(), code, limit });
        // A field that he may neither read nor write is no field to him.
        let Some(field) = sight.module.field(key).filter(|_| writable(key) || readable(key)) else {
            refuse("field-unknown", None);
            continue;
        };
        if !writable(key) {
            refuse("field-read-only", None);
            continue;
        }
        match read(field, raw.as_ref().unwrap_or(&Raw::Json(serde_json::Value::Null)), cx) {
            Ok(Some(value)) => drop(fields.insert(key.clone(), value)),
            Ok(None) if field.required => refuse("field-required", None),
            Ok(None) => drop(fields.remove(key)),
            Err(f) => refuse(f.code, f.limit),
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(WriteError::Invalid(wrong)) }
}

/// A lookup may be set only to a record that is there and that the person sees; which of the two failed is not told.
async fn check_lookups(
    tx: &mut Tx<'_>,
    access: &Access,
    module: &Module,
    after: &State,
    changes: &Changes,
) -> Result<(), WriteError> {
    let mut wrong = Vec::new();
    for c in &changes.fields {
        let (Some(FieldKind::Lookup { module: target }), Some(Value::Text(id))) =
            (module.field(&c.field).map(|f| &f.kind), &c.to)
        else {
            continue;
        };
        let found = match access.sight(target) {
            Some(sight) if *id != after.id => store::is_seen(tx, &sight, id).await?,
            _ => false,
        };
        if !found {
            wrong.push(FieldError { field: c.field.clone(), code: "field-not-a-record", limit: None });
        } else if *target == module.key && store::leads_to(tx, &c.field, id, &after.id).await? {
            wrong.push(FieldError { field: c.field.clone(), code: "field-cycle", limit: None });
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(WriteError::Invalid(wrong)) }
}

/// A person may be set only to someone who is here and may sign in. Who doesn't work here can name nobody but himself, and is
/// not told who is here.
async fn check_people(tx: &mut Tx<'_>, access: &Access, module: &Module, changes: &Changes) -> Result<(), WriteError> {
    let (mut wrong, viewer) = (Vec::new(), &access.viewer);
    for c in &changes.fields {
        let (Some(FieldKind::Person), Some(Value::Text(sub))) = (module.field(&c.field).map(|f| &f.kind), &c.to) else {
            continue;
        };
        if !(viewer.staff || *sub == viewer.sub) || !people::is_active(tx, sub).await? {
            wrong.push(FieldError { field: c.field.clone(), code: "field-not-a-person", limit: None });
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(WriteError::Invalid(wrong)) }
}

/// The record must still be seen afterwards, and a new one must be one that his rules let him make, field by field.
/// `before` is what was true of the record as it was; nothing for a new one.
async fn check_after(
    tx: &mut Tx<'_>,
    sight: &Sight,
    change: &Change,
    before: Option<&Matched>,
    after: &State,
) -> Result<(), WriteError> {
    let (seen, matched) = store::judge(tx, sight, after).await?;
    let right = if before.is_some() { Right::Change } else { Right::Create };
    if before.is_none() {
        if !matched.may(Right::Create) {
            return Err(WriteError::Forbidden("create-not-allowed"));
        }
        let file = |k: &FieldKey| sight.module.field(k).is_some_and(|f| f.kind.is_file());
        let may = |k: &FieldKey| matched.writes(k, Right::Create) && (!file(k) || matched.writes(k, Right::Attach));
        let read_only = change.fields.keys().filter(|k| !may(k));
        let wrong: Vec<_> = read_only.map(|k| FieldError { field: k.clone(), code: "field-read-only", limit: None }).collect();
        if !wrong.is_empty() {
            return Err(WriteError::Invalid(wrong));
        }
        if after.restricted && !may_restrict(sight, &matched) {
            return Err(WriteError::Forbidden("mark-not-allowed"));
        }
    }
    let moves = before.unwrap_or(&matched).may_move(right);
    // What a denial hides, no rule moves there.
    if !seen && (matched.may(Right::See) || !moves) {
        return Err(WriteError::Forbidden("change-leaves-view"));
    }
    match before {
        // Who doesn't work here gives himself nothing by what he writes.
        Some(before) if !sight.staff() && !moves && matched.gains(before, &sight.module) => {
            Err(WriteError::Forbidden("change-enters-view"))
        }
        _ => Ok(()),
    }
}
