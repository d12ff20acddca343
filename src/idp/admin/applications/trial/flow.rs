//! Beginning a trial, and taking its answer.

use std::time::Duration;

use serde_json::Value;

use super::model::{Kept, LIFE, Step, Wanted};
use super::run;
use crate::idp::admin::applications::flow::AppError;
use crate::idp::admin::applications::pages::signs_in;
use crate::idp::admin::flow::{AdminError, Hand, still};
use crate::idp::admin::gate::Admin;
use crate::idp::clients::{self, Client};
use crate::idp::credentials::limits::{self, Limit};
use crate::idp::oidc::error::{ErrorCode, OAuthError};
use crate::idp::oidc::pushed;
use crate::idp::oidc::token::REPEATABLE;
use crate::idp::{Idp, oidc};
use crate::kernel::audit;
use crate::kernel::http::{Context, Params};
use crate::kernel::root::Purpose;

/// Trials of one administrator in an hour.
const OFTEN: Limit = Limit { most: 60, window: Duration::from_secs(3600) };

fn place(person: &str) -> String {
    format!("trial/{person}")
}

/// An application that can be tried.
pub async fn tried(idp: &Idp, id: &str) -> Result<Client, AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    let client = clients::store::by_id(&mut snapshot.tx(), id).await?.ok_or(AdminError::NotFound)?;
    if !client.enabled {
        return Err(AdminError::Refused("admin-refused-try-disabled"));
    }
    if signs_in(&client.metadata) { Ok(client) } else { Err(AdminError::Refused("admin-refused-try-grant")) }
}

/// Begins a trial; where the browser goes.
pub async fn begin(idp: &Idp, admin: &Admin, id: &str, wanted: &Wanted) -> Result<String, AppError> {
    let client = tried(idp, id).await?;
    if !wanted.fits() {
        return Err(AppError::at("scope", "shorter: a trial asks for 800 bytes at most"));
    }
    noted(idp, admin, id).await?;
    let (verifier, nonce) = (idp.env.token(), idp.env.token());
    let challenge = crate::kernel::jose::digest(verifier.as_bytes());
    let until = (idp.env.now() + LIFE).0;
    let kept = Kept { client: id.to_owned(), verifier, nonce: nonce.clone(), until, asked: wanted.params() };
    let text = serde_json::to_vec(&kept).map_err(|e| AdminError::Internal(e.to_string()))?;
    let person = &admin.person.id;
    let state = idp.env.root.seal(Purpose::Cursor, &place(person), &text, idp.env.entropy.as_ref()).map_err(AdminError::from)?;
    let own = [
        ("response_type", "code".to_owned()),
        ("client_id", client.id.clone()),
        ("redirect_uri", pushed::trial_address(idp)),
        ("state", state),
        ("nonce", nonce),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256".to_owned()),
    ];
    // What is held to message signing must be answered so.
    let mode = client.signs_messages().then(|| ("response_mode", "query.jwt".to_owned()));
    let pairs = own.into_iter().chain(mode).map(|(n, v)| (n.to_owned(), v)).chain(kept.asked);
    let params = Params::from_pairs(pairs, REPEATABLE).map_err(|e| told(OAuthError::from(e)))?;
    let reference = pushed::push_trial(idp, &client, person, params).await.map_err(told)?;
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("client_id", &client.id).append_pair("request_uri", &reference);
    Ok(format!("/authorize?{}", query.finish()))
}

/// What the authorization endpoint would have told the application, at the field that it is about.
fn told(e: OAuthError) -> AppError {
    match e.code {
        ErrorCode::InvalidScope => AppError::at("scope", e.description),
        ErrorCode::InvalidTarget => AppError::at("resource", e.description),
        ErrorCode::ServerError | ErrorCode::TemporarilyUnavailable => AdminError::Internal(e.to_string()).into(),
        _ => AppError::at("", e.description),
    }
}

/// Counts it and writes it down: tokens are given in the application's place, if only for a moment.
async fn noted(idp: &Idp, admin: &Admin, client: &str) -> Result<(), AdminError> {
    let bucket = idp.env.root.token_hash("trial", &admin.person.id)?;
    let input = (Hand::new(idp, &admin.asking), client.to_owned(), bucket);
    let over = idp.db.write(input, |(hand, client, bucket), mut tx| {
        Box::pin(async move {
            still(&mut tx, &hand.asking, hand.now).await?;
            if limits::take(&mut tx, bucket, OFTEN, hand.now).await?.is_some() {
                return Ok(true);
            }
            let entry = audit::Entry {
                id: hand.run.clone(),
                at: hand.now,
                actor: hand.asking.actor.clone(),
                action: "client.tried",
                target: Some(client.clone()),
                outcome: "ok",
                detail: String::new(),
            };
            audit::record(&mut tx, &entry).await?;
            Ok::<_, AdminError>(false)
        })
    });
    if over.await? { Err(AdminError::Refused("admin-refused-try-many")) } else { Ok(()) }
}

/// A trial that came to its answer.
#[derive(Debug)]
pub struct Tried {
    /// The application.
    pub client: Client,
    /// How it went.
    pub steps: Vec<Step>,
}

/// Takes the answer of a trial and goes through the rest of it. What isn't this administrator's own, or took too long, is
/// refused before anything is looked at.
pub async fn finish(idp: &Idp, context: &Context, admin: &Admin, answer: &Params) -> Result<Tried, AdminError> {
    let over = || AdminError::Refused("admin-refused-try-over");
    // Signed, `state` is in the statement; it is sealed, so that it speaks for itself wherever it stands.
    let said = answer.get("response").and_then(opened).and_then(|(_, claims)| Some(claims.get("state")?.as_str()?.to_owned()));
    let state = answer.get("state").map(str::to_owned).or(said).ok_or_else(over)?;
    let plain = idp.env.root.open(Purpose::Cursor, &place(&admin.person.id), &state).map_err(|_| over())?;
    let kept: Kept = serde_json::from_slice(&plain).map_err(|_| over())?;
    if kept.until <= idp.env.now().0 {
        return Err(over());
    }
    let client = tried(idp, &kept.client).await?;
    let run = run::Run::new(idp, context, &admin.person, &client, &kept);
    let steps = run.all(answer).await.map_err(|e| internal(&e))?;
    Ok(Tried { client, steps })
}

fn internal(e: &oidc::OAuthError) -> AdminError {
    AdminError::Internal(e.to_string())
}

/// What is shown of a token: header and claims, without the signature that makes them one. Nothing of it is believed here.
pub fn opened(token: &str) -> Option<(Value, Value)> {
    use base64::Engine;
    let mut parts = token.split('.').map(|p| base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(p).ok());
    let mut read = || parts.next().flatten().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    Some((read()?, read()?))
}
