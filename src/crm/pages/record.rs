//! The page of one record: facts, the next step, what belongs to it, history. Of a relation it is the dossier (`dossier`).

use std::sync::Arc;

use askama::Template;

use super::entries::{Entry, entries};
use super::frame::{Desk, PageError, icon, with};
use super::held::{self, Sealed, Waiting};
use super::list::{Column, Row, new_label, row, shown_columns};
use super::shown::{Shown, Tag, called, kind, label, of};
use super::store;
use crate::crm::modules::model::{Field, FieldKind, Meaning, Module};
use crate::crm::modules::value::Value;
use crate::crm::records::seen::Seen;
use crate::crm::visibility::model::Right;
use crate::kernel::pages::{NavItem, Page, View};

/// Rows of each list of what belongs to a record.
const FEW: usize = 8;

/// A field with its value.
pub struct Fact {
    /// The field.
    pub label: String,
    /// The value.
    pub shown: Shown,
}

/// A part of the page.
pub struct Tab {
    /// Its name.
    pub label: String,
    /// Where it is.
    pub href: String,
    /// Whether it is shown.
    pub current: bool,
}

/// A choice that can be set by a button.
pub struct Stage {
    /// Its key.
    pub field: String,
    /// Its name.
    pub label: String,
    /// The options that it isn't at: key and the button's words.
    pub to: Vec<(String, String)>,
}

/// Records that lead to this one.
pub struct Related {
    /// What they are.
    pub label: String,
    /// Their drawing.
    pub icon: &'static str,
    /// All of them; empty when all are shown.
    pub all: String,
    /// Makes one; empty without the right.
    pub new_href: String,
    /// What that button says.
    pub new_label: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// The first of them.
    pub rows: Vec<Row>,
}

/// What every page of a record has above.
pub struct Head {
    /// The module's list.
    pub list_href: String,
    /// The module.
    pub list_label: String,
    /// What the record is called.
    pub name: String,
    /// Where it stands.
    pub tags: Vec<Tag>,
    /// For linked staff only.
    pub internal: bool,
    /// The record's page.
    pub here: String,
    /// The form; empty without the right.
    pub edit: String,
    /// The question before deleting; empty without the right.
    pub delete: String,
    /// Who sees it, and why; empty for who may not ask.
    pub why: String,
    /// What was done just now; empty for nothing.
    pub said: String,
    /// A change of it that waits.
    pub waiting: Vec<Waiting>,
}

/// The page.
#[derive(Template)]
#[template(path = "crm/record.html")]
pub struct RecordPage {
    /// The request's view.
    pub view: View,
    /// The sections.
    pub nav: Vec<NavItem>,
    /// Above.
    pub head: Head,
    /// Details and history; empty with details alone.
    pub tabs: Vec<Tab>,
    /// The values.
    pub facts: Vec<Fact>,
    /// What can be set at once.
    pub stages: Vec<Stage>,
    /// The version that a button's change is based on.
    pub version: i64,
    /// The key by which the same press counts once.
    pub key: String,
    /// What leads here.
    pub related: Vec<Related>,
    /// Who changed it last, and when; empty where that isn't shown.
    pub changed: String,
    /// Receipts.
    pub sealed: Vec<Sealed>,
    /// Earlier versions; `None` on the details.
    pub history: Option<Vec<Entry>>,
    /// Older versions.
    pub older: String,
}

/// Which part is asked for.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// Name of the tab.
    pub tab: String,
    /// Of the timeline: this module alone.
    pub kind: String,
    /// Of the timeline: what this person did alone, by subject.
    pub by: String,
    /// The page of a list or history.
    pub cursor: Option<String>,
    /// What was done just now.
    pub said: String,
}

/// What stands above, on each page of a record.
pub async fn head(desk: &mut Desk<'_>, seen: &Seen, said: &str) -> Result<Head, PageError> {
    let (view, module) = (desk.view.clone(), seen.module());
    let here = super::shown::address(&view, module.key.as_str(), seen.id());
    let stages = module.fields.iter().filter(|f| is_stage(f));
    let one = |right, end: &str| if seen.may(right) { format!("{here}/{end}") } else { String::new() };
    Ok(Head {
        list_href: format!("{}/m/{}", view.base, module.key),
        list_label: module.labels.get(view.lang.code()).to_owned(),
        name: called(&view, module, seen.title()),
        tags: stages.flat_map(|f| of(&view, seen, f).tags).collect(),
        internal: seen.internal(),
        edit: if seen.editable() { format!("{here}/edit") } else { String::new() },
        delete: one(Right::Delete, "delete"),
        why: if desk.reader.may_explain(seen) { format!("{here}/why") } else { String::new() },
        said: match said {
            "saved" => view.t("crm-saved"),
            "same" => view.t("crm-unchanged"),
            "sealed" => view.t("ask-done"),
            _ => String::new(),
        },
        waiting: held::waiting(desk, Some(seen.id())).await?,
        here,
    })
}

/// A choice that tells how far a record is: one of its options has a meaning, and every record has a value.
pub fn is_stage(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Choice { .. })
        && field.required
        && field.options().len() <= 8
        && field.options().iter().any(|o| o.meaning != Meaning::Neutral)
}

fn stages(view: &View, seen: &Seen) -> Vec<Stage> {
    let fields = seen.module().fields.iter().filter(|f| is_stage(f) && seen.writable(&f.key));
    let stage = |f: &Field| {
        let now = match seen.value(&f.key) {
            Some(Value::Text(k)) => k.as_str(),
            _ => "",
        };
        let words = |label: &str| view.t1("crm-set-to", "value", label);
        let others = f.options().iter().filter(|o| o.key.as_str() != now);
        let to = others.map(|o| (o.key.to_string(), words(o.labels.get(view.lang.code())))).collect();
        Stage { field: f.key.to_string(), label: label(view, f), to }
    };
    fields.map(stage).collect()
}

/// The values that there are, stages aside, which stand above.
pub fn facts(view: &View, seen: &Seen) -> Vec<Fact> {
    let shown = seen.fields().filter(|(f, v)| v.is_some() && f.key != seen.module().title);
    let fact = |(f, _): (&Field, Option<&Value>)| Fact { label: label(view, f), shown: of(view, seen, f) };
    // What is masked is told to be there, and nothing of it.
    let masked = seen.masked_fields().map(|f| Fact { label: label(view, f), shown: Shown::text(view.t("value-masked")) });
    shown.map(fact).filter(|f| !f.shown.is_none()).chain(masked).collect()
}

/// The lists of what leads to this record, by the lookups that the person may follow.
async fn related(desk: &mut Desk<'_>, seen: &Seen) -> Result<Vec<Related>, PageError> {
    let mut all = Vec::new();
    for (module, field) in desk.reader.access.catalogue.lookups_to(&seen.module().key) {
        let Some(sight) = desk.reader.access.sight(&module.key) else { continue };
        if !sight.revealed_somewhere(&field) {
            continue;
        }
        let page = desk.reader.related(&module.key, &field, seen.id(), None).await?;
        let may = desk.may_create(&module.key) && sight.creatable(&field);
        if page.records.is_empty() && !may {
            continue;
        }
        let view = &desk.view;
        // The column that leads back here says nothing.
        let columns: Vec<&Field> = shown_columns(&module, &sight).into_iter().filter(|f| f.key != field).take(5).collect();
        let list = format!("{}/m/{}", view.base, module.key);
        let more = page.records.len() > FEW || page.next.is_some();
        let filter = (format!("filter[{field}][is]"), seen.id().to_owned());
        all.push(Related {
            label: module.labels.get(view.lang.code()).to_owned(),
            icon: icon(&module),
            all: if more { with(&list, &[filter]) } else { String::new() },
            new_href: if may {
                with(&format!("{list}/new"), &[(format!("f-{field}"), seen.id().to_owned())])
            } else {
                String::new()
            },
            new_label: new_label(view, &module),
            columns: columns.iter().map(|f| plain_column(view, f)).collect(),
            rows: page.records.iter().take(FEW).map(|r| row(view, r, &columns)).collect(),
        });
    }
    Ok(all)
}

/// A column of a list that isn't sorted here.
pub fn plain_column(view: &View, field: &Field) -> Column {
    let end = matches!(field.kind, FieldKind::Number { .. } | FieldKind::Money { .. });
    Column { label: label(view, field), href: String::new(), sorted: "", end }
}

/// Who changed it last; only for those who may read its history, since a change may be of a field that others don't see.
pub async fn changed(desk: &mut Desk<'_>, seen: &Seen) -> Result<String, PageError> {
    if !seen.may(Right::History) {
        return Ok(String::new());
    }
    let names = store::names(&mut desk.reader.tx, std::iter::once(seen.updated_by())).await?;
    let view = &desk.view;
    let name = names.get(seen.updated_by()).cloned().unwrap_or_else(|| view.t("value-unknown"));
    Ok(view.t2("crm-last-changed", "name", name, "at", view.date_time(seen.updated_at())))
}

/// The history as entries, and the address of older ones.
pub async fn history(desk: &mut Desk<'_>, seen: &Seen, part: &Part, here: &str) -> Result<(Vec<Entry>, String), PageError> {
    let page = desk.reader.history(&seen.module().key, seen.id(), part.cursor.as_deref()).await?.ok_or(PageError::NotFound)?;
    let older = page
        .next
        .clone()
        .map_or_else(String::new, |c| with(here, &[("tab".to_owned(), "history".to_owned()), ("cursor".to_owned(), c)]));
    let view = desk.view.clone();
    Ok((entries(&view, &mut desk.reader, &page, true).await?, older))
}

/// A tab.
pub fn tab(view: &View, here: &str, name: &str, text: &str, current: &str) -> Tab {
    let href = if name.is_empty() { here.to_owned() } else { with(here, &[("tab".to_owned(), name.to_owned())]) };
    let label = if text.is_empty() { view.t("crm-details") } else { text.to_owned() };
    Tab { label, href, current: name == current }
}

/// Builds the page of a record of any module but a relation's.
pub async fn load(desk: &mut Desk<'_>, seen: &Seen, part: &Part) -> Result<RecordPage, PageError> {
    let head = head(desk, seen, &part.said).await?;
    let view = desk.view.clone();
    let module: Arc<Module> = Arc::clone(seen.module());
    let (history, older) = match part.tab.as_str() {
        "history" => {
            let (entries, older) = history(desk, seen, part, &head.here).await?;
            (Some(entries), older)
        }
        _ => (None, String::new()),
    };
    let mut tabs = Vec::new();
    if seen.may(Right::History) {
        let current = if history.is_some() { "history" } else { "" };
        tabs.push(tab(&view, &head.here, "", "", current));
        tabs.push(tab(&view, &head.here, "history", &view.t("crm-history"), current));
    }
    Ok(RecordPage {
        nav: desk.nav(module.key.as_str()),
        tabs,
        facts: facts(&view, seen),
        stages: stages(&view, seen),
        version: seen.version(),
        key: desk.crm.env.id(),
        related: if history.is_some() { Vec::new() } else { related(desk, seen).await? },
        changed: changed(desk, seen).await?,
        sealed: held::sealed(desk, seen).await?,
        history,
        older,
        head,
        view,
    })
}

/// The tag of an option, for samples and lists.
pub fn tag(meaning: Meaning, text: &str) -> Tag {
    Tag { kind: kind(meaning), text: text.to_owned() }
}

impl Page for RecordPage {
    fn samples(view: View) -> Vec<Self> {
        super::samples::records(&view)
    }
}
