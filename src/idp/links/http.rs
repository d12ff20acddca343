//! The page behind a mailed link.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;

use super::flow::{self, LinkError};
use crate::idp::Idp;
use crate::idp::credentials::passwords::{self, Unfit};
use crate::idp::signin::http::{arrive, by_link};
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Context, Params};
use crate::kernel::pages::{ErrorPage, Page, Problem, View, html, overloaded};

/// Routes of mailed links.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/password/{token}", get(show).post(choose))
}

/// Choosing a password.
#[derive(Template)]
#[template(path = "idp/set_password.html")]
pub struct SetPasswordPage {
    /// The request's view.
    pub view: View,
    /// For whom.
    pub email: String,
    /// The link's secret, to post it back.
    pub token: String,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl SetPasswordPage {
    fn error(&self, field: &str) -> &str {
        self.problems.iter().find(|p| p.field == field).map_or("", |p| p.text.as_str())
    }
}

impl Page for SetPasswordPage {
    fn samples(view: View) -> Vec<Self> {
        let short = Problem { field: "password".into(), text: view.t1("setpw-too-short", "count", passwords::MIN as u64) };
        let page = |problems| Self { view: view.clone(), email: "mila@example.com".into(), token: "x".into(), problems };
        vec![page(vec![]), page(vec![short])]
    }
}

/// The view of a page whose address is a secret: its language links lead to the start instead of back here.
fn view(idp: &Idp, headers: &HeaderMap) -> View {
    idp.env.view(headers, "/")
}

fn failed(idp: &Idp, headers: &HeaderMap, context: &Context, e: &LinkError) -> Response {
    let view = view(idp, headers);
    match e {
        e if e.is_overload() => overloaded(view, &context.request_id, passwords::RETRY),
        LinkError::Void | LinkError::Password(Unfit::Refused(_)) => {
            let page = ErrorPage {
                title: view.t("setpw-link-void-title"),
                text: view.t("setpw-link-void-text"),
                request_id: String::new(),
                href: "/signin".into(),
                action: view.t("signin-submit"),
                view,
            };
            html(StatusCode::GONE, &page)
        }
        _ => {
            tracing::error!(error = %chain(e), "choosing a password failed");
            html(StatusCode::INTERNAL_SERVER_ERROR, &ErrorPage::new(view, "internal", &context.request_id))
        }
    }
}

async fn show(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(token): Path<String>) -> Response {
    match flow::person_of(&idp, &token).await {
        Ok(person) => {
            let page = SetPasswordPage { view: view(&idp, &headers), email: person.email, token, problems: vec![] };
            html(StatusCode::OK, &page)
        }
        Err(e) => failed(&idp, &headers, &context, &e),
    }
}

async fn choose(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(token): Path<String>,
    body: Bytes,
) -> Response {
    let person = match flow::person_of(&idp, &token).await {
        Ok(person) => person,
        Err(e) => return failed(&idp, &headers, &context, &e),
    };
    let mut page = SetPasswordPage { view: view(&idp, &headers), email: person.email, token, problems: vec![] };
    let params = Params::parse(&body, &[]).unwrap_or_default();
    let password = match passwords::typed(&params, &page.view) {
        Ok(password) => password,
        Err(problem) => {
            page.problems.push(problem);
            return html(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let begins = match by_link(&idp, &context, &headers) {
        Ok(begins) => begins,
        Err(e) => return failed(&idp, &headers, &context, &e.into()),
    };
    match flow::choose(&idp, &context, &page.token, password, (begins.ready, begins.id)).await {
        Ok(taken) => arrive(&idp, &context, &headers, begins.token, taken).await.unwrap_or_else(|answer| answer),
        Err(LinkError::Password(Unfit::Refused(refused))) => {
            page.problems.push(refused.problem(&page.view));
            html(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(e) => failed(&idp, &headers, &context, &e),
    }
}
