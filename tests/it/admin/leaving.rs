//! People's coming and going by API and page: inviting, disabling, handing over, copying, erasing, and ways back.

use reqwest::Method;
use serde_json::json;

use super::{Caller, begin, each};
use crate::on_both_engines;
use crate::support::flow::{text, tokens, userinfo};
use crate::support::world::{PASSWORD, World};

on_both_engines! {
    /// S5, case 29: an account is disabled and enabled by API, everything that it held ends, and nobody does it to himself.
    async fn an_account_is_disabled_and_enabled_by_the_api(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let (daan, own) = (ada.person("daan@example.com").await, ada.person("ada@example.com").await);
        let (_, t) = tokens(&world, "daan@example.com", &[]).await;
        assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 200);
        let (status, why) = ada.ask(Method::POST, &format!("/people/{own}/disable"), None).await;
        assert!(status == 409 && why["detail"].as_str().unwrap().contains("own account"), "{why}");
        // It only takes away: an old sign-in is enough.
        world.advance(301);
        let (status, taken) = ada.ask(Method::POST, &format!("/people/{daan}/disable"), None).await;
        assert_eq!(status, 200, "{taken}");
        assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 401);
        assert_eq!(ada.get(&format!("/people/{daan}")).await["active"], json!(false));
        assert_eq!(ada.ask(Method::POST, &format!("/people/{daan}/enable"), None).await.0, 401, "this widens");
        let ada = Caller::of(&world, "ada@example.com").await;
        world.advance(1);
        assert_eq!(ada.ask(Method::POST, &format!("/people/{daan}/enable"), None).await.0, 204);
        assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 401, "nothing of before comes back");
        assert_eq!(ada.ask(Method::POST, "/people/nobody/disable", None).await.0, 404);
        let actions = ada.get(&format!("/audit?about={daan}&action=person.")).await;
        assert_eq!(each(&actions, "action"), ["person.enabled", "person.disabled", "person.created"]);
    }

    /// S5, P16: handing over by API says at the field who can't take over.
    async fn a_leavers_work_is_handed_over_by_the_api(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        world.apply("groups: [{name: Sales, members: [mila@example.com]}]").await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let mila = ada.person("mila@example.com").await;
        let path = format!("/people/{mila}/hand-over");
        for to in ["nobody@example.com", "patricia@example.com", "mila@example.com"] {
            let (status, wrong) = ada.ask(Method::POST, &path, Some(json!({"to": to, "close": true}))).await;
            assert!(status == 422 && wrong["fields"]["to"].is_string(), "{to}: {wrong}");
        }
        let (status, done) = ada.ask(Method::POST, &path, Some(json!({"to": "daan@example.com", "close": true}))).await;
        assert_eq!((status, &done["done"]["groups"], &done["done"]["closed"]), (200, &json!(1), &json!(true)), "{done}");
        assert_eq!(ada.get(&format!("/people/{mila}")).await["active"], json!(false));
        let daan = ada.person("daan@example.com").await;
        assert_eq!(ada.get(&format!("/people/{daan}")).await["groups"][0]["name"], "Sales");
    }

    /// P15, S5: a copy is for a fresh sign-in and leaves a line; erasing needs a closed account, and is once.
    async fn someone_is_copied_and_erased_by_the_api(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let daan = ada.person("daan@example.com").await;
        let path = format!("/people/{daan}");
        let copy = ada.get(&format!("{path}/export")).await;
        assert_eq!(copy["person"]["email"], "daan@example.com");
        assert!(!copy.to_string().contains("argon2"), "{copy}");
        assert_eq!(ada.ask(Method::DELETE, &path, None).await.0, 409, "the account is open");
        assert_eq!(ada.ask(Method::POST, &format!("{path}/disable"), None).await.0, 200);
        world.advance(301);
        for (method, path) in [(Method::GET, format!("{path}/export")), (Method::DELETE, path.clone())] {
            assert_eq!(ada.ask(method, &path, None).await.0, 401, "{path}");
        }
        let ada = Caller::of(&world, "ada@example.com").await;
        let (status, copy) = ada.ask(Method::DELETE, &path, None).await;
        assert_eq!((status, copy["person"]["name"].as_str()), (200, Some("Daan Visser")), "{copy}");
        assert_eq!(ada.ask(Method::DELETE, &path, None).await.0, 404, "once");
        assert_eq!(ada.ask(Method::GET, &format!("{path}/export"), None).await.0, 404);
        assert_eq!(each(&ada.get("/people?q=daan").await, "id"), [""; 0]);
        assert!(world.noted("person.exported", &daan).await >= 1 && world.noted("person.erased", &daan).await == 1);
    }

    /// S4, S5: someone is invited by API, is in the list until he has answered, and the link of one that was taken back is void.
    async fn someone_is_invited_by_the_api(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        world.apply("groups: [{name: Drivers}]").await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let eva = |email: &str, groups: serde_json::Value| {
            json!({"email": email, "name": "Eva Jansen", "language": "nl", "staff": true, "groups": groups, "roles": ["driver"]})
        };
        let (status, wrong) = ada.ask(Method::POST, "/people/invited", Some(eva("eva", json!([])))).await;
        assert!(status == 422 && wrong["fields"]["email"].is_string(), "{wrong}");
        let (status, wrong) = ada.ask(Method::POST, "/people/invited", Some(eva("eva@example.com", json!(["Pilots"])))).await;
        assert!(status == 422 && wrong["fields"]["groups"].is_string(), "{wrong}");
        let (status, wrong) = ada.ask(Method::POST, "/people/invited", Some(eva("daan@example.com", json!([])))).await;
        assert!(status == 422 && wrong["fields"]["email"].is_string(), "{wrong}");
        let (status, made) = ada.ask(Method::POST, "/people/invited", Some(eva("eva@example.com", json!(["Drivers"])))).await;
        assert_eq!(status, 201, "{made}");
        let listed = ada.get("/people/invited").await;
        assert_eq!((&listed["items"][0]["email"], &listed["items"][0]["groups"]), (&json!("eva@example.com"), &json!(["Drivers"])));
        let link = world.link_to("eva@example.com", "/welcome/").await;
        let path = format!("/people/invited/{}", made["id"].as_str().unwrap());
        assert_eq!(ada.ask(Method::DELETE, &path, None).await.0, 204);
        assert_eq!(ada.ask(Method::DELETE, &path, None).await.0, 404);
        assert_eq!(world.browser().get(&link).await.unwrap().status, 410);
        assert_eq!(ada.get("/people/invited").await["items"], json!([]));
        world.advance(301);
        assert_eq!(ada.ask(Method::POST, "/people/invited", Some(eva("eva@example.com", json!([])))).await.0, 401, "this widens");
    }

    /// S4, case 21: one administrator asks for someone, another one decides, by API.
    async fn a_way_back_takes_two_administrators(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let (daan, own) = (ada.person("daan@example.com").await, ada.person("ada@example.com").await);
        let ask = |lost: &str, reason: &str| Some(json!({"lost": lost, "reason": reason}));
        let (status, wrong) = ada.ask(Method::POST, &format!("/people/{daan}/recovery"), ask("all", " ")).await;
        assert!(status == 422 && wrong["fields"]["scope"].is_string() && wrong["fields"]["reason"].is_string(), "{wrong}");
        assert_eq!(ada.ask(Method::POST, &format!("/people/{own}/recovery"), ask("password", "me")).await.0, 409);
        let (status, made) = ada.ask(Method::POST, &format!("/people/{daan}/recovery"), ask("password", "I called him")).await;
        assert_eq!(status, 201, "{made}");
        let waiting = ada.get("/recoveries").await;
        assert_eq!((&waiting["items"][0]["person"], &waiting["items"][0]["reason"]), (&json!(daan), &json!("I called him")));
        let path = format!("/recoveries/{}", made["id"].as_str().unwrap());
        assert_eq!(ada.ask(Method::POST, &format!("{path}/approve"), None).await.0, 409, "who asked does not decide");
        world.apply("people: [{email: mila@example.com, name: Mila de Boer, roles: [administrator]}]").await;
        let mila = Caller::of(&world, "mila@example.com").await;
        assert_eq!(mila.ask(Method::POST, &format!("{path}/approve"), None).await.0, 204);
        assert_eq!(mila.ask(Method::POST, &format!("{path}/refuse"), None).await.0, 404, "it is decided");
        let link = world.link_to("daan@example.com", "/recover/").await;
        assert!(world.browser().get(&link).await.unwrap().text.contains("name=\"repeat\""));
        assert_eq!(ada.get("/recoveries").await["items"], json!([]));
    }

    /// S5, P15: the same by page; erasing asks for the address, and the page of who was erased has nothing to press.
    async fn an_account_ends_by_pages(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let at = |path: &str| format!("{}{path}", world.idp_url);
        let (daan, own) = (world.id_of("daan@example.com").await, world.id_of("ada@example.com").await);
        let here = format!("/admin/people/{daan}");
        let mut ada = world.member("ada@example.com").await;
        let page = ada.get(at(&here)).await.unwrap();
        for what in ["disable-yes", "export-yes", "/hand-over", "/recovery"] {
            assert!(page.text.contains(what), "{what}: {}", page.text);
        }
        let page = ada.get(at(&format!("/admin/people/{own}"))).await.unwrap();
        assert!(!page.text.contains("disable-yes") && page.text.contains("export-yes"), "nobody ends his own account");
        let page = ada.post(at(&format!("{here}/hand-over")), &[("to", "patricia@example.com")]).await.unwrap();
        assert!(page.status == 422 && page.text.contains("id=\"to-error\""), "{}", page.text);
        let copy = ada.post(at(&format!("{here}/export")), &[]).await.unwrap();
        assert!(copy.status == 200 && copy.text.contains("\"daan@example.com\""), "{}", copy.text);
        let page = ada.post(at(&format!("{here}/disable")), &[]).await.unwrap();
        assert!(page.status == 200 && page.text.contains("enable-yes"), "{}", page.text);
        let page = ada.post(at(&format!("{here}/recovery")), &[("scope", "password"), ("reason", "x")]).await.unwrap();
        assert_eq!(page.status, 409, "the account is disabled");
        let page = ada.get(at(&format!("{here}/erase"))).await.unwrap();
        assert!(page.text.contains("daan@example.com"), "{}", page.text);
        let page = ada.post(at(&format!("{here}/erase")), &[("address", "bram@example.com")]).await.unwrap();
        assert!(page.status == 422 && page.text.contains("id=\"address-error\""), "{}", page.text);
        let page = ada.post(at(&format!("{here}/erase")), &[("address", "Daan@example.com")]).await.unwrap();
        assert_eq!((page.status.as_u16(), page.url.path()), (200, "/admin/people"), "{}", page.text);
        let page = ada.get(at(&here)).await.unwrap();
        assert!(!page.text.contains("enable-yes") && !page.text.contains("id=\"role\""), "{}", page.text);
        // A step-up leads back to the form.
        world.advance(300);
        let mila = world.id_of("mila@example.com").await;
        let page = ada.get(at(&format!("/admin/people/{mila}/hand-over"))).await.unwrap();
        assert!(page.text.contains("id=\"code\""), "{}", page.text);
        let page = ada.post(at(&format!("/admin/people/{mila}/erase")), &[("address", "mila@example.com")]).await.unwrap();
        assert!(page.text.contains("id=\"code\""), "{}", page.text);
    }

    /// S5, S4: the same of inviting and asking for someone.
    async fn someone_is_invited_and_helped_by_pages(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        world.apply("groups: [{name: Drivers}]").await;
        let at = |path: &str| format!("{}{path}", world.idp_url);
        let mut ada = world.member("ada@example.com").await;
        let form = [("email", "eva"), ("name", ""), ("language", "nl"), ("groups", "Drivers"), ("roles", "")];
        let page = ada.post(at("/admin/people/invite"), &form).await.unwrap();
        assert!(page.status == 422 && page.text.contains("id=\"email-error\"") && page.text.contains("id=\"name-error\""), "{}", page.text);
        let form = [("email", "eva@example.com"), ("name", "Eva <b>"), ("language", "nl"), ("staff", "true"), ("groups", "Drivers"), ("roles", "driver, sales")];
        let page = ada.post(at("/admin/people/invite"), &form).await.unwrap();
        assert_eq!((page.status.as_u16(), page.url.path()), (200, "/admin/people/invited"), "{}", page.text);
        assert!(page.text.contains("eva@example.com") && page.text.contains("Drivers") && !page.text.contains("Eva <b>"), "{}", page.text);
        let link = world.link_to("eva@example.com", "/welcome/").await;
        let choice = [("password", "a wholly other one"), ("repeat", "a wholly other one")];
        assert_eq!(world.browser().post(&link, &choice).await.unwrap().status, 200);
        let eva = world.id_of("eva@example.com").await;
        let page = ada.get(at(&format!("/admin/people/{eva}"))).await.unwrap();
        assert!(page.text.contains("Drivers") && page.text.contains("/admin/roles/driver"), "{}", page.text);
        let page = ada.post(at(&format!("/admin/people/{eva}/recovery")), &[("scope", "factors"), ("reason", "")]).await.unwrap();
        assert!(page.status == 422 && page.text.contains("id=\"reason-error\""), "{}", page.text);
        let page = ada.post(at(&format!("/admin/people/{eva}/recovery")), &[("scope", "factors"), ("reason", "She rang")]).await.unwrap();
        assert_eq!(page.status, 200, "{}", page.text);
        let page = ada.get(at("/admin/recoveries")).await.unwrap();
        assert!(page.text.contains("She rang") && !page.text.contains("/approve\""), "who asked does not decide: {}", page.text);
        assert_eq!(world.enter(&mut world.browser(), "eva@example.com", PASSWORD).await.status, 422);
    }
}

/// S5: a way to the administration stands on the start page of those who may.
#[tokio::test]
async fn administrators_find_the_administration_on_their_start_page() {
    let world = World::start(crate::support::postgres::TestDb::sqlite()).await;
    for (email, may) in [("daan@example.com", false), ("mila@example.com", true)] {
        if may {
            world.apply("people: [{email: mila@example.com, name: Mila de Boer, roles: [administrator]}]").await;
        }
        let page = world.member(email).await.get(format!("{}/", world.idp_url)).await.unwrap();
        assert_eq!(page.text.contains("href=\"/admin\""), may, "{email}");
    }
}
