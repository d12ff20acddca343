//! `POST /oauth2/register` (RFC 7591, section 3) and `/oauth2/register/{id}` (RFC 7592, section 2).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::flow::{self, Registered, RegistrationError};
use super::model::{self, Unfit};
use crate::idp::Idp;
use crate::idp::oidc::OAuthError;
use crate::kernel::http::Context;

/// Routes of registration.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/oauth2/register", post(register)).route("/oauth2/register/{id}", get(read).put(change).delete(remove))
}

impl IntoResponse for RegistrationError {
    fn into_response(self) -> Response {
        let answer =
            |status, error: &str, why: &str| (status, Json(json!({"error": error, "error_description": why}))).into_response();
        match self {
            Self::Off => {
                answer(StatusCode::FORBIDDEN, "access_denied", "registration is switched off here; ask an administrator")
            }
            Self::Token => {
                let mut refused = answer(
                    StatusCode::UNAUTHORIZED,
                    "invalid_token",
                    "an access token for registration is needed in the Authorization header",
                );
                let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
                refused.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
                refused
            }
            Self::TooMany => {
                let mut refused =
                    answer(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", "too many registrations; come back later");
                refused.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("3600"));
                refused
            }
            Self::Unfit(Unfit { code, why }) => answer(StatusCode::BAD_REQUEST, code, &why),
            Self::Db(e) => OAuthError::from(e).into_response(),
            Self::Root(e) => OAuthError::from(e).into_response(),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let value = given.next().filter(|_| given.next().is_none())?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    Some(token.trim()).filter(|_| scheme.eq_ignore_ascii_case("bearer"))
}

/// What an application says of itself: a JSON object, each member once.
fn object(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, RegistrationError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().is_some_and(|k| k.trim().eq_ignore_ascii_case("application/json")) {
        return Err(Unfit::metadata("send the registration as application/json").into());
    }
    crate::kernel::jose::object(body).map_err(|_| Unfit::metadata("not a JSON object with each member once").into())
}

/// Reads and writes nothing but what a browser's page could not be led to: no cookie counts here.
fn told(idp: &Idp, status: StatusCode, r: Registered) -> Response {
    let mut all = model::told(&r.client.id, &r.client.metadata);
    all.insert("client_id_issued_at".into(), r.at.seconds().into());
    all.insert("registration_access_token".into(), r.token.into());
    all.insert(
        "registration_client_uri".into(),
        idp.env.settings.idp_url.at(&format!("/oauth2/register/{}", r.client.id)).into(),
    );
    if let Some(secret) = r.secret {
        all.insert("client_secret".into(), secret.into());
        all.insert("client_secret_expires_at".into(), 0.into());
    }
    (status, [(header::PRAGMA, "no-cache")], Json(all)).into_response()
}

async fn register(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, RegistrationError> {
    if model::Policy::of(&idp.env.settings) == model::Policy::Off {
        return Err(RegistrationError::Off);
    }
    let body = object(&headers, &body)?;
    let registered = flow::register(&idp, &context, bearer(&headers), &body).await?;
    Ok(told(&idp, StatusCode::CREATED, registered))
}

async fn read(State(idp): State<Arc<Idp>>, headers: HeaderMap, Path(id): Path<String>) -> Result<Response, RegistrationError> {
    let token = bearer(&headers).ok_or(RegistrationError::Token)?;
    Ok(told(&idp, StatusCode::OK, flow::read(&idp, &id, token).await?))
}

async fn change(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, RegistrationError> {
    let token = bearer(&headers).ok_or(RegistrationError::Token)?;
    // Whoever has no token is told nothing of what he sent.
    flow::read(&idp, &id, token).await?;
    let body = object(&headers, &body)?;
    Ok(told(&idp, StatusCode::OK, flow::change(&idp, &context, (&id, token), &body).await?))
}

async fn remove(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<StatusCode, RegistrationError> {
    let token = bearer(&headers).ok_or(RegistrationError::Token)?;
    flow::remove(&idp, &context, &id, token).await?;
    Ok(StatusCode::NO_CONTENT)
}
