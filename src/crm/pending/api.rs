//! Changes that wait, for programs (V13). Owns `/api/v1/pending`, the answer 202 to a change that needs codes, and the
//! problems of both.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::apply::Ended;
use super::client::CallError;
use super::confirm::{self, Tried};
use super::model::PendingError;
use super::wire::{ConfirmIn, PendingOut, WhichIn};
use super::{read, seals};
use crate::crm::Crm;
use crate::crm::auth::{Anyone, Caller, Visit};
use crate::crm::records::model::{ReadError, WriteError};
use crate::kernel::http::{Code, Params, Problem};
use crate::kernel::pages::View;

/// The routes; with a token or a page's cookie.
pub fn routes() -> Router<Arc<Crm>> {
    Router::new()
        .route("/api/v1/pending", get(list))
        .route("/api/v1/pending/{id}", get(show))
        .route("/api/v1/pending/{id}/confirm", post(enter))
        .route("/api/v1/pending/{id}/resend", post(resend))
        .route("/api/v1/pending/{id}/cancel", post(cancel))
        .route("/api/v1/receipts/{id}", get(receipt))
}

type App = State<Arc<Crm>>;

impl From<PendingError> for Problem {
    fn from(e: PendingError) -> Self {
        let text = e.to_string();
        match e {
            PendingError::Db(e) | PendingError::Write(WriteError::Db(e)) | PendingError::Read(ReadError::Db(e)) => e.into(),
            PendingError::Access(e) => e.into(),
            PendingError::NotFound | PendingError::Write(WriteError::NotFound) => Self::new(Code::NotFound),
            PendingError::NotYours => Self::because(Code::Forbidden, text),
            PendingError::Write(WriteError::Forbidden(code)) => Self::because(Code::Forbidden, text).with("reason", code),
            PendingError::Write(WriteError::Conflict { current }) => Self::because(Code::Conflict, text).with("version", current),
            PendingError::Write(WriteError::IdempotencyKey) => Self::new(Code::IdempotencyMismatch),
            PendingError::Write(WriteError::Invalid(fields)) => {
                let fields: serde_json::Map<_, _> = fields.iter().map(|f| (f.field.to_string(), f.code.into())).collect();
                Self::new(Code::InvalidField).with("fields", fields)
            }
            PendingError::Refused(why) => Self::because(Code::Conflict, text).with("reason", why.code()),
            PendingError::Over => Self::because(Code::Gone, text),
            PendingError::WhichRule | PendingError::Malformed => Self::because(Code::BadRequest, text),
            PendingError::Call(CallError::Refused { status: 429, retry_after, .. }) => {
                let refused = Self::because(Code::TooMany, "nothing was sent; Retry-After says when it can be");
                refused.retry(retry_after.unwrap_or(60))
            }
            PendingError::Call(CallError::Refused { status: 409 | 410, .. }) => {
                Self::because(Code::Gone, "nothing was sent; there is no further message")
            }
            PendingError::Call(e) if e.status() == Some(403) => {
                Self::because(Code::Forbidden, "what the token was issued for doesn't stand at the provider")
            }
            PendingError::Call(e) if e.is_temporary() => Self::new(Code::Upstream).retry(5),
            e @ (PendingError::Call(_) | PendingError::Jose(_) | PendingError::Root(_) | PendingError::Read(_)) => {
                Self::internal(&e)
            }
        }
    }
}

/// The answer 202 to a change that waits for codes: the pending change with its challenges, and its address.
pub async fn held_response(crm: &Arc<Crm>, view: &View, caller: &Caller, pending: &str) -> Result<Response, PendingError> {
    let found = read::read(crm, caller, view, pending, false).await?;
    let place = HeaderValue::try_from(crm.env.settings.crm_url.at(&format!("/api/v1/pending/{}", found.id)));
    let mut answer = (StatusCode::ACCEPTED, Json(PendingOut::from(&found))).into_response();
    if let Ok(place) = place {
        answer.headers_mut().insert(header::LOCATION, place);
    }
    Ok(answer)
}

/// The caller's changes that wait; with `all=true` those of everyone whose records he manages.
#[utoipa::path(get, path = "/api/v1/pending", tag = "pending", params(("all" = Option<bool>, Query, description = "Those of others too")),
    responses((status = 200, description = "`pending`: a list of them")))]
pub(crate) async fn list(
    State(crm): App,
    visit: Visit,
    Anyone(caller): Anyone,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let bad = |why: &str| Problem::because(Code::BadRequest, why);
    let params = Params::parse(query.unwrap_or_default().as_bytes(), &[]).map_err(|e| bad(&e.to_string()))?;
    let all = match params.get("all") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(bad("all is true or false")),
    };
    let found = read::waiting_of(&crm, &caller, &visit.view_for(&caller), all).await?;
    Ok(Json(json!({"pending": found.iter().map(PendingOut::from).collect::<Vec<_>>()})))
}

/// How a change that waits stands now.
#[utoipa::path(get, path = "/api/v1/pending/{id}", tag = "pending", params(("id" = String, Path, description = "The pending change")), 
    responses((status = 200, body = PendingOut), (status = 404, description = "Not to be seen")))]
pub(crate) async fn show(
    State(crm): App,
    visit: Visit,
    Anyone(caller): Anyone,
    Path(id): Path<String>,
) -> Result<Json<PendingOut>, Problem> {
    Ok(Json((&read::read(&crm, &caller, &visit.view_for(&caller), &id, true).await?).into()))
}

/// What is wrong with a body is said without repeating any of it: a code may be in it.
fn parse<T: serde::de::DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|e| {
        Problem::because(Code::BadRequest, format!("the body can't be read at line {}, column {}", e.line(), e.column()))
    })
}

/// Enters a code. When it is the last one that was missing, the change is made at once.
#[utoipa::path(post, path = "/api/v1/pending/{id}/confirm", tag = "pending", request_body = ConfirmIn, params(("id" = String, Path, description = "The pending change")), 
    responses((status = 200, description = "Applied: `record` and `version`"), (status = 202, body = PendingOut, description = "Right; more codes are needed"),
        (status = 409, description = "Void; `reason` says why, and the record is unchanged"), (status = 410, description = "The code has expired"),
        (status = 422, description = "Wrong; `attempts_left`"), (status = 429, description = "No tries are left")))]
pub(crate) async fn enter(
    State(crm): App,
    visit: Visit,
    Anyone(caller): Anyone,
    Path(id): Path<String>,
    sent: Bytes,
) -> Result<Response, Problem> {
    let ConfirmIn { code, rule, attempt } = parse(&sent)?;
    let attempt = attempt.unwrap_or_else(|| crm.env.id());
    let tried = confirm::confirm(&crm, &caller, &visit.context, (&id, rule.as_deref()), &attempt, code).await?;
    let refused = |code, reason: &str| Problem::new(code).with("reason", reason);
    match tried {
        Tried::Ended(Ended::Applied { module, record, version }) => {
            let body = json!({"state": "applied", "module": module, "record": record, "version": version});
            Ok(Json(body).into_response())
        }
        Tried::Ended(Ended::Void(reason)) => {
            Err(Problem::because(Code::Conflict, "the change is void and the record unchanged").with("reason", reason.as_str()))
        }
        Tried::Ended(Ended::Waiting) | Tried::Next => {
            let found = read::read(&crm, &caller, &visit.view_for(&caller), &id, false).await?;
            Ok((StatusCode::ACCEPTED, Json(PendingOut::from(&found))).into_response())
        }
        Tried::Wrong(left) => Err(refused(Code::InvalidField, "wrong").with("attempts_left", left)),
        Tried::Expired => Err(refused(Code::Gone, "expired")),
        Tried::Exhausted(at) => {
            let problem = refused(Code::TooMany, "exhausted");
            Err(match at {
                Some(at) => problem.retry(crm.env.now().until(at).as_secs()),
                None => problem,
            })
        }
    }
}

/// Has another message sent.
#[utoipa::path(post, path = "/api/v1/pending/{id}/resend", tag = "pending", request_body = WhichIn, params(("id" = String, Path, description = "The pending change")), 
    responses((status = 202, body = PendingOut), (status = 410, description = "There is no further message"), (status = 429, description = "Too soon; Retry-After")))]
pub(crate) async fn resend(
    State(crm): App,
    visit: Visit,
    Anyone(caller): Anyone,
    Path(id): Path<String>,
    sent: Bytes,
) -> Result<Response, Problem> {
    let WhichIn { rule } = if sent.is_empty() { WhichIn::default() } else { parse(&sent)? };
    confirm::resend(&crm, &caller, &id, rule.as_deref()).await?;
    let found = read::read(&crm, &caller, &visit.view_for(&caller), &id, false).await?;
    Ok((StatusCode::ACCEPTED, Json(PendingOut::from(&found))).into_response())
}

/// Gives a change up.
#[utoipa::path(post, path = "/api/v1/pending/{id}/cancel", tag = "pending", params(("id" = String, Path, description = "The pending change")), 
    responses((status = 200, body = PendingOut), (status = 404, description = "Not to be seen")))]
pub(crate) async fn cancel(
    State(crm): App,
    visit: Visit,
    Anyone(caller): Anyone,
    Path(id): Path<String>,
) -> Result<Json<PendingOut>, Problem> {
    confirm::cancel(&crm, &caller, &visit.context, &id).await?;
    Ok(Json((&read::read(&crm, &caller, &visit.view_for(&caller), &id, false).await?).into()))
}

/// The receipt of a change that was confirmed, with the values that the caller may see.
#[utoipa::path(get, path = "/api/v1/receipts/{id}", tag = "pending", params(("id" = String, Path, description = "The receipt")),
    responses((status = 200, description = "`sd_jwt` is the receipt itself (RFC 9901)"), (status = 404, description = "Not to be seen")))]
pub(crate) async fn receipt(State(crm): App, Anyone(caller): Anyone, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let held = seals::receipt(&crm, &crm.viewer(&caller), &id).await?;
    Ok(Json(json!({
        "id": held.seal.receipt,
        "module": held.module,
        "record": held.record,
        "version": held.seal.version,
        "sequence": held.seal.sequence,
        "confirmed_by": held.seal.confirmed_by,
        "channel": held.seal.channel,
        "confirmed_at": held.seal.confirmed_at.rfc3339(),
        "url": held.seal.url,
        "sd_jwt": held.sd_jwt.to_string(),
    })))
}
