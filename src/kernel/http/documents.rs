//! Documents that are the same for whoever asks, like a provider's metadata and keys. Every application reads them, over and
//! over, so they are answered as they lie there: without a request id, a line in the log or a limit of time. They are counted,
//! and have what guards an answer of every answer's headers, without what only a page needs.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Response, header};
use axum::routing::get;

use crate::kernel::metrics::Requests;

/// One of them: where it is, and what it says now, as JSON.
#[derive(Clone)]
pub struct Document {
    /// The path.
    pub path: &'static str,
    /// What it says now; asked at every request, so it only hands out what is ready.
    pub text: Arc<dyn Fn() -> Bytes + Send + Sync>,
}

impl Document {
    /// One that says `text()`.
    pub fn new(path: &'static str, text: impl Fn() -> Bytes + Send + Sync + 'static) -> Self {
        Self { path, text: Arc::new(text) }
    }
}

/// Their routes. `every` are the headers of every answer.
pub(super) fn routes(documents: Vec<Document>, every: &HeaderMap, requests: Option<&Requests>) -> Router {
    let fixed = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=60"),
        // Pages of other origins read them too.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        // Nothing in it runs, should it be shown as a page after all.
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    let mut headers: HeaderMap = fixed.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect();
    headers.extend(every.get(header::STRICT_TRANSPORT_SECURITY).map(|v| (header::STRICT_TRANSPORT_SECURITY, v.clone())));
    documents.into_iter().fold(Router::new(), |routes, Document { path, text }| {
        let (headers, counted) = (headers.clone(), requests.map(|r| r.of(&Method::GET, path)));
        let answer = move || {
            let mut response = Response::new(Body::from(text()));
            *response.headers_mut() = headers.clone();
            if let Some(counted) = &counted {
                // It lies there: less time than can be told.
                counted.count(200, Duration::ZERO);
            }
            std::future::ready(response)
        };
        routes.route(path, get(answer))
    })
}
