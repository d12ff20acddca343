//! The home of a portal: what an external has with the company at a glance, and the applications that open from here.
//! Nothing on it tells that something else exists.

use askama::Template;

use super::held::Waiting;
use super::shown::Tag;
use crate::kernel::pages::{NavItem, Page, View};

/// A record in a section.
pub struct Row {
    /// Its page.
    pub href: String,
    /// What it is called.
    pub name: String,
    /// Whom or what it is with.
    pub about: String,
    /// The day or moment that the section is sorted by; empty for none.
    pub when: String,
    /// Where it stands.
    pub tags: Vec<Tag>,
}

/// A part of the home, as the portal defines it.
pub struct Section {
    /// For links to it.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Its drawing.
    pub icon: &'static str,
    /// The first of its records.
    pub rows: Vec<Row>,
    /// All of them; empty when all are shown.
    pub all: String,
}

/// Something that opens elsewhere.
pub struct Tile {
    /// What it is called.
    pub name: String,
    /// What opens, and as whom.
    pub line: String,
    /// Its address.
    pub href: String,
    /// Up to two letters in place of a logo.
    pub mark: String,
    /// Whether it opens signed in.
    pub signed_in: bool,
}

/// The page.
#[derive(Template)]
#[template(path = "crm/portal.html")]
pub struct PortalPage {
    /// The request's view.
    pub view: View,
    /// The sections of the portal.
    pub nav: Vec<NavItem>,
    /// The greeting.
    pub hello: String,
    /// Changes of his that wait for a code.
    pub waiting: Vec<Waiting>,
    /// What he has here; nothing for somebody who is in no portal.
    pub sections: Vec<Section>,
    /// What he can open; `None` while the provider can't say.
    pub tiles: Option<Vec<Tile>>,
}

impl Page for PortalPage {
    fn samples(view: View) -> Vec<Self> {
        super::samples::portals(&view)
    }
}
