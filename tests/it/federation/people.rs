//! Whom a partner's word makes of someone, and what ends with it.

use serde_json::json;
use zegel::idp::admin::federation::flow as providers;
use zegel::idp::admin::gate::Asking;

use super::{House, query};
use crate::on_both_engines;
use crate::support::flow::{in_by_app, offline_tokens, refresh, text};
use crate::support::world::PASSWORD;

const BOTH: &str = "domains: [example.com], link: domains, create: domains";

on_both_engines! {
    /// S10: made at the first sign-in, known by subject at the next, whatever the address is then.
    async fn someone_new_is_made_once_and_known_by_subject_afterwards(db: TestDb) {
        let house = House::open(db, "domains: [example.com], create: domains, staff: true").await;
        house.partner.is("s-1", json!({"email": "nina@example.com", "email_verified": true, "name": "Nina Kok", "locale": "nl-NL"}));
        house.signed_in("nina@example.com").await;
        let made = "SELECT COUNT(*) FROM people WHERE email_key = 'nina@example.com' AND name = 'Nina Kok' AND language = 'nl'
             AND staff AND email_proven_at IS NOT NULL AND password IS NULL";
        assert_eq!(house.rows(made).await, 1);
        house.partner.is("s-1", json!({"email": "someone@else.example", "name": "Nina de Boer"}));
        house.signed_in("nina@example.com").await;
        assert_eq!(house.rows("SELECT COUNT(*) FROM people WHERE name = 'Nina de Boer'").await, 1);
        assert_eq!(house.rows("SELECT COUNT(*) FROM people WHERE email_key = 'someone@else.example'").await, 0);
        assert_eq!(house.rows("SELECT COUNT(*) FROM upstream_links").await, 1);
    }

    /// case 23: an address that is not verified, or not the partner's to give, links nobody; and the answer is the same for a
    /// person who is there and one who isn't.
    async fn an_address_alone_is_nobody(db: TestDb) {
        let house = House::open(db, BOTH).await;
        let mut pages = Vec::new();
        for claims in [
            json!({"email": "mila@example.com"}),
            json!({"email": "mila@example.com", "email_verified": false}),
            json!({"email": "nobody@example.com", "email_verified": false}),
            json!({"email": "mila@elsewhere.example", "email_verified": true}),
            json!({}),
        ] {
            house.partner.is("s-2", claims.clone());
            let (mut browser, page) = house.through().await;
            assert_eq!(page.status, 403, "{claims}: {}", page.text);
            assert!(page.text.contains("Nobody here is connected to that account"), "{}", page.text);
            assert!(!house.is_in(&mut browser).await);
            pages.push(page.text);
        }
        pages.dedup();
        assert_eq!(pages.len(), 1, "one answer for all");
        assert_eq!(house.rows("SELECT COUNT(*) FROM upstream_links").await, 0);
    }

    /// case 23: whatever was set for an address before anyone proved it is dropped when its owner comes, and who is in by it is out.
    async fn credentials_of_before_the_address_was_proven_are_dropped(db: TestDb) {
        let house = House::open(db, "domains: [other.example], link: domains").await;
        let squat = r#"people: [{email: eva@example.com, name: Squatter, password: correct horse battery, authenticator: JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP}]"#;
        house.world.apply(squat).await;
        let mut inside = in_by_app(&house.world, "eva@example.com").await;
        let page = inside.post(house.at("/account/security/recovery"), &[]).await.unwrap();
        assert!(page.text.contains("<li><code>"), "{}", page.text);
        let beyond = offline_tokens(&house.world, &mut inside).await;
        let unproven = "SELECT COUNT(*) FROM people WHERE email_key = 'eva@example.com' AND email_proven_at IS NULL AND password IS NOT NULL";
        assert_eq!(house.rows(unproven).await, 1, "a password that someone set, for an address that nobody proved");
        let (idp, eva) = (house.world.idp(), house.world.id_of("eva@example.com").await);
        house.world.apply("upstreams: [{id: theirs, name: Theirs, issuer: \"https://theirs.example\", client_id: house, client_secret: theirs}]").await;
        providers::link(idp, &Asking::command(idp), &eva, "theirs", "a-squatter").await.unwrap();
        house.upstream(BOTH).await;
        house.partner.is("s-3", json!({"email": "eva@example.com", "email_verified": true}));
        house.signed_in("eva@example.com").await;
        assert_eq!(house.rows("SELECT COUNT(*) FROM people WHERE email_key = 'eva@example.com' AND password IS NULL").await, 1);
        assert_eq!(house.rows("SELECT COUNT(*) FROM recovery_codes").await, 0);
        assert!(!house.is_in(&mut inside).await, "who was in is out");
        assert_eq!(refresh(&house.world, text(&beyond, "refresh_token")).await.0, 400, "nor does offline access stay");
        let mut browser = house.world.browser();
        browser.get(house.at("/signin")).await.unwrap();
        house.upstream("domains: [other.example], link: domains").await;
        let page = browser.post(house.at("/signin"), &[("username", "eva@example.com"), ("password", PASSWORD)]).await.unwrap();
        assert_eq!(page.status, 422, "{}", page.text);
        assert_eq!(house.rows("SELECT COUNT(*) FROM upstream_links WHERE upstream_id = 'theirs'").await, 0, "nor elsewhere");
    }

    /// case 23: whoever has proven the address keeps what he has.
    async fn credentials_of_after_the_address_was_proven_stay(db: TestDb) {
        let house = House::open(db, "domains: [example.com], link: domains").await;
        house.upstream("domains: [other.example], link: domains").await;
        house.world.member("mila@example.com").await;
        house.upstream("domains: [example.com], link: domains").await;
        house.partner.is("s-4", json!({"email": "mila@example.com", "email_verified": true}));
        house.signed_in("mila@example.com").await;
        assert_eq!(house.rows("SELECT COUNT(*) FROM people WHERE email_key = 'mila@example.com' AND password IS NOT NULL").await, 1);
    }

    /// S10, case 17: the partner's word is one factor, and counts for more only where a rule says so.
    async fn a_word_is_one_factor_unless_a_rule_says_more(db: TestDb) {
        let house = House::open(db, "domains: [example.com], create: domains").await;
        let strong = json!({"email": "nina@example.com", "email_verified": true, "acr": "two", "amr": ["pwd", "otp", "mfa"]});
        house.partner.is("s-5", strong.clone());
        let (mut browser, page) = house.through().await;
        assert!(page.text.contains("id=\"code\""), "{}", page.text);
        assert!(!house.is_in(&mut browser).await);
        house.upstream("domains: [example.com], create: domains, trust: [{acr: two, amr: [mfa], counts_as: \"urn:zegel:acr:password-app\"}]").await;
        let (_, page) = house.through().await;
        assert_eq!(page.url.path(), "/", "{}", page.text);
        assert_eq!(house.rows("SELECT COUNT(*) FROM sessions WHERE acr = 'urn:zegel:acr:password-app'").await, 1);
        house.partner.is("s-5", json!({"acr": "one", "amr": ["mfa"]}));
        let (_, page) = house.through().await;
        assert!(page.text.contains("id=\"code\""), "{}", page.text);
    }

    /// S10: groups follow the partner's, those that someone is in for another reason stay.
    async fn groups_follow_the_partners(db: TestDb) {
        let house = House::open(db, "domains: [example.com], link: domains, groups: {g-sales: Sales, g-drive: Drivers}").await;
        house.world.apply("groups: [{name: Sales}, {name: Drivers, members: [daan@example.com]}, {name: Board, members: [daan@example.com]}]").await;
        let groups = async || {
            let sql = "SELECT g.name FROM groups g JOIN group_members m ON m.group_id = g.id ORDER BY g.name";
            let rows = house.world.idp().db.query(zegel::kernel::db::Sql::literal(sql)).all::<(String,)>().await.unwrap();
            rows.into_iter().map(|(name,)| name).collect::<Vec<_>>()
        };
        let says = |groups: serde_json::Value| {
            house.partner.is("s-6", json!({"email": "daan@example.com", "email_verified": true, "groups": groups}));
        };
        says(json!(["g-sales", "g-drive", "administrators"]));
        house.signed_in("daan@example.com").await;
        assert_eq!(groups().await, ["Board", "Drivers", "Sales"]);
        says(json!([]));
        house.signed_in("daan@example.com").await;
        assert_eq!(groups().await, ["Board", "Drivers"]);
    }

    /// case 29: taken out of use, whatever began with the partner's word ends at once, sign-ins under way and offline access too.
    async fn disabling_a_provider_ends_what_began_with_its_word(db: TestDb) {
        let house = House::open(db, "domains: [example.com], create: domains").await;
        house.partner.is("s-7", json!({"email": "nina@example.com", "email_verified": true}));
        let mut inside = house.signed_in("nina@example.com").await;
        let beyond = offline_tokens(&house.world, &mut inside).await;
        let mut own = house.world.browser();
        house.upstream("domains: [other.example]").await;
        own.get(house.at("/signin")).await.unwrap();
        house.world.sign_in_from(&mut own, "mila@example.com").await;
        let (mut halfway, page) = house.through().await;
        assert!(page.text.contains("id=\"code\""), "{}", page.text);
        let code = house.world.code_for("nina@example.com", 6).await;
        let (mut away, to) = house.go().await;
        assert!(house.is_in(&mut inside).await && house.is_in(&mut own).await);
        house.upstream("enabled: false").await;
        assert!(!house.is_in(&mut inside).await);
        assert!(house.is_in(&mut own).await, "who signed in otherwise stays");
        let page = halfway.post(house.at("/signin/code"), &[("code", &code)]).await.unwrap();
        assert_eq!(page.status, 410, "{}", page.text);
        assert_eq!(house.back(&mut away, &to).await.status, 410);
        let page = house.world.browser().get(house.at("/signin")).await.unwrap();
        assert!(!page.text.contains("/signin/with/partner"));
        house.upstream("enabled: true").await;
        assert!(!house.is_in(&mut inside).await, "nothing of it comes back");
        assert_eq!(refresh(&house.world, text(&beyond, "refresh_token")).await.0, 400);
    }

    /// S10: who has an address in one of its domains is led there, whether there is such a person or not (case 25).
    async fn whoever_has_its_address_is_led_there(db: TestDb) {
        let house = House::open(db, "domains: [partner.example], button: false").await;
        for (name, password) in [("new@Partner.Example", ""), ("other@partner.example", PASSWORD)] {
            let mut browser = house.world.browser();
            let page = browser.get(house.at("/signin")).await.unwrap();
            assert!(!page.text.contains("/signin/with/partner"), "it is not offered to everyone");
            let form = [("username", name), ("password", password)];
            let answer = browser.once(reqwest::Method::POST, &house.at("/signin"), Some(&form)).await.unwrap();
            let to = answer.location().unwrap();
            assert_eq!(query(&to, "login_hint"), name, "{to}");
        }
        let mut browser = house.world.browser();
        browser.get(house.at("/signin")).await.unwrap();
        let page = browser.post(house.at("/signin"), &[("username", "mila@example.com"), ("password", PASSWORD)]).await.unwrap();
        assert!(page.text.contains("id=\"code\""), "everyone else signs in here");
    }

    /// case 21: someone who is signed in connects his account elsewhere, having shown a factor a moment ago, and signs in with it.
    async fn someone_connects_an_account_and_disconnects_it(db: TestDb) {
        let house = House::open(db, "button: true").await;
        let mut browser = house.world.member("mila@example.com").await;
        house.world.advance(301);
        let answer = browser.once(reqwest::Method::POST, &house.at("/account/connections/partner/connect"), Some(&[])).await.unwrap();
        assert_eq!(answer.location().unwrap().path(), "/signin", "a factor is asked first");
        browser.get(house.at("/signin")).await.unwrap();
        let code = house.world.code_for("mila@example.com", 6).await;
        let page = browser.post(house.at("/signin/code"), &[("code", &code)]).await.unwrap();
        assert_eq!(page.url.path(), "/account/connections", "{}", page.text);
        let to = house.leave(&mut browser, "/account/connections/partner/connect").await;
        assert_eq!(query(&to, "prompt"), "select_account");
        house.partner.is("s-8", json!({}));
        let page = house.back(&mut browser, &to).await;
        assert_eq!((page.url.path(), page.url.query()), ("/account/connections", Some("done=connected")), "{}", page.text);
        let mut other = house.signed_in("mila@example.com").await;
        let to = house.leave(&mut browser, "/account/connections/partner/connect").await;
        house.partner.is("s-9", json!({}));
        assert_eq!(house.back(&mut browser, &to).await.url.query(), Some("problem=taken"), "one account there for each here");
        let page = browser.post(house.at("/account/connections/partner/remove"), &[]).await.unwrap();
        assert_eq!(page.url.query(), Some("done=removed"), "{}", page.text);
        assert!(!house.is_in(&mut other).await, "what began with it ends");
        house.partner.is("s-8", json!({}));
        assert_eq!(house.through().await.1.status, 403);
    }

    /// S10: nobody locks himself out.
    async fn the_only_way_to_sign_in_is_not_disconnected(db: TestDb) {
        let house = House::open(db, "domains: [example.com], create: domains").await;
        house.partner.is("s-10", json!({"email": "nina@example.com", "email_verified": true}));
        let mut browser = house.signed_in("nina@example.com").await;
        let page = browser.post(house.at("/account/connections/partner/remove"), &[]).await.unwrap();
        assert_eq!(page.url.query(), Some("problem=last"), "{}", page.text);
        assert_eq!(house.rows("SELECT COUNT(*) FROM upstream_links").await, 1);
    }
}
