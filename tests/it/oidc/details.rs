//! Authorization details (RFC 9396): what is asked for in full, allowed once, and told to whom it concerns.

use reqwest::Method;
use serde_json::{Value, json};
use zegel::demo::browser::{Answer, Browser};

use crate::support::flow::{answered, authorize, authorize_url, claims, redeem, text, until_answer};
use crate::support::postgres::TestDb;
use crate::support::world::{APP_SECRET, Options, World};

const APP: &str = r#"{"applications": [{"client_id": "app", "client_name": "Test application", "redirect_uris": ["http://127.0.0.1:9/cb"],
    "grant_types": ["authorization_code", "refresh_token", "client_credentials"], "scope": "openid read",
    "resources": ["https://api.example", "https://other.example"], "authorization_details_types": ["payment", "unknown"]}]}"#;

async fn world() -> World {
    let options = Options { settings: &[("authorization_details_types", "payment record")], ..Options::default() };
    let world = World::start_with(TestDb::sqlite(), options).await;
    world.apply(APP).await;
    world
}

/// Allows what the page asks; where that leads.
async fn allow(browser: &mut Browser, page: &Answer) -> Answer {
    browser.once(Method::POST, page.url.as_str(), Some(&[("answer", "allow")])).await.unwrap()
}

/// S2: the person reads it in full and is asked each time, though the application itself is trusted; then it is in the answer,
/// in tokens for whom it concerns, and can be narrowed.
#[tokio::test]
async fn what_is_asked_for_in_full_is_allowed_each_time_and_told_where_it_belongs() {
    let world = world().await;
    let (here, anywhere) = (
        json!({"type": "payment", "locations": ["https://api.example"], "amount": "12.00"}),
        json!({"type": "payment", "limit": 5}),
    );
    let both = json!([here, anywhere]).to_string();
    let changes = [("authorization_details", both.as_str()), ("resource", "https://api.example"), ("scope", "openid read")];
    let (mut browser, _) = authorize(&world, "daan@example.com", &[]).await;
    let asked = until_answer(&world, &mut browser, &authorize_url(&world, &changes)).await;
    assert!(asked.text.contains("12.00") && asked.text.contains("payment"), "{}", asked.text);
    let answer = allow(&mut browser, &asked).await;
    let (status, tokens) = redeem(&world, &answered(&answer, "code").unwrap_or_else(|| panic!("a code: {}", answer.text))).await;
    assert_eq!((status, &tokens["authorization_details"]), (200, &json!([here, anywhere])));
    assert_eq!(claims(text(&tokens, "access_token"))["authorization_details"], json!([here, anywhere]));

    let form = async |more: &[(&str, &str)], token: &str| {
        let form = [&[("grant_type", "refresh_token"), ("refresh_token", token)], more].concat();
        world.token(("app", APP_SECRET), &form).await
    };
    let less = json!([anywhere]).to_string();
    let (status, narrowed) = form(&[("authorization_details", &less)], text(&tokens, "refresh_token")).await;
    assert_eq!((status, &narrowed["authorization_details"]), (200, &json!([anywhere])));
    let more = json!([{"type": "payment", "limit": 6}]).to_string();
    let (status, refused) = form(&[("authorization_details", &more)], text(&narrowed, "refresh_token")).await;
    assert_eq!((status, text(&refused, "error")), (400, "invalid_authorization_details"));

    // Case 3: what the application may have no longer is in none of its next tokens.
    world.apply(&APP.replace("\"payment\", ", "").replace("Test application", "Test application 2")).await;
    let (status, none) = form(&[], text(&narrowed, "refresh_token")).await;
    assert_eq!((status, none.get("authorization_details")), (200, None));
    assert!(claims(text(&none, "access_token")).get("authorization_details").is_none());
    world.apply(APP).await;

    // The same once more: it is another payment.
    let again = until_answer(&world, &mut browser, &authorize_url(&world, &changes)).await;
    assert!(again.url.path().starts_with("/consent/"), "{} {}", again.url, again.text);
}

/// S2
#[tokio::test]
async fn kinds_that_nobody_understands_are_refused_everywhere() {
    let world = world().await;
    for bad in [
        r#"[{"type":"unknown"}]"#,
        r#"[{"type":"record"}]"#,
        "[]",
        "{",
        r#"[{"type":"payment","locations":["https://x.example"]}]"#,
    ] {
        let url = authorize_url(&world, &[("authorization_details", bad), ("scope", "openid")]);
        let answer = until_answer(&world, &mut world.browser(), &url).await;
        assert_eq!(answered(&answer, "error").as_deref(), Some("invalid_authorization_details"), "{bad}");
        let form = [("grant_type", "client_credentials"), ("authorization_details", bad)];
        let (status, refused) = world.token(("app", APP_SECRET), &form).await;
        assert_eq!((status, text(&refused, "error")), (400, "invalid_authorization_details"), "{bad}");
    }
    let good = json!([{"type": "payment", "locations": ["https://other.example"]}]).to_string();
    let form = [("grant_type", "client_credentials"), ("authorization_details", &good), ("resource", "https://api.example")];
    let (_, given) = world.token(("app", APP_SECRET), &form).await;
    assert_eq!(given["authorization_details"].to_string(), good);
    assert_eq!(claims(text(&given, "access_token")).get("authorization_details"), None::<&Value>, "it is none of api.example's");
}
