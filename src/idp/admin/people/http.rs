//! The pages of people: what each request does.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::flow::{self, Filter, New, PersonChange};
use super::pages::{Around, Filled, LIST, at, form, list_page, page, row, yes_no_filter};
use super::{inviting, leaving};
use crate::contract::feed::Holder;
use crate::idp::Idp;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::frame::PEOPLE;
use crate::idp::admin::http::{Desk, done};
use crate::idp::admin::model::Fault;
use crate::idp::admin::parts::{DetailPage, Form, FormPage};
use crate::idp::admin::visit::{Answer, Visit};
use crate::idp::admin::{audit, federation, groups, roles};
use crate::kernel::audit::Filter as Lines;
use crate::kernel::http::Params;
use crate::kernel::pages::html;

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/admin/people", get(list))
        .route("/admin/people/new", get(new_form).post(create))
        .route("/admin/people/{id}", get(show))
        .route("/admin/people/{id}/edit", get(edit).post(change))
        .route("/admin/people/{id}/groups", post(set_group))
        .route("/admin/people/{id}/roles", post(set_role))
        .route("/admin/people/{id}/password-link", post(password_link))
        .route("/admin/people/{id}/end-sessions", post(end_sessions))
        .merge(super::details::routes())
        .merge(leaving::http::routes())
        .merge(inviting::http::routes())
}

async fn list(visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    let flag = |name: &str| desk.query.get(name).and_then(|v| v.parse::<bool>().ok());
    let filter = Filter { staff: flag("staff"), active: flag("active"), ..Filter::default() };
    let asked = desk.asked();
    let found = flow::list(&desk.idp, &desk.admin.person.id, &filter, &asked).await.map_err(|e| desk.refuse(&e))?;
    let pager = desk.pager(LIST, found.next.as_deref());
    let rows = found.items.iter().map(|p| row(&desk.view, p)).collect();
    let filters = ["staff", "active"].map(|name| yes_no_filter(&desk.view, name, desk.query.get(name))).into();
    Ok(html(StatusCode::OK, &list_page(&desk.view, desk.frame(PEOPLE), rows, pager, (asked.q, filters))))
}

async fn show(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&at(&id)).await?;
    let page = detail(&desk, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &page))
}

/// A person's page.
pub(crate) async fn detail(desk: &Desk, id: &str) -> Result<DetailPage, AdminError> {
    let shown = flow::show(&desk.idp, id).await?;
    let all = groups::flow::names(&desk.idp).await?;
    let known_roles = roles::flow::names(&desk.idp).await?;
    let lines = desk.idp.audit.page(&Lines { about: Some(id.to_owned()), ..Lines::default() }, None, 8).await?;
    let activity = audit::pages::rows(&desk.idp, &desk.view, lines).await?;
    let own = desk.admin.person.id == id;
    let providers = federation::flow::list(&desk.idp).await?;
    let elsewhere = if providers.is_empty() { vec![] } else { federation::flow::links(&desk.idp, id).await? };
    Ok(page(
        &desk.view,
        desk.frame(PEOPLE),
        &shown,
        Around { groups: all, roles: known_roles, activity, own, elsewhere, providers },
    ))
}

pub(super) fn form_page(
    desk: &Desk,
    title: String,
    lead: &str,
    crumb: (String, String),
    mut form: Form,
    faults: &[Fault],
) -> FormPage {
    let problems = desk.problems(faults);
    form.say(&problems);
    let lead = if lead.is_empty() { String::new() } else { desk.view.t(lead) };
    FormPage { view: desk.view.clone(), frame: desk.frame(PEOPLE), crumb, title, lead, problems, form }
}

fn new_page(desk: &Desk, filled: &Filled<'_>, faults: &[Fault]) -> FormPage {
    let form = form(&desk.view, format!("{LIST}/new"), LIST.into(), filled);
    let crumb = (desk.view.t("admin-nav-people"), LIST.into());
    form_page(desk, desk.view.t("admin-people-new"), "admin-people-new-lead", crumb, form, faults)
}

async fn new_form(visit: Visit) -> Answer {
    let here = format!("{LIST}/new");
    let desk = visit.desk(&here).await?;
    desk.fresh(&here).await?;
    let filled = Filled { email: Some(""), name: "", language: desk.view.lang.code(), phone: "", staff: true };
    Ok(html(StatusCode::OK, &new_page(&desk, &filled, &[])))
}

async fn create(visit: Visit) -> Answer {
    let here = format!("{LIST}/new");
    let (desk, sent) = visit.form(&here).await?;
    desk.fresh(&here).await?;
    let text = |name: &str| sent.get(name).unwrap_or_default();
    let new = New {
        email: text("email").to_owned(),
        name: text("name").to_owned(),
        language: text("language").to_owned(),
        phone: sent.get("phone").map(str::to_owned),
        staff: sent.get("staff") == Some("true"),
    };
    match flow::create(&desk.idp, &desk.admin.asking, &new).await {
        Ok(id) => Ok(done(&at(&id), "person-made")),
        Err(AdminError::Invalid(faults)) => {
            let filled = Filled {
                email: Some(&new.email),
                name: &new.name,
                language: &new.language,
                phone: new.phone.as_deref().unwrap_or_default(),
                staff: new.staff,
            };
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &new_page(&desk, &filled, &faults)))
        }
        Err(e) => Err(desk.refuse(&e)),
    }
}

fn edit_page(desk: &Desk, id: &str, name: &str, filled: &Filled<'_>, faults: &[Fault]) -> FormPage {
    let form = form(&desk.view, format!("{}/edit", at(id)), at(id), filled);
    form_page(desk, desk.view.t("admin-edit"), "", (name.to_owned(), at(id)), form, faults)
}

async fn edit(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&format!("{}/edit", at(&id))).await?;
    let p = flow::show(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?.person;
    let phone = p.phone.as_deref().unwrap_or_default();
    let filled = Filled { email: None, name: &p.name, language: &p.language, phone, staff: p.staff };
    Ok(html(StatusCode::OK, &edit_page(&desk, &id, &p.name, &filled, &[])))
}

async fn change(Path(id): Path<String>, visit: Visit) -> Answer {
    let (desk, sent) = visit.form(&format!("{}/edit", at(&id))).await?;
    write_change(&desk, &id, &sent).await
}

async fn write_change(desk: &Desk, id: &str, sent: &Params) -> Answer {
    let before = flow::show(&desk.idp, id).await.map_err(|e| desk.refuse(&e))?.person;
    let staff = sent.get("staff") == Some("true");
    if staff && !before.staff {
        desk.fresh(&format!("{}/edit", at(id))).await?;
    }
    let text = |name: &str| sent.get(name).unwrap_or_default();
    let change = PersonChange {
        name: Some(text("name").to_owned()),
        language: Some(text("language").to_owned()),
        phone: Some(sent.get("phone").map(str::to_owned)),
        staff: Some(staff),
    };
    match flow::change(&desk.idp, &desk.admin.asking, id, &change).await {
        Ok(_) => Ok(done(&at(id), "saved")),
        Err(AdminError::Invalid(faults)) => {
            let filled = Filled { email: None, name: text("name"), language: text("language"), phone: text("phone"), staff };
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &edit_page(desk, id, &before.name, &filled, &faults)))
        }
        Err(e) => Err(desk.refuse(&e)),
    }
}

async fn set_group(Path(id): Path<String>, visit: Visit) -> Answer {
    let (desk, sent) = visit.form(&at(&id)).await?;
    let present = sent.get("present") == Some("true");
    if present {
        desk.fresh(&at(&id)).await?;
    }
    let wanted = BTreeMap::from([(sent.get("group").unwrap_or_default().to_owned(), present)]);
    flow::set_groups(&desk.idp, &desk.admin.asking, &id, &wanted).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(&at(&id), "saved"))
}

async fn set_role(Path(id): Path<String>, visit: Visit) -> Answer {
    let (desk, sent) = visit.form(&at(&id)).await?;
    let present = sent.get("present") == Some("true");
    if present {
        desk.fresh(&at(&id)).await?;
    }
    let role = sent.get("role").unwrap_or_default();
    match roles::flow::set(&desk.idp, &desk.admin.asking, role, &Holder::Person(id.clone()), present).await {
        Ok(_) => Ok(done(&at(&id), "saved")),
        Err(AdminError::Invalid(faults)) => again(&desk, &id, &faults).await,
        Err(e) => Err(desk.refuse(&e)),
    }
}

/// A person's page again, with what doesn't fit at the form that it was sent by.
pub(crate) async fn again(desk: &Desk, id: &str, faults: &[Fault]) -> Answer {
    let mut page: DetailPage = detail(desk, id).await.map_err(|e| desk.refuse(&e))?;
    page.problems = desk.problems(faults);
    for form in page.cards.iter_mut().filter_map(|c| c.form.as_mut()) {
        form.say(&page.problems);
    }
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

async fn password_link(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&at(&id)).await?;
    desk.fresh(&at(&id)).await?;
    flow::password_link(&desk.idp, &desk.admin.asking, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(&at(&id), "link-sent"))
}

async fn end_sessions(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&at(&id)).await?;
    flow::end_sessions(&desk.idp, &desk.admin.asking, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(&at(&id), "sessions-ended"))
}
