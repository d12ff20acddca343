//! The question before a record is deleted, and the word that a change needs a code which nothing here can ask for.

use askama::Template;

use super::frame::Desk;
use super::shown::{address, called};
use crate::crm::records::seen::Seen;
use crate::kernel::pages::{NavItem, Page, View};

/// The question.
#[derive(Template)]
#[template(path = "crm/delete.html")]
pub struct DeletePage {
    /// The request's view.
    pub view: View,
    /// The sections.
    pub nav: Vec<NavItem>,
    /// The record.
    pub name: String,
    /// Where the form goes.
    pub action: String,
    /// Back to the record.
    pub cancel: String,
    /// The record's id.
    pub id: String,
    /// Its version.
    pub version: i64,
    /// By which the same press counts once.
    pub key: String,
}

impl DeletePage {
    /// For a record.
    pub fn new(desk: &Desk<'_>, seen: &Seen) -> Self {
        let here = address(&desk.view, seen.module().key.as_str(), seen.id());
        Self {
            nav: desk.nav(seen.module().key.as_str()),
            name: called(&desk.view, seen.module(), seen.title()),
            action: format!("{here}/delete"),
            cancel: here,
            id: seen.id().to_owned(),
            version: seen.version(),
            key: desk.crm.env.id(),
            view: desk.view.clone(),
        }
    }
}

impl Page for DeletePage {
    fn samples(view: View) -> Vec<Self> {
        vec![Self {
            nav: super::samples::nav(&view, "relations"),
            name: "Bakkerij Smit B.V.".to_owned(),
            action: "#".to_owned(),
            cancel: "#".to_owned(),
            id: "019ac2f0".to_owned(),
            version: 3,
            key: "019ac2f1".to_owned(),
            view,
        }]
    }
}

/// A change that isn't made: a page with a title, why, and the way back.
#[derive(Template)]
#[template(path = "crm/refused.html")]
pub struct RefusedPage {
    /// The request's view.
    pub view: View,
    /// The sections.
    pub nav: Vec<NavItem>,
    /// What happened.
    pub title: String,
    /// What it means and what to do.
    pub text: String,
    /// Back to the record.
    pub back: String,
}

impl Page for RefusedPage {
    fn samples(view: View) -> Vec<Self> {
        let page = |title: &str, text: &str| Self {
            nav: super::samples::nav(&view, "deliveries"),
            title: view.t(title),
            text: view.t(text),
            back: "#".to_owned(),
            view: view.clone(),
        };
        vec![
            page("crm-needs-code-title", "crm-needs-code-text"),
            page("error-forbidden-title", "crm-refused-change-leaves-view"),
            page("error-conflict-title", "error-conflict-text"),
        ]
    }
}
