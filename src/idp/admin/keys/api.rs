//! The API of keys.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::flow;
use crate::contract::access::Taken;
use crate::idp::Idp;
use crate::idp::admin::http::{ApiError, params};
use crate::idp::admin::visit::Visit;
use crate::idp::keyring::flow::Listed;
use crate::kernel::clock::Timestamp;

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/api/admin/keys", get(list))
        .route("/api/admin/keys/rotate", post(rotate))
        .route("/api/admin/keys/{kid}/withdraw", post(withdraw))
}

/// A key of the provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyOut {
    /// Its id, as in the header of what it signs: the thumbprint of its public half (RFC 7638).
    pub kid: String,
    /// `token` or `receipt`.
    pub purpose: String,
    /// Its algorithm.
    pub alg: String,
    /// Where in its life it is: `next` (published, not signing yet), `signing`, `retired` (checked with only) or `withdrawn`.
    pub stage: String,
    /// Since when it is there and published, in RFC 3339.
    pub created_at: String,
    /// From when it signs, in RFC 3339.
    pub active_at: String,
    /// Since when it signs nothing any more, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<String>,
    /// Until when it is published, in RFC 3339, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_until: Option<String>,
}

impl From<Listed> for KeyOut {
    fn from(k: Listed) -> Self {
        Self {
            kid: k.kid,
            purpose: k.purpose.as_str().to_owned(),
            alg: k.alg.name().to_owned(),
            stage: k.stage.as_str().to_owned(),
            created_at: k.life.created_at.rfc3339(),
            active_at: k.life.active_at.rfc3339(),
            retired_at: k.life.retired_at.map(Timestamp::rfc3339),
            published_until: k.gone_at.map(Timestamp::rfc3339),
        }
    }
}

/// The keys of the provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeysOut {
    /// By use and algorithm, the oldest first.
    pub items: Vec<KeyOut>,
}

/// Which keys are to be succeeded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateIn {
    /// `token` or `receipt`.
    pub purpose: String,
    /// Of this algorithm; without it, of each that there is.
    #[serde(default)]
    pub alg: Option<String>,
    /// Whether the next ones sign at once, before everyone has had the time to learn of them.
    #[serde(default)]
    pub at_once: bool,
}

/// What signs instead of a key that was withdrawn.
#[derive(Debug, Serialize, ToSchema)]
pub struct WithdrawnOut {
    /// The id of the key that signs now.
    pub next: String,
    /// Who knows that the other counts no more.
    pub taken: Taken,
}

/// The keys that the provider signs with, those that will, and those that did.
#[utoipa::path(get, path = "/api/admin/keys", tag = "keys", responses((status = 200, body = KeysOut)))]
pub(crate) async fn list(visit: Visit) -> Result<Json<KeysOut>, ApiError> {
    visit.admin().await?;
    params(visit.query.clone(), &[])?;
    let all = flow::list(&visit.idp).await.map_err(|e| visit.refused(e))?;
    Ok(Json(KeysOut { items: all.into_iter().map(KeyOut::from).collect() }))
}

/// Makes next keys, or has those that wait sign at once.
#[utoipa::path(post, path = "/api/admin/keys/rotate", tag = "keys", request_body = RotateIn,
    responses((status = 201, body = KeysOut), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 409, description = "Next keys are waiting already"), (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn rotate(visit: Visit) -> Result<(StatusCode, Json<KeysOut>), ApiError> {
    let admin = visit.fresh().await?;
    let wish: RotateIn = visit.read()?;
    let alg = wish.alg.unwrap_or_default();
    let made = flow::rotate(&visit.idp, &admin.asking, &wish.purpose, &alg, wish.at_once).await.map_err(|e| visit.refused(e))?;
    Ok((StatusCode::CREATED, Json(KeysOut { items: made.into_iter().map(KeyOut::from).collect() })))
}

/// Takes a key for tokens out of use at once: nothing that it signed counts any more.
#[utoipa::path(post, path = "/api/admin/keys/{kid}/withdraw", tag = "keys", params(("kid" = String, Path, description = "The key")),
    responses((status = 200, body = WithdrawnOut), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such key for tokens, or it is withdrawn")))]
pub(crate) async fn withdraw(Path(kid): Path<String>, visit: Visit) -> Result<Json<WithdrawnOut>, ApiError> {
    let admin = visit.fresh().await?;
    let (next, taken) = flow::withdraw(&visit.idp, &admin.asking, &kid).await.map_err(|e| visit.refused(e))?;
    Ok(Json(WithdrawnOut { next, taken }))
}
