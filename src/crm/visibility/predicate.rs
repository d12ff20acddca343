//! Trees made ready: every field found, every value in its canonical form. What can't be made ready is an error, and a rule
//! with an error reveals nothing (it fails closed, also under `not`). Pure.

use jiff::civil::Date;

use super::model::{Operator, Tree, ValueLeaf};
use crate::contract::FieldKey;
use crate::crm::modules::fold::fold;
use crate::crm::modules::model::{Field, FieldKind, Module};
use crate::crm::modules::value::{self, Context, Raw, Value};

/// Most leaves, branches and listed values of a tree.
const MAX_NODES: usize = 500;
/// Deepest nesting.
const MAX_DEPTH: usize = 12;
/// Most characters of a text searched for.
const MAX_NEEDLE: usize = 300;

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
    /// A comparison.
    Test(Test),
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
    /// The field.
    pub fn field(&self) -> &FieldKey {
        match self {
            Self::Folded(k) | Self::Text(k) | Self::Int(k) | Self::Bool(k) | Self::Many(k) | Self::Lookup(k, _) => k,
        }
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
    pub column: Column,
    /// How and with what.
    pub how: How,
}

/// Why a tree can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// No such field, or one that the person can't see: the two look alike.
    #[error("there is no field {0}")]
    NoField(FieldKey),
    /// The operator means nothing for this kind.
    #[error("this operator can't be used with the field {0}")]
    Operator(FieldKey),
    /// The value is not one of the field's.
    #[error("the value compared with the field {0} is not one of its values")]
    Value(FieldKey),
    /// More than 500 leaves, branches and listed values, or 12 levels.
    #[error("the conditions are too many or nested too deep")]
    TooLarge,
}

/// Makes a tree ready for a module.
pub fn prepare(tree: &Tree, module: &Module, cx: &Context) -> Result<Predicate, TreeError> {
    let mut nodes = 0;
    walk(tree, module, cx, 0, &mut nodes)
}

fn walk(tree: &Tree, module: &Module, cx: &Context, depth: usize, nodes: &mut usize) -> Result<Predicate, TreeError> {
    // Each value of a list is a parameter of the statement and counts like a leaf.
    *nodes += match tree {
        Tree::Value(leaf) => leaf.value.as_array().map_or(1, Vec::len).max(1),
        _ => 1,
    };
    if *nodes > MAX_NODES || depth > MAX_DEPTH {
        return Err(TreeError::TooLarge);
    }
    let mut all = |of: &[Tree]| of.iter().map(|t| walk(t, module, cx, depth + 1, nodes)).collect::<Result<Vec<_>, _>>();
    Ok(match tree {
        Tree::All => Predicate::True,
        Tree::And(of) => Predicate::And(all(of)?),
        Tree::Or(of) => Predicate::Or(all(of)?),
        Tree::Not(t) => Predicate::Not(Box::new(walk(t, module, cx, depth + 1, nodes)?)),
        Tree::Value(leaf) => Predicate::Test(test(leaf, module, cx)?),
    })
}

fn test(leaf: &ValueLeaf, module: &Module, cx: &Context) -> Result<Test, TreeError> {
    let field = module.field(&leaf.field).ok_or_else(|| TreeError::NoField(leaf.field.clone()))?;
    let column = Column::of(field);
    let bad_operator = || TreeError::Operator(field.key.clone());
    let bad_value = || TreeError::Value(field.key.clone());
    let how = match leaf.operator {
        Operator::Empty | Operator::NotEmpty if !leaf.value.is_null() => return Err(bad_value()),
        Operator::Empty => How::Empty,
        Operator::NotEmpty => How::There,
        _ if field.kind.is_file() => return Err(bad_operator()),
        Operator::Contains | Operator::Starts => {
            if !matches!(column, Column::Folded(_)) {
                return Err(bad_operator());
            }
            let needle = leaf.value.as_str().map(fold).ok_or_else(bad_value)?;
            if needle.is_empty() || needle.chars().count() > MAX_NEEDLE || needle.contains('\0') {
                return Err(bad_value());
            }
            if leaf.operator == Operator::Starts { How::Starts(needle) } else { How::Contains(needle) }
        }
        Operator::Any | Operator::All | Operator::None => list(leaf, field, &column, cx)?,
        Operator::Is | Operator::IsNot | Operator::Less | Operator::AtMost | Operator::More | Operator::AtLeast => {
            order(leaf, field, &column, cx)?
        }
    };
    Ok(Test { column, how })
}

fn list(leaf: &ValueLeaf, field: &Field, column: &Column, cx: &Context) -> Result<How, TreeError> {
    let bad_value = || TreeError::Value(field.key.clone());
    let many = matches!(column, Column::Many(_));
    if !many && (leaf.operator == Operator::All || matches!(column, Column::Int(_) | Column::Bool(_))) {
        return Err(TreeError::Operator(field.key.clone()));
    }
    let items = leaf.value.as_array().filter(|a| !a.is_empty()).ok_or_else(bad_value)?;
    let mut keys = Vec::with_capacity(items.len());
    for item in items {
        if many {
            // One option at a time: `read` would take a list and put it in the options' order.
            let option = item.as_str().and_then(|s| field.option(s)).ok_or_else(bad_value)?;
            keys.push(option.key.to_string());
        } else {
            let Operand::Text(t) = operand(item, field, column, cx)? else { return Err(bad_value()) };
            keys.push(t);
        }
    }
    Ok(match leaf.operator {
        Operator::Any => How::Any(keys),
        Operator::All => How::All(keys),
        _ => How::None(keys),
    })
}

fn order(leaf: &ValueLeaf, field: &Field, column: &Column, cx: &Context) -> Result<How, TreeError> {
    let order = match leaf.operator {
        Operator::Is => Order::Equal,
        Operator::IsNot => Order::Unequal,
        Operator::Less => Order::Less,
        Operator::AtMost => Order::AtMost,
        Operator::More => Order::More,
        _ => Order::AtLeast,
    };
    let ordered = matches!(field.kind, FieldKind::Date | FieldKind::DateTime) || matches!(column, Column::Int(_));
    let equality = matches!(order, Order::Equal | Order::Unequal);
    if !equality && !ordered || matches!(column, Column::Many(_)) {
        return Err(TreeError::Operator(field.key.clone()));
    }
    Ok(How::Order(order, operand(&leaf.value, field, column, cx)?))
}

fn operand(json: &serde_json::Value, field: &Field, column: &Column, cx: &Context) -> Result<Operand, TreeError> {
    let bad = || TreeError::Value(field.key.clone());
    if field.kind == FieldKind::Date
        && let Some(days) = json.as_object().filter(|o| o.len() == 1).and_then(|o| o.get("today"))
    {
        let days = days.as_i64().and_then(|d| i32::try_from(d).ok()).filter(|d| d.abs() <= 40_000);
        return days.map(Operand::Today).ok_or_else(bad);
    }
    if field.kind == FieldKind::Person && *json == serde_json::json!({"me": true}) {
        return Ok(Operand::Me);
    }
    let value = value::read(field, &Raw::Json(json.clone()), cx).ok().flatten().ok_or_else(bad)?;
    Ok(match (value, column) {
        (Value::Text(t), Column::Folded(_)) => Operand::Text(fold(&t)),
        (Value::Text(t), _) => Operand::Text(t),
        (Value::Int(n), _) => Operand::Int(n),
        (Value::Bool(b), _) => Operand::Bool(b),
        (Value::Many(_) | Value::File(_), _) => return Err(bad()),
    })
}

/// The day that is `days` after `today`, as stored; the last or first day there is, when that is out of range.
pub fn day(today: Date, days: i32) -> String {
    let span = jiff::Span::new().try_days(i64::from(days)).unwrap_or_default();
    today.saturating_add(span).to_string()
}
