//! SQL of sessions.

use super::model::Session;
use crate::contract::Assurance;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Query, Tx};
use crate::{record, sql};

record! {
    struct Row { id: String, person_id: String, acr: String, auth_at: i64, expires_at: i64, ended_at: Option<i64> }
}

fn session(r: Row) -> Result<Session, DbError> {
    let Some(assurance) = Assurance::from_acr(&r.acr) else {
        return Err(DbError::BadRow { table: "sessions", column: "acr", id: r.id, why: r.acr });
    };
    Ok(Session {
        id: r.id,
        person_id: r.person_id,
        assurance,
        auth_at: Timestamp(r.auth_at),
        expires_at: Timestamp(r.expires_at),
        ended_at: r.ended_at.map(Timestamp),
    })
}

async fn one(q: Query<'_>) -> Result<Option<Session>, DbError> {
    q.opt::<Row>().await?.map(session).transpose()
}

/// The session of a cookie.
pub async fn by_token(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Session>, DbError> {
    one(tx.q(sql!("SELECT id, person_id, acr, auth_at, expires_at, ended_at FROM sessions WHERE token_hash = $1")).bind(hash))
        .await
}

/// The session with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Session>, DbError> {
    one(tx.q(sql!("SELECT id, person_id, acr, auth_at, expires_at, ended_at FROM sessions WHERE id = $1")).bind(id)).await
}

/// Begins a session, from an address and with a browser that its owner will recognise it by.
pub async fn insert(tx: &mut Tx<'_>, s: &Session, token_hash: &str, ip: &str, user_agent: &str) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO sessions (id, token_hash, person_id, acr, amr, auth_at, ip, user_agent, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $6, $9)"
    ))
    .bind(s.id.as_str())
    .bind(token_hash)
    .bind(s.person_id.as_str())
    .bind(s.assurance.acr())
    .bind(s.assurance.amr().join(" "))
    .bind(s.auth_at.0)
    .bind(ip)
    .bind(user_agent)
    .bind(s.expires_at.0)
    .exec()
    .await?;
    Ok(())
}

/// Ends a session; false when it had ended.
pub async fn end(tx: &mut Tx<'_>, id: &str, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.q(sql!("UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL")).bind(id).bind(now.0).exec().await? == 1)
}

/// Ends every session.
pub async fn end_all(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE sessions SET ended_at = $1 WHERE ended_at IS NULL AND expires_at > $1")).bind(now.0).exec().await
}

/// The live sessions of a person.
pub async fn live_of(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<Vec<Session>, DbError> {
    let rows: Vec<Row> = tx
        .q(sql!(
            "SELECT id, person_id, acr, auth_at, expires_at, ended_at FROM sessions
             WHERE person_id = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY id"
        ))
        .bind(person)
        .bind(now.0)
        .all()
        .await?;
    rows.into_iter().map(session).collect()
}

/// Drops sessions that ended before `before` and of which nothing was issued that is still known.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!(
        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions s WHERE (expires_at < $1 OR ended_at < $1)
             AND NOT EXISTS (SELECT 1 FROM issues i WHERE i.session_id = s.id) LIMIT 500)"
    ))
    .bind(before.0)
    .exec()
    .await
}

/// Puts a session under another cookie: the one before opens nothing any more.
pub async fn set_token(tx: &mut Tx<'_>, id: &str, token_hash: &str) -> Result<(), DbError> {
    tx.q(sql!("UPDATE sessions SET token_hash = $2 WHERE id = $1")).bind(id).bind(token_hash).exec().await.map(drop)
}
