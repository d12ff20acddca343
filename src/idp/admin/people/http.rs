//! The pages of people.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};

use super::flow::{self, Filter, New, PersonChange, Shown};
use super::store::PersonRow;
use crate::contract::feed::Holder;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::frame::PEOPLE;
use crate::idp::admin::http::{Desk, done};
use crate::idp::admin::model::Fault;
use crate::idp::admin::parts::{Act, Button, Card, CardRow, Cell, DetailPage, Empty, Field, Form, FormPage, ListPage, Row, Tag};
use crate::idp::admin::{audit, groups, parts, roles};
use crate::idp::signin::factors::Factor;
use crate::idp::{Idp, people};
use crate::kernel::audit::Filter as Lines;
use crate::kernel::clock::Timestamp;
use crate::kernel::http::{Context, Params};
use crate::kernel::pages::{Choice, Lang, View, html};

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
}

const LIST: &str = "/admin/people";

/// `/admin/people/<id>`; the id of an address as it came.
fn at(id: &str) -> String {
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("{LIST}/{id}")
}

/// A choice of all, yes or no.
pub(crate) fn yes_no_filter(view: &View, name: &str, current: Option<&str>) -> parts::Filter {
    let choice = |value: &str| Choice {
        value: value.to_owned(),
        label: view.t(&format!("admin-{name}-{}", if value.is_empty() { "all" } else { value })),
        current: current.unwrap_or_default() == value,
    };
    let label = view.t(&format!("admin-{name}"));
    parts::Filter {
        name: name.into(),
        label,
        choices: ["", "true", "false"].map(choice).into(),
        value: String::new(),
        kind: "select",
    }
}

async fn list(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let desk = match Desk::open(&idp, context, headers, LIST, query).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    let flag = |name: &str| desk.query.get(name).and_then(|v| v.parse::<bool>().ok());
    let filter = Filter { staff: flag("staff"), active: flag("active"), ..Filter::default() };
    let asked = desk.asked();
    let found = match flow::list(&idp, &desk.admin.person.id, &filter, &asked).await {
        Ok(found) => found,
        Err(e) => return desk.refuse(&e),
    };
    let (first, next) = desk.pager(LIST, found.next.as_deref());
    let rows = found.items.iter().map(|p| row(&desk.view, p)).collect();
    let filters = ["staff", "active"].map(|name| yes_no_filter(&desk.view, name, desk.query.get(name))).into();
    html(StatusCode::OK, &list_page(&desk.view, desk.frame(PEOPLE), rows, (first, next), (asked.q, filters)))
}

/// The list as a page; also for its samples.
pub(crate) fn list_page(
    view: &View,
    frame: crate::idp::admin::frame::Frame,
    rows: Vec<Row>,
    (first, next): (String, String),
    (q, filters): (String, Vec<parts::Filter>),
) -> ListPage {
    let new = Button { label: view.t("admin-people-new"), href: format!("{LIST}/new"), icon: "plus", main: true };
    let title = view.t("admin-people-none-title");
    let empty = Empty { icon: "user", title, text: view.t("admin-people-none-text") };
    ListPage {
        frame,
        title: view.t("admin-nav-people"),
        lead: view.t("admin-people-lead"),
        buttons: vec![new],
        here: LIST.into(),
        search: Some(q),
        search_label: view.t("admin-people-search"),
        filters,
        columns: ["admin-name", "admin-email", "admin-since"].map(|k| view.t(k)).into(),
        rows,
        first,
        next,
        empty,
        view: view.clone(),
    }
}

/// A person in a list.
pub(crate) fn row(view: &View, p: &PersonRow) -> Row {
    let mut tags = Vec::new();
    if p.staff {
        tags.push(Tag::new("info", view.t("admin-staff-true")));
    }
    if !p.active {
        tags.push(Tag::new("bad", view.t("admin-active-false")));
    }
    let cells = vec![Cell::text(&p.email), Cell::time(view, Some(Timestamp(p.created_at)))];
    Row { href: at(&p.id), title: p.name.clone(), tags, cells, acts: vec![] }
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
    match detail(&desk, &id).await {
        Ok(page) => html(StatusCode::OK, &page),
        Err(e) => desk.refuse(&e),
    }
}

async fn detail(desk: &Desk, id: &str) -> Result<DetailPage, AdminError> {
    let shown = flow::show(&desk.idp, id).await?;
    let all = groups::flow::names(&desk.idp).await?;
    let known_roles = roles::flow::names(&desk.idp).await?;
    let lines = desk.idp.audit.page(&Lines { about: Some(id.to_owned()), ..Lines::default() }, None, 8).await?;
    let activity = audit::pages::rows(&desk.idp, &desk.view, lines).await?;
    Ok(page(&desk.view, desk.frame(PEOPLE), &shown, Around { groups: all, roles: known_roles, activity }))
}

/// What a person's page shows beside him.
pub(crate) struct Around {
    /// All groups, as far as a form offers them.
    pub groups: Vec<(String, String)>,
    /// All roles.
    pub roles: Vec<String>,
    /// What he did, and what was done to him.
    pub activity: Vec<audit::pages::Line>,
}

/// A person as a page; also for its samples.
pub(crate) fn page(view: &View, frame: crate::idp::admin::frame::Frame, s: &Shown, around: Around) -> DetailPage {
    let here = at(&s.person.id);
    let mut tags = vec![match s.person.staff {
        true => Tag::new("info", view.t("admin-staff-true")),
        false => Tag::new("plain", view.t("admin-staff-false")),
    }];
    if !s.person.active {
        tags.push(Tag::new("bad", view.t("admin-active-false")));
    }
    let edit = Button { label: view.t("admin-edit"), href: format!("{here}/edit"), icon: "pencil", main: false };
    let cards = vec![
        groups_card(view, &here, s, around.groups),
        roles_card(view, s, around.roles),
        activity_card(view, s, around.activity),
    ];
    DetailPage {
        frame,
        crumb: (view.t("admin-nav-people"), LIST.into()),
        title: s.person.name.clone(),
        tags,
        buttons: vec![edit],
        acts: acts(view, &here, s),
        problems: vec![],
        facts: facts(view, s),
        cards,
        view: view.clone(),
    }
}

fn facts(view: &View, s: &Shown) -> Vec<(String, Cell)> {
    let (created, updated) = flow::moments(&s.standing);
    let proven =
        if s.person.email_proven { Tag::new("good", view.t("admin-proven")) } else { Tag::new("wait", view.t("admin-unproven")) };
    let lang = Lang::from_code(&s.person.language).map_or_else(|| s.person.language.clone(), |l| l.name().to_owned());
    let password = s.standing.has_password.then_some("password");
    let factors = password.into_iter().chain(s.factors.seconds().map(Factor::as_str));
    let factors: Vec<Tag> = factors.map(|f| Tag::new("plain", view.t(&format!("admin-factor-{f}")))).collect();
    let mut facts = vec![
        (view.t("admin-email"), Cell::tags(vec![Tag::new("plain", s.person.email.clone()), proven])),
        (view.t("admin-language"), Cell::text(lang)),
    ];
    facts.extend(s.person.phone.clone().map(|p| (view.t("admin-phone"), Cell::text(p))));
    facts.push((view.t("admin-factors"), Cell::tags(factors)));
    let sessions = format!("/admin/sessions?person={}", s.person.id);
    facts.push((view.t("admin-nav-sessions"), Cell::link(view.number(s.standing.sessions), sessions)));
    facts.push((view.t("admin-since"), Cell::time(view, Some(created))));
    facts.push((view.t("admin-changed"), Cell::time(view, Some(updated))));
    facts.push((view.t("admin-id"), Cell::id(&s.person.id)));
    facts
}

fn acts(view: &View, here: &str, s: &Shown) -> Vec<Act> {
    let act = |key: &str, action: &str, danger| Act {
        id: key.to_owned(),
        label: view.t(&format!("admin-{key}")),
        to: String::new(),
        text: view.t1(&format!("admin-{key}-text"), "name", s.person.name.as_str()),
        confirm: view.t(&format!("admin-{key}-confirm")),
        action: format!("{here}/{action}"),
        hidden: vec![],
        danger,
    };
    let mut acts = Vec::new();
    if s.person.active {
        acts.push(act("password-link", "password-link", false));
    }
    if s.standing.sessions > 0 {
        acts.push(act("end-sessions", "end-sessions", true));
    }
    acts
}

fn taking(view: &View, id: String, action: String, hidden: Vec<(String, String)>, to: &str, text: String) -> Act {
    let label = view.t("admin-remove");
    Act { id, confirm: label.clone(), label, to: to.to_owned(), text, action, hidden, danger: true }
}

fn groups_card(view: &View, here: &str, s: &Shown, all: Vec<(String, String)>) -> Card {
    let row = |(id, name): &(String, String)| CardRow {
        href: format!("/admin/groups/{id}"),
        title: name.clone(),
        acts: vec![taking(
            view,
            format!("leave-{id}"),
            format!("{here}/groups"),
            vec![("group".into(), id.clone()), ("present".into(), "false".into())],
            name,
            view.t2("admin-member-remove-text", "name", s.person.name.as_str(), "group", name.as_str()),
        )],
        ..CardRow::default()
    };
    let left: Vec<Choice> = all
        .into_iter()
        .filter(|(id, _)| !s.groups.iter().any(|(g, _)| g == id))
        .map(|(value, label)| Choice { value, label, current: false })
        .collect();
    let form = (!left.is_empty()).then(|| Form {
        action: format!("{here}/groups"),
        fields: vec![Field::select("group", view.t("admin-group"), left), Field::hidden("present", "true")],
        submit: view.t("admin-group-add"),
        cancel: String::new(),
    });
    Card {
        id: "groups".into(),
        title: view.t("admin-nav-groups"),
        rows: s.groups.iter().map(row).collect(),
        empty: view.t("admin-person-groups-none"),
        form,
        ..Card::default()
    }
}

fn roles_card(view: &View, s: &Shown, known: Vec<String>) -> Card {
    let here = at(&s.person.id);
    let own = s.roles.iter().enumerate().map(|(n, role)| CardRow {
        href: roles::http::at(role),
        title: role.clone(),
        acts: vec![taking(
            view,
            format!("role-{n}"),
            format!("{here}/roles"),
            vec![("role".into(), role.clone()), ("present".into(), "false".into())],
            role,
            view.t2("admin-role-take-text", "name", s.person.name.as_str(), "role", role.as_str()),
        )],
        ..CardRow::default()
    });
    let by_group = s.by_group.iter().map(|(role, group)| CardRow {
        href: roles::http::at(role),
        title: role.clone(),
        note: view.t1("admin-role-by-group", "group", group.as_str()),
        ..CardRow::default()
    });
    let rows = own.chain(by_group).collect();
    let hint = match known.is_empty() {
        true => String::new(),
        false => view.t1("admin-role-known", "roles", known.join(", ")),
    };
    let form = Form {
        action: format!("{here}/roles"),
        fields: vec![Field::text("role", view.t("admin-role"), "").hint(hint), Field::hidden("present", "true")],
        submit: view.t("admin-role-give"),
        cancel: String::new(),
    };
    Card {
        id: "roles".into(),
        title: view.t("admin-nav-roles"),
        lead: view.t("admin-roles-person-lead"),
        rows,
        empty: view.t("admin-person-roles-none"),
        form: Some(form),
        ..Card::default()
    }
}

fn activity_card(view: &View, s: &Shown, lines: Vec<audit::pages::Line>) -> Card {
    Card {
        id: "activity".into(),
        title: view.t("admin-activity"),
        rows: lines.into_iter().map(audit::pages::Line::card).collect(),
        empty: view.t("admin-nothing"),
        more: format!("/admin/audit?about={}", s.person.id),
        more_label: view.t("admin-all"),
        ..Card::default()
    }
}

/// What a form about a person holds.
pub(crate) struct Filled<'a> {
    /// The address; none where it can't be changed here.
    pub email: Option<&'a str>,
    /// Display name.
    pub name: &'a str,
    /// Language code.
    pub language: &'a str,
    /// Phone number.
    pub phone: &'a str,
    /// Whether he works here.
    pub staff: bool,
}

/// The form about a person.
pub(crate) fn form(view: &View, action: String, cancel: String, filled: &Filled<'_>) -> Form {
    let languages = Lang::ALL.into_iter().map(|l| Choice {
        value: l.code().into(),
        label: l.name().into(),
        current: l.code() == filled.language,
    });
    let mut fields = Vec::new();
    if let Some(email) = filled.email {
        fields.push(Field::new("email", "email", view.t("admin-email"), email).hint(view.t("admin-people-email-hint")));
    }
    fields.push(Field::text("name", view.t("admin-name"), filled.name));
    fields.push(Field::select("language", view.t("admin-language"), languages.collect()));
    fields.push(Field::new("tel", "phone", view.t("admin-phone"), filled.phone).optional().hint(view.t("admin-phone-hint")));
    fields.push(Field::tick("staff", view.t("admin-staff-tick"), filled.staff).hint(view.t("admin-staff-hint")));
    let submit = if filled.email.is_some() { "admin-people-create" } else { "form-save" };
    Form { action, fields, submit: view.t(submit), cancel }
}

fn form_page(desk: &Desk, title: String, lead: &str, crumb: (String, String), mut form: Form, faults: &[Fault]) -> FormPage {
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

async fn new_form(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap) -> Response {
    let path = format!("{LIST}/new");
    let desk = match Desk::open(&idp, context, headers, &path, None).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    if let Err(answer) = desk.fresh(&path).await {
        return answer;
    }
    let filled = Filled { email: Some(""), name: "", language: desk.view.lang.code(), phone: "", staff: true };
    html(StatusCode::OK, &new_page(&desk, &filled, &[]))
}

async fn create(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, body: Bytes) -> Response {
    let path = format!("{LIST}/new");
    let (desk, sent) = match Desk::posted(&idp, context, headers, &path, &body, &[]).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    if let Err(answer) = desk.fresh(&path).await {
        return answer;
    }
    let text = |name: &str| sent.get(name).unwrap_or_default();
    let new = New {
        email: text("email").to_owned(),
        name: text("name").to_owned(),
        language: text("language").to_owned(),
        phone: sent.get("phone").map(str::to_owned),
        staff: sent.get("staff") == Some("true"),
    };
    match flow::create(&idp, &desk.admin.asking, &new).await {
        Ok(id) => done(&at(&id), "person-made"),
        Err(AdminError::Invalid(faults)) => {
            let filled = Filled {
                email: Some(&new.email),
                name: &new.name,
                language: &new.language,
                phone: new.phone.as_deref().unwrap_or_default(),
                staff: new.staff,
            };
            html(StatusCode::UNPROCESSABLE_ENTITY, &new_page(&desk, &filled, &faults))
        }
        Err(e) => desk.refuse(&e),
    }
}

fn edit_page(desk: &Desk, id: &str, name: &str, filled: &Filled<'_>, faults: &[Fault]) -> FormPage {
    let form = form(&desk.view, format!("{}/edit", at(id)), at(id), filled);
    form_page(desk, desk.view.t("admin-edit"), "", (name.to_owned(), at(id)), form, faults)
}

async fn edit(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let desk = match Desk::open(&idp, context, headers, &format!("{}/edit", at(&id)), None).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    match flow::show(&idp, &id).await {
        Ok(s) => {
            let p = &s.person;
            let phone = p.phone.as_deref().unwrap_or_default();
            let filled = Filled { email: None, name: &p.name, language: &p.language, phone, staff: p.staff };
            html(StatusCode::OK, &edit_page(&desk, &id, &p.name, &filled, &[]))
        }
        Err(e) => desk.refuse(&e),
    }
}

async fn change(
    State(idp): State<Arc<Idp>>,
    context: Context,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let path = format!("{}/edit", at(&id));
    let (desk, sent) = match Desk::posted(&idp, context, headers, &path, &body, &[]).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    match write_change(&desk, &id, &sent).await {
        Ok(answer) | Err(answer) => answer,
    }
}

async fn write_change(desk: &Desk, id: &str, sent: &Params) -> Result<Response, Response> {
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

async fn set_group(
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
    let wanted = BTreeMap::from([(sent.get("group").unwrap_or_default().to_owned(), present)]);
    match flow::set_groups(&idp, &desk.admin.asking, &id, &wanted).await {
        Ok(_) => done(&at(&id), "saved"),
        Err(e) => desk.refuse(&e),
    }
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
    match roles::flow::set(&idp, &desk.admin.asking, role, &Holder::Person(id.clone()), present).await {
        Ok(_) => done(&at(&id), "saved"),
        Err(AdminError::Invalid(faults)) => match detail(&desk, &id).await {
            Ok(page) => html(StatusCode::UNPROCESSABLE_ENTITY, &DetailPage { problems: desk.problems(&faults), ..page }),
            Err(e) => desk.refuse(&e),
        },
        Err(e) => desk.refuse(&e),
    }
}

async fn password_link(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let desk = match Desk::open(&idp, context, headers, &at(&id), None).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    if let Err(answer) = desk.fresh(&at(&id)).await {
        return answer;
    }
    match flow::password_link(&idp, &desk.admin.asking, &id).await {
        Ok(()) => done(&at(&id), "link-sent"),
        Err(e) => desk.refuse(&e),
    }
}

async fn end_sessions(State(idp): State<Arc<Idp>>, context: Context, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let desk = match Desk::open(&idp, context, headers, &at(&id), None).await {
        Ok(desk) => desk,
        Err(answer) => return answer,
    };
    match flow::end_sessions(&idp, &desk.admin.asking, &id).await {
        Ok(_) => done(&at(&id), "sessions-ended"),
        Err(e) => desk.refuse(&e),
    }
}

/// A person for samples of pages.
pub(crate) fn sample() -> people::Person {
    people::Person {
        id: "01935d2e-7c00-7000-8000-000000000001".into(),
        email: "daan@example.com".into(),
        email_proven: true,
        name: "Daan Visser".into(),
        language: "nl".into(),
        phone: Some("+31612345642".into()),
        staff: true,
        active: true,
    }
}
