//! Fields that name a person.

use serde_json::json;

use super::*;
use crate::crm::records::list::ListQuery;
use crate::crm::visibility::model::{Operator, Tree, ValueLeaf};
use crate::sql;

/// Puts the people of these tests into the replica: Kees has left, Patricia does not work here.
pub async fn hire(db: &Db) {
    for (sub, name, staff, active) in [
        ("mila", "Mila de Boer", true, true),
        ("daan", "Daan Visser", true, true),
        ("bram", "Bram Bakker", true, true),
        ("kees", "Kees Smit", true, false),
        ("patricia", "Patricia Nowak", false, true),
    ] {
        db.write::<_, _, DbError, _>((sub, name, staff, active), |(sub, name, staff, active), mut tx| {
            Box::pin(async move {
                tx.q(sql!(
                    "INSERT INTO replica_cursor (generation, state, epoch, position, chain, refused, applied_at)
                     VALUES (1, 'current', 'e', 1, '', FALSE, 0) ON CONFLICT DO NOTHING"
                ))
                .exec()
                .await?;
                let hire = sql!(
                    "INSERT INTO replica_people (generation, sub, name, language, staff, active) VALUES (1, $1, $2, 'en', $3, $4)"
                );
                tx.q(hire).bind(*sub).bind(*name).bind(*staff).bind(*active).exec().await
            })
        })
        .await
        .unwrap();
    }
}

async fn delivery(w: &World, number: &str, driver: &str) -> Result<Outcome, WriteError> {
    let smit = w.make(&mila(), "relations", &[("name", "Bakkerij Smit")]).await;
    w.create(&mila(), "deliveries", &[("number", number), ("relation", &smit), ("driver", driver)]).await
}

/// O1: someone is named only while he is here; who left stays named where he was.
#[tokio::test]
async fn a_field_names_someone_who_is_here() {
    on_engines(|db| async move {
        let w = World::new(db.clone()).await;
        for nobody in ["kees", "nobody", "Daan Visser"] {
            assert_eq!(wrong(delivery(&w, "D-1", nobody).await), ["driver:field-not-a-person"]);
        }
        let Outcome::Written { id, .. } = delivery(&w, "D-1", "daan").await.unwrap() else { panic!() };
        let seen = w.records.get(&mila(), &key("deliveries"), &id).await.unwrap().unwrap();
        assert_eq!(seen.person(&key("driver")).unwrap().name.as_deref(), Some("Daan Visser"));
        assert_eq!(seen.fields_json().get("driver"), Some(&json!("daan")));
        let leave = sql!("UPDATE replica_people SET active = FALSE WHERE sub = 'daan'");
        db.write::<_, _, DbError, _>((), move |(), mut tx| Box::pin(async move { tx.q(leave).exec().await })).await.unwrap();
        w.edit(&mila(), "deliveries", (&id, 1), &[("remarks", "He left."), ("driver", "daan")]).await.unwrap();
        w.edit(&mila(), "deliveries", (&id, 2), &[("driver", "bram")]).await.unwrap();
        assert_eq!(wrong(w.edit(&mila(), "deliveries", (&id, 3), &[("driver", "daan")]).await), ["driver:field-not-a-person"]);
        let history = w.records.history(&mila(), &key("deliveries"), &id, None).await.unwrap().unwrap();
        let change = &history.versions[0].changes[0];
        let name = |p: &Option<crate::crm::records::seen::Named>| p.as_ref().unwrap().name.clone().unwrap();
        assert_eq!((name(&change.from_person), name(&change.to_person)), ("Daan Visser".into(), "Bram Bakker".into()));
    })
    .await;
}

/// case 25: who is here is not told to who does not work here.
#[tokio::test]
async fn who_does_not_work_here_names_nobody_but_himself() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        w.define(
            "portals: [{key: customers, labels: {en: C, nl: C, pl: C, tr: C}, module: contacts, rules: [
                {module: deliveries, tree: all, rights: [see, change], fields: {default: write}}]}]",
        )
        .await;
        let pat = w.make(&mila(), "contacts", &[("name", "Patricia")]).await;
        let outside = external("patricia", "customers", "contacts", &pat);
        let Outcome::Written { id, .. } = delivery(&w, "D-1", "daan").await.unwrap() else { panic!() };
        let name = |who: &'static str| {
            let (w, id, outside) = (&w, &id, &outside);
            async move { w.edit(outside, "deliveries", (id, 1), &[("driver", who)]).await }
        };
        for who in ["bram", "kees", "nobody"] {
            assert_eq!(wrong(name(who).await), ["driver:field-not-a-person"]);
        }
        assert!(matches!(name("patricia").await, Ok(Outcome::Written { version: 2, .. })));
    })
    .await;
}

/// Z3: a rule and a person's own filter can ask whether the record names whoever looks.
#[tokio::test]
async fn rules_and_filters_can_ask_for_who_looks() {
    on_engines(|db| async move {
        let w = World::new(db.clone()).await;
        let text = "roles: [{name: carrier, rules: [{module: deliveries, tree: {value: {field: driver, operator: is, value: {me: true}}},
            rights: [see], fields: {default: read}}]}]";
        apply(&db, Preset::read(text).unwrap(), w.clock.now()).await.unwrap();
        for (number, driver) in [("D-1", "daan"), ("D-2", "bram"), ("D-3", "")] {
            delivery(&w, number, driver).await.unwrap();
        }
        let numbers = |who: Viewer, filter: Option<Tree>| {
            let w = &w;
            async move {
                let query = ListQuery { filter, ..ListQuery::of(key("deliveries")) };
                let page = w.records.list(&who, &query, None).await.unwrap();
                let mut titles: Vec<_> = page.records.iter().map(|r| r.title().unwrap().to_owned()).collect();
                titles.sort();
                titles
            }
        };
        let leaf = |operator, value| Some(Tree::Value(ValueLeaf { field: key("driver").into(), operator, value }));
        let me = || json!({"me": true});
        assert_eq!(numbers(person("daan", "carrier"), None).await, ["D-1"]);
        assert_eq!(numbers(person("bram", "carrier"), None).await, ["D-2"]);
        assert_eq!(numbers(person("bram", "sales"), leaf(Operator::Is, me())).await, ["D-2"]);
        assert_eq!(numbers(person("bram", "sales"), leaf(Operator::IsNot, me())).await, ["D-1"]);
        assert_eq!(numbers(person("bram", "sales"), leaf(Operator::Any, json!(["daan", "bram"]))).await, ["D-1", "D-2"]);
        assert_eq!(numbers(person("bram", "sales"), leaf(Operator::Empty, json!(null))).await, ["D-3"]);
    })
    .await;
}
