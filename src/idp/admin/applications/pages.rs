//! The pages of applications, as data.

use askama::Template;

use super::flow::Known;
use super::form::{self, Filled, GROUPS};
use super::store::AppRow;
use crate::idp::admin::frame::Frame;
use crate::idp::admin::parts::{Act, Button, Card, CardRow, Cell, DetailPage, Empty, Field, Form, ListPage, Row, Tag};
use crate::idp::admission::{Holding, Kind};
use crate::idp::clients::Metadata;
use crate::idp::clients::model::Switches;
use crate::idp::own::RECORD_STORE;
use crate::idp::policy::model::Scope;
use crate::idp::registration::store::InitialToken;
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::{Choice, Problem, View};

/// Where they are.
pub const LIST: &str = "/admin/applications";
/// Where the tokens for registration are.
pub const TOKENS: &str = "/admin/registration-tokens";

/// Where an application is.
pub fn at(id: &str) -> String {
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("{LIST}/{id}")
}

fn name_of(row: &AppRow) -> String {
    let read = serde_json::from_str::<Metadata>(&row.metadata).ok();
    read.map(|m| m.client_name).unwrap_or_else(|| row.id.clone())
}

fn tags(view: &View, row: &AppRow) -> Vec<Tag> {
    let mut out = Vec::new();
    if !row.enabled {
        out.push(Tag::new("bad", view.t("admin-app-disabled")));
    }
    if row.own {
        out.push(Tag::new("info", view.t("admin-app-own")));
    }
    if row.limited {
        out.push(Tag::new("lock", view.t("admin-app-limited")));
    }
    out
}

/// The list.
pub fn list(view: &View, frame: Frame, apps: &[AppRow], (first, next): (String, String), q: String) -> ListPage {
    let row = |a: &AppRow| Row {
        href: at(&a.id),
        title: name_of(a),
        tags: tags(view, a),
        cells: vec![Cell::id(&a.id), Cell::time(view, Some(Timestamp(a.updated_at)))],
        acts: vec![],
    };
    ListPage {
        frame,
        title: view.t("admin-nav-applications"),
        lead: view.t("admin-apps-lead"),
        buttons: vec![
            Button { label: view.t("admin-tokens-title"), href: TOKENS.into(), icon: "key", main: false },
            Button { label: view.t("admin-apps-new"), href: format!("{LIST}/new"), icon: "plus", main: true },
        ],
        here: LIST.into(),
        search: Some(q),
        search_label: view.t("admin-apps-search"),
        filters: vec![],
        columns: ["admin-name", "admin-app-id", "admin-changed"].map(|k| view.t(k)).into(),
        rows: apps.iter().map(row).collect(),
        first,
        next,
        empty: Empty { icon: "overview", title: view.t("admin-apps-none-title"), text: view.t("admin-apps-none-text") },
        view: view.clone(),
    }
}

fn act(view: &View, key: &str, action: String, name: &str, danger: bool) -> Act {
    Act {
        id: key.to_owned(),
        label: view.t(&format!("admin-app-{key}")),
        to: String::new(),
        text: view.t1(&format!("admin-app-{key}-text"), "name", name),
        confirm: view.t(&format!("admin-app-{key}")),
        action,
        hidden: vec![],
        danger,
    }
}

/// Whether people sign in to it by the code flow.
pub fn signs_in(m: &Metadata) -> bool {
    m.grant_types.is_empty() || m.grant_types.iter().any(|g| g == "authorization_code")
}

fn buttons(view: &View, app: &Known) -> Vec<Button> {
    let (here, ours) = (at(&app.row.id), app.row.id == RECORD_STORE);
    let button = |key: &str, href: String, icon| Button { label: view.t(key), href, icon, main: false };
    let policy = crate::idp::admin::policies::http::at(&Scope::Application(app.row.id.clone()));
    let mut out = vec![button("admin-policy", policy, "lock")];
    if app.row.enabled && signs_in(&app.metadata) {
        out.push(button("trial-button", super::trial::pages::try_at(&app.row.id), "check"));
    }
    if !ours {
        out.push(button("admin-edit", format!("{here}/edit"), "pencil"));
    }
    out
}

/// An application. `secret` is one that has just been made, shown this once.
pub fn detail(view: &View, frame: Frame, app: &Known, secret: Option<&str>) -> DetailPage {
    let (here, m, ours) = (at(&app.row.id), &app.metadata, app.row.id == RECORD_STORE);
    let mut acts = Vec::new();
    if m.token_endpoint_auth_method.has_secret() && !ours {
        acts.push(act(view, "new-secret", format!("{here}/secret"), &m.client_name, true));
    }
    let key = if app.row.enabled { "disable" } else { "enable" };
    acts.push(act(view, key, format!("{here}/{key}"), &m.client_name, app.row.enabled));
    let (limit, wanted) = if app.row.limited { ("open", "false") } else { ("limit", "true") };
    let hidden = vec![("limited".to_owned(), wanted.to_owned())];
    acts.push(Act { hidden, ..act(view, limit, format!("{here}/limited"), &m.client_name, !app.row.limited) });
    let mut facts = vec![(view.t("admin-app-id"), Cell::id(&app.row.id))];
    if let Some(secret) = secret {
        facts.push((view.t("admin-app-secret-once"), Cell::id(secret)));
    }
    facts.extend([
        (view.t("admin-since"), Cell::time(view, Some(Timestamp(app.row.created_at)))),
        (view.t("admin-changed"), Cell::time(view, Some(Timestamp(app.row.updated_at)))),
    ]);
    let mut cards = vec![allowed(view, &here, app)];
    cards.extend(registered(view, m));
    DetailPage {
        frame,
        crumb: (view.t("admin-nav-applications"), LIST.into()),
        title: m.client_name.clone(),
        tags: tags(view, &app.row),
        buttons: buttons(view, app),
        acts,
        problems: vec![],
        facts,
        cards,
        view: view.clone(),
    }
}

fn holder(view: &View, here: &str, app: &str, (n, (holding, name)): (usize, &(Holding, String))) -> CardRow {
    let hidden =
        [("kind", holding.kind.as_str()), ("who", &*holding.id), ("present", "false")].map(|(n, v)| (n.to_owned(), v.to_owned()));
    CardRow {
        title: name.clone(),
        tags: vec![Tag::new("plain", view.t(&format!("admin-app-holder-{}", holding.kind.as_str())))],
        acts: vec![Act {
            id: format!("allowed-{n}"),
            label: view.t("admin-remove"),
            to: name.clone(),
            text: view.t2("admin-app-disallow-text", "name", name.as_str(), "app", app),
            confirm: view.t("admin-remove"),
            action: format!("{here}/allowed"),
            hidden: hidden.into(),
            danger: true,
        }],
        ..CardRow::default()
    }
}

/// Who may use it.
fn allowed(view: &View, here: &str, app: &Known) -> Card {
    let kinds = Kind::ALL.map(|k| Choice {
        value: k.as_str().to_owned(),
        label: view.t(&format!("admin-app-holder-{}", k.as_str())),
        current: k == Kind::Group,
    });
    let fields = vec![
        Field::select("kind", view.t("admin-app-holder"), kinds.into()),
        Field::text("who", view.t("admin-app-who"), "").hint(view.t("admin-app-who-hint")),
        Field::hidden("present", "true"),
    ];
    let rows = app.listed.iter().enumerate().map(|row| holder(view, here, &app.metadata.client_name, row));
    Card {
        id: "allowed".into(),
        title: view.t("admin-app-allowed"),
        lead: view.t(if app.row.limited { "admin-app-allowed-some" } else { "admin-app-allowed-all" }),
        rows: rows.collect(),
        empty: view.t("admin-app-allowed-none"),
        form: Some(Form { action: format!("{here}/allowed"), fields, submit: view.t("admin-app-allow"), cancel: String::new() }),
        ..Card::default()
    }
}

/// What is registered: a card for each group in which something is.
fn registered(view: &View, metadata: &Metadata) -> Vec<Card> {
    let filled = Filled::of(metadata);
    let mut out = Vec::new();
    for (group, members) in &GROUPS {
        let row = |(name, kind): &(&str, form::Kind)| {
            let said = filled.said(view, name, *kind)?;
            Some(CardRow { title: view.t(&form::key(name)), note: said, ..CardRow::default() })
        };
        let rows: Vec<CardRow> = members.iter().filter_map(row).collect();
        if !rows.is_empty() {
            let title = view.t(&format!("admin-app-group-{group}"));
            out.push(Card { id: (*group).to_owned(), title, rows, ..Card::default() });
        }
    }
    out
}

/// A part of the form that belongs together.
#[derive(Clone, Debug)]
pub struct Group {
    /// For the page: unique on it.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// A sentence about it.
    pub lead: String,
    /// Whether it stands open.
    pub open: bool,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// The form of an application.
#[derive(Template)]
#[template(path = "idp/admin/application.html")]
pub struct EditPage {
    /// The request's view.
    pub view: View,
    /// Around it.
    pub frame: Frame,
    /// Where it is from: name and address.
    pub crumb: (String, String),
    /// What it is for.
    pub title: String,
    /// What is wrong with what was sent.
    pub problems: Vec<Problem>,
    /// Where it is posted.
    pub action: String,
    /// Its parts.
    pub groups: Vec<Group>,
    /// What its button says.
    pub submit: String,
    /// Where to go instead.
    pub cancel: String,
    /// When it was changed last as this page knows it; empty for a new one.
    pub version: String,
}

impl EditPage {
    /// The label of a field, if there is one of this name.
    pub fn label(&self, name: &str) -> Option<&str> {
        let mut all = self.groups.iter().flat_map(|g| &g.fields);
        all.find(|f| f.id == name).map(|f| f.label.as_str())
    }

    /// Puts what is wrong at its fields, and opens the groups that they are in.
    pub fn say(&mut self, problems: Vec<Problem>) {
        for group in &mut self.groups {
            for field in &mut group.fields {
                if let Some(p) = problems.iter().find(|p| p.field == field.id) {
                    // The summary names the field; here it is the field's own.
                    let own = p.text.strip_prefix(&field.label).and_then(|rest| rest.strip_prefix(": "));
                    field.error = own.unwrap_or(&p.text).to_owned();
                    group.open = true;
                }
            }
        }
        self.problems = problems;
    }
}

/// Which application a form is about.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// A new one, for which this client id was wished.
    New {
        /// The id.
        id: &'a str,
    },
    /// One that is there.
    There {
        /// Its client id.
        id: &'a str,
        /// Its name.
        name: &'a str,
        /// When it was changed last.
        version: &'a str,
    },
}

/// The form of an application.
pub fn edit((view, frame): (&View, Frame), place: &Place<'_>, filled: &Filled, on: Switches) -> EditPage {
    let mut groups: Vec<Group> = GROUPS
        .iter()
        .enumerate()
        .map(|(n, group)| Group {
            id: group.0.to_owned(),
            title: view.t(&format!("admin-app-group-{}", group.0)),
            lead: view.t(&format!("admin-app-group-{}-lead", group.0)),
            open: n == 0,
            fields: form::fields(view, filled, group, on),
        })
        .collect();
    if let (Place::New { id }, Some(first)) = (place, groups.first_mut()) {
        let field = Field::text("client_id", view.t("admin-app-id"), *id).hint(view.t("admin-app-id-hint")).optional();
        first.fields.insert(1, field);
    }
    let (crumb, title, action, cancel, submit, version) = match place {
        Place::New { .. } => {
            let crumb = (view.t("admin-nav-applications"), LIST.into());
            (crumb, "admin-apps-new", format!("{LIST}/new"), LIST.into(), "admin-apps-create", "")
        }
        Place::There { id, name, version } => {
            let crumb = ((*name).to_owned(), at(id));
            (crumb, "admin-edit", format!("{}/edit", at(id)), at(id), "form-save", *version)
        }
    };
    EditPage {
        frame,
        crumb,
        title: view.t(title),
        problems: vec![],
        action,
        groups,
        submit: view.t(submit),
        cancel,
        version: version.to_owned(),
        view: view.clone(),
    }
}

fn token_row(view: &View, (n, t): (usize, &InitialToken)) -> CardRow {
    let works = t.revoked_at.is_none() && t.expires_at > view.now.0 && t.uses_left > 0;
    let until = view.date_time(Timestamp(t.expires_at));
    let act = Act {
        id: format!("token-{n}"),
        label: view.t("admin-token-revoke"),
        to: t.note.clone(),
        text: view.t1("admin-token-revoke-text", "name", t.note.as_str()),
        confirm: view.t("admin-token-revoke"),
        action: format!("{TOKENS}/revoke"),
        hidden: vec![("id".into(), t.id.clone())],
        danger: true,
    };
    CardRow {
        title: t.note.clone(),
        note: view.t2("admin-token-left", "count", t.uses_left, "time", until),
        tags: if works { vec![] } else { vec![Tag::new("plain", view.t("admin-token-over"))] },
        acts: if works { vec![act] } else { vec![] },
        ..CardRow::default()
    }
}

/// Tokens that let others register applications. `made` is one that has just been made, shown this once; `policy` is who may
/// register at all.
pub fn tokens(view: &View, frame: Frame, all: &[InitialToken], made: Option<&str>, policy: &str) -> DetailPage {
    let fields = vec![
        Field::text("note", view.t("admin-token-note"), "").hint(view.t("admin-token-note-hint")),
        Field::new("number", "uses", view.t("admin-token-uses"), "1"),
        Field::new("number", "days", view.t("admin-token-days"), "7"),
    ];
    let mut facts = vec![(view.t("admin-token-policy"), Cell::text(view.t(&format!("admin-token-policy-{policy}"))))];
    if let Some(token) = made {
        facts.push((view.t("admin-token-once"), Cell::id(token)));
    }
    DetailPage {
        frame,
        crumb: (view.t("admin-nav-applications"), LIST.into()),
        title: view.t("admin-tokens-title"),
        tags: vec![],
        buttons: vec![],
        acts: vec![],
        problems: vec![],
        facts,
        cards: vec![Card {
            id: "tokens".into(),
            title: view.t("admin-tokens-made"),
            lead: view.t("admin-tokens-lead"),
            rows: all.iter().enumerate().map(|row| token_row(view, row)).collect(),
            empty: view.t("admin-tokens-none"),
            form: Some(Form { action: TOKENS.into(), fields, submit: view.t("admin-token-make"), cancel: String::new() }),
            ..Card::default()
        }],
        view: view.clone(),
    }
}
