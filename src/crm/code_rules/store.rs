//! SQL of code rules. A version is never changed; the one in force has no `superseded_at`.

use sqlx::types::Json;

use super::model::CodeRule;
use crate::contract::FieldKey;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::sql;

/// A rule as it was or is.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// Counts the changes of the rule, from 1.
    pub version: i64,
    /// What it said or says.
    pub rule: CodeRule,
}

type Row = (i64, Json<CodeRule>);

fn version((version, Json(rule)): Row) -> Version {
    Version { version, rule }
}

/// The active rules of a module, in the order of their keys.
pub async fn active(tx: &mut Tx<'_>, module: &FieldKey) -> Result<Vec<Version>, DbError> {
    let rows: Vec<Row> = tx
        .q(sql!("SELECT version, definition FROM code_rules WHERE module = $1 AND superseded_at IS NULL AND active ORDER BY key"))
        .bind(module.as_str())
        .all()
        .await?;
    Ok(rows.into_iter().map(version).collect())
}

/// A rule in force, active or not.
pub async fn current(tx: &mut Tx<'_>, key: &str) -> Result<Option<Version>, DbError> {
    let row: Option<Row> =
        tx.q(sql!("SELECT version, definition FROM code_rules WHERE key = $1 AND superseded_at IS NULL")).bind(key).opt().await?;
    Ok(row.map(version))
}

/// A rule as it was in one version.
pub async fn at(tx: &mut Tx<'_>, key: &str, number: i64) -> Result<Option<Version>, DbError> {
    let row: Option<Row> = tx
        .q(sql!("SELECT version, definition FROM code_rules WHERE key = $1 AND version = $2"))
        .bind(key)
        .bind(number)
        .opt()
        .await?;
    Ok(row.map(version))
}

/// All versions of a rule, latest first.
pub async fn history(tx: &mut Tx<'_>, key: &str) -> Result<Vec<Version>, DbError> {
    let rows: Vec<Row> =
        tx.q(sql!("SELECT version, definition FROM code_rules WHERE key = $1 ORDER BY version DESC")).bind(key).all().await?;
    Ok(rows.into_iter().map(version).collect())
}

/// Makes a rule be as given; true when that made a new version. `by` is who did it.
pub async fn put(tx: &mut Tx<'_>, rule: &CodeRule, by: &str, now: Timestamp) -> Result<bool, DbError> {
    let before = current(tx, rule.key.as_str()).await?;
    if before.as_ref().is_some_and(|b| b.rule == *rule) {
        return Ok(false);
    }
    tx.q(sql!("UPDATE code_rules SET superseded_at = $2 WHERE key = $1 AND superseded_at IS NULL"))
        .bind(rule.key.as_str())
        .bind(now.0)
        .exec()
        .await?;
    tx.q(sql!(
        "INSERT INTO code_rules (key, version, module, active, definition, made_at, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(rule.key.as_str())
    .bind(before.map_or(1, |b| b.version + 1))
    .bind(rule.module.as_str())
    .bind(rule.active)
    .bind(Json(rule.clone()))
    .bind(now.0)
    .bind(by)
    .exec()
    .await?;
    Ok(true)
}
