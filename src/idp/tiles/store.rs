//! SQL of links and favourites.

use std::collections::BTreeSet;

use super::model::{Audience, WebLink};
use crate::contract::links::{NewLink, Words};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Query, Tx};
use crate::{record, sql};

/// Links that one person is shown at most.
const SHOWN: i64 = 500;

record! {
    struct Row {
        id: String, title: String, address: String, description: Option<String>, audience_kind: String, audience_id: String,
        active: bool, made_by: Option<String>, made_at: i64
    }
}

fn bad(column: &'static str, id: &str, why: impl Into<String>) -> DbError {
    DbError::BadRow { table: "web_links", column, id: id.to_owned(), why: why.into() }
}

fn link(r: Row) -> Result<WebLink, DbError> {
    let words = |column, text: &str| serde_json::from_str::<Words>(text).map_err(|e| bad(column, &r.id, e.to_string()));
    let title = words("title", &r.title)?;
    let description = r.description.as_deref().map(|d| words("description", d)).transpose()?;
    let audience = Audience::from_columns(&r.audience_kind, r.audience_id);
    let audience = audience.ok_or_else(|| bad("audience_kind", &r.id, r.audience_kind))?;
    Ok(WebLink {
        says: NewLink { title, address: r.address, description },
        audience,
        active: r.active,
        made_by: r.made_by,
        made_at: Timestamp(r.made_at),
        id: r.id,
    })
}

async fn all(q: Query<'_>) -> Result<Vec<WebLink>, DbError> {
    q.all::<Row>().await?.into_iter().map(link).collect()
}

/// The link with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<WebLink>, DbError> {
    let row: Option<Row> = tx
        .q(sql!(
            "SELECT id, title, address, description, audience_kind, audience_id, active, made_by, made_at FROM web_links WHERE id = $1"
        ))
        .bind(id)
        .opt()
        .await?;
    row.map(link).transpose()
}

/// The links of a relation, in the order they were made.
pub async fn of_relation(tx: &mut Tx<'_>, relation: &str) -> Result<Vec<WebLink>, DbError> {
    all(tx
        .q(sql!(
            "SELECT id, title, address, description, audience_kind, audience_id, active, made_by, made_at FROM web_links
             WHERE audience_kind = 'relation' AND audience_id = $1 AND active ORDER BY made_at, id LIMIT $2"
        ))
        .bind(relation)
        .bind(SHOWN))
    .await
}

/// The links that a person is to see at `now`.
pub async fn for_person(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<Vec<WebLink>, DbError> {
    all(tx
        .q(sql!(
            "SELECT l.id, l.title, l.address, l.description, l.audience_kind, l.audience_id, l.active, l.made_by, l.made_at
             FROM web_links l WHERE l.active AND (l.audience_kind = 'everyone'
                 OR (l.audience_kind = 'person' AND l.audience_id = $1)
                 OR (l.audience_kind = 'group' AND EXISTS (
                     SELECT 1 FROM group_members m WHERE m.group_id = l.audience_id AND m.person_id = $1))
                 OR (l.audience_kind = 'relation' AND EXISTS (
                     SELECT 1 FROM relation_people p WHERE p.relation_id = l.audience_id AND p.person_id = $1
                     AND (p.starts_at IS NULL OR p.starts_at <= $2) AND (p.ends_at IS NULL OR p.ends_at > $2))))
             ORDER BY l.id LIMIT $3"
        ))
        .bind(person)
        .bind(now.0)
        .bind(SHOWN))
    .await
}

/// Makes or changes a link.
pub async fn save(tx: &mut Tx<'_>, l: &WebLink, now: Timestamp) -> Result<(), DbError> {
    let text = |column, words: &Words| serde_json::to_string(words).map_err(|e| bad(column, &l.id, e.to_string()));
    let title = text("title", &l.says.title)?;
    let description = l.says.description.as_ref().map(|d| text("description", d)).transpose()?;
    let (kind, id) = l.audience.columns();
    tx.q(sql!(
        "INSERT INTO web_links (id, title, address, description, audience_kind, audience_id, active, made_by, made_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, address = excluded.address, description = excluded.description,
             audience_kind = excluded.audience_kind, audience_id = excluded.audience_id, active = excluded.active,
             updated_at = excluded.updated_at"
    ))
    .bind(l.id.as_str())
    .bind(title)
    .bind(l.says.address.as_str())
    .bind(description)
    .bind(kind)
    .bind(id)
    .bind(l.active)
    .bind(l.made_by.clone())
    .bind(l.made_at.0)
    .bind(now.0)
    .exec()
    .await
    .map(drop)
}

/// Removes a link; whether there was one.
pub async fn remove(tx: &mut Tx<'_>, id: &str) -> Result<bool, DbError> {
    Ok(tx.q(sql!("DELETE FROM web_links WHERE id = $1")).bind(id).exec().await? == 1)
}

/// The tiles that a person has put first.
pub async fn favourites(tx: &mut Tx<'_>, person: &str) -> Result<BTreeSet<String>, DbError> {
    let rows: Vec<(String,)> =
        tx.q(sql!("SELECT tile FROM favourites WHERE person_id = $1 ORDER BY tile")).bind(person).all().await?;
    Ok(rows.into_iter().map(|(tile,)| tile).collect())
}

/// Puts a tile first, or back among the others.
pub async fn set_favourite(tx: &mut Tx<'_>, person: &str, tile: &str, on: bool, now: Timestamp) -> Result<(), DbError> {
    let q = if on {
        tx.q(sql!("INSERT INTO favourites (person_id, tile, made_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"))
            .bind(person)
            .bind(tile)
            .bind(now.0)
    } else {
        tx.q(sql!("DELETE FROM favourites WHERE person_id = $1 AND tile = $2")).bind(person).bind(tile)
    };
    q.exec().await.map(drop)
}
