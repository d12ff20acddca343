//! What a field is, and what makes one unsound. Pure: no storage, no time.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Labels, ModuleError, fail};
use crate::contract::FieldKey;
use crate::crm::modules::value::{self, Context, Raw, Value};

/// Most options of a choice.
pub const MAX_OPTIONS: usize = 500;
/// Most characters of a text; a field can ask for less.
pub const MAX_TEXT: u32 = 2_000;
/// Most bytes of a long text, in UTF-8.
pub const MAX_LONG_TEXT: u32 = 64 * 1024;
/// Most media types of a file.
const MAX_TYPES: usize = 50;
/// Most digits after the decimal point.
const MAX_DECIMALS: u8 = 6;

/// What an option means at a glance; the page gives it a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// Nothing in particular.
    #[default]
    Neutral,
    /// Under way.
    Info,
    /// As it should be.
    Good,
    /// Needs a look.
    Caution,
    /// Gone wrong.
    Bad,
}

/// One option of a choice. Records keep the key; the label can change at any time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceOption {
    /// Stored in records.
    pub key: FieldKey,
    /// Shown.
    pub labels: Labels,
    /// Colour.
    #[serde(default)]
    pub meaning: Meaning,
}

/// ISO 4217 currency, upper case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(String);

impl Currency {
    /// The three letters.
    pub fn code(&self) -> &str {
        &self.0
    }
    /// Digits of the minor unit (ISO 4217, the currencies where it isn't two).
    pub fn decimals(&self) -> u8 {
        match self.0.as_str() {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV" | "XAF"
            | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            _ => 2,
        }
    }
}
impl TryFrom<String> for Currency {
    type Error = &'static str;
    fn try_from(s: String) -> Result<Self, Self::Error> {
        let ok = s.len() == 3 && s.bytes().all(|b| b.is_ascii_uppercase());
        if ok { Ok(Self(s)) } else { Err("a currency is three capital letters, such as EUR") }
    }
}
impl From<Currency> for String {
    fn from(c: Currency) -> Self {
        c.0
    }
}

/// The kind of a field: how values are checked, stored and compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FieldKind {
    /// One line.
    Text,
    /// Several lines, 64 KiB.
    LongText,
    /// An exact number, stored as an integer scaled by `decimals`.
    Number {
        /// Digits after the decimal point, 0 to 6.
        decimals: u8,
    },
    /// An amount, stored in minor units.
    Money {
        /// Of all values of the field.
        currency: Currency,
    },
    /// A day.
    Date,
    /// A moment, stored in UTC with milliseconds.
    DateTime,
    /// Yes or no.
    YesNo,
    /// One of the options.
    Choice {
        /// In the order shown.
        options: Vec<ChoiceOption>,
    },
    /// Any of the options.
    MultipleChoice {
        /// In the order shown.
        options: Vec<ChoiceOption>,
    },
    /// An e-mail address.
    Email,
    /// A phone number, stored in E.164.
    Phone,
    /// A web address, http or https.
    Url,
    /// A record of another module, by id.
    Lookup {
        /// That module.
        module: FieldKey,
    },
    /// A person of this installation, by his subject as the provider names him. Rules can ask whether he is the viewer.
    Person,
    /// A file. The value says what was stored; the bytes lie elsewhere.
    File {
        /// Most bytes; the installation's limit holds as well.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_size: Option<u64>,
        /// Media types that are taken, such as `application/pdf` or `image/*`; none means any. What a file is, its content says.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        types: Vec<String>,
    },
}

impl FieldKind {
    /// Whether it holds a file; the right to attach is what lets change it.
    pub const fn is_file(&self) -> bool {
        matches!(self, Self::File { .. })
    }
    /// Whether a list can be sorted by it. What is shown of a lookup or a person is kept elsewhere.
    pub const fn is_sortable(&self) -> bool {
        !matches!(self, Self::LongText | Self::MultipleChoice { .. } | Self::Lookup { .. } | Self::Person | Self::File { .. })
    }
}

/// A field of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name in records, rules and the API.
    pub key: FieldKey,
    /// Its kind, which never changes.
    pub kind: FieldKind,
    /// Shown.
    pub labels: Labels,
    /// Whether a record must have a value.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// Most characters (text) or bytes (long text).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// Whether the engine keeps an index on it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub indexed: bool,
    /// Value of a new record that is given none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<serde_json::Value>,
    /// Whether only rules that reveal masked fields show it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub masked: bool,
}

impl Field {
    /// The options of a choice; none for other kinds.
    pub fn options(&self) -> &[ChoiceOption] {
        match &self.kind {
            FieldKind::Choice { options } | FieldKind::MultipleChoice { options } => options,
            _ => &[],
        }
    }
    /// The option of this key.
    pub fn option(&self, key: &str) -> Option<&ChoiceOption> {
        self.options().iter().find(|o| o.key.as_str() == key)
    }
    /// Most characters of a text, most bytes of a long text.
    pub fn max_length(&self) -> u32 {
        let cap = if self.kind == FieldKind::LongText { MAX_LONG_TEXT } else { MAX_TEXT };
        self.max_length.unwrap_or(cap).min(cap)
    }
    /// Digits after the point of a number or an amount.
    pub fn decimals(&self) -> u8 {
        match &self.kind {
            FieldKind::Number { decimals } => *decimals,
            FieldKind::Money { currency } => currency.decimals(),
            _ => 0,
        }
    }
    /// The canonical value of the default, if there is one and it is right.
    pub fn default_value(&self, cx: &Context) -> Option<Value> {
        let raw = Raw::Json(self.default.clone()?);
        value::read(self, &raw, cx).ok().flatten()
    }

    pub(super) fn check(&self, path: &str) -> Result<(), ModuleError> {
        self.labels.check(path)?;
        let options = self.options();
        if options.len() > MAX_OPTIONS {
            return fail(path, "has more than 500 options");
        }
        let keys: BTreeSet<_> = options.iter().map(|o| &o.key).collect();
        if keys.len() != options.len() {
            return fail(path, "has two options of one key");
        }
        let is_choice = matches!(self.kind, FieldKind::Choice { .. } | FieldKind::MultipleChoice { .. });
        if is_choice && options.is_empty() {
            return fail(path, "is a choice without options");
        }
        for o in options {
            o.labels.check(&format!("{path}.options.{}", o.key))?;
        }
        if self.decimals() > MAX_DECIMALS {
            return fail(path, "has more than 6 decimals");
        }
        if self.max_length.is_some() && !matches!(self.kind, FieldKind::Text | FieldKind::LongText) {
            return fail(path, "max_length is for texts");
        }
        if self.max_length.is_some_and(|m| m == 0 || m != self.max_length()) {
            return fail(path, "max_length is 1 to 2000 characters, for a long text 1 to 65536 bytes");
        }
        if self.indexed && matches!(self.kind, FieldKind::LongText | FieldKind::MultipleChoice { .. } | FieldKind::File { .. }) {
            return fail(path, "a long text, multiple choice or file can't be indexed");
        }
        if self.default.is_some() && (self.kind == FieldKind::Person || self.kind.is_file()) {
            return fail(path, "a person or a file has no default");
        }
        if let FieldKind::File { max_size, types } = &self.kind {
            let named = |t: &String| t.split_once('/').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty()) && t.is_ascii();
            if *max_size == Some(0) || types.len() > MAX_TYPES || !types.iter().all(named) {
                return fail(path, "a file has a size above nothing and at most 50 media types such as application/pdf");
            }
        }
        if self.default.is_some() && self.default_value(&Context::neutral()).is_none() {
            return fail(path, "the default is not a value of the field");
        }
        Ok(())
    }

    /// Why `self` can't take the place of `before`: values already stored would be read as something else.
    pub(super) fn check_follows(&self, before: &Self, path: &str) -> Result<(), ModuleError> {
        let same = match (&self.kind, &before.kind) {
            (FieldKind::Choice { .. }, FieldKind::Choice { .. }) => true,
            (FieldKind::MultipleChoice { .. }, FieldKind::MultipleChoice { .. }) => true,
            (FieldKind::File { .. }, FieldKind::File { .. }) => true,
            (a, b) => a == b,
        };
        if same { Ok(()) } else { fail(path, "the kind of a field (with its decimals, currency or module) can't change") }
    }
}
