//! SQL of records: reading through the compiler, judging a state that isn't stored yet, writing a version.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::types::Json;

use super::model::{Cause, Changes, State, Status};
use super::seen::{LookedUp, Seen, Targets};
use crate::contract::FieldKey;
use crate::crm::modules::canonical;
use crate::crm::modules::fold::fold;
use crate::crm::modules::model::{FieldKind, Module};
use crate::crm::modules::value::{Fields, Value};
use crate::crm::replica::people;
use crate::crm::visibility::compile::{arm_bits, arms_of_seen, visible};
use crate::crm::visibility::model::Right;
use crate::crm::visibility::sight::{Access, Matched, Sight};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Query, Sql, Tx};
use crate::{record, sql};

record! {
    /// A row of `records` that was read through the compiler.
    #[derive(Clone, Debug)]
    pub(super) struct RecordRow {
        pub(super) id: String,
        pub(super) version: i64,
        pub(super) fields: Json<Fields>,
        pub(super) title: String,
        pub(super) relation_id: Option<String>,
        pub(super) internal: bool,
        pub(super) restricted: bool,
        pub(super) created_at: i64,
        pub(super) created_by: String,
        pub(super) updated_at: i64,
        pub(super) updated_by: String,
        pub(super) arms: String,
        pub(super) sort_key: Option<String>,
    }
}

/// A statement to which everything is appended.
pub(super) fn build<'t>(tx: &'t mut Tx<'_>) -> Query<'t> {
    tx.q(Sql::literal(""))
}

/// Appends the columns of a [`RecordRow`] of `t0`, which the person sees, up to and without the sort key.
pub(super) fn columns(q: &mut Query<'_>, sight: &Sight) {
    q.push(
        "SELECT t0.id, t0.version, t0.fields, t0.title, t0.relation_id, t0.internal, t0.restricted, \
         t0.created_at, t0.created_by, t0.updated_at, t0.updated_by, ",
    );
    arms_of_seen(q, sight, 0);
    q.push(" AS arms, ");
}

/// Whether a text from outside can be an id at all. PostgreSQL refuses a text with a NUL as an error; here it is merely not
/// the id of anything.
pub(super) fn possible(id: &str) -> bool {
    canonical::id(id).is_ok()
}

/// The row of this id, if it is seen.
pub(super) async fn find(tx: &mut Tx<'_>, sight: &Sight, id: &str) -> Result<Option<RecordRow>, DbError> {
    if !possible(id) {
        return Ok(None);
    }
    let mut q = build(tx);
    columns(&mut q, sight);
    q.push("CAST(NULL AS TEXT) AS sort_key FROM records t0 WHERE t0.id = ").value(id.to_owned()).push(" AND ");
    visible(&mut q, sight, 0);
    q.opt().await
}

/// Turns rows into what is shown, with one more statement for all that lookups lead to.
pub(super) async fn reveal(tx: &mut Tx<'_>, access: &Access, sight: &Sight, rows: Vec<RecordRow>) -> Result<Vec<Seen>, DbError> {
    let mut wanted = Wanted::default();
    for row in &rows {
        wants(&mut wanted, &sight.module, row.fields.0.iter());
    }
    let targets = targets(tx, access, wanted).await?;
    let seen = rows.into_iter().map(|row| {
        let matched = sight.matched(&row.arms);
        Seen::new(&sight.module, row, matched, &targets)
    });
    Ok(seen.collect())
}

/// What is to be looked up.
#[derive(Default)]
pub(super) struct Wanted {
    /// Ids by module.
    records: BTreeMap<FieldKey, BTreeSet<String>>,
    /// Subjects.
    people: BTreeSet<String>,
}

/// Adds what the lookups and people among these values lead to.
pub(super) fn wants<'v>(wanted: &mut Wanted, module: &Module, values: impl Iterator<Item = (&'v FieldKey, &'v Value)>) {
    for (key, value) in values {
        match (module.field(key).map(|f| &f.kind), value) {
            (Some(FieldKind::Lookup { module }), Value::Text(id)) => {
                wanted.records.entry(module.clone()).or_default().insert(id.clone());
            }
            (Some(FieldKind::Person), Value::Text(sub)) => drop(wanted.people.insert(sub.clone())),
            _ => {}
        }
    }
}

/// Most ids of one statement, which has a parameter for each.
const AT_ONCE: usize = 10_000;

/// Those of the wanted records that the person sees, and the names of the wanted people; by one statement for all of them.
pub(super) async fn targets(tx: &mut Tx<'_>, access: &Access, wanted: Wanted) -> Result<Targets, DbError> {
    let mut found = Targets::default();
    let sights = wanted.records.into_iter().filter_map(|(module, ids)| Some((access.sight(&module)?, ids)));
    let mut left = Left {
        records: sights.map(|(sight, ids)| (sight, ids.into_iter().collect())).collect(),
        people: wanted.people.into_iter().collect(),
    };
    while !left.records.is_empty() || !left.people.is_empty() {
        targets_at_once(tx, &mut left, &mut found).await?;
    }
    Ok(found)
}

/// What is still to be looked up.
struct Left {
    records: Vec<(Sight, Vec<String>)>,
    people: Vec<String>,
}

/// As many of the people and records as one statement takes.
async fn targets_at_once(tx: &mut Tx<'_>, left: &mut Left, found: &mut Targets) -> Result<(), DbError> {
    let (mut room, mut asked) = (AT_ONCE, Vec::new());
    let mut q = build(tx);
    let later = left.people.split_off(left.people.len().min(room));
    let people = std::mem::replace(&mut left.people, later);
    room -= people.len();
    if !people.is_empty() {
        q.push("SELECT CAST(-1 AS BIGINT), p.sub, p.name, '' AS arms FROM ");
        people::among(&mut q, &people);
    }
    while room > 0
        && let Some((sight, mut ids)) = left.records.pop()
    {
        let later = ids.split_off(ids.len().min(room));
        room -= ids.len();
        q.push(if asked.is_empty() && people.is_empty() { "" } else { " UNION ALL " });
        q.push("SELECT CAST(").value(i64::try_from(asked.len()).unwrap_or(0)).push(" AS BIGINT), t0.id, t0.title, ");
        arms_of_seen(&mut q, &sight, 0);
        q.push(" AS arms FROM records t0 WHERE ");
        visible(&mut q, &sight, 0);
        q.push(" AND t0.id IN (");
        // Filled up to a power of two, so that pages of a list are a few statements for the engine and not one each.
        let last = ids.last().cloned().unwrap_or_default();
        for i in 0..ids.len().next_power_of_two() {
            q.push(if i > 0 { ", " } else { "" }).value(ids.get(i).unwrap_or(&last).clone());
        }
        q.push(")");
        if !later.is_empty() {
            left.records.push((sight.clone(), later));
        }
        asked.push(sight);
    }
    let rows: Vec<(i64, String, String, String)> = q.all().await?;
    for (n, id, title, bits) in rows {
        match usize::try_from(n).ok().and_then(|n| asked.get(n)) {
            Some(sight) => {
                let title = Some(title).filter(|_| sight.matched(&bits).reads(&sight.module.title));
                found.records.insert(id.clone(), LookedUp { id, module: sight.module.key.clone(), title });
            }
            None => drop(found.people.insert(id, title)),
        }
    }
    Ok(())
}

/// Whether the person sees this record of this module.
pub(super) async fn is_seen(tx: &mut Tx<'_>, sight: &Sight, id: &str) -> Result<bool, DbError> {
    if !possible(id) {
        return Ok(false);
    }
    let mut q = build(tx);
    q.push("SELECT t0.version FROM records t0 WHERE t0.id = ").value(id.to_owned()).push(" AND ");
    visible(&mut q, sight, 0);
    let row: Option<(i64,)> = q.opt().await?;
    Ok(row.is_some())
}

/// Whether going from record to record by a lookup into the same module comes to `end`: a tree such as that of parent
/// companies has no cycle. Deeper than 64 counts as one.
pub(super) async fn leads_to(tx: &mut Tx<'_>, field: &FieldKey, from: &str, end: &str) -> Result<bool, DbError> {
    let mut at = from.to_owned();
    for _ in 0..64 {
        if at == end {
            return Ok(true);
        }
        let mut q = build(tx);
        q.push("SELECT CAST(fields->>").key(field).push(" AS TEXT) FROM records WHERE id = ").value(at);
        match q.opt::<(Option<String>,)>().await? {
            Some((Some(next),)) => at = next,
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// What the rules say of a state as if it were stored: whether it would be seen, and which arms would be true. The same
/// compiled conditions run over a row of parameters.
pub(super) async fn judge(tx: &mut Tx<'_>, sight: &Sight, state: &State) -> Result<(bool, Matched), DbError> {
    // What depends on no record but the state needs no statement: no condition, and no denial to ask about.
    let own = state.relation_id.as_ref().is_none_or(|r| *r == state.id);
    if sight.is_unconditional() && own && !state.internal && !state.restricted && state.status == Status::Active {
        let all = sight.matched(&"1".repeat(sight.arms.len()));
        return Ok((all.may(Right::See), all));
    }
    let mut q = build(tx);
    q.push("SELECT CASE WHEN ");
    visible(&mut q, sight, 0);
    q.push(" THEN TRUE ELSE FALSE END AS seen, ");
    arm_bits(&mut q, sight, 0);
    q.push(" AS arms FROM (SELECT ").value(state.id.clone());
    q.push(" AS id, ").value(state.module.as_str().to_owned());
    q.push(" AS module, ").value(state.status.as_str().to_owned());
    q.push(" AS status, ").value(Json(state.fields.clone()));
    q.push(" AS fields, ").value(Json(state.folded(&sight.module)));
    q.push(" AS folded, ").value(state.relation_id.clone());
    q.push(" AS relation_id, ").value(state.internal);
    q.push(" AS internal, ").value(state.restricted).push(" AS restricted) t0");
    let (seen, bits): (bool, String) = q.one().await?;
    Ok((seen, sight.matched(&bits)))
}

/// Who writes, when and why.
pub(super) struct Stamp<'a> {
    pub(super) actor: &'a str,
    pub(super) at: Timestamp,
    pub(super) cause: &'a Cause,
}

/// A state as its row and its version's row hold it, each value brought into its stored form once.
struct Stored<'s> {
    state: &'s State,
    fields: Box<RawValue>,
    folded: Box<RawValue>,
    stamp: &'s Stamp<'s>,
}

impl Stored<'_> {
    /// Binds what both tables have, in this order: id, module, status, fields, folded, relation_id, internal, restricted, the
    /// moment, who.
    fn bind<'q>(&self, q: Query<'q>) -> Query<'q> {
        q.bind(self.state.id.clone())
            .bind(self.state.module.as_str().to_owned())
            .bind(self.state.status.as_str().to_owned())
            .bind(Json(self.fields.clone()))
            .bind(Json(self.folded.clone()))
            .bind(self.state.relation_id.clone())
            .bind(self.state.internal)
            .bind(self.state.restricted)
            .bind(self.stamp.at.0)
            .bind(self.stamp.actor.to_owned())
    }
}

/// Writes a state: the record (only over the version before; false when another was there first), its version.
pub(super) async fn put(
    tx: &mut Tx<'_>,
    module: &Module,
    state: &State,
    changes: &Changes,
    stamp: &Stamp<'_>,
) -> Result<bool, DbError> {
    let stored = Stored { state, fields: raw(&state.fields)?, folded: raw(&state.folded(module))?, stamp };
    let title = state.title(module);
    let q = if state.version == 1 { insert(tx) } else { update(tx) };
    let q = stored.bind(q).bind(title.to_owned()).bind(fold(title)).bind(state.version);
    let written = q.exec().await? == 1;
    if written {
        put_version(tx, &stored, changes).await?;
    }
    Ok(written)
}

fn raw(value: &impl Serialize) -> Result<Box<RawValue>, DbError> {
    serde_json::value::to_raw_value(value).map_err(|e| DbError::Engine(sqlx::Error::Encode(Box::new(e))))
}

fn insert<'t>(tx: &'t mut Tx<'_>) -> Query<'t> {
    tx.q(sql!(
        "INSERT INTO records (id, module, status, fields, folded, relation_id, internal, restricted, created_at, created_by,
             updated_at, updated_by, title, title_fold, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, $10, $11, $12, $13)
         ON CONFLICT (id) DO NOTHING"
    ))
}

/// The module is bound as for the other, and is what it always was.
fn update<'t>(tx: &'t mut Tx<'_>) -> Query<'t> {
    tx.q(sql!(
        "UPDATE records SET status = $3, fields = $4, folded = $5, relation_id = $6, internal = $7, restricted = $8,
             updated_at = $9, updated_by = $10, title = $11, title_fold = $12, version = $13
         WHERE id = $1 AND module = $2 AND version = $13 - 1"
    ))
}

async fn put_version(tx: &mut Tx<'_>, stored: &Stored<'_>, changes: &Changes) -> Result<(), DbError> {
    let q = tx.q(sql!(
        "INSERT INTO record_versions (id, module, status, fields, folded, relation_id, internal, restricted, at, actor,
             version, changes, cause)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    ));
    stored.bind(q).bind(stored.state.version).bind(Json(changes.clone())).bind(Json(stored.stamp.cause.clone())).exec().await?;
    Ok(())
}
