//! Request objects (RFC 9101; OpenID Connect Core, section 6): the parameters of an authorization request in a JWT that the
//! application has signed, by value (`request`) or at an address of its own (`request_uri`). Owns finding, checking and
//! unpacking it; what the parameters must be is `authorize`'s. With an object nothing beside it counts but `client_id`.

use std::time::Duration;

use serde_json::{Map, Value};

use super::authorize::{Refusal, told_at};
use super::error::{ErrorCode, OAuthError};
use super::token::REPEATABLE;
use crate::idp::clients::Client;
use crate::idp::clients::auth::Assertion;
use crate::idp::{Idp, clients};
use crate::kernel::clock::Timestamp;
use crate::kernel::http::Params;
use crate::kernel::http::problem::chain;
use crate::kernel::jose::{Alg, JoseError, Signed, open};

/// Where pushed requests are referred to (RFC 9126, section 2.2): none of those is fetched.
pub const PUSHED: &str = "urn:ietf:params:oauth:request_uri:";
/// Media types of a request object (RFC 9101, section 10.8 recommends the last).
const TYPES: [&str; 3] = ["", "JWT", "oauth-authz-req+jwt"];
/// By how much clocks may differ, in seconds.
const LEEWAY: i64 = 10;
/// How long a signed authentication request may count.
const LONGEST: Duration = Duration::from_secs(3600);
/// Claims of the JWT itself, which are no parameters.
const OF_THE_JWT: [&str; 7] = ["iss", "aud", "exp", "nbf", "iat", "jti", "sub"];

/// The parameters that count: those given, or those of the object that they bring or name.
pub async fn resolve(idp: &Idp, params: Params) -> Result<Params, Refusal> {
    let (by_value, by_reference) = (params.get("request"), params.get("request_uri"));
    if by_reference.is_some_and(|u| u.starts_with(PUSHED)) || (by_value.is_none() && by_reference.is_none()) {
        return Ok(params);
    }
    let client_id = params.get("client_id").ok_or(Refusal::Page("client-unknown"))?;
    let client = {
        let mut snapshot = idp.db.snapshot().await?;
        clients::store::by_id(&mut snapshot.tx(), client_id).await?
    };
    let client = client.filter(|c| c.enabled).ok_or(Refusal::Page("client-unknown"))?;
    let token = match (by_value, by_reference) {
        (Some(_), Some(_)) => Err(OAuthError::request("request and request_uri exclude each other (RFC 9101, section 5)")),
        (Some(token), None) => Ok(token.to_owned()),
        (None, uri) => fetched(idp, &client, uri.unwrap_or_default()).await,
    };
    let unpacked = match token {
        Ok(token) => opened(idp, &client, &token, &client.request_algs()).await.and_then(|claims| unpack(&client, &claims)),
        Err(e) => Err(e),
    };
    unpacked.map_err(|error| refuse(idp, &client, &params, error))
}

/// An error is told to the application only at an address that the request itself names and that is registered.
fn refuse(idp: &Idp, client: &Client, params: &Params, error: OAuthError) -> Refusal {
    match params.get("redirect_uri").filter(|uri| client.may_redirect_to(uri)) {
        None => Refusal::Page("request-object"),
        Some(uri) => Refusal::Client { to: told_at(idp, client, uri, params), error },
    }
}

/// Asks the application's own address, which must be registered as it is (section 5.2.2; security case 15): an address that
/// anyone may name would make this server ask wherever he likes.
async fn fetched(idp: &Idp, client: &Client, uri: &str) -> Result<String, OAuthError> {
    let plain = |u: &str| u.split_once('#').map_or_else(|| u.to_owned(), |(before, _)| before.to_owned());
    let wrong = |why| OAuthError::new(ErrorCode::InvalidRequestUri, why);
    let asked = plain(uri);
    if !client.metadata.request_uris.iter().any(|r| plain(r) == asked) {
        return Err(wrong("request_uri is not registered for this client"));
    }
    let answer = idp.fetch.get(&asked).await.map_err(|e| {
        tracing::info!(client = client.id, error = %chain(&e), "a request object can't be fetched");
        wrong("nothing could be read at request_uri")
    })?;
    let text = Some(answer.body).filter(|_| answer.status.is_success()).and_then(|b| String::from_utf8(b).ok());
    text.map(|t| t.trim().to_owned()).ok_or_else(|| wrong("there is no request object at request_uri"))
}

fn invalid(why: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequestObject, why)
}

/// The object's claims, once its signature and its own claims are right.
async fn opened(idp: &Idp, client: &Client, token: &str, algs: &[Alg]) -> Result<Map<String, Value>, OAuthError> {
    if is_unsigned(token) && client.must_sign_requests() {
        return Err(invalid("the request object of this client must be signed"));
    }
    if is_unsigned(token) {
        return Err(OAuthError::new(ErrorCode::RequestNotSupported, "a request object without a signature is not taken"));
    }
    let signed = signature(idp, client, token, algs).await?;
    let claims = signed.object().map_err(|_| invalid("the request object is not a JSON object with each member once"))?;
    check(idp, client, &claims)?;
    Ok(claims)
}

/// The parameters of a signed authentication request (OpenID Connect CIBA, section 7.1.1), and its one use. All of its own
/// claims are required, and it counts for an hour at most.
pub async fn backchannel(idp: &Idp, client: &Client, token: &str) -> Result<(Params, Assertion), OAuthError> {
    let refused = |e: OAuthError| OAuthError { code: ErrorCode::InvalidRequest, ..e };
    let claims = opened(idp, client, token, &client.backchannel_algs()).await.map_err(refused)?;
    let missing = || OAuthError::request("iss, aud, exp, iat, nbf and jti are required (CIBA, section 7.1.1)");
    if ["iss", "aud", "iat", "nbf"].iter().any(|name| !claims.contains_key(*name)) {
        return Err(missing());
    }
    let exp = claims.get("exp").and_then(Value::as_i64).ok_or_else(missing)?;
    let jti = claims.get("jti").and_then(Value::as_str).filter(|j| !j.is_empty() && j.len() <= 256).ok_or_else(missing)?;
    let expires = Timestamp::from_seconds(exp);
    if expires > idp.env.now() + LONGEST {
        return Err(OAuthError::request("a signed authentication request counts for an hour at most"));
    }
    // A minute more than its life, since clocks may differ.
    let once =
        Assertion { jti_hash: idp.env.root.token_hash("backchannel-jti", jti)?, expires: expires + Duration::from_secs(60) };
    Ok((unpack(client, &claims).map_err(refused)?, once))
}

/// Whether a token says itself that nobody has signed it. Such a token is believed in nothing else.
fn is_unsigned(token: &str) -> bool {
    use base64::Engine;
    let header = token.split('.').next().unwrap_or_default();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).unwrap_or_default();
    serde_json::from_slice::<Value>(&bytes).is_ok_and(|h| h.get("alg").and_then(Value::as_str) == Some("none"))
}

async fn signature(idp: &Idp, client: &Client, token: &str, algs: &[Alg]) -> Result<Signed, OAuthError> {
    let mut last = None;
    for fresh in [false, true] {
        let Some(keys) = clients::auth::keys_of(idp, client, fresh).await else { continue };
        match open(token, &keys, Some(&TYPES), algs) {
            Ok(signed) => return Ok(signed),
            Err(e) => last = Some(e),
        }
    }
    tracing::debug!(client = client.id, error = ?last, "a request object was refused");
    Err(match last {
        None => invalid("this client has no keys that a request object can be checked with"),
        Some(JoseError::Algorithm) => {
            invalid("the request object is signed with an algorithm that this client is not registered for")
        }
        Some(_) => invalid("the signature of the request object does not fit a key of this client"),
    })
}

/// The claims of the object itself (RFC 9101, sections 4 and 10.8; FAPI 2.0 Message Signing, section 5.3.1).
fn check(idp: &Idp, client: &Client, claims: &Map<String, Value>) -> Result<(), OAuthError> {
    let text = |name: &str| claims.get(name).map(|v| v.as_str().unwrap_or_default());
    if text("iss").is_some_and(|iss| iss != client.id) {
        return Err(invalid("iss is another than this client"));
    }
    if text("client_id").is_some_and(|id| id != client.id) {
        return Err(invalid("client_id in the request object is another than beside it"));
    }
    let for_us = match claims.get("aud") {
        None => !client.is_fapi(),
        Some(Value::String(one)) => one == idp.issuer(),
        Some(Value::Array(many)) => many.iter().any(|a| a.as_str() == Some(idp.issuer())),
        Some(_) => false,
    };
    if !for_us {
        return Err(invalid("aud does not name this issuer"));
    }
    // Such a token could be a client assertion (RFC 9101, section 10.8).
    if text("sub").is_some_and(|sub| sub == client.id) {
        return Err(invalid("sub must not be the client"));
    }
    if claims.contains_key("request") || claims.contains_key("request_uri") {
        return Err(invalid("a request object must not name another one (RFC 9101, section 4)"));
    }
    let now = idp.env.now().seconds();
    let date = |name: &'static str| match claims.get(name) {
        None => Ok(None),
        Some(v) => v.as_f64().filter(|n| n.is_finite() && *n >= 0.0).map(Some).ok_or(invalid("exp, nbf and iat are numbers")),
    };
    #[allow(clippy::cast_precision_loss, reason = "seconds of this epoch fit a double exactly")]
    let (early, late) = ((now - LEEWAY) as f64, (now + LEEWAY) as f64);
    let (exp, nbf) = (date("exp")?, date("nbf")?);
    if exp.is_some_and(|t| t <= early) {
        return Err(invalid("the request object has expired"));
    }
    if nbf.into_iter().chain(date("iat")?).any(|t| t > late) {
        return Err(invalid("the request object is from the future"));
    }
    if client.is_fapi() {
        let (Some(exp), Some(nbf)) = (exp, nbf) else { return Err(invalid("exp and nbf are required")) };
        if nbf < early - 3600.0 || exp - nbf > 3600.0 {
            return Err(invalid("nbf is at most an hour ago, and exp at most an hour after it"));
        }
    }
    Ok(())
}

/// The object's members as parameters.
fn unpack(client: &Client, claims: &Map<String, Value>) -> Result<Params, OAuthError> {
    let mut pairs: Vec<(String, String)> = vec![("client_id".to_owned(), client.id.clone())];
    for (name, value) in claims.iter().filter(|(n, _)| !OF_THE_JWT.contains(&n.as_str()) && *n != "client_id") {
        let text = |v: &Value| match v {
            Value::String(s) => s.clone(),
            other => other.to_string(),
        };
        match value {
            Value::Null => {}
            Value::Array(many) if REPEATABLE.contains(&name.as_str()) => {
                pairs.extend(many.iter().map(|v| (name.clone(), text(v))));
            }
            one => pairs.push((name.clone(), text(one))),
        }
    }
    Ok(Params::from_pairs(pairs, REPEATABLE)?.signed())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::idp::clients::Metadata;

    fn client() -> Client {
        Client { id: "c".into(), metadata: Metadata::default(), secret_hash: None, enabled: true }
    }

    /// S1: members become parameters: numbers and objects as their text, lists of what may repeat one by one.
    #[test]
    fn members_of_an_object_are_parameters() {
        let claims = json!({"iss": "c", "client_id": "other", "max_age": 5, "claims": {"userinfo": {}}, "resource": ["a", "b"], "state": null});
        let params = unpack(&client(), claims.as_object().unwrap()).unwrap();
        assert_eq!((params.get("client_id"), params.get("iss"), params.get("state")), (Some("c"), None, None));
        assert_eq!((params.get("max_age"), params.get("claims")), (Some("5"), Some(r#"{"userinfo":{}}"#)));
        assert_eq!(params.all("resource"), ["a", "b"]);
        assert!(params.is_signed());
    }

    proptest! {
        /// case 7, case 31: whatever comes as a token, asking whether it is unsigned answers; only one that says so is.
        #[test]
        fn any_text_can_be_asked_whether_it_is_unsigned(text in ".{0,80}") {
            prop_assert!(!is_unsigned(&text) || text.starts_with("ey"));
        }
    }
}
