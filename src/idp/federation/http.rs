//! Routes of signing in with another provider, and of connecting accounts that someone has elsewhere.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::arrive::Arrived;
use super::flow::{self, FederationError, Going};
use super::pages::{Connection, ConnectionsPage};
use super::{manage, store};
use crate::idp::account::frame::{Section, tabs};
use crate::idp::people::Person;
use crate::idp::sessions::{self, Session};
use crate::idp::signin::finish::Ready;
use crate::idp::signin::flow::{COOKIE, Cause, SigninError};
use crate::idp::signin::http::{Answer, broken, gone, lead, ready};
use crate::idp::{Idp, people, setup, signin};
use crate::kernel::audit::Actor;
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Context, Params};
use crate::kernel::pages::{ErrorPage, View, html};

/// Where people connect accounts.
const CONNECTIONS: &str = "/account/connections";

/// Routes of other providers.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/signin/with/{id}", post(go))
        .route("/federation/{id}/callback", get(come_back))
        .route("/account/connections", get(connections))
        .route("/account/connections/{id}/connect", post(connect))
        .route("/account/connections/{id}/remove", post(remove))
}

fn view(idp: &Idp, headers: &HeaderMap) -> View {
    idp.env.view(headers, "/signin")
}

/// The page for what went wrong on the way; `name` is the other provider's.
fn refused(idp: &Idp, headers: &HeaderMap, context: &Context, name: &str, e: &FederationError) -> Response {
    let (status, what) = match e {
        // The sign-in stays: whatever leads a browser here could end it otherwise.
        FederationError::Gone => return over(idp, headers),
        FederationError::Signin(e) => return broken(idp, headers, context, e),
        FederationError::TooMany => return broken(idp, headers, context, &SigninError::TooMany),
        FederationError::Unknown => {
            return html(StatusCode::NOT_FOUND, &ErrorPage::new(view(idp, headers), "not-found", &context.request_id));
        }
        FederationError::Declined(_) => (StatusCode::OK, "declined"),
        FederationError::NotAnew => (StatusCode::FORBIDDEN, "anew"),
        FederationError::Fetch(_) | FederationError::Upstream(_) => (StatusCode::BAD_GATEWAY, "broken"),
        FederationError::Db(d) if d.is_overload() => {
            return html(StatusCode::SERVICE_UNAVAILABLE, &ErrorPage::new(view(idp, headers), "overloaded", &context.request_id));
        }
        FederationError::Db(_) | FederationError::Root(_) | FederationError::Apply(_) => {
            tracing::error!(error = %chain(e), "a sign-in with another provider failed");
            return html(StatusCode::INTERNAL_SERVER_ERROR, &ErrorPage::new(view(idp, headers), "internal", &context.request_id));
        }
    };
    tracing::warn!(error = %chain(e), provider = name, request = context.request_id, "another provider did not sign someone in");
    said(idp, headers, context, status, name, what)
}

fn over(idp: &Idp, headers: &HeaderMap) -> Response {
    let view = view(idp, headers);
    let page = ErrorPage {
        title: view.t("signin-expired-title"),
        text: view.t("signin-expired-text"),
        request_id: String::new(),
        href: "/signin".into(),
        action: view.t("federation-back"),
        view,
    };
    html(StatusCode::GONE, &page)
}

fn said(idp: &Idp, headers: &HeaderMap, context: &Context, status: StatusCode, name: &str, what: &str) -> Response {
    let view = view(idp, headers);
    let page = ErrorPage {
        title: view.t1(&format!("federation-{what}-title"), "name", name),
        text: view.t1(&format!("federation-{what}-text"), "name", name),
        request_id: if matches!(what, "broken" | "anew") { context.request_id.clone() } else { String::new() },
        href: "/signin".into(),
        action: view.t("federation-back"),
        view,
    };
    html(status, &page)
}

async fn name_of(idp: &Idp, id: &str) -> String {
    let found = async {
        let mut snapshot = idp.db.snapshot().await?;
        store::by_id(&mut snapshot.tx(), id).await
    };
    found.await.ok().flatten().map(|u| u.terms.name).unwrap_or_default()
}

/// Leads someone who signs in to another provider.
pub(crate) async fn lead_to(idp: &Idp, context: &Context, headers: &HeaderMap, id: &str, hint: Option<&str>) -> Answer {
    let ready = ready(idp, context, headers).map_err(|r| *r)?;
    let cookie = COOKIE.get(&idp.env.settings.idp_url, headers);
    let standing = signin::flow::standing(idp, cookie.as_deref()).await.map_err(|e| broken(idp, headers, context, &e))?;
    let Some(standing) = standing else { return Err(gone(idp, headers)) };
    let again = async {
        let session = session_of(idp, headers).await?.map(|(session, _)| session);
        Ok::<_, FederationError>(flow::is_asked_anew(idp, &standing.signin, session.as_ref()).await?)
    };
    let again = again.await.map_err(|e| refused(idp, headers, context, "", &e))?;
    let hint = hint.or_else(|| standing.signin.request.as_ref().and_then(|r| r.login_hint.as_deref()));
    depart(idp, context, headers, id, Going::SignIn { hash: &ready.at.hash, hint, again }).await
}

async fn depart(idp: &Idp, context: &Context, headers: &HeaderMap, id: &str, going: Going<'_>) -> Answer {
    match flow::begin(idp, context, id, going).await {
        Ok(to) => Ok(Redirect::to(to.as_str()).into_response()),
        Err(e) => Err(refused(idp, headers, context, &name_of(idp, id).await, &e)),
    }
}

async fn go(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    lead_to(&idp, &context, &headers, &id, None).await
}

async fn session_of(idp: &Idp, headers: &HeaderMap) -> Result<Option<(Session, Person)>, FederationError> {
    let cookie = sessions::flow::COOKIE.get(&idp.env.settings.idp_url, headers);
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let Some(session) = sessions::flow::of_cookie(idp, &mut tx, cookie.as_deref()).await? else { return Ok(None) };
    Ok(people::store::by_id(&mut tx, &session.person_id).await?.map(|person| (session, person)))
}

async fn come_back(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let name = name_of(&idp, &id).await;
    let fail = |e: &FederationError| refused(&idp, &headers, &context, &name, e);
    let params = Params::parse(query.unwrap_or_default().as_bytes(), &[]).map_err(|_| fail(&FederationError::Gone))?;
    let session = session_of(&idp, &headers).await.map_err(|e| fail(&e))?.map(|(session, _)| session);
    // Someone who connects an account has no sign-in under way.
    let signin: Option<Ready> = ready(&idp, &context, &headers).ok();
    let hash = signin.as_ref().map(|r| r.at.hash.clone()).unwrap_or_default();
    match flow::come_back(&idp, &context, &id, &params, (signin, session)).await {
        Ok(Arrived::In(taken)) => lead(&idp, &context, &headers, taken).await,
        Ok(Arrived::TooOld) => {
            depart(&idp, &context, &headers, &id, Going::SignIn { hash: &hash, hint: None, again: true }).await
        }
        Ok(Arrived::Nobody) => Err(said(&idp, &headers, &context, StatusCode::FORBIDDEN, &name, "nobody")),
        Ok(Arrived::Linked) => Ok(Redirect::to("/account/connections?done=connected").into_response()),
        Ok(Arrived::Taken) => Ok(Redirect::to("/account/connections?problem=taken").into_response()),
        Err(e) => Err(fail(&e)),
    }
}

/// Whoever is signed in; anyone else signs in, and comes back here.
async fn enter(idp: &Idp, context: &Context, headers: &HeaderMap) -> Result<(Session, Person), Response> {
    match session_of(idp, headers).await {
        Ok(Some(found)) => {
            setup::http::hold(idp, context, headers, &found.0, CONNECTIONS).await?;
            Ok(found)
        }
        Ok(None) => {
            let cause = Cause { page: Some((CONNECTIONS, None)), ..Cause::default() };
            Err(to_sign_in(idp, context, headers, signin::flow::begin(idp, context, cause).await))
        }
        Err(e) => Err(refused(idp, headers, context, "", &e)),
    }
}

fn to_sign_in(idp: &Idp, context: &Context, headers: &HeaderMap, begun: Result<String, SigninError>) -> Response {
    match begun {
        Ok(token) => {
            let mut answer = Redirect::to("/signin").into_response();
            answer.headers_mut().append(header::SET_COOKIE, COOKIE.set(&idp.env.settings.idp_url, token));
            answer
        }
        Err(e) => broken(idp, headers, context, &e),
    }
}

/// The same, having shown a factor a moment ago: connecting and disconnecting decide who can sign in (security case 21).
async fn enter_fresh(idp: &Idp, context: &Context, headers: &HeaderMap) -> Result<(Session, Person), Response> {
    let (session, person) = enter(idp, context, headers).await?;
    if session.is_fresh(idp.env.now()) {
        return Ok((session, person));
    }
    let begun = signin::flow::step_up(idp, context, &session, (CONNECTIONS, None)).await;
    Err(to_sign_in(idp, context, headers, begun))
}

async fn connections(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    let (_, person) = enter(&idp, &context, &headers).await?;
    let view = View { user: Some(person.name.clone()), ..idp.env.view(&headers, CONNECTIONS) };
    let fail = |e: &FederationError| refused(&idp, &headers, &context, "", e);
    let links = manage::links(&idp, &person.id).await.map_err(|e| fail(&e.into()))?;
    let offered = async {
        let mut snapshot = idp.db.snapshot().await?;
        store::enabled(&mut snapshot.tx()).await
    };
    let offered = offered.await.map_err(|e| fail(&e.into()))?;
    let mut all: Vec<Connection> = links
        .into_iter()
        .map(|l| {
            let since = view.t1("connections-since", "date", view.date_time(l.linked_at));
            let used = l.used_at.map(|at| view.t1("connections-used", "date", view.date_time(at))).unwrap_or_default();
            Connection { id: l.upstream, name: l.name, connected: Some((since, used)) }
        })
        .collect();
    for upstream in offered {
        if !all.iter().any(|c| c.id == upstream.id) {
            all.push(Connection { id: upstream.id, name: upstream.terms.name, connected: None });
        }
    }
    let params = Params::parse(query.unwrap_or_default().as_bytes(), &[]).unwrap_or_default();
    let word = |name: &str, known: &[(&str, &str)]| {
        let asked = params.get(name).unwrap_or_default();
        known.iter().find(|(k, _)| *k == asked).map(|(_, key)| view.t(key)).unwrap_or_default()
    };
    let done = word("done", &[("connected", "connections-done"), ("removed", "connections-removed")]);
    let problem = word("problem", &[("taken", "connections-taken"), ("last", "connections-last")]);
    Ok(html(StatusCode::OK, &ConnectionsPage { tabs: tabs(&view, Section::Security), view, all, done, problem }))
}

async fn connect(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    let (session, _) = enter_fresh(&idp, &context, &headers).await?;
    depart(&idp, &context, &headers, &id, Going::Link(&session)).await
}

async fn remove(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    let (_, person) = enter_fresh(&idp, &context, &headers).await?;
    let fail = |e: &FederationError| refused(&idp, &headers, &context, "", e);
    if manage::is_last(&idp, &person.id, &id).await.map_err(|e| fail(&e))? {
        return Ok(Redirect::to("/account/connections?problem=last").into_response());
    }
    let actor = Actor::on(&context).person(&person.id);
    manage::unlink(&idp, actor, &person.id, &id).await.map_err(|e| fail(&e))?;
    Ok(Redirect::to("/account/connections?done=removed").into_response())
}
