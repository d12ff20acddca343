//! What a request brings to prove whose it is, beside a cookie: its headers, what a DPoP proof is about (RFC 9449), and the
//! certificate of its connection (RFC 8705). Owns taking it off the request. Does not own believing any of it.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};

use super::certificate::Shown;
use crate::kernel::dpop;

/// What a request brings. Handlers take it as an argument.
#[derive(Clone, Debug)]
pub struct Presented {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its method.
    pub method: Method,
    /// Its path, without query.
    pub path: String,
    /// The certificate of its connection.
    pub certificate: Option<Arc<Shown>>,
}

/// How an access token is presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Whoever has it may use it (RFC 6750), unless it is bound to a certificate.
    Bearer,
    /// With a proof of its key.
    Dpop,
}

/// A header isn't one that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the header {0} must be given once, in its form")]
pub struct Malformed(pub &'static str);

/// The access token of a request and its scheme; none when there is no Authorization header. A token in the address or in a
/// form is never looked at.
pub fn token(headers: &HeaderMap) -> Result<Option<(Scheme, &str)>, Malformed> {
    let bad = Malformed("Authorization");
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = all.next() else { return Ok(None) };
    let (scheme, token) = value.to_str().ok().and_then(|v| v.split_once(' ')).ok_or(bad)?;
    let token = token.trim_start_matches(' ');
    // Of all bytes, so that several are looked at at once: tokens are long, and nearly always sound.
    let sound = token.bytes().fold(!token.is_empty(), |sound, b| {
        sound & matches!(b, b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
    });
    let scheme = match scheme {
        s if s.eq_ignore_ascii_case("bearer") => Scheme::Bearer,
        s if s.eq_ignore_ascii_case("dpop") => Scheme::Dpop,
        _ => return Err(bad),
    };
    // Case 2: of two, which one would count is nobody's to say.
    if all.next().is_some() || !sound { Err(bad) } else { Ok(Some((scheme, token))) }
}

impl Presented {
    /// The DPoP proof (RFC 9449, section 4.3: not more than one).
    pub fn proof(&self) -> Result<Option<&str>, Malformed> {
        let bad = Malformed("DPoP");
        let mut all = self.headers.get_all(dpop::HEADER).iter();
        let Some(value) = all.next() else { return Ok(None) };
        if all.next().is_some() {
            return Err(bad);
        }
        value.to_str().map(Some).map_err(|_| bad)
    }
}

impl Presented {
    fn with(headers: HeaderMap, parts: &Parts) -> Self {
        // A route inside of another router sees the rest of the path only.
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |o| &o.0);
        Self {
            headers,
            method: parts.method.clone(),
            path: uri.path().to_owned(),
            certificate: parts.extensions.get::<Arc<Shown>>().cloned(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Presented {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::with(parts.headers.clone(), parts))
    }
}

/// All of a request, its body too: what it brings is taken off it, where nothing else is to read that.
#[derive(Debug)]
pub struct Arrived {
    /// What it brings.
    pub presented: Presented,
    /// Its body.
    pub body: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Arrived {
    type Rejection = BytesRejection;
    async fn from_request(request: Request, state: &S) -> Result<Self, BytesRejection> {
        let (mut parts, body) = request.into_parts();
        let presented = Presented::with(std::mem::take(&mut parts.headers), &parts);
        let body = Bytes::from_request(Request::from_parts(parts, body), state).await?;
        Ok(Self { presented, body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// case 6, fapi2/access-token-type-header-case-sensitivity
    #[test]
    fn a_token_is_read_from_one_plain_header_only() {
        let read = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for v in values {
                headers.append(header::AUTHORIZATION, v.parse().unwrap());
            }
            token(&headers).map(|t| t.map(|(s, t)| (s, t.to_owned())))
        };
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["Bearer a.b.c"]), Ok(Some((Scheme::Bearer, "a.b.c".into()))));
        assert_eq!(read(&["bEARER  a"]), Ok(Some((Scheme::Bearer, "a".into()))));
        assert_eq!(read(&["dpop a"]), Ok(Some((Scheme::Dpop, "a".into()))));
        for bad in [&["Bearer"][..], &["Bearer "], &["Basic a"], &["Bearer a b"], &["Bearer a,b"], &["Bearer a", "DPoP b"]] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
