//! Earlier versions: the history of a record and the timeline of a relation's dossier.
//!
//! A version is shown where the record is seen now, and the version by itself met the rules then (by the same compiled
//! conditions over its own row): what was refused or internal at the time stays unseen after it is released. Without the
//! right to history only the present version is told, and not what it changed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use super::list::{Cursors, PAGE};
use super::model::{Cause, Changes, ReadError};
use super::seen::{Made, VersionSeen};
use super::store::{self, Wanted, build, targets, wants};
use crate::contract::FieldKey;
use crate::crm::modules::model::ModuleRole;
use crate::crm::modules::value::{Fields, Value};
use crate::crm::visibility::compile::{arm_bits, having, visible};
use crate::crm::visibility::model::Right;
use crate::crm::visibility::sight::{Access, Sight};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::record;

record! {
    struct VersionRow {
        id: String,
        version: i64,
        changes: Json<Changes>,
        cause: Json<Cause>,
        at: i64,
        actor: String,
        title: String,
        internal: bool,
        arms: String,
        now_arms: String,
        before_arms: Option<String>,
    }
}

/// A page of versions, the latest first.
#[derive(Clone, Debug)]
pub struct VersionPage {
    /// Up to [`PAGE`].
    pub versions: Vec<VersionSeen>,
    /// Opens the next page.
    pub next: Option<String>,
}

/// Whose versions.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Of {
    Record(String),
    /// A relation, and who made the versions; everybody without.
    Relation(String, Option<String>),
}

/// What a timeline is narrowed to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Narrow<'a> {
    /// Records of these modules; of all where there is none.
    pub modules: &'a [FieldKey],
    /// What this person did, by subject.
    pub by: Option<&'a str>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Place {
    at: i64,
    id: String,
    version: i64,
}

/// The history of a record, latest first; `None` where the record is not seen or the right to history is not there.
pub(super) async fn of_record(
    tx: &mut Tx<'_>,
    access: &Access,
    module: &FieldKey,
    id: &str,
    cursor: Option<&str>,
    cursors: &Cursors<'_>,
) -> Result<Option<VersionPage>, ReadError> {
    let Some(sight) = access.sight(module) else { return Ok(None) };
    let Some(row) = store::find(tx, &sight, id).await? else { return Ok(None) };
    if !sight.matched(&row.arms).may(Right::History) {
        return Ok(None);
    }
    page(tx, access, vec![sight], Of::Record(id.to_owned()), cursor, cursors).await.map(Some)
}

/// What happened in the dossier of a relation, latest first; `None` where the relation is not seen.
pub(super) async fn of_relation(
    tx: &mut Tx<'_>,
    access: &Access,
    relation: &str,
    narrow: Narrow<'_>,
    cursor: Option<&str>,
    cursors: &Cursors<'_>,
) -> Result<Option<VersionPage>, ReadError> {
    let mut seen = false;
    for module in access.catalogue.with_role(ModuleRole::Relation) {
        let Some(sight) = access.sight(&module.key) else { continue };
        seen = seen || store::is_seen(tx, &sight, relation).await?;
    }
    if !seen {
        return Ok(None);
    }
    let modules = access.modules().filter(|m| narrow.modules.is_empty() || narrow.modules.contains(&m.key));
    let sights = modules.filter_map(|m| access.sight(&m.key)).collect();
    page(tx, access, sights, Of::Relation(relation.to_owned(), narrow.by.map(str::to_owned)), cursor, cursors).await.map(Some)
}

async fn page(
    tx: &mut Tx<'_>,
    access: &Access,
    sights: Vec<Sight>,
    of: Of,
    cursor: Option<&str>,
    cursors: &Cursors<'_>,
) -> Result<VersionPage, ReadError> {
    let names: Vec<_> = sights.iter().map(|s| s.module.key.clone()).collect();
    let query = (&of, names);
    let after: Option<Place> = cursor.map(|c| cursors.open(access, &query, c)).transpose()?;
    let mut all: Vec<(usize, VersionRow)> = Vec::new();
    for (n, sight) in sights.iter().enumerate() {
        all.extend(rows(tx, sight, &of, after.as_ref()).await?.into_iter().map(|r| (n, r)));
    }
    all.sort_by(|(_, a), (_, b)| (b.at, &b.id, b.version).cmp(&(a.at, &a.id, a.version)));
    let more = all.len() > PAGE;
    all.truncate(PAGE);
    let next = match all.last() {
        Some((_, r)) if more => Some(cursors.seal(access, &query, &Place { at: r.at, id: r.id.clone(), version: r.version })?),
        _ => None,
    };
    Ok(VersionPage { versions: reveal(tx, access, &sights, all).await?, next })
}

/// The versions of one module: `t0` the version, `t1` the record now, `t2` the version before it.
async fn rows(tx: &mut Tx<'_>, sight: &Sight, of: &Of, after: Option<&Place>) -> Result<Vec<VersionRow>, DbError> {
    let mut q = build(tx);
    q.push("SELECT t0.id, t0.version, t0.changes, t0.cause, t0.at, t0.actor, t1.title, t1.internal, ");
    arm_bits(&mut q, sight, 0);
    q.push(" AS arms, ");
    arm_bits(&mut q, sight, 1);
    q.push(" AS now_arms, CASE WHEN ");
    visible(&mut q, sight, 2);
    q.push(" THEN ");
    arm_bits(&mut q, sight, 2);
    q.push(
        " END AS before_arms FROM record_versions t0 JOIN records t1 ON t1.id = t0.id \
         LEFT JOIN record_versions t2 ON t2.id = t0.id AND t2.version = t0.version - 1 WHERE ",
    );
    match of {
        Of::Record(id) => drop(q.push("t0.id = ").value(id.clone())),
        // Of a record that was moved to another relation, only what happened here; and nothing once it is elsewhere.
        Of::Relation(id, by) => {
            q.push("t0.relation_id = ").value(id.clone()).push(" AND t1.relation_id = t0.relation_id");
            if let Some(by) = by {
                q.push(" AND t0.actor = ").value(by.clone());
            }
        }
    }
    q.push(" AND ");
    visible(&mut q, sight, 1);
    q.push(" AND ");
    visible(&mut q, sight, 0);
    q.push(" AND (t0.version = t1.version OR ");
    having(&mut q, sight, 1, Right::History);
    q.push(")");
    if let Some(p) = after {
        q.push(" AND (t0.at, t0.id, t0.version) < (").value(p.at).push(", ").value(p.id.clone());
        q.push(", ").value(p.version).push(")");
    }
    q.push(" ORDER BY t0.at DESC, t0.id DESC, t0.version DESC LIMIT ").value(i64::try_from(PAGE).unwrap_or(50) + 1);
    q.all().await
}

async fn reveal(
    tx: &mut Tx<'_>,
    access: &Access,
    sights: &[Sight],
    rows: Vec<(usize, VersionRow)>,
) -> Result<Vec<VersionSeen>, DbError> {
    let mut wanted = Wanted::default();
    for (n, row) in &rows {
        let Some(sight) = sights.get(*n) else { continue };
        for c in &row.changes.0.fields {
            wants(&mut wanted, &sight.module, c.from.iter().chain(&c.to).map(|v| (&c.field, v)));
        }
    }
    let targets = targets(tx, access, wanted).await?;
    let seen = rows.into_iter().filter_map(|(n, row)| {
        let sight = sights.get(n)?;
        let now = sight.matched(&row.now_arms);
        let then = sight.matched(&row.arms);
        let before = sight.matched(row.before_arms.as_deref().unwrap_or(""));
        let told = now.may(Right::History);
        let internal = row.changes.0.internal.filter(|_| told);
        let changes = if told { row.changes.0 } else { Changes::default() };
        Some(VersionSeen {
            module: sight.module.clone(),
            record_id: row.id,
            title: Some(row.title).filter(|_| now.reads(&sight.module.title)),
            version: row.version,
            at: Timestamp(row.at),
            actor: row.actor,
            cause: told.then_some(row.cause.0),
            changes: VersionSeen::changes_seen(changes, &now, &then, &before, &sight.module, &targets),
            internal,
            internal_now: row.internal,
            _made: Made::HERE,
        })
    });
    Ok(seen.collect())
}

/// The values of a version by field, for restoring it through the gate: only fields that were the person's to see then.
/// `None` unless that version is.
pub(super) async fn values_of(
    tx: &mut Tx<'_>,
    access: &Access,
    module: &FieldKey,
    id: &str,
    version: i64,
) -> Result<Option<BTreeMap<FieldKey, Option<Value>>>, DbError> {
    let Some(sight) = access.sight(module) else { return Ok(None) };
    let mut q = build(tx);
    q.push("SELECT t0.fields, ");
    arm_bits(&mut q, &sight, 0);
    q.push(" AS arms FROM record_versions t0 JOIN records t1 ON t1.id = t0.id WHERE t0.id = ").value(id.to_owned());
    q.push(" AND t0.version = ").value(version).push(" AND ");
    visible(&mut q, &sight, 0);
    q.push(" AND ");
    visible(&mut q, &sight, 1);
    q.push(" AND ");
    having(&mut q, &sight, 1, Right::History);
    let row: Option<(Json<Fields>, String)> = q.opt().await?;
    Ok(row.map(|(Json(mut fields), bits)| {
        let matched = sight.matched(&bits);
        let shown = sight.module.fields.iter().filter(|f| matched.reads(&f.key));
        shown.map(|f| (f.key.clone(), fields.remove(&f.key))).collect()
    }))
}
