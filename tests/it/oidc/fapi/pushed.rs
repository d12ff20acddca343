//! Pushed requests (RFC 9126): who pushes, who refers to them, and how often.

use serde_json::json;
use zegel::kernel::jose::{Alg, SigningKey};

use crate::on_both_engines;
use crate::support::bank::Bank;
use crate::support::flow::{answered, challenge, until_answer};
use crate::support::postgres::TestDb;
use crate::support::world::{APP_SECRET, World};

on_both_engines! {
    /// fapi2/par-ensure-reused-request-uri-prior-to-auth-completion-succeeds, fapi2/par-attempt-reuse-request_uri: people
    /// reload pages; what has given a code gives no other.
    async fn a_pushed_request_is_spent_with_its_code_and_not_before(db: TestDb) {
        let world = World::start(db).await;
        let bank = Bank::usual(&world).await;
        let reference = bank.pushed(&[]).await;
        let mut early = world.browser();
        for _ in 0..2 {
            let page = until_answer(&world, &mut early, &bank.authorize_url(&reference, &[])).await;
            assert!(page.text.contains("id=\"username\""));
        }
        let (mut browser, answer) = bank.sign_in("daan@example.com", &reference).await;
        assert!(answered(&answer, "code").is_some());
        let again = until_answer(&world, &mut browser, &bank.authorize_url(&reference, &[])).await;
        assert!(again.location().is_none() && again.status.as_u16() == 400, "{:?}", again.location());
    }

    /// case 5: of two people who have it before them, one gets a code by it.
    async fn a_pushed_request_that_two_have_opened_gives_one_code(db: TestDb) {
        let world = World::start(db).await;
        let bank = Bank::usual(&world).await;
        let reference = bank.pushed(&[]).await;
        let (mut first, mut second) = (world.browser(), world.browser());
        until_answer(&world, &mut first, &bank.authorize_url(&reference, &[])).await;
        until_answer(&world, &mut second, &bank.authorize_url(&reference, &[])).await;
        let answer = bank.sign_in_at(&mut first, "daan@example.com").await;
        assert!(answered(&answer, "code").is_some());
        let answer = bank.sign_in_at(&mut second, "mila@example.com").await;
        assert_eq!((answered(&answer, "error").as_deref(), answered(&answer, "code")), (Some("invalid_request_uri"), None));
    }

    /// fapi2/par-attempt-to-use-expired-request_uri: it waits for its browser for a minute and a half; from then on for the
    /// person.
    async fn a_pushed_request_expires_before_it_is_seen_and_not_while_someone_signs_in(db: TestDb) {
        let world = World::start(db).await;
        let bank = Bank::usual(&world).await;
        let (late, seen) = (bank.pushed(&[]).await, bank.pushed(&[]).await);
        let mut browser = world.browser();
        until_answer(&world, &mut browser, &bank.authorize_url(&seen, &[])).await;
        world.advance(91);
        let gone = until_answer(&world, &mut world.browser(), &bank.authorize_url(&late, &[])).await;
        assert!(gone.location().is_none() && gone.text.contains("waited too long"), "{}", gone.text);
        let answer = bank.sign_in_at(&mut browser, "daan@example.com").await;
        assert!(answered(&answer, "code").is_some(), "{}", answer.text);
    }
}

/// case 5, fapi2/par-attempt-to-use-request_uri-for-different-client
#[tokio::test]
async fn another_client_s_reference_is_none() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::usual(&world).await;
    let other = Bank::new(&world, "other-bank", json!({})).await;
    let reference = bank.pushed(&[]).await;
    for url in [other.authorize_url(&reference, &[]), format!("{}?request_uri={reference}", bank.at("/authorize"))] {
        let answer = until_answer(&world, &mut world.browser(), &url).await;
        assert!(answer.location().is_none() && answer.status.as_u16() == 400);
    }
    let page = until_answer(&world, &mut world.browser(), &bank.authorize_url(&reference, &[])).await;
    assert!(page.text.contains("id=\"username\""), "it was left alone");
    for made_up in ["urn:ietf:params:oauth:request_uri:", "urn:ietf:params:oauth:request_uri:x", "urn:other:x"] {
        let answer = until_answer(&world, &mut world.browser(), &bank.authorize_url(made_up, &[])).await;
        assert!(answer.location().is_none() && answer.status.as_u16() == 400, "{made_up}");
    }
}

/// fapi2/par-authorization-request-containing-request_uri-form-param, fapi2/par-attempt-invalid-http-method
#[tokio::test]
async fn a_reference_is_not_pushed_and_nothing_is_pushed_by_get() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::usual(&world).await;
    let reference = bank.pushed(&[]).await;
    let told = bank.push(&[("request_uri", &reference)]).await;
    assert_eq!((told.status, told.error()), (400, "invalid_request"));
    for method in [reqwest::Method::GET, reqwest::Method::PUT, reqwest::Method::DELETE] {
        let answer = world.http.request(method, bank.at("/par")).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 405);
    }
}

/// S2: any application may push; a client without a secret too.
#[tokio::test]
async fn an_ordinary_application_may_push_its_requests() {
    let world = World::start(TestDb::sqlite()).await;
    let challenge = challenge();
    let form = [
        ("response_type", "code"),
        ("redirect_uri", crate::support::flow::CALLBACK),
        ("scope", "openid"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("client_id", "app"),
    ];
    let push = world.http.post(format!("{}/par", world.idp_url)).basic_auth("app", Some(APP_SECRET)).form(&form);
    assert_eq!(push.send().await.unwrap().status().as_u16(), 201);
    let wrong = world.http.post(format!("{}/par", world.idp_url)).basic_auth("app", Some("wrong")).form(&form);
    assert_eq!(wrong.send().await.unwrap().status().as_u16(), 401);
    let mut form = form.to_vec();
    form.retain(|(n, _)| *n != "client_id");
    form.push(("client_id", "other"));
    let another = world.http.post(format!("{}/par", world.idp_url)).basic_auth("app", Some(APP_SECRET)).form(&form);
    assert_eq!(another.send().await.unwrap().status().as_u16(), 400);
}

/// fapi2/ensure-dpop-auth-code-binding-success, fapi2/ensure-dpopproof-at-par-endpoint-binding-success,
/// fapi2/ensure-mismatched-dpop-jkt-fails, fapi2/ensure-token-endpoint-fails-with-mismatched-dpop-jkt,
/// fapi2/ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt
#[tokio::test]
async fn a_code_can_be_bound_to_a_key_before_it_is_given() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::usual(&world).await;
    let other = SigningKey::generate(Alg::Es256).unwrap();
    let jkt = bank.proof.kid().to_owned();
    let pairs = bank.parameters(&[]);
    let form: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let named = [form.clone(), vec![("dpop_jkt", jkt.as_str())]].concat();
    for (form, proof) in [(&named, None), (&form, Some(&bank.proof)), (&named, Some(&bank.proof))] {
        let told = bank.send_by("/par", form, proof).await;
        assert_eq!(told.status, 201, "{told:?}");
        let (_, answer) = bank.sign_in("daan@example.com", told.body["request_uri"].as_str().unwrap()).await;
        let code = answered(&answer, "code").unwrap();
        let stolen = bank.send_by("/token", &Bank::redeeming(&code), Some(&other)).await;
        assert_eq!((stolen.status, stolen.error()), (400, "invalid_grant"));
        let told = bank.send("/token", &Bank::redeeming(&code)).await;
        assert_eq!(told.status, 200, "the attempt left it as it was: {told:?}");
        world.advance(60);
    }
    assert_eq!(bank.send_by("/par", &named, Some(&other)).await.error(), "invalid_request");
    assert_eq!(bank.push(&[("dpop_jkt", "short")]).await.error(), "invalid_request");
}
