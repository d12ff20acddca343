//! What a request may and may not ask for.

use reqwest::Method;
use serde_json::json;
use zegel::kernel::jose::{Alg, SigningKey};

use crate::support::bank::Bank;
use crate::support::flow::{CALLBACK, answered, authorize_url, claims, text, until_answer};
use crate::support::postgres::TestDb;
use crate::support::world::World;

/// fapi2/ensure-authorization-request-without-state-success, fapi2/ensure-authorization-request-without-nonce-success,
/// fapi2/ensure-authorization-request-with-64-char-nonce-success, fapi2/ensure-authorization-request-with-long-nonce,
/// fapi2/ensure-authorization-request-with-long-state, fapi2/ensure-other-scope-order-succeeds
#[tokio::test]
async fn what_may_be_left_out_or_be_long_or_in_another_order_succeeds() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::usual(&world).await;
    let long = "n".repeat(384);
    let (mut browser, _) = bank.sign_in("daan@example.com", &bank.pushed(&[]).await).await;
    for changes in [
        [("state", "")].as_slice(),
        &[("nonce", "")],
        &[("nonce", &long[..64])],
        &[("nonce", &long)],
        &[("state", &long)],
        &[("scope", "email openid")],
    ] {
        let url = bank.authorize_url(&bank.pushed(changes).await, &[]);
        let answer = until_answer(&world, &mut browser, &url).await;
        let code = answered(&answer, "code").unwrap_or_else(|| panic!("{changes:?} {}", answer.text));
        let state = bank.parameters(changes).into_iter().find(|(n, _)| n == "state").map(|(_, v)| v);
        assert_eq!(answered(&answer, "state"), state);
        assert_eq!(answered(&answer, "iss").as_deref(), Some(world.idp_url.as_str()));
        let told = bank.send("/token", &Bank::redeeming(&code)).await;
        assert_eq!(told.status, 200, "{told:?}");
        let nonce = bank.parameters(changes).into_iter().find(|(n, _)| n == "nonce").map(|(_, v)| json!(v));
        assert_eq!(claims(text(&told.body, "id_token")).get("nonce"), nonce.as_ref());
    }
}

/// fapi2/user-rejects-authentication
#[tokio::test]
async fn a_person_who_refuses_leads_back_with_access_denied() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::new(&world, "bank", json!({"consent": "ask"})).await;
    let (mut browser, answer) = bank.sign_in("daan@example.com", &bank.pushed(&[]).await).await;
    let page = answer.location().unwrap_or_else(|| panic!("the consent page: {}", answer.text));
    let answer = browser.once(Method::POST, page.as_str(), Some(&[("answer", "refuse")])).await.unwrap();
    assert_eq!(answered(&answer, "error").as_deref(), Some("access_denied"), "{} {}", answer.status, answer.text);
    assert_eq!(answered(&answer, "state").as_deref(), Some("st"));
}

/// fapi2/test-claims-parameter-identity-claims, fapi2/test-essential-acr-sca-claim
#[tokio::test]
async fn claims_that_are_asked_for_one_by_one_are_told() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::usual(&world).await;
    let acr = "urn:zegel:acr:password-mail";
    let wanted = json!({"id_token": {"email": {"essential": true}, "acr": {"essential": true, "values": [acr]}}}).to_string();
    let tokens = bank.tokens("daan@example.com", &[("claims", &wanted)]).await;
    let id = claims(text(&tokens, "id_token"));
    assert_eq!((&id["email"], &id["acr"]), (&json!("daan@example.com"), &json!(acr)));
}

/// fapi2/ensure-response-type-code-idtoken-fails, fapi2/ensure-response-type-token-fails, fapi2/par-ensure-pkce-required,
/// fapi2/par-plain-pkce-rejected, fapi2/ensure-redirect-uri-in-authorization-request, fapi2/ensure-registered-redirect-uri,
/// fapi2/plain-fapi-tolerate-unregistered-redirect-uri, fapi2/ensure-request-object-without-redirect-uri-fails,
/// fapi2/par-without-duplicate-parameters
#[tokio::test]
async fn what_the_profile_forbids_is_refused_when_it_is_pushed() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::usual(&world).await;
    for (changes, error) in [
        ([("response_type", "code id_token")].as_slice(), "unsupported_response_type"),
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("response_type", "")], "invalid_request"),
        (&[("code_challenge", ""), ("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("redirect_uri", "")], "invalid_request"),
        (&[("redirect_uri", "https://elsewhere.example/cb")], "invalid_request"),
        (&[("redirect_uri", &format!("{CALLBACK}?x=1"))], "invalid_request"),
        (&[("scope", "admin")], "invalid_scope"),
    ] {
        let told = bank.push(changes).await;
        assert_eq!((told.status, told.error()), (400, error), "{changes:?}");
    }
    let pairs = bank.parameters(&[]);
    let mut twice: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    twice.push(("state", "other"));
    assert_eq!(bank.send_by("/par", &twice, None).await.error(), "invalid_request");
}

/// fapi2/ensure-unsigned-authorization-request-without-using-par-fails
#[tokio::test]
async fn a_request_that_was_not_pushed_is_refused() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::usual(&world).await;
    let mut browser = world.browser();
    let answer = until_answer(&world, &mut browser, &authorize_url(&world, &[("client_id", bank.id)])).await;
    assert_eq!(answered(&answer, "error").as_deref(), Some("invalid_request"));
    // A client that chose this by itself is held to it, too.
    let strict = r#"{"applications": [{"client_id": "app", "client_name": "A", "redirect_uris": ["http://127.0.0.1:9/cb"],
        "require_pushed_authorization_requests": true}]}"#;
    world.apply(strict).await;
    let answer = until_answer(&world, &mut browser, &authorize_url(&world, &[])).await;
    assert_eq!(answered(&answer, "error").as_deref(), Some("invalid_request"));
}

/// fapi2/ensure-different-nonce-inside-and-outside-request-object, fapi2/state-only-outside-request-object-not-used,
/// fapi2/ensure-different-state-inside-and-outside-request-object
#[tokio::test]
async fn nothing_beside_the_reference_counts() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::usual(&world).await;
    let (mut browser, _) = bank.sign_in("daan@example.com", &bank.pushed(&[]).await).await;
    let more =
        [("state", "outside"), ("nonce", "outside"), ("scope", "openid profile"), ("redirect_uri", "https://evil.example")];
    for (changes, state) in [([("state", "inside")], Some("inside")), ([("state", "")], None)] {
        let url = bank.authorize_url(&bank.pushed(&changes).await, &more);
        let answer = until_answer(&world, &mut browser, &url).await;
        assert_eq!(answered(&answer, "state").as_deref(), state);
        let told = bank.send("/token", &Bank::redeeming(&answered(&answer, "code").unwrap())).await;
        assert_eq!(told.body["scope"], "openid email");
        assert_eq!(claims(text(&told.body, "id_token"))["nonce"], "no");
    }
}

/// S2: a signed request object can be pushed; what it says counts, and who signed it is checked.
#[tokio::test]
async fn a_signed_request_object_can_be_pushed() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::usual(&world).await;
    let now = zegel::kernel::clock::Clock::now(world.clock.as_ref()).seconds();
    let mut object: serde_json::Map<_, _> = bank.parameters(&[]).into_iter().map(|(n, v)| (n, v.into())).collect();
    object.extend([
        ("iss".to_owned(), bank.id.into()),
        ("aud".to_owned(), world.idp_url.as_str().into()),
        ("exp".to_owned(), (now + 60).into()),
        ("nbf".to_owned(), now.into()),
    ]);
    let signed = |key: &SigningKey| key.sign_jwt("oauth-authz-req+jwt", &object).unwrap();
    let good = bank.send_by("/par", &[("client_id", bank.id), ("request", &signed(&bank.key))], None).await;
    assert_eq!(good.status, 201, "{good:?}");
    let (_, answer) = bank.sign_in("daan@example.com", good.body["request_uri"].as_str().unwrap()).await;
    assert_eq!(answered(&answer, "state").as_deref(), Some("st"));
    let strange = SigningKey::generate(Alg::Es256).unwrap();
    let bad = bank.send_by("/par", &[("client_id", bank.id), ("request", &signed(&strange))], None).await;
    assert_eq!((bad.status, bad.error()), (400, "invalid_request_object"));
}
