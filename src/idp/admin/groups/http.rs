//! The pages of groups.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
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
use crate::idp::admin::visit::{Answer, Visit};
use crate::idp::admin::{people, policies, roles};
use crate::idp::policy::model::Scope;
use crate::kernel::clock::Timestamp;
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

async fn list(visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    let asked = desk.asked();
    let found = flow::list(&desk.idp, &desk.admin.person.id, &asked).await.map_err(|e| desk.refuse(&e))?;
    let pager = desk.pager(LIST, found.next.as_deref());
    Ok(html(StatusCode::OK, &list_page(&desk.view, desk.frame(GROUPS), &found.items, pager, asked.q)))
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

async fn show(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&at(&id)).await?;
    let page = detail(&desk, &id, &[]).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &page))
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

async fn new_form(visit: Visit) -> Answer {
    let desk = visit.desk(&format!("{LIST}/new")).await?;
    Ok(html(StatusCode::OK, &form_page(&desk.view, desk.frame(GROUPS), None, "")))
}

async fn create(visit: Visit) -> Answer {
    let (desk, sent) = visit.form(&format!("{LIST}/new")).await?;
    let name = sent.get("name").unwrap_or_default();
    match flow::create(&desk.idp, &desk.admin.asking, name).await {
        Ok(id) => Ok(done(&at(&id), "group-made")),
        Err(AdminError::Invalid(faults)) => Ok(desk.wrong(form_page(&desk.view, desk.frame(GROUPS), None, name), &faults)),
        Err(e) => Err(desk.refuse(&e)),
    }
}

async fn edit(Path(id): Path<String>, visit: Visit) -> Answer {
    let here = format!("{}/edit", at(&id));
    let desk = visit.desk(&here).await?;
    desk.fresh(&here).await?;
    let (g, _) = flow::show(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &form_page(&desk.view, desk.frame(GROUPS), Some((&id, &g.name)), &g.name)))
}

async fn rename(Path(id): Path<String>, visit: Visit) -> Answer {
    let here = format!("{}/edit", at(&id));
    let (desk, sent) = visit.form(&here).await?;
    desk.fresh(&here).await?;
    let name = sent.get("name").unwrap_or_default();
    match flow::rename(&desk.idp, &desk.admin.asking, &id, name).await {
        Ok(()) => Ok(done(&at(&id), "saved")),
        Err(AdminError::Invalid(faults)) => {
            let (g, _) = flow::show(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?;
            Ok(desk.wrong(form_page(&desk.view, desk.frame(GROUPS), Some((&id, &g.name)), name), &faults))
        }
        Err(e) => Err(desk.refuse(&e)),
    }
}

async fn set_member(Path(id): Path<String>, visit: Visit) -> Answer {
    let (desk, sent) = visit.form(&at(&id)).await?;
    let present = sent.get("present") == Some("true");
    if present {
        desk.fresh(&at(&id)).await?;
    }
    let who = sent.get("who").unwrap_or_default();
    let done_so = flow::set_member(&desk.idp, &desk.admin.asking, &id, who, present).await;
    answer(&desk, &id, done_so.map(drop)).await
}

async fn set_role(Path(id): Path<String>, visit: Visit) -> Answer {
    let (desk, sent) = visit.form(&at(&id)).await?;
    let present = sent.get("present") == Some("true");
    if present {
        desk.fresh(&at(&id)).await?;
    }
    let role = sent.get("role").unwrap_or_default();
    let done_so = roles::flow::set(&desk.idp, &desk.admin.asking, role, &Holder::Group(id.clone()), present).await;
    answer(&desk, &id, done_so.map(drop)).await
}

async fn answer(desk: &Desk, id: &str, done_so: Result<(), AdminError>) -> Answer {
    match done_so {
        Ok(()) => Ok(done(&at(id), "saved")),
        Err(AdminError::Invalid(faults)) => {
            let page = detail(desk, id, &faults).await.map_err(|e| desk.refuse(&e))?;
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(e) => Err(desk.refuse(&e)),
    }
}

async fn remove(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&at(&id)).await?;
    flow::delete(&desk.idp, &desk.admin.asking, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(LIST, "group-deleted"))
}
