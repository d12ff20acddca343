//! The pages that belong to no half: an error, and the page that shows every part in every state. Also the small
//! types that layouts and parts take.

use askama::Template;

use super::{Arg, ICONS, Page, View};
use crate::kernel::clock::Timestamp;

/// An entry of the record store's navigation.
#[derive(Clone, Debug)]
pub struct NavItem {
    /// Where it goes.
    pub href: String,
    /// What it is called, in the page's language.
    pub label: String,
    /// Name of an icon of the sprite.
    pub icon: &'static str,
    /// Whether the page is in this section.
    pub current: bool,
    /// How many wait there for the person.
    pub count: Option<u64>,
}

/// Something wrong with a form: shown at the field, and in the summary above that takes the focus.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The id of the field; empty when it is about the whole form.
    pub field: String,
    /// What is wrong and what to do, in the page's language.
    pub text: String,
}

/// One of several values to choose from.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is chosen.
    pub current: bool,
}

/// A problem with a request, in words for people: what happened, what it means, what to do.
#[derive(Template)]
#[template(path = "kernel/error.html")]
pub struct ErrorPage {
    /// The request's view.
    pub view: View,
    /// What happened.
    pub title: String,
    /// What it means and what to do.
    pub text: String,
    /// The id that a supporter finds the request by.
    pub request_id: String,
    /// Where the one main button goes.
    pub href: String,
    /// What it says.
    pub action: String,
}

impl ErrorPage {
    /// The page for the error `key` (`not-found`, `forbidden`, `overloaded`, `expired`, `csrf`, `bad-request`,
    /// `too-large`, `too-many`, `method`, `internal`), with the texts `error-<key>-title` and `error-<key>-text`.
    pub fn new(view: View, key: &str, request_id: impl Into<String>) -> Self {
        Self {
            title: view.t(&format!("error-{key}-title")),
            text: view.t(&format!("error-{key}-text")),
            request_id: request_id.into(),
            href: format!("{}/", view.base),
            action: view.t("error-to-start"),
            view,
        }
    }
}

impl Page for ErrorPage {
    fn samples(view: View) -> Vec<Self> {
        let keys = [
            "not-found",
            "forbidden",
            "overloaded",
            "expired",
            "csrf",
            "bad-request",
            "too-large",
            "too-many",
            "method",
            "internal",
            "client-unknown",
            "redirect",
            "logout-hint",
            "logout-address",
        ];
        keys.map(|key| Self::new(view.clone(), key, "019ac2f0-5a4e-7c31-9d55-3f6b1c2a7e90")).into()
    }
}

/// Every part in every state, at `/dev/parts` in demo mode.
#[derive(Template)]
#[template(path = "kernel/parts_page.html")]
pub struct PartsPage {
    /// The request's view.
    pub view: View,
    /// An example of a navigation.
    pub nav: Vec<NavItem>,
    /// The icons of the sprite.
    pub icons: &'static [&'static str],
    /// The end of the examples' countdowns.
    pub until: Timestamp,
    /// Examples of what is wrong with a form.
    pub problems: Vec<Problem>,
    /// An example of a choice.
    pub choices: Vec<Choice>,
}

impl PartsPage {
    /// The page for `view`.
    pub fn new(view: View) -> Self {
        let item = |key: &str, icon, current, count| NavItem {
            href: "#".to_owned(),
            label: view.t(&format!("crm-section-{key}")),
            icon,
            current,
            count,
        };
        let nav = vec![
            item("overview", "overview", false, Some(6)),
            item("relations", "relation", false, None),
            item("contacts", "contact", false, None),
            item("deliveries", "delivery", true, Some(14)),
            item("quotes", "quote", false, None),
            item("activities", "activity", false, None),
            item("notes", "note", false, None),
            item("documents", "document", false, None),
        ];
        let problem = |field: &str, text: String| Problem { field: field.to_owned(), text };
        let problems = vec![
            problem("part-bad", view.t("form-email-invalid")),
            problem("part-code", view.tn("code-wrong", &[("count", Arg::Number(3))])),
        ];
        let choice = |value: &str, label: &str, current| Choice { value: value.to_owned(), label: label.to_owned(), current };
        let choices = vec![choice("planned", "Planned", false), choice("road", "On the road", true)];
        let until = Timestamp(view.now.0 + 252_000);
        Self { nav, problems, choices, until, icons: &ICONS, view }
    }
}

impl Page for PartsPage {
    fn samples(view: View) -> Vec<Self> {
        vec![Self::new(view)]
    }
}
