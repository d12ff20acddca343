//! What is looked at in tokens, in the way in which an application and a resource server would.

use serde_json::Value;

use super::flow::opened;
use super::model::{Kept, Step};
use crate::idp::Idp;
use crate::idp::clients::Client;
use crate::idp::oidc::{OAuthError, subjects};
use crate::kernel::http::Params;
use crate::kernel::jose::{Alg, Audience, Expect, KeySet, open, verify};

/// The keys that the provider publishes, as whoever checks a token gets them.
pub fn published(idp: &Idp) -> Result<KeySet, OAuthError> {
    KeySet::from_json(&idp.keyring.published()).map_err(|e| OAuthError::internal(&e))
}

fn is(claims: &Value, name: &str, value: &str) -> bool {
    claims.get(name).and_then(Value::as_str) == Some(value)
}

fn lasts(idp: &Idp, claims: &Value) -> bool {
    claims.get("exp").and_then(Value::as_i64).is_some_and(|exp| exp > idp.env.now().seconds())
}

/// Whether a token is encrypted (RFC 7516, section 3.1: five parts).
pub fn is_encrypted(token: &str) -> bool {
    token.split('.').count() == 5
}

/// An answer of the authorization endpoint that came as a signed statement (JARM): its parameters, and whether it may be
/// believed. Nothing where it is no statement, or none that can be read here.
pub fn response(idp: &Idp, client: &Client, token: &str) -> Result<Option<(Params, bool)>, OAuthError> {
    let Some((_, Value::Object(claims))) = opened(token) else { return Ok(None) };
    let expect = Expect::new(idp.issuer(), Audience::Only(&client.id), &Alg::ALL, idp.env.now());
    let right = verify::<Value>(token, &published(idp)?, &expect).is_ok();
    let pairs = claims.iter().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    Ok(Some((Params::from_pairs(pairs, &[])?, right)))
}

/// An ID token (OpenID Connect Core, section 3.1.3.7); the step, and its claims.
pub fn id_token(idp: &Idp, client: &Client, kept: &Kept, (token, person): (&str, &str)) -> Result<(Step, Value), OAuthError> {
    let step = Step::new("id-token", String::new());
    if is_encrypted(token) {
        return Ok((step.note("encrypted"), Value::Null));
    }
    let Some((header, claims)) = opened(token) else { return Ok((step.check("readable", false), Value::Null)) };
    let signed = open(token, &published(idp)?, Some(&["JWT"]), &[client.id_token_alg()]).is_ok();
    let now = idp.env.now().seconds();
    let auth_time = claims.get("auth_time").and_then(Value::as_i64);
    let sub = subjects::sub(&idp.env.root, client, person)?;
    let mut step = step
        .check("signature", signed)
        .check("iss", is(&claims, "iss", idp.issuer()))
        .check("aud-client", is(&claims, "aud", &client.id))
        .check("exp", lasts(idp, &claims))
        .check("nonce", is(&claims, "nonce", &kept.nonce))
        .check("sub-own", is(&claims, "sub", &sub));
    if let Some(most) = kept.asked("max_age").and_then(|m| m.parse::<i64>().ok()) {
        // A minute for the pages in between.
        step = step.check("max-age", auth_time.is_some_and(|at| now.saturating_sub(at) <= most.saturating_add(60)));
    }
    if let Some(asked) = kept.asked("acr_values") {
        step = step.check("acr", claims.get("acr").and_then(Value::as_str).is_some_and(|acr| asked.split(' ').any(|a| a == acr)));
    }
    Ok((step.json("header", header).json("claims", claims.clone()), claims))
}

/// An access token of either form (RFC 9068, section 4); `claims` are those that it stands for.
pub fn access_token(
    idp: &Idp,
    client: &Client,
    token: &str,
    (claims, resource, key): (&Value, &str, Option<&str>),
) -> Result<Step, OAuthError> {
    let mut step = Step::new("access-token", String::new());
    step = match opened(token) {
        Some((header, _)) => {
            let signed = open(token, &published(idp)?, Some(&["at+jwt"]), &[client.access_token_alg()]).is_ok();
            step.check("signature", signed).json("header", header)
        }
        None => step.note("opaque"),
    };
    step = step
        .check("iss", is(claims, "iss", idp.issuer()))
        .check("aud-resource", is(claims, "aud", resource))
        .check("client", is(claims, "client_id", &client.id))
        .check("exp", lasts(idp, claims));
    if let Some(key) = key {
        let bound = claims.get("cnf").and_then(|c| c.get("jkt")).and_then(Value::as_str) == Some(key);
        step = step.check("bound", bound);
    }
    Ok(step.json("claims", claims.clone()))
}
