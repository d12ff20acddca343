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
use crate::idp::account::frame::{self, Section, Tab};
use crate::idp::setup::flow::Lacks;
use crate::idp::{Idp, account, oidc, setup};
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
    /// The navigation of the account.
    pub tabs: Vec<Tab>,
    /// The devices, the one used last first.
    pub devices: Vec<Device>,
}

impl RememberedPage {
    fn new(view: View, devices: Vec<Device>) -> Self {
        Self { tabs: frame::tabs(&view, Section::Security), view, devices }
    }

    fn name(&self, device: &Device) -> String {
        account::pages::device(&self.view, &device.user_agent)
    }
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
        vec![Self::new(view.clone(), vec![device]), Self::new(view, vec![])]
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

async fn show(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Result<Response, Response> {
    let here = frame::enter(&idp, &context, &headers, HERE).await?;
    let devices = of(&idp, &here.person.id).await.map_err(|e| broken(&idp, &headers, &context, &e))?;
    Ok(html(StatusCode::OK, &RememberedPage::new(here.view, devices)))
}

async fn of(idp: &Idp, person: &str) -> Result<Vec<Device>, DbError> {
    devices::list(&mut idp.db.snapshot().await?.tx(), person, idp.env.now()).await
}

async fn end(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Result<Response, Response> {
    let here = frame::enter(&idp, &context, &headers, HERE).await?;
    let params = Params::parse(&body, &[]).unwrap_or_default();
    let (person, device) = (&here.person.id, params.get("device").unwrap_or_default());
    let ended = flow::forget_device(&idp, person, device, here.actor(&context)).await;
    ended.map_err(|e| broken(&idp, &headers, &context, &e))?;
    Ok(Redirect::to(HERE).into_response())
}

/// Whoever asks by his browser's session, where that is what the policies ask of him.
async fn asking(idp: &Idp, headers: &HeaderMap) -> Result<String, Problem> {
    let session = oidc::http::session_of(idp, headers).await?.ok_or(Problem::new(Code::Unauthorized))?;
    match setup::flow::lacks(idp, &session).await? {
        Lacks::Nothing => Ok(session.person_id),
        Lacks::Anew | Lacks::Stronger(_) | Lacks::SetUp => Err(Problem::new(Code::Unauthorized)),
    }
}

async fn list(State(idp): State<Arc<Idp>>, headers: HeaderMap) -> Result<Json<Vec<DeviceOut>>, Problem> {
    let devices = of(&idp, &asking(&idp, &headers).await?).await?;
    Ok(Json(devices.into_iter().map(Into::into).collect()))
}

async fn forget(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let person = asking(&idp, &headers).await?;
    let ended = flow::forget_device(&idp, &person, &id, Actor::on(&context).person(&person)).await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::new(Code::NotFound)) }
}
