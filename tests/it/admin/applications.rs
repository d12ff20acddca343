//! Applications, and the tokens that let others register some.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Caller, begin, each};
use crate::on_both_engines;
use crate::support::flow::{CALLBACK, text, tokens, userinfo};
use crate::support::postgres::TestDb;
use crate::support::world::World;

fn ledger(more: Value) -> Value {
    let mut all = json!({"client_name": "Ledger", "redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "client_credentials"], "scope": "openid read"});
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

on_both_engines! {
    /// S5: an application is registered, found, changed, given another secret and ended by API; its secret is seen once.
    async fn an_application_lives_by_the_api(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let (status, made) = ada.ask(Method::POST, "/applications", Some(json!({"client_id": "ledger", "metadata": ledger(json!({}))}))).await;
        assert_eq!(status, 201, "{made}");
        let first = text(&made, "client_secret").to_owned();
        let grant = [("grant_type", "client_credentials")];
        assert_eq!(world.token(("ledger", &first), &grant).await.0, 200);
        assert_eq!(each(&ada.get("/applications?q=LEDG").await, "client_id"), ["ledger"]);
        let shown = ada.get("/applications/ledger").await;
        assert_eq!((shown.get("client_secret"), &shown["has_secret"], &shown["metadata"]["scope"]), (None, &json!(true), &json!("openid read")));
        for (bad, field) in [
            (json!({"redirect_uris": ["http://evil.example/"]}), "redirect_uris"),
            (json!({"nonsense": 1}), "nonsense"),
            (json!({"id_token_signed_response_alg": "none"}), "id_token_signed_response_alg"),
            (json!({"grant_types": ["client_credentials"], "token_endpoint_auth_method": "none"}), "grant_types"),
        ] {
            let (status, refused) = ada.ask(Method::PUT, "/applications/ledger", Some(json!({"metadata": ledger(bad.clone())}))).await;
            assert!(status == 422 && refused["fields"][field].is_string(), "{bad} {refused}");
        }
        let (status, taken) = ada.ask(Method::POST, "/applications", Some(json!({"client_id": "ledger", "metadata": ledger(json!({}))}))).await;
        assert_eq!(status, 422, "{taken}");
        let (status, changed) = ada.ask(Method::PUT, "/applications/ledger", Some(json!({"metadata": ledger(json!({"client_name": "Great ledger"}))}))).await;
        assert_eq!((status, &changed["metadata"]["client_name"], changed.get("client_secret")), (200, &json!("Great ledger"), None), "{changed}");
        let (_, again) = ada.ask(Method::POST, "/applications/ledger/secret", None).await;
        let second = text(&again, "client_secret").to_owned();
        assert_eq!(world.token(("ledger", &first), &grant).await.0, 401);
        assert_eq!(world.token(("ledger", &second), &grant).await.0, 200);
        let (status, off) = ada.ask(Method::PUT, "/applications/ledger/state", Some(json!({"enabled": false}))).await;
        assert_eq!((status, &off["enabled"]), (200, &json!(false)));
        assert_eq!(world.token(("ledger", &second), &grant).await.0, 401, "case 29");
        assert_eq!(ada.ask(Method::PUT, "/applications/ledger/state", Some(json!({"enabled": true}))).await.0, 200);
        // A secret that nothing asks for any more does not come back with the method that asks for one.
        let keyless = ledger(json!({"token_endpoint_auth_method": "none", "grant_types": ["authorization_code"]}));
        let (status, public) = ada.ask(Method::PUT, "/applications/ledger", Some(json!({"metadata": keyless}))).await;
        assert_eq!((status, &public["has_secret"]), (200, &json!(false)), "{public}");
        assert_eq!(ada.ask(Method::POST, "/applications/ledger/secret", None).await.0, 409, "it proves itself otherwise");
        let (status, again) = ada.ask(Method::PUT, "/applications/ledger", Some(json!({"metadata": ledger(json!({}))}))).await;
        assert_eq!(status, 200, "{again}");
        assert_eq!(world.token(("ledger", &second), &grant).await.0, 401);
        assert_eq!(world.token(("ledger", text(&again, "client_secret")), &grant).await.0, 200);
        world.poll().await;
        let log = ada.get("/audit?about=ledger").await;
        assert!(["client.created", "client.changed", "client.disabled", "client.enabled"].iter().all(|a| each(&log, "action").contains(a)), "{log}");
        assert_eq!(ada.ask(Method::PUT, "/applications/record-store", Some(json!({"metadata": ledger(json!({}))}))).await.0, 409);
        assert_eq!(ada.ask(Method::GET, "/applications/nobody", None).await.0, 404);
    }

    /// S5, S11: who may use an application is listed by API, and taking someone off ends what he has there.
    async fn who_may_use_an_application_is_listed(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let ada = Caller::of(&world, "ada@example.com").await;
        let (_, t) = tokens(&world, "daan@example.com", &[]).await;
        assert_eq!(ada.ask(Method::PUT, "/applications/app/allowed/person/daan@example.com", None).await.0, 204);
        assert_eq!(ada.ask(Method::PUT, "/applications/app/state", Some(json!({"limited": true}))).await.0, 200);
        assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 200, "Daan is listed");
        assert_eq!(ada.ask(Method::PUT, "/applications/app/allowed/person/nobody@example.com", None).await.0, 422);
        assert_eq!(ada.ask(Method::PUT, "/applications/app/allowed/planet/mars", None).await.0, 404);
        let shown = ada.get("/applications/app").await;
        assert_eq!((&shown["limited"], &shown["allowed"][0]["name"]), (&json!(true), &json!("daan@example.com")), "{shown}");
        assert_eq!(ada.ask(Method::DELETE, "/applications/app/allowed/person/daan@example.com", None).await.0, 200);
        assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 401);
    }
}

/// case 21, S5: what widens access needs a fresh sign-in; what takes it away does not.
#[tokio::test]
async fn registering_needs_a_fresh_sign_in_and_disabling_does_not() {
    let world = World::start(TestDb::sqlite()).await;
    begin(&world).await;
    let mut ada = Caller::of(&world, "ada@example.com").await;
    world.advance(301);
    ada.again().await;
    for (method, path, body) in [
        (Method::POST, "/applications", json!({"metadata": ledger(json!({}))})),
        (Method::PUT, "/applications/app", json!({"metadata": ledger(json!({}))})),
        (Method::POST, "/applications/app/secret", json!({})),
        (Method::PUT, "/applications/app/state", json!({"enabled": true})),
        (Method::POST, "/registration-tokens", json!({"note": "x", "uses": 1, "days": 1})),
    ] {
        let (status, _, challenge) = ada.raw(method.clone(), path, Some(body)).await;
        assert!(status == 401 && challenge.contains("insufficient_user_authentication"), "{method} {path}: {status} {challenge}");
    }
    assert_eq!(ada.ask(Method::PUT, "/applications/other/state", Some(json!({"enabled": false}))).await.0, 200);
}

/// S5: tokens for registration are made, listed without themselves, and revoked.
#[tokio::test]
async fn tokens_for_registration_are_seen_once() {
    let world = World::start(TestDb::sqlite()).await;
    begin(&world).await;
    let ada = Caller::of(&world, "ada@example.com").await;
    let (status, made) =
        ada.ask(Method::POST, "/registration-tokens", Some(json!({"note": "Partner", "uses": 2, "days": 7}))).await;
    assert_eq!(status, 201, "{made}");
    let token = text(&made, "token").to_owned();
    let listed = ada.get("/registration-tokens").await;
    assert_eq!(each(&listed, "note"), ["Partner"]);
    assert!(!listed.to_string().contains(&token), "case 27");
    let id = text(&made, "id").to_owned();
    assert_eq!(ada.ask(Method::DELETE, &format!("/registration-tokens/{id}"), None).await.0, 204);
    assert_eq!(ada.ask(Method::DELETE, &format!("/registration-tokens/{id}"), None).await.0, 404);
    for bad in [
        json!({"note": "", "uses": 1, "days": 1}),
        json!({"note": "x", "uses": 0, "days": 1}),
        json!({"note": "x", "uses": 1, "days": 400}),
    ] {
        assert_eq!(ada.ask(Method::POST, "/registration-tokens", Some(bad)).await.0, 422);
    }
}

fn filled(redirect: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("client_id", "ledger"),
        ("client_name", "Ledger"),
        ("redirect_uris", redirect),
        ("token_endpoint_auth_method", "client_secret_basic"),
        ("grant_types", "authorization_code"),
        ("grant_types", "refresh_token"),
        ("consent", "ask"),
        ("require_pkce", "true"),
        ("subject_type", "pairwise"),
        ("localized", "client_name#nl = Grootboek"),
    ]
}

/// S5: the same by page; what is wrong stands at its field and nothing that was typed is lost.
#[tokio::test]
async fn an_application_is_registered_on_a_page() {
    let world = World::start(TestDb::sqlite()).await;
    begin(&world).await;
    let at = |path: &str| format!("{}{path}", world.idp_url);
    let mut ada = world.member("ada@example.com").await;
    let list = ada.get(at("/admin/applications")).await.unwrap();
    assert!(list.text.contains("Test application") && list.text.contains("/admin/applications/new"), "{}", list.text);
    let wrong = ada.post(at("/admin/applications/new"), &filled("http://evil.example/cb")).await.unwrap();
    assert!(wrong.status.as_u16() == 422 && wrong.text.contains("id=\"redirect_uris-error\""), "{}", wrong.text);
    assert!(wrong.text.contains("http://evil.example/cb</textarea>") && wrong.text.contains("Grootboek"), "{}", wrong.text);
    let made = ada.post(at("/admin/applications/new"), &filled(CALLBACK)).await.unwrap();
    assert!(made.status.as_u16() == 200 && made.text.contains("shown this once"), "{}", made.text);
    let again = ada.get(at("/admin/applications/ledger")).await.unwrap();
    assert!(again.text.contains("Ledger") && !again.text.contains("shown this once"));
    // Whoever saves what he read before another's change is told, and that change stays.
    let form = ada.get(at("/admin/applications/ledger/edit")).await.unwrap();
    let version = form.text.split("name=\"version\" value=\"").nth(1).and_then(|t| t.split('"').next()).unwrap().to_owned();
    world.advance(1);
    let change = |name: &'static str, version: &str| {
        let mut all: Vec<(&str, String)> = filled(CALLBACK).into_iter().map(|(n, v)| (n, v.to_owned())).collect();
        all.retain(|(n, _)| !matches!(*n, "client_id" | "client_name"));
        all.extend([("client_name", name.to_owned()), ("version", version.to_owned())]);
        all
    };
    let first = change("Great ledger", &version);
    let first: Vec<(&str, &str)> = first.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let saved = ada.post(at("/admin/applications/ledger/edit"), &first).await.unwrap();
    assert!(saved.status.as_u16() == 200 && saved.text.contains("Great ledger"), "{}", saved.text);
    let second = change("Small ledger", &version);
    let second: Vec<(&str, &str)> = second.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_eq!(ada.post(at("/admin/applications/ledger/edit"), &second).await.unwrap().status.as_u16(), 409);
    assert!(ada.get(at("/admin/applications/ledger")).await.unwrap().text.contains("Great ledger"));
    let listed = [("kind", "person"), ("who", "nobody@example.com"), ("present", "true")];
    let refused = ada.post(at("/admin/applications/ledger/allowed"), &listed).await.unwrap();
    assert!(refused.status.as_u16() == 422 && refused.text.contains("id=\"who-error\""), "{}", refused.text);
    let listed = [("kind", "person"), ("who", "daan@example.com"), ("present", "true")];
    let page = ada.post(at("/admin/applications/ledger/allowed"), &listed).await.unwrap();
    assert!(page.text.contains("daan@example.com"), "{}", page.text);
    let off = ada.post(at("/admin/applications/ledger/disable"), &[]).await.unwrap();
    assert!(off.text.contains("Disabled"), "{}", off.text);
}
