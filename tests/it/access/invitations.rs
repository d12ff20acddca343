//! Invitations, from the mail to the grant.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use zegel::contract::feed::{Entry, Holder};
use zegel::demo::browser::{Answer, Browser};
use zegel::idp::admin::federation::flow as providers;
use zegel::idp::admin::gate::Asking;
use zegel::idp::credentials::authenticator::{code_at, seed_from_base32};
use zegel::idp::invitations::accept;
use zegel::kernel::clock::Clock;

use super::House;
use crate::on_both_engines;
use crate::support::flow::{in_by_app, offline_tokens, refresh, text};
use crate::support::world::{PASSWORD, SEED};

fn to(email: &str, house: &House) -> Value {
    json!({
        "email": email, "name": "Eva Jansen", "language": "nl", "relation": "r1", "level": "reader",
        "until": house.after(90 * 86_400), "reason": "her quote"
    })
}

async fn invite(house: &House, token: &str, id: &str, body: Value) -> (u16, Value) {
    house.call(token, "PUT", &format!("/api/invitations/{id}"), Some(body)).await
}

/// The link in the newest mail to an address.
async fn link(house: &House, email: &str) -> String {
    let mail = house.world.newest(email).await;
    mail.split_whitespace().find(|w| w.contains("/invitation/")).unwrap_or_else(|| panic!("no link in {mail}")).to_owned()
}

const CHOICE: [(&str, &str); 3] = [("do", "choose"), ("password", "a wholly new one"), ("repeat", "a wholly new one")];

async fn sign_in(house: &House, browser: &mut Browser, email: &str, password: &str) -> Answer {
    let at = |path: &str| format!("{}{path}", house.world.idp_url);
    browser.get(at("/signin")).await.unwrap();
    let page = browser.post(at("/signin"), &[("username", email), ("password", password)]).await.unwrap();
    if !page.text.contains("id=\"code\"") {
        return page;
    }
    let code = house.world.code_for(email, 6).await;
    browser.post(at("/signin/code"), &[("code", &code)]).await.unwrap()
}

on_both_engines! {
    /// P11, Z1, case 26: someone new becomes a person by the link alone, and is from then on whom it was made for.
    async fn someone_new_accepts_and_is_an_external_with_a_proven_address_and_the_grant(db: TestDb) {
        let house = House::new(db).await;
        let mila = house.token("mila@example.com").await;
        let before = house.log().await.len();
        let request = house.world.http.put(format!("{}/api/invitations/i1", house.world.idp_url)).bearer_auth(&mila);
        let request = request.header("x-forwarded-host", "evil.example").header("forwarded", "host=evil.example");
        let answer = request.json(&to("eva@example.com", &house)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 201);
        let (_, access) = house.access(&mila, "r1").await;
        assert_eq!(access["invitations"][0]["id"], "i1");
        assert_eq!(house.log().await.len(), before, "nobody has anything yet");
        assert!(house.person("eva@example.com").await.is_none());

        let link = link(&house, "eva@example.com").await;
        assert!(link.starts_with(&format!("{}/invitation/", house.world.idp_url)), "{link}");
        let mut browser = house.world.browser();
        let page = browser.get(&link).await.unwrap();
        assert!(page.text.contains("eva@example.com") && page.text.contains("name=\"repeat\""), "{}", page.text);
        for (password, repeat, status) in [("short", "short", 422), ("a wholly new one", "another", 422), ("eva.jansen.123", "eva.jansen.123", 422)] {
            let form = [("do", "choose"), ("password", password), ("repeat", repeat)];
            assert_eq!(browser.post(&link, &form).await.unwrap().status.as_u16(), status);
        }
        let done = browser.post(&link, &CHOICE).await.unwrap();
        assert_eq!(done.status.as_u16(), 200, "{}", done.text);
        let eva = house.person("eva@example.com").await.unwrap();
        assert_eq!((eva.staff, eva.active, eva.email_proven, eva.language.as_str()), (false, true, true, "nl"));
        let entries = house.since(before).await;
        let [person, invited, grant] = entries.as_slice() else { panic!("{entries:?}") };
        assert_eq!(person, &eva.entry());
        assert_eq!(invited, &Entry::Invited { invitation: "i1".into(), sub: eva.id.clone(), present: true });
        assert!(matches!(grant, Entry::Grant { holder: Holder::Person(p), relation, until: Some(_), present: true, .. } if *p == eva.id && relation == "r1"));
        // Once: neither she again nor anybody else.
        for mut other in [browser.clone(), house.world.browser()] {
            assert_eq!(other.get(&link).await.unwrap().status.as_u16(), 410);
            assert_eq!(other.post(&link, &CHOICE).await.unwrap().status.as_u16(), 410);
        }
        let page = sign_in(&house, &mut house.world.browser(), "eva@example.com", "a wholly new one").await;
        assert!(page.text.contains("Eva"), "{}", page.text);
        let (_, access) = house.access(&mila, "r1").await;
        assert_eq!((&access["invitations"], access["grants"].as_array().unwrap().len()), (&json!([]), 2));
    }

    /// Z1: who has an account signs in to it first, is led back, and confirms; the address proves nothing by itself.
    async fn someone_with_an_account_signs_in_first_comes_back_and_confirms(db: TestDb) {
        let house = House::new(db).await;
        // Her address is proven by the code of her first sign-in.
        house.world.member("patricia@example.com").await;
        let mila = house.token("mila@example.com").await;
        assert_eq!(invite(&house, &mila, "i1", to("PATRICIA@example.com", &house)).await.0, 201);
        let link = link(&house, "PATRICIA@example.com").await;
        let before = house.log().await.len();
        // Somebody else's browser: it is told so, and can sign out.
        let mut daan = house.world.member("daan@example.com").await;
        let page = daan.get(&link).await.unwrap();
        assert!(page.text.contains("Daan Visser") && page.text.contains("sign-out"), "{}", page.text);
        for form in [&CHOICE[..], &[("do", "confirm")], &[("do", "sign-in")], &[]] {
            daan.post(&link, form).await.unwrap();
        }
        let page = daan.post(&link, &[("do", "sign-out")]).await.unwrap();
        assert!(page.text.contains("value=\"sign-in\""), "{}", page.text);

        let mut browser = house.world.browser();
        let page = browser.get(&link).await.unwrap();
        assert!(page.text.contains("value=\"sign-in\"") && !page.text.contains("name=\"repeat\""), "{}", page.text);
        for form in [&CHOICE[..], &[("do", "confirm")]] {
            assert!(browser.post(&link, form).await.unwrap().text.contains("value=\"sign-in\""));
        }
        let page = browser.post(&link, &[("do", "sign-in")]).await.unwrap();
        assert!(page.text.contains("id=\"username\""), "{}", page.text);
        let page = sign_in(&house, &mut browser, "patricia@example.com", PASSWORD).await;
        assert_eq!(page.url.as_str(), link, "led back");
        assert!(page.text.contains("value=\"confirm\""), "{}", page.text);
        let entries = house.since(before).await;
        assert!(entries.iter().all(|e| matches!(e, Entry::SessionEnded { .. })), "nothing is accepted by looking: {entries:?}");
        let page = browser.post(&link, &[("do", "confirm")]).await.unwrap();
        assert_eq!(page.status.as_u16(), 200, "{}", page.text);
        let patricia = house.id_of("patricia@example.com").await;
        let accepted = Entry::Invited { invitation: "i1".into(), sub: patricia, present: true };
        assert!(house.since(before).await.contains(&accepted));
        assert!(house.since(before).await.iter().all(|e| !matches!(e, Entry::Person { .. })), "she was there");
        assert!(!browser.cookies["localhost"].contains_key("zegel_invitation"));
    }

    /// case 17: who accepts in his session is signed in as the policies ask; he shows what is missing, or sets it up, and is led back.
    async fn accepting_is_held_back_from_a_session_that_is_too_weak(db: TestDb) {
        let house = House::new(db).await;
        let mila = house.token("mila@example.com").await;
        let at = |path: &str| format!("{}{path}", house.world.idp_url);
        // Bram has an app and came by mail, Patricia has nothing but her mail.
        let mut bram = house.world.browser();
        bram.get(at("/signin")).await.unwrap();
        bram.post(at("/signin"), &[("username", "bram@example.com"), ("password", PASSWORD)]).await.unwrap();
        bram.post(at("/signin/way"), &[("way", "mail")]).await.unwrap();
        let code = house.world.code_for("bram@example.com", 6).await;
        bram.post(at("/signin/code"), &[("code", &code)]).await.unwrap();
        let mut patricia = house.world.member("patricia@example.com").await;
        for (id, email) in [("i1", "bram@example.com"), ("i2", "patricia@example.com")] {
            assert_eq!(invite(&house, &mila, id, to(email, &house)).await.0, 201);
        }
        let (brams, patricias) = (link(&house, "bram@example.com").await, link(&house, "patricia@example.com").await);
        let confirm = [("do", "confirm")];
        assert!(bram.get(&brams).await.unwrap().text.contains("value=\"confirm\""));
        house.world.apply("policies: [{for: everyone, least: password-app}]").await;
        let before = house.log().await.len();
        // Both the page and its form, which may have been open before.
        let page = bram.clone().get(&brams).await.unwrap();
        assert_eq!(page.url.path(), "/signin", "{}", page.text);
        let page = bram.post(&brams, &confirm).await.unwrap();
        assert!(page.url.path() == "/signin" && page.text.contains("authenticator"), "{} {}", page.url, page.text);
        assert_eq!(house.log().await.len(), before, "nothing was accepted");
        let shown = code_at(&seed_from_base32(SEED).unwrap(), house.world.clock.now());
        let page = bram.post(at("/signin/code"), &[("code", &shown)]).await.unwrap();
        assert!(page.url.as_str() == brams && page.text.contains("value=\"confirm\""), "{} {}", page.url, page.text);
        assert!(!bram.cookies["localhost"].contains_key("zegel_invitation"));
        let page = bram.post(&brams, &confirm).await.unwrap();
        assert!(page.status == 200 && !page.text.contains("value=\"confirm\""), "{}", page.text);
        // Patricia is led to set up an app, and from there back.
        let page = patricia.get(&patricias).await.unwrap();
        assert_eq!(page.url.path(), "/setup", "{}", page.text);
        let page = patricia.post(at("/account/security/authenticator"), &[("do", "begin")]).await.unwrap();
        let key = page.after("id=\"key\">").and_then(|k| k.split('<').next()).unwrap().replace(' ', "");
        let code = code_at(&seed_from_base32(&key).unwrap(), house.world.clock.now());
        patricia.post(at("/account/security/authenticator"), &[("do", "confirm"), ("code", &code)]).await.unwrap();
        let page = patricia.post(at("/setup"), &[("later", "codes")]).await.unwrap();
        assert!(page.url.as_str() == patricias && page.text.contains("value=\"confirm\""), "{} {}", page.url, page.text);
        assert!(!patricia.cookies["localhost"].contains_key("zegel_invitation"));
        // Where the link leads is kept by the browser alone.
        let secret = patricias.rsplit('/').next().unwrap();
        for sql in ["SELECT count(*) FROM signins WHERE goal LIKE $1", "SELECT count(*) FROM setups WHERE onward LIKE $1"] {
            let (kept,): (i64,) = house.world.idp().db.query(zegel::kernel::db::Sql::literal(sql)).bind(format!("%{secret}%")).one().await.unwrap();
            assert_eq!(kept, 0, "{sql}");
        }
    }

    /// case 17: decided in the transaction, too: what came past the page is asked again.
    async fn accepting_asks_the_policies_in_its_transaction(db: TestDb) {
        let house = House::new(db).await;
        let mila = house.token("mila@example.com").await;
        let browser = house.world.member("patricia@example.com").await;
        assert_eq!(invite(&house, &mila, "i1", to("patricia@example.com", &house)).await.0, 201);
        let link = link(&house, "patricia@example.com").await;
        let token = link.rsplit('/').next().unwrap();
        let (idp, cookie) = (house.world.idp(), browser.cookies["localhost"]["zegel_idp_session"].clone());
        let seen = accept::look(idp, token, Some(&cookie)).await.unwrap();
        house.world.apply("policies: [{for: everyone, least: password-app}]").await;
        let context = zegel::kernel::http::Context::of_program("a-test".into());
        let outcome = accept::accept(idp, &context, token, &seen, None, None).await.unwrap();
        assert!(matches!(outcome, accept::Outcome::Otherwise), "{outcome:?}");
        house.world.apply("policies: [{for: everyone, least: password-mail}]").await;
        let outcome = accept::accept(idp, &context, token, &seen, None, None).await.unwrap();
        assert!(matches!(outcome, accept::Outcome::Accepted), "{outcome:?}");
    }

    /// case 23: a password that was set before anybody had shown that the address is his does not outlive the invitation, nor does
    /// anything that it had opened.
    async fn what_was_set_before_the_address_was_proven_is_dropped(db: TestDb) {
        let house = House::new(db).await;
        let squat = r#"people: [{email: eva@example.com, name: Squatter, password: correct horse battery, authenticator: JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP}]"#;
        house.world.apply(squat).await;
        let squatter = house.id_of("eva@example.com").await;
        let mut inside = in_by_app(&house.world, "eva@example.com").await;
        let beyond = offline_tokens(&house.world, &mut inside).await;
        house.world.apply("upstreams: [{id: theirs, name: Theirs, issuer: \"https://theirs.example\", client_id: house, client_secret: theirs}]").await;
        let idp = house.world.idp();
        providers::link(idp, &Asking::command(idp), &squatter, "theirs", "a-squatter").await.unwrap();
        let mila = house.token("mila@example.com").await;
        invite(&house, &mila, "i1", to("eva@example.com", &house)).await;
        let link = link(&house, "eva@example.com").await;
        let mut browser = house.world.browser();
        assert!(browser.get(&link).await.unwrap().text.contains("name=\"repeat\""));
        assert_eq!(browser.post(&link, &CHOICE).await.unwrap().status.as_u16(), 200);
        let eva = house.person("eva@example.com").await.unwrap();
        assert!(eva.email_proven && eva.id == squatter);
        assert!(providers::links(idp, &squatter).await.unwrap().is_empty(), "nor is anyone in by another provider's word");
        assert_eq!(inside.get(format!("{}/account", house.world.idp_url)).await.unwrap().url.path(), "/signin", "who was in is out");
        assert_eq!(refresh(&house.world, text(&beyond, "refresh_token")).await.0, 400, "nor does offline access stay");
        let page = sign_in(&house, &mut house.world.browser(), "eva@example.com", PASSWORD).await;
        assert_eq!(page.status.as_u16(), 422);
        // The mailed code is asked for: the authenticator went with the password.
        let page = sign_in(&house, &mut house.world.browser(), "eva@example.com", "a wholly new one").await;
        assert_eq!(page.status.as_u16(), 200, "{}", page.text);
    }

    /// case 23, case 16: a link never replaces what an administrator set for someone who works here.
    async fn staff_signs_in_whatever_the_link_says(db: TestDb) {
        let house = House::new(db).await;
        let mila = house.token("mila@example.com").await;
        invite(&house, &mila, "i1", to("bram@example.com", &house)).await;
        let link = link(&house, "bram@example.com").await;
        let mut browser = house.world.browser();
        let before = house.log().await.len();
        for form in [&CHOICE[..], &[("do", "confirm")], &[]] {
            let page = browser.post(&link, form).await.unwrap();
            assert!(page.text.contains("value=\"sign-in\""), "{}", page.text);
        }
        assert_eq!(house.log().await.len(), before);
    }

    /// case 16: without the link nothing can be accepted, whatever is sent.
    async fn accepting_needs_the_link(db: TestDb) {
        let house = House::new(db).await;
        let mila = house.token("mila@example.com").await;
        invite(&house, &mila, "i1", to("eva@example.com", &house)).await;
        let link = link(&house, "eva@example.com").await;
        let at = |token: &str| format!("{}/invitation/{token}", house.world.idp_url);
        let token = link.rsplit('/').next().unwrap();
        let mut changed = token.to_owned();
        changed.replace_range(0..1, if token.starts_with('A') { "B" } else { "A" });
        for wrong in ["i1", "x", &changed, &token[1..], &format!("{token}A"), &"A".repeat(43), &"x".repeat(4000)] {
            let mut browser = house.world.browser();
            assert_eq!(browser.get(at(wrong)).await.unwrap().status.as_u16(), 410, "{wrong}");
            assert_eq!(browser.post(at(wrong), &CHOICE).await.unwrap().status.as_u16(), 410, "{wrong}");
        }
        // A form of another site is refused, also with the right link.
        let request = house.world.http.post(&link).header("sec-fetch-site", "cross-site").header("origin", "https://evil.example");
        assert_eq!(request.form(&CHOICE).send().await.unwrap().status().as_u16(), 403);
        house.world.advance(7 * 86_400);
        assert_eq!(house.world.browser().post(&link, &CHOICE).await.unwrap().status.as_u16(), 410, "expired");
        assert!(house.person("eva@example.com").await.is_none());
    }

    /// case 18: of fifty who accept one link at once, one does.
    async fn of_fifty_who_accept_at_once_one_becomes_a_person(db: TestDb) {
        let house = House::new(db).await;
        let mila = house.token("mila@example.com").await;
        invite(&house, &mila, "i1", to("eva@example.com", &house)).await;
        let link = link(&house, "eva@example.com").await;
        let before = house.log().await.len();
        let tries = (0..50).map(|_| {
            let (mut browser, link) = (house.world.browser(), link.clone());
            async move {
                let answer = browser.once(reqwest::Method::POST, &link, Some(&CHOICE)).await.unwrap();
                let signed_in = answer.location().is_some_and(|to| to.path() == "/setup");
                (answer.status.as_u16(), signed_in)
            }
        });
        let mut counts = BTreeMap::new();
        for came in futures_util::future::join_all(tries).await {
            *counts.entry(came).or_insert(0) += 1;
        }
        assert_eq!(counts.get(&(303, true)), Some(&1), "{counts:?}");
        // The others found it used, an account to sign in to by then, or too much going on.
        assert!(counts.keys().all(|(s, _)| [303, 410, 503].contains(s)), "{counts:?}");
        let entries = house.since(before).await;
        assert!(matches!(entries.as_slice(), [Entry::Person { .. }, Entry::Invited { .. }, Entry::Grant { .. }]), "{entries:?}");
    }

    /// Taking back an invitation voids its link, or ends what came of it, but nothing that was given besides.
    async fn an_invitation_that_is_taken_back_opens_nothing(db: TestDb) {
        let house = House::new(db).await;
        let mila = house.token("mila@example.com").await;
        let revoke = async |id: &str| house.call(&mila, "DELETE", &format!("/api/invitations/{id}"), None).await;
        invite(&house, &mila, "i1", to("eva@example.com", &house)).await;
        let first = link(&house, "eva@example.com").await;
        house.world.advance(30);
        assert_eq!(revoke("i1").await.0, 200);
        assert_eq!(house.world.browser().post(&first, &CHOICE).await.unwrap().status.as_u16(), 410);
        assert_eq!(invite(&house, &mila, "i1", to("eva@example.com", &house)).await.0, 409, "it stays taken back");

        invite(&house, &mila, "i2", to("eva@example.com", &house)).await;
        let second = link(&house, "eva@example.com").await;
        assert_eq!(house.world.browser().post(&second, &CHOICE).await.unwrap().status.as_u16(), 200);
        let eva = house.id_of("eva@example.com").await;
        let before = house.log().await.len();
        let (status, taken) = revoke("i2").await;
        assert_eq!((status, &taken["state"]), (200, &json!("pending")), "nobody polls here: {taken}");
        let entries = house.since(before).await;
        let [invited, Entry::Grant { present: false, .. }] = entries.as_slice() else { panic!("{entries:?}") };
        assert_eq!(invited, &Entry::Invited { invitation: "i2".into(), sub: eva.clone(), present: false });
        assert_eq!(revoke("i2").await.0, 200);
        assert_eq!(house.log().await.len(), before + 2, "once");

        // What Mila gave by hand is not the invitation's to take.
        assert_eq!(house.give(&mila, "r1", json!({"holder": {"person": eva}, "level": "contributor"})).await.0, 201);
        invite(&house, &mila, "i3", to("eva@example.com", &house)).await;
        let third = link(&house, "eva@example.com").await;
        let mut browser = house.world.browser();
        sign_in(&house, &mut browser, "eva@example.com", "a wholly new one").await;
        assert_eq!(browser.post(&third, &[("do", "confirm")]).await.unwrap().status.as_u16(), 200);
        assert_eq!(revoke("i3").await.0, 200);
        let (_, access) = house.access(&mila, "r1").await;
        assert!(access["grants"].as_array().unwrap().iter().any(|g| g["holder"]["person"] == *eva && g["level"] == "contributor"), "{access}");
    }

    /// An id names one invitation: asked for again it is the same, mailed once, and never another's.
    async fn an_invitation_is_made_once_and_never_changed(db: TestDb) {
        let house = House::new(db).await;
        let (mila, daan) = (house.token("mila@example.com").await, house.token("daan@example.com").await);
        let body = to("eva@example.com", &house);
        assert_eq!(invite(&house, &daan, "i1", body.clone()).await.0, 404);
        assert_eq!(invite(&house, &mila, "i1", body.clone()).await.0, 201);
        let first = link(&house, "eva@example.com").await;
        assert_eq!(invite(&house, &mila, "i1", body.clone()).await.0, 200);
        assert_eq!(link(&house, "eva@example.com").await, first, "no second mail");
        for (field, value) in [("email", "other@example.com"), ("relation", "r2"), ("level", "manager"), ("name", "Another")] {
            let mut other = body.clone();
            other[field] = value.into();
            let status = invite(&house, &mila, "i1", other).await.0;
            assert_eq!(status, if field == "relation" { 404 } else { 409 }, "{field}");
        }
        for (field, value) in [("email", "a@b@c"), ("language", "xx"), ("name", "")] {
            let mut bad = body.clone();
            bad[field] = value.into();
            assert_eq!(invite(&house, &mila, "i9", bad).await.0, 422, "{field}");
        }
        // A link that has lapsed gets a successor when it is asked for again; the old one stays void.
        house.world.advance(8 * 86_400);
        let mila = house.token("mila@example.com").await;
        assert_eq!(invite(&house, &mila, "i1", body).await.0, 201);
        let second = link(&house, "eva@example.com").await;
        assert_ne!(first, second);
        assert_eq!(house.world.browser().get(&first).await.unwrap().status.as_u16(), 410);
        assert_eq!(house.world.browser().get(&second).await.unwrap().status.as_u16(), 200);
        // Mails to one address have a limit.
        let mut statuses = Vec::new();
        for n in 0..6 {
            statuses.push(invite(&house, &mila, &format!("more{n}"), to("eva@example.com", &house)).await.0);
        }
        assert_eq!(statuses.iter().filter(|s| **s == 429).count(), 2, "{statuses:?}");
    }
}
