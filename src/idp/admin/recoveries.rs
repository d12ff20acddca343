//! The page on which administrators decide about people who ask for a way back into their account. Owns no rule of that: who may
//! decide what is [`decide`]'s to say, which asks again in the transaction that writes.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};

use super::flow::AdminError;
use super::frame::{Frame, RECOVERIES};
use super::http::{Desk, done};
use super::parts::{Act, Cell, Empty, ListPage, Row, Tag};
use crate::idp::Idp;
use crate::idp::recovery::decide::{self, Waiting};
use crate::idp::recovery::flow::RecoveryError;
use crate::kernel::audit::Actor;
use crate::kernel::http::Context;
use crate::kernel::pages::{View, html};

const LIST: &str = "/admin/recoveries";

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/admin/recoveries", get(list))
        .route("/admin/recoveries/{id}/approve", post(approve))
        .route("/admin/recoveries/{id}/refuse", post(refuse))
}

fn why(e: RecoveryError) -> AdminError {
    match e {
        RecoveryError::Db(e) => AdminError::Db(e),
        RecoveryError::Root(e) => AdminError::Root(e),
        RecoveryError::Forbidden => AdminError::Refused("admin-recovery-other"),
        // Decided, used or expired meanwhile.
        _ => AdminError::NotFound,
    }
}

async fn waiting(idp: &Idp) -> Result<Vec<Waiting>, AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    decide::waiting(idp, &mut snapshot.tx()).await.map_err(why)
}

async fn list(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let desk = match Desk::open(&idp, context, headers, LIST, query).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    match waiting(&idp).await {
        Ok(all) => html(StatusCode::OK, &list_page(&desk.view, desk.frame(RECOVERIES), &all, &desk.admin.person.id)),
        Err(e) => desk.refuse(&e),
    }
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

async fn approve(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let desk = match Desk::open(&idp, context, headers, LIST, None).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    // It opens an account to whoever has the mailbox.
    match desk.fresh(LIST).await {
        Ok(()) => decided(&desk, &id, true).await,
        Err(answer) => answer,
    }
}

async fn refuse(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Response {
    match Desk::open(&idp, context, headers, LIST, None).await {
        Ok(desk) => decided(&desk, &id, false).await,
        Err(answer) => answer,
    }
}

async fn decided(desk: &Desk, id: &str, yes: bool) -> Response {
    let me = &desk.admin.person.id;
    let actor = Actor::on(&desk.context).person(me);
    match decide::decide(&desk.idp, actor, Some(me), id, yes).await {
        Ok(()) => done(LIST, if yes { "recovery-approved" } else { "recovery-refused" }),
        Err(e) => desk.refuse(&why(e)),
    }
}
