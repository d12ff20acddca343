//! The three pages that the area is made of: a list, one thing with what belongs to it, and a form. Pages are data: who makes
//! one says what is in it, in finished words, and the templates are the same for all.

use askama::Template;

use super::frame::Frame;
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::{Choice, Problem, View};

/// A value that is shown.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// `text`, `link`, `id`, `time`, `tags`, `yes` or `no`.
    pub kind: &'static str,
    /// What is read.
    pub text: String,
    /// Where a link goes.
    pub href: String,
    /// Several short words.
    pub tags: Vec<Tag>,
}

impl Cell {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { kind: "text", text: text.into(), ..Self::default() }
    }
    /// A name that leads somewhere.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { kind: "link", text: text.into(), href: href.into(), ..Self::default() }
    }
    /// What a machine calls it.
    pub fn id(text: impl Into<String>) -> Self {
        Self { kind: "id", text: text.into(), ..Self::default() }
    }
    /// A moment; nothing where there is none.
    pub fn time(view: &View, at: Option<Timestamp>) -> Self {
        Self { kind: "time", text: at.map(|t| view.date_time(t)).unwrap_or_default(), ..Self::default() }
    }
    /// Several short words.
    pub fn tags(tags: Vec<Tag>) -> Self {
        Self { kind: "tags", tags, ..Self::default() }
    }
    /// Whether there is nothing to read in it; a phone's list leaves it out.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.tags.is_empty()
    }
}

/// A short word with a meaning: `plain`, `info`, `good`, `wait`, `bad` or `lock`.
#[derive(Clone, Debug)]
pub struct Tag {
    /// Its colour.
    pub kind: &'static str,
    /// The word.
    pub text: String,
}

impl Tag {
    /// Of a kind.
    pub fn new(kind: &'static str, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }
}

/// A link that looks like a button.
#[derive(Clone, Debug)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// Where it goes.
    pub href: String,
    /// Its icon.
    pub icon: &'static str,
    /// Whether it is the one main button of the page.
    pub main: bool,
}

/// Something that is done by pressing: asked once more, and posted.
#[derive(Clone, Debug)]
pub struct Act {
    /// For the page: unique on it.
    pub id: String,
    /// What the button says.
    pub label: String,
    /// To what or whom, for those who don't see where it stands.
    pub to: String,
    /// What will happen, in a sentence.
    pub text: String,
    /// What the second button says.
    pub confirm: String,
    /// Where it is posted.
    pub action: String,
    /// What is posted with it.
    pub hidden: Vec<(String, String)>,
    /// Whether it takes something away.
    pub danger: bool,
}

/// Where a list can be narrowed.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The parameter.
    pub name: String,
    /// What it is.
    pub label: String,
    /// The values to choose from; empty for text or a day.
    pub choices: Vec<Choice>,
    /// What is chosen, where there are no choices.
    pub value: String,
    /// `select`, `text` or `date`.
    pub kind: &'static str,
}

/// A row of a list.
#[derive(Clone, Debug)]
pub struct Row {
    /// Where it leads.
    pub href: String,
    /// What it is called.
    pub title: String,
    /// Beside the title.
    pub tags: Vec<Tag>,
    /// One for each column but the first.
    pub cells: Vec<Cell>,
    /// What can be done to it.
    pub acts: Vec<Act>,
}

/// What stands where nothing is.
#[derive(Clone, Debug, Default)]
pub struct Empty {
    /// An icon.
    pub icon: &'static str,
    /// What there isn't.
    pub title: String,
    /// What belongs here.
    pub text: String,
}

/// A list.
#[derive(Template)]
#[template(path = "idp/admin/list.html")]
pub struct ListPage {
    /// The request's view.
    pub view: View,
    /// Around it.
    pub frame: Frame,
    /// What it lists.
    pub title: String,
    /// What that is, in a sentence.
    pub lead: String,
    /// What can be done beside it.
    pub buttons: Vec<Button>,
    /// Its own address, for search and filters.
    pub here: String,
    /// What is searched for; `None` where nothing can be.
    pub search: Option<String>,
    /// What is searched, in words.
    pub search_label: String,
    /// How it can be narrowed.
    pub filters: Vec<Filter>,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
    /// The address of the first page, when this is another.
    pub first: String,
    /// The address of the next page, when there is one.
    pub next: String,
    /// What stands there when nothing does.
    pub empty: Empty,
}

impl ListPage {
    fn column(&self, n: &usize) -> &str {
        self.columns.get(*n).map_or("", String::as_str)
    }
    fn has_acts(&self) -> bool {
        self.rows.iter().any(|r| !r.acts.is_empty())
    }
    fn narrowed(&self) -> bool {
        let chosen = |f: &Filter| !f.value.is_empty() || f.choices.iter().any(|c| c.current && !c.value.is_empty());
        self.search.as_deref().is_some_and(|q| !q.is_empty()) || self.filters.iter().any(chosen)
    }
}

/// A row of a card.
#[derive(Clone, Debug, Default)]
pub struct CardRow {
    /// Where it leads; empty for nowhere.
    pub href: String,
    /// What it is called.
    pub title: String,
    /// Below that.
    pub note: String,
    /// Beside that.
    pub tags: Vec<Tag>,
    /// What can be done to it.
    pub acts: Vec<Act>,
}

/// What belongs to a thing.
#[derive(Clone, Debug, Default)]
pub struct Card {
    /// For the page: unique on it.
    pub id: String,
    /// What it is.
    pub title: String,
    /// A sentence about it.
    pub lead: String,
    /// The rows.
    pub rows: Vec<CardRow>,
    /// What stands there when there are none.
    pub empty: String,
    /// Where all of them are; empty when these are all.
    pub more: String,
    /// What that says.
    pub more_label: String,
    /// What adds one.
    pub form: Option<Form>,
}

/// One thing.
#[derive(Template)]
#[template(path = "idp/admin/detail.html")]
pub struct DetailPage {
    /// The request's view.
    pub view: View,
    /// Around it.
    pub frame: Frame,
    /// Where it is from: name and address.
    pub crumb: (String, String),
    /// What it is called.
    pub title: String,
    /// Beside the title.
    pub tags: Vec<Tag>,
    /// Links beside it.
    pub buttons: Vec<Button>,
    /// What can be done to it.
    pub acts: Vec<Act>,
    /// What is wrong with what was sent.
    pub problems: Vec<Problem>,
    /// What is known of it.
    pub facts: Vec<(String, Cell)>,
    /// What belongs to it.
    pub cards: Vec<Card>,
}

/// A field of a form.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// `text`, `email`, `tel`, `date`, `number`, `password`, `area`, `select`, `ticks`, `tick`, `heading` or `hidden`.
    pub kind: &'static str,
    /// The parameter, and the control's id.
    pub id: String,
    /// What it is.
    pub label: String,
    /// What stands in it.
    pub value: String,
    /// What there is to choose from.
    pub choices: Vec<Choice>,
    /// What to know about it.
    pub hint: String,
    /// What is wrong with it.
    pub error: String,
    /// Whether it may stay empty.
    pub optional: bool,
    /// What a browser may fill in.
    pub autocomplete: &'static str,
}

impl Field {
    /// A line of some kind.
    pub fn new(kind: &'static str, id: &str, label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { kind, id: id.to_owned(), label: label.into(), value: value.into(), autocomplete: "off", ..Self::default() }
    }
    /// A line of text.
    pub fn text(id: &str, label: impl Into<String>, value: impl Into<String>) -> Self {
        Self::new("text", id, label, value)
    }
    /// One of several.
    pub fn select(id: &str, label: impl Into<String>, choices: Vec<Choice>) -> Self {
        Self { choices, ..Self::new("select", id, label, "") }
    }
    /// Some of several.
    pub fn ticks(id: &str, label: impl Into<String>, choices: Vec<Choice>) -> Self {
        Self { choices, optional: true, ..Self::new("ticks", id, label, "") }
    }
    /// Yes or no.
    pub fn tick(id: &str, label: impl Into<String>, on: bool) -> Self {
        Self { optional: true, ..Self::new("tick", id, label, if on { "true" } else { "" }) }
    }
    /// Sent along.
    pub fn hidden(id: &str, value: impl Into<String>) -> Self {
        Self::new("hidden", id, "", value)
    }
    /// A title over the fields that follow.
    pub fn heading(text: impl Into<String>) -> Self {
        Self::new("heading", "", text, "")
    }
    /// Something that is never shown again.
    pub fn secret(id: &str, label: impl Into<String>) -> Self {
        Self { autocomplete: "new-password", ..Self::new("password", id, label, "") }
    }
    /// With what to know about it.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hint = text.into();
        self
    }
    /// It may stay empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

/// A form.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// Where it is posted.
    pub action: String,
    /// Its fields.
    pub fields: Vec<Field>,
    /// What its button says.
    pub submit: String,
    /// Where to go instead; empty for nowhere.
    pub cancel: String,
}

impl Form {
    /// Puts what is wrong at its fields.
    pub fn say(&mut self, problems: &[Problem]) {
        for field in &mut self.fields {
            if let Some(p) = problems.iter().find(|p| p.field == field.id) {
                field.error.clone_from(&p.text);
            }
        }
    }
}

/// A form with a page of its own.
#[derive(Template)]
#[template(path = "idp/admin/form.html")]
pub struct FormPage {
    /// The request's view.
    pub view: View,
    /// Around it.
    pub frame: Frame,
    /// Where it is from: name and address.
    pub crumb: (String, String),
    /// What it is for.
    pub title: String,
    /// A sentence about it.
    pub lead: String,
    /// What is wrong with what was sent.
    pub problems: Vec<Problem>,
    /// The form.
    pub form: Form,
}
