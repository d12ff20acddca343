//! `GET /api/access-log?after=<position>`: for resource servers, with a token of their own.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::routing::get;
use axum::{Json, Router};

use super::flow;
use crate::contract::feed::FeedPage;
use crate::idp::{Idp, bearer};
use crate::kernel::http::{Code, Params, Problem};

/// The scope that reads the log.
pub const SCOPE: &str = "access-log:read";

/// Routes of the access log.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/api/access-log", get(page))
}

async fn page(State(idp): State<Arc<Idp>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Result<Json<FeedPage>, Problem> {
    bearer::client(&idp, &headers, SCOPE).await?;
    let params = Params::parse(query.unwrap_or_default().as_bytes(), &[])
        .map_err(|e| Problem::because(Code::BadRequest, e.to_string()))?;
    let after = params.get("after").unwrap_or("0").parse().ok().filter(|n| *n >= 0);
    let after = after.ok_or_else(|| Problem::because(Code::BadRequest, "after is a position: a whole number from 0"))?;
    Ok(Json(flow::page(&idp.db, after).await?))
}
