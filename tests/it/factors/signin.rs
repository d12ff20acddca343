//! Signing in with a passkey, after a password and alone, and with a recovery code.

use std::sync::Arc;

use reqwest::Method;
use zegel::demo::browser::{Answer, Browser};

use super::world::{MAKE, add, at, audited, challenge, enter, get, password, post};
use crate::on_both_engines;
use crate::support::flow::{answered, authorize_url, claims, redeem, text, until_answer};
use crate::support::passkey::{Device, base64url, changed};
use crate::support::postgres::TestDb;
use crate::support::world::{Options, World};

const OPTIONS: &str = "/signin/passkey/options";
const SHOW: &str = "/signin/passkey";
const DAAN: &str = "daan@example.com";

/// What comes of the device's answer to the present page, unfollowed.
pub async fn show_raw(world: &World, browser: &mut Browser, device: &mut Device) -> Answer {
    let (id, options) = challenge(world, browser, OPTIONS).await.unwrap();
    let credential = device.show(&world.idp_url, &options);
    browser.once(Method::POST, &at(world, SHOW), Some(&[("challenge", &id), ("credential", &credential)])).await.unwrap()
}

/// The same, followed to where it leads.
pub async fn show(world: &World, browser: &mut Browser, device: &mut Device) -> Answer {
    let (id, options) = challenge(world, browser, OPTIONS).await.unwrap();
    let credential = device.show(&world.idp_url, &options);
    post(world, browser, SHOW, &[("challenge", &id), ("credential", &credential)]).await
}

/// Someone who has signed in with a passkey and nothing else.
pub async fn with_passkey(world: &World, device: &mut Device) -> Browser {
    let mut browser = world.browser();
    get(world, &mut browser, "/signin").await;
    let page = show(world, &mut browser, device).await;
    assert_eq!(page.url.path(), "/", "{}", page.text);
    browser
}

/// Daan, or who knows his password and reads his mail.
pub async fn by_mail(world: &World) -> Browser {
    let mut browser = world.browser();
    password(world, &mut browser, DAAN).await;
    post(world, &mut browser, "/signin/way", &[("way", "mail")]).await;
    let code = world.code_for(DAAN, 6).await;
    let page = post(world, &mut browser, "/signin/code", &[("code", &code)]).await;
    assert_eq!(page.url.path(), "/", "{}", page.text);
    browser
}

/// A password and a recovery code.
pub async fn by_recovery(world: &World, browser: &mut Browser, email: &str, code: &str) -> Answer {
    password(world, browser, email).await;
    post(world, browser, "/signin/way", &[("way", "recovery")]).await;
    post(world, browser, "/signin/code", &[("code", code)]).await
}

/// Daan with a passkey on a device.
async fn daan(world: &World) -> Device {
    let mut device = Device::new();
    let mut browser = enter(world, DAAN).await;
    add(world, &mut browser, &mut device, "Phone").await;
    device
}

on_both_engines! {
    /// S3, case 22: the strength of a passkey is in the token, with and without a password before it.
    async fn someone_signs_in_with_a_passkey_after_his_password_and_alone(db: TestDb) {
        let world = World::start(db).await;
        let mut device = daan(&world).await;
        for alone in [true, false] {
            let mut browser = world.browser();
            until_answer(&world, &mut browser, &authorize_url(&world, &[])).await;
            if !alone {
                let form = [("username", DAAN), ("password", crate::support::world::PASSWORD)];
                let page = post(&world, &mut browser, "/signin", &form).await;
                assert!(page.text.contains("data-passkey=\"show\""), "{}", page.text);
            }
            let answer = show_raw(&world, &mut browser, &mut device).await;
            let (status, tokens) = redeem(&world, &answered(&answer, "code").unwrap()).await;
            assert_eq!(status, 200, "{tokens}");
            let id = claims(text(&tokens, "id_token"));
            assert_eq!(id["acr"], "urn:zegel:acr:passkey", "{id}");
            let amr: Vec<&str> = id["amr"].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
            assert!(amr.contains(&"hwk") && amr.contains(&"mfa") && amr.contains(&"pwd") != alone, "{amr:?}");
        }
        assert_eq!(audited(&world, "signin.passkey", "ok").await, 2);
    }

    /// case 22: an answer counts once, in its own sign-in, and for its own kind of question.
    async fn an_answer_counts_once_and_in_its_own_sign_in(db: TestDb) {
        let world = Arc::new(World::start(db).await);
        let mut device = daan(&world).await;
        let mut browser = world.browser();
        get(&world, &mut browser, "/signin").await;
        let (id, options) = challenge(&world, &mut browser, OPTIONS).await.unwrap();
        let credential = device.show(&world.idp_url, &options);
        let form = [("challenge", id.as_str()), ("credential", credential.as_str())];
        let mut other = world.browser();
        get(&world, &mut other, "/signin").await;
        assert_eq!(post(&world, &mut other, SHOW, &form).await.status.as_u16(), 410, "another browser");
        let tries: Vec<_> = (0..6).map(|_| {
            let (w, mut b, id, c) = (world.clone(), browser.clone(), id.clone(), credential.clone());
            tokio::spawn(async move {
                let form = [("challenge", id.as_str()), ("credential", c.as_str())];
                let answer = b.once(Method::POST, &at(&w, SHOW), Some(&form)).await.unwrap();
                answer.status.is_redirection() && answer.location().unwrap().path() == "/"
            })
        }).collect();
        let mut won = 0;
        for t in tries { won += usize::from(t.await.unwrap()); }
        assert_eq!(won, 1);
        // A question to whoever comes takes no answer once someone is known.
        let mut late = world.browser();
        get(&world, &mut late, "/signin").await;
        let (id, options) = challenge(&world, &mut late, OPTIONS).await.unwrap();
        let credential = device.show(&world.idp_url, &options);
        password(&world, &mut late, "mila@example.com").await;
        let answer = post(&world, &mut late, SHOW, &[("challenge", &id), ("credential", &credential)]).await;
        assert_eq!(answer.status.as_u16(), 410, "{}", answer.text);
    }

    /// case 22: a copy that is behind the original is noticed, and then neither signs in; its owner sees why.
    async fn a_copied_passkey_with_an_old_counter_is_switched_off(db: TestDb) {
        let world = World::start(db).await;
        let mut device = daan(&world).await;
        let mut thief = world.browser();
        get(&world, &mut thief, "/signin").await;
        // What the copy answers, held back until the original has gone on.
        let (id, options) = challenge(&world, &mut thief, OPTIONS).await.unwrap();
        let old = device.show(&world.idp_url, &options);
        with_passkey(&world, &mut device).await;
        let answer = post(&world, &mut thief, SHOW, &[("challenge", &id), ("credential", &old)]).await;
        assert_eq!(answer.status.as_u16(), 422, "{}", answer.text);
        assert_eq!(audited(&world, "signin.passkey", "copied").await, 1);
        let mut owner = world.browser();
        get(&world, &mut owner, "/signin").await;
        assert_eq!(show_raw(&world, &mut owner, &mut device).await.status.as_u16(), 422, "nobody can say which of them is his");
        let mut owner = by_mail(&world).await;
        let listed = get(&world, &mut owner, "/account/security").await;
        assert!(listed.text.contains("there may be a copy"), "{}", listed.text);
    }

    /// case 22: two answers at once with one counter are one sign-in at most, whichever node they come to.
    async fn two_answers_with_one_counter_are_one_sign_in(db: TestDb) {
        let world = World::start(db).await;
        let second = world.second().await;
        let mut device = daan(&world).await;
        let mut answers = Vec::new();
        for node in [&world, &second] {
            let mut browser = node.browser();
            get(&world, &mut browser, "/signin").await;
            let (id, options) = challenge(&world, &mut browser, OPTIONS).await.unwrap();
            answers.push((browser, id, device.show(&world.idp_url, &options)));
        }
        // The later answer first: the earlier has a counter that does not go on from it.
        let mut won = 0;
        for (mut browser, id, credential) in answers.into_iter().rev() {
            let answer = post(&world, &mut browser, SHOW, &[("challenge", &id), ("credential", &credential)]).await;
            won += usize::from(answer.url.path() == "/");
        }
        assert_eq!(won, 1);
    }

    /// case 29: a disabled person's passkey opens nothing, nor does one that was removed; both are answered as one that nobody knows.
    async fn a_passkey_of_nobody_is_answered_as_an_unknown_one(db: TestDb) {
        let world = World::start(db).await;
        let mut device = daan(&world).await;
        let refused = async |device: &mut Device| {
            let mut browser = world.browser();
            get(&world, &mut browser, "/signin").await;
            let answer = show_raw(&world, &mut browser, device).await;
            (answer.status.as_u16(), answer.text)
        };
        world.apply("people: [{email: daan@example.com, name: Daan Visser, staff: true, active: false}]").await;
        let disabled = refused(&mut device).await;
        assert_eq!(disabled.0, 422);
        // One that was never registered here.
        let mut stranger = Device::new();
        let mut mila = enter(&world, "mila@example.com").await;
        let (_, options) = challenge(&world, &mut mila, MAKE).await.unwrap();
        stranger.make(&world.idp_url, &options);
        assert_eq!(refused(&mut stranger).await, disabled);
    }
}

/// case 22: no user verification, another's handle, nonsense: refused with words, and the password is still there to use.
#[tokio::test]
async fn an_answer_that_is_not_as_it_must_be_signs_nobody_in() {
    let world = World::start(TestDb::sqlite()).await;
    let mut device = daan(&world).await;
    let mut browser = world.browser();
    get(&world, &mut browser, "/signin").await;
    device.verifies = false;
    let page = show(&world, &mut browser, &mut device).await;
    assert!(page.status.as_u16() == 422 && page.text.contains("did not check that it is you"), "{}", page.text);
    device.verifies = true;
    for change in 0..3 {
        let (id, options) = challenge(&world, &mut browser, OPTIONS).await.unwrap();
        let right = device.show(&world.idp_url, &options);
        let credential = match change {
            0 => changed(&right, |a| a["response"]["userHandle"] = serde_json::json!(base64url(&[7; 16]))),
            1 => changed(&right, |a| a["response"]["userHandle"] = serde_json::Value::Null),
            _ => "nonsense".to_owned(),
        };
        let page = post(&world, &mut browser, SHOW, &[("challenge", &id), ("credential", &credential)]).await;
        assert!(page.status.as_u16() == 422 && page.text.contains("id=\"password\""), "{change}: {}", page.text);
    }
    assert_eq!(show(&world, &mut browser, &mut device).await.url.path(), "/", "and the right one still works");
}

/// case 16: whoever shows again who he is shows that he is himself; the right password of somebody else is answered as a wrong one.
#[tokio::test]
async fn a_sign_in_over_a_session_takes_its_own_persons_password() {
    let world = World::start(TestDb::sqlite()).await;
    let mut device = daan(&world).await;
    let mut browser = with_passkey(&world, &mut device).await;
    world.advance(301);
    let page = get(&world, &mut browser, "/account/password").await;
    assert!(page.url.path() == "/signin" && page.text.contains("id=\"password\""), "{}", page.text);
    let form = [("username", "mila@example.com"), ("password", crate::support::world::PASSWORD)];
    let page = post(&world, &mut browser, "/signin", &form).await;
    assert!(page.status.as_u16() == 422 && page.text.contains("id=\"password\""), "{} {}", page.status, page.text);
}

/// case 22: where the policy is content without user verification, a passkey that verified nobody is a second factor and no more.
#[tokio::test]
async fn a_passkey_without_verification_is_one_factor() {
    let options = Options { settings: &[("passkey_user_verification", "preferred")], ..Options::default() };
    let world = World::start_with(TestDb::sqlite(), options).await;
    let mut device = daan(&world).await;
    device.verifies = false;
    let mut browser = world.browser();
    until_answer(&world, &mut browser, &authorize_url(&world, &[])).await;
    let form = [("username", DAAN), ("password", crate::support::world::PASSWORD)];
    post(&world, &mut browser, "/signin", &form).await;
    let answer = show_raw(&world, &mut browser, &mut device).await;
    let (_, tokens) = redeem(&world, &answered(&answer, "code").unwrap()).await;
    assert_eq!(claims(text(&tokens, "id_token"))["acr"], "urn:zegel:acr:password-app");
}

/// case 16: a passkey is asked of nobody who has none, and shows nothing before its turn.
#[tokio::test]
async fn a_passkey_of_one_person_is_no_second_factor_of_another() {
    let world = World::start(TestDb::sqlite()).await;
    let mut device = daan(&world).await;
    let mut browser = world.browser();
    password(&world, &mut browser, "mila@example.com").await;
    assert_eq!(challenge(&world, &mut browser, OPTIONS).await.unwrap_err(), 410, "Mila has none");
    // Daan's answer to a question that was asked of Daan, in a sign-in of Mila.
    let mut daans = world.browser();
    password(&world, &mut daans, DAAN).await;
    let (id, options) = challenge(&world, &mut daans, OPTIONS).await.unwrap();
    let credential = device.show(&world.idp_url, &options);
    let answer = post(&world, &mut browser, SHOW, &[("challenge", &id), ("credential", &credential)]).await;
    assert_eq!(answer.status.as_u16(), 410);
    assert_eq!(get(&world, &mut browser, "/account/security").await.url.path(), "/signin");
}
