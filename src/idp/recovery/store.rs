//! SQL of ways back.

use super::model::{Recovery, Scope, Way};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

/// Waiting ones in a list at most.
const LISTED: i64 = 200;

record! {
    struct Row {
        id: String, person_id: String, scope: String, asked_by: Option<String>, reason: Option<String>, asked_at: i64,
        expires_at: i64, waits_at: Option<i64>, sends: i64, sent_at: Option<i64>, tries: i64, proven_at: Option<i64>,
        decided_at: Option<i64>, refused: bool, used_at: Option<i64>
    }
}

fn recovery(r: Row) -> Result<Recovery, DbError> {
    let Some(scope) = Scope::from_name(&r.scope) else {
        return Err(DbError::BadRow { table: "recoveries", column: "scope", id: r.id, why: r.scope });
    };
    Ok(Recovery {
        id: r.id,
        person: r.person_id,
        scope,
        asked_by: r.asked_by,
        reason: r.reason,
        asked_at: Timestamp(r.asked_at),
        expires_at: Timestamp(r.expires_at),
        waits_at: r.waits_at.map(Timestamp),
        sends: r.sends,
        sent_at: r.sent_at.map(Timestamp),
        tries: r.tries,
        proven_at: r.proven_at.map(Timestamp),
        decided_at: r.decided_at.map(Timestamp),
        refused: r.refused,
        used_at: r.used_at.map(Timestamp),
    })
}

/// Stores a way back; false when there is one of this id.
pub async fn insert(tx: &mut Tx<'_>, r: &Recovery, hash: &str) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "INSERT INTO recoveries (id, person_id, hash, scope, asked_by, reason, asked_at, expires_at, waits_at, sends, tries, refused)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, FALSE) ON CONFLICT DO NOTHING"
        ))
        .bind(r.id.as_str())
        .bind(r.person.as_str())
        .bind(hash)
        .bind(r.scope.as_str())
        .bind(r.asked_by.clone())
        .bind(r.reason.clone())
        .bind(r.asked_at.0)
        .bind(r.expires_at.0)
        .bind(r.waits_at.map(|t| t.0))
        .exec()
        .await?;
    Ok(n == 1)
}

/// The one whose link has this hash.
pub async fn by_hash(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Recovery>, DbError> {
    let row: Option<Row> = tx
        .q(sql!(
            "SELECT id, person_id, scope, asked_by, reason, asked_at, expires_at, waits_at, sends, sent_at, tries, proven_at,
                 decided_at, refused, used_at FROM recoveries WHERE hash = $1"
        ))
        .bind(hash)
        .opt()
        .await?;
    row.map(recovery).transpose()
}

/// The one with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Recovery>, DbError> {
    let row: Option<Row> = tx
        .q(sql!(
            "SELECT id, person_id, scope, asked_by, reason, asked_at, expires_at, waits_at, sends, sent_at, tries, proven_at,
                 decided_at, refused, used_at FROM recoveries WHERE id = $1"
        ))
        .bind(id)
        .opt()
        .await?;
    row.map(recovery).transpose()
}

/// Those that wait for an administrator, the longest first.
pub async fn waiting(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<Recovery>, DbError> {
    let rows: Vec<Row> = tx
        .q(sql!(
            "SELECT id, person_id, scope, asked_by, reason, asked_at, expires_at, waits_at, sends, sent_at, tries, proven_at,
                 decided_at, refused, used_at FROM recoveries
             WHERE waits_at IS NOT NULL AND decided_at IS NULL AND used_at IS NULL AND expires_at > $1 ORDER BY waits_at, id LIMIT $2"
        ))
        .bind(now.0)
        .bind(LISTED)
        .all()
        .await?;
    rows.into_iter().map(recovery).collect()
}

/// Asks the administrators; false when they were asked before or something is shown already.
pub async fn wait(
    tx: &mut Tx<'_>,
    id: &str,
    scope: Scope,
    reason: Option<&str>,
    expires: Timestamp,
    now: Timestamp,
) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE recoveries SET waits_at = $5, scope = $2, reason = $3, expires_at = $4
             WHERE id = $1 AND waits_at IS NULL AND decided_at IS NULL AND proven_at IS NULL AND used_at IS NULL AND expires_at > $5"
        ))
        .bind(id)
        .bind(scope.as_str())
        .bind(reason.map(str::to_owned))
        .bind(expires.0)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Notes a decision, once.
pub async fn decide(
    tx: &mut Tx<'_>,
    id: &str,
    by: Option<&str>,
    refused: bool,
    expires: Timestamp,
    now: Timestamp,
) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE recoveries SET decided_at = $5, decided_by = $2, refused = $3, expires_at = $4
             WHERE id = $1 AND waits_at IS NOT NULL AND decided_at IS NULL AND used_at IS NULL AND expires_at > $5"
        ))
        .bind(id)
        .bind(by.map(str::to_owned))
        .bind(refused)
        .bind(expires.0)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Counts a try **before** it is evaluated; how many there were, or nothing when there are none left.
pub async fn count_try(tx: &mut Tx<'_>, id: &str, most: i64) -> Result<Option<i64>, DbError> {
    let row: Option<(i64,)> = tx
        .q(sql!("UPDATE recoveries SET tries = tries + 1 WHERE id = $1 AND tries < $2 AND used_at IS NULL RETURNING tries"))
        .bind(id)
        .bind(most)
        .opt()
        .await?;
    Ok(row.map(|(n,)| n))
}

/// Begins another code by SMS; its number, or nothing when there may be none now.
pub async fn next_code(tx: &mut Tx<'_>, id: &str, most: i64, since: Timestamp, now: Timestamp) -> Result<Option<i64>, DbError> {
    let row: Option<(i64,)> = tx
        .q(sql!(
            "UPDATE recoveries SET sends = sends + 1, sent_at = $4
             WHERE id = $1 AND sends < $2 AND (sent_at IS NULL OR sent_at <= $3) AND used_at IS NULL AND expires_at > $4 RETURNING sends"
        ))
        .bind(id)
        .bind(most)
        .bind(since.0)
        .bind(now.0)
        .opt()
        .await?;
    Ok(row.map(|(n,)| n))
}

/// Notes what was shown.
pub async fn proven(tx: &mut Tx<'_>, id: &str, way: Way, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!("UPDATE recoveries SET proven_at = $3, proven_by = $2 WHERE id = $1 AND proven_at IS NULL"))
        .bind(id)
        .bind(way.as_str())
        .bind(now.0)
        .exec()
        .await
        .map(drop)
}

/// Uses it; false when it was used or has expired. All others of the person end with it.
pub async fn take(tx: &mut Tx<'_>, id: &str, person: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE recoveries SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2"))
        .bind(id)
        .bind(now.0)
        .exec()
        .await?;
    void_of(tx, person, now).await?;
    Ok(n == 1)
}

/// Ends those of a person.
pub async fn void_of(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE recoveries SET expires_at = $2 WHERE person_id = $1 AND used_at IS NULL AND expires_at > $2"))
        .bind(person)
        .bind(now.0)
        .exec()
        .await
}

/// Ends every one.
pub async fn void_all(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE recoveries SET expires_at = $1 WHERE used_at IS NULL AND expires_at > $1")).bind(now.0).exec().await
}

/// Forgets those of a person.
pub async fn forget(tx: &mut Tx<'_>, person: &str) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM recoveries WHERE person_id = $1")).bind(person).exec().await
}

/// Drops those that expired before `before`.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM recoveries WHERE id IN (SELECT id FROM recoveries WHERE expires_at < $1 LIMIT 500)"))
        .bind(before.0)
        .exec()
        .await
}
