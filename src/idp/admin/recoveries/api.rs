//! The API of ways back.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::flow;
use crate::idp::Idp;
use crate::idp::admin::http::ApiError;
use crate::idp::admin::visit::Visit;
use crate::idp::recovery::decide::Waiting;

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/api/admin/recoveries", get(list))
        .route("/api/admin/recoveries/{id}/approve", post(approve))
        .route("/api/admin/recoveries/{id}/refuse", post(refuse))
        .route("/api/admin/people/{id}/recovery", post(ask))
}

/// A request that waits for an administrator.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecoveryOut {
    /// Its id.
    pub id: String,
    /// Subject identifier of whose account it is.
    pub person: String,
    /// Display name.
    pub name: String,
    /// Address.
    pub email: String,
    /// What is lost: `password`, or `factors` too.
    pub lost: String,
    /// The administrator who asked; absent where the person did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When, in RFC 3339.
    pub asked_at: String,
    /// Until when it waits, in RFC 3339.
    pub expires_at: String,
}

impl From<Waiting> for RecoveryOut {
    fn from(w: Waiting) -> Self {
        let r = w.recovery;
        Self {
            id: r.id,
            person: r.person,
            name: w.person.0,
            email: w.person.1,
            lost: r.scope.as_str().to_owned(),
            asked_by: r.asked_by,
            reason: r.reason,
            asked_at: r.asked_at.rfc3339(),
            expires_at: r.expires_at.rfc3339(),
        }
    }
}

/// What waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecoveriesOut {
    /// The oldest first.
    pub items: Vec<RecoveryOut>,
}

/// What someone has lost.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lost {
    /// `password`, or `factors` for the second factors too.
    pub lost: String,
    /// Why, for whoever decides: 500 characters at most.
    pub reason: String,
}

/// A request that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedOut {
    /// Its id.
    pub id: String,
}

/// Who waits for an administrator's decision.
#[utoipa::path(get, path = "/api/admin/recoveries", tag = "recoveries", responses((status = 200, body = RecoveriesOut)))]
pub(crate) async fn list(visit: Visit) -> Result<Json<RecoveriesOut>, ApiError> {
    visit.admin().await?;
    let all = flow::waiting(&visit.idp).await.map_err(|e| visit.refused(e))?;
    Ok(Json(RecoveriesOut { items: all.into_iter().map(RecoveryOut::from).collect() }))
}

/// Asks for someone; another administrator is to decide.
#[utoipa::path(post, path = "/api/admin/people/{id}/recovery", tag = "recoveries", request_body = Lost,
    params(("id" = String, Path, description = "Subject identifier")),
    responses((status = 201, body = AskedOut), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such person"), (status = 409, description = "One's own account, or a disabled one"),
        (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn ask(Path(id): Path<String>, visit: Visit) -> Result<(StatusCode, Json<AskedOut>), ApiError> {
    let admin = visit.fresh().await?;
    let wish: Lost = visit.read()?;
    let asked = flow::ask(&visit.idp, &admin.asking, &id, &wish.lost, &wish.reason).await;
    Ok((StatusCode::CREATED, Json(AskedOut { id: asked.map_err(|e| visit.refused(e))? })))
}

/// Approves: the link in the person's mailbox opens the account.
#[utoipa::path(post, path = "/api/admin/recoveries/{id}/approve", tag = "recoveries",
    params(("id" = String, Path, description = "The request")),
    responses((status = 204, description = "A mail with the link is on its way"), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "It doesn't wait"), (status = 409, description = "Another administrator must decide")))]
pub(crate) async fn approve(Path(id): Path<String>, visit: Visit) -> Result<StatusCode, ApiError> {
    let admin = visit.fresh().await?;
    flow::decided(&visit.idp, &admin.asking, &id, true).await.map_err(|e| visit.refused(e))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses: the link is void.
#[utoipa::path(post, path = "/api/admin/recoveries/{id}/refuse", tag = "recoveries",
    params(("id" = String, Path, description = "The request")),
    responses((status = 204, description = "A mail says so"), (status = 404, description = "It doesn't wait"),
        (status = 409, description = "Another administrator must decide")))]
pub(crate) async fn refuse(Path(id): Path<String>, visit: Visit) -> Result<StatusCode, ApiError> {
    let admin = visit.admin().await?;
    flow::decided(&visit.idp, &admin.asking, &id, false).await.map_err(|e| visit.refused(e))?;
    Ok(StatusCode::NO_CONTENT)
}
