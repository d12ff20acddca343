//! Errors of the OAuth endpoints (RFC 6749, sections 4.1.2.1 and 5.2): public text apart from internal detail.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::kernel::db::DbError;
use crate::kernel::http::params::ParamError;
use crate::kernel::http::problem::chain;

macro_rules! errors {
    ($($name:ident $status:literal $code:literal),* $(,)?) => {
        /// An error code of the specifications.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ErrorCode { $(#[doc = $code] $name),* }
        impl ErrorCode {
            /// As sent.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $code),* } }
            /// At endpoints that answer with JSON.
            pub const fn status(self) -> u16 { match self { $(Self::$name => $status),* } }
        }
    };
}

errors! {
    InvalidRequest 400 "invalid_request",
    InvalidClient 401 "invalid_client",
    InvalidGrant 400 "invalid_grant",
    UnauthorizedClient 400 "unauthorized_client",
    UnsupportedGrantType 400 "unsupported_grant_type",
    UnsupportedResponseType 400 "unsupported_response_type",
    UnsupportedTokenType 400 "unsupported_token_type",
    InvalidScope 400 "invalid_scope",
    InvalidTarget 400 "invalid_target",
    AccessDenied 400 "access_denied",
    LoginRequired 400 "login_required",
    UnmetAuthenticationRequirements 400 "unmet_authentication_requirements",
    InvalidDpopProof 400 "invalid_dpop_proof",
    UseDpopNonce 400 "use_dpop_nonce",
    InvalidAuthorizationDetails 400 "invalid_authorization_details",
    AuthorizationPending 400 "authorization_pending",
    SlowDown 400 "slow_down",
    ExpiredToken 400 "expired_token",
    InvalidBindingMessage 400 "invalid_binding_message",
    ConsentRequired 400 "consent_required",
    InvalidRequestUri 400 "invalid_request_uri",
    InvalidRequestObject 400 "invalid_request_object",
    RequestNotSupported 400 "request_not_supported",
    RequestUriNotSupported 400 "request_uri_not_supported",
    ServerError 500 "server_error",
    TemporarilyUnavailable 503 "temporarily_unavailable",
}

/// An error on its way to a client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {description}", code.as_str())]
pub struct OAuthError {
    /// The code.
    pub code: ErrorCode,
    /// A sentence for a developer: plain ASCII, never a value from a secret.
    pub description: &'static str,
    /// Whether the client tried Basic, and must be answered by its challenge.
    pub basic: bool,
}

impl OAuthError {
    /// With a sentence for a developer.
    pub const fn new(code: ErrorCode, description: &'static str) -> Self {
        Self { code, description, basic: false }
    }
    /// `invalid_request`.
    pub const fn request(description: &'static str) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }
    /// `invalid_grant`.
    pub const fn grant(description: &'static str) -> Self {
        Self::new(ErrorCode::InvalidGrant, description)
    }
    /// `server_error`, with the cause in the log only.
    pub fn internal(e: &dyn std::error::Error) -> Self {
        tracing::error!(error = %chain(e), "an OAuth request failed");
        Self::new(ErrorCode::ServerError, "something broke on our side; the X-Request-Id header finds it in the log")
    }
}

impl From<DbError> for OAuthError {
    fn from(e: DbError) -> Self {
        if e.is_overload() {
            Self::new(ErrorCode::TemporarilyUnavailable, "too much work is waiting; come back in a second")
        } else {
            Self::internal(&e)
        }
    }
}

impl From<ParamError> for OAuthError {
    fn from(e: ParamError) -> Self {
        Self::request(match e {
            ParamError::Repeated(_) => "a parameter is given more than once (RFC 6749, section 3.1)",
            ParamError::TooLarge => "there are too many parameters, or one is too long",
            ParamError::NotText => "a parameter has bytes that are not text",
        })
    }
}

impl From<crate::kernel::root::RootError> for OAuthError {
    fn from(e: crate::kernel::root::RootError) -> Self {
        Self::internal(&e)
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response =
            (status, Json(json!({"error": self.code.as_str(), "error_description": self.description}))).into_response();
        let headers = response.headers_mut();
        if self.basic {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"zegel\""));
        }
        if self.code == ErrorCode::TemporarilyUnavailable {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
        response
    }
}
