//! The JSON API of access to a relation. By the session of a browser: the provider is asked with that session's own token.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post};
use axum::{Json, Router};
use serde::Deserialize;

use super::flow::{self, Asker, Place};
use super::model::{GrantsError, Invite};
use crate::contract::FieldKey;
use crate::contract::access::{ChangedGrant, Grant, GrantChange, Invitation, NewGrant, RelationAccess, Taken};
use crate::crm::Crm;
use crate::crm::auth::session::SESSION_COOKIE;
use crate::crm::auth::{Caller, Person};
use crate::crm::records::model::ReadError;
use crate::kernel::http::shell::same_site_only;
use crate::kernel::http::{Code, Context, Problem};

/// All of them, behind the check for requests from other sites, since a cookie opens them.
pub fn routes(crm: Arc<Crm>) -> Router {
    let routes = Router::new()
        .route("/api/v1/records/{module}/{id}/access", get(list))
        .route("/api/v1/records/{module}/{id}/access/grants", post(give))
        .route("/api/v1/records/{module}/{id}/access/grants/{grant}", patch(change).delete(take))
        .route("/api/v1/records/{module}/{id}/access/invitations", post(invite))
        .route("/api/v1/records/{module}/{id}/access/invitations/{invitation}", delete(withdraw));
    same_site_only(routes).with_state(crm)
}

impl From<GrantsError> for Problem {
    fn from(e: GrantsError) -> Self {
        let text = e.to_string();
        match e {
            GrantsError::NotFound => Self::new(Code::NotFound),
            GrantsError::Forbidden => Self::because(Code::Forbidden, text),
            GrantsError::Invalid(fields) => Self::new(Code::InvalidField).with("fields", fields),
            GrantsError::Conflict => Self::because(Code::Conflict, text),
            GrantsError::TooMany(seconds) => Self::new(Code::TooMany).retry(seconds),
            GrantsError::SignInAgain => Self::because(Code::Unauthorized, text),
            GrantsError::Unreachable(_) => {
                tracing::warn!(error = text, "the provider's access API");
                Self::new(Code::Upstream).retry(5)
            }
            GrantsError::Access(e) => e.into(),
            GrantsError::Read(ReadError::Db(e)) => e.into(),
            GrantsError::Read(e) => Self::internal(&e),
        }
    }
}

/// The relation that an address names, whatever stands behind it.
#[derive(Deserialize)]
pub(crate) struct At {
    pub module: String,
    pub id: String,
}

/// A request about a relation.
pub(crate) struct Turn {
    crm: Arc<Crm>,
    caller: Caller,
    context: Context,
    cookie: String,
    module: FieldKey,
    id: String,
}

impl FromRequestParts<Arc<Crm>> for Turn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, crm: &Arc<Crm>) -> Result<Self, Response> {
        let Person(caller) = Person::from_request_parts(parts, crm).await?;
        let context = Context::from_request_parts(parts, crm).await.map_err(IntoResponse::into_response)?;
        let Path(at) = Path::<At>::from_request_parts(parts, crm).await.map_err(IntoResponse::into_response)?;
        // Whoever is a person here came by this cookie.
        let cookie = SESSION_COOKIE.get(&crm.env.settings.crm_url, &parts.headers);
        let cookie = cookie.ok_or_else(|| Problem::new(Code::Unauthorized).into_response())?;
        let module = FieldKey::try_from(at.module).map_err(|_| Problem::new(Code::NotFound).into_response())?;
        Ok(Self { crm: Arc::clone(crm), caller, context, cookie, module, id: at.id })
    }
}

impl Turn {
    fn asker(&self) -> Asker<'_> {
        Asker { caller: &self.caller, cookie: &self.cookie, context: &self.context }
    }
    fn place(&self) -> Place<'_> {
        Place { module: &self.module, id: &self.id }
    }
}

fn read<T: serde::de::DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|e| Problem::because(Code::BadRequest, format!("the body: {e}")))
}

/// Who has access to a relation, and whether the caller may change it. For who sees the relation, by the session of a browser.
#[utoipa::path(get, path = "/api/v1/records/{module}/{id}/access", tag = "access",
    params(("module" = String, Path, description = "A module with the role relation"), ("id" = String, Path, description = "The relation")),
    responses((status = 200, body = RelationAccess), (status = 401, description = "The session can't ask the provider; sign in again"),
        (status = 404, description = "Not to be seen, or no relation"), (status = 502, description = "The provider doesn't answer")))]
pub(crate) async fn list(turn: Turn) -> Result<Json<RelationAccess>, Problem> {
    Ok(Json(flow::list(&turn.crm, turn.asker(), turn.place()).await?))
}

/// Gives a person or group access.
#[utoipa::path(post, path = "/api/v1/records/{module}/{id}/access/grants", tag = "access", request_body = NewGrant,
    params(("module" = String, Path, description = "A module with the role relation"), ("id" = String, Path, description = "The relation")),
    responses((status = 201, body = Grant), (status = 403, description = "Only who manages the relation, or an administrator"),
        (status = 404, description = "Not to be seen, or no relation"), (status = 409, description = "Has a grant already"),
        (status = 422, description = "Values that don't fit; `fields` lists them")))]
pub(crate) async fn give(turn: Turn, body: Bytes) -> Result<Response, Problem> {
    let grant = flow::give(&turn.crm, turn.asker(), turn.place(), &read::<NewGrant>(&body)?).await?;
    Ok((StatusCode::CREATED, Json(grant)).into_response())
}

/// Changes a grant. Where it opens less than before, `taken` says whether that is known everywhere.
#[utoipa::path(patch, path = "/api/v1/records/{module}/{id}/access/grants/{grant}", tag = "access", request_body = GrantChange,
    params(("module" = String, Path, description = "A module with the role relation"), ("id" = String, Path, description = "The relation"),
        ("grant" = String, Path, description = "A grant of this relation")),
    responses((status = 200, body = ChangedGrant), (status = 403, description = "Only who manages the relation, or an administrator"),
        (status = 404, description = "Not to be seen, or no grant of this relation")))]
pub(crate) async fn change(
    turn: Turn,
    Path((_module, _id, grant)): Path<(String, String, String)>,
    body: Bytes,
) -> Result<Json<ChangedGrant>, Problem> {
    Ok(Json(flow::change(&turn.crm, turn.asker(), turn.place(), &grant, &read(&body)?).await?))
}

/// Takes a grant away: done, or pending at those whom the answer names.
#[utoipa::path(delete, path = "/api/v1/records/{module}/{id}/access/grants/{grant}", tag = "access",
    params(("module" = String, Path, description = "A module with the role relation"), ("id" = String, Path, description = "The relation"),
        ("grant" = String, Path, description = "A grant of this relation")),
    responses((status = 200, body = Taken), (status = 403, description = "Only who manages the relation, or an administrator"),
        (status = 404, description = "Not to be seen, or no grant of this relation")))]
pub(crate) async fn take(
    turn: Turn,
    Path((_module, _id, grant)): Path<(String, String, String)>,
) -> Result<Json<Taken>, Problem> {
    Ok(Json(flow::take(&turn.crm, turn.asker(), turn.place(), &grant).await?))
}

/// Invites the person that a record of the relation is about to a portal; a mail goes to the address in the record.
#[utoipa::path(post, path = "/api/v1/records/{module}/{id}/access/invitations", tag = "access", request_body = Invite,
    params(("module" = String, Path, description = "A module with the role relation"), ("id" = String, Path, description = "The relation")),
    responses((status = 201, body = Invitation), (status = 403, description = "Only who manages the relation, or an administrator"),
        (status = 404, description = "Not to be seen, or no relation"), (status = 409, description = "An invitation of this id says something else"),
        (status = 422, description = "Values that don't fit; `fields` lists them"), (status = 429, description = "Too many mails; Retry-After")))]
pub(crate) async fn invite(turn: Turn, body: Bytes) -> Result<Response, Problem> {
    let invitation = flow::invite(&turn.crm, turn.asker(), turn.place(), read::<Invite>(&body)?).await?;
    Ok((StatusCode::CREATED, Json(invitation)).into_response())
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/api/v1/records/{module}/{id}/access/invitations/{invitation}", tag = "access",
    params(("module" = String, Path, description = "A module with the role relation"), ("id" = String, Path, description = "The relation"),
        ("invitation" = String, Path, description = "An invitation to this relation")),
    responses((status = 200, body = Taken), (status = 403, description = "Only who manages the relation, or an administrator"),
        (status = 404, description = "Not to be seen, or no invitation to this relation")))]
pub(crate) async fn withdraw(
    turn: Turn,
    Path((_module, _id, invitation)): Path<(String, String, String)>,
) -> Result<Json<Taken>, Problem> {
    Ok(Json(flow::withdraw(&turn.crm, turn.asker(), turn.place(), &invitation).await?))
}
