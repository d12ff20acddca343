//! Authorization requests that an application sends beforehand, by itself (RFC 9126): the browser then carries a reference
//! only, and what is asked for can't be read or changed on the way. Owns taking, keeping and finding them. A pushed request
//! is spent when its code is given, not when it is first seen: people reload pages.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::authorize::{self, Refusal};
use super::binding::Held;
use super::error::{ErrorCode, OAuthError};
use super::issues;
use super::request_object::{self, PUSHED};
use super::token::REPEATABLE;
use crate::idp::Idp;
use crate::idp::clients::Client;
use crate::idp::clients::auth::Authenticated;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::Params;
use crate::kernel::root::{Purpose, RootError};
use crate::{record, sql};

/// How long a request may wait for its browser (FAPI 2.0, section 5.3.2.2: less than ten minutes).
pub const LIFE: Duration = Duration::from_secs(90);

/// Parameters by which the client proves who it is, and which are no part of the request.
const OF_THE_CLIENT: [&str; 3] = ["client_secret", "client_assertion", "client_assertion_type"];

/// Where a request came from, as far as that decides what it may be.
#[derive(Clone, Debug, Default)]
pub enum Origin {
    /// In the address of the browser.
    #[default]
    Browser,
    /// By the client itself, now.
    Client,
    /// By the client itself, before; the browser brought the reference.
    Pushed(Pushed),
}

impl Origin {
    /// Whose trial it is, where this provider pushed it in the application's place.
    pub fn trial(&self) -> Option<&str> {
        if let Self::Pushed(p) = self { p.trial.as_deref() } else { None }
    }
}

/// Where the answers of trials go (docs/adr/0040): no application's address, and taken in requests of trials alone.
pub const TRIAL: &str = "/admin/try";

/// The same as an address.
pub fn trial_address(idp: &Idp) -> String {
    idp.env.settings.idp_url.at(TRIAL)
}

/// A pushed request that was found again.
#[derive(Clone, Debug)]
pub struct Pushed {
    /// The hash that it is stored under.
    pub hash: String,
    /// The key that pushed it.
    pub jkt: Option<String>,
    /// The one person who may answer it, where it is a trial.
    pub trial: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    pairs: Vec<(String, String)>,
    signed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trial: Option<String>,
}

/// Takes a request; its reference.
pub async fn push(idp: &Idp, auth: &Authenticated, params: Params) -> Result<String, OAuthError> {
    if params.get("request_uri").is_some() {
        return Err(OAuthError::request("request_uri must not be pushed (RFC 9126, section 2.1)"));
    }
    let params = request_object::resolve(idp, params).await.map_err(told)?;
    let jkt = same_key(params.get("dpop_jkt"), &auth.held)?;
    {
        let mut snapshot = idp.db.snapshot().await?;
        let request = authorize::check(idp, &mut snapshot.tx(), &params, &Origin::Client).await.map_err(told)?;
        if request.client_id != auth.client.id {
            return Err(OAuthError::request("client_id is another than the client that authenticates"));
        }
    }
    let singles = params.iter().filter(|(name, _)| !OF_THE_CLIENT.contains(name));
    let mut pairs: Vec<(String, String)> = singles.map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    for name in REPEATABLE {
        pairs.extend(params.all(name).iter().map(|v| ((*name).to_owned(), v.clone())));
    }
    let (reference, row) = row(idp, &auth.client.id, jkt, &Kept { pairs, signed: params.is_signed(), trial: None })?;
    let input = (row, auth.clone(), idp.env.now());
    idp.db
        .write(input, |(row, auth, now), mut tx| {
            Box::pin(async move {
                issues::spend(&mut tx, auth).await?;
                insert(&mut tx, row, *now).await.map_err(OAuthError::from)
            })
        })
        .await?;
    Ok(reference)
}

/// A reference, and the row that it finds.
fn row(idp: &Idp, client_id: &str, jkt: Option<String>, kept: &Kept) -> Result<(String, Row), OAuthError> {
    let token = idp.env.token();
    let hash = hash(idp, &token)?;
    let text = serde_json::to_vec(kept).map_err(|e| OAuthError::internal(&e))?;
    let row = Row {
        params: idp.env.root.seal(Purpose::Personal, &place(&hash), &text, idp.env.entropy.as_ref())?,
        hash,
        client_id: client_id.to_owned(),
        jkt,
        expires_at: (idp.env.now() + LIFE).0,
        used_at: None,
    };
    Ok((format!("{PUSHED}{token}"), row))
}

/// Keeps a request that this provider makes in an application's place, for a person who tries that (docs/adr/0040); its
/// reference. Its answer goes to [`TRIAL`], and nobody else can give it.
pub async fn push_trial(idp: &Idp, client: &Client, person: &str, params: Params) -> Result<String, OAuthError> {
    let mut pairs: Vec<(String, String)> = params.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    for name in REPEATABLE {
        pairs.extend(params.all(name).iter().map(|v| ((*name).to_owned(), v.clone())));
    }
    let origin = Origin::Pushed(Pushed { hash: String::new(), jkt: None, trial: Some(person.to_owned()) });
    {
        let mut snapshot = idp.db.snapshot().await?;
        authorize::check(idp, &mut snapshot.tx(), &params, &origin).await.map_err(told)?;
    }
    let (reference, row) = row(idp, &client.id, None, &Kept { pairs, signed: false, trial: Some(person.to_owned()) })?;
    let input = (row, idp.env.now());
    idp.db.write(input, |(row, now), mut tx| Box::pin(async move { insert(&mut tx, row, *now).await })).await?;
    Ok(reference)
}

/// Both ways of naming a key name the same (RFC 9449, section 10.1).
fn same_key(named: Option<&str>, held: &Held) -> Result<Option<String>, OAuthError> {
    match (named, &held.proof) {
        (Some(a), Some(b)) if a != b.jkt => Err(OAuthError::request("dpop_jkt is another key than that of the DPoP proof")),
        (Some(jkt), _) => Ok(Some(jkt.to_owned())),
        (None, proof) => Ok(proof.as_ref().map(|p| p.jkt.clone())),
    }
}

/// What would have been said on a page or by a redirect, as JSON.
fn told(refusal: Refusal) -> OAuthError {
    match refusal {
        Refusal::Client { error, .. } | Refusal::Broken(error) => error,
        Refusal::NotAllowed { .. } => OAuthError::new(ErrorCode::AccessDenied, "this person may not use this application"),
        Refusal::Weak { .. } => {
            OAuthError::new(ErrorCode::UnmetAuthenticationRequirements, "this person can't sign in so strongly")
        }
        Refusal::Page("redirect") => OAuthError::request("redirect_uri is missing, or not registered for this client"),
        Refusal::Page("request-object") => {
            OAuthError::new(ErrorCode::InvalidRequestObject, "the request object can't be read, or is not this client's")
        }
        Refusal::Page(_) => OAuthError::request("the request can't be read; discovery lists what is taken"),
    }
}

/// The parameters that count, where a browser brings a reference: those that were pushed, and none beside them.
pub async fn resolve(idp: &Idp, params: Params) -> Result<(Params, Origin), Refusal> {
    let Some(token) = params.get("request_uri").and_then(|u| u.strip_prefix(PUSHED)) else {
        return Ok((params, Origin::Browser));
    };
    let gone = || Refusal::Page("pushed");
    let hash = hash(idp, token).map_err(OAuthError::from)?;
    let row = {
        let mut snapshot = idp.db.snapshot().await?;
        by_hash(&mut snapshot.tx(), &hash).await?
    };
    // Case 5: another client's request is not even looked at.
    let row = row.filter(|r| params.get("client_id") == Some(r.client_id.as_str())).ok_or_else(gone)?;
    if row.used_at.is_some() || row.expires_at <= idp.env.now().0 {
        return Err(gone());
    }
    let text = idp.env.root.open(Purpose::Personal, &place(&hash), &row.params).map_err(OAuthError::from)?;
    let kept: Kept = serde_json::from_slice(&text).map_err(|e| OAuthError::internal(&e))?;
    let params = Params::from_pairs(kept.pairs, REPEATABLE).map_err(OAuthError::from)?;
    let params = if kept.signed { params.signed() } else { params };
    Ok((params, Origin::Pushed(Pushed { hash, jkt: row.jkt, trial: kept.trial })))
}

/// What of metadata is about pushed requests.
pub fn metadata(idp: &Idp) -> serde_json::Value {
    serde_json::json!({
        "pushed_authorization_request_endpoint": idp.env.settings.idp_url.at("/par"),
        "require_pushed_authorization_requests": false,
    })
}

fn hash(idp: &Idp, token: &str) -> Result<String, RootError> {
    idp.env.root.token_hash("pushed-request", token)
}

fn place(hash: &str) -> String {
    format!("pushed_requests/{hash}")
}

record! {
    #[derive(Clone)]
    struct Row {
        hash: String,
        client_id: String,
        params: String,
        jkt: Option<String>,
        expires_at: i64,
        used_at: Option<i64>,
    }
}

async fn insert(tx: &mut Tx<'_>, row: &Row, now: Timestamp) -> Result<(), DbError> {
    tx.q(sql!(
        "INSERT INTO pushed_requests (hash, client_id, params, jkt, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)"
    ))
    .bind(row.hash.as_str())
    .bind(row.client_id.as_str())
    .bind(row.params.as_str())
    .bind(row.jkt.clone())
    .bind(now.0)
    .bind(row.expires_at)
    .exec()
    .await
    .map(drop)
}

async fn by_hash(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Row>, DbError> {
    tx.q(sql!("SELECT hash, client_id, params, jkt, expires_at, used_at FROM pushed_requests WHERE hash = $1"))
        .bind(hash)
        .opt()
        .await
}

/// Spends a pushed request; false when that was done before. In the transaction that gives the code: until then the person
/// may come back to it. Its end counts from when it was seen, since signing in takes longer than it may wait.
pub async fn spend(tx: &mut Tx<'_>, hash: &str, now: Timestamp) -> Result<bool, DbError> {
    let n = tx
        .q(sql!("UPDATE pushed_requests SET used_at = $2 WHERE hash = $1 AND used_at IS NULL"))
        .bind(hash)
        .bind(now.0)
        .exec()
        .await?;
    Ok(n == 1)
}

/// Ends every request that waits.
pub async fn void_all(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("UPDATE pushed_requests SET used_at = $1 WHERE used_at IS NULL")).bind(now.0).exec().await
}

/// Drops requests that expired before `before`.
pub async fn sweep(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64, DbError> {
    tx.q(sql!("DELETE FROM pushed_requests WHERE hash IN (SELECT hash FROM pushed_requests WHERE expires_at < $1 LIMIT 500)"))
        .bind(before.0)
        .exec()
        .await
}
