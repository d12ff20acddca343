//! The pages of applications and of the tokens that let others register some.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};

use super::flow::{self, AppError};
use super::form::{Filled, REPEATED};
use super::pages::{EditPage, LIST, Place, TOKENS, at, detail, list as list_page, tokens as tokens_page};
use super::tokens;
use crate::idp::Idp;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::frame::APPLICATIONS as SECTION;
use crate::idp::admin::http::{Desk, done};
use crate::idp::admission::Kind;
use crate::idp::clients::Metadata;
use crate::idp::clients::model::Switches;
use crate::idp::registration::tokens::Wanted;
use crate::kernel::http::Context;
use crate::kernel::pages::{Problem, html};

/// Their routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/admin/applications", get(list))
        .route("/admin/applications/new", get(new_form).post(create))
        .route("/admin/applications/{id}", get(show))
        .route("/admin/applications/{id}/edit", get(edit).post(change))
        .route("/admin/applications/{id}/secret", post(secret))
        .route("/admin/applications/{id}/enable", post(enable))
        .route("/admin/applications/{id}/disable", post(disable))
        .route("/admin/applications/{id}/limited", post(limited))
        .route("/admin/applications/{id}/allowed", post(allowed))
        .route("/admin/registration-tokens", get(list_tokens).post(make_token))
        .route("/admin/registration-tokens/revoke", post(revoke_token))
}

async fn list(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let desk = match Desk::open(&idp, context, headers, LIST, query).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    let asked = desk.asked();
    match flow::list(&idp, &desk.admin.person.id, &asked).await {
        Ok(found) => {
            let pager = desk.pager(LIST, found.next.as_deref());
            html(StatusCode::OK, &list_page(&desk.view, desk.frame(SECTION), &found.items, pager, asked.q))
        }
        Err(e) => desk.refuse(&e),
    }
}

async fn show(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    match Desk::open(&idp, context, headers, &at(&id), query).await {
        Ok(desk) => page(&desk, &id, None, vec![]).await,
        Err(answer) => answer,
    }
}

/// An application as it is now.
async fn page(desk: &Desk, id: &str, secret: Option<&str>, problems: Vec<Problem>) -> Response {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    match flow::show(&desk.idp, id).await {
        Ok(app) => {
            let mut page = detail(&desk.view, desk.frame(SECTION), &app, secret);
            for form in page.cards.iter_mut().filter_map(|c| c.form.as_mut()) {
                form.say(&problems);
            }
            page.problems = problems;
            html(status, &page)
        }
        Err(e) => desk.refuse(&e),
    }
}

fn edit_page(desk: &Desk, place: &Place<'_>, filled: &Filled) -> EditPage {
    let on = Switches::of(&desk.idp.env.settings);
    super::pages::edit((&desk.view, desk.frame(SECTION)), place, filled, on)
}

async fn new_form(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Response {
    match Desk::open(&idp, context, headers, &format!("{LIST}/new"), None).await {
        Ok(desk) => {
            let fresh = Metadata { require_pkce: true, ..Metadata::default() };
            html(StatusCode::OK, &edit_page(&desk, &Place::New { id: "" }, &Filled::of(&fresh)))
        }
        Err(answer) => answer,
    }
}

/// What was sent, as a registration.
fn registration(filled: &Filled) -> Result<Metadata, AppError> {
    flow::read(filled.members()?)
}

/// The form again, with what was sent and what is wrong with it. The reasons are in English: they name what developers write.
fn again(desk: &Desk, mut page: EditPage, e: AppError) -> Response {
    let problems = match e {
        AppError::Refused { field, why } => {
            let label = page.label(&field).map(str::to_owned).unwrap_or_default();
            let text = if label.is_empty() { format!("{field}: {why}") } else { format!("{label}: {why}") };
            // What has no field of its own stands above the form alone.
            vec![Problem { field: if label.is_empty() { String::new() } else { field }, text }]
        }
        AppError::Admin(AdminError::Invalid(faults)) => desk.problems(&faults),
        AppError::Admin(e) => return desk.refuse(&e),
    };
    page.say(problems);
    html(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn create(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Response {
    let here = format!("{LIST}/new");
    let (desk, sent) = match Desk::posted(&idp, context, headers, &here, &body, REPEATED).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    if let Err(answer) = desk.fresh(&here).await {
        return answer;
    }
    let (filled, id) = (Filled::sent(&sent), sent.get("client_id").unwrap_or_default().trim().to_owned());
    let made = match registration(&filled) {
        Ok(metadata) => flow::create(&idp, &desk.admin.asking, Some(id.clone()), metadata).await,
        Err(e) => Err(e),
    };
    match made {
        Ok(made) => page(&desk, &made.id, made.secret.as_deref(), vec![]).await,
        Err(e) => again(&desk, edit_page(&desk, &Place::New { id: &id }, &filled), e),
    }
}

async fn edit(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let desk = match Desk::open(&idp, context, headers, &format!("{}/edit", at(&id)), None).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    match flow::show(&idp, &id).await {
        Ok(app) => {
            let version = app.row.updated_at.to_string();
            let place = Place::There { id: &id, name: &app.metadata.client_name, version: &version };
            html(StatusCode::OK, &edit_page(&desk, &place, &Filled::of(&app.metadata)))
        }
        Err(e) => desk.refuse(&e),
    }
}

async fn change(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let here = format!("{}/edit", at(&id));
    let (desk, sent) = match Desk::posted(&idp, context, headers, &here, &body, REPEATED).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    if let Err(answer) = desk.fresh(&here).await {
        return answer;
    }
    let (filled, version) = (Filled::sent(&sent), sent.get("version").unwrap_or_default().to_owned());
    let changed = match registration(&filled) {
        Ok(metadata) => flow::change(&idp, &desk.admin.asking, &id, (metadata, version.parse().ok())).await,
        Err(e) => Err(e),
    };
    match changed {
        Ok((_, Some(secret))) => page(&desk, &id, Some(&secret), vec![]).await,
        Ok((_, None)) => done(&at(&id), "saved"),
        Err(e) => {
            let place = Place::There { id: &id, name: &id, version: &version };
            again(&desk, edit_page(&desk, &place, &filled), e)
        }
    }
}

async fn secret(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let desk = match Desk::open(&idp, context, headers, &at(&id), None).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    if let Err(answer) = desk.fresh(&at(&id)).await {
        return answer;
    }
    match flow::new_secret(&idp, &desk.admin.asking, &id).await {
        Ok(secret) => page(&desk, &id, Some(&secret), vec![]).await,
        Err(e) => desk.refuse(&e),
    }
}

async fn enable(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Response {
    set_enabled(&idp, context, headers, &id, true).await
}

async fn disable(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Response {
    set_enabled(&idp, context, headers, &id, false).await
}

async fn set_enabled(idp: &Arc<Idp>, context: Context, headers: HeaderMap, id: &str, enabled: bool) -> Response {
    let desk = match Desk::open(idp, context, headers, &at(id), None).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    // Taking away needs no fresh sign-in: it must be possible at once.
    if enabled && let Err(answer) = desk.fresh(&at(id)).await {
        return answer;
    }
    match flow::set_enabled(idp, &desk.admin.asking, id, enabled).await {
        Ok(_) => done(&at(id), "saved"),
        Err(e) => desk.refuse(&e),
    }
}

async fn limited(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let (desk, sent) = match Desk::posted(&idp, context, headers, &at(&id), &body, &[]).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let limited = sent.get("limited") == Some("true");
    if !limited && let Err(answer) = desk.fresh(&at(&id)).await {
        return answer;
    }
    match flow::set_limited(&idp, &desk.admin.asking, &id, limited).await {
        Ok(_) => done(&at(&id), "saved"),
        Err(e) => desk.refuse(&e),
    }
}

async fn allowed(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let (desk, sent) = match Desk::posted(&idp, context, headers, &at(&id), &body, &[]).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let present = sent.get("present") == Some("true");
    if present && let Err(answer) = desk.fresh(&at(&id)).await {
        return answer;
    }
    let kind = sent.get("kind").and_then(Kind::from_stored).unwrap_or(Kind::Person);
    let who = sent.get("who").unwrap_or_default();
    match flow::set_allowed(&idp, &desk.admin.asking, &id, (kind, who), present).await {
        Ok(_) => done(&at(&id), "saved"),
        Err(AdminError::Invalid(faults)) => page(&desk, &id, None, desk.problems(&faults)).await,
        Err(e) => desk.refuse(&e),
    }
}

async fn list_tokens(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    match Desk::open(&idp, context, headers, TOKENS, query).await {
        Ok(desk) => all_tokens(&desk, None, vec![]).await,
        Err(answer) => answer,
    }
}

async fn all_tokens(desk: &Desk, made: Option<&str>, problems: Vec<Problem>) -> Response {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    match tokens::list(&desk.idp).await {
        Ok(all) => {
            let policy = &desk.idp.env.settings.client_registration;
            let mut page = tokens_page(&desk.view, desk.frame(SECTION), &all, made, policy);
            for form in page.cards.iter_mut().filter_map(|c| c.form.as_mut()) {
                form.say(&problems);
            }
            page.problems = problems;
            html(status, &page)
        }
        Err(e) => desk.refuse(&e),
    }
}

async fn make_token(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Response {
    let (desk, sent) = match Desk::posted(&idp, context, headers, TOKENS, &body, &[]).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    if let Err(answer) = desk.fresh(TOKENS).await {
        return answer;
    }
    let number = |name: &str| sent.get(name).and_then(|n| n.trim().parse().ok()).unwrap_or(0);
    let wanted = Wanted { note: sent.get("note").unwrap_or_default().to_owned(), uses: number("uses"), days: number("days") };
    match tokens::make(&idp, &desk.admin.asking, wanted).await {
        Ok((_, token)) => all_tokens(&desk, Some(&token), vec![]).await,
        Err(AdminError::Invalid(faults)) => all_tokens(&desk, None, desk.problems(&faults)).await,
        Err(e) => desk.refuse(&e),
    }
}

async fn revoke_token(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Response {
    let (desk, sent) = match Desk::posted(&idp, context, headers, TOKENS, &body, &[]).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    match tokens::revoke(&idp, &desk.admin.asking, sent.get("id").unwrap_or_default()).await {
        Ok(()) => done(TOKENS, "saved"),
        Err(e) => desk.refuse(&e),
    }
}
