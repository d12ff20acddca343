//! Lists, cursors, history, dossier, search.

use super::*;
use crate::crm::records::history::Narrow;
use crate::crm::records::list::{Count, ListQuery, PAGE, SortBy};
use crate::crm::records::model::ReadError;
use crate::crm::visibility::compile::{own_filter, visible};
use crate::crm::visibility::model::{Operator, Tree, ValueLeaf};
use crate::crm::visibility::predicate::prepare_values;

fn list(module: &str, sort: SortBy, descending: bool) -> ListQuery {
    ListQuery { sort, descending, ..ListQuery::of(key(module)) }
}

async fn relations(w: &World, n: usize) {
    for i in 0..n {
        let name = format!("Relation {:03}", (i * 37) % n);
        let city = ["", "Łódź", "ankara", "Zwolle"][i % 4];
        w.make(&mila(), "relations", &[("name", &name), ("city", city)]).await;
    }
}

/// Every page of a list, as titles.
async fn walk(w: &World, query: &ListQuery) -> Vec<String> {
    let (mut titles, mut cursor) = (Vec::new(), None);
    loop {
        let page = w.records.list(&mila(), query, cursor.as_deref()).await.unwrap();
        assert!(page.records.len() <= PAGE);
        titles.extend(page.records.iter().map(|r| r.title().unwrap().to_owned()));
        cursor = page.next;
        if cursor.is_none() {
            return titles;
        }
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition_in_every_order() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        relations(&w, 120).await;
        for descending in [false, true] {
            for by in [SortBy::Updated, SortBy::Created, SortBy::Title, SortBy::Field(key("city")), SortBy::Field(key("since"))] {
                let titles = walk(&w, &list("relations", by.clone(), descending)).await;
                let unique: std::collections::BTreeSet<_> = titles.iter().collect();
                assert_eq!((titles.len(), unique.len()), (120, 120), "{by:?} {descending}");
            }
        }
        let titles = walk(&w, &list("relations", SortBy::Title, true)).await;
        assert!(titles.windows(2).all(|p| p[0] > p[1]));
        // By the bytes of the folded text, on either engine, whatever the database's own collation; absent values last.
        let (mut cities, mut cursor) = (Vec::new(), None);
        loop {
            let query = list("relations", SortBy::Field(key("city")), false);
            let page = w.records.list(&mila(), &query, cursor.as_deref()).await.unwrap();
            cities.extend(page.records.iter().map(|r| r.value(&key("city")).cloned()));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        cities.dedup();
        let text = |t: &str| Some(Value::Text(t.into()));
        assert_eq!(cities, [text("ankara"), text("Zwolle"), text("Łódź"), None]);
        assert_eq!(w.records.count(&mila(), &ListQuery::of(key("relations"))).await.unwrap(), Count::Exactly(120));
    })
    .await;
}

/// case 38
#[tokio::test]
async fn a_cursor_that_was_changed_or_is_anothers_is_refused() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        relations(&w, 60).await;
        let query = list("relations", SortBy::Title, false);
        let cursor = w.records.list(&mila(), &query, None).await.unwrap().next.unwrap();
        for i in 0..cursor.len() {
            let mut bytes = cursor.clone().into_bytes();
            bytes[i] = if bytes[i] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            let refused = w.records.list(&mila(), &query, Some(&changed)).await;
            assert!(matches!(refused, Err(ReadError::Cursor)), "byte {i}");
        }
        let other = list("relations", SortBy::Title, true);
        for refused in [
            w.records.list(&mila(), &other, Some(&cursor)).await,
            w.records.list(&bram(), &query, Some(&cursor)).await,
            w.records.list(&mila(), &query, Some(&cursor[..cursor.len() - 1])).await,
            w.records.list(&mila(), &query, Some("")).await,
            w.records.list(&mila(), &query, Some("'; DROP TABLE records; --")).await,
        ] {
            assert!(matches!(refused, Err(ReadError::Cursor)));
        }
        assert_eq!(w.records.list(&mila(), &query, Some(&cursor)).await.unwrap().records.len(), 10);
    })
    .await;
}

/// case 38
#[tokio::test]
async fn statements_in_values_stay_values_and_keys_are_refused() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        let nasty = ["'; DROP TABLE records; --", "\" OR 1=1 --", "%", "_", "\\", "a|b", "$1", "?", "{\"today\":1}", "${x}"];
        for n in nasty {
            w.make(&mila(), "relations", &[("name", n), ("city", n)]).await;
        }
        for n in nasty {
            for operator in [Operator::Is, Operator::Contains, Operator::Starts] {
                let leaf = ValueLeaf { field: key("city").into(), operator, value: n.into() };
                let query = ListQuery { filter: Some(Tree::Value(leaf)), ..ListQuery::of(key("relations")) };
                let page = w.records.list(&mila(), &query, None).await.unwrap();
                let want = nasty.iter().filter(|m| match operator {
                    Operator::Contains => m.contains(n),
                    Operator::Starts => m.starts_with(n),
                    _ => *m == &n,
                });
                assert_eq!(page.records.len(), want.count(), "{operator:?} {n}");
            }
            assert_eq!(w.records.search(&mila(), n).await.unwrap().len(), nasty.iter().filter(|m| m.contains(n)).count());
            assert!(w.records.get(&mila(), &key("relations"), n).await.unwrap().is_none());
            assert!(FieldKey::try_from(n).is_err());
        }
        for id in ["", "a\0b", "' OR '1'='1"] {
            assert!(w.records.get(&mila(), &key("relations"), id).await.unwrap().is_none());
            assert!(w.records.timeline(&mila(), id, Narrow::default(), None).await.unwrap().is_none());
            let out = w.edit(&mila(), "relations", (id, 1), &[("name", "x")]).await;
            assert!(matches!(out, Err(WriteError::NotFound)));
        }
        let with_nul = w.create(&mila(), "relations", &[("name", "a\0b")]).await;
        assert_eq!(wrong(with_nul), ["name:field-bad-character"]);
        let deep = (0..40).fold(Tree::All, |t, _| Tree::Not(Box::new(t)));
        let wide = Tree::Or((0..600).map(|n| Tree::is(key("city"), format!("{n}"))).collect());
        let long = ValueLeaf { field: key("city").into(), operator: Operator::Any, value: vec!["x"; 600].into() };
        for tree in [deep, wide, Tree::Value(long)] {
            let query = ListQuery { filter: Some(tree), ..ListQuery::of(key("relations")) };
            assert_eq!(w.records.list(&mila(), &query, None).await.unwrap_err().code(), "filter-too-large");
        }
        let json = serde_json::json!({"value": {"field": "city' OR '1'='1", "operator": "is", "value": "x"}});
        assert!(serde_json::from_value::<Tree>(json).is_err());
        assert_eq!(w.records.count(&mila(), &ListQuery::of(key("relations"))).await.unwrap(), Count::Exactly(10));
    })
    .await;
}

/// case 32
#[tokio::test]
async fn a_hidden_field_is_absent_from_everything_and_cannot_be_asked_for() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        let smit = w.make(&mila(), "relations", &[("name", "Smit"), ("email", "a@smit.example")]).await;
        let id = w.make(&mila(), "deliveries", &[("number", "D-1"), ("relation", &smit), ("value", "99")]).await;
        w.edit(&mila(), "deliveries", (&id, 1), &[("value", "100"), ("driver", "daan")]).await.unwrap();
        let seen = w.records.get(&daan(), &key("deliveries"), &id).await.unwrap().unwrap();
        assert!(seen.value(&key("value")).is_none() && !seen.fields_json().contains_key("value"));
        assert!(!seen.fields().any(|(f, _)| f.key == key("value")));
        let history = w.records.history(&daan(), &key("deliveries"), &id, None).await.unwrap().unwrap();
        let changed: Vec<_> = history.versions[0].changes.iter().map(|c| c.field.as_str()).collect();
        assert_eq!(changed, ["driver"]);
        let filter = |field: &str| ListQuery { filter: Some(Tree::is(key(field), "100")), ..ListQuery::of(key("deliveries")) };
        for field in ["value", "nothing"] {
            let refused = w.records.list(&daan(), &filter(field), None).await.unwrap_err();
            assert_eq!((refused.code(), refused.to_string()), ("filter-no-field", format!("there is no field {field}")));
            let refused = w.records.count(&daan(), &filter(field)).await.unwrap_err();
            assert_eq!(refused.code(), "filter-no-field");
            let refused = w.records.list(&daan(), &list("deliveries", SortBy::Field(key(field)), true), None).await.unwrap_err();
            assert_eq!(refused.code(), "filter-no-field");
        }
        // No rule of his is about quotes: the module is as if it weren't.
        let quotes = ListQuery::of(key("quotes"));
        assert!(w.records.list(&daan(), &quotes, None).await.unwrap().records.is_empty());
        let nowhere = ListQuery::of(key("nowhere"));
        assert_eq!(w.records.count(&daan(), &nowhere).await.unwrap(), w.records.count(&daan(), &quotes).await.unwrap());
    })
    .await;
}

/// Z10
#[tokio::test]
async fn a_version_that_did_not_meet_the_rule_stays_unseen() {
    on_engines(|db| async move {
        let w = World::new(db.clone()).await;
        let text =
            "roles: [{name: customer, rules: [{module: quotes, tree: {value: {field: stage, operator: is, value: approved}},
            rights: [see, history], fields: {default: read}}]}]";
        apply(&db, Preset::read(text).unwrap(), w.clock.now()).await.unwrap();
        let patricia = person("patricia", "customer");
        let smit = w.make(&mila(), "relations", &[("name", "Smit")]).await;
        let id = w.make(&mila(), "quotes", &[("number", "Q-1"), ("relation", &smit), ("discount", "20")]).await;
        assert!(w.records.get(&patricia, &key("quotes"), &id).await.unwrap().is_none());
        w.edit(&mila(), "quotes", (&id, 1), &[("stage", "approved"), ("discount", "5")]).await.unwrap();
        w.edit(&mila(), "quotes", (&id, 2), &[("subject", "Ovens")]).await.unwrap();
        let seen = w.records.get(&patricia, &key("quotes"), &id).await.unwrap().unwrap();
        assert!(seen.relation().is_none(), "a lookup to a record that she can't see shows nothing");
        let history = w.records.history(&patricia, &key("quotes"), &id, None).await.unwrap().unwrap().versions;
        assert_eq!(history.iter().map(|v| v.version).collect::<Vec<_>>(), [3, 2]);
        assert!(history[1].changes.iter().all(|c| c.from.is_none()), "{:?}", history[1].changes);
        assert_eq!(w.records.history(&mila(), &key("quotes"), &id, None).await.unwrap().unwrap().versions.len(), 3);
    })
    .await;
}

/// P7
#[tokio::test]
async fn the_dossier_shows_everything_about_a_relation_and_no_other() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        let smit = w.make(&mila(), "relations", &[("name", "Smit")]).await;
        let other = w.make(&mila(), "relations", &[("name", "Other")]).await;
        let id = w.make(&mila(), "deliveries", &[("number", "D-1"), ("relation", &smit)]).await;
        w.make(&mila(), "notes", &[("subject", "Call"), ("relation", &smit)]).await;
        w.make(&mila(), "notes", &[("subject", "Elsewhere"), ("relation", &other)]).await;
        w.edit(&mila(), "deliveries", (&id, 1), &[("status", "on_the_road")]).await.unwrap();
        let page = w.records.timeline(&mila(), &smit, Narrow::default(), None).await.unwrap().unwrap();
        let told: Vec<_> = page.versions.iter().map(|v| (v.title.as_deref().unwrap(), v.version)).collect();
        assert_eq!(told, [("D-1", 2), ("Call", 1), ("D-1", 1), ("Smit", 1)]);
        assert_eq!(page.versions[0].changes[0].to, Some(Value::Text("on_the_road".into())));
        let only =
            w.records.timeline(&mila(), &smit, Narrow { modules: &[key("notes")], by: None }, None).await.unwrap().unwrap();
        assert_eq!(only.versions.len(), 1);
        // Daan has no rule about notes; of the relation he has no history.
        let page = w.records.timeline(&daan(), &smit, Narrow::default(), None).await.unwrap().unwrap();
        let told: Vec<_> = page.versions.iter().map(|v| (v.title.as_deref().unwrap(), v.version)).collect();
        assert_eq!(told, [("D-1", 2), ("D-1", 1), ("Smit", 1)]);
        assert!(page.versions[2].changes.is_empty() && page.versions[2].cause.is_none());
        assert!(w.records.timeline(&daan(), "nobody", Narrow::default(), None).await.unwrap().is_none());
        let related = w.records.related(&daan(), &key("deliveries"), &key("relation"), &smit, None).await.unwrap();
        assert_eq!(related.records.len(), 1);
        for i in 0..110 {
            w.make(&mila(), "notes", &[("subject", &format!("Note {i}")), ("relation", &smit)]).await;
        }
        let (mut n, mut cursor) = (0, None);
        loop {
            let page = w.records.timeline(&mila(), &smit, Narrow::default(), cursor.as_deref()).await.unwrap().unwrap();
            n += page.versions.len();
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(n, 114);
        // What one person did; the cursor of another view opens nothing.
        w.edit(&daan(), "deliveries", (&id, 2), &[("status", "refused")]).await.unwrap();
        let by = |by| Narrow { by: Some(by), ..Narrow::default() };
        let his = w.records.timeline(&mila(), &smit, by("daan"), None).await.unwrap().unwrap();
        assert_eq!(his.versions.iter().map(|v| (v.version, v.actor.as_str())).collect::<Vec<_>>(), [(3, "daan")]);
        assert!(w.records.timeline(&mila(), &smit, by("nobody"), None).await.unwrap().unwrap().versions.is_empty());
        let first = w.records.timeline(&mila(), &smit, by("mila"), None).await.unwrap().unwrap();
        assert!(first.versions.iter().all(|v| v.actor == "mila"));
        let next = w.records.timeline(&mila(), &smit, by("mila"), first.next.as_deref()).await.unwrap().unwrap();
        assert!(!next.versions.is_empty() && next.versions.iter().all(|v| v.actor == "mila"));
        let other = w.records.timeline(&mila(), &smit, by("daan"), first.next.as_deref()).await;
        assert!(matches!(other, Err(ReadError::Cursor)));
    })
    .await;
}

/// P5
#[tokio::test]
async fn quick_search_finds_titles_of_every_module_by_folded_text() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        let gida = w.make(&mila(), "relations", &[("name", "Yılmaz GIDA")]).await;
        w.make(&mila(), "contacts", &[("name", "Ayşe Yılmaz"), ("relation", &gida)]).await;
        let hits = w.records.search(&mila(), "YıLMAZ").await.unwrap();
        assert_eq!(hits.len(), 2);
        assert_eq!(w.records.search(&mila(), "gida").await.unwrap().len(), 1);
        assert_eq!(w.records.search(&mila(), "gıda").await.unwrap().len(), 0, "the dotless i is a letter of its own");
        assert_eq!(w.records.search(&daan(), "yılmaz").await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_indexed_field_is_found_by_its_index() {
    on_engines(|db| async move {
        let w = World::new(db.clone()).await;
        let module = key("deliveries");
        for who in [bram(), daan()] {
            let mut snapshot = db.snapshot().await.unwrap();
            let mut tx = snapshot.tx();
            let access = w.records.access(&mut tx, &who).await.unwrap();
            let sight = access.sight(&module).unwrap();
            let tree = Tree::And(vec![Tree::is(key("number"), "D-2041"), Tree::is(key("planned_on"), "2026-11-22")]);
            let filter = prepare_values(&tree, &sight.module, &w.records.cx).unwrap();
            let postgres = db.is_postgres();
            if postgres {
                // An empty table is read whole unless that is forbidden.
                let off = crate::sql!("SELECT set_config('enable_seqscan', 'off', true)");
                let _: (String,) = tx.q(off).one().await.unwrap();
            }
            let mut q = tx.q(crate::kernel::db::Sql::literal(""));
            q.push(if postgres { "EXPLAIN " } else { "EXPLAIN QUERY PLAN " });
            q.push("SELECT t0.id FROM records t0 WHERE ");
            visible(&mut q, &sight, 0);
            q.push(" AND ");
            own_filter(&mut q, &access, &sight, &filter, 0);
            let plan: Vec<String> = if postgres {
                q.all::<(String,)>().await.unwrap().into_iter().map(|r| r.0).collect()
            } else {
                q.all::<(i64, i64, i64, String)>().await.unwrap().into_iter().map(|r| r.3).collect()
            };
            // The indexes of fields are named by a number.
            let plan = plan.join("; ");
            let by_number = |w: &str| w.strip_prefix('t').is_some_and(|n| n.len() > 9 && n.bytes().all(|b| b.is_ascii_digit()));
            assert!(plan.split(' ').any(by_number), "{plan}");
        }
    })
    .await;
}
