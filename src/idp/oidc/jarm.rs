//! The answer to an authorization request, plain or as a statement that is signed for the application (JWT Secured
//! Authorization Response Mode for OAuth 2.0; FAPI 2.0 Message Signing, section 5.4). Owns what is in the statement. Which mode
//! an answer has is `answer`'s.

use std::time::Duration;

use serde_json::{Map, Value};

use super::answer::{Back, Next, of_error};
use super::error::OAuthError;
use super::tokens::sign;
use super::{pushed, sealed};
use crate::idp::Idp;
use crate::idp::clients::model::Sealed;
use crate::idp::clients::{self, Client};
use crate::idp::keyring::{self, Use};

/// How long an answer may be on its way (section 2.1: at most ten minutes). A person may read a page first.
const LIFE: Duration = Duration::from_secs(600);

/// The answer with these parameters.
pub async fn answer(idp: &Idp, back: &Back, pairs: &[(&str, &str)]) -> Result<Next, OAuthError> {
    if !back.mode.is_signed() {
        return Ok(back.carry(&back.with_state(idp.issuer(), pairs)));
    }
    let client = {
        let mut snapshot = idp.db.snapshot().await?;
        clients::store::by_id(&mut snapshot.tx(), &back.client_id).await?
    };
    let client = client.ok_or(OAuthError::request("this client is registered no longer"))?;
    let token = statement(idp, &client, (&back.redirect_uri, &back.with_state(idp.issuer(), pairs))).await?;
    // RFC 9207, section 2.4: the issuer is in the statement, and not beside it.
    Ok(back.carry(&[("response", &token)]))
}

/// Whether an answer may go there: to an address that is registered for the application at this moment, or to that of trials
/// (security case 1).
pub async fn may_go(idp: &Idp, back: &Back) -> Result<bool, OAuthError> {
    if back.redirect_uri == pushed::trial_address(idp) {
        return Ok(true);
    }
    let found = idp.lookup.at_head(&back.client_id).await?;
    Ok(found.is_some_and(|(client, _)| client.enabled && client.may_redirect_to(&back.redirect_uri)))
}

/// The answer that is an error.
pub async fn error(idp: &Idp, back: &Back, error: &OAuthError) -> Result<Next, OAuthError> {
    answer(idp, back, &of_error(error)).await
}

/// The same as an address for a link, whatever the mode. For a page that a person reads first.
pub async fn link(idp: &Idp, back: &Back, problem: &OAuthError) -> Result<String, OAuthError> {
    let back = Back { mode: back.mode.as_link(), ..back.clone() };
    match error(idp, &back, problem).await? {
        Next::Redirect(to) | Next::Post { to, .. } => Ok(to),
    }
}

/// Section 2.1: the parameters, `iss`, `aud` and `exp`; nothing that would let it pass for an ID token.
async fn statement(idp: &Idp, client: &Client, (to, all): (&str, &[(&str, &str)])) -> Result<String, OAuthError> {
    let mut claims: Map<String, Value> = all.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    let now = idp.env.now();
    claims.insert("aud".into(), client.id.as_str().into());
    claims.insert("iat".into(), now.seconds().into());
    claims.insert("exp".into(), (now + LIFE).seconds().into());
    let alg = client.authorization_alg();
    keyring::flow::ensure(&idp.keyring, Use::Token, alg).await?;
    let signed = sign(idp, alg, "JWT", &claims)?;
    // In a trial this server is who reads it, and it has no key of the application's.
    if to == pushed::trial_address(idp) {
        return Ok(signed);
    }
    sealed::nested(idp, client, Sealed::Authorization, signed).await
}
