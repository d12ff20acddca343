//! The overview: a person's own work first, what waits for a code, what is on for today, what was lately changed. And the
//! results of a search over all modules.

use askama::Template;

use super::frame::{Desk, PageError, icon};
use super::held::{self, Sealed, Waiting};
use super::shown::{Tag, address, called, of};
use super::work::{self, Item, Todo};
use crate::crm::auth::Caller;
use crate::crm::modules::model::ModuleRole;
use crate::kernel::pages::{NavItem, Page, View};

/// The page.
#[derive(Template)]
#[template(path = "crm/overview.html")]
pub struct OverviewPage {
    /// The request's view.
    pub view: View,
    /// The sections.
    pub nav: Vec<NavItem>,
    /// The greeting.
    pub hello: String,
    /// What the person is to do; `None` where his roles know no activities.
    pub todo: Option<Vec<Todo>>,
    /// All activities.
    pub todo_href: String,
    /// Changes that wait for a code.
    pub waiting: Vec<Waiting>,
    /// What is planned for today.
    pub today: Vec<Item>,
    /// What was lately confirmed.
    pub sealed: Vec<Sealed>,
    /// What was lately changed.
    pub recent: Vec<Item>,
    /// Whether he may see nothing at all.
    pub nothing: bool,
}

/// Builds the page.
pub async fn load(desk: &mut Desk<'_>, caller: &Caller) -> Result<OverviewPage, PageError> {
    let activities = desk.reader.access.modules().find(|m| m.role == Some(ModuleRole::Activity)).map(|m| m.key.clone());
    let todo = match &activities {
        Some(_) => Some(work::own(desk).await?),
        None => None,
    };
    let today = work::today(desk).await?;
    let recent = work::recent(desk).await?;
    let view = desk.view.clone();
    Ok(OverviewPage {
        nav: desk.nav(""),
        hello: view.greeting(caller.name()),
        todo,
        todo_href: activities.map_or_else(String::new, |m| format!("{}/m/{m}", view.base)),
        waiting: held::waiting(desk, None).await?,
        today,
        sealed: held::lately(desk).await?,
        recent,
        nothing: desk.reader.access.modules().next().is_none(),
        view,
    })
}

impl Page for OverviewPage {
    fn samples(view: View) -> Vec<Self> {
        super::samples::overviews(&view, view.greeting("Mila de Boer"))
    }
}

/// A record that was found.
pub struct Hit {
    /// Its page.
    pub href: String,
    /// What it is called.
    pub name: String,
    /// The relation it is at.
    pub about: String,
    /// Where it stands.
    pub tags: Vec<Tag>,
}

/// What was found in one module.
pub struct Hits {
    /// The module.
    pub label: String,
    /// Its drawing.
    pub icon: &'static str,
    /// The list with this search.
    pub all: String,
    /// A few of them.
    pub hits: Vec<Hit>,
}

/// The results of a search.
#[derive(Template)]
#[template(path = "crm/search.html")]
pub struct SearchPage {
    /// The request's view.
    pub view: View,
    /// The sections.
    pub nav: Vec<NavItem>,
    /// What was searched for.
    pub q: String,
    /// What was found, in the order of the sections.
    pub groups: Vec<Hits>,
}

/// Builds the page.
pub async fn search(desk: &mut Desk<'_>, q: String) -> Result<SearchPage, PageError> {
    let found = desk.reader.search(&q).await?;
    let view = desk.view.clone();
    let mut groups: Vec<Hits> = Vec::new();
    let mut last = None;
    for seen in &found {
        let module = seen.module();
        if last.as_ref() != Some(&module.key) {
            last = Some(module.key.clone());
            let all = super::frame::with(&format!("{}/m/{}", view.base, module.key), &[("q".to_owned(), q.clone())]);
            let label = module.labels.get(view.lang.code()).to_owned();
            groups.push(Hits { label, icon: icon(module), all, hits: Vec::new() });
        }
        let stages = module.fields.iter().filter(|f| super::record::is_stage(f));
        let hit = Hit {
            href: address(&view, module.key.as_str(), seen.id()),
            name: called(&view, module, seen.title()),
            about: seen.relation().and_then(|l| l.title.clone()).unwrap_or_default(),
            tags: stages.flat_map(|f| of(&view, seen, f).tags).collect(),
        };
        if let Some(group) = groups.last_mut() {
            group.hits.push(hit);
        }
    }
    Ok(SearchPage { nav: desk.nav("search"), q, groups, view })
}

impl Page for SearchPage {
    fn samples(view: View) -> Vec<Self> {
        super::samples::searches(&view)
    }
}
