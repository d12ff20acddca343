//! The list of a module: chosen columns, filters that read as a sentence, search in the title, keyset pages.

use askama::Template;

use super::filter::{Adding, Chip, Wanted};
use super::frame::{Desk, PageError, icon, with};
use super::lookups;
use super::shown::{Shown, address, label, of};
use crate::crm::modules::model::{Field, FieldKind, Module};
use crate::crm::records::list::{Count, ListQuery, SortBy};
use crate::crm::records::query;
use crate::crm::records::seen::Seen;
use crate::crm::visibility::sight::Sight;
use crate::kernel::pages::{Arg, NavItem, Page, View};

/// A column.
pub struct Column {
    /// Its name.
    pub label: String,
    /// Sorts by it; empty where it can't be sorted by.
    pub href: String,
    /// `ascending`, `descending`, or empty.
    pub sorted: &'static str,
    /// Whether it holds numbers.
    pub end: bool,
}

/// A row.
pub struct Row {
    /// The record's page.
    pub href: String,
    /// Its form; empty without the right to change it.
    pub edit: String,
    /// What it is called.
    pub title: String,
    /// For linked staff only.
    pub internal: bool,
    /// The other columns: name and value.
    pub cells: Vec<(String, Shown)>,
}

/// What is said where there is nothing, and the way on.
pub struct Empty {
    /// What is missing.
    pub title: String,
    /// What belongs here.
    pub text: String,
    /// Where the button goes; empty for no button.
    pub href: String,
    /// What it says.
    pub action: String,
}

/// The page.
#[derive(Template)]
#[template(path = "crm/list.html")]
pub struct ListPage {
    /// The request's view.
    pub view: View,
    /// The sections.
    pub nav: Vec<NavItem>,
    /// The module, many of it.
    pub title: String,
    /// Its drawing.
    pub icon: &'static str,
    /// The list's own address.
    pub here: String,
    /// This list without the form of a new filter.
    pub back: String,
    /// Makes a record; empty without the right.
    pub new_href: String,
    /// What that button says.
    pub new_label: String,
    /// What is searched for.
    pub q: String,
    /// What the search form carries along.
    pub carried: Vec<(String, String)>,
    /// The filters in force.
    pub chips: Vec<Chip>,
    /// Takes all of them away; empty with none.
    pub clear: String,
    /// Fields that can be filtered by: name and address.
    pub addable: Vec<(String, String)>,
    /// The filter that is being made.
    pub adding: Option<Adding>,
    /// Columns, the title first.
    pub columns: Vec<Column>,
    /// The records.
    pub rows: Vec<Row>,
    /// Which of how many.
    pub range: String,
    /// The first page; empty on it.
    pub first: String,
    /// The next page; empty on the last.
    pub next: String,
    /// Instead of rows.
    pub empty: Option<Empty>,
    /// Where a stronger sign-in is offered, which may show some; empty for none.
    pub stronger: String,
}

/// Builds the page.
pub async fn load(desk: &mut Desk<'_>, key: &str, wanted: &Wanted) -> Result<ListPage, PageError> {
    let module = desk.module(key)?;
    let sight = desk.reader.access.sight(&module.key).ok_or(PageError::NotFound)?;
    let (sort, descending) = match &wanted.sort {
        None => (SortBy::Updated, true),
        Some(text) => query::sort(text, &module)?,
    };
    let mut query = ListQuery { sort, descending, ..ListQuery::of(module.key.clone()) };
    query.filter = query::tree(&wanted.conditions, &module)?;
    query.search = wanted.search.clone();
    let page = desk.reader.list(&query, wanted.cursor.as_deref()).await?;
    let count = desk.reader.count(&query).await?;
    let here = format!("{}/m/{}", desk.view.base, module.key);
    let columns: Vec<&Field> = shown_columns(&module, &sight);
    let adding = match wanted.add.as_ref().and_then(|k| module.field(k)).filter(|f| sight.revealed_somewhere(&f.key)) {
        None => None,
        Some(field) => Some(Adding::new(&desk.view, field, lookups::choices(&mut desk.reader, field, None).await?)),
    };
    let mut chips = Vec::new();
    for n in 0..wanted.conditions.len() {
        chips.extend(Chip::new(desk, &module, wanted, n, &here).await?);
    }
    let view = desk.view.clone();
    let new_href = if desk.may_create(&module.key) { format!("{here}/new") } else { String::new() };
    let shown = page.records.len();
    let empty = (shown == 0).then(|| empty(&view, &module, wanted, &here, &new_href));
    Ok(ListPage {
        nav: desk.nav(module.key.as_str()),
        title: module.labels.get(view.lang.code()).to_owned(),
        icon: icon(&module),
        new_label: new_label(&view, &module),
        new_href,
        q: wanted.search.clone().unwrap_or_default(),
        carried: wanted.pairs(|p| !p.is_search()),
        clear: if chips.is_empty() { String::new() } else { with(&here, &wanted.pairs(|p| !p.is_filter())) },
        chips,
        addable: addable(&view, &module, &sight, wanted, &here),
        adding,
        columns: columns.iter().map(|f| column(&view, f, &module, wanted, &here)).collect(),
        rows: page.records.iter().map(|r| row(&view, r, &columns)).collect(),
        range: range(&view, wanted.at, shown, count),
        first: if wanted.cursor.is_some() { with(&here, &wanted.pairs(|_| true)) } else { String::new() },
        next: page.next.map_or_else(String::new, |cursor| {
            let mut pairs = wanted.pairs(|_| true);
            pairs.push(("cursor".to_owned(), cursor));
            pairs.push(("at".to_owned(), (wanted.at + shown).to_string()));
            with(&here, &pairs)
        }),
        stronger: if shown == 0 { desk.stronger(&here) } else { String::new() },
        empty,
        back: with(&here, &wanted.pairs(|_| true)),
        here,
        view,
    })
}

/// The module's columns that some rule shows him; the title always.
pub fn shown_columns<'m>(module: &'m Module, sight: &Sight) -> Vec<&'m Field> {
    let fields = module.list.iter().filter_map(|k| module.field(k));
    fields.filter(|f| f.key == module.title || sight.revealed_somewhere(&f.key)).collect()
}

fn column(view: &View, field: &Field, module: &Module, wanted: &Wanted, here: &str) -> Column {
    let sortable = field.kind.is_sortable();
    let now = wanted.sort.as_deref().unwrap_or("");
    let sorted = match now.strip_prefix('-') {
        Some(k) if k == field.key.as_str() => "descending",
        _ if now == field.key.as_str() => "ascending",
        _ => "",
    };
    let next = if sorted == "ascending" { format!("-{}", field.key) } else { field.key.to_string() };
    let mut pairs = wanted.pairs(|p| !p.is_sort());
    pairs.push(("sort".to_owned(), next));
    Column {
        label: label(view, field),
        href: if sortable { with(here, &pairs) } else { String::new() },
        sorted,
        end: field.key != module.title && is_number(field),
    }
}

fn is_number(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Number { .. } | FieldKind::Money { .. })
}

/// A row of these columns, the title first.
pub fn row(view: &View, seen: &Seen, columns: &[&Field]) -> Row {
    let href = address(view, seen.module().key.as_str(), seen.id());
    Row {
        edit: if seen.editable() { format!("{href}/edit") } else { String::new() },
        href,
        title: seen.title().map_or_else(|| view.t("crm-untitled"), str::to_owned),
        internal: seen.internal(),
        cells: columns.iter().skip(1).map(|f| (label(view, f), of(view, seen, f))).collect(),
    }
}

fn addable(view: &View, module: &Module, sight: &Sight, wanted: &Wanted, here: &str) -> Vec<(String, String)> {
    let fields = module.fields.iter().filter(|f| sight.revealed_somewhere(&f.key));
    let href = |f: &Field| {
        let mut pairs = wanted.pairs(|_| true);
        pairs.push(("add".to_owned(), f.key.to_string()));
        format!("{}#add", with(here, &pairs))
    };
    fields.map(|f| (label(view, f), href(f))).collect()
}

/// `1-50 of 312`, or `of more than 1,000`.
fn range(view: &View, before: usize, shown: usize, count: Count) -> String {
    let number = |n: usize| Arg::Text(view.number(n));
    let (from, to) = (before + 1, before + shown);
    match count {
        _ if shown == 0 => String::new(),
        Count::Exactly(n) => {
            let total = usize::try_from(n).unwrap_or(to).max(to);
            let total = Arg::Text(view.number(total));
            view.tn("pager-range", &[("from", number(from)), ("to", number(to)), ("total", total)])
        }
        Count::MoreThan(_) => view.tn("pager-range-more", &[("from", number(from)), ("to", number(to))]),
    }
}

fn empty(view: &View, module: &Module, wanted: &Wanted, here: &str, new_href: &str) -> Empty {
    if let Some(q) = wanted.search.as_deref().filter(|_| wanted.conditions.is_empty()) {
        let text = view.t1("crm-search-none-text", "query", q);
        return Empty { title: view.t("crm-search-none-title"), text, href: String::new(), action: String::new() };
    }
    if !wanted.conditions.is_empty() {
        let (title, text) = (view.t("crm-filter-none-title"), view.t("crm-filter-none-text"));
        return Empty { title, text, href: String::new(), action: String::new() };
    }
    if wanted.cursor.is_some() {
        let (title, text) = (view.t("crm-search-none-title"), view.t("crm-page-none"));
        return Empty { title, text, href: here.to_owned(), action: view.t("pager-first") };
    }
    let own = format!("crm-empty-{}", module.key);
    let stem = if view.has(&format!("{own}-title")) { own } else { "crm-empty".to_owned() };
    Empty {
        title: view.t(&format!("{stem}-title")),
        text: view.t(&format!("{stem}-text")),
        href: new_href.to_owned(),
        action: new_label(view, module),
    }
}

/// What the button says that makes a record. Languages with genders have a text of its own for each module of the preset.
pub fn new_label(view: &View, module: &Module) -> String {
    let key = match module.key.as_str() {
        "relations" => "crm-new-relation",
        "contacts" => "crm-new-contact",
        "deliveries" => "crm-new-delivery",
        "quotes" => "crm-new-quote",
        "activities" => "crm-new-activity",
        "notes" => "crm-new-note",
        "documents" => "crm-new-document",
        _ => return view.t1("crm-new-in", "section", module.labels.get(view.lang.code())),
    };
    view.t(key)
}

impl Page for ListPage {
    fn samples(view: View) -> Vec<Self> {
        super::samples::lists(&view)
    }
}
