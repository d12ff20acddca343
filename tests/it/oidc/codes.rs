//! Authorization codes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::on_both_engines;
use crate::support::flow::{
    CALLBACK, VERIFIER, answered, authorize, authorize_url, redeem, refresh, text, until_answer, userinfo,
};
use crate::support::postgres::TestDb;
use crate::support::world::{APP_SECRET, OTHER_SECRET, World};

on_both_engines! {
    /// case 11, basic/codereuse
    async fn a_code_used_twice_revokes_what_it_gave(db: TestDb) {
        let world = World::start(db).await;
        let (_, answer) = authorize(&world, "daan@example.com", &[]).await;
        let code = answered(&answer, "code").unwrap();
        let (status, tokens) = redeem(&world, &code).await;
        assert_eq!(status, 200);
        assert_eq!(userinfo(&world, text(&tokens, "access_token")).await.0, 200);
        let (status, error) = redeem(&world, &code).await;
        assert_eq!((status, text(&error, "error")), (400, "invalid_grant"));
        assert_eq!(userinfo(&world, text(&tokens, "access_token")).await.0, 401);
        assert_eq!(refresh(&world, text(&tokens, "refresh_token")).await.0, 400);
        // Case 31: once that is done there is nothing left to do for one who comes again and again.
        assert!(text(&error, "error_description").contains("was used before"), "{error}");
        let (status, error) = redeem(&world, &code).await;
        assert_eq!((status, text(&error, "error")), (400, "invalid_grant"));
        assert!(text(&error, "error_description").contains("unknown"), "{error}");
    }

    /// case 11: of many at once, one gives tokens, and those die with the others' coming.
    async fn a_code_redeemed_in_parallel_gives_tokens_once_at_most(db: TestDb) {
        let world = std::sync::Arc::new(World::start(db).await);
        let (_, answer) = authorize(&world, "daan@example.com", &[]).await;
        let code = answered(&answer, "code").unwrap();
        let tries = (0..20).map(|_| { let (w, c) = (world.clone(), code.clone()); tokio::spawn(async move { redeem(&w, &c).await }) });
        let mut won = Vec::new();
        for t in tries.collect::<Vec<_>>() {
            let (status, body) = t.await.unwrap();
            if status == 200 { won.push(body); }
        }
        assert_eq!(won.len(), 1);
        assert_eq!(userinfo(&world, text(&won[0], "access_token")).await.0, 401);
    }
}

/// case 4
#[tokio::test]
async fn a_verifier_and_its_challenge_belong_together() {
    let world = World::start(TestDb::sqlite()).await;
    let (mut browser, answer) = authorize(&world, "daan@example.com", &[]).await;
    let code = answered(&answer, "code").unwrap();
    let base = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", CALLBACK)];
    for verifier in [
        None,
        Some("another-verifier-of-at-least-forty-three-characters-0123"),
        Some("short"),
        Some(&*crate::support::flow::challenge()),
    ] {
        let mut form = base.to_vec();
        form.extend(verifier.map(|v| ("code_verifier", v)));
        assert_eq!(world.token(("app", APP_SECRET), &form).await.1["error"], "invalid_grant", "{verifier:?}");
    }
    assert_eq!(redeem(&world, &code).await.0, 200, "a wrong verifier has not spent the code");
    // One that belongs to it and could be guessed is none (RFC 7636, section 4.1).
    let short = URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"short"));
    let answer = until_answer(&world, &mut browser, &authorize_url(&world, &[("code_challenge", &short)])).await;
    let code = answered(&answer, "code").unwrap();
    let form =
        [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", CALLBACK), ("code_verifier", "short")];
    assert_eq!(world.token(("app", APP_SECRET), &form).await.1["error"], "invalid_grant");
    // A verifier without a challenge: for an application that is registered to need none.
    world
        .apply(&format!(
            r#"{{"applications": [{{"client_id": "app", "client_name": "A", "redirect_uris": ["{CALLBACK}"], "require_pkce": false}}]}}"#
        ))
        .await;
    let (_, answer) = authorize(&world, "daan@example.com", &[("code_challenge", ""), ("code_challenge_method", "")]).await;
    let (status, error) = redeem(&world, &answered(&answer, "code").unwrap()).await;
    assert_eq!((status, text(&error, "error")), (400, "invalid_grant"));
    // A method without a challenge is half of one.
    let answer = until_answer(&world, &mut browser, &authorize_url(&world, &[("code_challenge", "")])).await;
    assert_eq!(answered(&answer, "error").as_deref(), Some("invalid_request"));
}

/// case 5
#[tokio::test]
async fn a_code_of_another_client_is_refused_and_left_alone() {
    let world = World::start(TestDb::sqlite()).await;
    let (_, answer) = authorize(&world, "daan@example.com", &[]).await;
    let code = answered(&answer, "code").unwrap();
    let form =
        [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
    assert_eq!(world.token(("other", OTHER_SECRET), &form).await.1["error"], "invalid_grant");
    let public = [form.as_slice(), &[("client_id", "public")]].concat();
    let answer = world.http.post(format!("{}/token", world.idp_url)).form(&public).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 400);
    assert_eq!(redeem(&world, &code).await.0, 200);
}

#[tokio::test]
async fn a_code_is_bound_to_its_redirect_address_and_a_minute() {
    let world = World::start(TestDb::sqlite()).await;
    let (_, answer) = authorize(&world, "daan@example.com", &[]).await;
    let code = answered(&answer, "code").unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", "http://127.0.0.1:9/other"),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(world.token(("app", APP_SECRET), &form).await.1["error"], "invalid_grant");
    world.advance(61);
    assert_eq!(redeem(&world, &code).await.1["error"], "invalid_grant");
}
