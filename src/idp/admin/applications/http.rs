//! The pages of applications and of the tokens that let others register some.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
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
use crate::idp::admin::parts::DetailPage;
use crate::idp::admin::visit::{Answer, Visit};
use crate::idp::admission::Kind;
use crate::idp::clients::Metadata;
use crate::idp::clients::model::Switches;
use crate::idp::registration::tokens::Wanted;
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

async fn list(visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    let asked = desk.asked();
    let found = flow::list(&desk.idp, &desk.admin.person.id, &asked).await.map_err(|e| desk.refuse(&e))?;
    let pager = desk.pager(LIST, found.next.as_deref());
    Ok(html(StatusCode::OK, &list_page(&desk.view, desk.frame(SECTION), &found.items, pager, asked.q)))
}

async fn show(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&at(&id)).await?;
    page(&desk, &id, None, vec![]).await
}

/// An application as it is now.
async fn page(desk: &Desk, id: &str, secret: Option<&str>, problems: Vec<Problem>) -> Answer {
    let app = flow::show(&desk.idp, id).await.map_err(|e| desk.refuse(&e))?;
    Ok(cards(detail(&desk.view, desk.frame(SECTION), &app, secret), problems))
}

/// A page of cards, with what is wrong with the forms in them.
fn cards(mut page: DetailPage, problems: Vec<Problem>) -> Response {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    for form in page.cards.iter_mut().filter_map(|c| c.form.as_mut()) {
        form.say(&problems);
    }
    page.problems = problems;
    html(status, &page)
}

fn edit_page(desk: &Desk, place: &Place<'_>, filled: &Filled) -> EditPage {
    let on = Switches::of(&desk.idp.env.settings);
    super::pages::edit((&desk.view, desk.frame(SECTION)), place, filled, on)
}

async fn new_form(visit: Visit) -> Answer {
    let desk = visit.desk(&format!("{LIST}/new")).await?;
    let fresh = Metadata { require_pkce: true, ..Metadata::default() };
    Ok(html(StatusCode::OK, &edit_page(&desk, &Place::New { id: "" }, &Filled::of(&fresh))))
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

async fn create(visit: Visit) -> Answer {
    let here = format!("{LIST}/new");
    let (desk, sent) = visit.form_with(&here, REPEATED).await?;
    desk.fresh(&here).await?;
    let (filled, id) = (Filled::sent(&sent), sent.get("client_id").unwrap_or_default().trim().to_owned());
    let made = match registration(&filled) {
        Ok(metadata) => flow::create(&desk.idp, &desk.admin.asking, Some(id.clone()), metadata).await,
        Err(e) => Err(e),
    };
    match made {
        Ok(made) => page(&desk, &made.id, made.secret.as_deref(), vec![]).await,
        Err(e) => Err(again(&desk, edit_page(&desk, &Place::New { id: &id }, &filled), e)),
    }
}

async fn edit(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&format!("{}/edit", at(&id))).await?;
    let app = flow::show(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?;
    let version = app.row.updated_at.to_string();
    let place = Place::There { id: &id, name: &app.metadata.client_name, version: &version };
    Ok(html(StatusCode::OK, &edit_page(&desk, &place, &Filled::of(&app.metadata))))
}

async fn change(Path(id): Path<String>, visit: Visit) -> Answer {
    let here = format!("{}/edit", at(&id));
    let (desk, sent) = visit.form_with(&here, REPEATED).await?;
    desk.fresh(&here).await?;
    let (filled, version) = (Filled::sent(&sent), sent.get("version").unwrap_or_default().to_owned());
    let changed = match registration(&filled) {
        Ok(metadata) => flow::change(&desk.idp, &desk.admin.asking, &id, (metadata, version.parse().ok())).await,
        Err(e) => Err(e),
    };
    match changed {
        Ok((_, Some(secret))) => page(&desk, &id, Some(&secret), vec![]).await,
        Ok((_, None)) => Ok(done(&at(&id), "saved")),
        Err(e) => {
            let place = Place::There { id: &id, name: &id, version: &version };
            Err(again(&desk, edit_page(&desk, &place, &filled), e))
        }
    }
}

async fn secret(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&at(&id)).await?;
    desk.fresh(&at(&id)).await?;
    let secret = flow::new_secret(&desk.idp, &desk.admin.asking, &id).await.map_err(|e| desk.refuse(&e))?;
    page(&desk, &id, Some(&secret), vec![]).await
}

async fn enable(Path(id): Path<String>, visit: Visit) -> Answer {
    set_enabled(&id, visit, true).await
}

async fn disable(Path(id): Path<String>, visit: Visit) -> Answer {
    set_enabled(&id, visit, false).await
}

async fn set_enabled(id: &str, visit: Visit, enabled: bool) -> Answer {
    let desk = visit.desk(&at(id)).await?;
    // Taking away needs no fresh sign-in: it must be possible at once.
    if enabled {
        desk.fresh(&at(id)).await?;
    }
    flow::set_enabled(&desk.idp, &desk.admin.asking, id, enabled).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(&at(id), "saved"))
}

async fn limited(Path(id): Path<String>, visit: Visit) -> Answer {
    let (desk, sent) = visit.form(&at(&id)).await?;
    let limited = sent.get("limited") == Some("true");
    if !limited {
        desk.fresh(&at(&id)).await?;
    }
    flow::set_limited(&desk.idp, &desk.admin.asking, &id, limited).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(&at(&id), "saved"))
}

async fn allowed(Path(id): Path<String>, visit: Visit) -> Answer {
    let (desk, sent) = visit.form(&at(&id)).await?;
    let present = sent.get("present") == Some("true");
    if present {
        desk.fresh(&at(&id)).await?;
    }
    let kind = sent.get("kind").and_then(Kind::from_stored).unwrap_or(Kind::Person);
    let who = sent.get("who").unwrap_or_default();
    match flow::set_allowed(&desk.idp, &desk.admin.asking, &id, (kind, who), present).await {
        Ok(_) => Ok(done(&at(&id), "saved")),
        Err(AdminError::Invalid(faults)) => page(&desk, &id, None, desk.problems(&faults)).await,
        Err(e) => Err(desk.refuse(&e)),
    }
}

async fn list_tokens(visit: Visit) -> Answer {
    let desk = visit.desk(TOKENS).await?;
    all_tokens(&desk, None, vec![]).await
}

async fn all_tokens(desk: &Desk, made: Option<&str>, problems: Vec<Problem>) -> Answer {
    let all = tokens::list(&desk.idp).await.map_err(|e| desk.refuse(&e))?;
    let policy = &desk.idp.env.settings.client_registration;
    Ok(cards(tokens_page(&desk.view, desk.frame(SECTION), &all, made, policy), problems))
}

async fn make_token(visit: Visit) -> Answer {
    let (desk, sent) = visit.form(TOKENS).await?;
    desk.fresh(TOKENS).await?;
    let number = |name: &str| sent.get(name).and_then(|n| n.trim().parse().ok()).unwrap_or(0);
    let wanted = Wanted { note: sent.get("note").unwrap_or_default().to_owned(), uses: number("uses"), days: number("days") };
    match tokens::make(&desk.idp, &desk.admin.asking, wanted).await {
        Ok((_, token)) => all_tokens(&desk, Some(&token), vec![]).await,
        Err(AdminError::Invalid(faults)) => all_tokens(&desk, None, desk.problems(&faults)).await,
        Err(e) => Err(desk.refuse(&e)),
    }
}

async fn revoke_token(visit: Visit) -> Answer {
    let (desk, sent) = visit.form(TOKENS).await?;
    let id = sent.get("id").unwrap_or_default();
    tokens::revoke(&desk.idp, &desk.admin.asking, id).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(TOKENS, "saved"))
}
