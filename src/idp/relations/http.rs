//! `POST /api/relations`: a record store tells of its relations, with a token of its own.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::flow::{self, PushError};
use super::model::Wrong;
use crate::contract::access::{Relation, SCOPE_RELATIONS};
use crate::idp::challenges::http::read;
use crate::idp::{Idp, bearer};
use crate::kernel::http::{Code, Presented, Problem};

/// A push in bytes at most: as many relations as it may have, with long names.
const BODY: usize = 2 * 1024 * 1024;

/// Routes of relations.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/api/relations", post(push)).layer(DefaultBodyLimit::max(BODY))
}

/// What doesn't fit, as problem details.
pub(crate) fn invalid(wrong: &[Wrong]) -> Problem {
    let fields: serde_json::Map<_, _> = wrong.iter().map(|w| (w.field.clone(), w.reason.into())).collect();
    Problem::new(Code::InvalidField).with("fields", fields)
}

async fn push(State(idp): State<Arc<Idp>>, presented: Presented, body: Bytes) -> Result<Json<Value>, Problem> {
    let token = bearer::client(&idp, &presented, SCOPE_RELATIONS).await?;
    let relations: Vec<Relation> = read(&body)?;
    match flow::push(&idp, &token.client_id, relations).await {
        Ok(changed) => Ok(Json(json!({ "changed": changed }))),
        Err(PushError::Db(e)) => Err(e.into()),
        Err(PushError::Invalid(wrong)) => Err(invalid(&wrong)),
    }
}
