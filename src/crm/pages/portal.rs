//! The home of a portal: what an external has with the company at a glance, and the applications that open from here.
//! Nothing on it tells that something else exists.

use std::sync::Arc;

use askama::Template;

use super::frame::{Desk, PageError, icon, with};
use super::held::{self, Waiting};
use super::record::is_stage;
use super::shown::{Shown, Tag, address, called, of};
use crate::config::Settings;
use crate::contract::links;
use crate::crm::modules::model::{FieldKind, Module};
use crate::crm::records::list::{ListQuery, SortBy};
use crate::crm::records::query;
use crate::crm::records::seen::Seen;
use crate::crm::visibility::model::{Tree, ValueLeaf};
use crate::crm::visibility::portal;
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
    /// The file that it holds, to be saved.
    pub file: Shown,
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
    /// Where a stronger sign-in is offered, which may show more; empty for none.
    pub stronger: String,
}

/// Builds the page; `tiles` are asked of the provider beside it.
pub async fn load(desk: &mut Desk<'_>, tiles: Option<Vec<Tile>>) -> Result<PortalPage, PageError> {
    let wanted: Vec<portal::Section> = desk.reader.access.portals().flat_map(|(p, _)| p.home.clone()).collect();
    let mut sections = Vec::new();
    for (n, one) in wanted.iter().enumerate() {
        // A module of which he may see nothing is not there for him: neither is a heading for it.
        let Some(module) = desk.reader.access.modules().find(|m| m.key == one.module).cloned() else { continue };
        sections.push(section(desk, n, one, &module).await?);
    }
    let view = desk.view.clone();
    Ok(PortalPage {
        nav: desk.nav(""),
        hello: view.greeting(desk.caller.name()),
        waiting: held::waiting(desk, None).await?,
        stronger: desk.stronger("/"),
        sections,
        tiles,
        view,
    })
}

async fn section(desk: &mut Desk<'_>, n: usize, one: &portal::Section, module: &Arc<Module>) -> Result<Section, PageError> {
    let (sort, descending) = query::sort(&one.sort, module)?;
    let by = match &sort {
        SortBy::Field(key) => Some(key.clone()),
        _ => None,
    };
    let query = ListQuery { filter: one.filter.clone(), sort, descending, limit: one.limit, ..ListQuery::of(module.key.clone()) };
    let page = desk.reader.list(&query, None).await?;
    let view = &desk.view;
    let day = by.and_then(|k| module.field(&k)).filter(|f| matches!(f.kind, FieldKind::Date | FieldKind::DateTime));
    let row = |seen: &Seen| Row {
        href: address(view, module.key.as_str(), seen.id()),
        name: called(view, module, seen.title()),
        about: about(seen),
        when: day.map(|f| of(view, seen, f).text).unwrap_or_default(),
        tags: module.fields.iter().filter(|f| is_stage(f)).flat_map(|f| of(view, seen, f).tags).collect(),
        file: module.fields.iter().find(|f| seen.file(&f.key).is_some()).map(|f| of(view, seen, f)).unwrap_or_default(),
    };
    Ok(Section {
        id: format!("home-{}", n + 1),
        title: one.labels.get(view.lang.code()).to_owned(),
        icon: icon(module),
        rows: page.records.iter().map(row).collect(),
        all: if page.next.is_some() { all(view, module, one.filter.as_ref()) } else { String::new() },
    })
}

/// The provider's tiles, without the one of this very page.
pub fn tiles(view: &View, settings: &Settings, found: Vec<links::Tile>) -> Vec<Tile> {
    let here = settings.crm_url.at("/");
    let tile = |t: links::Tile| {
        let signed_in = t.kind == links::TileKind::Application;
        let line = if signed_in { view.t("portal-tile-signed-in") } else { t.host };
        let mark = t.title.split_whitespace().take(2).filter_map(|w| w.chars().next()).flat_map(char::to_uppercase).collect();
        Tile { line: t.description.unwrap_or(line), name: t.title, href: t.address, mark, signed_in }
    };
    found.into_iter().filter(|t| t.address != here).map(tile).collect()
}

/// Whom it is with: of a person in several dossiers, the relation tells them apart.
fn about(seen: &Seen) -> String {
    seen.relation().and_then(|l| l.title.clone()).unwrap_or_default()
}

/// The list that a section is the beginning of, with its condition where an address can say it.
fn all(view: &View, module: &Module, filter: Option<&Tree>) -> String {
    let mut pairs = Vec::new();
    let leaves: Vec<&Tree> = match filter {
        None => Vec::new(),
        Some(Tree::And(of)) => of.iter().collect(),
        Some(one) => vec![one],
    };
    for leaf in leaves {
        if let Tree::Value(ValueLeaf { field, operator, value }) = leaf
            && let Some(text) = value.as_str()
        {
            pairs.push((format!("filter[{field}][{}]", query::operator_name(*operator)), text.to_owned()));
        }
    }
    with(&format!("{}/m/{}", view.base, module.key), &pairs)
}

impl Page for PortalPage {
    fn samples(view: View) -> Vec<Self> {
        super::samples::portals(&view)
    }
}
