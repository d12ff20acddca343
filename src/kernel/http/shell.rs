//! What stands around every route of a half: request ids, security headers, limits, the last line of defence.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::certificate::Shown;
use super::documents::{Answers, Document, Ready};
use super::{Code, Context, Problem};
use crate::kernel::Env;
use crate::kernel::entropy::Ids;
use crate::kernel::metrics::Requests;
use crate::kernel::pages::{self, ErrorPage};

/// A request's body at most, in bytes. Uploads have a limit of their own.
const BODY: usize = 256 * 1024;
/// A request's time at most.
const TIME: Duration = Duration::from_secs(30);
/// The time of one that may bring a file.
const UPLOAD: Duration = Duration::from_secs(600);

/// How one half differs from the other in its headers.
pub struct Shell {
    env: Env,
    ids: Ids,
    headers: HeaderMap,
    uploads: &'static [&'static str],
    requests: Option<Requests>,
}

impl Shell {
    /// `form_action`: where forms may lead; the provider leaves it out, since it would block the redirect to the
    /// application at the end of a sign-in.
    pub fn new(env: Env, https: bool, form_action: Option<&str>) -> Self {
        let mut policy = String::from(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
             connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'",
        );
        if let Some(to) = form_action {
            policy.push_str("; form-action ");
            policy.push_str(to);
        }
        let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        Self { ids: Ids::new(Arc::clone(&env.entropy)), env, headers: headers(policy, https), uploads: &[], requests: None }
    }

    /// Counts what is answered.
    pub fn measured(mut self, requests: Option<Requests>) -> Self {
        self.requests = requests;
        self
    }

    /// Routes, by their patterns, whose requests may bring files: they have more time.
    pub fn uploads(mut self, routes: &'static [&'static str]) -> Self {
        self.uploads = routes;
        self
    }

    /// Puts the shell around `routes`, and `documents` beside it.
    pub fn around(self, routes: Router, documents: Vec<Document>) -> Answers {
        let documents = Ready::new(documents, &self.headers, self.requests.as_ref());
        let routes = routes.layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn_with_state(Arc::new(self), outer))
                .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
                    tracing::error!("a request panicked");
                    Problem::new(Code::Internal).into_response()
                }))
                .layer(DefaultBodyLimit::max(BODY)),
        );
        Answers { routes: routes.merge(documents.routes()), documents }
    }
}

/// What every answer says, unless it says otherwise itself.
fn headers(policy: HeaderValue, https: bool) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(16);
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=()"),
    );
    if https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers
}

/// Refuses state-changing requests that another site's page sends (security case 28). Around everything that a browser's
/// cookie opens; not around endpoints that clients call with credentials of their own.
pub fn same_site_only<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes.layer(CsrfLayer::new())
}

/// What is said to a form of another site: words to a person, problem details to a program.
fn cross_site(env: &Env, headers: &HeaderMap, api: bool, id: &str) -> Response {
    if api {
        return Problem::new(Code::CrossSite).into_response();
    }
    pages::html(StatusCode::FORBIDDEN, &ErrorPage::new(env.view(headers, "/"), "csrf", id))
}

/// What is said to a person who opens what only a form is sent to, as by an address kept from there or a reload without it.
fn not_opened(env: &Env, headers: &HeaderMap, id: &str, refused: Response) -> Response {
    let mut page = pages::html(StatusCode::METHOD_NOT_ALLOWED, &ErrorPage::new(env.view(headers, "/"), "method", id));
    if let Some(allow) = refused.headers().get(header::ALLOW) {
        page.headers_mut().insert(header::ALLOW, allow.clone());
    }
    page
}

/// Whether a browser asks for a page, as it says itself.
fn asks_for_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("text/html"))
}

async fn outer(State(shell): State<Arc<Shell>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let (mut parts, body) = request.into_parts();
    let context = Context::of(shell.ids.id(shell.env.now()), &parts, &shell.env.settings);
    let id = context.request_id.clone();
    let method = parts.method.clone();
    // The route's pattern, not the path: paths can carry tokens.
    let route = parts.extensions.get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    parts.extensions.insert(context);
    if let Some(shown) = Shown::of(&parts, &shell.env.settings) {
        parts.extensions.insert(shown);
    }
    // Only what a browser says of itself can be refused for being another site's.
    let from_browser = parts.headers.contains_key("sec-fetch-site") || parts.headers.contains_key(header::ORIGIN);
    let sent = (!method.is_safe() && from_browser).then(|| (parts.headers.clone(), parts.uri.path().starts_with("/api/")));
    let opened = (method == Method::GET && asks_for_page(&parts.headers)).then(|| parts.headers.clone());
    // Ends what takes too long to be answered. The body of an answer has its own time.
    let time = if !method.is_safe() && shell.uploads.contains(&route) { UPLOAD } else { TIME };
    let answered = tokio::time::timeout(time, next.run(Request::from_parts(parts, body))).await;
    let mut response = answered.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response());
    if let Some(headers) = opened.filter(|_| response.status() == StatusCode::METHOD_NOT_ALLOWED) {
        response = not_opened(&shell.env, &headers, &id, response);
    }
    if let (Some((headers, api)), Some(_)) = (sent, response.extensions().get::<ProtectionError>()) {
        response = cross_site(&shell.env, &headers, api, &id);
    }
    let headers = response.headers_mut();
    for (name, value) in &shell.headers {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.entry(HeaderName::from_static("x-request-id")).or_insert(id);
    }
    let took = started.elapsed();
    if let Some(requests) = &shell.requests {
        requests.of(&method, route).count(response.status().as_u16(), took);
    }
    let ms = took.as_millis() as u64;
    tracing::info!(target: "zegel::access", %method, route, status = response.status().as_u16(), ms, request = id);
    response
}
