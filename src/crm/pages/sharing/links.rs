//! The tab with a relation's links to outside applications and websites, which are kept at the provider.

use askama::Template;

use super::Said;
use crate::crm::pages::record::{Head, Tab};
use crate::kernel::pages::{NavItem, Page, Problem, View};

/// A link.
pub struct LinkRow {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Where it goes.
    pub address: String,
    /// What opens.
    pub line: String,
}

/// A form's values, or what is wrong with each.
#[derive(Clone, Debug, Default)]
pub struct LinkForm {
    /// The name.
    pub title: String,
    /// The address.
    pub address: String,
    /// What opens.
    pub line: String,
}

/// The page.
#[derive(Template)]
#[template(path = "crm/links.html")]
pub struct LinksPage {
    /// The request's view.
    pub view: View,
    /// The sections.
    pub nav: Vec<NavItem>,
    /// Above.
    pub head: Head,
    /// The parts of the dossier.
    pub tabs: Vec<Tab>,
    /// What is wrong with the form.
    pub problems: Vec<Problem>,
    /// What was done.
    pub said: Option<Said>,
    /// Whether the provider can't be asked.
    pub away: bool,
    /// The links.
    pub links: Vec<LinkRow>,
    /// Whether the person may change them.
    pub may_change: bool,
    /// What was typed.
    pub typed: LinkForm,
    /// What is wrong with it.
    pub wrong: LinkForm,
}

impl Page for LinksPage {
    fn samples(view: View) -> Vec<Self> {
        crate::crm::pages::samples::link_pages(&view)
    }
}
