//! The frame of the administration area: its sections, and what every page of it begins with.

use crate::kernel::pages::{NavItem, View};

/// A section of the area. Its words are `admin-nav-<key>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// What it is called in the source and in texts.
    pub key: &'static str,
    /// Where it is.
    pub path: &'static str,
    /// Its icon.
    pub icon: &'static str,
}

/// What happened and what there is.
pub const OVERVIEW: Section = Section { key: "overview", path: "/admin", icon: "overview" };
/// People.
pub const PEOPLE: Section = Section { key: "people", path: "/admin/people", icon: "user" };
/// Groups of people.
pub const GROUPS: Section = Section { key: "groups", path: "/admin/groups", icon: "contact" };
/// Who has which role.
pub const ROLES: Section = Section { key: "roles", path: "/admin/roles", icon: "shield" };
/// What people sign in to.
pub const APPLICATIONS: Section = Section { key: "applications", path: "/admin/applications", icon: "settings" };
/// Who was invited.
pub const INVITATIONS: Section = Section { key: "invitations", path: "/admin/invitations", icon: "mail" };
/// Who asks for a way back into an account.
pub const RECOVERIES: Section = Section { key: "recoveries", path: "/admin/recoveries", icon: "alert" };
/// What stands on the start page beside applications.
pub const LINKS: Section = Section { key: "links", path: "/admin/links", icon: "external-link" };
/// Who is signed in.
pub const SESSIONS: Section = Section { key: "sessions", path: "/admin/sessions", icon: "monitor" };
/// What a sign-in takes.
pub const POLICIES: Section = Section { key: "policies", path: "/admin/policies", icon: "lock" };
/// Other providers that people sign in with.
pub const FEDERATION: Section = Section { key: "federation", path: "/admin/federation", icon: "arrow-right" };
/// What the provider signs with.
pub const KEYS: Section = Section { key: "keys", path: "/admin/keys", icon: "key" };
/// Who did what.
pub const AUDIT: Section = Section { key: "audit", path: "/admin/audit", icon: "history" };

/// All, in the order of the navigation. A part that brings a section adds its line here, and its words.
pub const SECTIONS: &[Section] =
    &[OVERVIEW, PEOPLE, GROUPS, ROLES, APPLICATIONS, INVITATIONS, RECOVERIES, LINKS, POLICIES, FEDERATION, SESSIONS, KEYS, AUDIT];

/// What stands around every page of the area.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The sections.
    pub nav: Vec<NavItem>,
    /// What was done a moment ago, in words; empty when nothing was.
    pub done: String,
}

impl Frame {
    /// Around a page of a section. `done` is the key of what was done a moment ago (`admin-done-<key>`).
    pub fn of(view: &View, section: Section, done: Option<&str>) -> Self {
        let item = |s: &Section| NavItem {
            href: format!("{}{}", view.base, s.path),
            label: view.t(&format!("admin-nav-{}", s.key)),
            icon: s.icon,
            current: s.key == section.key,
            count: None,
        };
        let key = done.filter(|d| d.len() <= 40).map(|d| format!("admin-done-{d}")).filter(|key| view.has(key));
        Self { nav: SECTIONS.iter().map(item).collect(), done: key.map(|k| view.t(&k)).unwrap_or_default() }
    }
}
