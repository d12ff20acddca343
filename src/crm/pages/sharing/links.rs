//! The tab with a relation's links to outside applications and websites, which are kept at the provider.

use askama::Template;

use super::Said;
use crate::contract::links::{Link, RelationLinks};
use crate::crm::access::model::GrantsError;
use crate::crm::pages::dossier;
use crate::crm::pages::frame::{Desk, PageError};
use crate::crm::pages::record::{Head, Tab, head};
use crate::crm::records::seen::Seen;
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

/// What is shown beside what the provider says.
#[derive(Default)]
pub struct Beside {
    /// What was done.
    pub said: Option<Said>,
    /// What is wrong with the form.
    pub problems: Vec<Problem>,
    /// What was typed.
    pub typed: LinkForm,
    /// What is wrong with it.
    pub wrong: LinkForm,
}

/// Builds the page. `asked` is what the provider says of the relation.
pub async fn load(
    desk: &mut Desk<'_>,
    seen: &Seen,
    asked: Result<RelationLinks, GrantsError>,
    beside: Beside,
) -> Result<LinksPage, PageError> {
    let head = head(desk, seen, "").await?;
    let view = desk.view.clone();
    let (found, away) = match asked {
        Ok(found) => (found, false),
        Err(GrantsError::NotFound) => return Err(PageError::NotFound),
        Err(_) => (RelationLinks { links: Vec::new(), may_change: false }, true),
    };
    let lang = view.lang.code();
    let row = |l: &Link| LinkRow {
        id: l.id.clone(),
        title: l.title.in_language(lang).to_owned(),
        address: l.address.clone(),
        line: l.description.as_ref().map_or(l.address.as_str(), |d| d.in_language(lang)).to_owned(),
    };
    Ok(LinksPage {
        nav: desk.nav(seen.module().key.as_str()),
        tabs: dossier::tabs(desk, seen, "links", &head.here),
        problems: beside.problems,
        said: beside.said,
        away,
        links: found.links.iter().map(row).collect(),
        may_change: found.may_change,
        typed: beside.typed,
        wrong: beside.wrong,
        head,
        view,
    })
}

impl Page for LinksPage {
    fn samples(view: View) -> Vec<Self> {
        crate::crm::pages::samples::link_pages(&view)
    }
}
