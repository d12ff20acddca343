//! The form of a record: for a new one and for one that is there; shown again with what is wrong, and with both values
//! where somebody else was ahead.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;

use super::conflict::{self, Conflict};
use super::frame::{Desk, PageError};
use super::list::new_label;
use super::lookups;
use super::sent::Sent;
use super::shown::{self, address, called, label};
use super::wrong;
use crate::contract::FieldKey;
use crate::crm::files;
use crate::crm::modules::model::{Field, FieldKind, Module};
use crate::crm::modules::value::{FieldError, Value, to_json};
use crate::crm::records::seen::Seen;
use crate::crm::visibility::model::Right;
use crate::crm::visibility::sight::Sight;
use crate::kernel::pages::{Choice, NavItem, Page, Problem, View};

/// A field of the form.
#[derive(Default)]
pub struct Input {
    /// text, area, select, options, tick, typed, file.
    pub kind: &'static str,
    /// `f-<field>`; of a typed lookup `t-<field>`.
    pub id: String,
    /// The field's key.
    pub key: String,
    /// Its name.
    pub label: String,
    /// What it holds.
    pub value: String,
    /// The type of an input.
    pub input: &'static str,
    /// Which keyboard a phone shows.
    pub mode: &'static str,
    /// What there is to choose from.
    pub choices: Vec<Choice>,
    /// How to fill it in.
    pub hint: String,
    /// What is wrong.
    pub error: String,
    /// Whether a record must have it.
    pub required: bool,
    /// What the form showed: `was-` of a lookup, `tick-` of boxes. Of a file: the name of the upload that came already.
    pub shown: String,
    /// Of a lookup by title: the record now. Of a file: the upload that came already.
    pub now: String,
    /// Whether it is a lookup.
    pub lookup: bool,
    /// Of a file: whether it is to be taken away.
    pub away: bool,
}

/// The page.
#[derive(Template)]
#[template(path = "crm/form.html")]
pub struct FormPage {
    /// The request's view.
    pub view: View,
    /// The sections.
    pub nav: Vec<NavItem>,
    /// The module's list.
    pub list_href: String,
    /// The module.
    pub list_label: String,
    /// Above the form.
    pub heading: String,
    /// Where it goes.
    pub action: String,
    /// Where cancelling leads.
    pub cancel: String,
    /// The record; empty for a new one.
    pub id: String,
    /// The version that the form shows; 0 for a new one.
    pub version: i64,
    /// By which the same form counts once.
    pub key: String,
    /// The fields.
    pub inputs: Vec<Input>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Somebody was ahead.
    pub conflict: Option<Conflict>,
}

impl FormPage {
    /// Whether it is sent in parts.
    fn brings_files(&self) -> bool {
        self.inputs.iter().any(|i| i.kind == "file")
    }
}

/// What went wrong with a form that is shown again.
#[derive(Default)]
pub struct Again<'a> {
    /// The form as it came.
    pub sent: Option<&'a Sent>,
    /// What is wrong with fields.
    pub wrong: Vec<FieldError>,
    /// What is wrong with all of it, in words.
    pub whole: Vec<String>,
    /// Records that a typed title fits, by field.
    pub several: BTreeMap<FieldKey, Vec<Choice>>,
    /// Somebody was ahead: the fields' values now are to be shown beside the form's.
    pub conflict: bool,
}

/// What the form is of.
pub enum Subject<'a> {
    /// A new record.
    New(&'a Arc<Module>),
    /// This one.
    Record(&'a Seen),
}

impl Subject<'_> {
    fn module(&self) -> &Arc<Module> {
        match self {
            Self::New(m) => m,
            Self::Record(s) => s.module(),
        }
    }
    /// Whether the form has this field for the person.
    pub fn offers(&self, sight: &Sight, field: &Field) -> bool {
        match self {
            Self::New(_) => sight.creatable(&field.key) && (!field.kind.is_file() || sight.may_somewhere(Right::Attach)),
            Self::Record(seen) => seen.writable(&field.key),
        }
    }
}

/// Builds the page.
pub async fn load(desk: &mut Desk<'_>, subject: &Subject<'_>, again: Again<'_>) -> Result<FormPage, PageError> {
    let module = Arc::clone(subject.module());
    let sight = desk.reader.access.sight(&module.key).ok_or(PageError::NotFound)?;
    let mut inputs = Vec::new();
    for field in &module.fields {
        if subject.offers(&sight, field) {
            inputs.push(input(desk, subject, field, &again).await?);
        }
    }
    let problems = problems(&desk.view, &module, &again, &inputs);
    let conflict = match subject {
        Subject::Record(seen) if again.conflict => Some(conflict::load(desk, seen, again.sent).await?),
        _ => None,
    };
    let view = desk.view.clone();
    let list_href = format!("{}/m/{}", view.base, module.key);
    let (heading, action, cancel, id, version) = match subject {
        Subject::New(_) => (new_label(&view, &module), format!("{list_href}/new"), list_href.clone(), String::new(), 0),
        Subject::Record(seen) => {
            let page = address(&view, module.key.as_str(), seen.id());
            let heading = view.t1("crm-edit-title", "name", called(&view, &module, seen.title()));
            (heading, format!("{page}/edit"), page, seen.id().to_owned(), seen.version())
        }
    };
    Ok(FormPage {
        nav: desk.nav(module.key.as_str()),
        list_label: module.labels.get(view.lang.code()).to_owned(),
        list_href,
        heading,
        action,
        cancel,
        id,
        version,
        key: desk.crm.env.id(),
        inputs,
        problems,
        conflict,
        view,
    })
}

fn problems(view: &View, module: &Module, again: &Again<'_>, inputs: &[Input]) -> Vec<Problem> {
    let mut problems: Vec<Problem> =
        again.whole.iter().map(|text| Problem { field: String::new(), text: text.clone() }).collect();
    for e in &again.wrong {
        let words = wrong::words(view, e);
        let input = inputs.iter().find(|i| i.key == e.field.as_str());
        let name = module.field(&e.field).filter(|_| input.is_some()).map_or_else(|| e.field.to_string(), |f| label(view, f));
        let field = input.map(|i| i.id.clone()).unwrap_or_default();
        problems.push(Problem { field, text: format!("{name}: {words}") });
    }
    problems
}

/// The value as a control takes it.
fn plain(desk: &Desk<'_>, field: &Field, value: &Value) -> String {
    match (value, &field.kind) {
        (Value::Bool(b), _) => if *b { "yes" } else { "no" }.to_owned(),
        (Value::Text(t), FieldKind::DateTime) => {
            let at = t.parse::<jiff::Timestamp>().map(|at| at.to_zoned(desk.view.zone.clone()));
            at.map_or_else(|_| t.clone(), |z| z.strftime("%Y-%m-%dT%H:%M").to_string())
        }
        (v, _) => match to_json(field, v) {
            serde_json::Value::String(s) => s,
            other => other.to_string(),
        },
    }
}

/// What the control of a field holds: what was sent, else what the record has, else what a new one begins with.
fn held(desk: &Desk<'_>, subject: &Subject<'_>, field: &Field, sent: Option<&Sent>) -> Vec<String> {
    if let Some(sent) = sent.filter(|s| s.own("base_version").is_some() || !s.all(&field.key).is_empty()) {
        return sent.all(&field.key).to_vec();
    }
    let value = match subject {
        Subject::New(_) => field.default_value(&desk.crm.records.cx),
        Subject::Record(seen) => seen.value(&field.key).cloned(),
    };
    match value {
        None => Vec::new(),
        Some(Value::Many(keys)) => keys,
        Some(v) => vec![plain(desk, field, &v)],
    }
}

async fn input(desk: &mut Desk<'_>, subject: &Subject<'_>, field: &Field, again: &Again<'_>) -> Result<Input, PageError> {
    let values = held(desk, subject, field, again.sent);
    let value = values.first().cloned().unwrap_or_default();
    let error = again.wrong.iter().find(|e| e.field == field.key).map(|e| wrong::words(&desk.view, e)).unwrap_or_default();
    let mut input = Input {
        kind: "text",
        id: format!("f-{}", field.key),
        key: field.key.to_string(),
        label: label(&desk.view, field),
        value: value.clone(),
        input: "text",
        required: field.required,
        error,
        ..Input::default()
    };
    let lang = desk.view.lang.code();
    let options = || {
        field.options().iter().map(|o| Choice {
            value: o.key.to_string(),
            label: o.labels.get(lang).to_owned(),
            current: values.iter().any(|v| v == o.key.as_str()),
        })
    };
    match &field.kind {
        FieldKind::Text => {}
        FieldKind::LongText => input.kind = "area",
        FieldKind::Number { .. } | FieldKind::Money { .. } => {
            input.mode = "decimal";
            if let FieldKind::Money { currency } = &field.kind {
                input.hint = currency.code().to_owned();
            }
        }
        FieldKind::Date => input.input = "date",
        FieldKind::DateTime => input.input = "datetime-local",
        FieldKind::Email => input.input = "email",
        FieldKind::Phone => {
            input.input = "tel";
            input.hint = desk.view.t("form-phone-hint");
        }
        FieldKind::Url => input.input = "url",
        FieldKind::YesNo => {
            input.kind = "tick";
            let was = match subject {
                Subject::New(_) => "no",
                Subject::Record(s) if s.value(&field.key).is_none() => "blank",
                Subject::Record(_) => "no",
            };
            input.shown = was.to_owned();
        }
        FieldKind::Choice { .. } => {
            input.kind = "select";
            input.choices = options().collect();
            open_choice(&desk.view, &mut input);
        }
        FieldKind::MultipleChoice { .. } => {
            input.kind = "options";
            input.shown = "many".to_owned();
            input.choices = options().collect();
        }
        FieldKind::Lookup { .. } | FieldKind::Person => lookup(desk, subject, field, again, &mut input).await?,
        FieldKind::File { .. } => file(desk, subject, field, again.sent, &mut input).await?,
    }
    Ok(input)
}

/// A choice that must be made and isn't yet begins with nothing chosen, rather than with the first that comes.
fn open_choice(view: &View, input: &mut Input) {
    if input.required && !input.choices.iter().any(|c| c.current) {
        input.choices.insert(0, Choice { value: String::new(), label: view.t("form-choose-one"), current: true });
    }
}

/// A record or a person is chosen from a list where there are few, and by title or name where there are many.
async fn lookup(
    desk: &mut Desk<'_>,
    subject: &Subject<'_>,
    field: &Field,
    again: &Again<'_>,
    input: &mut Input,
) -> Result<(), PageError> {
    let own = match subject {
        Subject::New(_) => None,
        Subject::Record(s) => s.lookup(&field.key).map(|l| &l.id).or_else(|| s.person(&field.key).map(|p| &p.sub)),
    };
    input.lookup = true;
    input.shown = match (again.sent.and_then(|s| s.was(&field.key)), own) {
        (Some(was), _) => was.to_owned(),
        (None, Some(id)) => id.clone(),
        (None, None) => String::new(),
    };
    let found = match again.several.get(&field.key) {
        Some(choices) => Some(choices.clone()),
        None => lookups::choices(&mut desk.reader, field, Some(&input.value)).await?,
    };
    if let Some(choices) = found {
        input.kind = "select";
        input.choices = choices;
        open_choice(&desk.view, input);
        return Ok(());
    }
    input.kind = "typed";
    input.id = format!("t-{}", field.key);
    input.now = input.value.clone();
    input.hint = desk.view.t("form-lookup-hint");
    let typed = again.sent.and_then(|s| s.typed().find(|(k, _)| **k == field.key).map(|(_, t)| t.to_owned()));
    input.value = match (typed, input.now.is_empty()) {
        (Some(t), _) => t,
        (None, true) => String::new(),
        (None, false) => lookups::called(&mut desk.reader, field, &input.now).await?.unwrap_or_default(),
    };
    Ok(())
}

/// A file is chosen anew or left as it is. What came with a form that is shown again need not be chosen again.
async fn file(
    desk: &mut Desk<'_>,
    subject: &Subject<'_>,
    field: &Field,
    sent: Option<&Sent>,
    input: &mut Input,
) -> Result<(), PageError> {
    input.kind = "file";
    input.value = match subject {
        Subject::Record(seen) => seen.file(&field.key).map(|f| f.name.clone()).unwrap_or_default(),
        Subject::New(_) => String::new(),
    };
    input.away = sent.is_some_and(|s| s.takes_away(&field.key));
    let most = i64::try_from(files::model::most(&field.kind, desk.crm.files.max)).unwrap_or(i64::MAX);
    input.hint = desk.view.t1("form-file-hint", "max", shown::most(&desk.view, most));
    if let Some(id) = sent.and_then(|s| s.upload(&field.key))
        && let Some(file) = files::flow::uploaded(&mut desk.reader.tx, id, desk.caller.sub()).await?
    {
        (input.now, input.shown) = (file.id, file.name);
    }
    Ok(())
}

impl Page for FormPage {
    fn samples(view: View) -> Vec<Self> {
        super::samples::forms(&view)
    }
}
