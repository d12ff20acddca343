//! What another provider publishes (OpenID Connect Discovery 1.0): asked over the guarded client, kept for minutes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Deserialize;

use super::flow::FederationError;
use crate::kernel::Env;
use crate::kernel::clock::Timestamp;
use crate::kernel::http::fetch::Fetch;

/// How long it is used without asking.
const KEEP: Duration = Duration::from_secs(600);

/// The part of a provider's metadata that is needed.
#[derive(Clone, Debug, Deserialize)]
pub struct Metadata {
    /// Must be the issuer that was asked for.
    pub issuer: String,
    /// Where people go.
    pub authorization_endpoint: String,
    /// Where codes are redeemed.
    pub token_endpoint: String,
    /// Where more is told of people.
    #[serde(default)]
    pub userinfo_endpoint: Option<String>,
    /// Where its keys are.
    pub jwks_uri: String,
    /// Whether answers name it (RFC 9207).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

/// What is known of other providers, by issuer.
#[derive(Default)]
pub struct Known(Mutex<HashMap<String, (Timestamp, Arc<Metadata>)>>);

impl Known {
    /// The metadata of an issuer.
    pub async fn of(&self, env: &Env, fetch: &Fetch, issuer: &str) -> Result<Arc<Metadata>, FederationError> {
        let now = env.now();
        let kept = self.0.lock().ok().and_then(|m| m.get(issuer).cloned());
        if let Some((_, metadata)) = kept.filter(|(at, _)| *at + KEEP > now) {
            return Ok(metadata);
        }
        let metadata = Arc::new(asked(fetch, issuer).await?);
        if let Ok(mut kept) = self.0.lock() {
            kept.insert(issuer.to_owned(), (now, Arc::clone(&metadata)));
        }
        Ok(metadata)
    }
}

/// Asks an issuer, whatever is remembered of it.
pub async fn asked(fetch: &Fetch, issuer: &str) -> Result<Metadata, FederationError> {
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let answer = fetch.get(&address).await?;
    if !answer.status.is_success() {
        return Err(FederationError::Upstream(format!("its metadata is answered with {}", answer.status)));
    }
    let wrong = |why: String| FederationError::Upstream(format!("its metadata can't be used: {why}"));
    let metadata: Metadata = serde_json::from_slice(&answer.body).map_err(|e| wrong(e.to_string()))?;
    // Section 4.3: exactly, or one provider speaks for another.
    if metadata.issuer != issuer {
        return Err(wrong(format!("it says that it is {}", metadata.issuer)));
    }
    let more = metadata.userinfo_endpoint.iter();
    for address in [&metadata.token_endpoint, &metadata.jwks_uri].into_iter().chain(more) {
        fetch.reach().read(address).map_err(|why| wrong(format!("{address}: {why}")))?;
    }
    // Where browsers are led: https, or this machine in development, like everything else that is asked there.
    fetch.reach().read(&metadata.authorization_endpoint).map_err(|why| wrong(why.to_owned()))?;
    Ok(metadata)
}
