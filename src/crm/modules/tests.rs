//! Values and definitions.

use jiff::tz::TimeZone;
use serde_json::json;

use super::canonical::{scaled, unscaled};
use super::fold::fold;
use super::model::{Field, Module};
use super::preset::{CRM, Preset};
use super::value::{Context, Raw, Value, read, to_json};

fn cx() -> Context {
    Context { region: "NL".into(), zone: TimeZone::get("Europe/Amsterdam").unwrap() }
}

fn field(kind: serde_json::Value) -> Field {
    let labels = json!({"en": "x", "nl": "x", "pl": "x", "tr": "x"});
    serde_json::from_value(json!({"key": "x", "kind": kind, "labels": labels})).unwrap()
}

fn choice(kind: &str) -> Field {
    let option = |k: &str| json!({"key": k, "labels": {"en": k, "nl": k, "pl": k, "tr": k}});
    field(json!({kind: {"options": [option("planned"), option("on_the_road"), option("delivered")]}}))
}

/// The stored value as JSON, or the code of the refusal.
fn stored(field: &Field, raw: impl Into<serde_json::Value>) -> serde_json::Value {
    match read(field, &Raw::Json(raw.into()), &cx()) {
        Ok(v) => serde_json::to_value(v).unwrap(),
        Err(f) => f.code.into(),
    }
}

/// O1
#[test]
fn every_kind_has_one_stored_form() {
    let cases = [
        (json!("text"), json!("  Cafe\u{301}  "), json!("Café")),
        (json!("text"), json!("   "), json!(null)),
        (json!("long_text"), json!("a\r\nb\rc"), json!("a\nb\nc")),
        (json!({"number": {"decimals": 2}}), json!("-12,5"), json!(-1250)),
        (json!({"number": {"decimals": 2}}), json!(0.07), json!(7)),
        (json!({"number": {"decimals": 0}}), json!("007"), json!(7)),
        (json!({"money": {"currency": "EUR"}}), json!("1234.50"), json!(123_450)),
        (json!({"money": {"currency": "JPY"}}), json!(500), json!(500)),
        (json!("date"), json!("2026-11-22"), json!("2026-11-22")),
        (json!("date_time"), json!("2026-11-22T14:03:00+01:00"), json!("2026-11-22T13:03:00.000Z")),
        (json!("date_time"), json!("2026-07-01T14:03"), json!("2026-07-01T12:03:00.000Z")),
        (json!("yes_no"), json!("on"), json!(true)),
        (json!("email"), json!(" Pieter@Bücher.Example "), json!("Pieter@xn--bcher-kva.example")),
        (json!("phone"), json!("06 12 34 56 78"), json!("+31612345678")),
        (json!("phone"), json!("+48 601 234 567"), json!("+48601234567")),
        (json!("url"), json!("HTTPS://Example.com"), json!("https://example.com/")),
        (json!({"lookup": {"module": "relations"}}), json!(" 0190-ab "), json!("0190-ab")),
        (json!("person"), json!(" 0190-ab "), json!("0190-ab")),
    ];
    for (kind, raw, want) in cases {
        assert_eq!(stored(&field(kind.clone()), raw.clone()), want, "{kind} {raw}");
    }
    assert_eq!(stored(&choice("choice"), "delivered"), json!("delivered"));
    assert_eq!(stored(&choice("multiple_choice"), json!(["delivered", "planned", "planned"])), json!(["planned", "delivered"]));
    assert_eq!(stored(&choice("multiple_choice"), json!([])), json!(null));
    let form = read(&choice("multiple_choice"), &Raw::Form(vec!["delivered".into()]), &cx()).unwrap();
    assert_eq!(form, Some(Value::Many(vec!["delivered".into()])));
}

/// O1
#[test]
fn what_is_not_a_value_of_the_kind_is_refused_by_code() {
    let cases = [
        (json!("text"), json!("a\u{0}b"), "field-bad-character"),
        (json!("text"), json!("x".repeat(2_001)), "field-too-long"),
        (json!("text"), json!(5), "field-wrong-type"),
        (json!("text"), json!({"a": 1}), "field-wrong-type"),
        (json!("long_text"), json!("x".repeat(65_537)), "field-too-long"),
        (json!({"number": {"decimals": 2}}), json!("1.234,5"), "field-not-a-number"),
        (json!({"number": {"decimals": 2}}), json!("1.234"), "field-too-many-decimals"),
        (json!({"number": {"decimals": 2}}), json!("1e5"), "field-not-a-number"),
        (json!({"number": {"decimals": 2}}), json!("."), "field-not-a-number"),
        (json!({"number": {"decimals": 6}}), json!("99999999999999999999"), "field-number-too-large"),
        (json!("date"), json!("2026-02-30"), "field-not-a-date"),
        (json!("date"), json!("22-11-2026"), "field-not-a-date"),
        (json!("date"), json!("0000-01-01"), "field-not-a-date"),
        (json!("date_time"), json!("yesterday"), "field-not-a-date-time"),
        (json!("yes_no"), json!("maybe"), "field-not-yes-no"),
        (json!("phone"), json!("12"), "field-not-a-phone"),
        (json!("phone"), json!("call me"), "field-not-a-phone"),
        (json!("url"), json!("javascript:alert(1)"), "field-not-a-url"),
        (json!("url"), json!("https://a:b@example.com"), "field-not-a-url"),
        (json!({"lookup": {"module": "relations"}}), json!("' OR 1=1"), "field-not-a-record"),
        (json!("person"), json!("Daan Visser"), "field-not-a-person"),
        (json!("person"), json!({"me": true}), "field-wrong-type"),
    ];
    for (kind, raw, want) in cases {
        assert_eq!(stored(&field(kind.clone()), raw.clone()), json!(want), "{kind} {raw}");
    }
    assert_eq!(stored(&choice("choice"), "elsewhere"), json!("field-not-an-option"));
    assert_eq!(stored(&choice("multiple_choice"), json!(["planned", "x"])), json!("field-not-an-option"));
}

/// case 24
#[test]
fn an_address_with_quotes_comments_or_two_ats_is_refused() {
    let bad = ["a@b@c.example", "\"a b\"@c.example", "a(x)@c.example", "a@", "@c.example", ".a@c.example", "a@c", "é@c.example"];
    for text in bad {
        assert_eq!(stored(&field(json!("email")), text), json!("field-not-an-email"), "{text}");
    }
}

/// Z4
#[test]
fn folding_keeps_the_turkish_letters_apart() {
    assert_eq!(fold("ISTANBUL"), fold("istanbul"));
    assert_ne!(fold("ıstanbul"), fold("istanbul"));
    assert_ne!(fold("İstanbul"), fold("istanbul"));
    assert_eq!(fold("Straße"), fold("STRASSE"));
    assert_eq!(fold("cafe\u{301}"), fold("CAFÉ"));
    assert_eq!(fold("Łódź"), fold("łÓDŹ"));
}

proptest::proptest! {
    #[test]
    fn a_number_shown_and_read_again_is_the_same(n in -9_007_199_254_740_991_i64..9_007_199_254_740_991, decimals in 0_u8..=6) {
        proptest::prop_assert_eq!(scaled(&unscaled(n, decimals), decimals).unwrap(), n);
    }
    #[test]
    fn reading_any_text_never_panics_and_reading_again_changes_nothing(text in ".{0,60}") {
        for kind in ["text", "long_text", "date", "date_time", "email", "phone", "url", "yes_no"] {
            let field = field(json!(kind));
            if let Ok(Some(value)) = read(&field, &Raw::Json(text.clone().into()), &cx()) {
                let again = read(&field, &Raw::Json(to_json(&field, &value)), &cx()).unwrap();
                proptest::prop_assert_eq!(again, Some(value));
            }
        }
    }
    #[test]
    fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
        proptest::prop_assert_eq!(fold(&fold(&text)), fold(&text));
    }
}

fn preset_error(change: impl Fn(&mut serde_json::Value)) -> String {
    let mut json: serde_json::Value = serde_yaml_ng::from_str(CRM).unwrap();
    change(&mut json);
    Preset::read_whole(&json.to_string()).unwrap_err().to_string()
}

#[test]
fn a_wrong_definition_is_refused_with_its_place() {
    let at = |j: &mut serde_json::Value, path: &str, v: serde_json::Value| *j.pointer_mut(path).unwrap() = v;
    assert!(Preset::read_whole(CRM).is_ok());
    let e = preset_error(|j| at(j, "/modules/2/fields/3/kind", json!("colour")));
    assert!(e.starts_with("modules.deliveries.fields.status: unknown variant `colour`"), "{e}");
    let e = preset_error(|j| at(j, "/modules/2/fields/1/kind", json!({"lookup": {"module": "nowhere"}})));
    assert!(e.starts_with("modules.deliveries.fields.relation: looks up in nowhere"), "{e}");
    let e = preset_error(|j| at(j, "/modules/0/fields/0/key", json!("'; DROP TABLE records; --")));
    assert!(e.contains("a key is made of"), "{e}");
    let e = preset_error(|j| j["modules"][0]["colour"] = json!(1));
    assert!(e.starts_with("modules.relations: unknown field `colour`"), "{e}");
    let e = preset_error(|j| at(j, "/roles/2/rules/1/tree/value/value/0", json!("lost")));
    assert!(e.starts_with("roles.driver.rules.2: the value compared"), "{e}");
    let e = preset_error(|j| at(j, "/modules/0/labels/tr", json!("")));
    assert!(e.starts_with("modules.relations: a label"), "{e}");
}

#[test]
fn the_kind_of_a_field_cannot_change_and_lost_fields_stay() {
    let preset = Preset::read_whole(CRM).unwrap();
    let before: Module = preset.modules[3].clone();
    let mut changed = before.clone();
    let amount = changed.fields.iter_mut().find(|f| f.key.as_str() == "amount").unwrap();
    amount.kind = serde_json::from_value(json!({"money": {"currency": "PLN"}})).unwrap();
    assert!(changed.over(Some(&before)).is_err());
    let mut fewer = before.clone();
    fewer.fields.truncate(3);
    let after = fewer.over(Some(&before)).unwrap();
    assert_eq!(after.fields.len(), before.fields.len());
    let same = before.clone().over(Some(&before)).unwrap();
    assert_eq!(same.version, before.version);
}
