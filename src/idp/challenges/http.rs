//! The API of challenges, for record stores with a token of their own.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::de::DeserializeOwned;

use super::confirm;
use super::flow::{self, ChallengeError, Created, Resent};
use crate::contract::challenge::{
    ChallengeState, ConfirmAnswer, ConfirmRequest, CreateChallenge, FieldError, PendingState, SCOPE, VoidRequest,
};
use crate::idp::bearer::Brings;
use crate::idp::{Idp, bearer};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::http::{Code, Context, Presented, Problem};

/// Routes of challenges.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/api/challenges", post(create))
        .route("/api/challenges/{id}", get(show))
        .route("/api/challenges/{id}/resend", post(resend))
        .route("/api/challenges/{id}/confirm", post(confirm_code))
        .route("/api/challenges/{id}/void", post(void))
        .route("/api/pending/{pending}", get(pending))
}

impl From<ChallengeError> for Problem {
    fn from(e: ChallengeError) -> Self {
        match e {
            ChallengeError::Db(e) => e.into(),
            ChallengeError::NotFound => Self::new(Code::NotFound),
            ChallengeError::Actor => Self::because(Code::Forbidden, e.to_string()),
            ChallengeError::Conflict(why) => Self::because(Code::Conflict, why),
            ChallengeError::Root(_) | ChallengeError::Jose(_) | ChallengeError::Keys(_) => Self::internal(&e),
        }
    }
}

/// The client of a request, after its token was checked.
pub(crate) async fn client(idp: &Idp, brought: &impl Brings) -> Result<String, Problem> {
    Ok(bearer::client(idp, brought, SCOPE).await?.claims().client_id.clone())
}

/// A body as `T`. What is wrong with it is said without repeating any of it: a code may be in it.
pub(crate) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|e| {
        let why = match e.classify() {
            serde_json::error::Category::Data => "a member is missing, unknown or of the wrong type",
            _ => "the body isn't JSON",
        };
        Problem::because(Code::BadRequest, format!("{why} (line {}, column {})", e.line(), e.column()))
    })
}

fn bounded(checked: Result<(), Vec<FieldError>>) -> Result<(), Problem> {
    checked.map_err(|errors| {
        let fields: serde_json::Map<_, _> = errors.iter().map(|e| (e.field.to_owned(), e.reason.into())).collect();
        Problem::new(Code::InvalidField).with("fields", fields)
    })
}

fn seconds(now: Timestamp, until: Timestamp) -> u64 {
    now.until(until).as_millis().div_ceil(1000) as u64
}

async fn create(State(idp): State<Arc<Idp>>, context: Context, presented: Presented, body: Bytes) -> Result<Response, Problem> {
    let client = client(&idp, &presented).await?;
    let request: CreateChallenge = read(&body)?;
    bounded(request.check())?;
    match flow::create(&idp, &client, &request, Actor::on(&context)).await? {
        Created::New(state) => Ok((StatusCode::CREATED, Json(state)).into_response()),
        Created::Same(state) => Ok(Json(state).into_response()),
        Created::Mismatch => {
            Err(Problem::because(Code::IdempotencyMismatch, "a challenge of this pending change says something else"))
        }
        Created::Actor => Err(ChallengeError::Actor.into()),
        Created::Limited(until) => Err(Problem::new(Code::TooMany).retry(seconds(idp.env.now(), until))),
    }
}

async fn show(
    State(idp): State<Arc<Idp>>,
    presented: Presented,
    Path(id): Path<String>,
) -> Result<Json<ChallengeState>, Problem> {
    let client = client(&idp, &presented).await?;
    Ok(Json(flow::state(&idp, &client, &id).await?))
}

async fn pending(
    State(idp): State<Arc<Idp>>,
    presented: Presented,
    Path(id): Path<String>,
) -> Result<Json<PendingState>, Problem> {
    let client = client(&idp, &presented).await?;
    Ok(Json(flow::pending(&idp, &client, &id).await?))
}

async fn resend(
    State(idp): State<Arc<Idp>>,
    context: Context,
    presented: Presented,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let client = client(&idp, &presented).await?;
    let refused = |code, why: &str, state: &ChallengeState| {
        let problem = Problem::because(code, why);
        match serde_json::to_value(state) {
            Ok(value) => problem.with("challenge", value),
            Err(_) => problem,
        }
    };
    match flow::resend(&idp, &client, &id, Actor::on(&context)).await? {
        Resent::Done(state) => Ok((StatusCode::ACCEPTED, Json(state)).into_response()),
        Resent::Later(at, state) => {
            let wait = seconds(idp.env.now(), at);
            Err(refused(Code::TooMany, "nothing was sent; the next message is possible later", &state).retry(wait))
        }
        Resent::Never(state) => Err(refused(Code::Gone, "nothing was sent; there is no further message", &state)),
        Resent::Closed(state) => Err(refused(Code::Conflict, "it no longer waits for a code", &state)),
    }
}

async fn confirm_code(
    State(idp): State<Arc<Idp>>,
    context: Context,
    presented: Presented,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<ConfirmAnswer>, Problem> {
    // Before anything that takes time: it decides whether the code came before its expiry.
    let arrived = idp.env.now();
    let client = client(&idp, &presented).await?;
    let request: ConfirmRequest = read(&body)?;
    bounded(request.check())?;
    Ok(Json(confirm::confirm(&idp, &client, &id, request, Actor::on(&context), arrived).await?))
}

async fn void(
    State(idp): State<Arc<Idp>>,
    context: Context,
    presented: Presented,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<ChallengeState>, Problem> {
    let client = client(&idp, &presented).await?;
    let request: VoidRequest = read(&body)?;
    Ok(Json(flow::void(&idp, &client, &id, request.reason, Actor::on(&context)).await?))
}
