//! People by the API.

use reqwest::Method;
use serde_json::json;
use zegel::contract::feed::Entry;

use super::{Caller, begin, each};
use crate::on_both_engines;
use crate::support::flow::{offline_tokens, refresh, text, userinfo};
use crate::support::world::{PASSWORD, SEED, World};

on_both_engines! {
    /// S5
    async fn the_api_is_for_those_with_the_role_and_the_scope(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let daan = Caller::of(&world, "daan@example.com").await;
        for path in ["/people", "/groups", "/roles", "/sessions", "/invitations", "/keys", "/audit", "/audit/export"] {
            assert_eq!(daan.ask(Method::GET, path, None).await.0, 403, "{path}");
        }
        let ada = Caller::of(&world, "ada@example.com").await;
        for path in ["/people", "/groups", "/roles", "/sessions", "/invitations", "/keys", "/audit"] {
            assert!(ada.get(path).await["items"].is_array(), "{path}");
        }
        // The role taken away counts at the next request, with the same token.
        let id = ada.person("ada@example.com").await;
        let bram = Caller::of(&world, "ada@example.com").await;
        assert_eq!(bram.ask(Method::DELETE, &format!("/roles/administrator/people/{id}"), None).await.0, 200);
        assert_eq!(ada.ask(Method::GET, "/people", None).await.0, 403);
        assert_eq!(userinfo(&world, "nonsense").await.0, 401);
    }

    /// S5: a person is added, found, changed, and gets to choose a password that nobody else sees.
    async fn a_person_is_added_found_and_changed(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let new = json!({"email": "Zofia@example.com", "name": "Zofia Łącka", "language": "pl", "staff": true, "phone": "06 12345642"});
        let (status, made) = ada.ask(Method::POST, "/people", Some(new)).await;
        assert_eq!((status, made["phone"].as_str()), (201, Some("+31612345642")), "{made}");
        assert_eq!(made["has_password"], json!(false));
        let link = world.newest("Zofia@example.com").await;
        assert!(link.contains(&format!("{}/password/", world.idp_url)), "{link}");
        for q in ["zofia", "ŁĄCKA", "zofia@example", "a%C5%82%C4%85"] {
            let found = ada.get(&format!("/people?q={q}")).await;
            assert_eq!(each(&found, "email").contains(&"Zofia@example.com"), q != "a%C5%82%C4%85", "{q}: {found}");
        }
        let id = made["id"].as_str().unwrap().to_owned();
        let path = format!("/people/{id}");
        let (status, changed) = ada.ask(Method::PATCH, &path, Some(json!({"name": "Zofia Nowak", "phone": null}))).await;
        assert_eq!((status, changed["name"].as_str(), changed.get("phone")), (200, Some("Zofia Nowak"), None), "{changed}");
        assert_eq!(changed["language"], "pl", "what is left out stays");
        let again = json!({"email": "zofia@EXAMPLE.com", "name": "Z", "language": "xx", "staff": false});
        let (status, wrong) = ada.ask(Method::POST, "/people", Some(again.clone())).await;
        assert!(status == 422 && wrong["fields"]["language"].is_string(), "{wrong}");
        let (status, wrong) = ada.ask(Method::POST, "/people", Some(json!({"email": "zofia@EXAMPLE.com", "name": "Z", "language": "en", "staff": false}))).await;
        assert!(status == 422 && wrong["fields"]["email"].is_string(), "{wrong}");
        assert_eq!(ada.ask(Method::GET, "/people/nobody", None).await.0, 404);
    }

    /// case 38
    async fn lists_are_paged_by_cursors_of_that_list_and_reader(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let all = ada.get("/people").await;
        let names = each(&all, "name").into_iter().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(names, ["Ada Admin", "Bram Bakker", "Daan Visser", "Mila de Boer", "Patricia Nowak"]);
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = ada.get(&format!("/people?limit=2{cursor}")).await;
            seen.extend(each(&page, "name").into_iter().map(str::to_owned));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, names);
        let next = ada.get("/people?limit=1").await["next"].as_str().unwrap().to_owned();
        assert_eq!(ada.ask(Method::GET, &format!("/people?staff=true&limit=1&cursor={next}"), None).await.0, 400, "another filter");
        assert_eq!(ada.ask(Method::GET, &format!("/groups?cursor={next}"), None).await.0, 400, "another list");
        assert_eq!(ada.ask(Method::GET, "/people?cursor=x", None).await.0, 400);
        assert_eq!(ada.ask(Method::GET, "/people?nope=1", None).await.0, 400);
        assert_eq!(each(&ada.get("/people?staff=false").await, "name"), ["Patricia Nowak"]);
    }

    /// S5
    async fn an_administrator_neither_sees_nor_sets_a_password_or_seed(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let id = ada.person("bram@example.com").await;
        let (_, text, _) = ada.raw(Method::GET, &format!("/people/{id}"), None).await;
        assert!(text.contains("\"factors\":[\"authenticator\""), "{text}");
        for secret in [PASSWORD, SEED, "argon2", "$argon2id$"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        for member in ["password", "password_hash", "authenticator", "code"] {
            let (status, body) = ada.ask(Method::PATCH, &format!("/people/{id}"), Some(json!({member: "x"}))).await;
            assert_eq!(status, 400, "{member}: {body}");
        }
        assert_eq!(ada.ask(Method::POST, &format!("/people/{id}/password-link"), None).await.0, 202);
        assert!(world.newest("bram@example.com").await.contains("/password/"));
        // What he has stays until he uses the link.
        let shown = ada.get(&format!("/people/{id}")).await;
        assert_eq!((shown["has_password"].as_bool(), shown["factors"][0].as_str()), (Some(true), Some("authenticator")));
    }

    /// case 29: whoever was in is out once a password is chosen by a link, also with what an application may do without the person.
    async fn a_password_chosen_by_a_link_ends_offline_access(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let mut inside = world.member("daan@example.com").await;
        let beyond = offline_tokens(&world, &mut inside).await;
        let (status, beyond) = refresh(&world, text(&beyond, "refresh_token")).await;
        assert_eq!(status, 200, "{beyond}");
        let id = ada.person("daan@example.com").await;
        assert_eq!(ada.ask(Method::POST, &format!("/people/{id}/password-link"), None).await.0, 202);
        let mail = world.newest("daan@example.com").await;
        let link = mail.split_whitespace().find(|w| w.contains("/password/")).unwrap();
        let form = [("password", "a wholly other one of his"), ("repeat", "a wholly other one of his")];
        let page = world.browser().post(link, &form).await.unwrap();
        assert_eq!(page.status, 200, "{}", page.text);
        assert_eq!(refresh(&world, text(&beyond, "refresh_token")).await.0, 400);
        let sql = "SELECT COUNT(*) FROM audit WHERE action = 'issue.revoked' AND outcome = 'password chosen anew'";
        let noted = world.idp().db.query(zegel::kernel::db::Sql::literal(sql)).one::<(i64,)>().await.unwrap().0;
        assert_eq!(noted, 1);
        let ended = |e: &Entry| matches!(e, Entry::IssueRevoked { .. });
        let log = zegel::idp::feed::flow::page(&world.idp().db, 0).await.unwrap();
        assert!(log.entries.into_iter().any(|e| ended(&e.named(&log.names).entry)), "resource servers learn of it");
    }

    /// case 21: and what only takes away is done at once.
    async fn what_widens_access_needs_a_fresh_sign_in(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let mut ada = Caller::of(&world, "ada@example.com").await;
        let id = ada.person("daan@example.com").await;
        let role = format!("/roles/sales/people/{id}");
        assert_eq!(ada.ask(Method::PUT, &role, None).await.0, 204);
        world.advance(299);
        ada.again().await;
        assert_eq!(ada.ask(Method::PUT, &role, None).await.0, 204);
        world.advance(1);
        let group = ada.ask(Method::POST, "/groups", Some(json!({"name": "Night shift"}))).await.1["id"].as_str().unwrap().to_owned();
        for (method, path, body) in [
            (Method::PUT, role.clone(), None),
            (Method::PUT, format!("/groups/{group}/members/{id}"), None),
            (Method::POST, "/people".into(), Some(json!({"email": "x@example.com", "name": "X", "language": "en", "staff": true}))),
            (Method::PATCH, format!("/people/{id}"), Some(json!({"staff": true}))),
            (Method::POST, format!("/people/{id}/password-link"), None),
        ] {
            let (status, body, challenge) = ada.raw(method, &path, body).await;
            assert_eq!(status, 401, "{path}: {body}");
            assert!(challenge.contains("insufficient_user_authentication") && challenge.contains("max_age=\"300\""), "{challenge}");
        }
        assert_eq!(ada.ask(Method::DELETE, &role, None).await.0, 200);
        assert_eq!(ada.ask(Method::DELETE, &format!("/people/{id}/sessions"), None).await.0, 200);
    }

    async fn somebody_is_always_left_who_administers(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let (own, other) = (ada.person("ada@example.com").await, ada.person("bram@example.com").await);
        assert_eq!(ada.ask(Method::DELETE, &format!("/roles/administrator/people/{other}"), None).await.0, 200);
        let (status, why) = ada.ask(Method::DELETE, &format!("/roles/administrator/people/{own}"), None).await;
        assert_eq!(status, 409, "{why}");
        assert!(why["detail"].as_str().unwrap().contains("Nobody would be left"));
        assert_eq!(ada.get(&format!("/people/{own}")).await["roles"], json!(["administrator"]), "nothing of it was done");
    }
}
