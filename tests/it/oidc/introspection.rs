//! What tokens stand for, and who is told.

use serde_json::{Value, json};
use zegel::kernel::db::Sql;
use zegel::sql;

use crate::on_both_engines;
use crate::support::bank::Bank;
use crate::support::flow::{claims, refresh, text, tokens};
use crate::support::postgres::TestDb;
use crate::support::world::{APP_SECRET, OTHER_SECRET, Options, World};

/// The resource server at https://api.example.
const API: &str = r#"{"applications": [{"client_id": "api", "client_name": "API", "grant_types": ["client_credentials"],
    "client_secret": "a-secret-of-the-api-of-some-forty-characters", "serves": ["https://api.example"]}]}"#;
const API_SECRET: &str = "a-secret-of-the-api-of-some-forty-characters";

async fn ask(world: &World, client: (&str, &str), token: &str) -> (u16, Value) {
    let request = world.http.post(format!("{}/introspect", world.idp_url)).basic_auth(client.0, Some(client.1));
    let answer = request.form(&[("token", token), ("token_type_hint", "access_token")]).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

const INACTIVE: &str = r#"{"active":false}"#;

/// Changes rows as no page or file would: without ending anything.
async fn write(world: &World, sql: Sql) {
    let done = world.idp().db.write(sql, |sql, mut tx| Box::pin(async move { tx.q(*sql).exec().await }));
    assert_eq!(done.await.unwrap(), 1);
}

on_both_engines! {
    /// case 14, S2: the resource server is told; everybody else learns nothing, not even that there is such a token.
    async fn a_token_is_explained_to_its_resource_server_only(db: TestDb) {
        let world = World::start(db).await;
        world.apply(API).await;
        let (_, t) = tokens(&world, "daan@example.com", &[("resource", "https://api.example")]).await;
        let access = text(&t, "access_token");
        let (status, told) = ask(&world, ("api", API_SECRET), access).await;
        let said = claims(access);
        assert_eq!((status, &told["active"], &told["token_type"]), (200, &json!(true), &json!("Bearer")));
        for name in ["sub", "aud", "scope", "client_id", "exp", "iat", "iss", "jti", "acr", "auth_time", "sid"] {
            assert_eq!(told[name], said[name], "{name}");
        }
        for (client, token) in [
            (("app", APP_SECRET), access),
            (("other", OTHER_SECRET), access),
            (("api", API_SECRET), text(&t, "id_token")),
            (("api", API_SECRET), text(&t, "refresh_token")),
            (("api", API_SECRET), "made-up"),
            (("api", API_SECRET), "zat_made-up"),
        ] {
            assert_eq!(ask(&world, client, token).await.1.to_string(), INACTIVE, "{client:?}");
        }
        assert_eq!(ask(&world, ("api", "wrong"), access).await.0, 401);
        // A client that proves nothing asks for nothing.
        let public = world.http.post(format!("{}/introspect", world.idp_url)).form(&[("client_id", "public"), ("token", access)]);
        assert_eq!(public.send().await.unwrap().status().as_u16(), 401);
    }

    /// case 29, S2: what has ended is inactive at once, whatever the token itself says.
    async fn what_has_ended_is_inactive_at_once(db: TestDb) {
        let world = World::start(db).await;
        world.apply(API).await;
        let for_api = [("resource", "https://api.example")];
        let active = async |token: &str| ask(&world, ("api", API_SECRET), token).await.1["active"] == true;
        let (_, own) = world.token(("app", APP_SECRET), &[("grant_type", "client_credentials"), ("resource", "https://api.example")]).await;
        let (mut browser, of_session) = tokens(&world, "daan@example.com", &for_api).await;
        let (_, of_person) = tokens(&world, "mila@example.com", &for_api).await;
        let (_, revoked) = tokens(&world, "patricia@example.com", &for_api).await;
        let [own, a, b, c] = [&own, &of_session, &of_person, &revoked].map(|t| text(t, "access_token").to_owned());
        for token in [&own, &a, &b, &c] {
            assert!(active(token).await);
        }
        browser.get(format!("{}/logout?id_token_hint={}", world.idp_url, text(&of_session, "id_token"))).await.unwrap();
        world.apply("people: [{email: mila@example.com, name: Mila de Boer, active: false}]").await;
        let revoke = world.http.post(format!("{}/revoke", world.idp_url)).basic_auth("app", Some(APP_SECRET));
        revoke.form(&[("token", text(&revoked, "refresh_token"))]).send().await.unwrap();
        for token in [&a, &b, &c] {
            assert!(!active(token).await);
        }
        assert!(active(&own).await);
        world.apply(r#"{"applications": [{"client_id": "app", "client_name": "T", "enabled": false, "redirect_uris": ["http://127.0.0.1:9/cb"]}]}"#).await;
        assert!(!active(&own).await);
    }

    /// case 3, case 17: what is given stands by the rows as they are, whatever ended it: a person, an application, what that is for.
    async fn what_stands_is_asked_of_the_rows(db: TestDb) {
        let world = World::start(db).await;
        world.apply(API).await;
        let (_, t) = tokens(&world, "daan@example.com", &[("resource", "https://api.example")]).await;
        let active = async || ask(&world, ("api", API_SECRET), text(&t, "access_token")).await.1["active"] == true;
        for (less, again) in [
            (sql!("UPDATE people SET active = FALSE WHERE email = 'daan@example.com'"), sql!("UPDATE people SET active = TRUE WHERE email = 'daan@example.com'")),
            (sql!("UPDATE clients SET enabled = FALSE WHERE id = 'app'"), sql!("UPDATE clients SET enabled = TRUE WHERE id = 'app'")),
        ] {
            assert!(active().await);
            write(&world, less).await;
            assert!(!active().await);
            write(&world, again).await;
        }
        assert!(active().await);
        // One of what it may be for, one of its scopes, and all that it may be for.
        let app = |rest: &str| format!(r#"{{"applications": [{{"client_id": "app", "client_name": "T", "redirect_uris": ["http://127.0.0.1:9/cb"], "grant_types": ["authorization_code", "refresh_token"], {rest}}}]}}"#);
        for (less, again) in [
            (r#""resources": ["https://b.example"]"#, r#""resources": ["https://api.example"]"#),
            (r#""resources": ["https://api.example"], "scope": "openid""#, r#""resources": ["https://api.example"]"#),
            (r#""resources": []"#, r#""resources": ["https://api.example"]"#),
        ] {
            world.apply(&app(less)).await;
            assert!(!active().await, "{less}");
            world.apply(&app(again)).await;
            assert!(active().await, "{again}");
        }
    }

    /// S2: an opaque token says nothing to whoever finds it, and opens what a signed one would.
    async fn an_opaque_token_says_nothing_and_is_explained(db: TestDb) {
        let world = World::start(db).await;
        world.apply(API).await;
        world.apply(r#"{"applications": [{"client_id": "app", "client_name": "T", "redirect_uris": ["http://127.0.0.1:9/cb"],
            "grant_types": ["authorization_code", "refresh_token"], "resources": ["https://api.example"],
            "access_token_format": "opaque"}]}"#).await;
        let (_, t) = tokens(&world, "daan@example.com", &[("resource", "https://api.example")]).await;
        let access = text(&t, "access_token");
        assert!(access.starts_with("zat_") && !access.contains('.'), "{access}");
        let (_, told) = ask(&world, ("api", API_SECRET), access).await;
        assert_eq!((&told["active"], &told["client_id"], &told["scope"]), (&json!(true), &json!("app"), &json!("openid profile email")));
        assert_eq!(ask(&world, ("app", APP_SECRET), access).await.1.to_string(), INACTIVE);
        let (_, own) = tokens(&world, "daan@example.com", &[]).await;
        assert_eq!(crate::support::flow::userinfo(&world, text(&own, "access_token")).await.0, 200);
        assert_eq!(crate::support::flow::userinfo(&world, access).await.0, 401, "it is for another resource server");
        // Revoking takes this token and what it came with.
        let revoke = world.http.post(format!("{}/revoke", world.idp_url)).basic_auth("app", Some(APP_SECRET));
        assert_eq!(revoke.form(&[("token", access)]).send().await.unwrap().status().as_u16(), 200);
        assert_eq!(ask(&world, ("api", API_SECRET), access).await.1.to_string(), INACTIVE);
        assert_eq!(refresh(&world, text(&t, "refresh_token")).await.0, 400);
        world.advance(400);
        assert_eq!(crate::support::flow::userinfo(&world, text(&own, "access_token")).await.0, 401, "it expires");
    }
}

/// S2 (RFC 7662): where that is switched on the record store asks what such a token stands for, and opens what that opens; what
/// ends at the provider ends there too, whatever was answered a moment ago. Where it is off, it takes none.
#[tokio::test]
async fn the_record_store_takes_opaque_tokens_where_it_may_ask() {
    for on in [true, false] {
        let settings: &[(&str, &str)] = if on { &[("crm_introspection", "true")] } else { &[] };
        let world = World::start_with(TestDb::sqlite(), Options { settings, ..Options::default() }).await;
        let app = json!({"applications": [{
            "client_id": "app", "client_name": "T", "redirect_uris": ["http://127.0.0.1:9/cb"], "access_token_format": "opaque",
            "grant_types": ["authorization_code", "refresh_token"], "resources": [world.crm_url], "scope": "openid records:read",
        }]});
        world.apply(&app.to_string()).await;
        let (_, t) = tokens(&world, "mila@example.com", &[("resource", &*world.crm_url), ("scope", "openid records:read")]).await;
        let access = text(&t, "access_token");
        assert!(access.starts_with("zat_"));
        world.poll().await;
        let me = async |token: &str| {
            let answer = world.http.get(format!("{}/api/me", world.crm_url)).bearer_auth(token).send().await.unwrap();
            (answer.status().as_u16(), answer.json::<serde_json::Value>().await.unwrap_or_default())
        };
        let (status, told) = me(access).await;
        if !on {
            assert_eq!(status, 401, "{told}");
            continue;
        }
        assert_eq!((status, &told["name"]), (200, &json!("Mila de Boer")), "{told}");
        assert_eq!(me("zat_made-up").await.0, 401);
        let revoke = world.http.post(format!("{}/revoke", world.idp_url)).basic_auth("app", Some(APP_SECRET));
        assert_eq!(revoke.form(&[("token", access)]).send().await.unwrap().status().as_u16(), 200);
        world.poll().await;
        assert_eq!(me(access).await.0, 401, "what was answered a moment ago doesn't outlive it");
    }
}

/// S2: a client sees whether its own refresh token still counts.
#[tokio::test]
async fn a_refresh_token_is_explained_to_its_client_only() {
    let world = World::start(TestDb::sqlite()).await;
    let (_, t) = tokens(&world, "daan@example.com", &[]).await;
    let old = text(&t, "refresh_token");
    let (_, told) = ask(&world, ("app", APP_SECRET), old).await;
    assert_eq!(
        (&told["active"], &told["client_id"], &told["sub"]),
        (&json!(true), &json!("app"), &claims(text(&t, "id_token"))["sub"])
    );
    assert_eq!(ask(&world, ("other", OTHER_SECRET), old).await.1.to_string(), INACTIVE);
    refresh(&world, old).await;
    assert_eq!(ask(&world, ("app", APP_SECRET), old).await.1.to_string(), INACTIVE, "it was used");
}

/// S2: RFC 9701, for a resource server that keeps the answer as evidence.
#[tokio::test]
async fn the_answer_can_be_a_statement_signed_for_who_asked() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply(API).await;
    let (_, t) = tokens(&world, "daan@example.com", &[("resource", "https://api.example")]).await;
    let request = world.http.post(format!("{}/introspect", world.idp_url)).basic_auth("api", Some(API_SECRET));
    let request = request.header("accept", "application/token-introspection+jwt").form(&[("token", text(&t, "access_token"))]);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/token-introspection+jwt");
    let token = answer.text().await.unwrap();
    let said = claims(&token);
    assert_eq!((&said["aud"], &said["iss"]), (&json!("api"), &json!(world.idp_url)));
    assert_eq!(said["token_introspection"]["active"], true);
    assert!(said.get("sub").is_none() && said.get("exp").is_none(), "it can pass for no other token (RFC 9701, section 5)");
    // Case 6: nor is it taken as one.
    assert_eq!(crate::support::flow::userinfo(&world, &token).await.0, 401);
}

/// S2: a bank's token is explained with the key that it is bound to, so that the resource server can hold it to that.
#[tokio::test]
async fn a_bound_token_is_explained_with_its_key() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply(API).await;
    let bank = Bank::usual(&world).await;
    let t = bank.tokens("daan@example.com", &[("resource", "https://api.example")]).await;
    let (_, told) = ask(&world, ("api", API_SECRET), text(&t, "access_token")).await;
    assert_eq!((&told["token_type"], &told["cnf"]["jkt"]), (&json!("DPoP"), &json!(bank.proof.kid())));
}
