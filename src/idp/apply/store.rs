//! SQL that only the comparison of a file with what is there needs: lists from the other side.

use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::sql;

/// The id of the group of this name.
pub async fn group_id(tx: &mut Tx<'_>, name: &str) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> = tx.q(sql!("SELECT id FROM groups WHERE name = $1")).bind(name).opt().await?;
    Ok(row.map(|(id,)| id))
}

/// Everyone in a group: id and address.
pub async fn members_of(tx: &mut Tx<'_>, group: &str) -> Result<Vec<(String, String)>, DbError> {
    tx.q(sql!(
        "SELECT p.id, p.email FROM group_members m JOIN people p ON p.id = m.person_id WHERE m.group_id = $1 ORDER BY p.email_key"
    ))
    .bind(group)
    .all()
    .await
}

/// Everyone who has a role himself: id and address.
pub async fn people_with(tx: &mut Tx<'_>, role: &str) -> Result<Vec<(String, String)>, DbError> {
    tx.q(sql!(
        "SELECT p.id, p.email FROM role_assignments r JOIN people p ON p.id = r.holder_id
         WHERE r.holder_kind = 'person' AND r.role = $1 ORDER BY p.email_key"
    ))
    .bind(role)
    .all()
    .await
}

/// The groups that have a role: id and name.
pub async fn groups_with(tx: &mut Tx<'_>, role: &str) -> Result<Vec<(String, String)>, DbError> {
    tx.q(sql!(
        "SELECT g.id, g.name FROM role_assignments r JOIN groups g ON g.id = r.holder_id
         WHERE r.holder_kind = 'group' AND r.role = $1 ORDER BY g.name"
    ))
    .bind(role)
    .all()
    .await
}

/// What an application was given and could still use.
pub async fn issues_of_client(tx: &mut Tx<'_>, client: &str, now: Timestamp) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .q(sql!(
            "SELECT i.id FROM issues i JOIN sessions s ON s.id = i.session_id WHERE i.client_id = $1 AND i.revoked_at IS NULL
             AND (i.offline OR (s.ended_at IS NULL AND s.expires_at > $2)) ORDER BY i.id"
        ))
        .bind(client)
        .bind(now.0)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
