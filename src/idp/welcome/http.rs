//! The pages of becoming a person here.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;

use super::accept::{self, AcceptError};
use super::flow::{self, WelcomeError};
use super::model::{Kind, Policy, Whom};
use crate::idp::Idp;
use crate::idp::credentials::passwords::{self, Unfit};
use crate::idp::signin::http::{arrive, by_link};
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Context, Params};
use crate::kernel::pages::{Choice, ErrorPage, Lang, Page, Problem, View, html, overloaded};

/// Routes of the pages.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/register", get(form).post(register)).route("/welcome/{token}", get(show).post(choose))
}

/// Registering.
#[derive(Template)]
#[template(path = "idp/register.html")]
pub struct RegisterPage {
    /// The request's view.
    pub view: View,
    /// What was typed.
    pub email: String,
    /// What was typed.
    pub name: String,
    /// Languages.
    pub languages: Vec<Choice>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Whether a mail is on its way.
    pub sent: bool,
}

impl RegisterPage {
    fn new(view: View, whom: &Whom, problems: Vec<Problem>, sent: bool) -> Self {
        let choice = |l: Lang| Choice { value: l.code().into(), label: l.name().into(), current: l.code() == whom.language };
        let languages = Lang::ALL.map(choice).into();
        Self { view, email: whom.email.clone(), name: whom.name.clone(), languages, problems, sent }
    }
    fn error(&self, field: &str) -> &str {
        self.problems.iter().find(|p| p.field == field).map_or("", |p| p.text.as_str())
    }
}

impl Page for RegisterPage {
    fn samples(view: View) -> Vec<Self> {
        let whom = Whom { email: "eva@example.com".into(), name: "Eva Jansen".into(), language: "nl".into() };
        let bad = Problem { field: "email".into(), text: view.t("register-domain") };
        vec![
            Self::new(view.clone(), &Whom { email: String::new(), name: String::new(), language: "en".into() }, vec![], false),
            Self::new(view.clone(), &whom, vec![bad], false),
            Self::new(view, &whom, vec![], true),
        ]
    }
}

/// The page behind a link.
#[derive(Template)]
#[template(path = "idp/welcome.html")]
pub struct WelcomePage {
    /// The request's view.
    pub view: View,
    /// The address.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// Whether somebody invites, or the person registered.
    pub invited: bool,
    /// The link's secret, to post it back.
    pub token: String,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl WelcomePage {
    fn error(&self, field: &str) -> &str {
        self.problems.iter().find(|p| p.field == field).map_or("", |p| p.text.as_str())
    }
}

impl Page for WelcomePage {
    fn samples(view: View) -> Vec<Self> {
        let page = |invited, problems| Self {
            view: view.clone(),
            email: "eva@example.com".into(),
            name: "Eva Jansen".into(),
            invited,
            token: "x".into(),
            problems,
        };
        let short = Problem { field: "password".into(), text: view.t1("setpw-too-short", "count", passwords::MIN as u64) };
        vec![page(true, vec![]), page(false, vec![short])]
    }
}

type Answer = Result<Response, Response>;

fn broken(idp: &Idp, headers: &HeaderMap, context: &Context, e: &dyn std::error::Error, busy: bool) -> Response {
    let view = idp.env.view(headers, "/");
    if busy {
        return overloaded(view, &context.request_id, passwords::RETRY);
    }
    tracing::error!(error = %chain(e), "becoming a person failed");
    html(StatusCode::INTERNAL_SERVER_ERROR, &ErrorPage::new(view, "internal", &context.request_id))
}

/// Where registration is off there is no page: nothing to find out.
fn on(idp: &Idp, headers: &HeaderMap, context: &Context) -> Result<(), Box<Response>> {
    match Policy::parse(&idp.env.settings.registration) {
        Some(Policy::Open | Policy::Domains(_)) => Ok(()),
        Some(Policy::Off) | None => {
            let page = ErrorPage::new(idp.env.view(headers, "/"), "not-found", &context.request_id);
            Err(Box::new(html(StatusCode::NOT_FOUND, &page)))
        }
    }
}

async fn form(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Answer {
    on(&idp, &headers, &context).map_err(|answer| *answer)?;
    let view = idp.env.view(&headers, "/register");
    let whom = Whom { email: String::new(), name: String::new(), language: view.lang.code().into() };
    Ok(html(StatusCode::OK, &RegisterPage::new(view, &whom, vec![], false)))
}

async fn register(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Answer {
    on(&idp, &headers, &context).map_err(|answer| *answer)?;
    let view = idp.env.view(&headers, "/register");
    let params = Params::parse(&body, &[]).unwrap_or_default();
    let text = |name: &str| params.get(name).unwrap_or_default().trim().chars().take(254).collect::<String>();
    let whom = Whom { email: text("email"), name: text("name"), language: text("language") };
    let problem = |field: &str, text: String| Problem { field: field.into(), text };
    let (status, problems) = match flow::register(&idp, &context, whom.clone()).await {
        Ok(()) => return Ok(html(StatusCode::OK, &RegisterPage::new(view, &whom, vec![], true))),
        Err(WelcomeError::Invalid(wrong)) => {
            let words = |field: &str| match field {
                "email" => problem("email", view.t("form-email-invalid")),
                "domain" => problem("email", view.t("register-domain")),
                "name" if whom.name.is_empty() => problem("name", view.t("form-required")),
                "name" => problem("name", view.t1("form-too-long", "max", 200)),
                other => problem(other, view.t("form-choice-invalid")),
            };
            (StatusCode::UNPROCESSABLE_ENTITY, wrong.iter().map(|w| words(&w.field)).collect())
        }
        Err(WelcomeError::TooMany(until)) => {
            (StatusCode::TOO_MANY_REQUESTS, vec![problem("email", view.t1("signin-locked", "time", view.time(until)))])
        }
        Err(e) => {
            let overloaded = matches!(&e, WelcomeError::Db(d) if d.is_overload());
            return Err(broken(&idp, &headers, &context, &e, overloaded));
        }
    };
    Err(html(status, &RegisterPage::new(view, &whom, problems, false)))
}

fn failed(idp: &Idp, headers: &HeaderMap, context: &Context, e: &AcceptError) -> Response {
    let view = idp.env.view(headers, "/");
    let busy = match e {
        AcceptError::Void | AcceptError::Password(Unfit::Refused(_)) | AcceptError::Known => {
            let known = matches!(e, AcceptError::Known);
            let page = ErrorPage {
                title: view.t(if known { "welcome-known-title" } else { "setpw-link-void-title" }),
                text: view.t(if known { "welcome-known-text" } else { "invitation-void-text" }),
                request_id: String::new(),
                href: "/signin".into(),
                action: view.t("signin-submit"),
                view,
            };
            return html(StatusCode::GONE, &page);
        }
        AcceptError::Password(e) => e.is_overload(),
        AcceptError::Db(d) => d.is_overload(),
        _ => false,
    };
    broken(idp, headers, context, e, busy)
}

async fn page(idp: &Idp, headers: &HeaderMap, token: String) -> Result<WelcomePage, AcceptError> {
    let seen = accept::look(idp, &token).await?;
    // The view of a page whose address is a secret: its language links lead to the start instead of back here.
    let view = idp.env.view(headers, "/");
    let invited = seen.welcome.kind == Kind::Invitation;
    Ok(WelcomePage { view, email: seen.whom.email, name: seen.whom.name, invited, token, problems: vec![] })
}

async fn show(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(token): Path<String>) -> Answer {
    let page = page(&idp, &headers, token).await.map_err(|e| failed(&idp, &headers, &context, &e))?;
    Ok(html(StatusCode::OK, &page))
}

async fn choose(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(token): Path<String>,
    body: Bytes,
) -> Answer {
    let mut page = page(&idp, &headers, token).await.map_err(|e| failed(&idp, &headers, &context, &e))?;
    let params = Params::parse(&body, &[]).unwrap_or_default();
    let password = passwords::typed(&params, &page.view).map_err(|problem| {
        page.problems.push(problem);
        html(StatusCode::UNPROCESSABLE_ENTITY, &page)
    })?;
    let begins = by_link(&idp, &context, &headers).map_err(|e| failed(&idp, &headers, &context, &e.into()))?;
    match accept::accept(&idp, &context, &page.token, password, (begins.ready, begins.id)).await {
        Ok(taken) => arrive(&idp, &context, &headers, begins.token, taken).await,
        Err(AcceptError::Password(Unfit::Refused(refused))) => {
            page.problems.push(refused.problem(&page.view));
            Err(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(e) => Err(failed(&idp, &headers, &context, &e)),
    }
}
