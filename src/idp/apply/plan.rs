//! The difference between a file and what is there: changes as values, and as lines for people. Pure. No line has a
//! password, hash, seed or secret.

use std::fmt;

use super::policies;
use crate::contract::feed::Holder;
use crate::idp::admission::Holding;
use crate::idp::clients::Client;
use crate::idp::grants::Terms;
use crate::idp::people::{EmailKey, Person};
use crate::idp::policy::{Rules, Scope};
use crate::idp::tiles::model::WebLink;
use crate::kernel::clock::Timestamp;

/// What kind of difference a line tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// Something is made or given.
    Add,
    /// Something is changed.
    Change,
    /// Something is taken away.
    Remove,
}

/// One difference. Displays as `+ person daan@example.com`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// Its kind.
    pub sign: Sign,
    /// The rest, in words.
    pub text: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.sign {
            Sign::Add => '+',
            Sign::Change => '~',
            Sign::Remove => '-',
        };
        write!(f, "{sign} {}", self.text)
    }
}

/// All differences, in the order in which they are made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The lines.
    pub lines: Vec<Line>,
    /// In how many transactions they are, or were, made: one unless there are very many.
    pub transactions: usize,
    /// Applications and replicas (client ids) that do not know yet what was taken away. A running server goes on trying.
    pub waiting_for: Vec<String>,
}

impl Plan {
    /// Whether everything is as written already.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        match (self.lines.len(), self.transactions) {
            (0, _) => write!(f, "Everything is as written."),
            (1, _) => write!(f, "1 difference."),
            (n, 0 | 1) => write!(f, "{n} differences."),
            (n, t) => write!(f, "{n} differences, in {t} transactions."),
        }?;
        match self.waiting_for.as_slice() {
            [] => Ok(()),
            some => write!(f, "\nStill to be told what was taken away: {}.", some.join(", ")),
        }
    }
}

/// Something to be done, with all that doing it needs.
#[derive(Clone, Debug)]
pub(in crate::idp) enum Change {
    NewPerson {
        person: Person,
        key: EmailKey,
    },
    Person {
        before: Person,
        after: Person,
    },
    /// The new hash; `known` says that there was a person before, whose sessions end.
    Password {
        person: Person,
        /// Its stored form.
        hash: String,
        /// What a hash that the file brings is known by.
        origin: Option<String>,
        known: bool,
    },
    Authenticator {
        person: Person,
        sealed: String,
        known: bool,
    },
    /// Standard claims, sealed.
    Profile {
        person: Person,
        sealed: String,
    },
    /// A link to choose a password, mailed by this job.
    Invite {
        person: Person,
        job: String,
    },
    NewGroup {
        id: String,
        name: String,
    },
    Member {
        group: (String, String),
        person: (String, String),
        present: bool,
    },
    Role {
        holder: Holder,
        who: String,
        role: String,
        present: bool,
    },
    /// `before` is none for a new grant, `after` for one that is taken away.
    Grant {
        relation: (String, String),
        holder: Holder,
        who: String,
        before: Option<Terms>,
        after: Option<Terms>,
    },
    /// `before` is none for a new application.
    Client {
        before: Option<Box<Client>>,
        after: Box<Client>,
    },
    /// `before` is none for a new provider.
    Upstream {
        before: Option<Box<crate::idp::federation::model::Upstream>>,
        after: Box<crate::idp::federation::model::Upstream>,
    },
    /// Whether an application is for those listed only.
    Limited {
        client: String,
        limited: bool,
    },
    /// What is asked of sign-ins; rules that say nothing are none.
    Policy {
        scope: Scope,
        name: String,
        before: Rules,
        after: Rules,
    },
    /// `before` is none for a new link; `whom` says who sees it.
    Link {
        before: Option<Box<WebLink>>,
        after: Box<WebLink>,
        whom: String,
    },
    /// Someone is listed for an application, or no longer.
    Allowed {
        client: String,
        holder: Holding,
        who: String,
        present: bool,
    },
}

const fn given(present: bool) -> Sign {
    if present { Sign::Add } else { Sign::Remove }
}

impl Change {
    pub(super) fn line(&self) -> Line {
        let (sign, text) = match self {
            Self::NewPerson { person, .. } => (Sign::Add, new_person(person)),
            Self::Person { before, after } => (Sign::Change, format!("person {}: {}", before.email, person(before, after))),
            Self::Password { person, known, .. } => {
                let sessions = if *known { "; every session ends, and offline access" } else { "" };
                (Sign::Change, format!("person {}: password{sessions}", person.email))
            }
            Self::Authenticator { person, known, .. } => {
                let sessions = if *known { "; every session ends, and offline access" } else { "" };
                (Sign::Change, format!("person {}: authenticator app{sessions}", person.email))
            }
            Self::Profile { person, .. } => (Sign::Change, format!("person {}: profile", person.email)),
            Self::Invite { person, .. } => {
                (Sign::Add, format!("mail to {} with a link, good for one use, to choose a password", person.email))
            }
            Self::NewGroup { name, .. } => (Sign::Add, format!("group {name}")),
            Self::Member { group, person, present } => {
                let word = if *present { "in" } else { "from" };
                (given(*present), format!("member {} {word} {}", person.1, group.1))
            }
            Self::Role { who, role, present, .. } => {
                let word = if *present { "to" } else { "from" };
                (given(*present), format!("role {role} {word} {who}"))
            }
            Self::Grant { relation, who, before, after, .. } => grant(&relation.1, who, before.as_ref(), after.as_ref()),
            Self::Client { before: None, after } => {
                let disabled = if after.enabled { "" } else { ", disabled" };
                (Sign::Add, format!("application {} ({}{disabled})", after.id, after.metadata.client_name))
            }
            Self::Client { before: Some(before), after } => {
                (Sign::Change, format!("application {}: {}", after.id, client(before, after).join(", ")))
            }
            Self::Policy { scope, name, before, after } => policy(scope, name, before, after),
            Self::Link { before: None, after, whom } => {
                let hidden = if after.active { "" } else { ", hidden" };
                (Sign::Add, format!("link {} ({}{hidden}) for {whom}", after.id, after.says.title.in_language("en")))
            }
            Self::Link { before: Some(before), after, whom } => {
                (Sign::Change, format!("link {}: {}", after.id, super::links::differs(before, after, whom)))
            }
            Self::Upstream { before: None, after } => {
                let disabled = if after.enabled { "" } else { ", disabled" };
                (Sign::Add, format!("provider {} ({}{disabled})", after.id, after.terms.issuer))
            }
            Self::Upstream { before: Some(before), after } => {
                let differs = crate::idp::federation::manage::differs(before, after);
                (Sign::Change, format!("provider {}: {}", after.id, differs.join(", ")))
            }
            Self::Limited { client, limited: true } => {
                (Sign::Change, format!("application {client}: only those listed may use it"))
            }
            Self::Limited { client, limited: false } => (Sign::Change, format!("application {client}: everyone may use it")),
            Self::Allowed { client, who, present, .. } => (given(*present), format!("application {client} for {who}")),
        };
        Line { sign, text }
    }
}

fn policy(scope: &Scope, name: &str, before: &Rules, after: &Rules) -> (Sign, String) {
    let whom = policies::whom(scope, name);
    let said = policies::said(scope, name, after);
    match (before.is_empty(), after.is_empty()) {
        (_, true) => (Sign::Remove, format!("policy for {whom}")),
        (true, false) => (Sign::Add, format!("policy for {whom}: {said}")),
        (false, false) => (Sign::Change, format!("policy for {whom}: {said}")),
    }
}

fn grant(relation: &str, who: &str, before: Option<&Terms>, after: Option<&Terms>) -> (Sign, String) {
    let time = |t: Option<Timestamp>| t.map_or_else(|| "none".to_owned(), Timestamp::rfc3339);
    match (before, after) {
        (Some(b), Some(a)) => {
            let mut out = Vec::new();
            let mut told = |what: &str, from: String, to: String| {
                if from != to {
                    out.push(format!("{what} {from} -> {to}"));
                }
            };
            told("level", b.level.as_str().to_owned(), a.level.as_str().to_owned());
            told("from", time(b.from), time(a.from));
            told("until", time(b.until), time(a.until));
            if b.reason != a.reason {
                out.push("reason".into());
            }
            (Sign::Change, format!("grant on {relation} to {who}: {}", out.join(", ")))
        }
        (_, Some(a)) => {
            let from = a.from.map(|t| format!(", from {}", t.rfc3339())).unwrap_or_default();
            let until = a.until.map(|t| format!(", until {}", t.rfc3339())).unwrap_or_default();
            (Sign::Add, format!("grant {} on {relation} to {who}{from}{until}", a.level.as_str()))
        }
        (Some(b), None) => (Sign::Remove, format!("grant {} on {relation} from {who}", b.level.as_str())),
        (None, None) => (Sign::Change, format!("grant on {relation} to {who}: nothing")),
    }
}

fn new_person(p: &Person) -> String {
    let staff = if p.staff { ", staff" } else { "" };
    let disabled = if p.active { "" } else { ", disabled" };
    format!("person {} ({}{staff}{disabled})", p.email, p.name)
}

fn person(before: &Person, after: &Person) -> String {
    let mut out = Vec::new();
    let mut told = |what: &str, from: &str, to: &str| {
        if from != to {
            out.push(format!("{what} {from} -> {to}"));
        }
    };
    let phone = |p: &Person| p.phone.clone().unwrap_or_else(|| "none".into());
    let staff = |p: &Person| if p.staff { "yes" } else { "no" };
    told("name", &before.name, &after.name);
    told("language", &before.language, &after.language);
    told("phone", &phone(before), &phone(after));
    told("staff", staff(before), staff(after));
    match (before.active, after.active) {
        (true, false) => out.push("disabled; every session ends".into()),
        (false, true) => out.push("enabled".into()),
        _ => {}
    }
    out.join(", ")
}

/// What differs between two registrations, by name.
pub(super) fn client(before: &Client, after: &Client) -> Vec<String> {
    let object = |c: &Client| serde_json::to_value(&c.metadata).ok().and_then(|v| v.as_object().cloned()).unwrap_or_default();
    let (old, new) = (object(before), object(after));
    let mut names: Vec<String> = old.keys().chain(new.keys().filter(|k| !old.contains_key(*k))).cloned().collect();
    names.retain(|k| old.get(k) != new.get(k));
    if before.secret_hash != after.secret_hash {
        names.push("client_secret".into());
    }
    match (before.enabled, after.enabled) {
        (true, false) => names.push("disabled; everything that it was given ends".into()),
        (false, true) => names.push("enabled".into()),
        _ => {}
    }
    names
}
