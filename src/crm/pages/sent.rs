//! What a form sends. Owns the names: `f-<field>` is a value, `t-<field>` a typed title, `u-<field>` an uploaded file,
//! `x-<field>` takes a file away, `was-<field>` and `tick-<field>` say what the form showed; everything else is about the form
//! itself. Pure.

use std::collections::BTreeMap;

use super::frame::PageError;
use crate::contract::FieldKey;
use crate::crm::modules::model::{FieldKind, Module};
use crate::crm::modules::value::Raw;

/// Most names in a form.
const MAX_COUNT: usize = 1_000;
/// Longest value, in bytes; a long text has 64 KiB.
const MAX_VALUE: usize = 128 * 1024;

/// What stands before the key of a field.
const KINDS: [&str; 6] = ["f", "t", "was", "tick", "u", "x"];

/// A form as it came.
#[derive(Debug, Default)]
pub struct Sent {
    own: BTreeMap<String, String>,
    values: BTreeMap<FieldKey, Vec<String>>,
    typed: BTreeMap<FieldKey, String>,
    was: BTreeMap<FieldKey, String>,
    ticks: BTreeMap<FieldKey, String>,
    uploads: BTreeMap<FieldKey, String>,
    away: BTreeMap<FieldKey, String>,
}

impl Sent {
    /// Reads a form (or the address of one). A name that comes twice is refused, except that of a multiple choice.
    pub fn read(body: &[u8], module: &Module) -> Result<Self, PageError> {
        Self::collect(url::form_urlencoded::parse(body).map(|(n, v)| (n.into_owned(), v.into_owned())), module)
    }

    /// As [`Sent::read`], of names and values.
    pub fn collect(pairs: impl IntoIterator<Item = (String, String)>, module: &Module) -> Result<Self, PageError> {
        let mut sent = Self::default();
        for (n, (name, value)) in pairs.into_iter().enumerate() {
            if n >= MAX_COUNT || value.len() > MAX_VALUE || name.len() > 200 {
                return Err(PageError::TooLarge);
            }
            if name.contains('\u{fffd}') || value.contains(['\u{fffd}', '\0']) {
                return Err(PageError::Bad("bytes that are no text".to_owned()));
            }
            let (kind, rest) = name.split_once('-').unwrap_or(("", &name));
            let Some(key) = FieldKey::try_from(rest).ok().filter(|_| KINDS.contains(&kind)) else {
                once(sent.own.insert(name, value))?;
                continue;
            };
            match kind {
                "f" => {
                    let many = module.field(&key).is_some_and(|f| matches!(f.kind, FieldKind::MultipleChoice { .. }));
                    let values = sent.values.entry(key).or_default();
                    once((!many).then(|| values.first().cloned()).flatten())?;
                    values.push(value);
                }
                "t" => once(sent.typed.insert(key, value))?,
                "was" => once(sent.was.insert(key, value))?,
                "u" => once(sent.uploads.insert(key, value))?,
                "x" => once(sent.away.insert(key, value))?,
                _ => once(sent.ticks.insert(key, value))?,
            }
        }
        Ok(sent)
    }

    /// What the form says of itself.
    pub fn own(&self, name: &str) -> Option<&str> {
        self.own.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// The version that the form showed.
    pub fn version(&self) -> Result<i64, PageError> {
        let version = self.own("base_version").and_then(|v| v.parse().ok());
        version.ok_or_else(|| PageError::Bad("the form names no version".to_owned()))
    }

    /// Case 37: the path names the record. A form that names another one is refused, not obeyed.
    pub fn agrees(&self, id: &str) -> Result<(), PageError> {
        match self.own("id") {
            Some(named) if named != id => Err(PageError::Bad("path and form name different records".to_owned())),
            _ => Ok(()),
        }
    }

    /// The first value of a field, as text for showing the form again.
    pub fn text(&self, key: &FieldKey) -> Option<&str> {
        self.values.get(key).and_then(|v| v.first()).map(String::as_str)
    }
    /// All values of a field.
    pub fn all(&self, key: &FieldKey) -> &[String] {
        self.values.get(key).map_or(&[], Vec::as_slice)
    }
    /// The titles that were typed, by field.
    pub fn typed(&self) -> impl Iterator<Item = (&FieldKey, &str)> {
        self.typed.iter().map(|(k, v)| (k, v.trim()))
    }
    /// What a lookup led to when the form was shown.
    pub fn was(&self, key: &FieldKey) -> Option<&str> {
        self.was.get(key).map(String::as_str)
    }
    /// Puts a record in the place of a title that was typed.
    pub fn settle(&mut self, key: &FieldKey, id: String) {
        self.values.insert(key.clone(), vec![id]);
    }
    /// Whether a tick is set.
    pub fn ticked(&self, key: &FieldKey) -> bool {
        self.values.contains_key(key)
    }

    /// The upload that a field is to take.
    pub fn upload(&self, key: &FieldKey) -> Option<&str> {
        self.uploads.get(key).map(String::as_str).filter(|id| !id.is_empty())
    }
    /// Whether the file of a field is to be taken away.
    pub fn takes_away(&self, key: &FieldKey) -> bool {
        self.away.contains_key(key)
    }

    /// The values to set. It depends on the form alone, so that the same form sent twice is the same request.
    pub fn fields(&self) -> BTreeMap<FieldKey, Option<Raw>> {
        let mut fields = BTreeMap::new();
        for (key, values) in &self.values {
            // A lookup to a record that the person doesn't see shows nothing; a form that left it so must not clear it.
            let same = self.was.get(key).is_some_and(|was| values.first().is_some_and(|v| v == was));
            if !same {
                fields.insert(key.clone(), Some(Raw::Form(values.clone())));
            }
        }
        // A box that isn't ticked sends nothing; what the form showed tells a no from a box that was never there.
        for (key, shown) in self.ticks.iter().filter(|(k, _)| !self.values.contains_key(*k)) {
            match shown.as_str() {
                "many" => drop(fields.insert(key.clone(), None)),
                "blank" => {}
                _ => drop(fields.insert(key.clone(), Some(Raw::Form(vec!["no".to_owned()])))),
            }
        }
        fields.extend(self.away.keys().map(|key| (key.clone(), None)));
        // A file that is put in the place of another doesn't need the other taken away.
        for (key, id) in self.uploads.iter().filter(|(_, id)| !id.is_empty()) {
            fields.insert(key.clone(), Some(Raw::Json(serde_json::json!({"upload": id}))));
        }
        fields
    }
}

fn once(before: Option<String>) -> Result<(), PageError> {
    match before {
        None => Ok(()),
        Some(_) => Err(PageError::Bad("a name is given more than once".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::modules::preset::{CRM, Preset};

    fn module(key: &str) -> Module {
        let preset = Preset::read_whole(CRM).unwrap();
        preset.modules.into_iter().find(|m| m.key.as_str() == key).unwrap()
    }

    fn fields(module_key: &str, body: &str) -> String {
        let sent = Sent::read(body.as_bytes(), &module(module_key)).unwrap();
        serde_json::to_string(&sent.fields()).unwrap()
    }

    /// case 2
    #[test]
    fn only_a_multiple_choice_comes_more_than_once() {
        assert!(Sent::read(b"f-name=a&f-name=b", &module("contacts")).is_err());
        assert!(Sent::read(b"id=a&id=b", &module("contacts")).is_err());
        assert_eq!(fields("relations", "f-kind=customer&f-kind=supplier"), r#"{"kind":{"form":["customer","supplier"]}}"#);
    }

    #[test]
    fn a_box_that_is_not_ticked_says_no_and_one_that_was_not_there_says_nothing() {
        assert_eq!(fields("contacts", "tick-no_mailings=no"), r#"{"no_mailings":{"form":["no"]}}"#);
        assert_eq!(fields("contacts", "tick-no_mailings=blank"), "{}");
        assert_eq!(fields("contacts", "tick-no_mailings=no&f-no_mailings=yes"), r#"{"no_mailings":{"form":["yes"]}}"#);
        assert_eq!(fields("relations", "tick-kind=many"), r#"{"kind":null}"#);
    }

    /// case 33
    #[test]
    fn a_lookup_that_was_hidden_is_not_cleared_by_saving_the_form() {
        assert_eq!(fields("deliveries", "was-contact=&f-contact="), "{}");
        assert_eq!(fields("deliveries", "was-contact=abc&f-contact="), r#"{"contact":{"form":[""]}}"#);
    }

    /// P9
    #[test]
    fn a_file_is_put_in_by_its_upload_and_taken_away_by_a_tick() {
        assert_eq!(fields("documents", "u-file=&x-title="), r#"{"title":null}"#);
        assert_eq!(fields("documents", "u-file=ab12"), r#"{"file":{"json":{"upload":"ab12"}}}"#);
        assert_eq!(fields("documents", "x-file=yes&u-file=ab12"), r#"{"file":{"json":{"upload":"ab12"}}}"#);
        assert_eq!(fields("documents", "x-file=yes"), r#"{"file":null}"#);
    }

    /// case 37
    #[test]
    fn a_form_that_names_another_record_than_the_path_is_refused() {
        let sent = Sent::read(b"id=a", &module("contacts")).unwrap();
        assert!(sent.agrees("a").is_ok());
        assert!(sent.agrees("b").is_err());
    }
}
