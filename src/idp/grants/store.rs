//! SQL of grants, and of what decides who may give them.

use super::model::{Held, Terms};
use crate::contract::access::{Grant, GrantLevel};
use crate::contract::feed::Holder;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

/// Grants of one relation in an answer at most.
pub const LISTED: i64 = 1000;

record! {
    struct Row {
        id: String, relation_id: String, holder_kind: String, holder_id: String, level: i64, starts_at: Option<i64>,
        ends_at: Option<i64>, reason: Option<String>, granted_by: Option<String>, granted_at: i64, invitation_id: Option<String>,
        ended_at: Option<i64>
    }
}

record! {
    struct Shown {
        id: String, relation_id: String, holder_kind: String, holder_id: String, level: i64, starts_at: Option<i64>,
        ends_at: Option<i64>, reason: Option<String>, granted_by: Option<String>, granted_at: i64, holder_name: String,
        staff: Option<bool>
    }
}

fn bad(column: &'static str, id: &str, why: String) -> DbError {
    DbError::BadRow { table: "grants", column, id: id.to_owned(), why }
}

fn level(id: &str, rank: i64) -> Result<GrantLevel, DbError> {
    GrantLevel::from_rank(rank).ok_or_else(|| bad("level", id, rank.to_string()))
}

fn holder(id: &str, kind: &str, holder: String) -> Result<Holder, DbError> {
    match kind {
        "person" => Ok(Holder::Person(holder)),
        "group" => Ok(Holder::Group(holder)),
        other => Err(bad("holder_kind", id, other.to_owned())),
    }
}

fn columns(holder: &Holder) -> (&'static str, &str) {
    match holder {
        Holder::Person(id) => ("person", id),
        Holder::Group(id) => ("group", id),
    }
}

fn held(r: Row) -> Result<Held, DbError> {
    Ok(Held {
        holder: holder(&r.id, &r.holder_kind, r.holder_id)?,
        terms: Terms {
            level: level(&r.id, r.level)?,
            from: r.starts_at.map(Timestamp),
            until: r.ends_at.map(Timestamp),
            reason: r.reason,
        },
        id: r.id,
        relation: r.relation_id,
        granted_by: r.granted_by,
        granted_at: Timestamp(r.granted_at),
        invitation: r.invitation_id,
        ended_at: r.ended_at.map(Timestamp),
    })
}

/// The grant with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Held>, DbError> {
    let row: Option<Row> = tx
        .q(sql!(
            "SELECT id, relation_id, holder_kind, holder_id, level, starts_at, ends_at, reason, granted_by, granted_at,
                 invitation_id, ended_at FROM grants WHERE id = $1"
        ))
        .bind(id)
        .opt()
        .await?;
    row.map(held).transpose()
}

/// The one grant of a holder on a relation that was not taken away, whether or not its time is now.
pub async fn of_holder(tx: &mut Tx<'_>, relation: &str, who: &Holder) -> Result<Option<Held>, DbError> {
    let (kind, id) = columns(who);
    let row: Option<Row> = tx
        .q(sql!(
            "SELECT id, relation_id, holder_kind, holder_id, level, starts_at, ends_at, reason, granted_by, granted_at,
                 invitation_id, ended_at FROM grants
             WHERE relation_id = $1 AND holder_kind = $2 AND holder_id = $3 AND ended_at IS NULL"
        ))
        .bind(relation)
        .bind(kind)
        .bind(id)
        .opt()
        .await?;
    row.map(held).transpose()
}

/// Everything that a person was given himself, what was taken away too, in the order in which it was given.
pub async fn held_by(tx: &mut Tx<'_>, person: &str) -> Result<Vec<Held>, DbError> {
    let rows: Vec<Row> = tx
        .q(sql!(
            "SELECT id, relation_id, holder_kind, holder_id, level, starts_at, ends_at, reason, granted_by, granted_at,
                 invitation_id, ended_at FROM grants
             WHERE holder_kind = 'person' AND holder_id = $1 ORDER BY granted_at, id LIMIT 5000"
        ))
        .bind(person)
        .all()
        .await?;
    rows.into_iter().map(held).collect()
}

/// Up to `limit` grants of a person himself that were not taken away, in the order in which they were given.
pub async fn active_of(tx: &mut Tx<'_>, person: &str, limit: i64) -> Result<Vec<Held>, DbError> {
    let rows: Vec<Row> = tx
        .q(sql!(
            "SELECT id, relation_id, holder_kind, holder_id, level, starts_at, ends_at, reason, granted_by, granted_at,
                 invitation_id, ended_at FROM grants
             WHERE holder_kind = 'person' AND holder_id = $1 AND ended_at IS NULL ORDER BY granted_at, id LIMIT $2"
        ))
        .bind(person)
        .bind(limit)
        .all()
        .await?;
    rows.into_iter().map(held).collect()
}

/// Stores a new grant.
pub async fn insert(tx: &mut Tx<'_>, g: &Held) -> Result<(), DbError> {
    let (kind, holder) = columns(&g.holder);
    tx.q(sql!(
        "INSERT INTO grants (id, relation_id, holder_kind, holder_id, level, starts_at, ends_at, reason, granted_by, granted_at,
             invitation_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    ))
    .bind(g.id.as_str())
    .bind(g.relation.as_str())
    .bind(kind)
    .bind(holder)
    .bind(g.terms.level.rank())
    .bind(g.terms.from.map(|t| t.0))
    .bind(g.terms.until.map(|t| t.0))
    .bind(g.terms.reason.clone())
    .bind(g.granted_by.clone())
    .bind(g.granted_at.0)
    .bind(g.invitation.clone())
    .exec()
    .await
    .map(drop)
}

/// Writes a grant's terms, who gave them, and the end of it.
pub async fn update(tx: &mut Tx<'_>, g: &Held) -> Result<(), DbError> {
    tx.q(sql!(
        "UPDATE grants SET level = $2, starts_at = $3, ends_at = $4, reason = $5, granted_by = $6, granted_at = $7,
             invitation_id = $8, ended_at = $9 WHERE id = $1"
    ))
    .bind(g.id.as_str())
    .bind(g.terms.level.rank())
    .bind(g.terms.from.map(|t| t.0))
    .bind(g.terms.until.map(|t| t.0))
    .bind(g.terms.reason.clone())
    .bind(g.granted_by.clone())
    .bind(g.granted_at.0)
    .bind(g.invitation.clone())
    .bind(g.ended_at.map(|t| t.0))
    .exec()
    .await
    .map(drop)
}

/// The grants of a relation that are in force or to come, with the names of their holders, in the order they were given.
pub async fn of_relation(tx: &mut Tx<'_>, relation: &str, now: Timestamp) -> Result<Vec<Grant>, DbError> {
    let rows: Vec<Shown> = tx
        .q(sql!(
            "SELECT g.id, g.relation_id, g.holder_kind, g.holder_id, g.level, g.starts_at, g.ends_at, g.reason, g.granted_by,
                 g.granted_at, COALESCE(p.name, o.name, g.holder_id) AS holder_name, p.staff
             FROM grants g LEFT JOIN people p ON g.holder_kind = 'person' AND p.id = g.holder_id
                 LEFT JOIN groups o ON g.holder_kind = 'group' AND o.id = g.holder_id
             WHERE g.relation_id = $1 AND g.ended_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > $2)
             ORDER BY g.granted_at, g.id LIMIT $3"
        ))
        .bind(relation)
        .bind(now.0)
        .bind(LISTED)
        .all()
        .await?;
    rows.into_iter().map(shown).collect()
}

/// A grant with the name of its holder, however it stands.
pub async fn shown_by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Grant>, DbError> {
    let row: Option<Shown> = tx
        .q(sql!(
            "SELECT g.id, g.relation_id, g.holder_kind, g.holder_id, g.level, g.starts_at, g.ends_at, g.reason, g.granted_by,
                 g.granted_at, COALESCE(p.name, o.name, g.holder_id) AS holder_name, p.staff
             FROM grants g LEFT JOIN people p ON g.holder_kind = 'person' AND p.id = g.holder_id
                 LEFT JOIN groups o ON g.holder_kind = 'group' AND o.id = g.holder_id WHERE g.id = $1"
        ))
        .bind(id)
        .opt()
        .await?;
    row.map(shown).transpose()
}

fn shown(r: Shown) -> Result<Grant, DbError> {
    Ok(Grant {
        holder: holder(&r.id, &r.holder_kind, r.holder_id)?,
        level: level(&r.id, r.level)?,
        id: r.id,
        relation: r.relation_id,
        holder_name: r.holder_name,
        staff: r.staff,
        from: r.starts_at,
        until: r.ends_at,
        reason: r.reason,
        granted_by: r.granted_by,
        granted_at: r.granted_at,
    })
}

/// The highest level that a person has on a relation now, himself or by a group; none where the relation was put away.
pub async fn level_of(tx: &mut Tx<'_>, relation: &str, person: &str, now: Timestamp) -> Result<Option<GrantLevel>, DbError> {
    let (most,): (Option<i64>,) = tx
        .q(sql!(
            "SELECT MAX(g.level) FROM grants g JOIN relations r ON r.id = g.relation_id AND r.active
             WHERE g.relation_id = $1 AND g.ended_at IS NULL
                 AND (g.starts_at IS NULL OR g.starts_at <= $3) AND (g.ends_at IS NULL OR g.ends_at > $3)
                 AND ((g.holder_kind = 'person' AND g.holder_id = $2) OR (g.holder_kind = 'group'
                     AND g.holder_id IN (SELECT m.group_id FROM group_members m WHERE m.person_id = $2)))"
        ))
        .bind(relation)
        .bind(person)
        .bind(now.0)
        .one()
        .await?;
    most.map(|rank| level(relation, rank)).transpose()
}

/// Whether a person has a role, himself or by a group.
pub async fn has_role(tx: &mut Tx<'_>, person: &str, role: &str) -> Result<bool, DbError> {
    let row: Option<(i32,)> = tx
        .q(sql!(
            "SELECT 1 FROM role_assignments a WHERE a.role = $2 AND ((a.holder_kind = 'person' AND a.holder_id = $1)
                 OR (a.holder_kind = 'group' AND a.holder_id IN (SELECT m.group_id FROM group_members m WHERE m.person_id = $1)))
             LIMIT 1"
        ))
        .bind(person)
        .bind(role)
        .opt()
        .await?;
    Ok(row.is_some())
}

/// The name of a group.
pub async fn group_name(tx: &mut Tx<'_>, id: &str) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> = tx.q(sql!("SELECT name FROM groups WHERE id = $1")).bind(id).opt().await?;
    Ok(row.map(|(name,)| name))
}
