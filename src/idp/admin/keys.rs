//! The keys that the provider signs with: which there are, since when, and what for. Private keys are nobody's to see.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use utoipa::ToSchema;

use super::frame::{Frame, KEYS};
use super::gate;
use super::http::{ApiError, Desk, params};
use super::parts::{Cell, Empty, ListPage, Row, Tag};
use crate::idp::Idp;
use crate::idp::keyring::Use;
use crate::kernel::clock::Timestamp;
use crate::kernel::http::Context;
use crate::kernel::pages::{View, html};

const LIST: &str = "/admin/keys";

/// Its page.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/admin/keys", get(page))
}

/// For programs.
pub fn api() -> Router<Arc<Idp>> {
    Router::new().route("/api/admin/keys", get(list))
}

/// A key of the provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyOut {
    /// Its id, as in the header of what it signs.
    pub kid: String,
    /// `token` or `receipt`.
    pub purpose: String,
    /// Its algorithm.
    pub alg: String,
    /// Since when it is there, in RFC 3339.
    pub created_at: String,
    /// Since when it signs nothing any more, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<String>,
}

/// The keys of the provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeysOut {
    /// The oldest first.
    pub items: Vec<KeyOut>,
}

/// A key as it is shown.
pub(crate) struct Shown {
    pub kid: String,
    pub purpose: &'static str,
    pub alg: &'static str,
    pub created_at: Timestamp,
    pub retired_at: Option<Timestamp>,
}

fn all(idp: &Idp) -> Vec<Shown> {
    let purpose = |u: Use| match u {
        Use::Token => "token",
        Use::Receipt => "receipt",
    };
    let held = idp.keyring.all();
    let shown = held.iter().map(|h| Shown {
        kid: h.key.kid().to_owned(),
        purpose: purpose(h.purpose),
        alg: h.key.alg().name(),
        created_at: h.life.created_at,
        retired_at: h.retired_at,
    });
    shown.collect()
}

/// The keys that the provider signs with, and those that did.
#[utoipa::path(get, path = "/api/admin/keys", tag = "keys", responses((status = 200, body = KeysOut)))]
pub(crate) async fn list(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<KeysOut>, ApiError> {
    gate::api(&idp, &context, &headers).await?;
    params(query, &[])?;
    let out = |k: Shown| KeyOut {
        kid: k.kid,
        purpose: k.purpose.into(),
        alg: k.alg.into(),
        created_at: k.created_at.rfc3339(),
        retired_at: k.retired_at.map(Timestamp::rfc3339),
    };
    Ok(Json(KeysOut { items: all(&idp).into_iter().map(out).collect() }))
}

async fn page(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    match Desk::open(&idp, context, headers, LIST, query).await {
        Ok(desk) => html(StatusCode::OK, &list_page(&desk.view, desk.frame(KEYS), &all(&idp))),
        Err(answer) => answer,
    }
}

/// The keys as a page; also for its samples.
pub(crate) fn list_page(view: &View, frame: Frame, keys: &[Shown]) -> ListPage {
    let row = |k: &Shown| Row {
        href: String::new(),
        title: k.alg.to_owned(),
        tags: vec![match k.retired_at {
            None => Tag::new("good", view.t("admin-key-signs")),
            Some(_) => Tag::new("plain", view.t("admin-key-retired")),
        }],
        cells: vec![
            Cell::text(view.t(&format!("admin-key-{}", k.purpose))),
            Cell::time(view, Some(k.created_at)),
            Cell::time(view, k.retired_at),
            Cell::id(&k.kid),
        ],
        acts: vec![],
    };
    let columns = ["admin-key-alg", "admin-key-purpose", "admin-since", "admin-key-until", "admin-id"];
    ListPage {
        frame,
        title: view.t("admin-nav-keys"),
        lead: view.t("admin-keys-lead"),
        buttons: vec![],
        here: LIST.into(),
        search: None,
        search_label: String::new(),
        filters: vec![],
        columns: columns.map(|k| view.t(k)).into(),
        rows: keys.iter().map(row).collect(),
        first: String::new(),
        next: String::new(),
        empty: Empty::default(),
        view: view.clone(),
    }
}
