//! The API of invitations to become a person here.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::flow::{self, Invited};
use crate::idp::Idp;
use crate::idp::admin::http::ApiError;
use crate::idp::admin::visit::Visit;
use crate::idp::welcome::model::NewWelcome;

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/api/admin/people/invited", get(list).post(invite))
        .route("/api/admin/people/invited/{id}", delete(revoke))
}

/// Someone who was invited.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitedOut {
    /// The invitation.
    pub id: String,
    /// Address that the link went to.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Language code.
    pub language: String,
    /// Whether accepting makes staff.
    pub staff: bool,
    /// Names of groups that it puts into.
    pub groups: Vec<String>,
    /// Roles that it gives.
    pub roles: Vec<String>,
    /// When it was made, in RFC 3339.
    pub made_at: String,
    /// Until when its link works, in RFC 3339.
    pub expires_at: String,
}

impl From<Invited> for InvitedOut {
    fn from(i: Invited) -> Self {
        Self {
            id: i.welcome.id,
            email: i.whom.email,
            name: i.whom.name,
            language: i.whom.language,
            staff: i.welcome.staff,
            groups: i.groups,
            roles: i.welcome.roles,
            made_at: i.welcome.made_at.rfc3339(),
            expires_at: i.welcome.expires_at.rfc3339(),
        }
    }
}

/// Who was invited.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitedAll {
    /// Those who have not answered, 500 at most.
    pub items: Vec<InvitedOut>,
}

/// Someone to be invited. The mailed link works once and proves the address; he chooses a password by it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// Address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Language code: en, nl, pl or tr.
    pub language: String,
    /// Whether he works here.
    pub staff: bool,
    /// Names of groups that there are.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Roles.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// The invitation that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct InviteOut {
    /// Its id.
    pub id: String,
}

/// Who was invited and has not answered.
#[utoipa::path(get, path = "/api/admin/people/invited", tag = "people", responses((status = 200, body = InvitedAll)))]
pub(crate) async fn list(visit: Visit) -> Result<Json<InvitedAll>, ApiError> {
    visit.admin().await?;
    let all = flow::list(&visit.idp).await.map_err(|e| visit.refused(e))?;
    Ok(Json(InvitedAll { items: all.into_iter().map(InvitedOut::from).collect() }))
}

/// Invites someone; an invitation before it to the same address is void.
#[utoipa::path(post, path = "/api/admin/people/invited", tag = "people", request_body = Invite,
    responses((status = 201, body = InviteOut), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 409, description = "Too many mails to this address"), (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn invite(visit: Visit) -> Result<(StatusCode, Json<InviteOut>), ApiError> {
    let admin = visit.fresh().await?;
    let i: Invite = visit.read()?;
    let new = NewWelcome { email: i.email, name: i.name, language: i.language, staff: i.staff, groups: i.groups, roles: i.roles };
    let id = flow::invite(&visit.idp, &admin.asking, new).await.map_err(|e| visit.refused(e))?;
    Ok((StatusCode::CREATED, Json(InviteOut { id })))
}

/// Takes an invitation back: its link is void.
#[utoipa::path(delete, path = "/api/admin/people/invited/{id}", tag = "people", params(("id" = String, Path, description = "The invitation")),
    responses((status = 204, description = "It is void"), (status = 404, description = "There is none, or it was answered")))]
pub(crate) async fn revoke(Path(id): Path<String>, visit: Visit) -> Result<StatusCode, ApiError> {
    let admin = visit.admin().await?;
    flow::revoke(&visit.idp, &admin.asking, &id).await.map_err(|e| visit.refused(e))?;
    Ok(StatusCode::NO_CONTENT)
}
