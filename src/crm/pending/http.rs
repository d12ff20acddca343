//! The routes of changes that wait and of receipts. Pages here, the JSON in [`super::api`].

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::apply::Ended;
use super::client::CallError;
use super::confirm::{self, Tried};
use super::model::PendingError;
use super::pages::{PendingPage, ReceiptPage, failure, refusal};
use super::{api, read, seals, words};
use crate::contract::receipt::RECIPIENT;
use crate::crm::Crm;
use crate::crm::auth::refusal::see_other;
use crate::crm::auth::{Caller, Refused, Visit};
use crate::crm::modules::value::{Raw, read as read_value};
use crate::crm::pages::frame::Turn;
use crate::crm::records::model::{ReadError, WriteError};
use crate::kernel::clock::Timestamp;
use crate::kernel::http::Params;
use crate::kernel::http::problem::chain;
use crate::kernel::http::shell::same_site_only;
use crate::kernel::pages::{ErrorPage, NavItem, Problem, View, html};

/// All of them, behind the check for requests from other sites: a cookie opens each.
pub fn routes(crm: Arc<Crm>) -> Router {
    let pages = Router::new()
        .route("/pending/{id}", get(show))
        .route("/pending/{id}/code", post(code))
        .route("/pending/{id}/resend", post(resend))
        .route("/pending/{id}/cancel", post(cancel))
        .route("/receipts/{id}", get(receipt))
        .route("/receipts/{id}/file", get(file));
    same_site_only(pages.merge(api::routes())).with_state(crm)
}

/// The path of a pending change's page.
pub fn page_of(view: &View, pending: &str) -> String {
    format!("{}/pending/{pending}", view.base)
}

fn record_of(view: &View, module: &impl std::fmt::Display, record: &str) -> String {
    format!("{}/m/{module}/{record}", view.base)
}

async fn sections(crm: &Crm, view: &View, caller: &Caller, current: &str) -> Result<Vec<NavItem>, PendingError> {
    Ok(crm.nav(view, caller, current).await?)
}

/// The page that says why a change doesn't wait, or why a call on one failed.
pub fn trouble(crm: &Crm, visit: &Visit, e: PendingError) -> Response {
    let (status, key, again) = match e {
        PendingError::Refused(why) => {
            let (title, text) = refusal(&visit.view, why);
            let page = ErrorPage::new(visit.view.clone(), "conflict", visit.context.request_id.as_str());
            return html(StatusCode::CONFLICT, &ErrorPage { title, text, ..page });
        }
        PendingError::Access(e) => return Refused::from(e).page(crm, visit),
        PendingError::Db(e) | PendingError::Read(ReadError::Db(e)) => {
            return Refused::Access(e.into()).page(crm, visit);
        }
        PendingError::NotFound | PendingError::Write(WriteError::NotFound) => (StatusCode::NOT_FOUND, "not-found", false),
        PendingError::NotYours | PendingError::Write(WriteError::Forbidden(_)) => (StatusCode::FORBIDDEN, "forbidden", false),
        PendingError::Over | PendingError::Write(_) => (StatusCode::CONFLICT, "conflict", false),
        PendingError::WhichRule | PendingError::Malformed => (StatusCode::BAD_REQUEST, "bad-request", false),
        PendingError::Call(e) if e.status() == Some(403) => (StatusCode::FORBIDDEN, "forbidden", false),
        PendingError::Call(e) if e.is_temporary() => (StatusCode::BAD_GATEWAY, "unavailable", true),
        e @ (PendingError::Call(_) | PendingError::Jose(_) | PendingError::Root(_) | PendingError::Read(_)) => {
            tracing::error!(error = chain(&e), "a pending change could not be shown");
            (StatusCode::INTERNAL_SERVER_ERROR, "internal", false)
        }
    };
    visit.trouble(status, key, again)
}

fn troubled(turn: &Turn, e: PendingError) -> Response {
    trouble(&turn.crm, &turn.visit, e)
}

async fn show(turn: Turn, Path(id): Path<String>) -> Response {
    page(&turn, &id, StatusCode::OK, vec![]).await.unwrap_or_else(|e| troubled(&turn, e))
}

/// The page as things stand; an applied change leads to its record.
async fn page(turn: &Turn, id: &str, status: StatusCode, problems: Vec<Problem>) -> Result<Response, PendingError> {
    let Turn { crm, visit, caller } = turn;
    // The page of a refused code is that of the change, to which a switch of language must lead back.
    let mut view = visit.view_for(caller);
    view.path = page_of(&view, id);
    // Where a code was just answered, the provider has been asked already.
    let pending = read::read(crm, caller, &view, id, status == StatusCode::OK).await?;
    if pending.standing == super::model::Standing::Applied {
        return Ok(see_other(&record_of(&view, &pending.module.key, &pending.record)));
    }
    let nav = sections(crm, &view, caller, pending.module.key.as_str()).await?;
    Ok(html(status, &PendingPage::new(view, nav, pending, crm.env.id(), problems)))
}

async fn code(turn: Turn, Path(id): Path<String>, body: Bytes) -> Response {
    entered(&turn, &id, &body).await.unwrap_or_else(|e| troubled(&turn, e))
}

async fn entered(turn: &Turn, id: &str, body: &Bytes) -> Result<Response, PendingError> {
    let Turn { crm, visit, caller } = turn;
    let params = Params::parse(body, &[]).map_err(|_| PendingError::WhichRule)?;
    let attempt = params.get("attempt").map_or_else(|| crm.env.id(), str::to_owned);
    let code = params.get("code").unwrap_or_default().into();
    let view = &visit.view;
    let tried = confirm::confirm(crm, caller, &visit.context, (id, params.get("rule")), &attempt, code).await;
    let (status, text) = match tried {
        Ok(Tried::Ended(Ended::Applied { module, record, .. })) => {
            return Ok(see_other(&format!("{}?done=sealed", record_of(view, &module, &record))));
        }
        Ok(Tried::Ended(_) | Tried::Next) => return Ok(see_other(&page_of(view, id))),
        Ok(Tried::Wrong(left)) => (StatusCode::UNPROCESSABLE_ENTITY, view.t1("code-wrong", "count", left)),
        Ok(Tried::Expired) => (StatusCode::GONE, view.t("code-expired")),
        Ok(Tried::Exhausted(None)) => (StatusCode::TOO_MANY_REQUESTS, view.t("ask-exhausted-text")),
        Ok(Tried::Exhausted(Some(at))) => (StatusCode::TOO_MANY_REQUESTS, view.t1("pending-tries-again", "time", view.time(at))),
        Err(e) => match failure(view, &e) {
            Some(text) if matches!(e, PendingError::Malformed) => (StatusCode::UNPROCESSABLE_ENTITY, text),
            Some(text) => (StatusCode::BAD_GATEWAY, text),
            None => return Err(e),
        },
    };
    page(turn, id, status, vec![Problem { field: "code".into(), text }]).await
}

async fn resend(turn: Turn, Path(id): Path<String>, body: Bytes) -> Response {
    again(&turn, &id, &body).await.unwrap_or_else(|e| troubled(&turn, e))
}

async fn again(turn: &Turn, id: &str, body: &Bytes) -> Result<Response, PendingError> {
    let Turn { crm, visit, caller } = turn;
    let params = Params::parse(body, &[]).map_err(|_| PendingError::WhichRule)?;
    let view = &visit.view;
    let problem = |text| vec![Problem { field: String::new(), text }];
    match confirm::resend(crm, caller, id, params.get("rule")).await {
        Ok(_) | Err(PendingError::Over) => Ok(see_other(&page_of(view, id))),
        Err(PendingError::Call(CallError::Refused { status: 429, retry_after, .. })) => {
            let seconds = retry_after.unwrap_or(60);
            let at = Timestamp(crm.env.now().0.saturating_add(i64::try_from(seconds).unwrap_or(60) * 1000));
            let text = view.t1("code-resend-later", "time", view.time(at));
            let mut answer = page(turn, id, StatusCode::TOO_MANY_REQUESTS, problem(text)).await?;
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            Ok(answer)
        }
        Err(PendingError::Call(CallError::Refused { status: 409 | 410, .. })) => {
            page(turn, id, StatusCode::GONE, problem(view.t("code-resend-limit"))).await
        }
        Err(e) => match failure(view, &e) {
            Some(text) => page(turn, id, StatusCode::BAD_GATEWAY, problem(text)).await,
            None => Err(e),
        },
    }
}

async fn cancel(turn: Turn, Path(id): Path<String>) -> Response {
    match confirm::cancel(&turn.crm, &turn.caller, &turn.visit.context, &id).await {
        // What is over already shows how it ended.
        Ok(()) | Err(PendingError::Over) => see_other(&page_of(&turn.visit.view, &id)),
        Err(e) => troubled(&turn, e),
    }
}

async fn receipt(turn: Turn, Path(id): Path<String>) -> Response {
    sealed(&turn, &id).await.unwrap_or_else(|e| troubled(&turn, e))
}

async fn sealed(turn: &Turn, id: &str) -> Result<Response, PendingError> {
    let Turn { crm, visit, caller } = turn;
    let view = visit.view_for(caller);
    let viewer = crm.viewer(caller);
    let held = seals::receipt(crm, &viewer, id).await?;
    let catalogue = crm.records.catalogue().await?;
    let module = catalogue.module(&held.module).ok_or(PendingError::NotFound)?;
    let seen = crm.records.get(&viewer, &held.module, &held.record).await?.ok_or(PendingError::NotFound)?;
    let mut changes = Vec::new();
    for d in held.sd_jwt.disclosures.iter().filter(|d| d.name() != Some(RECIPIENT)) {
        let Some(field) = module.fields.iter().find(|f| d.name() == Some(f.key.as_str())) else { continue };
        let value = |side: &str| {
            let json = d.value().get(side).cloned().unwrap_or_default();
            read_value(field, &Raw::Json(json), &crm.records.cx).ok().flatten()
        };
        let shown = |side| words::shown(&view, field, value(side).as_ref());
        changes.push((field.labels.get(view.lang.code()).to_owned(), shown("from"), shown("to")));
    }
    let nav = sections(crm, &view, caller, held.module.as_str()).await?;
    let page = ReceiptPage {
        nav,
        hidden: changes.is_empty(),
        changes,
        seal: held.seal.text(&view),
        record_href: record_of(&view, &held.module, &held.record),
        record_label: words::record(&view, module, seen.title().unwrap_or_default()),
        confirmed_by: held.seal.confirmed_by.clone(),
        confirmed_at: held.seal.confirmed_at,
        sequence: held.seal.sequence,
        public_href: held.seal.url.clone(),
        download_href: format!("{}/receipts/{}/file", view.base, held.seal.receipt),
        id: held.seal.receipt,
        view,
    };
    Ok(html(StatusCode::OK, &page))
}

/// The receipt as a file: an SD-JWT (RFC 9901) with what the person may show.
async fn file(turn: Turn, Path(id): Path<String>) -> Response {
    match seals::receipt(&turn.crm, &turn.crm.viewer(&turn.caller), &id).await {
        Ok(held) => {
            let name = format!("attachment; filename=\"receipt-{}.sd-jwt\"", held.seal.receipt);
            let name = HeaderValue::try_from(name).unwrap_or(HeaderValue::from_static("attachment"));
            let kind = HeaderValue::from_static("application/sd-jwt");
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], held.sd_jwt.to_string()).into_response()
        }
        Err(e) => troubled(&turn, e),
    }
}
