//! The dossier: everything about a relation on one timeline, its facts and open actions beside it, and a tab for each kind
//! of record that belongs to it.

use askama::Template;

use super::entries::{Entry, entries};
use super::frame::{Desk, PageError, icon, with};
use super::list::{Column, Row, new_label, row, shown_columns};
use super::record::{Fact, Head, Part, Tab, changed, facts, head, history, plain_column, tab};
use super::store;
use super::work::{self, Todo};
use crate::contract::FieldKey;
use crate::crm::modules::model::Field;
use crate::crm::records::history::Narrow;
use crate::crm::records::list::ListQuery;
use crate::crm::records::seen::Seen;
use crate::crm::visibility::model::{Right, Tree};
use crate::kernel::pages::{NavItem, Page, View};

/// A kind of entry, or a person, that the timeline can be narrowed to.
pub struct Kind {
    /// Its name.
    pub label: String,
    /// Shows it alone.
    pub href: String,
    /// Whether it is shown alone.
    pub current: bool,
}

/// What the middle of the page shows.
pub enum Middle {
    /// What happened.
    Timeline {
        /// To narrow it.
        kinds: Vec<Kind>,
        /// To narrow it to what one person did; none where one person did all.
        people: Vec<Kind>,
        /// The latest first.
        entries: Vec<Entry>,
    },
    /// Records of one kind.
    Records {
        /// What they are.
        title: String,
        /// Their drawing.
        icon: &'static str,
        /// What to say without any.
        text: String,
        /// Makes one; empty without the right.
        new_href: String,
        /// What that button says.
        new_label: String,
        /// Columns.
        columns: Vec<Column>,
        /// Records.
        rows: Vec<Row>,
    },
    /// Versions of the relation itself.
    History(Vec<Entry>),
}

/// The page.
#[derive(Template)]
#[template(path = "crm/dossier.html")]
pub struct DossierPage {
    /// The request's view.
    pub view: View,
    /// The sections.
    pub nav: Vec<NavItem>,
    /// Above.
    pub head: Head,
    /// The parts.
    pub tabs: Vec<Tab>,
    /// The part that is shown.
    pub middle: Middle,
    /// The next page of it; empty on the last.
    pub more: String,
    /// Values of the relation.
    pub facts: Vec<Fact>,
    /// What is to be done.
    pub todo: Vec<Todo>,
    /// What can be added: words and address.
    pub add: Vec<(String, String)>,
    /// Who changed it last, and when.
    pub changed: String,
}

/// Builds the page.
pub async fn load(desk: &mut Desk<'_>, seen: &Seen, part: &Part) -> Result<DossierPage, PageError> {
    let head = head(desk, seen, &part.said).await?;
    let view = desk.view.clone();
    let parts = belonging(desk, seen);
    let tabs = tabs(desk, seen, &part.tab, &head.here);
    let chosen = parts.iter().find(|(m, _)| m.key.as_str() == part.tab);
    let (middle, more) = match (part.tab.as_str(), chosen) {
        ("", _) => timeline(desk, seen, part, &head.here).await?,
        ("history", _) => {
            let (entries, older) = history(desk, seen, part, &head.here).await?;
            (Middle::History(entries), older)
        }
        (_, Some((module, field))) => {
            let module = module.key.clone();
            records(desk, seen, &module, field, part, &head.here).await?
        }
        _ => return Err(PageError::NotFound),
    };
    let add =
        parts.iter().filter(|(m, f)| desk.may_create(&m.key) && desk.reader.access.sight(&m.key).is_some_and(|s| s.creatable(f)));
    let add = add.map(|(m, f)| (new_label(&view, m), new_href(&view, &m.key, f, seen))).collect();
    Ok(DossierPage {
        nav: desk.nav(seen.module().key.as_str()),
        tabs,
        middle,
        more,
        facts: facts(&view, seen),
        todo: work::open_at(desk, seen.id()).await?,
        add,
        changed: changed(desk, seen).await?,
        head,
        view,
    })
}

/// The parts of a dossier; the last ones are for those who work here.
pub fn tabs(desk: &Desk<'_>, seen: &Seen, current: &str, here: &str) -> Vec<Tab> {
    let view = &desk.view;
    let mut tabs = vec![tab(view, here, "", &view.t("dossier-timeline"), current)];
    for (module, _) in belonging(desk, seen) {
        tabs.push(tab(view, here, module.key.as_str(), module.labels.get(view.lang.code()), current));
    }
    if seen.may(Right::History) {
        tabs.push(tab(view, here, "history", &view.t("crm-history"), current));
    }
    if desk.caller.staff() {
        let page = |name: &str, key: &str| Tab { label: view.t(key), href: format!("{here}/{name}"), current: name == current };
        tabs.push(page("access", "access-tab"));
        tabs.push(page("links", "links-tab"));
    }
    tabs
}

type Belonging = Vec<(std::sync::Arc<crate::crm::modules::model::Module>, FieldKey)>;

/// The modules whose records belong into dossiers, with the lookup by which they do, as far as the person may enter them.
fn belonging(desk: &Desk<'_>, seen: &Seen) -> Belonging {
    let access = &desk.reader.access;
    let own = access.modules().filter_map(|m| Some((m.clone(), m.relation.clone()?)));
    own.filter(|(m, f)| {
        let leads = m.field(f).is_some_and(
            |f| matches!(&f.kind, crate::crm::modules::model::FieldKind::Lookup { module } if *module == seen.module().key),
        );
        leads && access.sight(&m.key).is_some_and(|s| s.revealed_somewhere(f))
    })
    .collect()
}

fn new_href(view: &View, module: &FieldKey, field: &FieldKey, seen: &Seen) -> String {
    with(&format!("{}/m/{module}/new", view.base), &[(format!("f-{field}"), seen.id().to_owned())])
}

async fn timeline(desk: &mut Desk<'_>, seen: &Seen, part: &Part, here: &str) -> Result<(Middle, String), PageError> {
    let view = desk.view.clone();
    let modules: Vec<_> = desk.reader.access.modules().cloned().collect();
    let only: Vec<FieldKey> = modules.iter().filter(|m| m.key.as_str() == part.kind).map(|m| m.key.clone()).collect();
    let narrow = Narrow { modules: &only, by: Some(part.by.as_str()).filter(|by| !by.is_empty()) };
    let page = desk.reader.timeline(seen.id(), narrow, part.cursor.as_deref()).await?.ok_or(PageError::NotFound)?;
    // Each of the two keeps what the other is narrowed to.
    let at = |kind: &str, by: &str, cursor: Option<&str>| {
        let pairs = [("kind", kind), ("by", by), ("cursor", cursor.unwrap_or_default())];
        let given = pairs.into_iter().filter(|(_, v)| !v.is_empty());
        with(here, &given.map(|(k, v)| (k.to_owned(), v.to_owned())).collect::<Vec<_>>())
    };
    let kind = |key: &str, label: String| Kind { label, href: at(key, &part.by, None), current: key == part.kind };
    let mut kinds = vec![kind("", view.t("dossier-all-kinds"))];
    kinds.extend(modules.iter().map(|m| kind(m.key.as_str(), m.labels.get(view.lang.code()).to_owned())));
    // Those who did what is shown; somebody of whom there is nothing, too, to be let go of.
    let who = page.versions.iter().map(|v| v.actor.as_str()).chain(narrow.by);
    let names = store::names(&mut desk.reader.tx, who).await?;
    let person = |sub: &str, label: String| Kind { label, href: at(&part.kind, sub, None), current: sub == part.by };
    let mut people = vec![person("", view.t("dossier-everyone"))];
    people.extend(names.iter().map(|(sub, name)| person(sub, name.clone())));
    if people.len() < 3 && narrow.by.is_none() {
        people.clear();
    }
    let more = page.next.as_deref().map_or_else(String::new, |cursor| at(&part.kind, &part.by, Some(cursor)));
    let entries = entries(&view, &mut desk.reader, &page, false).await?;
    Ok((Middle::Timeline { kinds, people, entries }, more))
}

async fn records(
    desk: &mut Desk<'_>,
    seen: &Seen,
    key: &FieldKey,
    field: &FieldKey,
    part: &Part,
    here: &str,
) -> Result<(Middle, String), PageError> {
    let view = desk.view.clone();
    let module = desk.module(key.as_str())?;
    let sight = desk.reader.access.sight(key).ok_or(PageError::NotFound)?;
    let query = ListQuery { filter: Some(Tree::is(field.clone(), seen.id())), ..ListQuery::of(key.clone()) };
    let page = desk.reader.list(&query, part.cursor.as_deref()).await?;
    let columns: Vec<&Field> = shown_columns(&module, &sight).into_iter().filter(|f| f.key != *field).collect();
    let may = desk.may_create(key) && sight.creatable(field);
    let more =
        page.next.map_or_else(String::new, |c| with(here, &[("tab".to_owned(), key.to_string()), ("cursor".to_owned(), c)]));
    let own = format!("crm-empty-{key}-text");
    let middle = Middle::Records {
        title: module.labels.get(view.lang.code()).to_owned(),
        icon: icon(&module),
        text: if view.has(&own) { view.t(&own) } else { view.t("crm-empty-text") },
        new_href: if may { new_href(&view, key, field, seen) } else { String::new() },
        new_label: new_label(&view, &module),
        columns: columns.iter().map(|f| plain_column(&view, f)).collect(),
        rows: page.records.iter().map(|r| row(&view, r, &columns)).collect(),
    };
    Ok((middle, more))
}

impl Page for DossierPage {
    fn samples(view: View) -> Vec<Self> {
        super::samples::dossiers(&view)
    }
}
