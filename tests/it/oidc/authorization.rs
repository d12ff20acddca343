//! The authorization endpoint.

use crate::on_both_engines;
use crate::support::flow::{CALLBACK, answered, authorize, authorize_url, claims, redeem, text, tokens, until_answer, userinfo};
use crate::support::world::World;

on_both_engines! {
    /// S1, basic/server
    async fn someone_signs_in_and_the_application_learns_who(db: TestDb) {
        let world = World::start(db).await;
        let (_, answer) = authorize(&world, "daan@example.com", &[]).await;
        assert_eq!(answered(&answer, "state").unwrap(), "st");
        assert_eq!(answered(&answer, "iss").unwrap(), world.idp_url);
        let (status, tokens) = redeem(&world, &answered(&answer, "code").unwrap()).await;
        assert_eq!(status, 200, "{tokens}");
        let id = claims(text(&tokens, "id_token"));
        assert_eq!((text(&id, "iss"), text(&id, "aud"), text(&id, "nonce")), (world.idp_url.as_str(), "app", "no"));
        assert_eq!(text(&id, "acr"), "urn:zegel:acr:password-mail");
        let (status, info) = userinfo(&world, text(&tokens, "access_token")).await;
        assert_eq!((status, text(&info, "name"), text(&info, "email")), (200, "Daan Visser", "daan@example.com"));
        assert_eq!(text(&info, "sub"), text(&id, "sub"));
    }

    /// S1: a second application needs no second sign-in; prompt=login asks for it.
    async fn one_sign_in_serves_every_application(db: TestDb) {
        let world = World::start(db).await;
        let (mut browser, _) = tokens(&world, "daan@example.com", &[]).await;
        let again = until_answer(&world, &mut browser, &authorize_url(&world, &[])).await;
        assert!(answered(&again, "code").is_some());
        let none = until_answer(&world, &mut browser, &authorize_url(&world, &[("prompt", "none")])).await;
        assert!(answered(&none, "code").is_some());
        let login = until_answer(&world, &mut browser, &authorize_url(&world, &[("prompt", "login")])).await;
        assert!(login.text.contains("id=\"password\""));
        world.advance(120);
        let old = until_answer(&world, &mut browser, &authorize_url(&world, &[("max_age", "60")])).await;
        assert!(old.text.contains("id=\"password\""));
        let young = until_answer(&world, &mut browser, &authorize_url(&world, &[("max_age", "10000")])).await;
        assert!(answered(&young, "code").is_some());
    }
}

/// case 1: nothing is ever sent to an address that is not registered byte for byte.
#[tokio::test]
async fn a_redirect_address_that_is_not_registered_gets_a_page() {
    let world = World::start(super::super::support::postgres::TestDb::sqlite()).await;
    for bad in [
        "http://localhost:80@evil/cb",
        "http://127.0.0.1:9/%2e%2e/cb",
        "http://127.0.0.1:9/CB",
        "HTTP://127.0.0.1:9/cb",
        "http://127.0.0.1:9/cb/",
        "http://127.0.0.1:9/cb#x",
        "http://127.0.0.1:9\\@evil/cb",
        "http://127.0.0.1:9/cb\t",
        "http://127.0.0.1:10/cb",
        "http://127.0.0.1:9/cb?x=1",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://xn--80ak6aa92e.com/cb",
    ] {
        let mut browser = world.browser();
        let answer = until_answer(&world, &mut browser, &authorize_url(&world, &[("redirect_uri", bad)])).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (400, None), "{bad}");
    }
    for changes in [[("client_id", "nobody")], [("redirect_uri", "")]] {
        let answer = until_answer(&world, &mut world.browser(), &authorize_url(&world, &changes)).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (400, None), "{changes:?}");
    }
}

/// S1, S2 (OpenID Connect Core, section 5.5.1.1): an essential `acr` is met or the request fails; by whoever can, with what is
/// missing on top; one that is not essential is a wish.
#[tokio::test]
async fn an_essential_acr_is_met_or_the_request_fails() {
    let world = World::start(super::super::support::postgres::TestDb::sqlite()).await;
    let app = "urn:zegel:acr:password-app";
    let wish = |essential: bool, values: &[&str]| {
        serde_json::json!({"id_token": {"acr": {"essential": essential, "values": values}}}).to_string()
    };
    let (mut daan, _) = authorize(&world, "daan@example.com", &[]).await;
    let ask = async |browser: &mut zegel::demo::browser::Browser, wanted: &str| {
        until_answer(&world, browser, &authorize_url(&world, &[("claims", wanted)])).await
    };
    // One who has nothing so strong is told what to set up, and the application that it can't be met.
    let page = ask(&mut daan, &wish(true, &[app])).await;
    assert_eq!(page.status.as_u16(), 403, "{}", page.text);
    assert!(page.text.contains("error=unmet_authentication_requirements"), "{}", page.text);
    // Values that nobody here knows can't be met by anyone.
    let answer = ask(&mut daan, &wish(true, &["urn:other"])).await;
    assert_eq!(answered(&answer, "error").as_deref(), Some("unmet_authentication_requirements"));
    // One of several will do, and what is no more than a wish does no harm.
    let acr = async |browser: &mut zegel::demo::browser::Browser, wanted: &str| {
        let answer = ask(browser, wanted).await;
        let code = answered(&answer, "code").unwrap_or_else(|| panic!("a code: {} {}", answer.status, answer.text));
        let (_, tokens) = redeem(&world, &code).await;
        claims(text(&tokens, "id_token"))["acr"].clone()
    };
    let mail = "urn:zegel:acr:password-mail";
    assert_eq!(acr(&mut daan, &wish(true, &["urn:other", mail])).await, mail);
    assert_eq!(acr(&mut daan, &wish(false, &[app])).await, mail);
    // One who has it shows it.
    let mut bram = world.browser();
    ask(&mut bram, &wish(true, &[app])).await;
    let at = |path: &str| format!("{}{path}", world.idp_url);
    let form = [("username", "bram@example.com"), ("password", crate::support::world::PASSWORD)];
    let page = bram.post(at("/signin"), &form).await.unwrap();
    assert!(!page.text.contains("value=\"mail\""), "a code by mail would not do: {}", page.text);
    let seed = zegel::idp::credentials::authenticator::seed_from_base32(crate::support::world::SEED).unwrap();
    let now = zegel::kernel::clock::Clock::now(world.clock.as_ref());
    let shown = zegel::idp::credentials::authenticator::code_at(&seed, now);
    bram.once(reqwest::Method::POST, &at("/signin/code"), Some(&[("code", &shown)])).await.unwrap();
    assert_eq!(acr(&mut bram, &wish(true, &[app])).await, app);
}

/// case 1: only the port of a native client's loopback address may vary.
#[tokio::test]
async fn a_native_application_may_choose_its_loopback_port() {
    let world = World::start(super::super::support::postgres::TestDb::sqlite()).await;
    let ask = |uri: &'static str| [("client_id", "public"), ("redirect_uri", uri), ("scope", "openid")];
    let fine = until_answer(&world, &mut world.browser(), &authorize_url(&world, &ask("http://127.0.0.1:49152/cb"))).await;
    assert!(fine.text.contains("id=\"username\""));
    let bad = until_answer(&world, &mut world.browser(), &authorize_url(&world, &ask("http://127.0.0.1:49152/other"))).await;
    assert_eq!(bad.status.as_u16(), 400);
}

/// case 2
#[tokio::test]
async fn a_parameter_given_twice_is_refused_at_every_endpoint() {
    let world = World::start(super::super::support::postgres::TestDb::sqlite()).await;
    for name in ["client_id", "redirect_uri", "state", "scope", "code_challenge", "nonce", "prompt"] {
        let url = format!("{}&{name}=x&{name}=x", authorize_url(&world, &[]));
        let answer = until_answer(&world, &mut world.browser(), &url).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (400, None), "{name}");
    }
    for path in ["/token", "/revoke"] {
        let form = [("client_id", "public"), ("token", "x"), ("grant_type", "refresh_token"), ("grant_type", "refresh_token")];
        let answer = world.http.post(format!("{}{path}", world.idp_url)).form(&form).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 400, "{path}");
        assert_eq!(answer.json::<serde_json::Value>().await.unwrap()["error"], "invalid_request", "{path}");
    }
    let answer = until_answer(&world, &mut world.browser(), &format!("{}/logout?state=a&state=b", world.idp_url)).await;
    assert_eq!(answer.status.as_u16(), 400);
}

/// case 2: a token given twice is none, and neither is a body that says one thing twice.
#[tokio::test]
async fn what_is_said_twice_is_refused_by_userinfo_and_by_challenges() {
    let world = World::start(super::super::support::postgres::TestDb::sqlite()).await;
    let (_, t) = super::super::support::flow::tokens(&world, "daan@example.com", &[]).await;
    let access = super::super::support::flow::text(&t, "access_token");
    for method in [reqwest::Method::GET, reqwest::Method::POST] {
        let ask = async |times: usize| {
            let mut request = world.http.request(method.clone(), format!("{}/userinfo", world.idp_url));
            for _ in 0..times {
                request = request.bearer_auth(access);
            }
            request.send().await.unwrap().status().as_u16()
        };
        assert_eq!((ask(1).await, ask(2).await), (200, 401), "{method}");
    }
    let (store, _) = world.crm().provider.own_token("challenges").await.unwrap();
    for (path, body) in [
        ("/api/challenges", r#"{"pending": "a", "pending": "b"}"#),
        ("/api/challenges/x/confirm", r#"{"attempt": "a", "issue": "i", "code": "1", "code": "2"}"#),
    ] {
        let request = world.http.post(format!("{}{path}", world.idp_url)).body(body);
        let answer = request.bearer_auth(secrecy::ExposeSecret::expose_secret(&store)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 400, "{path}");
    }
}

/// case 4
#[tokio::test]
async fn a_request_without_a_sha_256_challenge_is_refused() {
    let world = World::start(super::super::support::postgres::TestDb::sqlite()).await;
    for changes in [
        vec![("code_challenge", ""), ("code_challenge_method", "")],
        vec![("code_challenge_method", "plain")],
        vec![("code_challenge_method", "")],
        vec![("code_challenge", "short")],
    ] {
        let answer = until_answer(&world, &mut world.browser(), &authorize_url(&world, &changes)).await;
        assert_eq!(answered(&answer, "error").as_deref(), Some("invalid_request"), "{changes:?}");
        assert_eq!(answered(&answer, "state").as_deref(), Some("st"));
    }
}

/// The test application with other grants and another address.
async fn register(world: &World, grant: &str, redirect_uri: &str) {
    let app = serde_json::json!({"applications": [{
        "client_id": "app", "client_name": "Test application", "grant_types": [grant], "redirect_uris": [redirect_uri],
        "scope": "openid profile email",
    }]});
    world.apply(&app.to_string()).await;
}

/// case 3, case 1: what the application may do, and where its answers go, is asked again when the code is given.
#[tokio::test]
async fn what_is_taken_away_while_someone_signs_in_gives_no_code() {
    let world = World::start(super::super::support::postgres::TestDb::sqlite()).await;
    for (grant, redirect_uri, told) in [
        ("client_credentials", CALLBACK, Some("access_denied")),
        // Nothing at all goes to an address that is not registered any more.
        ("authorization_code", "http://127.0.0.1:9/elsewhere", None),
        ("client_credentials", "http://127.0.0.1:9/elsewhere", None),
    ] {
        register(&world, "authorization_code", CALLBACK).await;
        let mut browser = world.browser();
        until_answer(&world, &mut browser, &authorize_url(&world, &[])).await;
        register(&world, grant, redirect_uri).await;
        let at = |path: &str| format!("{}{path}", world.idp_url);
        let form = [("username", "daan@example.com"), ("password", crate::support::world::PASSWORD)];
        browser.post(at("/signin"), &form).await.unwrap();
        let code = world.code_for("daan@example.com", 6).await;
        let answer = browser.once(reqwest::Method::POST, &at("/signin/code"), Some(&[("code", &code)])).await.unwrap();
        assert_eq!(answered(&answer, "error").as_deref(), told, "{grant} {redirect_uri}: {}", answer.text);
        assert_eq!((answered(&answer, "code"), answer.location().is_some()), (None, told.is_some()));
    }
}

/// case 3: an application that is not registered for codes is told so at once, and nobody is asked to sign in for it.
#[tokio::test]
async fn an_application_that_is_not_for_codes_is_told_so() {
    let world = World::start(super::super::support::postgres::TestDb::sqlite()).await;
    register(&world, "client_credentials", CALLBACK).await;
    let answer = until_answer(&world, &mut world.browser(), &authorize_url(&world, &[])).await;
    assert_eq!(answered(&answer, "error").as_deref(), Some("unauthorized_client"), "{}", answer.text);
}

/// case 31: what is kept or handed back has a length that it can be kept and handed back with.
#[tokio::test]
async fn what_is_too_long_in_a_request_is_told_to_the_application() {
    let world = World::start(super::super::support::postgres::TestDb::sqlite()).await;
    for (name, most) in [("state", 2048), ("nonce", 2048), ("scope", 2048), ("acr_values", 2048), ("login_hint", 254)] {
        let ask = async |length: usize| {
            let value = format!("openid {}", "x".repeat(length - 7));
            let answer = until_answer(&world, &mut world.browser(), &authorize_url(&world, &[(name, &value)])).await;
            answered(&answer, "error")
        };
        assert_eq!(ask(most).await, None, "{name}");
        assert_eq!(ask(most + 1).await.as_deref(), Some("invalid_request"), "{name}");
    }
}

/// basic/response-type-missing, basic/prompt-none-not-logged-in and their kin: each error goes where it may.
#[tokio::test]
async fn errors_that_the_application_may_know_go_to_it() {
    let world = World::start(super::super::support::postgres::TestDb::sqlite()).await;
    for (change, error) in [
        (("response_type", ""), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
        (("scope", "nothing"), "invalid_scope"),
        (("resource", "https://elsewhere.example"), "invalid_target"),
        (("request", "x"), "invalid_request_object"),
        (("request_uri", "https://x.example"), "invalid_request_uri"),
        (("response_mode", "fragment"), "invalid_request"),
        (("claims", "x"), "invalid_request"),
        (("id_token_hint", "x"), "invalid_request"),
        (("max_age", "soon"), "invalid_request"),
        (("prompt", "none"), "login_required"),
        (("prompt", "none login"), "invalid_request"),
    ] {
        let answer = until_answer(&world, &mut world.browser(), &authorize_url(&world, &[change])).await;
        assert_eq!(answered(&answer, "error").as_deref(), Some(error), "{change:?} {}", answer.text);
        assert_eq!(answered(&answer, "iss").as_deref(), Some(world.idp_url.as_str()));
    }
}

/// A request by POST comes without its cookies; it is asked again by GET, whatever is in it.
#[tokio::test]
async fn a_request_by_post_is_answered_as_by_get() {
    let world = World::start(super::super::support::postgres::TestDb::sqlite()).await;
    let url = authorize_url(&world, &[("state", "a&b=\u{e9}\r\n")]);
    let (base, query) = url.split_once('?').unwrap();
    let request = world.http.post(base).header("origin", "https://app.example").header("sec-fetch-site", "cross-site");
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(query.to_owned());
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 303);
    let to = answer.headers()["location"].to_str().unwrap().to_owned();
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(to.split_once('?').unwrap().1.as_bytes()).into_owned().collect();
    assert!(pairs.contains(&("state".into(), "a&b=\u{e9}\r\n".into())));
}
