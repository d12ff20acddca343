//! The page behind a mailed invitation. One address for all that can be done there; which of it is asked for is decided by
//! [`super::model::step`] and never by the form alone.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::accept::{self, Outcome, Seen};
use super::model::Step;
use crate::idp::credentials::passwords::{self, Unfit};
use crate::idp::links::flow::LinkError;
use crate::idp::oidc::http::session_of;
use crate::idp::oidc::logout;
use crate::idp::signin::http::{arrive, by_link};
use crate::idp::{Idp, sessions, setup, signin};
use crate::kernel::audit::Actor;
use crate::kernel::http::cookies::CookieName;
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Context, Params};
use crate::kernel::pages::{ErrorPage, Page, Problem, View, html, overloaded};

/// Where a browser that is asked to sign in comes back to: the link's secret, in the browser of whom it was mailed to.
const BACK: CookieName = CookieName("zegel_invitation");

/// Routes of the page.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/invitation/{token}", get(show).post(act))
}

/// What the page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A form for a password.
    Choose,
    /// That one signs in first.
    SignIn,
    /// A button to accept.
    Confirm,
    /// That someone else is signed in.
    Leave,
    /// That it is done.
    Accepted,
}

/// The page of an invitation.
#[derive(Template)]
#[template(path = "idp/invitation.html")]
pub struct InvitationPage {
    /// The request's view.
    pub view: View,
    /// What is shown.
    pub step: Shown,
    /// The invited address.
    pub email: String,
    /// Who is signed in.
    pub name: String,
    /// The link's secret, to post it back.
    pub token: String,
    /// Where to go afterwards.
    pub onward: String,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl InvitationPage {
    fn error(&self, field: &str) -> &str {
        self.problems.iter().find(|p| p.field == field).map_or("", |p| p.text.as_str())
    }
}

impl Page for InvitationPage {
    fn samples(view: View) -> Vec<Self> {
        let short = Problem { field: "password".into(), text: view.t1("setpw-too-short", "count", passwords::MIN as u64) };
        let page = |step, problems| Self {
            view: view.clone(),
            step,
            email: "patricia@example.com".into(),
            name: "Daan Visser".into(),
            token: "x".into(),
            onward: "http://localhost:8500/".into(),
            problems,
        };
        let plain = [Shown::Choose, Shown::SignIn, Shown::Confirm, Shown::Leave, Shown::Accepted].map(|s| page(s, vec![]));
        plain.into_iter().chain([page(Shown::Choose, vec![short])]).collect()
    }
}

/// The view of a page whose address is a secret: its language links lead to the start instead of back here.
fn view(idp: &Idp, headers: &HeaderMap) -> View {
    idp.env.view(headers, "/")
}

fn void(view: View) -> Response {
    let page = ErrorPage {
        title: view.t("setpw-link-void-title"),
        text: view.t("invitation-void-text"),
        request_id: String::new(),
        href: "/signin".into(),
        action: view.t("signin-submit"),
        view,
    };
    html(StatusCode::GONE, &page)
}

fn failed(idp: &Idp, headers: &HeaderMap, context: &Context, e: &LinkError) -> Response {
    let view = view(idp, headers);
    if matches!(e, LinkError::Void) {
        return void(view);
    }
    if e.is_overload() {
        return overloaded(view, &context.request_id, passwords::RETRY);
    }
    tracing::error!(error = %chain(e), "an invitation failed");
    html(StatusCode::INTERNAL_SERVER_ERROR, &ErrorPage::new(view, "internal", &context.request_id))
}

async fn seen(idp: &Idp, headers: &HeaderMap, token: &str) -> Result<Seen, LinkError> {
    let cookie = sessions::flow::COOKIE.get(&idp.env.settings.idp_url, headers);
    accept::look(idp, token, cookie.as_deref()).await
}

fn page(idp: &Idp, headers: &HeaderMap, token: String, seen: &Seen) -> Result<InvitationPage, LinkError> {
    let step = match seen.step {
        Step::Choose => Shown::Choose,
        Step::SignIn => Shown::SignIn,
        Step::Confirm => Shown::Confirm,
        Step::Leave => Shown::Leave,
        Step::Nothing => return Err(LinkError::Void),
    };
    Ok(InvitationPage {
        view: view(idp, headers),
        step,
        email: seen.invited.email.clone(),
        name: seen.session.as_ref().map(|(_, name)| name.clone()).unwrap_or_default(),
        token,
        onward: idp.env.settings.crm_url.at("/"),
        problems: vec![],
    })
}

/// Holds accepting back from a session that is less than the policies ask of its owner (security case 17): the way to what is
/// missing leads back here by the browser, since the address is a secret that is kept nowhere.
async fn held(
    idp: &Idp,
    context: &Context,
    headers: &HeaderMap,
    token: &str,
    seen: &Seen,
) -> Result<Option<Response>, LinkError> {
    if seen.step != Step::Confirm {
        return Ok(None);
    }
    let Some(session) = session_of(idp, headers).await? else { return Ok(None) };
    let Err(mut answer) = setup::http::hold(idp, context, headers, &session, "/").await else { return Ok(None) };
    answer.headers_mut().append(header::SET_COOKIE, BACK.set(&idp.env.settings.idp_url, token.to_owned()));
    Ok(Some(answer))
}

async fn show(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(token): Path<String>) -> Response {
    let shown = async {
        let seen = seen(&idp, &headers, &token).await?;
        match held(&idp, &context, &headers, &token, &seen).await? {
            Some(answer) => Ok(answer),
            None => page(&idp, &headers, token, &seen).map(|page| html(StatusCode::OK, &page)),
        }
    };
    shown.await.unwrap_or_else(|e| failed(&idp, &headers, &context, &e))
}

async fn act(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(token): Path<String>,
    body: Bytes,
) -> Response {
    let params = Params::parse(&body, &[]).unwrap_or_default();
    let done = match seen(&idp, &headers, &token).await {
        Ok(seen) => take(&idp, &context, &headers, token, &seen, &params).await,
        Err(e) => Err(e),
    };
    done.unwrap_or_else(|e| failed(&idp, &headers, &context, &e))
}

/// What the form asks for, where that is what is to be done; otherwise what is.
async fn take(
    idp: &Idp,
    context: &Context,
    headers: &HeaderMap,
    token: String,
    seen: &Seen,
    params: &Params,
) -> Result<Response, LinkError> {
    if let Some(answer) = held(idp, context, headers, &token, seen).await? {
        return Ok(answer);
    }
    let mut page = page(idp, headers, token, seen)?;
    let password = match (seen.step, params.get("do")) {
        (Step::Choose, Some("choose")) => {
            let password = passwords::typed(params, &page.view);
            if let Err(problem) = password {
                page.problems.push(problem);
                return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page));
            }
            password.ok()
        }
        (Step::Confirm, Some("confirm")) => None,
        (Step::SignIn, Some("sign-in")) => return Ok(sign_in(idp, context, headers, &page.token).await),
        (Step::Leave, Some("sign-out")) => return sign_out(idp, context, seen, &page.token).await,
        _ => return Ok(html(StatusCode::OK, &page)),
    };
    let begins = by_link(idp, context, headers)?;
    match accept::accept(idp, context, &page.token, seen, password, Some((begins.ready, begins.id))).await {
        Ok(Outcome::Begun(taken)) => Ok(arrive(idp, context, headers, begins.token, taken).await.unwrap_or_else(|a| a)),
        Ok(Outcome::Accepted) => {
            page.step = Shown::Accepted;
            Ok(html(StatusCode::OK, &page))
        }
        Ok(Outcome::Otherwise) => Ok(Redirect::to(&format!("/invitation/{}", page.token)).into_response()),
        Err(LinkError::Password(Unfit::Refused(refused))) => {
            page.problems.push(refused.problem(&page.view));
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(e) => Err(e),
    }
}

/// Begins a sign-in that leads back here.
async fn sign_in(idp: &Idp, context: &Context, headers: &HeaderMap, token: &str) -> Response {
    match signin::http::begin(idp, context, headers).await {
        Ok(mut answer) => {
            answer.headers_mut().append(header::SET_COOKIE, BACK.set(&idp.env.settings.idp_url, token.to_owned()));
            answer
        }
        Err(answer) => answer,
    }
}

async fn sign_out(idp: &Idp, context: &Context, seen: &Seen, token: &str) -> Result<Response, LinkError> {
    if let Some((session, _)) = &seen.session {
        logout::end(idp, session, Actor::on(context)).await?;
    }
    let mut answer = Redirect::to(&format!("/invitation/{token}")).into_response();
    answer.headers_mut().append(header::SET_COOKIE, sessions::flow::COOKIE.clear(&idp.env.settings.idp_url));
    Ok(answer)
}

/// The invitation that a browser left to sign in, as a path; whoever takes it also clears the cookie.
pub(crate) fn left(idp: &Idp, headers: &HeaderMap) -> Option<String> {
    let token = BACK.get(&idp.env.settings.idp_url, headers)?;
    let plain = token.len() == 43 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    plain.then(|| format!("/invitation/{token}"))
}

/// Forgets it.
pub(crate) fn forget(idp: &Idp, answer: &mut Response) {
    answer.headers_mut().append(header::SET_COOKIE, BACK.clear(&idp.env.settings.idp_url));
}
