//! What a module is. Pure: no storage, no time.

mod field;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::contract::FieldKey;
pub use field::{ChoiceOption, Currency, Field, FieldKind, MAX_LONG_TEXT, MAX_OPTIONS, MAX_TEXT, Meaning};

/// Most fields in a module.
pub const MAX_FIELDS: usize = 200;
/// Most characters of a label.
const MAX_LABEL: usize = 120;

/// A name in the four languages that everything is shown in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// English.
    pub en: String,
    /// Dutch.
    pub nl: String,
    /// Polish.
    pub pl: String,
    /// Turkish.
    pub tr: String,
}

impl Labels {
    /// The name in the language of this code, English for any other.
    pub fn get(&self, code: &str) -> &str {
        match code {
            "nl" => &self.nl,
            "pl" => &self.pl,
            "tr" => &self.tr,
            _ => &self.en,
        }
    }
    pub(super) fn check(&self, path: &str) -> Result<(), ModuleError> {
        let all = [&self.en, &self.nl, &self.pl, &self.tr];
        let ok = all.iter().all(|l| !l.trim().is_empty() && l.chars().count() <= MAX_LABEL);
        if ok { Ok(()) } else { fail(path, "a label is missing or longer than 120 characters") }
    }
}

/// What a module means to the program, where that matters. Everything else about it is data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModuleRole {
    /// Companies and persons that business is done with; their records have dossiers.
    Relation,
    /// People at a relation, whom codes can be sent to.
    Contact,
    /// What is to be done or was done.
    Activity,
    /// Documents and files.
    Document,
}

/// A record type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// Its name in addresses, rules and the API.
    pub key: FieldKey,
    /// What it means to the program, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<ModuleRole>,
    /// Its name, many of it: Deliveries.
    pub labels: Labels,
    /// Its name, one of it: Delivery.
    pub singular: Labels,
    /// Symbol in the navigation.
    pub icon: FieldKey,
    /// The required text that a record is known by.
    pub title: FieldKey,
    /// The lookup that puts a record into a relation's dossier. A relation is in its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<FieldKey>,
    /// Of relations: the text by which files and other programs name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_key: Option<FieldKey>,
    /// Columns of the list, the title first.
    pub list: Vec<FieldKey>,
    /// All fields in the order of the form.
    pub fields: Vec<Field>,
    /// Counts the changes of the definition, from 1.
    #[serde(default)]
    pub version: i64,
}

/// What is wrong with a definition, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {why}")]
pub struct ModuleError {
    /// Such as `modules.quotes.fields.amount`.
    pub path: String,
    /// In words.
    pub why: String,
}

pub(super) fn fail<T>(path: &str, why: impl Into<String>) -> Result<T, ModuleError> {
    Err(ModuleError { path: path.to_owned(), why: why.into() })
}

impl Module {
    /// The field of this key.
    pub fn field(&self, key: &FieldKey) -> Option<&Field> {
        self.fields.iter().find(|f| f.key == *key)
    }

    /// Checks the definition by itself. Whether lookups lead anywhere is known to the catalogue.
    pub fn check(&self) -> Result<(), ModuleError> {
        let path = format!("modules.{}", self.key);
        self.labels.check(&path)?;
        self.singular.check(&path)?;
        if self.fields.is_empty() || self.fields.len() > MAX_FIELDS {
            return fail(&path, "a module has 1 to 200 fields");
        }
        let mut seen = BTreeSet::new();
        for f in &self.fields {
            let path = format!("{path}.fields.{}", f.key);
            if !seen.insert(&f.key) {
                return fail(&path, "is there twice");
            }
            f.check(&path)?;
        }
        if !self.field(&self.title).is_some_and(|f| f.kind == FieldKind::Text && f.required) {
            return fail(&path, "the title is a required field of kind text");
        }
        if self.field(&self.title).is_some_and(|f| f.masked) {
            return fail(&path, "the title, which a record is known by, can't be masked");
        }
        if let Some(bad) = self.list.iter().find(|k| self.field(k).is_none()) {
            return fail(&path, format!("list: there is no field {bad}"));
        }
        if self.list.first() != Some(&self.title) {
            return fail(&path, "list: the title is the first column");
        }
        if let Some(key) = &self.relation
            && !self.field(key).is_some_and(|f| matches!(f.kind, FieldKind::Lookup { .. }))
        {
            return fail(&path, "relation: names a lookup");
        }
        if let Some(key) = &self.external_key
            && !(self.role == Some(ModuleRole::Relation) && self.field(key).is_some_and(|f| f.kind == FieldKind::Text))
        {
            return fail(&path, "external_key: names a text, in a module of relations");
        }
        Ok(())
    }

    /// The definition that results from writing `self` over `before`: fields that only `before` has stay, at the end.
    pub fn over(mut self, before: Option<&Self>) -> Result<Self, ModuleError> {
        let Some(before) = before else {
            self.version = 1;
            return Ok(self);
        };
        for f in &before.fields {
            match self.field(&f.key) {
                Some(now) => now.check_follows(f, &format!("modules.{}.fields.{}", self.key, f.key))?,
                None => self.fields.push(f.clone()),
            }
        }
        self.version = before.version;
        if self != *before {
            self.version += 1;
        }
        Ok(self)
    }
}
