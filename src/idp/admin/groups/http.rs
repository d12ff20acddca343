//! The pages of groups.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};

use super::flow;
use super::store::GroupRow;
use crate::contract::feed::Holder;
use crate::idp::Idp;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::frame::{Frame, GROUPS};
use crate::idp::admin::http::{Desk, done};
use crate::idp::admin::model::{Asked, Fault};
use crate::idp::admin::parts::{Act, Button, Card, CardRow, Cell, DetailPage, Empty, Field, Form, FormPage, ListPage, Row};
use crate::idp::admin::people::store::PersonRow;
use crate::idp::admin::{people, policies, roles};
use crate::idp::policy::model::Scope;
use crate::kernel::clock::Timestamp;
use crate::kernel::http::Context;
use crate::kernel::pages::{View, html};

const LIST: &str = "/admin/groups";
/// Members that a group's page shows; the list of people shows all.
const SHOWN: i64 = 50;

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/admin/groups", get(list))
        .route("/admin/groups/new", get(new_form).post(create))
        .route("/admin/groups/{id}", get(show))
        .route("/admin/groups/{id}/edit", get(edit).post(rename))
        .route("/admin/groups/{id}/members", post(set_member))
        .route("/admin/groups/{id}/roles", post(set_role))
        .route("/admin/groups/{id}/delete", post(remove))
}

fn at(id: &str) -> String {
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("{LIST}/{id}")
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
            html(StatusCode::OK, &list_page(&desk.view, desk.frame(GROUPS), &found.items, pager, asked.q))
        }
        Err(e) => desk.refuse(&e),
    }
}

/// The list as a page; also for its samples.
pub(crate) fn list_page(view: &View, frame: Frame, groups: &[GroupRow], (first, next): (String, String), q: String) -> ListPage {
    let row = |g: &GroupRow| Row {
        href: at(&g.id),
        title: g.name.clone(),
        tags: vec![],
        cells: vec![Cell::text(view.number(g.members)), Cell::time(view, Some(Timestamp(g.created_at)))],
        acts: vec![],
    };
    let title = view.t("admin-groups-none-title");
    ListPage {
        frame,
        title: view.t("admin-nav-groups"),
        lead: view.t("admin-groups-lead"),
        buttons: vec![Button { label: view.t("admin-groups-new"), href: format!("{LIST}/new"), icon: "plus", main: true }],
        here: LIST.into(),
        search: Some(q),
        search_label: view.t("admin-groups-search"),
        filters: vec![],
        columns: ["admin-name", "admin-members", "admin-since"].map(|k| view.t(k)).into(),
        rows: groups.iter().map(row).collect(),
        first,
        next,
        empty: Empty { icon: "contact", title, text: view.t("admin-groups-none-text") },
        view: view.clone(),
    }
}

async fn show(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let desk = match Desk::open(&idp, context, headers, &at(&id), query).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    match detail(&desk, &id, &[]).await {
        Ok(page) => html(StatusCode::OK, &page),
        Err(e) => desk.refuse(&e),
    }
}

async fn detail(desk: &Desk, id: &str, faults: &[Fault]) -> Result<DetailPage, AdminError> {
    let (group, roles) = flow::show(&desk.idp, id).await?;
    let filter = people::flow::Filter { group: Some(id.to_owned()), ..people::flow::Filter::default() };
    let asked = Asked { limit: Some(SHOWN), ..Asked::default() };
    let members = people::flow::list(&desk.idp, &desk.admin.person.id, &filter, &asked).await?;
    let mut page = page(&desk.view, desk.frame(GROUPS), &group, &roles, &members.items);
    page.problems = desk.problems(faults);
    for form in page.cards.iter_mut().filter_map(|c| c.form.as_mut()) {
        form.say(&page.problems);
    }
    Ok(page)
}

/// A group as a page; also for its samples.
pub(crate) fn page(view: &View, frame: Frame, group: &GroupRow, roles: &[String], members: &[PersonRow]) -> DetailPage {
    let here = at(&group.id);
    let delete = Act {
        id: "delete".into(),
        label: view.t("admin-group-delete"),
        to: String::new(),
        text: view.t1("admin-group-delete-text", "name", group.name.as_str()),
        confirm: view.t("admin-group-delete-confirm"),
        action: format!("{here}/delete"),
        hidden: vec![],
        danger: true,
    };
    DetailPage {
        frame,
        crumb: (view.t("admin-nav-groups"), LIST.into()),
        title: group.name.clone(),
        tags: vec![],
        buttons: vec![
            Button {
                label: view.t("admin-policy"),
                href: policies::http::at(&Scope::Group(group.id.clone())),
                icon: "lock",
                main: false,
            },
            Button { label: view.t("admin-rename"), href: format!("{here}/edit"), icon: "pencil", main: false },
        ],
        acts: vec![delete],
        problems: vec![],
        facts: vec![
            (view.t("admin-members"), Cell::text(view.number(group.members))),
            (view.t("admin-since"), Cell::time(view, Some(Timestamp(group.created_at)))),
            (view.t("admin-id"), Cell::id(&group.id)),
        ],
        cards: vec![members_card(view, &here, group, members), roles_card(view, &here, group, roles)],
        view: view.clone(),
    }
}

fn taking(view: &View, id: String, action: String, hidden: [(&str, &str); 2], text: String) -> Act {
    let hidden = hidden.map(|(n, v)| (n.to_owned(), v.to_owned()));
    let label = view.t("admin-remove");
    Act { id, confirm: label.clone(), label, to: hidden[0].1.clone(), text, action, hidden: hidden.into(), danger: true }
}

fn members_card(view: &View, here: &str, group: &GroupRow, members: &[PersonRow]) -> Card {
    let row = |(n, p): (usize, &PersonRow)| CardRow {
        href: format!("/admin/people/{}", p.id),
        title: p.name.clone(),
        note: p.email.clone(),
        acts: vec![taking(
            view,
            format!("member-{n}"),
            format!("{here}/members"),
            [("who", &p.email), ("present", "false")],
            view.t2("admin-member-remove-text", "name", p.name.as_str(), "group", group.name.as_str()),
        )],
        ..CardRow::default()
    };
    let more = group.members > members.len() as i64;
    Card {
        id: "members".into(),
        title: view.t("admin-members"),
        rows: members.iter().enumerate().map(row).collect(),
        empty: view.t("admin-members-none"),
        more: if more { format!("/admin/people?group={}", group.id) } else { String::new() },
        more_label: view.t("admin-all"),
        form: Some(Form {
            action: format!("{here}/members"),
            fields: vec![Field::new("email", "who", view.t("admin-member-email"), ""), Field::hidden("present", "true")],
            submit: view.t("admin-member-add"),
            cancel: String::new(),
        }),
        ..Card::default()
    }
}

fn roles_card(view: &View, here: &str, group: &GroupRow, given: &[String]) -> Card {
    let row = |(n, role): (usize, &String)| CardRow {
        href: roles::http::at(role),
        title: role.clone(),
        acts: vec![taking(
            view,
            format!("role-{n}"),
            format!("{here}/roles"),
            [("role", role), ("present", "false")],
            view.t2("admin-role-take-text", "name", group.name.as_str(), "role", role.as_str()),
        )],
        ..CardRow::default()
    };
    Card {
        id: "roles".into(),
        title: view.t("admin-nav-roles"),
        lead: view.t("admin-roles-group-lead"),
        rows: given.iter().enumerate().map(row).collect(),
        empty: view.t("admin-group-roles-none"),
        form: Some(Form {
            action: format!("{here}/roles"),
            fields: vec![Field::text("role", view.t("admin-role"), ""), Field::hidden("present", "true")],
            submit: view.t("admin-role-give"),
            cancel: String::new(),
        }),
        ..Card::default()
    }
}

/// The form for a group's name; also for its samples.
pub(crate) fn form_page(view: &View, frame: Frame, place: Option<(&str, &str)>, name: &str) -> FormPage {
    let (title, crumb, action, cancel, submit) = match place {
        None => (
            "admin-groups-new",
            (view.t("admin-nav-groups"), LIST.into()),
            format!("{LIST}/new"),
            LIST.into(),
            "admin-groups-create",
        ),
        Some((id, before)) => ("admin-rename", (before.to_owned(), at(id)), format!("{}/edit", at(id)), at(id), "form-save"),
    };
    let fields = vec![Field::text("name", view.t("admin-name"), name)];
    let form = Form { action, fields, submit: view.t(submit), cancel };
    FormPage { view: view.clone(), frame, crumb, title: view.t(title), lead: String::new(), problems: vec![], form }
}

fn wrong(desk: &Desk, mut page: FormPage, faults: &[Fault]) -> Response {
    page.problems = desk.problems(faults);
    page.form.say(&page.problems);
    html(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn new_form(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Response {
    match Desk::open(&idp, context, headers, &format!("{LIST}/new"), None).await {
        Ok(desk) => html(StatusCode::OK, &form_page(&desk.view, desk.frame(GROUPS), None, "")),
        Err(answer) => answer,
    }
}

async fn create(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Response {
    let (desk, sent) = match Desk::posted(&idp, context, headers, &format!("{LIST}/new"), &body, &[]).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let name = sent.get("name").unwrap_or_default();
    match flow::create(&idp, &desk.admin.asking, name).await {
        Ok(id) => done(&at(&id), "group-made"),
        Err(AdminError::Invalid(faults)) => wrong(&desk, form_page(&desk.view, desk.frame(GROUPS), None, name), &faults),
        Err(e) => desk.refuse(&e),
    }
}

async fn edit(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let desk = match Desk::open(&idp, context, headers, &format!("{}/edit", at(&id)), None).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    match flow::show(&idp, &id).await {
        Ok((g, _)) => html(StatusCode::OK, &form_page(&desk.view, desk.frame(GROUPS), Some((&id, &g.name)), &g.name)),
        Err(e) => desk.refuse(&e),
    }
}

async fn rename(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let (desk, sent) = match Desk::posted(&idp, context, headers, &format!("{}/edit", at(&id)), &body, &[]).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let name = sent.get("name").unwrap_or_default();
    match flow::rename(&idp, &desk.admin.asking, &id, name).await {
        Ok(()) => done(&at(&id), "saved"),
        Err(AdminError::Invalid(faults)) => match flow::show(&idp, &id).await {
            Ok((g, _)) => wrong(&desk, form_page(&desk.view, desk.frame(GROUPS), Some((&id, &g.name)), name), &faults),
            Err(e) => desk.refuse(&e),
        },
        Err(e) => desk.refuse(&e),
    }
}

async fn set_member(
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
    let done_so = flow::set_member(&idp, &desk.admin.asking, &id, sent.get("who").unwrap_or_default(), present).await;
    answer(&desk, &id, done_so.map(drop)).await
}

async fn set_role(
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
    let role = sent.get("role").unwrap_or_default();
    let done_so = roles::flow::set(&idp, &desk.admin.asking, role, &Holder::Group(id.clone()), present).await;
    answer(&desk, &id, done_so.map(drop)).await
}

async fn answer(desk: &Desk, id: &str, done_so: Result<(), AdminError>) -> Response {
    match done_so {
        Ok(()) => done(&at(id), "saved"),
        Err(AdminError::Invalid(faults)) => match detail(desk, id, &faults).await {
            Ok(page) => html(StatusCode::UNPROCESSABLE_ENTITY, &page),
            Err(e) => desk.refuse(&e),
        },
        Err(e) => desk.refuse(&e),
    }
}

async fn remove(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let desk = match Desk::open(&idp, context, headers, &at(&id), None).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    match flow::delete(&idp, &desk.admin.asking, &id).await {
        Ok(_) => done(LIST, "group-deleted"),
        Err(e) => desk.refuse(&e),
    }
}
