//! How clients prove who they are.

use serde_json::json;
use zegel::kernel::clock::Clock;
use zegel::kernel::jose::{Alg, SigningKey};

use crate::on_both_engines;
use crate::support::flow::{claims, text};
use crate::support::postgres::TestDb;
use crate::support::world::{APP_SECRET, World};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client with a key of its own.
async fn with_key(world: &World) -> SigningKey {
    let key = SigningKey::generate(Alg::Es256).unwrap();
    let jwks = json!({ "keys": [key.public_jwk()] });
    let file = json!({"applications": [{
        "client_id": "keyed", "client_name": "Keyed", "grant_types": ["client_credentials"], "scope": "read",
        "token_endpoint_auth_method": "private_key_jwt", "jwks": jwks
    }]});
    world.apply(&file.to_string()).await;
    key
}

fn assertion(world: &World, jti: &str) -> serde_json::Value {
    let now = world.clock.now().seconds();
    json!({"iss": "keyed", "sub": "keyed", "aud": world.idp_url, "exp": now + 60, "iat": now, "jti": jti})
}

async fn present(world: &World, token: &str) -> (u16, serde_json::Value) {
    let form = [("grant_type", "client_credentials"), ("client_assertion_type", TYPE), ("client_assertion", token)];
    let answer = world.http.post(format!("{}/token", world.idp_url)).form(&form).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

on_both_engines! {
    /// S2, case 9, dynamic/ensure-client-assertion-with-iss-aud-succeeds
    async fn an_assertion_counts_for_this_issuer_only_and_once(db: TestDb) {
        let world = World::start(db).await;
        let key = with_key(&world).await;
        let sign = |c: &serde_json::Value| key.sign_jwt("JWT", c).unwrap();
        let good = sign(&assertion(&world, "one"));
        let (status, answer) = present(&world, &good).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(claims(text(&answer, "access_token"))["sub"], "keyed");
        assert_eq!(present(&world, &good).await.0, 401, "its jti is spent");

        for aud in [json!(format!("{}/token", world.idp_url)), json!([world.idp_url]), json!(format!("{}/", world.idp_url)), json!("https://evil.example"), json!(null)] {
            let mut c = assertion(&world, &format!("aud-{aud}"));
            c["aud"] = aud.clone();
            assert_eq!(present(&world, &sign(&c)).await.0, 401, "{aud}");
        }
    }
}

/// case 7, case 8, case 9 at the endpoint: every field that matters, wrong once.
#[tokio::test]
async fn an_assertion_with_anything_wrong_is_refused() {
    let world = World::start(TestDb::sqlite()).await;
    let key = with_key(&world).await;
    let now = world.clock.now().seconds();
    for (name, value) in [
        ("exp", json!(now - 60)),
        ("exp", json!((now + 60).to_string())),
        ("exp", json!(now + 86_400)),
        ("exp", json!(null)),
        ("iss", json!("app")),
        ("sub", json!("app")),
        ("sub", json!(null)),
        ("jti", json!(null)),
        ("jti", json!("")),
        ("nbf", json!(now + 600)),
    ] {
        let mut c = assertion(&world, "x");
        c[name] = value.clone();
        if value.is_null() {
            c.as_object_mut().unwrap().remove(name);
        }
        assert_eq!(present(&world, &key.sign_jwt("JWT", &c).unwrap()).await.0, 401, "{name} = {value}");
    }
    let strange = SigningKey::generate(Alg::Es256).unwrap();
    assert_eq!(present(&world, &strange.sign_jwt("JWT", &assertion(&world, "y")).unwrap()).await.0, 401);
    let good = key.sign_jwt("JWT", &assertion(&world, "z")).unwrap();
    let b64 = |v: &serde_json::Value| base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, v.to_string());
    let body = good.split('.').nth(1).unwrap();
    for header in [json!({"alg": "none"}), json!({"alg": "HS256"}), json!({"alg": "ES256", "jwk": strange.public_jwk()})] {
        assert_eq!(present(&world, &format!("{}.{body}.AAAA", b64(&header))).await.0, 401, "{header}");
    }
    assert_eq!(present(&world, &good).await.0, 200);
}

/// S2: secrets are compared as keyed hashes; unknown, disabled and wrong clients are answered alike.
#[tokio::test]
async fn wrong_unknown_and_disabled_clients_are_answered_alike() {
    let world = World::start(TestDb::sqlite()).await;
    let form = [("grant_type", "client_credentials")];
    assert_eq!(world.token(("app", APP_SECRET), &form).await.0, 200);
    let wrong = world.token(("app", "wrong"), &form).await;
    let unknown = world.token(("nobody", "wrong"), &form).await;
    world.apply(r#"{"applications": [{"client_id": "app", "client_name": "Test application", "enabled": false, "redirect_uris": ["http://127.0.0.1:9/cb"], "grant_types": ["authorization_code", "client_credentials"]}]}"#).await;
    let disabled = world.token(("app", APP_SECRET), &form).await;
    assert_eq!((wrong.0, &wrong), (401, &unknown));
    assert_eq!(wrong, disabled);
}

/// S2: one way to authenticate per request, and the one that is registered.
#[tokio::test]
async fn a_client_authenticates_in_its_registered_way_and_in_no_other() {
    let world = World::start(TestDb::sqlite()).await;
    let post = |form: Vec<(&'static str, &'static str)>, basic: bool| {
        let mut r = world.http.post(format!("{}/token", world.idp_url)).form(&form);
        if basic {
            r = r.basic_auth("app", Some(APP_SECRET));
        }
        async move { r.send().await.unwrap().status().as_u16() }
    };
    let grant = ("grant_type", "client_credentials");
    assert_eq!(post(vec![grant, ("client_id", "app"), ("client_secret", APP_SECRET)], false).await, 401);
    assert_eq!(post(vec![grant, ("client_id", "app"), ("client_secret", APP_SECRET)], true).await, 400);
    assert_eq!(post(vec![grant, ("client_id", "other")], true).await, 400);
    assert_eq!(post(vec![grant, ("client_id", "app")], false).await, 401);
    assert_eq!(post(vec![grant], false).await, 401);
    assert_eq!(post(vec![grant], true).await, 200);
}

/// S2: resource indicators (RFC 8707) and scopes are those that are registered.
#[tokio::test]
async fn a_client_gets_tokens_for_its_resources_and_scopes_only() {
    let world = World::start(TestDb::sqlite()).await;
    let ask = |more: Vec<(&'static str, &'static str)>| {
        let world = &world;
        async move { world.token(("app", APP_SECRET), &[vec![("grant_type", "client_credentials")], more].concat()).await }
    };
    let (status, answer) = ask(vec![("resource", "https://api.example"), ("scope", "read openid")]).await;
    assert_eq!(status, 200);
    let c = claims(text(&answer, "access_token"));
    assert_eq!((text(&c, "aud"), text(&c, "scope"), text(&c, "client_id")), ("https://api.example", "read", "app"));
    assert_eq!(ask(vec![("resource", "https://elsewhere.example")]).await.1["error"], "invalid_target");
    assert_eq!(
        ask(vec![("resource", "https://api.example"), ("resource", "https://api.example")]).await.1["error"],
        "invalid_target"
    );
    assert_eq!(ask(vec![("scope", "access-log:read")]).await.1["error"], "invalid_scope");
    assert_eq!(world.token(("app", APP_SECRET), &[("grant_type", "password")]).await.1["error"], "unsupported_grant_type");
}
