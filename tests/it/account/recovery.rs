//! Getting back into an account.

use zegel::demo::browser::Browser;
use zegel::idp::credentials::authenticator::{code_at, seed_from_base32};
use zegel::idp::credentials::guesses;
use zegel::idp::recovery::flow::RecoveryError;
use zegel::idp::recovery::model::Scope;
use zegel::idp::recovery::{self, decide};
use zegel::idp::signin;
use zegel::idp::signin::finish::Ready;
use zegel::idp::signin::model::CODES_PER_PERSON;
use zegel::kernel::audit::Actor;
use zegel::kernel::clock::Clock;
use zegel::kernel::http::Context;

use crate::on_both_engines;
use crate::support::flow::{text, tokens, userinfo};
use crate::support::postgres::TestDb;
use crate::support::world::{PASSWORD, SEED, World};

const NEW: &str = "a wholly other one";
const CHOICE: [(&str, &str); 3] = [("do", "choose"), ("password", NEW), ("repeat", NEW)];

/// Asks for a link, and gives it.
async fn link(world: &World, email: &str) -> String {
    let page = world.browser().post(world.at("/recover"), &[("username", email)]).await.unwrap();
    assert_eq!(page.status.as_u16(), 200, "{}", page.text);
    world.link_to(email, "/recover/").await
}

async fn chooses(browser: &mut Browser, link: &str) -> bool {
    let answer = browser.once(reqwest::Method::POST, link, Some(&CHOICE)).await.unwrap();
    answer.location().is_some_and(|to| to.path() == "/setup")
}

fn code_now(world: &World) -> String {
    code_at(&seed_from_base32(SEED).unwrap(), world.clock.now())
}

async fn waiting(world: &World) -> Vec<decide::Waiting> {
    let mut snapshot = world.idp().db.snapshot().await.unwrap();
    decide::waiting(world.idp(), &mut snapshot.tx()).await.unwrap()
}

on_both_engines! {
    /// S4, case 26: where mail is the only factor, the mailed link alone resets nothing; an administrator approves, and not the person.
    async fn mail_alone_resets_nothing_and_an_administrator_approves(db: TestDb) {
        let world = World::start(db).await;
        crate::admin::begin(&world).await;
        let (_, t) = tokens(&world, "daan@example.com", &[]).await;
        let link = link(&world, "daan@example.com").await;
        assert!(link.starts_with(&world.idp_url));
        let mut daan = world.browser();
        let page = daan.get(&link).await.unwrap();
        assert!(page.text.contains("Ask an administrator") && !page.text.contains("name=\"way\""), "{}", page.text);
        assert!(!chooses(&mut daan, &link).await, "not by the link alone");
        daan.post(&link, &[("do", "administrator"), ("scope", "password"), ("reason", "call me at 06-1234")]).await.unwrap();
        assert!(!chooses(&mut daan, &link).await, "not by asking");
        let (context, token) = (Context::of_program("recovery".into()), link.rsplit('/').next().unwrap());
        let ready = Ready::of(world.idp(), &context, "a-sign-in", signin::finish::Browser::default()).unwrap();
        let chosen = recovery::flow::choose(world.idp(), &context, token, NEW.into(), (ready, "a-sign-in".into())).await;
        assert!(matches!(chosen, Err(RecoveryError::Otherwise)), "nor where no page is asked: {chosen:?}");
        let mail = world.newest("bram@example.com").await;
        assert!(mail.contains("Daan Visser") && mail.contains("call me at 06-1234") && mail.contains("/admin/recoveries"), "{mail}");
        let [request] = &waiting(&world).await[..] else { panic!("one waits") };
        let id = request.recovery.id.clone();
        let (bram, mila) = (world.id_of("bram@example.com").await, world.id_of("mila@example.com").await);
        for other in [&mila, &world.id_of("daan@example.com").await] {
            let refused = decide::decide(world.idp(), Actor::default(), Some(other), &id, true).await;
            assert!(matches!(refused, Err(RecoveryError::Forbidden)), "{refused:?}");
        }
        let mut ada = world.member("ada@example.com").await;
        let page = ada.get(world.at("/admin/recoveries")).await.unwrap();
        assert!(page.text.contains("call me at 06-1234"), "{}", page.text);
        let page = ada.post(world.at(&format!("/admin/recoveries/{id}/approve")), &[]).await.unwrap();
        assert!(page.text.contains("Approved.") && !page.text.contains("call me at 06-1234"), "{}", page.text);
        let again = decide::decide(world.idp(), Actor::default(), Some(&bram), &id, false).await;
        assert!(matches!(again, Err(RecoveryError::Void)), "decided once: {again:?}");
        let approved = world.link_to("daan@example.com", "/recover/").await;
        assert_eq!(approved, link, "the same link, mailed again");
        assert!(chooses(&mut daan, &link).await);
        assert_eq!(daan.post(&link, &CHOICE).await.unwrap().status.as_u16(), 410, "once");
        assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 401, "whoever was in is out");
        assert!(crate::factors::world::told(&world, "your password was set anew").await);
        let mut browser = world.browser();
        assert_eq!(world.enter(&mut browser, "daan@example.com", PASSWORD).await.status.as_u16(), 422);
        assert_eq!(world.enter(&mut world.browser(), "daan@example.com", NEW).await.url.path(), "/");
    }

    /// S4, case 18: a code of the authenticator app is enough beside the link, and guesses are counted.
    async fn a_second_factor_beside_the_link_opens_and_guesses_are_counted(db: TestDb) {
        let world = World::start(db).await;
        let first = link(&world, "bram@example.com").await;
        let mut bram = world.browser();
        let code = |code: &str| [("do", "code".to_owned()), ("way", "authenticator".to_owned()), ("authenticator", code.to_owned())];
        let post = async |browser: &mut Browser, link: &str, form: [(&'static str, String); 3]| {
            let form: Vec<_> = form.iter().map(|(k, v)| (*k, v.as_str())).collect();
            browser.post(link, &form).await.unwrap()
        };
        let right = code_now(&world);
        let wrong = if right == "000000" { "111111" } else { "000000" };
        for left in [4, 3, 2, 1] {
            let page = post(&mut bram, &first, code(wrong)).await;
            assert_eq!(page.status.as_u16(), 422, "{left}: {}", page.text);
        }
        for _ in 0..2 {
            assert_eq!(post(&mut bram, &first, code(wrong)).await.status.as_u16(), 429);
        }
        assert_eq!(post(&mut bram, &first, code(&right)).await.status.as_u16(), 429, "the right one comes too late");
        assert!(!chooses(&mut bram, &first).await);
        let second = link(&world, "bram@example.com").await;
        let page = post(&mut bram, &second, code(&right)).await;
        assert!(page.text.contains("name=\"repeat\""), "{}", page.text);
        assert!(chooses(&mut bram, &second).await);
        assert_eq!(bram.post(&first, &CHOICE).await.unwrap().status.as_u16(), 410, "the other link went with it");
        // The factor itself is as it was.
        let page = world.browser();
        let mut page = page;
        page.get(world.at("/signin")).await.unwrap();
        let asked = page.post(world.at("/signin"), &[("username", "bram@example.com"), ("password", NEW)]).await.unwrap();
        assert!(asked.text.contains("authenticator"), "{}", asked.text);
    }

    /// case 18: guesses by a link are counted with those at signing in: whoever used them up there has none here.
    async fn guesses_by_a_link_are_counted_with_those_at_signing_in(db: TestDb) {
        let world = World::start(db).await;
        let link = link(&world, "bram@example.com").await;
        let bram = world.id_of("bram@example.com").await;
        world.use_up(&guesses::codes_of(&bram), CODES_PER_PERSON).await;
        let right = code_now(&world);
        let form = [("do", "code"), ("way", "authenticator"), ("authenticator", right.as_str())];
        let mut browser = world.browser();
        assert_eq!(browser.post(&link, &form).await.unwrap().status.as_u16(), 429);
        assert!(!chooses(&mut browser, &link).await);
    }

    /// S4, case 21: second factors are removed by an approval only: of two administrators where one of them asked.
    async fn second_factors_are_reset_by_two_administrators(db: TestDb) {
        let world = World::start(db).await;
        world.apply("people: [{email: ria@example.com, name: Ria Chef, staff: true, password: correct horse battery, roles: [administrator]}]").await;
        let (ria, bram) = (world.id_of("ria@example.com").await, world.id_of("bram@example.com").await);
        let own = zegel::idp::account::flow::Own::new(world.idp(), &bram, Actor::default().person(&ria));
        let id = decide::open(world.idp(), own, Some(&ria), Scope::Factors, "lost his phone").await.unwrap();
        for himself in [&ria, &bram] {
            let refused = decide::decide(world.idp(), Actor::default(), Some(himself), &id, true).await;
            assert!(matches!(refused, Err(RecoveryError::Forbidden)), "who asked, and whose it is, don't decide: {refused:?}");
        }
        world.apply("people: [{email: mila@example.com, name: Mila de Boer, roles: [administrator]}]").await;
        let mila = world.id_of("mila@example.com").await;
        decide::decide(world.idp(), Actor::default().person(&mila), Some(&mila), &id, true).await.unwrap();
        let link = world.link_to("bram@example.com", "/recover/").await;
        let mut browser = world.browser();
        assert!(browser.get(&link).await.unwrap().text.contains("your second factors are removed"));
        assert!(chooses(&mut browser, &link).await);
        assert_eq!(world.enter(&mut world.browser(), "bram@example.com", NEW).await.url.path(), "/", "by mail, as nothing else is left");
        assert_eq!(world.noted("factors.reset", &bram).await, 1);
    }
}

/// case 25: whether anybody has an address shows in neither status, text, length nor what is stored; only a mailbox tells.
#[tokio::test]
async fn asking_for_a_link_tells_nothing_of_who_has_an_account() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply("people: [{email: gone@example.com, name: Gone Person, password: correct horse battery, active: false}]").await;
    let mut answers = Vec::new();
    for email in ["mila@example.com", "nila@example.com", "gone@example.com", "a@b@example.comm"] {
        let mut all = Vec::new();
        for _ in 0..7 {
            let page = world.browser().post(world.at("/recover"), &[("username", email)]).await.unwrap();
            let names: Vec<String> = page.headers.keys().map(ToString::to_string).filter(|n| n != "date").collect();
            all.push((page.status, page.text.replace(email, "WHO"), names));
        }
        answers.push(all);
    }
    for other in &answers[1..] {
        assert_eq!(&answers[0], other);
    }
    assert_eq!(answers[0][6].0.as_u16(), 429);
    world.send().await;
    let messages = world.app.capture.as_ref().unwrap().messages().list();
    assert!(messages.iter().any(|m| m.to == "mila@example.com"));
    assert!(messages.iter().all(|m| m.to != "gone@example.com" && m.to != "nila@example.com"));
}

/// A link is good for an hour, and a later one is no reason for the earlier to end; an approval is good for three days.
#[tokio::test]
async fn links_expire() {
    let world = World::start(TestDb::sqlite()).await;
    let link = link(&world, "daan@example.com").await;
    let mut daan = world.browser();
    world.advance(3599);
    assert_eq!(daan.get(&link).await.unwrap().status.as_u16(), 200);
    world.advance(1);
    assert_eq!(daan.get(&link).await.unwrap().status.as_u16(), 410);
    assert_eq!(daan.get(world.at("/recover/nothing-of-the-kind")).await.unwrap().status.as_u16(), 410);
}
