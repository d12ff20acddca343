//! When someone signed in there: what an old sign-in counts for, and what is asked of him where it is to be one of now.

use reqwest::Method;
use serde_json::json;
use url::Url;
use zegel::demo::browser::{Answer, Browser};
use zegel::kernel::clock::Clock;

use super::{House, Says, query};
use crate::on_both_engines;
use crate::support::flow::{answered, authorize_url, claims, redeem, text};

const HOURS: i64 = 8 * 3600;
/// Its word is enough: no other factor is shown now.
const TRUSTED: &str = "domains: [example.com], create: domains, trust: [{amr: [mfa], counts_as: \"urn:zegel:acr:password-app\"}]";

/// Nina, who signed in there with two factors.
fn nina(house: &House) {
    house.partner.is("s-1", json!({"email": "nina@example.com", "email_verified": true, "amr": ["mfa"]}));
}

/// Goes to the partner from an application's request.
async fn leave_by(house: &House, changes: &[(&str, &str)]) -> (Browser, Url) {
    let mut browser = house.world.browser();
    browser.get(authorize_url(&house.world, changes)).await.unwrap();
    let to = house.leave(&mut browser, "/signin/with/partner").await;
    (browser, to)
}

/// Comes back from there, one step.
async fn back_once(house: &House, browser: &mut Browser, to: &Url) -> Answer {
    let pairs = [("state", query(to, "state")), ("code", "a-code".into()), ("iss", house.partner.url().to_owned())];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    browser.once(Method::GET, &house.at(&format!("/federation/partner/callback?{query}")), None).await.unwrap()
}

/// What the application is told of when someone signed in.
async fn auth_time(house: &House, answer: &Answer) -> i64 {
    let code = answered(answer, "code").unwrap_or_else(|| panic!("a code: {} {}", answer.url, answer.text));
    let (status, tokens) = redeem(&house.world, &code).await;
    assert_eq!(status, 200, "{tokens}");
    claims(text(&tokens, "id_token"))["auth_time"].as_i64().unwrap()
}

fn now(house: &House) -> i64 {
    house.world.clock.now().seconds()
}

fn is_anew(to: &Url) -> bool {
    query(to, "prompt") == "login" && query(to, "max_age") == "0"
}

fn is_refused(page: &Answer) -> bool {
    page.status == 403 && page.text.contains("did not ask you to sign in again")
}

on_both_engines! {
    /// S10, case 17: asked anew, someone signs in there anew. An answer by a session that he has there, whether the partner passed
    /// over what it was asked or that was taken out of the address, signs nobody in; nor does one that says no time, or one to come.
    async fn where_a_sign_in_is_asked_anew_an_old_one_is_refused(db: TestDb) {
        let house = House::open(db, TRUSTED).await;
        for (n, asked) in [("prompt", "login"), ("max_age", "0"), ("max_age", "86400")].into_iter().enumerate() {
            nina(&house);
            let (mut browser, mut to) = leave_by(&house, &[asked]).await;
            for ago in [Some(HOURS), Some(11), None, Some(-60)] {
                assert!(is_anew(&to), "{asked:?}: {to}");
                house.partner.since(ago);
                let page = house.back(&mut browser, &to).await;
                assert!(is_refused(&page), "{asked:?} {ago:?}: {} {}", page.status, page.text);
                assert_eq!(house.rows("SELECT COUNT(*) FROM sessions").await, n as i64, "{asked:?} {ago:?}");
                // The sign-in stays, and asks for the same.
                to = house.leave(&mut browser, "/signin/with/partner").await;
            }
            house.world.advance(60);
            house.partner.since(Some(5));
            let answer = back_once(&house, &mut browser, &to).await;
            assert_eq!(auth_time(&house, &answer).await, now(&house) - 5, "{asked:?}");
        }
    }

    /// S10: when he signed in is the ID token's to say, as how he did is.
    async fn userinfo_does_not_say_when_someone_signed_in(db: TestDb) {
        let house = House::open(db, TRUSTED).await;
        let userinfo = json!({"sub": "s-1", "email": "nina@example.com", "email_verified": true, "auth_time": now(&house)});
        house.partner.says(Says { token: json!({"sub": "s-1"}), userinfo, ..Says::default() });
        let (mut browser, to) = leave_by(&house, &[("prompt", "login")]).await;
        let page = house.back(&mut browser, &to).await;
        assert!(is_refused(&page), "{} {}", page.status, page.text);
    }

    /// S10, case 21: a sign-in there counts from when it was, for applications and for what asks for a factor of the last minutes;
    /// one that the partner says nothing of, or that is to come by its clock, counts from now.
    async fn a_sign_in_there_counts_from_when_it_was(db: TestDb) {
        let house = House::open(db, TRUSTED).await;
        for (ago, counts, is_fresh) in [(Some(HOURS), HOURS, false), (Some(299), 299, true), (None, 0, true), (Some(-60), 0, true)] {
            nina(&house);
            house.partner.since(ago);
            let (mut browser, to) = leave_by(&house, &[]).await;
            assert_eq!((query(&to, "prompt"), query(&to, "max_age")), (String::new(), String::new()), "nothing is asked anew");
            let answer = back_once(&house, &mut browser, &to).await;
            assert_eq!(auth_time(&house, &answer).await, now(&house) - counts, "{ago:?}");
            let remove = house.at("/account/connections/partner/remove");
            let answer = browser.once(Method::POST, &remove, Some(&[])).await.unwrap();
            let to = answer.location().unwrap();
            if is_fresh {
                assert_eq!(to.query(), Some("problem=last"), "{ago:?}: it goes on");
                continue;
            }
            assert_eq!(to.path(), "/signin", "{ago:?}: a factor is asked");
            browser.get(house.at("/signin")).await.unwrap();
            let code = house.world.code_for("nina@example.com", 6).await;
            let page = browser.post(house.at("/signin/code"), &[("code", &code)]).await.unwrap();
            assert_eq!(page.url.path(), "/account/connections", "{}", page.text);
            let answer = browser.once(Method::POST, &remove, Some(&[])).await.unwrap();
            assert_eq!(answer.location().unwrap().query(), Some("problem=last"), "and leads back");
            let strong = "SELECT COUNT(*) FROM sessions WHERE acr = 'urn:zegel:acr:password-app'";
            assert_eq!(house.rows(strong).await, 1, "no weaker by it");
        }
    }

    /// S3, S10: a sign-in there that is older than a policy lets one be is shown there again, before it begins anything here.
    async fn a_sign_in_that_is_too_old_for_a_policy_is_shown_again(db: TestDb) {
        let house = House::open(db, TRUSTED).await;
        house.world.apply("policies: [{for: {application: app}, sign_in_every: 60}]").await;
        nina(&house);
        house.partner.since(Some(HOURS));
        let (mut browser, to) = leave_by(&house, &[]).await;
        let answer = back_once(&house, &mut browser, &to).await;
        let to = answer.location().unwrap();
        assert!(to.as_str().starts_with(house.partner.url()) && is_anew(&to), "{to}");
        assert_eq!(house.rows("SELECT COUNT(*) FROM sessions").await, 0);
        *house.partner.0.nonce.lock().unwrap() = query(&to, "nonce");
        house.partner.since(Some(0));
        let answer = back_once(&house, &mut browser, &to).await;
        assert_eq!(auth_time(&house, &answer).await, now(&house));
        // At this provider's own pages no such thing is asked.
        house.partner.since(Some(HOURS));
        assert_eq!(house.through().await.1.url.path(), "/");
    }

    /// case 17, S10: whoever is sent to sign in because his session is too old by a policy does so there, not by what he has there.
    async fn a_session_that_has_become_too_old_is_begun_anew_there(db: TestDb) {
        let house = House::open(db, TRUSTED).await;
        house.world.apply("policies: [{for: everyone, sign_in_every: 60}]").await;
        nina(&house);
        let (mut browser, page) = house.through().await;
        assert_eq!(page.url.path(), "/", "{}", page.text);
        house.world.advance(3601);
        for way in [house.at("/account"), authorize_url(&house.world, &[])] {
            let page = browser.get(&way).await.unwrap();
            assert_eq!(page.url.path(), "/signin", "{way}");
            let to = house.leave(&mut browser, "/signin/with/partner").await;
            assert!(is_anew(&to), "{way}: {to}");
            house.partner.since(Some(3601));
            assert!(is_refused(&house.back(&mut browser, &to).await), "{way}");
        }
        let to = house.leave(&mut browser, "/signin/with/partner").await;
        house.partner.since(Some(0));
        let answer = back_once(&house, &mut browser, &to).await;
        assert_eq!(auth_time(&house, &answer).await, now(&house));
    }
}
