//! SQL of what someone is led through.

use super::model::{Began, Step};
use crate::idp::oidc::authorize::Request;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

record! {
    struct Row { session_id: String, began: String, request: Option<String>, onward: Option<String>, put_off: String }
}

/// What someone is led through.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The session that it is for.
    pub session_id: String,
    /// How it began.
    pub began: Began,
    /// The application's request that goes on when it is done.
    pub request: Option<Request>,
    /// The address that does.
    pub onward: Option<String>,
    /// What was put off.
    pub put_off: Vec<Step>,
}

fn setup(r: Row) -> Result<Setup, DbError> {
    let bad = |column, why: String| DbError::BadRow { table: "setups", column, id: r.session_id.clone(), why };
    let request = r.request.as_deref().map(serde_json::from_str).transpose().map_err(|e| bad("request", e.to_string()))?;
    let began = Began::from_name(&r.began).ok_or_else(|| bad("began", r.began.clone()))?;
    let step = |name: &str| Step::from_name(name).ok_or_else(|| bad("put_off", name.to_owned()));
    let put_off = r.put_off.split(' ').filter(|n| !n.is_empty()).map(step).collect::<Result<_, _>>()?;
    Ok(Setup { request, began, put_off, onward: r.onward, session_id: r.session_id })
}

/// Begins one for a session, in the place of the one before.
pub async fn begin(tx: &mut Tx<'_>, s: &Setup, now: Timestamp, expires: Timestamp) -> Result<(), DbError> {
    let request = s.request.as_ref().map(serde_json::to_string).transpose().map_err(|e| DbError::BadRow {
        table: "setups",
        column: "request",
        id: s.session_id.clone(),
        why: e.to_string(),
    })?;
    tx.q(sql!(
        "INSERT INTO setups (session_id, began, request, onward, put_off, created_at, expires_at) VALUES ($1, $2, $3, $4, '', $5, $6)
         ON CONFLICT (session_id) DO UPDATE SET began = excluded.began, request = excluded.request, onward = excluded.onward,
             put_off = excluded.put_off, created_at = excluded.created_at, expires_at = excluded.expires_at"
    ))
    .bind(s.session_id.as_str())
    .bind(s.began.as_str())
    .bind(request)
    .bind(s.onward.clone())
    .bind(now.0)
    .bind(expires.0)
    .exec()
    .await
    .map(drop)
}

/// That of a session, while it can be taken up.
pub async fn of(tx: &mut Tx<'_>, session: &str, now: Timestamp) -> Result<Option<Setup>, DbError> {
    let row: Option<Row> = tx
        .q(sql!("SELECT session_id, began, request, onward, put_off FROM setups WHERE session_id = $1 AND expires_at > $2"))
        .bind(session)
        .bind(now.0)
        .opt()
        .await?;
    row.map(setup).transpose()
}

/// Records what was put off.
pub async fn put_off(tx: &mut Tx<'_>, session: &str, steps: &[Step]) -> Result<(), DbError> {
    let names: Vec<&str> = steps.iter().map(|s| s.as_str()).collect();
    tx.q(sql!("UPDATE setups SET put_off = $2 WHERE session_id = $1")).bind(session).bind(names.join(" ")).exec().await.map(drop)
}

/// Ends one: false when it had ended, so that of two tabs one goes on.
pub async fn end(tx: &mut Tx<'_>, session: &str) -> Result<bool, DbError> {
    Ok(tx.q(sql!("DELETE FROM setups WHERE session_id = $1")).bind(session).exec().await? == 1)
}

/// Drops those that expired before `before`.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM setups WHERE session_id IN (SELECT session_id FROM setups WHERE expires_at < $1 LIMIT 500)"))
        .bind(before.0)
        .exec()
        .await
}
