//! Proving a telephone.

use super::world::{audited, enter, get, post};
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::support::flow::{answered, authorize_url, claims, redeem, text, until_answer, userinfo};
use crate::support::postgres::TestDb;
use crate::support::world::World;

const PHONE: &str = "/account/security/phone";
const DAAN: &str = "daan@example.com";
const NUMBER: &str = "+31612345642";

async fn proven(world: &World) -> Option<String> {
    let sql = zegel::sql!("SELECT phone FROM people WHERE email = 'daan@example.com' AND phone_proven_at IS NOT NULL");
    world.idp().db.query(sql).opt::<(String,)>().await.unwrap().map(|(n,)| n)
}

on_both_engines! {
    /// S3
    async fn a_telephone_is_proven_by_a_code_that_went_there(db: TestDb) {
        let world = World::start(db).await;
        let mut browser = enter(&world, DAAN).await;
        for wrong in ["12", "not a number", "+31"] {
            let page = post(&world, &mut browser, PHONE, &[("do", "begin"), ("phone", wrong)]).await;
            assert!(page.status.as_u16() == 422 && page.text.contains("id=\"phone-error\""), "{wrong}: {}", page.text);
        }
        let page = post(&world, &mut browser, PHONE, &[("do", "begin"), ("phone", "06 12345642")]).await;
        assert!(page.text.contains("+31 6 ••• 42") && page.text.contains("id=\"code\""), "{}", page.text);
        let code = world.code_for(NUMBER, 6).await;
        let wrong = if code == "000000" { "111111" } else { "000000" };
        assert_eq!(post(&world, &mut browser, PHONE, &[("do", "confirm"), ("code", wrong)]).await.status.as_u16(), 422);
        assert_eq!(proven(&world).await, None);
        let page = post(&world, &mut browser, PHONE, &[("do", "confirm"), ("code", &code)]).await;
        assert_eq!(page.url.query(), Some("done=phone-added"));
        assert_eq!(proven(&world).await.as_deref(), Some(NUMBER));
        // Another number by someone else's hand is nobody's proof.
        world.apply("people: [{email: daan@example.com, name: Daan Visser, staff: true, phone: '+31612345643', roles: [driver]}]").await;
        assert_eq!(proven(&world).await, None);
    }

    /// case 18: of guesses at the code of a number so many are looked at, and the right one after them comes too late.
    async fn the_code_of_a_telephone_is_guessed_five_times(db: TestDb) {
        let world = World::start(db).await;
        let mut browser = enter(&world, DAAN).await;
        post(&world, &mut browser, PHONE, &[("do", "begin"), ("phone", NUMBER)]).await;
        let code = world.code_for(NUMBER, 6).await;
        let wrong = if code == "000000" { "111111" } else { "000000" };
        let mut looked_at = 0;
        for _ in 0..8 {
            let status = post(&world, &mut browser, PHONE, &[("do", "confirm"), ("code", wrong)]).await.status.as_u16();
            looked_at += usize::from(status == 422);
        }
        assert!(looked_at <= 5, "{looked_at}");
        assert_eq!(post(&world, &mut browser, PHONE, &[("do", "confirm"), ("code", &code)]).await.status.as_u16(), 410);
        assert_eq!(proven(&world).await, None);
    }
}

/// S1, S3, basic/scope-phone: applications are told whether a telephone was proven, and of another one that it was not.
#[tokio::test]
async fn applications_learn_whether_a_telephone_was_proven() {
    let world = World::start(TestDb::sqlite()).await;
    world.apply(r#"{"applications": [{"client_id": "app", "client_name": "App", "redirect_uris": ["http://127.0.0.1:9/cb"], "scope": "openid phone"}]}"#).await;
    let mut browser = enter(&world, DAAN).await;
    let told = async |browser: &mut zegel::demo::browser::Browser| {
        let ask =
            authorize_url(&world, &[("scope", "openid phone"), ("claims", r#"{"id_token": {"phone_number_verified": null}}"#)]);
        let answer = until_answer(&world, browser, &ask).await;
        let (status, tokens) = redeem(&world, &answered(&answer, "code").unwrap()).await;
        assert_eq!(status, 200, "{tokens}");
        let (_, info) = userinfo(&world, text(&tokens, "access_token")).await;
        let id_token = claims(text(&tokens, "id_token"));
        assert_eq!(info.get("phone_number_verified"), id_token.get("phone_number_verified"));
        (info["phone_number"].clone(), info["phone_number_verified"].clone())
    };
    assert_eq!(told(&mut browser).await, (Value::Null, Value::Null));
    post(&world, &mut browser, PHONE, &[("do", "begin"), ("phone", NUMBER)]).await;
    let code = world.code_for(NUMBER, 6).await;
    post(&world, &mut browser, PHONE, &[("do", "confirm"), ("code", &code)]).await;
    assert_eq!(told(&mut browser).await, (json!(NUMBER), json!(true)));
    world
        .apply("people: [{email: daan@example.com, name: Daan Visser, staff: true, phone: '+31612345643', roles: [driver]}]")
        .await;
    assert_eq!(told(&mut browser).await, (json!("+31612345643"), json!(false)));
}

/// Messages cost money and may go to strangers: they are counted, and a new code ends the one before.
#[tokio::test]
async fn messages_to_prove_a_telephone_are_counted() {
    let world = World::start(TestDb::sqlite()).await;
    let mut browser = enter(&world, DAAN).await;
    post(&world, &mut browser, PHONE, &[("do", "begin"), ("phone", NUMBER)]).await;
    let first = world.code_for(NUMBER, 6).await;
    assert_eq!(post(&world, &mut browser, PHONE, &[("do", "resend")]).await.status.as_u16(), 429);
    world.advance(31);
    assert_eq!(post(&world, &mut browser, PHONE, &[("do", "resend")]).await.status.as_u16(), 200);
    let second = world.code_for(NUMBER, 6).await;
    if first != second {
        assert_eq!(post(&world, &mut browser, PHONE, &[("do", "confirm"), ("code", &first)]).await.status.as_u16(), 422);
    }
    world.advance(31);
    assert_eq!(post(&world, &mut browser, PHONE, &[("do", "resend")]).await.status.as_u16(), 200);
    world.advance(31);
    assert_eq!(post(&world, &mut browser, PHONE, &[("do", "resend")]).await.status.as_u16(), 429, "three of them");
    let mut sent = 3;
    while post(&world, &mut browser, PHONE, &[("do", "begin"), ("phone", NUMBER)]).await.status.as_u16() == 200 {
        sent += 1;
        assert!(sent <= 6, "more than six a day");
    }
    assert_eq!(sent, 6);
}

/// case 21
#[tokio::test]
async fn a_code_expires_and_a_telephone_is_removed() {
    let world = World::start(TestDb::sqlite()).await;
    let mut browser = enter(&world, DAAN).await;
    post(&world, &mut browser, PHONE, &[("do", "begin"), ("phone", NUMBER)]).await;
    let code = world.code_for(NUMBER, 6).await;
    world.advance(901);
    assert_eq!(post(&world, &mut browser, PHONE, &[("do", "confirm"), ("code", &code)]).await.status.as_u16(), 410);
    let mut browser = enter(&world, DAAN).await;
    post(&world, &mut browser, PHONE, &[("do", "begin"), ("phone", NUMBER)]).await;
    let code = world.code_for(NUMBER, 6).await;
    post(&world, &mut browser, PHONE, &[("do", "confirm"), ("code", &code)]).await;
    assert_eq!(proven(&world).await.as_deref(), Some(NUMBER));
    let page = post(&world, &mut browser, PHONE, &[("do", "remove")]).await;
    assert_eq!(page.url.query(), Some("done=phone-removed"), "{}", page.text);
    assert_eq!(proven(&world).await, None);
    assert_eq!(audited(&world, "phone.removed", "ok").await, 1);
    assert!(!get(&world, &mut browser, "/account/security").await.text.contains("••• 42"));
}
