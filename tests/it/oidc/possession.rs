//! Bound tokens at the record store.

use serde_json::{Value, json};
use zegel::kernel::clock::Clock;
use zegel::kernel::jose::{Alg, SigningKey, digest};

use crate::on_both_engines;
use crate::support::bank::{Bank, name, with_own_key};
use crate::support::flow::text;
use crate::support::postgres::TestDb;
use crate::support::world::World;

/// A request for who one is; status, nonce and challenge of its answer.
async fn me(world: &World, scheme: &str, token: &str, proof: Option<(&SigningKey, Value)>) -> (u16, Option<String>, String) {
    let mut request = world.http.get(format!("{}/api/me", world.crm_url)).header("authorization", format!("{scheme} {token}"));
    if let Some((key, more)) = proof {
        let mut claims = json!({
            "jti": name(), "htm": "GET", "htu": format!("{}/api/me", world.crm_url), "iat": world.clock.now().seconds(),
            "ath": digest(token.as_bytes()),
        });
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        request = request.header("dpop", with_own_key(key, json!({}), &claims));
    }
    let answer = request.send().await.unwrap();
    let header = |name: &str| answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
    (answer.status().as_u16(), header("dpop-nonce"), header("www-authenticate").unwrap_or_default())
}

on_both_engines! {
    /// case 12, S2: the record store takes a bound token from whoever has its key, once for each proof.
    async fn the_record_store_takes_a_bound_token_with_its_proof_only(db: TestDb) {
        let world = World::start(db).await;
        let more = json!({"resources": [world.crm_url], "scope": "openid records:read"});
        let bank = Bank::new(&world, "bank", more).await;
        world.poll().await;
        let resource = world.crm_url.clone();
        let tokens = bank.tokens("daan@example.com", &[("resource", &resource), ("scope", "openid records:read")]).await;
        world.poll().await;
        let access = text(&tokens, "access_token");
        let (status, nonce, challenge) = me(&world, "DPoP", access, Some((&bank.proof, json!({})))).await;
        assert!(status == 401 && challenge.starts_with("DPoP ") && challenge.contains("use_dpop_nonce"), "{status} {challenge}");
        let nonce = nonce.unwrap();
        let with = |more: Value| {
            let mut all = json!({ "nonce": nonce });
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        assert_eq!(me(&world, "DPoP", access, Some((&bank.proof, with(json!({}))))).await.0, 200);
        let once = with(json!({"jti": name()}));
        assert_eq!(me(&world, "DPoP", access, Some((&bank.proof, once.clone()))).await.0, 200);
        assert_eq!(me(&world, "DPoP", access, Some((&bank.proof, once))).await.0, 401, "it was used");
        let other = SigningKey::generate(Alg::Es256).unwrap();
        for (scheme, proof) in [
            ("Bearer", None),
            ("Bearer", Some((&bank.proof, with(json!({}))))),
            ("DPoP", None),
            ("DPoP", Some((&other, with(json!({}))))),
            ("DPoP", Some((&bank.proof, with(json!({"htm": "POST"}))))),
            ("DPoP", Some((&bank.proof, with(json!({"htu": format!("{}/api/me", world.idp_url)}))))),
            ("DPoP", Some((&bank.proof, with(json!({"ath": digest(b"other")}))))),
        ] {
            assert_eq!(me(&world, scheme, access, proof).await.0, 401, "{scheme}");
        }
    }
}

/// S2 (RFC 9728): what the record store takes, for programs.
#[tokio::test]
async fn the_record_store_says_what_it_takes() {
    let world = World::start(TestDb::sqlite()).await;
    let at = format!("{}/.well-known/oauth-protected-resource", world.crm_url);
    let all: Value = world.http.get(at).send().await.unwrap().json().await.unwrap();
    assert_eq!(all["resource"], world.crm_url);
    assert_eq!(all["authorization_servers"], json!([world.idp_url]));
    assert!(all["dpop_signing_alg_values_supported"].as_array().unwrap().contains(&json!("ES256")));
    assert_eq!(all["scopes_supported"], json!(["records:read", "records:write"]));
}
