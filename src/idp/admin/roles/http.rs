//! The pages of roles.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::flow;
use super::store::RoleRow;
use crate::contract::feed::Holder;
use crate::idp::Idp;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::frame::{Frame, ROLES};
use crate::idp::admin::http::{Desk, done};
use crate::idp::admin::model::{Asked, Fault};
use crate::idp::admin::parts::{Act, Card, CardRow, Cell, DetailPage, Empty, Field, Form, ListPage, Row, Tag};
use crate::idp::admin::people::store::PersonRow;
use crate::idp::admin::visit::{Answer, Visit};
use crate::idp::admin::{groups, people};
use crate::kernel::pages::{Choice, View, html};

const LIST: &str = "/admin/roles";
/// People that a role's page shows; the list of people shows all.
const SHOWN: i64 = 50;

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/admin/roles", get(list))
        .route("/admin/roles/{role}", get(show))
        .route("/admin/roles/{role}/people", post(set_person))
        .route("/admin/roles/{role}/groups", post(set_group))
}

/// `/admin/roles/<role>`.
pub(crate) fn at(role: &str) -> String {
    // A role is any text: a space is %20 in a path, not a plus.
    let role: String = url::form_urlencoded::byte_serialize(role.as_bytes()).collect();
    format!("{LIST}/{}", role.replace('+', "%20"))
}

async fn list(visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    let found = flow::list(&desk.idp, &desk.admin.person.id, &desk.asked()).await.map_err(|e| desk.refuse(&e))?;
    let pager = desk.pager(LIST, found.next.as_deref());
    let admin_role = &desk.idp.env.settings.admin_role;
    Ok(html(StatusCode::OK, &list_page(&desk.view, desk.frame(ROLES), &found.items, pager, admin_role)))
}

/// The list as a page; also for its samples.
pub(crate) fn list_page(
    view: &View,
    frame: Frame,
    roles: &[RoleRow],
    (first, next): (String, String),
    admin_role: &str,
) -> ListPage {
    let row = |r: &RoleRow| Row {
        href: at(&r.role),
        title: r.role.clone(),
        tags: if r.role == admin_role { vec![Tag::new("info", view.t("admin-role-admin"))] } else { vec![] },
        cells: vec![Cell::text(view.number(r.people)), Cell::text(view.number(r.groups))],
        acts: vec![],
    };
    ListPage {
        frame,
        title: view.t("admin-nav-roles"),
        lead: view.t("admin-roles-lead"),
        buttons: vec![],
        here: LIST.into(),
        search: None,
        search_label: view.t("admin-nav-roles"),
        filters: vec![],
        columns: ["admin-role", "admin-nav-people", "admin-nav-groups"].map(|k| view.t(k)).into(),
        rows: roles.iter().map(row).collect(),
        first,
        next,
        empty: Empty { icon: "shield", title: view.t("admin-roles-none-title"), text: view.t("admin-roles-none-text") },
        view: view.clone(),
    }
}

async fn show(Path(role): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&at(&role)).await?;
    let page = detail(&desk, &role, &[]).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &page))
}

async fn detail(desk: &Desk, role: &str, faults: &[Fault]) -> Result<DetailPage, AdminError> {
    let filter = people::flow::Filter { role: Some(role.to_owned()), ..people::flow::Filter::default() };
    let asked = Asked { limit: Some(SHOWN), ..Asked::default() };
    let found = people::flow::list(&desk.idp, &desk.admin.person.id, &filter, &asked).await?;
    let held = Held {
        people: found.items,
        more: found.next.is_some(),
        groups: flow::groups(&desk.idp, role).await?,
        all: groups::flow::names(&desk.idp).await?,
    };
    let mut page = page(&desk.view, desk.frame(ROLES), role, held);
    page.problems = desk.problems(faults);
    for form in page.cards.iter_mut().filter_map(|c| c.form.as_mut()) {
        form.say(&page.problems);
    }
    Ok(page)
}

/// Who has a role.
pub(crate) struct Held {
    /// People, themselves.
    pub people: Vec<PersonRow>,
    /// Whether there are more of them.
    pub more: bool,
    /// Groups: id and name.
    pub groups: Vec<(String, String)>,
    /// All groups that a form offers.
    pub all: Vec<(String, String)>,
}

/// A role as a page; also for its samples.
pub(crate) fn page(view: &View, frame: Frame, role: &str, held: Held) -> DetailPage {
    DetailPage {
        frame,
        crumb: (view.t("admin-nav-roles"), LIST.into()),
        title: role.to_owned(),
        tags: vec![],
        buttons: vec![],
        acts: vec![],
        problems: vec![],
        facts: vec![],
        cards: vec![people_card(view, role, &held), groups_card(view, role, &held)],
        view: view.clone(),
    }
}

fn taking(view: &View, id: String, action: String, who: (&str, &str), name: &str, role: &str) -> Act {
    let label = view.t("admin-remove");
    let hidden = vec![(who.0.to_owned(), who.1.to_owned()), ("present".to_owned(), "false".to_owned())];
    let text = view.t2("admin-role-take-text", "name", name, "role", role);
    Act { id, confirm: label.clone(), label, to: name.to_owned(), text, action, hidden, danger: true }
}

fn people_card(view: &View, role: &str, held: &Held) -> Card {
    let action = format!("{}/people", at(role));
    let row = |(n, p): (usize, &PersonRow)| CardRow {
        href: format!("/admin/people/{}", p.id),
        title: p.name.clone(),
        note: p.email.clone(),
        acts: vec![taking(view, format!("person-{n}"), action.clone(), ("who", &p.email), &p.name, role)],
        ..CardRow::default()
    };
    let name: String = url::form_urlencoded::byte_serialize(role.as_bytes()).collect();
    Card {
        id: "people".into(),
        title: view.t("admin-nav-people"),
        rows: held.people.iter().enumerate().map(row).collect(),
        empty: view.t("admin-role-people-none"),
        more: if held.more { format!("/admin/people?role={name}") } else { String::new() },
        more_label: view.t("admin-all"),
        form: Some(Form {
            action: action.clone(),
            fields: vec![Field::new("email", "who", view.t("admin-member-email"), ""), Field::hidden("present", "true")],
            submit: view.t("admin-role-give"),
            cancel: String::new(),
        }),
        ..Card::default()
    }
}

fn groups_card(view: &View, role: &str, held: &Held) -> Card {
    let action = format!("{}/groups", at(role));
    let row = |(n, (id, name)): (usize, &(String, String))| CardRow {
        href: format!("/admin/groups/{id}"),
        title: name.clone(),
        acts: vec![taking(view, format!("group-{n}"), action.clone(), ("group", id), name, role)],
        ..CardRow::default()
    };
    let left: Vec<Choice> = held
        .all
        .iter()
        .filter(|(id, _)| !held.groups.iter().any(|(g, _)| g == id))
        .map(|(value, label)| Choice { value: value.clone(), label: label.clone(), current: false })
        .collect();
    let form = (!left.is_empty()).then(|| Form {
        action: action.clone(),
        fields: vec![Field::select("group", view.t("admin-group"), left), Field::hidden("present", "true")],
        submit: view.t("admin-role-give-group"),
        cancel: String::new(),
    });
    Card {
        id: "groups".into(),
        title: view.t("admin-nav-groups"),
        lead: view.t("admin-roles-group-lead"),
        rows: held.groups.iter().enumerate().map(row).collect(),
        empty: view.t("admin-role-groups-none"),
        form,
        ..Card::default()
    }
}

async fn set_person(Path(role): Path<String>, visit: Visit) -> Answer {
    set(&role, visit, |who, _| Holder::Person(who)).await
}

async fn set_group(Path(role): Path<String>, visit: Visit) -> Answer {
    set(&role, visit, |_, group| Holder::Group(group)).await
}

async fn set(role: &str, visit: Visit, holder: fn(String, String) -> Holder) -> Answer {
    let (desk, sent) = visit.form(&at(role)).await?;
    let present = sent.get("present") == Some("true");
    if present {
        desk.fresh(&at(role)).await?;
    }
    let text = |name: &str| sent.get(name).unwrap_or_default().to_owned();
    match flow::set(&desk.idp, &desk.admin.asking, role, &holder(text("who"), text("group")), present).await {
        Ok(_) => Ok(done(&at(role), "saved")),
        Err(AdminError::Invalid(faults)) => {
            let page = detail(&desk, role, &faults).await.map_err(|e| desk.refuse(&e))?;
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(e) => Err(desk.refuse(&e)),
    }
}
