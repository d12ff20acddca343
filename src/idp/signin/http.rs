//! Routes of signing in. `GET /signin` shows whatever the dispatcher asks for; the others bring it facts and lead back.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::code::{self, CodeOutcome};
use super::factors::Factor;
use super::finish::{Browser, Ready, SignedIn, Taken};
use super::flow::{self, COOKIE, Cause, PasswordOutcome, SigninError, Standing, WayOutcome};
use super::model::{self, Step};
use super::pages::{Asked, CodePage, PasswordPage, StrongerPage};
use super::store::Delivered;
use crate::idp::clients::Shown;
use crate::idp::credentials::HasherError;
use crate::idp::credentials::passwords::RETRY;
use crate::idp::oidc::http::refusal;
use crate::idp::oidc::{authorize, logout};
use crate::idp::policy::devices as remembered_devices;
use crate::idp::{Idp, devices, federation, invitations, oidc, sessions};
use crate::kernel;
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Code, Context, Params};
use crate::kernel::pages::{ErrorPage, Problem, View, html, overloaded};
use crate::kernel::root::same;
use secrecy::ExposeSecret;

/// Routes of signing in.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/signin", get(show).post(password))
        .route("/signin/code", get(|| async { Redirect::to("/signin") }).post(typed))
        .route("/signin/way", post(way))
        .route("/signin/restart", post(restart))
}

/// For the SMS gateway.
pub fn api() -> Router<Arc<Idp>> {
    Router::new().route("/api/sms/reports", post(report))
}

/// What a gateway says of a message that it took.
#[derive(serde::Deserialize)]
struct Report {
    /// What it called the message.
    id: String,
    /// `delivered` or `failed`.
    status: String,
}

/// Takes a delivery report, with the token of the settings.
async fn report(State(idp): State<Arc<Idp>>, headers: HeaderMap, body: Bytes) -> Result<StatusCode, kernel::http::Problem> {
    let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    let token = idp.env.settings.sms_report_token.as_ref();
    if !given.zip(token).is_some_and(|(given, token)| same(given, token.expose_secret())) {
        return Err(kernel::http::Problem::new(Code::Unauthorized).challenge("Bearer".into()));
    }
    let bad = |why: String| kernel::http::Problem::because(Code::BadRequest, why);
    let report: Report = serde_json::from_slice(&body).map_err(|e| bad(e.to_string()))?;
    let state = Delivered::from_name(&report.status).filter(|d| *d != Delivered::Sent);
    let state = state.ok_or_else(|| bad("status is delivered or failed".into()))?;
    // Of a message that is not known, or no longer, there is nothing to say.
    super::send::report(&idp, report.id, state).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) type Answer = Result<Response, Response>;

/// The browser's half of its sign-in.
pub(crate) fn cookie(idp: &Idp, headers: &HeaderMap) -> Option<String> {
    COOKIE.get(&idp.env.settings.idp_url, headers)
}

/// What the sign-in of this browser needs if what it brings is the last factor; a page where there is no sign-in.
pub(crate) fn ready(idp: &Idp, context: &Context, headers: &HeaderMap) -> Result<Ready, Box<Response>> {
    let Some(token) = cookie(idp, headers) else { return Err(Box::new(gone(idp, headers))) };
    ready_for(idp, context, headers, &token).map_err(|e| Box::new(broken(idp, headers, context, &e)))
}

/// The same for a sign-in that begins.
pub(crate) fn ready_for(idp: &Idp, context: &Context, headers: &HeaderMap, token: &str) -> Result<Ready, SigninError> {
    let origin = &idp.env.settings.idp_url;
    let (session, device) = (sessions::flow::COOKIE.get(origin, headers), remembered_devices::COOKIE.get(origin, headers));
    let known = devices::Browser::of(idp, context, headers)?;
    let browser = Browser { session: session.as_deref(), device: device.as_deref() };
    Ok(Ready::of(idp, context, token, browser)?.with_browser(known))
}

/// A sign-in that begins by a mailed link: what to begin it with, and the value of its cookie.
pub(crate) fn by_link(idp: &Idp, context: &Context, headers: &HeaderMap) -> Result<ByLink, SigninError> {
    let token = idp.env.token();
    Ok(ByLink { ready: ready_for(idp, context, headers, &token)?, id: idp.env.id(), token })
}

/// See [`by_link`].
pub(crate) struct ByLink {
    /// What the session needs if nothing else is asked.
    pub ready: Ready,
    /// The id of the sign-in.
    pub id: String,
    /// The value of its cookie.
    pub token: String,
}

/// Where a sign-in leads that began by a mailed link: in, or to what else is asked.
pub(crate) async fn arrive(idp: &Idp, context: &Context, headers: &HeaderMap, token: String, taken: Taken) -> Answer {
    let mut answer = match taken {
        Taken::Gone => Redirect::to("/signin").into_response(),
        taken => lead(idp, context, headers, taken).await?,
    };
    let goes_on = answer.headers().get(header::LOCATION).is_some_and(|to| to == "/signin");
    if goes_on {
        answer.headers_mut().append(header::SET_COOKIE, COOKIE.set(&idp.env.settings.idp_url, token));
    }
    Ok(answer)
}

fn view(idp: &Idp, headers: &HeaderMap) -> View {
    idp.env.view(headers, "/signin")
}

/// A page for an error that is not the person's doing.
pub(crate) fn broken(idp: &Idp, headers: &HeaderMap, context: &Context, e: &SigninError) -> Response {
    if matches!(e, SigninError::TooMany) {
        return html(StatusCode::TOO_MANY_REQUESTS, &ErrorPage::new(view(idp, headers), "too-many", context.request_id.clone()));
    }
    if matches!(e, SigninError::OutOfReach) {
        return html(StatusCode::FORBIDDEN, &StrongerPage::own(view(idp, headers)));
    }
    let is_overload = match e {
        SigninError::Hasher(HasherError::Busy) => true,
        SigninError::Db(d) => d.is_overload(),
        _ => false,
    };
    if is_overload {
        return overloaded(view(idp, headers), &context.request_id, RETRY);
    }
    tracing::error!(error = %chain(e), "a sign-in failed");
    html(StatusCode::INTERNAL_SERVER_ERROR, &ErrorPage::new(view(idp, headers), "internal", context.request_id.clone()))
}

/// The page that says that a sign-in has expired, with a way to begin again.
pub(crate) fn gone(idp: &Idp, headers: &HeaderMap) -> Response {
    let view = view(idp, headers);
    let page = ErrorPage {
        title: view.t("signin-expired-title"),
        text: view.t("signin-expired-text"),
        request_id: String::new(),
        href: "/signin".into(),
        action: view.t("signin-restart"),
        view,
    };
    let mut answer = html(StatusCode::GONE, &page);
    answer.headers_mut().append(header::SET_COOKIE, COOKIE.clear(&idp.env.settings.idp_url));
    answer
}

async fn show(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Answer {
    page(&idp, &context, &headers, StatusCode::OK, String::new(), vec![], false).await
}

/// The page of the present step.
pub(crate) async fn page(
    idp: &Idp,
    context: &Context,
    headers: &HeaderMap,
    status: StatusCode,
    email: String,
    problems: Vec<Problem>,
    resent: bool,
) -> Answer {
    let (view, passkeys) = (view(idp, headers), idp.passkeys.offered());
    let standing = flow::standing(idp, cookie(idp, headers).as_deref()).await.map_err(|e| broken(idp, headers, context, &e))?;
    let upstreams = federation::flow::offered(idp).await.map_err(|e| broken(idp, headers, context, &e.into()))?;
    let Some(s) = standing else {
        // Nobody sent this browser here: begin a sign-in that leads to the start page.
        let token = flow::begin(idp, context, Cause::default()).await.map_err(|e| broken(idp, headers, context, &e))?;
        let mut answer = html(status, &PasswordPage { view, shown: Shown::default(), email, passkeys, upstreams, problems });
        answer.headers_mut().append(header::SET_COOKIE, COOKIE.set(&idp.env.settings.idp_url, token));
        return Ok(answer);
    };
    let request = s.signin.request.as_ref();
    match &s.step {
        Step::First => {
            let hint = request.and_then(|r| r.login_hint.clone()).unwrap_or_default();
            let known = s.person.as_ref().map_or(hint, |p| p.email.clone());
            let shown = match request {
                None => Shown::default(),
                Some(r) => {
                    let shown = Shown::of(idp, &r.client_id, view.lang).await;
                    shown.map_err(|e| broken(idp, headers, context, &e.into()))?
                }
            };
            let email = if email.is_empty() { known } else { email };
            Ok(html(status, &PasswordPage { view, shown, email, passkeys, upstreams, problems }))
        }
        Step::Second { .. } => Ok(html(status, &code_page(idp, view, s, problems, resent))),
        Step::Done(_) => Err(gone(idp, headers)),
    }
}

/// The page that asks for a second factor.
fn code_page(idp: &Idp, view: View, s: Standing, problems: Vec<Problem>, resent: bool) -> CodePage {
    let left = i64::from(idp.env.settings.code_tries).saturating_sub(s.signin.tries);
    let resend_at = s.signin.sent.map(|(at, _)| at).unwrap_or_default() + model::PAUSE;
    let asked = Asked::of(&view, &s);
    let remember = s.asked.remember.filter(|_| s.is_plain() && asked.factor != Factor::Recovery);
    let remember = remember.map(|life| life.as_secs() / (24 * 3600));
    // Not before the person could say whether to remember.
    let auto = left > 1 && remember.is_none();
    let undelivered = asked.factor.is_sent() && s.signin.delivery == Some(Delivered::Failed);
    CodePage { view, asked, resend_at, resent: resent && !undelivered, auto, undelivered, remember, problems }
}

async fn password(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Answer {
    let view = view(&idp, &headers);
    let params = Params::parse(&body, &[]).map_err(|_| bad(&idp, &headers, &context))?;
    let (email, password) = (params.get("username").unwrap_or_default().trim(), params.get("password").unwrap_or_default());
    if let Some(to) = federation::flow::routed(&idp, email).await.map_err(|e| broken(&idp, &headers, &context, &e.into()))? {
        return federation::http::lead_to(&idp, &context, &headers, &to.id, Some(email)).await;
    }
    let mut problems = Vec::new();
    for (field, value, key) in [("username", email, "signin-email-missing"), ("password", password, "signin-password-missing")] {
        if value.is_empty() {
            problems.push(Problem { field: field.into(), text: view.t(key) });
        }
    }
    let email: String = email.chars().take(254).collect();
    if !problems.is_empty() {
        return page(&idp, &context, &headers, StatusCode::UNPROCESSABLE_ENTITY, email, problems, false).await;
    }
    let ready = ready(&idp, &context, &headers).map_err(|r| *r)?;
    let outcome = flow::password(&idp, &context, ready, &email, password.into()).await;
    let (status, text) = match outcome.map_err(|e| broken(&idp, &headers, &context, &e))? {
        PasswordOutcome::Right(taken) => return lead(&idp, &context, &headers, taken).await,
        PasswordOutcome::Gone => return Err(gone(&idp, &headers)),
        PasswordOutcome::Wrong => (StatusCode::UNPROCESSABLE_ENTITY, view.t("signin-wrong")),
        PasswordOutcome::Locked(until) => (StatusCode::TOO_MANY_REQUESTS, view.t1("signin-locked", "time", view.time(until))),
    };
    let problems = vec![Problem { field: "username".into(), text }];
    page(&idp, &context, &headers, status, email, problems, false).await
}

async fn typed(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Answer {
    let view = view(&idp, &headers);
    let params = Params::parse(&body, &[]).map_err(|_| bad(&idp, &headers, &context))?;
    let ready = ready(&idp, &context, &headers).map_err(|r| *r)?.remembering(params.get("remember") == Some("yes"));
    let wrong = |key: &str| vec![Problem { field: "code".into(), text: view.t(key) }];
    let Some(given) = params.get("code") else {
        return page(&idp, &context, &headers, StatusCode::UNPROCESSABLE_ENTITY, String::new(), wrong("code-missing"), false)
            .await;
    };
    let outcome = code::code(&idp, ready, &given.into()).await.map_err(|e| broken(&idp, &headers, &context, &e))?;
    let problems = match outcome {
        CodeOutcome::Right(taken) => return lead(&idp, &context, &headers, taken).await,
        CodeOutcome::Gone => return Err(gone(&idp, &headers)),
        CodeOutcome::Exhausted => {
            let page = ErrorPage {
                title: view.t("signin-title"),
                text: view.t("code-exhausted"),
                request_id: String::new(),
                href: "/signin".into(),
                action: view.t("signin-restart"),
                view,
            };
            let mut answer = html(StatusCode::TOO_MANY_REQUESTS, &page);
            answer.headers_mut().append(header::SET_COOKIE, COOKIE.clear(&idp.env.settings.idp_url));
            return Err(answer);
        }
        CodeOutcome::Wrong { left, factor } => {
            let key = if factor == Factor::Authenticator { "code-wrong-authenticator" } else { "code-wrong" };
            vec![Problem { field: "code".into(), text: view.t1(key, "count", left) }]
        }
        CodeOutcome::Used => wrong("code-used"),
        CodeOutcome::Expired => wrong("code-expired"),
    };
    page(&idp, &context, &headers, StatusCode::UNPROCESSABLE_ENTITY, String::new(), problems, false).await
}

/// Where a factor leads: to the next step, or in.
pub(crate) async fn lead(idp: &Idp, context: &Context, headers: &HeaderMap, taken: Taken) -> Answer {
    idp.outbox.wake();
    match taken {
        Taken::Next => Ok(Redirect::to("/signin").into_response()),
        Taken::Done(done) => enter(idp, context, headers, *done).await,
        Taken::Gone => Err(gone(idp, headers)),
    }
}

/// Signed in: the browser gets a new session, and goes where the sign-in was asked for.
async fn enter(idp: &Idp, context: &Context, headers: &HeaderMap, done: SignedIn) -> Answer {
    let origin = &idp.env.settings.idp_url;
    // What was open in this browser before is over: nothing of it is mixed with the new session.
    let before = sessions::flow::COOKIE.get(origin, headers);
    let old = async {
        let mut snapshot = idp.db.snapshot().await?;
        sessions::flow::of_cookie(idp, &mut snapshot.tx(), before.as_deref()).await
    };
    if let Ok(Some(old)) = old.await
        && old.id != done.session_id
        && let Err(e) = logout::end(idp, &old.id, Actor::on(context).person(&old.person_id)).await
    {
        tracing::error!(error = %chain(&e), "the session before this one could not be ended");
    }
    let left = invitations::pages::left(idp, headers);
    let mut answer = match done.request {
        None => {
            let goal = done.goal.as_deref().filter(|to| *to != "/");
            Redirect::to(goal.or(left.as_deref()).unwrap_or("/")).into_response()
        }
        Some(request) => match authorize::complete(idp, request, &done.session_id, Actor::on(context)).await {
            Ok(next) => oidc::http::lead(idp, headers, next),
            // Signed in all the same: it is the application that is refused.
            Err(r) => refusal(idp, headers, context, r).await,
        },
    };
    let set = answer.headers_mut();
    set.append(header::SET_COOKIE, sessions::flow::COOKIE.set(origin, done.cookie));
    if let Some(browser) = &done.browser {
        set.append(header::SET_COOKIE, browser.cookie(idp));
    }
    set.append(header::SET_COOKIE, COOKIE.clear(origin));
    if let Some((value, life)) = done.device {
        let days = u32::try_from(life.as_secs() / (24 * 3600)).unwrap_or(1);
        set.append(header::SET_COOKIE, remembered_devices::COOKIE.keep(origin, value, days));
    }
    if left.is_some() {
        invitations::pages::forget(idp, &mut answer);
    }
    Ok(answer)
}

async fn way(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Answer {
    let view = view(&idp, &headers);
    let params = Params::parse(&body, &[]).map_err(|_| bad(&idp, &headers, &context))?;
    let factor = params.get("way").and_then(Factor::from_name).ok_or_else(|| bad(&idp, &headers, &context))?;
    let Some(token) = cookie(&idp, &headers) else { return Err(gone(&idp, &headers)) };
    match flow::way(&idp, &token, factor).await.map_err(|e| broken(&idp, &headers, &context, &e))? {
        WayOutcome::Gone => Err(gone(&idp, &headers)),
        WayOutcome::Done => page(&idp, &context, &headers, StatusCode::OK, String::new(), vec![], factor.is_sent()).await,
        WayOutcome::TooSoon => {
            let text = resend_text(&idp, &view, &token).await;
            let problems = vec![Problem { field: "code".into(), text }];
            page(&idp, &context, &headers, StatusCode::TOO_MANY_REQUESTS, String::new(), problems, false).await
        }
    }
}

/// Says when the next code can be sent, or that none can.
async fn resend_text(idp: &Idp, view: &View, token: &str) -> String {
    let standing = flow::standing(idp, Some(token)).await.ok().flatten();
    let next: Option<Timestamp> =
        standing.filter(|s| s.signin.sends < model::MESSAGES).and_then(|s| s.signin.sent).map(|(at, _)| at + model::PAUSE);
    match next.filter(|at| *at > idp.env.now()) {
        Some(at) => view.t1("code-resend-later", "time", view.time(at)),
        None => view.t("code-resend-limit"),
    }
}

/// Begins a sign-in that no application asked for.
pub(crate) async fn begin(idp: &Idp, context: &Context, headers: &HeaderMap) -> Answer {
    let token = flow::begin(idp, context, Cause::default()).await.map_err(|e| broken(idp, headers, context, &e))?;
    let mut answer = Redirect::to("/signin").into_response();
    answer.headers_mut().append(header::SET_COOKIE, COOKIE.set(&idp.env.settings.idp_url, token));
    Ok(answer)
}

/// Someone else wants to sign in: the same request, from its first step.
async fn restart(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Answer {
    let standing =
        flow::standing(&idp, cookie(&idp, &headers).as_deref()).await.map_err(|e| broken(&idp, &headers, &context, &e))?;
    let mut request = standing.and_then(|s| s.signin.request);
    if let Some(r) = &mut request {
        r.login_hint = None;
    }
    let cause = Cause { request: request.as_ref(), ..Cause::default() };
    let token = flow::begin(&idp, &context, cause).await.map_err(|e| broken(&idp, &headers, &context, &e))?;
    let mut answer = Redirect::to("/signin").into_response();
    answer.headers_mut().append(header::SET_COOKIE, COOKIE.set(&idp.env.settings.idp_url, token));
    Ok(answer)
}

fn bad(idp: &Idp, headers: &HeaderMap, context: &Context) -> Response {
    html(StatusCode::BAD_REQUEST, &ErrorPage::new(view(idp, headers), "bad-request", context.request_id.clone()))
}
