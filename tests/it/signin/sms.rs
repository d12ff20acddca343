//! Codes by text message, through a gateway that fails, dawdles and reports.

use axum::http::StatusCode;
use reqwest::Method;
use zegel::demo::browser::{Answer, Browser};

use crate::on_both_engines;
use crate::support::flow::{answered, authorize_url, claims, redeem, text, until_answer};
use crate::support::postgres::TestDb;
use crate::support::world::{Options, PASSWORD, World};

const NUMBER: &str = "+31612345601";
const TOKEN: &str = "a-token-that-only-the-gateway-has";

/// With a number of daan, that is proven or not.
async fn world(db: TestDb, proven: bool) -> World {
    let options = Options { settings: &[("sms_report_token", TOKEN)], ..Options::default() };
    let world = World::start_with(db, options).await;
    world.apply(&format!("people: [{{email: daan@example.com, name: Daan Visser, phone: '{NUMBER}'}}]")).await;
    if proven {
        let set = world.idp().db.write(world.idp().env.now(), |now, mut tx| {
            Box::pin(async move {
                let sql = zegel::sql!("UPDATE people SET phone_proven_at = $1 WHERE email = 'daan@example.com'");
                tx.q(sql).bind(now.0).exec().await
            })
        });
        set.await.unwrap();
    }
    let stub = world.app.capture.as_ref().unwrap().gateway();
    stub.report_to(&format!("{}/api/sms/reports", world.idp_url), TOKEN);
    world
}

/// A browser where the password was right; and the page that follows.
async fn at_code(world: &World) -> (Browser, Answer) {
    let mut browser = world.browser();
    until_answer(world, &mut browser, &authorize_url(world, &[])).await;
    let form = [("username", "daan@example.com"), ("password", PASSWORD)];
    let page = browser.post(format!("{}/signin", world.idp_url), &form).await.unwrap();
    (browser, page)
}

async fn enter(world: &World, browser: &mut Browser, code: &str) -> Answer {
    browser.once(Method::POST, &format!("{}/signin/code", world.idp_url), Some(&[("code", code)])).await.unwrap()
}

fn texts(world: &World) -> usize {
    world.app.capture.as_ref().unwrap().messages().list().iter().filter(|m| m.to == NUMBER).count()
}

on_both_engines! {
    /// S3: a proven number is a factor of its own strength; one that is not proven is none.
    async fn a_code_by_text_message_signs_in_where_the_number_is_proven(db: TestDb) {
        let world = world(db, true).await;
        let (mut browser, page) = at_code(&world).await;
        assert!(page.text.contains("text message") && !page.text.contains(NUMBER), "masked: {}", page.text);
        let code = world.code_for(NUMBER, 6).await;
        let answer = enter(&world, &mut browser, &code).await;
        let (_, t) = redeem(&world, &answered(&answer, "code").unwrap()).await;
        let said = claims(text(&t, "id_token"));
        assert_eq!(text(&said, "acr"), "urn:zegel:acr:password-sms");
        assert_eq!(said["amr"], serde_json::json!(["pwd", "otp", "sms", "mfa"]));
        // Another number is not proven.
        world.apply("people: [{email: daan@example.com, name: Daan Visser, phone: '+31612345699'}]").await;
        world.advance(40);
        let (_, page) = at_code(&world).await;
        assert!(!page.text.contains("text message") && page.text.contains("id=\"code\""), "{}", page.text);
    }

    /// case 16: a code that went by mail proves nothing about the telephone, and the other way round.
    async fn a_code_proves_the_way_that_it_went(db: TestDb) {
        let world = world(db, true).await;
        let (mut browser, _) = at_code(&world).await;
        let by_text = world.code_for(NUMBER, 6).await;
        let way = format!("{}/signin/way", world.idp_url);
        // Too soon for another message: the way stays as it was.
        assert_eq!(browser.post(&way, &[("way", "mail")]).await.unwrap().status.as_u16(), 429);
        world.advance(31);
        assert_eq!(browser.post(&way, &[("way", "mail")]).await.unwrap().status.as_u16(), 200);
        assert_eq!(enter(&world, &mut browser, &by_text).await.status.as_u16(), 422);
        let by_mail = world.code_for("daan@example.com", 6).await;
        assert_eq!(browser.post(&way, &[("way", "sms")]).await.unwrap().status.as_u16(), 429);
        let answer = enter(&world, &mut browser, &by_mail).await;
        let (_, t) = redeem(&world, &answered(&answer, "code").unwrap()).await;
        assert_eq!(text(&claims(text(&t, "id_token")), "acr"), "urn:zegel:acr:password-mail");
    }

    /// case 16: nor when a policy asks for the other way since: a code by text message is typed where one by mail is asked.
    async fn a_code_proves_the_way_that_it_went_whatever_is_asked_by_now(db: TestDb) {
        let world = world(db, true).await;
        let (mut browser, _) = at_code(&world).await;
        let by_text = world.code_for(NUMBER, 6).await;
        world.apply("policies: [{for: everyone, factors: [mail]}]").await;
        assert_eq!(enter(&world, &mut browser, &by_text).await.status.as_u16(), 422);
    }
}

/// S3: a gateway that is out of order for a while only makes the message late.
#[tokio::test]
async fn a_gateway_that_fails_is_asked_again() {
    let world = world(TestDb::sqlite(), true).await;
    world.app.capture.as_ref().unwrap().gateway().fail_next(1, StatusCode::SERVICE_UNAVAILABLE);
    let (mut browser, _) = at_code(&world).await;
    world.send().await;
    assert_eq!(texts(&world), 0);
    world.advance(120);
    let code = world.code_for(NUMBER, 6).await;
    assert!(answered(&enter(&world, &mut browser, &code).await, "code").is_some());
}

/// S3: what can't be delivered is said, and another way leads in.
#[tokio::test]
async fn a_message_that_is_refused_is_said_and_another_way_taken() {
    let world = world(TestDb::sqlite(), true).await;
    world.app.capture.as_ref().unwrap().gateway().fail_next(1, StatusCode::BAD_REQUEST);
    let (mut browser, _) = at_code(&world).await;
    world.send().await;
    let page = browser.get(format!("{}/signin", world.idp_url)).await.unwrap();
    assert!(page.text.contains("could not be delivered"), "{}", page.text);
    world.advance(31);
    browser.post(format!("{}/signin/way", world.idp_url), &[("way", "mail")]).await.unwrap();
    let code = world.code_for("daan@example.com", 6).await;
    assert!(answered(&enter(&world, &mut browser, &code).await, "code").is_some());
}

/// S3: what the gateway reports is shown; only the gateway is believed.
#[tokio::test]
async fn what_the_gateway_reports_is_shown() {
    let world = world(TestDb::sqlite(), true).await;
    let (mut browser, _) = at_code(&world).await;
    world.send().await;
    let sql = zegel::sql!("SELECT message_id FROM signins WHERE message_id IS NOT NULL");
    let (id,): (String,) = world.idp().db.query(sql).one().await.unwrap();
    let forged = world.http.post(format!("{}/api/sms/reports", world.idp_url)).bearer_auth("guessed");
    let forged = forged.json(&serde_json::json!({"id": id, "status": "failed"})).send().await.unwrap();
    assert_eq!(forged.status().as_u16(), 401);
    let stub = world.app.capture.as_ref().unwrap().gateway();
    assert_eq!(stub.report(&world.http, &id, "lost").await.unwrap(), 400);
    assert_eq!(stub.report(&world.http, "unknown", "failed").await.unwrap(), 204);
    let shown = async |b: &mut Browser| b.get(format!("{}/signin", world.idp_url)).await.unwrap().text;
    assert!(!shown(&mut browser).await.contains("could not be delivered"));
    assert_eq!(stub.report(&world.http, &id, "failed").await.unwrap(), 204);
    assert!(shown(&mut browser).await.contains("could not be delivered"));
}
