//! SQL of policies.

use super::model::{Policy, Rules, Scope};
use crate::contract::Assurance;
use crate::idp::signin::factors::{Factor, FactorSet};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

record! {
    struct Row {
        scope_kind: String, scope_id: String, factors: Option<String>, least: Option<String>, every_minutes: Option<i64>,
        remember_days: Option<i64>
    }
}

fn policy(r: Row) -> Result<Policy, DbError> {
    let id = format!("{} {}", r.scope_kind, r.scope_id);
    let bad = |column, why: String| DbError::BadRow { table: "policies", column, id: id.clone(), why };
    let scope = Scope::from_columns(&r.scope_kind, r.scope_id.clone()).ok_or_else(|| bad("scope_kind", r.scope_kind.clone()))?;
    let factors = r.factors.as_deref().map(|names| {
        let each = names.split(' ').filter(|n| !n.is_empty());
        each.map(|n| Factor::from_name(n).ok_or_else(|| bad("factors", n.to_owned()))).collect::<Result<FactorSet, _>>()
    });
    let least = r.least.as_deref().map(|acr| Assurance::from_acr(acr).ok_or_else(|| bad("least", acr.to_owned())));
    let number = |column, n: Option<i64>| n.map(|n| u32::try_from(n).map_err(|e| bad(column, e.to_string()))).transpose();
    Ok(Policy {
        rules: Rules {
            factors: factors.transpose()?,
            least: least.transpose()?,
            every: number("every_minutes", r.every_minutes)?,
            remember: number("remember_days", r.remember_days)?,
        },
        scope,
    })
}

/// The policies that apply to a person at an application; without one, those that apply to him everywhere.
pub async fn applying(tx: &mut Tx<'_>, person: &str, client: Option<&str>) -> Result<Vec<Policy>, DbError> {
    let rows: Vec<Row> = tx
        .q(sql!(
            "SELECT p.scope_kind, p.scope_id, p.factors, p.least, p.every_minutes, p.remember_days FROM policies p
             WHERE p.scope_kind = 'everyone' OR (p.scope_kind = 'application' AND p.scope_id = $2)
             OR (p.scope_kind = 'staff' AND EXISTS (SELECT 1 FROM people w WHERE w.id = $1 AND w.staff))
             OR (p.scope_kind = 'externals' AND EXISTS (SELECT 1 FROM people w WHERE w.id = $1 AND NOT w.staff))
             OR (p.scope_kind = 'group' AND EXISTS (
                 SELECT 1 FROM group_members m WHERE m.person_id = $1 AND m.group_id = p.scope_id))
             ORDER BY p.scope_kind, p.scope_id"
        ))
        .bind(person)
        .bind(client.unwrap_or_default())
        .all()
        .await?;
    rows.into_iter().map(policy).collect()
}

/// Every policy.
pub async fn all(tx: &mut Tx<'_>) -> Result<Vec<Policy>, DbError> {
    let rows: Vec<Row> = tx
        .q(sql!(
            "SELECT scope_kind, scope_id, factors, least, every_minutes, remember_days FROM policies ORDER BY scope_kind, scope_id"
        ))
        .all()
        .await?;
    rows.into_iter().map(policy).collect()
}

/// The rules for a scope; those that say nothing where there is no policy.
pub async fn of(tx: &mut Tx<'_>, scope: &Scope) -> Result<Rules, DbError> {
    let (kind, id) = scope.columns();
    let row: Option<Row> = tx
        .q(sql!(
            "SELECT scope_kind, scope_id, factors, least, every_minutes, remember_days FROM policies
             WHERE scope_kind = $1 AND scope_id = $2"
        ))
        .bind(kind)
        .bind(id)
        .opt()
        .await?;
    row.map(policy).transpose().map(|p| p.map(|p| p.rules).unwrap_or_default())
}

/// Sets the policy for a scope; one that says nothing is taken away.
pub async fn set(tx: &mut Tx<'_>, scope: &Scope, rules: &Rules, now: Timestamp) -> Result<(), DbError> {
    let (kind, id) = scope.columns();
    if rules.is_empty() {
        tx.q(sql!("DELETE FROM policies WHERE scope_kind = $1 AND scope_id = $2")).bind(kind).bind(id).exec().await?;
        return Ok(());
    }
    let factors = rules.factors.map(|set| set.seconds().map(Factor::as_str).collect::<Vec<_>>().join(" "));
    tx.q(sql!(
        "INSERT INTO policies (scope_kind, scope_id, factors, least, every_minutes, remember_days, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (scope_kind, scope_id) DO UPDATE SET factors = excluded.factors, least = excluded.least,
             every_minutes = excluded.every_minutes, remember_days = excluded.remember_days, updated_at = excluded.updated_at"
    ))
    .bind(kind)
    .bind(id)
    .bind(factors)
    .bind(rules.least.map(Assurance::acr))
    .bind(rules.every.map(i64::from))
    .bind(rules.remember.map(i64::from))
    .bind(now.0)
    .exec()
    .await?;
    Ok(())
}
