//! The API of groups.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::flow;
use super::store::GroupRow;
use crate::contract::access::Taken;
use crate::idp::Idp;
use crate::idp::admin::http::{ApiError, Page, asked, params};
use crate::idp::admin::model::Listed;
use crate::idp::admin::visit::Visit;
use crate::kernel::clock::Timestamp;

/// Its routes. Who is in a group: `/api/admin/people?group=<id>`.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/api/admin/groups", get(list).post(create))
        .route("/api/admin/groups/{id}", get(show).patch(rename).delete(remove))
        .route("/api/admin/groups/{id}/members/{person}", put(add_member).delete(remove_member))
}

/// A group.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupOut {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How many people are in it.
    pub members: i64,
    /// Roles that everyone in it has; only for one group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// Since when it is there, in RFC 3339.
    pub created_at: String,
}

impl From<GroupRow> for GroupOut {
    fn from(g: GroupRow) -> Self {
        let created_at = Timestamp(g.created_at).rfc3339();
        Self { id: g.id, name: g.name, members: g.members, roles: None, created_at }
    }
}

/// What a group is called.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupIn {
    /// Its name: 1 to 100 characters, taken by no other.
    pub name: String,
}

async fn shown(visit: &Visit, id: &str) -> Result<GroupOut, ApiError> {
    let (group, roles) = flow::show(&visit.idp, id).await.map_err(|e| visit.refused(e))?;
    Ok(GroupOut { roles: Some(roles), ..group.into() })
}

/// Groups.
#[utoipa::path(get, path = "/api/admin/groups", tag = "groups",
    params(("q" = Option<String>, Query, description = "Text in the name"), ("cursor" = Option<String>, Query), ("limit" = Option<i64>, Query)),
    responses((status = 200, body = Page<GroupOut>)))]
pub(crate) async fn list(visit: Visit) -> Result<Json<Page<GroupOut>>, ApiError> {
    let admin = visit.admin().await?;
    let params = params(visit.query.clone(), &["q", "cursor", "limit"])?;
    let found = flow::list(&visit.idp, &admin.person.id, &asked(&params)?).await.map_err(|e| visit.refused(e))?;
    let items = found.items.into_iter().map(GroupOut::from).collect();
    Ok(Json(Listed { items, next: found.next }.into()))
}

/// Makes a group.
#[utoipa::path(post, path = "/api/admin/groups", tag = "groups", request_body = GroupIn,
    responses((status = 201, body = GroupOut), (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn create(visit: Visit) -> Result<(StatusCode, Json<GroupOut>), ApiError> {
    let admin = visit.admin().await?;
    let new: GroupIn = visit.read()?;
    let id = flow::create(&visit.idp, &admin.asking, &new.name).await.map_err(|e| visit.refused(e))?;
    Ok((StatusCode::CREATED, Json(shown(&visit, &id).await?)))
}

/// A group.
#[utoipa::path(get, path = "/api/admin/groups/{id}", tag = "groups", params(("id" = String, Path, description = "The group")),
    responses((status = 200, body = GroupOut), (status = 404, description = "There is no such group")))]
pub(crate) async fn show(Path(id): Path<String>, visit: Visit) -> Result<Json<GroupOut>, ApiError> {
    visit.admin().await?;
    Ok(Json(shown(&visit, &id).await?))
}

/// Gives a group another name.
#[utoipa::path(patch, path = "/api/admin/groups/{id}", tag = "groups", request_body = GroupIn,
    params(("id" = String, Path, description = "The group")),
    responses((status = 200, body = GroupOut), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such group"),
        (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn rename(Path(id): Path<String>, visit: Visit) -> Result<Json<GroupOut>, ApiError> {
    // What gives by a group's name, other providers and files, gives by the new one from then on.
    let admin = visit.fresh().await?;
    let new: GroupIn = visit.read()?;
    flow::rename(&visit.idp, &admin.asking, &id, &new.name).await.map_err(|e| visit.refused(e))?;
    Ok(Json(shown(&visit, &id).await?))
}

/// Takes a group away, with all that people had by it.
#[utoipa::path(delete, path = "/api/admin/groups/{id}", tag = "groups", params(("id" = String, Path, description = "The group")),
    responses((status = 200, body = Taken), (status = 404, description = "There is no such group"),
        (status = 409, description = "It has too many members, links of the start page are for it, or nobody would be left to administer")))]
pub(crate) async fn remove(Path(id): Path<String>, visit: Visit) -> Result<Json<Taken>, ApiError> {
    let admin = visit.admin().await?;
    Ok(Json(flow::delete(&visit.idp, &admin.asking, &id).await.map_err(|e| visit.refused(e))?))
}

/// Puts someone in a group.
#[utoipa::path(put, path = "/api/admin/groups/{id}/members/{person}", tag = "groups",
    params(("id" = String, Path, description = "The group"), ("person" = String, Path, description = "Subject identifier")),
    responses((status = 204, description = "He is in it"), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such group"), (status = 422, description = "There is no such person")))]
pub(crate) async fn add_member(Path((id, person)): Path<(String, String)>, visit: Visit) -> Result<StatusCode, ApiError> {
    let admin = visit.fresh().await?;
    flow::set_member(&visit.idp, &admin.asking, &id, &person, true).await.map_err(|e| visit.refused(e))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes someone out of a group.
#[utoipa::path(delete, path = "/api/admin/groups/{id}/members/{person}", tag = "groups",
    params(("id" = String, Path, description = "The group"), ("person" = String, Path, description = "Subject identifier")),
    responses((status = 200, body = Taken), (status = 404, description = "There is no such group"),
        (status = 409, description = "Nobody would be left to administer"), (status = 422, description = "There is no such person")))]
pub(crate) async fn remove_member(Path((id, person)): Path<(String, String)>, visit: Visit) -> Result<Json<Taken>, ApiError> {
    let admin = visit.admin().await?;
    Ok(Json(flow::set_member(&visit.idp, &admin.asking, &id, &person, false).await.map_err(|e| visit.refused(e))?))
}
