//! SQL of who is an administrator.

use crate::kernel::db::{DbError, Tx};
use crate::sql;

/// Whether anybody who may sign in has a role, himself or by a group.
pub async fn any_administrator(tx: &mut Tx<'_>, role: &str) -> Result<bool, DbError> {
    let found: Option<(String,)> = tx
        .q(sql!(
            "SELECT p.id FROM role_assignments a JOIN people p ON p.id = a.holder_id
             WHERE a.role = $1 AND a.holder_kind = 'person' AND p.active
             UNION ALL
             SELECT p.id FROM role_assignments a JOIN group_members m ON m.group_id = a.holder_id JOIN people p ON p.id = m.person_id
             WHERE a.role = $1 AND a.holder_kind = 'group' AND p.active
             LIMIT 1"
        ))
        .bind(role)
        .opt()
        .await?;
    Ok(found.is_some())
}
