//! Passwords and codes, one after the other and all at once.

use std::sync::Arc;

use zegel::demo::browser::{Answer, Browser};
use zegel::idp::credentials::authenticator::{code_at, seed_from_base32};
use zegel::idp::credentials::limits;
use zegel::idp::signin::model::{BEGUN_PER_NETWORK, MAILS_PER_PERSON, PASSWORDS_PER_NETWORK};
use zegel::kernel::clock::Clock;

use crate::on_both_engines;
use crate::support::world::{PASSWORD, SEED, World};

async fn password(world: &World, browser: &mut Browser, email: &str, password: &str) -> Answer {
    browser.post(format!("{}/signin", world.idp_url), &[("username", email), ("password", password)]).await.unwrap()
}

async fn code(world: &World, browser: &mut Browser, code: &str) -> Answer {
    browser.once(reqwest::Method::POST, &format!("{}/signin/code", world.idp_url), Some(&[("code", code)])).await.unwrap()
}

/// A browser on the page that asks for a code.
async fn at_code(world: &World, email: &str) -> Browser {
    let mut browser = world.browser();
    browser.get(format!("{}/signin", world.idp_url)).await.unwrap();
    let page = password(world, &mut browser, email, PASSWORD).await;
    assert!(page.text.contains("id=\"code\""), "{}", page.text);
    browser
}

fn is_signed_in(answer: &Answer) -> bool {
    answer.status.is_redirection() && answer.location().unwrap().path() == "/"
}

/// How many codes of sign-ins have this outcome in the audit log.
async fn audited(world: &World, outcome: &str) -> i64 {
    let sql = zegel::sql!("SELECT COUNT(*) FROM audit WHERE action = 'signin.code' AND outcome = $1");
    world.idp().db.query(sql).bind(outcome).one::<(i64,)>().await.unwrap().0
}

/// What the app of bram shows.
fn shown(world: &World) -> String {
    code_at(&seed_from_base32(SEED).unwrap(), world.clock.now())
}

on_both_engines! {
    /// P1, S3
    async fn someone_signs_in_with_password_and_mailed_code(db: TestDb) {
        let world = World::start(db).await;
        let mut browser = at_code(&world, "daan@example.com").await;
        let given = world.code_for("daan@example.com", 6).await;
        assert_eq!(code(&world, &mut browser, "000000").await.status.as_u16(), 422);
        let grouped = format!("{} {}", &given[..3], &given[3..]);
        assert!(is_signed_in(&code(&world, &mut browser, &grouped).await));
        let page = browser.get(format!("{}/", world.idp_url)).await.unwrap();
        assert!(page.text.contains("Daan") && page.text.contains(&world.crm_url));
    }

    /// S3
    async fn someone_signs_in_with_an_authenticator_app(db: TestDb) {
        let world = World::start(db).await;
        let mut browser = at_code(&world, "bram@example.com").await;
        assert!(is_signed_in(&code(&world, &mut browser, &shown(&world)).await));
    }

    /// case 19: one success, one after the other and at once.
    async fn an_authenticators_code_works_once(db: TestDb) {
        let world = Arc::new(World::start(db).await);
        let now = shown(&world);
        let mut first = at_code(&world, "bram@example.com").await;
        assert!(is_signed_in(&code(&world, &mut first, &now).await));
        let mut second = at_code(&world, "bram@example.com").await;
        let again = code(&world, &mut second, &now).await;
        assert!(again.status.as_u16() == 422 && again.text.contains("already been used"));
        assert_eq!(audited(&world, "used").await, 1);
        world.advance(60);
        let next = shown(&world);
        let mut browsers = Vec::new();
        for _ in 0..5 { browsers.push(at_code(&world, "bram@example.com").await); }
        let tries: Vec<_> = browsers.into_iter().map(|mut b| { let (w, c) = (world.clone(), next.clone()); tokio::spawn(async move { is_signed_in(&code(&w, &mut b, &c).await) }) }).collect();
        let mut won = 0;
        for t in tries { won += usize::from(t.await.unwrap()); }
        assert_eq!(won, 1);
    }

    /// case 18: of two hundred guesses at one password, at most the maximum is looked at, from however many browsers.
    async fn two_hundred_guesses_at_a_password_are_not_two_hundred_tries(db: TestDb) {
        let world = Arc::new(World::start(db).await);
        let tries: Vec<_> = (0..200).map(|n| { let w = world.clone(); tokio::spawn(async move {
            let mut b = w.browser();
            b.get(format!("{}/signin", w.idp_url)).await.unwrap();
            // Every way of writing the address is the same account.
            let email = ["daan@example.com", "DAAN@example.com", " daan@EXAMPLE.com "][n % 3];
            password(&w, &mut b, email, &format!("guess number {n}")).await.status.as_u16()
        }) }).collect();
        let mut wrong = 0;
        for t in tries { match t.await.unwrap() { 422 => wrong += 1, 429 | 503 => {}, other => panic!("{other}") } }
        assert!(wrong <= 10, "{wrong} were looked at");
        let mut b = world.browser();
        b.get(format!("{}/signin", world.idp_url)).await.unwrap();
        assert_eq!(password(&world, &mut b, "daan@example.com", PASSWORD).await.status.as_u16(), 429);
        world.advance(901);
        assert!(password(&world, &mut b, "daan@example.com", PASSWORD).await.text.contains("id=\"code\""));
    }

    /// case 18: of one network so many passwords are looked at, of whichever accounts; no account is locked by those beyond.
    async fn a_network_has_so_many_tries_and_locks_nobody(db: TestDb) {
        let world = World::start(db).await;
        let bucket = world.idp().env.root.token_hash("password-network", "127.0.0.1").unwrap();
        world.use_up(&bucket, PASSWORDS_PER_NETWORK).await;
        let mut browser = world.browser();
        browser.get(format!("{}/signin", world.idp_url)).await.unwrap();
        for _ in 0..20 {
            assert_eq!(password(&world, &mut browser, "daan@example.com", PASSWORD).await.status.as_u16(), 429);
        }
        let forget = |bucket: String| world.idp().db.write(bucket, |bucket, mut tx| Box::pin(async move { limits::clear(&mut tx, bucket).await }));
        forget(bucket).await.unwrap();
        assert!(password(&world, &mut browser, "daan@example.com", PASSWORD).await.text.contains("id=\"code\""));
    }

    /// case 18, case 31: messages to someone are counted over all his sign-ins, and sign-ins over all of a network.
    async fn messages_and_beginnings_are_counted_over_all_sign_ins(db: TestDb) {
        let world = World::start(db).await;
        let daan = world.id_of("daan@example.com").await;
        world.use_up(&format!("mail:{daan}"), MAILS_PER_PERSON).await;
        let mut browser = at_code(&world, "daan@example.com").await;
        let way = format!("{}/signin/way", world.idp_url);
        assert_eq!(browser.post(&way, &[("way", "mail")]).await.unwrap().status.as_u16(), 429);
        world.send().await;
        let sent = world.app.capture.as_ref().unwrap().messages().list();
        assert_eq!(sent.iter().filter(|m| m.to == "daan@example.com").count(), 0);
        let bucket = world.idp().env.root.token_hash("signin-network", "127.0.0.1").unwrap();
        world.use_up(&bucket, BEGUN_PER_NETWORK).await;
        let page = world.browser().get(format!("{}/signin", world.idp_url)).await.unwrap();
        assert_eq!(page.status.as_u16(), 429);
    }

    /// case 18: and of two hundred guesses at a code.
    async fn two_hundred_guesses_at_a_code_are_five_tries(db: TestDb) {
        let world = Arc::new(World::start(db).await);
        let browser = at_code(&world, "daan@example.com").await;
        let right = world.code_for("daan@example.com", 6).await;
        let tries: Vec<_> = (0..200).map(|n| { let (w, mut b) = (world.clone(), browser.clone()); let right = right.clone(); tokio::spawn(async move {
            let guess = format!("{:06}", n * 4999);
            if guess == right { return 422; }
            code(&w, &mut b, &guess).await.status.as_u16()
        }) }).collect();
        let mut wrong = 0;
        for t in tries { match t.await.unwrap() { 422 => wrong += 1, 429 | 410 | 503 => {}, other => panic!("{other}") } }
        assert!(wrong <= 5, "{wrong} were looked at");
        // The right one comes too late.
        let mut browser = browser;
        let before = audited(&world, "exhausted").await;
        assert!(!is_signed_in(&code(&world, &mut browser, &right).await));
        assert_eq!(audited(&world, "exhausted").await, before + 1);
        assert!(audited(&world, "wrong").await <= 5);
    }
}

#[tokio::test]
async fn a_mailed_code_expires_and_a_new_one_replaces_it() {
    let world = World::start(crate::support::postgres::TestDb::sqlite()).await;
    let mut browser = at_code(&world, "daan@example.com").await;
    let first = world.code_for("daan@example.com", 6).await;
    let again = format!("{}/signin/way", world.idp_url);
    let early = browser.post(&again, &[("way", "mail")]).await.unwrap();
    assert_eq!(early.status.as_u16(), 429);
    world.advance(31);
    assert_eq!(browser.post(&again, &[("way", "mail")]).await.unwrap().status.as_u16(), 200);
    let second = world.code_for("daan@example.com", 6).await;
    if first != second {
        assert_eq!(code(&world, &mut browser, &first).await.status.as_u16(), 422);
    }
    world.advance(601);
    assert!(code(&world, &mut browser, &second).await.text.contains("expired"));
    assert_eq!(audited(&world, "expired").await, 1);
    assert_eq!(browser.post(&again, &[("way", "mail")]).await.unwrap().status.as_u16(), 200);
    let third = world.code_for("daan@example.com", 6).await;
    assert!(is_signed_in(&code(&world, &mut browser, &third).await));
}

#[tokio::test]
async fn someone_without_his_phone_takes_a_code_by_mail() {
    let world = World::start(crate::support::postgres::TestDb::sqlite()).await;
    let mut browser = at_code(&world, "bram@example.com").await;
    let page = browser.post(format!("{}/signin/way", world.idp_url), &[("way", "mail")]).await.unwrap();
    assert!(page.text.contains("We sent a code to bram@example.com"));
    let given = world.code_for("bram@example.com", 6).await;
    assert!(is_signed_in(&code(&world, &mut browser, &given).await));
}
