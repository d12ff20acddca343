//! The pages of people as data: the list, one person with what belongs to him, the form about one.

use super::flow::{self, Shown};
use super::leaving;
use super::store::PersonRow;
use crate::idp::admin::frame::Frame;
use crate::idp::admin::parts::{Act, Button, Card, CardRow, Cell, DetailPage, Empty, Field, Form, ListPage, Row, Tag};
use crate::idp::admin::{audit, federation, parts, roles};
use crate::idp::federation::manage::Shown as Elsewhere;
use crate::idp::federation::model::Upstream;
use crate::idp::people;
use crate::idp::signin::factors::Factor;
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::{Choice, Lang, View};

pub(super) const LIST: &str = "/admin/people";

/// `/admin/people/<id>`; the id of an address as it came.
pub(crate) fn at(id: &str) -> String {
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

/// The list as a page; also for its samples.
pub(crate) fn list_page(
    view: &View,
    frame: Frame,
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
        buttons: vec![Button { label: view.t("admin-invited"), href: format!("{LIST}/invited"), icon: "mail", main: false }, new],
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

/// What a person's page shows beside him.
pub(crate) struct Around {
    /// All groups, as far as a form offers them.
    pub groups: Vec<(String, String)>,
    /// All roles.
    pub roles: Vec<String>,
    /// What he did, and what was done to him.
    pub activity: Vec<audit::pages::Line>,
    /// Whether it is the account of whoever looks.
    pub own: bool,
    /// Who he is at other providers.
    pub elsewhere: Vec<Elsewhere>,
    /// Which there are.
    pub providers: Vec<Upstream>,
}

/// A person as a page; also for its samples.
pub(crate) fn page(view: &View, frame: Frame, s: &Shown, around: Around) -> DetailPage {
    let here = at(&s.person.id);
    let mut tags = vec![match s.person.staff {
        true => Tag::new("info", view.t("admin-staff-true")),
        false => Tag::new("plain", view.t("admin-staff-false")),
    }];
    let erased = s.standing.erased_at.is_some();
    if !s.person.active && !erased {
        tags.push(Tag::new("bad", view.t("admin-active-false")));
    }
    let edit = Button { label: view.t("admin-edit"), href: format!("{here}/edit"), icon: "pencil", main: false };
    let details = Button { label: view.t("details-title-of"), href: format!("{here}/details"), icon: "user", main: false };
    let activity = activity_card(view, s, around.activity);
    let cards = match erased {
        // Nothing is left to change.
        true => vec![activity],
        false => {
            let who = (s.person.id.as_str(), s.person.name.as_str());
            let elsewhere = federation::person::card(view, who, &around.elsewhere, &around.providers);
            let first = [groups_card(view, &here, s, around.groups), roles_card(view, s, around.roles)];
            let last = [leaving::http::card(view, s, around.own), activity];
            first.into_iter().chain(elsewhere).chain(last).collect()
        }
    };
    DetailPage {
        frame,
        crumb: (view.t("admin-nav-people"), LIST.into()),
        // No name is left.
        title: if erased { view.t("admin-person-erased") } else { s.person.name.clone() },
        tags,
        buttons: if erased { vec![] } else { vec![details, edit] },
        acts: acts(view, &here, s),
        problems: vec![],
        facts: facts(view, s),
        cards,
        view: view.clone(),
    }
}

fn facts(view: &View, s: &Shown) -> Vec<(String, Cell)> {
    let (created, updated) = flow::moments(&s.standing);
    if let Some(at) = s.standing.erased_at {
        return vec![
            (view.t("admin-since"), Cell::time(view, Some(created))),
            (view.t("admin-person-erased"), Cell::time(view, Some(Timestamp(at)))),
            (view.t("admin-id"), Cell::id(&s.person.id)),
        ];
    }
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
