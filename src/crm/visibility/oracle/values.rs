//! Comparisons of values, one by one.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::super::model::{Operator, Tree, ValueLeaf};
use super::super::sight::Viewer;
use crate::crm::modules::fold::fold;
use crate::crm::modules::model::{Field, FieldKind, Module};
use crate::crm::modules::value::{Context, Fields, Raw, Value, read};

/// Whether a tree of comparisons with values is true of these.
pub fn hold(tree: &Tree, module: &Module, fields: &Fields, viewer: &Viewer) -> bool {
    match tree {
        Tree::All => true,
        Tree::And(of) => of.iter().all(|t| hold(t, module, fields, viewer)),
        Tree::Or(of) => of.iter().any(|t| hold(t, module, fields, viewer)),
        Tree::Not(t) => !hold(t, module, fields, viewer),
        Tree::Value(l) => {
            let key = &l.field.names()[0];
            compare(l, module.field(key).unwrap(), fields.get(key), viewer)
        }
        _ => panic!("no comparison with a value"),
    }
}

/// Whether a comparison is true of a value.
pub fn compare(l: &ValueLeaf, field: &Field, have: Option<&Value>, viewer: &Viewer) -> bool {
    match l.operator {
        Operator::Empty => return have.is_none(),
        Operator::NotEmpty => return have.is_some(),
        _ => {}
    }
    let Some(have) = have else { return false };
    let norm = |v: &Value| match v {
        Value::Text(t) if is_text(&field.kind) => Value::Text(fold(t)),
        other => other.clone(),
    };
    let have = norm(have);
    let want = |json: &Json| match json.get("today").and_then(Json::as_i64) {
        Some(days) => Value::Text(viewer.today.saturating_add(jiff::Span::new().days(days)).to_string()),
        None if json.get("me") == Some(&Json::Bool(true)) => Value::Text(viewer.sub.clone()),
        None => norm(&read(field, &Raw::Json(json.clone()), &Context::neutral()).unwrap().unwrap()),
    };
    if let (Value::Many(have), Operator::Any | Operator::All | Operator::None) = (&have, l.operator) {
        let mut wanted = l.value.as_array().unwrap().iter().map(|j| have.iter().any(|h| h == j.as_str().unwrap()));
        return match l.operator {
            Operator::Any => wanted.any(|b| b),
            Operator::All => wanted.all(|b| b),
            _ => !wanted.any(|b| b),
        };
    }
    let text = |v: &Value| match v {
        Value::Text(t) => t.clone(),
        _ => String::new(),
    };
    match l.operator {
        Operator::Is => have == want(&l.value),
        Operator::IsNot => have != want(&l.value),
        Operator::Contains => text(&have).contains(&fold(l.value.as_str().unwrap())),
        Operator::Starts => text(&have).starts_with(&fold(l.value.as_str().unwrap())),
        Operator::Any => l.value.as_array().unwrap().iter().any(|j| have == want(j)),
        Operator::None => !l.value.as_array().unwrap().iter().any(|j| have == want(j)),
        Operator::Less => less(&have, &want(&l.value)),
        Operator::AtLeast => !less(&have, &want(&l.value)),
        Operator::More => less(&want(&l.value), &have),
        Operator::AtMost => !less(&want(&l.value), &have),
        Operator::All | Operator::Empty | Operator::NotEmpty => panic!("decided above"),
    }
}

fn is_text(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Text | FieldKind::LongText | FieldKind::Email | FieldKind::Url)
}

fn less(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a < b,
        (Value::Text(a), Value::Text(b)) => a < b,
        _ => panic!("{a:?} and {b:?} have no order"),
    }
}

/// A value as a set of texts that are equal where values are.
pub fn set(field: &Field, value: &Value) -> BTreeSet<String> {
    match value {
        Value::Many(keys) => keys.iter().cloned().collect(),
        Value::Text(t) if is_text(&field.kind) => [fold(t)].into(),
        Value::Text(t) => [t.clone()].into(),
        Value::Int(n) => [n.to_string()].into(),
        Value::Bool(b) => [b.to_string()].into(),
        Value::File(file) => [file.id.clone()].into(),
    }
}
