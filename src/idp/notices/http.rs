//! The page behind "this wasn't me". Opening it does nothing yet: mail programs look at links before people do.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;

use super::alarm::{self, AlarmError, Seen};
use super::model::{About, What};
use super::send::{from_where, said};
use crate::idp::Idp;
use crate::kernel::clock::Timestamp;
use crate::kernel::http::Context;
use crate::kernel::http::problem::chain;
use crate::kernel::pages::{ErrorPage, Page, View, html};

/// Routes of the page.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/not-me/{token}", get(show).post(stop))
}

/// The page behind the link of a notice.
#[derive(Template)]
#[template(path = "idp/not_me.html")]
pub struct NotMePage {
    /// The request's view.
    pub view: View,
    /// What happened, in words.
    pub what: String,
    /// When.
    pub at: Timestamp,
    /// With which browser and from where; empty where that is not known.
    pub place: String,
    /// The link's secret, to post it back.
    pub token: String,
    /// Whether it is stopped.
    pub done: bool,
}

impl NotMePage {
    fn new(view: View, seen: &Seen, token: String) -> Self {
        let (what, place) = (said(&view, seen.what, &seen.about.name), from_where(&view, &seen.about));
        Self { what, place, at: seen.at, token, done: seen.used, view }
    }
}

impl Page for NotMePage {
    fn samples(view: View) -> Vec<Self> {
        let about = About { ip: Some("203.0.113.9".into()), browser: "Firefox/133.0 Linux".into(), ..About::default() };
        let seen = |what, used| Seen { what, about: about.clone(), at: view.now, used };
        vec![
            Self::new(view.clone(), &seen(What::NewDevice, false), "x".into()),
            Self::new(view.clone(), &seen(What::PasskeyAdded, true), "x".into()),
        ]
    }
}

/// The view of a page whose address is a secret: its language links lead to the start instead of back here.
fn view(idp: &Idp, headers: &HeaderMap) -> View {
    idp.env.view(headers, "/")
}

fn failed(idp: &Idp, headers: &HeaderMap, context: &Context, e: &AlarmError) -> Response {
    let view = view(idp, headers);
    match e {
        AlarmError::Void => {
            let page = ErrorPage {
                title: view.t("setpw-link-void-title"),
                text: view.t("not-me-void-text"),
                request_id: String::new(),
                href: "/recover".into(),
                action: view.t("recover-title"),
                view,
            };
            html(StatusCode::GONE, &page)
        }
        AlarmError::Db(d) if d.is_overload() => {
            html(StatusCode::SERVICE_UNAVAILABLE, &ErrorPage::new(view, "overloaded", &context.request_id))
        }
        _ => {
            tracing::error!(error = %chain(e), "an alarm failed");
            html(StatusCode::INTERNAL_SERVER_ERROR, &ErrorPage::new(view, "internal", &context.request_id))
        }
    }
}

async fn show(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(token): Path<String>) -> Response {
    match alarm::look(&idp, &token).await {
        Ok(seen) => html(StatusCode::OK, &NotMePage::new(view(&idp, &headers), &seen, token)),
        Err(e) => failed(&idp, &headers, &context, &e),
    }
}

async fn stop(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(token): Path<String>) -> Response {
    let stopped = async {
        let seen = alarm::look(&idp, &token).await?;
        alarm::stop(&idp, &context, &token).await?;
        Ok::<_, AlarmError>(Seen { used: true, ..seen })
    };
    match stopped.await {
        Ok(seen) => html(StatusCode::OK, &NotMePage::new(view(&idp, &headers), &seen, token)),
        Err(e) => failed(&idp, &headers, &context, &e),
    }
}
