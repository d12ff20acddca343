//! Routes of signing in. `GET /signin` shows whatever the dispatcher asks for; the others bring it facts and lead back.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::finish::{self, CodeOutcome, SignedIn};
use super::flow::{self, COOKIE, PasswordOutcome, SigninError, WayOutcome};
use super::model::{self, Method, Step};
use super::pages::{CodePage, PasswordPage, way_label};
use crate::idp::credentials::HasherError;
use crate::idp::oidc::http::{lead, refusal};
use crate::idp::oidc::{authorize, logout};
use crate::idp::{Idp, invitations, sessions};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::delivery::mask_address;
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Context, Params};
use crate::kernel::pages::{ErrorPage, Problem, View, html};

/// Routes of signing in.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/signin", get(show).post(password))
        .route("/signin/code", get(|| async { Redirect::to("/signin") }).post(code))
        .route("/signin/way", post(way))
        .route("/signin/restart", post(restart))
}

pub(crate) type Answer = Result<Response, Response>;

fn cookie(idp: &Idp, headers: &HeaderMap) -> Option<String> {
    COOKIE.get(&idp.env.settings.idp_url, headers)
}

fn view(idp: &Idp, headers: &HeaderMap) -> View {
    idp.env.view(headers, "/signin")
}

/// A page for an error that is not the person's doing.
fn broken(idp: &Idp, headers: &HeaderMap, context: &Context, e: &SigninError) -> Response {
    if matches!(e, SigninError::TooMany) {
        return html(StatusCode::TOO_MANY_REQUESTS, &ErrorPage::new(view(idp, headers), "too-many", context.request_id.clone()));
    }
    let overloaded = match e {
        SigninError::Hasher(HasherError::Busy) => true,
        SigninError::Db(d) => d.is_overload(),
        _ => false,
    };
    if overloaded {
        let page = ErrorPage::new(view(idp, headers), "overloaded", context.request_id.clone());
        let mut answer = html(StatusCode::SERVICE_UNAVAILABLE, &page);
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        return answer;
    }
    tracing::error!(error = %chain(e), "a sign-in failed");
    html(StatusCode::INTERNAL_SERVER_ERROR, &ErrorPage::new(view(idp, headers), "internal", context.request_id.clone()))
}

/// The page that says that a sign-in has expired, with a way to begin again.
fn gone(idp: &Idp, headers: &HeaderMap) -> Response {
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
async fn page(
    idp: &Idp,
    context: &Context,
    headers: &HeaderMap,
    status: StatusCode,
    email: String,
    problems: Vec<Problem>,
    resent: bool,
) -> Answer {
    let view = view(idp, headers);
    let standing = flow::standing(idp, cookie(idp, headers).as_deref()).await.map_err(|e| broken(idp, headers, context, &e))?;
    let Some(s) = standing else {
        // Nobody sent this browser here: begin a sign-in that leads to the start page.
        let token = flow::begin(idp, context, None).await.map_err(|e| broken(idp, headers, context, &e))?;
        let mut answer = html(status, &PasswordPage { view, app: String::new(), email, problems });
        answer.headers_mut().append(header::SET_COOKIE, COOKIE.set(&idp.env.settings.idp_url, token));
        return Ok(answer);
    };
    let request = s.signin.request.as_ref();
    match s.step {
        Step::Password => {
            let hint = request.and_then(|r| r.login_hint.clone()).unwrap_or_default();
            let app = request.map(|r| r.client_name.clone()).unwrap_or_default();
            Ok(html(status, &PasswordPage { view, app, email: if email.is_empty() { hint } else { email }, problems }))
        }
        Step::Code(method) => {
            let email = s.person.map(|p| p.email).unwrap_or_default();
            let masked = mask_address(&email);
            let left = i64::from(idp.env.settings.code_tries).saturating_sub(s.signin.tries);
            let others = s.others.iter().map(|m| (m.as_str().to_owned(), way_label(&view, *m, &masked))).collect();
            Ok(html(
                status,
                &CodePage {
                    view,
                    email,
                    masked,
                    mail: method == Method::Mail,
                    others,
                    resend_at: s.signin.sent_at.unwrap_or_default() + model::PAUSE,
                    resent,
                    auto: left > 1,
                    problems,
                },
            ))
        }
        Step::Done(_) => Err(gone(idp, headers)),
    }
}

async fn password(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Answer {
    let view = view(&idp, &headers);
    let params = Params::parse(&body, &[]).map_err(|_| bad(&idp, &headers, &context))?;
    let (email, password) = (params.get("username").unwrap_or_default().trim(), params.get("password").unwrap_or_default());
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
    let Some(token) = cookie(&idp, &headers) else { return Err(gone(&idp, &headers)) };
    let outcome = flow::password(&idp, &context, &token, &email, password.into()).await;
    let (status, text) = match outcome.map_err(|e| broken(&idp, &headers, &context, &e))? {
        PasswordOutcome::Right => return Ok(Redirect::to("/signin").into_response()),
        PasswordOutcome::Gone => return Err(gone(&idp, &headers)),
        PasswordOutcome::Wrong => (StatusCode::UNPROCESSABLE_ENTITY, view.t("signin-wrong")),
        PasswordOutcome::Locked(until) => (StatusCode::TOO_MANY_REQUESTS, view.t1("signin-locked", "time", view.time(until))),
    };
    let problems = vec![Problem { field: "username".into(), text }];
    page(&idp, &context, &headers, status, email, problems, false).await
}

async fn code(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Answer {
    let view = view(&idp, &headers);
    let params = Params::parse(&body, &[]).map_err(|_| bad(&idp, &headers, &context))?;
    let Some(token) = cookie(&idp, &headers) else { return Err(gone(&idp, &headers)) };
    let wrong = |key: &str| vec![Problem { field: "code".into(), text: view.t(key) }];
    let Some(given) = params.get("code") else {
        return page(&idp, &context, &headers, StatusCode::UNPROCESSABLE_ENTITY, String::new(), wrong("code-missing"), false)
            .await;
    };
    let outcome = finish::code(&idp, &context, &token, given.into()).await.map_err(|e| broken(&idp, &headers, &context, &e))?;
    let problems = match outcome {
        CodeOutcome::Done(done) => return enter(&idp, &context, &headers, *done).await,
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
        CodeOutcome::Wrong { left, method: Method::Mail } => {
            vec![Problem { field: "code".into(), text: view.t1("code-wrong", "count", left) }]
        }
        CodeOutcome::Wrong { left, .. } => {
            vec![Problem { field: "code".into(), text: view.t1("code-wrong-authenticator", "count", left) }]
        }
        CodeOutcome::Used => wrong("code-used"),
        CodeOutcome::Expired => wrong("code-expired"),
    };
    page(&idp, &context, &headers, StatusCode::UNPROCESSABLE_ENTITY, String::new(), problems, false).await
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
        && let Err(e) = logout::end(idp, &old.id, Actor::on(context).person(&old.person_id)).await
    {
        tracing::error!(error = %chain(&e), "the session before this one could not be ended");
    }
    let left = invitations::pages::left(idp, headers);
    let mut answer = match done.request {
        None => Redirect::to(left.as_deref().unwrap_or("/")).into_response(),
        Some(request) => match authorize::complete(idp, request, &done.session_id, Actor::on(context)).await {
            Ok(next) => lead(idp, headers, next),
            // Signed in all the same: it is the application that is refused.
            Err(r) => refusal(idp, headers, context, r),
        },
    };
    let set = answer.headers_mut();
    set.append(header::SET_COOKIE, sessions::flow::COOKIE.set(origin, done.cookie));
    set.append(header::SET_COOKIE, COOKIE.clear(origin));
    if left.is_some() {
        invitations::pages::forget(idp, &mut answer);
    }
    Ok(answer)
}

async fn way(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Answer {
    let view = view(&idp, &headers);
    let params = Params::parse(&body, &[]).map_err(|_| bad(&idp, &headers, &context))?;
    let method = params.get("way").and_then(Method::from_name).ok_or_else(|| bad(&idp, &headers, &context))?;
    let Some(token) = cookie(&idp, &headers) else { return Err(gone(&idp, &headers)) };
    match flow::way(&idp, &token, method).await.map_err(|e| broken(&idp, &headers, &context, &e))? {
        WayOutcome::Gone => Err(gone(&idp, &headers)),
        WayOutcome::Done => page(&idp, &context, &headers, StatusCode::OK, String::new(), vec![], method == Method::Mail).await,
        WayOutcome::TooSoon => {
            let text = resend_text(&idp, &view, &token).await;
            let problems = vec![Problem { field: "code".into(), text }];
            page(&idp, &context, &headers, StatusCode::TOO_MANY_REQUESTS, String::new(), problems, false).await
        }
    }
}

/// Says when the next mail can be sent, or that none can.
async fn resend_text(idp: &Idp, view: &View, token: &str) -> String {
    let standing = flow::standing(idp, Some(token)).await.ok().flatten();
    let next: Option<Timestamp> =
        standing.filter(|s| s.signin.sends < model::MAILS).and_then(|s| s.signin.sent_at).map(|at| at + model::PAUSE);
    match next.filter(|at| *at > idp.env.now()) {
        Some(at) => view.t1("code-resend-later", "time", view.time(at)),
        None => view.t("code-resend-limit"),
    }
}

/// Begins a sign-in that no application asked for.
pub(crate) async fn begin(idp: &Idp, context: &Context, headers: &HeaderMap) -> Answer {
    let token = flow::begin(idp, context, None).await.map_err(|e| broken(idp, headers, context, &e))?;
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
    let token = flow::begin(&idp, &context, request.as_ref()).await.map_err(|e| broken(&idp, &headers, &context, &e))?;
    let mut answer = Redirect::to("/signin").into_response();
    answer.headers_mut().append(header::SET_COOKIE, COOKIE.set(&idp.env.settings.idp_url, token));
    Ok(answer)
}

fn bad(idp: &Idp, headers: &HeaderMap, context: &Context) -> Response {
    html(StatusCode::BAD_REQUEST, &ErrorPage::new(view(idp, headers), "bad-request", context.request_id.clone()))
}
