//! The pages of someone's own account, but for how he signs in.

use askama::Template;

use super::flow::Events;
use super::frame::{Section, Tab, tabs};
use super::model::{Allowed, Device, Event, Open};
use crate::idp::own::RECORD_STORE;
use crate::idp::people::Person;
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::{Choice, Lang, Page, Problem, View};

/// A text whose key is put together from data; the data itself where there is none.
fn words(view: &View, start: &str, name: &str) -> String {
    let key = format!("{start}-{}", name.replace(['.', ':', '_', ' '], "-"));
    let known = [key, format!("{start}-other")].into_iter().find(|key| view.has(key));
    known.map_or_else(|| name.to_owned(), |key| view.t(&key))
}

/// What a browser is called.
pub fn device(view: &View, user_agent: &str) -> String {
    let name = Device::of(user_agent).name();
    if name.is_empty() { view.t("account-device-unknown") } else { name }
}

/// Who one is.
#[derive(Template)]
#[template(path = "idp/account_overview.html")]
pub struct OverviewPage {
    /// The request's view.
    pub view: View,
    /// The navigation.
    pub tabs: Vec<Tab>,
    /// Who.
    pub person: Person,
    /// The zone of times; none is the organisation's.
    pub zone: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// Names of groups.
    pub groups: Vec<String>,
    /// Whether something was just saved.
    pub saved: bool,
}

impl OverviewPage {
    fn language(&self) -> &str {
        Lang::from_code(&self.person.language).map_or(self.person.language.as_str(), |l| l.name())
    }
    fn zone_name(&self) -> &str {
        self.zone.as_deref().or(self.view.zone.iana_name()).unwrap_or("UTC")
    }
}

/// Someone of the samples.
fn daan() -> Person {
    Person {
        id: "01930000-0000-7000-8000-000000000002".into(),
        email: "daan@example.com".into(),
        email_proven: true,
        name: "Daan Visser".into(),
        language: "nl".into(),
        phone: Some("+31612345678".into()),
        staff: true,
        active: true,
    }
}

impl Page for OverviewPage {
    fn samples(view: View) -> Vec<Self> {
        let page = |groups: &[&str], saved, person: Person| Self {
            tabs: tabs(&view, Section::Overview),
            person,
            zone: None,
            since: Timestamp(1_700_000_000_000),
            groups: groups.iter().map(|g| (*g).to_owned()).collect(),
            saved,
            view: view.clone(),
        };
        let unproven = Person { email_proven: false, phone: None, ..daan() };
        vec![page(&["Drivers", "Depot north"], false, daan()), page(&[], true, unproven)]
    }
}

/// The form for what one says of himself.
#[derive(Template)]
#[template(path = "idp/account_profile.html")]
pub struct ProfilePage {
    /// The request's view.
    pub view: View,
    /// The navigation.
    pub tabs: Vec<Tab>,
    /// Display name.
    pub name: String,
    /// Languages.
    pub languages: Vec<Choice>,
    /// Time zones.
    pub zones: Vec<Choice>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl ProfilePage {
    /// The form with these values.
    pub fn new(view: View, name: String, language: &str, zone: Option<&str>, problems: Vec<Problem>) -> Self {
        let choice = |value: String, label: String, current| Choice { value, label, current };
        let languages = Lang::ALL.map(|l| choice(l.code().into(), l.name().into(), l.code() == language)).into();
        let own = view.t("account-zone-default");
        let mut zones = vec![choice(String::new(), own, zone.is_none())];
        let mut names: Vec<String> = jiff::tz::db().available().map(|z| z.to_string()).filter(|z| z.contains('/')).collect();
        names.sort_unstable();
        zones.extend(names.into_iter().map(|z| choice(z.clone(), z.replace('_', " "), zone == Some(z.as_str()))));
        Self { tabs: tabs(&view, Section::Overview), name, languages, zones, problems, view }
    }

    fn error(&self, field: &str) -> &str {
        self.problems.iter().find(|p| p.field == field).map_or("", |p| p.text.as_str())
    }
}

impl Page for ProfilePage {
    fn samples(view: View) -> Vec<Self> {
        let bad = vec![Problem { field: "name".into(), text: view.t("form-required") }];
        vec![
            Self::new(view.clone(), "Daan Visser".into(), "nl", Some("Europe/Amsterdam"), vec![]),
            Self::new(view, String::new(), "en", None, bad),
        ]
    }
}

/// A session as it is shown.
#[derive(Clone, Debug)]
pub struct ShownSession {
    /// The session.
    pub open: Open,
    /// What its browser is called.
    pub device: String,
    /// How strongly it was begun.
    pub strength: String,
    /// Whether it is this browser's.
    pub here: bool,
}

/// Where one is signed in.
#[derive(Template)]
#[template(path = "idp/account_sessions.html")]
pub struct SessionsPage {
    /// The request's view.
    pub view: View,
    /// The navigation.
    pub tabs: Vec<Tab>,
    /// Where; this browser first.
    pub sessions: Vec<ShownSession>,
    /// What was just done: the key of its text, or nothing.
    pub done: &'static str,
}

impl SessionsPage {
    /// The page for these sessions, seen in the session `here`.
    pub fn new(view: View, open: Vec<Open>, here: &str, done: &'static str) -> Self {
        let shown = |open: Open| ShownSession {
            device: device(&view, &open.user_agent),
            strength: words(&view, "account-strength", open.acr.rsplit(':').next().unwrap_or_default()),
            here: open.id == here,
            open,
        };
        let mut sessions: Vec<ShownSession> = open.into_iter().map(shown).collect();
        sessions.sort_by_key(|s| !s.here);
        Self { tabs: tabs(&view, Section::Sessions), sessions, done, view }
    }

    fn others(&self) -> bool {
        self.sessions.iter().any(|s| !s.here)
    }
}

impl Page for SessionsPage {
    fn samples(view: View) -> Vec<Self> {
        let open = |id: &str, user_agent: &str, acr: &str, applications: &[&str]| Open {
            id: id.into(),
            user_agent: user_agent.into(),
            ip: "203.0.113.9".into(),
            acr: format!("urn:zegel:acr:{acr}"),
            since: Timestamp(view.now.0 - 7_200_000),
            last: Timestamp(view.now.0 - 600_000),
            until: Timestamp(view.now.0 + 7_200_000),
            applications: applications.iter().map(|a| ((*a).to_owned(), (*a).to_owned())).collect(),
        };
        let all = vec![
            open("2", "Mozilla/5.0 (iPhone) Safari/604.1", "passkey", &[]),
            open("1", "Mozilla/5.0 (X11; Linux x86_64) Firefox/133.0", "password-app", &["Van Dam Logistics", "Accounting"]),
            open("3", "", "password-mail", &["Accounting"]),
        ];
        let one = all.iter().filter(|o| o.id == "1").cloned().collect();
        vec![Self::new(view.clone(), all, "1", ""), Self::new(view, one, "1", "account-session-ended")]
    }
}

/// An application as it is shown.
#[derive(Clone, Debug)]
pub struct ShownApplication {
    /// The application.
    pub allowed: Allowed,
    /// What it may, in words.
    pub may: Vec<String>,
}

/// What applications were given.
#[derive(Template)]
#[template(path = "idp/account_applications.html")]
pub struct ApplicationsPage {
    /// The request's view.
    pub view: View,
    /// The navigation.
    pub tabs: Vec<Tab>,
    /// Which.
    pub applications: Vec<ShownApplication>,
    /// Whether something was just taken back.
    pub done: bool,
}

impl ApplicationsPage {
    /// The page for these applications.
    pub fn new(view: View, all: Vec<Allowed>, done: bool) -> Self {
        let shown = |allowed: Allowed| {
            let scopes = allowed.scopes.iter().filter(|s| *s != "openid" && *s != "offline_access");
            ShownApplication { may: scopes.map(|s| words(&view, "account-scope", s)).collect(), allowed }
        };
        let applications = all.into_iter().map(shown).collect();
        Self { tabs: tabs(&view, Section::Applications), applications, done, view }
    }
}

impl Page for ApplicationsPage {
    fn samples(view: View) -> Vec<Self> {
        let allowed = |name: &str, scopes: &[&str], offline, href: Option<&str>| Allowed {
            client: name.to_lowercase(),
            name: name.into(),
            href: href.map(str::to_owned),
            scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
            offline,
            since: Timestamp(view.now.0 - 86_400_000 * 30),
            last: Timestamp(view.now.0 - 60_000),
        };
        let some = vec![
            allowed("Accounting", &["openid", "profile", "email"], false, Some("https://accounting.example.com/")),
            allowed("Calendar", &["openid", "offline_access", "urn:other"], true, None),
        ];
        vec![Self::new(view.clone(), some, false), Self::new(view, vec![], true)]
    }
}

/// Something that happened, as it is shown.
#[derive(Clone, Debug)]
pub struct ShownEvent {
    /// When.
    pub at: Timestamp,
    /// What, in words.
    pub what: String,
    /// Whether it was refused, and why.
    pub refused: String,
    /// By whom or through what; empty where it was the person himself at the provider.
    pub by: String,
    /// From where; empty where that is not told.
    pub ip: String,
}

impl ShownEvent {
    fn of(view: &View, e: Event) -> Self {
        // What is revoked says why in the place of how it came out.
        let went_well = e.outcome == "ok" || e.action == "issue.revoked";
        let refused = if went_well { String::new() } else { words(view, "activity-outcome", &e.outcome) };
        let by = match (e.own, e.client) {
            (true, None) => String::new(),
            (true, Some(client)) if client == RECORD_STORE => view.t1("activity-through", "name", view.t("app-record-store")),
            (true, Some(client)) => view.t1("activity-through", "name", client),
            (false, Some(client)) if client.starts_with("command-line") => view.t("activity-by-operator"),
            (false, _) => view.t("activity-by-other"),
        };
        Self { at: e.at, what: words(view, "activity", &e.action), refused, by, ip: e.ip.unwrap_or_default() }
    }
}

/// What happened.
#[derive(Template)]
#[template(path = "idp/account_activity.html")]
pub struct ActivityPage {
    /// The request's view.
    pub view: View,
    /// The navigation.
    pub tabs: Vec<Tab>,
    /// The latest first.
    pub events: Vec<ShownEvent>,
    /// The address of the first part; empty on it.
    pub first: String,
    /// The address of the next part; empty at the end.
    pub next: String,
}

impl ActivityPage {
    /// The page for these events; `first` is whether they are the latest.
    pub fn new(view: View, events: Events, first: bool) -> Self {
        let shown = events.events.into_iter().map(|e| ShownEvent::of(&view, e)).collect();
        let next = events.next.map(|n| format!("/account/activity?after={n}")).unwrap_or_default();
        let first = if first { String::new() } else { "/account/activity".to_owned() };
        Self { tabs: tabs(&view, Section::Activity), events: shown, first, next, view }
    }
}

impl Page for ActivityPage {
    fn samples(view: View) -> Vec<Self> {
        let event = |action: &str, outcome: &str, own, client: Option<&str>| Event {
            id: action.into(),
            at: Timestamp(view.now.0 - 60_000),
            action: action.into(),
            outcome: outcome.into(),
            own,
            client: client.map(str::to_owned),
            ip: own.then(|| "203.0.113.9".to_owned()),
        };
        let events = vec![
            event("signin.code", "ok", true, None),
            event("signin.code", "wrong", true, None),
            event("grant.given", "ok", false, Some("record-store")),
            event("person.changed", "ok", false, Some("command-line uid 0")),
            event("consent.withdrawn", "ok", true, Some("accounting")),
            event("something.else", "odd", false, None),
        ];
        let next = Some("x".to_owned());
        vec![
            Self::new(view.clone(), Events { events: events.clone(), next }, true),
            Self::new(view.clone(), Events { events, next: None }, false),
            Self::new(view, Events { events: vec![], next: None }, true),
        ]
    }
}
