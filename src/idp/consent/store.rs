//! SQL of what people allowed, and of requests that wait for their word.

use super::model::Asks;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::{record, sql};

record! {
    /// What a person has allowed an application.
    #[derive(Clone, Debug)]
    pub struct Given {
        /// The application.
        pub client_id: String,
        /// Scopes, separated by spaces.
        pub scope: String,
        /// Claims, separated by spaces.
        pub claims: String,
        /// Resource servers, separated by spaces.
        pub resource: String,
        /// When the person said so last.
        pub given_at: i64,
    }
}

impl Given {
    /// What it allows.
    pub fn asks(&self) -> Asks {
        Asks::new(&self.scope, &self.claims, &self.resource)
    }
}

record! {
    /// A request that waits for a person's word.
    #[derive(Clone, Debug)]
    pub struct Waiting {
        /// The session that it is asked in.
        pub session_id: String,
        /// The checked request.
        pub request: String,
        /// Until when.
        pub expires_at: i64,
        /// When it was answered.
        pub used_at: Option<i64>,
    }
}

/// What a person has allowed an application.
pub async fn given(tx: &mut Tx<'_>, person: &str, client: &str) -> Result<Option<Given>, DbError> {
    tx.q(sql!("SELECT client_id, scope, claims, resource, given_at FROM consents WHERE person_id = $1 AND client_id = $2"))
        .bind(person)
        .bind(client)
        .opt()
        .await
}

/// Everything that a person has allowed.
pub async fn all_of(tx: &mut Tx<'_>, person: &str) -> Result<Vec<Given>, DbError> {
    tx.q(sql!("SELECT client_id, scope, claims, resource, given_at FROM consents WHERE person_id = $1 ORDER BY client_id"))
        .bind(person)
        .all()
        .await
}

/// Remembers what a person has allowed an application, in place of what was remembered.
pub async fn put(tx: &mut Tx<'_>, person: &str, client: &str, allowed: &Asks, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO consents (person_id, client_id, scope, claims, resource, given_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (person_id, client_id) DO UPDATE SET scope = excluded.scope, claims = excluded.claims,
             resource = excluded.resource, given_at = excluded.given_at"
    ))
    .bind(person)
    .bind(client)
    .bind(allowed.scope())
    .bind(allowed.claim())
    .bind(allowed.resource())
    .bind(now.0)
    .exec()
    .await
    .map(drop)
}

/// Forgets it; false when there was nothing.
pub async fn forget(tx: &mut Tx<'_>, person: &str, client: &str) -> Result<bool, DbError> {
    let n = tx.q(sql!("DELETE FROM consents WHERE person_id = $1 AND client_id = $2")).bind(person).bind(client).exec().await?;
    Ok(n == 1)
}

/// Forgets what a person allowed at `since` or later: somebody else did; which applications that was.
pub async fn forget_since(tx: &mut Tx<'_>, person: &str, since: Timestamp) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .q(sql!("DELETE FROM consents WHERE person_id = $1 AND given_at >= $2 RETURNING client_id"))
        .bind(person)
        .bind(since.0)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What stands for a person at an application.
pub async fn issues(tx: &mut Tx<'_>, person: &str, client: &str) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = tx
        .q(sql!("SELECT id FROM issues WHERE person_id = $1 AND client_id = $2 AND revoked_at IS NULL ORDER BY id"))
        .bind(person)
        .bind(client)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Keeps a request until the person has answered.
pub async fn wait(
    tx: &mut Tx<'_>,
    token_hash: &str,
    session: &str,
    request: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO consent_requests (token_hash, session_id, request, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)"
    ))
    .bind(token_hash)
    .bind(session)
    .bind(request)
    .bind(now.0)
    .bind(until.0)
    .exec()
    .await
    .map(drop)
}

/// The request of a page.
pub async fn waiting(tx: &mut Tx<'_>, token_hash: &str) -> Result<Option<Waiting>, DbError> {
    tx.q(sql!("SELECT session_id, request, expires_at, used_at FROM consent_requests WHERE token_hash = $1"))
        .bind(token_hash)
        .opt()
        .await
}

/// Takes the one answer of a page; false when it was answered before.
pub async fn answered(tx: &mut Tx<'_>, token_hash: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE consent_requests SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2"))
        .bind(token_hash)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Drops requests that expired before `before`.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!(
        "DELETE FROM consent_requests WHERE token_hash IN
             (SELECT token_hash FROM consent_requests WHERE expires_at < $1 LIMIT 500)"
    ))
    .bind(before.0)
    .exec()
    .await
}
