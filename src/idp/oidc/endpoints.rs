//! Routes of OAuth's extensions, which clients call by themselves: pushed requests (RFC 9126) and introspection (RFC 7662).

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::json;

use super::error::{ErrorCode, OAuthError};
use super::http::is_form;
use super::token::REPEATABLE;
use super::{binding, introspection, pushed};
use crate::idp::Idp;
use crate::idp::clients::auth::authenticate;
use crate::idp::clients::model::Sealed;
use crate::kernel::dpop::NONCE_HEADER;
use crate::kernel::http::Params;
use crate::kernel::http::presented::Arrived;

/// All of them.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/par", post(push)).route("/introspect", post(introspect))
}

/// An answer with the nonce for the client's next DPoP proof (RFC 9449, section 8.2).
pub fn with_nonce(mut answer: Response, nonce: Option<String>) -> Response {
    if let Some(value) = nonce.and_then(|n| HeaderValue::from_str(&n).ok()) {
        answer.headers_mut().insert(HeaderName::from_static(NONCE_HEADER), value);
    }
    answer
}

/// An error; one that asks for a nonce brings it.
pub fn refused(idp: &Idp, error: OAuthError) -> Response {
    let nonce = match error.code {
        ErrorCode::UseDpopNonce => binding::nonces(idp).newest(idp.env.now()).ok(),
        _ => None,
    };
    with_nonce(error.into_response(), nonce)
}

async fn push(State(idp): State<Arc<Idp>>, arrived: Arrived) -> Response {
    let Arrived { presented, body } = arrived;
    let pushed = async {
        is_form(&presented.headers)?;
        let params = Params::parse(&body, REPEATABLE)?;
        let auth = authenticate(&idp, &presented, &params).await?.holding(&idp, &presented)?;
        let reference = pushed::push(&idp, &auth, params).await?;
        Ok::<_, OAuthError>((reference, auth.held.nonce))
    };
    match pushed.await {
        Ok((reference, nonce)) => {
            let body = json!({"request_uri": reference, "expires_in": pushed::LIFE.as_secs()});
            with_nonce((StatusCode::CREATED, Json(body)).into_response(), nonce)
        }
        Err(e) => refused(&idp, e),
    }
}

async fn introspect(State(idp): State<Arc<Idp>>, arrived: Arrived) -> Result<Response, OAuthError> {
    let Arrived { presented, body } = arrived;
    is_form(&presented.headers)?;
    let params = Params::parse(&body, &[])?;
    let auth = authenticate(&idp, &presented, &params).await?;
    let answer = introspection::answer(&idp, &auth, &params).await?;
    // Whoever is held to signed messages (FAPI 2.0 Message Signing, section 5.5) or to encrypted ones gets no others.
    let plain = !auth.client.signs_messages() && auth.client.sealing(Sealed::Introspection).is_none();
    if plain && !wants_jwt(&presented.headers) {
        let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        return Ok((json, introspection::written(&answer)?).into_response());
    }
    let token = introspection::signed(&idp, &auth, answer).await?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(introspection::JWT))], token).into_response())
}

/// RFC 9701, section 4.
fn wants_jwt(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','));
    accepted.filter_map(|one| one.split(';').next()).any(|kind| kind.trim().eq_ignore_ascii_case(introspection::JWT))
}
