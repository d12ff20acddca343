//! SQL of invitations to become a person here, and of registrations.

use super::model::{Kind, Welcome};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

/// Open ones in a list at most.
const LISTED: i64 = 500;

record! {
    struct Row {
        id: String, kind: String, email_hash: String, sealed: String, staff: bool, groups: String, roles: String,
        invited_by: Option<String>, made_at: i64, hash: String, expires_at: i64, accepted_at: Option<i64>, revoked_at: Option<i64>
    }
}

fn welcome(r: Row) -> Result<Welcome, DbError> {
    let bad = |column, why: String| DbError::BadRow { table: "welcomes", column, id: r.id.clone(), why };
    let kind = Kind::from_name(&r.kind).ok_or_else(|| bad("kind", r.kind.clone()))?;
    let groups = serde_json::from_str(&r.groups).map_err(|e| bad("groups", e.to_string()))?;
    let roles = serde_json::from_str(&r.roles).map_err(|e| bad("roles", e.to_string()))?;
    Ok(Welcome {
        kind,
        groups,
        roles,
        id: r.id,
        email_hash: r.email_hash,
        sealed: r.sealed,
        staff: r.staff,
        invited_by: r.invited_by,
        made_at: Timestamp(r.made_at),
        hash: r.hash,
        expires_at: Timestamp(r.expires_at),
        accepted_at: r.accepted_at.map(Timestamp),
        revoked_at: r.revoked_at.map(Timestamp),
    })
}

/// Stores one; false when there is one of this id. Those of the same kind to the same address that waited are taken back.
pub async fn insert(tx: &mut Tx<'_>, w: &Welcome) -> Result<bool, DbError> {
    let json = |list: &[String]| serde_json::to_string(list).unwrap_or_else(|_| "[]".into());
    let n = tx
        .q(sql!(
            "INSERT INTO welcomes (id, kind, email_hash, sealed, staff, groups, roles, invited_by, made_at, hash, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING"
        ))
        .bind(w.id.as_str())
        .bind(w.kind.as_str())
        .bind(w.email_hash.as_str())
        .bind(w.sealed.as_str())
        .bind(w.staff)
        .bind(json(&w.groups))
        .bind(json(&w.roles))
        .bind(w.invited_by.clone())
        .bind(w.made_at.0)
        .bind(w.hash.as_str())
        .bind(w.expires_at.0)
        .exec()
        .await?;
    tx.q(sql!(
        "UPDATE welcomes SET revoked_at = $4
         WHERE email_hash = $1 AND kind = $2 AND id <> $3 AND accepted_at IS NULL AND revoked_at IS NULL"
    ))
    .bind(w.email_hash.as_str())
    .bind(w.kind.as_str())
    .bind(w.id.as_str())
    .bind(w.made_at.0)
    .exec()
    .await?;
    Ok(n == 1)
}

/// The one whose link has this hash.
pub async fn by_hash(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Welcome>, DbError> {
    let row: Option<Row> = tx
        .q(sql!(
            "SELECT id, kind, email_hash, sealed, staff, groups, roles, invited_by, made_at, hash, expires_at, accepted_at, revoked_at
             FROM welcomes WHERE hash = $1"
        ))
        .bind(hash)
        .opt()
        .await?;
    row.map(welcome).transpose()
}

/// The one with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Welcome>, DbError> {
    let row: Option<Row> = tx
        .q(sql!(
            "SELECT id, kind, email_hash, sealed, staff, groups, roles, invited_by, made_at, hash, expires_at, accepted_at, revoked_at
             FROM welcomes WHERE id = $1"
        ))
        .bind(id)
        .opt()
        .await?;
    row.map(welcome).transpose()
}

/// The invitations that wait to be accepted, in the order in which they were made.
pub async fn open(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<Welcome>, DbError> {
    let rows: Vec<Row> = tx
        .q(sql!(
            "SELECT id, kind, email_hash, sealed, staff, groups, roles, invited_by, made_at, hash, expires_at, accepted_at, revoked_at
             FROM welcomes WHERE kind = 'invitation' AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $1
             ORDER BY made_at, id LIMIT $2"
        ))
        .bind(now.0)
        .bind(LISTED)
        .all()
        .await?;
    rows.into_iter().map(welcome).collect()
}

/// Uses the link: once, while it works. What it said of whom it was made for is forgotten: the person says that from now on.
pub async fn accept(tx: &mut Tx<'_>, id: &str, person: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE welcomes SET accepted_at = $3, person_id = $2, sealed = ''
             WHERE id = $1 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $3"
        ))
        .bind(id)
        .bind(person)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Takes one back; false when it was before, or was accepted.
pub async fn revoke(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx.q(sql!("UPDATE welcomes SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL AND accepted_at IS NULL"));
    Ok(n.bind(id).bind(now.0).exec().await? == 1)
}

/// Ends every link that was not used.
pub async fn void_all(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE welcomes SET expires_at = $1 WHERE accepted_at IS NULL AND expires_at > $1")).bind(now.0).exec().await
}

/// Hands open invitations of one person to another.
pub async fn hand_over(tx: &mut Tx<'_>, from: &str, to: &str, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!(
        "UPDATE welcomes SET invited_by = $2 WHERE invited_by = $1 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $3"
    ))
    .bind(from)
    .bind(to)
    .bind(now.0)
    .exec()
    .await
}

/// Drops those that expired before `before` and were not accepted.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!(
        "DELETE FROM welcomes WHERE id IN (SELECT id FROM welcomes WHERE expires_at < $1 AND accepted_at IS NULL LIMIT 500)"
    ))
    .bind(before.0)
    .exec()
    .await
}
