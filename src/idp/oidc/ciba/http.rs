//! `POST /bc-authorize` for applications, and `/account/approvals` for people: what waits for them, one question, and its answer.
//! A question belongs to its person; in anybody else's account it is not there.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::flow;
use super::model::Asking;
use super::pages::{ApprovalsPage, ApprovePage, ApprovedPage, Waiting};
use super::store;
use crate::idp::Idp;
use crate::idp::account::frame::{Here, broken, enter};
use crate::idp::clients::auth::authenticate;
use crate::idp::clients::{self, Client};
use crate::idp::consent::Asks;
use crate::idp::consent::pages::lines;
use crate::idp::oidc::decision::Decided;
use crate::idp::oidc::error::OAuthError;
use crate::idp::oidc::http::is_form;
use crate::idp::oidc::token::REPEATABLE;
use crate::idp::setup::http::{Question, hold_question};
use crate::idp::signin::pages::Then;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::DbError;
use crate::kernel::http::{Context, Params, Presented};
use crate::kernel::pages::{ErrorPage, html};
use crate::kernel::root::Purpose;

/// For applications.
pub fn back() -> Router<Arc<Idp>> {
    Router::new().route("/bc-authorize", post(begin))
}

/// For people.
pub fn pages() -> Router<Arc<Idp>> {
    Router::new().route("/account/approvals", get(list)).route("/account/approvals/{id}", get(show).post(answer))
}

async fn begin(
    State(idp): State<Arc<Idp>>,
    context: Context,
    presented: Presented,
    body: Bytes,
) -> Result<Json<Value>, OAuthError> {
    is_form(&presented.headers)?;
    let params = Params::parse(&body, REPEATABLE)?;
    let auth = authenticate(&idp, &presented, &params).await?;
    let begun = flow::begin(&idp, auth, params, &context).await?;
    Ok(Json(json!({
        "auth_req_id": begun.auth_req_id,
        "expires_in": begun.expires_in,
        "interval": crate::idp::oidc::polling::PAUSE,
    })))
}

type Answer = Result<Response, Response>;

const LIST: &str = "/account/approvals";

async fn list(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Answer {
    let here = enter(&idp, &context, &headers, LIST).await?;
    let read = async {
        let mut snapshot = idp.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let mut waiting = Vec::new();
        for asking in store::waiting_for(&mut tx, &here.person.id, idp.env.now()).await? {
            if let Some(client) = clients::store::by_id(&mut tx, &asking.client_id).await?.filter(|c| c.enabled) {
                waiting.push(Waiting {
                    href: format!("{LIST}/{}", asking.id),
                    app: client.name(here.view.lang.code()).to_owned(),
                    since: Timestamp(asking.created_at),
                });
            }
        }
        Ok(waiting)
    };
    let waiting = read.await.map_err(|e| broken(&idp, &context, &headers, &e))?;
    Ok(html(StatusCode::OK, &ApprovalsPage { view: here.view, waiting }))
}

/// A question of the person who is here; otherwise the page that says that nothing waits.
async fn found(idp: &Idp, context: &Context, headers: &HeaderMap, here: &Here, id: &str) -> Result<(Asking, Client), Response> {
    let read = async {
        let mut snapshot = idp.db.snapshot().await?;
        flow::open(&mut snapshot.tx(), id, &here.person.id, idp.env.now()).await
    };
    match read.await {
        Ok(Some(found)) => Ok(found),
        Ok(None) => Err(html(StatusCode::NOT_FOUND, &ApprovedPage::gone(here.view.clone()))),
        Err(e) => Err(broken(idp, context, headers, &e)),
    }
}

/// Goes on where the person is signed in as is asked; otherwise leads to what is to be shown, and back. `asked`: whether he was
/// led there before.
async fn strong(
    idp: &Idp,
    context: &Context,
    headers: &HeaderMap,
    here: &Here,
    (asking, asked): (&Asking, bool),
) -> Result<(), Response> {
    let path = format!("{LIST}/{}?asked=1", asking.id);
    let question = Question { client: &asking.client_id, strengths: &asking.strengths(), path: &path, asked, then: Then::Link };
    hold_question(idp, context, headers, &here.session, &question).await
}

async fn show(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let here = enter(&idp, &context, &headers, &at(&id)).await?;
    let (asking, client) = found(&idp, &context, &headers, &here, &id).await?;
    let asked = query.is_some_and(|q| q == "asked=1");
    strong(&idp, &context, &headers, &here, (&asking, asked)).await?;
    let open = |sealed: &String| idp.env.root.open(Purpose::Personal, &Asking::place(&asking.id), sealed);
    let message = asking.message.as_ref().map(open).transpose();
    let message = match message {
        Ok(text) => text.and_then(|t| String::from_utf8(t.to_vec()).ok()).unwrap_or_default(),
        Err(e) => return Err(broken(&idp, &context, &headers, &DbError::Shared(e.to_string()))),
    };
    let resource = if asking.resource == idp.issuer() { "" } else { asking.resource.as_str() };
    let details: Vec<Value> = asking.details.as_deref().and_then(|d| serde_json::from_str(d).ok()).unwrap_or_default();
    let view = here.view;
    let page = ApprovePage {
        app: client.name(view.lang.code()).to_owned(),
        email: here.person.email,
        message,
        since: Timestamp(asking.created_at),
        until: Timestamp(asking.expires_at),
        lines: lines(&view, &Asks::new(&asking.scope, "", resource), str::to_owned),
        details: details.iter().filter_map(|d| serde_json::to_string_pretty(d).ok()).collect(),
        action: at(&asking.id),
        view,
    };
    Ok(html(StatusCode::OK, &page))
}

/// The page of a question. What comes as an id is none unless it looks like one, so that no path is led to that it made up.
fn at(id: &str) -> String {
    let sound = !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if sound { format!("{LIST}/{id}") } else { LIST.to_owned() }
}

async fn answer(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let here = enter(&idp, &context, &headers, &at(&id)).await?;
    let params = Params::parse(&body, &[]).unwrap_or_default();
    let allow = match params.get("answer") {
        Some("allow") => true,
        Some("refuse") => false,
        _ => return Err(html(StatusCode::BAD_REQUEST, &ErrorPage::new(here.view, "bad-request", &context.request_id))),
    };
    let (asking, client) = found(&idp, &context, &headers, &here, &id).await?;
    if allow {
        strong(&idp, &context, &headers, &here, (&asking, false)).await?;
    }
    let decided = flow::decide(&idp, &here.session, &asking.id, allow, here.actor(&context)).await;
    let decided = decided.map_err(|e| broken(&idp, &context, &headers, &e))?;
    if decided == Decided::Weak {
        // The policy was changed between two lines of this: the page leads to what is asked now.
        return Ok(Redirect::to(&at(&id)).into_response());
    }
    let app = client.name(here.view.lang.code()).to_owned();
    Ok(html(StatusCode::OK, &ApprovedPage { view: here.view, app, outcome: decided.outcome() }))
}
