//! The provider says that a session has ended (OpenID Connect Back-Channel Logout 1.0). Owns the check of the logout
//! token. The access log says the same to every request; this ends the session's row at once, also while nobody asks.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::client::CLIENT_ID;
use super::provider::Unreachable;
use super::store::{self, Ordered};
use crate::crm::Crm;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::DbError;
use crate::kernel::jose::{Alg, Audience, Expect, JoseError, verify};
use crate::kernel::root::RootError;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
const TYP: &[&str] = &["logout+jwt"];

/// The claims of a logout token (section 2.4) that the shared checks don't cover.
#[derive(Deserialize)]
struct LogoutClaims {
    exp: i64,
    #[serde(rename = "iat")]
    _iat: i64,
    jti: String,
    events: Map<String, Value>,
    #[serde(default)]
    sid: Option<String>,
    #[serde(default)]
    sub: Option<String>,
    #[serde(default)]
    nonce: Option<Value>,
}

/// Why a logout token ends nothing.
#[derive(Debug, thiserror::Error)]
pub enum LogoutError {
    /// The token.
    #[error("the logout token: {0}")]
    Token(#[from] JoseError),
    /// It was used before.
    #[error("the logout token was used before")]
    Replay,
    /// The provider's keys could not be had.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
}

/// Ends the sessions that the token names; how many there were.
pub async fn end(crm: &Crm, token: &str) -> Result<u64, LogoutError> {
    let now = crm.env.now();
    let expect = Expect::new(crm.provider.issuer(), Audience::Among(CLIENT_ID), &Alg::ALL, now).typ(TYP);
    let known = crm.provider.known().await?;
    let verified = match verify::<LogoutClaims>(token, &known.keys, &expect) {
        Err(JoseError::UnknownKey) => match crm.provider.newer(&known).await? {
            Some(known) => verify(token, &known.keys, &expect)?,
            None => return Err(JoseError::UnknownKey.into()),
        },
        other => other?,
    };
    let claims = verified.into_claims();
    if !claims.events.get(EVENT).is_some_and(Value::is_object) {
        return Err(JoseError::Claim("events").into());
    }
    // Section 2.4: a nonce is forbidden, so that no ID token can pass for this.
    if claims.nonce.is_some() {
        return Err(JoseError::Claim("nonce").into());
    }
    if claims.sid.is_none() && claims.sub.is_none() {
        return Err(JoseError::Claim("sid").into());
    }
    let ordered = Ordered {
        jti_hash: crm.env.root.token_hash("logout-token", &claims.jti)?,
        // A little longer than clocks may differ, so that a token can't outlive its being remembered.
        expires_at: Timestamp::from_seconds(claims.exp.saturating_add(60)),
        sid: claims.sid,
        sub: claims.sub,
        now,
    };
    store::end_ordered(&crm.db, ordered).await?.ok_or(LogoutError::Replay)
}
