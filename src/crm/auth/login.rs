//! Signing in as an OpenID client: authorization code with PKCE, state, nonce, the issuer in the answer (RFC 9207), and a
//! cookie that ties the answer to the browser that began. Owns both ends of the way to the provider and back. Does not
//! own the session that begins at its end ([`super::session`]).

use std::sync::Arc;
use std::time::Duration;

use openidconnect::core::{CoreIdTokenVerifier, CoreJwsSigningAlgorithm, CoreResponseType, CoreTokenResponse};
use openidconnect::{
    AccessTokenHash, AuthenticationFlow, ClientId, CsrfToken, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    Scope, TokenResponse,
};
use secrecy::SecretString;
use url::Url;

use super::caller::{AccessError, Denied, Want};
use super::client::{AskError, CLIENT_ID};
use super::provider::{Known, Unreachable};
use super::session::{self, Start};
use super::store::{self, Login};
use super::token::{TokenError, VerifiedToken};
use crate::contract::Assurance;
use crate::contract::access::SCOPE_GRANTS;
use crate::crm::Crm;
use crate::kernel::db::DbError;
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Context, Params};
use crate::kernel::jose::{Alg, Audience, Expect, verify};
use crate::kernel::pages::local;
use crate::kernel::root::{Purpose, RootError};

/// How long a sign-in may take at the provider.
const PATIENCE: Duration = Duration::from_secs(600);
/// Bytes of an address to come back to.
const GOAL: usize = 2000;

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// There is no such sign-in, it was used, it is too old, or another browser began it.
    #[error("no sign-in of this browser fits the answer")]
    Expired,
    /// The answer isn't one to what was asked.
    #[error("the answer doesn't fit: {0}")]
    Mismatch(String),
    /// The provider said no; its error code.
    #[error("the provider answered {0}")]
    Refused(String),
    /// Signed in, but not to be let in here.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The provider doesn't answer.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
}

impl From<AskError> for LoginError {
    fn from(e: AskError) -> Self {
        match e {
            AskError::Refused(why) => Self::Mismatch(why),
            AskError::Unreachable(e) => Self::Unreachable(e),
        }
    }
}

impl From<TokenError> for LoginError {
    fn from(e: TokenError) -> Self {
        match e {
            TokenError::Invalid(e) => Self::Mismatch(format!("access token: {e}")),
            e @ TokenError::Inactive => Self::Mismatch(format!("access token: {e}")),
            TokenError::Unreachable(e) => Self::Unreachable(e),
        }
    }
}

/// `to` when it is a path of the record store that one can come back to, else the start.
pub fn goal(to: Option<&str>) -> &str {
    match local(to.unwrap_or("/")) {
        // Coming back to signing in or out would not end.
        p if p.len() > GOAL || p.starts_with("/auth/") => "/",
        p => p,
    }
}

fn browser_hash(crm: &Crm, cookie: &str) -> Result<String, RootError> {
    crm.env.root.token_hash("web-login-browser", cookie)
}

fn state_hash(crm: &Crm, state: &str) -> Result<String, RootError> {
    crm.env.root.token_hash("web-login-state", state)
}

impl Want {
    /// As the address of the sign-in says it.
    pub fn of(params: &Params) -> Self {
        Self { acr: params.get("acr").and_then(Assurance::from_acr), max_age: params.get("max_age").and_then(|n| n.parse().ok()) }
    }
}

/// Sends a browser on its way: the provider's address, and the value of the cookie that ties the answer to it. Two tabs
/// share the cookie of the first, so that both can arrive.
pub async fn begin(crm: &Crm, browser: Option<String>, to: Option<&str>, want: Want) -> Result<(Url, String), LoginError> {
    let known = crm.provider.known().await?;
    let client = crm.provider.client(&known)?;
    let (env, now) = (&crm.env, crm.env.now());
    let browser = browser.filter(|b| b.len() == 43).unwrap_or_else(|| env.token());
    let (state, nonce, verifier) = (env.token(), env.token(), env.token());
    let state_hash = state_hash(crm, &state)?;
    let sealed = env.root.seal(Purpose::WebTokens, &place(&state_hash), verifier.as_bytes(), env.entropy.as_ref())?;
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier));
    let (given_state, given_nonce) = (state, nonce.clone());
    let mut request = client
        .authorize_url(
            AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
            move || CsrfToken::new(given_state),
            move || Nonce::new(given_nonce),
        )
        .add_scope(Scope::new("profile".into()))
        .add_scope(Scope::new("email".into()))
        .add_scope(Scope::new(SCOPE_GRANTS.into()))
        .set_pkce_challenge(challenge)
        // The record store itself, and the provider's API for who has access to what (RFC 8707, section 2.1).
        .add_extra_param("resource", env.settings.crm_url.as_str())
        .add_extra_param("resource", crm.provider.issuer());
    // Every strength that would do, the weakest first: nobody is asked for more than is needed.
    let least = want.acr.map_or(env.settings.crm_least_acr, |a| a.max(env.settings.crm_least_acr));
    let enough = || Assurance::TWO_FACTORS.into_iter().filter(|a| *a >= least).map(Assurance::acr);
    if least > Assurance::PasswordMail {
        request = request.add_extra_param("acr_values", enough().collect::<Vec<_>>().join(" "));
    }
    if let Some(seconds) = want.max_age {
        request = request.add_extra_param("max_age", seconds.to_string());
    }
    let (url, _, _) = request.url();
    let login = Login {
        state_hash,
        browser_hash: browser_hash(crm, &browser)?,
        nonce,
        verifier: sealed,
        goal: goal(to).to_owned(),
        created_at: now,
        expires_at: now + PATIENCE,
    };
    store::add_login(&crm.db, login).await?;
    Ok((url, browser))
}

fn place(state_hash: &str) -> String {
    format!("web_logins/{state_hash}")
}

/// What the browser brought back.
pub struct Answer<'a> {
    /// The parameters of the address.
    pub params: &'a Params,
    /// The cookie of the sign-in.
    pub browser: Option<String>,
    /// The cookie of the session before, which ends.
    pub old_session: Option<String>,
    /// The request.
    pub context: &'a Context,
}

/// Takes the provider's answer; the value of the new session's cookie and where to go.
pub async fn finish(crm: &Arc<Crm>, answer: Answer<'_>) -> Result<(String, String), LoginError> {
    let params = answer.params;
    let state = params.get("state").ok_or(LoginError::Expired)?;
    let browser = answer.browser.as_deref().ok_or(LoginError::Expired)?;
    let state_hash = state_hash(crm, state)?;
    let taken = store::take_login(&crm.db, state_hash.clone(), browser_hash(crm, browser)?, crm.env.now()).await?;
    let taken = taken.ok_or(LoginError::Expired)?;
    // RFC 9207, section 2.4: an answer that another server caused is not read any further.
    if params.get("iss") != Some(crm.provider.issuer()) {
        return Err(LoginError::Mismatch("iss is not the provider".into()));
    }
    if let Some(error) = params.get("error") {
        return Err(LoginError::Refused(error.chars().filter(char::is_ascii_graphic).take(64).collect()));
    }
    let code = params.get("code").ok_or_else(|| LoginError::Mismatch("there is no code".into()))?;
    let verifier = crm.env.root.open(Purpose::WebTokens, &place(&state_hash), &taken.verifier)?;
    let verifier: SecretString = std::str::from_utf8(&verifier).map_err(|_| RootError::DoesNotOpen)?.into();
    let tokens = crm.provider.redeem(code, &verifier).await?;
    let Identity { sub, sid } = identity(crm, &tokens, &taken.nonce).await?;
    let token = VerifiedToken::verify(&crm.provider, tokens.access_token().secret()).await?;
    if token.sub != sub || token.sid.as_ref() != Some(&sid) {
        return Err(LoginError::Mismatch("the access token is not of the ID token's person and session".into()));
    }
    // Someone who would be turned away by the next page is told so here; sending him back to sign in would go in circles.
    match crm.admit(token).await {
        Ok(_) | Err(AccessError::Behind(_)) => {}
        Err(AccessError::Denied(e)) => return Err(e.into()),
        Err(AccessError::Db(e)) => return Err(e.into()),
    }
    let start = Start { sub, sid, tokens: &tokens, old: answer.old_session, context: answer.context };
    Ok((session::begin(crm, start).await?, taken.goal))
}

/// What the ID token says beside what the library reads.
#[derive(serde::Deserialize)]
struct Strict {
    sid: String,
    #[serde(default)]
    azp: Option<String>,
}

/// Who signed in, and in which session of the provider.
struct Identity {
    sub: String,
    sid: String,
}

/// Who the ID token says it is, once all of it is checked (OpenID Connect Core 1.0, section 3.1.3.7).
async fn identity(crm: &Crm, tokens: &CoreTokenResponse, nonce: &str) -> Result<Identity, LoginError> {
    let known = crm.provider.known().await?;
    match check_identity(crm, &known, tokens, nonce) {
        Ok(identity) => Ok(identity),
        // The key may be newer than what is known.
        Err(e) => match crm.provider.newer(&known).await? {
            Some(known) => check_identity(crm, &known, tokens, nonce),
            None => Err(e),
        },
    }
}

fn check_identity(crm: &Crm, known: &Known, tokens: &CoreTokenResponse, nonce: &str) -> Result<Identity, LoginError> {
    let mismatch = |e: &dyn std::error::Error| LoginError::Mismatch(format!("ID token: {}", chain(e)));
    let now = Duration::from_millis(u64::try_from(crm.env.now().0).unwrap_or(0));
    let verifier = CoreIdTokenVerifier::new_public_client(
        ClientId::new(CLIENT_ID.into()),
        known.metadata.issuer().clone(),
        known.metadata.jwks().clone(),
    )
    .set_allowed_algs([
        CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        CoreJwsSigningAlgorithm::EdDsa,
        CoreJwsSigningAlgorithm::RsaSsaPssSha256,
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    ])
    .set_time_fn(move || (std::time::UNIX_EPOCH + now).into())
    // The record store accepts no sign-in by one factor.
    .set_auth_context_verifier_fn(|acr| match acr.map(|a| Assurance::from_acr(a)) {
        Some(Some(a)) if a.is_two_factors() => Ok(()),
        _ => Err("acr names no sign-in by two factors".into()),
    });
    let id_token = tokens.id_token().ok_or_else(|| LoginError::Mismatch("there is no ID token".into()))?;
    let claims = id_token.claims(&verifier, &Nonce::new(nonce.to_owned())).map_err(|e| mismatch(&e))?;
    if let Some(expected) = claims.access_token_hash() {
        let alg = id_token.signing_alg().map_err(|e| mismatch(&e))?;
        let key = id_token.signing_key(&verifier).map_err(|e| mismatch(&e))?;
        let actual = AccessTokenHash::from_token(tokens.access_token(), alg, key).map_err(|e| mismatch(&e))?;
        if actual != *expected {
            return Err(LoginError::Mismatch("the access token is not the ID token's".into()));
        }
    }
    // The library leaves azp out; and a member that occurs twice, or of the wrong type, is refused here.
    let expect = Expect::new(crm.provider.issuer(), Audience::Only(CLIENT_ID), &Alg::ALL, crm.env.now()).typ(&["", "JWT"]);
    let strict = verify::<Strict>(&id_token.to_string(), &known.keys, &expect).map_err(|e| mismatch(&e))?;
    if strict.azp.as_deref().is_some_and(|azp| azp != CLIENT_ID) {
        return Err(LoginError::Mismatch("the ID token was issued to another client".into()));
    }
    Ok(Identity { sub: claims.subject().to_string(), sid: strict.into_claims().sid })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// case 1
    #[test]
    fn one_comes_back_to_a_path_of_the_record_store_only() {
        assert_eq!(goal(Some("/deliveries?page=2#x")), "/deliveries?page=2#x");
        assert_eq!(goal(None), "/");
        let long = format!("/{}", "x".repeat(GOAL));
        for bad in [
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "\t//evil.example",
            " //evil.example",
            "/\r\n/evil.example",
            "evil.example",
            "",
            "/auth/login",
            "/auth/logout",
            &long,
        ] {
            assert_eq!(goal(Some(bad)), "/", "{bad:?}");
        }
    }
}
