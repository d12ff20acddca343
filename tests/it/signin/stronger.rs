//! The record store asks for a stronger or a newer sign-in (RFC 9470), and its pages lead there and back.

use reqwest::Method;
use zegel::idp::credentials::authenticator::{code_at, seed_from_base32};
use zegel::kernel::clock::Clock;

use crate::support::flow::{answered, authorize_url, redeem, text, until_answer};
use crate::support::postgres::TestDb;
use crate::support::world::{Options, PASSWORD, SEED, World};

const APP: &str = "urn:zegel:acr:password-app";

async fn world(settings: &'static [(&'static str, &'static str)]) -> World {
    World::start_with(TestDb::sqlite(), Options { settings, ..Options::default() }).await
}

/// What the app of bram shows.
fn shown(world: &World) -> String {
    code_at(&seed_from_base32(SEED).unwrap(), world.clock.now())
}

/// S2: an application whose token is of too weak a sign-in learns what would do, asks for that, and goes on.
#[tokio::test]
async fn the_api_says_which_strength_would_do_and_takes_it() {
    let world = world(&[("crm_least_acr", "password-app")]).await;
    let app = format!(
        "applications: [{{client_id: app, client_name: App, client_secret: {}, redirect_uris: ['http://127.0.0.1:9/cb'],
          grant_types: [authorization_code], resources: ['{}'], scope: 'openid records:read'}}]",
        crate::support::world::APP_SECRET,
        world.crm_url
    );
    world.apply(&app).await;
    let asked = [("resource", world.crm_url.as_str()), ("scope", "openid records:read")];
    let mut browser = world.browser();
    until_answer(&world, &mut browser, &authorize_url(&world, &asked)).await;
    let form = [("username", "bram@example.com"), ("password", PASSWORD)];
    browser.post(format!("{}/signin", world.idp_url), &form).await.unwrap();
    browser.post(format!("{}/signin/way", world.idp_url), &[("way", "mail")]).await.unwrap();
    let enter = format!("{}/signin/code", world.idp_url);
    let code = world.code_for("bram@example.com", 6).await;
    let answer = browser.once(Method::POST, &enter, Some(&[("code", &code)])).await.unwrap();
    let (_, weak) = redeem(&world, &answered(&answer, "code").unwrap()).await;
    world.poll().await;
    let ask = async |token: &str| {
        let answer = world.http.get(format!("{}/api/v1/modules", world.crm_url)).bearer_auth(token).send().await.unwrap();
        let said = answer.headers().get("www-authenticate").map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        (answer.status().as_u16(), said)
    };
    let (status, said) = ask(text(&weak, "access_token")).await;
    assert_eq!(status, 401);
    assert!(said.contains("insufficient_user_authentication"), "{said}");
    let values = said.split("acr_values=\"").nth(1).and_then(|v| v.split('"').next()).unwrap().to_owned();
    assert_eq!(values, format!("{APP} urn:zegel:acr:passkey"));
    let more = [asked[0], asked[1], ("acr_values", values.as_str())];
    let page = until_answer(&world, &mut browser, &authorize_url(&world, &more)).await;
    assert!(page.text.contains("id=\"code\"") && !page.text.contains("id=\"password\""), "only what is missing");
    let answer = browser.once(Method::POST, &enter, Some(&[("code", &shown(&world))])).await.unwrap();
    let (_, strong) = redeem(&world, &answered(&answer, "code").unwrap()).await;
    world.poll().await;
    assert_eq!(ask(text(&strong, "access_token")).await.0, 200);
}

/// S2: in a browser the record store asks the provider for what it needs from the start, and leads back.
#[tokio::test]
async fn pages_of_the_record_store_lead_to_the_strength_that_they_need() {
    let world = world(&[("crm_least_acr", "password-app")]).await;
    let mut browser = world.browser();
    browser.get(format!("{}/me", world.crm_url)).await.unwrap();
    let form = [("username", "bram@example.com"), ("password", PASSWORD)];
    let page = browser.post(format!("{}/signin", world.idp_url), &form).await.unwrap();
    assert!(page.text.contains("id=\"code\"") && !page.text.contains("value=\"mail\""), "{}", page.text);
    let page = browser.post(format!("{}/signin/code", world.idp_url), &[("code", &shown(&world))]).await.unwrap();
    assert_eq!(page.url.as_str(), format!("{}/me", world.crm_url));
    // Someone who has nothing that strong is told so, and is not sent in circles.
    let mut other = world.browser();
    other.get(format!("{}/me", world.crm_url)).await.unwrap();
    let page = world.sign_in_from(&mut other, "daan@example.com").await;
    assert_eq!(page.status.as_u16(), 403);
    assert!(page.text.contains("href=\"/setup\""), "{}", page.text);
}

/// X5, S2: giving people access asks for a sign-in of late, where the settings say so; taking it away does not.
#[tokio::test]
async fn giving_access_asks_for_a_sign_in_of_late() {
    let world = world(&[("crm_sharing_minutes", "10")]).await;
    let mut browser = world.member("mila@example.com").await;
    let at = format!("{}/api/v1/records/relations/none/access", world.crm_url);
    let cookie = browser.cookies["localhost"].iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("; ");
    let ask = async |method: Method, path: &str, body: &'static str| {
        let request = world.http.request(method, format!("{at}{path}")).header("cookie", &cookie);
        let answer =
            request.header("origin", &world.crm_url).header("sec-fetch-site", "same-origin").body(body).send().await.unwrap();
        let said = answer.headers().get("www-authenticate").map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        (answer.status().as_u16(), said)
    };
    let grant = r#"{"holder": {"person": "x"}, "level": "reader"}"#;
    let (status, _) = ask(Method::POST, "/grants", grant).await;
    assert_ne!(status, 401, "of late");
    world.advance(601);
    world.poll().await;
    let (status, said) = ask(Method::POST, "/grants", grant).await;
    assert_eq!(status, 401);
    assert!(said.contains("insufficient_user_authentication") && said.contains("max_age=\"600\""), "{said}");
    assert_ne!(ask(Method::DELETE, "/grants/g1", "").await.0, 401);
    // The page leads to the provider, which asks from the beginning.
    let page = browser.get(format!("{}/auth/login?to=%2Fme&max_age=600", world.crm_url)).await.unwrap();
    assert!(page.text.contains("id=\"password\""), "{}", page.text);
    let page = world.sign_in_from(&mut browser, "mila@example.com").await;
    assert_eq!(page.url.as_str(), format!("{}/me", world.crm_url));
}
