//! The API of access to relations, by a person's own token through an application that has the scope.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use axum::{Json, Router};

use super::flow::{self, Asker, GrantError};
use crate::contract::access::{ChangedGrant, GrantChange, NewGrant, RelationAccess, SCOPE_GRANTS, Taken};
use crate::idp::challenges::http::read;
use crate::idp::relations::http::invalid;
use crate::idp::{Idp, bearer};
use crate::kernel::audit::Actor;
use crate::kernel::http::{Code, Context, Presented, Problem};

/// Routes of access.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/api/relations/{id}/access", get(list))
        .route("/api/relations/{id}/grants", post(give))
        .route("/api/grants/{id}", patch(change).delete(take))
}

impl From<GrantError> for Problem {
    fn from(e: GrantError) -> Self {
        match e {
            GrantError::Db(e) => e.into(),
            GrantError::Unauthorized => Self::new(Code::Unauthorized),
            GrantError::NotFound => Self::new(Code::NotFound),
            GrantError::Forbidden => Self::because(Code::Forbidden, e.to_string()),
            GrantError::Invalid(wrong) => invalid(&wrong),
            GrantError::Conflict(why) => Self::because(Code::Conflict, why),
            GrantError::Root(_) => Self::internal(&e),
        }
    }
}

/// The person behind a request, whose token has the scope.
impl FromRequestParts<Arc<Idp>> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, idp: &Arc<Idp>) -> Result<Self, Problem> {
        let context = Context::from_request_parts(parts, idp).await?;
        let Ok(presented) = Presented::from_request_parts(parts, idp).await;
        let (standing, token) = bearer::person(idp, &presented, SCOPE_GRANTS).await?;
        let actor = Actor::on(&context).person(&standing.person.id).client(&token.client_id);
        Ok(Self { issue: standing.issue.clone(), client: token.client_id.clone(), actor })
    }
}

/// Who has access to a relation.
#[utoipa::path(get, path = "/api/relations/{id}/access", tag = "access",
    params(("id" = String, Path, description = "The relation")),
    responses((status = 200, body = RelationAccess), (status = 404, description = "There is no such thing, or it is not for this person to see")))]
pub(crate) async fn list(
    State(idp): State<Arc<Idp>>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<Json<RelationAccess>, Problem> {
    Ok(Json(flow::list(&idp, &asker, &id).await?))
}

/// Gives access, or changes what the holder has.
#[utoipa::path(post, path = "/api/relations/{id}/grants", tag = "access", request_body = NewGrant,
    params(("id" = String, Path, description = "The relation")),
    responses((status = 201, body = ChangedGrant), (status = 403, description = "Only who manages the relation, or an administrator"), (status = 404, description = "There is no such thing, or it is not for this person to see"), (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn give(
    State(idp): State<Arc<Idp>>,
    asker: Asker,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let new: NewGrant = read(&body)?;
    Ok((StatusCode::CREATED, Json(flow::give(&idp, asker, &id, new).await?)).into_response())
}

/// Changes a grant.
#[utoipa::path(patch, path = "/api/grants/{id}", tag = "access", request_body = GrantChange,
    params(("id" = String, Path, description = "The grant")),
    responses((status = 200, body = ChangedGrant), (status = 403, description = "Only who manages the relation, or an administrator"), (status = 404, description = "There is no such thing, or it is not for this person to see"), (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn change(
    State(idp): State<Arc<Idp>>,
    asker: Asker,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<ChangedGrant>, Problem> {
    let wanted: GrantChange = read(&body)?;
    Ok(Json(flow::change(&idp, asker, &id, wanted).await?))
}

/// Takes access away; answered when that is known everywhere.
#[utoipa::path(delete, path = "/api/grants/{id}", tag = "access",
    params(("id" = String, Path, description = "The grant")),
    responses((status = 200, body = Taken), (status = 403, description = "Only who manages the relation, or an administrator"), (status = 404, description = "There is no such thing, or it is not for this person to see")))]
pub(crate) async fn take(State(idp): State<Arc<Idp>>, asker: Asker, Path(id): Path<String>) -> Result<Json<Taken>, Problem> {
    Ok(Json(flow::take(&idp, asker, &id).await?))
}
