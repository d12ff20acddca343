//! The route of the page that says who sees a record and why.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::why;
use crate::crm::Crm;
use crate::crm::pages::frame::{Desk, PageError, Turn};
use crate::kernel::http::Params;
use crate::kernel::pages::html;

/// It alone; whoever merges it puts the check for other sites before it.
pub(super) fn routes() -> Router<Arc<Crm>> {
    Router::new().route("/m/{module}/{id}/why", get(show))
}

async fn show(turn: Turn, Path((module, id)): Path<(String, String)>, RawQuery(raw): RawQuery) -> Response {
    let result = async {
        let params = Params::parse(raw.as_deref().unwrap_or_default().as_bytes(), &[])?;
        let (mut snapshot, caller) = turn.crm.reading(&turn.caller).await?;
        let mut desk = Desk::open(&turn.crm, &turn.visit, &caller, &mut snapshot).await?;
        let module = desk.module(&module)?;
        let seen = desk.reader.get(&module.key, &id).await?.ok_or(PageError::NotFound)?;
        let about = params.get("sub").filter(|s| !s.is_empty());
        // Who may not ask is told no more than that there is no such page.
        let page = why::load(&mut desk, &seen, about).await?.ok_or(PageError::NotFound)?;
        Ok(html(StatusCode::OK, &page))
    };
    turn.answer(result.await)
}
