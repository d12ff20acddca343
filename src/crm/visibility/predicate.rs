//! Trees made ready: every field found, every value in its canonical form. `prepare` makes them, `compile` turns them into
//! SQL. A predicate has the shape of its tree, node for node. Pure.

use jiff::civil::Date;

use super::model::MatchOperator;
pub use super::prepare::{Leaves, Scope, Shown, TreeError, prepare, prepare_values};
use crate::contract::{Assurance, FieldKey, GrantLevel};
use crate::crm::modules::model::{Field, FieldKind};

/// A tree made ready for one module.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// True.
    True,
    /// Every one.
    And(Vec<Predicate>),
    /// At least one.
    Or(Vec<Predicate>),
    /// The opposite; an inner unknown counts as false.
    Not(Box<Predicate>),
    /// A comparison with a value.
    Test(Test),
    /// A grant on a relation.
    Granted {
        /// Where its id stands; `None` for the relation whose dossier the record is in.
        relation: Option<Place>,
        /// The least level.
        least: GrantLevel,
    },
    /// The record names the person.
    NamesMe,
    /// The record at this place is the one that the person is.
    Mine(Place),
    /// A comparison with the record that the person is.
    Match(Match),
    /// How he signed in.
    Assurance(Assurance),
}

impl Predicate {
    /// Whether it is true only of records whose own relation the person has a grant on.
    pub fn needs_grant(&self) -> bool {
        match self {
            Self::Granted { relation: None, .. } => true,
            Self::And(of) => of.iter().any(Self::needs_grant),
            Self::Or(of) => !of.is_empty() && of.iter().all(Self::needs_grant),
            _ => false,
        }
    }
}

/// Which stored form of a field is compared.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// The folded form of a text.
    Folded(FieldKey),
    /// The text as stored: days, moments, choices, phone numbers, people.
    Text(FieldKey),
    /// A scaled integer.
    Int(FieldKey),
    /// Yes or no.
    Bool(FieldKey),
    /// The keys of a multiple choice between bars.
    Many(FieldKey),
    /// A record's id, of the second module.
    Lookup(FieldKey, FieldKey),
    /// The id of the record itself, which is of this module.
    Itself(FieldKey),
}

impl Column {
    /// The form of this field.
    pub fn of(field: &Field) -> Self {
        let key = field.key.clone();
        match &field.kind {
            FieldKind::Text | FieldKind::LongText | FieldKind::Email | FieldKind::Url => Self::Folded(key),
            FieldKind::Date | FieldKind::DateTime | FieldKind::Choice { .. } | FieldKind::Phone | FieldKind::Person => {
                Self::Text(key)
            }
            // Whether there is one is all that can be asked.
            FieldKind::File { .. } => Self::Text(key),
            FieldKind::Number { .. } | FieldKind::Money { .. } => Self::Int(key),
            FieldKind::YesNo => Self::Bool(key),
            FieldKind::MultipleChoice { .. } => Self::Many(key),
            FieldKind::Lookup { module } => Self::Lookup(key, module.clone()),
        }
    }
    /// The field; none for the record itself.
    pub const fn field(&self) -> Option<&FieldKey> {
        match self {
            Self::Folded(k) | Self::Text(k) | Self::Int(k) | Self::Bool(k) | Self::Many(k) | Self::Lookup(k, _) => Some(k),
            Self::Itself(_) => None,
        }
    }
}

/// A lookup on the way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The lookup.
    pub field: FieldKey,
    /// The module that it leads to.
    pub to: FieldKey,
}

/// Where a value stands: along lookups, each to an active record, and there in a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The way, from the record on.
    pub hops: Vec<Hop>,
    /// Of the record that the way ends at.
    pub column: Column,
}

impl From<Column> for Place {
    fn from(column: Column) -> Self {
        Self { hops: Vec::new(), column }
    }
}

/// A value to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Text in the column's form.
    Text(String),
    /// Scaled integer.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// A day, so many days from today; bound once per request.
    Today(i32),
    /// Whoever asks.
    Me,
}

/// The order comparisons and equality.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `=`
    Equal,
    /// `<>`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

/// How.
#[derive(Clone, Debug, PartialEq)]
pub enum How {
    /// Absent.
    Empty,
    /// There.
    There,
    /// Against one value.
    Order(Order, Operand),
    /// Contains this (folded).
    Contains(String),
    /// Starts with this (folded).
    Starts(String),
    /// One of these, or any in common with these.
    Any(Vec<String>),
    /// All of these are in it.
    All(Vec<String>),
    /// There, and none of these.
    None(Vec<String>),
}

/// A comparison made ready.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// What.
    pub place: Place,
    /// How and with what.
    pub how: How,
}

/// A comparison with a field of the record that the person is, made ready: the two have values of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// Of the record.
    pub theirs: Place,
    /// Of the record that he is.
    pub mine: Place,
    /// How.
    pub how: MatchOperator,
}

/// The day that is `days` after `today`, as stored; the last or first day there is, when that is out of range.
pub fn day(today: Date, days: i32) -> String {
    let span = jiff::Span::new().try_days(i64::from(days)).unwrap_or_default();
    today.saturating_add(span).to_string()
}
