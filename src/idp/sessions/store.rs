//! SQL of sessions.

use super::model::Session;
use crate::contract::Assurance;
use crate::idp::signin;
use crate::idp::signin::factors::Results;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Query, Tx};
use crate::{record, sql};

record! {
    struct Row {
        id: String, person_id: String, acr: String, amr: String, auth_at: i64, fresh_at: i64, expires_at: i64,
        ended_at: Option<i64>
    }
}

fn session(r: Row) -> Result<Session, DbError> {
    let Some(assurance) = Assurance::from_acr(&r.acr) else {
        return Err(DbError::BadRow { table: "sessions", column: "acr", id: r.id, why: r.acr });
    };
    Ok(Session {
        id: r.id,
        person_id: r.person_id,
        assurance,
        amr: r.amr.split(' ').filter(|m| !m.is_empty()).map(str::to_owned).collect(),
        auth_at: Timestamp(r.auth_at),
        fresh_at: Timestamp(r.fresh_at),
        expires_at: Timestamp(r.expires_at),
        ended_at: r.ended_at.map(Timestamp),
    })
}

async fn one(q: Query<'_>) -> Result<Option<Session>, DbError> {
    q.opt::<Row>().await?.map(session).transpose()
}

/// The session of a cookie.
pub async fn by_token(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Session>, DbError> {
    one(tx
        .q(sql!("SELECT id, person_id, acr, amr, auth_at, fresh_at, expires_at, ended_at FROM sessions WHERE token_hash = $1"))
        .bind(hash))
    .await
}

/// The session with this id.
pub async fn by_id(tx: &mut Tx<'_>, id: &str) -> Result<Option<Session>, DbError> {
    one(tx
        .q(sql!("SELECT id, person_id, acr, amr, auth_at, fresh_at, expires_at, ended_at FROM sessions WHERE id = $1"))
        .bind(id))
    .await
}

/// The browser of a session: the hash of its cookie, and what its owner will recognise it by.
#[derive(Clone, Debug)]
pub struct Place {
    /// The hash of the cookie's value.
    pub cookie_hash: String,
    /// From which address.
    pub ip: String,
    /// With which browser.
    pub user_agent: String,
}

/// Begins a session, with what it was begun by.
pub async fn insert(tx: &mut Tx<'_>, s: &Session, results: &Results, place: &Place) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO sessions (id, token_hash, person_id, acr, amr, auth_at, fresh_at, ip, user_agent, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $7, $10)"
    ))
    .bind(s.id.as_str())
    .bind(place.cookie_hash.as_str())
    .bind(s.person_id.as_str())
    .bind(s.assurance.acr())
    .bind(s.amr.join(" "))
    .bind(s.auth_at.0)
    .bind(s.fresh_at.0)
    .bind(place.ip.as_str())
    .bind(place.user_agent.as_str())
    .bind(s.expires_at.0)
    .exec()
    .await?;
    record(tx, &s.id, results).await
}

/// Writes a session anew, after more was shown in it: under another cookie, so that nobody who knew the one before shares in
/// what it has become (security case 20). False when it had ended.
pub async fn renew(tx: &mut Tx<'_>, s: &Session, results: &Results, place: &Place, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!(
            "UPDATE sessions SET token_hash = $2, acr = $3, amr = $4, auth_at = $5, fresh_at = $6, ip = $7, user_agent = $8,
                 expires_at = $9
             WHERE id = $1 AND ended_at IS NULL AND expires_at > $10"
        ))
        .bind(s.id.as_str())
        .bind(place.cookie_hash.as_str())
        .bind(s.assurance.acr())
        .bind(s.amr.join(" "))
        .bind(s.auth_at.0)
        .bind(s.fresh_at.0)
        .bind(place.ip.as_str())
        .bind(place.user_agent.as_str())
        .bind(s.expires_at.0)
        .bind(now.0)
        .exec()
        .await?;
    if n == 1 {
        tx.q(sql!("DELETE FROM session_results WHERE session_id = $1")).bind(s.id.as_str()).exec().await?;
        record(tx, &s.id, results).await?;
    }
    Ok(n == 1)
}

async fn record(tx: &mut Tx<'_>, id: &str, results: &Results) -> Result<(), DbError> {
    for shown in results.iter() {
        tx.q(sql!("INSERT INTO session_results (session_id, factor, at, whole) VALUES ($1, $2, $3, $4)"))
            .bind(id)
            .bind(shown.factor.as_str())
            .bind(shown.at.0)
            .bind(shown.whole.map(Assurance::acr))
            .exec()
            .await?;
    }
    Ok(())
}

/// What was shown in a session.
pub async fn results(tx: &mut Tx<'_>, id: &str) -> Result<Results, DbError> {
    let rows: Vec<(String, i64, Option<String>)> =
        tx.q(sql!("SELECT factor, at, whole FROM session_results WHERE session_id = $1")).bind(id).all().await?;
    rows.iter().map(|(factor, at, whole)| signin::store::shown(factor, *at, whole.as_deref())).collect()
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
            "SELECT id, person_id, acr, amr, auth_at, fresh_at, expires_at, ended_at FROM sessions
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
