//! The sign-in machine: whatever order the steps come in, nobody is in without each of them.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use zegel::demo::browser::Browser;

use crate::support::postgres::TestDb;
use crate::support::world::{PASSWORD, World};

/// case 16: later steps by their address, empty forms, and the way back.
#[tokio::test]
async fn no_step_can_be_skipped_by_its_address() {
    let world = World::start(TestDb::sqlite()).await;
    let at = |path: &str| format!("{}{path}", world.idp_url);
    let mut browser = world.browser();
    for path in ["/signin/code", "/signin/way", "/logout/confirm"] {
        let answer = browser.post(at(path), &[]).await.unwrap();
        assert!(!answer.text.contains("Daan"), "{path}");
    }
    browser.get(at("/signin")).await.unwrap();
    for form in [vec![], vec![("code", "")], vec![("code", "000000")], vec![("code", "000000"), ("username", "daan@example.com")]]
    {
        let answer = browser.post(at("/signin/code"), &form).await.unwrap();
        assert!(answer.status.is_client_error(), "{form:?} {}", answer.status);
    }
    assert!(browser.get(at("/")).await.unwrap().url.path() == "/signin");
    // Without any cookie a right password leads nowhere.
    let answer = world.browser().post(at("/signin"), &[("username", "daan@example.com"), ("password", PASSWORD)]).await.unwrap();
    assert_eq!(answer.status.as_u16(), 410);
}

/// case 16: the code of one account can't finish a sign-in that was begun with another's password.
#[tokio::test]
async fn two_accounts_cannot_be_mixed_in_one_sign_in() {
    let world = World::start(TestDb::sqlite()).await;
    let at = |path: &str| format!("{}{path}", world.idp_url);
    let mut browser = world.browser();
    browser.get(at("/signin")).await.unwrap();
    browser.post(at("/signin"), &[("username", "daan@example.com"), ("password", PASSWORD)]).await.unwrap();
    let code = world.code_for("daan@example.com", 6).await;
    let second = browser.post(at("/signin"), &[("username", "mila@example.com"), ("password", PASSWORD)]).await.unwrap();
    assert_eq!(second.status.as_u16(), 410, "a second password in the same sign-in begins nothing");
    browser.post(at("/signin/code"), &[("code", &code)]).await.unwrap();
    let page = browser.get(at("/")).await.unwrap();
    assert!(!page.text.contains("Mila"));
}

/// case 16: a way that was not offered is none, and leaves the code that was sent as it is; and what is left for half an hour is over.
#[tokio::test]
async fn a_way_that_is_not_offered_and_a_sign_in_that_is_over_lead_nowhere() {
    let world = World::start(TestDb::sqlite()).await;
    let at = |path: &str| format!("{}{path}", world.idp_url);
    let begun = async || {
        let mut browser = world.browser();
        browser.get(at("/signin")).await.unwrap();
        browser.post(at("/signin"), &[("username", "daan@example.com"), ("password", PASSWORD)]).await.unwrap();
        (browser, world.code_for("daan@example.com", 6).await)
    };
    let (mut browser, code) = begun().await;
    world.advance(60);
    for way in ["sms", "authenticator", "recovery", "passkey", "password"] {
        let tried = browser.clone().post(at("/signin/way"), &[("way", way)]).await.unwrap();
        assert_eq!(tried.status.as_u16(), 410, "{way}");
    }
    assert_eq!(browser.post(at("/signin/code"), &[("code", &code)]).await.unwrap().url.path(), "/");
    let (mut browser, code) = begun().await;
    world.advance(30 * 60);
    assert_eq!(browser.post(at("/signin/code"), &[("code", &code)]).await.unwrap().status.as_u16(), 410);
}

#[derive(Clone, Debug)]
enum Move {
    Show,
    Password { tab: usize, who: usize, right: bool },
    Code { tab: usize, of: usize, right: bool },
    Way { tab: usize },
    Restart { tab: usize },
    Wait(u64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        Just(Move::Show),
        (0..2usize, 0..2usize, prop::bool::weighted(0.7)).prop_map(|(tab, who, right)| Move::Password { tab, who, right }),
        (0..2usize, 0..2usize, prop::bool::weighted(0.5)).prop_map(|(tab, of, right)| Move::Code { tab, of, right }),
        (0..2usize).prop_map(|tab| Move::Way { tab }),
        (0..2usize).prop_map(|tab| Move::Restart { tab }),
        (1..700u64).prop_map(Move::Wait),
    ];
    prop::collection::vec(one, 1..14)
}

const WHO: [&str; 2] = ["daan@example.com", "mila@example.com"];

/// case 16: random walks over two tabs, two accounts, waiting and beginning again. A model knows which tab has shown
/// which password since it was begun; only a right code for that account may let it in.
#[test]
fn random_walks_never_sign_in_without_every_factor() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let cases = std::env::var("ZEGEL_TEST_WALKS").ok().and_then(|n| n.parse().ok()).unwrap_or(24);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    runner.run(&moves(), |walk| runtime.block_on(one_walk(walk))).unwrap();
}

async fn one_walk(walk: Vec<Move>) -> Result<(), TestCaseError> {
    let world = World::start(TestDb::sqlite()).await;
    let at = |path: &str| format!("{}{path}", world.idp_url);
    let mut tabs: Vec<(Browser, Option<usize>)> = Vec::new();
    for _ in 0..2 {
        let mut b = world.browser();
        b.get(at("/signin")).await.unwrap();
        tabs.push((b, None));
    }
    for step in walk {
        match step {
            Move::Show => drop(tabs[0].0.get(at("/signin")).await.unwrap()),
            Move::Wait(s) => world.advance(s),
            Move::Way { tab } => drop(tabs[tab].0.post(at("/signin/way"), &[("way", "mail")]).await.unwrap()),
            Move::Restart { tab } => {
                tabs[tab].0.post(at("/signin/restart"), &[]).await.unwrap();
                tabs[tab].1 = None;
            }
            Move::Password { tab, who, right } => {
                let given = if right { PASSWORD } else { "a wrong password" };
                let page = tabs[tab].0.post(at("/signin"), &[("username", WHO[who]), ("password", given)]).await.unwrap();
                if page.status.as_u16() == 410 || page.status.as_u16() == 429 {
                    tabs[tab].1 = tabs[tab].1.filter(|_| page.status.as_u16() == 429);
                } else if page.text.contains("id=\"code\"") {
                    prop_assert!(right && tabs[tab].1.is_none(), "a code was asked for without a right password");
                    tabs[tab].1 = Some(who);
                }
            }
            Move::Code { tab, of, right } => {
                world.send().await;
                let mails = world.app.capture.as_ref().unwrap().messages().list();
                let newest = mails.into_iter().find(|m| m.to == WHO[of]).map(|m| m.text);
                let known = newest.and_then(|t| t.split(|c: char| !c.is_ascii_digit()).find(|p| p.len() == 6).map(str::to_owned));
                let code = known.filter(|_| right).unwrap_or_else(|| "000000".into());
                let answer =
                    tabs[tab].0.once(reqwest::Method::POST, &at("/signin/code"), Some(&[("code", &code)])).await.unwrap();
                if answer.status.is_redirection() && answer.location().unwrap().path() == "/" {
                    prop_assert_eq!(tabs[tab].1, Some(of), "in without the password of that account");
                    prop_assert!(right);
                    let page = tabs[tab].0.get(at("/")).await.unwrap();
                    prop_assert!(page.text.contains(WHO[of]));
                    tabs[tab].0.cookies.clear();
                    tabs[tab].0.get(at("/signin")).await.unwrap();
                    tabs[tab].1 = None;
                } else if answer.status.as_u16() == 410 || answer.status.as_u16() == 429 {
                    tabs[tab].1 = tabs[tab].1.filter(|_| false);
                    tabs[tab].0.get(at("/signin")).await.unwrap();
                }
            }
        }
        for (tab, _) in &mut tabs {
            let page = tab.clone().get(at("/")).await.unwrap();
            prop_assert_eq!(page.url.path(), "/signin", "someone is in");
        }
    }
    Ok(())
}
