//! The one gate of writes.

use serde_json::json;

use super::*;
use crate::crm::modules::model::Meaning;
use crate::crm::records::list::ListQuery;
use crate::crm::records::model::{Proof, Target};
use crate::crm::visibility::model::Right;

fn written(o: Result<Outcome, WriteError>) -> i64 {
    match o.unwrap() {
        Outcome::Written { version, .. } => version,
        other => panic!("{other:?}"),
    }
}

async fn delivery(w: &World) -> String {
    let smit = w.make(&mila(), "relations", &[("name", "Bakkerij Smit")]).await;
    w.make(&mila(), "deliveries", &[("number", "D-2041"), ("relation", &smit), ("status", "on_the_road")]).await
}

/// V9
#[tokio::test]
async fn a_change_that_needs_a_code_writes_nothing_and_nothing_follows() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        let id = delivery(&w).await;
        let out = w.edit(&daan(), "deliveries", (&id, 1), &[("status", "delivered"), ("remarks", "at the door")]).await.unwrap();
        let Outcome::NeedsCode(held) = out else { panic!("{out:?}") };
        assert_eq!(held.matches[0].rule_id, "delivered");
        assert_eq!(held.changes.fields.len(), 2);
        assert_eq!(held.before.as_ref().unwrap().version, 1);
        let seen = w.records.get(&mila(), &key("deliveries"), &id).await.unwrap().unwrap();
        assert_eq!((seen.version(), seen.value(&key("status"))), (1, Some(&Value::Text("on_the_road".into()))));
        let rows: (i64, i64) = w
            .records
            .db
            .query(crate::sql!(
                "SELECT (SELECT COUNT(*) FROM record_versions), (SELECT COUNT(*) FROM record_versions WHERE module = 'deliveries')"
            ))
            .one()
            .await
            .unwrap();
        assert_eq!(rows, (2, 1));
        // Setting what it is already asks nothing and makes no version.
        let same = w.edit(&daan(), "deliveries", (&id, 1), &[("status", "on_the_road")]).await.unwrap();
        assert_eq!(same, Outcome::Unchanged { id: id.clone(), version: 1 });
        // Another value asks nothing.
        assert_eq!(written(w.edit(&daan(), "deliveries", (&id, 1), &[("status", "refused")]).await), 2);
    })
    .await;
}

/// V4: creating a record in the protected state triggers as well, and works with the proof.
#[tokio::test]
async fn a_record_created_in_the_protected_state_waits_and_keeps_its_id() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        let smit = w.make(&mila(), "relations", &[("name", "Smit")]).await;
        let change = Change::create(
            key("deliveries"),
            raws(&[("number", "D-1"), ("relation", &smit), ("status", "delivered")]),
            Cause::via(Via::Api),
        );
        let input = w.records.input(change);
        for (proof, there) in [
            (Proof::default(), false),
            (Proof::of(vec![RuleMatch { rule_id: "delivered".into(), rule_version: 2 }]), false),
            (Proof::of(vec![RuleMatch { rule_id: "delivered".into(), rule_version: 1 }]), true),
        ] {
            let data = (w.records.clone(), input.clone(), proof);
            let out = w
                .records
                .db
                .write(data, |(records, input, proof), mut tx| {
                    Box::pin(async move {
                        let access = records.access(&mut tx, &mila()).await?;
                        records.pass(&mut tx, &access, input, proof).await
                    })
                })
                .await
                .unwrap();
            assert_eq!(matches!(out, Outcome::Written { .. }), there, "{out:?}");
            let seen = w.records.get(&mila(), &key("deliveries"), &input.new_id).await.unwrap();
            assert_eq!(seen.is_some(), there);
        }
    })
    .await;
}

/// O8
#[tokio::test]
async fn rights_and_fields_come_from_the_rules_true_for_that_record() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        let id = delivery(&w).await;
        assert_eq!(wrong(w.edit(&daan(), "deliveries", (&id, 1), &[("number", "D-1")]).await), ["number:field-read-only"]);
        // Hidden and missing are told alike.
        let hidden = w.edit(&daan(), "deliveries", (&id, 1), &[("value", "1"), ("nothing", "1")]).await;
        assert_eq!(wrong(hidden), ["nothing:field-unknown", "value:field-unknown"]);
        assert!(matches!(
            w.create(&daan(), "deliveries", &[("number", "x")]).await,
            Err(WriteError::Forbidden("create-not-allowed"))
        ));
        assert!(matches!(w.create(&daan(), "quotes", &[("number", "x")]).await, Err(WriteError::NotFound)));
        let remove = Change::remove(key("deliveries"), &id, 1, Cause::via(Via::Page));
        assert!(matches!(w.change(&daan(), remove).await, Err(WriteError::Forbidden("delete-not-allowed"))));
        // Refused: the rule that let Daan change it is no longer true, the other still shows it.
        assert_eq!(written(w.edit(&daan(), "deliveries", (&id, 1), &[("status", "refused")]).await), 2);
        let closed = w.edit(&daan(), "deliveries", (&id, 2), &[("status", "planned")]).await;
        assert!(matches!(closed, Err(WriteError::Forbidden("change-not-allowed"))), "{closed:?}");
        let seen = w.records.get(&daan(), &key("deliveries"), &id).await.unwrap().unwrap();
        assert!(!seen.may(Right::Change) && !seen.writable(&key("status")));
    })
    .await;
}

/// Z5
#[tokio::test]
async fn a_change_that_takes_the_record_out_of_view_is_refused() {
    on_engines(|db| async move {
        let w = World::new(db.clone()).await;
        let text = "roles: [{name: planner, rules: [{module: deliveries, tree: {value: {field: status, operator: is, value: planned}},
            rights: [see, create, change], fields: {default: write}}, {module: relations, tree: all, rights: [see], fields: {default: read}}]}]";
        apply(&db, Preset::read(text).unwrap(), w.clock.now()).await.unwrap();
        let planner = person("pia", "planner");
        let smit = w.make(&mila(), "relations", &[("name", "Smit")]).await;
        let id = w.make(&planner, "deliveries", &[("number", "D-1"), ("relation", &smit)]).await;
        let out = w.edit(&planner, "deliveries", (&id, 1), &[("status", "refused")]).await;
        assert!(matches!(out, Err(WriteError::Forbidden("change-leaves-view"))), "{out:?}");
        let out = w.create(&planner, "deliveries", &[("number", "2"), ("relation", &smit), ("status", "refused")]).await;
        assert!(matches!(out, Err(WriteError::Forbidden("create-not-allowed"))), "{out:?}");
    })
    .await;
}

/// case 37
#[tokio::test]
async fn a_record_is_found_only_under_its_own_module() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        let id = delivery(&w).await;
        assert!(w.records.get(&bram(), &key("quotes"), &id).await.unwrap().is_none());
        assert!(w.records.history(&bram(), &key("quotes"), &id, None).await.unwrap().is_none());
        let out = w.edit(&bram(), "quotes", (&id, 1), &[("number", "x")]).await;
        assert!(matches!(out, Err(WriteError::NotFound)), "{out:?}");
        let seen = w.records.get(&bram(), &key("deliveries"), &id).await.unwrap().unwrap();
        assert_eq!(seen.version(), 1);
    })
    .await;
}

/// V11: of many changes on one version, one is written; the others are told the version that won.
#[tokio::test]
async fn of_twenty_changes_at_once_on_one_version_one_is_written() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        let id = delivery(&w).await;
        let edits = (0..20).map(|n| {
            let (w, id) = (&w, &id);
            async move { w.edit(&mila(), "deliveries", (id, 1), &[("remarks", &format!("try {n}"))]).await }
        });
        let out = futures_util::future::join_all(edits).await;
        let won = out.iter().filter(|o| matches!(o, Ok(Outcome::Written { version: 2, .. }))).count();
        let lost = out.iter().filter(|o| matches!(o, Err(WriteError::Conflict { current: 2 }))).count();
        assert_eq!((won, lost), (1, 19), "{out:?}");
        let history = w.records.history(&mila(), &key("deliveries"), &id, None).await.unwrap().unwrap();
        assert_eq!(history.versions.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_same_key_gets_the_same_answer_and_another_request_an_error() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        let make = |name: &str| {
            let mut c = Change::create(key("relations"), raws(&[("name", name)]), Cause::via(Via::Api));
            c.idempotency_key = Some("k-1".into());
            c
        };
        let mila = mila();
        let many = (0..10).map(|_| w.change(&mila, make("Smit")));
        let out: Vec<_> = futures_util::future::join_all(many).await.into_iter().map(Result::unwrap).collect();
        assert!(out.windows(2).all(|p| p[0] == p[1]), "{out:?}");
        assert!(matches!(w.change(&mila, make("Other")).await, Err(WriteError::IdempotencyKey)));
        assert!(matches!(w.change(&bram(), make("Other")).await, Ok(Outcome::Written { .. })));
        let page = w.records.list(&mila, &ListQuery::of(key("relations")), None).await.unwrap();
        assert_eq!(page.records.len(), 2);
    })
    .await;
}

/// case 33
#[tokio::test]
async fn a_lookup_is_set_only_to_a_record_that_is_there_and_seen() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        let smit = w.make(&mila(), "relations", &[("name", "Smit")]).await;
        let anna = w.make(&mila(), "contacts", &[("name", "Anna"), ("relation", &smit)]).await;
        let gone = w.make(&mila(), "contacts", &[("name", "Gone"), ("relation", &smit)]).await;
        let remove = Change::remove(key("contacts"), &gone, 1, Cause::via(Via::Page));
        assert_eq!(written(w.change(&mila(), remove).await), 2);
        for bad in ["nobody", smit.as_str(), gone.as_str()] {
            let out = w.create(&mila(), "deliveries", &[("number", "1"), ("relation", &smit), ("contact", bad)]).await;
            assert_eq!(wrong(out), ["contact:field-not-a-record"]);
        }
        let id = w.make(&mila(), "deliveries", &[("number", "1"), ("relation", &smit), ("contact", &anna)]).await;
        let seen = w.records.get(&daan(), &key("deliveries"), &id).await.unwrap().unwrap();
        assert_eq!(seen.lookup(&key("contact")).unwrap().title.as_deref(), Some("Anna"));
        assert_eq!(seen.relation().unwrap().id, smit);
        // Once the contact is put away, the lookup shows nothing.
        let remove = Change::remove(key("contacts"), &anna, 1, Cause::via(Via::Page));
        assert_eq!(written(w.change(&mila(), remove).await), 2);
        let seen = w.records.get(&daan(), &key("deliveries"), &id).await.unwrap().unwrap();
        assert!(seen.lookup(&key("contact")).is_none() && seen.value(&key("contact")).is_none());
        assert_eq!(seen.fields_json().get("contact"), Some(&json!(null)));
    })
    .await;
}

#[tokio::test]
async fn applying_a_preset_again_changes_nothing() {
    on_engines(|db| async move {
        let w = World::new(db.clone()).await;
        let again = apply(&db, Preset::read_whole(CRM).unwrap(), w.clock.now()).await.unwrap();
        assert!(again.is_nothing(), "{again:?}");
        let before = w.records.catalogue().await.unwrap();
        assert_eq!(before.modules().map(|m| m.key.as_str()).next(), Some("relations"));
        assert!(before.warnings.is_empty());
        let mut preset = Preset::read_whole(CRM).unwrap();
        preset.modules[2].labels.nl = "Bezorgingen".into();
        let applied = apply(&db, preset, w.clock.now()).await.unwrap();
        assert_eq!(applied.modules, ["deliveries"]);
        let after = w.records.catalogue().await.unwrap();
        let deliveries = after.module(&key("deliveries")).unwrap();
        assert_eq!((deliveries.version, deliveries.labels.get("nl")), (2, "Bezorgingen"));
        assert_eq!(deliveries.field(&key("status")).unwrap().option("delivered").unwrap().meaning, Meaning::Good);
    })
    .await;
}

/// A portal that shows contacts of a relation everything in it that they are linked to.
const CIRCLE: &str = "portals: [{key: circle, labels: {en: C, nl: C, pl: C, tr: C}, module: contacts, rules: [
    {module: relations, tree: {granted: {least: reader}}, rights: [see], fields: {default: read}},
    {module: notes, tree: {granted: {least: reader}}, rights: [see, change, history], fields: {default: write}}]}]";

fn mark(id: &str, version: i64, internal: bool) -> Change {
    let mut c = Change::edit(key("notes"), id, version, raws(&[]), Cause::via(Via::Page));
    c.internal = Some(internal);
    c
}

/// P12
#[tokio::test]
async fn an_internal_record_is_for_linked_staff_alone() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        w.define(CIRCLE).await;
        let smit = w.make(&mila(), "relations", &[("name", "Smit")]).await;
        let pat = w.make(&mila(), "contacts", &[("name", "Patricia"), ("relation", &smit)]).await;
        let outside = external("patricia", "circle", "contacts", &pat);
        w.grant("person:patricia", &smit, GrantLevel::Manager).await;
        let mut note = Change::create(key("notes"), raws(&[("subject", "Discount"), ("relation", &smit)]), Cause::via(Via::Page));
        note.internal = Some(true);
        // Who isn't linked would no longer see it.
        let out = w.change(&mila(), note.clone()).await;
        assert!(matches!(out, Err(WriteError::Forbidden("change-leaves-view"))), "{out:?}");
        let held = w.grant("person:mila", &smit, GrantLevel::Participant).await;
        let Outcome::Written { id, .. } = w.change(&mila(), note).await.unwrap() else { panic!() };
        assert!(w.records.get(&mila(), &key("notes"), &id).await.unwrap().is_some());
        // Nothing widens it: neither an administrator's role nor an external's level.
        for other in [&bram(), &outside] {
            assert!(w.records.get(other, &key("notes"), &id).await.unwrap().is_none());
            assert!(w.records.search(other, "discount").await.unwrap().is_empty());
        }
        assert_eq!(written(w.change(&mila(), mark(&id, 1, false)).await), 2);
        // Released: seen now, but the version from before stays internal.
        let history = w.records.history(&outside, &key("notes"), &id, None).await.unwrap().unwrap();
        assert_eq!(history.versions.iter().map(|v| v.version).collect::<Vec<_>>(), [2]);
        // An external can't mark.
        let out = w.change(&outside, mark(&id, 2, true)).await;
        assert!(matches!(out, Err(WriteError::Forbidden("mark-not-allowed"))), "{out:?}");
        assert_eq!(written(w.change(&mila(), mark(&id, 2, true)).await), 3);
        w.take(&held).await;
        assert!(w.records.get(&mila(), &key("notes"), &id).await.unwrap().is_none());
        // Without a relation there is nothing to be linked to; it is for staff all the same.
        let mut own = Change::create(key("notes"), raws(&[("subject", "Own")]), Cause::via(Via::Page));
        own.internal = Some(true);
        assert!(matches!(w.change(&mila(), own).await, Ok(Outcome::Written { .. })));
    })
    .await;
}

/// P11
#[tokio::test]
async fn a_restricted_relation_and_all_in_it_is_for_those_linked() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        w.define(CIRCLE).await;
        let smit = w.make(&mila(), "relations", &[("name", "Smit")]).await;
        let pat = w.make(&mila(), "contacts", &[("name", "Patricia"), ("relation", &smit)]).await;
        let note = w.make(&mila(), "notes", &[("subject", "Plan"), ("relation", &smit)]).await;
        let outside = external("patricia", "circle", "contacts", &pat);
        let restrict = |version| {
            let mut c = Change::edit(key("relations"), &smit, version, raws(&[]), Cause::via(Via::Page));
            c.restricted = Some(true);
            c
        };
        assert!(matches!(w.change(&mila(), restrict(1)).await, Err(WriteError::Forbidden("mark-not-allowed"))));
        // Who would shut himself out doesn't get to.
        let out = w.change(&bram(), restrict(1)).await;
        assert!(matches!(out, Err(WriteError::Forbidden("change-leaves-view"))), "{out:?}");
        w.grant("group:office", &smit, GrantLevel::Reader).await;
        let linked = Viewer { groups: vec!["office".into()], ..bram() };
        assert_eq!(written(w.change(&linked, restrict(1)).await), 2);
        for (module, id) in [("notes", &note), ("relations", &smit)] {
            assert!(w.records.get(&linked, &key(module), id).await.unwrap().is_some());
            for other in [&mila(), &bram(), &outside] {
                assert!(w.records.get(other, &key(module), id).await.unwrap().is_none(), "{} {module}", other.sub);
            }
        }
        w.grant("person:patricia", &smit, GrantLevel::Reader).await;
        assert!(w.records.get(&outside, &key("notes"), &note).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn restoring_a_version_goes_through_the_gate() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        let id = delivery(&w).await;
        written(w.edit(&mila(), "deliveries", (&id, 1), &[("driver", "daan"), ("status", "refused")]).await);
        let record = Target::Existing { module: key("deliveries"), id: id.clone(), base_version: 2 };
        let change = w.records.restoring(&mila(), record.clone(), 1, Cause::via(Via::Restore)).await.unwrap().unwrap();
        assert_eq!(change.fields.get(&key("driver")), Some(&None));
        assert_eq!(written(w.change(&mila(), change).await), 3);
        let seen = w.records.get(&mila(), &key("deliveries"), &id).await.unwrap().unwrap();
        assert_eq!(seen.value(&key("status")), Some(&Value::Text("on_the_road".into())));
        assert!(w.records.restoring(&mila(), record, 9, Cause::via(Via::Restore)).await.unwrap().is_none());
    })
    .await;
}

/// P6
#[tokio::test]
async fn a_company_is_never_above_itself() {
    on_engines(|db| async move {
        let w = World::new(db).await;
        let top = w.make(&mila(), "relations", &[("name", "Holding")]).await;
        let mid = w.make(&mila(), "relations", &[("name", "Smit"), ("parent", &top)]).await;
        let low = w.make(&mila(), "relations", &[("name", "Oven"), ("parent", &mid)]).await;
        assert_eq!(wrong(w.edit(&mila(), "relations", (&top, 1), &[("parent", &low)]).await), ["parent:field-cycle"]);
        assert_eq!(wrong(w.edit(&mila(), "relations", (&top, 1), &[("parent", &top)]).await), ["parent:field-not-a-record"]);
        assert_eq!(written(w.edit(&mila(), "relations", (&low, 1), &[("parent", &top)]).await), 2);
    })
    .await;
}
