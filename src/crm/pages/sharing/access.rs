//! The tab that shows who has access to a relation, gives, changes and takes it, and invites contacts.

use askama::Template;

use super::Said;
use crate::crm::pages::record::{Head, Tab};
use crate::kernel::pages::{Choice, NavItem, Page, Problem, View};

/// Somebody who has access.
pub struct HolderRow {
    /// The grant.
    pub id: String,
    /// Who.
    pub name: String,
    /// A colleague, an external, or a group.
    pub kind: String,
    /// The colour of that.
    pub tint: &'static str,
    /// How much.
    pub level: String,
    /// To choose another.
    pub levels: Vec<Choice>,
    /// From when and until when, in words.
    pub term: String,
    /// The last day, for the form.
    pub until: String,
    /// Why.
    pub reason: String,
    /// By whom and when.
    pub given: String,
}

/// Somebody who was invited and has not accepted yet.
pub struct InvitedRow {
    /// The invitation.
    pub id: String,
    /// Who.
    pub name: String,
    /// Where the link went, and until when it works.
    pub text: String,
}

/// The page.
#[derive(Template)]
#[template(path = "crm/access.html")]
pub struct AccessPage {
    /// The request's view.
    pub view: View,
    /// The sections.
    pub nav: Vec<NavItem>,
    /// Above.
    pub head: Head,
    /// The parts of the dossier.
    pub tabs: Vec<Tab>,
    /// What is wrong with a form.
    pub problems: Vec<Problem>,
    /// What was done.
    pub said: Option<Said>,
    /// Whether the provider can't be asked.
    pub away: bool,
    /// Who has access.
    pub holders: Vec<HolderRow>,
    /// Who was invited.
    pub invited: Vec<InvitedRow>,
    /// Whether the person may change any of it.
    pub may_change: bool,
    /// Who can be given access: people who work here and groups.
    pub people: Vec<Choice>,
    /// The levels.
    pub levels: Vec<Choice>,
    /// Contacts of the relation that can be invited.
    pub contacts: Vec<Choice>,
    /// Portals that they can be invited to.
    pub portals: Vec<Choice>,
    /// The key by which sending twice invites once.
    pub key: String,
}

impl Page for AccessPage {
    fn samples(view: View) -> Vec<Self> {
        crate::crm::pages::samples::accesses(&view)
    }
}
