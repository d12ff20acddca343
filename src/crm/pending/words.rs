//! Values in words: for messages to customers and for the dialog. Owns no text; those are in `locales/` and in the modules.

use std::sync::Arc;

use crate::crm::modules::canonical::unscaled;
use crate::crm::modules::model::{Field, FieldKind, Module};
use crate::crm::modules::value::Value;
use crate::crm::pages::shown::called;
use crate::kernel::Env;
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::{Lang, View};

/// Characters of a text in a message.
const LINE: usize = 200;

/// A view for a text that is not part of a page, such as a message.
pub fn view(env: &Env, language: &str) -> View {
    let lang = Lang::from_code(language).unwrap_or(Lang::En);
    View { zone: env.settings.zone(), ..View::new(Arc::clone(&env.texts), lang, env.now()) }
}

/// A value as people read it. Where a lookup leads and whom a field names is not known here.
pub fn shown(view: &View, field: &Field, value: Option<&Value>) -> String {
    let lang = view.lang.code();
    let option = |key: &str| field.option(key).map_or_else(|| key.to_owned(), |o| o.labels.get(lang).to_owned());
    match (value, &field.kind) {
        (None, _) => view.t("value-none"),
        (Some(Value::Bool(true)), _) => view.t("value-yes"),
        (Some(Value::Bool(false)), _) => view.t("value-no"),
        (Some(Value::Int(n)), FieldKind::Money { currency }) => {
            format!("{} {}", currency.code(), view.number(unscaled(*n, field.decimals())))
        }
        (Some(Value::Int(n)), _) => view.number(unscaled(*n, field.decimals())),
        (Some(Value::Many(keys)), _) => keys.iter().map(|k| option(k)).collect::<Vec<_>>().join(", "),
        (Some(Value::Text(t)), FieldKind::Choice { .. }) => option(t),
        (Some(Value::Text(_)), FieldKind::Lookup { .. } | FieldKind::Person) => view.t("value-unknown"),
        (Some(Value::Text(t)), FieldKind::Date) => t.parse().map_or_else(|_| t.clone(), |d| view.civil_date(d)),
        (Some(Value::Text(t)), FieldKind::DateTime) => {
            t.parse::<jiff::Timestamp>().map_or_else(|_| t.clone(), |at| view.date_time(Timestamp(at.as_millisecond())))
        }
        (Some(Value::Text(t)), _) => t.clone(),
        (Some(Value::File(file)), _) => line(&file.name),
    }
}

/// Which record, such as `Delivery D-2038`.
pub fn record(view: &View, module: &Module, title: &str) -> String {
    line(&called(view, module, Some(title).filter(|t| !t.is_empty())))
}

/// One line of a message: nothing that would begin another, or turn the direction of what follows.
pub fn line(text: &str) -> String {
    let breaks =
        |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean: String = text.chars().map(|c| if breaks(c) { ' ' } else { c }).take(LINE).collect();
    if clean.trim().is_empty() { "–".to_owned() } else { clean.trim().to_owned() }
}
