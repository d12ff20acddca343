//! The routes of a trial.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;

use super::flow;
use super::model::Wanted;
use super::pages::{form, result, try_at, usual};
use crate::idp::Idp;
use crate::idp::admin::applications::flow::AppError;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::frame::APPLICATIONS;
use crate::idp::admin::visit::{Answer, Visit};
use crate::idp::oidc::pushed::TRIAL;
use crate::kernel::http::Params;
use crate::kernel::pages::{Problem, html};

/// Its routes. The second is where the answer comes: a redirect address of this provider, for trials alone.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/admin/applications/{id}/try", get(ask).post(begin)).route(TRIAL, get(finish))
}

async fn ask(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&try_at(&id)).await?;
    let client = flow::tried(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &form(&desk.view, desk.frame(APPLICATIONS), &client, &usual(&client), vec![])))
}

async fn begin(Path(id): Path<String>, visit: Visit) -> Answer {
    let (desk, sent) = visit.form(&try_at(&id)).await?;
    let text = |name: &str| sent.get(name).unwrap_or_default().to_owned();
    let wanted = Wanted {
        scope: text("scope"),
        resource: text("resource"),
        prompt: text("prompt"),
        max_age: text("max_age"),
        acr_values: text("acr_values"),
    };
    match flow::begin(&desk.idp, &desk.admin, &id, &wanted).await {
        Ok(to) => Ok(Redirect::to(&to).into_response()),
        Err(AppError::Admin(e)) => Err(desk.refuse(&e)),
        Err(AppError::Refused { field, why }) => {
            let client = flow::tried(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?;
            let problems = vec![Problem { field, text: why }];
            let page = form(&desk.view, desk.frame(APPLICATIONS), &client, &wanted, problems);
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

/// The answer. Its parameters stay out of the page's own address: links of the page must not carry the code.
async fn finish(mut visit: Visit) -> Answer {
    let query = visit.query.take().unwrap_or_default();
    let desk = visit.desk(TRIAL).await?;
    let over = |_| desk.refuse(&AdminError::Refused("admin-refused-try-over"));
    let answer = Params::parse(query.as_bytes(), &[]).map_err(over)?;
    let tried = flow::finish(&desk.idp, &desk.context, &desk.admin, &answer).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &result(&desk.view, &tried.client, &tried.steps)))
}
