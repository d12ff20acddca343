//! A random world: modules with every kind of field, records with gaps, grants, portals, and people who look.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::super::{World, key, person};
use super::dice::{Dice, rule, value};
use crate::contract::{Assurance, FieldKey};
use crate::crm::modules::catalogue::{Catalogue, Definitions};
use crate::crm::modules::model::{Module, ModuleRole};
use crate::crm::modules::value::{Context, Fields, Raw, read};
use crate::crm::records::model::{Cause, Changes, State, Status, Via, WriteError};
use crate::crm::records::store::{self, Stamp};
use crate::crm::visibility::model::Role;
use crate::crm::visibility::oracle::{Grant, Plain};
use crate::crm::visibility::portal::Portal;
use crate::crm::visibility::sight::{Access, Me, Viewer};
use crate::kernel::clock::Clock;
use crate::sql;

/// How many records a module has.
pub fn size(module: &str) -> usize {
    match module {
        "firms" => 7,
        "people" => 9,
        "things" => 40,
        _ => 5,
    }
}

/// Relations, contacts, things with a field of every kind, and places that belong to no relation.
pub fn modules() -> Vec<Module> {
    let l = json!({"en": "x", "nl": "x", "pl": "x", "tr": "x"});
    let options = |keys: &[&str]| keys.iter().map(|k| json!({"key": k, "labels": l})).collect::<Vec<_>>();
    let (abc, cab) = (options(&["a", "b_1", "c"]), options(&["c", "d", "a", "b_1"]));
    let field = |k: &str, kind: Json| json!({"key": k, "kind": kind, "labels": l, "indexed": k == "number" || k == "text"});
    let masked = |k: &str, kind: Json| json!({"key": k, "kind": kind, "labels": l, "masked": true});
    let name = json!({"key": "name", "kind": "text", "labels": l, "required": true});
    let lookup = |k: &str, to: &str| field(k, json!({"lookup": {"module": to}}));
    let shared = [field("city", json!("text")), field("area", json!({"choice": {"options": abc}}))];
    let firms = [field("many", json!({"multiple_choice": {"options": cab}})), lookup("parent", "firms")];
    let people = [
        lookup("firm", "firms"),
        lookup("boss", "people"),
        field("many", json!({"multiple_choice": {"options": cab}})),
        field("number", json!({"number": {"decimals": 2}})),
        field("day", json!("date")),
        field("mixed", json!("text")),
    ];
    let things = [
        field("text", json!("text")),
        field("long", json!("long_text")),
        field("number", json!({"number": {"decimals": 2}})),
        field("money", json!({"money": {"currency": "EUR"}})),
        field("day", json!("date")),
        field("at", json!("date_time")),
        field("yes", json!("yes_no")),
        field("one", json!({"choice": {"options": abc}})),
        field("many", json!({"multiple_choice": {"options": abc}})),
        field("mail", json!("email")),
        field("phone", json!("phone")),
        field("web", json!("url")),
        lookup("firm", "firms"),
        lookup("contact", "people"),
        lookup("place", "places"),
        field("who", json!("person")),
        field("paper", json!({"file": {}})),
        masked("secret", json!("text")),
        field("mixed", json!({"number": {"decimals": 0}})),
    ];
    let module = |k: &str, role: Json, relation: Json, more: &[Json]| {
        let fields: Vec<_> = std::iter::once(&name).chain(&shared).chain(more).collect();
        let m = json!({"key": k, "role": role, "relation": relation, "labels": l, "singular": l, "icon": "x", "title": "name",
            "list": ["name"], "fields": fields});
        serde_json::from_value(m).unwrap()
    };
    let none = Json::Null;
    vec![
        module("firms", json!("relation"), none.clone(), &firms),
        module("people", json!("contact"), json!("firm"), &people),
        module("things", none.clone(), json!("firm"), &things),
        module("places", none.clone(), none, &[masked("mixed", json!("text"))]),
    ]
}

fn state(dice: &mut Dice, module: &Module, n: usize) -> State {
    let mut fields = Fields::new();
    for f in &module.fields {
        if f.required || dice.roll(4) > 0 {
            let v = read(f, &Raw::Json(value(dice, &f.kind)), &Context::neutral()).unwrap();
            fields.extend(v.map(|v| (f.key.clone(), v)));
        }
    }
    let mut state = State {
        id: format!("{}-{n}", module.key),
        module: module.key.clone(),
        version: 1,
        status: if dice.rare(8) { Status::Deleted } else { Status::Active },
        fields,
        relation_id: None,
        internal: dice.rare(5),
        restricted: module.role == Some(ModuleRole::Relation) && dice.rare(3),
    };
    state.settle(module);
    state
}

/// What differs from round to round is who looks, by which rules; the records and grants stay.
pub struct Scene {
    pub modules: Vec<Module>,
    pub records: Vec<State>,
    pub grants: Vec<Grant>,
}

impl Scene {
    pub fn draw(dice: &mut Dice) -> Self {
        let modules = modules();
        let mut records = Vec::new();
        for m in &modules {
            records.extend((0..size(m.key.as_str())).map(|n| state(dice, m, n)));
        }
        let now = viewer_now();
        let grants = (0..40).map(|_| Grant {
            generation: if dice.rare(6) { 2 } else { 1 },
            holder: (*dice.of(&["person:x1", "person:x2", "person:x3", "group:g1", "group:g2"])).to_owned(),
            relation: format!("firms-{}", dice.roll(size("firms"))),
            level: i64::try_from(1 + dice.roll(4)).unwrap(),
            starts_at: *dice.of(&[0, 0, 0, now, now + 1]),
            ends_at: *dice.of(&[i64::MAX, i64::MAX, i64::MAX, now, now + 1]),
        });
        let grants = grants.collect();
        Self { modules, records, grants }
    }

    /// Puts it in place of whatever the database had.
    pub async fn store(&self, w: &World) {
        let data = (self.modules.clone(), self.records.clone(), self.grants.clone(), w.clock.now());
        w.records
            .db
            .write::<_, _, WriteError, _>(data, |(modules, records, grants, at), mut tx| {
                Box::pin(async move {
                    for empty in
                        [sql!("DELETE FROM records"), sql!("DELETE FROM record_versions"), sql!("DELETE FROM replica_grants")]
                    {
                        tx.q(empty).exec().await?;
                    }
                    for s in records {
                        let module = modules.iter().find(|m| m.key == s.module).unwrap();
                        let stamp = Stamp { actor: "dice", at: *at, cause: &Cause::via(Via::Import) };
                        assert!(store::put(&mut tx, module, s, &Changes::between(module, None, s), &stamp).await?);
                    }
                    for (n, g) in grants.iter().enumerate() {
                        tx.q(sql!(
                            "INSERT INTO replica_grants (generation, id, holder, relation, level, starts_at, ends_at)
                             VALUES ($1, $2, $3, $4, $5, $6, $7)"
                        ))
                        .bind(g.generation)
                        .bind(format!("g{n}"))
                        .bind(g.holder.as_str())
                        .bind(g.relation.as_str())
                        .bind(g.level)
                        .bind(g.starts_at)
                        .bind(g.ends_at)
                        .exec()
                        .await?;
                    }
                    Ok(())
                })
            })
            .await
            .unwrap();
    }

    /// Someone who looks, with rules of his own: as the plain evaluator has him and as the compiler has him.
    pub fn looker(&self, dice: &mut Dice) -> (Plain, Access) {
        let staff = dice.rare(2);
        let mut rules = Vec::new();
        let mut portals = vec![portal("p1", "people"), portal("p2", "firms")];
        for module in &self.modules {
            let most = if module.key.as_str() == "things" { 4 } else { 3 };
            rules.extend((0..dice.roll(most)).map(|_| rule(dice, &self.modules, module, None)));
            for p in &mut portals {
                let primary = p.module.clone();
                p.rules.extend((0..dice.roll(3)).map(|_| rule(dice, &self.modules, module, Some(&primary))));
            }
        }
        let selves = [("p1", "people"), ("p2", "firms"), ("p1", "firms"), ("p1", "people")];
        let selves = selves.into_iter().filter(|_| dice.rare(2)).map(|(portal, module)| Me {
            portal: portal.into(),
            module: key(module),
            record: String::new(),
        });
        let mut selves: Vec<Me> = selves.collect();
        for me in &mut selves {
            me.record = format!("{}-{}", me.module, dice.roll(size(me.module.as_str())));
        }
        let viewer = Viewer {
            staff,
            groups: if dice.rare(2) { vec!["g1".into()] } else { vec!["g2".into(), "g3".into()] },
            selves,
            acr: *dice.of(&[None, Some(Assurance::PasswordMail), Some(Assurance::PasswordApp), Some(Assurance::Passkey)]),
            ..person(dice.of::<&str>(&["x1", "x2", "x3"]), "dice")
        };
        let role = Role { name: key("dice"), rules: rules.clone() };
        let all = Definitions { modules: self.modules.clone(), roles: vec![role], portals: portals.clone() };
        let catalogue = std::sync::Arc::new(Catalogue::new("dice".into(), all));
        let asking = rules.iter().filter(|r| r.tree.needs_me()).count();
        assert_eq!(catalogue.warnings.len(), asking, "{:?}", catalogue.warnings);
        let access = Access { few_grants: dice.rare(2), ..Access::new(viewer.clone(), catalogue) };
        let records = self.records.iter().map(|s| (s.id.clone(), s.clone())).collect::<BTreeMap<_, _>>();
        let (modules, grants) = (self.modules.clone(), self.grants.clone());
        (Plain { modules, records, grants, viewer, rules, portals }, access)
    }
}

fn viewer_now() -> i64 {
    person("x1", "dice").now.0
}

fn portal(name: &str, module: &str) -> Portal {
    let l = json!({"en": "x", "nl": "x", "pl": "x", "tr": "x"});
    let module = FieldKey::try_from(module).unwrap();
    serde_json::from_value(json!({"key": name, "labels": l, "module": module, "rules": []})).unwrap()
}
