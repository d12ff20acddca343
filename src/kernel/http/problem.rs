//! Errors as clients see them: problem details (RFC 9457) with a stable code, from one catalogue
//! (docs/errors.md is made from it). Internal detail goes to the log, never into the answer.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::kernel::db::DbError;

macro_rules! catalogue {
    ($($name:ident $status:literal $code:literal $title:literal),* $(,)?) => {
        /// A stable error code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $(#[doc = $title] $name),* }
        impl Code {
            /// All of them, in the order of the reference page.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The code as clients read it.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $code),* } }
            /// The HTTP status that goes with it.
            pub const fn status(self) -> u16 { match self { $(Self::$name => $status),* } }
            /// One sentence for a developer.
            pub const fn title(self) -> &'static str { match self { $(Self::$name => $title),* } }
        }
    };
}

catalogue! {
    BadRequest 400 "bad_request" "The request can't be understood; the detail says which part.",
    InvalidField 422 "invalid_field" "Fields have values that don't fit; `fields` lists each with its reason.",
    Unauthorized 401 "unauthorized" "An access token for this resource is needed in the Authorization header.",
    Forbidden 403 "forbidden" "This token or person may not do that.",
    CrossSite 403 "cross_site" "A form was sent from another site; open the page here and try again.",
    NotFound 404 "not_found" "There is nothing here that you may see.",
    Conflict 409 "conflict" "It was changed by someone else since you read it; read it again and repeat your change.",
    IdempotencyMismatch 422 "idempotency_mismatch" "This Idempotency-Key was used with another request.",
    Gone 410 "gone" "It has expired or was used; begin again.",
    TooLarge 413 "too_large" "The request is larger than this address takes.",
    TooMany 429 "too_many" "Too many tries; Retry-After says when the next is possible.",
    Internal 500 "internal" "Something broke on our side; the request id finds it in the log.",
    Upstream 502 "upstream" "Another server that this needs didn't answer as it should.",
    Overloaded 503 "overloaded" "Too much work is waiting; Retry-After says when to come back.",
    Behind 503 "behind" "The record store has not caught up with the provider's access log; Retry-After says when to come back.",
}

/// An error on its way to a client.
#[derive(Debug)]
pub struct Problem {
    /// Which one.
    pub code: Code,
    /// A sentence about this occurrence, safe to show.
    pub detail: Option<String>,
    /// Seconds for Retry-After.
    pub retry_after: Option<u64>,
    /// More members of the answer.
    pub more: Option<serde_json::Map<String, serde_json::Value>>,
    /// More headers of the answer.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// Without detail.
    pub const fn new(code: Code) -> Self {
        Self { code, detail: None, retry_after: None, more: None, headers: Vec::new() }
    }
    /// With a sentence about this occurrence.
    pub fn because(code: Code, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..Self::new(code) }
    }
    /// With when to come back, in seconds.
    pub fn retry(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }
    /// With how to authenticate (RFC 9110, section 11.6.1).
    pub fn challenge(self, value: String) -> Self {
        self.header(header::WWW_AUTHENTICATE, value)
    }
    /// With one more member.
    pub fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.more.get_or_insert_default().insert(name.to_owned(), value.into());
        self
    }
    /// With one more header; what can't be one is left out.
    pub fn header(mut self, name: HeaderName, value: impl AsRef<str>) -> Self {
        if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
            self.headers.push((name, value));
        }
        self
    }
    /// For an error that is not the client's doing: logged in full, answered in general.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(error = %chain(error), "a request failed");
        Self::new(Code::Internal)
    }
}

/// An error with its causes, for the log.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(e) = next {
        text.push_str(": ");
        text.push_str(&e.to_string());
        next = e.source();
    }
    text
}

impl From<DbError> for Problem {
    fn from(e: DbError) -> Self {
        if e.is_overload() { Self::new(Code::Overloaded).retry(1) } else { Self::internal(&e) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": format!("urn:zegel:error:{}", self.code.as_str()),
            "title": self.code.title(),
            "status": self.code.status(),
            "code": self.code.as_str(),
        });
        if let Some(object) = body.as_object_mut() {
            if let Some(d) = self.detail {
                object.insert("detail".into(), d.into());
            }
            object.extend(self.more.unwrap_or_default());
        }
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(s) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(s));
        }
        headers.extend(self.headers);
        response
    }
}

/// The reference page.
pub fn reference() -> String {
    let mut out = String::from(
        "# Errors\n\nEvery error of the API is `application/problem+json` (RFC 9457) with a stable `code`. OAuth endpoints answer as their\nspecifications say (RFC 6749, section 5.2). What else stands in an answer is in [reading-errors.md](reading-errors.md). This page is\nmade by `zegel docs errors`.\n\n| code | status | what it means |\n|---|---|---|\n",
    );
    for c in Code::ALL {
        out.push_str(&format!("| `{}` | {} | {} |\n", c.as_str(), c.status(), c.title()));
    }
    out
}
