//! What people may say of themselves, how a browser is called, and what is summed up for them. Pure.

use std::collections::BTreeMap;

use crate::idp::relations::model::{Wrong, is_line};
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::Lang;

/// What someone says of himself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Display name.
    pub name: String,
    /// Language code.
    pub language: String,
    /// Time zone by its IANA name; none is the organisation's.
    pub zone: Option<String>,
}

impl Profile {
    /// What doesn't fit.
    pub fn check(&self) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        let mut say = |holds: bool, field: &str, reason| {
            if !holds {
                wrong.push(Wrong::at(field, reason));
            }
        };
        say(is_line(&self.name, 200), "name", "1 to 200 characters, without line breaks");
        say(Lang::ALL.iter().any(|l| l.code() == self.language), "language", "en, nl, pl or tr");
        say(self.zone.as_deref().is_none_or(is_zone), "zone", "an IANA name such as Europe/Amsterdam, or none");
        wrong
    }
}

/// Whether a text names a time zone.
pub fn is_zone(name: &str) -> bool {
    name.len() <= 64 && jiff::tz::TimeZone::get(name).is_ok()
}

/// A browser as its owner recognises it. Either part is empty where it doesn't say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// The browser's name.
    pub browser: &'static str,
    /// What it runs on.
    pub system: &'static str,
}

/// Names in a User-Agent header, most telling first: most browsers also name those that they are like.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

impl Device {
    /// From a User-Agent header.
    pub fn of(user_agent: &str) -> Self {
        let find =
            |names: &[(&str, &'static str)]| names.iter().find(|(sign, _)| user_agent.contains(sign)).map_or("", |(_, n)| *n);
        Self { browser: find(&BROWSERS), system: find(&SYSTEMS) }
    }

    /// What it is called: `Firefox, Linux`; empty when nothing is known.
    pub fn name(&self) -> String {
        [self.browser, self.system].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

/// Someone's session as he sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Its id.
    pub id: String,
    /// The browser's User-Agent header.
    pub user_agent: String,
    /// From where it was begun.
    pub ip: String,
    /// How strongly, as `acr`.
    pub acr: String,
    /// When.
    pub since: Timestamp,
    /// When something was last issued in it.
    pub last: Timestamp,
    /// Until when it lasts.
    pub until: Timestamp,
    /// The applications with something of it: id and name.
    pub applications: Vec<(String, String)>,
}

/// Something that an application was given and that still stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The application.
    pub client: String,
    /// What it is called.
    pub name: String,
    /// Its own page.
    pub href: Option<String>,
    /// What it may, separated by spaces.
    pub scope: String,
    /// Whether it outlives the session.
    pub offline: bool,
    /// When it was given.
    pub at: Timestamp,
    /// When a token of it was last issued.
    pub last: Timestamp,
}

/// An application with something of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Its id.
    pub client: String,
    /// What it is called.
    pub name: String,
    /// Its own page.
    pub href: Option<String>,
    /// What it may, each once.
    pub scopes: Vec<String>,
    /// Whether it keeps access when the person has signed out.
    pub offline: bool,
    /// Since when.
    pub since: Timestamp,
    /// When it last got a token.
    pub last: Timestamp,
}

/// What was given, by application; what was used last comes first.
pub fn by_application(given: Vec<Given>) -> Vec<Allowed> {
    let mut all: BTreeMap<String, Allowed> = BTreeMap::new();
    for g in given {
        let a = all.entry(g.client.clone()).or_insert_with(|| Allowed {
            client: g.client,
            name: g.name,
            href: g.href,
            scopes: Vec::new(),
            offline: false,
            since: g.at,
            last: g.last,
        });
        a.offline |= g.offline;
        a.since = a.since.min(g.at);
        a.last = a.last.max(g.last);
        for scope in g.scope.split(' ').filter(|s| !s.is_empty()) {
            if !a.scopes.iter().any(|s| s == scope) {
                a.scopes.push(scope.to_owned());
            }
        }
    }
    let mut out: Vec<Allowed> = all.into_values().collect();
    out.sort_by(|a, b| b.last.cmp(&a.last).then_with(|| a.client.cmp(&b.client)));
    out
}

/// Something that happened, as the person it is about sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// What, such as `signin.code`.
    pub action: String,
    /// `ok` or why it was refused.
    pub outcome: String,
    /// Whether it was he who acted.
    pub own: bool,
    /// Through which application.
    pub client: Option<String>,
    /// From where, where it was he who acted.
    pub ip: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_called_by_what_they_are_and_not_by_what_they_are_like() {
        for (header, name) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox, Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0",
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36",
                "Chrome, Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1",
                "Safari, iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15",
                "Safari, macOS",
            ),
            ("curl/8.5.0", ""),
        ] {
            assert_eq!(Device::of(header).name(), name);
        }
    }

    /// S4
    #[test]
    fn what_an_application_was_given_is_summed_up() {
        let given = |client: &str, scope: &str, offline, at, last| Given {
            client: client.into(),
            name: client.to_uppercase(),
            href: None,
            scope: scope.into(),
            offline,
            at: Timestamp(at),
            last: Timestamp(last),
        };
        let all = by_application(vec![
            given("a", "openid email", false, 30, 40),
            given("b", "openid", false, 5, 50),
            given("a", "openid offline_access", true, 10, 20),
        ]);
        let [b, a] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((b.client.as_str(), b.offline), ("b", false));
        assert_eq!(a.scopes, ["openid", "email", "offline_access"]);
        assert_eq!((a.offline, a.since, a.last), (true, Timestamp(10), Timestamp(40)));
    }

    #[test]
    fn what_does_not_fit_is_refused_by_field() {
        let good = Profile { name: "Daan".into(), language: "nl".into(), zone: Some("Asia/Tokyo".into()) };
        assert!(good.check().is_empty());
        let bad = Profile { name: "a\nb".into(), language: "de".into(), zone: Some("Mars/Olympus".into()) };
        let fields: Vec<_> = bad.check().into_iter().map(|w| w.field).collect();
        assert_eq!(fields, ["name", "language", "zone"]);
    }
}
