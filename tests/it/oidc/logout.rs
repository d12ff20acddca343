//! Signing out and revoking.

use crate::on_both_engines;
use crate::support::flow::{authorize_url, refresh, text, tokens, until_answer, userinfo};
use crate::support::postgres::TestDb;
use crate::support::world::{APP_SECRET, OTHER_SECRET, World};

on_both_engines! {
    /// rp-logout/rp-initiated-logout, case 20
    async fn an_application_ends_the_session_for_all(db: TestDb) {
        let world = World::start(db).await;
        let (mut browser, t) = tokens(&world, "daan@example.com", &[]).await;
        let hint = text(&t, "id_token");
        let url = format!("{}/logout?id_token_hint={hint}&post_logout_redirect_uri=http://127.0.0.1:9/out&state=bye", world.idp_url);
        let answer = until_answer(&world, &mut browser, &url).await;
        assert_eq!(answer.location().unwrap().as_str(), "http://127.0.0.1:9/out?state=bye");
        assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 401);
        let again = until_answer(&world, &mut browser, &authorize_url(&world, &[])).await;
        assert!(again.text.contains("id=\"username\""));
    }

    /// S2 (RFC 7009)
    async fn a_client_revokes_what_it_was_given_and_nothing_else(db: TestDb) {
        let world = World::start(db).await;
        let (_, t) = tokens(&world, "daan@example.com", &[]).await;
        let revoke = |client: &'static str, secret: &'static str, token: String| {
            let r = world.http.post(format!("{}/revoke", world.idp_url)).basic_auth(client, Some(secret)).form(&[("token", token)]);
            async move { r.send().await.unwrap().status().as_u16() }
        };
        assert_eq!(revoke("other", OTHER_SECRET, text(&t, "refresh_token").into()).await, 400);
        assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 200);
        assert_eq!(revoke("app", APP_SECRET, "unknown".into()).await, 200);
        assert_eq!(revoke("app", APP_SECRET, text(&t, "refresh_token").into()).await, 200);
        assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 401);
        assert_eq!(refresh(&world, text(&t, "refresh_token")).await.0, 400);
    }
}

/// case 20: with the ID token as proof, and without the cookie.
#[tokio::test]
async fn signing_out_works_without_the_cookie() {
    let world = World::start(TestDb::sqlite()).await;
    let (_, t) = tokens(&world, "daan@example.com", &[]).await;
    world.browser().get(format!("{}/logout?id_token_hint={}", world.idp_url, text(&t, "id_token"))).await.unwrap();
    assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 401);
}

/// rp-logout/rp-initiated-logout-no-id-token-hint: nobody is signed out by a link alone.
#[tokio::test]
async fn without_a_hint_the_person_is_asked() {
    let world = World::start(TestDb::sqlite()).await;
    let (mut browser, t) = tokens(&world, "daan@example.com", &[]).await;
    let page = until_answer(&world, &mut browser, &format!("{}/logout", world.idp_url)).await;
    assert!(page.text.contains("Daan Visser") && page.text.contains("id=\"submit\""));
    assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 200);
    let to = page.after("name=\"to\" value=\"").unwrap().to_owned();
    let done = browser.post(format!("{}/logout/confirm", world.idp_url), &[("to", &to)]).await.unwrap();
    assert!(done.url.path().ends_with("/logout/done"));
    assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 401);
}

/// case 20: the hint of a session that is not this browser's signs nobody out, neither here nor there: whoever is here is asked.
#[tokio::test]
async fn with_the_hint_of_another_session_the_person_is_asked() {
    let world = World::start(TestDb::sqlite()).await;
    let (_, daans) = tokens(&world, "daan@example.com", &[]).await;
    let (mut mila, milas) = tokens(&world, "mila@example.com", &[]).await;
    let url = format!("{}/logout?id_token_hint={}", world.idp_url, text(&daans, "id_token"));
    let page = until_answer(&world, &mut mila, &url).await;
    assert!(page.text.contains("Mila de Boer") && page.text.contains("id=\"submit\""), "{}", page.text);
    for t in [&daans, &milas] {
        assert_eq!(userinfo(&world, text(t, "access_token")).await.0, 200);
    }
}

/// rp-logout/rp-initiated-logout-bad-post-logout-redirect-uri, rp-logout/rp-initiated-logout-modified-id-token-hint,
/// rp-logout/rp-initiated-logout-bad-id-token-hint, rp-logout/rp-initiated-logout-query-added-to-post-logout-redirect-uri
#[tokio::test]
async fn a_bad_hint_or_address_gets_a_page_and_ends_nothing() {
    let world = World::start(TestDb::sqlite()).await;
    let (mut browser, t) = tokens(&world, "daan@example.com", &[]).await;
    let hint = text(&t, "id_token");
    let mut modified = hint.to_owned();
    modified.replace_range(hint.len() - 8..hint.len() - 7, if &hint[hint.len() - 8..hint.len() - 7] == "A" { "B" } else { "A" });
    for query in [
        format!("id_token_hint={hint}&post_logout_redirect_uri=https://evil.example/"),
        format!("id_token_hint={hint}&post_logout_redirect_uri=http://127.0.0.1:9/out?x=1"),
        format!("id_token_hint={modified}"),
        "id_token_hint=x".into(),
        format!("id_token_hint={hint}&client_id=other"),
        format!("id_token_hint={}", text(&t, "access_token")),
        "post_logout_redirect_uri=http://127.0.0.1:9/out".into(),
    ] {
        let answer = until_answer(&world, &mut browser, &format!("{}/logout?{query}", world.idp_url)).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (400, None), "{query}");
    }
    assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 200);
}

/// case 29: nobody is led on to an application that is disabled.
#[tokio::test]
async fn nobody_is_led_to_a_disabled_application() {
    let world = World::start(TestDb::sqlite()).await;
    let to = format!("{}/logout?client_id=app&post_logout_redirect_uri=http://127.0.0.1:9/out", world.idp_url);
    let led = async || until_answer(&world, &mut world.browser(), &to).await.location().map(String::from);
    assert_eq!(led().await.as_deref(), Some("http://127.0.0.1:9/out"));
    let app = r#"{"applications": [{"client_id": "app", "client_name": "T", "enabled": false, "redirect_uris": ["http://127.0.0.1:9/cb"],
        "post_logout_redirect_uris": ["http://127.0.0.1:9/out"]}]}"#;
    // Nor is someone who was asked while it was enabled.
    let (mut browser, _) = tokens(&world, "daan@example.com", &[]).await;
    let page = until_answer(&world, &mut browser, &to).await;
    let sealed = page.after("name=\"to\" value=\"").unwrap().to_owned();
    world.apply(app).await;
    assert_eq!(led().await, None);
    let done = browser.post(format!("{}/logout/confirm", world.idp_url), &[("to", &sealed)]).await.unwrap();
    assert!(done.url.path().ends_with("/logout/done"), "{}", done.url);
}
