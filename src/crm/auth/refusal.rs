//! Being turned away, in both forms: as a problem with WWW-Authenticate for API callers (RFC 6750, section 3; RFC 9728,
//! section 5.1; RFC 9470), and as a page or a way to sign in for people.

use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::caller::{AccessError, Denied, Want};
use super::extract::Visit;
use super::possession;
use super::provider::Unreachable;
use super::session::{SESSION_COOKIE, SessionError};
use super::token::TokenError;
use crate::crm::Crm;
use crate::kernel::dpop::{DpopError, NONCE_HEADER};
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Code, Problem};
use crate::kernel::jose::Alg;
use crate::kernel::pages::{ErrorPage, html};

/// The path of the document that names the provider (RFC 9728, section 3).
pub const RESOURCE_METADATA: &str = "/.well-known/oauth-protected-resource";

/// Why a request has no caller.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nothing says who it is.
    #[error("no token and no session")]
    Missing,
    /// The Authorization header can't be read.
    #[error(transparent)]
    Malformed(#[from] super::token::Malformed),
    /// The token isn't believed.
    #[error("the access token is not accepted: {0}")]
    Invalid(String),
    /// It is bound to a key, and the proof of that doesn't count.
    #[error("the access token is not accepted: {0}")]
    Unproven(#[source] DpopError),
    /// The application may not do this for anyone.
    #[error("the access token needs the scope {0}")]
    Scope(&'static str),
    /// It is believed and opens nothing, or can't be answered yet.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The provider doesn't answer.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// Something broke here.
    #[error("{0}")]
    Broken(String),
}

impl From<TokenError> for Refused {
    fn from(e: TokenError) -> Self {
        match e {
            TokenError::Invalid(e) => Self::Invalid(e.to_string()),
            e @ TokenError::Inactive => Self::Invalid(e.to_string()),
            TokenError::Unreachable(e) => Self::Unreachable(e),
        }
    }
}

impl From<SessionError> for Refused {
    fn from(e: SessionError) -> Self {
        match e {
            SessionError::Unreachable(e) => Self::Unreachable(e),
            SessionError::Db(e) => Self::Access(e.into()),
            SessionError::Root(e) => Self::Broken(chain(&e)),
        }
    }
}

impl From<AccessError> for Problem {
    fn from(e: AccessError) -> Self {
        match e {
            AccessError::Denied(Denied::Nobody) => Self::because(Code::Forbidden, Denied::Nobody.to_string()),
            AccessError::Denied(d) => {
                let problem = Self::because(Code::Unauthorized, d.to_string());
                match d.step_up() {
                    Some(wanted) => problem.challenge(format!("Bearer {wanted}")),
                    None => problem,
                }
            }
            AccessError::Behind(_) => Self::new(Code::Behind).retry(1),
            AccessError::Db(e) => e.into(),
        }
    }
}

impl Refused {
    /// For an API caller.
    pub fn problem(self, crm: &Crm) -> Response {
        let challenge = self.challenge();
        let unproven = if let Self::Unproven(e) = &self { Some(*e) } else { None };
        let problem = match self {
            Self::Missing => Problem::new(Code::Unauthorized),
            Self::Malformed(e) => Problem::because(Code::BadRequest, e.to_string()),
            Self::Invalid(_) | Self::Unproven(_) => Problem::because(Code::Unauthorized, self.to_string()),
            Self::Scope(_) => Problem::because(Code::Forbidden, self.to_string()),
            Self::Access(e) => e.into(),
            Self::Unreachable(_) => Problem::new(Code::Upstream).retry(1),
            Self::Broken(e) => {
                tracing::error!(error = e, "a caller could not be made out");
                Problem::new(Code::Internal)
            }
        };
        let mut answer = problem.into_response();
        if let Some(error) = challenge {
            let place = crm.env.settings.crm_url.at(RESOURCE_METADATA);
            let scheme = if unproven.is_some() { "DPoP" } else { "Bearer" };
            let value = format!("{scheme} resource_metadata=\"{place}\"{error}");
            if let Ok(v) = HeaderValue::try_from(value) {
                answer.headers_mut().insert(header::WWW_AUTHENTICATE, v);
            }
        }
        if unproven == Some(DpopError::Nonce)
            && let Some(nonce) = possession::nonces(crm).newest(crm.env.now()).ok().and_then(|n| HeaderValue::try_from(n).ok())
        {
            answer.headers_mut().insert(HeaderName::from_static(NONCE_HEADER), nonce);
        }
        answer
    }

    /// What WWW-Authenticate says beside the place of the metadata; none when the header has no place in the answer.
    fn challenge(&self) -> Option<String> {
        let error = |code: &str, text: &str| Some(format!(", error=\"{code}\", error_description=\"{text}\""));
        match self {
            // RFC 6750, section 3.1: without any credentials there is no error code.
            Self::Missing => Some(String::new()),
            Self::Malformed(_) => error("invalid_request", "the Authorization header can not be read"),
            Self::Invalid(_) => error("invalid_token", "the access token is not accepted"),
            Self::Unproven(e) => {
                let code = if *e == DpopError::Nonce { "use_dpop_nonce" } else { "invalid_dpop_proof" };
                Some(format!(", error=\"{code}\", algs=\"{}\"", Alg::ALL.map(Alg::name).join(" ")))
            }
            Self::Scope(scope) => Some(format!(", error=\"insufficient_scope\", scope=\"{scope}\"")),
            Self::Access(AccessError::Denied(Denied::Ended)) => error("invalid_token", "what it was issued for has ended"),
            Self::Access(AccessError::Denied(Denied::Superseded)) => error("invalid_token", "a new token is needed"),
            Self::Access(AccessError::Denied(d)) => d.step_up().map(|wanted| format!(", {wanted}")),
            _ => None,
        }
    }

    /// For a person: to sign in where that helps, else a page that says what is the matter.
    pub fn page(self, crm: &Crm, visit: &Visit) -> Response {
        let (status, key, again) = match &self {
            Self::Missing
            | Self::Invalid(_)
            | Self::Unproven(_)
            | Self::Access(AccessError::Denied(Denied::Ended | Denied::Superseded)) => {
                return sign_in(crm, visit);
            }
            Self::Access(AccessError::Denied(Denied::Short(want))) => return step_up(here(visit), *want),
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, "bad-request", false),
            Self::Scope(_) => (StatusCode::FORBIDDEN, "forbidden", false),
            Self::Access(AccessError::Denied(_)) => (StatusCode::FORBIDDEN, "forbidden", false),
            Self::Access(AccessError::Behind(_)) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", true),
            Self::Access(AccessError::Db(e)) if e.is_overload() => (StatusCode::SERVICE_UNAVAILABLE, "overloaded", true),
            Self::Unreachable(_) => (StatusCode::BAD_GATEWAY, "unavailable", true),
            Self::Access(AccessError::Db(_)) | Self::Broken(_) => {
                tracing::error!(error = chain(&self), "a caller could not be made out");
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", false)
            }
        };
        visit.trouble(status, key, again)
    }
}

/// Where one comes back to: the page; what a form sent is lost, so from there to the start.
fn here(visit: &Visit) -> &str {
    if matches!(visit.method, Method::GET | Method::HEAD) { visit.view.path.as_str() } else { "/" }
}

/// To the provider for a stronger or a newer sign-in, and from there back to `to`.
pub fn step_up(to: &str, want: Want) -> Response {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("to", to);
    if let Some(acr) = want.acr {
        query.append_pair("acr", acr.acr());
    }
    if let Some(seconds) = want.max_age {
        query.append_pair("max_age", &seconds.to_string());
    }
    see_other(&format!("/auth/login?{}", query.finish()))
}

/// To the sign-in, and from there back to the page.
fn sign_in(crm: &Crm, visit: &Visit) -> Response {
    let to = here(visit);
    let to: String = url::form_urlencoded::byte_serialize(to.as_bytes()).collect();
    let mut answer = see_other(&format!("/auth/login?to={to}"));
    answer.headers_mut().append(header::SET_COOKIE, SESSION_COOKIE.clear(&crm.env.settings.crm_url));
    answer
}

/// A redirect that is a GET whatever the request was.
pub fn see_other(to: &str) -> Response {
    let place = HeaderValue::try_from(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, place), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))])
        .into_response()
}

impl Visit {
    /// A page that says what is the matter; with `again`, its button repeats the request and Retry-After is a second.
    pub fn trouble(&self, status: StatusCode, key: &str, again: bool) -> Response {
        let mut page = ErrorPage::new(self.view.clone(), key, self.context.request_id.as_str());
        if again {
            page.href.clone_from(&self.view.path);
            page.action = self.view.t("error-try-again");
        }
        let mut answer = html(status, &page);
        if again {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        answer
    }
}
