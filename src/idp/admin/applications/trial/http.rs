//! The routes of a trial.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::flow;
use super::model::Wanted;
use super::pages::{form, result, try_at, usual};
use crate::idp::Idp;
use crate::idp::admin::applications::flow::AppError;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::frame::APPLICATIONS;
use crate::idp::admin::http::Desk;
use crate::idp::oidc::pushed::TRIAL;
use crate::kernel::http::{Context, Params};
use crate::kernel::pages::{Problem, html};

/// Its routes. The second is where the answer comes: a redirect address of this provider, for trials alone.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/admin/applications/{id}/try", get(ask).post(begin)).route(TRIAL, get(finish))
}

async fn ask(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let desk = match Desk::open(&idp, context, headers, &try_at(&id), None).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    match flow::tried(&idp, &id).await {
        Ok(client) => html(StatusCode::OK, &form(&desk.view, desk.frame(APPLICATIONS), &client, &usual(&client), vec![])),
        Err(e) => desk.refuse(&e),
    }
}

async fn begin(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let (desk, sent) = match Desk::posted(&idp, context, headers, &try_at(&id), &body, &[]).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let text = |name: &str| sent.get(name).unwrap_or_default().to_owned();
    let wanted = Wanted {
        scope: text("scope"),
        resource: text("resource"),
        prompt: text("prompt"),
        max_age: text("max_age"),
        acr_values: text("acr_values"),
    };
    match flow::begin(&idp, &desk.admin, &id, &wanted).await {
        Ok(to) => Redirect::to(&to).into_response(),
        Err(AppError::Admin(e)) => desk.refuse(&e),
        Err(AppError::Refused { field, why }) => match flow::tried(&idp, &id).await {
            Ok(client) => {
                let problems = vec![Problem { field, text: why }];
                let page = form(&desk.view, desk.frame(APPLICATIONS), &client, &wanted, problems);
                html(StatusCode::UNPROCESSABLE_ENTITY, &page)
            }
            Err(e) => desk.refuse(&e),
        },
    }
}

/// The answer. Its parameters stay out of the page's own address: links of the page must not carry the code.
async fn finish(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let desk = match Desk::open(&idp, context, headers, TRIAL, None).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    let Ok(answer) = Params::parse(query.unwrap_or_default().as_bytes(), &[]) else {
        return desk.refuse(&AdminError::Refused("admin-refused-try-over"));
    };
    match flow::finish(&idp, &desk.context, &desk.admin, &answer).await {
        Ok(tried) => html(StatusCode::OK, &result(&desk.view, &tried.client, &tried.steps)),
        Err(e) => desk.refuse(&e),
    }
}
