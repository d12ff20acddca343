//! The API of invitations, by a person's own token through the record store that the invitation is of.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};

use super::flow::{self, Put};
use crate::contract::access::{NewInvitation, Taken};
use crate::idp::Idp;
use crate::idp::challenges::http::read;
use crate::idp::grants::http::asker;
use crate::kernel::http::{Code, Context, Presented, Problem};

/// Routes of invitations.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/api/invitations/{id}", axum::routing::put(put).delete(revoke))
}

async fn put(
    State(idp): State<Arc<Idp>>,
    context: Context,
    presented: Presented,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let asker = asker(&idp, &context, &presented).await?;
    let new: NewInvitation = read(&body)?;
    match flow::put(&idp, asker, &id, new).await? {
        Put::New(invitation) => Ok((StatusCode::CREATED, Json(invitation)).into_response()),
        Put::Same(invitation) => Ok(Json(invitation).into_response()),
        Put::Limited(until) => Err(Problem::new(Code::TooMany).retry(idp.env.now().until(until).as_secs())),
    }
}

async fn revoke(
    State(idp): State<Arc<Idp>>,
    context: Context,
    presented: Presented,
    Path(id): Path<String>,
) -> Result<Json<Taken>, Problem> {
    let asker = asker(&idp, &context, &presented).await?;
    Ok(Json(flow::revoke(&idp, asker, &id).await?))
}
