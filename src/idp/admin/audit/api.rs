//! The API of the audit log.

use std::sync::Arc;

use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use utoipa::ToSchema;

use super::export;
use crate::idp::Idp;
use crate::idp::admin::http::{ApiError, Page, asked, params};
use crate::idp::admin::model::Listed;
use crate::idp::admin::visit::Visit;
use crate::kernel::audit::export::Form;
use crate::kernel::audit::{Filter, Opened};
use crate::kernel::clock::Timestamp;
use crate::kernel::cursor;
use crate::kernel::http::{Code, Params, Problem};

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/api/admin/audit", get(list))
        .route("/api/admin/audit/export", get(export_all))
        .route("/api/admin/audit/head", get(head))
}

/// A line of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineOut {
    /// Its place, from 1 without gaps.
    pub line: i64,
    /// When, in RFC 3339.
    pub time: String,
    /// What was done, such as `role.given`.
    pub action: String,
    /// `ok`, or the reason it was refused.
    pub outcome: String,
    /// Who, by subject identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Through which client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// To what or whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// From which address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// In which request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// More.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Whether a value of it was erased with the person it was of.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
    /// The digest over the chain up to this line.
    pub digest: String,
}

impl From<Opened> for LineOut {
    fn from(o: Opened) -> Self {
        let l = o.line;
        Self {
            line: l.seq,
            time: Timestamp(l.at).rfc3339(),
            action: l.action,
            outcome: l.outcome,
            actor: l.actor,
            client: l.client_id,
            target: l.target,
            address: l.ip,
            request: l.request_id,
            detail: l.detail,
            erased: o.erased,
            digest: l.hash,
        }
    }
}

/// Where the audit log ends. Kept elsewhere, it shows later that the log is still the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeadOut {
    /// How many lines there are.
    pub lines: i64,
    /// The digest over all of them.
    pub digest: String,
}

const FILTERS: [&str; 7] = ["about", "actor", "client", "action", "outcome", "since", "until"];

/// The filter of an address.
pub(super) fn filter(idp: &Idp, params: &Params) -> Result<Filter, Problem> {
    let zone = idp.env.settings.zone();
    let text = |name: &str| params.get(name).map(str::to_owned);
    let wrong = |name: &str| Problem::because(Code::BadRequest, format!("{name} is a day (2026-12-31) or a moment in RFC 3339"));
    let moment = |name: &str| params.get(name).map(|t| Timestamp::read(t, &zone).ok_or_else(|| wrong(name))).transpose();
    let refused = match params.get("outcome") {
        None => None,
        Some("ok") => Some(false),
        Some("refused") => Some(true),
        Some(_) => return Err(Problem::because(Code::BadRequest, "outcome is ok or refused")),
    };
    let (since, until) = (moment("since")?, moment("until")?);
    let filter = Filter {
        about: text("about"),
        actor: text("actor"),
        client: text("client"),
        action: text("action"),
        refused,
        since,
        until,
    };
    if filter.is_sound() { Ok(filter) } else { Err(Problem::because(Code::BadRequest, "a filter can't be one")) }
}

/// Lines, the latest first.
#[utoipa::path(get, path = "/api/admin/audit", tag = "audit",
    params(("about" = Option<String>, Query, description = "By this id, or to it"), ("actor" = Option<String>, Query),
        ("client" = Option<String>, Query), ("action" = Option<String>, Query, description = "An action, or all that begin so (`signin.`)"),
        ("outcome" = Option<String>, Query, description = "ok or refused"), ("since" = Option<String>, Query), ("until" = Option<String>, Query),
        ("cursor" = Option<String>, Query), ("limit" = Option<i64>, Query)),
    responses((status = 200, body = Page<LineOut>)))]
pub(crate) async fn list(visit: Visit) -> Result<Json<Page<LineOut>>, ApiError> {
    let admin = visit.admin().await?;
    let params = params(visit.query.clone(), &[&FILTERS[..], &["cursor", "limit"]].concat())?;
    let filter = filter(&visit.idp, &params)?;
    let asked = asked(&params)?;
    let found = page(&visit.idp, &admin.person.id, &filter, asked.cursor.as_deref(), asked.limit()).await;
    let found = found.map_err(|e| visit.refused(e))?;
    let items = found.items.into_iter().map(LineOut::from).collect();
    Ok(Json(Listed { items, next: found.next }.into()))
}

/// A page of the log, the latest lines first.
pub(super) async fn page(
    idp: &Idp,
    reader: &str,
    filter: &Filter,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Listed<Opened>, crate::idp::admin::flow::AdminError> {
    let place = ("audit", reader, filter);
    let before: Option<i64> = cursor.map(|c| cursor::open(&idp.env, &place, c)).transpose()?;
    let mut items = idp.audit.page(filter, before, limit + 1).await?;
    let mut next = None;
    if items.len() > limit as usize {
        items.truncate(limit as usize);
        next = items.last().map(|l| cursor::seal(&idp.env, &place, &l.line.seq)).transpose()?;
    }
    Ok(Listed { items, next })
}

/// Lines in order, as a file: JSON lines, or CSV that is safe for spreadsheets.
#[utoipa::path(get, path = "/api/admin/audit/export", tag = "audit",
    params(("format" = Option<String>, Query, description = "jsonl (without it) or csv"), ("about" = Option<String>, Query),
        ("actor" = Option<String>, Query), ("client" = Option<String>, Query), ("action" = Option<String>, Query),
        ("outcome" = Option<String>, Query), ("since" = Option<String>, Query), ("until" = Option<String>, Query)),
    responses((status = 200, description = "The lines; breaks off when the administrator is no longer one")))]
pub(crate) async fn export_all(visit: Visit) -> Result<Response, ApiError> {
    let admin = visit.admin().await?;
    let params = params(visit.query.clone(), &[&FILTERS[..], &["format"]].concat())?;
    let wrong = || Problem::because(Code::BadRequest, "format is jsonl or csv");
    let form = Form::from_name(params.get("format").unwrap_or("jsonl")).ok_or_else(wrong)?;
    let filter = filter(&visit.idp, &params)?;
    export::answer(&visit.idp, admin.asking, filter, form).await.map_err(|e| visit.refused(e))
}

/// Where the log ends.
#[utoipa::path(get, path = "/api/admin/audit/head", tag = "audit", responses((status = 200, body = HeadOut)))]
pub(crate) async fn head(visit: Visit) -> Result<Json<HeadOut>, ApiError> {
    visit.admin().await?;
    let head = visit.idp.audit.head().await.map_err(|e| visit.refused(e.into()))?;
    Ok(Json(HeadOut { lines: head.seq, digest: head.hash }))
}
