//! Routes of receipts: reports and receipts for record stores; pages, keys and checkpoints for everyone.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::Value;

use super::pages::{ReceiptPage, ReceiptsPage};
use super::public::{self, Genuine, Why};
use super::{checkpoint, flow};
use crate::contract::challenge::{ReceiptAnswer, Report, ReportAnswer};
use crate::idp::Idp;
use crate::idp::challenges::flow::ChallengeError;
use crate::idp::challenges::http::{client, read};
use crate::idp::keyring::Use;
use crate::kernel::audit::Actor;
use crate::kernel::http::problem::chain;
use crate::kernel::http::{Code, Context, Params, Presented, Problem};
use crate::kernel::pages::{ErrorPage, Problem as Wrong, View, html};

/// Routes that record stores call with a token of their own, and what is published for every program.
pub fn api() -> Router<Arc<Idp>> {
    Router::new()
        .route("/api/pending/{pending}/report", post(report))
        .route("/api/receipts/{id}", get(receipt))
        .route("/oauth2/receipt-keys", get(keys))
        .route("/receipts/checkpoints", get(checkpoints))
}

/// Pages for everyone.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/receipts", get(form))
        .route("/receipts/verify", get(|| async { Redirect::to("/receipts") }).post(verify))
        .route("/receipts/{id}", get(show))
        .route("/receipts/{id}/file", get(file))
}

async fn report(
    State(idp): State<Arc<Idp>>,
    context: Context,
    presented: Presented,
    Path(pending): Path<String>,
    body: Bytes,
) -> Result<Json<ReportAnswer>, Problem> {
    let client = client(&idp, &presented).await?;
    let report: Report = read(&body)?;
    Ok(Json(flow::report(&idp, &client, &pending, report, Actor::on(&context)).await?))
}

async fn receipt(
    State(idp): State<Arc<Idp>>,
    presented: Presented,
    Path(id): Path<String>,
) -> Result<Json<ReceiptAnswer>, Problem> {
    let client = client(&idp, &presented).await?;
    Ok(Json(flow::receipt(&idp, &client, &id).await?))
}

/// The receipt keys, those retired included, with the time of retirement: for ever, since receipts have no end.
async fn keys(State(idp): State<Arc<Idp>>) -> Result<Response, Problem> {
    let mut jwks = idp.keyring.public(Use::Receipt).map_err(|e| Problem::internal(&e))?.to_jwks();
    let retired = checkpoint::retired(&idp);
    for key in jwks.get_mut("keys").and_then(Value::as_array_mut).into_iter().flatten() {
        let at = key.get("kid").and_then(Value::as_str).and_then(|kid| retired.get(kid));
        if let (Some(at), Some(members)) = (at, key.as_object_mut()) {
            members.insert(super::offline::RETIRED.to_owned(), at.0.into());
        }
    }
    let cached = [(header::CACHE_CONTROL, "public, max-age=300"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    Ok((cached, Json(jwks)).into_response())
}

async fn checkpoints(State(idp): State<Arc<Idp>>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let bad = |why: String| Problem::because(Code::BadRequest, why);
    let params = Params::parse(query.unwrap_or_default().as_bytes(), &[]).map_err(|e| bad(e.to_string()))?;
    let after = params.get("after").unwrap_or("0").parse().ok().filter(|n: &i64| *n >= 0);
    let after = after.ok_or_else(|| bad("after is a checkpoint's number: a whole number from 0".into()))?;
    Ok(([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], Json(checkpoint::export(&idp, after).await?)).into_response())
}

fn view(idp: &Idp, headers: &HeaderMap, path: &str) -> View {
    idp.env.view(headers, path)
}

fn broken(idp: &Idp, headers: &HeaderMap, context: &Context, e: &ChallengeError) -> Response {
    let overloaded = matches!(e, ChallengeError::Db(d) if d.is_overload());
    let (status, key) = if overloaded {
        (StatusCode::SERVICE_UNAVAILABLE, "overloaded")
    } else {
        (StatusCode::INTERNAL_SERVER_ERROR, "internal")
    };
    if !overloaded {
        tracing::error!(error = %chain(e), "a receipt could not be checked");
    }
    html(status, &ErrorPage::new(view(idp, headers, "/receipts"), key, context.request_id.clone()))
}

fn missing(idp: &Idp, headers: &HeaderMap, context: &Context) -> Response {
    let page = ErrorPage::new(view(idp, headers, "/receipts"), "not-found", context.request_id.clone());
    html(StatusCode::NOT_FOUND, &page)
}

/// Genuine or not is the answer to the question, and so no error of the request.
fn found(idp: &Idp, view: View, found: Result<&Genuine, Why>, by_id: bool) -> Response {
    html(StatusCode::OK, &ReceiptPage::new(view, found, by_id, idp.env.settings.idp_url.at("/oauth2/receipt-keys")))
}

async fn form(State(idp): State<Arc<Idp>>, headers: HeaderMap) -> Response {
    html(StatusCode::OK, &ReceiptsPage { view: view(&idp, &headers, "/receipts"), problems: vec![] })
}

async fn verify(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Response {
    let view = view(&idp, &headers, "/receipts");
    // One long value: the shell's limit of a body is its bound, not that of ordinary fields.
    let text = url::form_urlencoded::parse(&body).find(|(name, _)| name == "receipt").map(|(_, text)| text.into_owned());
    let text = text.unwrap_or_default();
    if text.trim().is_empty() {
        let problem = Wrong { field: "receipt".into(), text: view.t("receipt-missing") };
        return html(StatusCode::UNPROCESSABLE_ENTITY, &ReceiptsPage { view, problems: vec![problem] });
    }
    // Mail programs and people break long lines; nothing in a receipt is white space.
    let text: String = text.split_whitespace().collect();
    match public::check(&idp, &text).await {
        Ok(what) => found(&idp, view, what.as_ref().map_err(|w| *w), false),
        Err(e) => broken(&idp, &headers, &context, &e),
    }
}

async fn show(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Response {
    match public::by_id(&idp, &id).await {
        Ok(Some(what)) => {
            let view = view(&idp, &headers, &format!("/receipts/{id}"));
            found(&idp, view, what.as_ref().map_err(|w| *w), true)
        }
        Ok(None) => missing(&idp, &headers, &context),
        Err(e) => broken(&idp, &headers, &context, &e),
    }
}

/// The statement without any value, for those who keep or check it elsewhere (media type of RFC 9901, section 11.3).
async fn file(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Response {
    match public::by_id(&idp, &id).await {
        Ok(Some(Ok(genuine))) => {
            let name = format!("attachment; filename=\"receipt-{}.sd-jwt\"", genuine.receipt.claims().jti);
            let mut answer = genuine.presented.into_response();
            let headers = answer.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/sd-jwt"));
            if let Ok(name) = HeaderValue::from_str(&name) {
                headers.insert(header::CONTENT_DISPOSITION, name);
            }
            answer
        }
        Ok(_) => missing(&idp, &headers, &context),
        Err(e) => broken(&idp, &headers, &context, &e),
    }
}
