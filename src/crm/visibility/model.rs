//! The rule language as written and stored. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use super::path::FieldPath;
use crate::contract::{Assurance, FieldKey, GrantLevel};

/// Most rules in a role or portal.
pub const MAX_RULES: usize = 200;

/// What may be done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Read it.
    See,
    /// Make it.
    Create,
    /// Change it.
    Change,
    /// Put it away.
    Delete,
    /// Add and remove attachments.
    Attach,
    /// Read its earlier versions.
    History,
    /// Restrict it to those linked to it, or open it.
    Manage,
}

/// What a rule reveals of a field. The order is that of strength.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Not there.
    #[default]
    Hidden,
    /// Shown.
    Read,
    /// Shown, and changed where the rule has the right to change.
    Write,
}

/// The fields of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct FieldLevels {
    /// Of every field not named.
    #[serde(default)]
    pub default: Level,
    /// Of the named ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub named: BTreeMap<FieldKey, Level>,
}

impl FieldLevels {
    /// What is revealed of this field.
    pub fn of(&self, field: &FieldKey) -> Level {
        self.named.get(field).copied().unwrap_or(self.default)
    }
}

/// How a value is compared. A comparison with an absent value is false; `empty` asks for absence itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// Equal; texts by their folded form.
    Is,
    /// There, and not equal.
    IsNot,
    /// Text contains.
    Contains,
    /// Text starts with.
    Starts,
    /// Absent.
    Empty,
    /// There.
    NotEmpty,
    /// Less, earlier.
    Less,
    /// Less or equal.
    AtMost,
    /// More, later.
    More,
    /// More or equal.
    AtLeast,
    /// One of; of a multiple choice: any in common.
    Any,
    /// Of a multiple choice: all of these are among its values.
    All,
    /// There, and none of these.
    None,
}

/// A field of the record against a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueLeaf {
    /// The field, of the record or of one that its lookups lead to: `relation.city`.
    pub field: FieldPath,
    /// How.
    pub operator: Operator,
    /// With what: as the API gives values, a list for `any`, `all` and `none`, nothing for `empty` and `not_empty`, and for
    /// a date also `{"today": n}`, n days after today in the organisation's zone, for a person also `{"me": true}`, who asks.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub value: serde_json::Value,
}

/// He holds a grant on the relation that a path leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantedLeaf {
    /// To the relation; empty for the one whose dossier the record is in.
    #[serde(default, skip_serializing_if = "FieldPath::is_empty")]
    pub path: FieldPath,
    /// The least level. A participant's grant opens only items that name him, also where this is `participant`.
    pub least: GrantLevel,
}

/// A lookup leads to the record that he is in the portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookupLeaf {
    /// To a record of the portal's primary module; empty for the record itself.
    #[serde(default, skip_serializing_if = "FieldPath::is_empty")]
    pub path: FieldPath,
}

/// How a field is held against a field of his own record. Either side may have several values; one value counts as a set
/// of one. Without a value on either side it is false.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchOperator {
    /// The same values.
    Equal,
    /// At least one in common.
    Any,
    /// All that his record has are among those of the record.
    All,
}

/// A field of the record against a field of the record that he is in the portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchLeaf {
    /// Of the record; empty for the record itself, by its id.
    pub field: FieldPath,
    /// How.
    pub operator: MatchOperator,
    /// Of his record; empty for his record itself.
    pub mine: FieldPath,
}

/// He signed in at least this strongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssuranceLeaf {
    /// Weakest that is enough.
    #[serde(with = "super::path::strength")]
    pub least: Assurance,
}

/// A tree of leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tree {
    /// Every record of the module.
    All,
    /// Every one of these; true of none.
    And(Vec<Tree>),
    /// At least one of these; false of none.
    Or(Vec<Tree>),
    /// The opposite.
    Not(Box<Tree>),
    /// A comparison with a value.
    Value(ValueLeaf),
    /// A grant on its relation.
    Granted(GrantedLeaf),
    /// The record names him: one of its lookups leads to a record that he is, or a field of it holds him as a person.
    NamesMe,
    /// It belongs to the record that he is.
    Lookup(LookupLeaf),
    /// A comparison with the record that he is.
    Match(MatchLeaf),
    /// How he signed in.
    Assurance(AssuranceLeaf),
}

impl Tree {
    /// `field is value`.
    pub fn is(field: impl Into<FieldPath>, value: impl Into<serde_json::Value>) -> Self {
        Self::Value(ValueLeaf { field: field.into(), operator: Operator::Is, value: value.into() })
    }
    /// The strengths of sign-in that leaves of it ask for.
    pub fn strengths(&self) -> Vec<Assurance> {
        match self {
            Self::And(of) | Self::Or(of) => of.iter().flat_map(Self::strengths).collect(),
            Self::Not(t) => t.strengths(),
            Self::Assurance(leaf) => vec![leaf.least],
            Self::All | Self::Value(_) | Self::Granted(_) | Self::NamesMe | Self::Lookup(_) | Self::Match(_) => Vec::new(),
        }
    }
    /// Whether some leaf asks for the record that the person is in a portal. Elsewhere there is none, and a rule that asks
    /// for it is true of nothing, also below `not`.
    pub fn needs_me(&self) -> bool {
        match self {
            Self::And(of) | Self::Or(of) => of.iter().any(Self::needs_me),
            Self::Not(t) => t.needs_me(),
            Self::Lookup(_) | Self::Match(_) => true,
            Self::All | Self::Value(_) | Self::Granted(_) | Self::NamesMe | Self::Assurance(_) => false,
        }
    }
}

/// Which module a rule is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum On {
    /// Every module, also one made later; written `*`.
    Every,
    /// This one.
    Module(FieldKey),
}

impl TryFrom<String> for On {
    type Error = &'static str;
    fn try_from(s: String) -> Result<Self, Self::Error> {
        if s == "*" { Ok(Self::Every) } else { s.try_into().map(Self::Module) }
    }
}
impl From<On> for String {
    fn from(on: On) -> Self {
        match on {
            On::Every => "*".into(),
            On::Module(m) => m.into(),
        }
    }
}

/// A visibility rule: for which records, with which rights and fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisibilityRule {
    /// The module.
    pub module: On,
    /// For which of its records.
    pub tree: Tree,
    /// What may be done to them.
    pub rights: BTreeSet<Right>,
    /// What is shown of them.
    #[serde(default)]
    pub fields: FieldLevels,
    /// Whether masked fields are shown like others; without it they are hidden.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub see_masked: bool,
    /// Whether a change by this rule may take the record out of the person's view, or give an external more of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_move: bool,
}

/// A role of staff: a name and a list of rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// As assigned at the provider.
    pub name: FieldKey,
    /// Each is an arm.
    pub rules: Vec<VisibilityRule>,
}
