//! A stub of an SMS gateway: takes `{"to", "from", "text"}` with a bearer token, answers with an id.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use super::Captured;
use crate::kernel::delivery::Channel;
use crate::kernel::root::same;

/// Tells the stub how to treat the next requests. Cheap to clone.
#[derive(Clone, Default)]
pub struct Stub(Arc<Mutex<Plan>>);

#[derive(Default)]
struct Plan {
    fail: Option<(u32, StatusCode)>,
    delay: Option<(u32, Duration)>,
    report: Option<(String, String)>,
}

impl Stub {
    /// The next `n` requests are answered with `status` and kept nowhere.
    pub fn fail_next(&self, n: u32, status: StatusCode) {
        self.plan(|p| p.fail = Some((n, status)));
    }
    /// The next `n` requests are answered after `delay`.
    pub fn delay_next(&self, n: u32, delay: Duration) {
        self.plan(|p| p.delay = Some((n, delay)));
    }
    /// Where it reports what becomes of messages, and with which token.
    pub fn report_to(&self, address: &str, token: &str) {
        self.plan(|p| p.report = Some((address.to_owned(), token.to_owned())));
    }
    /// Reports that `message`, by the id that it was given, was `delivered` or `failed`; the status of the answer.
    pub async fn report(&self, http: &reqwest::Client, message: &str, status: &str) -> reqwest::Result<u16> {
        let (address, token) = self.plan(|p| p.report.clone()).unwrap_or_default();
        let body = json!({ "id": message, "status": status });
        Ok(http.post(address).bearer_auth(token).json(&body).send().await?.status().as_u16())
    }
    fn plan<T>(&self, f: impl FnOnce(&mut Plan) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
    /// What to do with this request.
    fn take(&self) -> (Option<StatusCode>, Option<Duration>) {
        self.plan(|p| (next(&mut p.fail), next(&mut p.delay)))
    }
}

fn next<T: Copy>(plan: &mut Option<(u32, T)>) -> Option<T> {
    let (left, value) = plan.as_mut()?;
    *left = left.checked_sub(1)?;
    Some(*value)
}

#[derive(Clone)]
struct Shop {
    token: Arc<str>,
    captured: Captured,
    stub: Stub,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sms {
    to: String,
    from: String,
    text: String,
}

pub(super) fn router(token: String, captured: Captured, stub: Stub) -> Router {
    Router::new().route("/sms", post(take)).layer(DefaultBodyLimit::max(64 * 1024)).with_state(Shop {
        token: token.into(),
        captured,
        stub,
    })
}

async fn take(State(shop): State<Shop>, headers: HeaderMap, Json(sms): Json<Sms>) -> Response {
    let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    if !given.is_some_and(|t| same(t, &shop.token)) {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response();
    }
    let (fail, delay) = shop.stub.take();
    if let Some(delay) = delay {
        tokio::time::sleep(delay).await;
    }
    if let Some(status) = fail {
        return status.into_response();
    }
    if sms.to.is_empty() || sms.from.is_empty() || sms.text.is_empty() {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    }
    let id = shop.captured.push(Channel::Sms, &sms.to, "", &sms.text);
    (StatusCode::ACCEPTED, Json(json!({ "id": format!("sms-{id}") }))).into_response()
}
