//! What clients of the provider do, for tests.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use zegel::demo::browser::{Answer, Browser};
use zegel::idp::credentials::authenticator::{code_at, seed_from_base32};
use zegel::kernel::clock::Clock;

use super::world::{APP_SECRET, PASSWORD, SEED, World};

/// A PKCE verifier.
pub const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0123456789";
/// Where the test application takes answers. Nothing listens there.
pub const CALLBACK: &str = "http://127.0.0.1:9/cb";

/// The challenge of [`VERIFIER`].
pub fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, VERIFIER.as_bytes()))
}

/// An authorization request of the test application, with some parameters changed, added, or (empty) left out.
pub fn authorize_url(world: &World, changes: &[(&str, &str)]) -> String {
    let challenge = challenge();
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid profile email"),
        ("state", "st"),
        ("nonce", "no"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in changes {
        pairs.retain(|(n, _)| n != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{}/authorize?{query}", world.idp_url)
}

/// Opens an address and follows it until it leaves this machine's servers for the application.
pub async fn until_answer(world: &World, browser: &mut Browser, url: &str) -> Answer {
    let mut answer = browser.once(reqwest::Method::GET, url, None).await.unwrap();
    while let Some(next) = answer.location().filter(|u| u.as_str().starts_with(&world.idp_url)) {
        answer = browser.once(reqwest::Method::GET, next.as_str(), None).await.unwrap();
    }
    answer
}

/// A parameter of the answer that a browser was sent to the application with.
pub fn answered(answer: &Answer, name: &str) -> Option<String> {
    let to = answer.location()?;
    to.query_pairs().find(|(k, _)| k == name).map(|(_, v)| v.into_owned())
}

/// Signs in through an authorization request; the browser, and the application's answer.
pub async fn authorize(world: &World, email: &str, changes: &[(&str, &str)]) -> (Browser, Answer) {
    let mut browser = world.browser();
    let page = until_answer(world, &mut browser, &authorize_url(world, changes)).await;
    assert!(page.text.contains("id=\"username\""), "the sign-in page: {} {}", page.status, page.text);
    let at = |path: &str| format!("{}{path}", world.idp_url);
    let form = [("username", email), ("password", PASSWORD)];
    browser.post(at("/signin"), &form).await.unwrap();
    let code = world.code_for(email, 6).await;
    let mut answer = browser.once(reqwest::Method::POST, &at("/signin/code"), Some(&[("code", &code)])).await.unwrap();
    // What the person is asked for is allowed.
    if let Some(question) = answer.location().filter(|u| u.path().starts_with("/consent/")) {
        answer = browser.once(reqwest::Method::POST, question.as_str(), Some(&[("answer", "allow")])).await.unwrap();
    }
    (browser, answer)
}

/// Redeems a code of the test application.
pub async fn redeem(world: &World, code: &str) -> (u16, Value) {
    let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
    world.token(("app", APP_SECRET), &form).await
}

/// Tokens of someone who signed in through the test application.
pub async fn tokens(world: &World, email: &str, changes: &[(&str, &str)]) -> (Browser, Value) {
    let (browser, answer) = authorize(world, email, changes).await;
    let code = answered(&answer, "code").unwrap_or_else(|| panic!("a code: {:?} {}", answer.location(), answer.text));
    let (status, tokens) = redeem(world, &code).await;
    assert_eq!(status, 200, "{tokens}");
    (browser, tokens)
}

/// Someone who has signed in at the provider with a password and what the app of [`SEED`] shows: nothing has proven his address.
pub async fn in_by_app(world: &World, email: &str) -> Browser {
    let at = |path: &str| format!("{}{path}", world.idp_url);
    let mut browser = world.browser();
    browser.get(at("/signin")).await.unwrap();
    browser.post(at("/signin"), &[("username", email), ("password", PASSWORD)]).await.unwrap();
    let shown = code_at(&seed_from_base32(SEED).unwrap(), world.clock.now());
    let page = browser.post(at("/signin/code"), &[("code", &shown)]).await.unwrap();
    assert_eq!(page.url.path(), "/", "{}", page.text);
    browser
}

/// Tokens of whoever is signed in in a browser, through the test application, with offline access.
pub async fn offline_tokens(world: &World, browser: &mut Browser) -> Value {
    let mut answer = until_answer(world, browser, &authorize_url(world, &[("scope", "openid offline_access")])).await;
    if answer.url.path().starts_with("/consent/") {
        answer = browser.once(reqwest::Method::POST, answer.url.as_str(), Some(&[("answer", "allow")])).await.unwrap();
    }
    let code = answered(&answer, "code").unwrap_or_else(|| panic!("a code: {} {}", answer.url, answer.text));
    let (status, tokens) = redeem(world, &code).await;
    assert_eq!(status, 200, "{tokens}");
    tokens
}

/// Refreshes by the test application.
pub async fn refresh(world: &World, token: &str) -> (u16, Value) {
    world.token(("app", APP_SECRET), &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
}

/// What userinfo says to an access token.
pub async fn userinfo(world: &World, token: &str) -> (u16, Value) {
    let answer = world.http.get(format!("{}/userinfo", world.idp_url)).bearer_auth(token).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

/// The claims of a JWT, unchecked.
pub fn claims(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// A member of a JSON object as text.
pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}
