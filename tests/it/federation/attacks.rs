//! Answers that must not be taken.

use serde_json::{Value, json};
use zegel::idp::federation::model::Said;
use zegel::idp::federation::{FederationError, arrive, store};
use zegel::idp::signin::finish::{Browser, Ready};
use zegel::kernel::http::Context;

use super::{House, SECRET, Says, query, upstream};
use crate::on_both_engines;

const MAKES: &str = "domains: [example.com], create: domains";

fn nina() -> Value {
    json!({"sub": "s-1", "email": "nina@example.com", "email_verified": true})
}

async fn nobody_is_in(house: &House, about: &str) {
    assert_eq!(house.rows("SELECT COUNT(*) FROM sessions").await, 0, "{about}");
    assert_eq!(house.rows("SELECT COUNT(*) FROM upstream_links").await, 0, "{about}");
}

on_both_engines! {
    /// S10: the way there is the authorization code flow with state, nonce and PKCE, and the code is redeemed with all of it.
    async fn the_way_there_has_state_nonce_and_pkce(db: TestDb) {
        let house = House::open(db, "acr_values: two, scope: \"openid email groups\"").await;
        let (mut browser, to) = house.go().await;
        for (name, value) in [
            ("response_type", "code"),
            ("client_id", "house"),
            ("redirect_uri", &house.at("/federation/partner/callback")),
            ("scope", "openid email groups"),
            ("acr_values", "two"),
            ("code_challenge_method", "S256"),
            ("prompt", ""),
        ] {
            assert_eq!(query(&to, name), value, "{name}");
        }
        assert!(query(&to, "state").len() >= 43 && query(&to, "nonce").len() >= 43);
        house.partner.says(Says { token: nina(), ..Says::default() });
        house.back(&mut browser, &to).await;
        let (form, authorization) = house.partner.0.seen.lock().unwrap().pop().unwrap();
        let pair = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("house:{SECRET}"));
        assert_eq!(authorization, format!("Basic {pair}"));
        let verifier = url::form_urlencoded::parse(form.as_bytes()).find(|(k, _)| k == "code_verifier").unwrap().1.into_owned();
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
        let challenge = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, digest);
        assert_eq!(query(&to, "code_challenge"), challenge);
        assert!(!form.contains(SECRET));
    }

    /// case 7, case 8: an ID token that isn't its issuer's, for this server, for this sign-in, of now, signs nobody in.
    async fn an_id_token_that_does_not_fit_signs_nobody_in(db: TestDb) {
        let house = House::open(db, MAKES).await;
        let now = zegel::kernel::clock::Clock::now(house.world.clock.as_ref()).seconds();
        for (name, value) in [
            ("iss", json!("https://evil.example")),
            ("iss", Value::Null),
            ("aud", json!("another")),
            ("aud", json!(["house", "another"])),
            ("aud", Value::Null),
            ("azp", json!("another")),
            ("nonce", json!("another")),
            ("nonce", Value::Null),
            ("exp", json!(now - 60)),
            ("exp", json!((now + 60).to_string())),
            ("exp", Value::Null),
            ("iat", json!(now + 3600)),
            ("iat", Value::Null),
            ("auth_time", json!("yesterday")),
            ("auth_time", json!(-1)),
            ("sub", json!("")),
            ("sub", json!(5)),
            ("sub", json!("x".repeat(256))),
        ] {
            let mut token = nina();
            token[name] = value.clone();
            house.partner.says(Says { token, ..Says::default() });
            let (_, page) = house.through().await;
            assert_eq!(page.status, 502, "{name} {value}: {}", page.text);
            nobody_is_in(&house, name).await;
        }
        house.partner.says(Says { token: nina(), foreign: true, ..Says::default() });
        assert_eq!(house.through().await.1.status, 502, "signed with a key that it does not publish");
        house.partner.says(Says { error: Some("invalid_grant"), ..Says::default() });
        assert_eq!(house.through().await.1.status, 502);
        nobody_is_in(&house, "a code that is refused").await;
        let mut token = nina();
        token["aud"] = json!(["house"]);
        house.partner.says(Says { token, ..Says::default() });
        assert_eq!(house.through().await.1.status, 200, "what fits is taken");
    }

    /// case 23: userinfo counts only for the subject of the ID token, and never for how he signed in.
    async fn userinfo_about_someone_else_is_refused(db: TestDb) {
        let house = House::open(db, "domains: [example.com], create: domains, trust: [{acr: two, counts_as: \"urn:zegel:acr:passkey\"}]").await;
        let userinfo = |sub: &str| json!({"sub": sub, "email": "nina@example.com", "email_verified": true, "acr": "two"});
        house.partner.says(Says { token: json!({"sub": "s-1"}), userinfo: userinfo("s-2"), ..Says::default() });
        assert_eq!(house.through().await.1.status, 502);
        nobody_is_in(&house, "userinfo").await;
        house.partner.says(Says { token: json!({"sub": "s-1"}), userinfo: userinfo("s-1"), ..Says::default() });
        let (_, page) = house.through().await;
        assert!(page.text.contains("id=\"code\""), "one factor: {}", page.text);
    }

    /// case 23: by which terms a word counts is asked again when it is taken: changed, or taken out of use, while someone comes back,
    /// it makes nobody.
    async fn a_word_counts_by_the_terms_of_the_moment(db: TestDb) {
        let house = House::open(db, MAKES).await;
        let idp = house.world.idp();
        let before = {
            let mut snapshot = idp.db.snapshot().await.unwrap();
            store::by_id(&mut snapshot.tx(), "partner").await.unwrap().unwrap()
        };
        let said = Said::of(&before.terms, "s-1", nina().as_object().unwrap());
        let context = Context::of_program("a-test".into());
        for changed in ["domains: [other.example], create: domains".to_owned(), format!("{MAKES}, enabled: false")] {
            house.upstream(&changed).await;
            let ready = Ready::of(idp, &context, "a-sign-in", Browser::default()).unwrap();
            let came = arrive::sign_in(idp, &context, before.clone(), said.clone(), ready).await;
            assert!(matches!(came, Err(FederationError::Gone)), "{changed}: {came:?}");
            nobody_is_in(&house, &changed).await;
        }
    }

    /// case 16, case 28: an answer counts once, in the browser that asked, for the provider that was asked.
    async fn an_answer_counts_once_and_in_its_browser_only(db: TestDb) {
        let house = House::open(db, MAKES).await;
        house.partner.says(Says { token: nina(), ..Says::default() });
        let (mut browser, to) = house.go().await;
        let state = query(&to, "state");
        let mut thief = house.world.browser();
        thief.get(house.at("/signin")).await.unwrap();
        assert_eq!(house.back(&mut thief, &to).await.status, 410, "another browser");
        assert_eq!(house.back(&mut house.world.browser(), &to).await.status, 410, "a browser without a sign-in");
        let issuer = house.partner.url().to_owned();
        for pairs in [vec![("code", "c")], vec![("code", "c"), ("state", "unknown"), ("iss", &*issuer)]] {
            assert_eq!(house.back_with(&mut browser, &pairs).await.status, 410);
        }
        let page = house.back(&mut browser, &to).await;
        assert!(page.text.contains("id=\"code\""), "{} {}", page.status, page.text);
        assert_eq!(house.back(&mut browser, &to).await.status, 410, "a second time");
        for pairs in [
            vec![("code", "c")],
            vec![("code", "c"), ("iss", "https://evil.example")],
            vec![("error", "access_denied"), ("iss", "https://evil.example")],
            vec![("iss", &*issuer)],
        ] {
            let (mut browser, to) = house.go().await;
            let state = query(&to, "state");
            let pairs: Vec<(&str, &str)> = pairs.into_iter().chain([("state", &*state)]).collect();
            assert_eq!(house.back_with(&mut browser, &pairs).await.status, 502, "{pairs:?}");
            assert_eq!(house.back(&mut browser, &to).await.status, 410, "refused once, it is not tried again: {pairs:?}");
        }
        house.world.apply("upstreams: [{id: theirs, name: Theirs, issuer: \"https://theirs.example\", client_id: house, client_secret: theirs}]").await;
        let (mut browser, to) = house.go().await;
        let elsewhere = format!("/federation/theirs/callback?code=c&state={}", query(&to, "state"));
        assert_eq!(browser.get(house.at(&elsewhere)).await.unwrap().status, 410, "another provider's answer");
        let (mut late, to) = house.go().await;
        house.world.advance(15 * 60);
        assert_eq!(house.back(&mut late, &to).await.status, 410, "too late");
        assert!(!state.is_empty());
    }

    /// S10: who stops there comes back to a page that says so, and can go on.
    async fn someone_who_stops_there_can_sign_in_otherwise(db: TestDb) {
        let house = House::open(db, MAKES).await;
        let (mut browser, to) = house.go().await;
        let state = query(&to, "state");
        let page = house.back_with(&mut browser, &[("error", "access_denied"), ("state", &state), ("iss", house.partner.url())]).await;
        assert!(page.status.is_success() && page.text.contains("did not sign you in"), "{}", page.text);
        house.upstream("domains: [other.example]").await;
        browser.get(house.at("/signin")).await.unwrap();
        house.world.sign_in_from(&mut browser, "mila@example.com").await;
        assert!(house.is_in(&mut browser).await);
    }

    /// case 27: the secret is sealed, no page or file of differences tells it, and saying it again is no change.
    async fn the_secret_at_the_partner_is_sealed(db: TestDb) {
        let house = House::open(db, MAKES).await;
        let sql = "SELECT secret FROM upstreams";
        let (sealed,): (String,) = house.world.idp().db.query(zegel::kernel::db::Sql::literal(sql)).one().await.unwrap();
        assert!(!sealed.contains(SECRET));
        let file = zegel::idp::apply::File::parse("x.yaml", &upstream(house.partner.url(), MAKES)).unwrap();
        let plan = zegel::idp::apply::plan(house.world.idp(), &file).await.unwrap();
        assert!(plan.is_empty(), "{plan}");
        let other = upstream(house.partner.url(), "domains: [a.example]").replace(SECRET, "another-secret-of-the-house-there-........");
        let plan = zegel::idp::apply::plan(house.world.idp(), &zegel::idp::apply::File::parse("x.yaml", &other).unwrap()).await.unwrap();
        assert!(plan.to_string().contains("client_secret") && !plan.to_string().contains("another-secret"), "{plan}");
    }

    /// S10: what contradicts what is there is refused, whole.
    async fn two_providers_have_neither_an_issuer_nor_a_domain_in_common(db: TestDb) {
        let house = House::open(db, MAKES).await;
        let partner = house.partner.url();
        for (file, about) in [
            (upstream("https://other.example", ""), "another issuer"),
            (upstream(partner, "").replace("id: partner", "id: second"), "the same issuer"),
            (upstream("https://other.example", MAKES).replace("id: partner", "id: second"), "the same domain"),
            (upstream("https://other.example", "").replace("id: partner", "id: A"), "a bad id"),
            (upstream(&house.world.idp_url, "").replace("id: partner", "id: self"), "this server itself"),
        ] {
            let file = zegel::idp::apply::File::parse("x.yaml", &file).unwrap();
            let refused = zegel::idp::apply::apply(house.world.idp(), &file).await.unwrap_err();
            assert!(matches!(refused, zegel::idp::apply::ApplyError::Refused(..)), "{about}: {refused}");
        }
        assert_eq!(house.rows("SELECT COUNT(*) FROM upstreams").await, 1);
    }
}
