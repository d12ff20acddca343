//! Values in words: dates, numbers, amounts, options and addresses as the page's language writes them. Pure.

use crate::crm::modules::canonical::unscaled;
use crate::crm::modules::model::{Field, FieldKind, Meaning, Module};
use crate::crm::modules::value::Value;
use crate::crm::records::seen::{ChangeSeen, LookedUp, Named, Seen};
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::View;

/// A small label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its colour: plain, info, good, wait, bad.
    pub kind: &'static str,
    /// What it says.
    pub text: String,
}

/// A value as a page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// How: empty for nothing, else text, lines, number, link, out (a link that leaves), file (to be saved), tags.
    pub kind: &'static str,
    /// What it says; of tags, all of them.
    pub text: String,
    /// Where a link goes.
    pub href: String,
    /// Options.
    pub tags: Vec<Tag>,
    /// What is to know beside it: of a file, its size.
    pub note: String,
}

impl Shown {
    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { kind: "text", text: text.into(), ..Self::default() }
    }
    fn link(kind: &'static str, href: String, text: &str) -> Self {
        Self { kind, text: text.to_owned(), href, ..Self::default() }
    }
    fn tags(field: &Field, keys: &[&str], view: &View) -> Self {
        let tag = |key: &&str| {
            field.option(key).map(|o| Tag { kind: kind(o.meaning), text: o.labels.get(view.lang.code()).to_owned() })
        };
        let tags: Vec<Tag> = keys.iter().filter_map(tag).collect();
        let text = tags.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(", ");
        Self { kind: "tags", text, tags, ..Self::default() }
    }
    /// Whether there is nothing to show.
    pub fn is_none(&self) -> bool {
        self.kind.is_empty()
    }
    /// Whether it stands at the right of its column, as numbers do.
    pub fn is_number(&self) -> bool {
        self.kind == "number"
    }
}

/// The colour of a meaning.
pub const fn kind(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Neutral => "plain",
        Meaning::Info => "info",
        Meaning::Good => "good",
        Meaning::Caution => "wait",
        Meaning::Bad => "bad",
    }
}

/// A field's label.
pub fn label(view: &View, field: &Field) -> String {
    field.labels.get(view.lang.code()).to_owned()
}

/// Where a record's page is.
pub fn address(view: &View, module: &str, id: &str) -> String {
    format!("{}/m/{module}/{id}", view.base)
}

/// The value of a field of a record.
pub fn of(view: &View, seen: &Seen, field: &Field) -> Shown {
    if let Some(file) = seen.file(&field.key) {
        let href = format!("{}/files/{}", address(view, seen.module().key.as_str(), seen.id()), field.key);
        return Shown { note: size(view, file.size), ..Shown::link("file", href, &file.name) };
    }
    match seen.person(&field.key) {
        Some(named) => person(view, named),
        None => shown(view, field, seen.value(&field.key), seen.lookup(&field.key)),
    }
}

/// The most that a file may have, in words. A limit that was set in MiB is said as that number of MB, which both ways of counting keep.
pub fn most(view: &View, bytes: i64) -> String {
    const MIB: i64 = 1 << 20;
    if bytes >= MIB && bytes % MIB == 0 {
        view.t1("value-megabytes", "number", view.number(bytes / MIB))
    } else {
        size(view, bytes)
    }
}

/// How many bytes, in words.
pub fn size(view: &View, bytes: i64) -> String {
    let tenths = |unit: i64| {
        let n = bytes.saturating_add(unit / 20) / (unit / 10);
        if n % 10 == 0 { view.number(n / 10) } else { view.number(unscaled(n, 1)) }
    };
    match bytes {
        ..1_000 => view.t1("value-bytes", "number", view.number(bytes)),
        1_000..1_000_000 => view.t1("value-kilobytes", "number", tenths(1_000)),
        _ => view.t1("value-megabytes", "number", tenths(1_000_000)),
    }
}

/// Someone by his name.
pub fn person(view: &View, named: &Named) -> Shown {
    Shown::text(named.name.clone().unwrap_or_else(|| view.t("value-unknown")))
}

/// A value; `target` is where a lookup leads. Of a person only the name is shown, which is not known here: see [`person`].
pub fn shown(view: &View, field: &Field, value: Option<&Value>, target: Option<&LookedUp>) -> Shown {
    let Some(value) = value else { return Shown::default() };
    match (value, &field.kind) {
        (Value::Bool(yes), _) => Shown::text(view.t(if *yes { "value-yes" } else { "value-no" })),
        (Value::Int(n), FieldKind::Money { currency }) => {
            let symbol = symbol(currency.code());
            let amount = view.number(unscaled(*n, field.decimals()));
            Shown { kind: "number", text: view.t2("value-money", "symbol", symbol, "amount", amount), ..Shown::default() }
        }
        (Value::Int(n), _) => Shown { kind: "number", text: view.number(unscaled(*n, field.decimals())), ..Shown::default() },
        (Value::Many(keys), _) => Shown::tags(field, &keys.iter().map(String::as_str).collect::<Vec<_>>(), view),
        (Value::Text(t), kind) => text(view, field, kind, t, target),
        // Where it can be had depends on the record: see [`of`].
        (Value::File(file), _) => Shown::text(file.name.clone()),
    }
}

fn text(view: &View, field: &Field, kind: &FieldKind, t: &str, target: Option<&LookedUp>) -> Shown {
    match kind {
        FieldKind::Choice { .. } => Shown::tags(field, &[t], view),
        FieldKind::LongText => Shown { kind: "lines", text: t.to_owned(), ..Shown::default() },
        FieldKind::Date => Shown::text(t.parse().map_or_else(|_| t.to_owned(), |d| view.civil_date(d))),
        FieldKind::DateTime => {
            let at = t.parse::<jiff::Timestamp>().map(|at| view.date_time(Timestamp(at.as_millisecond())));
            Shown::text(at.unwrap_or_else(|_| t.to_owned()))
        }
        FieldKind::Email => Shown::link("link", format!("mailto:{t}"), t),
        FieldKind::Phone => Shown::link("link", format!("tel:{t}"), t),
        // Only http and https get past the gate; a link is made of nothing else all the same.
        FieldKind::Url if t.starts_with("https://") || t.starts_with("http://") => Shown::link("out", t.to_owned(), t),
        FieldKind::Lookup { module } => match target {
            Some(l) => {
                let title = l.title.clone().unwrap_or_else(|| view.t("crm-untitled"));
                Shown::link("link", address(view, module.as_str(), &l.id), &title)
            }
            None => Shown::default(),
        },
        FieldKind::Person => Shown::text(view.t("value-unknown")),
        _ => Shown::text(t),
    }
}

fn symbol(code: &str) -> String {
    match code {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "PLN" => "zł",
        "TRY" => "₺",
        other => other,
    }
    .to_owned()
}

/// What a change made of a value, in words; empty text for no value.
pub fn moved(view: &View, module: &Module, change: &ChangeSeen) -> Option<(String, String, String)> {
    let field = module.field(&change.field)?;
    let text = |v: &Option<Value>, l: &Option<LookedUp>, p: &Option<Named>| match p {
        Some(named) => person(view, named).text,
        None => shown(view, field, v.as_ref(), l.as_ref()).text,
    };
    let from = text(&change.from, &change.from_record, &change.from_person);
    Some((label(view, field), from, text(&change.to, &change.to_record, &change.to_person)))
}

/// What a record is called on a page: its title, with the kind of record before a mere number.
pub fn called(view: &View, module: &Module, title: Option<&str>) -> String {
    let singular = module.singular.get(view.lang.code());
    match title {
        Some(t) if module.title.as_str() == "number" => format!("{singular} {t}"),
        Some(t) => t.to_owned(),
        None => singular.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::modules::preset::{CRM, Preset};
    use crate::kernel::pages::{Lang, Texts};

    fn written(lang: Lang, module: &str, field: &str, value: Value) -> Shown {
        let preset = Preset::read_whole(CRM).unwrap();
        let module = preset.modules.into_iter().find(|m| m.key.as_str() == module).unwrap();
        let view = View::new(Texts::load().unwrap(), lang, Timestamp(0));
        shown(&view, module.field(&field.try_into().unwrap()).unwrap(), Some(&value), None)
    }

    /// S8
    #[test]
    fn values_are_written_as_each_language_does() {
        let amounts = Lang::ALL.map(|l| written(l, "quotes", "amount", Value::Int(123_450)).text);
        assert_eq!(amounts, ["€1,234.50", "€\u{a0}1.234,50", "1234,50\u{a0}€", "€1.234,50"]);
        let days = Lang::ALL.map(|l| written(l, "quotes", "valid_until", Value::Text("2026-11-22".into())).text);
        assert_eq!(days, ["22 Nov 2026", "22 nov 2026", "22 lis 2026", "22 Kas 2026"]);
        let status = written(Lang::Pl, "deliveries", "status", Value::Text("delivered".into()));
        assert_eq!((status.text.as_str(), status.tags[0].kind), ("Dostarczona", "good"));
    }

    /// case 33
    #[test]
    fn a_lookup_without_a_visible_target_shows_nothing() {
        assert!(written(Lang::En, "deliveries", "relation", Value::Text("some-id".into())).is_none());
    }
}
