//! The provider says that someone is signed out here (OpenID Connect Back-Channel Logout 1.0, sections 2.5 to 2.8). Owns the
//! check of the logout token.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Accounting;
use super::provider::ProviderError;
use crate::kernel::clock::Timestamp;
use crate::kernel::jose::{Alg, Audience, Expect, JoseError, verify};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

#[derive(Deserialize)]
struct LogoutClaims {
    exp: i64,
    #[serde(rename = "iat")]
    _iat: i64,
    jti: String,
    events: Map<String, Value>,
    #[serde(default)]
    sub: Option<String>,
    #[serde(default)]
    sid: Option<String>,
    #[serde(default)]
    nonce: Option<Value>,
}

/// Why a logout token ends nothing.
#[derive(Debug, thiserror::Error)]
pub enum LogoutError {
    /// Its signature, issuer, audience, type or times.
    #[error("the logout token: {0}")]
    Token(#[from] JoseError),
    /// What it says besides.
    #[error("the logout token's {0} is not as it must be")]
    Claim(&'static str),
    /// It was taken before.
    #[error("the logout token was taken before")]
    Again,
    /// The provider's keys can't be had.
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

/// Ends what the token names.
pub async fn end(app: &Accounting, token: &str) -> Result<(), LogoutError> {
    let (options, now) = (&app.options, app.clock.now());
    let expect = Expect::new(&options.issuer, Audience::Among(&options.client_id), &[Alg::Es256], now).typ(&["logout+jwt"]);
    let known = app.provider.known(options, now, false).await?;
    let read = match verify::<LogoutClaims>(token, &known.keys, &expect) {
        Err(JoseError::UnknownKey) => verify(token, &app.provider.known(options, now, true).await?.keys, &expect)?,
        read => read?,
    };
    let claims = read.into_claims();
    if !claims.events.get(EVENT).is_some_and(Value::is_object) {
        return Err(LogoutError::Claim("events"));
    }
    // So that no ID token passes for this one.
    if claims.nonce.is_some() {
        return Err(LogoutError::Claim("nonce"));
    }
    if claims.sub.is_none() && claims.sid.is_none() {
        return Err(LogoutError::Claim("sub"));
    }
    // A little longer than clocks may differ.
    let until = Timestamp::from_seconds(claims.exp) + Duration::from_secs(60);
    if claims.jti.is_empty() || !app.sessions.take_jti(&claims.jti, until, now) {
        return Err(LogoutError::Again);
    }
    app.sessions.end_all(claims.sub.as_deref(), claims.sid.as_deref());
    Ok(())
}
