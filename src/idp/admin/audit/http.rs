//! The pages of the audit log.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;

use super::pages::{self, Line};
use super::{api, export};
use crate::idp::Idp;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::frame::{AUDIT, Frame};
use crate::idp::admin::http::Desk;
use crate::idp::admin::model::PAGE;
use crate::idp::admin::parts::{Button, Cell, DetailPage, Empty, Filter as Narrow, ListPage};
use crate::idp::admin::visit::{Answer, Visit};
use crate::kernel::audit::export::Form;
use crate::kernel::audit::{Filter, Opened};
use crate::kernel::clock::Timestamp;
use crate::kernel::http::Params;
use crate::kernel::pages::{Choice, View, html};

const LIST: &str = "/admin/audit";

/// What actions begin with, in the order of the choice. Their words are `admin-actions-<word>`.
const KINDS: [&str; 13] = [
    "signin.",
    "session.",
    "password.",
    "person.",
    "group.",
    "member.",
    "role.",
    "grant.",
    "invitation.",
    "client.",
    "issue.",
    "link.",
    "challenge.",
];

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/admin/audit", get(list))
        .route("/admin/audit/export", get(export_all))
        .route("/admin/audit/{line}", get(show))
}

async fn list(visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    let page = read(&desk).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &page))
}

/// What of the filter can be read; a day that is none narrows nothing.
fn filter(desk: &Desk) -> Filter {
    api::filter(&desk.idp, &desk.query).unwrap_or_default()
}

async fn read(desk: &Desk) -> Result<ListPage, AdminError> {
    let filter = filter(desk);
    let found = api::page(&desk.idp, &desk.admin.person.id, &filter, desk.query.get("cursor"), PAGE).await?;
    let (first, next) = desk.pager(LIST, found.next.as_deref());
    let head = desk.idp.audit.head().await?;
    let lines = pages::rows(&desk.idp, &desk.view, found.items).await?;
    Ok(list_page(&desk.view, desk.frame(AUDIT), lines, (first, next), (&desk.query, head.seq)))
}

/// The addresses of exports of what is shown.
fn exports(view: &View, query: &Params) -> Vec<Button> {
    let at = |format: &str| {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        out.extend_pairs(query.iter().filter(|(k, v)| !matches!(*k, "cursor" | "done") && !v.is_empty()));
        out.append_pair("format", format);
        format!("{LIST}/export?{}", out.finish())
    };
    let button = |format: &str| Button {
        label: view.t(&format!("admin-export-{format}")),
        href: at(format),
        icon: "download",
        main: false,
    };
    vec![button("csv"), button("jsonl")]
}

/// The list as a page; also for its samples.
pub(crate) fn list_page(
    view: &View,
    frame: Frame,
    lines: Vec<Line>,
    (first, next): (String, String),
    (query, count): (&Params, i64),
) -> ListPage {
    let value = |name: &str| query.get(name).unwrap_or_default().to_owned();
    let choice = |value: &str, key: String, now: &str| Choice { value: value.into(), label: view.t(&key), current: value == now };
    let action = value("action");
    let mut kinds = vec![choice("", "admin-actions-all".into(), &action)];
    kinds.extend(KINDS.map(|k| choice(k, format!("admin-actions-{}", k.trim_end_matches('.')), &action)));
    let outcome = value("outcome");
    let outcomes = ["", "ok", "refused"].map(|o| {
        let key = if o.is_empty() { "all" } else { o };
        choice(o, format!("admin-outcome-{key}"), &outcome)
    });
    let narrow = |name: &str, kind, choices: Vec<Choice>| Narrow {
        name: name.into(),
        label: view.t(&format!("admin-audit-{name}")),
        value: if choices.is_empty() { value(name) } else { String::new() },
        choices,
        kind,
    };
    let filters = vec![
        narrow("action", "select", kinds),
        narrow("outcome", "select", outcomes.into()),
        narrow("since", "date", vec![]),
        narrow("until", "date", vec![]),
        narrow("about", "text", vec![]),
    ];
    ListPage {
        frame,
        title: view.t("admin-nav-audit"),
        lead: view.t1("admin-audit-lead", "count", count),
        buttons: exports(view, query),
        here: LIST.into(),
        search: None,
        search_label: view.t("admin-audit-search"),
        filters,
        columns: ["admin-what", "admin-when", "admin-who", "admin-whom", "admin-detail"].map(|k| view.t(k)).into(),
        rows: lines.into_iter().map(Line::row).collect(),
        first,
        next,
        empty: Empty { icon: "history", title: view.t("admin-audit-none-title"), text: view.t("admin-audit-none-text") },
        view: view.clone(),
    }
}

async fn show(Path(line): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    let found = async {
        let seq: i64 = line.parse().map_err(|_| AdminError::NotFound)?;
        let found = desk.idp.audit.in_order(&Filter::default(), seq.saturating_sub(1), 1).await?;
        let opened = found.into_iter().find(|l| l.line.seq == seq).ok_or(AdminError::NotFound)?;
        let words = pages::rows(&desk.idp, &desk.view, vec![opened.clone()]).await?.pop().ok_or(AdminError::NotFound)?;
        Ok::<_, AdminError>(line_page(&desk.view, desk.frame(AUDIT), &opened, &words))
    };
    let page = found.await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &page))
}

/// A line as a page; also for its samples.
pub(crate) fn line_page(view: &View, frame: Frame, opened: &Opened, words: &Line) -> DetailPage {
    let l = &opened.line;
    let about = |id: &Option<String>, name: &str| match id {
        None => Cell::default(),
        Some(id) => Cell::link(if name.is_empty() { id } else { name }, format!("{LIST}?about={id}")),
    };
    let text = |t: &Option<String>| Cell::text(t.clone().unwrap_or_default());
    let mut facts = vec![
        (view.t("admin-when"), Cell::time(view, Some(Timestamp(l.at)))),
        (view.t("admin-who"), about(&l.actor, &words.actor)),
        (view.t("admin-client"), text(&l.client_id)),
        (view.t("admin-whom"), about(&l.target, &words.target)),
        (
            view.t("admin-audit-outcome"),
            Cell::text(if l.outcome == "ok" { view.t("admin-outcome-ok") } else { pages::outcome(view, &l.outcome) }),
        ),
        (view.t("admin-address"), text(&l.ip)),
        (view.t("admin-detail"), Cell::text(&words.detail)),
        (view.t("admin-request"), text(&l.request_id)),
        (view.t("admin-action"), Cell::id(&l.action)),
        (view.t("admin-digest"), Cell::id(&l.hash)),
    ];
    facts.retain(|(_, c)| !c.is_empty());
    if opened.erased {
        facts.push((view.t("admin-erased-label"), Cell::text(view.t("admin-erased-text"))));
    }
    DetailPage {
        frame,
        crumb: (view.t("admin-nav-audit"), LIST.into()),
        title: view.t2("admin-audit-line", "line", view.number(l.seq), "what", words.what.as_str()),
        tags: vec![],
        buttons: vec![],
        acts: vec![],
        problems: vec![],
        facts,
        cards: vec![],
        view: view.clone(),
    }
}

async fn export_all(visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    let form = desk.query.get("format").and_then(Form::from_name).unwrap_or(Form::Csv);
    let filter = filter(&desk);
    export::answer(&desk.idp, desk.admin.asking.clone(), filter, form).await.map_err(|e| desk.refuse(&e))
}
