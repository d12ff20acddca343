//! Accounts: what can be told from outside, and their end.

use serde_json::json;
use zegel::contract::feed::Entry;
use zegel::kernel::db::Sql;

use crate::access::House;
use crate::on_both_engines;
use crate::support::flow::{CALLBACK, authorize_url, refresh, text, tokens, until_answer, userinfo};
use crate::support::postgres::TestDb;
use crate::support::world::{PASSWORD, World};

on_both_engines! {
    /// case 24: one address is one account, whoever comes first and however each writes it.
    async fn one_address_written_in_many_ways_at_once_is_one_account(db: TestDb) {
        let world = std::sync::Arc::new(World::start(db).await);
        let ways = ["łucja@Bücher.example", "ŁUCJA@xn--bcher-kva.example", " łucja@BÜCHER.example ", "Łucja@bücher.example"];
        let tries: Vec<_> = (0..16).map(|n| { let w = world.clone(); tokio::spawn(async move {
            let yaml = format!("people: [{{email: '{}', name: Łucja {n}, password: correct horse battery}}]", ways[n % 4]);
            let file = zegel::idp::apply::File::parse("test.yaml", &yaml).unwrap();
            // Who comes second may be told to come again.
            for _ in 0..20 { if zegel::idp::apply::apply(w.idp(), &file).await.is_ok() { return true; } }
            false
        }) }).collect();
        for t in tries { assert!(t.await.unwrap()); }
        let sql = zegel::sql!("SELECT COUNT(*) FROM people WHERE name LIKE 'Łucja%'");
        assert_eq!(world.idp().db.query(sql).one::<(i64,)>().await.unwrap().0, 1);
    }

    /// case 29, P2, S6: disabling a person ends everything, at once and in both halves.
    async fn a_disabled_person_has_nothing_left(db: TestDb) {
        let world = World::start(db).await;
        let mut member = world.member("daan@example.com").await;
        let (mut browser, t) = tokens(&world, "daan@example.com", &[("scope", "openid offline_access")]).await;
        assert!(member.get(format!("{}/me", world.crm_url)).await.unwrap().text.contains("Daan Visser"));
        world.apply("people: [{email: daan@example.com, name: Daan Visser, active: false}]").await;
        assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 401);
        assert_eq!(refresh(&world, text(&t, "refresh_token")).await.0, 400);
        assert_eq!(browser.get(format!("{}/", world.idp_url)).await.unwrap().url.path(), "/signin");
        world.poll().await;
        let page = member.get(format!("{}/me", world.crm_url)).await.unwrap();
        assert!(!page.text.contains("Daan Visser"), "{}", page.text);
        let mut again = world.browser();
        again.get(format!("{}/signin", world.idp_url)).await.unwrap();
        let page = again.post(format!("{}/signin", world.idp_url), &[("username", "daan@example.com"), ("password", PASSWORD)]).await.unwrap();
        assert_eq!(page.status.as_u16(), 422);
    }

    /// case 29: whoever is disabled, by whatever way, is out, and what he had begun goes no further.
    async fn a_disabled_person_is_out_whatever_was_left_of_his(db: TestDb) {
        let world = World::start(db).await;
        let (mut inside, _) = tokens(&world, "daan@example.com", &[]).await;
        let mut halfway = world.browser();
        let at = |path: &str| format!("{}{path}", world.idp_url);
        halfway.get(at("/signin")).await.unwrap();
        halfway.post(at("/signin"), &[("username", "daan@example.com"), ("password", PASSWORD)]).await.unwrap();
        let code = world.code_for("daan@example.com", 6).await;
        // In the database itself, which ends nothing beside.
        let disabled = world.idp().db.write((), |(), mut tx| Box::pin(async move {
            tx.q(zegel::sql!("UPDATE people SET active = $2 WHERE email = $1")).bind("daan@example.com").bind(false).exec().await
        }));
        assert_eq!(disabled.await.unwrap(), 1);
        assert_eq!(inside.get(at("/")).await.unwrap().url.path(), "/signin");
        assert_eq!(halfway.post(at("/signin/code"), &[("code", &code)]).await.unwrap().status.as_u16(), 410);
        assert_eq!(halfway.get(at("/")).await.unwrap().url.path(), "/signin");
    }

    /// case 29: and so does disabling an application; enabling it again brings nothing of it back.
    async fn a_disabled_application_has_nothing_left(db: TestDb) {
        let world = World::start(db).await;
        let (mut browser, t) = tokens(&world, "daan@example.com", &[]).await;
        let app = |enabled: bool| json!({"applications": [{
            "client_id": "app", "client_name": "Test application", "enabled": enabled, "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"], "resources": ["https://api.example"],
            "scope": "openid profile email offline_access read",
        }]});
        world.apply(&app(false).to_string()).await;
        assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 401);
        assert_eq!(refresh(&world, text(&t, "refresh_token")).await.0, 401);
        let asked = until_answer(&world, &mut browser, &authorize_url(&world, &[])).await;
        assert_eq!((asked.status.as_u16(), asked.location()), (400, None), "nobody is led there");
        let log = zegel::idp::feed::flow::page(&world.idp().db, 0).await.unwrap();
        let told = |e: &Entry| matches!(e, Entry::Client { client_id, enabled: false } if client_id == "app");
        assert!(log.entries.into_iter().any(|e| told(&e.named(&log.names).entry)), "resource servers learn of it");
        world.apply(&app(true).to_string()).await;
        assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 401);
        assert_eq!(refresh(&world, text(&t, "refresh_token")).await.0, 400);
    }

    /// case 29: nor does the token that a disabled application has of its own open anything.
    async fn a_disabled_applications_own_token_opens_nothing(db: TestDb) {
        let house = House::new(db).await;
        let own = house.own("relations:write").await;
        let push = async || house.call(&own, "POST", "/api/relations", Some(json!([{"id": "r3", "name": "Third", "active": true}]))).await.0;
        assert_eq!(push().await, 200);
        house.world.apply(&json!({"applications": [{
            "client_id": "desk", "client_name": "Desk", "enabled": false, "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "client_credentials"], "scope": "openid grants relations:write",
        }]}).to_string()).await;
        assert_eq!(push().await, 401);
    }

    /// A person without a password gets a link by mail, good for one use.
    async fn a_mailed_link_sets_a_password_once(db: TestDb) {
        let world = World::start(db).await;
        world.apply("people: [{email: eva@example.com, name: Eva Jansen, language: nl, staff: true}]").await;
        let mail = world.newest("eva@example.com").await;
        let link = mail.split_whitespace().find(|w| w.contains("/password/")).unwrap().to_owned();
        assert!(link.starts_with(&world.idp_url));
        let mut browser = world.browser();
        let page = browser.get(&link).await.unwrap();
        assert!(page.text.contains("eva@example.com"));
        let set = |b: &zegel::demo::browser::Browser, one: &'static str, two: &'static str| {
            let (mut b, link) = (b.clone(), link.clone());
            async move { b.post(&link, &[("password", one), ("repeat", two)]).await.unwrap().status.as_u16() }
        };
        assert_eq!(set(&browser, "one thing here", "another thing").await, 422);
        assert_eq!(set(&browser, "short", "short").await, 422);
        assert_eq!(set(&browser, "my name is eva on Monday", "my name is eva on Monday").await, 200, "three letters are no name");
        assert_eq!(set(&browser, "a second password", "a second password").await, 410);
        let mut b = world.browser();
        b.get(format!("{}/signin", world.idp_url)).await.unwrap();
        let page = b.post(format!("{}/signin", world.idp_url), &[("username", "eva@example.com"), ("password", "my name is eva on Monday")]).await.unwrap();
        assert!(page.text.contains("id=\"code\""));
    }
}

/// case 25: status, text and length are the same for an account that exists and one that doesn't, also when locked, and what is
/// written down of it is as much.
#[tokio::test]
async fn known_and_unknown_accounts_are_answered_alike() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply("people: [{email: gone@example.com, name: Gone Person, password: correct horse battery, active: false}]").await;
    let noted = async || {
        let sql = zegel::sql!("SELECT COUNT(*) FROM audit WHERE action = 'signin.password'");
        world.idp().db.query(sql).one::<(i64,)>().await.unwrap().0
    };
    let mut answers = Vec::new();
    // Of one length, since the page shows what was typed.
    for email in ["mila@example.com", "nila@example.com", "gone@example.com", "a@b@example.comm"] {
        let before = noted().await;
        let mut all = Vec::new();
        let mut browser = world.browser();
        browser.get(format!("{}/signin", world.idp_url)).await.unwrap();
        for _ in 0..12 {
            let form = [("username", email), ("password", "not the password")];
            let page = browser.post(format!("{}/signin", world.idp_url), &form).await.unwrap();
            let names: Vec<String> = page.headers.keys().map(ToString::to_string).filter(|n| n != "date").collect();
            all.push((page.status, page.text.replace(email, "WHO"), names));
        }
        answers.push((all, noted().await - before));
    }
    for other in &answers[1..] {
        assert_eq!(&answers[0], other);
    }
    assert_eq!((answers[0].0[11].0.as_u16(), answers[0].1), (429, 10));
    // What is noted of them differs in nothing that would take longer to write; and names no address.
    let noted =
        world.idp().db.query(Sql::literal("SELECT target, COUNT(*) FROM audit WHERE action = 'signin.password' GROUP BY target"));
    let noted: Vec<(String, i64)> = noted.all().await.unwrap();
    assert_eq!(noted.len(), 4);
    for (target, times) in &noted {
        assert_eq!((target.len(), *times), (36, noted[0].1), "{target}");
    }
}

/// case 26
#[tokio::test]
async fn links_come_from_the_settings_whatever_a_request_says() {
    let world = World::start(TestDb::sqlite()).await;
    for (name, value) in
        [("host", "evil.example"), ("x-forwarded-host", "evil.example"), ("forwarded", "host=evil.example;proto=https")]
    {
        for path in ["/.well-known/openid-configuration", "/signin", "/", "/oauth2/keys"] {
            let answer = world.http.get(format!("{}{path}", world.idp_url)).header(name, value).send().await.unwrap();
            let headers = format!("{:?}", answer.headers());
            let body = answer.text().await.unwrap();
            assert!(!headers.contains("evil.example") && !body.contains("evil.example"), "{name} {path}");
        }
    }
    world.apply("people: [{email: eva@example.com, name: Eva Jansen}]").await;
    assert!(world.newest("eva@example.com").await.contains(&format!("{}/password/", world.idp_url)));
}

/// case 29: a password chosen anew ends what was begun with the old one.
#[tokio::test]
async fn a_new_password_ends_sign_ins_that_were_begun_with_the_old_one() {
    let world = World::start(TestDb::sqlite()).await;
    let mut browser = world.browser();
    browser.get(format!("{}/signin", world.idp_url)).await.unwrap();
    let form = [("username", "daan@example.com"), ("password", PASSWORD)];
    assert!(browser.post(format!("{}/signin", world.idp_url), &form).await.unwrap().text.contains("id=\"code\""));
    let code = world.code_for("daan@example.com", 6).await;
    world.apply("people: [{email: daan@example.com, name: Daan Visser, password: a wholly other one}]").await;
    let answer = browser.post(format!("{}/signin/code", world.idp_url), &[("code", &code)]).await.unwrap();
    assert_eq!(answer.status.as_u16(), 410);
}
