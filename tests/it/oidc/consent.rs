//! What people allow applications.

use serde_json::json;
use zegel::idp::consent;
use zegel::kernel::audit::Actor;

use super::conformance::{ELLA, Mode, Party, SECRET};
use crate::on_both_engines;
use crate::support::flow::{CALLBACK, claims, text, userinfo};

/// The application as one whose people are asked.
async fn asking(p: &Party) {
    asking_at(p, CALLBACK).await;
}

async fn asking_at(p: &Party, redirect_uri: &str) {
    let app = json!({
        "client_id": "rp", "client_name": "Ledger", "client_secret": SECRET, "require_pkce": false, "consent": "ask",
        "redirect_uris": [redirect_uri], "grant_types": ["authorization_code", "refresh_token"], "resources": ["https://api.example"],
        "scope": "openid profile email offline_access ledger", "policy_uri": "https://ledger.example/policy",
        "tos_uri": "https://ledger.example/terms", "backchannel_logout_uri": "http://127.0.0.1:9/logout",
    });
    p.world.apply(&json!({"applications": [app]}).to_string()).await;
}

on_both_engines! {
    /// S1, S4: asked once in words, remembered, asked again for more, withdrawn with everything that came of it.
    async fn a_person_allows_an_application_once_and_can_take_it_back(db: TestDb) {
        let p = Party::over(db, Mode::Query).await;
        asking(&p).await;
        let (mut browser, came) = p.enter(&[("scope", "openid email ledger"), ("claims", r#"{"id_token": {"birthdate": null}}"#)]).await;
        let page = came.page();
        for words in ["Allow Ledger?", "Your e-mail address", "The permission “ledger”", "Your date of birth", "127.0.0.1", "ledger.example/policy", "ledger.example/terms", ELLA] {
            assert!(page.text.contains(words), "{words}: {}", page.text);
        }
        let code = p.consent(&mut browser, &page, "allow").await.code();
        let (_, tokens) = p.redeem(&code).await;
        assert_eq!(claims(text(&tokens, "id_token"))["birthdate"], "1990-02-28");
        assert!(!p.ask(&mut browser, &[("scope", "openid email"), ("prompt", "none")]).await.code().is_empty(), "remembered");
        assert_eq!(p.ask(&mut browser, &[("scope", "openid profile"), ("prompt", "none")]).await.error(), "consent_required");
        assert!(p.ask(&mut browser, &[("scope", "openid email"), ("prompt", "consent")]).await.page().text.contains("id=\"asks\""));
        let person = text(&claims(text(&tokens, "id_token")), "sub").to_owned();
        let (found, _) = consent::flow::withdraw(p.world.idp(), &person, "rp", Actor::default()).await.unwrap();
        assert!(found);
        assert_eq!(userinfo(&p.world, text(&tokens, "access_token")).await.0, 401);
        assert_eq!(p.ask(&mut browser, &[("scope", "openid email"), ("prompt", "none")]).await.error(), "consent_required");
        let (found, _) = consent::flow::withdraw(p.world.idp(), &person, "rp", Actor::default()).await.unwrap();
        assert!(!found, "there is nothing any more");
    }

    /// case 17: who allows is still signed in as is asked when he does; otherwise he is led to what is missing, the question comes again,
    /// and nothing is remembered meanwhile.
    async fn a_question_is_answered_by_who_is_signed_in_as_is_asked(db: TestDb) {
        let p = Party::over(db, Mode::Query).await;
        asking(&p).await;
        let (mut browser, came) = p.enter(&[("scope", "openid email")]).await;
        let page = came.page();
        let at = format!("{}{}", p.world.idp_url, page.after("method=\"post\" action=\"").unwrap());
        p.world.apply("policies: [{for: {application: rp}, least: password-app}]").await;
        for led in [browser.clone().get(&at).await.unwrap(), browser.post(&at, &[("answer", "allow")]).await.unwrap()] {
            assert!(led.status == 403 && led.text.contains("href=\"/setup\""), "{}", led.text);
        }
        p.world.apply("policies: [{for: {application: rp}, least: password-mail, sign_in_every: 5}]").await;
        p.world.advance(301);
        let led = browser.post(&at, &[("answer", "allow")]).await.unwrap();
        assert!(led.url.path() == "/signin" && led.text.contains("id=\"password\""), "{} {}", led.url, led.text);
        let ella = p.world.id_of(ELLA).await;
        assert_eq!(p.world.noted("consent.given", &ella).await, 0);
        let page = p.sign_in(&mut browser, ELLA).await.page();
        assert!(!p.consent(&mut browser, &page, "allow").await.code().is_empty());
        assert_eq!(p.world.noted("consent.given", &ella).await, 1);
    }
}

/// case 3: a refusal gives no code, is told to the application, and is not remembered as consent.
#[tokio::test]
async fn a_refusal_is_told_to_the_application() {
    let p = Party::start(Mode::Query).await;
    asking(&p).await;
    let (mut browser, came) = p.enter(&[("scope", "openid email")]).await;
    let page = came.page();
    let answer = p.consent(&mut browser, &page, "refuse").await.answer();
    assert_eq!((answer["error"].as_str(), answer["state"].as_str()), ("access_denied", "a-state"));
    let again = p.consent(&mut browser, &page, "allow").await.page();
    assert_eq!(again.status.as_u16(), 410, "a page is answered once");
    assert!(p.ask(&mut browser, &[("scope", "openid email")]).await.page().text.contains("id=\"asks\""));
}

/// case 1: nothing goes to an address that was taken from the application while its question was open, a refusal neither.
#[tokio::test]
async fn a_refusal_goes_to_no_address_that_is_registered_no_more() {
    let p = Party::start(Mode::Query).await;
    asking(&p).await;
    let (mut browser, came) = p.enter(&[("scope", "openid email")]).await;
    let page = came.page();
    asking_at(&p, "http://127.0.0.1:9/elsewhere").await;
    let told = p.consent(&mut browser, &page, "refuse").await.page();
    assert_eq!(told.status.as_u16(), 400, "{}", told.text);
    assert_eq!(p.world.noted("consent.refused", &p.world.id_of(ELLA).await).await, 1);
}

/// case 16: the question is asked in one session; its address is worth nothing in another's, nor after half an hour.
#[tokio::test]
async fn a_question_is_answered_by_whom_it_was_asked() {
    let p = Party::start(Mode::Query).await;
    asking(&p).await;
    let (mut browser, came) = p.enter(&[("scope", "openid email")]).await;
    let page = came.page();
    let mut daan = p.world.browser();
    p.ask(&mut daan, &[]).await.page();
    p.sign_in(&mut daan, "daan@example.com").await;
    assert_eq!(p.consent(&mut daan, &page, "allow").await.page().status.as_u16(), 410);
    assert_eq!(p.consent(&mut p.world.browser(), &page, "allow").await.page().status.as_u16(), 410);
    assert_eq!(p.consent(&mut browser, &page, "maybe").await.page().status.as_u16(), 400);
    p.world.advance(30 * 60);
    assert_eq!(browser.get(page.url.clone()).await.unwrap().status.as_u16(), 410);
    assert_eq!(p.consent(&mut browser, &page, "allow").await.page().status.as_u16(), 410);
}

/// S2: offline access is each person's own to allow, also where the organisation decides the rest; it then outlives the session.
#[tokio::test]
async fn offline_access_is_given_by_the_persons_word() {
    let p = Party::start(Mode::Query).await;
    let scope = ("scope", "openid offline_access");
    let (mut browser, came) = p.enter(&[scope]).await;
    let page = came.page();
    assert!(page.text.contains("while you are not signed in"));
    let code = p.consent(&mut browser, &page, "allow").await.code();
    let (_, tokens) = p.redeem(&code).await;
    assert_eq!(text(&tokens, "scope"), "openid offline_access");
    browser.get(format!("{}/logout?id_token_hint={}", p.world.idp_url, text(&tokens, "id_token"))).await.unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
    let (status, tokens) = p.world.token(("rp", SECRET), &form).await;
    assert_eq!(status, 200, "it outlives the session");
    // Case 3: until the application may have that no longer.
    let less = json!({"applications": [{"client_id": "rp", "client_name": "Ledger", "consent": "ask", "redirect_uris": [CALLBACK],
        "require_pkce": false, "grant_types": ["authorization_code", "refresh_token"], "scope": "openid"}]});
    p.world.apply(&less.to_string()).await;
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
    assert_eq!(p.world.token(("rp", SECRET), &form).await.1["error"], "invalid_grant");
}

/// S11: consent given while the application was open to the person gives no code once it is not.
#[tokio::test]
async fn an_application_closed_meanwhile_gets_no_code_by_consent() {
    let p = Party::start(Mode::Query).await;
    asking(&p).await;
    let (mut browser, came) = p.enter(&[("scope", "openid email")]).await;
    let page = came.page();
    let file = json!({"applications": [{
        "client_id": "rp", "client_name": "Ledger", "consent": "ask", "redirect_uris": [CALLBACK], "require_pkce": false,
        "allowed": {"people": ["mila@example.com"]}
    }]});
    p.world.apply(&file.to_string()).await;
    assert_eq!(p.consent(&mut browser, &page, "allow").await.page().status.as_u16(), 403);
}
