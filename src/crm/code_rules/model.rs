//! What a code rule is. Pure.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::eval;
use crate::contract::FieldKey;
use crate::contract::challenge::{Channel, CodeSpec, Limits};
use crate::crm::modules::model::{Field, FieldKind, Labels, Module, ModuleError};
use crate::crm::modules::value::{Context, Raw, Value, read};
use crate::crm::records::model::{State, Status};
use crate::crm::visibility::model::Tree;
use crate::crm::visibility::predicate::prepare_values;
use crate::crm::visibility::sight::Viewer;

/// Longest description, in characters.
const MAX_DESCRIPTION: usize = 1_000;
/// Longest time that a contact point may be blocked for after a change, in hours: 30 days.
const MAX_HOLD: u32 = 720;

/// What a change must do to the record for the rule to ask. With neither value: any change of the field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// The field.
    pub field: FieldKey,
    /// Only when it had this value, in the API's form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Json>,
    /// Only when it gets this value; a record made with it counts too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Json>,
}

/// The contact point that the code goes to: a field of the record, or a field of the record that one of its lookups leads
/// to. Written `email` or `contact.email`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContactPath {
    /// The lookup, if there is one on the way.
    pub lookup: Option<FieldKey>,
    /// The field with the address or number.
    pub field: FieldKey,
}

impl TryFrom<String> for ContactPath {
    type Error = &'static str;
    fn try_from(s: String) -> Result<Self, Self::Error> {
        match s.split_once('.') {
            None => Ok(Self { lookup: None, field: s.try_into()? }),
            Some((lookup, field)) => Ok(Self { lookup: Some(lookup.try_into()?), field: field.try_into()? }),
        }
    }
}
impl From<ContactPath> for String {
    fn from(p: ContactPath) -> Self {
        match p.lookup {
            None => p.field.into(),
            Some(lookup) => format!("{lookup}.{}", p.field),
        }
    }
}

/// A code rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeRule {
    /// Its name in receipts and the API; unique.
    pub key: FieldKey,
    /// The module whose records it is for.
    pub module: FieldKey,
    /// What people call it.
    pub labels: Labels,
    /// Why there is such a rule.
    #[serde(default)]
    pub description: String,
    /// Whether it asks.
    #[serde(default = "yes")]
    pub active: bool,
    /// Which change it asks for.
    pub trigger: Trigger,
    /// For which records, as they would be after the change.
    #[serde(default = "every")]
    pub filter: Tree,
    /// What the code looks like and how long it counts.
    pub code: CodeSpec,
    /// How often it may be tried and sent.
    pub limits: Limits,
    /// How many codes there may be for one record and one person in all, which no window resets.
    #[serde(default = "twenty")]
    pub lifetime_challenges: u32,
    /// How it travels.
    pub channel: Channel,
    /// Where it goes.
    pub recipient: ContactPath,
    /// For so many hours after the acting person changed the contact point, no code of his goes there.
    #[serde(default = "a_day")]
    pub recipient_hold_hours: u32,
    /// The message's language where the contact has none of its own: `en`, `nl`, `pl` or `tr`.
    #[serde(default = "english")]
    pub language: String,
    /// Who holds one of these roles is not asked; each use is in the audit log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exempt_roles: Vec<FieldKey>,
}

const fn yes() -> bool {
    true
}
const fn every() -> Tree {
    Tree::All
}
const fn twenty() -> u32 {
    20
}
const fn a_day() -> u32 {
    24
}
fn english() -> String {
    "en".into()
}

fn fail<T>(path: &str, why: impl Into<String>) -> Result<T, ModuleError> {
    Err(ModuleError { path: path.to_owned(), why: why.into() })
}

impl CodeRule {
    /// Checks the rule against the modules that there are.
    pub fn check(&self, modules: &[Module]) -> Result<(), ModuleError> {
        let path = format!("code_rules.{}", self.key);
        self.check_numbers(&path)?;
        let Some(module) = modules.iter().find(|m| m.key == self.module) else {
            return fail(&path, format!("there is no module {}", self.module));
        };
        let Some(field) = module.field(&self.trigger.field) else {
            return fail(&path, format!("trigger: there is no field {}", self.trigger.field));
        };
        for value in [&self.trigger.from, &self.trigger.to].into_iter().flatten() {
            if wanted(field, value).is_none() {
                return fail(&path, format!("trigger: {value} is no value of {}", field.key));
            }
        }
        if let Err(e) = prepare_values(&self.filter, module, &Context::neutral()) {
            return fail(&path, format!("filter: {e}"));
        }
        self.check_recipient(&path, module, modules)
    }

    fn check_numbers(&self, path: &str) -> Result<(), ModuleError> {
        let labels = &self.labels;
        let named = [&labels.en, &labels.nl, &labels.pl, &labels.tr].into_iter().all(|l| !l.trim().is_empty() && l.len() <= 200);
        let (code, limits) = (&self.code, &self.limits);
        let window = |w: Option<u32>| w.is_none_or(|w| (60..=604_800).contains(&w));
        let bounds = [
            (named, "labels: each language has one"),
            (self.description.chars().count() <= MAX_DESCRIPTION, "description: at most 1000 characters"),
            ((4..=12).contains(&code.length), "code.length: 4 to 12"),
            ((30..=86_400).contains(&code.validity_seconds), "code.validity_seconds: 30 to 86400"),
            ((1..=20).contains(&limits.max_attempts), "limits.max_attempts: 1 to 20"),
            (window(limits.attempts_window_seconds), "limits.attempts_window_seconds: 60 to 604800, or absent"),
            ((1..=1_000).contains(&limits.lifetime_attempts), "limits.lifetime_attempts: 1 to 1000"),
            (limits.max_resends <= 20, "limits.max_resends: 0 to 20"),
            (window(limits.resends_window_seconds), "limits.resends_window_seconds: 60 to 604800, or absent"),
            (limits.resend_pause_seconds <= 3_600, "limits.resend_pause_seconds: 0 to 3600"),
            ((1..=1_000).contains(&self.lifetime_challenges), "lifetime_challenges: 1 to 1000"),
            (self.recipient_hold_hours <= MAX_HOLD, "recipient_hold_hours: 0 to 720"),
            (["en", "nl", "pl", "tr"].contains(&self.language.as_str()), "language: en, nl, pl or tr"),
        ];
        bounds.iter().find(|(fits, _)| !fits).map_or(Ok(()), |(_, why)| fail(path, *why))
    }

    fn check_recipient(&self, path: &str, module: &Module, modules: &[Module]) -> Result<(), ModuleError> {
        let holder = match &self.recipient.lookup {
            None => Some(module),
            Some(lookup) => match module.field(lookup).map(|f| &f.kind) {
                Some(FieldKind::Lookup { module: target }) => modules.iter().find(|m| m.key == *target),
                _ => return fail(path, format!("recipient: {lookup} is no lookup of {}", module.key)),
            },
        };
        let kind = holder.and_then(|m| m.field(&self.recipient.field)).map(|f| &f.kind);
        match (self.channel, kind) {
            (Channel::Mail, Some(FieldKind::Email)) | (Channel::Sms, Some(FieldKind::Phone)) => Ok(()),
            _ => fail(path, "recipient: leads to an e-mail field for mail, to a phone field for sms"),
        }
    }

    /// Whether the change by `by` from `before` (nothing for a new record) to `after` is one that the rule asks for. What of
    /// the rule can no longer be understood, since the module has changed, asks rather than lets pass.
    pub fn asks(&self, module: &Module, before: Option<&State>, after: &State, by: &Viewer) -> bool {
        if after.status != Status::Active {
            return false;
        }
        let fits = |state: &State| self.fits(module, state, by);
        if self.triggered(module, before, after) {
            // A rule about every change of a field asks also where the change itself leads out of its filter.
            return fits(after) || (self.trigger.to.is_none() && before.is_some_and(fits));
        }
        // The protected state is the value and the filter together: it can be reached by the filter's fields, too.
        let protected = |state: &State| self.is_at_goal(module, state) && fits(state);
        self.trigger.from.is_none() && protected(after) && !before.is_some_and(protected)
    }

    /// Whether the field has the value that the rule protects.
    fn is_at_goal(&self, module: &Module, state: &State) -> bool {
        let (Some(field), Some(to)) = (module.field(&self.trigger.field), &self.trigger.to) else { return false };
        wanted(field, to).is_none_or(|w| state.fields.get(&field.key) == Some(&w))
    }

    fn triggered(&self, module: &Module, before: Option<&State>, after: &State) -> bool {
        let Some(field) = module.field(&self.trigger.field) else { return false };
        let (was, is) = (before.and_then(|b| b.fields.get(&field.key)), after.fields.get(&field.key));
        let given = |value: &Option<Json>, have: Option<&Value>| match value {
            None => true,
            Some(v) => wanted(field, v).is_none_or(|w| Some(&w) == have),
        };
        was != is && given(&self.trigger.from, was) && given(&self.trigger.to, is)
    }

    fn fits(&self, module: &Module, after: &State, by: &Viewer) -> bool {
        prepare_values(&self.filter, module, &Context::neutral()).map_or(true, |p| eval::holds(&p, module, after, by))
    }
}

fn wanted(field: &Field, json: &Json) -> Option<Value> {
    read(field, &Raw::Json(json.clone()), &Context::neutral()).ok().flatten()
}
