//! Signing in with a passkey: what the page's script asks, and where its answer goes. Which step of the sign-in it is decides whose
//! passkey may answer: of someone known, his; before that, that of whoever comes.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use super::said;
use crate::idp::Idp;
use crate::idp::factors::flow::signin::{self as shown, Came};
use crate::idp::factors::flow::{FactorError, passkeys};
use crate::idp::signin::http::{self as signin, Answer};
use crate::kernel::http::{Code, Context, Params, Problem as Refusal};
use crate::kernel::pages::{ErrorPage, Problem, html};

pub(super) fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/signin/passkey", get(|| async { Redirect::to("/signin") }).post(show))
        .route("/signin/passkey/options", post(options))
}

/// What the browser is to be asked.
async fn options(State(idp): State<Arc<Idp>>, headers: HeaderMap) -> Result<Response, Refusal> {
    let token = signin::cookie(&idp, &headers).ok_or(Refusal::new(Code::Gone))?;
    let asked = shown::asked(&idp, &token).await.map_err(|e| Refusal::internal(&e))?.ok_or(Refusal::new(Code::Gone))?;
    let challenge = match &asked.person {
        Some(person) => passkeys::ask(&idp, &asked.owner, person).await?,
        None => passkeys::ask_anyone(&idp, &asked.owner).await?,
    };
    Ok(Json(json!({ "id": challenge.id, "options": challenge.options })).into_response())
}

/// Takes the answer: a factor like any other.
async fn show(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Answer {
    let ready = signin::ready(&idp, &context, &headers).map_err(|r| *r)?;
    let view = idp.env.view(&headers, "/signin");
    let params = Params::parse(&body, &[]).unwrap_or_default();
    let (challenge, answer) = (params.get("challenge").unwrap_or_default(), params.get("credential").unwrap_or_default());
    let token = signin::cookie(&idp, &headers).unwrap_or_default();
    let refused = match shown::take(&idp, &token, ready, challenge, answer).await {
        Ok(Came::Taken(taken)) => return signin::lead(&idp, &context, &headers, taken).await,
        Ok(Came::Refused(why)) => why,
        Err(FactorError::Gone) => return Err(signin::gone(&idp, &headers)),
        Err(FactorError::Db(e)) => return Err(signin::broken(&idp, &headers, &context, &e.into())),
        Err(e) => {
            tracing::error!(error = %crate::kernel::http::problem::chain(&e), "a sign-in with a passkey failed");
            let page = ErrorPage::new(view, "internal", &context.request_id);
            return Err(html(StatusCode::INTERNAL_SERVER_ERROR, &page));
        }
    };
    let problems = vec![Problem { field: String::new(), text: view.t(said(refused)) }];
    signin::page(&idp, &context, &headers, StatusCode::UNPROCESSABLE_ENTITY, String::new(), problems, false).await
}
