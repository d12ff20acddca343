//! `GET /api/access-log?after=<position>[&epoch=...][&chain=...]`: for resource servers, with a token of their own. Asking
//! from a position says that everything up to it is had; epoch and digest say of which log.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::routing::get;
use axum::{Json, Router};

use super::flow::{self, FeedError};
use super::model::{Cursor, is_name};
use super::{epochs, stream};
use crate::contract::feed::FeedPage;
use crate::idp::{Idp, bearer};
use crate::kernel::audit::Actor;
use crate::kernel::http::{Code, Context, Params, Presented, Problem};

/// The scope that reads the log.
pub const SCOPE: &str = "access-log:read";

/// Routes of the access log.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/api/access-log", get(page)).route("/api/access-log/stream", get(stream::open))
}

async fn page(
    State(idp): State<Arc<Idp>>,
    context: Context,
    presented: Presented,
    RawQuery(query): RawQuery,
) -> Result<Json<FeedPage>, Problem> {
    let token = bearer::client(&idp, &presented, SCOPE).await?;
    let cursor = cursor(&query.unwrap_or_default())?;
    match flow::answer(&idp, &token.client_id, cursor, Actor::on(&context)).await {
        Ok(page) => Ok(Json(page)),
        Err(FeedError::Db(e)) => Err(e.into()),
        Err(FeedError::TooMany(epochs::TooMany(until))) => {
            Err(Problem::new(Code::TooMany).retry(idp.env.now().until(until).as_secs()))
        }
    }
}

fn cursor(query: &str) -> Result<Cursor, Problem> {
    let bad = |why: &str| Problem::because(Code::BadRequest, why);
    let params = Params::parse(query.as_bytes(), &[]).map_err(|e| bad(&e.to_string()))?;
    let position = params.get("after").unwrap_or("0").parse().ok().filter(|n| *n >= 0);
    let position = position.ok_or_else(|| bad("after is a position: a whole number from 0"))?;
    let said = |name: &str| match params.get(name).filter(|t| !t.is_empty()) {
        Some(text) if !is_name(text) => Err(bad("epoch and chain are as the answer before this one gave them")),
        text => Ok(text.map(str::to_owned)),
    };
    Ok(Cursor { position, epoch: said("epoch")?, chain: said("chain")? })
}
