//! The API of applications and of the tokens that let others register some.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::flow::{self, AppError, Known};
use super::store::AppRow;
use super::tokens;
use crate::contract::access::Taken;
use crate::idp::Idp;
use crate::idp::admin::gate;
use crate::idp::admin::http::{ApiError, Page, asked, params, refused};
use crate::idp::admin::model::Listed;
use crate::idp::admin::visit::Visit;
use crate::idp::admission::Kind;
use crate::idp::registration::store::InitialToken;
use crate::idp::registration::tokens::Wanted;
use crate::kernel::clock::Timestamp;
use crate::kernel::http::{Code, Problem};

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/api/admin/applications", get(list).post(create))
        .route("/api/admin/applications/{id}", get(show).put(change))
        .route("/api/admin/applications/{id}/secret", post(secret))
        .route("/api/admin/applications/{id}/state", put(state))
        .route("/api/admin/applications/{id}/allowed/{kind}/{who}", put(allow).delete(disallow))
        .route("/api/admin/registration-tokens", get(list_tokens).post(make_token))
        .route("/api/admin/registration-tokens/{id}", delete(revoke_token))
}

/// An application.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationOut {
    /// Its client id.
    pub client_id: String,
    /// Whether it may be used.
    pub enabled: bool,
    /// Whether only those listed may use it.
    pub limited: bool,
    /// Whether it has a secret.
    pub has_secret: bool,
    /// Whether it registered itself.
    pub registered_itself: bool,
    /// What is registered, by the names of RFC 7591.
    #[schema(value_type = Object)]
    pub metadata: Value,
    /// Who is listed for it, which counts where it is limited; of one application only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Vec<HolderOut>>,
    /// Its secret, the once that it is seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// When it was registered, in RFC 3339.
    pub created_at: String,
    /// When it was changed last, in RFC 3339.
    pub updated_at: String,
}

/// Someone who may use an application.
#[derive(Debug, Serialize, ToSchema)]
pub struct HolderOut {
    /// `person`, `group`, `role` or `relation`.
    pub kind: String,
    /// Which one.
    pub id: String,
    /// What it is called.
    pub name: String,
}

impl From<AppRow> for ApplicationOut {
    fn from(a: AppRow) -> Self {
        Self {
            client_id: a.id,
            enabled: a.enabled,
            limited: a.limited,
            has_secret: a.secret,
            registered_itself: a.own,
            metadata: serde_json::from_str(&a.metadata).unwrap_or_default(),
            allowed: None,
            client_secret: None,
            created_at: Timestamp(a.created_at).rfc3339(),
            updated_at: Timestamp(a.updated_at).rfc3339(),
        }
    }
}

impl From<Known> for ApplicationOut {
    fn from(k: Known) -> Self {
        let listed = k.listed.into_iter();
        let allowed = listed.map(|(h, name)| HolderOut { kind: h.kind.as_str().to_owned(), id: h.id, name }).collect();
        Self { allowed: Some(allowed), ..k.row.into() }
    }
}

/// An application that is to be registered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApplication {
    /// Its client id: 1 to 100 characters of a-z, A-Z, 0-9 and -._~; one is made where none is given.
    #[serde(default)]
    pub client_id: Option<String>,
    /// What is registered, by the names of RFC 7591 and those of this provider.
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
}

/// What is registered of an application, as a whole.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// By the names of RFC 7591 and those of this provider.
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
}

/// Whether an application may be used, and by whom. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppState {
    /// Whether it may be used; no ends everything that it holds.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// Whether only those listed may use it.
    #[serde(default)]
    pub limited: Option<bool>,
}

/// An initial access token.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenOut {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub note: String,
    /// How many applications may still be registered with it.
    pub uses_left: i64,
    /// Until when it works, in RFC 3339.
    pub expires_at: String,
    /// Whether it was revoked.
    pub revoked: bool,
    /// The token, the once that it is seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl From<InitialToken> for TokenOut {
    fn from(t: InitialToken) -> Self {
        let expires_at = Timestamp(t.expires_at).rfc3339();
        Self { id: t.id, note: t.note, uses_left: t.uses_left, expires_at, revoked: t.revoked_at.is_some(), token: None }
    }
}

/// Initial access tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokensOut {
    /// The newest first.
    pub items: Vec<TokenOut>,
}

/// A token that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    pub note: String,
    /// How many applications may be registered with it, 1 to 1,000.
    pub uses: u32,
    /// For how many days it works, 1 to 366.
    pub days: u32,
}

fn wrong(idp: &Idp, e: AppError) -> ApiError {
    match e {
        AppError::Admin(e) => refused(idp, e),
        AppError::Refused { field, why } => {
            Problem::new(Code::InvalidField).with("fields", Value::Object(Map::from_iter([(field, why.into())]))).into()
        }
    }
}

async fn shown(idp: &Idp, id: &str) -> Result<ApplicationOut, ApiError> {
    Ok(flow::show(idp, id).await.map_err(|e| refused(idp, e))?.into())
}

/// Applications.
#[utoipa::path(get, path = "/api/admin/applications", tag = "applications",
    params(("q" = Option<String>, Query, description = "Text in id or name"), ("cursor" = Option<String>, Query), ("limit" = Option<i64>, Query)),
    responses((status = 200, body = Page<ApplicationOut>)))]
pub(crate) async fn list(visit: Visit) -> Result<Json<Page<ApplicationOut>>, ApiError> {
    let admin = visit.admin().await?;
    let params = params(visit.query.clone(), &["q", "cursor", "limit"])?;
    let found = flow::list(&visit.idp, &admin.person.id, &asked(&params)?).await.map_err(|e| visit.refused(e))?;
    let items = found.items.into_iter().map(ApplicationOut::from).collect();
    Ok(Json(Listed { items, next: found.next }.into()))
}

/// Registers an application; its secret is in this answer and in no other.
#[utoipa::path(post, path = "/api/admin/applications", tag = "applications", request_body = NewApplication,
    responses((status = 201, body = ApplicationOut), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn create(visit: Visit) -> Result<(StatusCode, Json<ApplicationOut>), ApiError> {
    let admin = visit.fresh().await?;
    let new: NewApplication = visit.read()?;
    let metadata = flow::read(new.metadata).map_err(|e| wrong(&visit.idp, e))?;
    let made = flow::create(&visit.idp, &admin.asking, new.client_id, metadata).await.map_err(|e| wrong(&visit.idp, e))?;
    let out = ApplicationOut { client_secret: made.secret, ..shown(&visit.idp, &made.id).await? };
    Ok((StatusCode::CREATED, Json(out)))
}

/// An application.
#[utoipa::path(get, path = "/api/admin/applications/{id}", tag = "applications",
    params(("id" = String, Path, description = "The client id")),
    responses((status = 200, body = ApplicationOut), (status = 404, description = "There is no such application")))]
pub(crate) async fn show(Path(id): Path<String>, visit: Visit) -> Result<Json<ApplicationOut>, ApiError> {
    visit.admin().await?;
    Ok(Json(shown(&visit.idp, &id).await?))
}

/// Puts another registration in place of an application's; one that comes to need a secret gets one, in this answer only.
#[utoipa::path(put, path = "/api/admin/applications/{id}", tag = "applications", request_body = Registration,
    params(("id" = String, Path, description = "The client id")),
    responses((status = 200, body = ApplicationOut), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such application"), (status = 409, description = "It is the record store"),
        (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn change(Path(id): Path<String>, visit: Visit) -> Result<Json<ApplicationOut>, ApiError> {
    let admin = visit.fresh().await?;
    let registration: Registration = visit.read()?;
    let metadata = flow::read(registration.metadata).map_err(|e| wrong(&visit.idp, e))?;
    let (_, client_secret) =
        flow::change(&visit.idp, &admin.asking, &id, (metadata, None)).await.map_err(|e| wrong(&visit.idp, e))?;
    Ok(Json(ApplicationOut { client_secret, ..shown(&visit.idp, &id).await? }))
}

/// Gives an application another secret, in this answer only; the one before works no more.
#[utoipa::path(post, path = "/api/admin/applications/{id}/secret", tag = "applications",
    params(("id" = String, Path, description = "The client id")),
    responses((status = 200, body = ApplicationOut), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such application"), (status = 409, description = "It proves itself otherwise")))]
pub(crate) async fn secret(Path(id): Path<String>, visit: Visit) -> Result<Json<ApplicationOut>, ApiError> {
    let admin = visit.fresh().await?;
    let secret = flow::new_secret(&visit.idp, &admin.asking, &id).await.map_err(|e| visit.refused(e))?;
    Ok(Json(ApplicationOut { client_secret: Some(secret), ..shown(&visit.idp, &id).await? }))
}

/// Says whether an application may be used, and whether by those listed only.
#[utoipa::path(put, path = "/api/admin/applications/{id}/state", tag = "applications", request_body = AppState,
    params(("id" = String, Path, description = "The client id")),
    responses((status = 200, body = ApplicationOut), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such application")))]
pub(crate) async fn state(Path(id): Path<String>, visit: Visit) -> Result<Json<ApplicationOut>, ApiError> {
    let admin = visit.admin().await?;
    let wanted: AppState = visit.read()?;
    if wanted.enabled == Some(true) || wanted.limited == Some(false) {
        gate::fresh_api(&visit.idp, &admin)?;
    }
    if let Some(enabled) = wanted.enabled {
        flow::set_enabled(&visit.idp, &admin.asking, &id, enabled).await.map_err(|e| visit.refused(e))?;
    }
    if let Some(limited) = wanted.limited {
        flow::set_limited(&visit.idp, &admin.asking, &id, limited).await.map_err(|e| visit.refused(e))?;
    }
    Ok(Json(shown(&visit.idp, &id).await?))
}

fn kind(text: &str) -> Result<Kind, ApiError> {
    Kind::from_stored(text).ok_or_else(|| Problem::new(Code::NotFound).into())
}

/// Lists someone for an application that only those listed may use.
#[utoipa::path(put, path = "/api/admin/applications/{id}/allowed/{kind}/{who}", tag = "applications",
    params(("id" = String, Path, description = "The client id"), ("kind" = String, Path, description = "person, group, role or relation"),
        ("who" = String, Path, description = "Which one")),
    responses((status = 204, description = "Listed"), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 404, description = "There is no such application"), (status = 422, description = "There is no such holder")))]
pub(crate) async fn allow(Path((id, of, who)): Path<(String, String, String)>, visit: Visit) -> Result<StatusCode, ApiError> {
    let admin = visit.fresh().await?;
    flow::set_allowed(&visit.idp, &admin.asking, &id, (kind(&of)?, &who), true).await.map_err(|e| visit.refused(e))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes someone off the list, and ends what he has at the application.
#[utoipa::path(delete, path = "/api/admin/applications/{id}/allowed/{kind}/{who}", tag = "applications",
    params(("id" = String, Path, description = "The client id"), ("kind" = String, Path, description = "person, group, role or relation"),
        ("who" = String, Path, description = "Which one")),
    responses((status = 200, body = Taken), (status = 404, description = "There is no such application"),
        (status = 422, description = "There is no such holder")))]
pub(crate) async fn disallow(Path((id, of, who)): Path<(String, String, String)>, visit: Visit) -> Result<Json<Taken>, ApiError> {
    let admin = visit.admin().await?;
    let taken = flow::set_allowed(&visit.idp, &admin.asking, &id, (kind(&of)?, &who), false).await;
    Ok(Json(taken.map_err(|e| visit.refused(e))?))
}

/// Initial access tokens.
#[utoipa::path(get, path = "/api/admin/registration-tokens", tag = "applications", responses((status = 200, body = TokensOut)))]
pub(crate) async fn list_tokens(visit: Visit) -> Result<Json<TokensOut>, ApiError> {
    visit.admin().await?;
    let all = tokens::list(&visit.idp).await.map_err(|e| visit.refused(e))?;
    Ok(Json(TokensOut { items: all.into_iter().map(TokenOut::from).collect() }))
}

/// Makes an initial access token, which is in this answer only.
#[utoipa::path(post, path = "/api/admin/registration-tokens", tag = "applications", request_body = NewToken,
    responses((status = 201, body = TokenOut), (status = 401, description = "The sign-in is too old (RFC 9470)"),
        (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn make_token(visit: Visit) -> Result<(StatusCode, Json<TokenOut>), ApiError> {
    let admin = visit.fresh().await?;
    let new: NewToken = visit.read()?;
    let wanted = Wanted { note: new.note, uses: new.uses, days: new.days };
    let (row, token) = tokens::make(&visit.idp, &admin.asking, wanted).await.map_err(|e| visit.refused(e))?;
    Ok((StatusCode::CREATED, Json(TokenOut { token: Some(token), ..row.into() })))
}

/// Revokes an initial access token; what was registered with it stays.
#[utoipa::path(delete, path = "/api/admin/registration-tokens/{id}", tag = "applications",
    params(("id" = String, Path, description = "The token's id")),
    responses((status = 204, description = "Revoked"), (status = 404, description = "There is none that works")))]
pub(crate) async fn revoke_token(Path(id): Path<String>, visit: Visit) -> Result<StatusCode, ApiError> {
    let admin = visit.admin().await?;
    tokens::revoke(&visit.idp, &admin.asking, &id).await.map_err(|e| visit.refused(e))?;
    Ok(StatusCode::NO_CONTENT)
}
