//! Being led to what one signs in with: after choosing a password by a link, and where policies ask for more than somebody has.

use reqwest::Method;
use zegel::demo::browser::{Answer, Browser};
use zegel::idp::account::flow::Own;
use zegel::idp::credentials::authenticator::{code_at, seed_from_base32};
use zegel::idp::welcome::flow;
use zegel::idp::welcome::model::NewWelcome;
use zegel::kernel::audit::Actor;
use zegel::kernel::clock::Clock;

use crate::factors::world::{MAKE, NEW, challenge};
use crate::on_both_engines;
use crate::support::flow::{answered, authorize, authorize_url, claims, redeem, text, until_answer};
use crate::support::passkey::Device;
use crate::support::postgres::TestDb;
use crate::support::world::{Options, SEED, World};

const NEW_PASSWORD: &str = "a wholly other one";
const CHOICE: [(&str, &str); 2] = [("password", NEW_PASSWORD), ("repeat", NEW_PASSWORD)];
const STRICT: &str = "policies: [{for: staff, factors: [authenticator, passkey, recovery], least: password-app}]";
const AUTHENTICATOR: &str = "/account/security/authenticator";
const EVA: &str = "eva@example.com";

/// Eva, who works here, has opened the link of her invitation.
async fn invited(world: &World, staff: bool) -> (Browser, String) {
    let bram = world.id_of("bram@example.com").await;
    let own = Own::new(world.idp(), &bram, Actor::default().person(&bram));
    let new =
        NewWelcome { email: EVA.into(), name: "Eva Jansen".into(), language: "en".into(), staff, groups: vec![], roles: vec![] };
    flow::invite(world.idp(), own, new).await.unwrap();
    (world.browser(), world.link_to(EVA, "/welcome/").await)
}

async fn get(world: &World, browser: &mut Browser, path: &str) -> Answer {
    browser.get(world.at(path)).await.unwrap()
}

async fn post(world: &World, browser: &mut Browser, path: &str, form: &[(&str, &str)]) -> Answer {
    browser.post(world.at(path), form).await.unwrap()
}

/// Sets up an app, and answers the page that follows.
async fn set_up_an_app(world: &World, browser: &mut Browser) -> Answer {
    let page = post(world, browser, AUTHENTICATOR, &[("do", "begin")]).await;
    let key =
        page.after("id=\"key\">").and_then(|k| k.split('<').next()).unwrap_or_else(|| panic!("{}", page.text)).replace(' ', "");
    let code = code_at(&seed_from_base32(&key).unwrap(), world.clock.now());
    post(world, browser, AUTHENTICATOR, &[("do", "confirm"), ("code", &code)]).await
}

/// How strongly somebody's live sessions are signed in.
async fn strengths(world: &World, email: &str) -> Vec<String> {
    let person = world.id_of(email).await;
    let sql = zegel::sql!("SELECT acr FROM sessions WHERE person_id = $1 AND ended_at IS NULL ORDER BY id");
    let rows: Vec<(String,)> = world.idp().db.query(sql).bind(person).all().await.unwrap();
    rows.into_iter().map(|(acr,)| acr.rsplit(':').next().unwrap().to_owned()).collect()
}

/// What the app of bram shows.
fn bram_shows(world: &World) -> String {
    code_at(&seed_from_base32(SEED).unwrap(), world.clock.now())
}

on_both_engines! {
    /// S3, S4, case 20: who is invited chooses a password, sets up what the policy asks, keeps recovery codes, and is signed in where
    /// he was going, as strongly as is asked.
    async fn an_invitation_leads_over_what_the_policy_asks_to_the_start(db: TestDb) {
        let world = World::start(db).await;
        world.apply(STRICT).await;
        let (mut eva, link) = invited(&world, true).await;
        let page = eva.post(&link, &CHOICE).await.unwrap();
        assert_eq!(page.url.path(), "/setup", "{}", page.text);
        assert!(page.text.contains("Step 2 of 3") && page.text.contains("Van Dam Logistics asks for a second step"), "{}", page.text);
        assert!(page.text.contains(AUTHENTICATOR) && page.text.contains(NEW) && !page.text.contains("/account/security/phone"));
        // Nothing of hers opens before, and it can't be put off.
        for path in ["/", "/account", "/account/security", "/account/sessions", "/account/password", "/account/remembered"] {
            assert_eq!(get(&world, &mut eva, path).await.url.path(), "/setup", "{path}");
        }
        let page = post(&world, &mut eva, "/setup", &[("later", "factor")]).await;
        assert!(page.text.contains("Step 2 of 3"), "{}", page.text);
        assert_eq!(strengths(&world, EVA).await, ["password-mail"]);
        let mut old = eva.clone();
        let page = set_up_an_app(&world, &mut eva).await;
        assert_eq!(page.url.path(), "/setup");
        assert!(page.text.contains("Step 3 of 3") && page.text.contains("Keep a way back"), "{}", page.text);
        assert_eq!(strengths(&world, EVA).await, ["password-app"], "what she has just shown counts");
        assert_eq!(get(&world, &mut old, "/").await.url.path(), "/signin", "the cookie of before opens nothing");
        let page = post(&world, &mut eva, "/account/security/recovery", &[]).await;
        assert!(page.text.matches("<li><code>").count() == 10 && page.text.contains("href=\"/setup\""), "{}", page.text);
        let page = get(&world, &mut eva, "/setup").await;
        assert_eq!(page.url.path(), "/", "{}", page.text);
        assert!(page.text.contains("Eva"));
        // Applications ask nothing more.
        let answer = until_answer(&world, &mut eva, &authorize_url(&world, &[])).await;
        let (_, t) = redeem(&world, &answered(&answer, "code").unwrap_or_else(|| panic!("{}", answer.text))).await;
        assert_eq!(text(&claims(text(&t, "id_token")), "acr"), "urn:zegel:acr:password-app");
    }

    /// S4: what she left off is where the next sign-in leads to, in whatever browser.
    async fn a_closed_tab_is_taken_up_again_at_the_next_sign_in(db: TestDb) {
        let world = World::start(db).await;
        world.apply(STRICT).await;
        let (mut eva, link) = invited(&world, true).await;
        eva.post(&link, &CHOICE).await.unwrap();
        let page = get(&world, &mut eva, "/setup").await;
        assert!(page.text.contains("Step 2 of 3"), "the same browser goes on where it was: {}", page.text);
        let mut elsewhere = world.browser();
        let page = world.enter(&mut elsewhere, EVA, NEW_PASSWORD).await;
        assert_eq!(page.url.path(), "/setup", "{}", page.text);
        assert!(page.text.contains("Step 1 of 2"), "the password is behind her: {}", page.text);
        set_up_an_app(&world, &mut elsewhere).await;
        let page = post(&world, &mut elsewhere, "/setup", &[("later", "codes")]).await;
        assert_eq!(page.url.path(), "/", "{}", page.text);
        // The first browser is signed in by less than she has now.
        let page = get(&world, &mut eva, "/account").await;
        assert!(page.url.path() == "/signin" && page.text.contains("authenticator"), "{}", page.text);
    }

    /// S4: where a mailed code is enough, a second step is offered once.
    async fn what_is_not_asked_is_offered_and_can_wait(db: TestDb) {
        let world = World::start_with(db, Options { registration: "open", ..Options::default() }).await;
        let form = [("name", "Eva Jansen"), ("email", EVA), ("language", "en")];
        world.browser().post(world.at("/register"), &form).await.unwrap();
        let link = world.link_to(EVA, "/welcome/").await;
        let mut eva = world.browser();
        let page = eva.post(&link, &CHOICE).await.unwrap();
        assert!(page.url.path() == "/setup" && page.text.contains("you are signed in"), "{}", page.text);
        assert!(page.text.contains("/account/security/phone"), "there is a gateway for text messages");
        let page = post(&world, &mut eva, "/setup", &[("later", "factor")]).await;
        assert_eq!(page.url.path(), "/", "{}", page.text);
        assert_eq!(get(&world, &mut eva, "/setup").await.url.path(), "/", "once");
        assert_eq!(world.noted("signin.password", &world.id_of(EVA).await).await, 1);
    }

    /// S3, S11: an application that asks for more leads to setting it up, and opens when that is done.
    async fn an_application_that_asks_for_more_opens_once_it_is_set_up(db: TestDb) {
        let world = World::start(db).await;
        world.apply("policies: [{for: {application: app}, least: passkey}]").await;
        let (mut patricia, answer) = authorize(&world, "patricia@example.com", &[]).await;
        assert!(answer.status == 403 && answer.text.contains("href=\"/setup\""), "{}", answer.text);
        // Her own pages ask no more than before.
        assert_eq!(get(&world, &mut patricia, "/account").await.url.path(), "/account");
        let page = get(&world, &mut patricia, "/setup").await;
        assert!(page.text.contains("Step 1 of 2") && page.text.contains("Test application asks"), "{}", page.text);
        assert!(page.text.contains(NEW) && !page.text.contains(AUTHENTICATOR), "only what would do: {}", page.text);
        let mut device = Device::new();
        let (id, options) = challenge(&world, &mut patricia, MAKE).await.unwrap();
        let credential = device.make(&world.idp_url, &options);
        let form = [("name", "Phone"), ("challenge", id.as_str()), ("credential", credential.as_str())];
        let page = post(&world, &mut patricia, NEW, &form).await;
        assert!(page.url.path() == "/setup" && page.text.contains("Step 2 of 2"), "{}", page.text);
        let later = patricia.once(Method::POST, &world.at("/setup"), Some(&[("later", "codes")])).await.unwrap();
        assert_eq!(later.location().unwrap().path(), "/setup");
        let answer = until_answer(&world, &mut patricia, &world.at("/setup")).await;
        let code = answered(&answer, "code").unwrap_or_else(|| panic!("{:?} {}", answer.location(), answer.text));
        let (_, t) = redeem(&world, &code).await;
        assert_eq!(text(&claims(text(&t, "id_token")), "acr"), "urn:zegel:acr:passkey");
        assert_eq!(get(&world, &mut patricia, "/setup").await.url.path(), "/", "it goes on once");
    }

    /// case 17: the provider's own pages are held back from a session that is less than its owner's policies ask, with the way to what
    /// is missing and back.
    async fn own_pages_are_held_back_from_a_session_that_is_too_weak(db: TestDb) {
        let world = World::start(db).await;
        let mut bram = world.browser();
        get(&world, &mut bram, "/signin").await;
        post(&world, &mut bram, "/signin", &[("username", "bram@example.com"), ("password", crate::support::world::PASSWORD)]).await;
        post(&world, &mut bram, "/signin/way", &[("way", "mail")]).await;
        let code = world.code_for("bram@example.com", 6).await;
        post(&world, &mut bram, "/signin/code", &[("code", &code)]).await;
        let mut daan = world.at_home("daan@example.com").await;
        let pages = ["/", "/account", "/account/profile", "/account/security", "/account/sessions", "/account/activity",
            "/account/applications", "/account/export", "/account/email", "/account/remembered", "/account/connections", "/account/approvals", "/device",
            "/admin", "/admin/people"];
        for path in pages {
            assert_eq!(get(&world, &mut bram, path).await.url.path(), path, "before there is a policy");
        }
        world.apply(STRICT).await;
        for path in pages {
            let page = get(&world, &mut bram.clone(), path).await;
            assert!(page.url.path() == "/signin" && page.text.contains("authenticator"), "{path}: {} {}", page.url, page.text);
            assert!(!page.text.contains("value=\"mail\""), "no way that does not count");
        }
        let forms = [("/account/profile", &[("name", "Another")][..]), ("/account/sessions/end", &[("which", "all")]),
            ("/admin/groups/new", &[("name", "Mine")]), ("/device", &[("user_code", "BCDF-GHJK")]), ("/device/answer", &[("answer", "allow")]),
            ("/favourites", &[("tile", "app:record-store"), ("on", "true")])];
        for (path, form) in forms {
            let page = post(&world, &mut bram.clone(), path, form).await;
            assert_eq!(page.url.path(), "/signin", "{path}");
        }
        assert_eq!(strengths(&world, "bram@example.com").await, ["password-mail"], "nothing was done");
        let kept = zegel::sql!("SELECT COUNT(*) FROM favourites");
        assert_eq!(world.idp().db.query(kept).one::<(i64,)>().await.unwrap().0, 0);
        let api = world.http.get(world.at("/api/me/remembered-devices"));
        let cookie = bram.cookies["localhost"].iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("; ");
        assert_eq!(api.header("cookie", cookie).send().await.unwrap().status().as_u16(), 401);
        // Daan has nothing that counts: he is led to set it up. Patricia is no staff.
        assert_eq!(get(&world, &mut daan, "/account").await.url.path(), "/setup");
        assert_eq!(world.at_home("patricia@example.com").await.get(world.at("/account")).await.unwrap().url.path(), "/account");
        // What is missing is shown, and leads back.
        get(&world, &mut bram, "/admin/people").await;
        let page = post(&world, &mut bram, "/signin/code", &[("code", &bram_shows(&world))]).await;
        assert_eq!(page.url.path(), "/admin/people", "{}", page.text);
        // How often someone signs in holds here too.
        world.apply("policies: [{for: staff, sign_in_every: 60}]").await;
        world.advance(3601);
        let page = get(&world, &mut bram, "/account").await;
        assert!(page.text.contains("id=\"password\""), "{}", page.text);
    }

    /// case 16: a link and a new password are two of the steps and no more: who has a second factor that is asked shows it.
    async fn a_reset_leads_over_the_factors_that_are_there(db: TestDb) {
        let world = World::start(db).await;
        world.apply(STRICT).await;
        world.browser().post(world.at("/recover"), &[("username", "bram@example.com")]).await.unwrap();
        let link = world.link_to("bram@example.com", "/recover/").await;
        let mut bram = world.browser();
        let form = [("do", "code"), ("way", "authenticator"), ("authenticator", &*bram_shows(&world))];
        bram.post(&link, &form).await.unwrap();
        let page = bram.post(&link, &[("do", "choose"), CHOICE[0], CHOICE[1]]).await.unwrap();
        assert!(page.url.path() == "/signin" && page.text.contains("authenticator"), "{} {}", page.url, page.text);
        assert!(strengths(&world, "bram@example.com").await.is_empty());
        assert_eq!(get(&world, &mut bram.clone(), "/account").await.url.path(), "/signin");
        world.advance(30);
        let page = post(&world, &mut bram, "/signin/code", &[("code", &bram_shows(&world))]).await;
        assert_eq!(page.url.path(), "/", "{}", page.text);
        assert_eq!(strengths(&world, "bram@example.com").await, ["password-app"]);
    }
}

/// case 21: adding a factor makes a session no stronger but for whoever is led to it.
#[tokio::test]
async fn adding_a_factor_at_another_time_makes_no_session_stronger() {
    let world = World::start(TestDb::sqlite()).await;
    let mut daan = world.at_home("daan@example.com").await;
    let page = set_up_an_app(&world, &mut daan).await;
    assert_eq!(page.url.path(), "/account/security", "{}", page.text);
    assert_eq!(strengths(&world, "daan@example.com").await, ["password-mail"]);
}

/// Without a script or a gateway there is a way all the same, and where there is none that is said.
#[tokio::test]
async fn where_nothing_would_do_that_is_said() {
    let world = World::start_with(TestDb::sqlite(), Options { numeric: true, ..Options::default() }).await;
    let mut browser = world.browser();
    world.apply("policies: [{for: staff, least: passkey}]").await;
    let page = world.enter(&mut browser, "daan@example.com", crate::support::world::PASSWORD).await;
    assert!(page.url.path() == "/setup" && page.text.contains("Please tell your administrator"), "{} {}", page.url, page.text);
}
