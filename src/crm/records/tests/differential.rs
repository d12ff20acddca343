//! The compiler against the plain evaluator, on random rules, records and filters.

use serde_json::{Value as Json, json};

use super::*;
use crate::crm::modules::catalogue::{Catalogue, Definitions, check};
use crate::crm::modules::model::FieldKind;
use crate::crm::modules::value::{Fields, read};
use crate::crm::records::gate::Input;
use crate::crm::records::list::ListQuery;
use crate::crm::records::model::{Changes, Status};
use crate::crm::records::store::{self, Stamp};
use crate::crm::visibility::model::{FieldLevels, Level, On, Operator, Right, Role, Tree, ValueLeaf, VisibilityRule};
use crate::crm::visibility::oracle::{Given, given, holds};
use crate::crm::visibility::sight::Access;

/// SplitMix64: repeatable, and good enough to draw test data.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % n as u64).unwrap()
    }
    fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.roll(items.len())]
    }
}

/// Whoever the dice give rules to.
fn x() -> Viewer {
    person("x", "dice")
}

/// Two modules with a field of every kind; `things` looks up in `places`, and the two keep different kinds under `mixed`.
fn modules() -> Vec<Module> {
    let l = json!({"en": "x", "nl": "x", "pl": "x", "tr": "x"});
    let options: Vec<_> = ["a", "b_1", "c"].iter().map(|k| json!({"key": k, "labels": l})).collect();
    let field = |k: &str, kind: Json| json!({"key": k, "kind": kind, "labels": l, "indexed": k == "number" || k == "text"});
    let name = json!({"key": "name", "kind": "text", "labels": l, "required": true});
    let things = vec![
        name.clone(),
        field("text", json!("text")),
        field("long", json!("long_text")),
        field("number", json!({"number": {"decimals": 2}})),
        field("money", json!({"money": {"currency": "EUR"}})),
        field("day", json!("date")),
        field("at", json!("date_time")),
        field("yes", json!("yes_no")),
        field("one", json!({"choice": {"options": options}})),
        field("many", json!({"multiple_choice": {"options": options}})),
        field("mail", json!("email")),
        field("phone", json!("phone")),
        field("web", json!("url")),
        field("place", json!({"lookup": {"module": "places"}})),
        field("who", json!("person")),
        field("paper", json!({"file": {}})),
        field("mixed", json!({"number": {"decimals": 0}})),
    ];
    let places = vec![name, field("mixed", json!("text"))];
    let module = |k: &str, fields: Vec<Json>| {
        let m = json!({"key": k, "labels": l, "singular": l, "icon": "x", "title": "name", "list": ["name"], "fields": fields});
        serde_json::from_value(m).unwrap()
    };
    vec![module("things", things), module("places", places)]
}

/// A value for a field, as the API gives it.
fn value(dice: &mut Dice, kind: &FieldKind) -> Json {
    let texts = ["I", "i", "ı", "İ", "Straße", "STRASSE", "100%", "a_b", "aXb", "\\", "'; --", "Łódź"];
    match kind {
        FieldKind::Text | FieldKind::LongText => json!(dice.of(&texts)),
        FieldKind::Number { decimals: 0 } => json!(dice.roll(5)),
        FieldKind::Number { .. } | FieldKind::Money { .. } => {
            json!(*dice.of(&["-1.5", "0", "9", "10", "10.01", "9007199254740"]))
        }
        FieldKind::Date => json!(dice.of(&["2026-11-21", "2026-11-22", "2026-11-23", "1999-01-01"])),
        FieldKind::DateTime => json!(dice.of(&["2026-11-22T10:00:00Z", "2026-11-22T10:00:00.001Z", "2026-11-22T12:00:00+02:00"])),
        FieldKind::YesNo => json!(dice.roll(2) == 0),
        FieldKind::Choice { options } => json!(dice.of(options).key.as_str()),
        FieldKind::MultipleChoice { options } => {
            json!(options.iter().filter(|_| dice.roll(2) == 0).map(|o| o.key.as_str()).collect::<Vec<_>>())
        }
        FieldKind::Email => json!(dice.of(&["A@x.example", "a@x.example", "b@x.example"])),
        FieldKind::Phone => json!(dice.of(&["+31612345678", "+48601234567"])),
        FieldKind::Url => json!(dice.of(&["https://x.example/A", "https://x.example/a"])),
        FieldKind::Lookup { .. } => json!(format!("p{}", dice.roll(6))),
        FieldKind::File { .. } => json!({"id": "ab", "name": "a.pdf", "size": 1, "type": "application/pdf", "sha256": "cd"}),
        FieldKind::Person => json!(dice.of(&["x", "mila", "nobody"])),
    }
}

fn leaf(dice: &mut Dice, module: &Module, only: &dyn Fn(&FieldKey) -> bool) -> Tree {
    use Operator::{All, Any, AtLeast, AtMost, Contains, Empty, Is, IsNot, Less, More, None, NotEmpty, Starts};
    let fields: Vec<_> = module.fields.iter().filter(|f| only(&f.key)).collect();
    let field = *dice.of(&fields);
    let operators: &[Operator] = match &field.kind {
        FieldKind::Text | FieldKind::LongText | FieldKind::Email | FieldKind::Url => {
            &[Is, IsNot, Contains, Starts, Empty, NotEmpty, Any, None]
        }
        FieldKind::Number { .. } | FieldKind::Money { .. } => &[Is, IsNot, Less, AtMost, More, AtLeast, Empty, NotEmpty],
        FieldKind::Date | FieldKind::DateTime => &[Is, IsNot, Less, AtMost, More, AtLeast, Empty, Any, None],
        FieldKind::YesNo => &[Is, IsNot, Empty],
        FieldKind::File { .. } => &[Empty, NotEmpty],
        FieldKind::MultipleChoice { .. } => &[Any, All, None, Empty, NotEmpty],
        _ => &[Is, IsNot, Any, None, Empty, NotEmpty],
    };
    let operator = *dice.of(operators);
    let one = |dice: &mut Dice| loop {
        let v = value(dice, &field.kind);
        match v {
            Json::Array(a) if a.is_empty() => {}
            Json::Array(a) => return a[0].clone(),
            v => return v,
        }
    };
    let value = match operator {
        Empty | NotEmpty => Json::Null,
        Any | All | None => json!([one(dice), one(dice)]),
        Contains | Starts => json!(one(dice).as_str().unwrap().chars().take(1 + dice.roll(3)).collect::<String>()),
        Is | IsNot if field.kind == FieldKind::Person && dice.roll(2) == 0 => json!({"me": true}),
        _ if field.kind == FieldKind::Date && dice.roll(3) == 0 => json!({"today": dice.roll(3) as i64 - 1}),
        _ => one(dice),
    };
    Tree::Value(ValueLeaf { field: field.key.clone().into(), operator, value })
}

fn tree(dice: &mut Dice, module: &Module, depth: usize, only: &dyn Fn(&FieldKey) -> bool) -> Tree {
    let many = |dice: &mut Dice| (0..dice.roll(4)).map(|_| tree(dice, module, depth - 1, only)).collect();
    match dice.roll(if depth == 0 { 3 } else { 7 }) {
        0 => Tree::All,
        1 | 2 => leaf(dice, module, only),
        3 | 4 => Tree::And(many(dice)),
        5 => Tree::Or(many(dice)),
        _ => Tree::Not(Box::new(tree(dice, module, depth - 1, only))),
    }
}

fn rule(dice: &mut Dice, module: &Module) -> VisibilityRule {
    let rights = [Right::See, Right::Change, Right::Delete, Right::History, Right::Create, Right::Attach];
    let mut chosen: std::collections::BTreeSet<_> = rights.into_iter().filter(|_| dice.roll(2) == 0).collect();
    if dice.roll(4) > 0 {
        chosen.insert(Right::See);
    }
    let levels = [Level::Hidden, Level::Read, Level::Write];
    let default = *dice.of(&levels);
    let named = module.fields.iter().filter(|_| dice.roll(3) == 0).map(|f| f.key.clone()).collect::<Vec<_>>();
    let named = named.into_iter().map(|k| (k, *dice.of(&levels))).collect();
    let tree = tree(dice, module, 3, &|_| true);
    let fields = FieldLevels { default, named };
    VisibilityRule { module: On::Module(module.key.clone()), tree, rights: chosen, fields, see_masked: false, may_move: false }
}

fn random_state(dice: &mut Dice, module: &Module, id: String, cx: &Context) -> State {
    let mut fields = Fields::new();
    for f in &module.fields {
        if f.required || dice.roll(3) > 0 {
            let v = read(f, &Raw::Json(value(dice, &f.kind)), cx).unwrap();
            fields.extend(v.map(|v| (f.key.clone(), v)));
        }
    }
    State {
        id,
        module: module.key.clone(),
        version: 1,
        status: Status::Active,
        fields,
        relation_id: None,
        internal: false,
        restricted: false,
    }
}

async fn store_all(w: &World, modules: &[Module], states: &[State]) {
    let data = (modules.to_vec(), states.to_vec(), w.clock.now(), w.records.input(blank()));
    w.records
        .db
        .write::<_, _, WriteError, _>(data, |(modules, states, at, input): &(_, _, _, Input), mut tx| {
            let modules: &Vec<Module> = modules;
            let states: &Vec<State> = states;
            Box::pin(async move {
                for s in states {
                    let module = modules.iter().find(|m| m.key == s.module).unwrap();
                    let stamp = Stamp { actor: "dice", at: *at, cause: &input.change.cause };
                    assert!(store::put(&mut tx, module, s, &Changes::between(module, None, s), &stamp).await?);
                }
                Ok(())
            })
        })
        .await
        .unwrap();
}

fn blank() -> Change {
    Change::create(key("things"), BTreeMap::new(), Cause::via(Via::Import))
}

/// What a person sees of one record by the plain evaluator: the values that are left, and what he may.
fn seen_of(state: &State, things: &[VisibilityRule], module: &Module, places: &[String]) -> Option<(Fields, Given)> {
    let g = given(things, module, &state.fields, &x())?;
    let mut fields = state.fields.clone();
    fields.retain(|k, v| g.reads.contains(k) && (k.as_str() != "place" || matches!(v, Value::Text(id) if places.contains(id))));
    Some((fields, g))
}

/// X2: 150 people with rules of their own over 60 records, each with a filter of his own: 18,000 pairs.
#[tokio::test]
async fn the_compiler_and_the_plain_evaluator_agree_on_random_rules_and_records() {
    on_engines(|db| async move {
        let w = World::new(db.clone()).await;
        let modules = modules();
        check(&Definitions { modules: modules.clone(), ..Definitions::default() }).unwrap();
        let preset = Preset { modules: modules.clone(), ..Preset::default() };
        apply(&db, preset, w.clock.now()).await.unwrap();
        let mut dice = Dice(2);
        let cx = Context::neutral();
        let things: Vec<_> = (0..60).map(|n| random_state(&mut dice, &modules[0], format!("t{n}"), &cx)).collect();
        let places: Vec<_> = (0..5).map(|n| random_state(&mut dice, &modules[1], format!("p{n}"), &cx)).collect();
        store_all(&w, &modules, &things).await;
        store_all(&w, &modules, &places).await;
        let mut seen_records = 0;
        for round in 0..150 {
            let on_things: Vec<_> = (0..1 + dice.roll(3)).map(|_| rule(&mut dice, &modules[0])).collect();
            let on_places: Vec<_> = (0..dice.roll(3)).map(|_| rule(&mut dice, &modules[1])).collect();
            let rules = on_things.iter().chain(&on_places).cloned().collect();
            let role = Role { name: key("dice"), rules };
            let catalogue = Catalogue::new(
                format!("{round}"),
                Definitions { modules: modules.clone(), roles: vec![role], portals: Vec::new() },
            );
            assert!(catalogue.warnings.is_empty(), "{:?}", catalogue.warnings);
            let access = Access::new(x(), Arc::new(catalogue));
            let sight = access.sight(&key("things")).unwrap();
            let shown = |k: &FieldKey| sight.revealed_somewhere(k);
            let filter = modules[0].fields.iter().any(|f| shown(&f.key)).then(|| tree(&mut dice, &modules[0], 3, &shown));

            let visible_places = places.iter().filter(|p| given(&on_places, &modules[1], &p.fields, &x()).is_some());
            let visible_places: Vec<String> = visible_places.map(|p| p.id.clone()).collect();
            let mut want = BTreeMap::new();
            for t in &things {
                if let Some((fields, g)) = seen_of(t, &on_things, &modules[0], &visible_places)
                    && filter.as_ref().is_none_or(|f| holds(f, &modules[0], &fields, &x()))
                {
                    want.insert(t.id.clone(), (fields, g));
                }
            }
            let query = ListQuery { filter: filter.clone(), ..ListQuery::of(key("things")) };
            let got = whole_list(&w, &access, &query).await;
            let (got_ids, want_ids): (Vec<_>, Vec<_>) = (got.keys().collect(), want.keys().collect());
            assert_eq!(got_ids, want_ids, "round {round}: {on_things:#?} {filter:#?}");
            for (id, seen) in got {
                let (fields, g) = &want[&id];
                let values: Fields = seen.fields().filter_map(|(f, v)| v.map(|v| (f.key.clone(), v.clone()))).collect();
                assert_eq!(&values, fields, "round {round} {id}");
                assert_eq!(seen.fields().map(|(f, _)| f.key.clone()).collect::<std::collections::BTreeSet<_>>(), g.reads);
                let writes = modules[0].fields.iter().filter(|f| seen.writable(&f.key)).map(|f| f.key.clone());
                assert_eq!(writes.collect::<std::collections::BTreeSet<_>>(), g.writes, "round {round} {id}");
                for right in [Right::See, Right::Change, Right::Delete, Right::History, Right::Create] {
                    assert_eq!(seen.may(right), g.rights.contains(&right), "round {round} {id} {right:?}");
                }
                seen_records += 1;
            }
            judged_alike(&w, &access, &things, &on_things, &modules[0]).await;
        }
        assert!(seen_records > 1_000, "only {seen_records} were seen: the test proves little");
    })
    .await;
}

/// A state that isn't stored is judged as the stored one is.
async fn judged_alike(w: &World, access: &Access, things: &[State], rules: &[VisibilityRule], module: &Module) {
    let sight = access.sight(&module.key).unwrap();
    let mut snapshot = w.records.db.snapshot().await.unwrap();
    for t in things.iter().take(6) {
        let (seen, matched) = store::judge(&mut snapshot.tx(), &sight, t).await.unwrap();
        let want = given(rules, module, &t.fields, &x());
        assert_eq!(seen, want.is_some());
        if let Some(g) = want {
            assert!(module.fields.iter().all(|f| matched.reads(&f.key) == g.reads.contains(&f.key)));
        }
    }
}

async fn whole_list(w: &World, access: &Access, query: &ListQuery) -> BTreeMap<String, crate::crm::records::seen::Seen> {
    let (mut all, mut cursor) = (BTreeMap::new(), None);
    let mut snapshot = w.records.db.snapshot().await.unwrap();
    loop {
        let mut tx = snapshot.tx();
        let page = w.records.page_for_tests(&mut tx, access, query, cursor.as_deref()).await.unwrap();
        all.extend(page.records.into_iter().map(|r| (r.id().to_owned(), r)));
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

impl Records {
    async fn page_for_tests(
        &self,
        tx: &mut Tx<'_>,
        access: &Access,
        query: &ListQuery,
        cursor: Option<&str>,
    ) -> Result<crate::crm::records::list::Page, crate::crm::records::model::ReadError> {
        let cursors = crate::crm::records::list::Cursors { root: &self.root, entropy: &*self.entropy };
        crate::crm::records::list::page(tx, access, query, cursor, &self.cx, &cursors).await
    }
}
