//! A plain evaluator of the rule language over values in memory, written from the contract and not from the compiler: what
//! the compiled statements are held against. For tests only.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::model::{Level, Operator, Right, Tree, ValueLeaf, VisibilityRule};
use super::sight::Viewer;
use crate::contract::FieldKey;
use crate::crm::modules::fold::fold;
use crate::crm::modules::model::{FieldKind, Module};
use crate::crm::modules::value::{Context, Fields, Raw, Value, read};

/// Whether a tree is true of these values.
pub fn holds(tree: &Tree, module: &Module, fields: &Fields, viewer: &Viewer) -> bool {
    match tree {
        Tree::All => true,
        Tree::And(of) => of.iter().all(|t| holds(t, module, fields, viewer)),
        Tree::Or(of) => of.iter().any(|t| holds(t, module, fields, viewer)),
        Tree::Not(t) => !holds(t, module, fields, viewer),
        Tree::Value(l) => leaf(l, module, fields, viewer),
        _ => panic!("not yet"),
    }
}

fn leaf(l: &ValueLeaf, module: &Module, fields: &Fields, viewer: &Viewer) -> bool {
    let key = &l.field.names()[0];
    let field = module.field(key).unwrap();
    let have = fields.get(key);
    match l.operator {
        Operator::Empty => return have.is_none(),
        Operator::NotEmpty => return have.is_some(),
        _ => {}
    }
    let Some(have) = have else { return false };
    let texts = matches!(field.kind, FieldKind::Text | FieldKind::LongText | FieldKind::Email | FieldKind::Url);
    let norm = |v: &Value| match v {
        Value::Text(t) if texts => Value::Text(fold(t)),
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

fn less(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a < b,
        (Value::Text(a), Value::Text(b)) => a < b,
        _ => panic!("{a:?} and {b:?} have no order"),
    }
}

/// What rules give on one record.
#[derive(Debug, PartialEq)]
pub struct Given {
    /// Rights of the rules that are true.
    pub rights: BTreeSet<Right>,
    /// Fields that they reveal.
    pub reads: BTreeSet<FieldKey>,
    /// Fields that may be changed.
    pub writes: BTreeSet<FieldKey>,
}

/// What the rules give on a record that no denial hides; `None` when it isn't seen.
pub fn given(rules: &[VisibilityRule], module: &Module, fields: &Fields, viewer: &Viewer) -> Option<Given> {
    let on: Vec<_> = rules.iter().filter(|r| holds(&r.tree, module, fields, viewer)).collect();
    let rights: BTreeSet<Right> = on.iter().flat_map(|r| r.rights.iter().copied()).collect();
    if !rights.contains(&Right::See) {
        return None;
    }
    let keys = |f: &dyn Fn(&VisibilityRule, &FieldKey) -> bool| {
        module.fields.iter().map(|d| d.key.clone()).filter(|k| on.iter().any(|r| f(r, k))).collect()
    };
    let reads = keys(&|r, k| r.rights.contains(&Right::See) && r.fields.of(k) != Level::Hidden);
    let file = |k: &FieldKey| module.field(k).unwrap().kind.is_file();
    let right = |k: &FieldKey| if file(k) { Right::Attach } else { Right::Change };
    let writes = keys(&|r, k| r.rights.contains(&right(k)) && r.fields.of(k) == Level::Write);
    Some(Given { rights, reads, writes })
}
