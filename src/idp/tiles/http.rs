//! The API of links, by a person's own token through an application that has the scope for grants; and the form that puts
//! a tile first.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};

use super::{flow, links};
use crate::contract::access::SCOPE_GRANTS;
use crate::contract::links::{Link, NewLink, RelationLinks, Tiles};
use crate::idp::account::http::{signed_in, start_at};
use crate::idp::challenges::http::read;
use crate::idp::grants::flow::Asker;
use crate::idp::oidc::http::session_of;
use crate::idp::{Idp, bearer, setup};
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Context, Params, Presented, Problem};
use crate::kernel::pages::{ErrorPage, html};

/// Forms of the start page.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/favourites", post(favourite))
}

/// For applications.
pub fn api() -> Router<Arc<Idp>> {
    Router::new()
        .route("/api/links", get(mine))
        .route("/api/links/{id}", put(change).delete(remove))
        .route("/api/relations/{id}/links", get(list).post(make))
}

async fn favourite(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Response {
    let params = Params::parse(&body, &[]).unwrap_or_default();
    if let Ok(Some(session)) = session_of(&idp, &headers).await
        && let Err(answer) = setup::http::hold(&idp, &context, &headers, &session, "/").await
    {
        return answer;
    }
    let done = async {
        let Some(person) = signed_in(&idp, &headers).await? else { return Ok(()) };
        let tile = params.get("tile").filter(|t| t.len() <= 300).unwrap_or_default();
        flow::set_favourite(&idp, &person, tile, params.get("on") == Some("true")).await
    };
    match done.await {
        Ok(()) => Redirect::to(&start_at(params.get("q"))).into_response(),
        Err(e) if e.is_overload() => {
            let page = ErrorPage::new(idp.env.view(&headers, "/"), "overloaded", &context.request_id);
            html(StatusCode::SERVICE_UNAVAILABLE, &page)
        }
        Err(e) => {
            tracing::error!(error = %chain(&e), "a favourite was not kept");
            html(StatusCode::INTERNAL_SERVER_ERROR, &ErrorPage::new(idp.env.view(&headers, "/"), "internal", &context.request_id))
        }
    }
}

/// Everything that the person may open, as on the start page.
#[utoipa::path(get, path = "/api/links", tag = "links",
    responses((status = 200, body = Tiles)))]
pub(crate) async fn mine(State(idp): State<Arc<Idp>>, presented: Presented) -> Result<Json<Tiles>, Problem> {
    let (standing, _) = bearer::person(&idp, &presented, SCOPE_GRANTS).await?;
    let mut snapshot = idp.db.snapshot().await?;
    let person = standing.person.clone();
    Ok(Json(Tiles { tiles: flow::tiles(&idp, &mut snapshot.tx(), &person, &person.language).await? }))
}

/// The links of a relation.
#[utoipa::path(get, path = "/api/relations/{id}/links", tag = "links",
    params(("id" = String, Path, description = "The relation")),
    responses((status = 200, body = RelationLinks), (status = 404, description = "There is no such thing, or it is not for this person to see")))]
pub(crate) async fn list(
    State(idp): State<Arc<Idp>>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Json<RelationLinks>, Problem> {
    Ok(Json(links::list(&idp, &asker, &id).await?))
}

/// Makes a link of a relation.
#[utoipa::path(post, path = "/api/relations/{id}/links", tag = "links", request_body = NewLink,
    params(("id" = String, Path, description = "The relation")),
    responses((status = 201, body = Link), (status = 403, description = "Only who manages the relation, or an administrator"), (status = 404, description = "There is no such thing, or it is not for this person to see"), (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn make(
    State(idp): State<Arc<Idp>>,
    asker: Asker,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let new: NewLink = read(&body)?;
    Ok((StatusCode::CREATED, Json(links::make(&idp, asker, &id, new).await?)).into_response())
}

/// Changes a link of a relation.
#[utoipa::path(put, path = "/api/links/{id}", tag = "links", request_body = NewLink,
    params(("id" = String, Path, description = "The link")),
    responses((status = 200, body = Link), (status = 403, description = "Only who manages the relation, or an administrator"), (status = 404, description = "There is no such thing, or it is not for this person to see"), (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn change(
    State(idp): State<Arc<Idp>>,
    asker: Asker,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Link>, Problem> {
    let new: NewLink = read(&body)?;
    Ok(Json(links::change(&idp, asker, &id, new).await?))
}

/// Removes a link of a relation.
#[utoipa::path(delete, path = "/api/links/{id}", tag = "links",
    params(("id" = String, Path, description = "The link")),
    responses((status = 204, description = "It is gone"), (status = 403, description = "Only who manages the relation, or an administrator"), (status = 404, description = "There is no such thing, or it is not for this person to see")))]
pub(crate) async fn remove(State(idp): State<Arc<Idp>>, asker: Asker, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    links::remove(&idp, asker, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
