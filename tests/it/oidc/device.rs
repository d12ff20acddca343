//! A device that someone signs in from another one (RFC 8628).

use serde_json::{Value, json};
use zegel::demo::browser::Browser;
use zegel::idp::credentials::authenticator::{code_at, seed_from_base32};
use zegel::idp::oidc::decision::Decided;
use zegel::idp::oidc::device::flow::{self, Found};
use zegel::idp::oidc::device::model;
use zegel::idp::sessions;
use zegel::kernel::audit::Actor;
use zegel::kernel::clock::Clock;

use crate::on_both_engines;
use crate::support::flow::{text, userinfo};
use crate::support::postgres::TestDb;
use crate::support::world::{PASSWORD, SEED, World};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A television: it has no secret and no browser.
const TELEVISION: &str = r#"{"applications": [{"client_id": "tv", "client_name": "Warehouse screen", "token_endpoint_auth_method": "none",
    "grant_types": ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"], "scope": "openid profile email"},
    {"client_id": "tv2", "client_name": "Another screen", "token_endpoint_auth_method": "none",
    "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"]}]}"#;

async fn post(world: &World, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let answer = world.http.post(format!("{}{path}", world.idp_url)).form(form).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn begin(world: &World, client: &str) -> Value {
    let form = [("client_id", client), ("scope", "openid email")];
    let (status, begun) = post(world, "/device_authorization", &form).await;
    assert_eq!(status, 200, "{begun}");
    begun
}

async fn poll(world: &World, client: &str, begun: &Value) -> (u16, Value) {
    post(world, "/token", &[("grant_type", GRANT), ("client_id", client), ("device_code", text(begun, "device_code"))]).await
}

/// Someone who opened the page and signed in.
async fn at_the_page(world: &World, email: &str) -> Browser {
    let mut browser = world.browser();
    browser.get(format!("{}/device", world.idp_url)).await.unwrap();
    let page = world.sign_in_from(&mut browser, email).await;
    assert!(page.url.path() == "/device" && page.text.contains("id=\"user_code\""), "{} {}", page.url, page.text);
    browser
}

/// The same by a mailed code, for who has an app too.
async fn at_the_page_by_mail(world: &World, email: &str) -> Browser {
    let at = |path: &str| format!("{}{path}", world.idp_url);
    let mut browser = world.browser();
    browser.get(at("/device")).await.unwrap();
    browser.post(at("/signin"), &[("username", email), ("password", PASSWORD)]).await.unwrap();
    browser.post(at("/signin/way"), &[("way", "mail")]).await.unwrap();
    let code = world.code_for(email, 6).await;
    let page = browser.post(at("/signin/code"), &[("code", &code)]).await.unwrap();
    assert!(page.text.contains("id=\"user_code\""), "{} {}", page.url, page.text);
    browser
}

/// What the app of bram shows.
fn bram_shows(world: &World) -> String {
    code_at(&seed_from_base32(SEED).unwrap(), world.clock.now())
}

async fn type_code(world: &World, browser: &mut Browser, code: &str) -> (u16, String) {
    let page = browser.post(format!("{}/device", world.idp_url), &[("user_code", code)]).await.unwrap();
    (page.status.as_u16(), page.text)
}

/// The hidden value of the page that asks.
fn sealed(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"device\" value=\"").unwrap_or_else(|| panic!("the question: {page}"));
    rest.split('"').next().unwrap().to_owned()
}

async fn answer(world: &World, browser: &mut Browser, page: &str, answer: &str) -> String {
    let form = [("device", sealed(page)), ("answer", answer.to_owned())];
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
    browser.post(format!("{}/device/answer", world.idp_url), &form).await.unwrap().text
}

on_both_engines! {
    /// S2, case 13: from the code on the screen to the tokens; it is asked, and says what asks, from where and since when.
    async fn a_person_allows_a_device_and_it_gets_its_tokens_once(db: TestDb) {
        let world = World::start(db).await;
        world.apply(TELEVISION).await;
        let begun = begin(&world, "tv").await;
        assert_eq!((&begun["expires_in"], &begun["interval"]), (&json!(300), &json!(5)));
        assert_eq!(begun["verification_uri"], format!("{}/device", world.idp_url));
        assert_eq!(poll(&world, "tv", &begun).await.1["error"], "authorization_pending");
        let mut browser = at_the_page(&world, "daan@example.com").await;
        // Typed as people type.
        let typed = text(&begun, "user_code").to_lowercase().replace('-', " ");
        let (status, page) = type_code(&world, &mut browser, &typed).await;
        assert_eq!(status, 200);
        for said in ["Warehouse screen", "127.0.0.1", "daan@example.com", text(&begun, "user_code"), "e-mail address"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(answer(&world, &mut browser, &page, "allow").await.contains("data-outcome=\"allowed\""));
        world.advance(5);
        let (status, tokens) = poll(&world, "tv", &begun).await;
        assert_eq!((status, text(&tokens, "scope")), (200, "openid email"));
        assert_eq!(userinfo(&world, text(&tokens, "access_token")).await.1["email"], "daan@example.com");
        // Case 11: a code that was used is a replay, and what it gave ends.
        assert_eq!(poll(&world, "tv", &begun).await.1["error"], "invalid_grant");
        assert_eq!(userinfo(&world, text(&tokens, "access_token")).await.0, 401);
    }

    /// case 5, case 13: another client gets nothing for it, and leaves it as it was.
    async fn a_device_code_is_its_clients_alone(db: TestDb) {
        let world = World::start(db).await;
        world.apply(TELEVISION).await;
        let begun = begin(&world, "tv").await;
        let mut browser = at_the_page(&world, "daan@example.com").await;
        let (_, page) = type_code(&world, &mut browser, text(&begun, "user_code")).await;
        answer(&world, &mut browser, &page, "allow").await;
        assert_eq!(poll(&world, "tv2", &begun).await.1["error"], "invalid_grant");
        assert_eq!(poll(&world, "tv", &begun).await.0, 200);
    }

    /// case 13, case 18: ten codes in a quarter of an hour, however many come at once, also when one of the later is right.
    async fn codes_are_guessed_ten_times_at_most(db: TestDb) {
        let world = std::sync::Arc::new(World::start(db).await);
        world.apply(TELEVISION).await;
        let begun = begin(&world, "tv").await;
        let browser = at_the_page(&world, "daan@example.com").await;
        let tries: Vec<_> = (0..60).map(|_| {
            let (world, mut browser) = (world.clone(), browser.clone());
            tokio::spawn(async move { type_code(&world, &mut browser, "ZZZZ-ZZZZ").await.0 })
        }).collect();
        let mut evaluated = 0;
        for one in tries {
            match one.await.unwrap() {
                422 => evaluated += 1,
                429 | 503 => {}
                other => panic!("{other}"),
            }
        }
        assert!(evaluated <= 10, "{evaluated}");
        let mut browser = browser;
        for _ in evaluated..10 {
            type_code(&world, &mut browser, "ZZZZ-ZZZZ").await;
        }
        assert_eq!(type_code(&world, &mut browser, text(&begun, "user_code")).await.0, 429);
        world.advance(901);
        let fresh = begin(&world, "tv").await;
        assert_eq!(type_code(&world, &mut browser, text(&fresh, "user_code")).await.0, 200);
    }
}

/// S2 (RFC 8628, section 3.5)
#[tokio::test]
async fn a_device_that_asks_too_often_is_slowed_down() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply(TELEVISION).await;
    let begun = begin(&world, "tv").await;
    let ask = async || poll(&world, "tv", &begun).await.1["error"].as_str().unwrap().to_owned();
    assert_eq!(ask().await, "authorization_pending");
    world.advance(2);
    assert_eq!(ask().await, "slow_down");
    world.advance(5);
    assert_eq!(ask().await, "slow_down", "five seconds more from now on");
    world.advance(15);
    assert_eq!(ask().await, "authorization_pending");
    world.advance(300);
    assert_eq!(ask().await, "expired_token");
}

/// case 17: who approves a device is signed in as the policies ask, also as its application's asks: he shows what is missing, and comes
/// back to the page with its code. Asked again in the transaction that approves.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_approves_a_device_is_signed_in_as_is_asked() {
    for db in [TestDb::sqlite(), TestDb::postgres().await] {
        let world = World::start(db).await;
        world.apply(TELEVISION).await;
        let begun = begin(&world, "tv").await;
        let code = text(&begun, "user_code").to_owned();
        let mut bram = at_the_page_by_mail(&world, "bram@example.com").await;
        let (_, open) = type_code(&world, &mut bram, &code).await;
        world.apply("policies: [{for: {application: tv}, least: password-app}]").await;
        let decided = answer(&world, &mut bram, &open, "allow").await;
        assert!(decided.contains("id=\"user_code\""), "back to the code: {decided}");
        assert_eq!(poll(&world, "tv", &begun).await.1["error"], "authorization_pending");
        let page = bram.post(format!("{}/device", world.idp_url), &[("user_code", code.as_str())]).await.unwrap();
        assert!(page.url.path() == "/signin" && page.text.contains("authenticator"), "{} {}", page.url, page.text);
        let page = bram.post(format!("{}/signin/code", world.idp_url), &[("code", &bram_shows(&world))]).await.unwrap();
        assert_eq!(page.url.path(), "/device");
        assert!(page.text.contains(&format!("value=\"{code}\"")), "{}", page.text);
        let (_, question) = type_code(&world, &mut bram, &code).await;
        assert!(answer(&world, &mut bram, &question, "allow").await.contains("data-outcome=\"allowed\""));
        world.advance(5);
        assert_eq!(poll(&world, "tv", &begun).await.0, 200);
        // Who has nothing that would do is told what to do, and can still refuse.
        let begun = begin(&world, "tv").await;
        world.apply("policies: [{for: {application: tv}, least: password-mail}]").await;
        let mut daan = at_the_page(&world, "daan@example.com").await;
        let (_, open) = type_code(&world, &mut daan, text(&begun, "user_code")).await;
        world.apply("policies: [{for: {application: tv}, least: password-app}]").await;
        let (status, page) = type_code(&world, &mut daan, text(&begun, "user_code")).await;
        assert!(status == 403 && page.contains("type the code of the device again"), "{page}");
        assert!(answer(&world, &mut daan, &open, "refuse").await.contains("data-outcome=\"refused\""));
        // What is asked of him everywhere holds the page back before any code counts.
        world.apply("policies: [{for: staff, least: password-app}]").await;
        assert_eq!(daan.get(format!("{}/device?user_code=BCDF-GHJK", world.idp_url)).await.unwrap().url.path(), "/setup");
    }
}

/// S2, case 13
#[tokio::test]
async fn who_refuses_or_comes_too_late_gives_nothing() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply(TELEVISION).await;
    let (refused, late) = (begin(&world, "tv").await, begin(&world, "tv").await);
    let mut browser = at_the_page(&world, "daan@example.com").await;
    let (_, page) = type_code(&world, &mut browser, text(&refused, "user_code")).await;
    assert!(answer(&world, &mut browser, &page, "refuse").await.contains("data-outcome=\"refused\""));
    assert_eq!(
        poll(&world, "tv", &refused).await,
        (400, json!({"error": "access_denied", "error_description": "the person has refused"}))
    );
    assert!(answer(&world, &mut browser, &page, "allow").await.contains("data-outcome=\"gone\""), "decided is decided");
    let (_, page) = type_code(&world, &mut browser, text(&late, "user_code")).await;
    world.advance(301);
    assert!(answer(&world, &mut browser, &page, "allow").await.contains("data-outcome=\"gone\""));
    assert_eq!(poll(&world, "tv", &late).await.1["error"], "expired_token");
}

/// case 13: a link with the code in it fills it in and no more; the question of one session is no other's to answer.
#[tokio::test]
async fn nothing_approves_itself() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply(TELEVISION).await;
    let begun = begin(&world, "tv").await;
    let mut browser = at_the_page(&world, "daan@example.com").await;
    let page = browser.get(text(&begun, "verification_uri_complete")).await.unwrap();
    assert!(page.text.contains(&format!("value=\"{}\"", text(&begun, "user_code"))), "{}", page.text);
    assert_eq!(poll(&world, "tv", &begun).await.1["error"], "authorization_pending");
    let (_, question) = type_code(&world, &mut browser, text(&begun, "user_code")).await;
    let mut other = at_the_page(&world, "mila@example.com").await;
    let foreign = [("device", sealed(&question)), ("answer", "allow".to_owned())];
    let foreign: Vec<(&str, &str)> = foreign.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let at = format!("{}/device/answer", world.idp_url);
    assert_eq!(other.post(&at, &foreign).await.unwrap().status.as_u16(), 400);
    for form in [vec![], vec![("answer", "allow")], vec![("device", "x"), ("answer", "allow")]] {
        assert_eq!(browser.post(&at, &form).await.unwrap().status.as_u16(), 400, "{form:?}");
    }
    world.advance(5);
    assert_eq!(poll(&world, "tv", &begun).await.1["error"], "authorization_pending");
}

/// case 18: of one network so many devices begin.
#[tokio::test]
async fn a_network_begins_so_many_devices() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply(TELEVISION).await;
    begin(&world, "tv").await;
    world.use_up(&world.idp().env.root.token_hash("device-network", "127.0.0.1").unwrap(), model::BEGUN).await;
    let (_, refused) = post(&world, "/device_authorization", &[("client_id", "tv"), ("scope", "openid email")]).await;
    assert_eq!(refused["error"], "temporarily_unavailable");
}

/// case 17, S11: what is not open to a person is refused to his device, and what ends later ends there too.
#[tokio::test]
async fn a_device_may_what_its_person_may() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply(TELEVISION).await;
    let begun = begin(&world, "tv").await;
    let mut browser = at_the_page(&world, "daan@example.com").await;
    let (_, page) = type_code(&world, &mut browser, text(&begun, "user_code")).await;
    world.apply(&TELEVISION.replacen("\"scope\"", "\"allowed\": {\"people\": [\"mila@example.com\"]}, \"scope\"", 1)).await;
    assert!(answer(&world, &mut browser, &page, "allow").await.contains("data-outcome=\"not-allowed\""));
    assert_eq!(poll(&world, "tv", &begun).await.1["error"], "access_denied");
    let begun = begin(&world, "tv").await;
    let mut mila = at_the_page(&world, "mila@example.com").await;
    // A session that has ended gives nothing, however long its page was open.
    let over = {
        let mut snapshot = world.idp().db.snapshot().await.unwrap();
        let cookie = mila.cookies["localhost"].get("zegel_idp_session").map(String::as_str);
        sessions::flow::of_cookie(world.idp(), &mut snapshot.tx(), cookie).await.unwrap().unwrap()
    };
    mila.post(format!("{}/logout/confirm", world.idp_url), &[]).await.unwrap();
    let found = flow::find(world.idp(), &over.person_id, text(&begun, "user_code")).await.unwrap();
    let Found::Device(device) = found else { panic!("{found:?}") };
    let decided = flow::decide(world.idp(), &over, &device.id, true, Actor::default()).await.unwrap();
    assert_eq!(decided, Decided::Gone);
    let mut mila = at_the_page(&world, "mila@example.com").await;
    let (_, page) = type_code(&world, &mut mila, text(&begun, "user_code")).await;
    answer(&world, &mut mila, &page, "allow").await;
    world.apply("people: [{email: mila@example.com, name: Mila de Boer, active: false}]").await;
    assert_eq!(poll(&world, "tv", &begun).await.1["error"], "invalid_grant");
}

/// case 3: whether the application may still have devices is asked again when someone answers.
#[tokio::test]
async fn a_grant_taken_away_while_the_question_is_open_gives_nothing() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply(TELEVISION).await;
    let begun = begin(&world, "tv").await;
    let mut browser = at_the_page(&world, "daan@example.com").await;
    let (_, page) = type_code(&world, &mut browser, text(&begun, "user_code")).await;
    let without = json!({"applications": [{
        "client_id": "tv", "client_name": "Warehouse screen", "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code"], "redirect_uris": ["https://tv.example/cb"], "scope": "openid profile email",
    }]});
    world.apply(&without.to_string()).await;
    assert!(answer(&world, &mut browser, &page, "allow").await.contains("data-outcome=\"gone\""));
    world.apply(TELEVISION).await;
    assert_eq!(poll(&world, "tv", &begun).await.1["error"], "authorization_pending");
}

/// S2: what a device may ask for is what it is registered for.
#[tokio::test]
async fn a_device_asks_for_what_it_is_registered_for() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply(TELEVISION).await;
    let ask = |form: &'static [(&'static str, &'static str)]| post(&world, "/device_authorization", form);
    assert_eq!(ask(&[("client_id", "tv"), ("scope", "admin")]).await.1["error"], "invalid_scope");
    assert_eq!(ask(&[("client_id", "tv")]).await.1["error"], "invalid_scope");
    assert_eq!(ask(&[("client_id", "public"), ("scope", "openid")]).await.1["error"], "unauthorized_client");
    assert_eq!(ask(&[("client_id", "nobody"), ("scope", "openid")]).await.0, 401);
}
