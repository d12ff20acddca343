//! The pages of invitations.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::flow;
use super::store::{self, InvitationRow};
use crate::contract::access::GrantLevel;
use crate::idp::Idp;
use crate::idp::admin::frame::{Frame, INVITATIONS};
use crate::idp::admin::http::done;
use crate::idp::admin::parts::{Act, Cell, Empty, Filter, ListPage, Row, Tag};
use crate::idp::admin::visit::{Answer, Visit};
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::{Choice, View, html};

const LIST: &str = "/admin/invitations";

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/admin/invitations", get(list)).route("/admin/invitations/{id}/revoke", post(revoke))
}

async fn list(visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    let state = desk.query.get("state").and_then(store::State::from_name);
    let found = flow::list(&desk.idp, &desk.admin.person.id, state, &desk.asked()).await.map_err(|e| desk.refuse(&e))?;
    let pager = desk.pager(LIST, found.next.as_deref());
    Ok(html(StatusCode::OK, &list_page(&desk.view, desk.frame(INVITATIONS), &found.items, pager, state)))
}

fn tag(view: &View, state: store::State) -> Tag {
    let kind = match state {
        store::State::Open => "wait",
        store::State::Accepted => "good",
        store::State::Expired => "plain",
        store::State::Revoked => "bad",
    };
    Tag::new(kind, view.t(&format!("admin-invitation-{}", state.as_str())))
}

/// The list as a page; also for its samples.
pub(crate) fn list_page(
    view: &View,
    frame: Frame,
    invitations: &[InvitationRow],
    (first, next): (String, String),
    state: Option<store::State>,
) -> ListPage {
    let row = |i: &InvitationRow| {
        let stands = i.state(view.now);
        let level = GrantLevel::from_rank(i.level).map(|l| view.t(&format!("access-level-{}", l.as_str()))).unwrap_or_default();
        let act = Act {
            id: format!("revoke-{}", i.id),
            label: view.t("admin-invitation-revoke"),
            to: i.name.clone(),
            text: view.t1("admin-invitation-revoke-text", "name", i.name.as_str()),
            confirm: view.t("admin-invitation-revoke-confirm"),
            action: format!("{LIST}/{}/revoke", i.id),
            hidden: vec![],
            danger: true,
        };
        Row {
            href: String::new(),
            title: i.name.clone(),
            tags: vec![tag(view, stands)],
            cells: vec![
                Cell::text(&i.email),
                Cell::text(&i.relation),
                Cell::text(level),
                Cell::time(view, Some(Timestamp(i.made_at))),
                Cell::time(view, Some(Timestamp(i.expires_at))),
            ],
            acts: if stands == store::State::Revoked { vec![] } else { vec![act] },
        }
    };
    let choice = |value: &str, key: &str, current| Choice { value: value.into(), label: view.t(key), current };
    let mut choices = vec![choice("", "admin-invitation-all", state.is_none())];
    let one = |s: store::State| choice(s.as_str(), &format!("admin-invitation-{}", s.as_str()), state == Some(s));
    choices.extend(store::State::ALL.map(one));
    let filter = Filter { name: "state".into(), label: view.t("admin-state"), choices, value: String::new(), kind: "select" };
    let columns = ["admin-name", "admin-email", "admin-relation", "admin-level", "admin-made", "admin-until"];
    ListPage {
        frame,
        title: view.t("admin-nav-invitations"),
        lead: view.t("admin-invitations-lead"),
        buttons: vec![],
        here: LIST.into(),
        search: None,
        search_label: view.t("admin-nav-invitations"),
        filters: vec![filter],
        columns: columns.map(|k| view.t(k)).into(),
        rows: invitations.iter().map(row).collect(),
        first,
        next,
        empty: Empty { icon: "mail", title: view.t("admin-invitations-none-title"), text: view.t("admin-invitations-none-text") },
        view: view.clone(),
    }
}

async fn revoke(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    flow::revoke(&desk.idp, &desk.admin.asking, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(LIST, "invitation-revoked"))
}
