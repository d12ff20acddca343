//! SQL of roles as administrators see them.

use crate::kernel::db::{DbError, Sql, Tx};
use crate::{record, sql};

record! {
    /// A role in a list.
    #[derive(Clone, Debug)]
    pub struct RoleRow {
        /// Its name.
        pub role: String,
        /// How many people have it themselves.
        pub people: i64,
        /// How many groups have it.
        pub groups: i64,
    }
}

/// Roles that somebody has, by name.
pub async fn list(tx: &mut Tx<'_>, after: Option<&str>, limit: i64) -> Result<Vec<RoleRow>, DbError> {
    let mut q = tx.q(Sql::literal(""));
    q.push("SELECT role, SUM(CASE WHEN holder_kind = 'person' THEN 1 ELSE 0 END) AS people,");
    q.push(" SUM(CASE WHEN holder_kind = 'group' THEN 1 ELSE 0 END) AS groups FROM role_assignments");
    if let Some(role) = after {
        q.push(" WHERE role > ").value(role.to_owned());
    }
    q.push(" GROUP BY role ORDER BY role LIMIT ").value(limit);
    q.all().await
}

/// The groups that have a role: id and name.
pub async fn groups(tx: &mut Tx<'_>, role: &str, limit: i64) -> Result<Vec<(String, String)>, DbError> {
    tx.q(sql!(
        "SELECT g.id, g.name FROM role_assignments r JOIN groups g ON g.id = r.holder_id
         WHERE r.holder_kind = 'group' AND r.role = $1 ORDER BY g.id LIMIT $2"
    ))
    .bind(role)
    .bind(limit)
    .all()
    .await
}
