//! SQL of groups as administrators see them.

use crate::idp::admin::model::pattern;
use crate::kernel::db::{DbError, Sql, Tx};
use crate::{record, sql};

record! {
    /// A group in a list.
    #[derive(Clone, Debug)]
    pub struct GroupRow {
        /// Its id.
        pub id: String,
        /// Its name.
        pub name: String,
        /// Since when it is there.
        pub created_at: i64,
        /// How many people are in it.
        pub members: i64,
    }
}

/// Up to `limit` groups after a place, by id: ids are in the order of making.
pub async fn list(tx: &mut Tx<'_>, text: &str, after: Option<&str>, limit: i64) -> Result<Vec<GroupRow>, DbError> {
    let mut q = tx.q(Sql::literal(""));
    q.push("SELECT g.id, g.name, g.created_at, (SELECT COUNT(*) FROM group_members m WHERE m.group_id = g.id) AS members FROM groups g");
    q.push(" WHERE 1 = 1");
    if !text.is_empty() {
        q.push(" AND LOWER(g.name) LIKE ").value(pattern(&text.to_lowercase())).push(" ESCAPE '\\'");
    }
    if let Some(id) = after {
        q.push(" AND g.id > ").value(id.to_owned());
    }
    q.push(" ORDER BY g.id LIMIT ").value(limit);
    q.all().await
}

/// A group.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<GroupRow>, DbError> {
    tx.q(sql!(
        "SELECT g.id, g.name, g.created_at, (SELECT COUNT(*) FROM group_members m WHERE m.group_id = g.id) AS members
         FROM groups g WHERE g.id = $1"
    ))
    .bind(id)
    .opt()
    .await
}

/// The names of groups, for a form.
pub async fn names(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<(String, String)>, DbError> {
    tx.q(sql!("SELECT id, name FROM groups ORDER BY name, id LIMIT $1")).bind(limit).all().await
}

/// Gives a group another name; false when that is taken.
pub async fn rename(tx: &mut Tx<'_>, id: &str, name: &str) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE groups SET name = $2 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM groups WHERE name = $2 AND id <> $1)"))
        .bind(id)
        .bind(name)
        .exec()
        .await?;
    Ok(n == 1)
}

/// The grants that a group holds, by relation.
pub async fn grants(tx: &mut Tx<'_>, id: &str) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .q(sql!(
            "SELECT relation_id FROM grants WHERE holder_kind = 'group' AND holder_id = $1 AND ended_at IS NULL ORDER BY relation_id"
        ))
        .bind(id)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The applications that are open to a group, by client id.
pub async fn applications(tx: &mut Tx<'_>, id: &str) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .q(sql!("SELECT client_id FROM application_access WHERE holder_kind = 'group' AND holder_id = $1 ORDER BY client_id"))
        .bind(id)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether links of the start page are for a group.
pub async fn has_links(tx: &mut Tx<'_>, id: &str) -> Result<bool, DbError> {
    let row: Option<(String,)> = tx
        .q(sql!("SELECT id FROM web_links WHERE audience_kind = 'group' AND audience_id = $1 AND active LIMIT 1"))
        .bind(id)
        .opt()
        .await?;
    Ok(row.is_some())
}

/// Forgets hidden links that were for a group.
pub async fn forget_links(tx: &mut Tx<'_>, id: &str) -> Result<(), DbError> {
    tx.q(sql!("DELETE FROM web_links WHERE audience_kind = 'group' AND audience_id = $1 AND NOT active"))
        .bind(id)
        .exec()
        .await
        .map(drop)
}

/// Takes a group's row away, once nothing is in it.
pub async fn delete(tx: &mut Tx<'_>, id: &str) -> Result<bool, DbError> {
    Ok(tx.q(sql!("DELETE FROM groups WHERE id = $1")).bind(id).exec().await? == 1)
}
