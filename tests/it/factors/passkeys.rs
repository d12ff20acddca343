//! Passkeys on the Security page.

use std::sync::Arc;

use super::signin::{by_mail, show, show_raw, with_passkey};
use super::world::{MAKE, NEW, add, at, audited, challenge, enter, get, page_of, post, told};
use crate::on_both_engines;
use crate::support::passkey::Device;
use crate::support::postgres::TestDb;
use crate::support::world::World;

const DAAN: &str = "daan@example.com";

on_both_engines! {
    /// S3, S4
    async fn someone_adds_names_and_removes_passkeys(db: TestDb) {
        let world = World::start(db).await;
        let mut browser = enter(&world, DAAN).await;
        let (mut phone, mut key) = (Device::new(), Device::new());
        let listed = add(&world, &mut browser, &mut phone, "  My   phone ").await;
        assert_eq!((listed.url.path(), listed.url.query()), ("/account/security", Some("done=passkey-added")));
        assert!(listed.text.contains("My phone") && listed.text.contains("Your passkey is added"), "{}", listed.text);
        assert!(told(&world, "my phone").await, "he is told by mail");
        // He has something strong now, so adding more asks for it.
        let mut browser = with_passkey(&world, &mut phone).await;
        let listed = add(&world, &mut browser, &mut key, "Blue key").await;
        let page = page_of(&listed, "Blue key");
        let listed = post(&world, &mut browser, &page, &[("do", "rename"), ("name", "Red key")]).await;
        assert!(listed.text.contains("Red key") && !listed.text.contains("Blue key"));
        let wrong = post(&world, &mut browser, &page, &[("do", "rename"), ("name", " ")]).await;
        assert_eq!(wrong.status.as_u16(), 422);
        let listed = post(&world, &mut browser, &page, &[("do", "remove")]).await;
        assert!(listed.text.contains("My phone") && !listed.text.contains("Red key"));
        assert_eq!(get(&world, &mut browser, &page).await.status.as_u16(), 404);
        assert_eq!(audited(&world, "passkey.removed", "ok").await, 1);
    }

    /// case 22: a challenge is good once, for who asked, and for a while.
    async fn a_challenge_is_used_once_by_its_own_session(db: TestDb) {
        let world = World::start(db).await;
        let (mut daan, mut mila) = (enter(&world, DAAN).await, enter(&world, "mila@example.com").await);
        let mut device = Device::new();
        let (id, options) = challenge(&world, &mut daan, MAKE).await.unwrap();
        let credential = device.make(&world.idp_url, &options);
        let form = [("name", "Phone"), ("challenge", id.as_str()), ("credential", credential.as_str())];
        assert_eq!(post(&world, &mut mila, NEW, &form).await.status.as_u16(), 410, "another's session");
        // Wrong spends it too: nobody tries twice against one challenge.
        let wrong = [("name", "Phone"), ("challenge", id.as_str()), ("credential", "{}")];
        assert_eq!(post(&world, &mut daan, NEW, &wrong).await.status.as_u16(), 422);
        assert_eq!(post(&world, &mut daan, NEW, &form).await.status.as_u16(), 410);
        assert_eq!(audited(&world, "passkey.added", "wrong").await, 1);
        let (id, options) = challenge(&world, &mut daan, MAKE).await.unwrap();
        let credential = device.make(&world.idp_url, &options);
        world.advance(601);
        let late = [("name", "Phone"), ("challenge", id.as_str()), ("credential", credential.as_str())];
        assert_eq!(post(&world, &mut daan, NEW, &late).await.status.as_u16(), 410);
    }

    /// case 22: of one answer sent many times at once, one counts.
    async fn of_one_answer_at_once_one_passkey_is_added(db: TestDb) {
        let world = Arc::new(World::start(db).await);
        let mut browser = enter(&world, DAAN).await;
        let (id, options) = challenge(&world, &mut browser, MAKE).await.unwrap();
        let credential = Device::new().make(&world.idp_url, &options);
        let tries: Vec<_> = (0..6).map(|_| {
            let (w, mut b, id, c) = (world.clone(), browser.clone(), id.clone(), credential.clone());
            tokio::spawn(async move {
                let form = [("name", "Phone"), ("challenge", id.as_str()), ("credential", c.as_str())];
                let answer = b.once(reqwest::Method::POST, &at(&w, NEW), Some(&form)).await.unwrap();
                answer.status.is_redirection()
            })
        }).collect();
        let mut added = 0;
        for t in tries { added += usize::from(t.await.unwrap()); }
        assert_eq!(added, 1);
        let sql = zegel::sql!("SELECT COUNT(*) FROM passkeys");
        assert_eq!(world.idp().db.query(sql).one::<(i64,)>().await.unwrap().0, 1);
    }

    /// case 21: without a fresh sign-in nothing is added or removed; signing in once more leads back.
    async fn a_stale_session_adds_and_removes_nothing(db: TestDb) {
        let world = World::start(db).await;
        let mut browser = enter(&world, DAAN).await;
        let mut device = Device::new();
        add(&world, &mut browser, &mut device, "Phone").await;
        let mut browser = with_passkey(&world, &mut device).await;
        let page = page_of(&get(&world, &mut browser, "/account/security").await, "Phone");
        world.advance(301);
        assert_eq!(challenge(&world, &mut browser, MAKE).await.unwrap_err(), 401);
        assert_eq!(get(&world, &mut browser, NEW).await.url.path(), "/signin");
        for (path, what) in [
            (page.as_str(), "remove"), ("/account/security/authenticator", "begin"), ("/account/security/recovery", ""),
            ("/account/security/phone", "begin"), ("/account/security/phone", "remove"),
        ] {
            let form = [("do", what), ("phone", "+31612345642")];
            assert_eq!(post(&world, &mut browser, path, &form).await.url.path(), "/signin", "{path} {what}");
        }
        let listed = get(&world, &mut browser, "/account/security").await;
        assert!(listed.text.contains("Phone"));
        // And back, once the passkey was shown again.
        get(&world, &mut browser, NEW).await;
        let back = show(&world, &mut browser, &mut device).await;
        assert_eq!(back.url.path(), NEW, "{}", back.text);
        assert!(challenge(&world, &mut browser, MAKE).await.is_ok());
    }

    /// case 21: a thief of password and mailbox can't put a passkey of his own beside the owner's, nor take that away.
    async fn password_and_mailbox_are_not_enough_where_there_is_a_passkey(db: TestDb) {
        let world = World::start(db).await;
        let mut browser = enter(&world, DAAN).await;
        let mut device = Device::new();
        add(&world, &mut browser, &mut device, "Phone").await;
        let mut thief = by_mail(&world).await;
        let page = page_of(&get(&world, &mut thief, "/account/security").await, "Phone");
        assert_eq!(challenge(&world, &mut thief, MAKE).await.unwrap_err(), 401);
        assert_eq!(post(&world, &mut thief, &page, &[("do", "remove")]).await.url.path(), "/signin");
        assert_eq!(post(&world, &mut thief, "/account/security/recovery", &[]).await.url.path(), "/signin");
        assert_eq!(audited(&world, "recovery_codes.made", "ok").await, 0);
    }
}

/// case 23, S4: nobody adds what is another's, and nobody has more than there can be.
#[tokio::test]
async fn there_are_so_many_passkeys_and_no_more() {
    use zegel::idp::factors::model::MAX_PASSKEYS;
    let world = World::start(TestDb::sqlite()).await;
    let mut browser = enter(&world, DAAN).await;
    let mut device = Device::new();
    let mut held_back = Vec::new();
    for _ in 0..=MAX_PASSKEYS {
        held_back.push(challenge(&world, &mut browser, MAKE).await.unwrap());
    }
    let mut statuses = Vec::new();
    for (n, (id, options)) in held_back.iter().enumerate() {
        let credential = device.make(&world.idp_url, options);
        let name = format!("Key {n}");
        let form = [("name", name.as_str()), ("challenge", id), ("credential", &credential)];
        statuses.push(browser.once(reqwest::Method::POST, &at(&world, NEW), Some(&form)).await.unwrap().status.as_u16());
    }
    assert_eq!(statuses.iter().filter(|s| **s == 303).count(), MAX_PASSKEYS, "{statuses:?}");
    assert_eq!(statuses.last(), Some(&422));
}

/// Related origins are published for browsers (WebAuthn Level 3, section 5.11.1).
#[tokio::test]
async fn the_origins_of_passkeys_are_published() {
    let world = World::start(TestDb::sqlite()).await;
    let answer = world.http.get(at(&world, "/.well-known/webauthn")).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    let body: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(body["origins"], serde_json::json!([world.idp_url]));
}

/// A row that was written past the program signs nobody in: what is in it opens with the root key only.
#[tokio::test]
async fn a_passkey_that_was_written_into_the_database_is_none() {
    let world = World::start(TestDb::sqlite()).await;
    let mut browser = enter(&world, DAAN).await;
    let mut device = Device::new();
    add(&world, &mut browser, &mut device, "Phone").await;
    // Mila's row gets Daan's passkey: the place that it is sealed for is another.
    let moved = world.idp().db.write((), |(), mut tx| {
        Box::pin(async move {
            let sql = zegel::sql!(
                "UPDATE passkeys SET id = 'other', person_id = (SELECT id FROM people WHERE email = 'mila@example.com')"
            );
            tx.q(sql).exec().await
        })
    });
    assert_eq!(moved.await.unwrap(), 1);
    let mut anyone = world.browser();
    get(&world, &mut anyone, "/signin").await;
    let answer = show_raw(&world, &mut anyone, &mut device).await;
    assert!(answer.status.is_server_error() || answer.status.is_client_error(), "{}", answer.status);
    assert_eq!(get(&world, &mut anyone, "/account/security").await.url.path(), "/signin");
}
