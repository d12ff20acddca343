//! The API of invitations, by a person's own token through the record store that the invitation is of.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};

use super::flow::{self, Put};
use crate::contract::access::{Invitation, NewInvitation, Taken};
use crate::idp::Idp;
use crate::idp::challenges::http::read;
use crate::idp::grants::flow::Asker;
use crate::kernel::http::{Code, Problem};

/// Routes of invitations.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/api/invitations/{id}", axum::routing::put(put).delete(revoke))
}

/// Invites someone to a relation, once, however often it is asked for under one id.
#[utoipa::path(put, path = "/api/invitations/{id}", tag = "access", request_body = NewInvitation,
    params(("id" = String, Path, description = "The invitation, by the id that whoever asks chose")),
    responses((status = 201, body = Invitation), (status = 200, body = Invitation, description = "It was there"), (status = 403, description = "Only who manages the relation, or an administrator"), (status = 422, description = "Values that don't fit; `fields` lists them"), (status = 429, description = "Too many mails; Retry-After says when there can be one again")))]
pub(crate) async fn put(
    State(idp): State<Arc<Idp>>,
    asker: Asker,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let new: NewInvitation = read(&body)?;
    match flow::put(&idp, asker, &id, new).await? {
        Put::New(invitation) => Ok((StatusCode::CREATED, Json(invitation)).into_response()),
        Put::Same(invitation) => Ok(Json(invitation).into_response()),
        Put::Limited(until) => Err(Problem::new(Code::TooMany).retry(idp.env.now().until(until).as_secs())),
    }
}

/// Takes an invitation back, and what came of it.
#[utoipa::path(delete, path = "/api/invitations/{id}", tag = "access",
    params(("id" = String, Path, description = "The invitation, by the id that whoever asks chose")),
    responses((status = 200, body = Taken), (status = 403, description = "Only who manages the relation, or an administrator"), (status = 404, description = "There is no such thing, or it is not for this person to see")))]
pub(crate) async fn revoke(State(idp): State<Arc<Idp>>, asker: Asker, Path(id): Path<String>) -> Result<Json<Taken>, Problem> {
    Ok(Json(flow::revoke(&idp, asker, &id).await?))
}
