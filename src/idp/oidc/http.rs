//! Routes of OpenID Connect and OAuth.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};

use super::answer::Next;
use super::authorize::{self, LOGIN_REQUIRED, NOT_ALLOWED, Refusal, Request, UNMET, check, complete, is_meant, weak};
use super::endpoints::{refused, with_nonce};
use super::error::{ErrorCode, OAuthError};
use super::logout::{self, Logout, Return, Wanted};
use super::token::REPEATABLE;
use super::{discovery, frontchannel, jarm, pushed, request_object, token, userinfo};
use crate::idp::clients::auth::authenticate;
use crate::idp::consent::pages::FormPostPage;
use crate::idp::policy::model::Lack;
use crate::idp::sessions::Session;
use crate::idp::signin::factors::Results;
use crate::idp::signin::flow::{Cause, SigninError};
use crate::idp::signin::pages::{SignedOutPage, SignoutPage, StrongerPage};
use crate::idp::{Idp, people, sessions, setup, signin};
use crate::kernel::audit::Actor;
use crate::kernel::db::DbError;
use crate::kernel::http::documents::Document;
use crate::kernel::http::presented::Arrived;
use crate::kernel::http::{Context, Params};
use crate::kernel::pages::{self, ErrorPage, Lang, html};
use crate::kernel::root::Purpose;

/// Endpoints that a browser's cookie opens. Those that are reached from other sites by design only show and lead on;
/// what changes something is behind [`same_site`].
pub fn front() -> Router<Arc<Idp>> {
    Router::new().route("/authorize", get(authorize).post(to_get)).route("/logout", get(logout).post(to_get))
}

/// Forms of this provider's own pages.
pub fn same_site() -> Router<Arc<Idp>> {
    Router::new()
        .merge(super::device::http::pages())
        .merge(super::ciba::http::pages())
        .route("/logout/confirm", post(confirm_logout))
        .route("/logout/done", get(signed_out))
}

/// Endpoints that clients call by themselves.
pub fn back() -> Router<Arc<Idp>> {
    Router::new()
        .route("/token", post(token_endpoint))
        .route("/revoke", post(revoke))
        .merge(super::endpoints::routes())
        .merge(super::device::http::back())
        .merge(super::ciba::http::back())
        .route("/userinfo", get(userinfo).post(userinfo))
}

/// What every application reads, from wherever its page comes. The metadata come from the settings alone.
pub fn documents(idp: &Arc<Idp>) -> Vec<Document> {
    let metadata = Bytes::from(discovery::metadata(idp).to_string());
    let (other, idp) = (metadata.clone(), Arc::clone(idp));
    vec![
        Document::new("/.well-known/openid-configuration", move || metadata.clone()),
        Document::new("/.well-known/oauth-authorization-server", move || other.clone()),
        Document::new("/oauth2/keys", move || idp.keyring.published()),
    ]
}

/// Case 30's rule for cross-site POSTs: browsers hold Lax cookies back, so the request is asked again as a GET.
async fn to_get(axum::extract::OriginalUri(uri): axum::extract::OriginalUri, body: Bytes) -> Response {
    let Ok(text) = std::str::from_utf8(&body) else { return StatusCode::BAD_REQUEST.into_response() };
    let joined = match uri.query() {
        Some(q) if !text.is_empty() => format!("{q}&{text}"),
        Some(q) => q.to_owned(),
        None => text.to_owned(),
    };
    // Encoded again, so that whatever came stays in the query.
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(joined.as_bytes()) {
        query.append_pair(&name, &value);
    }
    Redirect::to(&format!("{}?{}", uri.path(), query.finish())).into_response()
}

/// The session of a browser's cookie.
pub async fn session_of(idp: &Idp, headers: &HeaderMap) -> Result<Option<Session>, DbError> {
    let cookie = sessions::flow::COOKIE.get(&idp.env.settings.idp_url, headers);
    let mut snapshot = idp.db.snapshot().await?;
    sessions::flow::of_cookie(idp, &mut snapshot.tx(), cookie.as_deref()).await
}

async fn authorize(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    match begin(&idp, &context, &headers, query.unwrap_or_default().as_bytes()).await {
        Ok(response) => response,
        Err(r) => refusal(&idp, &headers, &context, r).await,
    }
}

async fn begin(idp: &Idp, context: &Context, headers: &HeaderMap, query: &[u8]) -> Result<Response, Refusal> {
    let params = Params::parse(query, REPEATABLE).map_err(|_| Refusal::Page("bad-request"))?;
    let (params, origin) = pushed::resolve(idp, params).await?;
    // Asking an application's address takes long, so nothing is open meanwhile.
    let params = request_object::resolve(idp, params).await?;
    let request = {
        let mut snapshot = idp.db.snapshot().await?;
        check(idp, &mut snapshot.tx(), &params, &origin).await?
    };
    let session = session_of(idp, headers).await?;
    // Whoever the request is not for has to become another person first.
    let session = match session {
        Some(session) if is_meant(idp, &mut idp.db.snapshot().await?.tx(), &request, &session).await? => Some(session),
        _ => None,
    };
    go_on(idp, (context, headers), request, session).await
}

/// Goes on with a request that was checked, for whoever has come to be signed in as it asks; or to what he lacks.
pub(crate) async fn resume(idp: &Idp, context: &Context, headers: &HeaderMap, request: Request, session: Session) -> Response {
    match go_on(idp, (context, headers), request, Some(session)).await {
        Ok(response) => response,
        Err(r) => refusal(idp, headers, context, r).await,
    }
}

async fn go_on(
    idp: &Idp,
    (context, headers): (&Context, &HeaderMap),
    request: Request,
    session: Option<Session>,
) -> Result<Response, Refusal> {
    let lack = match &session {
        Some(session) => authorize::lack(&mut idp.db.snapshot().await?.tx(), &request, session, idp.env.now()).await?,
        None => Some(Lack::Anew),
    };
    let over = match (session, lack) {
        (Some(session), None) => {
            let next = complete(idp, request.clone(), &session.id, Actor::on(context)).await?;
            return Ok(spoken(idp, headers, &request, lead(idp, headers, next)));
        }
        // What was shown in it need not be shown again.
        (Some(session), Some(Lack::Stronger)) => Some(session),
        _ => None,
    };
    if request.prompt_none {
        return Err(request.refused(LOGIN_REQUIRED));
    }
    sign_in(idp, (context, headers), request.asked_anew(), over).await
}

/// Sends someone to sign in, or to make his session stronger.
async fn sign_in(
    idp: &Idp,
    (context, headers): (&Context, &HeaderMap),
    request: Request,
    over: Option<Session>,
) -> Result<Response, Refusal> {
    let shown = match &over {
        Some(session) => sessions::store::results(&mut idp.db.snapshot().await?.tx(), &session.id).await?,
        None => Results::default(),
    };
    let cause = Cause { request: Some(&request), over: over.as_ref().map(|s| (s, &shown)), ..Cause::default() };
    let token = match signin::flow::begin(idp, context, cause).await {
        Ok(token) => token,
        Err(SigninError::TooMany) => return Err(Refusal::Page("too-many")),
        Err(SigninError::OutOfReach) => {
            if let Some(session) = &over {
                setup::flow::for_request(idp, &session.id, &request).await?;
            }
            return Err(weak(&request));
        }
        Err(SigninError::Db(e)) => return Err(Refusal::Broken(e.into())),
        Err(e) => return Err(Refusal::Broken(OAuthError::internal(&e))),
    };
    let mut answer = Redirect::to("/signin").into_response();
    answer.headers_mut().append(header::SET_COOKIE, signin::flow::COOKIE.set(&idp.env.settings.idp_url, token));
    Ok(spoken(idp, headers, &request, answer))
}

/// With the language that the application asks its pages to be in (`ui_locales`): for this browser's session, and not where
/// the person has chosen one.
fn spoken(idp: &Idp, headers: &HeaderMap, request: &authorize::Request, mut answer: Response) -> Response {
    let wanted = request.ui_locales.as_deref().unwrap_or_default().split(' ').find_map(Lang::from_code);
    if let Some(cookie) = wanted.and_then(|lang| pages::asked_language(headers, lang, idp.env.settings.idp_url.is_https())) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

/// Leads the browser on.
pub fn lead(idp: &Idp, headers: &HeaderMap, next: Next) -> Response {
    match next {
        Next::Redirect(to) => Redirect::to(&to).into_response(),
        Next::Post { to, fields } => html(StatusCode::OK, &FormPostPage { view: idp.env.view(headers, "/"), to, fields }),
    }
}

/// Tells a refusal to whom it may be told.
pub async fn refusal(idp: &Idp, headers: &HeaderMap, context: &Context, refusal: Refusal) -> Response {
    tell(idp, headers, context, refusal)
        .await
        .unwrap_or_else(|_| error_page(idp, headers, context, StatusCode::INTERNAL_SERVER_ERROR, "internal"))
}

/// The same; an error that the answer can't be made.
async fn tell(idp: &Idp, headers: &HeaderMap, context: &Context, refusal: Refusal) -> Result<Response, OAuthError> {
    // A page may have been open for long before this.
    if let Refusal::Client { to: back, .. } | Refusal::Weak { back, .. } | Refusal::NotAllowed { back, .. } = &refusal
        && !jarm::may_go(idp, back).await?
    {
        return Ok(error_page(idp, headers, context, StatusCode::BAD_REQUEST, "redirect"));
    }
    Ok(match refusal {
        Refusal::Client { to, error } => lead(idp, headers, jarm::error(idp, &to, &error).await?),
        Refusal::Page(key) => error_page(idp, headers, context, StatusCode::BAD_REQUEST, key),
        Refusal::Weak { client_name, back } => {
            let back = jarm::link(idp, &back, &UNMET).await?;
            html(StatusCode::FORBIDDEN, &StrongerPage { app: client_name, back, ..StrongerPage::own(idp.env.view(headers, "/")) })
        }
        Refusal::NotAllowed { client_name, back } => {
            let view = idp.env.view(headers, "/");
            let page = ErrorPage {
                title: view.t1("error-not-allowed-title", "name", client_name.as_str()),
                text: view.t("error-not-allowed-text"),
                request_id: String::new(),
                href: jarm::link(idp, &back, &NOT_ALLOWED).await?,
                action: view.t1("error-not-allowed-back", "name", client_name.as_str()),
                view,
            };
            html(StatusCode::FORBIDDEN, &page)
        }
        Refusal::Broken(e) if e.code == ErrorCode::TemporarilyUnavailable => {
            error_page(idp, headers, context, StatusCode::SERVICE_UNAVAILABLE, "overloaded")
        }
        Refusal::Broken(_) => error_page(idp, headers, context, StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    })
}

fn error_page(idp: &Idp, headers: &HeaderMap, context: &Context, status: StatusCode, key: &str) -> Response {
    html(status, &ErrorPage::new(idp.env.view(headers, "/"), key, context.request_id.clone()))
}

async fn token_endpoint(State(idp): State<Arc<Idp>>, context: Context, arrived: Arrived) -> Response {
    let Arrived { presented, body } = arrived;
    let answer = match is_form(&presented.headers) {
        Ok(()) => token::request(&idp, &context, &presented, &body).await,
        Err(e) => Err(e),
    };
    match answer {
        Ok((answer, nonce)) => with_nonce(([(header::PRAGMA, "no-cache")], Json(answer)).into_response(), nonce),
        Err(e) => refused(&idp, e),
    }
}

async fn revoke(State(idp): State<Arc<Idp>>, context: Context, arrived: Arrived) -> Result<StatusCode, OAuthError> {
    let Arrived { presented, body } = arrived;
    is_form(&presented.headers)?;
    let params = Params::parse(&body, &[])?;
    let auth = authenticate(&idp, &presented, &params).await?;
    let actor = Actor::on(&context).client(&auth.client.id);
    logout::revoke(&idp, &auth, &params, actor).await?;
    Ok(StatusCode::OK)
}

pub(super) fn is_form(headers: &HeaderMap) -> Result<(), OAuthError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().is_some_and(|k| k.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")) {
        return Ok(());
    }
    Err(OAuthError::request("send the parameters as application/x-www-form-urlencoded"))
}

async fn userinfo(State(idp): State<Arc<Idp>>, arrived: Arrived) -> Response {
    let mut response =
        userinfo::answer(&idp, &arrived.presented, &arrived.body).await.unwrap_or_else(IntoResponse::into_response);
    // Applications in browsers may ask, with the token that they hold: no cookie counts here.
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

async fn logout(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    match read_logout(&idp, &context, &headers, query.unwrap_or_default().as_bytes()).await {
        Ok(response) => response,
        Err(e) => refusal(&idp, &headers, &context, e.into()).await,
    }
}

async fn read_logout(idp: &Idp, context: &Context, headers: &HeaderMap, query: &[u8]) -> Result<Response, OAuthError> {
    let Ok(params) = Params::parse(query, &[]) else {
        return Ok(error_page(idp, headers, context, StatusCode::BAD_REQUEST, "bad-request"));
    };
    let session = session_of(idp, headers).await?;
    match logout::read(idp, &params, session.as_ref()).await? {
        Logout::Refused(key) => Ok(error_page(idp, headers, context, StatusCode::BAD_REQUEST, key)),
        Logout::End { session, to } => {
            let frames = frames_of(idp, &session).await?;
            logout::end(idp, &session, Actor::on(context)).await?;
            Ok(leave(idp, headers, to, frames))
        }
        Logout::Ask(wanted, to) => {
            let Some(session) = session else { return Ok(leave(idp, headers, to, Vec::new())) };
            let mut snapshot = idp.db.snapshot().await?;
            let person = people::store::by_id(&mut snapshot.tx(), &session.person_id).await?;
            let to = seal_wanted(idp, &session.id, &wanted);
            Ok(html(
                StatusCode::OK,
                &SignoutPage { view: idp.env.view(headers, "/"), name: person.map(|p| p.name).unwrap_or_default(), to },
            ))
        }
    }
}

/// Where the request wants to lead travels through the confirmation page sealed for this session: nobody can put another there.
fn seal_wanted(idp: &Idp, session: &str, wanted: &Wanted) -> String {
    let text = serde_json::to_vec(wanted).unwrap_or_default();
    idp.env.root.seal(Purpose::Cursor, &format!("logout/{session}"), &text, idp.env.entropy.as_ref()).unwrap_or_default()
}

async fn confirm_logout(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Response {
    let done = async {
        let Some(session) = session_of(&idp, &headers).await? else {
            return Ok(leave(&idp, &headers, Return::default(), Vec::new()));
        };
        let params = Params::parse(&body, &[]).unwrap_or_default();
        let sealed = params.get("to").unwrap_or_default();
        let wanted = idp.env.root.open(Purpose::Cursor, &format!("logout/{}", session.id), sealed).ok();
        let wanted: Wanted = wanted.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        let to = wanted.now(&idp).await?;
        let frames = frames_of(&idp, &session.id).await?;
        logout::end(&idp, &session.id, Actor::on(&context).person(&session.person_id)).await?;
        Ok::<_, OAuthError>(leave(&idp, &headers, to, frames))
    };
    match done.await {
        Ok(response) => response,
        Err(e) => refusal(&idp, &headers, &context, e.into()).await,
    }
}

/// What the signed-out page loads so that applications hear of it in the browser.
async fn frames_of(idp: &Idp, session: &str) -> Result<Vec<String>, OAuthError> {
    let mut snapshot = idp.db.snapshot().await?;
    frontchannel::frames(&mut snapshot.tx(), &idp.env.root, session, idp.issuer()).await
}

/// Signed out: on to the address, or to the page that says so. Where applications are to hear of it in the browser that page
/// comes first, and leads on by itself.
fn leave(idp: &Idp, headers: &HeaderMap, to: Return, frames: Vec<String>) -> Response {
    let mut answer = if frames.is_empty() {
        Redirect::to(to.address.as_deref().unwrap_or("/logout/done")).into_response()
    } else {
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src {}; \
             frame-ancestors 'none'; base-uri 'none'",
            frontchannel::origins(&frames)
        );
        let view = idp.env.view(headers, "/logout/done");
        let mut page = html(StatusCode::OK, &SignedOutPage { view, frames, to: to.address.unwrap_or_default() });
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        page
    };
    answer.headers_mut().append(header::SET_COOKIE, sessions::flow::COOKIE.clear(&idp.env.settings.idp_url));
    answer
}

async fn signed_out(State(idp): State<Arc<Idp>>, headers: HeaderMap) -> Response {
    let view = idp.env.view(&headers, "/logout/done");
    html(StatusCode::OK, &SignedOutPage { view, frames: Vec::new(), to: String::new() })
}
