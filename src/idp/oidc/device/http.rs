//! `POST /device_authorization` for devices, and `/device` for people. Whoever opens the page signs in first: a code is
//! tried by someone, and ten tries are all that he has.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::flow::{self, Found};
use super::model::{self, Device};
use super::pages::{ConfirmPage, DevicePage, DonePage};
use super::store;
use crate::idp::clients::auth::authenticate;
use crate::idp::consent::Asks;
use crate::idp::consent::pages::lines;
use crate::idp::oidc::authorize::Refusal;
use crate::idp::oidc::decision::Decided;
use crate::idp::oidc::error::OAuthError;
use crate::idp::oidc::http::{is_form, refusal, session_of};
use crate::idp::oidc::token::REPEATABLE;
use crate::idp::sessions::Session;
use crate::idp::setup::http::Question;
use crate::idp::signin::flow::Cause;
use crate::idp::signin::pages::Then;
use crate::idp::{Idp, clients, people, setup, signin};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::DbError;
use crate::kernel::http::{Context, Params, Presented};
use crate::kernel::pages::{Problem, View, html};
use crate::kernel::root::Purpose;

/// For devices.
pub fn back() -> Router<Arc<Idp>> {
    Router::new().route("/device_authorization", post(begin))
}

/// For people.
pub fn pages() -> Router<Arc<Idp>> {
    Router::new().route("/device", get(show).post(find)).route("/device/answer", post(answer))
}

async fn begin(
    State(idp): State<Arc<Idp>>,
    context: Context,
    presented: Presented,
    body: Bytes,
) -> Result<Json<Value>, OAuthError> {
    is_form(&presented.headers)?;
    let params = Params::parse(&body, REPEATABLE)?;
    let auth = authenticate(&idp, &presented, &params).await?;
    let begun = flow::begin(&idp, auth, &params, &context).await?;
    let at = idp.env.settings.idp_url.at("/device");
    Ok(Json(json!({
        "device_code": begun.device_code,
        "user_code": begun.user_code,
        "verification_uri": at,
        "verification_uri_complete": format!("{at}?user_code={}", begun.user_code),
        "expires_in": model::LIFE.as_secs(),
        "interval": model::PAUSE,
    })))
}

/// The session of the browser; the way to sign in and back where there is none, or one that is less than is asked of its person
/// (security case 17).
async fn session(idp: &Idp, context: &Context, headers: &HeaderMap, to: &str) -> Result<Session, Box<Response>> {
    match session_of(idp, headers).await {
        Ok(Some(session)) if session.is_live(idp.env.now()) => {
            setup::http::hold(idp, context, headers, &session, to).await.map_err(Box::new)?;
            return Ok(session);
        }
        Ok(_) => {}
        Err(e) => return Err(Box::new(refusal(idp, headers, context, e.into()).await)),
    }
    let cause = Cause { page: Some((to, None)), ..Cause::default() };
    let token = signin::flow::begin(idp, context, cause).await;
    let token = token.map_err(|e| Box::new(signin::http::broken(idp, headers, context, &e)))?;
    let mut answer = Redirect::to("/signin").into_response();
    answer.headers_mut().append(header::SET_COOKIE, signin::flow::COOKIE.set(&idp.env.settings.idp_url, token));
    Err(Box::new(answer))
}

fn view(idp: &Idp, headers: &HeaderMap) -> View {
    idp.env.view(headers, "/device")
}

/// The code of the link is only filled in: it is the person who sends it, and who compares it.
async fn show(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes(), &[]).unwrap_or_default();
    let code = params.get("user_code").and_then(model::typed).map(|c| model::shown(&c)).unwrap_or_default();
    match session(&idp, &context, &headers, &at(&code)).await {
        Ok(_) => html(StatusCode::OK, &DevicePage { view: view(&idp, &headers), code, problems: vec![] }),
        Err(answer) => *answer,
    }
}

/// The page with a code filled in, as its device shows it.
fn at(code: &str) -> String {
    if code.is_empty() { "/device".to_owned() } else { format!("/device?user_code={code}") }
}

/// Goes on where the person is signed in as is asked at the device's application; otherwise leads to what is to be shown, and back.
async fn strong(
    idp: &Idp,
    context: &Context,
    headers: &HeaderMap,
    session: &Session,
    (device, to): (&Device, &str),
) -> Result<(), Response> {
    let question = Question { client: &device.client_id, strengths: &[], path: to, asked: false, then: Then::Device };
    setup::http::hold_question(idp, context, headers, session, &question).await
}

async fn find(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Response {
    let params = Params::parse(&body, &[]).unwrap_or_default();
    let to = at(&shown_code(params.get("user_code").unwrap_or_default()));
    let session = match session(&idp, &context, &headers, &to).await {
        Ok(session) => session,
        Err(answer) => return *answer,
    };
    let code = params.get("user_code").unwrap_or_default().chars().take(20).collect::<String>();
    let wrong = |status, key: &str| {
        let view = view(&idp, &headers);
        let problems = vec![Problem { field: "user_code".into(), text: view.t(key) }];
        html(status, &DevicePage { view, code: code.clone(), problems })
    };
    match flow::find(&idp, &session.person_id, &code).await {
        Ok(Found::Device(device)) => {
            if let Err(answer) = strong(&idp, &context, &headers, &session, (&device, &to)).await {
                return answer;
            }
            match confirm(&idp, &context, &headers, &session, (&device, shown_code(&code))).await {
                Ok(Some(page)) => html(StatusCode::OK, &page),
                Ok(None) => wrong(StatusCode::UNPROCESSABLE_ENTITY, "device-code-wrong"),
                Err(e) => refusal(&idp, &headers, &context, Refusal::Broken(e)).await,
            }
        }
        Ok(Found::Nothing) => wrong(StatusCode::UNPROCESSABLE_ENTITY, "device-code-wrong"),
        Ok(Found::TooMany) => wrong(StatusCode::TOO_MANY_REQUESTS, "device-code-too-many"),
        Err(e) => refusal(&idp, &headers, &context, e.into()).await,
    }
}

/// The code as its device shows it.
fn shown_code(typed: &str) -> String {
    model::typed(typed).map(|c| model::shown(&c)).unwrap_or_default()
}

fn place(session: &Session) -> String {
    format!("device/{}", session.id)
}

async fn confirm(
    idp: &Idp,
    context: &Context,
    headers: &HeaderMap,
    session: &Session,
    (device, code): (&Device, String),
) -> Result<Option<ConfirmPage>, OAuthError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let client = clients::store::by_id(&mut tx, &device.client_id).await?.filter(|c| c.enabled);
    let person = people::store::by_id(&mut tx, &session.person_id).await?;
    let (Some(client), Some(person)) = (client, person) else { return Ok(None) };
    let view = view(idp, headers);
    let resource = if device.resource == idp.issuer() { "" } else { device.resource.as_str() };
    let asks = Asks::new(&device.scope, "", resource);
    let details: Vec<Value> = device.details.as_deref().and_then(|d| serde_json::from_str(d).ok()).unwrap_or_default();
    let sealed = idp.env.root.seal(Purpose::Cursor, &place(session), device.id.as_bytes(), idp.env.entropy.as_ref())?;
    Ok(Some(ConfirmPage {
        app: client.name(view.lang.code()).to_owned(),
        email: person.email,
        code,
        ip: device.ip.clone(),
        agent: device.user_agent.clone(),
        since: Timestamp(device.created_at),
        elsewhere: device.ip != context.ip.to_string(),
        lines: lines(&view, &asks, str::to_owned),
        details: details.iter().filter_map(|d| serde_json::to_string_pretty(d).ok()).collect(),
        device: sealed,
        view,
    }))
}

async fn answer(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Response {
    let session = match session(&idp, &context, &headers, "/device").await {
        Ok(session) => session,
        Err(answer) => return *answer,
    };
    let params = Params::parse(&body, &[]).unwrap_or_default();
    // Only what this page of this session showed: nobody else's link or form decides.
    let id = idp.env.root.open(Purpose::Cursor, &place(&session), params.get("device").unwrap_or_default()).ok();
    let id = id.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
    let allow = params.get("answer") == Some("allow");
    match (id, params.get("answer")) {
        (Some(id), Some("allow" | "refuse")) => match decided(&idp, &context, &headers, &session, &id, allow).await {
            Ok(Some(page)) => html(StatusCode::OK, &page),
            // The policy was changed while the page was open: the code, typed again, leads to what is asked now.
            Ok(None) => Redirect::to("/device").into_response(),
            Err(e) => refusal(&idp, &headers, &context, e.into()).await,
        },
        _ => refusal(&idp, &headers, &context, Refusal::Page("bad-request")).await,
    }
}

async fn decided(
    idp: &Idp,
    context: &Context,
    headers: &HeaderMap,
    session: &Session,
    id: &str,
    allow: bool,
) -> Result<Option<DonePage>, DbError> {
    let decided = flow::decide(idp, session, id, allow, Actor::on(context)).await?;
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let client = match store::by_id(&mut tx, id).await? {
        Some(device) => clients::store::by_id(&mut tx, &device.client_id).await?,
        None => None,
    };
    let view = view(idp, headers);
    if decided == Decided::Weak {
        return Ok(None);
    }
    let app = client.map(|c| c.name(view.lang.code()).to_owned()).unwrap_or_default();
    Ok(Some(DonePage { app, view, outcome: decided.outcome() }))
}
