//! Telling applications that a session has ended, or that a person may no longer use them (OpenID Connect Back-Channel
//! Logout 1.0). Owns who is told, the logout token and its sending. Does not own why: sessions and issues end elsewhere, in
//! transactions that call this.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::OAuthError;
use super::tokens::sign;
use super::{store, subjects};
use crate::idp::Idp;
use crate::idp::clients::{self, Client};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::fetch::FetchError;
use crate::kernel::http::problem::chain;
use crate::kernel::outbox::{self, Job, JobError, NewJob};
use crate::kernel::root::RootError;

/// The outbox job that tells one application.
pub const SEND: &str = "logout.backchannel";
/// How long the answer to what ends something waits for applications to be told.
pub const PATIENCE: Duration = Duration::from_secs(2);
/// How long a logout token counts (section 2.4 recommends two minutes at most).
const TOKEN: Duration = Duration::from_secs(120);
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// An application that is to be told, by a job of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The job.
    pub job: String,
    /// The application.
    pub client: String,
}

/// Whom it is about. With `sid`, that session; without, all that the person has there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct About {
    client: String,
    sub: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
}

/// The claims of a logout token (section 2.4). There is never a nonce, so that none can pass for an ID token.
#[derive(Serialize)]
struct LogoutClaims {
    iss: String,
    aud: String,
    iat: i64,
    exp: i64,
    jti: String,
    events: Value,
    sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
}

/// A session has ended: every application with something of it is to be told, in the same transaction.
pub async fn session_ended(tx: &mut Tx<'_>, sid: &str, person: &str, now: Timestamp) -> Result<Vec<Told>, DbError> {
    let mut told = Vec::new();
    for id in store::clients_in(tx, sid).await? {
        let Some(client) = clients::store::by_id(tx, &id).await? else { continue };
        let about = About { client: id, sub: person.to_owned(), sid: Some(sid.to_owned()) };
        told.extend(put(tx, &client, format!("logout-{sid}-{}", client.id), &about, now).await?);
    }
    Ok(told)
}

/// Issues were revoked because their person may no longer use the application, or nobody may: it is to be told.
pub async fn revoked(tx: &mut Tx<'_>, issues: &[String], now: Timestamp) -> Result<Vec<Told>, DbError> {
    let (mut told, mut seen) = (Vec::new(), BTreeSet::new());
    for id in issues {
        let Some(issue) = store::issue(tx, id).await? else { continue };
        let Some(client) = clients::store::by_id(tx, &issue.client_id).await? else { continue };
        // Without a session, all that the person has there ends; an application that wants sessions is told each of them.
        let sid = client.metadata.backchannel_logout_session_required.then_some(issue.session_id);
        let about = About { client: issue.client_id, sub: issue.person_id, sid };
        if seen.insert(about.clone()) {
            told.extend(put(tx, &client, format!("logout-{id}"), &about, now).await?);
        }
    }
    Ok(told)
}

async fn put(tx: &mut Tx<'_>, client: &Client, job: String, about: &About, now: Timestamp) -> Result<Option<Told>, DbError> {
    if client.metadata.backchannel_logout_uri.is_none() {
        return Ok(None);
    }
    let new = NewJob {
        id: job.clone(),
        kind: SEND,
        cause: format!("application/{}", client.id),
        payload: json!(about),
        due_at: now,
        now,
    };
    outbox::put(tx, new).await?;
    Ok(Some(Told { job, client: client.id.clone() }))
}

fn claims(idp: &Idp, client: &Client, about: About) -> Result<LogoutClaims, RootError> {
    let now = idp.env.now();
    Ok(LogoutClaims {
        iss: idp.issuer().to_owned(),
        aud: client.id.clone(),
        iat: now.seconds(),
        exp: (now + TOKEN).seconds(),
        jti: idp.env.id(),
        events: json!({ EVENT: {} }),
        sub: subjects::sub(&idp.env.root, client, &about.sub)?,
        sid: about.sid.map(|sid| subjects::sid(&idp.env.root, client, &sid)).transpose()?,
    })
}

/// What a logout token for the end of a session would say; it is not sent.
pub(in crate::idp) fn preview(idp: &Idp, client: &Client, (person, sid): (&str, &str)) -> Result<Value, OAuthError> {
    let about = About { client: client.id.clone(), sub: person.to_owned(), sid: Some(sid.to_owned()) };
    serde_json::to_value(claims(idp, client, about)?).map_err(|e| OAuthError::internal(&e))
}

/// Tells one application. Each try has a token of its own: one that was taken and not answered would be refused a second
/// time (section 2.6, point 8).
pub async fn run(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let about: About = job.read()?;
    let client = {
        let mut snapshot = idp.db.snapshot().await?;
        clients::store::by_id(&mut snapshot.tx(), &about.client).await?
    };
    // One that has withdrawn its address is told nothing.
    let Some(client) = client else { return Ok(()) };
    let Some(address) = &client.metadata.backchannel_logout_uri else { return Ok(()) };
    let claims = claims(idp, &client, about).map_err(|e| JobError::Dead(e.to_string()))?;
    let token = sign(idp, client.id_token_alg(), "logout+jwt", &claims).map_err(|e| JobError::Retry(e.to_string()))?;
    match idp.fetch.post(address, &[("logout_token", &token)]).await {
        Ok(answer) if answer.status.is_success() => Ok(()),
        Ok(answer) => Err(JobError::Retry(format!("the application answered {}", answer.status))),
        Err(e @ FetchError::Refused(_)) => Err(JobError::Dead(e.to_string())),
        Err(e) => {
            tracing::info!(client = client.id, error = %chain(&e), "an application was not told of a logout");
            Err(JobError::Retry(e.to_string()))
        }
    }
}

/// Tries to tell the applications now, for [`PATIENCE`] at most. Answers the client ids of those that are not told yet;
/// the outbox goes on with them.
pub async fn settle(idp: &Idp, told: &[Told]) -> Vec<String> {
    let ids: Vec<String> = told.iter().map(|t| t.job.clone()).collect();
    if ids.is_empty() {
        return Vec::new();
    }
    let left = outbox::at_once(&idp.env, &idp.db, &ids, PATIENCE, |job| async move { run(idp, &job).await }).await;
    idp.outbox.wake();
    let left = left.unwrap_or_else(|e| {
        tracing::warn!(error = %e, "whether applications were told of a logout can't be read");
        ids
    });
    let lagging: BTreeSet<String> = told.iter().filter(|t| left.contains(&t.job)).map(|t| t.client.clone()).collect();
    lagging.into_iter().collect()
}
