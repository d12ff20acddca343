//! Conditions over a record's own values judged in memory, over a state that is not stored yet. Two-valued as everywhere: a comparison with an absent
//! value is false, its opposite true. Pure.

use std::cmp::Ordering;

use crate::crm::modules::model::Module;
use crate::crm::modules::value::{Value, comparable};
use crate::crm::records::model::State;
use crate::crm::visibility::predicate::{Column, How, Operand, Order, Predicate, Test, day};
use crate::crm::visibility::sight::Viewer;

/// Whether the condition is true of the state, for a change by this person.
pub fn holds(p: &Predicate, module: &Module, state: &State, by: &Viewer) -> bool {
    match p {
        Predicate::True => true,
        Predicate::And(of) => of.iter().all(|p| holds(p, module, state, by)),
        Predicate::Or(of) => of.iter().any(|p| holds(p, module, state, by)),
        Predicate::Not(of) => !holds(of, module, state, by),
        Predicate::Test(t) => test(t, module, state, by),
        // A code rule has no such leaf; were there one, the rule asks rather than lets pass.
        Predicate::Granted { .. } | Predicate::NamesMe | Predicate::Mine(_) | Predicate::Match(_) | Predicate::Assurance(_) => {
            true
        }
    }
}

fn test(t: &Test, module: &Module, state: &State, by: &Viewer) -> bool {
    let value = t.place.column.field().and_then(|k| state.fields.get(k));
    match &t.how {
        How::Empty => return value.is_none(),
        How::There => return value.is_some(),
        _ => {}
    }
    let Some(value) = value else { return false };
    if let How::Order(order, operand) = &t.how {
        return compare(value, &text(t, module, value), operand, by).is_some_and(|o| fits(*order, o));
    }
    let have = text(t, module, value);
    let is_one = |keys: &[String]| match (value, &t.place.column) {
        (Value::Many(chosen), Column::Many(_)) => keys.iter().any(|k| chosen.contains(k)),
        _ => keys.contains(&have),
    };
    match &t.how {
        How::Contains(needle) => have.contains(needle.as_str()),
        How::Starts(needle) => have.starts_with(needle.as_str()),
        How::Any(keys) => is_one(keys),
        How::None(keys) => !is_one(keys),
        How::All(keys) => matches!(value, Value::Many(chosen) if keys.iter().all(|k| chosen.contains(k))),
        How::Empty | How::There | How::Order(..) => false,
    }
}

/// The text of a value in the form that its column is compared by.
fn text(t: &Test, module: &Module, value: &Value) -> String {
    let column = &t.place.column;
    let folded = column.field().filter(|_| matches!(column, Column::Folded(_))).and_then(|k| module.field(k));
    match (folded.and_then(|f| comparable(f, value)), value) {
        (Some(folded), _) => folded,
        (None, Value::Text(t)) => t.clone(),
        _ => String::new(),
    }
}

fn compare(value: &Value, have: &str, operand: &Operand, by: &Viewer) -> Option<Ordering> {
    match (value, operand) {
        (Value::Text(_), Operand::Text(x)) => Some(have.cmp(x.as_str())),
        (Value::Text(_), Operand::Today(n)) => Some(have.cmp(day(by.today, *n).as_str())),
        (Value::Text(_), Operand::Me) => Some(have.cmp(by.sub.as_str())),
        (Value::Int(a), Operand::Int(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Operand::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

fn fits(order: Order, found: Ordering) -> bool {
    match order {
        Order::Equal => found.is_eq(),
        Order::Unequal => found.is_ne(),
        Order::Less => found.is_lt(),
        Order::AtMost => found.is_le(),
        Order::More => found.is_gt(),
        Order::AtLeast => found.is_ge(),
    }
}
