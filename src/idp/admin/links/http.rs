//! The pages of links.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::flow::{self, Shown, Wanted};
use crate::contract::links::{NewLink, Words};
use crate::idp::Idp;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::frame::{Frame, LINKS};
use crate::idp::admin::groups;
use crate::idp::admin::http::{Desk, done};
use crate::idp::admin::model::Fault;
use crate::idp::admin::parts::{Act, Button, Cell, Empty, Field, Form, FormPage, ListPage, Row, Tag};
use crate::idp::admin::visit::{Answer, Visit};
use crate::idp::tiles::model::Audience;
use crate::kernel::http::Params;
use crate::kernel::pages::{Choice, Lang, View, html};

const LIST: &str = "/admin/links";
/// Whom a link can be for.
const KINDS: [&str; 4] = ["everyone", "group", "person", "relation"];

/// Its routes.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new()
        .route("/admin/links", get(list))
        .route("/admin/links/new", get(new_form).post(create))
        .route("/admin/links/{id}", get(edit).post(change))
        .route("/admin/links/{id}/remove", post(remove))
}

fn at(id: &str) -> String {
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("{LIST}/{id}")
}

async fn list(visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    let found = flow::list(&desk.idp, &desk.admin.person.id, &desk.asked()).await.map_err(|e| desk.refuse(&e))?;
    let pager = desk.pager(LIST, found.next.as_deref());
    Ok(html(StatusCode::OK, &list_page(&desk.view, desk.frame(LINKS), &found.items, pager)))
}

fn audience(view: &View, s: &Shown) -> String {
    match s.link.audience.columns().0 {
        "everyone" => view.t("admin-link-everyone"),
        kind => view.t1(&format!("admin-link-of-{kind}"), "name", s.whom.as_str()),
    }
}

/// The list as a page; also for its samples.
pub(crate) fn list_page(view: &View, frame: Frame, links: &[Shown], (first, next): (String, String)) -> ListPage {
    let row = |s: &Shown| {
        let title = s.link.says.title.in_language(view.lang.code()).to_owned();
        let act = Act {
            id: format!("remove-{}", s.link.id),
            label: view.t("admin-remove"),
            to: title.clone(),
            text: view.t1("admin-link-remove-text", "name", title.as_str()),
            confirm: view.t("admin-remove"),
            action: format!("{}/remove", at(&s.link.id)),
            hidden: vec![],
            danger: true,
        };
        let tags = if s.link.active { vec![] } else { vec![Tag::new("plain", view.t("admin-link-hidden"))] };
        let cells = vec![Cell::text(&s.link.says.address), Cell::text(audience(view, s)), Cell::time(view, Some(s.link.made_at))];
        Row { href: at(&s.link.id), title, tags, cells, acts: vec![act] }
    };
    ListPage {
        frame,
        title: view.t("admin-nav-links"),
        lead: view.t("admin-links-lead"),
        buttons: vec![Button { label: view.t("admin-links-new"), href: format!("{LIST}/new"), icon: "plus", main: true }],
        here: LIST.into(),
        search: None,
        search_label: String::new(),
        filters: vec![],
        columns: ["admin-name", "admin-link-address", "admin-policy-for", "admin-since"].map(|k| view.t(k)).into(),
        rows: links.iter().map(row).collect(),
        first,
        next,
        empty: Empty { icon: "external-link", title: view.t("admin-links-none-title"), text: view.t("admin-links-none-text") },
        view: view.clone(),
    }
}

/// What stands in the fields: by parameter.
pub(crate) type Filled = BTreeMap<String, String>;

/// The texts of a link by field: one for all languages, and those that a language has of its own.
fn fill_words(filled: &mut Filled, field: &str, words: &Words) {
    match words {
        Words::One(text) => drop(filled.insert(field.to_owned(), text.clone())),
        Words::Each(all) => {
            let first = all.get("en").or_else(|| all.values().next());
            filled.extend(first.map(|text| (field.to_owned(), text.clone())));
            let others = all.iter().filter(|(code, _)| code.as_str() != "en");
            filled.extend(others.map(|(code, text)| (format!("{field}-{code}"), text.clone())));
        }
    }
}

fn filled(s: &Shown) -> Filled {
    let mut filled = Filled::new();
    fill_words(&mut filled, "title", &s.link.says.title);
    if let Some(description) = &s.link.says.description {
        fill_words(&mut filled, "description", description);
    }
    let (kind, id) = s.link.audience.columns();
    filled.insert("address".into(), s.link.says.address.clone());
    filled.insert("for".into(), kind.to_owned());
    match &s.link.audience {
        Audience::Group(_) => drop(filled.insert("group".into(), id.to_owned())),
        Audience::Person(_) => drop(filled.insert("whom".into(), s.whom.clone())),
        _ => drop(filled.insert("whom".into(), id.to_owned())),
    }
    filled.insert("active".into(), s.link.active.to_string());
    filled
}

/// The form of a link as a page; also for its samples. `place` is id and name of one that is there.
pub(crate) fn form_page(
    view: &View,
    frame: Frame,
    place: Option<(&str, &str)>,
    filled: &Filled,
    groups: Vec<(String, String)>,
) -> FormPage {
    let value = |name: &str| filled.get(name).cloned().unwrap_or_default();
    let mut fields = vec![
        Field::text("title", view.t("admin-link-title"), value("title")).hint(view.t("admin-link-title-hint")),
        Field::new("url", "address", view.t("admin-link-address"), value("address")),
        Field::text("description", view.t("admin-link-description"), value("description")).optional(),
    ];
    for lang in Lang::ALL.into_iter().filter(|l| *l != Lang::En) {
        for (field, label) in [("title", "admin-link-title"), ("description", "admin-link-description")] {
            let id = format!("{field}-{}", lang.code());
            fields.push(Field::text(&id, format!("{} ({})", view.t(label), lang.name()), value(&id)).optional());
        }
    }
    let kinds = KINDS.map(|k| Choice { value: k.into(), label: view.t(&format!("admin-link-{k}")), current: value("for") == k });
    let group = value("group");
    let groups = groups.into_iter().map(|(id, label)| Choice { current: id == group, value: id, label }).collect();
    fields.push(Field::select("for", view.t("admin-policy-for"), kinds.into()));
    fields.push(Field::select("group", view.t("admin-group"), groups).optional().hint(view.t("admin-link-group-hint")));
    fields.push(Field::text("whom", view.t("admin-link-whom"), value("whom")).optional().hint(view.t("admin-link-whom-hint")));
    fields.push(Field::tick("active", view.t("admin-link-active"), value("active") == "true"));
    let (title, crumb, action, submit) = match place {
        None => (
            view.t("admin-links-new"),
            (view.t("admin-nav-links"), LIST.to_owned()),
            format!("{LIST}/new"),
            "admin-groups-create",
        ),
        Some((id, name)) => (name.to_owned(), (view.t("admin-nav-links"), LIST.to_owned()), at(id), "form-save"),
    };
    let form = Form { action, fields, submit: view.t(submit), cancel: LIST.into() };
    FormPage { view: view.clone(), frame, crumb, title, lead: String::new(), problems: vec![], form }
}

async fn new_form(visit: Visit) -> Answer {
    let desk = visit.desk(&format!("{LIST}/new")).await?;
    let filled = [("for", "everyone"), ("active", "true")].map(|(n, v)| (n.to_owned(), v.to_owned()));
    show_form(&desk, None, &filled.into(), &[]).await
}

async fn show_form(desk: &Desk, place: Option<(&str, &str)>, filled: &Filled, faults: &[Fault]) -> Answer {
    let groups = groups::flow::names(&desk.idp).await.map_err(|e| desk.refuse(&e))?;
    let page = form_page(&desk.view, desk.frame(LINKS), place, filled, groups);
    Ok(if faults.is_empty() { html(StatusCode::OK, &page) } else { desk.wrong(page, faults) })
}

fn words(sent: &Params, field: &str) -> Option<Words> {
    let main = sent.get(field)?.trim().to_owned();
    let others = Lang::ALL.into_iter().filter(|l| *l != Lang::En);
    let own = others.filter_map(|l| Some((l.code().to_owned(), sent.get(&format!("{field}-{}", l.code()))?.trim().to_owned())));
    let mut all: BTreeMap<String, String> = own.collect();
    if all.is_empty() {
        return Some(Words::One(main));
    }
    all.insert(Lang::En.code().to_owned(), main);
    Some(Words::Each(all))
}

fn wanted(sent: &Params) -> Wanted {
    let text = |name: &str| sent.get(name).unwrap_or_default().to_owned();
    let kind = text("for");
    let whom = if kind == "group" { text("group") } else { text("whom") };
    let title = words(sent, "title").unwrap_or_else(|| Words::One(String::new()));
    let says = NewLink { title, address: text("address"), description: words(sent, "description") };
    Wanted { says, kind, whom, active: sent.get("active") == Some("true") }
}

fn again(sent: &Params) -> Filled {
    sent.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
}

async fn create(visit: Visit) -> Answer {
    let (desk, sent) = visit.form(&format!("{LIST}/new")).await?;
    match flow::save(&desk.idp, &desk.admin.asking, None, wanted(&sent)).await {
        Ok(_) => Ok(done(LIST, "saved")),
        Err(AdminError::Invalid(faults)) => show_form(&desk, None, &again(&sent), &faults).await,
        Err(e) => Err(desk.refuse(&e)),
    }
}

async fn edit(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(&at(&id)).await?;
    let s = flow::show(&desk.idp, &id).await.map_err(|e| desk.refuse(&e))?;
    let name = s.link.says.title.in_language(desk.view.lang.code()).to_owned();
    show_form(&desk, Some((&id, &name)), &filled(&s), &[]).await
}

async fn change(Path(id): Path<String>, visit: Visit) -> Answer {
    let (desk, sent) = visit.form(&at(&id)).await?;
    match flow::save(&desk.idp, &desk.admin.asking, Some(&id), wanted(&sent)).await {
        Ok(_) => Ok(done(LIST, "saved")),
        Err(AdminError::Invalid(faults)) => {
            let name = sent.get("title").unwrap_or(&id).to_owned();
            show_form(&desk, Some((&id, &name)), &again(&sent), &faults).await
        }
        Err(e) => Err(desk.refuse(&e)),
    }
}

async fn remove(Path(id): Path<String>, visit: Visit) -> Answer {
    let desk = visit.desk(LIST).await?;
    flow::remove(&desk.idp, &desk.admin.asking, &id).await.map_err(|e| desk.refuse(&e))?;
    Ok(done(LIST, "link-removed"))
}
