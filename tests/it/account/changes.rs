//! Changes of password and address, what is told of them, and "this wasn't me".

use zegel::demo::browser::Browser;

use crate::on_both_engines;
use crate::support::flow::{text, tokens, userinfo};
use crate::support::postgres::TestDb;
use crate::support::world::{PASSWORD, World};

const NEW: &str = "a wholly other one";

/// The link in the newest message to an address with this word in it.
async fn link(world: &World, email: &str, part: &str) -> String {
    world.link_to(email, part).await
}

async fn asks(world: &World, browser: &mut Browser, new: &str) -> (u16, String) {
    let page = browser.post(world.at("/account/email"), &[("email", new)]).await.unwrap();
    (page.status.as_u16(), page.text)
}

async fn signs_in(world: &World, email: &str, password: &str) -> bool {
    let mut browser = world.browser();
    world.enter(&mut browser, email, password).await.url.path() == "/"
}

on_both_engines! {
    /// S4, case 21, case 20: another password needs a fresh sign-in; every other session ends, this one goes on under another cookie, and
    /// its owner is told.
    async fn a_changed_password_ends_all_other_sessions_and_is_told(db: TestDb) {
        let world = World::start(db).await;
        let mut desk = world.at_home("daan@example.com").await;
        let mut other = world.at_home("daan@example.com").await;
        world.advance(301);
        let form = [("password", NEW), ("repeat", NEW)];
        let page = desk.post(world.at("/account/password"), &form).await.unwrap();
        assert_eq!(page.url.path(), "/signin", "five minutes have passed");
        let page = world.again(&mut desk, "daan@example.com").await;
        assert_eq!(page.url.path(), "/account/password");
        for (one, two) in [(NEW, "another"), ("short", "short"), ("daan.visser.1", "daan.visser.1"), (PASSWORD, PASSWORD)] {
            let page = desk.post(world.at("/account/password"), &[("password", one), ("repeat", two)]).await.unwrap();
            assert_eq!(page.status.as_u16(), 422, "{one}");
        }
        let stolen = desk.clone();
        let page = desk.post(world.at("/account/password"), &form).await.unwrap();
        assert!(page.text.contains("Your password is changed"), "{}", page.text);
        assert_eq!(desk.get(world.at("/account")).await.unwrap().url.path(), "/account");
        assert_eq!(other.get(world.at("/account")).await.unwrap().url.path(), "/signin");
        assert_eq!(stolen.clone().get(world.at("/account")).await.unwrap().url.path(), "/signin", "the cookie before opens nothing");
        let mail = world.newest("daan@example.com").await;
        assert!(mail.contains("Your password was changed") && mail.contains("127.0.0.1") && mail.contains("/not-me/"), "{mail}");
        assert!(!signs_in(&world, "daan@example.com", PASSWORD).await);
        assert!(signs_in(&world, "daan@example.com", NEW).await);
    }

    /// case 18: whether a new password is the present one is said as often as guesses are taken at signing in, and counted with those.
    async fn guesses_at_the_present_password_are_counted_with_those_at_signing_in(db: TestDb) {
        let world = World::start(db).await;
        let mut daan = world.at_home("daan@example.com").await;
        let form = [("password", PASSWORD), ("repeat", PASSWORD)];
        for n in 0..10 {
            assert_eq!(daan.post(world.at("/account/password"), &form).await.unwrap().status.as_u16(), 422, "{n}");
        }
        let page = daan.post(world.at("/account/password"), &form).await.unwrap();
        assert!(page.status.as_u16() == 429 && page.text.contains("too many tries"), "{}", page.text);
        assert!(!signs_in(&world, "daan@example.com", PASSWORD).await);
        world.advance(901);
        assert!(signs_in(&world, "daan@example.com", PASSWORD).await);
    }

    /// S4, case 21, case 26: an address changes when both links were confirmed, whichever comes first, and not by opening them.
    async fn an_address_changes_once_both_are_proven(db: TestDb) {
        let world = World::start(db).await;
        let mut daan = world.at_home("daan@example.com").await;
        world.advance(301);
        let page = daan.post(world.at("/account/email"), &[("email", "new@visser.example")]).await.unwrap();
        assert_eq!(page.url.path(), "/signin");
        world.again(&mut daan, "daan@example.com").await;
        for (bad, status) in [("a@b@c", 422), ("DAAN@example.com", 422), ("", 422)] {
            assert_eq!(asks(&world, &mut daan, bad).await.0, status, "{bad}");
        }
        let (_, page) = asks(&world, &mut daan, "New@visser.example").await;
        assert!(page.contains("New@visser.example") && page.contains("not yet confirmed"), "{page}");
        let (old, new) = (link(&world, "daan@example.com", "/address/").await, link(&world, "New@visser.example", "/address/").await);
        assert!(old.starts_with(&world.idp_url) && new.starts_with(&world.idp_url) && old != new);
        let mut anyone = world.browser();
        for opened in [&old, &new, &old] {
            assert_eq!(anyone.get(opened).await.unwrap().status.as_u16(), 200);
        }
        assert!(anyone.post(&new, &[]).await.unwrap().text.contains("Until then nothing changes"));
        assert!(anyone.post(&new, &[]).await.unwrap().text.contains("Until then nothing changes"), "twice proves one side");
        assert!(signs_in(&world, "daan@example.com", PASSWORD).await);
        assert!(anyone.post(&old, &[]).await.unwrap().text.contains("New@visser.example"));
        assert!(!signs_in(&world, "daan@example.com", PASSWORD).await);
        assert!(signs_in(&world, "New@visser.example", PASSWORD).await);
        for used in [&old, &new] {
            assert_eq!(anyone.post(used, &[]).await.unwrap().status.as_u16(), 410);
        }
        let mail = world.newest("daan@example.com").await;
        assert!(mail.contains("Your e-mail address was changed") && mail.contains("/not-me/"), "the address before is told: {mail}");
    }

    /// case 25: for an address that somebody has, the page says the same; its owner gets a mail without a link.
    async fn an_address_of_somebody_else_is_answered_alike_and_never_changes_hands(db: TestDb) {
        let world = World::start(db).await;
        let mut daan = world.at_home("daan@example.com").await;
        let (free, page) = asks(&world, &mut daan, "nila@example.com").await;
        let (taken, other) = asks(&world, &mut daan, "mila@example.com").await;
        assert_eq!((free, page.replace("nila@", "WHO@")), (taken, other.replace("mila@", "WHO@")));
        let mail = world.newest("mila@example.com").await;
        assert!(mail.contains("You have an account with it already") && !mail.contains("/address/"), "{mail}");
        // Somebody who came to have it only after both links were sent.
        assert_eq!(asks(&world, &mut daan, "eva@example.com").await.0, 200);
        let (old, new) = (link(&world, "daan@example.com", "/address/").await, link(&world, "eva@example.com", "/address/").await);
        world.apply("people: [{email: eva@example.com, name: Eva Jansen, password: correct horse battery}]").await;
        let mut anyone = world.browser();
        anyone.post(&new, &[]).await.unwrap();
        assert!(anyone.post(&old, &[]).await.unwrap().text.contains("already"));
        assert!(signs_in(&world, "daan@example.com", PASSWORD).await && signs_in(&world, "eva@example.com", PASSWORD).await);
    }

    /// S4: a way back that was mailed to the address before leads nowhere, whoever approves it: another may read that mailbox.
    async fn a_way_back_by_the_address_before_is_void(db: TestDb) {
        let world = World::start(db).await;
        let mut daan = world.at_home("daan@example.com").await;
        let mut anyone = world.browser();
        anyone.post(world.at("/recover"), &[("username", "daan@example.com")]).await.unwrap();
        let back = link(&world, "daan@example.com", "/recover/").await;
        let asked = [("do", "administrator"), ("scope", "password"), ("reason", "")];
        assert_eq!(anyone.post(&back, &asked).await.unwrap().status.as_u16(), 200);
        asks(&world, &mut daan, "new@visser.example").await;
        for email in ["daan@example.com", "new@visser.example"] {
            assert_eq!(anyone.get(&back).await.unwrap().status.as_u16(), 200);
            let confirm = link(&world, email, "/address/").await;
            anyone.post(&confirm, &[]).await.unwrap();
        }
        assert_eq!(anyone.get(&back).await.unwrap().status.as_u16(), 410);
    }

    /// S4: "this wasn't me" ends sessions and offline access, locks the password, puts the address back and tells administrators.
    async fn this_was_not_me_really_stops_it(db: TestDb) {
        let world = World::start(db).await;
        let (_, t) = tokens(&world, "daan@example.com", &[]).await;
        // Somebody else in his browser changes the address, then the password.
        let mut thief = world.at_home("daan@example.com").await;
        asks(&world, &mut thief, "thief@evil.example").await;
        let mut anyone = world.browser();
        for email in ["daan@example.com", "thief@evil.example"] {
            let confirm = link(&world, email, "/address/").await;
            anyone.post(&confirm, &[]).await.unwrap();
        }
        let stop = link(&world, "daan@example.com", "/not-me/").await;
        let page = thief.post(world.at("/account/password"), &[("password", NEW), ("repeat", NEW)]).await.unwrap();
        assert!(page.text.contains("Your password is changed"), "{}", page.text);
        let page = anyone.get(&stop).await.unwrap();
        assert!(page.text.contains("Your e-mail address was changed"), "{}", page.text);
        assert_eq!(thief.get(world.at("/account")).await.unwrap().url.path(), "/account", "opening it does nothing");
        let page = anyone.post(&stop, &[]).await.unwrap();
        assert!(page.text.contains("It is stopped"), "{}", page.text);
        assert_eq!(thief.get(world.at("/account")).await.unwrap().url.path(), "/signin");
        assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 401);
        for (email, password) in [("thief@evil.example", NEW), ("daan@example.com", NEW), ("daan@example.com", PASSWORD)] {
            assert!(!signs_in(&world, email, password).await, "{email} {password}");
        }
        let daan = world.id_of("daan@example.com").await;
        assert_eq!(world.noted("account.alarm", &daan).await, 1);
        let told = world.newest("bram@example.com").await;
        assert!(told.contains("Daan Visser") && told.contains("Your e-mail address was changed"), "{told}");
        assert!(anyone.post(&stop, &[]).await.unwrap().text.contains("It is stopped"), "again is answered alike");
        assert_eq!(world.noted("account.alarm", &daan).await, 1);
        world.advance(15 * 86_400);
        assert_eq!(anyone.post(&stop, &[]).await.unwrap().status.as_u16(), 410);
    }
}

/// A change that is given up, or asked for again, leaves links that open nothing.
#[tokio::test]
async fn only_the_latest_change_of_address_counts() {
    let world = World::start(TestDb::sqlite()).await;
    let mut daan = world.at_home("daan@example.com").await;
    asks(&world, &mut daan, "one@visser.example").await;
    let first = link(&world, "one@visser.example", "/address/").await;
    asks(&world, &mut daan, "two@visser.example").await;
    let second = link(&world, "two@visser.example", "/address/").await;
    let mut anyone = world.browser();
    assert_eq!(anyone.get(&first).await.unwrap().status.as_u16(), 410);
    assert_eq!(anyone.get(&second).await.unwrap().status.as_u16(), 200);
    daan.post(world.at("/account/email/cancel"), &[]).await.unwrap();
    assert_eq!(anyone.get(&second).await.unwrap().status.as_u16(), 410);
    for n in 0..3 {
        assert_eq!(asks(&world, &mut daan, &format!("n{n}@visser.example")).await.0, 200);
    }
    assert_eq!(asks(&world, &mut daan, "more@visser.example").await.0, 429, "five a day");
}
