//! The pages of ways back: the list of who waits, and asking for someone.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::flow;
use crate::idp::Idp;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::frame::{Frame, PEOPLE, RECOVERIES};
use crate::idp::admin::http::done;
use crate::idp::admin::parts::{Act, Card, CardRow, Cell, Empty, Field, Form, FormPage, ListPage, Row, Tag};
use crate::idp::admin::people::flow::{Shown, show};
use crate::idp::admin::people::pages::at;
use crate::idp::admin::visit::{Answer, Visit};
use crate::idp::recovery::decide::Waiting;
use crate::idp::recovery::model::Scope;
use crate::kernel::pages::{Choice, View, html};

const LIST: &str = "/admin/recoveries";

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/admin/recoveries", get(list))
        .route("/admin/recoveries/{id}/approve", post(approve))
        .route("/admin/recoveries/{id}/refuse", post(refuse))
        .route("/admin/people/{id}/recovery", get(ask_form).post(ask))
}

async fn list(visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    let all = flow::waiting(&desk.idp).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &list_page(&desk.view, desk.frame(RECOVERIES), &all, &desk.admin.person.id)))
}

/// The list as a page for one administrator; also for its samples.
pub(crate) fn list_page(view: &View, frame: Frame, all: &[Waiting], me: &str) -> ListPage {
    let row = |w: &Waiting| {
        let (name, email) = &w.person;
        let act = |what: &str, danger| Act {
            id: format!("{what}-{}", w.recovery.id),
            label: view.t(&format!("admin-recovery-{what}")),
            to: name.clone(),
            text: view.t1(&format!("admin-recovery-{what}-text"), "name", name.as_str()),
            confirm: view.t(&format!("admin-recovery-{what}-confirm")),
            action: format!("{LIST}/{}/{what}", w.recovery.id),
            hidden: vec![],
            danger,
        };
        let mine = w.recovery.person == me || w.recovery.asked_by.as_deref() == Some(me);
        Row {
            href: String::new(),
            title: name.clone(),
            tags: vec![Tag::new("wait", view.t(&format!("recover-scope-{}", w.recovery.scope.as_str())))],
            cells: vec![
                Cell::text(email),
                Cell::text(w.asked_by.clone().unwrap_or_else(|| name.clone())),
                Cell::text(w.recovery.reason.clone().unwrap_or_default()),
                Cell::time(view, Some(w.recovery.asked_at)),
                Cell::time(view, Some(w.recovery.expires_at)),
            ],
            acts: if mine { vec![] } else { vec![act("approve", false), act("refuse", true)] },
        }
    };
    let columns = ["admin-name", "admin-email", "admin-recovery-asked-by", "admin-recovery-reason", "admin-made", "admin-until"];
    ListPage {
        frame,
        title: view.t("admin-nav-recoveries"),
        lead: view.t("admin-recoveries-lead"),
        buttons: vec![],
        here: LIST.into(),
        search: None,
        search_label: view.t("admin-nav-recoveries"),
        filters: vec![],
        columns: columns.map(|k| view.t(k)).into(),
        rows: all.iter().map(row).collect(),
        first: String::new(),
        next: String::new(),
        empty: Empty { icon: "key", title: view.t("admin-recoveries-none-title"), text: view.t("admin-recoveries-none-text") },
        view: view.clone(),
    }
}

/// Who waits, for the area's first page; nothing where nobody does.
pub(crate) fn card(view: &View, all: &[Waiting]) -> Option<Card> {
    let row = |w: &Waiting| CardRow {
        href: LIST.into(),
        title: w.person.0.clone(),
        note: view.date_time(w.recovery.asked_at),
        tags: vec![Tag::new("wait", view.t(&format!("recover-scope-{}", w.recovery.scope.as_str())))],
        acts: vec![],
    };
    (!all.is_empty()).then(|| Card {
        id: "waiting".into(),
        title: view.t("admin-nav-recoveries"),
        lead: view.t("admin-recoveries-lead"),
        rows: all.iter().map(row).collect(),
        ..Card::default()
    })
}

async fn approve(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    // It opens an account to whoever has the mailbox.
    desk.fresh(LIST).await?;
    flow::decided(&desk.idp, &desk.admin.asking, &id, true).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(LIST, "recovery-approved"))
}

async fn refuse(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    flow::decided(&desk.idp, &desk.admin.asking, &id, false).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(LIST, "recovery-refused"))
}

/// The form that asks for someone; also for its samples.
pub(crate) fn ask_page(view: &View, frame: Frame, s: &Shown, scope: &str, reason: &str) -> FormPage {
    let here = at(&s.person.id);
    let choice = |scope_of: Scope| Choice {
        value: scope_of.as_str().into(),
        label: view.t(&format!("recover-scope-{}", scope_of.as_str())),
        current: scope_of.as_str() == scope,
    };
    let fields = vec![
        Field::select("scope", view.t("admin-recovery-scope"), [Scope::Password, Scope::Factors].map(choice).into()),
        Field::new("area", "reason", view.t("admin-recovery-reason"), reason).hint(view.t("admin-recovery-reason-hint")),
    ];
    FormPage {
        frame,
        crumb: (s.person.name.clone(), here.clone()),
        title: view.t("admin-recovery-title"),
        lead: view.t1("admin-recovery-lead", "name", s.person.name.as_str()),
        problems: vec![],
        form: Form { action: format!("{here}/recovery"), fields, submit: view.t("admin-recovery-submit"), cancel: here },
        view: view.clone(),
    }
}

async fn ask_form(Path(id): Path<String>, visit: Visit) -> Answer {
    let here = format!("{}/recovery", at(&id));
    let desk = visit.desk(&here).await?;
    desk.fresh(&here).await?;
    let s = show(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &ask_page(&desk.view, desk.frame(PEOPLE), &s, "", "")))
}

async fn ask(Path(id): Path<String>, visit: Visit) -> Answer {
    let here = format!("{}/recovery", at(&id));
    let (desk, sent) = visit.form(&here).await?;
    desk.fresh(&here).await?;
    let text = |name: &str| sent.get(name).unwrap_or_default();
    match flow::ask(&desk.idp, &desk.admin.asking, &id, text("scope"), text("reason")).await {
        Ok(_) => Ok(done(&at(&id), "recovery-asked")),
        Err(AdminError::Invalid(faults)) => {
            let s = show(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?;
            Ok(desk.wrong(ask_page(&desk.view, desk.frame(PEOPLE), &s, text("scope"), text("reason")), &faults))
        }
        Err(e) => Err(desk.refuse(&e)),
    }
}
