//! How a bank proves who it is.

use serde_json::{Value, json};
use zegel::kernel::clock::Clock;
use zegel::kernel::jose::{Alg, SigningKey};

use crate::support::bank::Bank;
use crate::support::postgres::TestDb;
use crate::support::world::World;

/// A push with an assertion that differs in one claim.
async fn push_with(bank: &Bank<'_>, name: &str, value: Value) -> u16 {
    let mut assertion = bank.assertion();
    assertion[name] = value.clone();
    if value.is_null() {
        assertion.as_object_mut().unwrap().remove(name);
    }
    let pairs = bank.parameters(&[]);
    let form: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    bank.once("/par", &form, &assertion, None).await.status
}

/// case 9, fapi2/par-test-array-as-audience-fails, fapi2/par-test-par-endpoint-url-as-audience-fails,
/// fapi2/par-test-token-endpoint-url-as-audience-fails, fapi2/ensure-client-assertion-with-wrong-aud-fails,
/// fapi2/ensure-client-assertion-with-exp-is-5-minutes-in-past-fails, fapi2/ensure-client-assertion-with-no-sub-fails,
/// fapi2/par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted,
/// fapi2/par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails
#[tokio::test]
async fn an_assertion_says_exactly_what_it_must() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::usual(&world).await;
    let now = world.clock.now().seconds();
    for (name, value) in [
        ("aud", json!([world.idp_url])),
        ("aud", json!(bank.at("/par"))),
        ("aud", json!(bank.at("/token"))),
        ("aud", json!("https://other.example")),
        ("exp", json!(now - 300)),
        ("sub", json!(null)),
        ("nbf", json!(now + 70)),
    ] {
        assert_eq!(push_with(&bank, name, value.clone()).await, 401, "{name} = {value}");
    }
    assert_eq!(push_with(&bank, "nbf", json!(now + 8)).await, 201);
    assert_eq!(push_with(&bank, "aud", json!(world.idp_url)).await, 201);
}

/// fapi2/ensure-signed-client-assertion-with-RS256-fails
#[tokio::test]
async fn a_bank_does_not_sign_with_rs256() {
    let world = World::start(TestDb::sqlite()).await;
    let rsa = SigningKey::generate(Alg::Rs256).unwrap();
    let ps = SigningKey::from_pkcs8(Alg::Ps256, &rsa.to_pkcs8().unwrap()).unwrap();
    let mut jwk = rsa.public_jwk();
    jwk.as_object_mut().unwrap().remove("alg");
    let mut bank = Bank::new(&world, "bank", json!({ "jwks": {"keys": [jwk]} })).await;
    bank.key = rsa;
    assert_eq!(bank.push(&[]).await.status, 401);
    bank.key = ps;
    assert_eq!(bank.push(&[]).await.status, 201);
}

/// fapi2/ensure-client-assertion-in-token-endpoint, fapi2/ensure-client-id-in-token-endpoint
#[tokio::test]
async fn a_code_is_redeemed_by_whoever_proves_to_be_its_client() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::usual(&world).await;
    let code = bank.code("daan@example.com", &[]).await;
    let form = Bank::redeeming(&code);
    let post = |form: Vec<(&'static str, String)>| {
        let request = world.http.post(bank.at("/token")).form(&form);
        async move { request.send().await.unwrap().status().as_u16() }
    };
    let owned: Vec<(&'static str, String)> =
        ["grant_type", "code", "redirect_uri", "code_verifier"].into_iter().zip(form.map(|(_, v)| v.to_owned())).collect();
    assert_eq!(post(owned.clone()).await, 401, "nobody says who it is");
    let named = [owned, vec![("client_id", "bank".to_owned())]].concat();
    assert_eq!(post(named).await, 401, "saying it proves nothing");
    let wrong = [form.as_slice(), &[("client_id", "other")]].concat();
    assert_eq!(bank.send("/token", &wrong).await.error(), "invalid_request");
    let right = [form.as_slice(), &[("client_id", "bank")]].concat();
    assert_eq!(bank.send("/token", &right).await.status, 200);
}

/// case 5, fapi2/ensure-authorization-code-is-bound-to-client
#[tokio::test]
async fn a_code_is_no_use_to_another_bank() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::usual(&world).await;
    let other = Bank::new(&world, "other-bank", json!({})).await;
    let code = bank.code("daan@example.com", &[]).await;
    assert_eq!(other.send("/token", &Bank::redeeming(&code)).await.error(), "invalid_grant");
    assert_eq!(bank.send("/token", &Bank::redeeming(&code)).await.status, 200);
}
