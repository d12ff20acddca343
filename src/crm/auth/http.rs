//! The routes of signing in and out, of who you are, and of what is published for others.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use super::backchannel::{self, LogoutError};
use super::caller::Want;
use super::client::CALLBACK;
use super::extract::{Anyone, Person, Visit};
use super::login::{self, Answer, LoginError};
use super::pages::{MePage, SignedOutPage};
use super::refusal::{RESOURCE_METADATA, Refused, see_other};
use super::session::{self, SESSION_COOKIE, SIGNED_OUT};
use crate::contract::claims::{SCOPE_READ, SCOPE_WRITE};
use crate::crm::Crm;
use crate::kernel::http::cookies::CookieName;
use crate::kernel::http::problem::chain;
use crate::kernel::http::shell::same_site_only;
use crate::kernel::http::{Code, Params, Problem};
use crate::kernel::jose::Alg;
use crate::kernel::pages::{ErrorPage, html};

/// The cookie that ties a sign-in's answer to the browser that began it.
const LOGIN_COOKIE: CookieName = CookieName("zegel_crm_login");

/// All of them. What a browser's cookie opens stands behind the check for requests from other sites.
pub fn routes(crm: Arc<Crm>) -> Router {
    let pages = Router::new()
        .route("/auth/login", get(begin))
        .route(CALLBACK, get(finish))
        .route("/auth/logout", post(leave))
        // Where the form in the frame of every page leads.
        .route("/sign-out", post(leave))
        .route(SIGNED_OUT, get(signed_out))
        .route("/me", get(me))
        .route("/api/me", get(api_me));
    let published = Router::new()
        .route("/auth/backchannel-logout", post(backchannel_logout))
        .route("/.well-known/jwks.json", get(jwks))
        .route(RESOURCE_METADATA, get(resource_metadata));
    same_site_only(pages).merge(published).with_state(crm)
}

type App = State<Arc<Crm>>;

fn query(raw: Option<&str>) -> Result<Params, Refused> {
    // Which parameter it is says nothing to a person.
    Params::parse(raw.unwrap_or_default().as_bytes(), &[]).map_err(|_| super::token::Malformed.into())
}

async fn begin(State(crm): App, visit: Visit, RawQuery(raw): RawQuery, headers: HeaderMap) -> Response {
    let params = match query(raw.as_deref()) {
        Ok(p) => p,
        Err(e) => return e.page(&crm, &visit),
    };
    let origin = &crm.env.settings.crm_url;
    match login::begin(&crm, LOGIN_COOKIE.get(origin, &headers), params.get("to"), Want::of(&params)).await {
        Ok((url, browser)) => {
            let mut answer = see_other(url.as_str());
            answer.headers_mut().append(header::SET_COOKIE, LOGIN_COOKIE.set(origin, browser));
            answer
        }
        Err(e) => failed(&crm, &visit, &e, params.get("to")),
    }
}

async fn finish(State(crm): App, visit: Visit, RawQuery(raw): RawQuery, headers: HeaderMap) -> Response {
    let params = match query(raw.as_deref()) {
        Ok(p) => p,
        Err(e) => return e.page(&crm, &visit),
    };
    let origin = &crm.env.settings.crm_url;
    let answer = Answer {
        params: &params,
        browser: LOGIN_COOKIE.get(origin, &headers),
        old_session: SESSION_COOKIE.get(origin, &headers),
        context: &visit.context,
    };
    match login::finish(&crm, answer).await {
        Ok((session, goal)) => {
            let mut answer = see_other(&goal);
            answer.headers_mut().append(header::SET_COOKIE, SESSION_COOKIE.set(origin, session));
            answer
        }
        Err(e) => failed(&crm, &visit, &e, None),
    }
}

/// A page with words and a way to begin again. What exactly didn't fit is for the log.
fn failed(crm: &Crm, visit: &Visit, error: &LoginError, to: Option<&str>) -> Response {
    let (status, key) = match error {
        LoginError::Expired => (StatusCode::BAD_REQUEST, "expired"),
        LoginError::Mismatch(_) => (StatusCode::BAD_REQUEST, "signin-failed"),
        LoginError::Refused(_) | LoginError::Denied(_) => (StatusCode::FORBIDDEN, "signin-refused"),
        LoginError::Unreachable(_) => (StatusCode::BAD_GATEWAY, "unavailable"),
        LoginError::Db(e) if e.is_overload() => (StatusCode::SERVICE_UNAVAILABLE, "overloaded"),
        LoginError::Db(_) | LoginError::Root(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    };
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!(error = chain(error), "a sign-in broke");
    } else {
        tracing::info!(error = chain(error), "a sign-in failed");
    }
    let mut page = ErrorPage::new(visit.view.clone(), key, visit.context.request_id.as_str());
    let to: String = url::form_urlencoded::byte_serialize(login::goal(to).as_bytes()).collect();
    page.href = format!("{}/auth/login?to={to}", visit.view.base);
    page.action = visit.view.t("error-try-again");
    let mut answer = html(status, &page);
    if status.is_server_error() {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    // What begins again gets a new value.
    answer.headers_mut().append(header::SET_COOKIE, LOGIN_COOKIE.clear(&crm.env.settings.crm_url));
    answer
}

async fn leave(State(crm): App, visit: Visit, headers: HeaderMap) -> Response {
    let origin = &crm.env.settings.crm_url;
    let cookie = SESSION_COOKIE.get(origin, &headers);
    match session::leave(&crm, cookie.as_deref(), &visit.context).await {
        Ok(to) => {
            let mut answer = see_other(&to);
            answer.headers_mut().append(header::SET_COOKIE, SESSION_COOKIE.clear(origin));
            answer
        }
        Err(e) => Refused::from(e).page(&crm, &visit),
    }
}

async fn signed_out(visit: Visit) -> Response {
    html(StatusCode::OK, &SignedOutPage { view: visit.view })
}

async fn me(State(crm): App, visit: Visit, Person(caller): Person) -> Response {
    let view = visit.view_for(&caller);
    match crm.nav(&view, &caller, "me").await {
        Ok(nav) => html(StatusCode::OK, &MePage::new(view, nav, &caller)),
        Err(e) => Refused::Access(e.into()).page(&crm, &visit),
    }
}

async fn api_me(Anyone(caller): Anyone) -> Response {
    Json(json!({
        "sub": caller.sub(),
        "name": caller.name(),
        "language": caller.language(),
        "staff": caller.staff(),
        "roles": caller.roles(),
        "acr": caller.assurance().acr(),
        "client_id": caller.client_id(),
        "scope": caller.scope(),
        "auth_time": caller.auth_time().map(|t| t.seconds()),
        "expires_at": caller.expires_at().seconds(),
        "access_rev": caller.access_rev(),
    }))
    .into_response()
}

/// OpenID Connect Back-Channel Logout 1.0, section 2.8.
async fn backchannel_logout(State(crm): App, headers: HeaderMap, body: Bytes) -> Response {
    let form = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let is_form = form.is_some_and(|t| t.split(';').next().is_some_and(|t| t.trim() == "application/x-www-form-urlencoded"));
    let params = if is_form { Params::parse(&body, &[]).ok() } else { None };
    let token = params.as_ref().and_then(|p| p.get("logout_token"));
    let bad = |text: String| {
        let body = json!({"error": "invalid_request", "error_description": text});
        (StatusCode::BAD_REQUEST, Json(body)).into_response()
    };
    let Some(token) = token else { return bad("logout_token is needed, once, in a form".into()) };
    match backchannel::end(&crm, token).await {
        Ok(_) => StatusCode::OK.into_response(),
        Err(e @ (LogoutError::Token(_) | LogoutError::Replay)) => bad(e.to_string()),
        Err(LogoutError::Unreachable(_)) => Problem::new(Code::Upstream).retry(1).into_response(),
        Err(LogoutError::Db(e)) => Problem::from(e).into_response(),
        Err(e @ LogoutError::Root(_)) => Problem::internal(&e).into_response(),
    }
}

/// What anybody may keep for some minutes.
fn public(document: serde_json::Value) -> Response {
    ([(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"))], Json(document)).into_response()
}

async fn jwks(State(crm): App) -> Response {
    public(json!({"keys": [crm.provider.client_key().public_jwk()]}))
}

/// OAuth 2.0 Protected Resource Metadata (RFC 9728, section 2).
async fn resource_metadata(State(crm): App) -> Response {
    public(json!({
        "resource": crm.env.settings.crm_url.as_str(),
        "authorization_servers": [crm.provider.issuer()],
        "bearer_methods_supported": ["header"],
        "resource_name": crm.env.settings.organisation,
        "scopes_supported": [SCOPE_READ, SCOPE_WRITE],
        "dpop_signing_alg_values_supported": Alg::ALL.map(Alg::name),
        "dpop_bound_access_tokens_required": false,
        "tls_client_certificate_bound_access_tokens": true,
    }))
}
