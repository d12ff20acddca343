//! Asking the provider for tokens as the client `record-store`: code, refresh, client credentials, revocation. Owns the
//! client assertion and the requests. Does not own what is done with the tokens.

use std::time::Duration;

use openidconnect::core::{CoreClient, CoreErrorResponseType, CoreRequestTokenError, CoreTokenResponse};
use openidconnect::{
    AuthType, AuthorizationCode, ClientId, HttpRequest, HttpResponse, OAuth2TokenResponse, PkceCodeVerifier, RedirectUrl,
    RefreshToken, RequestTokenError,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::provider::{CallError, Known, Provider, Unreachable};
use crate::kernel::http::problem::chain;
use crate::kernel::jose::JoseError;

/// The name under which the provider knows the record store.
pub const CLIENT_ID: &str = "record-store";
/// The path that the provider leads back to.
pub const CALLBACK: &str = "/auth/callback";
/// How long an assertion counts, in seconds.
const ASSERTION: i64 = 60;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Why there are no tokens.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AskError {
    /// The provider refused: `invalid_grant` and its like (RFC 6749, section 5.2).
    #[error("the provider refused: {0}")]
    Refused(String),
    /// It didn't answer, or not as it should.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
}

impl From<JoseError> for AskError {
    fn from(e: JoseError) -> Self {
        Self::Unreachable(Unreachable(format!("signing the client assertion: {e}")))
    }
}

/// The claims of a client assertion (RFC 7523, section 3). `aud` is the issuer and nothing else (RFC 10070).
#[derive(Serialize)]
struct Assertion<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
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
    fn assertion(&self) -> Result<String, JoseError> {
        let now = self.env.now().seconds();
        let claims = Assertion {
            iss: CLIENT_ID,
            sub: CLIENT_ID,
            aud: self.issuer(),
            jti: self.env.token(),
            iat: now,
            nbf: now,
            exp: now.saturating_add(ASSERTION),
        };
        self.key.sign_jwt("JWT", &claims)
    }

    /// Where the provider leads back to.
    pub fn redirect_uri(&self) -> String {
        self.env.settings.crm_url.at(CALLBACK)
    }

    /// The library's client for what is known.
    pub fn client(&self, known: &Known) -> Result<Client, Unreachable> {
        let redirect = RedirectUrl::new(self.redirect_uri()).map_err(|e| Unreachable(e.to_string()))?;
        Ok(CoreClient::from_provider_metadata(known.metadata.clone(), ClientId::new(CLIENT_ID.into()), None)
            .set_auth_type(AuthType::RequestBody)
            .set_redirect_uri(redirect))
    }

    /// Redeems an authorization code (RFC 6749, section 4.1.3; RFC 7636, section 4.5).
    pub async fn redeem(&self, code: &str, verifier: &SecretString) -> Result<CoreTokenResponse, AskError> {
        let known = self.known().await?;
        let client = self.client(&known)?;
        let call = self.http();
        let asked = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|e| Unreachable(e.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()))
            .add_extra_param("client_assertion_type", ASSERTION_TYPE)
            .add_extra_param("client_assertion", self.assertion()?)
            .add_extra_param("resource", self.env.settings.crm_url.as_str())
            .request_async(&call)
            .await;
        asked.map_err(said)
    }

    /// New tokens of a session for a refresh token (RFC 6749, section 6).
    pub async fn renew(&self, refresh: &SecretString) -> Result<CoreTokenResponse, AskError> {
        self.exchange(refresh, self.env.settings.crm_url.as_str(), None).await
    }

    /// The person's token for the provider's own API with `scope`, and the next refresh token: the one given is spent
    /// (RFC 8707, section 2.2).
    pub async fn renew_for_provider(&self, refresh: &SecretString, scope: &str) -> Result<CoreTokenResponse, AskError> {
        self.exchange(refresh, self.issuer(), Some(scope)).await
    }

    async fn exchange(&self, refresh: &SecretString, resource: &str, scope: Option<&str>) -> Result<CoreTokenResponse, AskError> {
        let known = self.known().await?;
        let client = self.client(&known)?;
        let call = self.http();
        let token = RefreshToken::new(refresh.expose_secret().to_owned());
        let mut request = client
            .exchange_refresh_token(&token)
            .map_err(|e| Unreachable(e.to_string()))?
            .add_extra_param("client_assertion_type", ASSERTION_TYPE)
            .add_extra_param("client_assertion", self.assertion()?)
            .add_extra_param("resource", resource);
        if let Some(scope) = scope {
            request = request.add_scope(openidconnect::Scope::new(scope.to_owned()));
        }
        request.request_async(&call).await.map_err(said)
    }

    /// A token of the record store's own for the provider's API, with its life time (RFC 6749, section 4.4; RFC 8707).
    pub async fn own_token(&self, scope: &str) -> Result<(SecretString, Duration), AskError> {
        let known = self.known().await?;
        let client = self.client(&known)?;
        let call = self.http();
        let answer: CoreTokenResponse = client
            .exchange_client_credentials()
            .map_err(|e| Unreachable(e.to_string()))?
            .add_scope(openidconnect::Scope::new(scope.to_owned()))
            .add_extra_param("client_assertion_type", ASSERTION_TYPE)
            .add_extra_param("client_assertion", self.assertion()?)
            .add_extra_param("resource", self.issuer())
            .request_async(&call)
            .await
            .map_err(said)?;
        let life = answer.expires_in().unwrap_or(Duration::from_secs(60));
        Ok((answer.access_token().secret().as_str().into(), life))
    }

    /// Revokes a refresh token (RFC 7009). The library does it over https only, which would leave out localhost.
    pub async fn revoke(&self, refresh: &SecretString) -> Result<(), AskError> {
        let known = self.known().await?;
        let Some(url) = &known.metadata.additional_metadata().additional_metadata.revocation_endpoint else { return Ok(()) };
        let form = [("token", refresh.expose_secret()), ("token_type_hint", "refresh_token")];
        let answer = self.post(url.as_str(), &form).await?;
        if answer.status().is_success() { Ok(()) } else { Err(AskError::Refused(answer.status().to_string())) }
    }

    /// What the provider says that a token stands for, as it says it (RFC 7662).
    pub async fn introspect(&self, token: &str) -> Result<Vec<u8>, Unreachable> {
        let known = self.known().await?;
        let url = known.metadata.additional_metadata().additional_metadata.introspection_endpoint.as_ref();
        let url = url.ok_or(Unreachable("it offers no introspection".into()))?;
        let answer = self.post(url.as_str(), &[("token", token)]).await.map_err(|e| Unreachable(chain(&e)))?;
        // A refusal is about the record store, not about the token.
        if answer.status().is_success() { Ok(answer.into_body()) } else { Err(Unreachable(answer.status().to_string())) }
    }

    /// Sends a form to an endpoint of the provider, with what proves who the record store is.
    async fn post(&self, url: &str, form: &[(&str, &str)]) -> Result<HttpResponse, AskError> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .append_pair("client_id", CLIENT_ID)
            .append_pair("client_assertion_type", ASSERTION_TYPE)
            .append_pair("client_assertion", &self.assertion()?)
            .finish();
        let request = HttpRequest::new(Vec::new());
        let (mut parts, _) = request.into_parts();
        parts.method = openidconnect::http::Method::POST;
        parts.uri = url.parse().map_err(|_| Unreachable("an endpoint of its metadata isn't an address".into()))?;
        let form = openidconnect::http::HeaderValue::from_static("application/x-www-form-urlencoded");
        parts.headers.insert(openidconnect::http::header::CONTENT_TYPE, form);
        let request = HttpRequest::from_parts(parts, body.into_bytes());
        Ok(self.http()(request).await.map_err(|e| Unreachable(chain(&e)))?)
    }
}

/// An answer that the provider meant is told from one that it didn't: only the former ends a session.
fn said(e: CoreRequestTokenError<CallError>) -> AskError {
    match &e {
        RequestTokenError::ServerResponse(r) => match r.error() {
            // A client that isn't proven, or a server that is busy, says nothing about the grant.
            CoreErrorResponseType::InvalidClient => AskError::Unreachable(Unreachable(r.to_string())),
            CoreErrorResponseType::Extension(e) if e == "temporarily_unavailable" || e == "server_error" => {
                AskError::Unreachable(Unreachable(r.to_string()))
            }
            _ => AskError::Refused(r.to_string()),
        },
        _ => AskError::Unreachable(Unreachable(chain(&e))),
    }
}
