//! The page on which someone asks for another address, and the one behind the links that prove both.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::flow::{self, AddressError, Outcome, Seen};
use super::model::Side;
use super::{send, store};
use crate::idp::Idp;
use crate::idp::account::flow::Own;
use crate::idp::account::frame::{Here, Section, Tab, broken, enter, fresh, tabs};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::DbError;
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Context, Params};
use crate::kernel::pages::{ErrorPage, Page, Problem, View, html};

/// Where one asks.
const EMAIL_PAGE: &str = "/account/email";

/// Routes of the pages.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route(EMAIL_PAGE, get(form).post(ask))
        .route("/account/email/cancel", post(cancel))
        .route("/address/{token}", get(show).post(prove))
}

/// A change that waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The new address.
    pub address: String,
    /// Until when.
    pub until: Timestamp,
    /// Whether the present address is proven.
    pub old: bool,
    /// Whether the new one is.
    pub new: bool,
}

/// Asking for another address.
#[derive(Template)]
#[template(path = "idp/account_email.html")]
pub struct EmailPage {
    /// The request's view.
    pub view: View,
    /// The navigation.
    pub tabs: Vec<Tab>,
    /// The present address.
    pub email: String,
    /// What was typed.
    pub typed: String,
    /// What waits for proof.
    pub waiting: Option<Waiting>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl EmailPage {
    fn error(&self) -> &str {
        self.problems.first().map_or("", |p| p.text.as_str())
    }
}

impl Page for EmailPage {
    fn samples(view: View) -> Vec<Self> {
        let page = |waiting, typed: &str, problems| Self {
            tabs: tabs(&view, Section::Overview),
            email: "daan@example.com".into(),
            typed: typed.into(),
            waiting,
            problems,
            view: view.clone(),
        };
        let waiting = Waiting { address: "daan@visser.example".into(), until: view.now, old: true, new: false };
        let bad = Problem { field: "email".into(), text: view.t("form-email-invalid") };
        vec![page(None, "", vec![]), page(Some(waiting), "", vec![]), page(None, "a@b@c", vec![bad])]
    }
}

/// What the page behind a link shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A button that proves this side.
    Ask,
    /// That the other side is missing.
    Waiting,
    /// That the new address signs in.
    Changed,
    /// That it is somebody else's by now.
    Taken,
}

/// The page behind a link.
#[derive(Template)]
#[template(path = "idp/address.html")]
pub struct AddressPage {
    /// The request's view.
    pub view: View,
    /// What it shows.
    pub shown: Shown,
    /// Whether the link is that of the present address.
    pub old: bool,
    /// The present address.
    pub present: String,
    /// The new one.
    pub address: String,
    /// The link's secret, to post it back.
    pub token: String,
}

impl AddressPage {
    fn new(view: View, shown: Shown, seen: Seen, token: String) -> Self {
        Self { view, shown, old: seen.side == Side::Old, present: seen.present, address: seen.address, token }
    }
}

impl Page for AddressPage {
    fn samples(view: View) -> Vec<Self> {
        let page = |shown, old| Self {
            view: view.clone(),
            shown,
            old,
            present: "daan@example.com".into(),
            address: "daan@visser.example".into(),
            token: "x".into(),
        };
        vec![
            page(Shown::Ask, true),
            page(Shown::Ask, false),
            page(Shown::Waiting, true),
            page(Shown::Waiting, false),
            page(Shown::Changed, false),
            page(Shown::Taken, false),
        ]
    }
}

type Answer = Result<Response, Response>;

async fn waiting(idp: &Idp, person: &str) -> Result<Option<Waiting>, DbError> {
    let change = store::open_of(&mut idp.db.snapshot().await?.tx(), person, idp.env.now()).await?;
    Ok(change.and_then(|c| {
        let address = send::opened(&idp.env.root, &c.id, &c.sealed).ok()?;
        Some(Waiting { address, until: c.expires_at, old: c.old_at.is_some() || c.asked_by.is_some(), new: c.new_at.is_some() })
    }))
}

async fn page(idp: &Idp, here: Here, typed: &str, problems: Vec<Problem>) -> Result<EmailPage, DbError> {
    let waiting = waiting(idp, &here.person.id).await?;
    let tabs = tabs(&here.view, Section::Overview);
    Ok(EmailPage { tabs, email: here.person.email, typed: typed.to_owned(), waiting, problems, view: here.view })
}

async fn form(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, RawQuery(_): RawQuery) -> Answer {
    let here = enter(&idp, &context, &headers, EMAIL_PAGE).await?;
    let page = page(&idp, here, "", vec![]).await.map_err(|e| broken(&idp, &context, &headers, &e))?;
    Ok(html(StatusCode::OK, &page))
}

async fn ask(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Answer {
    let here = enter(&idp, &context, &headers, EMAIL_PAGE).await?;
    // Case 21: where codes and links go is a factor of its own.
    fresh(&idp, &context, &headers, &here, EMAIL_PAGE).await?;
    let params = Params::parse(&body, &[]).unwrap_or_default();
    let typed: String = params.get("email").unwrap_or_default().chars().take(254).collect();
    let own = Own::new(&idp, &here.person.id, here.actor(&context));
    let (status, text) = match flow::ask(&idp, own, &typed, None).await {
        Ok(()) => return Ok(Redirect::to(EMAIL_PAGE).into_response()),
        Err(AddressError::Invalid) => (StatusCode::UNPROCESSABLE_ENTITY, here.view.t("form-email-invalid")),
        Err(AddressError::Same) => (StatusCode::UNPROCESSABLE_ENTITY, here.view.t("account-email-same")),
        Err(AddressError::TooMany(until)) => {
            (StatusCode::TOO_MANY_REQUESTS, here.view.t1("account-email-too-many", "time", here.view.date_time(until)))
        }
        Err(e) => return Err(failed(&idp, &headers, &context, &e)),
    };
    let problems = vec![Problem { field: "email".into(), text }];
    let page = page(&idp, here, &typed, problems).await.map_err(|e| broken(&idp, &context, &headers, &e))?;
    Ok(html(status, &page))
}

async fn cancel(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Answer {
    let here = enter(&idp, &context, &headers, EMAIL_PAGE).await?;
    let own = Own::new(&idp, &here.person.id, here.actor(&context));
    flow::give_up(&idp, own).await.map_err(|e| failed(&idp, &headers, &context, &e))?;
    Ok(Redirect::to(EMAIL_PAGE).into_response())
}

/// The view of a page whose address is a secret: its language links lead to the start instead of back here.
fn view(idp: &Idp, headers: &HeaderMap) -> View {
    idp.env.view(headers, "/")
}

fn failed(idp: &Idp, headers: &HeaderMap, context: &Context, e: &AddressError) -> Response {
    let view = view(idp, headers);
    match e {
        AddressError::Db(d) => broken(idp, context, headers, d),
        AddressError::Root(_) => {
            tracing::error!(error = %chain(e), "a change of address failed");
            html(StatusCode::INTERNAL_SERVER_ERROR, &ErrorPage::new(view, "internal", &context.request_id))
        }
        _ => {
            let page = ErrorPage {
                title: view.t("setpw-link-void-title"),
                text: view.t("address-void-text"),
                request_id: String::new(),
                href: EMAIL_PAGE.into(),
                action: view.t("account-email-change"),
                view,
            };
            html(StatusCode::GONE, &page)
        }
    }
}

async fn show(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(token): Path<String>) -> Answer {
    let seen = flow::look(&idp, &token).await.map_err(|e| failed(&idp, &headers, &context, &e))?;
    let shown = if seen.change.has(seen.side) { Shown::Waiting } else { Shown::Ask };
    Ok(html(StatusCode::OK, &AddressPage::new(view(&idp, &headers), shown, seen, token)))
}

async fn prove(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(token): Path<String>) -> Answer {
    let seen = flow::look(&idp, &token).await.map_err(|e| failed(&idp, &headers, &context, &e))?;
    let outcome = flow::prove(&idp, &context, &token).await.map_err(|e| failed(&idp, &headers, &context, &e))?;
    let shown = match outcome {
        Outcome::Waiting => Shown::Waiting,
        Outcome::Changed => Shown::Changed,
        Outcome::Taken => Shown::Taken,
    };
    Ok(html(StatusCode::OK, &AddressPage::new(view(&idp, &headers), shown, seen, token)))
}
