//! One's own factors by API.

use serde_json::{Value, json};
use zegel::idp::credentials::authenticator::{code_at, seed_from_base32};
use zegel::kernel::clock::Clock;

use super::world::{at, audited};
use crate::on_both_engines;
use crate::support::flow::{CALLBACK, VERIFIER, answered, authorize, text};
use crate::support::passkey::Device;
use crate::support::postgres::TestDb;
use crate::support::world::World;

const DAAN: &str = "daan@example.com";
const DESK: (&str, &str) = ("desk", "a-secret-of-the-desk-of-forty-characters");

/// Daan's token of an application that may manage his account; `scope` says how much of it.
async fn token(world: &World, scope: &str) -> String {
    let file = format!(
        "applications: [{{client_id: desk, client_name: Desk, client_secret: {}, redirect_uris: [\"{CALLBACK}\"], \
         grant_types: [authorization_code], scope: openid account}}]",
        DESK.1
    );
    world.apply(&file).await;
    let (_, answer) = authorize(world, DAAN, &[("client_id", DESK.0), ("scope", scope)]).await;
    let code = answered(&answer, "code").unwrap();
    let form = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
    let (status, tokens) = world.token(DESK, &form).await;
    assert_eq!(status, 200, "{tokens}");
    text(&tokens, "access_token").to_owned()
}

/// Status, `WWW-Authenticate` and body of an answer.
async fn call(world: &World, token: &str, method: &str, path: &str, body: Value) -> (u16, String, Value) {
    let request = world.http.request(method.parse().unwrap(), at(world, path)).bearer_auth(token).json(&body);
    let answer = request.send().await.unwrap();
    let challenge = answer.headers().get("www-authenticate").map_or("", |v| v.to_str().unwrap()).to_owned();
    (answer.status().as_u16(), challenge, answer.json().await.unwrap_or_default())
}

on_both_engines! {
    /// S4, S5: what the Security page does, an application does for its person.
    async fn an_application_sets_up_everything_for_its_person(db: TestDb) {
        let world = World::start(db).await;
        let token = token(&world, "openid account").await;
        let call = async |method: &str, path: &str, body: Value| call(&world, &token, method, path, body).await;
        // What the guided pages would offer is said, so that an application can lead its person itself.
        let offers = async || {
            let (_, _, has) = call("GET", "/api/me/factors", json!({})).await;
            (has["choices"].clone(), has["next"].clone())
        };
        assert_eq!(offers().await, (json!(["passkey", "authenticator", "sms"]), json!("factor")));
        world.apply("policies: [{for: staff, factors: [mail, authenticator, recovery]}]").await;
        assert_eq!(offers().await, (json!(["authenticator"]), json!("factor")), "only what counts");
        let (status, _, seed) = call("POST", "/api/me/authenticator", json!({})).await;
        assert_eq!(status, 201);
        let code = code_at(&seed_from_base32(text(&seed, "key")).unwrap(), world.clock.now());
        let wrong = if code == "000000" { "111111" } else { "000000" };
        let (status, _, body) = call("POST", "/api/me/authenticator/confirm", json!({"code": wrong})).await;
        assert_eq!((status, &body["attempts_left"]), (422, &json!(4)));
        assert_eq!(call("POST", "/api/me/authenticator/confirm", json!({"code": code})).await.0, 204);
        let (status, _, has) = call("GET", "/api/me/factors", json!({})).await;
        assert_eq!((status, &has["authenticator"], &has["recovery_codes"]), (200, &json!(true), &json!(0)));
        assert_eq!(offers().await, (json!([]), json!("codes")));
        // From now on a mailed code is not enough to change anything (case 21), and the answer says what is (RFC 9470).
        for (method, path) in [
            ("POST", "/api/me/passkeys/options"), ("POST", "/api/me/recovery-codes"), ("DELETE", "/api/me/authenticator"),
            ("POST", "/api/me/phone"), ("DELETE", "/api/me/phone"),
        ] {
            let (status, challenge, body) = call(method, path, json!({"number": "+31612345642"})).await;
            assert_eq!(status, 401, "{method} {path}: {body}");
            assert!(challenge.contains("error=\"insufficient_user_authentication\"") && challenge.contains("max_age=\"300\""), "{challenge}");
            assert!(challenge.contains("acr_values=\"urn:zegel:acr:password-app\""), "{challenge}");
        }
        assert_eq!(audited(&world, "authenticator.added", "ok").await, 1);
    }

    /// S4, case 21: passkeys by API, and no more once the sign-in behind the token is old.
    async fn an_application_adds_a_passkey_after_a_fresh_sign_in(db: TestDb) {
        let world = World::start(db).await;
        let token = token(&world, "openid account").await;
        let (status, _, asked) = call(&world, &token, "POST", "/api/me/passkeys/options", json!({})).await;
        assert_eq!(status, 200);
        let made: Value = serde_json::from_str(&Device::new().make(&world.idp_url, &asked["options"])).unwrap();
        let new = json!({"id": asked["id"], "name": "Phone", "credential": made});
        let (status, _, added) = call(&world, &token, "POST", "/api/me/passkeys", new.clone()).await;
        assert_eq!((status, &added["name"]), (201, &json!("Phone")), "{added}");
        assert_eq!(call(&world, &token, "POST", "/api/me/passkeys", new).await.0, 410, "a challenge is used once");
        let path = format!("/api/me/passkeys/{}", text(&added, "id"));
        assert_eq!(call(&world, &token, "PATCH", &path, json!({"name": "My phone"})).await.0, 204);
        assert_eq!(call(&world, &token, "PATCH", &path, json!({"name": ""})).await.0, 422);
        assert_eq!(call(&world, &token, "DELETE", &path, json!({})).await.0, 401, "a mailed code takes no passkey away");
        world.advance(301);
        assert_eq!(call(&world, &token, "POST", "/api/me/passkeys/options", json!({})).await.0, 401);
    }
}

/// What was given for something else opens nothing of this.
#[tokio::test]
async fn a_token_without_the_scope_is_refused() {
    let world = World::start(TestDb::sqlite()).await;
    let token = token(&world, "openid").await;
    assert_eq!(call(&world, &token, "GET", "/api/me/factors", json!({})).await.0, 403);
    assert_eq!(call(&world, &token, "POST", "/api/me/recovery-codes", json!({})).await.0, 403);
    assert_eq!(call(&world, "nonsense", "GET", "/api/me/factors", json!({})).await.0, 401);
}

/// What a restore brings back opens nothing: recovery codes that may have been used since are void.
#[tokio::test]
async fn after_a_restore_recovery_codes_are_made_anew() {
    let world = World::start(TestDb::sqlite()).await;
    let mut browser = super::world::enter(&world, DAAN).await;
    let codes = super::recovery::make(&world, &mut browser).await;
    zegel::idp::feed::epochs::begin(world.idp(), zegel::kernel::audit::Actor::command_line()).await.unwrap();
    let answer = super::signin::by_recovery(&world, &mut world.browser(), DAAN, &codes[0]).await;
    assert_ne!(answer.url.path(), "/");
}
