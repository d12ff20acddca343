//! Telling applications that something has ended.

use serde_json::json;
use zegel::idp::apply::{File, Plan, apply};
use zegel::kernel::clock::Clock;
use zegel::kernel::jose::{Alg, Audience, Expect, KeySet, SigningKey, verify};

use crate::on_both_engines;
use crate::support::application::Application;
use crate::support::flow::{answered, claims, redeem, refresh, text, tokens, until_answer};
use crate::support::postgres::TestDb;
use crate::support::world::World;

/// The test application, told at `at`.
fn told_at(at: &Application, more: &str) -> String {
    let app = r#"client_id: app, client_name: Test application, redirect_uris: ["http://127.0.0.1:9/cb"],
        post_logout_redirect_uris: ["http://127.0.0.1:9/out"], grant_types: [authorization_code, refresh_token]"#;
    format!("applications: [{{{app}, backchannel_logout_uri: \"{}/logout\", {more}}}]", at.url)
}

async fn applied(world: &World, text: &str) -> Plan {
    apply(world.idp(), &File::parse("x.yaml", text).unwrap()).await.unwrap()
}

/// Everything that a logout token must say (section 2.4), checked with the published keys.
async fn checked(world: &World, token: &str, alg: Alg) -> serde_json::Value {
    let published = world.http.get(format!("{}/oauth2/keys", world.idp_url)).send().await.unwrap().bytes().await.unwrap();
    let keys = KeySet::from_json(&published).unwrap();
    let algs = [alg];
    let expect = Expect::new(&world.idp_url, Audience::Only("app"), &algs, world.clock.now()).typ(&["logout+jwt"]);
    let claims = verify::<serde_json::Value>(token, &keys, &expect).unwrap().into_claims();
    assert_eq!(claims["events"], json!({"http://schemas.openid.net/event/backchannel-logout": {}}));
    assert!(claims["jti"].is_string() && claims.get("nonce").is_none(), "{claims}");
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert!((1..=120).contains(&life), "{claims}");
    claims
}

async fn sign_out(world: &World, browser: &mut zegel::demo::browser::Browser, tokens: &serde_json::Value) {
    let hint = text(tokens, "id_token");
    let to = "http://127.0.0.1:9/out";
    let url = format!("{}/logout?id_token_hint={hint}&post_logout_redirect_uri={to}", world.idp_url);
    assert_eq!(until_answer(world, browser, &url).await.location().unwrap().as_str(), to);
}

on_both_engines! {
    /// S1, back-logout/backchannel-rp-initiated-logout: told before the browser goes on, signed like its ID tokens.
    async fn signing_out_tells_every_application_of_the_session(db: TestDb) {
        let world = World::start(db).await;
        let app = Application::start().await;
        for (registered, alg) in [("", Alg::Rs256), ("id_token_signed_response_alg: ES256", Alg::Es256)] {
            applied(&world, &told_at(&app, registered)).await;
            let (mut browser, t) = tokens(&world, "daan@example.com", &[]).await;
            let id = claims(text(&t, "id_token"));
            sign_out(&world, &mut browser, &t).await;
            let told = app.told();
            assert_eq!(told.len(), 1, "once, before the answer");
            let claims = checked(&world, &told[0], alg).await;
            assert_eq!((&claims["sub"], &claims["sid"]), (&id["sub"], &id["sid"]));
        }
        // Another application's session, of which this one has nothing.
        let (mut browser, t) = tokens(&world, "mila@example.com", &[]).await;
        app.told();
        applied(&world, "people: [{email: daan@example.com, name: Daan Visser, active: false}]").await;
        assert!(app.told().is_empty());
        sign_out(&world, &mut browser, &t).await;
        world.send().await;
        assert_eq!(app.told().len(), 1, "the outbox does not tell it again");
    }

    /// S1: the record store is an application like the others.
    async fn the_record_store_is_told_at_once(db: TestDb) {
        let world = World::start(db).await;
        let mut browser = world.member("daan@example.com").await;
        let answer = until_answer(&world, &mut browser, &crate::support::flow::authorize_url(&world, &[])).await;
        let (_, t) = redeem(&world, &answered(&answer, "code").unwrap()).await;
        let left = sessions(&world).await;
        sign_out(&world, &mut browser, &t).await;
        // The replica of the access log has not moved: it was told.
        assert_eq!((left, sessions(&world).await), (1, 0));
    }

    /// S11, case 29, case 43: who may no longer use an application is out of it before taking that away is answered.
    async fn a_taken_application_is_told_before_the_answer(db: TestDb) {
        let world = World::start(db).await;
        let app = Application::start().await;
        applied(&world, &told_at(&app, "allowed: {roles: [driver]}")).await;
        let (_, t) = tokens(&world, "daan@example.com", &[]).await;
        let plan = applied(&world, "people: [{email: daan@example.com, name: Daan Visser, roles: []}]").await;
        assert!(plan.waiting_for.is_empty(), "{plan}");
        let told = app.told();
        assert_eq!(told.len(), 1);
        let claims = checked(&world, &told[0], Alg::Rs256).await;
        assert_eq!(claims["sub"], crate::support::flow::claims(text(&t, "id_token"))["sub"]);
        assert!(claims.get("sid").is_none(), "all that he has there ends");
        assert_eq!(refresh(&world, text(&t, "refresh_token")).await.0, 400);

        applied(&world, &told_at(&app, "backchannel_logout_session_required: true, allowed: everyone")).await;
        let (_, t) = tokens(&world, "daan@example.com", &[]).await;
        applied(&world, &told_at(&app, "backchannel_logout_session_required: true, allowed: {roles: [driver]}")).await;
        let told = app.told();
        let sid = &checked(&world, &told[0], Alg::Rs256).await["sid"];
        assert_eq!(sid, &crate::support::flow::claims(text(&t, "id_token"))["sid"]);
    }

    /// S1, case 43: whoever does not answer is named, and told later.
    async fn an_application_that_does_not_answer_is_named_and_told_later(db: TestDb) {
        let world = World::start(db).await;
        let app = Application::start().await;
        applied(&world, &told_at(&app, "")).await;
        let (_, t) = tokens(&world, "daan@example.com", &[]).await;
        app.answer(500);
        let plan = applied(&world, "people: [{email: daan@example.com, name: Daan Visser, active: false}]").await;
        assert_eq!(plan.waiting_for, ["app"]);
        assert!(plan.to_string().ends_with("Still to be told what was taken away: app."), "{plan}");
        world.send().await;
        assert!(app.told().is_empty(), "not due yet");
        app.answer(204);
        world.advance(5);
        world.send().await;
        assert_eq!(checked(&world, &app.told()[0], Alg::Rs256).await["sub"], claims(text(&t, "id_token"))["sub"]);
        world.advance(600);
        world.send().await;
        assert!(app.told().is_empty(), "once");
    }
}

/// The sessions that the record store's pages go on with.
async fn sessions(world: &World) -> i64 {
    let rows: (i64,) =
        world.crm().db.query(zegel::sql!("SELECT COUNT(*) FROM web_sessions WHERE ended_at IS NULL")).one().await.unwrap();
    rows.0
}

/// back-logout/backchannel-logout-discovery-endpoint-verification
#[tokio::test]
async fn the_metadata_says_that_applications_are_told() {
    let world = World::start(TestDb::sqlite()).await;
    let url = format!("{}/.well-known/openid-configuration", world.idp_url);
    let metadata: serde_json::Value = world.http.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(metadata["backchannel_logout_supported"], true);
    assert_eq!(metadata["backchannel_logout_session_supported"], true);
}

/// case 15: an application's addresses are https, and lead to no inner machine; this machine is open in capture mode only.
#[tokio::test]
async fn an_address_that_may_not_be_asked_is_not_registered() {
    let world = World::start(TestDb::sqlite()).await;
    for bad in
        ["http://app.example/out", "https://10.0.0.1/out", "https://169.254.169.254/", "https://[fd00::1]/", "file:///x", "/out"]
    {
        for member in ["backchannel_logout_uri", "jwks_uri"] {
            let file = json!({"applications": [{
                "client_id": "x", "client_name": "X", "grant_types": ["client_credentials"],
                "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://app.example/keys", member: bad
            }]});
            let file = File::parse("x.json", &file.to_string()).unwrap();
            let refused = apply(world.idp(), &file).await.unwrap_err().to_string();
            assert!(refused.contains(member), "{bad}: {refused}");
        }
    }
}

/// case 15, dynamic/registration-jwks-uri: keys are fetched from an application's address, and a redirect is not followed.
#[tokio::test]
async fn keys_are_fetched_from_where_they_are_registered_and_nowhere_else() {
    let world = World::start(TestDb::sqlite()).await;
    let key = SigningKey::generate(Alg::Es256).unwrap();
    let app = Application::with_keys(&json!({"keys": [key.public_jwk()]}).to_string()).await;
    let now = world.clock.now().seconds();
    for (path, expected) in [("keys", 200), ("moved", 401)] {
        let file = json!({"applications": [{
            "client_id": path, "client_name": "Keyed", "grant_types": ["client_credentials"], "scope": "read",
            "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": format!("{}/{path}", app.url)
        }]});
        world.apply(&file.to_string()).await;
        let assertion = json!({"iss": path, "sub": path, "aud": world.idp_url, "exp": now + 60, "iat": now, "jti": path});
        let assertion = key.sign_jwt("JWT", &assertion).unwrap();
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion.as_str()),
        ];
        let answer = world.http.post(format!("{}/token", world.idp_url)).form(&form).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), expected, "{path}");
    }
}

/// rp-logout/rp-initiated-logout: an application that never answers holds the browser for two seconds, not for ever.
#[tokio::test]
async fn nobody_waits_for_an_application_that_never_answers() {
    let world = World::start(TestDb::sqlite()).await;
    // Takes connections and says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let app = r#"client_id: app, client_name: Test application, redirect_uris: ["http://127.0.0.1:9/cb"],
        post_logout_redirect_uris: ["http://127.0.0.1:9/out"], grant_types: [authorization_code, refresh_token]"#;
    let at = silent.local_addr().unwrap();
    applied(&world, &format!("applications: [{{{app}, backchannel_logout_uri: \"http://{at}/logout\"}}]")).await;
    let (mut browser, t) = tokens(&world, "daan@example.com", &[]).await;
    sign_out(&world, &mut browser, &t).await;
    let due: (i64,) = world
        .idp()
        .db
        .query(zegel::sql!(
            "SELECT COUNT(*) FROM outbox WHERE kind = 'logout.backchannel' AND done_at IS NULL AND leased_until IS NULL"
        ))
        .one()
        .await
        .unwrap();
    assert_eq!(due.0, 1, "the outbox goes on with it");
}
