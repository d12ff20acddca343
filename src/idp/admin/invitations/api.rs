//! The API of invitations.

use std::sync::Arc;

use axum::extract::Path;
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde::Serialize;
use utoipa::ToSchema;

use super::flow;
use super::store::{self, InvitationRow};
use crate::contract::access::{GrantLevel, Taken};
use crate::idp::Idp;
use crate::idp::admin::http::{ApiError, Page, asked, params};
use crate::idp::admin::model::Listed;
use crate::idp::admin::visit::Visit;
use crate::kernel::clock::Timestamp;
use crate::kernel::http::{Code, Problem};

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/api/admin/invitations", get(list)).route("/api/admin/invitations/{id}", delete(revoke))
}

/// An invitation to a relation.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationOut {
    /// Its id.
    pub id: String,
    /// What the person is called.
    pub name: String,
    /// The address that the link went to.
    pub email: String,
    /// The relation, by id.
    pub relation: String,
    /// What that is called.
    pub relation_name: String,
    /// What accepting gives.
    pub level: Option<GrantLevel>,
    /// `open`, `accepted`, `expired` or `revoked`.
    pub state: String,
    /// When it was made, in RFC 3339.
    pub made_at: String,
    /// Until when the link works, in RFC 3339.
    pub expires_at: String,
}

fn out(i: InvitationRow, now: Timestamp) -> InvitationOut {
    InvitationOut {
        state: i.state(now).as_str().to_owned(),
        id: i.id,
        name: i.name,
        email: i.email,
        relation: i.relation_id,
        relation_name: i.relation,
        level: GrantLevel::from_rank(i.level),
        made_at: Timestamp(i.made_at).rfc3339(),
        expires_at: Timestamp(i.expires_at).rfc3339(),
    }
}

/// Invitations to relations, the latest first.
#[utoipa::path(get, path = "/api/admin/invitations", tag = "invitations",
    params(("state" = Option<String>, Query, description = "open, accepted, expired or revoked"), ("cursor" = Option<String>, Query),
        ("limit" = Option<i64>, Query)),
    responses((status = 200, body = Page<InvitationOut>)))]
pub(crate) async fn list(visit: Visit) -> Result<Json<Page<InvitationOut>>, ApiError> {
    let admin = visit.admin().await?;
    let params = params(visit.query.clone(), &["state", "cursor", "limit"])?;
    let wrong = || Problem::because(Code::BadRequest, "state is open, accepted, expired or revoked");
    let state = params.get("state").map(|s| store::State::from_name(s).ok_or_else(wrong)).transpose()?;
    let found = flow::list(&visit.idp, &admin.person.id, state, &asked(&params)?).await.map_err(|e| visit.refused(e))?;
    let now = visit.idp.env.now();
    let items = found.items.into_iter().map(|i| out(i, now)).collect();
    Ok(Json(Listed { items, next: found.next }.into()))
}

/// Takes an invitation back: its link is void, and what came of it ends.
#[utoipa::path(delete, path = "/api/admin/invitations/{id}", tag = "invitations", params(("id" = String, Path, description = "The invitation")),
    responses((status = 200, body = Taken), (status = 404, description = "There is no such invitation")))]
pub(crate) async fn revoke(Path(id): Path<String>, visit: Visit) -> Result<Json<Taken>, ApiError> {
    let admin = visit.admin().await?;
    Ok(Json(flow::revoke(&visit.idp, &admin.asking, &id).await.map_err(|e| visit.refused(e))?))
}
