//! Redeeming, and presenting what was given.

use serde_json::{Value, json};
use zegel::kernel::clock::Clock;
use zegel::kernel::jose::{Alg, SigningKey, digest};

use crate::on_both_engines;
use crate::support::bank::{Bank, name};
use crate::support::flow::{claims, text};
use crate::support::postgres::TestDb;
use crate::support::world::World;

on_both_engines! {
    /// case 11, fapi2/attempt-reuse-authorization-code-after-one-second
    async fn a_code_is_redeemed_once(db: TestDb) {
        let world = World::start(db).await;
        let bank = Bank::usual(&world).await;
        let code = bank.code("daan@example.com", &[]).await;
        let first = bank.send("/token", &Bank::redeeming(&code)).await;
        world.advance(1);
        assert_eq!(bank.send("/token", &Bank::redeeming(&code)).await.error(), "invalid_grant");
        let access = text(&first.body, "access_token");
        assert_eq!(bank.get("/userinfo", "DPoP", access, Some(&bank.proof)).await.status, 401, "what it gave is revoked");
    }

    /// case 12: the same proof twice, at both kinds of endpoint.
    async fn a_proof_counts_once(db: TestDb) {
        let world = World::start(db).await;
        let bank = Bank::usual(&world).await;
        let form = [("grant_type", "client_credentials")];
        let nonce = bank.once("/token", &form, &bank.assertion(), Some((&bank.proof, bank.proof_claims("POST", "/token")))).await.nonce.unwrap();
        let mut proof = bank.proof_claims("POST", "/token");
        proof["nonce"] = nonce.as_str().into();
        assert_eq!(bank.once("/token", &form, &bank.assertion(), Some((&bank.proof, proof.clone()))).await.status, 200);
        let again = bank.once("/token", &form, &bank.assertion(), Some((&bank.proof, proof))).await;
        assert_eq!((again.status, again.error()), (400, "invalid_dpop_proof"));

        let tokens = bank.tokens("daan@example.com", &[]).await;
        let access = text(&tokens, "access_token");
        let same = json!({"jti": name(), "nonce": nonce});
        assert_eq!(bank.get_once("/userinfo", "DPoP", access, Some(&bank.proof), same.clone()).await.status, 200);
        let again = bank.get_once("/userinfo", "DPoP", access, Some(&bank.proof), same).await;
        assert!(again.status == 401 && again.challenge.contains("invalid_dpop_proof"), "{again:?}");
    }
}

/// fapi2/ensure-token-endpoint-fails-with-expired-auth-code
#[tokio::test]
async fn a_code_waits_for_a_minute() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::usual(&world).await;
    let code = bank.code("daan@example.com", &[]).await;
    world.advance(60);
    assert_eq!(bank.send("/token", &Bank::redeeming(&code)).await.error(), "invalid_grant");
}

/// case 4, fapi2/ensure-pkce-code-verifier-required, fapi2/incorrect-pkce-code-verifier-rejected
#[tokio::test]
async fn a_code_needs_its_verifier() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::usual(&world).await;
    let code = bank.code("daan@example.com", &[]).await;
    let form = Bank::redeeming(&code);
    assert_eq!(bank.send("/token", &form[..3]).await.error(), "invalid_grant");
    let wrong = [&form[..3], &[("code_verifier", "another-verifier-of-at-least-forty-three-characters-01")]].concat();
    assert_eq!(bank.send("/token", &wrong).await.error(), "invalid_grant");
    assert_eq!(bank.send("/token", &form).await.status, 200);
}

/// fapi2/ensure-holder-of-key-required
#[tokio::test]
async fn a_bank_gets_no_token_that_anyone_could_use() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::usual(&world).await;
    let code = bank.code("daan@example.com", &[]).await;
    let told = bank.send_by("/token", &Bank::redeeming(&code), None).await;
    assert_eq!((told.status, told.error()), (400, "invalid_grant"));
    let told = bank.send_by("/token", &[("grant_type", "client_credentials")], None).await;
    assert_eq!((told.status, told.error()), (400, "invalid_grant"));
}

/// case 12, fapi2/dpop-negative-tests, fapi2/check-dpop-proof-nbf-exp,
/// fapi2/ensure-dpopproof-with-iat-10seconds-before-succeeds, fapi2/ensure-dpopproof-with-iat-10seconds-after-succeeds
#[tokio::test]
async fn a_proof_is_about_its_request_and_nothing_else() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::usual(&world).await;
    let tokens = bank.tokens("daan@example.com", &[]).await;
    let access = text(&tokens, "access_token");
    let refused = bank.get_once("/userinfo", "DPoP", access, Some(&bank.proof), json!({})).await;
    assert!(refused.status == 401 && refused.challenge.contains("use_dpop_nonce"), "{refused:?}");
    let nonce = refused.nonce.unwrap();
    let now = world.clock.now().seconds();
    let with = |more: Value| {
        let mut all = json!({ "nonce": nonce });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let bank = &bank;
        async move { bank.get_once("/userinfo", "DPoP", access, Some(&bank.proof), all).await.status }
    };
    for bad in [
        json!({"htm": "POST"}),
        json!({"htu": bank.at("/token")}),
        json!({"htu": "https://evil.example/userinfo"}),
        json!({"ath": digest(b"another token")}),
        json!({"ath": null}),
        json!({"nonce": "made-up"}),
        json!({"nonce": null}),
        json!({"iat": now - 300}),
        json!({"iat": now + 300}),
        json!({"iat": null}),
        json!({"jti": null}),
        json!({"exp": now - 60}),
        json!({"nbf": now + 60}),
    ] {
        assert_eq!(with(bad.clone()).await, 401, "{bad}");
    }
    for fine in [json!({"iat": now - 10}), json!({"iat": now + 10}), json!({"exp": now + 60, "nbf": now - 10})] {
        assert_eq!(with(fine.clone()).await, 200, "{fine}");
    }
}

/// case 6, case 12, fapi2/access-token-type-header-case-sensitivity
#[tokio::test]
async fn a_bound_token_opens_nothing_without_its_key() {
    let world = World::start(TestDb::sqlite()).await;
    let bank = Bank::usual(&world).await;
    let tokens = bank.tokens("daan@example.com", &[]).await;
    let access = text(&tokens, "access_token");
    let other = SigningKey::generate(Alg::Es256).unwrap();
    for scheme in ["DPoP", "dpop", "DPOP"] {
        assert_eq!(bank.get("/userinfo", scheme, access, Some(&bank.proof)).await.status, 200, "{scheme}");
    }
    for (scheme, key) in
        [("Bearer", None), ("Bearer", Some(&bank.proof)), ("DPoP", None), ("DPoP", Some(&other)), ("Basic", None)]
    {
        assert_eq!(bank.get("/userinfo", scheme, access, key).await.status, 401, "{scheme}");
    }
    // And the other way round: a token that is bound to nothing is no DPoP token.
    let (_, plain) = crate::support::flow::tokens(&world, "daan@example.com", &[]).await;
    let plain = text(&plain, "access_token");
    assert_eq!(bank.get("/userinfo", "Bearer", plain, None).await.status, 200);
    assert_eq!(bank.get("/userinfo", "DPoP", plain, Some(&bank.proof)).await.status, 401);
}

/// case 11: one that was replaced while its application stood outside the profile, in which none is, is a replay afterwards too.
#[tokio::test]
async fn a_refresh_token_that_was_replaced_once_is_a_replay_for_good() {
    let world = World::start(TestDb::sqlite()).await;
    let free = Bank::new(&world, "bank", json!({"profile": "standard"})).await;
    let tokens = free.tokens("daan@example.com", &[]).await;
    let renewing = |token| [("grant_type", "refresh_token"), ("refresh_token", token)];
    let first = text(&tokens, "refresh_token");
    let next = free.send("/token", &renewing(first)).await;
    assert_eq!(next.status, 200, "{next:?}");
    let held = Bank::usual(&world).await;
    for token in [first, text(&next.body, "refresh_token")] {
        let told = held.send("/token", &renewing(token)).await;
        assert_eq!((told.status, told.error()), (400, "invalid_grant"), "the whole family is revoked: {told:?}");
    }
}

/// S2: a client without a secret can prove nothing but its key, so its refresh tokens are bound to that.
#[tokio::test]
async fn a_public_client_s_refresh_token_is_bound_to_its_key() {
    let world = World::start(TestDb::sqlite()).await;
    let mut bank = Bank::usual(&world).await;
    bank.id = "public";
    let other = SigningKey::generate(Alg::Es256).unwrap();
    let post = async |form: &[(&str, &str)], key: &SigningKey| {
        let mut nonce = None;
        loop {
            let mut claims = bank.proof_claims("POST", "/token");
            if let Some(n) = nonce.take() {
                claims["nonce"] = Value::String(n);
            }
            let proof = crate::support::bank::with_own_key(key, json!({}), &claims);
            let answer = world.http.post(bank.at("/token")).header("dpop", proof).form(form).send().await.unwrap();
            nonce = answer.headers().get("dpop-nonce").map(|v| v.to_str().unwrap().to_owned());
            let (status, body): (u16, Value) = (answer.status().as_u16(), answer.json().await.unwrap());
            if body["error"] != "use_dpop_nonce" {
                return (status, body);
            }
        }
    };
    let changes = [("client_id", "public"), ("redirect_uri", "http://127.0.0.1:9/cb")];
    let (_, answer) = crate::support::flow::authorize(&world, "daan@example.com", &changes).await;
    let code = crate::support::flow::answered(&answer, "code").unwrap();
    let form = [Bank::redeeming(&code).as_slice(), &[("client_id", "public")]].concat();
    let (status, tokens) = post(&form, &bank.proof).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(claims(text(&tokens, "access_token"))["cnf"]["jkt"], bank.proof.kid());
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token")), ("client_id", "public")];
    assert_eq!(post(&form, &other).await.1["error"], "invalid_grant");
    let unproven = world.http.post(bank.at("/token")).form(&form).send().await.unwrap();
    assert_eq!(unproven.status().as_u16(), 400);
    let (status, next) = post(&form, &bank.proof).await;
    assert_eq!(status, 200, "the attempts left it as it was: {next}");
}
