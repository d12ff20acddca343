//! The API of other providers, for administrators.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::flow::{self, Tried};
use crate::contract::access::Taken;
use crate::idp::Idp;
use crate::idp::admin::http::ApiError;
use crate::idp::admin::visit::Visit;
use crate::idp::federation::flow::callback;
use crate::idp::federation::manage::Shown;
use crate::idp::federation::model::{Form, Terms, Upstream};
use crate::kernel::clock::Timestamp;
use crate::kernel::http::{Code, Problem};

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/api/admin/federation", get(list))
        .route("/api/admin/federation/{id}", get(show).put(save).delete(remove))
        .route("/api/admin/federation/{id}/try", post(test))
        .route("/api/admin/people/{id}/federation", get(links))
        .route("/api/admin/people/{id}/federation/{upstream}", put(link).delete(unlink))
}

/// Another provider. Its secret is never told.
#[derive(Debug, Serialize, ToSchema)]
pub struct UpstreamOut {
    /// Its name in addresses.
    pub id: String,
    /// Whether it is used.
    pub enabled: bool,
    /// Whether a secret of this server there is kept.
    pub has_secret: bool,
    /// The address to register there.
    pub redirect_uri: String,
    /// The rest, as it is written.
    #[serde(flatten)]
    pub terms: Terms,
}

/// Other providers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Upstreams {
    /// All of them.
    pub items: Vec<UpstreamOut>,
}

/// A person's account elsewhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkOut {
    /// The provider's id.
    pub upstream: String,
    /// Who he is there.
    pub subject: String,
    /// Since when, in RFC 3339.
    pub linked_at: String,
    /// When it was used last, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_at: Option<String>,
}

/// A person's accounts elsewhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct Links {
    /// All of them.
    pub items: Vec<LinkOut>,
}

/// Who a person is at another provider.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkIn {
    /// The subject there, exactly.
    pub subject: String,
}

/// What a provider answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedOut {
    /// Whether it can be signed in with, as far as its metadata and keys go.
    pub works: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Where people go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_endpoint: Option<String>,
    /// Where codes are redeemed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint: Option<String>,
    /// Where more is told of people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_endpoint: Option<String>,
    /// Where its keys are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// How many keys are there.
    pub keys: usize,
}

impl From<Tried> for TriedOut {
    fn from(t: Tried) -> Self {
        let nothing = Self {
            works: false,
            why: None,
            authorization_endpoint: None,
            token_endpoint: None,
            userinfo_endpoint: None,
            jwks_uri: None,
            keys: 0,
        };
        match t.answer {
            Err(why) => Self { why: Some(why), ..nothing },
            Ok((m, keys)) => Self {
                works: true,
                authorization_endpoint: Some(m.authorization_endpoint),
                token_endpoint: Some(m.token_endpoint),
                userinfo_endpoint: m.userinfo_endpoint,
                jwks_uri: Some(m.jwks_uri),
                keys,
                ..nothing
            },
        }
    }
}

fn out(idp: &Idp, u: Upstream) -> UpstreamOut {
    let redirect_uri = callback(idp, &u.id);
    UpstreamOut { id: u.id, enabled: u.enabled, has_secret: u.secret.is_some(), redirect_uri, terms: u.terms }
}

/// Other providers.
#[utoipa::path(get, path = "/api/admin/federation", tag = "federation", responses((status = 200, body = Upstreams)))]
pub(crate) async fn list(visit: Visit) -> Result<Json<Upstreams>, ApiError> {
    visit.admin().await?;
    let all = flow::list(&visit.idp).await.map_err(|e| visit.refused(e))?;
    Ok(Json(Upstreams { items: all.into_iter().map(|u| out(&visit.idp, u)).collect() }))
}

/// Another provider.
#[utoipa::path(get, path = "/api/admin/federation/{id}", tag = "federation", params(("id" = String, Path, description = "The provider")),
    responses((status = 200, body = UpstreamOut), (status = 404, description = "There is no such provider")))]
pub(crate) async fn show(Path(id): Path<String>, visit: Visit) -> Result<Json<UpstreamOut>, ApiError> {
    visit.admin().await?;
    let (found, _) = flow::show(&visit.idp, &id).await.map_err(|e| visit.refused(e))?;
    Ok(Json(out(&visit.idp, found)))
}

/// Makes a provider or changes it as a whole. `enabled` and `client_secret` stay as they were where they are left out.
#[utoipa::path(put, path = "/api/admin/federation/{id}", tag = "federation", request_body = Terms,
    params(("id" = String, Path, description = "The provider: small letters, digits, dashes")),
    responses((status = 200, body = UpstreamOut), (status = 201, body = UpstreamOut),
        (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn save(Path(id): Path<String>, visit: Visit) -> Result<(StatusCode, Json<UpstreamOut>), ApiError> {
    let admin = visit.fresh().await?;
    let form = Form::read(Some(&id), visit.read()?).map_err(|why| Problem::because(Code::BadRequest, why))?;
    let (new, _) = flow::save(&visit.idp, &admin.asking, form).await.map_err(|e| visit.refused(e))?;
    let (found, _) = flow::show(&visit.idp, &id).await.map_err(|e| visit.refused(e))?;
    Ok((if new { StatusCode::CREATED } else { StatusCode::OK }, Json(out(&visit.idp, found))))
}

/// Asks a provider for its metadata and keys, now.
#[utoipa::path(post, path = "/api/admin/federation/{id}/try", tag = "federation",
    params(("id" = String, Path, description = "The provider")),
    responses((status = 200, body = TriedOut), (status = 404, description = "There is no such provider")))]
pub(crate) async fn test(Path(id): Path<String>, visit: Visit) -> Result<Json<TriedOut>, ApiError> {
    visit.admin().await?;
    Ok(Json(flow::tried(&visit.idp, &id).await.map_err(|e| visit.refused(e))?.into()))
}

/// Removes a provider, with everyone's links to it; whatever began with its word ends.
#[utoipa::path(delete, path = "/api/admin/federation/{id}", tag = "federation",
    params(("id" = String, Path, description = "The provider")),
    responses((status = 200, body = Taken), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such provider")))]
pub(crate) async fn remove(Path(id): Path<String>, visit: Visit) -> Result<Json<Taken>, ApiError> {
    let admin = visit.fresh().await?;
    Ok(Json(flow::remove(&visit.idp, &admin.asking, &id).await.map_err(|e| visit.refused(e))?))
}

/// A person's accounts elsewhere.
#[utoipa::path(get, path = "/api/admin/people/{id}/federation", tag = "federation",
    params(("id" = String, Path, description = "Subject identifier")),
    responses((status = 200, body = Links), (status = 404, description = "There is no such person")))]
pub(crate) async fn links(Path(id): Path<String>, visit: Visit) -> Result<Json<Links>, ApiError> {
    visit.admin().await?;
    let all = flow::links(&visit.idp, &id).await.map_err(|e| visit.refused(e))?;
    let item = |l: Shown| LinkOut {
        upstream: l.upstream,
        subject: l.subject,
        linked_at: l.linked_at.rfc3339(),
        used_at: l.used_at.map(Timestamp::rfc3339),
    };
    Ok(Json(Links { items: all.into_iter().map(item).collect() }))
}

/// Says who a person is at a provider.
#[utoipa::path(put, path = "/api/admin/people/{id}/federation/{upstream}", tag = "federation", request_body = LinkIn,
    params(("id" = String, Path, description = "Subject identifier"), ("upstream" = String, Path, description = "The provider")),
    responses((status = 204, description = "He is linked"), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such person or provider"),
        (status = 422, description = "The subject is someone else's, or he is another one there")))]
pub(crate) async fn link(Path((id, upstream)): Path<(String, String)>, visit: Visit) -> Result<StatusCode, ApiError> {
    let admin = visit.fresh().await?;
    let new: LinkIn = visit.read()?;
    flow::link(&visit.idp, &admin.asking, &id, &upstream, &new.subject).await.map_err(|e| visit.refused(e))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a person's link away; whatever began with that provider's word ends.
#[utoipa::path(delete, path = "/api/admin/people/{id}/federation/{upstream}", tag = "federation",
    params(("id" = String, Path, description = "Subject identifier"), ("upstream" = String, Path, description = "The provider")),
    responses((status = 200, body = Taken), (status = 404, description = "There is no such link")))]
pub(crate) async fn unlink(Path((id, upstream)): Path<(String, String)>, visit: Visit) -> Result<Json<Taken>, ApiError> {
    let admin = visit.admin().await?;
    Ok(Json(flow::unlink(&visit.idp, &admin.asking, &id, &upstream).await.map_err(|e| visit.refused(e))?))
}
