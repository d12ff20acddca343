//! Code rules against changes, and their conditions against the plain evaluator.

use serde_json::json;

use super::eval;
use super::model::{CodeRule, Trigger};
use crate::contract::FieldKey;
use crate::crm::modules::model::Module;
use crate::crm::modules::preset::{CRM, Preset};
use crate::crm::modules::value::{Context, Fields, Raw, read};
use crate::crm::records::model::{State, Status};
use crate::crm::visibility::model::{Operator, Tree, ValueLeaf};
use crate::crm::visibility::oracle;
use crate::crm::visibility::predicate::prepare_values;
use crate::crm::visibility::sight::Viewer;
use crate::kernel::clock::Timestamp;

/// Daan, who makes the changes.
fn daan() -> Viewer {
    Viewer::staff("daan".into(), Vec::new(), Timestamp(1_795_000_000_000), jiff::civil::date(2026, 11, 22))
}

fn key(k: &str) -> FieldKey {
    k.try_into().unwrap()
}

fn preset() -> Preset {
    Preset::read_whole(CRM).unwrap()
}

fn module(of: &Preset, name: &str) -> Module {
    of.modules.iter().find(|m| m.key == key(name)).unwrap().clone()
}

fn state(module: &Module, values: &[(&str, serde_json::Value)]) -> State {
    let mut fields = Fields::new();
    for (name, value) in values {
        let field = module.field(&key(name)).unwrap();
        fields.insert(key(name), read(field, &Raw::Json(value.clone()), &Context::neutral()).unwrap().unwrap());
    }
    let (id, module) = ("d1".to_owned(), module.key.clone());
    State { id, module, version: 1, status: Status::Active, fields, relation_id: None, internal: false, restricted: false }
}

/// V4
#[test]
fn a_rule_asks_when_the_field_becomes_the_value_and_not_otherwise() {
    let preset = preset();
    let m = module(&preset, "deliveries");
    let mut rule = preset.code_rules[0].clone();
    let at = |s: &str| state(&m, &[("status", json!(s))]);
    let none = state(&m, &[]);
    let asks = |rule: &CodeRule, before: Option<&State>, after: &State| rule.asks(&m, before, after, &daan());
    let (planned, road, delivered) = (at("planned"), at("on_the_road"), at("delivered"));
    assert!(asks(&rule, Some(&road), &delivered) && asks(&rule, None, &delivered) && asks(&rule, Some(&none), &delivered));
    assert!(!asks(&rule, Some(&delivered), &delivered) && !asks(&rule, Some(&delivered), &road));
    assert!(!asks(&rule, Some(&planned), &road) && !asks(&rule, None, &road));
    let away = State { status: Status::Deleted, ..delivered.clone() };
    assert!(!asks(&rule, Some(&road), &away));

    rule.trigger = Trigger { field: key("status"), from: Some(json!("delivered")), to: None };
    assert!(asks(&rule, Some(&delivered), &road) && asks(&rule, Some(&delivered), &none));
    assert!(!asks(&rule, Some(&road), &delivered) && !asks(&rule, None, &delivered));
    rule.trigger = Trigger { field: key("status"), from: None, to: None };
    assert!(asks(&rule, Some(&delivered), &road) && asks(&rule, None, &planned) && asks(&rule, Some(&road), &none));
    assert!(!asks(&rule, Some(&road), &road) && !asks(&rule, None, &none));

    rule.filter = Tree::is(key("address"), "Kade 1");
    let at = |place: &str| state(&m, &[("status", json!("delivered")), ("address", json!(place))]);
    assert!(asks(&rule, Some(&road), &at("kade 1")) && !asks(&rule, Some(&road), &at("Dam 2")));
    // The driver himself is asked for a code, others are not.
    rule.filter = Tree::is(key("driver"), json!({"me": true}));
    let by = |who: &str| state(&m, &[("status", json!("delivered")), ("driver", json!(who))]);
    assert!(asks(&rule, Some(&road), &by("daan")) && !asks(&rule, Some(&road), &by("kees")));
}

/// A rule that can no longer be understood asks, rather than lets pass.
#[test]
fn a_filter_that_can_not_be_used_any_more_asks() {
    let preset = preset();
    let m = module(&preset, "deliveries");
    let mut rule = preset.code_rules[0].clone();
    rule.filter = Tree::Not(Box::new(Tree::is(key("gone"), "x")));
    assert!(rule.asks(&m, None, &state(&m, &[("status", json!("delivered"))]), &daan()));
    assert!(rule.check(&preset.modules).is_err());
}

/// V1, V2, V6
#[test]
fn a_rule_that_can_not_be_used_is_refused_with_its_place() {
    let preset = preset();
    let rule = || serde_json::to_value(&preset.code_rules[0]).unwrap();
    let put = |pointer: &str, value: serde_json::Value| {
        let mut json = rule();
        *json.pointer_mut(pointer).unwrap() = value;
        serde_json::from_value::<CodeRule>(json)
            .map_err(|e| e.to_string())
            .and_then(|r| r.check(&preset.modules).map_err(|e| e.to_string()))
    };
    assert_eq!(put("/code/length", json!(5)), Ok(()));
    for (pointer, value) in [
        ("/code/length", json!(3)),
        ("/code/length", json!(13)),
        ("/code/validity_seconds", json!(29)),
        ("/limits/max_attempts", json!(0)),
        ("/limits/max_attempts", json!(21)),
        ("/recipient", json!("patricia@example.com")),
        ("/recipient", json!("contact.phone")),
        ("/recipient", json!("contact.name")),
        ("/recipient", json!("status")),
        ("/recipient", json!("relation.none")),
        ("/module", json!("nothing")),
        ("/trigger/to", json!("sent")),
        ("/trigger/field", json!("gone")),
        ("/language", json!("de")),
        ("/labels/tr", json!(" ")),
    ] {
        assert!(put(pointer, value.clone()).is_err(), "{pointer} {value}");
    }
}

/// The evaluator in memory and the plain one agree on every operator, present and absent values alike.
#[test]
fn conditions_in_memory_are_those_of_the_rule_language() {
    let preset = preset();
    let m = module(&preset, "deliveries");
    let states = [
        state(&m, &[]),
        state(&m, &[("status", json!("planned")), ("address", json!("Łukasz")), ("value", json!("12.50"))]),
        state(
            &m,
            &[
                ("status", json!("delivered")),
                ("address", json!("łukasz nowak")),
                ("driver", json!("daan")),
                ("planned_on", json!("2026-11-22")),
            ],
        ),
        state(&m, &[("value", json!("0")), ("planned_on", json!("2026-11-23")), ("goods", json!("Bread\nand rolls"))]),
    ];
    let leaves = [
        ("status", json!("planned"), json!(["planned", "delivered"])),
        ("address", json!("ŁUKASZ"), json!(["ŁUKASZ", "x"])),
        ("driver", json!("daan"), json!(["daan", "kees"])),
        ("driver", json!({"me": true}), json!(["kees"])),
        ("value", json!("12.5"), json!(null)),
        ("planned_on", json!("2026-11-22"), json!(["2026-11-22"])),
        ("planned_on", json!({"today": 0}), json!(["2026-11-23"])),
        ("goods", json!("BREAD"), json!(["bread\nand rolls"])),
    ];
    use Operator::*;
    let mut compared = 0;
    for (field, one, many) in leaves {
        for operator in [Is, IsNot, Contains, Starts, Empty, NotEmpty, Less, AtMost, More, AtLeast, Any, None] {
            let value = match operator {
                Empty | NotEmpty => json!(null),
                Any | None => many.clone(),
                _ => one.clone(),
            };
            let leaf = Tree::Value(ValueLeaf { field: key(field).into(), operator, value });
            for tree in [leaf.clone(), Tree::Not(Box::new(leaf.clone())), Tree::And(vec![Tree::All, leaf.clone()])] {
                let Ok(ready) = prepare_values(&tree, &m, &Context::neutral()) else { continue };
                for s in &states {
                    let want = oracle::values::hold(&tree, &m, &s.fields, &daan());
                    assert_eq!(eval::holds(&ready, &m, s, &daan()), want, "{tree:?} {:?}", s.fields);
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 400, "{compared}");
    let relations = module(&preset, "relations");
    let kinds = state(&relations, &[("kind", json!(["customer", "supplier"]))]);
    for (operator, value) in [(Any, json!(["prospect", "supplier"])), (All, json!(["customer"])), (None, json!(["prospect"]))] {
        let tree = Tree::Value(ValueLeaf { field: key("kind").into(), operator, value });
        let ready = prepare_values(&tree, &relations, &Context::neutral()).unwrap();
        assert!(
            eval::holds(&ready, &relations, &kinds, &daan()) && oracle::values::hold(&tree, &relations, &kinds.fields, &daan())
        );
    }
}
