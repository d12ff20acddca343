//! Its routes: the invoices, both ends of signing in, signing out, and what the provider calls.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use tower_http::timeout::TimeoutLayer;

use super::logout::{self, LogoutError};
use super::pages::{INVOICES, InvoicesPage, WordsPage};
use super::provider::ProviderError;
use super::sessions::{Login, Session};
use super::{Accounting, Options};
use crate::kernel::http::cookies::CookieName;
use crate::kernel::http::params::Params;
use crate::kernel::http::shell::same_site_only;

/// The session. On localhost cookies are shared between ports, so the name is this application's own.
const SESSION: CookieName = CookieName("accounting_session");
/// Ties a sign-in's answer to the browser that began it.
const LOGIN: CookieName = CookieName("accounting_login");

type App = State<Arc<Accounting>>;

/// All of them.
pub fn routes(app: Arc<Accounting>) -> Router {
    let pages = Router::new()
        .route("/", get(invoices))
        .route("/login", get(begin))
        .route("/callback", get(finish))
        .route("/logout", post(leave))
        .route("/signed-out", get(signed_out));
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {}; frame-ancestors 'none'; base-uri 'none'",
        app.options.issuer
    );
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    let headers = move |request, next: Next| {
        let policy = policy.clone();
        async move {
            let mut response = next.run(request).await;
            let set = response.headers_mut();
            set.insert(header::CONTENT_SECURITY_POLICY, policy);
            set.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            set.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
            set.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
            response
        }
    };
    let style = ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("style.css"));
    same_site_only(pages)
        .route("/backchannel-logout", post(backchannel))
        .route("/style.css", get(move || async move { style }))
        .layer(middleware::from_fn(headers))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(20)))
        .with_state(app)
}

fn page(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page of the second application could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn words(status: StatusCode, title: &'static str, text: &str, action: &'static str, href: &'static str) -> Response {
    page(status, &WordsPage { title, text: text.to_owned(), action, href })
}

fn unreachable(e: &ProviderError) -> Response {
    tracing::warn!(error = %e, "the second application: a call to the provider");
    let text = "The server that signs you in did not answer. Please try again in a moment.";
    words(StatusCode::BAD_GATEWAY, "That did not work", text, "Try again", "/login")
}

/// The session of a request, asked again at the provider where it is no longer fresh.
async fn session(app: &Accounting, headers: &HeaderMap) -> Result<Option<Session>, ProviderError> {
    let Some(cookie) = SESSION.get(&app.options.url, headers) else { return Ok(None) };
    let now = app.clock.now();
    let fresh = |s: &Session| now < s.fresh_until;
    match app.sessions.get(&cookie) {
        Some(s) if !fresh(&s) => {}
        found => return Ok(found),
    }
    let _one = app.sessions.renewing.lock().await;
    let Some(old) = app.sessions.get(&cookie) else { return Ok(None) };
    if fresh(&old) {
        return Ok(Some(old));
    }
    match app.provider.renew(&app.options, old, now).await {
        Ok(new) => {
            // Signed out meanwhile stays signed out.
            if app.sessions.end(&cookie).is_none() {
                return Ok(None);
            }
            app.sessions.put(cookie, new.clone());
            Ok(Some(new))
        }
        // The provider's word: signed out there, or no longer allowed here.
        Err(ProviderError::Refused(why)) => {
            tracing::info!(why, "the second application: a session is not renewed");
            app.sessions.end(&cookie);
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

async fn invoices(State(app): App, headers: HeaderMap) -> Response {
    match session(&app, &headers).await {
        Ok(Some(session)) => page(StatusCode::OK, &InvoicesPage { name: session.name, invoices: INVOICES }),
        Ok(None) => words(
            StatusCode::OK,
            "Accounting",
            "Invoices of your company, for whoever may see them. You sign in with the account that you have already.",
            "Sign in",
            "/login",
        ),
        Err(e) => unreachable(&e),
    }
}

/// Begins a sign-in; also for whoever comes from a tile (OpenID Connect Core 1.0, section 4).
async fn begin(State(app): App, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes(), &[]).unwrap_or_default();
    // From anywhere else than the one provider it trusts, nothing is begun.
    if params.get("iss").is_some_and(|iss| iss != app.options.issuer) {
        let text = "The link names another server to sign in at than this application trusts.";
        return words(StatusCode::BAD_REQUEST, "This sign-in can’t be trusted", text, "Sign in here", "/login");
    }
    let Options { url, .. } = &app.options;
    let token = || app.entropy.token();
    let browser = LOGIN.get(url, &headers).filter(|b| b.len() == 43).unwrap_or_else(token);
    let login = Login { browser: browser.clone(), nonce: token(), verifier: token(), at: app.clock.now() };
    let (state, hint) = (token(), params.get("login_hint").filter(|h| h.len() <= 254));
    match app.provider.authorize(&app.options, &login, &state, hint).await {
        Ok(to) => {
            app.sessions.begin(state, login);
            let mut answer = Redirect::to(to.as_str()).into_response();
            answer.headers_mut().append(header::SET_COOKIE, LOGIN.set(url, browser));
            answer
        }
        Err(e) => unreachable(&e),
    }
}

async fn finish(State(app): App, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes(), &[]).unwrap_or_default();
    let Options { url, issuer, .. } = &app.options;
    let now = app.clock.now();
    let browser = LOGIN.get(url, &headers).unwrap_or_default();
    let login = params.get("state").and_then(|state| app.sessions.take(state, &browser, now));
    // RFC 9207: an answer that another server caused is not read any further.
    let Some(login) = login.filter(|_| params.get("iss") == Some(issuer)) else {
        let text = "No sign-in of this browser fits the answer. It may have taken too long.";
        return words(StatusCode::BAD_REQUEST, "Please sign in again", text, "Sign in", "/login");
    };
    let Some(code) = params.get("code") else {
        let text = "You are signed in, but this application isn’t open to you. Ask whoever manages it.";
        let title = "You may not use Accounting";
        return match params.get("error") {
            Some("access_denied") => words(StatusCode::FORBIDDEN, title, text, "Try again", "/login"),
            _ => words(StatusCode::BAD_REQUEST, "Signing in did not work", "Please try again.", "Sign in", "/login"),
        };
    };
    match app.provider.redeem(&app.options, code, login, now).await {
        Ok(session) => {
            if let Some(old) = SESSION.get(url, &headers) {
                app.sessions.end(&old);
            }
            let cookie = app.entropy.token();
            app.sessions.put(cookie.clone(), session);
            let mut answer = Redirect::to("/").into_response();
            answer.headers_mut().append(header::SET_COOKIE, SESSION.set(url, cookie));
            answer.headers_mut().append(header::SET_COOKIE, LOGIN.clear(url));
            answer
        }
        Err(e @ ProviderError::Broken(_)) => unreachable(&e),
        Err(ProviderError::Refused(why)) => {
            tracing::info!(why, "the second application: a code was refused");
            words(StatusCode::BAD_REQUEST, "Signing in did not work", "Please try again.", "Sign in", "/login")
        }
    }
}

/// Signs out here, and leads to the provider to sign out of everything.
async fn leave(State(app): App, headers: HeaderMap) -> Response {
    let url = &app.options.url;
    let session = SESSION.get(url, &headers).and_then(|cookie| app.sessions.end(&cookie));
    let to = match session {
        Some(session) => app.provider.end_session(&app.options, &session, &app.entropy.token(), app.clock.now()).await,
        None => None,
    };
    let mut answer = Redirect::to(to.as_ref().map_or("/signed-out", |u| u.as_str())).into_response();
    answer.headers_mut().append(header::SET_COOKIE, SESSION.clear(url));
    answer
}

async fn signed_out() -> Response {
    let text = "Here, and in every other application that you had opened with this sign-in.";
    words(StatusCode::OK, "You are signed out", text, "Sign in again", "/login")
}

async fn backchannel(State(app): App, body: Bytes) -> StatusCode {
    let params = Params::parse(&body, &[]).unwrap_or_default();
    let Some(token) = params.get("logout_token") else { return StatusCode::BAD_REQUEST };
    match logout::end(&app, token).await {
        Ok(()) => StatusCode::OK,
        Err(LogoutError::Provider(e)) => {
            tracing::warn!(error = %e, "the second application: a logout token can't be checked");
            StatusCode::BAD_GATEWAY
        }
        Err(e) => {
            tracing::warn!(error = %e, "the second application: a logout token is refused");
            StatusCode::BAD_REQUEST
        }
    }
}
