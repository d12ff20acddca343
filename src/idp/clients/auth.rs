//! How a client proves who it is (RFC 6749, section 2.3; RFC 7523, section 2.2; RFC 10070 on the audience).

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::model::{AuthMethod, Client};
use super::tls;
use crate::idp::Idp;
use crate::idp::feed::Head;
use crate::idp::oidc::OAuthError;
use crate::idp::oidc::binding::{self, Held};
use crate::idp::oidc::error::ErrorCode;
use crate::kernel::clock::Timestamp;
use crate::kernel::http::{Params, Presented};
use crate::kernel::jose::{Alg, Audience, Expect, KeySet, verify};
use crate::kernel::root::same;

/// A client that proved who it is. Made here only.
#[allow(clippy::manual_non_exhaustive, reason = "nobody else makes one, in this crate either")]
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// The client.
    pub client: Arc<Client>,
    /// The head of the access log when it was read.
    pub head: Head,
    /// An assertion's one use, to be taken in the transaction of its effect.
    pub assertion: Option<Assertion>,
    /// The keys that the request proves to have; nothing until [`Authenticated::holding`].
    pub held: Held,
    _made_here: (),
}

/// The one use of an assertion.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// Keyed hash of its `jti`.
    pub jti_hash: String,
    /// Until when it must be remembered.
    pub expires: Timestamp,
}

#[derive(Deserialize)]
struct AssertionClaims {
    iss: String,
    sub: String,
    jti: String,
    exp: i64,
}

impl Authenticated {
    /// The same, with the keys that the request proves to have: for endpoints that bind what they give to them.
    pub fn holding(self, idp: &Idp, presented: &Presented) -> Result<Self, OAuthError> {
        let algs = if self.client.is_fapi() { &Alg::FAPI[..] } else { &Alg::ALL[..] };
        let held = binding::held(idp, presented, None, algs)?;
        Ok(Self { held, ..self })
    }
}

/// An application that this provider stands in for, in a trial of an administrator's (docs/adr/0040): nothing was proven, so
/// only what a trial was given may be redeemed with it. None where it is unknown or disabled.
pub(in crate::idp) async fn in_trial(idp: &Idp, id: &str) -> Result<Option<Authenticated>, OAuthError> {
    let found = idp.lookup.at_head(id).await?.filter(|(c, _)| c.enabled);
    let as_proven = |(client, head)| Authenticated { client, head, assertion: None, held: Held::default(), _made_here: () };
    Ok(found.map(as_proven))
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How long before its expiry an assertion may be presented.
const ASSERTION_LIFE: Duration = Duration::from_secs(600);

enum Given<'a> {
    Basic(String, String),
    Post(&'a str, &'a str),
    Assertion(&'a str),
    Nothing(&'a str),
}

/// Finds the client and checks what it sent. Unknown, disabled and wrong all fail alike.
pub async fn authenticate(idp: &Idp, presented: &Presented, params: &Params) -> Result<Authenticated, OAuthError> {
    let given = read(&presented.headers, params)?;
    let refused = OAuthError {
        basic: matches!(given, Given::Basic(..)),
        ..OAuthError::new(ErrorCode::InvalidClient, "the client is unknown, disabled, or did not prove who it is")
    };
    let id = match &given {
        Given::Basic(id, _) => id.clone(),
        Given::Post(id, _) | Given::Nothing(id) => (*id).to_owned(),
        Given::Assertion(token) => unverified_subject(token).ok_or_else(|| refused.clone())?,
    };
    if params.get("client_id").is_some_and(|c| c != id) {
        return Err(OAuthError::request("client_id is another than the client that authenticates"));
    }
    let Some((client, head)) = idp.lookup.at_head(&id).await?.filter(|(c, _)| c.enabled) else {
        return Err(refused);
    };
    let mut assertion = None;
    let right = match (given, client.metadata.token_endpoint_auth_method) {
        (Given::Basic(_, secret), AuthMethod::ClientSecretBasic) => secret_fits(idp, &client, &secret)?,
        (Given::Post(_, secret), AuthMethod::ClientSecretPost) => secret_fits(idp, &client, secret)?,
        (Given::Nothing(_), AuthMethod::None) => true,
        (Given::Nothing(_), AuthMethod::TlsClientAuth) => tls::is_named(idp, &client, presented.certificate.as_deref()),
        (Given::Nothing(_), AuthMethod::SelfSignedTlsClientAuth) => {
            tls::is_own(idp, &client, presented.certificate.as_deref()).await
        }
        (Given::Assertion(token), AuthMethod::PrivateKeyJwt) => {
            assertion = check_assertion(idp, &client, token).await?;
            assertion.is_some()
        }
        _ => false,
    };
    if right { Ok(Authenticated { client, head, assertion, held: Held::default(), _made_here: () }) } else { Err(refused) }
}

fn read<'a>(headers: &HeaderMap, params: &'a Params) -> Result<Given<'a>, OAuthError> {
    let basic = match headers.get(header::AUTHORIZATION) {
        None => None,
        Some(v) => Some(v.to_str().ok().and_then(basic).ok_or(OAuthError {
            basic: true,
            ..OAuthError::new(ErrorCode::InvalidClient, "the Authorization header is not Basic with a client id and secret")
        })?),
    };
    let one_only = OAuthError::request("the client authenticates in more than one way");
    match (basic, params.get("client_secret"), params.get("client_assertion")) {
        (Some((id, secret)), None, None) => Ok(Given::Basic(id, secret)),
        (None, Some(secret), None) => match params.get("client_id") {
            Some(id) => Ok(Given::Post(id, secret)),
            None => Err(OAuthError::request("client_id is missing")),
        },
        (None, None, Some(token)) if params.get("client_assertion_type") == Some(ASSERTION_TYPE) => Ok(Given::Assertion(token)),
        (None, None, Some(_)) => Err(OAuthError::request("client_assertion_type must be that of a JWT (RFC 7523, section 2.2)")),
        (None, None, None) => match params.get("client_id") {
            Some(id) => Ok(Given::Nothing(id)),
            None => Err(OAuthError::new(ErrorCode::InvalidClient, "the client did not say who it is")),
        },
        _ => Err(one_only),
    }
}

/// Client id and secret of a Basic header; both are form-encoded inside (RFC 6749, section 2.3.1).
fn basic(value: &str) -> Option<(String, String)> {
    let (scheme, rest) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |s: &str| {
        if !s.contains(['%', '+', '&']) {
            return Some(s.to_owned());
        }
        url::form_urlencoded::parse(format!("v={s}").as_bytes()).next().map(|(_, v)| v.into_owned())
    };
    Some((decode(id)?, decode(secret)?))
}

fn secret_fits(idp: &Idp, client: &Client, secret: &str) -> Result<bool, OAuthError> {
    let hash = idp.env.root.token_hash("client-secret", secret)?;
    Ok(client.secret_hash.as_deref().is_some_and(|stored| same(stored, &hash)))
}

/// Whom an assertion claims to be, only to find the keys that it is then checked with.
fn unverified_subject(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Subject {
        sub: String,
    }
    let payload = token.split('.').nth(1).filter(|_| token.len() <= 16 * 1024)?;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice::<Subject>(&bytes).ok().map(|s| s.sub).filter(|s| s.len() <= 256)
}

async fn check_assertion(idp: &Idp, client: &Client, token: &str) -> Result<Option<Assertion>, OAuthError> {
    let now = idp.env.now();
    let issuer = idp.issuer();
    let algs = client.assertion_algs();
    // Case 9: the issuer and nothing else, so that no other server's assertion can be passed on to this one.
    let expect = Expect::new(&client.id, Audience::Only(issuer), &algs, now);
    let expect = expect.typ(&["", "JWT", "client-authentication+jwt"]);
    let mut claims = None;
    for fresh in [false, true] {
        let Some(keys) = keys_of(idp, client, fresh).await else { continue };
        match verify::<AssertionClaims>(token, &keys, &expect) {
            Ok(verified) => {
                claims = Some(verified.into_claims());
                break;
            }
            Err(e) => tracing::debug!(client = client.id, error = %e, "a client assertion was refused"),
        }
    }
    let Some(c) = claims.filter(|c| c.iss == client.id && c.sub == client.id && !c.jti.is_empty() && c.jti.len() <= 256) else {
        return Ok(None);
    };
    let expires = Timestamp::from_seconds(c.exp);
    if expires > now + ASSERTION_LIFE {
        return Ok(None);
    }
    // A minute more than its life, since clocks may differ.
    Ok(Some(Assertion { jti_hash: idp.env.root.token_hash("jti", &c.jti)?, expires: expires + Duration::from_secs(60) }))
}

/// The client's public keys: registered, or from its address.
pub(crate) async fn keys_of(idp: &Idp, client: &Client, fresh: bool) -> Option<KeySet> {
    if let Some(set) = &client.metadata.jwks {
        return if fresh { None } else { KeySet::from_value(set).ok() };
    }
    let uri = client.metadata.jwks_uri.as_deref()?;
    idp.client_keys.get(&idp.env, &idp.fetch, uri, fresh).await
}
