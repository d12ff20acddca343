//! Calls of the provider's APIs with a token. Owns the request and what is read of the answer; keeps no token and decides
//! nothing.

use openidconnect::HttpRequest;
use openidconnect::http::{HeaderValue, Method, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::provider::{Provider, Unreachable};
use crate::kernel::http::problem::chain;

/// What came back.
pub struct Called {
    /// The status.
    pub status: StatusCode,
    /// Seconds of Retry-After.
    pub retry_after: Option<u64>,
    /// WWW-Authenticate.
    pub challenge: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Called {
    /// The body of an answer that went well.
    ///
    /// # Errors
    /// When it isn't what is expected.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, Unreachable> {
        serde_json::from_slice(&self.body).map_err(|e| Unreachable(format!("an answer that can't be read: {e}")))
    }
    /// The code of a refusal (RFC 9457 with the member `code`).
    pub fn code(&self) -> String {
        let problem: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let code = problem.get("code").and_then(serde_json::Value::as_str).unwrap_or("unknown");
        code.chars().take(60).collect()
    }
}

/// A request to the provider.
pub struct Call<'a> {
    method: Method,
    path: &'a str,
    body: Vec<u8>,
}

impl<'a> Call<'a> {
    /// A request without a body. `path` may have a query.
    pub const fn new(method: Method, path: &'a str) -> Self {
        Self { method, path, body: Vec::new() }
    }

    /// The same with a body of JSON.
    ///
    /// # Errors
    /// When it can't be written as JSON.
    pub fn json(self, body: &impl Serialize) -> Result<Self, Unreachable> {
        let body = serde_json::to_vec(body).map_err(|e| Unreachable(e.to_string()))?;
        Ok(Self { body, ..self })
    }
}

impl Provider {
    /// Makes a call with a token.
    pub async fn call(&self, call: &Call<'_>, bearer: &SecretString) -> Result<Called, Unreachable> {
        let broken = |why: &str| Unreachable(why.to_owned());
        let mut value = HeaderValue::try_from(format!("Bearer {}", bearer.expose_secret()))
            .map_err(|_| broken("the token can't be sent in a header"))?;
        value.set_sensitive(true);
        let mut request = HttpRequest::new(call.body.clone());
        *request.method_mut() = call.method.clone();
        let url = self.env.settings.idp_url.at(call.path);
        *request.uri_mut() = url.parse().map_err(|_| broken("its address isn't one"))?;
        request.headers_mut().insert(header::AUTHORIZATION, value);
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let answer = self.http()(request).await.map_err(|e| Unreachable(chain(&e)))?;
        let retry_after = answer.headers().get(header::RETRY_AFTER).and_then(|v| v.to_str().ok()?.parse().ok());
        let challenge = answer.headers().get(header::WWW_AUTHENTICATE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        Ok(Called { status: answer.status(), retry_after, challenge: challenge.to_owned(), body: answer.into_body() })
    }
}

/// Ids are of a form that can stand in a path; whatever else came here must not lead to another one.
pub fn segment(id: &str) -> String {
    id.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
}
