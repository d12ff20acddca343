//! What people see and do about themselves.

use serde_json::{Value, json};
use zegel::contract::feed::Entry;
use zegel::idp::feed;

use crate::on_both_engines;
use crate::support::flow::{answered, authorize_url, refresh, text, tokens, until_answer, userinfo};
use crate::support::postgres::TestDb;
use crate::support::world::World;

on_both_engines! {
    /// S4, S8: name, language and time zone are one's own to say; other applications learn of it by the access log.
    async fn someone_changes_name_language_and_time_zone(db: TestDb) {
        let world = World::start(db).await;
        let mut daan = world.at_home("daan@example.com").await;
        let form = [("name", " Daan de Visser "), ("language", "nl"), ("zone", "Asia/Tokyo")];
        let page = daan.post(world.at("/account/profile"), &form).await.unwrap();
        assert_eq!(page.url.path(), "/account", "{}", page.text);
        assert!(page.text.contains("Daan de Visser") && page.text.contains("Asia/Tokyo"), "{}", page.text);
        assert!(page.text.contains("lang=\"nl\""), "the page speaks it at once");
        let page = feed::flow::page(&world.idp().db, 0).await.unwrap();
        let mut log = page.entries.into_iter().map(|e| e.named(&page.names));
        let id = world.id_of("daan@example.com").await;
        let told = log.any(|p| matches!(p.entry, Entry::Person { sub, name, language, .. } if sub == id && name == "Daan de Visser" && language == "nl"));
        assert!(told);
        assert_eq!(world.noted("profile.changed", &id).await, 1);
        daan.post(world.at("/account/profile"), &form).await.unwrap();
        assert_eq!(world.noted("profile.changed", &id).await, 1, "the same again changes nothing");
        for bad in [[("name", ""), ("language", "nl"), ("zone", "")], [("name", "D"), ("language", "xx"), ("zone", "")], [("name", "D"), ("language", "nl"), ("zone", "Nowhere/At_all")]] {
            assert_eq!(daan.post(world.at("/account/profile"), &bad).await.unwrap().status.as_u16(), 422);
        }
    }

    /// S4, case 20: sessions are seen with browser and place, and ended one by one, all others, or everywhere; only one's own.
    async fn sessions_are_listed_and_ended_here_and_everywhere(db: TestDb) {
        let world = World::start(db).await;
        let (mut phone, t) = tokens(&world, "daan@example.com", &[]).await;
        world.advance(1);
        let mut desk = world.at_home("daan@example.com").await;
        world.advance(1);
        let mut third = world.at_home("daan@example.com").await;
        let mut mila = world.at_home("mila@example.com").await;
        let page = desk.get(world.at("/account/sessions")).await.unwrap();
        let ids: Vec<String> = page.text.split("name=\"session\" value=\"").skip(1).map(|r| r[..36].to_owned()).collect();
        assert_eq!(ids.len(), 3, "{}", page.text);
        assert!(page.text.contains("127.0.0.1") && page.text.contains("Test application"), "{}", page.text);
        // Another's session is none, and stays.
        let other = mila.post(world.at("/account/sessions/end"), &[("session", &ids[1])]).await.unwrap();
        assert_eq!(other.status.as_u16(), 404);
        assert_eq!(third.get(world.at("/account")).await.unwrap().url.path(), "/account");
        // This browser is first; the third is ended alone.
        let third_id = &ids[1];
        let page = desk.post(world.at("/account/sessions/end"), &[("session", third_id)]).await.unwrap();
        assert_eq!(page.url.query(), Some("done=one"), "{}", page.text);
        assert_eq!(third.get(world.at("/account")).await.unwrap().url.path(), "/signin");
        assert_eq!(phone.get(world.at("/account")).await.unwrap().url.path(), "/account");
        desk.post(world.at("/account/sessions/end"), &[("which", "others")]).await.unwrap();
        assert_eq!(phone.get(world.at("/account")).await.unwrap().url.path(), "/signin");
        assert_eq!(desk.get(world.at("/account")).await.unwrap().url.path(), "/account");
        let page = desk.post(world.at("/account/sessions/end"), &[("which", "all")]).await.unwrap();
        assert_eq!(page.url.path(), "/logout/done");
        assert_eq!(desk.get(world.at("/account")).await.unwrap().url.path(), "/signin");
        assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 401);
        assert_eq!(refresh(&world, text(&t, "refresh_token")).await.0, 400);
    }

    /// S4: what an application was given is seen and taken back, at once; of others nothing is touched.
    async fn what_an_application_was_given_is_taken_back(db: TestDb) {
        let world = World::start(db).await;
        let (mut daan, t) = tokens(&world, "daan@example.com", &[("scope", "openid email")]).await;
        let (_, mila) = tokens(&world, "mila@example.com", &[]).await;
        let page = daan.get(world.at("/account/applications")).await.unwrap();
        assert!(page.text.contains("Test application") && page.text.contains("e-mail address"), "{}", page.text);
        let none = daan.post(world.at("/account/applications/withdraw"), &[("client", "other")]).await.unwrap();
        assert_eq!(none.status.as_u16(), 404);
        let page = daan.post(world.at("/account/applications/withdraw"), &[("client", "app")]).await.unwrap();
        assert!(page.text.contains("No application has access"), "{}", page.text);
        assert_eq!(userinfo(&world, text(&t, "access_token")).await.0, 401);
        assert_eq!(refresh(&world, text(&t, "refresh_token")).await.0, 400);
        assert_eq!(userinfo(&world, text(&mila, "access_token")).await.0, 200);
        assert_eq!(daan.get(world.at("/account")).await.unwrap().url.path(), "/account", "he stays signed in");
    }

    /// S2, S4: what someone has allowed is seen and taken back with what was issued, also where nothing of it stands any more;
    /// the application must ask him again.
    async fn what_someone_has_allowed_is_taken_back_and_asked_for_again(db: TestDb) {
        let world = World::start(db).await;
        let asks = r#"{"applications": [{"client_id": "app", "client_name": "Test application", "consent": "ask",
            "redirect_uris": ["http://127.0.0.1:9/cb"], "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid email offline_access"}]}"#;
        world.apply(asks).await;
        let scope = ("scope", "openid email offline_access");
        let (mut daan, t) = tokens(&world, "daan@example.com", &[scope]).await;
        let asked = async |browser: &mut zegel::demo::browser::Browser| {
            let answer = until_answer(&world, browser, &authorize_url(&world, &[scope])).await;
            answered(&answer, "code").is_none() && answer.text.contains("id=\"asks\"")
        };
        assert!(!asked(&mut daan).await, "it was allowed");
        let page = daan.get(world.at("/account/applications")).await.unwrap();
        assert!(page.text.contains("Test application") && page.text.contains("Also while you are signed out"), "{}", page.text);
        daan.post(world.at("/account/applications/withdraw"), &[("client", "app")]).await.unwrap();
        assert_eq!(refresh(&world, text(&t, "refresh_token")).await.0, 400, "the refresh token is worth nothing");
        assert!(asked(&mut daan).await, "what was allowed is forgotten");
        assert_eq!(world.noted("consent.withdrawn", &world.id_of("daan@example.com").await).await, 1);
        // What was allowed and of which nothing stands is listed all the same, and taken back.
        let (_, t) = tokens(&world, "daan@example.com", &[("scope", "openid email")]).await;
        let form = [("token", text(&t, "refresh_token"))];
        let revoke = world.http.post(world.at("/revoke")).basic_auth("app", Some(crate::support::world::APP_SECRET)).form(&form);
        assert_eq!(revoke.send().await.unwrap().status().as_u16(), 200);
        let page = daan.get(world.at("/account/applications")).await.unwrap();
        assert!(page.text.contains("Test application"), "{}", page.text);
        let page = daan.post(world.at("/account/applications/withdraw"), &[("client", "app")]).await.unwrap();
        assert!(page.text.contains("No application has access"), "{}", page.text);
        assert!(asked(&mut daan).await);
    }

    /// S4, case 38: one's own activity, part by part; the cursor of another opens nothing of his.
    async fn activity_is_ones_own_and_comes_in_parts(db: TestDb) {
        let world = World::start(db).await;
        let mut daan = world.at_home("daan@example.com").await;
        for n in 0..40 {
            world.advance(1);
            let name = format!("Daan {n}");
            daan.post(world.at("/account/profile"), &[("name", &*name), ("language", "en"), ("zone", "")]).await.unwrap();
        }
        let count = |page: &str| page.split("<time ").count() - 1;
        let first = daan.get(world.at("/account/activity")).await.unwrap();
        assert_eq!(count(&first.text), 30, "{}", first.text);
        let next = first.after("rel=\"next\" href=\"").unwrap().to_owned();
        let second = daan.get(world.at(&next)).await.unwrap();
        assert!(count(&second.text) >= 12, "{}", second.text);
        assert!(second.text.contains("Second factor shown") && !second.text.contains("rel=\"next\""), "{}", second.text);
        let mut mila = world.at_home("mila@example.com").await;
        let page = mila.get(world.at(&next)).await.unwrap();
        assert!(page.text.contains("Second factor shown") && !page.text.contains("time zone changed"), "{}", page.text);
    }

    /// S1, S4, S5: what applications are told of someone he says himself, by page and API, and an administrator by API, page and command; a
    /// value that others would stumble over is refused by its field. His time zone is told as he chose it.
    async fn standard_claims_are_said_by_oneself_and_by_administrators(db: TestDb) {
        let world = World::start(db).await;
        let app = r#"{"applications": [{"client_id": "app", "client_name": "Test application", "redirect_uris": ["http://127.0.0.1:9/cb"],
            "grant_types": ["authorization_code"], "scope": "openid profile address account"}]}"#;
        world.apply(app).await;
        let (mut daan, t) = tokens(&world, "daan@example.com", &[("scope", "openid profile address account")]).await;
        let token = text(&t, "access_token").to_owned();
        let claims = async || userinfo(&world, &token).await.1;
        assert_eq!(claims().await["zoneinfo"], "Europe/Amsterdam");
        daan.post(world.at("/account/profile"), &[("name", "Daan Visser"), ("language", "en"), ("zone", "Asia/Tokyo")]).await.unwrap();
        assert_eq!(claims().await["zoneinfo"], "Asia/Tokyo");
        let form = [("given_name", " Daan "), ("birthdate", "1990-12-31"), ("website", "daan.example"), ("locality", "Gouda")];
        let page = daan.post(world.at("/account/details"), &form).await.unwrap();
        assert!(page.status == 422 && page.text.contains("id=\"website-error\"") && page.text.contains("Gouda"), "{}", page.text);
        let form = [form[0], form[1], ("website", "https://daan.example"), form[3]];
        let page = daan.post(world.at("/account/details"), &form).await.unwrap();
        assert_eq!((page.status.as_u16(), page.url.path()), (200, "/account"), "{}", page.text);
        daan.post(world.at("/account/details"), &form).await.unwrap();
        let id = world.id_of("daan@example.com").await;
        assert_eq!(world.noted("profile.changed", &id).await, 2, "the same again changes nothing");
        let told = claims().await;
        assert_eq!((&told["given_name"], &told["birthdate"], &told["address"]["locality"]), (&json!("Daan"), &json!("1990-12-31"), &json!("Gouda")));
        assert!(daan.get(world.at("/account/details")).await.unwrap().text.contains("value=\"https://daan.example\""));
        let api = async |method: reqwest::Method, body: Option<Value>| {
            let mut request = world.http.request(method, world.at("/api/me/profile")).bearer_auth(&token);
            if let Some(body) = body {
                request = request.json(&body);
            }
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.json::<Value>().await.unwrap_or_default())
        };
        assert_eq!(api(reqwest::Method::GET, None).await.1["website"], "https://daan.example");
        let (status, wrong) = api(reqwest::Method::PUT, Some(json!({"birthdate": "yesterday"}))).await;
        assert!(status == 422 && wrong["fields"]["birthdate"].is_string(), "{wrong}");
        assert_eq!(api(reqwest::Method::PUT, Some(json!({"shoe_size": "43"}))).await.0, 400);
        assert_eq!(api(reqwest::Method::PUT, Some(json!({"nickname": "Dani"}))).await.0, 204);
        let told = claims().await;
        assert_eq!((&told["nickname"], &told["given_name"], &told["address"]), (&json!("Dani"), &Value::Null, &Value::Null), "as a whole");
    }
}

/// S4, case 21, case 27: all that is kept about someone is a file for him alone, after a fresh sign-in that leads back to it, and
/// opens nothing.
#[tokio::test]
async fn the_own_data_are_had_after_a_fresh_sign_in_and_hold_no_secret() {
    let world = World::start(TestDb::sqlite()).await;
    let mut daan = world.at_home("daan@example.com").await;
    world.advance(299);
    assert_eq!(daan.get(world.at("/account/export")).await.unwrap().url.path(), "/account/export");
    world.advance(2);
    let before = daan.cookies["localhost"]["zegel_idp_session"].clone();
    let page = daan.get(world.at("/account/export")).await.unwrap();
    assert_eq!(page.url.path(), "/signin");
    let file = world.again(&mut daan, "daan@example.com").await;
    assert_eq!(file.url.path(), "/account/export");
    assert_ne!(daan.cookies["localhost"]["zegel_idp_session"], before, "case 20: another session identifier");
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"account.json\"");
    let all: serde_json::Value = serde_json::from_str(&file.text).unwrap();
    assert_eq!(all["person"]["email"], "daan@example.com");
    assert!(all["activity"].as_array().unwrap().iter().any(|e| e["action"] == "signin.code"), "{all}");
    for secret in ["argon2", "$", "hash", "token", "seed"] {
        assert!(!file.text.contains(secret), "{secret} in {all}");
    }
}
