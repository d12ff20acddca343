//! Someone's remembered devices, as a page and for programs: listed, and each ended.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde::Serialize;

use super::devices::{self, Device};
use super::flow;
use crate::idp::{Idp, account};
use crate::kernel::audit::Actor;
use crate::kernel::db::DbError;
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Code, Context, Params, Problem};
use crate::kernel::pages::{ErrorPage, Page, View, html};

/// The page.
const HERE: &str = "/account/remembered";

/// All of them; they stand behind the check for requests from other sites.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/account/remembered", get(show))
        .route("/account/remembered/end", post(end))
        .route("/api/me/remembered-devices", get(list))
        .route("/api/me/remembered-devices/{id}", delete(forget))
}

/// Browsers in which no second factor is asked.
#[derive(Template)]
#[template(path = "idp/remembered.html")]
pub struct RememberedPage {
    /// The request's view.
    pub view: View,
    /// The devices, the one used last first.
    pub devices: Vec<Device>,
}

impl Page for RememberedPage {
    fn samples(view: View) -> Vec<Self> {
        let device = Device {
            id: "019ac2f0-5a4e-7c31-9d55-3f6b1c2a7e90".into(),
            person_id: String::new(),
            factor: crate::idp::signin::factors::Factor::Mail,
            shown_at: view.now,
            used_at: view.now,
            expires_at: view.now,
            ip: "203.0.113.9".into(),
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0".into(),
        };
        vec![Self { view: view.clone(), devices: vec![device] }, Self { view, devices: vec![] }]
    }
}

/// A remembered device, for programs.
#[derive(Debug, Serialize)]
struct DeviceOut {
    id: String,
    factor: &'static str,
    shown_at: i64,
    used_at: i64,
    expires_at: i64,
    ip: String,
    user_agent: String,
}

impl From<Device> for DeviceOut {
    fn from(d: Device) -> Self {
        Self {
            id: d.id,
            factor: d.factor.as_str(),
            shown_at: d.shown_at.0,
            used_at: d.used_at.0,
            expires_at: d.expires_at.0,
            ip: d.ip,
            user_agent: d.user_agent,
        }
    }
}

fn broken(idp: &Idp, headers: &HeaderMap, context: &Context, e: &DbError) -> Response {
    tracing::error!(error = %chain(e), "remembered devices could not be read or ended");
    let page = ErrorPage::new(idp.env.view(headers, HERE), "internal", context.request_id.clone());
    html(StatusCode::INTERNAL_SERVER_ERROR, &page)
}

async fn show(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Response {
    match of(&idp, &headers).await {
        Ok(Some((name, devices))) => {
            let view = View { user: Some(name), ..idp.env.view(&headers, HERE) };
            html(StatusCode::OK, &RememberedPage { view, devices })
        }
        Ok(None) => Redirect::to("/signin").into_response(),
        Err(e) => broken(&idp, &headers, &context, &e),
    }
}

/// The name of whoever asks, and his devices.
async fn of(idp: &Idp, headers: &HeaderMap) -> Result<Option<(String, Vec<Device>)>, DbError> {
    let Some(person) = account::http::signed_in(idp, headers).await? else { return Ok(None) };
    let devices = devices::list(&mut idp.db.snapshot().await?.tx(), &person.id, idp.env.now()).await?;
    Ok(Some((person.name, devices)))
}

async fn end(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Response {
    let params = Params::parse(&body, &[]).unwrap_or_default();
    match take(&idp, &context, &headers, params.get("device").unwrap_or_default()).await {
        Ok(Some(_)) => Redirect::to(HERE).into_response(),
        Ok(None) => Redirect::to("/signin").into_response(),
        Err(e) => broken(&idp, &headers, &context, &e),
    }
}

async fn list(State(idp): State<Arc<Idp>>, headers: HeaderMap) -> Result<Json<Vec<DeviceOut>>, Problem> {
    let (_, devices) = of(&idp, &headers).await?.ok_or(Problem::new(Code::Unauthorized))?;
    Ok(Json(devices.into_iter().map(Into::into).collect()))
}

async fn forget(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    match take(&idp, &context, &headers, &id).await? {
        Some(true) => Ok(StatusCode::NO_CONTENT),
        Some(false) => Err(Problem::new(Code::NotFound)),
        None => Err(Problem::new(Code::Unauthorized)),
    }
}

/// Ends a device of whoever asks: whether it was one of his; nothing when nobody is signed in.
async fn take(idp: &Idp, context: &Context, headers: &HeaderMap, id: &str) -> Result<Option<bool>, DbError> {
    let Some(person) = account::http::signed_in(idp, headers).await? else { return Ok(None) };
    flow::forget_device(idp, &person.id, id, Actor::on(context).person(&person.id)).await.map(Some)
}
