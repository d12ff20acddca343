//! The FAPI 2.0 security profile, as its certification asks for it.

mod clients;
mod pushed;
mod requests;
mod signing;
mod tokens;

use crate::on_both_engines;
use crate::support::bank::Bank;
use crate::support::flow::{claims, text};
use crate::support::postgres::TestDb;
use crate::support::world::World;

on_both_engines! {
    /// fapi2/happy-flow: pushed, signed in, redeemed, used, and refreshed without rotation.
    async fn a_bank_gets_tokens_that_only_it_can_use(db: TestDb) {
        let world = World::start(db).await;
        let bank = Bank::usual(&world).await;
        let tokens = bank.tokens("daan@example.com", &[]).await;
        assert_eq!(tokens["token_type"], "DPoP");
        let access = text(&tokens, "access_token");
        assert_eq!(claims(access)["cnf"]["jkt"], bank.proof.kid());
        assert_eq!(claims(text(&tokens, "id_token"))["nonce"], "no");
        let info = bank.get("/userinfo", "DPoP", access, Some(&bank.proof)).await;
        assert_eq!((info.status, &info.body["email"]), (200, &"daan@example.com".into()));
    }

    /// fapi2/refresh-token: the token stays, so that a bank that loses an answer loses nothing.
    async fn a_banks_refresh_token_stays_the_same(db: TestDb) {
        let world = World::start(db).await;
        let bank = Bank::usual(&world).await;
        let tokens = bank.tokens("daan@example.com", &[]).await;
        let form = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
        for _ in 0..3 {
            let told = bank.send("/token", &form).await;
            assert_eq!(told.status, 200, "{told:?}");
            assert!(told.body.get("refresh_token").is_none());
            world.advance(60);
        }
    }
}

/// fapi2/discovery-end-point-verification
#[tokio::test]
async fn discovery_says_what_a_bank_needs() {
    let world = World::start(TestDb::sqlite()).await;
    let at = format!("{}/.well-known/openid-configuration", world.idp_url);
    let answer = world.http.get(&at).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    let all: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(all["issuer"], world.idp_url);
    for endpoint in
        ["authorization_endpoint", "token_endpoint", "pushed_authorization_request_endpoint", "introspection_endpoint"]
    {
        assert!(text(&all, endpoint).starts_with(&world.idp_url), "{endpoint}");
    }
    let has = |list: &str, one: &str| all[list].as_array().unwrap().iter().any(|v| v == one);
    for (list, one) in [
        ("token_endpoint_auth_methods_supported", "private_key_jwt"),
        ("token_endpoint_auth_methods_supported", "tls_client_auth"),
        ("token_endpoint_auth_signing_alg_values_supported", "PS256"),
        ("dpop_signing_alg_values_supported", "ES256"),
        ("code_challenge_methods_supported", "S256"),
        ("response_types_supported", "code"),
        ("id_token_signing_alg_values_supported", "ES256"),
    ] {
        assert!(has(list, one), "{one} in {list}");
    }
    assert_eq!(all["authorization_response_iss_parameter_supported"], true);
}
