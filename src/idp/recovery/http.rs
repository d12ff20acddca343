//! The pages of getting back into an account.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use super::flow::{self, RecoveryError, Seen};
use super::model::{Scope, Step, Way};
use super::prove::{self, Outcome};
use super::{decide, model};
use crate::idp::Idp;
use crate::idp::credentials::passwords::{self, Unfit};
use crate::idp::factors::flow::FactorError;
use crate::idp::factors::http::said;
use crate::idp::signin::http::{arrive, by_link};
use crate::kernel::clock::Timestamp;
use crate::kernel::delivery::mask_address;
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Code, Context, Params, Problem as Refusal};
use crate::kernel::pages::{Choice, ErrorPage, Page, Problem, View, html, overloaded};

/// Routes of the pages.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/recover", get(form).post(ask))
        .route("/recover/{token}", get(show).post(act))
        .route("/recover/{token}/passkey", post(challenge))
}

/// Asking for a link.
#[derive(Template)]
#[template(path = "idp/recover.html")]
pub struct RecoverPage {
    /// The request's view.
    pub view: View,
    /// What was typed.
    pub email: String,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Whether a mail is on its way, if anybody has the address.
    pub sent: bool,
}

impl RecoverPage {
    fn error(&self) -> &str {
        self.problems.first().map_or("", |p| p.text.as_str())
    }
}

impl Page for RecoverPage {
    fn samples(view: View) -> Vec<Self> {
        let page = |email: &str, problems, sent| Self { view: view.clone(), email: email.into(), problems, sent };
        let missing = Problem { field: "username".into(), text: view.t("signin-email-missing") };
        vec![page("", vec![], false), page("", vec![missing], false), page("daan@example.com", vec![], true)]
    }
}

/// What the page behind a link shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// What can be shown beside the link, and the way to an administrator.
    Prove,
    /// That an administrator was asked, and what can be shown meanwhile.
    Waiting,
    /// That he refused.
    Refused,
    /// A form for a password.
    Choose,
}

/// Something that can be shown.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Which, as in forms.
    pub way: &'static str,
    /// The label of its field.
    pub label: String,
    /// What helps.
    pub hint: String,
    /// What is wrong with it.
    pub error: String,
    /// Digits of the code; none for a recovery code.
    pub digits: usize,
    /// Whether a message must be asked for first.
    pub send: bool,
}

/// The page behind a link.
#[derive(Template)]
#[template(path = "idp/recovery.html")]
pub struct RecoveryPage {
    /// The request's view.
    pub view: View,
    /// What it shows.
    pub shown: Shown,
    /// Whose account.
    pub email: String,
    /// What can be shown.
    pub offers: Vec<Offer>,
    /// Whether a passkey can be.
    pub passkey: bool,
    /// What may be lost.
    pub scopes: Vec<Choice>,
    /// The link's secret, to post it back.
    pub token: String,
    /// Until when the link works.
    pub until: Timestamp,
    /// Whether a message was just sent.
    pub sent: bool,
    /// Whether second factors are removed with it.
    pub factors: bool,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl RecoveryPage {
    fn new(view: View, seen: &Seen, token: String) -> Self {
        let shown = match seen.step {
            Step::Prove => Shown::Prove,
            Step::Waiting => Shown::Waiting,
            Step::Refused => Shown::Refused,
            Step::Choose => Shown::Choose,
        };
        let masked = seen.phone.as_deref().map(mask_address).unwrap_or_default();
        let offers = offers(&view, &seen.ways, &masked);
        let scopes = [Scope::Password, Scope::Factors].map(|s| Choice {
            value: s.as_str().into(),
            label: view.t(&format!("recover-scope-{}", s.as_str())),
            current: s == Scope::Password,
        });
        Self {
            shown,
            email: seen.person.email.clone(),
            offers,
            passkey: seen.ways.contains(&Way::Passkey),
            scopes: scopes.into(),
            token,
            until: seen.recovery.expires_at,
            sent: false,
            factors: seen.recovery.scope == Scope::Factors,
            problems: vec![],
            view,
        }
    }

    fn error(&self, field: &str) -> &str {
        self.problems.iter().find(|p| p.field == field).map_or("", |p| p.text.as_str())
    }

    /// With what is wrong at a way.
    fn wrong(mut self, way: Way, text: String) -> Self {
        for offer in self.offers.iter_mut().filter(|o| o.way == way.as_str()) {
            offer.error.clone_from(&text);
        }
        self.problems.push(Problem { field: way.as_str().into(), text });
        self
    }
}

/// What is typed; a passkey has a form of its own.
fn offers(view: &View, ways: &[Way], masked: &str) -> Vec<Offer> {
    ways.iter().filter_map(|w| offer(view, *w, masked)).collect()
}

fn offer(view: &View, way: Way, masked: &str) -> Option<Offer> {
    let (label, hint, digits) = match way {
        Way::Passkey => return None,
        Way::Authenticator => ("totp-code", view.t("recover-authenticator"), 6),
        Way::Code => ("recover-code", view.t("recover-code-hint"), 0),
        Way::Sms => ("recover-sms", view.t1("recover-sms-hint", "to", masked), model::CODE_LENGTH),
    };
    Some(Offer { way: way.as_str(), label: view.t(label), hint, error: String::new(), digits, send: way == Way::Sms })
}

impl Page for RecoveryPage {
    fn samples(view: View) -> Vec<Self> {
        let page = |shown, ways: &[Way]| Self {
            shown,
            email: "daan@example.com".into(),
            offers: offers(&view, ways, "+31 6 ••• 42"),
            passkey: ways.contains(&Way::Passkey),
            scopes: [Scope::Password, Scope::Factors]
                .map(|s| Choice {
                    value: s.as_str().into(),
                    label: view.t(&format!("recover-scope-{}", s.as_str())),
                    current: s == Scope::Password,
                })
                .into(),
            token: "x".into(),
            until: view.now,
            sent: false,
            factors: shown == Shown::Choose,
            problems: vec![],
            view: view.clone(),
        };
        let all = [Way::Passkey, Way::Authenticator, Way::Code, Way::Sms];
        let short = Problem { field: "password".into(), text: view.t1("setpw-too-short", "count", passwords::MIN as u64) };
        vec![
            page(Shown::Prove, &all),
            page(Shown::Prove, &[]),
            page(Shown::Prove, &all).wrong(Way::Code, view.t1("code-wrong", "count", 2)),
            page(Shown::Waiting, &[Way::Sms]),
            page(Shown::Refused, &[]),
            page(Shown::Choose, &[]),
            Self { problems: vec![short], factors: false, ..page(Shown::Choose, &[]) },
        ]
    }
}

type Answer = Result<Response, Response>;

/// The view of a page whose address is a secret: its language links lead to the start instead of back here.
fn view(idp: &Idp, headers: &HeaderMap) -> View {
    idp.env.view(headers, "/recover")
}

fn failed(idp: &Idp, headers: &HeaderMap, context: &Context, e: &RecoveryError) -> Response {
    let view = view(idp, headers);
    let busy = match e {
        RecoveryError::Void
        | RecoveryError::Password(Unfit::Refused(_))
        | RecoveryError::Forbidden
        | RecoveryError::Otherwise => {
            let page = ErrorPage {
                title: view.t("setpw-link-void-title"),
                text: view.t("recover-void-text"),
                request_id: String::new(),
                href: "/recover".into(),
                action: view.t("recover-title"),
                view,
            };
            return html(StatusCode::GONE, &page);
        }
        RecoveryError::Password(e) => e.is_overload(),
        RecoveryError::Db(d) | RecoveryError::Passkey(FactorError::Db(d)) => d.is_overload(),
        _ => false,
    };
    if busy {
        return overloaded(view, &context.request_id, passwords::RETRY);
    }
    tracing::error!(error = %chain(e), "a way back failed");
    html(StatusCode::INTERNAL_SERVER_ERROR, &ErrorPage::new(view, "internal", &context.request_id))
}

async fn form(State(idp): State<Arc<Idp>>, headers: HeaderMap) -> Response {
    let page = RecoverPage { view: view(&idp, &headers), email: String::new(), problems: vec![], sent: false };
    html(StatusCode::OK, &page)
}

async fn ask(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Answer {
    let view = view(&idp, &headers);
    let params = Params::parse(&body, &[]).unwrap_or_default();
    let email: String = params.get("username").unwrap_or_default().trim().chars().take(254).collect();
    if email.is_empty() {
        let problems = vec![Problem { field: "username".into(), text: view.t("signin-email-missing") }];
        return Err(html(StatusCode::UNPROCESSABLE_ENTITY, &RecoverPage { view, email, problems, sent: false }));
    }
    match flow::ask(&idp, &context, &email).await.map_err(|e| failed(&idp, &headers, &context, &e))? {
        None => Ok(html(StatusCode::OK, &RecoverPage { view, email, problems: vec![], sent: true })),
        Some(until) => {
            let problems = vec![Problem { field: "username".into(), text: view.t1("signin-locked", "time", view.time(until)) }];
            Err(html(StatusCode::TOO_MANY_REQUESTS, &RecoverPage { view, email, problems, sent: false }))
        }
    }
}

/// What the browser is to be asked for a passkey.
async fn challenge(State(idp): State<Arc<Idp>>, Path(token): Path<String>) -> Result<Response, Refusal> {
    match prove::challenge(&idp, &token).await {
        Ok(challenge) => Ok(Json(json!({ "id": challenge.id, "options": challenge.options })).into_response()),
        Err(RecoveryError::Void | RecoveryError::Otherwise) => Err(Refusal::new(Code::Gone)),
        Err(RecoveryError::Db(e)) => Err(e.into()),
        Err(RecoveryError::Passkey(e)) => Err(e.into()),
        Err(e) => Err(Refusal::internal(&e)),
    }
}

async fn show(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(token): Path<String>) -> Answer {
    let seen = flow::look(&idp, &token).await.map_err(|e| failed(&idp, &headers, &context, &e))?;
    Ok(html(StatusCode::OK, &RecoveryPage::new(view(&idp, &headers), &seen, token)))
}

async fn act(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(token): Path<String>,
    body: Bytes,
) -> Answer {
    let params = Params::parse(&body, &[]).unwrap_or_default();
    match taken(&idp, &context, &headers, &token, &params).await {
        // What was asked for is not to be done now: the page says what is.
        Err(RecoveryError::Otherwise) => Ok(Redirect::to(&format!("/recover/{token}")).into_response()),
        done => done.map_err(|e| failed(&idp, &headers, &context, &e)),
    }
}

async fn taken(
    idp: &Idp,
    context: &Context,
    headers: &HeaderMap,
    token: &str,
    params: &Params,
) -> Result<Response, RecoveryError> {
    let seen = flow::look(idp, token).await?;
    let page = RecoveryPage::new(view(idp, headers), &seen, token.to_owned());
    let again = || Ok(Redirect::to(&format!("/recover/{token}")).into_response());
    match params.get("do") {
        Some("choose") => choose(idp, (context, headers), page, params).await,
        Some("send") => {
            let sent = prove::send_code(idp, token).await?;
            let page = if sent { RecoveryPage { sent, ..page } } else { wrong_sms(page) };
            Ok(html(if sent { StatusCode::OK } else { StatusCode::TOO_MANY_REQUESTS }, &page))
        }
        Some("administrator") => {
            let scope = params.get("scope").and_then(Scope::from_name).unwrap_or(Scope::Password);
            decide::ask(idp, context, token, scope, params.get("reason").unwrap_or_default()).await?;
            again()
        }
        Some("passkey") => {
            let answer = (params.get("challenge").unwrap_or_default(), params.get("credential").unwrap_or_default());
            match prove::passkey(idp, context, token, answer).await {
                Ok(None) | Err(RecoveryError::Passkey(FactorError::Gone)) => again(),
                Ok(Some(why)) => {
                    let text = page.view.t(said(why));
                    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page.wrong(Way::Passkey, text)))
                }
                Err(e) => Err(e),
            }
        }
        Some("code") => {
            let Some(way) = params.get("way").and_then(Way::from_name) else { return again() };
            let Some(code) = params.get(way.as_str()) else {
                let text = page.view.t("code-missing");
                return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page.wrong(way, text)));
            };
            match prove::prove(idp, context, token, way, code).await? {
                Outcome::Right => again(),
                Outcome::Wrong(left) => {
                    let text = page.view.t1("code-wrong", "count", left);
                    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page.wrong(way, text)))
                }
                Outcome::Exhausted => {
                    let text = page.view.t("recover-exhausted");
                    Ok(html(StatusCode::TOO_MANY_REQUESTS, &page.wrong(way, text)))
                }
            }
        }
        _ => Ok(html(StatusCode::OK, &page)),
    }
}

fn wrong_sms(page: RecoveryPage) -> RecoveryPage {
    let text = page.view.t("code-resend-limit");
    page.wrong(Way::Sms, text)
}

async fn choose(
    idp: &Idp,
    (context, headers): (&Context, &HeaderMap),
    mut page: RecoveryPage,
    params: &Params,
) -> Result<Response, RecoveryError> {
    if page.shown != Shown::Choose {
        return Err(RecoveryError::Otherwise);
    }
    let password = match passwords::typed(params, &page.view) {
        Ok(password) => password,
        Err(problem) => {
            page.problems.push(problem);
            return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
    };
    let begins = by_link(idp, context, headers)?;
    match flow::choose(idp, context, &page.token, password, (begins.ready, begins.id)).await {
        Ok(taken) => Ok(arrive(idp, context, headers, begins.token, taken).await.unwrap_or_else(|answer| answer)),
        Err(RecoveryError::Password(Unfit::Refused(refused))) => {
            page.problems.push(refused.problem(&page.view));
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(e) => Err(e),
    }
}
