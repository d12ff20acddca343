//! Trying an application: a real flow with the administrator's own account, of which nothing is left.

use reqwest::Method;
use zegel::demo::browser::Browser;

use super::begin;
use crate::on_both_engines;
use crate::support::flow::authorize_url;
use crate::support::postgres::TestDb;
use crate::support::world::{Options, World};

fn at(world: &World, path: &str) -> String {
    format!("{}{path}", world.idp_url)
}

/// Begins a trial of `client`; where the browser is led.
async fn led(world: &World, browser: &mut Browser, client: &str, form: &[(&str, &str)]) -> String {
    let url = at(world, &format!("/admin/applications/{client}/try"));
    let answer = browser.once(Method::POST, &url, Some(form)).await.unwrap();
    answer.location().unwrap_or_else(|| panic!("{client}: {} {}", answer.status, answer.text)).into()
}

/// The numbers of steps that are right and that are not, on a page of a trial.
fn marks(page: &str) -> (usize, usize) {
    (page.matches("<span class=\"tag good\">").count(), page.matches("<span class=\"tag bad\">").count())
}

/// Ids of the steps of a page, in order.
fn steps(page: &str) -> Vec<&str> {
    page.split("id=\"step-").skip(1).filter_map(|t| t.split('"').next()).collect()
}

const ALL: [&str; 11] = [
    "request",
    "answer",
    "token-request",
    "token-answer",
    "id-token",
    "access-token",
    "userinfo",
    "introspection",
    "renewal",
    "end",
    "logout",
];

on_both_engines! {
    /// S5, S1: each step of a real flow is shown and right, what was given has ended, and no token is in the page (case 27).
    async fn an_administrator_tries_an_application(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let mut ada = world.member("ada@example.com").await;
        let form = ada.get(at(&world, "/admin/applications/app/try")).await.unwrap();
        assert!(form.status == 200 && form.text.contains("openid profile email read"), "{}", form.text);
        let page = ada.post(at(&world, "/admin/applications/app/try"), &[("scope", "openid profile read")]).await.unwrap();
        assert_eq!(page.status, 200, "{}", page.text);
        assert_eq!(steps(&page.text), ALL, "{}", page.text);
        let (_, bad) = marks(&page.text);
        assert_eq!(bad, 0, "{}", page.text);
        assert!(page.text.contains("Ada Admin") && page.text.contains("openid profile read"), "claims of both tokens: {}", page.text);
        assert!(!page.text.contains("eyJhbGciOi"), "no token is in the page: {}", page.text);
        // The code in the address is spent, and with it the page.
        let again = ada.get(page.url.as_str()).await.unwrap();
        assert!(marks(&again.text).1 > 0 && !steps(&again.text).contains(&"id-token"), "{}", again.text);
        // It is in the audit log, with what became of it.
        let log = ada.get(at(&world, "/admin/audit?action=client.")).await.unwrap();
        assert!(log.text.contains("Application tried"), "{}", log.text);
        let log = ada.get(at(&world, "/admin/audit?action=issue.")).await.unwrap();
        assert!(log.text.contains("Tokens revoked"), "{}", log.text);
    }

    /// S2, S5: applications that bind their tokens, sign their requests, hide people's subjects and give opaque tokens are tried
    /// as well, and without their keys.
    async fn an_application_that_is_held_to_more_is_tried_as_well(db: TestDb) {
        let world = World::start(db).await;
        begin(&world).await;
        let key = zegel::kernel::jose::SigningKey::generate(zegel::kernel::jose::Alg::Es256).unwrap();
        let file = serde_json::json!({"applications": [
            {"client_id": "bank", "client_name": "Bank", "redirect_uris": ["https://bank.example/cb"], "profile": "fapi2",
             "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [key.public_jwk()]}, "dpop_bound_access_tokens": true,
             "grant_types": ["authorization_code", "refresh_token"], "require_signed_request_object": true, "consent": "ask"},
            {"client_id": "shy", "client_name": "Shy", "client_secret": "the-secret-of-the-shy-one-of-40-characters", "subject_type": "pairwise",
             "redirect_uris": ["https://shy.example/cb"], "access_token_format": "opaque", "userinfo_signed_response_alg": "ES256"},
        ]});
        world.apply(&file.to_string()).await;
        world.poll().await;
        let mut ada = world.member("ada@example.com").await;
        let consent = ada.post(at(&world, "/admin/applications/bank/try"), &[("scope", "openid profile")]).await.unwrap();
        assert!(consent.url.path().starts_with("/consent/"), "her own consent: {} {}", consent.url, consent.text);
        let page = ada.post(consent.url.as_str(), &[("answer", "allow")]).await.unwrap();
        assert_eq!((steps(&page.text).len(), marks(&page.text).1), (ALL.len(), 0), "{}", page.text);
        assert!(page.text.contains("&quot;jkt&quot;") || page.text.contains("&#34;jkt&#34;"), "the token is bound: {}", page.text);
        let page = ada.post(at(&world, "/admin/applications/shy/try"), &[("scope", "openid email")]).await.unwrap();
        assert_eq!((steps(&page.text).contains(&"renewal"), marks(&page.text).1), (false, 0), "{}", page.text);
        let id = { let mut snapshot = world.idp().db.snapshot().await.unwrap();
            let key = zegel::idp::people::EmailKey::parse("ada@example.com").unwrap();
            zegel::idp::people::store::by_email(&mut snapshot.tx(), &key).await.unwrap().unwrap().id };
        let told = page.text.split("id=\"step-id-token\"").nth(1).unwrap().split("id=\"step-access-token\"").next().unwrap();
        assert!(!told.contains(&id), "the ID token names her by the application's own subject: {told}");
    }
}

/// S2, S5: signed answers are read; what is encrypted to the application's key is said to be, and nothing fails by it.
#[tokio::test]
async fn what_is_signed_or_encrypted_for_an_application_is_said_to_be() {
    let settings = &[("encrypted_tokens", "true"), ("message_signing", "true")];
    let world = World::start_with(TestDb::sqlite(), Options { settings, ..Options::default() }).await;
    begin(&world).await;
    let key = zegel::kernel::jose::SigningKey::generate(zegel::kernel::jose::Alg::Es256).unwrap();
    let mut public = key.public_jwk();
    let mut seal = public.clone();
    for (jwk, purpose, alg) in [(&mut public, "sig", "ES256"), (&mut seal, "enc", "ECDH-ES")] {
        let jwk = jwk.as_object_mut().unwrap();
        jwk.extend([("use".to_owned(), purpose.into()), ("alg".to_owned(), alg.into()), ("kid".to_owned(), purpose.into())]);
    }
    let file = serde_json::json!({"applications": [{
        "client_id": "bank", "client_name": "Bank", "redirect_uris": ["https://bank.example/cb"], "profile": "fapi2_signing",
        "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [public, seal]}, "dpop_bound_access_tokens": true,
        "id_token_encrypted_response_alg": "ECDH-ES", "userinfo_encrypted_response_alg": "ECDH-ES",
        "authorization_encrypted_response_alg": "ECDH-ES",
    }]});
    world.apply(&file.to_string()).await;
    world.poll().await;
    let mut ada = world.member("ada@example.com").await;
    let page = ada.post(at(&world, "/admin/applications/bank/try"), &[("scope", "openid profile")]).await.unwrap();
    assert_eq!((page.status.as_u16(), marks(&page.text).1), (200, 0), "{}", page.text);
    assert!(page.url.query().unwrap_or_default().contains("response="), "{}", page.url);
    let encrypted = page.text.matches("It is encrypted to the application").count();
    assert_eq!((encrypted, page.text.contains("signature fits a published key (JARM)")), (2, true), "{}", page.text);
}

/// case 1, case 5, S5: the address of trials is nobody's to send codes to, and an answer counts for whose trial it is alone.
#[tokio::test]
async fn the_address_of_trials_is_for_trials_alone() {
    let world = World::start(TestDb::sqlite()).await;
    begin(&world).await;
    world.apply("people: [{email: mila@example.com, name: Mila de Boer, staff: true, password: correct horse battery, roles: [administrator]}]").await;
    world.poll().await;
    let mut ada = world.member("ada@example.com").await;
    let own = at(&world, "/admin/try");
    let asked = ada.get(authorize_url(&world, &[("redirect_uri", &own)])).await.unwrap();
    assert!(asked.status == 400 && !asked.url.path().contains("/admin/try"), "{} {}", asked.url, asked.text);
    let pushed = [
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", &*own),
        ("scope", "openid"),
        ("code_challenge_method", "S256"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
    ];
    let request = world.http.post(at(&world, "/par")).basic_auth("app", Some(crate::support::world::APP_SECRET)).form(&pushed);
    assert_eq!(request.send().await.unwrap().status().as_u16(), 400);

    // Another administrator is led into Ada's trial: no code is given for him.
    let to = led(&world, &mut ada, "app", &[("scope", "openid")]).await;
    let mut mila = world.member("mila@example.com").await;
    let answer = mila.once(Method::GET, &to, None).await.unwrap();
    let back = answer.location().unwrap();
    assert!(back.query().unwrap().contains("error=access_denied"), "{back}");
    // Nor does he get to see an answer of hers, or she one that is old.
    let to = led(&world, &mut ada, "app", &[("scope", "openid")]).await;
    let answer = ada.once(Method::GET, &to, None).await.unwrap();
    let back: String = answer.location().unwrap().into();
    assert!(back.contains("code="), "{back}");
    assert_eq!(mila.get(&back).await.unwrap().status, 409);
    world.advance(16 * 60);
    assert_eq!(ada.get(&back).await.unwrap().status, 409);
    assert_eq!(ada.get(&own).await.unwrap().status, 409);
}

/// S5: what can't be tried says why, and what is asked for wrongly stands at its field.
#[tokio::test]
async fn what_cannot_be_tried_says_why() {
    let world = World::start(TestDb::sqlite()).await;
    begin(&world).await;
    world.apply("applications: [{client_id: robot, client_name: Robot, client_secret: the-secret-of-the-robot-of-40-characters, grant_types: [client_credentials]}]").await;
    let mut ada = world.member("ada@example.com").await;
    assert_eq!(ada.get(at(&world, "/admin/applications/robot/try")).await.unwrap().status, 409);
    assert_eq!(ada.get(at(&world, "/admin/applications/nobody/try")).await.unwrap().status, 404);
    let wrong = ada.post(at(&world, "/admin/applications/app/try"), &[("scope", "fly")]).await.unwrap();
    assert!(wrong.status == 422 && wrong.text.contains("id=\"scope-error\""), "{}", wrong.text);
    let wrong = ada.post(at(&world, "/admin/applications/app/try"), &[("scope", &*"x".repeat(900))]).await.unwrap();
    assert!(wrong.status == 422 && wrong.text.contains("id=\"scope-error\""), "{}", wrong.text);
    // Whoever may not use it meets the same page as everyone, and the trial says so.
    world.apply("applications: [{client_id: other, client_name: Another, allowed: {people: [daan@example.com]}, redirect_uris: [\"http://127.0.0.1:9/other\"]}]").await;
    let page = ada.post(at(&world, "/admin/applications/other/try"), &[("scope", "openid")]).await.unwrap();
    assert_eq!(page.status, 403, "{}", page.text);
    let back = page
        .text
        .split("href=\"")
        .find(|t| t.contains("/admin/try?"))
        .and_then(|t| t.split('"').next())
        .unwrap()
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    let page = ada.get(&back).await.unwrap();
    assert_eq!((steps(&page.text), marks(&page.text).1), (vec!["request", "answer"], 1), "{}", page.text);
    assert!(page.text.contains("Look at who may use it"), "{}", page.text);
    world.apply("applications: [{client_id: app, enabled: false, client_name: Test application, redirect_uris: [\"http://127.0.0.1:9/cb\"]}]").await;
    assert_eq!(ada.get(at(&world, "/admin/applications/app/try")).await.unwrap().status, 409);
}
