//! Who is here, for fields that name a person: names, and whether someone can be named. Owns no decision about rights.

use std::collections::{BTreeMap, BTreeSet};

use super::super::modules::fold::fold;
use crate::kernel::db::{DbError, Query, Sql, Tx};
use crate::sql;

/// Most people that are offered to choose from; an installation with more finds them by name.
pub const OFFERED: usize = 200;
/// Most people that a name is looked for among.
const SEARCHED: i64 = 5_000;
/// Names asked for in one statement.
const AT_ONCE: usize = 500;

/// Someone who works here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// Subject.
    pub sub: String,
    /// Display name.
    pub name: String,
}

/// Appends the people of these subjects, as `p`, to a statement that reads them among other things.
pub fn among(q: &mut Query<'_>, subs: &[String]) {
    q.push("replica_cursor k JOIN replica_people p ON p.generation = k.generation WHERE k.state = 'current' AND p.sub IN (");
    for (i, sub) in subs.iter().enumerate() {
        q.push(if i > 0 { ", " } else { "" }).value(sub.clone());
    }
    q.push(")");
}

/// Display names by subject; who isn't in the replica has none.
pub async fn names(tx: &mut Tx<'_>, subs: BTreeSet<String>) -> Result<BTreeMap<String, String>, DbError> {
    let subs: Vec<String> = subs.into_iter().collect();
    let mut found = BTreeMap::new();
    for subs in subs.chunks(AT_ONCE) {
        let mut q = tx.q(Sql::literal(""));
        q.push("SELECT p.sub, p.name FROM ");
        among(&mut q, subs);
        found.extend(q.all::<(String, String)>().await?);
    }
    Ok(found)
}

/// Whether someone of this subject is here and may sign in.
pub async fn is_active(tx: &mut Tx<'_>, sub: &str) -> Result<bool, DbError> {
    let row: Option<(String,)> = tx
        .q(sql!(
            "SELECT p.sub FROM replica_cursor k JOIN replica_people p ON p.generation = k.generation
             WHERE k.state = 'current' AND p.sub = $1 AND p.active"
        ))
        .bind(sub)
        .opt()
        .await?;
    Ok(row.is_some())
}

/// The display name of a subject; none for who isn't in the replica.
pub async fn name(tx: &mut Tx<'_>, sub: &str) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> = tx
        .q(sql!(
            "SELECT p.name FROM replica_cursor k JOIN replica_people p ON p.generation = k.generation
             WHERE k.state = 'current' AND p.sub = $1"
        ))
        .bind(sub)
        .opt()
        .await?;
    Ok(row.map(|(name,)| name))
}

/// Who may see anything at all: those who may sign in and work here, or are someone in a portal. Externals first, by name.
pub async fn lookers(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<(String, String)>, DbError> {
    tx.q(sql!(
        "SELECT p.sub, p.name FROM replica_cursor k JOIN replica_people p ON p.generation = k.generation
         WHERE k.state = 'current' AND p.active AND (p.staff OR EXISTS (
             SELECT 1 FROM replica_invited i WHERE i.generation = k.generation AND i.sub = p.sub))
         ORDER BY p.staff, p.name, p.sub LIMIT $1"
    ))
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .all()
    .await
}

/// Those who work here, by name.
pub async fn colleagues(tx: &mut Tx<'_>) -> Result<Vec<Colleague>, DbError> {
    let rows: Vec<(String, String)> = tx
        .q(sql!(
            "SELECT p.sub, p.name FROM replica_cursor k JOIN replica_people p ON p.generation = k.generation
             WHERE k.state = 'current' AND p.staff AND p.active ORDER BY p.name, p.sub LIMIT $1"
        ))
        .bind(SEARCHED)
        .all()
        .await?;
    let mut all: Vec<_> = rows.into_iter().map(|(sub, name)| Colleague { sub, name }).collect();
    all.sort_by_cached_key(|c| (fold(&c.name), c.sub.clone()));
    Ok(all)
}

/// The groups, by name: id and name.
pub async fn groups(tx: &mut Tx<'_>) -> Result<Vec<(String, String)>, DbError> {
    tx.q(sql!(
        "SELECT g.id, g.name FROM replica_cursor k JOIN replica_groups g ON g.generation = k.generation
         WHERE k.state = 'current' ORDER BY g.name, g.id LIMIT $1"
    ))
    .bind(SEARCHED)
    .all()
    .await
}

/// The records, as module and id, that invitations made these people.
pub async fn records_of(tx: &mut Tx<'_>, subs: &[String]) -> Result<BTreeSet<(String, String)>, DbError> {
    let mut found = BTreeSet::new();
    for subs in subs.chunks(AT_ONCE) {
        let mut q = tx.q(Sql::literal(""));
        q.push(
            "SELECT b.module, b.record_id FROM replica_cursor k JOIN replica_invited i ON i.generation = k.generation
             JOIN portal_bindings b ON b.invitation = i.invitation WHERE k.state = 'current' AND i.sub IN (",
        );
        for (i, sub) in subs.iter().enumerate() {
            q.push(if i > 0 { ", " } else { "" }).value(sub.clone());
        }
        q.push(")");
        found.extend(q.all::<(String, String)>().await?);
    }
    Ok(found)
}
