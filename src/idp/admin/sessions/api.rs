//! The API of sessions.

use std::sync::Arc;

use axum::extract::Path;
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde::Serialize;
use utoipa::ToSchema;

use super::flow;
use super::store::SessionRow;
use crate::contract::access::Taken;
use crate::idp::Idp;
use crate::idp::admin::http::{ApiError, Page, asked, params};
use crate::idp::admin::model::Listed;
use crate::idp::admin::visit::Visit;
use crate::kernel::clock::Timestamp;

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/api/admin/sessions", get(list)).route("/api/admin/sessions/{id}", delete(end))
}

/// A session that lives.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionOut {
    /// Its id: the claim `sid`.
    pub id: String,
    /// Whose, by subject identifier.
    pub person: String,
    /// What he is called.
    pub name: String,
    /// How strongly he signed in.
    pub acr: String,
    /// When, in RFC 3339.
    pub signed_in_at: String,
    /// Until when it counts, in RFC 3339.
    pub expires_at: String,
    /// From which address.
    pub ip: String,
    /// With which browser, as it says itself.
    pub user_agent: String,
}

impl From<SessionRow> for SessionOut {
    fn from(s: SessionRow) -> Self {
        Self {
            id: s.id,
            person: s.person_id,
            name: s.name,
            acr: s.acr,
            signed_in_at: Timestamp(s.auth_at).rfc3339(),
            expires_at: Timestamp(s.expires_at).rfc3339(),
            ip: s.ip,
            user_agent: s.user_agent,
        }
    }
}

/// Sessions that live, the latest first.
#[utoipa::path(get, path = "/api/admin/sessions", tag = "sessions",
    params(("person" = Option<String>, Query, description = "Of one person, by subject identifier"), ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query)),
    responses((status = 200, body = Page<SessionOut>)))]
pub(crate) async fn list(visit: Visit) -> Result<Json<Page<SessionOut>>, ApiError> {
    let admin = visit.admin().await?;
    let params = params(visit.query.clone(), &["person", "cursor", "limit"])?;
    let found =
        flow::list(&visit.idp, &admin.person.id, params.get("person"), &asked(&params)?).await.map_err(|e| visit.refused(e))?;
    let items = found.items.into_iter().map(SessionOut::from).collect();
    Ok(Json(Listed { items, next: found.next }.into()))
}

/// Ends a session, at every application too.
#[utoipa::path(delete, path = "/api/admin/sessions/{id}", tag = "sessions", params(("id" = String, Path, description = "The session")),
    responses((status = 200, body = Taken), (status = 404, description = "There is no such session, or it has ended")))]
pub(crate) async fn end(Path(id): Path<String>, visit: Visit) -> Result<Json<Taken>, ApiError> {
    let admin = visit.admin().await?;
    Ok(Json(flow::end_one(&visit.idp, &admin.asking, &id).await.map_err(|e| visit.refused(e))?))
}
