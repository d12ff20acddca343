//! The API of links.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::flow::{self, Shown, Wanted};
use crate::contract::links::{NewLink, Words};
use crate::idp::Idp;
use crate::idp::admin::http::{ApiError, Page, asked, params};
use crate::idp::admin::model::Listed;
use crate::idp::admin::visit::Visit;

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/api/admin/links", get(list).post(create))
        .route("/api/admin/links/{id}", get(show).put(change).delete(remove))
}

/// A link of the start page.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkOut {
    /// Its id.
    pub id: String,
    /// What it is called: one text, or texts by language.
    #[schema(value_type = Object)]
    pub title: Words,
    /// Where it leads.
    pub address: String,
    /// What opens, in one line: one text, or texts by language.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Words>,
    /// `everyone`, `person`, `group` or `relation`.
    #[serde(rename = "for")]
    pub kind: String,
    /// The id of the person, group or relation.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub whom: String,
    /// What that is called.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub whom_name: String,
    /// Whether anyone sees it.
    pub active: bool,
}

impl From<Shown> for LinkOut {
    fn from(s: Shown) -> Self {
        let (kind, whom) = s.link.audience.columns();
        Self {
            kind: kind.to_owned(),
            whom: whom.to_owned(),
            whom_name: s.whom,
            title: s.link.says.title,
            address: s.link.says.address,
            description: s.link.says.description,
            active: s.link.active,
            id: s.link.id,
        }
    }
}

/// A link as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkIn {
    /// What it is called: one text, or texts by language (en, nl, pl, tr).
    #[schema(value_type = Object)]
    pub title: Words,
    /// Where it leads: https or http.
    pub address: String,
    /// What opens, in one line: one text, or texts by language.
    #[schema(value_type = Option<Object>)]
    #[serde(default)]
    pub description: Option<Words>,
    /// `everyone`, `person`, `group` or `relation`.
    #[serde(rename = "for")]
    pub kind: String,
    /// The id of the person, group or relation; nothing for everyone.
    #[serde(default)]
    pub whom: String,
    /// Whether anyone sees it; yes without it.
    #[serde(default = "yes")]
    pub active: bool,
}

const fn yes() -> bool {
    true
}

impl From<LinkIn> for Wanted {
    fn from(l: LinkIn) -> Self {
        let says = NewLink { title: l.title, address: l.address, description: l.description };
        Self { says, kind: l.kind, whom: l.whom, active: l.active }
    }
}

/// Links of the start page, the latest first.
#[utoipa::path(get, path = "/api/admin/links", tag = "links",
    params(("cursor" = Option<String>, Query), ("limit" = Option<i64>, Query)), responses((status = 200, body = Page<LinkOut>)))]
pub(crate) async fn list(visit: Visit) -> Result<Json<Page<LinkOut>>, ApiError> {
    let admin = visit.admin().await?;
    let params = params(visit.query.clone(), &["cursor", "limit"])?;
    let found = flow::list(&visit.idp, &admin.person.id, &asked(&params)?).await.map_err(|e| visit.refused(e))?;
    let items = found.items.into_iter().map(LinkOut::from).collect();
    Ok(Json(Listed { items, next: found.next }.into()))
}

async fn shown(visit: &Visit, id: &str) -> Result<Json<LinkOut>, ApiError> {
    Ok(Json(flow::show(&visit.idp, id).await.map_err(|e| visit.refused(e))?.into()))
}

/// A link.
#[utoipa::path(get, path = "/api/admin/links/{id}", tag = "links", params(("id" = String, Path, description = "The link")),
    responses((status = 200, body = LinkOut), (status = 404, description = "There is no such link")))]
pub(crate) async fn show(Path(id): Path<String>, visit: Visit) -> Result<Json<LinkOut>, ApiError> {
    visit.admin().await?;
    shown(&visit, &id).await
}

/// Makes a link.
#[utoipa::path(post, path = "/api/admin/links", tag = "links", request_body = LinkIn,
    responses((status = 201, body = LinkOut), (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn create(visit: Visit) -> Result<(StatusCode, Json<LinkOut>), ApiError> {
    let admin = visit.admin().await?;
    let new: LinkIn = visit.read()?;
    let id = flow::save(&visit.idp, &admin.asking, None, new.into()).await.map_err(|e| visit.refused(e))?;
    Ok((StatusCode::CREATED, shown(&visit, &id).await?))
}

/// Changes a link, as a whole.
#[utoipa::path(put, path = "/api/admin/links/{id}", tag = "links", request_body = LinkIn,
    params(("id" = String, Path, description = "The link")),
    responses((status = 200, body = LinkOut), (status = 404, description = "There is no such link"),
        (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn change(Path(id): Path<String>, visit: Visit) -> Result<Json<LinkOut>, ApiError> {
    let admin = visit.admin().await?;
    let new: LinkIn = visit.read()?;
    flow::save(&visit.idp, &admin.asking, Some(&id), new.into()).await.map_err(|e| visit.refused(e))?;
    shown(&visit, &id).await
}

/// Removes a link.
#[utoipa::path(delete, path = "/api/admin/links/{id}", tag = "links", params(("id" = String, Path, description = "The link")),
    responses((status = 204, description = "It is gone"), (status = 404, description = "There is no such link")))]
pub(crate) async fn remove(Path(id): Path<String>, visit: Visit) -> Result<StatusCode, ApiError> {
    let admin = visit.admin().await?;
    flow::remove(&visit.idp, &admin.asking, &id).await.map_err(|e| visit.refused(e))?;
    Ok(StatusCode::NO_CONTENT)
}
