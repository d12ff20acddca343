//! SQL of relations.

use super::model::Known;
use crate::contract::access::Relation;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

record! {
    struct Row { id: String, client_id: String, name: String, parent: Option<String>, external_key: Option<String>, active: bool }
}

impl From<Row> for Known {
    fn from(r: Row) -> Self {
        let relation = Relation { id: r.id, name: r.name, parent: r.parent, external_key: r.external_key, active: r.active };
        Self { client_id: r.client_id, relation }
    }
}

/// The relation with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Known>, DbError> {
    let row: Option<Row> = tx
        .q(sql!("SELECT id, client_id, name, parent, external_key, active FROM relations WHERE id = $1"))
        .bind(id)
        .opt()
        .await?;
    Ok(row.map(Known::from))
}

/// The relations that go by this name in files: of each client at most one.
pub async fn by_key(tx: &mut Tx<'_>, key: &str) -> Result<Vec<Known>, DbError> {
    let rows: Vec<Row> = tx
        .q(sql!("SELECT id, client_id, name, parent, external_key, active FROM relations WHERE external_key = $1 ORDER BY id"))
        .bind(key)
        .all()
        .await?;
    Ok(rows.into_iter().map(Known::from).collect())
}

/// Whether another relation of the client goes by this name.
pub async fn key_taken(tx: &mut Tx<'_>, client: &str, key: &str, id: &str) -> Result<bool, DbError> {
    let row: Option<(String,)> = tx
        .q(sql!("SELECT id FROM relations WHERE client_id = $1 AND external_key = $2 AND id <> $3"))
        .bind(client)
        .bind(key)
        .bind(id)
        .opt()
        .await?;
    Ok(row.is_some())
}

/// Takes a relation's name for files away, so that another of the same push can have it.
pub async fn free_key(tx: &mut Tx<'_>, id: &str) -> Result<(), DbError> {
    tx.q(sql!("UPDATE relations SET external_key = NULL WHERE id = $1")).bind(id).exec().await.map(drop)
}

/// Makes or changes a relation of a client; what it is called elsewhere is left alone.
pub async fn save(tx: &mut Tx<'_>, client: &str, r: &Relation, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO relations (id, client_id, name, parent, external_key, active, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, parent = excluded.parent, external_key = excluded.external_key,
             active = excluded.active, updated_at = excluded.updated_at WHERE relations.client_id = excluded.client_id"
    ))
    .bind(r.id.as_str())
    .bind(client)
    .bind(r.name.as_str())
    .bind(r.parent.clone())
    .bind(r.external_key.clone())
    .bind(r.active)
    .bind(now.0)
    .exec()
    .await
    .map(drop)
}
