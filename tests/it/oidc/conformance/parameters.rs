//! The Basic plan: what a request may say of how it is to be answered.

use serde_json::json;

use super::{ELLA, Party};
use crate::support::flow::{claims, text};

/// basic/display-page, basic/display-popup, basic/login-hint, basic/claims-locales
pub async fn display_hints_and_locales_do_no_harm(p: &Party) {
    for (name, value) in [("display", "page"), ("display", "popup"), ("display", "touch"), ("claims_locales", "se nl")] {
        let (_, came) = p.enter(&[(name, value)]).await;
        assert!(!came.code().is_empty(), "{name}={value}");
    }
    let page = p.ask(&mut p.world.browser(), &[("login_hint", "someone@example.com")]).await.page();
    assert!(page.text.contains("value=\"someone@example.com\""));
}

/// basic/ui-locales: the application's wish counts, and what the person has chosen counts more.
pub async fn pages_are_in_a_language_that_the_application_asks_for(p: &Party) {
    let mut browser = p.world.browser();
    let page = p.ask(&mut browser, &[("ui_locales", "se de nl-BE en")]).await.page();
    assert!(page.text.contains("<html lang=\"nl\""), "{}", page.text);
    browser.get(format!("{}/lang/pl?to=/signin", p.world.idp_url)).await.unwrap();
    let page = p.ask(&mut browser, &[("ui_locales", "tr")]).await.page();
    assert!(page.text.contains("<html lang=\"pl\""));
    assert!(!p.sign_in(&mut browser, ELLA).await.code().is_empty());
}

/// basic/prompt-login, basic/max-age-1: the sign-in page comes again, and the new sign-in is newer.
pub async fn a_new_sign_in_is_asked_for_where_the_application_asks(p: &Party) {
    for (name, value) in [("prompt", "login"), ("max_age", "1")] {
        let (mut browser, first) = p.tokens(&[]).await;
        p.world.advance(2);
        let page = p.ask(&mut browser, &[(name, value)]).await.page();
        assert!(page.text.contains("id=\"password\""), "{name}");
        let code = p.sign_in(&mut browser, ELLA).await.code();
        let (_, second) = p.redeem(&code).await;
        let at = |tokens| claims(text(tokens, "id_token"))["auth_time"].as_i64().unwrap();
        assert!(at(&second) > at(&first), "{name}");
        assert_eq!(claims(text(&first, "id_token"))["sub"], claims(text(&second, "id_token"))["sub"]);
    }
}

/// basic/max-age-10000: the same sign-in, and its time.
pub async fn a_sign_in_that_is_young_enough_serves(p: &Party) {
    let (mut browser, first) = p.tokens(&[("max_age", "15000")]).await;
    p.world.advance(100);
    let code = p.ask(&mut browser, &[("max_age", "10000")]).await.code();
    let (_, second) = p.redeem(&code).await;
    assert_eq!(claims(text(&first, "id_token"))["auth_time"], claims(text(&second, "id_token"))["auth_time"]);
}

/// basic/prompt-none-not-logged-in, basic/prompt-none-logged-in
pub async fn without_pages_whoever_is_signed_in_is_told_and_nobody_else(p: &Party) {
    assert_eq!(p.ask(&mut p.world.browser(), &[("prompt", "none")]).await.error(), "login_required");
    let (mut browser, first) = p.tokens(&[]).await;
    let code = p.ask(&mut browser, &[("prompt", "none")]).await.code();
    let (_, second) = p.redeem(&code).await;
    let of = |tokens, name: &str| claims(text(tokens, "id_token"))[name].clone();
    assert_eq!((of(&first, "sub"), of(&first, "auth_time")), (of(&second, "sub"), of(&second, "auth_time")));
    assert_eq!(p.ask(&mut browser, &[("prompt", "none consent")]).await.error(), "invalid_request");
}

/// basic/id-token-hint: whoever it names is let through, anyone else has to sign in, and without a page there is an error.
pub async fn a_hint_says_whose_session_will_do(p: &Party) {
    let (mut browser, tokens) = p.tokens(&[]).await;
    let hint = text(&tokens, "id_token").to_owned();
    p.world.advance(4000);
    assert!(!p.ask(&mut browser, &[("prompt", "none"), ("id_token_hint", &hint)]).await.code().is_empty());
    let mut daan = p.world.browser();
    p.ask(&mut daan, &[]).await.page();
    p.sign_in(&mut daan, "daan@example.com").await.code();
    let named = json!({"id_token": {"sub": {"value": claims(&hint)["sub"]}}}).to_string();
    for (name, value) in [("id_token_hint", &hint), ("claims", &named)] {
        assert_eq!(p.ask(&mut daan, &[("prompt", "none"), (name, value)]).await.error(), "login_required", "{name}");
        let mut daan = daan.clone();
        let page = p.ask(&mut daan, &[(name, value)]).await.page();
        assert!(page.text.contains("id=\"password\""), "{name}");
        assert_eq!(p.sign_in(&mut daan, "daan@example.com").await.error(), "login_required", "{name}: Daan again");
    }
    for bad in ["x.y.z", text(&tokens, "access_token")] {
        assert_eq!(p.ask(&mut browser, &[("id_token_hint", bad)]).await.error(), "invalid_request");
    }
    let foreign = p.ask(&mut browser, &[("client_id", "rp2"), ("id_token_hint", &hint)]).await;
    assert_eq!(foreign.error(), "invalid_request", "a hint of another application");
}

/// basic/ensure-request-with-acr-values-succeeds
pub async fn acr_values_that_nobody_knows_do_no_harm(p: &Party) {
    let (_, tokens) = p.tokens(&[("acr_values", "urn:mace:incommon:iap:silver 1 2")]).await;
    assert!(!text(&claims(text(&tokens, "id_token")), "acr").is_empty());
}

/// basic/ensure-registered-redirect-uri
pub async fn an_address_that_is_not_registered_gets_a_page(p: &Party) {
    let page = p.ask(&mut p.world.browser(), &[("redirect_uri", "http://127.0.0.1:9/evil")]).await.page();
    assert_eq!(page.status.as_u16(), 400);
}
