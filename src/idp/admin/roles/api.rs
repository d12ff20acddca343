//! The API of roles.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::Serialize;
use utoipa::ToSchema;

use super::flow;
use super::store::RoleRow;
use crate::contract::access::Taken;
use crate::contract::feed::Holder;
use crate::idp::Idp;
use crate::idp::admin::http::{ApiError, Page, asked, params};
use crate::idp::admin::model::Listed;
use crate::idp::admin::people::api::GroupName;
use crate::idp::admin::visit::Visit;

/// Its routes. Which people have a role themselves: `/api/admin/people?role=<name>`.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/api/admin/roles", get(list))
        .route("/api/admin/roles/{role}/groups", get(groups))
        .route("/api/admin/roles/{role}/people/{id}", put(give_person).delete(take_person))
        .route("/api/admin/roles/{role}/groups/{id}", put(give_group).delete(take_group))
}

/// A role that somebody has.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleOut {
    /// Its name.
    pub role: String,
    /// How many people have it themselves.
    pub people: i64,
    /// How many groups have it.
    pub groups: i64,
}

impl From<RoleRow> for RoleOut {
    fn from(r: RoleRow) -> Self {
        Self { role: r.role, people: r.people, groups: r.groups }
    }
}

/// The groups that have a role.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleGroups {
    /// By id and name, two hundred at most.
    pub items: Vec<GroupName>,
}

/// Roles that somebody has.
#[utoipa::path(get, path = "/api/admin/roles", tag = "roles",
    params(("cursor" = Option<String>, Query), ("limit" = Option<i64>, Query)),
    responses((status = 200, body = Page<RoleOut>)))]
pub(crate) async fn list(visit: Visit) -> Result<Json<Page<RoleOut>>, ApiError> {
    let admin = visit.admin().await?;
    let params = params(visit.query.clone(), &["cursor", "limit"])?;
    let found = flow::list(&visit.idp, &admin.person.id, &asked(&params)?).await.map_err(|e| visit.refused(e))?;
    let items = found.items.into_iter().map(RoleOut::from).collect();
    Ok(Json(Listed { items, next: found.next }.into()))
}

/// The groups that have a role.
#[utoipa::path(get, path = "/api/admin/roles/{role}/groups", tag = "roles", params(("role" = String, Path, description = "The role's name")),
    responses((status = 200, body = RoleGroups)))]
pub(crate) async fn groups(Path(role): Path<String>, visit: Visit) -> Result<Json<RoleGroups>, ApiError> {
    visit.admin().await?;
    let found = flow::groups(&visit.idp, &role).await.map_err(|e| visit.refused(e))?;
    Ok(Json(RoleGroups { items: found.into_iter().map(|(id, name)| GroupName { id, name }).collect() }))
}

async fn give(visit: &Visit, role: &str, holder: Holder) -> Result<StatusCode, ApiError> {
    let admin = visit.fresh().await?;
    flow::set(&visit.idp, &admin.asking, role, &holder, true).await.map_err(|e| visit.refused(e))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn take(visit: &Visit, role: &str, holder: Holder) -> Result<Json<Taken>, ApiError> {
    let admin = visit.admin().await?;
    Ok(Json(flow::set(&visit.idp, &admin.asking, role, &holder, false).await.map_err(|e| visit.refused(e))?))
}

/// Gives a role to a person.
#[utoipa::path(put, path = "/api/admin/roles/{role}/people/{id}", tag = "roles",
    params(("role" = String, Path, description = "The role's name"), ("id" = String, Path, description = "Subject identifier")),
    responses((status = 204, description = "He has it"), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 422, description = "There is no such person")))]
pub(crate) async fn give_person(Path((role, id)): Path<(String, String)>, visit: Visit) -> Result<StatusCode, ApiError> {
    give(&visit, &role, Holder::Person(id)).await
}

/// Takes a role from a person.
#[utoipa::path(delete, path = "/api/admin/roles/{role}/people/{id}", tag = "roles",
    params(("role" = String, Path, description = "The role's name"), ("id" = String, Path, description = "Subject identifier")),
    responses((status = 200, body = Taken), (status = 409, description = "Nobody would be left to administer"),
        (status = 422, description = "There is no such person")))]
pub(crate) async fn take_person(Path((role, id)): Path<(String, String)>, visit: Visit) -> Result<Json<Taken>, ApiError> {
    take(&visit, &role, Holder::Person(id)).await
}

/// Gives a role to everyone in a group.
#[utoipa::path(put, path = "/api/admin/roles/{role}/groups/{id}", tag = "roles",
    params(("role" = String, Path, description = "The role's name"), ("id" = String, Path, description = "The group")),
    responses((status = 204, description = "It has it"), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such group")))]
pub(crate) async fn give_group(Path((role, id)): Path<(String, String)>, visit: Visit) -> Result<StatusCode, ApiError> {
    give(&visit, &role, Holder::Group(id)).await
}

/// Takes a role from everyone in a group.
#[utoipa::path(delete, path = "/api/admin/roles/{role}/groups/{id}", tag = "roles",
    params(("role" = String, Path, description = "The role's name"), ("id" = String, Path, description = "The group")),
    responses((status = 200, body = Taken), (status = 404, description = "There is no such group"),
        (status = 409, description = "Nobody would be left to administer")))]
pub(crate) async fn take_group(Path((role, id)): Path<(String, String)>, visit: Visit) -> Result<Json<Taken>, ApiError> {
    take(&visit, &role, Holder::Group(id)).await
}
