//! Signing keys as applications and the record store meet them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use zegel::idp::keyring::Use;
use zegel::idp::keyring::flow::{self, Rotation};
use zegel::kernel::audit::Actor;
use zegel::kernel::jose::{Alg, KeySet, open};

use crate::support::flow::{CALLBACK, VERIFIER, answered, authorize, refresh, text, tokens, userinfo};
use crate::support::postgres::TestDb;
use crate::support::world::{APP_SECRET, World};

fn header(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap()
}

async fn published(world: &World) -> KeySet {
    let answer = world.http.get(format!("{}/oauth2/keys", world.idp_url)).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    KeySet::from_json(&answer.bytes().await.unwrap()).unwrap()
}

/// S7, basic/id-token-signature: each algorithm, as an application asks for it, with a key of its own named by its thumbprint.
#[tokio::test]
async fn an_application_gets_id_tokens_signed_as_it_registered() {
    let world = World::start(TestDb::sqlite()).await;
    let secret = APP_SECRET;
    for alg in Alg::ALL {
        world
            .apply(&format!(
                r#"applications: [{{client_id: signed, client_name: S, client_secret: "{secret}", redirect_uris: ["{CALLBACK}"],
                   id_token_signed_response_alg: {alg}}}]"#
            ))
            .await;
        let (_, answer) = authorize(&world, "daan@example.com", &[("client_id", "signed"), ("scope", "openid")]).await;
        let code = answered(&answer, "code").unwrap();
        let form =
            [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
        let (status, tokens) = world.token(("signed", secret), &form).await;
        assert_eq!(status, 200, "{tokens}");
        let token = text(&tokens, "id_token");
        let keys = published(&world).await;
        let signed = open(token, &keys, None, &[alg]).unwrap();
        assert_eq!((header(token)["alg"].as_str(), header(token)["kid"].as_str()), (Some(alg.name()), Some(signed.kid())));
        let key = keys.find(Some(signed.kid()), alg).unwrap();
        assert_eq!(key.thumbprint(), signed.kid());
        // A code mailed a moment ago is too early to be followed by another.
        world.advance(60);
    }
}

/// S7, S2 (RFC 9068, section 2.1): access tokens likewise, RS256 among them, and both halves take them.
#[tokio::test]
async fn an_application_gets_access_tokens_signed_as_it_is_registered() {
    let world = World::start(TestDb::sqlite()).await;
    let (secret, crm) = (APP_SECRET, world.crm_url.clone());
    for alg in Alg::ALL {
        world
            .apply(&format!(
                r#"applications: [{{client_id: signed, client_name: S, client_secret: "{secret}", redirect_uris: ["{CALLBACK}"],
                   scope: "openid records:read", resources: ["{crm}"], access_token_signed_response_alg: {alg}}}]"#
            ))
            .await;
        for resource in [None, Some(crm.as_str())] {
            let asked =
                [Some(("client_id", "signed")), Some(("scope", "openid records:read")), resource.map(|r| ("resource", r))];
            let asked: Vec<_> = asked.into_iter().flatten().collect();
            let (_, answer) = authorize(&world, "daan@example.com", &asked).await;
            let code = answered(&answer, "code").unwrap();
            let form =
                [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
            let (status, tokens) = world.token(("signed", secret), &form).await;
            assert_eq!(status, 200, "{tokens}");
            let token = text(&tokens, "access_token");
            assert_eq!(header(token)["alg"], alg.name());
            match resource {
                None => assert_eq!(userinfo(&world, token).await.0, 200, "{alg}"),
                Some(_) => {
                    world.poll().await;
                    let me = world.http.get(format!("{crm}/api/me")).bearer_auth(token).send().await.unwrap();
                    assert_eq!(me.status().as_u16(), 200, "{alg}");
                }
            }
            world.advance(60);
        }
    }
}

/// S7, case 29, dynamic/server-rotate-keys: what is issued from then on is signed by the next key, and both are published; who has
/// a token of the key before goes on; of a withdrawn one nothing opens anything, in either half.
#[tokio::test]
async fn a_key_is_succeeded_without_anyone_noticing_and_withdrawn_at_once() {
    let world = World::start(TestDb::sqlite()).await;
    let resource = world.crm_url.clone();
    world
        .apply(&format!(
            r#"applications: [{{client_id: app, client_name: A, client_secret: "{APP_SECRET}", redirect_uris: ["{CALLBACK}"],
               grant_types: [authorization_code, refresh_token, client_credentials], resources: ["{resource}"],
               scope: "openid profile email offline_access read records:read"}}]"#
        ))
        .await;
    let (_, t) = tokens(&world, "daan@example.com", &[]).await;
    world.advance(60);
    let changes = [("scope", "openid records:read"), ("resource", resource.as_str())];
    let (_, for_records) = tokens(&world, "daan@example.com", &changes).await;
    world.poll().await;
    let me = async || {
        let request = world.http.get(format!("{}/api/me", world.crm_url)).bearer_auth(text(&for_records, "access_token"));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!((userinfo(&world, text(&t, "access_token")).await.0, me().await), (200, 200));
    let keyring = &world.idp().keyring;
    let rotation = Rotation { purpose: Use::Token, alg: None, at_once: true };
    flow::rotate(keyring, rotation, &Actor::default()).await.unwrap();
    assert_eq!((userinfo(&world, text(&t, "access_token")).await.0, me().await), (200, 200));
    let kid = header(text(&t, "access_token"))["kid"].as_str().unwrap().to_owned();
    let (_, next) = refresh(&world, text(&t, "refresh_token")).await;
    for token in ["access_token", "id_token"] {
        let (before, after) = (header(text(&t, token)), header(text(&next, token)));
        assert_ne!(before["kid"], after["kid"], "{token}");
        for of in [before, after] {
            let alg = Alg::from_name(of["alg"].as_str().unwrap()).unwrap();
            assert!(published(&world).await.find(of["kid"].as_str(), alg).is_ok(), "{token}: {of}");
        }
    }
    // By another process, as the command is.
    let other = zegel::idp::keyring::Keyring::open(&world.idp().db, &world.idp().env).await.unwrap();
    flow::withdraw(&other, &kid, &Actor::command_line()).await.unwrap();
    assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 401);
    world.poll().await;
    assert_eq!(me().await, 401);
    assert!(published(&world).await.find(Some(&kid), Alg::Es256).is_err());
}
