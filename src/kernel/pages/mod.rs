//! Pages: texts in four languages, dates and numbers, layouts, parts, and the files that pages bring along.
//! Owns what all pages share. Does not own any page of a half: those lie with their folder, extend
//! `templates/kernel/layout_narrow.html` or `templates/crm/layout_app.html`, and implement [`Page`].

mod assets;
mod check;
mod format;
mod lang;
mod parts;
mod switches;
mod texts;
mod view;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

pub use assets::assets;
pub use check::{Sample, problems, samples};
pub use format::number;
pub use lang::{Lang, Theme};
pub use parts::{Choice, ErrorPage, NavItem, PartsPage, Problem};
pub use switches::{LANG_COOKIE, THEME_COOKIE, asked_language, local, preferences, switches};
pub use texts::{Arg, Difference, TextError, Texts};
pub use view::{Switch, View};

/// Every icon of the sprite.
pub const ICONS: [&str; 43] = [
    "overview",
    "relation",
    "contact",
    "delivery",
    "quote",
    "activity",
    "note",
    "document",
    "search",
    "lock",
    "shield",
    "check",
    "x",
    "alert",
    "info",
    "clock",
    "mail",
    "phone",
    "send",
    "key",
    "log-out",
    "user",
    "settings",
    "plus",
    "pencil",
    "arrow-right",
    "arrow-left",
    "chevron-right",
    "chevron-down",
    "external-link",
    "history",
    "sun",
    "moon",
    "monitor",
    "menu",
    "download",
    "printer",
    "filter",
    "smartphone",
    "trash",
    "more",
    "star",
    "seal",
];

/// A whole page. Each page lists samples of itself in all the states that it can be in; the test of all pages renders
/// them in every language and fails on a text that is missing.
pub trait Page: askama::Template + Sized {
    /// The page in each of its states, for `view`.
    fn samples(view: View) -> Vec<Self>;
}

/// The answer to whom there is no room for now: the page says so, and Retry-After when to come back, in seconds.
pub fn overloaded(view: View, request_id: &str, retry: u64) -> Response {
    let mut answer = html(StatusCode::SERVICE_UNAVAILABLE, &ErrorPage::new(view, "overloaded", request_id));
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry));
    answer
}

/// The answer that shows `page`. Nothing of a page is ever kept by a cache.
pub fn html(status: StatusCode, page: &impl Page) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    match page.render() {
        Ok(text) => (status, headers, text).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
