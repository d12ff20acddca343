//! Giving and taking access, by people who may and who may not.

use serde_json::{Value, json};
use zegel::contract::access::GrantLevel;
use zegel::contract::feed::{Entry, Holder};

use super::House;
use crate::on_both_engines;

fn names(access: &Value) -> Vec<(&str, &str)> {
    let list = access["grants"].as_array().unwrap();
    let mut names: Vec<_> = list.iter().map(|g| (g["holder_name"].as_str().unwrap(), g["level"].as_str().unwrap())).collect();
    names.sort_unstable();
    names
}

on_both_engines! {
    /// P2, P11: who manages a relation gives access to it; an external, a reader, and a manager of another one do not.
    async fn a_manager_gives_access_to_his_relation_and_nobody_else_does(db: TestDb) {
        let house = House::new(db).await;
        let (mila, daan, patricia) = (
            house.token("mila@example.com").await,
            house.token("daan@example.com").await,
            house.token("patricia@example.com").await,
        );
        let [daan_id, patricia_id] = [house.id_of("daan@example.com").await, house.id_of("patricia@example.com").await];
        let before = house.log().await.len();
        let wanted = json!({"holder": {"person": patricia_id}, "level": "contributor", "until": house.after(3600), "reason": "her quote"});
        let (status, given) = house.give(&mila, "r1", wanted.clone()).await;
        assert_eq!(status, 201, "{given}");
        assert_eq!((&given["holder_name"], &given["staff"], &given["reason"]), (&json!("Patricia Nowak"), &json!(false), &json!("her quote")));
        let entry = Entry::Grant {
            grant: given["id"].as_str().unwrap().to_owned(),
            holder: Holder::Person(patricia_id.clone()),
            relation: "r1".into(),
            level: GrantLevel::Contributor,
            from: None,
            until: Some(house.after(3600)),
            present: true,
        };
        assert_eq!(house.since(before).await, [entry]);
        // On another relation she manages nothing, and does not learn whether there is one.
        assert_eq!(house.give(&mila, "r2", wanted.clone()).await.0, 404);
        assert_eq!(house.give(&mila, "nothing", wanted.clone()).await.0, 404);
        // An external contributes and still neither gives nor sees who else has access.
        for (status, _) in [house.give(&patricia, "r1", wanted.clone()).await, house.access(&patricia, "r1").await] {
            assert_eq!(status, 404);
        }
        assert_eq!(house.take(&patricia, given["id"].as_str().unwrap()).await.0, 404);
        // Staff that is not linked learns nothing; a reader sees and does not decide.
        assert_eq!(house.access(&daan, "r1").await.0, 404);
        assert_eq!(house.give(&mila, "r1", json!({"holder": {"person": daan_id}, "level": "reader"})).await.0, 201);
        let (status, access) = house.access(&daan, "r1").await;
        assert_eq!((status, &access["may_change"]), (200, &json!(false)));
        assert_eq!(names(&access), [("Daan Visser", "reader"), ("Mila de Boer", "manager"), ("Patricia Nowak", "contributor")]);
        assert_eq!(house.give(&daan, "r1", wanted).await.0, 403);
        assert_eq!(house.take(&daan, given["id"].as_str().unwrap()).await.0, 403);
        let path = format!("/api/grants/{}", given["id"].as_str().unwrap());
        assert_eq!(house.call(&daan, "PATCH", &path, Some(json!({"level": "manager"}))).await.0, 403);
        assert_eq!(house.since(before).await.len(), 2, "what was refused left nothing");
    }

    /// P11: a group's level counts for its members; one that has not begun, has ended, or is on a relation that was put
    /// away counts for nothing.
    async fn only_a_grant_in_force_lets_someone_give(db: TestDb) {
        let house = House::new(db).await;
        let (ria, mila, daan) =
            (house.token("ria@example.com").await, house.token("mila@example.com").await, house.token("daan@example.com").await);
        let [daan_id, team] = [house.id_of("daan@example.com").await, house.group("sales team").await];
        let gift = json!({"holder": {"person": house.id_of("patricia@example.com").await}, "level": "reader"});
        assert_eq!(house.give(&mila, "r2", gift.clone()).await.0, 404);
        assert_eq!(house.give(&ria, "r2", json!({"holder": {"group": team}, "level": "manager"})).await.0, 201);
        assert_eq!(house.give(&mila, "r2", gift.clone()).await.0, 201, "by her group");
        house.world.apply("groups: [{name: sales team, members: []}]").await;
        assert_eq!(house.give(&mila, "r2", gift.clone()).await.0, 404, "no longer in it");

        let manager = |from: i64, until: i64| json!({"holder": {"person": daan_id}, "level": "manager", "from": from, "until": until});
        assert_eq!(house.give(&ria, "r2", manager(house.after(60), house.after(120))).await.0, 201);
        assert_eq!(house.give(&daan, "r2", gift.clone()).await.0, 404, "not yet");
        house.world.advance(60);
        assert_eq!(house.give(&daan, "r2", gift.clone()).await.0, 201, "now");
        house.world.advance(60);
        assert_eq!(house.give(&daan, "r2", gift.clone()).await.0, 404, "no longer");

        assert_eq!(house.give(&mila, "r1", gift.clone()).await.0, 201);
        assert_eq!(house.push(json!([{"id": "r1", "name": "Bakkerij Smit", "active": false}])).await.0, 200);
        assert_eq!(house.give(&mila, "r1", gift.clone()).await.0, 404, "put away");
        assert_eq!(house.give(&ria, "r1", gift).await.0, 409);
    }

    /// P11, case 29: who is disabled or has lost the role decides about nothing, with whatever token.
    async fn the_administrators_right_ends_with_the_role_and_every_right_with_the_person(db: TestDb) {
        let house = House::new(db).await;
        let (ria, mila) = (house.token("ria@example.com").await, house.token("mila@example.com").await);
        let gift = json!({"holder": {"person": house.id_of("daan@example.com").await}, "level": "reader"});
        assert_eq!(house.give(&ria, "r2", gift.clone()).await.0, 201);
        house.world.apply("people: [{email: ria@example.com, name: Ria Chef, roles: []}]").await;
        assert_eq!(house.give(&ria, "r2", gift.clone()).await.0, 404);
        house.world.apply("people: [{email: mila@example.com, name: Mila de Boer, active: false}]").await;
        assert_eq!(house.give(&mila, "r1", gift).await.0, 401);
    }

    /// One holder has one grant on a relation: giving again changes it, and giving the same again changes nothing.
    async fn giving_the_same_again_changes_nothing_and_giving_other_terms_changes_the_one_grant(db: TestDb) {
        let house = House::new(db).await;
        let mila = house.token("mila@example.com").await;
        let daan = house.id_of("daan@example.com").await;
        let give = async |level: &str| house.give(&mila, "r1", json!({"holder": {"person": daan}, "level": level})).await.1;
        let first = give("reader").await;
        let before = house.log().await.len();
        assert_eq!(give("reader").await["id"], first["id"]);
        assert_eq!(house.log().await.len(), before);
        let more = give("contributor").await;
        assert_eq!((&more["id"], &more["level"], &more["taken"]), (&first["id"], &json!("contributor"), &Value::Null));
        house.world.advance(30);
        let less = give("participant").await;
        assert_eq!((&less["id"], &less["taken"]["state"]), (&first["id"], &json!("pending")), "lowering is taking away: {less}");
        let path = format!("/api/grants/{}", first["id"].as_str().unwrap());
        let until = house.after(600);
        let (status, changed) = house.call(&mila, "PATCH", &path, Some(json!({"until": until, "reason": "help"}))).await;
        assert_eq!((status, &changed["until"], &changed["reason"], &changed["taken"]["state"]), (200, &json!(until), &json!("help"), &json!("pending")));
        let (_, changed) = house.call(&mila, "PATCH", &path, Some(json!({"until": null}))).await;
        assert_eq!((&changed["until"], &changed["reason"], &changed["taken"]), (&Value::Null, &json!("help"), &Value::Null));
        for bad in [json!({"until": house.after(0)}), json!({"reason": "x".repeat(501)})] {
            let (status, problem) = house.call(&mila, "PATCH", &path, Some(bad)).await;
            assert_eq!((status, &problem["code"]), (422, &json!("invalid_field")));
        }
        assert_eq!(house.call(&mila, "PATCH", &path, Some(json!({"holder": {"person": "x"}}))).await.0, 400);

        let before = house.log().await.len();
        assert_eq!(house.take(&mila, first["id"].as_str().unwrap()).await.0, 200);
        assert_eq!(house.take(&mila, first["id"].as_str().unwrap()).await.0, 200);
        let gone = house.since(before).await;
        assert!(matches!(gone.as_slice(), [Entry::Grant { present: false, .. }]), "{gone:?}");
        assert_ne!(give("reader").await["id"], first["id"], "given anew it is another one");
        assert_eq!(house.give(&mila, "r1", json!({"holder": {"person": "nobody"}, "level": "reader"})).await.0, 422);
        assert_eq!(house.give(&mila, "r1", json!({"holder": {"group": "nobody"}, "level": "reader"})).await.0, 422);
    }

    /// Of many who give at once to one holder, all find one grant.
    async fn gifts_at_once_to_one_holder_make_one_grant(db: TestDb) {
        let house = House::new(db).await;
        let mila = house.token("mila@example.com").await;
        let daan = house.id_of("daan@example.com").await;
        let gifts = (0..20).map(|n| {
            let level = ["reader", "contributor"][n % 2];
            house.give(&mila, "r1", json!({"holder": {"person": daan}, "level": level}))
        });
        for (status, answer) in futures_util::future::join_all(gifts).await {
            assert!(matches!(status, 201 | 503), "{answer}");
        }
        let (_, access) = house.access(&mila, "r1").await;
        assert_eq!(names(&access).len(), 2, "{access}");
    }

    /// What is told of relations is bounded, belongs to who told it, and is taken as a whole or not at all.
    async fn relations_belong_to_the_application_that_told_of_them(db: TestDb) {
        let house = House::new(db).await;
        let (status, answer) = house.push(json!([{"id": "r1", "name": "Bakkerij Smit", "external_key": "smit", "active": true}])).await;
        assert_eq!((status, answer), (200, json!({"changed": 0})));
        // A key goes from one to the other in one push, and not to two.
        let swapped = json!([
            {"id": "r1", "name": "Bakkerij Smit", "active": true},
            {"id": "r2", "name": "Visser BV", "external_key": "smit", "active": true}
        ]);
        assert_eq!(house.push(swapped).await, (200, json!({"changed": 2})));
        let taken = json!([{"id": "r3", "name": "New", "active": true}, {"id": "r1", "name": "Other", "external_key": "smit", "active": true}]);
        let (status, problem) = house.push(taken).await;
        assert_eq!((status, &problem["fields"]), (422, &json!({"1.external_key": "another relation has this key"})));
        let ria = house.token("ria@example.com").await;
        assert_eq!(house.access(&ria, "r3").await.0, 404, "nothing of it was taken");
        // The record store can't have an id that another application named first.
        let (store, _) = house.world.crm().provider.own_token("relations:write").await.unwrap();
        let store = secrecy::ExposeSecret::expose_secret(&store).to_owned();
        let theirs = json!([{"id": "r1", "name": "Mine now", "active": true}]);
        assert_eq!(house.call(&store, "POST", "/api/relations", Some(theirs)).await.0, 422);
        let own_key = json!([{"id": "s1", "name": "Another smit", "external_key": "smit", "active": true}]);
        assert_eq!(house.call(&store, "POST", "/api/relations", Some(own_key)).await.0, 200, "keys are each application's own");
        let long = (0..500).map(|n| json!({"id": format!("long{n}"), "name": "n".repeat(1000), "active": true})).collect();
        assert_eq!(house.push(Value::Array(long)).await, (200, json!({"changed": 500})));
        for (bad, status) in [
            (json!([{"id": "a b", "name": "x", "active": true}]), 422),
            (json!([{"id": "a", "name": " ", "active": true}]), 422),
            (json!([{"id": "a", "name": "x".repeat(2001), "active": true}]), 422),
            (json!([{"id": "a", "name": "x", "parent": "a", "active": true}]), 422),
            (json!([{"id": "a", "name": "x", "active": true}, {"id": "a", "name": "y", "active": true}]), 422),
            (Value::Array((0..501).map(|n| json!({"id": format!("x{n}"), "name": "x", "active": true})).collect()), 422),
            (json!([{"id": "a", "name": "x", "active": true, "secret": 1}]), 400),
            (json!({"id": "a"}), 400),
        ] {
            assert_eq!(house.push(bad.clone()).await.0, status, "{bad}");
        }
        let none = house.own("access-log:read").await;
        assert_eq!(house.call(&none, "POST", "/api/relations", Some(json!([]))).await.0, 403);
    }

    /// S5: who gave and took what stands in the audit log, written with it.
    async fn giving_and_taking_are_in_the_audit_log(db: TestDb) {
        let house = House::new(db).await;
        let mila = house.token("mila@example.com").await;
        let daan = house.id_of("daan@example.com").await;
        let (_, given) = house.give(&mila, "r1", json!({"holder": {"person": daan}, "level": "reader"})).await;
        let id = given["id"].as_str().unwrap().to_owned();
        house.world.advance(30);
        house.take(&mila, &id).await;
        let rows: Vec<(String, Option<String>, Option<String>, String)> = house
            .world
            .idp()
            .db
            .query(zegel::sql!("SELECT action, actor, client_id, detail FROM audit WHERE target = $1 ORDER BY at, id"))
            .bind(id)
            .all()
            .await
            .unwrap();
        let who = (Some(house.id_of("mila@example.com").await), Some("desk".to_owned()));
        assert_eq!(rows.len(), 2);
        for (row, action) in rows.iter().zip(["grant.given", "grant.taken"]) {
            assert_eq!((row.0.as_str(), (row.1.clone(), row.2.clone())), (action, who.clone()));
            assert!(row.3.starts_with(&format!("reader on r1 to person:{daan}")), "{}", row.3);
        }
    }
}
