//! What a person wants of a list: filters, search, order and page, as the address says them, and their chips.

use super::frame::{Desk, PageError, with};
use super::lookups;
use super::shown::{label, shown};
use crate::contract::FieldKey;
use crate::crm::modules::model::{Field, FieldKind, Module};
use crate::crm::modules::value::{Raw, read};
use crate::crm::records::query::{Condition, ME, operator, operator_name};
use crate::crm::visibility::model::Operator;
use crate::kernel::http::Params;
use crate::kernel::pages::{Choice, View};

/// Longest search.
const MAX_SEARCH: usize = 200;

/// The wish.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Filters.
    pub conditions: Vec<Condition>,
    /// Text in the title.
    pub search: Option<String>,
    /// By what, as the address says it.
    pub sort: Option<String>,
    /// The page.
    pub cursor: Option<String>,
    /// Rows before the page, as the link to it says; for showing alone.
    pub at: usize,
    /// The field whose filter is being made.
    pub add: Option<FieldKey>,
    /// The filter that was made just now.
    pub added: Option<Condition>,
}

/// A part of the wish, for leaving it out of an address.
pub struct Part<'a>(&'a str);

impl Part<'_> {
    /// The search.
    pub fn is_search(&self) -> bool {
        self.0 == "q"
    }
    /// The order.
    pub fn is_sort(&self) -> bool {
        self.0 == "sort"
    }
    /// A filter.
    pub fn is_filter(&self) -> bool {
        self.0.starts_with("filter")
    }
}

impl Wanted {
    /// Reads an address. Names that no list has are left alone: others add theirs to links.
    pub fn read(raw: &str) -> Result<Self, PageError> {
        let params = Params::parse(raw.as_bytes(), &["add.value"])?;
        let mut wanted = Self::default();
        for (name, value) in params.iter() {
            wanted.conditions.extend(Condition::read(name, value)?);
        }
        let text = |name: &str| params.get(name).map(str::to_owned);
        wanted.search = text("q").map(|q| q.trim().chars().take(MAX_SEARCH).collect::<String>()).filter(|q| !q.is_empty());
        wanted.sort = text("sort");
        wanted.cursor = text("cursor");
        wanted.at = params.get("at").and_then(|n| n.parse().ok()).filter(|n| *n < 1_000_000).unwrap_or(0);
        let key = |name: &str| params.get(name).and_then(|k| FieldKey::try_from(k).ok());
        wanted.add = key("add");
        if let (Some(field), Some(name)) = (key("add.field"), params.get("add.op")) {
            let text = params.all("add.value").iter().map(|v| v.trim()).filter(|v| !v.is_empty()).collect::<Vec<_>>().join(",");
            let operator = operator(name)?;
            let blank = matches!(operator, Operator::Empty | Operator::NotEmpty);
            if blank || !text.is_empty() {
                wanted.added = Some(Condition { field, operator, text: if blank { "true".to_owned() } else { text } });
            }
        }
        Ok(wanted)
    }

    /// The wish as parameters, without the page; those parts that are kept.
    pub fn pairs(&self, keep: impl Fn(&Part<'_>) -> bool) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        pairs.extend(self.search.iter().map(|q| ("q".to_owned(), q.clone())));
        pairs.extend(self.conditions.iter().map(|c| (c.name(), c.text.clone())));
        pairs.extend(self.sort.iter().map(|s| ("sort".to_owned(), s.clone())));
        pairs.retain(|(n, _)| keep(&Part(n)));
        pairs
    }

    /// Where a filter that was made just now leads: to the address that has it among the others.
    pub fn settled(&self, here: &str) -> Option<String> {
        let added = self.added.as_ref()?;
        let mut pairs = self.pairs(|_| true);
        pairs.retain(|(n, _)| *n != added.name());
        pairs.push((added.name(), added.text.clone()));
        Some(with(here, &pairs))
    }
}

/// A filter in force.
pub struct Chip {
    /// Reads as a sentence.
    pub text: String,
    /// Takes it away.
    pub href: String,
}

impl Chip {
    /// Of the n-th condition; nothing for a field that doesn't exist for the person, which the list has refused already.
    pub async fn new(
        desk: &mut Desk<'_>,
        module: &Module,
        wanted: &Wanted,
        n: usize,
        here: &str,
    ) -> Result<Option<Self>, PageError> {
        let Some(c) = wanted.conditions.get(n) else { return Ok(None) };
        let Some(field) = module.field(&c.field) else { return Ok(None) };
        let parts: Vec<&str> = if c.takes_many() { c.many().collect() } else { vec![c.text.as_str()] };
        let mut words = Vec::new();
        for part in parts {
            words.push(said(desk, field, part).await?);
        }
        let key = format!("crm-chip-{}", operator_name(c.operator).replace('_', "-"));
        let text = desk.view.t2(&key, "field", label(&desk.view, field), "value", words.join(", "));
        let mut pairs = wanted.pairs(|_| true);
        pairs.retain(|(name, value)| *name != c.name() || *value != c.text);
        Ok(Some(Self { text, href: with(here, &pairs) }))
    }
}

/// A compared value in words.
async fn said(desk: &mut Desk<'_>, field: &Field, text: &str) -> Result<String, PageError> {
    if field.kind == FieldKind::Date && text == "today" {
        return Ok(desk.view.t("crm-today"));
    }
    if field.kind == FieldKind::Person && text == ME {
        return Ok(desk.view.t("value-me"));
    }
    if matches!(field.kind, FieldKind::Lookup { .. } | FieldKind::Person) {
        let called = lookups::called(&mut desk.reader, field, text).await?;
        return Ok(called.unwrap_or_else(|| desk.view.t("value-unknown")));
    }
    let value = read(field, &Raw::Json(text.into()), &desk.crm.records.cx).ok().flatten();
    let written = shown(&desk.view, field, value.as_ref(), None).text;
    Ok(if written.is_empty() { text.to_owned() } else { written })
}

/// The form of a filter that is being made.
pub struct Adding {
    /// The field's key.
    pub field: String,
    /// Its name.
    pub label: String,
    /// The operators that its kind has.
    pub operators: Vec<Choice>,
    /// `ticks`, `select`, or the type of an input.
    pub kind: &'static str,
    /// Values to choose from.
    pub choices: Vec<Choice>,
}

impl Adding {
    /// For a field; `found` are the records that a lookup can lead to or the people that can be named, if they are few enough
    /// to choose from.
    pub fn new(view: &View, field: &Field, found: Option<Vec<Choice>>) -> Self {
        use Operator as O;
        let lookup = found.is_some();
        let (kind, operators): (_, &[O]) = match &field.kind {
            FieldKind::Choice { .. } => ("ticks", &[O::Any, O::None, O::Empty, O::NotEmpty]),
            FieldKind::MultipleChoice { .. } => ("ticks", &[O::Any, O::All, O::None, O::Empty, O::NotEmpty]),
            FieldKind::YesNo => ("select", &[O::Is, O::Empty, O::NotEmpty]),
            FieldKind::File { .. } => ("none", &[O::NotEmpty, O::Empty]),
            FieldKind::Person => ("select", &[O::Is, O::IsNot, O::Empty, O::NotEmpty]),
            FieldKind::Lookup { .. } if lookup => ("select", &[O::Is, O::IsNot, O::Empty, O::NotEmpty]),
            FieldKind::Lookup { .. } => ("none", &[O::NotEmpty, O::Empty]),
            FieldKind::Date => ("date", &[O::Is, O::AtLeast, O::AtMost, O::Empty, O::NotEmpty]),
            FieldKind::DateTime => ("datetime-local", &[O::AtLeast, O::AtMost, O::Empty, O::NotEmpty]),
            FieldKind::Number { .. } | FieldKind::Money { .. } => {
                ("number", &[O::Is, O::AtLeast, O::AtMost, O::More, O::Less, O::Empty, O::NotEmpty])
            }
            FieldKind::Phone => ("text", &[O::Is, O::Empty, O::NotEmpty]),
            _ => ("text", &[O::Contains, O::Is, O::IsNot, O::Starts, O::Empty, O::NotEmpty]),
        };
        let choice = |value: &str, label: String| Choice { value: value.to_owned(), label, current: false };
        let choices = match &field.kind {
            FieldKind::YesNo => vec![choice("yes", view.t("value-yes")), choice("no", view.t("value-no"))],
            FieldKind::Lookup { .. } => found.unwrap_or_default(),
            FieldKind::Person => {
                let me = choice(ME, view.t("value-me"));
                std::iter::once(me).chain(found.unwrap_or_default()).collect()
            }
            _ => field.options().iter().map(|o| choice(o.key.as_str(), o.labels.get(view.lang.code()).to_owned())).collect(),
        };
        let operator = |o: &O| choice(operator_name(*o), view.t(&format!("crm-op-{}", operator_name(*o).replace('_', "-"))));
        let operators = operators.iter().map(operator).collect();
        Self { field: field.key.to_string(), label: label(view, field), operators, kind, choices }
    }
}
