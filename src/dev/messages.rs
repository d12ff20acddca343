//! What was captured, as a page for people and as JSON for those who drive the program from outside.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;

use super::{Captured, Kept};

#[derive(Template)]
#[template(path = "dev/messages.html")]
struct MessagesPage {
    messages: Vec<Kept>,
}

impl Kept {
    /// The text in lines, and each of them in words and what stands between; whoever reads it here wants to follow its links.
    fn lines(&self) -> impl Iterator<Item = impl Iterator<Item = (&str, bool)>> {
        self.text.lines().map(|l| l.split_inclusive(' ').map(|w| (w, w.starts_with("http://") || w.starts_with("https://"))))
    }
}

#[derive(Deserialize)]
struct Wish {
    format: Option<String>,
}

pub(super) fn router(captured: Captured) -> Router {
    Router::new().route("/dev/messages", get(messages)).with_state(captured)
}

async fn messages(State(captured): State<Captured>, Query(wish): Query<Wish>, headers: HeaderMap) -> Response {
    let messages = captured.list();
    let unstored = [(header::CACHE_CONTROL, "no-store"), (header::VARY, "Accept")];
    if wish.format.as_deref().map_or_else(|| prefers_json(&headers), |f| f == "json") {
        return (unstored, Json(messages)).into_response();
    }
    match (MessagesPage { messages }).render() {
        Ok(page) => (unstored, Html(page)).into_response(),
        Err(e) => {
            tracing::error!(error = %e, "the page of messages");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A browser names `text/html`; whoever names only JSON gets JSON.
fn prefers_json(headers: &HeaderMap) -> bool {
    let accepts = |what: &str| {
        headers.get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok()).any(|v| v.to_ascii_lowercase().contains(what))
    };
    accepts("application/json") && !accepts("text/html")
}
