//! The provider as this application knows it: its metadata and keys by discovery, and the calls to it, through the
//! `openidconnect` library.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdTokenVerifier, CoreJwsSigningAlgorithm, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadataWithLogout, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, SubjectIdentifier, TokenResponse,
};
use secrecy::ExposeSecret;
use url::Url;

use super::Options;
use super::sessions::{Login, Session};
use crate::kernel::clock::Timestamp;
use crate::kernel::http::problem::chain;
use crate::kernel::jose::{Alg, Audience, Expect, KeySet, verify};

/// How long metadata and keys are used before they are asked for again.
const KEEP: Duration = Duration::from_secs(300);
/// Bytes of an answer at most.
const ANSWER: usize = 256 * 1024;

/// Why a call to the provider came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It said no.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// It did not answer, or not as it should.
    #[error("the provider: {0}")]
    Broken(String),
}

fn broken(e: impl std::fmt::Display) -> ProviderError {
    ProviderError::Broken(e.to_string())
}

/// What one discovery told.
pub struct Known {
    metadata: ProviderMetadataWithLogout,
    /// Its keys, for logout tokens.
    pub keys: KeySet,
    at: Timestamp,
}

/// The provider.
pub struct Provider {
    http: reqwest::Client,
    known: tokio::sync::Mutex<Option<Arc<Known>>>,
}

type Client = CoreClient<
    openidconnect::EndpointSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointMaybeSet,
    openidconnect::EndpointMaybeSet,
>;

impl Provider {
    /// Nothing is known yet.
    pub fn new(http: reqwest::Client) -> Self {
        Self { http, known: tokio::sync::Mutex::default() }
    }

    /// What is known, asked for when nothing is, when it is old, or when `fresh`: a key may be newer.
    pub async fn known(&self, options: &Options, now: Timestamp, fresh: bool) -> Result<Arc<Known>, ProviderError> {
        let mut kept = self.known.lock().await;
        if let Some(known) = kept.as_ref().filter(|k| k.at + KEEP > now && !fresh) {
            return Ok(Arc::clone(known));
        }
        let issuer = IssuerUrl::new(options.issuer.clone()).map_err(broken)?;
        let found = ProviderMetadataWithLogout::discover_async(issuer, &self.call()).await;
        let metadata = found.map_err(|e| ProviderError::Broken(chain(&e)))?;
        let keys = serde_json::to_value(metadata.jwks()).map_err(broken)?;
        let known = Arc::new(Known { keys: KeySet::from_value(&keys).map_err(broken)?, metadata, at: now });
        *kept = Some(Arc::clone(&known));
        Ok(known)
    }

    /// Where a browser goes to sign in.
    pub async fn authorize(
        &self,
        options: &Options,
        login: &Login,
        state: &str,
        hint: Option<&str>,
    ) -> Result<Url, ProviderError> {
        let known = self.known(options, login.at, false).await?;
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(login.verifier.clone()));
        let (state, nonce) = (state.to_owned(), login.nonce.clone());
        let client = client(options, &known)?;
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let mut request = client
            .authorize_url(flow, move || CsrfToken::new(state), move || Nonce::new(nonce))
            .add_scope(Scope::new("profile".into()))
            .set_pkce_challenge(challenge);
        if let Some(hint) = hint {
            request = request.add_extra_param("login_hint", hint.to_owned());
        }
        Ok(request.url().0)
    }

    /// Redeems a code; the session that it opens.
    pub async fn redeem(&self, options: &Options, code: &str, login: Login, now: Timestamp) -> Result<Session, ProviderError> {
        let known = self.known(options, now, false).await?;
        let client = client(options, &known)?;
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(broken)?
            .set_pkce_verifier(PkceCodeVerifier::new(login.verifier));
        let tokens = request.request_async(&self.call()).await.map_err(said)?;
        let nonce = Nonce::new(login.nonce);
        let mut session = match session(options, &known, &tokens, &nonce, now) {
            Ok(session) => session,
            // Signed with a key that is newer than what is known.
            Err(_) => session(options, &*self.known(options, now, true).await?, &tokens, &nonce, now)?,
        };
        session.name = self.name(options, &tokens, &session.sub, &known).await.unwrap_or_default();
        Ok(session)
    }

    /// What to call the person (OpenID Connect Core 1.0, section 5.3); the answer must be about the same one.
    async fn name(&self, options: &Options, tokens: &CoreTokenResponse, sub: &str, known: &Known) -> Option<String> {
        let client = client(options, known).ok()?;
        let sub = SubjectIdentifier::new(sub.to_owned());
        let request = client.user_info(tokens.access_token().clone(), Some(sub)).ok()?;
        let claims: CoreUserInfoClaims = request.request_async(&self.call()).await.ok()?;
        claims.name().and_then(|n| n.get(None)).map(|n| n.to_string())
    }

    /// Renews a session by its refresh token: the provider says whether the person may go on.
    pub async fn renew(&self, options: &Options, session: Session, now: Timestamp) -> Result<Session, ProviderError> {
        let Some(refresh) = &session.refresh_token else { return Err(ProviderError::Refused("no refresh token".into())) };
        let known = self.known(options, now, false).await?;
        let client = client(options, &known)?;
        let refresh = RefreshToken::new(refresh.clone());
        let tokens = client.exchange_refresh_token(&refresh).map_err(broken)?.request_async(&self.call()).await.map_err(said)?;
        Ok(Session {
            refresh_token: tokens.refresh_token().map(|t| t.secret().clone()).or(session.refresh_token),
            fresh_until: now + tokens.expires_in().unwrap_or(Duration::from_secs(60)),
            ..session
        })
    }

    /// Where a browser goes to sign out of everything (RP-Initiated Logout 1.0, section 2).
    pub async fn end_session(&self, options: &Options, session: &Session, state: &str, now: Timestamp) -> Option<Url> {
        let known = self.known(options, now, false).await.ok()?;
        let end = known.metadata.additional_metadata().end_session_endpoint.clone()?;
        let mut url = end.url().clone();
        url.query_pairs_mut()
            .append_pair("id_token_hint", &session.id_token)
            .append_pair("post_logout_redirect_uri", &options.url.at("/signed-out"))
            .append_pair("state", state);
        Some(url)
    }

    fn call(&self) -> impl Fn(HttpRequest) -> BoxFuture<'static, Result<HttpResponse, CallError>> + Send + Sync + use<> {
        let http = self.http.clone();
        move |request| Box::pin(call(http.clone(), request))
    }
}

/// A call that came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The connection.
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    /// Not a proper answer.
    #[error(transparent)]
    Form(#[from] openidconnect::http::Error),
    /// More than is read.
    #[error("the answer is longer than {ANSWER} bytes")]
    TooLong,
}

async fn call(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, CallError> {
    let mut answer = http.execute(request.try_into()?).await?;
    let mut built = openidconnect::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        built = built.header(name, value);
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len().saturating_add(chunk.len()) > ANSWER {
            return Err(CallError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(built.body(body)?)
}

fn client(options: &Options, known: &Known) -> Result<Client, ProviderError> {
    let redirect = RedirectUrl::new(options.url.at("/callback")).map_err(broken)?;
    let secret = ClientSecret::new(options.client_secret.expose_secret().to_owned());
    let id = ClientId::new(options.client_id.clone());
    Ok(CoreClient::from_provider_metadata(known.metadata.clone(), id, Some(secret))
        .set_auth_type(AuthType::BasicAuth)
        .set_redirect_uri(redirect))
}

/// An answer that the provider meant, told from one that it did not mean.
fn said(e: openidconnect::core::CoreRequestTokenError<CallError>) -> ProviderError {
    match &e {
        RequestTokenError::ServerResponse(r) => ProviderError::Refused(r.to_string()),
        _ => ProviderError::Broken(chain(&e)),
    }
}

/// What the ID token says beside what the library reads.
#[derive(serde::Deserialize)]
struct More {
    #[serde(default)]
    sid: Option<String>,
}

/// Who signed in, once all of the ID token is checked (OpenID Connect Core 1.0, section 3.1.3.7).
fn session(
    options: &Options,
    known: &Known,
    tokens: &CoreTokenResponse,
    nonce: &Nonce,
    now: Timestamp,
) -> Result<Session, ProviderError> {
    let id_token = tokens.id_token().ok_or_else(|| broken("there is no ID token"))?;
    let at = Duration::from_millis(u64::try_from(now.0).unwrap_or(0));
    let id = ClientId::new(options.client_id.clone());
    let verifier = CoreIdTokenVerifier::new_public_client(id, known.metadata.issuer().clone(), known.metadata.jwks().clone())
        .set_allowed_algs([CoreJwsSigningAlgorithm::EcdsaP256Sha256])
        .set_time_fn(move || (std::time::UNIX_EPOCH + at).into());
    let claims = id_token.claims(&verifier, nonce).map_err(|e| broken(chain(&e)))?;
    // The session's id is no claim that the library knows; and a member that occurs twice is refused here.
    let text = id_token.to_string();
    let expect = Expect::new(&options.issuer, Audience::Only(&options.client_id), &[Alg::Es256], now).typ(&["", "JWT"]);
    let more = verify::<More>(&text, &known.keys, &expect).map_err(|e| broken(chain(&e)))?.into_claims();
    Ok(Session {
        sub: claims.subject().to_string(),
        sid: more.sid,
        name: String::new(),
        id_token: text,
        refresh_token: tokens.refresh_token().map(|t| t.secret().clone()),
        fresh_until: now + tokens.expires_in().unwrap_or(Duration::from_secs(60)),
    })
}
