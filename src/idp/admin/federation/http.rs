//! The pages of other providers: the list, one of them with what it answers, and what is done to it.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::flow::{self, Tried};
use super::form::{self, Filled, form_page, groups_text, trust_text};
use crate::idp::Idp;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::frame::{FEDERATION, Frame};
use crate::idp::admin::http::{Desk, done};
use crate::idp::admin::parts::{Act, Button, Card, CardRow, Cell, DetailPage, Empty, ListPage, Row, Tag};
use crate::idp::admin::visit::{Answer, Visit};
use crate::idp::federation::flow::callback;
use crate::idp::federation::model::{For, Terms, Upstream};
use crate::kernel::http::Params;
use crate::kernel::pages::{View, html};

pub(super) const LIST: &str = "/admin/federation";

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/admin/federation", get(list))
        .route("/admin/federation/new", get(new_form).post(create))
        .route("/admin/federation/{id}", get(show))
        .route("/admin/federation/{id}/edit", get(edit).post(change))
        .route("/admin/federation/{id}/try", post(test))
        .route("/admin/federation/{id}/enabled", post(set_enabled))
        .route("/admin/federation/{id}/delete", post(remove))
}

pub(super) fn at(id: &str) -> String {
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("{LIST}/{id}")
}

async fn list(visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    let all = flow::list(&desk.idp).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &list_page(&desk.view, desk.frame(FEDERATION), &all)))
}

fn tags(view: &View, upstream: &Upstream) -> Vec<Tag> {
    if upstream.enabled { vec![] } else { vec![Tag::new("bad", view.t("admin-federation-disabled"))] }
}

/// The list as a page; also for its samples.
pub(crate) fn list_page(view: &View, frame: Frame, all: &[Upstream]) -> ListPage {
    let row = |u: &Upstream| Row {
        href: at(&u.id),
        title: u.terms.name.clone(),
        tags: tags(view, u),
        cells: vec![Cell::text(u.terms.issuer.as_str()), Cell::text(u.terms.domains.join(", "))],
        acts: vec![],
    };
    let (title, text) = (view.t("admin-federation-none-title"), view.t("admin-federation-none-text"));
    ListPage {
        frame,
        title: view.t("admin-nav-federation"),
        lead: view.t("admin-federation-lead"),
        buttons: vec![Button { label: view.t("admin-federation-new"), href: format!("{LIST}/new"), icon: "plus", main: true }],
        here: LIST.into(),
        search: None,
        search_label: String::new(),
        filters: vec![],
        columns: ["admin-name", "admin-federation-issuer", "admin-federation-domains"].map(|k| view.t(k)).into(),
        rows: all.iter().map(row).collect(),
        first: String::new(),
        next: String::new(),
        empty: Empty { icon: "external-link", title, text },
        view: view.clone(),
    }
}

async fn show(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&at(&id)).await?;
    shown(&desk, &id, None).await
}

async fn test(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&at(&id)).await?;
    let tried = flow::tried(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?;
    shown(&desk, &id, Some(&tried)).await
}

async fn shown(desk: &Desk, id: &str, tried: Option<&Tried>) -> Answer {
    let (found, people) = flow::show(&desk.idp, id).await.map_err(|e| desk.refuse(&e))?;
    let redirect = callback(&desk.idp, id);
    Ok(html(StatusCode::OK, &page(&desk.view, desk.frame(FEDERATION), &found, (people, &redirect), tried)))
}

/// A provider as a page; also for its samples.
pub(crate) fn page(
    view: &View,
    frame: Frame,
    u: &Upstream,
    (people, redirect): (i64, &str),
    tried: Option<&Tried>,
) -> DetailPage {
    let here = at(&u.id);
    DetailPage {
        frame,
        crumb: (view.t("admin-nav-federation"), LIST.into()),
        title: u.terms.name.clone(),
        tags: tags(view, u),
        buttons: vec![Button { label: view.t("admin-edit"), href: format!("{here}/edit"), icon: "pencil", main: false }],
        acts: acts(view, &here, u),
        problems: vec![],
        facts: facts(view, u, people, redirect),
        cards: vec![connection(view, &here, tried)],
        view: view.clone(),
    }
}

fn acts(view: &View, here: &str, u: &Upstream) -> Vec<Act> {
    let act = |key: &str, action: &str, hidden: Vec<(String, String)>, danger| Act {
        id: key.into(),
        label: view.t(&format!("admin-federation-{key}")),
        to: String::new(),
        text: view.t1(&format!("admin-federation-{key}-text"), "name", u.terms.name.as_str()),
        confirm: view.t(&format!("admin-federation-{key}")),
        action: format!("{here}/{action}"),
        hidden,
        danger,
    };
    let enabled = |yes: bool| vec![("enabled".to_owned(), yes.to_string())];
    let use_it = match u.enabled {
        true => act("disable", "enabled", enabled(false), true),
        false => act("enable", "enabled", enabled(true), false),
    };
    vec![use_it, act("delete", "delete", vec![], true)]
}

fn facts(view: &View, u: &Upstream, people: i64, redirect: &str) -> Vec<(String, Cell)> {
    let t = &u.terms;
    let yes_no = |yes: bool| Cell::text(view.t(if yes { "value-yes" } else { "value-no" }));
    let each = |text: String| Cell::tags(text.lines().map(|l| Tag::new("plain", l)).collect());
    let c = &t.claims;
    let claims = [&c.email, &c.email_verified, &c.name, &c.language, &c.groups];
    let mut all = vec![
        ("admin-federation-issuer", Cell::text(t.issuer.as_str())),
        ("admin-federation-redirect", Cell::id(redirect)),
        ("admin-federation-client-id", Cell::id(&t.client_id)),
        ("admin-federation-scope", Cell::text(t.scope.as_str())),
        ("admin-federation-people", Cell::text(view.number(people))),
        ("admin-federation-button", yes_no(t.button)),
        ("admin-federation-domains", each(t.domains.join("\n"))),
        ("admin-federation-link", yes_no(t.link == For::Domains)),
        ("admin-federation-create", yes_no(t.create == For::Domains)),
        ("admin-federation-groups", each(groups_text(t))),
        ("admin-federation-trust", each(trust_text(t))),
        ("admin-federation-part-claims", each(claims.map(String::as_str).join("\n"))),
        ("admin-id", Cell::id(&u.id)),
    ];
    all.retain(|(_, cell)| !cell.is_empty());
    all.into_iter().map(|(key, cell)| (view.t(key), cell)).collect()
}

/// What the provider answered a moment ago, and the button that asks.
fn connection(view: &View, here: &str, tried: Option<&Tried>) -> Card {
    let row = |key: &str, value: String| CardRow { title: view.t(key), note: value, ..CardRow::default() };
    let rows = match tried.map(|t| &t.answer) {
        None => vec![],
        Some(Err(why)) => vec![CardRow {
            tags: vec![Tag::new("bad", view.t("admin-federation-try-fails"))],
            ..row("admin-federation-try-answer", why.clone())
        }],
        Some(Ok((m, keys))) => vec![
            CardRow {
                tags: vec![Tag::new("good", view.t("admin-federation-try-works"))],
                ..row(
                    "admin-federation-try-answer",
                    view.t1("admin-federation-try-keys", "count", i64::try_from(*keys).unwrap_or(0)),
                )
            },
            row("admin-federation-try-authorization", m.authorization_endpoint.clone()),
            row("admin-federation-try-token", m.token_endpoint.clone()),
            row("admin-federation-try-userinfo", m.userinfo_endpoint.clone().unwrap_or_else(|| "-".into())),
            row("admin-federation-try-keys-at", m.jwks_uri.clone()),
        ],
    };
    Card {
        id: "connection".into(),
        title: view.t("admin-federation-try-title"),
        lead: view.t("admin-federation-try-lead"),
        rows,
        form: Some(crate::idp::admin::parts::Form {
            action: format!("{here}/try"),
            fields: vec![],
            submit: view.t("admin-federation-try"),
            cancel: String::new(),
        }),
        ..Card::default()
    }
}

async fn new_form(visit: Visit) -> Answer {
    let here = format!("{LIST}/new");
    let desk = visit.desk(&here).await?;
    desk.fresh(&here).await?;
    Ok(html(StatusCode::OK, &form_page(&desk.view, desk.frame(FEDERATION), None, &Filled::of("", &Terms::default()))))
}

async fn create(visit: Visit) -> Answer {
    let here = format!("{LIST}/new");
    let (desk, sent) = visit.form(&here).await?;
    desk.fresh(&here).await?;
    let id = sent.get("id").unwrap_or_default().trim().to_owned();
    // Whatever has this name already is changed on its own page, not made over.
    match flow::show(&desk.idp, &id).await {
        Err(AdminError::NotFound) => save(&desk, None, &id, &sent, None).await,
        Err(e) => Err(desk.refuse(&e)),
        Ok(_) => Err(desk.refuse(&AdminError::Refused("admin-refused-provider"))),
    }
}

async fn edit(Path(id): Path<String>, visit: Visit) -> Answer {
    let here = format!("{}/edit", at(&id));
    let desk = visit.desk(&here).await?;
    desk.fresh(&here).await?;
    let (u, _) = flow::show(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(html(StatusCode::OK, &form_page(&desk.view, desk.frame(FEDERATION), Some(&id), &Filled::of(&id, &u.terms))))
}

async fn change(Path(id): Path<String>, visit: Visit) -> Answer {
    let here = format!("{}/edit", at(&id));
    let (desk, sent) = visit.form(&here).await?;
    desk.fresh(&here).await?;
    let (before, _) = flow::show(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?;
    save(&desk, Some(&id), &id, &sent, Some(&before.terms)).await
}

async fn save(desk: &Desk, known: Option<&str>, id: &str, sent: &Params, before: Option<&Terms>) -> Answer {
    let (wish, filled, faults) = form::read(id, sent, before);
    let again = |faults: &[_]| desk.wrong(form_page(&desk.view, desk.frame(FEDERATION), known, &filled), faults);
    if !faults.is_empty() {
        return Ok(again(&faults));
    }
    match flow::save(&desk.idp, &desk.admin.asking, wish).await {
        Ok(_) => Ok(done(&at(id), "saved")),
        Err(AdminError::Invalid(faults)) => Ok(again(&faults)),
        Err(e) => Err(desk.refuse(&e)),
    }
}

async fn set_enabled(Path(id): Path<String>, visit: Visit) -> Answer {
    let (desk, sent) = visit.form(&at(&id)).await?;
    let enabled = sent.get("enabled") == Some("true");
    if enabled {
        desk.fresh(&at(&id)).await?;
    }
    flow::set_enabled(&desk.idp, &desk.admin.asking, &id, enabled).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(&at(&id), "saved"))
}

async fn remove(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&at(&id)).await?;
    desk.fresh(&at(&id)).await?;
    flow::remove(&desk.idp, &desk.admin.asking, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(LIST, "federation-removed"))
}
