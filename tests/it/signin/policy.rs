//! What policies ask: in signing in, when a code is given, and at every issue after that.

use reqwest::Method;
use zegel::demo::browser::{Answer, Browser};
use zegel::idp::credentials::authenticator::{code_at, seed_from_base32};
use zegel::kernel::clock::Clock;

use crate::on_both_engines;
use crate::support::flow::{answered, authorize, authorize_url, claims, redeem, refresh, text, tokens, until_answer, userinfo};
use crate::support::postgres::TestDb;
use crate::support::world::{PASSWORD, SEED, World};

fn at(world: &World, path: &str) -> String {
    format!("{}{path}", world.idp_url)
}

/// What the app of bram shows.
fn shown(world: &World) -> String {
    code_at(&seed_from_base32(SEED).unwrap(), world.clock.now())
}

async fn password(world: &World, browser: &mut Browser, email: &str) -> Answer {
    browser.post(at(world, "/signin"), &[("username", email), ("password", PASSWORD)]).await.unwrap()
}

async fn code(world: &World, browser: &mut Browser, code: &str) -> Answer {
    browser.once(Method::POST, &at(world, "/signin/code"), Some(&[("code", code)])).await.unwrap()
}

/// Signs bram in by a mailed code, through an application.
async fn bram_by_mail(world: &World, changes: &[(&str, &str)]) -> (Browser, Answer) {
    let mut browser = world.browser();
    until_answer(world, &mut browser, &authorize_url(world, changes)).await;
    password(world, &mut browser, "bram@example.com").await;
    browser.post(at(world, "/signin/way"), &[("way", "mail")]).await.unwrap();
    let given = world.code_for("bram@example.com", 6).await;
    let answer = code(world, &mut browser, &given).await;
    (browser, answer)
}

/// The strength that the application's tokens say, from an answer with a code.
async fn acr(world: &World, answer: &Answer) -> String {
    let given = answered(answer, "code").unwrap_or_else(|| panic!("a code: {:?} {}", answer.location(), answer.text));
    let (status, tokens) = redeem(world, &given).await;
    assert_eq!(status, 200, "{tokens}");
    text(&claims(text(&tokens, "id_token")), "acr").to_owned()
}

const APP: &str = "urn:zegel:acr:password-app";
const MAIL: &str = "urn:zegel:acr:password-mail";

on_both_engines! {
    /// S3: a code by mail can be enough for externals and not for staff.
    async fn a_policy_for_staff_asks_staff_only(db: TestDb) {
        let world = World::start(db).await;
        world.apply("policies: [{for: staff, factors: [authenticator, passkey], least: password-app}]").await;
        let (_, answer) = authorize(&world, "patricia@example.com", &[]).await;
        assert_eq!(acr(&world, &answer).await, MAIL);
        let mut browser = world.browser();
        until_answer(&world, &mut browser, &authorize_url(&world, &[])).await;
        let page = password(&world, &mut browser, "bram@example.com").await;
        assert!(page.text.contains("authenticator app") && !page.text.contains("value=\"mail\""), "no mail for staff: {}", page.text);
        let sent = browser.clone().post(at(&world, "/signin/way"), &[("way", "mail")]).await.unwrap();
        assert_eq!(sent.status.as_u16(), 410, "a way that does not count is none");
        let answer = code(&world, &mut browser, &shown(&world)).await;
        assert_eq!(acr(&world, &answer).await, APP);
    }

    /// S3: of a group's and an application's policy, the stricter one is asked.
    async fn the_strictest_of_several_policies_is_asked(db: TestDb) {
        let world = World::start(db).await;
        world.apply("
groups: [{name: office, members: [bram@example.com]}]
policies:
  - {for: {group: office}, factors: [authenticator, mail]}
  - {for: {application: app}, least: password-app}").await;
        let (_, answer) = authorize(&world, "patricia@example.com", &[]).await;
        assert_eq!(answer.status.as_u16(), 403, "she has nothing that strong");
        let mut browser = world.browser();
        until_answer(&world, &mut browser, &authorize_url(&world, &[])).await;
        let page = password(&world, &mut browser, "bram@example.com").await;
        assert!(!page.text.contains("value=\"mail\"") && page.text.contains("id=\"code\""));
        let answer = code(&world, &mut browser, &shown(&world)).await;
        assert_eq!(acr(&world, &answer).await, APP);
    }

    /// case 17, S3: a policy that is set while someone is signed in holds at the next code, refresh and call.
    async fn a_policy_is_asked_again_at_every_issue(db: TestDb) {
        let world = World::start(db).await;
        let (mut browser, answer) = bram_by_mail(&world, &[]).await;
        let (_, t) = redeem(&world, &answered(&answer, "code").unwrap()).await;
        let (access, again) = (text(&t, "access_token").to_owned(), text(&t, "refresh_token").to_owned());
        assert_eq!(userinfo(&world, &access).await.0, 200);
        // A code that was given before, and redeemed after.
        let pending = until_answer(&world, &mut browser, &authorize_url(&world, &[])).await;
        let pending = answered(&pending, "code").unwrap();
        world.apply("policies: [{for: {application: app}, least: password-app}]").await;
        assert_eq!(userinfo(&world, &access).await.0, 401);
        assert_eq!(refresh(&world, &again).await.0, 400);
        assert_eq!(redeem(&world, &pending).await.0, 400);
        let none = until_answer(&world, &mut browser, &authorize_url(&world, &[("prompt", "none")])).await;
        assert_eq!(answered(&none, "error").as_deref(), Some("login_required"));
        // Only what is missing is asked, and then all of it goes on.
        let page = until_answer(&world, &mut browser, &authorize_url(&world, &[])).await;
        assert!(page.text.contains("authenticator app") && !page.text.contains("id=\"password\""), "{}", page.text);
        let answer = code(&world, &mut browser, &shown(&world)).await;
        assert_eq!(acr(&world, &answer).await, APP);
        // What was given before stands again, and says how he had signed in then (RFC 9068, section 2.2.1).
        let (status, t) = refresh(&world, &again).await;
        assert_eq!(status, 200, "{t}");
        for token in ["access_token", "id_token"] {
            assert_eq!(text(&claims(text(&t, token)), "acr"), MAIL, "{token}");
            assert_eq!(claims(text(&t, token))["auth_time"], claims(&access)["auth_time"], "{token}");
        }
    }

    /// S2, case 20: asked for more by `acr_values`, someone shows what is missing; the session goes on under another cookie.
    async fn a_request_for_more_is_met_by_one_more_step(db: TestDb) {
        let world = World::start(db).await;
        let (mut browser, answer) = bram_by_mail(&world, &[]).await;
        let (_, t) = redeem(&world, &answered(&answer, "code").unwrap()).await;
        let sid = text(&claims(text(&t, "access_token")), "sid").to_owned();
        let before = browser.cookies["localhost"]["zegel_idp_session"].clone();
        let old = browser.clone();
        let more = [("acr_values", APP)];
        let page = until_answer(&world, &mut browser, &authorize_url(&world, &more)).await;
        assert!(page.text.contains("id=\"code\"") && !page.text.contains("value=\"mail\""), "{}", page.text);
        let answer = code(&world, &mut browser, &shown(&world)).await;
        let (_, t) = redeem(&world, &answered(&answer, "code").unwrap()).await;
        let said = claims(text(&t, "access_token"));
        assert_eq!((text(&said, "acr"), text(&said, "sid")), (APP, sid.as_str()));
        assert_ne!(browser.cookies["localhost"]["zegel_idp_session"], before, "another cookie");
        let mut old = old;
        assert_eq!(old.get(at(&world, "/")).await.unwrap().url.path(), "/signin", "the one before opens nothing");
        // Strong enough already: straight on.
        let answer = until_answer(&world, &mut browser, &authorize_url(&world, &more)).await;
        assert_eq!(acr(&world, &answer).await, APP);
    }

    /// S3: a device is remembered when its owner wishes that and the policies allow it, for as long as they say, and a new
    /// password ends it.
    async fn a_remembered_device_is_not_asked_for_a_code(db: TestDb) {
        let world = World::start(db).await;
        let offered = async || {
            let mut b = world.browser();
            b.get(at(&world, "/signin")).await.unwrap();
            let page = password(&world, &mut b, "daan@example.com").await;
            // Each code is in the mailbox before the next one is asked for.
            world.send().await;
            (page.text.contains("name=\"remember\""), b)
        };
        assert!(!offered().await.0, "off by default");
        world.apply("policies: [{for: everyone, remember_devices: 30}]").await;
        world.advance(40);
        let (asks, mut browser) = offered().await;
        assert!(asks);
        let given = world.code_for("daan@example.com", 6).await;
        let form = [("code", given.as_str()), ("remember", "yes")];
        browser.once(Method::POST, &at(&world, "/signin/code"), Some(&form)).await.unwrap();
        let again = async |browser: &Browser| {
            let mut b = browser.clone();
            b.cookies.get_mut("localhost").unwrap().retain(|name, _| name == "zegel_remembered");
            b.get(at(&world, "/signin")).await.unwrap();
            password(&world, &mut b, "daan@example.com").await
        };
        assert_eq!(again(&browser).await.url.path(), "/", "signed in by the password");
        // Somebody else in the same browser, and the same person elsewhere.
        let mut other = browser.clone();
        other.cookies.get_mut("localhost").unwrap().retain(|name, _| name == "zegel_remembered");
        other.get(at(&world, "/signin")).await.unwrap();
        assert!(password(&world, &mut other, "mila@example.com").await.text.contains("id=\"code\""));
        assert!(offered().await.0);
        // Where more is asked, nothing remembered stands for it.
        let mut fresh = browser.clone();
        fresh.cookies.get_mut("localhost").unwrap().retain(|name, _| name == "zegel_remembered");
        until_answer(&world, &mut fresh, &authorize_url(&world, &[("prompt", "login")])).await;
        assert!(password(&world, &mut fresh, "daan@example.com").await.text.contains("id=\"code\""));
        // Its owner sees it, and ends it or keeps it.
        let page = browser.get(at(&world, "/account/remembered")).await.unwrap();
        assert!(page.text.contains("Last used on"), "{}", page.text);
        let id = page.text.split("name=\"device\" value=\"").nth(1).and_then(|r| r.split('"').next()).unwrap().to_owned();
        let mut stranger = tokens(&world, "mila@example.com", &[]).await.0;
        stranger.post(at(&world, "/account/remembered/end"), &[("device", &id)]).await.unwrap();
        assert_eq!(again(&browser).await.url.path(), "/", "nobody else can end it");
        // A policy that is set since counts, and so does a new password.
        world.apply("policies: [{for: everyone, remember_devices: 30}, {for: staff, remember_devices: 0}]").await;
        assert!(again(&browser).await.text.contains("id=\"code\""));
        world.apply("policies: [{for: staff}]").await;
        assert_eq!(again(&browser).await.url.path(), "/");
        world.apply("people: [{email: daan@example.com, name: Daan Visser, password: another battery horse}]").await;
        world.apply(&format!("people: [{{email: daan@example.com, name: Daan Visser, password: {PASSWORD}}}]")).await;
        assert!(again(&browser).await.text.contains("id=\"code\""));
        world.send().await;
        world.advance(40);
        let (_, mut browser) = offered().await;
        let given = world.code_for("daan@example.com", 6).await;
        let form = [("code", given.as_str()), ("remember", "yes")];
        browser.once(Method::POST, &at(&world, "/signin/code"), Some(&form)).await.unwrap();
        assert_eq!(again(&browser).await.url.path(), "/");
        let page = browser.get(at(&world, "/account/remembered")).await.unwrap();
        let id = page.text.split("name=\"device\" value=\"").nth(1).and_then(|r| r.split('"').next()).unwrap().to_owned();
        browser.post(at(&world, "/account/remembered/end"), &[("device", &id)]).await.unwrap();
        assert!(again(&browser).await.text.contains("id=\"code\""), "forgotten");
    }

    /// case 17, S3: for as long as the policies say now, whatever they said when it was remembered.
    async fn a_device_is_remembered_no_longer_than_the_policies_say_by_now(db: TestDb) {
        let world = World::start(db).await;
        world.apply("policies: [{for: everyone, remember_devices: 30}]").await;
        let mut browser = world.browser();
        browser.get(at(&world, "/signin")).await.unwrap();
        password(&world, &mut browser, "daan@example.com").await;
        let given = world.code_for("daan@example.com", 6).await;
        let form = [("code", given.as_str()), ("remember", "yes")];
        browser.once(Method::POST, &at(&world, "/signin/code"), Some(&form)).await.unwrap();
        browser.cookies.get_mut("localhost").unwrap().retain(|name, _| name == "zegel_remembered");
        world.advance(2 * 86_400);
        for (days, path) in [(1, "/signin"), (30, "/")] {
            world.apply(&format!("policies: [{{for: everyone, remember_devices: {days}}}]")).await;
            let mut again = browser.clone();
            again.get(at(&world, "/signin")).await.unwrap();
            assert_eq!(password(&world, &mut again, "daan@example.com").await.url.path(), path, "{days} days");
        }
    }

    /// S3: how often someone signs in.
    async fn someone_signs_in_anew_as_often_as_is_asked(db: TestDb) {
        let world = World::start(db).await;
        world.apply("policies: [{for: staff, sign_in_every: 60}]").await;
        let (mut browser, t) = tokens(&world, "daan@example.com", &[]).await;
        world.advance(3500);
        let (status, t) = refresh(&world, text(&t, "refresh_token")).await;
        assert_eq!(status, 200, "{t}");
        world.advance(101);
        assert_eq!(refresh(&world, text(&t, "refresh_token")).await.0, 400);
        let page = until_answer(&world, &mut browser, &authorize_url(&world, &[])).await;
        assert!(page.text.contains("id=\"password\""), "{}", page.text);
    }
}

/// S2: whoever can't reach what is asked is told what to set up, and the application that it can't be met (RFC 9470).
#[tokio::test]
async fn what_cannot_be_reached_is_said_to_both() {
    let world = World::start(TestDb::sqlite()).await;
    let (mut browser, answer) = authorize(&world, "daan@example.com", &[("acr_values", "urn:zegel:acr:passkey")]).await;
    assert_eq!(answer.status.as_u16(), 403);
    assert!(
        answer.text.contains("href=\"/setup\"") && answer.text.contains("error=unmet_authentication_requirements"),
        "{}",
        answer.text
    );
    // Signed in all the same, and asked nothing that he doesn't have.
    let page = until_answer(&world, &mut browser, &authorize_url(&world, &[("acr_values", "urn:zegel:acr:passkey")])).await;
    assert_eq!(page.status.as_u16(), 403);
    let answer = until_answer(&world, &mut browser, &authorize_url(&world, &[("acr_values", "urn:other:acr 0")])).await;
    assert_eq!(acr(&world, &answer).await, MAIL, "a strength that nobody knows is no demand");
    // The same by registration, where a request says nothing; what it says goes first.
    let app = r#"{"applications": [{"client_id": "app", "client_name": "T", "redirect_uris": ["http://127.0.0.1:9/cb"],
        "default_acr_values": ["urn:zegel:acr:passkey"]}]}"#;
    world.apply(app).await;
    let mut asked = async |changes: &[(&str, &str)]| {
        until_answer(&world, &mut browser, &authorize_url(&world, changes)).await.status.as_u16()
    };
    assert_eq!(asked(&[]).await, 403);
    assert_eq!(asked(&[("claims", r#"{"id_token": {"acr": null}}"#)]).await, 303);
    assert_eq!(asked(&[("acr_values", MAIL)]).await, 303);
}

/// case 17: the record store is never given a sign-in by one factor, and takes none, whatever a policy says.
#[tokio::test]
async fn one_factor_opens_an_application_that_may_and_never_the_record_store() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply("policies: [{for: everyone, least: one-factor}]").await;
    let mut browser = world.browser();
    until_answer(&world, &mut browser, &authorize_url(&world, &[])).await;
    let form = [("username", "daan@example.com"), ("password", PASSWORD)];
    let answer = browser.once(Method::POST, &at(&world, "/signin"), Some(&form)).await.unwrap();
    assert_eq!(acr(&world, &answer).await, "urn:zegel:acr:one-factor");
    let page = browser.get(format!("{}/me", world.crm_url)).await.unwrap();
    assert!(page.url.as_str().starts_with(&world.idp_url) && page.text.contains("id=\"code\""), "{} {}", page.url, page.text);
}

/// case 20: whoever signs in again has another cookie, and the one before opens nothing.
#[tokio::test]
async fn signing_in_again_changes_the_cookie() {
    let world = World::start(TestDb::sqlite()).await;
    let (mut browser, _) = tokens(&world, "daan@example.com", &[]).await;
    let mut old = browser.clone();
    world.advance(40);
    until_answer(&world, &mut browser, &authorize_url(&world, &[("prompt", "login")])).await;
    password(&world, &mut browser, "daan@example.com").await;
    let given = world.code_for("daan@example.com", 6).await;
    let answer = code(&world, &mut browser, &given).await;
    assert!(answered(&answer, "code").is_some());
    assert_eq!(old.get(at(&world, "/")).await.unwrap().url.path(), "/signin");
    assert_eq!(browser.get(at(&world, "/")).await.unwrap().url.path(), "/");
}
