//! The pages of sessions.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::flow;
use super::store::SessionRow;
use crate::idp::Idp;
use crate::idp::account::pages::device;
use crate::idp::admin::frame::{Frame, SESSIONS};
use crate::idp::admin::http::done;
use crate::idp::admin::parts::{Act, Cell, Empty, ListPage, Row, Tag};
use crate::idp::admin::visit::{Answer, Visit};
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::{View, html};

const LIST: &str = "/admin/sessions";

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/admin/sessions", get(list)).route("/admin/sessions/{id}/end", post(end))
}

async fn list(visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    let person = desk.query.get("person");
    let found = flow::list(&desk.idp, &desk.admin.person.id, person, &desk.asked()).await.map_err(|e| desk.refuse(&e))?;
    let pager = desk.pager(LIST, found.next.as_deref());
    let own = desk.admin.session.id.as_str();
    Ok(html(StatusCode::OK, &list_page(&desk.view, desk.frame(SESSIONS), &found.items, pager, (own, person.is_some()))))
}

/// What `acr` says, in words, or itself.
fn strength(view: &View, acr: &str) -> String {
    let key = format!("admin-acr-{}", acr.rsplit(':').next().unwrap_or_default());
    if view.has(&key) { view.t(&key) } else { acr.to_owned() }
}

/// The list as a page; also for its samples. `own` is the reader's session; `one` says whether it is one person's list.
pub(crate) fn list_page(
    view: &View,
    frame: Frame,
    sessions: &[SessionRow],
    (first, next): (String, String),
    (own, one): (&str, bool),
) -> ListPage {
    let row = |s: &SessionRow| Row {
        href: format!("/admin/people/{}", s.person_id),
        title: s.name.clone(),
        tags: if s.id == own { vec![Tag::new("info", view.t("admin-session-own"))] } else { vec![] },
        cells: vec![
            Cell::time(view, Some(Timestamp(s.auth_at))),
            Cell::text(strength(view, &s.acr)),
            Cell::text(&s.ip),
            Cell::text(device(view, &s.user_agent)),
        ],
        acts: vec![Act {
            id: format!("end-{}", s.id),
            label: view.t("admin-session-end"),
            to: s.name.clone(),
            text: view.t1("admin-session-end-text", "name", s.name.as_str()),
            confirm: view.t("admin-session-end-confirm"),
            action: format!("{LIST}/{}/end", s.id),
            hidden: vec![],
            danger: true,
        }],
    };
    ListPage {
        frame,
        title: view.t("admin-nav-sessions"),
        lead: view.t(if one { "admin-sessions-one" } else { "admin-sessions-lead" }),
        buttons: vec![],
        here: LIST.into(),
        search: None,
        search_label: view.t("admin-nav-sessions"),
        filters: vec![],
        columns: ["admin-person", "admin-signed-in", "admin-strength", "admin-address", "admin-browser"]
            .map(|k| view.t(k))
            .into(),
        rows: sessions.iter().map(row).collect(),
        first,
        next,
        empty: Empty { icon: "monitor", title: view.t("admin-sessions-none-title"), text: view.t("admin-sessions-none-text") },
        view: view.clone(),
    }
}

async fn end(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    flow::end_one(&desk.idp, &desk.admin.asking, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(LIST, "session-ended"))
}
