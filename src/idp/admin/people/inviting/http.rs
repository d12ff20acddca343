//! The pages of invitations to become a person here.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::flow::{self, Invited};
use crate::idp::Idp;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::frame::{Frame, PEOPLE};
use crate::idp::admin::groups;
use crate::idp::admin::http::done;
use crate::idp::admin::parts::{Act, Button, Cell, Empty, Field, Form, FormPage, ListPage, Row, Tag};
use crate::idp::admin::visit::{Answer, Visit};
use crate::idp::welcome::model::NewWelcome;
use crate::kernel::http::Params;
use crate::kernel::pages::{Choice, Lang, View, html};

const PEOPLE_LIST: &str = "/admin/people";
const LIST: &str = "/admin/people/invited";
const NEW: &str = "/admin/people/invite";

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/admin/people/invited", get(list))
        .route("/admin/people/invited/{id}/revoke", post(revoke))
        .route("/admin/people/invite", get(new_form).post(invite))
}

async fn list(visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    let all = flow::list(&desk.idp).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &list_page(&desk.view, desk.frame(PEOPLE), &all)))
}

/// The list as a page; also for its samples.
pub(crate) fn list_page(view: &View, frame: Frame, all: &[Invited]) -> ListPage {
    let row = |i: &Invited| {
        let words = i.groups.iter().chain(&i.welcome.roles);
        Row {
            href: String::new(),
            title: i.whom.name.clone(),
            tags: if i.welcome.staff { vec![Tag::new("info", view.t("admin-staff-true"))] } else { vec![] },
            cells: vec![
                Cell::text(&i.whom.email),
                Cell::tags(words.map(|w| Tag::new("plain", w.clone())).collect()),
                Cell::time(view, Some(i.welcome.made_at)),
                Cell::time(view, Some(i.welcome.expires_at)),
            ],
            acts: vec![Act {
                id: format!("revoke-{}", i.welcome.id),
                label: view.t("admin-invitation-revoke"),
                to: i.whom.name.clone(),
                text: view.t1("admin-invited-revoke-text", "name", i.whom.name.as_str()),
                confirm: view.t("admin-invitation-revoke-confirm"),
                action: format!("{LIST}/{}/revoke", i.welcome.id),
                hidden: vec![],
                danger: true,
            }],
        }
    };
    let columns = ["admin-name", "admin-email", "admin-invited-gets", "admin-made", "admin-until"];
    ListPage {
        frame,
        title: view.t("admin-invited"),
        lead: view.t("admin-invited-lead"),
        buttons: vec![Button { label: view.t("admin-invite"), href: NEW.into(), icon: "plus", main: true }],
        here: LIST.into(),
        search: None,
        search_label: String::new(),
        filters: vec![],
        columns: columns.map(|k| view.t(k)).into(),
        rows: all.iter().map(row).collect(),
        first: String::new(),
        next: String::new(),
        empty: Empty { icon: "mail", title: view.t("admin-invited-none-title"), text: view.t("admin-invited-none-text") },
        view: view.clone(),
    }
}

/// The form; also for its samples.
pub(crate) fn form_page(view: &View, frame: Frame, new: &NewWelcome, all: &[(String, String)]) -> FormPage {
    let languages =
        Lang::ALL.map(|l| Choice { value: l.code().into(), label: l.name().into(), current: l.code() == new.language });
    let group = |(_, name): &(String, String)| Choice {
        value: name.clone(),
        label: name.clone(),
        current: new.groups.iter().any(|g| g == name),
    };
    let mut fields = vec![
        Field::new("email", "email", view.t("admin-email"), &*new.email).hint(view.t("admin-invite-email-hint")),
        Field::text("name", view.t("admin-name"), &*new.name),
        Field::select("language", view.t("admin-language"), languages.into()),
        Field::tick("staff", view.t("admin-staff-tick"), new.staff).hint(view.t("admin-staff-hint")),
    ];
    if !all.is_empty() {
        fields.push(Field::ticks("groups", view.t("admin-nav-groups"), all.iter().map(group).collect()));
    }
    fields.push(
        Field::text("roles", view.t("admin-nav-roles"), new.roles.join(", ")).optional().hint(view.t("admin-invite-roles-hint")),
    );
    FormPage {
        frame,
        crumb: (view.t("admin-nav-people"), PEOPLE_LIST.into()),
        title: view.t("admin-invite"),
        lead: view.t("admin-invite-lead"),
        problems: vec![],
        form: Form { action: NEW.into(), fields, submit: view.t("admin-invite-submit"), cancel: PEOPLE_LIST.into() },
        view: view.clone(),
    }
}

async fn new_form(visit: Visit) -> Answer {
    let desk = visit.desk(NEW).await?;
    desk.fresh(NEW).await?;
    let all = groups::flow::names(&desk.idp).await.map_err(|e| desk.refuse(&e))?;
    let new = NewWelcome {
        email: String::new(),
        name: String::new(),
        language: desk.view.lang.code().to_owned(),
        staff: true,
        groups: vec![],
        roles: vec![],
    };
    Ok(html(StatusCode::OK, &form_page(&desk.view, desk.frame(PEOPLE), &new, &all)))
}

fn read(sent: &Params) -> NewWelcome {
    let text = |name: &str| sent.get(name).unwrap_or_default().to_owned();
    NewWelcome {
        email: text("email"),
        name: text("name"),
        language: text("language"),
        staff: sent.get("staff") == Some("true"),
        groups: sent.all("groups").to_vec(),
        roles: text("roles").split(',').map(str::trim).filter(|r| !r.is_empty()).map(str::to_owned).collect(),
    }
}

async fn invite(visit: Visit) -> Answer {
    let (desk, sent) = visit.form_with(NEW, &["groups"]).await?;
    desk.fresh(NEW).await?;
    let new = read(&sent);
    match flow::invite(&desk.idp, &desk.admin.asking, new.clone()).await {
        Ok(_) => Ok(done(LIST, "person-invited")),
        Err(AdminError::Invalid(faults)) => {
            let all = groups::flow::names(&desk.idp).await.map_err(|e| desk.refuse(&e))?;
            Ok(desk.wrong(form_page(&desk.view, desk.frame(PEOPLE), &new, &all), &faults))
        }
        Err(e) => Err(desk.refuse(&e)),
    }
}

async fn revoke(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    flow::revoke(&desk.idp, &desk.admin.asking, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(LIST, "invitation-revoked"))
}
