//! What browsers are told: cookies, headers, sites.

use crate::support::flow::{authorize_url, until_answer};
use crate::support::postgres::TestDb;
use crate::support::world::{PASSWORD, World};

/// case 28: flags of every cookie. Over plain http on loopback the prefix and Secure fall away, and nothing else.
#[tokio::test]
async fn cookies_are_out_of_reach_of_scripts_and_other_sites() {
    let world = World::start(TestDb::sqlite()).await;
    let mut browser = world.browser();
    let mut seen = Vec::new();
    let mut note = |answer: &zegel::demo::browser::Answer| {
        for c in answer.headers.get_all("set-cookie") {
            seen.push(c.to_str().unwrap().to_owned());
        }
    };
    let at = |path: &str| format!("{}{path}", world.idp_url);
    note(&browser.once(reqwest::Method::GET, &at("/signin"), None).await.unwrap());
    browser.post(at("/signin"), &[("username", "daan@example.com"), ("password", PASSWORD)]).await.unwrap();
    let code = world.code_for("daan@example.com", 6).await;
    note(&browser.once(reqwest::Method::POST, &at("/signin/code"), Some(&[("code", &code)])).await.unwrap());
    assert!(seen.iter().any(|c| c.starts_with("zegel_idp_session=")) && seen.iter().any(|c| c.starts_with("zegel_signin=")));
    for cookie in &seen {
        assert!(
            cookie.contains("HttpOnly")
                && cookie.contains("SameSite=Lax")
                && cookie.contains("Path=/")
                && !cookie.contains("Domain"),
            "{cookie}"
        );
    }
    let https = zegel::config::Settings::with(&[("dev_tls", "true")]).unwrap();
    let secure = zegel::idp::sessions::flow::COOKIE.set(&https.idp_url, "v".into());
    let secure = secure.to_str().unwrap();
    assert!(secure.starts_with("__Host-zegel_idp_session=v") && secure.contains("Secure"), "{secure}");
}

/// case 28: a changed byte, and two cookies under one name, open nothing.
#[tokio::test]
async fn a_changed_cookie_opens_nothing() {
    let world = World::start(TestDb::sqlite()).await;
    let (browser, _) = crate::support::flow::tokens(&world, "daan@example.com", &[]).await;
    let good = browser.cookies["localhost"]["zegel_idp_session"].clone();
    let ask = |cookie: String| {
        let r = world.http.get(format!("{}/", world.idp_url)).header("cookie", cookie);
        async move { r.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(ask(format!("zegel_idp_session={good}")).await, 200);
    for at in [0, 10, good.len() - 1] {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
        assert_eq!(ask(format!("zegel_idp_session={}", String::from_utf8(bytes).unwrap())).await, 303);
    }
    assert_eq!(ask(format!("zegel_idp_session={good}; zegel_idp_session={good}")).await, 303);
}

/// case 28: forms from other sites are refused; so are those from another port of localhost.
#[tokio::test]
async fn a_form_of_another_site_changes_nothing() {
    let world = World::start(TestDb::sqlite()).await;
    for path in ["/signin", "/signin/code", "/signin/way", "/signin/restart", "/logout/confirm", "/password/x"] {
        for (site, origin) in [
            ("cross-site", "https://evil.example"),
            ("same-site", world.crm_url.as_str()),
            ("", "https://evil.example"),
            ("", "null"),
        ] {
            let mut request =
                world.http.post(format!("{}{path}", world.idp_url)).header("origin", origin).form(&[("username", "x")]);
            if !site.is_empty() {
                request = request.header("sec-fetch-site", site);
            }
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 403, "{path} {site} {origin}");
            assert!(answer.text().await.unwrap().contains("<h1>"), "a page with words");
        }
    }
}

/// case 30
#[tokio::test]
async fn every_answer_carries_the_headers_that_guard_it() {
    let world = World::start(TestDb::sqlite()).await;
    for base in [&world.idp_url, &world.crm_url] {
        for path in ["/", "/signin", "/nothing-here", "/me", "/api/me", "/livez", "/assets/zegel.css"] {
            let answer = world.http.get(format!("{base}{path}")).header("accept", "text/html").send().await.unwrap();
            let header = |name: &str| answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
            let policy = header("content-security-policy");
            for said in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
                assert!(policy.split("; ").any(|d| d == said) && !policy.contains("unsafe"), "{path} {said}: {policy}");
            }
            assert_eq!(header("referrer-policy"), "same-origin", "{path}");
            assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
            assert!(!header("x-request-id").is_empty());
            if !path.starts_with("/assets") {
                assert_eq!(header("cache-control"), "no-store", "{base}{path}");
            }
        }
    }
}

/// S9: an address that only a form is sent to says so in words to a person who opens it, and to a program by its status alone.
#[tokio::test]
async fn what_only_a_form_is_sent_to_says_so_to_whoever_opens_it() {
    let world = World::start(TestDb::sqlite()).await;
    for url in [format!("{}/account/applications/withdraw", world.idp_url), format!("{}/sign-out", world.crm_url)] {
        for (accept, words) in [("text/html,*/*;q=0.8", true), ("application/json", false)] {
            let answer = world.http.get(&url).header("accept", accept).send().await.unwrap();
            assert_eq!((answer.status().as_u16(), answer.headers()["allow"].to_str().unwrap()), (405, "POST"), "{url}");
            let text = answer.text().await.unwrap();
            assert_eq!(text.contains("Nothing has changed. Go back"), words, "{url} {accept} {text}");
        }
    }
}

/// Makes a person with a password of any length, as no page or file would.
async fn set_password(world: &World, email: &str, password: &str) {
    world.apply(&format!("people: [{{email: {email}, name: Someone, password: correct horse battery}}]")).await;
    let phc = world.idp().hasher.hash(password.into()).await.unwrap();
    let set = world.idp().db.write((email.to_owned(), phc), |(email, phc), mut tx| {
        Box::pin(async move {
            let sql = zegel::sql!("UPDATE people SET password = $2 WHERE email = $1");
            tx.q(sql).bind(email.as_str()).bind(phc.as_str()).exec().await
        })
    });
    assert_eq!(set.await.unwrap(), 1);
}

/// case 31
#[tokio::test]
async fn what_is_too_large_is_refused_before_any_work() {
    let world = World::start(TestDb::sqlite()).await;
    let mut browser = world.browser();
    browser.get(format!("{}/signin", world.idp_url)).await.unwrap();
    // The right password of both, and the second would let its owner in: but it is a byte longer than is looked at.
    for (email, length, status) in [("short@example.com", 1024, 200), ("long@example.com", 1025, 422)] {
        let password = "x".repeat(length);
        set_password(&world, email, &password).await;
        let mut browser = world.browser();
        browser.get(format!("{}/signin", world.idp_url)).await.unwrap();
        let form = [("username", email), ("password", password.as_str())];
        let page = browser.post(format!("{}/signin", world.idp_url), &form).await.unwrap();
        assert_eq!(page.status.as_u16(), status, "{length} bytes");
    }
    let huge = "x".repeat(300 * 1024);
    let page = browser
        .post(format!("{}/signin", world.idp_url), &[("username", "daan@example.com"), ("password", &huge)])
        .await
        .unwrap();
    assert_eq!(page.status.as_u16(), 413);
    let url = format!("{}&state={}", authorize_url(&world, &[("state", "")]), "x".repeat(20_000));
    assert_eq!(until_answer(&world, &mut world.browser(), &url).await.status.as_u16(), 400);
    let many: String = (0..100).map(|n| format!("&p{n}=1")).collect();
    assert_eq!(
        until_answer(&world, &mut world.browser(), &format!("{}{many}", authorize_url(&world, &[]))).await.status.as_u16(),
        400
    );
}

/// case 20
#[tokio::test]
async fn a_new_sign_in_has_a_new_session_and_ends_the_one_before() {
    let world = World::start(TestDb::sqlite()).await;
    let (mut browser, _) = crate::support::flow::tokens(&world, "daan@example.com", &[]).await;
    let before = browser.cookies["localhost"]["zegel_idp_session"].clone();
    until_answer(&world, &mut browser, &authorize_url(&world, &[("prompt", "login")])).await;
    let fixed = browser.cookies["localhost"]["zegel_signin"].clone();
    let at = |path: &str| format!("{}{path}", world.idp_url);
    browser.post(at("/signin"), &[("username", "mila@example.com"), ("password", PASSWORD)]).await.unwrap();
    let code = world.code_for("mila@example.com", 6).await;
    browser.once(reqwest::Method::POST, &at("/signin/code"), Some(&[("code", &code)])).await.unwrap();
    let after = browser.cookies["localhost"]["zegel_idp_session"].clone();
    assert!(after != before && after != fixed);
    assert!(!browser.cookies["localhost"].contains_key("zegel_signin"));
    let old = world
        .http
        .get(format!("{}/", world.idp_url))
        .header("cookie", format!("zegel_idp_session={before}"))
        .send()
        .await
        .unwrap();
    assert_eq!(old.status().as_u16(), 303);
}
