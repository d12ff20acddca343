//! Values: how what a page, a file or the API gives becomes the one stored form, and how it is shown again. Pure.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::canonical;
use super::fold::fold;
use super::model::{Field, FieldKind};
use crate::contract::FieldKey;

/// A stored value. Which variant a field has is settled by its kind:
/// texts, days, moments, addresses, choices and ids are `Text`, numbers and amounts scaled integers (`Int`), yes/no `Bool`,
/// multiple choices `Many` in the order of the options, files `File`. What is blank is absent, never an empty value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// Scaled by the field's decimals.
    Int(i64),
    /// Keys of options, never empty.
    Many(Vec<String>),
    /// Everything else, never empty.
    Text(String),
    /// A file.
    File(Attached),
}

/// By the form that it has in JSON. A page of a list reads hundreds: trying each variant in turn, as is derived, makes an error for each
/// that it is not.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Form)
    }
}

struct Form;

impl<'de> Visitor<'de> for Form {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a stored value")
    }
    fn visit_bool<E: de::Error>(self, yes: bool) -> Result<Value, E> {
        Ok(Value::Bool(yes))
    }
    fn visit_i64<E: de::Error>(self, n: i64) -> Result<Value, E> {
        Ok(Value::Int(n))
    }
    fn visit_u64<E: de::Error>(self, n: u64) -> Result<Value, E> {
        i64::try_from(n).map(Value::Int).map_err(|_| E::invalid_value(de::Unexpected::Unsigned(n), &self))
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }
    fn visit_string<E: de::Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, options: A) -> Result<Value, A::Error> {
        Deserialize::deserialize(SeqAccessDeserializer::new(options)).map(Value::Many)
    }
    fn visit_map<A: MapAccess<'de>>(self, file: A) -> Result<Value, A::Error> {
        Deserialize::deserialize(MapAccessDeserializer::new(file)).map(Value::File)
    }
}

/// A file that a record holds: what was found out when its bytes came (`files`). It gives nobody the bytes; those are asked
/// for by record and field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    /// By which its bytes are found.
    pub id: String,
    /// For showing.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// Media type, by its content.
    #[serde(rename = "type")]
    pub media: String,
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: String,
}

/// The values of a record; an absent field has no entry.
pub type Fields = BTreeMap<FieldKey, Value>;

/// A value as it was given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Raw {
    /// By the API; null is absent.
    Json(serde_json::Value),
    /// By a form: all values of that name.
    Form(Vec<String>),
}

impl From<&str> for Raw {
    fn from(s: &str) -> Self {
        Self::Json(s.into())
    }
}

/// What reading a value needs to know of the installation.
#[derive(Clone, Debug)]
pub struct Context {
    /// ISO 3166 region of phone numbers without a country code, such as `NL`.
    pub region: String,
    /// Zone of moments given without an offset.
    pub zone: TimeZone,
}

impl Context {
    /// No region, UTC: for checking what doesn't depend on either.
    pub fn neutral() -> Self {
        Self { region: String::new(), zone: TimeZone::UTC }
    }
}

/// Why a value was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Stable; also the key of the text in `locales/`.
    pub code: &'static str,
    /// The limit that was passed, if that is what happened.
    pub limit: Option<i64>,
}

pub(super) fn fault<T>(code: &'static str) -> Result<T, Fault> {
    Err(Fault { code, limit: None })
}

/// A [`Fault`] with its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field.
    pub field: FieldKey,
    /// Stable; also the key of the text in `locales/`.
    pub code: &'static str,
    /// The limit that was passed, if that is what happened.
    pub limit: Option<i64>,
}

/// A given value, freed from where it came from.
enum Given {
    Absent,
    Bool(bool),
    Number(String),
    Text(String),
    Many(Vec<String>),
}

fn given(raw: &Raw) -> Result<Given, Fault> {
    use serde_json::Value as Json;
    Ok(match raw {
        Raw::Json(Json::Null) => Given::Absent,
        Raw::Json(Json::Bool(b)) => Given::Bool(*b),
        Raw::Json(Json::Number(n)) => Given::Number(n.to_string()),
        Raw::Json(Json::String(s)) => Given::Text(s.clone()),
        Raw::Json(Json::Array(items)) => {
            let texts: Option<Vec<_>> = items.iter().map(|i| i.as_str().map(str::to_owned)).collect();
            Given::Many(texts.ok_or(Fault { code: "field-wrong-type", limit: None })?)
        }
        Raw::Json(Json::Object(_)) => return fault("field-wrong-type"),
        Raw::Form(v) => match v.as_slice() {
            [] => Given::Absent,
            [one] => Given::Text(one.clone()),
            many => Given::Many(many.to_vec()),
        },
    })
}

/// The canonical value of what was given for a field; `None` is absent. Does not look at `required`, nor whether a lookup's
/// record or a person exists.
pub fn read(field: &Field, raw: &Raw, cx: &Context) -> Result<Option<Value>, Fault> {
    if field.kind.is_file() {
        return file(raw);
    }
    let given = given(raw)?;
    let blank = match &given {
        Given::Absent => true,
        Given::Text(t) => t.trim().is_empty(),
        Given::Many(m) => m.iter().all(|t| t.trim().is_empty()),
        Given::Bool(_) | Given::Number(_) => false,
    };
    if blank {
        return Ok(None);
    }
    if let FieldKind::MultipleChoice { .. } = &field.kind {
        return many(field, given).map(Some);
    }
    let text = match (given, &field.kind) {
        (Given::Bool(b), FieldKind::YesNo) => return Ok(Some(Value::Bool(b))),
        (Given::Number(n), FieldKind::Number { .. } | FieldKind::Money { .. }) => n,
        (Given::Text(t), _) => t,
        _ => return fault("field-wrong-type"),
    };
    let value = match &field.kind {
        FieldKind::Text => Value::Text(canonical::line(&text, field.max_length())?),
        FieldKind::LongText => Value::Text(canonical::lines(&text, field.max_length())?),
        FieldKind::Number { .. } | FieldKind::Money { .. } => Value::Int(canonical::scaled(&text, field.decimals())?),
        FieldKind::Date => Value::Text(canonical::date(&text)?),
        FieldKind::DateTime => Value::Text(canonical::date_time(&text, cx)?),
        FieldKind::YesNo => Value::Bool(yes_no(&text)?),
        FieldKind::Choice { .. } => Value::Text(option(field, &text)?),
        FieldKind::Email => Value::Text(canonical::email(&text)?),
        FieldKind::Phone => Value::Text(canonical::phone(&text, cx)?),
        FieldKind::Url => Value::Text(canonical::url(&text)?),
        FieldKind::Lookup { .. } => Value::Text(canonical::id(&text)?),
        FieldKind::Person => Value::Text(canonical::person(&text)?),
        FieldKind::MultipleChoice { .. } | FieldKind::File { .. } => return fault("field-wrong-type"),
    };
    Ok(Some(value).filter(|v| *v != Value::Text(String::new())))
}

/// What is said of a file, by its shape only; whether it was stored, and by whom, is asked where it is written.
fn file(raw: &Raw) -> Result<Option<Value>, Fault> {
    let attached = match raw {
        Raw::Json(serde_json::Value::Null) => return Ok(None),
        Raw::Json(json) => serde_json::from_value::<Attached>(json.clone()).ok(),
        Raw::Form(texts) if texts.iter().all(String::is_empty) => return Ok(None),
        Raw::Form(_) => None,
    };
    let attached = attached.filter(|a| canonical::id(&a.id).as_ref() == Ok(&a.id));
    attached.map(|a| Some(Value::File(a))).ok_or(Fault { code: "field-not-an-upload", limit: None })
}

fn option(field: &Field, text: &str) -> Result<String, Fault> {
    let found = field.option(text.trim()).map(|o| o.key.to_string());
    found.ok_or(Fault { code: "field-not-an-option", limit: None })
}

fn yes_no(text: &str) -> Result<bool, Fault> {
    match text.trim() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => fault("field-not-yes-no"),
    }
}

fn many(field: &Field, given: Given) -> Result<Value, Fault> {
    let texts = match given {
        Given::Text(t) => vec![t],
        Given::Many(m) => m,
        _ => return fault("field-wrong-type"),
    };
    let mut chosen = Vec::new();
    for t in texts.iter().filter(|t| !t.trim().is_empty()) {
        chosen.push(option(field, t)?);
    }
    let keys = field.options().iter().map(|o| o.key.as_str());
    Ok(Value::Many(keys.filter(|k| chosen.iter().any(|c| c == k)).map(str::to_owned).collect()))
}

/// The form of a value that comparing needs beside the value: folded text, or the keys of a multiple choice between bars
/// (`|a|b|`). `None` for kinds that compare as they are.
pub fn comparable(field: &Field, value: &Value) -> Option<String> {
    match (&field.kind, value) {
        (FieldKind::Text | FieldKind::LongText | FieldKind::Email | FieldKind::Url, Value::Text(t)) => Some(fold(t)),
        (FieldKind::MultipleChoice { .. }, Value::Many(keys)) => Some(format!("|{}|", keys.join("|"))),
        _ => None,
    }
}

/// The value as the API gives it: numbers and amounts as decimal text, so that no reader rounds them.
pub fn to_json(field: &Field, value: &Value) -> serde_json::Value {
    match value {
        Value::Bool(b) => (*b).into(),
        Value::Int(n) => canonical::unscaled(*n, field.decimals()).into(),
        Value::Many(keys) => keys.clone().into(),
        Value::Text(t) => t.clone().into(),
        Value::File(a) => serde_json::to_value(a).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_again_and_nothing_else_is_a_value() {
        let file =
            Attached { id: "f".into(), name: "n.pdf".into(), size: 3, media: "application/pdf".into(), sha256: "00".into() };
        let all = [
            Value::Bool(true),
            Value::Int(i64::MIN),
            Value::Int(i64::MAX),
            Value::Many(vec!["a".into(), "b".into()]),
            Value::Text("ğ \" \\ ł".into()),
            Value::File(file),
        ];
        for value in all {
            let text = serde_json::to_string(&value).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value, "{text}");
            assert_eq!(serde_json::from_value::<Value>(serde_json::to_value(&value).unwrap()).unwrap(), value, "{text}");
        }
        for text in ["null", "1.5", "9223372036854775808", "[1]", "[[\"a\"]]", "{}", "{\"id\":\"f\"}"] {
            assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
        }
    }
}
