//! The API of how someone's time here ends.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::flow;
use super::http::attachment;
use crate::contract::access::Taken;
use crate::idp::Idp;
use crate::idp::admin::http::ApiError;
use crate::idp::admin::visit::Visit;
use crate::idp::lifecycle::hand_over::HandedOver;

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/api/admin/people/{id}", delete(erase))
        .route("/api/admin/people/{id}/disable", post(disable))
        .route("/api/admin/people/{id}/enable", post(enable))
        .route("/api/admin/people/{id}/hand-over", post(hand_over))
        .route("/api/admin/people/{id}/export", get(export))
}

/// To whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// The address or subject identifier of who takes over.
    pub to: String,
    /// Whether the account is closed with it.
    pub close: bool,
}

/// What was handed over, and whether what the leaver had is known everywhere to be gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandOverOut {
    /// How much of what.
    pub done: HandedOver,
    /// Who knows.
    pub taken: Taken,
}

/// Closes an account: sessions, tokens, remembered devices and links on their way end, everywhere.
#[utoipa::path(post, path = "/api/admin/people/{id}/disable", tag = "people",
    params(("id" = String, Path, description = "Subject identifier")),
    responses((status = 200, body = Taken), (status = 404, description = "There is no such person"),
        (status = 409, description = "One's own account, or that of the last administrator")))]
pub(crate) async fn disable(Path(id): Path<String>, visit: Visit) -> Result<Json<Taken>, ApiError> {
    let admin = visit.admin().await?;
    Ok(Json(flow::disable(&visit.idp, &admin.asking, &id).await.map_err(|e| visit.refused(e))?))
}

/// Opens an account again. What it held before stays ended.
#[utoipa::path(post, path = "/api/admin/people/{id}/enable", tag = "people",
    params(("id" = String, Path, description = "Subject identifier")),
    responses((status = 204, description = "It is open"), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such person")))]
pub(crate) async fn enable(Path(id): Path<String>, visit: Visit) -> Result<StatusCode, ApiError> {
    let admin = visit.fresh().await?;
    flow::enable(&visit.idp, &admin.asking, &id).await.map_err(|e| visit.refused(e))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hands someone's grants, open invitations and places in groups over to somebody else.
#[utoipa::path(post, path = "/api/admin/people/{id}/hand-over", tag = "people", request_body = HandOver,
    params(("id" = String, Path, description = "Subject identifier")),
    responses((status = 200, body = HandOverOut), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such person"), (status = 409, description = "One's own account"),
        (status = 422, description = "Nobody who can take over; `fields` says why")))]
pub(crate) async fn hand_over(Path(id): Path<String>, visit: Visit) -> Result<Json<HandOverOut>, ApiError> {
    let admin = visit.fresh().await?;
    let wish: HandOver = visit.read()?;
    let done = flow::hand(&visit.idp, &admin.asking, &id, &wish.to, wish.close).await;
    let (done, taken) = done.map_err(|e| visit.refused(e))?;
    Ok(Json(HandOverOut { done, taken }))
}

/// Everything that is kept about someone.
#[utoipa::path(get, path = "/api/admin/people/{id}/export", tag = "people",
    params(("id" = String, Path, description = "Subject identifier")),
    responses((status = 200, body = serde_json::Value), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such person")))]
pub(crate) async fn export(Path(id): Path<String>, visit: Visit) -> Result<Response, ApiError> {
    let admin = visit.fresh().await?;
    let all = flow::copy(&visit.idp, &admin.asking, &id).await.map_err(|e| visit.refused(e))?;
    Ok(attachment(&all).into_response())
}

/// Erases everything personal about someone whose account is closed. The answer is the copy of it, once.
#[utoipa::path(delete, path = "/api/admin/people/{id}", tag = "people",
    params(("id" = String, Path, description = "Subject identifier")),
    responses((status = 200, body = serde_json::Value), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such person"), (status = 409, description = "The account is open, or one's own")))]
pub(crate) async fn erase(Path(id): Path<String>, visit: Visit) -> Result<Response, ApiError> {
    let admin = visit.fresh().await?;
    let all = flow::forget(&visit.idp, &admin.asking, &id, None).await.map_err(|e| visit.refused(e))?;
    Ok(attachment(&all).into_response())
}
