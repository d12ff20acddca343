//! Groups, roles and sessions by the API.

use reqwest::Method;
use serde_json::json;

use super::{Caller, begin, each};
use crate::on_both_engines;
use crate::support::world::World;

on_both_engines! {
    /// S5: what people have by a group begins with it and ends with it.
    async fn a_group_is_made_filled_renamed_and_taken_away(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let (status, made) = ada.ask(Method::POST, "/groups", Some(json!({"name": " Night shift "}))).await;
        assert_eq!((status, made["name"].as_str()), (201, Some("Night shift")), "{made}");
        let id = made["id"].as_str().unwrap().to_owned();
        assert_eq!(ada.ask(Method::POST, "/groups", Some(json!({"name": "Night shift"}))).await.0, 422, "the name is taken");
        let daan = ada.person("daan@example.com").await;
        // A moment between, so that the log has an order.
        world.advance(1);
        let (member, role) = (format!("/groups/{id}/members/{daan}"), format!("/roles/night/groups/{id}"));
        assert_eq!(ada.ask(Method::PUT, &member, None).await.0, 204);
        assert_eq!(ada.ask(Method::PUT, &role, None).await.0, 204);
        let shown = ada.get(&format!("/people/{daan}")).await;
        assert_eq!((&shown["groups"][0]["name"], &shown["roles_by_group"]), (&json!("Night shift"), &json!(["night"])));
        world.advance(1);
        let (status, renamed) = ada.ask(Method::PATCH, &format!("/groups/{id}"), Some(json!({"name": "Nights"}))).await;
        assert_eq!((status, &renamed["members"], &renamed["roles"]), (200, &json!(1), &json!(["night"])));
        assert_eq!(each(&ada.get("/groups?q=NIGHT").await, "name"), ["Nights"]);
        assert_eq!(each(&ada.get(&format!("/people?group={id}")).await, "id"), [&*daan]);
        assert_eq!(ada.get("/roles/night/groups").await["items"][0]["name"], "Nights");
        world.advance(1);
        let (status, taken) = ada.ask(Method::DELETE, &format!("/groups/{id}"), None).await;
        assert_eq!(status, 200, "{taken}");
        assert_eq!(ada.ask(Method::GET, &format!("/groups/{id}"), None).await.0, 404);
        let shown = ada.get(&format!("/people/{daan}")).await;
        assert_eq!((&shown["groups"], &shown["roles_by_group"]), (&json!([]), &json!([])));
        assert!(!each(&ada.get("/roles").await, "role").contains(&"night"));
        // Both logs tell it, and the record store's replica follows.
        world.poll().await;
        let actions = ada.get(&format!("/audit?about={id}")).await;
        assert_eq!(each(&actions, "action"), ["group.deleted", "role.taken", "group.renamed", "role.given", "group.created"]);
    }

    /// S5, P13: a link is on the start page of those whom it is for, and leaves it.
    async fn a_link_is_made_changed_and_removed(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let daan = ada.person("daan@example.com").await;
        let link = json!({"title": {"en": "Hours", "nl": "Uren"}, "address": "https://hours.example.com/", "for": "person", "whom": daan});
        let (status, made) = ada.ask(Method::POST, "/links", Some(link)).await;
        assert_eq!((status, made["whom_name"].as_str()), (201, Some("daan@example.com")), "{made}");
        let path = format!("/links/{}", made["id"].as_str().unwrap());
        let mut browser = world.member("daan@example.com").await;
        assert!(browser.get(format!("{}/", world.idp_url)).await.unwrap().text.contains("Hours"));
        let hidden = json!({"title": "Hours", "address": "https://hours.example.com/", "for": "everyone", "active": false});
        let (status, changed) = ada.ask(Method::PUT, &path, Some(hidden)).await;
        assert_eq!((status, &changed["for"], &changed["active"]), (200, &json!("everyone"), &json!(false)), "{changed}");
        assert!(!browser.get(format!("{}/", world.idp_url)).await.unwrap().text.contains("Hours"));
        let wrong = json!({"title": "", "address": "javascript:alert(1)", "for": "everyone"});
        let (status, wrong) = ada.ask(Method::POST, "/links", Some(wrong)).await;
        assert!(status == 422 && wrong["fields"]["title"].is_string() && wrong["fields"]["address"].is_string(), "{wrong}");
        let nobody = json!({"title": "x", "address": "https://example.com/", "for": "group", "whom": "none"});
        assert_eq!(ada.ask(Method::POST, "/links", Some(nobody)).await.0, 422);
        assert_eq!(ada.ask(Method::DELETE, &path, None).await.0, 204);
        assert_eq!(ada.ask(Method::GET, &path, None).await.0, 404);
    }

    /// S3, S5: a policy is set for a group as a whole, asked for from then on, and goes with the group.
    async fn a_policy_is_set_shown_and_cleared(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let ada = Caller::of(&world, "ada@example.com").await;
        assert_eq!(each(&ada.get("/policies").await, "scope"), ["everyone", "staff", "externals"]);
        let group = ada.ask(Method::POST, "/groups", Some(json!({"name": "Nights"}))).await.1["id"].as_str().unwrap().to_owned();
        let path = format!("/policies/group:{group}");
        let rules = json!({"factors": ["passkey", "authenticator"], "least": "password-app", "sign_in_every": 720, "remember_devices": 0});
        let (status, set) = ada.ask(Method::PUT, &path, Some(rules.clone())).await;
        assert_eq!((status, &set["rules"], &set["name"]), (200, &rules, &json!("Nights")), "{set}");
        assert_eq!(ada.get(&path).await["rules"], rules);
        for wrong in [json!({"factors": []}), json!({"factors": ["password"]}), json!({"least": "strong"}), json!({"sign_in_every": 1}),
            json!({"factors": ["mail"], "least": "passkey"})] {
            assert_eq!(ada.ask(Method::PUT, &path, Some(wrong.clone())).await.0, 422, "{wrong}");
        }
        assert_eq!(ada.ask(Method::PUT, "/policies/group:none", Some(json!({}))).await.0, 404);
        assert_eq!(ada.ask(Method::GET, "/policies/nobody", None).await.0, 404);
        assert_eq!(ada.ask(Method::DELETE, &format!("/groups/{group}"), None).await.0, 200);
        assert_eq!(each(&ada.get("/policies").await, "scope"), ["everyone", "staff", "externals"]);
        assert_eq!(ada.ask(Method::DELETE, "/policies/staff", None).await.0, 200);
    }

    /// S4, S5: a session that is ended is over at the next request.
    async fn a_session_is_listed_and_ended(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let mut daan = world.member("daan@example.com").await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let id = ada.person("daan@example.com").await;
        let found = ada.get(&format!("/sessions?person={id}")).await;
        assert_eq!(each(&found, "name"), ["Daan Visser"]);
        assert!(found["items"][0]["ip"].as_str().unwrap().contains("127.0.0.1"), "{found}");
        let path = format!("/sessions/{}", found["items"][0]["id"].as_str().unwrap());
        let (status, taken) = ada.ask(Method::DELETE, &path, None).await;
        assert_eq!(status, 200, "{taken}");
        assert_eq!(ada.ask(Method::DELETE, &path, None).await.0, 404, "it has ended");
        world.poll().await;
        let page = daan.get(format!("{}/me", world.crm_url)).await.unwrap();
        assert!(page.text.contains("id=\"username\""), "he is asked to sign in: {}", page.text);
    }
}
