//! Making and reading the tokens themselves.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::claims::{Wishes, told};
use super::error::{ErrorCode, OAuthError};
use super::issues::Standing;
use super::{subjects, userinfo};
use crate::contract::claims::{AccessClaims, IdClaims};
use crate::idp::Idp;
use crate::idp::clients::Client;
use crate::idp::feed::Head;
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
    /// Always Bearer.
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: u64,
    /// What was granted.
    pub scope: String,
    /// The next refresh token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// The ID token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
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

/// Tokens of an issue that stands. `scope` is that of the issue, or less; `resource` one of its resource servers.
pub fn answer(
    idp: &Idp,
    client: &Client,
    s: &Standing,
    (scope, resource): (&str, &str),
    refresh_token: Option<String>,
    nonce: bool,
) -> Result<TokenAnswer, OAuthError> {
    let now = idp.env.now();
    let life = idp.env.settings.access_token_seconds;
    let sub = subjects::sub(&idp.env.root, client, &s.person.id)?;
    let amr = s.session.amr.clone();
    let access = AccessClaims {
        iss: idp.issuer().to_owned(),
        // Other resource servers know people by the subject that the access log names them by.
        sub: if resource == idp.issuer() { sub.clone() } else { s.person.id.clone() },
        aud: resource.to_owned(),
        exp: (now + Duration::from_secs(life)).seconds(),
        iat: now.seconds(),
        jti: idp.env.id(),
        client_id: client.id.clone(),
        scope: scope.to_owned(),
        sid: Some(s.session.id.clone()),
        acr: Some(s.session.assurance),
        amr: Some(amr.clone()),
        auth_time: Some(s.session.auth_at.seconds()),
        issue: Some(s.issue.id.clone()),
        offline: s.issue.offline,
        access_rev: s.head.position,
        access_epoch: s.head.epoch.clone(),
    };
    let id_token = if s.issue.scope.split(' ').any(|s| s == "openid") {
        let claims = IdClaims {
            iss: idp.issuer().to_owned(),
            sub,
            aud: client.id.clone(),
            exp: (now + ID_TOKEN).seconds(),
            iat: now.seconds(),
            auth_time: s.session.auth_at.seconds(),
            nonce: s.issue.nonce.clone().filter(|_| nonce),
            acr: s.session.assurance,
            amr,
            sid: s.session.id.clone(),
        };
        let wishes = userinfo::still(client, Wishes::from_stored(s.issue.claims.as_deref()));
        let known = s.about.known(s, &idp.env.settings.time_zone).claims();
        let token = IdToken { claims, told: told(known, std::iter::empty(), &wishes.id_token) };
        Some(sign(idp, client.id_token_alg(), "JWT", &token)?)
    } else {
        None
    };
    Ok(TokenAnswer {
        access_token: sign(idp, Alg::Es256, "at+jwt", &access)?,
        token_type: "Bearer",
        expires_in: life,
        scope: scope.to_owned(),
        refresh_token,
        id_token,
    })
}

/// A token of a client for itself.
pub fn client_answer(idp: &Idp, client: &Client, scope: String, resource: &str, head: Head) -> Result<TokenAnswer, OAuthError> {
    let now = idp.env.now();
    let life = idp.env.settings.access_token_seconds;
    let access = AccessClaims {
        iss: idp.issuer().to_owned(),
        sub: client.id.clone(),
        aud: resource.to_owned(),
        exp: (now + Duration::from_secs(life)).seconds(),
        iat: now.seconds(),
        jti: idp.env.id(),
        client_id: client.id.clone(),
        scope: scope.clone(),
        sid: None,
        acr: None,
        amr: None,
        auth_time: None,
        issue: None,
        offline: false,
        access_rev: head.position,
        access_epoch: head.epoch,
    };
    let access_token = sign(idp, Alg::Es256, "at+jwt", &access)?;
    Ok(TokenAnswer { access_token, token_type: "Bearer", expires_in: life, scope, refresh_token: None, id_token: None })
}

/// Signs claims with the newest key for tokens of an algorithm.
pub(super) fn sign(idp: &Idp, alg: Alg, typ: &str, claims: &impl Serialize) -> Result<String, OAuthError> {
    let held = idp.keyring.signing(Use::Token, alg)?;
    held.key.sign_jwt(typ, claims).map_err(|e| OAuthError::internal(&e))
}

/// Reads an access token that is presented at the provider itself.
pub fn read_access(idp: &Idp, token: &str) -> Option<Verified<AccessClaims>> {
    let keys = idp.keyring.public(Use::Token).ok()?;
    let expect = Expect::new(idp.issuer(), Audience::Only(idp.issuer()), &[Alg::Es256], idp.env.now()).typ(&["at+jwt"]);
    verify(token, &keys, &expect).ok()
}

/// Reads an access token of this provider for whatever audience, only to revoke it.
pub fn read_any_access(idp: &Idp, token: &str) -> Option<Verified<AccessClaims>> {
    let keys = idp.keyring.public(Use::Token).ok()?;
    let expect = Expect::new(idp.issuer(), Audience::Any, &[Alg::Es256], idp.env.now()).typ(&["at+jwt"]);
    verify(token, &keys, &expect).ok()
}

/// Reads an ID token of this provider as a hint of who is meant; it may have expired, and opens nothing.
pub fn read_hint(idp: &Idp, token: &str) -> Option<Verified<IdClaims>> {
    let keys = idp.keyring.public(Use::Token).ok()?;
    let algs = [Alg::Rs256, Alg::Es256, Alg::EdDsa];
    let expect = Expect { even_expired: true, ..Expect::new(idp.issuer(), Audience::Any, &algs, idp.env.now()).typ(&["JWT"]) };
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
