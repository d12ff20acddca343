//! The pages of how someone's time here ends.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::Value;

use super::flow;
use crate::idp::Idp;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::frame::PEOPLE;
use crate::idp::admin::http::done;
use crate::idp::admin::parts::{Act, Card, CardRow, Field, Form, FormPage};
use crate::idp::admin::people::flow::{Shown, show};
use crate::idp::admin::people::pages::at;
use crate::idp::admin::visit::{Answer, Visit};
use crate::kernel::pages::{View, html};

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/admin/people/{id}/disable", post(disable))
        .route("/admin/people/{id}/enable", post(enable))
        .route("/admin/people/{id}/export", post(export))
        .route("/admin/people/{id}/hand-over", get(hand_over_form).post(hand_over))
        .route("/admin/people/{id}/erase", get(erase_form).post(erase))
}

/// A copy of what is kept, as a file that no cache keeps.
pub(super) fn attachment(all: &Value) -> ([(HeaderName, HeaderValue); 3], String) {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"person.json\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, serde_json::to_string_pretty(all).unwrap_or_default())
}

/// What can be done about the account as a whole. Nobody does it to his own.
pub(crate) fn card(view: &View, s: &Shown, own: bool) -> Card {
    let here = at(&s.person.id);
    let act = |key: &str, danger| Act {
        id: key.to_owned(),
        label: view.t(&format!("admin-{key}")),
        to: String::new(),
        text: view.t1(&format!("admin-{key}-text"), "name", s.person.name.as_str()),
        confirm: view.t(&format!("admin-{key}-confirm")),
        action: format!("{here}/{key}"),
        hidden: vec![],
        danger,
    };
    let line = |key: &str| CardRow {
        title: view.t(&format!("admin-{key}-title")),
        note: view.t(&format!("admin-{key}-note")),
        ..CardRow::default()
    };
    let page = |key: &str| CardRow { href: format!("{here}/{key}"), ..line(key) };
    let press = |key: &str, danger| CardRow { acts: vec![act(key, danger)], ..line(key) };
    let mut rows = Vec::new();
    if s.person.active && !own {
        rows.push(page("recovery"));
    }
    if !own {
        rows.push(page("hand-over"));
    }
    rows.push(press("export", false));
    match s.person.active {
        _ if own => {}
        true => rows.push(press("disable", true)),
        false => rows.extend([press("enable", false), page("erase")]),
    }
    Card { id: "leaving".into(), title: view.t("admin-leaving"), rows, ..Card::default() }
}

async fn disable(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&at(&id)).await?;
    flow::disable(&desk.idp, &desk.admin.asking, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(&at(&id), "person-disabled"))
}

async fn enable(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&at(&id)).await?;
    desk.fresh(&at(&id)).await?;
    flow::enable(&desk.idp, &desk.admin.asking, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(&at(&id), "person-enabled"))
}

async fn export(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&at(&id)).await?;
    desk.fresh(&at(&id)).await?;
    let all = flow::copy(&desk.idp, &desk.admin.asking, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(attachment(&all).into_response())
}

/// The form that hands over; also for its samples.
pub(crate) fn hand_over_page(view: &View, frame: crate::idp::admin::frame::Frame, s: &Shown, to: &str, close: bool) -> FormPage {
    let here = at(&s.person.id);
    let fields = vec![
        Field::text("to", view.t("admin-hand-over-to"), to).hint(view.t("admin-hand-over-to-hint")),
        Field::tick("close", view.t("admin-hand-over-close"), close).hint(view.t("admin-hand-over-close-hint")),
    ];
    let form =
        Form { action: format!("{here}/hand-over"), fields, submit: view.t("admin-hand-over-submit"), cancel: here.clone() };
    FormPage {
        frame,
        crumb: (s.person.name.clone(), here),
        title: view.t("admin-hand-over-title"),
        lead: view.t1("admin-hand-over-lead", "name", s.person.name.as_str()),
        problems: vec![],
        form,
        view: view.clone(),
    }
}

async fn hand_over_form(Path(id): Path<String>, visit: Visit) -> Answer {
    let here = format!("{}/hand-over", at(&id));
    let desk = visit.desk(&here).await?;
    desk.fresh(&here).await?;
    let s = show(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &hand_over_page(&desk.view, desk.frame(PEOPLE), &s, "", s.person.active)))
}

async fn hand_over(Path(id): Path<String>, visit: Visit) -> Answer {
    let here = format!("{}/hand-over", at(&id));
    let (desk, sent) = visit.form(&here).await?;
    desk.fresh(&here).await?;
    let (to, close) = (sent.get("to").unwrap_or_default(), sent.get("close") == Some("true"));
    match flow::hand(&desk.idp, &desk.admin.asking, &id, to, close).await {
        Ok(_) => Ok(done(&at(&id), "handed-over")),
        Err(AdminError::Invalid(faults)) => {
            let s = show(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?;
            Ok(desk.wrong(hand_over_page(&desk.view, desk.frame(PEOPLE), &s, to, close), &faults))
        }
        Err(e) => Err(desk.refuse(&e)),
    }
}

/// The form that erases; also for its samples.
pub(crate) fn erase_page(view: &View, frame: crate::idp::admin::frame::Frame, s: &Shown, typed: &str) -> FormPage {
    let here = at(&s.person.id);
    let hint = view.t1("admin-erase-address-hint", "email", s.person.email.as_str());
    let fields = vec![Field::text("address", view.t("admin-erase-address"), typed).hint(hint)];
    let form = Form { action: format!("{here}/erase"), fields, submit: view.t("admin-erase-submit"), cancel: here.clone() };
    FormPage {
        frame,
        crumb: (s.person.name.clone(), here),
        title: view.t1("admin-erase-heading", "name", s.person.name.as_str()),
        lead: view.t("admin-erase-lead"),
        problems: vec![],
        form,
        view: view.clone(),
    }
}

async fn erase_form(Path(id): Path<String>, visit: Visit) -> Answer {
    let here = format!("{}/erase", at(&id));
    let desk = visit.desk(&here).await?;
    desk.fresh(&here).await?;
    let s = show(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?;
    match s.standing.erased_at.is_none() {
        true => Ok(html(StatusCode::OK, &erase_page(&desk.view, desk.frame(PEOPLE), &s, ""))),
        false => Err(desk.refuse(&AdminError::NotFound)),
    }
}

async fn erase(Path(id): Path<String>, visit: Visit) -> Answer {
    let here = format!("{}/erase", at(&id));
    let (desk, sent) = visit.form(&here).await?;
    desk.fresh(&here).await?;
    let typed = sent.get("address").unwrap_or_default();
    match flow::forget(&desk.idp, &desk.admin.asking, &id, Some(typed)).await {
        // The copy was offered before, as a file: a page that shows it would keep it in the browser.
        Ok(_) => Ok(done("/admin/people", "person-erased")),
        Err(AdminError::Invalid(faults)) => {
            let s = show(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?;
            Ok(desk.wrong(erase_page(&desk.view, desk.frame(PEOPLE), &s, typed), &faults))
        }
        Err(e) => Err(desk.refuse(&e)),
    }
}
