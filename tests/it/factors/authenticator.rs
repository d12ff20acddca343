//! Setting up an authenticator app.

use std::process::Command;
use std::sync::Arc;

use zegel::demo::browser::Browser;
use zegel::idp::credentials::authenticator::{code_at, seed_from_base32};
use zegel::kernel::clock::Clock;

use super::signin::{by_mail, with_passkey};
use super::world::{add, at, audited, enter, get, password, post};
use crate::on_both_engines;
use crate::support::passkey::Device;
use crate::support::postgres::TestDb;
use crate::support::world::World;

const APP: &str = "/account/security/authenticator";
const DAAN: &str = "daan@example.com";

/// Begins to set one up; the key that the page shows.
async fn begin(world: &World, browser: &mut Browser) -> String {
    let page = post(world, browser, APP, &[("do", "begin")]).await;
    let key = page.text.split_once("id=\"key\">").unwrap_or_else(|| panic!("{}", page.text)).1.split('<').next().unwrap();
    key.to_owned()
}

fn shown(world: &World, key: &str) -> String {
    code_at(&seed_from_base32(key).unwrap(), world.clock.now())
}

on_both_engines! {
    /// S3, case 19: a code of the app sets it up, and that code signs in no more.
    async fn an_app_is_set_up_by_a_code_that_then_is_used(db: TestDb) {
        let world = World::start(db).await;
        let mut browser = enter(&world, DAAN).await;
        let key = begin(&world, &mut browser).await;
        let page = get(&world, &mut browser, APP).await;
        assert!(page.text.contains("<svg class=\"qr\"") && page.text.contains("otpauth://totp/Van%20Dam%20Logistics:daan%40example.com?secret="));
        let code = shown(&world, &key);
        let wrong = if code == "000000" { "111111" } else { "000000" };
        let page = post(&world, &mut browser, APP, &[("do", "confirm"), ("code", wrong)]).await;
        assert!(page.status.as_u16() == 422 && page.text.contains("4 tries left"), "{}", page.text);
        let grouped = format!("{} {}", &code[..3], &code[3..]);
        let page = post(&world, &mut browser, APP, &[("do", "confirm"), ("code", &grouped)]).await;
        assert_eq!(page.url.query(), Some("done=app-added"));
        let mut other = world.browser();
        assert!(password(&world, &mut other, DAAN).await.text.contains("authenticator app"));
        let again = post(&world, &mut other, "/signin/code", &[("code", &code)]).await;
        assert!(again.status.as_u16() == 422 && again.text.contains("already been used"), "{}", again.text);
        world.advance(60);
        assert_eq!(post(&world, &mut other, "/signin/code", &[("code", &shown(&world, &key))]).await.url.path(), "/");
        assert_eq!(audited(&world, "authenticator.added", "ok").await, 1);
    }

    /// Of two confirmations at once one counts, and of many wrong ones as many as there may be.
    async fn an_app_is_confirmed_once_and_tried_five_times(db: TestDb) {
        let world = Arc::new(World::start(db).await);
        let mut browser = enter(&world, DAAN).await;
        let key = begin(&world, &mut browser).await;
        let send = |code: String| {
            let (w, mut b) = (world.clone(), browser.clone());
            tokio::spawn(async move {
                let form = [("do", "confirm"), ("code", code.as_str())];
                b.once(reqwest::Method::POST, &at(&w, APP), Some(&form)).await.unwrap().status.as_u16()
            })
        };
        let right = shown(&world, &key);
        let tries: Vec<_> = (0..4).map(|_| send(right.clone())).collect();
        let mut done = 0;
        for t in tries { done += usize::from(t.await.unwrap() == 303); }
        assert_eq!(done, 1);
        world.advance(30);
        let mut browser = again(&world, &key).await;
        let key = begin(&world, &mut browser).await;
        let wrong = if shown(&world, &key) == "000000" { "111111" } else { "000000" };
        let mut looked_at = 0;
        for _ in 0..8 {
            let status = post(&world, &mut browser, APP, &[("do", "confirm"), ("code", wrong)]).await.status.as_u16();
            looked_at += usize::from(status == 422);
        }
        assert!(looked_at <= 5, "{looked_at}");
        let late = post(&world, &mut browser, APP, &[("do", "confirm"), ("code", &shown(&world, &key))]).await;
        assert_eq!(late.status.as_u16(), 410);
    }
}

/// Signs in with the app.
async fn again(world: &World, key: &str) -> Browser {
    let mut browser = world.browser();
    password(world, &mut browser, DAAN).await;
    let page = post(world, &mut browser, "/signin/code", &[("code", &shown(world, key))]).await;
    assert_eq!(page.url.path(), "/", "{}", page.text);
    browser
}

/// Another program that knows the standard takes the key as it is shown.
#[tokio::test]
async fn oathtool_makes_the_codes_of_the_key_that_is_shown() {
    let world = World::start(TestDb::sqlite()).await;
    let mut browser = enter(&world, DAAN).await;
    let key = begin(&world, &mut browser).await.replace(' ', "");
    let now = format!("@{}", world.clock.now().seconds());
    let said = Command::new("oathtool").args(["--totp", "--base32", "--now", &now, &key]).output();
    let said = said.expect("oathtool is not installed: run scripts/setup");
    let code = String::from_utf8(said.stdout).unwrap();
    let page = post(&world, &mut browser, APP, &[("do", "confirm"), ("code", code.trim())]).await;
    assert_eq!(page.url.query(), Some("done=app-added"), "{code}: {}", page.text);
}

/// case 21: who takes over an open browser sees no key that is being set up, and the app that counts stays until another is confirmed.
#[tokio::test]
async fn a_key_is_shown_to_a_fresh_sign_in_only() {
    let world = World::start(TestDb::sqlite()).await;
    let mut browser = enter(&world, DAAN).await;
    let key = begin(&world, &mut browser).await;
    world.advance(301);
    assert_eq!(get(&world, &mut browser, APP).await.url.path(), "/signin");
    let page = post(&world, &mut browser, APP, &[("do", "confirm"), ("code", "000000")]).await;
    assert!(page.status.as_u16() == 422 && !page.text.contains(&key), "{}", page.text);
    // What was begun may be finished all the same.
    let page = post(&world, &mut browser, APP, &[("do", "confirm"), ("code", &shown(&world, &key))]).await;
    assert_eq!(page.url.query(), Some("done=app-added"));
}

/// case 21: nor does a thief of password and mailbox see the key that the owner of something stronger is setting up: it would be
/// his app that counts from then on.
#[tokio::test]
async fn a_key_is_shown_to_no_weaker_sign_in() {
    let world = World::start(TestDb::sqlite()).await;
    let mut device = Device::new();
    add(&world, &mut enter(&world, DAAN).await, &mut device, "Phone").await;
    let key = begin(&world, &mut with_passkey(&world, &mut device).await).await;
    let mut thief = by_mail(&world).await;
    assert_eq!(get(&world, &mut thief, APP).await.url.path(), "/signin");
    let wrong = if shown(&world, &key) == "000000" { "111111" } else { "000000" };
    let page = post(&world, &mut thief, APP, &[("do", "confirm"), ("code", wrong)]).await;
    assert!(page.status.as_u16() == 422 && !page.text.contains(&key), "{}", page.text);
}

/// S4: taken away with a fresh sign-in by itself; sign-ins under way that rely on it end.
#[tokio::test]
async fn an_app_is_replaced_and_removed() {
    let world = World::start(TestDb::sqlite()).await;
    let mut browser = enter(&world, DAAN).await;
    let first = begin(&world, &mut browser).await;
    post(&world, &mut browser, APP, &[("do", "confirm"), ("code", &shown(&world, &first))]).await;
    world.advance(60);
    let mut browser = again(&world, &first).await;
    let second = begin(&world, &mut browser).await;
    assert_ne!(first, second);
    world.advance(60);
    assert_eq!(again(&world, &first).await.cookies.len(), 1, "the first counts until the second is confirmed");
    post(&world, &mut browser, APP, &[("do", "confirm"), ("code", &shown(&world, &second))]).await;
    world.advance(60);
    let mut under_way = world.browser();
    password(&world, &mut under_way, DAAN).await;
    assert_eq!(post(&world, &mut under_way, "/signin/code", &[("code", &shown(&world, &first))]).await.status.as_u16(), 422);
    let mut browser = again(&world, &second).await;
    let page = post(&world, &mut browser, APP, &[("do", "remove")]).await;
    assert_eq!(page.url.query(), Some("done=app-removed"), "{}", page.text);
    world.advance(60);
    assert_eq!(post(&world, &mut under_way, "/signin/code", &[("code", &shown(&world, &second))]).await.status.as_u16(), 410);
    let page = password(&world, &mut world.browser(), DAAN).await;
    assert!(page.text.contains("We sent a code to daan@example.com"), "a code by mail is asked again: {}", page.text);
}
