//! Who sees a record, and why somebody does or doesn't: each denial, each rule and each condition, in words.

use askama::Template;

use crate::contract::Assurance;
use crate::crm::modules::model::Module;
use crate::crm::pages::frame::{Desk, PageError};
use crate::crm::pages::record::{Head, head};
use crate::crm::records::seen::Seen;
use crate::crm::records::why::{ArmWhy, GrantWhy, Step, Why};
use crate::crm::replica::people;
use crate::crm::visibility::compile::Denial;
use crate::crm::visibility::model::{FieldPath, Tree};
use crate::crm::visibility::path::strength;
use crate::crm::visibility::sight::Origin;
use crate::kernel::pages::{Arg, Choice, NavItem, Page, View};

/// Deepest condition that is set in by itself.
const DEEPEST: usize = 6;

/// Somebody who sees the record.
pub struct SeerRow {
    /// Who.
    pub name: String,
    /// By which rules.
    pub because: String,
    /// Asks why.
    pub href: String,
}

/// A condition of a rule.
pub struct Line {
    /// How far it is set in.
    pub depth: usize,
    /// Whether it holds.
    pub holds: bool,
    /// What it says.
    pub text: String,
    /// The grants or the value that decide it; empty for none.
    pub note: String,
}

/// A rule.
pub struct RuleShown {
    /// Which.
    pub title: String,
    /// Whether it holds.
    pub holds: bool,
    /// Its conditions.
    pub lines: Vec<Line>,
}

/// The answer about somebody.
pub struct Told {
    /// Whether he sees it.
    pub sees: bool,
    /// That in words.
    pub title: String,
    /// What hides it from him, whatever rules say.
    pub denials: Vec<String>,
    /// His rules.
    pub rules: Vec<RuleShown>,
}

/// The page.
#[derive(Template)]
#[template(path = "crm/why.html")]
pub struct WhyPage {
    /// The request's view.
    pub view: View,
    /// The sections.
    pub nav: Vec<NavItem>,
    /// Above.
    pub head: Head,
    /// Who sees the record.
    pub seers: Vec<SeerRow>,
    /// Whether there may be more who do.
    pub more: bool,
    /// Of whom can be asked.
    pub people: Vec<Choice>,
    /// The answer, once somebody was asked about.
    pub told: Option<Told>,
}

/// Builds the page for those who may ask; `None` for the others.
pub async fn load(desk: &mut Desk<'_>, seen: &Seen, about: Option<&str>) -> Result<Option<WhyPage>, PageError> {
    if !desk.reader.may_explain(seen) {
        return Ok(None);
    }
    let head = head(desk, seen, "").await?;
    let view = desk.view.clone();
    let seers = desk.reader.who_sees(seen).await?;
    let mut people: Vec<(String, String)> = seers.people.iter().map(|s| (s.sub.clone(), s.name.clone())).collect();
    for (sub, name) in people::lookers(&mut desk.reader.tx, 500).await? {
        if !people.iter().any(|(known, _)| *known == sub) {
            people.push((sub, name));
        }
    }
    people.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
    let why = match about {
        Some(sub) => desk.reader.why(seen, sub, Assurance::PasswordMail).await?,
        None => None,
    };
    let name = about.and_then(|sub| people.iter().find(|(s, _)| s == sub)).map(|(_, n)| n.clone());
    let told = why.map(|w| told(&view, seen.module(), &w, name.unwrap_or_else(|| view.t("value-unknown"))));
    let row = |s: &crate::crm::records::why::Seer| SeerRow {
        name: s.name.clone(),
        because: s.because.iter().map(|(o, n)| rule(&view, o, *n)).collect::<Vec<_>>().join("; "),
        href: crate::crm::pages::frame::with(&format!("{}/why", head.here), &[("sub".to_owned(), s.sub.clone())]),
    };
    let choice = |(sub, name): (String, String)| Choice { current: about == Some(sub.as_str()), value: sub, label: name };
    Ok(Some(WhyPage {
        nav: desk.nav(seen.module().key.as_str()),
        seers: seers.people.iter().map(row).collect(),
        more: !seers.complete,
        people: people.into_iter().map(choice).collect(),
        told,
        head,
        view,
    }))
}

fn rule(view: &View, origin: &Origin, number: usize) -> String {
    let (key, name) = match origin {
        Origin::Role(name) => ("why-role", name),
        Origin::Portal(key) => ("why-portal", key),
    };
    view.t2(key, "name", name.as_str(), "number", (number + 1).to_string())
}

fn told(view: &View, module: &Module, why: &Why, name: String) -> Told {
    let hides = why.denials.iter().filter(|(_, hides)| *hides);
    Told {
        sees: why.sees,
        title: view.t1(if why.sees { "why-sees" } else { "why-sees-not" }, "name", name),
        denials: hides.map(|(d, _)| view.t(denial(*d))).collect(),
        rules: why.arms.iter().map(|a| shown(view, module, a)).collect(),
    }
}

const fn denial(of: Denial) -> &'static str {
    match of {
        Denial::Deleted => "why-denied-deleted",
        Denial::Internal => "why-denied-internal",
        Denial::Restricted => "why-denied-restricted",
    }
}

fn shown(view: &View, module: &Module, arm: &ArmWhy) -> RuleShown {
    let mut lines = Vec::new();
    let mut left = vec![(0, &arm.root)];
    while let Some((depth, step)) = left.pop() {
        lines.push(Line { depth: depth.min(DEEPEST), holds: step.holds, text: says(view, module, step), note: note(view, step) });
        left.extend(step.of.iter().rev().map(|s| (depth + 1, s)));
    }
    RuleShown { title: rule(view, &arm.origin, arm.number), holds: arm.root.holds, lines }
}

/// A path as people read it: the labels of the fields on it, as far as they are known here.
fn path(view: &View, module: &Module, path: &FieldPath) -> String {
    match path.names() {
        [one] => module.field(one).map_or_else(|| one.to_string(), |f| f.labels.get(view.lang.code()).to_owned()),
        _ => path.to_string(),
    }
}

/// What a condition says.
fn says(view: &View, module: &Module, step: &Step) -> String {
    match &step.tree {
        Tree::All => view.t("why-all"),
        Tree::And(_) => view.t("why-and"),
        Tree::Or(_) => view.t("why-or"),
        Tree::Not(_) => view.t("why-not"),
        Tree::NamesMe => view.t("why-names-me"),
        Tree::Granted(leaf) => view.t1("why-granted", "level", view.t(&format!("access-level-{}", leaf.least.as_str()))),
        Tree::Assurance(leaf) => view.t(&format!("why-assurance-{}", strength::name(leaf.least).replace('_', "-"))),
        Tree::Lookup(leaf) if leaf.path.is_empty() => view.t("why-itself"),
        Tree::Lookup(leaf) => view.t1("why-lookup", "field", path(view, module, &leaf.path)),
        Tree::Match(leaf) => view.t2("why-match", "field", path(view, module, &leaf.field), "mine", leaf.mine.to_string()),
        Tree::Value(leaf) => {
            let operator = crate::crm::records::query::operator_name(leaf.operator).replace('_', "-");
            let value = match &leaf.value {
                serde_json::Value::Null => String::new(),
                serde_json::Value::String(t) => t.clone(),
                other => other.to_string(),
            };
            let operator = view.t(&format!("crm-op-{operator}"));
            format!("{} {operator} {value}", path(view, module, &leaf.field)).trim_end().to_owned()
        }
    }
}

fn note(view: &View, step: &Step) -> String {
    let plain = |v: &serde_json::Value| match v {
        serde_json::Value::Null => view.t("value-none"),
        serde_json::Value::String(t) => t.clone(),
        other => other.to_string(),
    };
    let mut notes: Vec<String> = step.grants.iter().map(|g| grant(view, g)).collect();
    notes.extend(step.value.as_ref().map(|v| view.t1("why-now", "value", plain(v))));
    notes.extend(step.mine.as_ref().map(|v| view.t1("why-mine", "value", plain(v))));
    notes.join("; ")
}

fn grant(view: &View, g: &GrantWhy) -> String {
    let until = g.until.map_or_else(|| view.t("access-for-good"), |t| view.date_time(t));
    let key = match (g.active, g.holder.starts_with("group:")) {
        (true, false) => "why-grant",
        (true, true) => "why-grant-group",
        (false, _) => "why-grant-over",
    };
    let level = view.t(&format!("access-level-{}", g.level.as_str()));
    view.tn(key, &[("level", Arg::Text(level)), ("until", Arg::Text(until))])
}

impl Page for WhyPage {
    fn samples(view: View) -> Vec<Self> {
        crate::crm::pages::samples::whys(&view)
    }
}
