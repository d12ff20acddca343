//! Making and reading the tokens themselves.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::Value;

use super::access::{self, Of};
use super::binding::Binding;
use super::claims::{Wishes, told};
use super::error::{ErrorCode, OAuthError};
use super::issues::Standing;
use super::{details, sealed, subjects, userinfo};
use crate::contract::claims::{AccessClaims, IdClaims};
use crate::idp::Idp;
use crate::idp::clients::Client;
use crate::idp::clients::model::Sealed;
use crate::idp::keyring::{KeyringError, Use};
use crate::kernel::jose::{Alg, Audience, Expect, Verified, verify};

/// How long an ID token may be taken as news.
const ID_TOKEN: Duration = Duration::from_secs(300);

impl From<KeyringError> for OAuthError {
    fn from(e: KeyringError) -> Self {
        Self::internal(&e)
    }
}

/// A successful answer of the token endpoint (RFC 6749, section 5.1).
#[derive(Debug, Serialize)]
pub struct TokenAnswer {
    /// The access token.
    pub access_token: String,
    /// What kind of token it is, where one was exchanged (RFC 8693, section 2.2.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_token_type: Option<&'static str>,
    /// Bearer, or DPoP.
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: i64,
    /// What was granted.
    pub scope: String,
    /// The next refresh token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// The ID token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What was granted beside scopes (RFC 9396, section 7).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_details: Option<Value>,
}

/// An ID token: what it always says, and what of the person the claims parameter asked for in it. Nothing of the second is
/// among the first (security case 10).
#[derive(Serialize)]
struct IdToken {
    #[serde(flatten)]
    claims: IdClaims,
    #[serde(flatten)]
    told: serde_json::Map<String, serde_json::Value>,
}

/// What is given of an issue that stands.
#[derive(Clone, Debug)]
pub struct Given<'a> {
    /// Its scopes, or fewer.
    pub scope: &'a str,
    /// One of its resource servers.
    pub resource: &'a str,
    /// What else was granted, or less.
    pub details: Option<Value>,
    /// The next refresh token.
    pub refresh_token: Option<String>,
    /// Whether the ID token brings back the request's nonce.
    pub nonce: bool,
    /// The key that the access token is bound to.
    pub binding: Option<&'a Binding>,
}

/// Tokens of an issue that stands.
pub async fn answer(idp: &Idp, client: &Client, s: &Standing, given: Given<'_>) -> Result<TokenAnswer, OAuthError> {
    let sub = subjects::sub(&idp.env.root, client, &s.person.id)?;
    let of = Of {
        scope: given.scope,
        resource: given.resource,
        binding: given.binding,
        details: details::at(given.details.clone(), given.resource),
        ..Of::default()
    };
    let sid = subjects::sid(&idp.env.root, client, &s.session.id)?;
    // Other resource servers know people and sessions by what the access log names them by.
    let own = given.resource == idp.issuer();
    let about = if own { (sub.clone(), sid.clone()) } else { (s.person.id.clone(), s.session.id.clone()) };
    let claims = access::of_person(idp, client, s, about, of);
    let id_token = match s.issue.has_scope("openid") {
        true => Some(sealed::nested(idp, client, Sealed::IdToken, id_token(idp, client, s, (sub, sid), given.nonce)?).await?),
        false => None,
    };
    let answer = of_access(idp, client, &claims, given.binding).await?;
    Ok(TokenAnswer { refresh_token: given.refresh_token, id_token, authorization_details: given.details, ..answer })
}

fn id_token(idp: &Idp, client: &Client, s: &Standing, (sub, sid): (String, String), nonce: bool) -> Result<String, OAuthError> {
    let (now, (acr, amr, auth_at)) = (idp.env.now(), s.signed_in());
    let claims = IdClaims {
        iss: idp.issuer().to_owned(),
        sub,
        aud: client.id.clone(),
        exp: (now + ID_TOKEN).seconds(),
        iat: now.seconds(),
        auth_time: auth_at.seconds(),
        nonce: s.issue.nonce.clone().filter(|_| nonce),
        acr,
        amr,
        sid,
    };
    let wishes = userinfo::still(client, Wishes::from_stored(s.issue.claims.as_deref()));
    let known = s.about.known(s, &idp.env.settings.time_zone).claims();
    let token = IdToken { claims, told: told(known, std::iter::empty(), &wishes.id_token) };
    sign(idp, client.id_token_alg(), "JWT", &token)
}

/// An answer with an access token alone.
pub async fn of_access(
    idp: &Idp,
    client: &Client,
    claims: &AccessClaims,
    binding: Option<&Binding>,
) -> Result<TokenAnswer, OAuthError> {
    Ok(TokenAnswer {
        access_token: access::make(idp, client, claims).await?,
        issued_token_type: None,
        token_type: Binding::token_type(binding),
        expires_in: claims.exp.saturating_sub(claims.iat).max(0),
        scope: claims.scope.clone(),
        refresh_token: None,
        id_token: None,
        authorization_details: None,
    })
}

/// The access token of a client for itself, bound to nothing.
#[cfg(test)]
pub async fn of_client(idp: &Idp, client: &Client, scope: &str, resource: &str, head: crate::idp::feed::Head) -> String {
    let claims = access::of_client(idp, client, Of { scope, resource, ..Of::default() }, head);
    access::make(idp, client, &claims).await.unwrap()
}

/// Signs claims with the newest key for tokens of an algorithm.
pub(super) fn sign(idp: &Idp, alg: Alg, typ: &str, claims: &impl Serialize) -> Result<String, OAuthError> {
    let held = idp.keyring.signing(Use::Token, alg)?;
    held.key.sign_jwt(typ, claims).map_err(|e| OAuthError::internal(&e))
}

/// Reads an ID token of this provider as a hint of who is meant; it may have expired, and opens nothing.
pub fn read_hint(idp: &Idp, token: &str) -> Option<Verified<IdClaims>> {
    let keys = idp.keyring.public(Use::Token).ok()?;
    let expect =
        Expect { even_expired: true, ..Expect::new(idp.issuer(), Audience::Any, &Alg::ALL, idp.env.now()).typ(&["JWT"]) };
    verify(token, &keys, &expect).ok()
}

/// Whether a PKCE verifier belongs to a challenge (RFC 7636, section 4.6; S256 only). One without the other is refused.
pub fn pkce_fits(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), OAuthError> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (Some(c), Some(v)) => {
            let shaped = (43..=128).contains(&v.len()) && v.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, v.as_bytes());
            if shaped && crate::kernel::root::same(&URL_SAFE_NO_PAD.encode(digest), c) {
                Ok(())
            } else {
                Err(OAuthError::new(ErrorCode::InvalidGrant, "code_verifier does not belong to code_challenge"))
            }
        }
        (Some(_), None) => Err(OAuthError::new(ErrorCode::InvalidGrant, "code_verifier is missing")),
        (None, Some(_)) => {
            Err(OAuthError::new(ErrorCode::InvalidGrant, "there is a code_verifier, but no code_challenge was sent"))
        }
    }
}
