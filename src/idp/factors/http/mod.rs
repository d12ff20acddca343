//! Routes of the Security page and those behind it. Whatever adds or removes a factor asks for a sign-in of the last minutes, as
//! strong as what there is to protect (security case 21); without one it leads to signing in again, and back.

pub mod api;
mod passkeys;
mod signin_with;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use secrecy::{ExposeSecret, SecretString};

use super::ceremony::Refused;
use super::flow::{self, FactorError, Needed, Who, authenticator, phone, recovery};
use super::pages::{AuthenticatorPage, PhonePage, RecoveryCodesPage, SecurityPage, Seed};
use super::qr;
use crate::contract::Assurance;
use crate::idp::account::frame::{self, Here};
use crate::idp::setup::pages::Guide;
use crate::idp::signin::factors::Factor;
use crate::idp::signin::flow::{COOKIE, Cause, begin};
use crate::idp::{Idp, federation, sessions, setup, signin};
use crate::kernel::delivery::{Channel, mask_address};
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Context, Params};
use crate::kernel::pages::{ErrorPage, Problem, View, html};

const SECURITY: &str = "/account/security";
const AUTHENTICATOR: &str = "/account/security/authenticator";
const RECOVERY: &str = "/account/security/recovery";
const PHONE: &str = "/account/security/phone";

/// Routes for browsers.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route(SECURITY, get(show))
        .route(AUTHENTICATOR, get(show_authenticator).post(change_authenticator))
        .route(RECOVERY, get(show_recovery).post(make_recovery))
        .route(PHONE, get(show_phone).post(change_phone))
        .merge(passkeys::routes())
        .merge(signin_with::routes())
}

type Answer = Result<Response, Response>;

/// Who is here, as the flows know him.
fn who(here: &Here, context: &Context) -> Who {
    Who {
        owner: format!("session/{}", here.session.id),
        actor: here.actor(context),
        browser: context.user_agent.clone(),
        person: here.person.clone(),
    }
}

/// Whoever sets something up: also where exactly that is missing, and then with where he is on the way that he is led.
async fn enter(idp: &Idp, context: &Context, headers: &HeaderMap, path: &str) -> Result<(Here, Option<Guide>), Response> {
    let here = frame::known(idp, context, headers, path).await?;
    let guide = setup::http::on_the_way(idp, context, headers, &here, path).await?;
    Ok((here, guide))
}

/// Goes on for a sign-in that is fresh and strong enough; otherwise the way to one, which leads back to `path`.
async fn guard(idp: &Idp, context: &Context, headers: &HeaderMap, here: &Here, path: &str) -> Result<(), Response> {
    match flow::stale(idp, &here.session).await {
        Ok(None) => Ok(()),
        Ok(Some(needed)) => Err(step_up(idp, context, headers, here, (path, needed)).await),
        Err(e) => Err(frame::broken(idp, context, headers, &e)),
    }
}

/// Asks for a factor that is shown now: what was shown before says only who it is.
async fn step_up(idp: &Idp, context: &Context, headers: &HeaderMap, here: &Here, (path, needed): (&str, Needed)) -> Response {
    let begun = async {
        let shown = {
            let mut snapshot = idp.db.snapshot().await?;
            sessions::store::results(&mut snapshot.tx(), &here.session.id).await?
        };
        let carried = shown.who_only();
        let cause = Cause { page: Some((path, needed.least)), over: Some((&here.session, &carried)), ..Cause::default() };
        begin(idp, context, cause).await
    };
    match begun.await {
        Ok(value) => {
            let mut answer = Redirect::to("/signin").into_response();
            answer.headers_mut().append(header::SET_COOKIE, COOKIE.set(&idp.env.settings.idp_url, value));
            answer
        }
        Err(e) => signin::http::broken(idp, headers, context, &e),
    }
}

/// The page for an error that has none of its own.
fn failed(idp: &Idp, context: &Context, headers: &HeaderMap, e: &FactorError) -> Response {
    let view = idp.env.view(headers, SECURITY);
    let page = |status: StatusCode, key: &str| html(status, &ErrorPage::new(view.clone(), key, &context.request_id));
    match e {
        FactorError::Db(e) => frame::broken(idp, context, headers, e),
        FactorError::NotFound => page(StatusCode::NOT_FOUND, "not-found"),
        FactorError::TooMany(_) => page(StatusCode::TOO_MANY_REQUESTS, "too-many"),
        FactorError::Gone => gone(view),
        FactorError::Root(_) => {
            tracing::error!(error = %chain(e), "a page of the account failed");
            page(StatusCode::INTERNAL_SERVER_ERROR, "internal")
        }
        FactorError::Refused(_) | FactorError::Invalid(..) | FactorError::Wrong(_) | FactorError::Full => {
            page(StatusCode::BAD_REQUEST, "bad-request")
        }
    }
}

/// What was begun has run out.
fn gone(view: View) -> Response {
    let page = ErrorPage {
        title: view.t("security-gone-title"),
        text: view.t("security-gone-text"),
        request_id: String::new(),
        href: SECURITY.into(),
        action: view.t("security-back"),
        view,
    };
    html(StatusCode::GONE, &page)
}

fn done(what: &str) -> Response {
    Redirect::to(&format!("{SECURITY}?done={what}")).into_response()
}

/// A factor is set up: on to the next step for whoever is led, where it counts as shown.
async fn added(
    idp: &Idp,
    (context, headers): (&Context, &HeaderMap),
    here: &Here,
    led: bool,
    (what, factor, whole): (&str, Factor, Option<Assurance>),
) -> Response {
    idp.outbox.wake();
    if led { setup::http::counted(idp, context, headers, here, (factor, whole)).await } else { done(what) }
}

/// Where one goes who gives up: to another way, or to the list.
const fn back(led: bool) -> &'static str {
    if led { setup::model::PATH } else { SECURITY }
}

fn bad(idp: &Idp, context: &Context, headers: &HeaderMap) -> Response {
    html(StatusCode::BAD_REQUEST, &ErrorPage::new(idp.env.view(headers, SECURITY), "bad-request", &context.request_id))
}

/// What is said of a passkey's answer where it is known whose it must be.
pub(crate) const fn said(why: Refused) -> &'static str {
    match why {
        // One that is unknown, removed, or of someone who may not sign in: one answer for all.
        Refused::Unknown => "passkey-not-known",
        Refused::Copied => "passkey-copied",
        other => passkeys::refused_key(other),
    }
}

/// A typed code without what people put between its digits.
fn typed(params: &Params) -> SecretString {
    without_spaces(params.get("code").unwrap_or_default())
}

fn without_spaces(code: &str) -> SecretString {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').take(32).collect::<String>().into()
}

async fn show(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    let here = frame::enter(&idp, &context, &headers, SECURITY).await?;
    let asked = Params::parse(query.unwrap_or_default().as_bytes(), &[]).unwrap_or_default();
    let has = flow::list(&idp, &here.person.id).await.map_err(|e| frame::broken(&idp, &context, &headers, &e))?;
    let can = (idp.passkeys.offered(), idp.delivery.has(Channel::Sms));
    let elsewhere = federation::flow::concerns(&idp, &here.person.id).await;
    let elsewhere = elsewhere.map_err(|e| frame::broken(&idp, &context, &headers, &e))?;
    Ok(html(StatusCode::OK, &SecurityPage { elsewhere, ..SecurityPage::new(here.view, has, can, asked.get("done")) }))
}

/// The page about the app: what is being set up, with its seed for a sign-in only that is fresh and strong enough.
async fn authenticator_page(
    idp: &Idp,
    (here, guide): (&Here, Option<Guide>),
    context: &Context,
    fresh: bool,
) -> Result<AuthenticatorPage, FactorError> {
    let has = flow::list(idp, &here.person.id).await?;
    let mut page = AuthenticatorPage::new(here.view.clone(), has.authenticator.is_some(), guide);
    if let Some(pending) = authenticator::pending(idp, &who(here, context)).await? {
        let address = pending.address(&idp.env.settings.organisation, &here.person.email);
        page.pending = true;
        page.seed = fresh.then(|| Seed { picture: qr::svg(&address), key: pending.key(), address });
    }
    Ok(page)
}

async fn show_authenticator(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Answer {
    let (here, guide) = enter(&idp, &context, &headers, AUTHENTICATOR).await?;
    let page =
        authenticator_page(&idp, (&here, guide), &context, true).await.map_err(|e| failed(&idp, &context, &headers, &e))?;
    if page.pending {
        guard(&idp, &context, &headers, &here, AUTHENTICATOR).await?;
    }
    Ok(html(StatusCode::OK, &page))
}

async fn change_authenticator(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Answer {
    let (here, guide) = enter(&idp, &context, &headers, AUTHENTICATOR).await?;
    let led = guide.is_some();
    let params = Params::parse(&body, &[]).map_err(|_| bad(&idp, &context, &headers))?;
    let who = who(&here, &context);
    let wrong = |e: FactorError| failed(&idp, &context, &headers, &e);
    match params.get("do") {
        Some("begin") => {
            guard(&idp, &context, &headers, &here, AUTHENTICATOR).await?;
            authenticator::begin(&idp, &who).await.map_err(wrong)?;
            Ok(Redirect::to(AUTHENTICATOR).into_response())
        }
        Some("confirm") => match authenticator::confirm(&idp, &who, typed(&params)).await {
            Ok(()) => {
                let new = ("app-added", Factor::Authenticator, None);
                Ok(added(&idp, (&context, &headers), &here, led, new).await)
            }
            Err(FactorError::Wrong(left)) => {
                // Whoever may not begin is not shown what was begun: who reads the key holds the app.
                let fresh = flow::stale(&idp, &here.session).await.map_err(|e| wrong(e.into()))?.is_none();
                let mut page = authenticator_page(&idp, (&here, guide), &context, fresh).await.map_err(wrong)?;
                let text = page.view.t1("code-wrong-authenticator", "count", left);
                page.problems.push(Problem { field: "code".into(), text });
                Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
            }
            Err(e) => Err(wrong(e)),
        },
        Some("give-up") => {
            authenticator::give_up(&idp, &who).await.map_err(|e| wrong(e.into()))?;
            Ok(Redirect::to(back(led)).into_response())
        }
        Some("remove") => {
            guard(&idp, &context, &headers, &here, AUTHENTICATOR).await?;
            authenticator::remove(&idp, &who).await.map_err(wrong)?;
            idp.outbox.wake();
            Ok(done("app-removed"))
        }
        _ => Err(bad(&idp, &context, &headers)),
    }
}

async fn show_recovery(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Answer {
    let (here, guide) = enter(&idp, &context, &headers, RECOVERY).await?;
    let has = flow::list(&idp, &here.person.id).await.map_err(|e| frame::broken(&idp, &context, &headers, &e))?;
    Ok(html(StatusCode::OK, &RecoveryCodesPage::new(here.view, Vec::new(), has.recovery_codes, here.person.email, guide)))
}

async fn make_recovery(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Answer {
    let (here, guide) = enter(&idp, &context, &headers, RECOVERY).await?;
    guard(&idp, &context, &headers, &here, RECOVERY).await?;
    let made = recovery::make(&idp, &who(&here, &context)).await.map_err(|e| failed(&idp, &context, &headers, &e))?;
    idp.outbox.wake();
    let codes: Vec<String> = made.iter().map(|c| c.expose_secret().to_owned()).collect();
    let left = i64::try_from(codes.len()).unwrap_or_default();
    Ok(html(StatusCode::OK, &RecoveryCodesPage::new(here.view, codes, left, here.person.email, guide)))
}

async fn phone_page(idp: &Idp, here: &Here, guide: Option<Guide>) -> Result<PhonePage, FactorError> {
    let has = flow::list(idp, &here.person.id).await?;
    let mut page = PhonePage::new(here.view.clone(), has.phone.as_deref(), guide);
    if let Some(pending) = phone::pending(idp, &here.person.id).await? {
        (page.pending, page.resend_at) = (Some(mask_address(&pending.number)), pending.resend_at);
    }
    Ok(page)
}

async fn show_phone(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Answer {
    let (here, guide) = enter(&idp, &context, &headers, PHONE).await?;
    let page = phone_page(&idp, &here, guide).await.map_err(|e| failed(&idp, &context, &headers, &e))?;
    Ok(html(StatusCode::OK, &page))
}

async fn change_phone(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Answer {
    let (here, guide) = enter(&idp, &context, &headers, PHONE).await?;
    let params = Params::parse(&body, &[]).map_err(|_| bad(&idp, &context, &headers))?;
    let who = who(&here, &context);
    let number = params.get("phone").unwrap_or_default();
    let result = match params.get("do") {
        Some("begin") => {
            guard(&idp, &context, &headers, &here, PHONE).await?;
            phone::begin(&idp, &who, number).await.map(|()| Redirect::to(PHONE).into_response())
        }
        Some("resend") => phone::resend(&idp, &who).await.map(|()| Redirect::to(PHONE).into_response()),
        Some("confirm") => match phone::confirm(&idp, &who, typed(&params)).await {
            Ok(()) => {
                let new = ("phone-added", Factor::Sms, None);
                Ok(added(&idp, (&context, &headers), &here, guide.is_some(), new).await)
            }
            Err(e) => Err(e),
        },
        Some("give-up") => {
            let given_up = phone::give_up(&idp, &who).await;
            given_up.map(|()| Redirect::to(PHONE).into_response()).map_err(FactorError::from)
        }
        Some("remove") => {
            guard(&idp, &context, &headers, &here, PHONE).await?;
            phone::remove(&idp, &who).await.map(|()| done("phone-removed"))
        }
        _ => return Err(bad(&idp, &context, &headers)),
    };
    idp.outbox.wake();
    let (status, field, text) = match result {
        Ok(answer) => return Ok(answer),
        Err(FactorError::Invalid(field, key)) => (StatusCode::UNPROCESSABLE_ENTITY, field, here.view.t(key)),
        Err(FactorError::Wrong(left)) => (StatusCode::UNPROCESSABLE_ENTITY, "code", here.view.t1("code-wrong", "count", left)),
        Err(FactorError::TooMany(at)) => {
            let text = here.view.t1("security-phone-later", "time", here.view.date_time(at));
            (StatusCode::TOO_MANY_REQUESTS, if params.get("do") == Some("begin") { "phone" } else { "code" }, text)
        }
        Err(e) => return Err(failed(&idp, &context, &headers, &e)),
    };
    let mut page = phone_page(&idp, &here, guide).await.map_err(|e| failed(&idp, &context, &headers, &e))?;
    page.number = number.chars().take(40).collect();
    if field == "phone" {
        // The form that the words belong to.
        page.pending = None;
    }
    page.problems.push(Problem { field: field.into(), text });
    Ok(html(status, &page))
}
