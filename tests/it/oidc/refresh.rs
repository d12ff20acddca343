//! Refresh tokens.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::on_both_engines;
use crate::support::flow::{claims, refresh, text, tokens, userinfo};
use crate::support::postgres::TestDb;
use crate::support::world::{OTHER_SECRET, World};

on_both_engines! {
    /// case 11, basic/refresh-token
    async fn a_hundred_refreshes_at_once_give_one_successor(db: TestDb) {
        let world = Arc::new(World::start(db).await);
        let (_, first) = tokens(&world, "daan@example.com", &[]).await;
        let old = text(&first, "refresh_token").to_owned();
        let tries: Vec<_> = (0..100).map(|_| { let (w, t) = (world.clone(), old.clone()); tokio::spawn(async move { refresh(&w, &t).await }) }).collect();
        let mut successors = BTreeSet::new();
        for t in tries {
            let (status, body) = t.await.unwrap();
            if status == 200 { successors.insert(text(&body, "refresh_token").to_owned()); } else { assert_eq!(status, 503, "{body}"); }
        }
        assert_eq!(successors.len(), 1);
        let next = successors.pop_first().unwrap();
        assert_ne!(next, old);
        let (status, after) = refresh(&world, &next).await;
        assert_eq!(status, 200);
        // The successor was used, so the old one is a replay even within its grace: everything ends.
        assert_eq!(refresh(&world, &old).await.0, 400);
        assert_eq!(refresh(&world, text(&after, "refresh_token")).await.0, 400);
        assert_eq!(userinfo(&world, text(&after, "access_token")).await.0, 401);
    }

    /// case 11: after the grace, a replay revokes the family, though the successor is unused.
    async fn a_late_replay_revokes_the_family(db: TestDb) {
        let world = World::start(db).await;
        let (_, first) = tokens(&world, "daan@example.com", &[]).await;
        let old = text(&first, "refresh_token");
        let (_, second) = refresh(&world, old).await;
        world.advance(9);
        let (status, again) = refresh(&world, old).await;
        assert_eq!((status, text(&again, "refresh_token")), (200, text(&second, "refresh_token")));
        world.advance(2);
        assert_eq!(refresh(&world, old).await.0, 400);
        assert_eq!(refresh(&world, text(&second, "refresh_token")).await.0, 400);
    }

    /// case 17, case 29: what may be is asked again at each refresh.
    async fn a_refresh_ends_with_its_session_its_person_and_its_client(db: TestDb) {
        let world = World::start(db).await;
        let (mut browser, of_session) = tokens(&world, "daan@example.com", &[]).await;
        let hint = text(&of_session, "id_token").to_owned();
        browser.get(format!("{}/logout?id_token_hint={hint}", world.idp_url)).await.unwrap();
        assert_eq!(refresh(&world, text(&of_session, "refresh_token")).await.0, 400);
        assert_eq!(userinfo(&world, text(&of_session, "access_token")).await.0, 401);

        let (_, of_person) = tokens(&world, "mila@example.com", &[]).await;
        world.apply("people: [{email: mila@example.com, name: Mila de Boer, active: false}]").await;
        assert_eq!(refresh(&world, text(&of_person, "refresh_token")).await.0, 400);
        assert_eq!(userinfo(&world, text(&of_person, "access_token")).await.0, 401);
    }
}

/// case 5
#[tokio::test]
async fn a_refresh_token_of_another_client_is_refused_and_left_alone() {
    let world = World::start(TestDb::sqlite()).await;
    let (_, first) = tokens(&world, "daan@example.com", &[]).await;
    let old = text(&first, "refresh_token");
    let form = [("grant_type", "refresh_token"), ("refresh_token", old)];
    assert_eq!(world.token(("other", OTHER_SECRET), &form).await.1["error"], "invalid_grant");
    assert_eq!(refresh(&world, old).await.0, 200);
}

/// S2
#[tokio::test]
async fn a_refresh_may_ask_for_less_and_not_for_more() {
    let world = World::start(TestDb::sqlite()).await;
    let (_, first) = tokens(&world, "daan@example.com", &[("scope", "openid email")]).await;
    let ask = |scope: &'static str| {
        let token = text(&first, "refresh_token").to_owned();
        let world = &world;
        async move {
            let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str()), ("scope", scope)];
            world.token(("app", crate::support::world::APP_SECRET), &form).await
        }
    };
    assert_eq!(ask("openid profile").await.1["error"], "invalid_scope");
    let (status, less) = ask("email").await;
    assert_eq!((status, text(&less, "scope")), (200, "email"));
    assert_eq!(claims(text(&less, "access_token"))["scope"], "email");
}

/// case 3, S11: what an application may no longer have is in none of its next tokens.
#[tokio::test]
async fn a_scope_taken_from_an_application_is_in_none_of_its_next_tokens() {
    let world = World::start(TestDb::sqlite()).await;
    let (_, first) = tokens(&world, "daan@example.com", &[("scope", "openid email")]).await;
    world
        .apply(
            r#"{"applications": [{"client_id": "app", "client_name": "Test application", "redirect_uris": ["http://127.0.0.1:9/cb"],
                "grant_types": ["authorization_code", "refresh_token"], "scope": "openid"}]}"#,
        )
        .await;
    let (status, second) = refresh(&world, text(&first, "refresh_token")).await;
    assert_eq!((status, text(&second, "scope")), (200, "openid"));
    let (_, info) = userinfo(&world, text(&second, "access_token")).await;
    assert!(info.get("email").is_none());
}
