//! Pages of passkeys, and what their script asks.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use super::{Answer, added, bad, done, enter, failed, guard, who};
use crate::contract::Assurance;
use crate::idp::Idp;
use crate::idp::account::frame::{self, Here};
use crate::idp::account::pages::device;
use crate::idp::factors::ceremony::Refused;
use crate::idp::factors::flow::{self, FactorError, passkeys};
use crate::idp::factors::model::{NAME_LENGTH, Passkey};
use crate::idp::factors::pages::PasskeyPage;
use crate::idp::signin::factors::Factor;
use crate::kernel::http::{Code, Context, Params, Problem as Refusal};
use crate::kernel::pages::{Problem, html};

const NEW: &str = "/account/security/passkeys/new";

pub(super) fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/.well-known/webauthn", get(origins))
        .route(NEW, get(show_new).post(add))
        .route("/account/security/passkeys/options", post(options))
        .route("/account/security/passkeys/{id}", get(show).post(change))
}

/// The origins whose pages may use this domain's passkeys (WebAuthn Level 3, section 5.11.1).
async fn origins(State(idp): State<Arc<Idp>>) -> Response {
    Json(json!({ "origins": idp.passkeys.origins() })).into_response()
}

async fn show_new(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Answer {
    let (here, guide) = enter(&idp, &context, &headers, NEW).await?;
    if !idp.passkeys.offered() {
        return Err(failed(&idp, &context, &headers, &FactorError::NotFound));
    }
    guard(&idp, &context, &headers, &here, NEW).await?;
    // Most passkeys are named after the device that they are on, which is this one unless somebody says otherwise.
    let name = device(&here.view, &context.user_agent);
    Ok(html(StatusCode::OK, &PasskeyPage { name, ..PasskeyPage::new(here.view, None, guide) }))
}

/// What the browser is to be asked. The script loads the page anew when this is refused, and that leads to signing in.
async fn options(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Result<Response, Refusal> {
    let refused = |_| Refusal::new(Code::Unauthorized);
    let (here, _) = enter(&idp, &context, &headers, NEW).await.map_err(refused)?;
    if flow::stale(&idp, &here.session).await?.is_some() {
        return Err(Refusal::new(Code::Unauthorized));
    }
    let challenge = passkeys::begin(&idp, &who(&here, &context)).await?;
    Ok(Json(json!({ "id": challenge.id, "options": challenge.options })).into_response())
}

async fn add(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Answer {
    let (here, guide) = enter(&idp, &context, &headers, NEW).await?;
    let params = Params::parse(&body, &[]).map_err(|_| bad(&idp, &context, &headers))?;
    let (name, answer) = (params.get("name").unwrap_or_default(), params.get("credential").unwrap_or_default());
    let challenge = params.get("challenge").unwrap_or_default();
    let result = passkeys::add(&idp, &who(&here, &context), challenge, answer, name).await;
    idp.outbox.wake();
    let (field, text) = match result {
        Ok(_) => {
            // Where the policy is content with less, the answer does not say whether its user was verified.
            let whole = idp.passkeys.verifies().then_some(Assurance::Passkey);
            let new = ("passkey-added", Factor::Passkey, whole);
            return Ok(added(&idp, (&context, &headers), &here, guide.is_some(), new).await);
        }
        Err(FactorError::Invalid(field, key)) => (field, here.view.t1(key, "count", NAME_LENGTH)),
        Err(FactorError::Full) => ("name", here.view.t("security-passkey-full")),
        Err(FactorError::Refused(why)) => ("name", here.view.t(refused_key(why))),
        Err(e) => return Err(failed(&idp, &context, &headers, &e)),
    };
    let mut page = PasskeyPage::new(here.view, None, guide);
    page.name = name.chars().take(NAME_LENGTH).collect();
    page.problems.push(Problem { field: field.into(), text });
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// What is said of an answer that doesn't count.
pub(super) const fn refused_key(why: Refused) -> &'static str {
    match why {
        Refused::Unverified => "passkey-unverified",
        Refused::Unattested => "passkey-unattested",
        Refused::Unknown => "passkey-known",
        Refused::Copied | Refused::Wrong => "passkey-failed",
    }
}

/// The passkey of an address, if it is one of the person's.
async fn find(idp: &Idp, context: &Context, headers: &HeaderMap, here: &Here, id: &str) -> Result<Passkey, Response> {
    let has = flow::list(idp, &here.person.id).await.map_err(|e| frame::broken(idp, context, headers, &e))?;
    let found = has.passkeys.into_iter().find(|p| p.id == id);
    found.ok_or_else(|| failed(idp, context, headers, &FactorError::NotFound))
}

async fn show(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    let here = frame::enter(&idp, &context, &headers, "/account/security").await?;
    let passkey = find(&idp, &context, &headers, &here, &id).await?;
    Ok(html(StatusCode::OK, &PasskeyPage::new(here.view, Some(passkey), None)))
}

async fn change(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let here = frame::enter(&idp, &context, &headers, "/account/security").await?;
    let passkey = find(&idp, &context, &headers, &here, &id).await?;
    let params = Params::parse(&body, &[]).map_err(|_| bad(&idp, &context, &headers))?;
    let who = who(&here, &context);
    match params.get("do") {
        Some("rename") => match passkeys::rename(&idp, &who, &id, params.get("name").unwrap_or_default()).await {
            Ok(()) => Ok(done("passkey-renamed")),
            Err(FactorError::Invalid(field, key)) => {
                let text = here.view.t1(key, "count", NAME_LENGTH);
                let mut page = PasskeyPage::new(here.view, Some(passkey), None);
                page.problems.push(Problem { field: field.into(), text });
                Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
            }
            Err(e) => Err(failed(&idp, &context, &headers, &e)),
        },
        Some("remove") => {
            guard(&idp, &context, &headers, &here, &format!("/account/security/passkeys/{id}")).await?;
            passkeys::remove(&idp, &who, &id).await.map_err(|e| failed(&idp, &context, &headers, &e))?;
            idp.outbox.wake();
            Ok(done("passkey-removed"))
        }
        _ => Err(bad(&idp, &context, &headers)),
    }
}
