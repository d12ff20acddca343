//! SQL of modules, roles, portals and the indexes on fields.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::types::Json;

use super::catalogue::Definitions;
use super::model::{Field, Module};
use crate::contract::FieldKey;
use crate::crm::visibility::compile::grants_held;
use crate::crm::visibility::model::Role;
use crate::crm::visibility::portal::Portal;
use crate::crm::visibility::predicate::Column;
use crate::crm::visibility::sight::Viewer;
use crate::crm::visibility::stored::stored;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Sql, Tx};
use crate::sql;

/// The stamp of the definitions in force; empty before the first.
pub(super) async fn stamp(tx: &mut Tx<'_>) -> Result<String, DbError> {
    let row: Option<(String,)> = tx.q(sql!("SELECT stamp FROM catalogue WHERE id = 1")).opt().await?;
    Ok(row.map(|r| r.0).unwrap_or_default())
}

/// As [`stamp`], and by the same statement whether a person has no more than so many grants.
pub(super) async fn stamp_for(tx: &mut Tx<'_>, viewer: &Viewer, few: i64) -> Result<(String, bool), DbError> {
    let mut q = tx.q(Sql::literal(""));
    q.push("SELECT stamp, ");
    grants_held(&mut q, viewer, few + 1);
    q.push(" AS held FROM catalogue WHERE id = 1");
    let row: Option<(String, i64)> = q.opt().await?;
    Ok(row.map_or_else(Default::default, |(stamp, held)| (stamp, held <= few)))
}

/// Takes the one row that all changes of definitions go by; on PostgreSQL a second node waits or runs again.
pub(super) async fn begin_change(tx: &mut Tx<'_>) -> Result<(), DbError> {
    tx.q(sql!("INSERT INTO catalogue (id, stamp) VALUES (1, '') ON CONFLICT (id) DO UPDATE SET stamp = catalogue.stamp"))
        .exec()
        .await?;
    Ok(())
}

/// Stamps the definitions as they now are.
pub(super) async fn end_change(tx: &mut Tx<'_>, all: &Definitions) -> Result<(), DbError> {
    let text = serde_json::to_vec(all).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    let stamp = URL_SAFE_NO_PAD.encode(digest(&SHA256, &text));
    tx.q(sql!("UPDATE catalogue SET stamp = $1 WHERE id = 1")).bind(stamp).exec().await?;
    Ok(())
}

pub(super) async fn all(tx: &mut Tx<'_>) -> Result<Definitions, DbError> {
    let modules: Vec<(Json<Module>,)> = tx.q(sql!("SELECT definition FROM modules ORDER BY position, key")).all().await?;
    let roles: Vec<(Json<Role>,)> = tx.q(sql!("SELECT definition FROM roles ORDER BY name")).all().await?;
    let portals: Vec<(Json<Portal>,)> = tx.q(sql!("SELECT definition FROM portals ORDER BY key")).all().await?;
    Ok(Definitions {
        modules: modules.into_iter().map(|m| m.0.0).collect(),
        roles: roles.into_iter().map(|r| r.0.0).collect(),
        portals: portals.into_iter().map(|p| p.0.0).collect(),
    })
}

pub(super) async fn put_module(tx: &mut Tx<'_>, module: &Module, position: i64, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO modules (key, definition, version, position, updated_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (key) DO UPDATE SET definition = excluded.definition, version = excluded.version,
             position = excluded.position, updated_at = excluded.updated_at"
    ))
    .bind(module.key.as_str().to_owned())
    .bind(Json(module.clone()))
    .bind(module.version)
    .bind(position)
    .bind(now.0)
    .exec()
    .await?;
    Ok(())
}

pub(super) async fn put_role(tx: &mut Tx<'_>, role: &Role, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO roles (name, definition, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, updated_at = excluded.updated_at"
    ))
    .bind(role.name.as_str().to_owned())
    .bind(Json(role.clone()))
    .bind(now.0)
    .exec()
    .await?;
    Ok(())
}

pub(super) async fn put_portal(tx: &mut Tx<'_>, portal: &Portal, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO portals (key, definition, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (key) DO UPDATE SET definition = excluded.definition, updated_at = excluded.updated_at"
    ))
    .bind(portal.key.as_str().to_owned())
    .bind(Json(portal.clone()))
    .bind(now.0)
    .exec()
    .await?;
    Ok(())
}

/// Makes the index of a field. The expression is the compiler's own, so that its statements find the index.
pub(super) async fn put_index(tx: &mut Tx<'_>, module: &FieldKey, field: &Field) -> Result<(), DbError> {
    let mut q = tx.q(Sql::literal(""));
    q.push("CREATE INDEX IF NOT EXISTS ").alias(index_number(module, &field.key));
    q.push(" ON records (");
    stored(&mut q, &Column::of(field), module, None);
    q.push(", id) WHERE module = ").key(module).push(" AND status = 'active'");
    q.exec().await?;
    Ok(())
}

/// An index's name is a number made from module and field: two keys of 63 characters don't fit into an identifier, and the
/// key `a_b` of module `c` must not meet `b` of `a_c`.
fn index_number(module: &FieldKey, field: &FieldKey) -> usize {
    let digest = digest(&SHA256, format!("{module}.{field}").as_bytes());
    digest.as_ref().iter().take(7).fold(0, |n, b| n << 8 | usize::from(*b))
}
