//! The plans about signing out, as far as tests of `oidc::logout` and `oidc::backchannel` don't name them.

use serde_json::json;

use super::{Mode, Party, SECRET};
use crate::support::flow::{CALLBACK, claims, text, until_answer, userinfo};

/// rp-logout/rp-initiated-logout-no-state, rp-logout/rp-initiated-logout-no-post-logout-redirect-uri
#[tokio::test]
async fn with_a_hint_someone_is_signed_out_and_led_where_that_is_asked() {
    let p = Party::start(Mode::Query).await;
    for (more, ends_at) in [("&post_logout_redirect_uri=http://127.0.0.1:9/out", Some("http://127.0.0.1:9/out")), ("", None)] {
        let (mut browser, tokens) = p.tokens(&[]).await;
        let url = format!("{}/logout?id_token_hint={}{more}", p.world.idp_url, text(&tokens, "id_token"));
        let answer = until_answer(&p.world, &mut browser, &url).await;
        match ends_at {
            Some(to) => assert_eq!(answer.location().unwrap().as_str(), to),
            None => assert!(answer.url.path() == "/logout/done" && answer.text.contains("You are signed out")),
        }
        assert_eq!(p.ask(&mut browser, &[("prompt", "none")]).await.error(), "login_required");
        assert_eq!(userinfo(&p.world, text(&tokens, "access_token")).await.0, 401);
    }
}

/// rp-logout/rp-initiated-logout-no-params, rp-logout/rp-initiated-logout-only-state: the person is asked, and then told.
#[tokio::test]
async fn without_a_hint_and_an_address_the_person_is_asked_and_told() {
    let p = Party::start(Mode::Query).await;
    for query in ["", "?state=only"] {
        let (mut browser, _) = p.tokens(&[]).await;
        let page = until_answer(&p.world, &mut browser, &format!("{}/logout{query}", p.world.idp_url)).await;
        assert!(page.text.contains("action=\"/logout/confirm\""), "{query}: {}", page.text);
        assert!(!p.ask(&mut browser, &[("prompt", "none")]).await.code().is_empty(), "not signed out by the link alone");
        let to = page.after("name=\"to\" value=\"").unwrap().to_owned();
        let done = browser.post(format!("{}/logout/confirm", p.world.idp_url), &[("to", &to)]).await.unwrap();
        assert!(done.url.path() == "/logout/done" && done.text.contains("You are signed out"), "{query}");
        assert_eq!(p.ask(&mut browser, &[("prompt", "none")]).await.error(), "login_required");
    }
}

/// front-logout/frontchannel-rp-initiated-logout: a frame for each application of the session, allowed by the page's policy
/// and nothing else, and then on; case 30.
#[tokio::test]
async fn applications_hear_of_it_in_the_browser() {
    let p = Party::start(Mode::Query).await;
    let app = |id: &str, frame: &str| {
        json!({"client_id": id, "client_name": id, "client_secret": SECRET, "require_pkce": false, "redirect_uris": [CALLBACK],
            "post_logout_redirect_uris": ["http://127.0.0.1:9/out"], "frontchannel_logout_uri": frame,
            "frontchannel_logout_session_required": true})
    };
    let file = json!({"applications": [app("rp", "http://127.0.0.1:9/front?a=1"), app("rp2", "http://127.0.0.1:9/two")]});
    p.world.apply(&file.to_string()).await;
    let (mut browser, tokens) = p.tokens(&[]).await;
    p.ask(&mut browser, &[("client_id", "rp2")]).await.code();
    let sid = text(&claims(text(&tokens, "id_token")), "sid").to_owned();
    let hint = text(&tokens, "id_token");
    let url = format!("{}/logout?id_token_hint={hint}&post_logout_redirect_uri=http://127.0.0.1:9/out&state=s", p.world.idp_url);
    let page = until_answer(&p.world, &mut browser, &url).await;
    let issuer: String = url::form_urlencoded::byte_serialize(p.world.idp_url.as_bytes()).collect();
    for frame in [
        format!("http://127.0.0.1:9/front?a=1&#38;iss={issuer}&#38;sid={sid}"),
        format!("http://127.0.0.1:9/two?iss={issuer}&#38;sid={sid}"),
    ] {
        assert!(page.text.contains(&format!("<iframe src=\"{frame}\"")), "{frame}: {}", page.text);
    }
    assert!(page.text.contains("href=\"http://127.0.0.1:9/out?state=s\""));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-src http://127.0.0.1:9;") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(p.ask(&mut browser, &[("prompt", "none")]).await.error(), "login_required");
    let elsewhere = zegel::idp::apply::File::parse(
        "x.json",
        &json!({"applications": [app("x", "https://elsewhere.example/out")]}).to_string(),
    );
    assert!(zegel::idp::apply::apply(p.world.idp(), &elsewhere.unwrap()).await.is_err(), "a frame is where the application is");
}
