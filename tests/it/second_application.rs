//! The second application of the story, on the library that other makers use, against the running provider.

use std::sync::Arc;

use serde_json::{Value, json};
use zegel::demo::accounting::{Accounting, SECRET};
use zegel::idp::keyring::Use;
use zegel::kernel::clock::Clock;
use zegel::kernel::jose::{Alg, SigningKey};

use crate::on_both_engines;
use crate::support::postgres::TestDb;
use crate::support::world::World;

/// An installation with Accounting on a port of its own.
struct Both {
    world: World,
    accounting: Arc<Accounting>,
    url: String,
}

impl Both {
    async fn start(db: TestDb) -> Self {
        let mut world = World::start(db).await;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let accounting = world.app.second_application(listener).unwrap();
        let both = Self { world, accounting, url };
        both.register("allowed: {roles: [sales]}").await;
        both
    }

    async fn register(&self, more: &str) {
        let (url, idp) = (&self.url, "grant_types: [authorization_code, refresh_token], id_token_signed_response_alg: ES256");
        let file = format!(
            "applications: [{{client_id: accounting, client_name: Accounting, client_secret: {SECRET}, {idp}, \
             redirect_uris: [\"{url}/callback\"], post_logout_redirect_uris: [\"{url}/signed-out\"], \
             initiate_login_uri: \"{url}/login\", backchannel_logout_uri: \"{url}/backchannel-logout\", {more}}}]"
        );
        self.world.apply(&file).await;
    }

    fn login(&self) -> String {
        let iss: String = url::form_urlencoded::byte_serialize(self.world.idp_url.as_bytes()).collect();
        format!("{}/login?iss={iss}&login_hint=mila@example.com", self.url)
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

on_both_engines! {
    /// P13, S1, third-party/3rd_party-init-login: opened from a tile without a second sign-in; signing out closes both.
    async fn it_opens_signed_in_and_signing_out_anywhere_closes_everything(db: TestDb) {
        let both = Both::start(db).await;
        let (world, me) = (&both.world, format!("{}/me", both.world.crm_url));
        let mut mila = world.member("mila@example.com").await;
        let page = mila.get(both.login()).await.unwrap();
        assert!(page.url.as_str() == both.at("/") && page.text.contains("Mila de Boer"), "{} {}", page.url, page.text);
        assert!(page.text.contains("2026-0412") && both.accounting.signed_in() == 1);

        // By the record store's button.
        mila.post(format!("{}/sign-out", world.crm_url), &[]).await.unwrap();
        assert_eq!(both.accounting.signed_in(), 0);
        assert!(mila.get(both.at("/")).await.unwrap().text.contains("Sign in"));

        // And by Accounting's own.
        let mut mila = world.member("mila@example.com").await;
        mila.get(both.login()).await.unwrap();
        let out = mila.post(both.at("/logout"), &[]).await.unwrap();
        assert!(out.url.as_str().starts_with(&both.at("/signed-out")), "{}", out.url);
        let page = mila.get(&me).await.unwrap();
        assert!(page.text.contains("id=\"username\""), "{}", page.url);
    }

    /// S11, P2, case 40: taken away, the next click is refused, and so is coming back.
    async fn who_may_no_longer_use_it_is_out_at_the_next_click(db: TestDb) {
        let both = Both::start(db).await;
        let mut mila = both.world.member("mila@example.com").await;
        mila.get(both.login()).await.unwrap();
        both.world.apply("people: [{email: mila@example.com, name: Mila de Boer, roles: []}]").await;
        let page = mila.get(both.at("/")).await.unwrap();
        assert!(!page.text.contains("2026-0412") && page.text.contains("Sign in"), "{}", page.text);
        let page = mila.get(both.login()).await.unwrap();
        assert!(page.status.as_u16() == 403 && page.text.contains("You may not use Accounting"), "{}", page.text);
        // The way back from that page is the application's, and says the same.
        let back = page.text.split("href=\"").find(|l| l.starts_with(&both.url)).unwrap().split('"').next().unwrap().to_owned();
        let page = mila.get(back.replace("&#38;", "&").replace("&amp;", "&")).await.unwrap();
        assert!(page.status.as_u16() == 403 && page.text.contains("You may not use Accounting"), "{}", page.text);
    }
}

/// S1: untold, it learns it when it renews.
#[tokio::test]
async fn without_being_told_it_ends_when_it_is_renewed() {
    let both = Both::start(TestDb::sqlite()).await;
    let mut mila = both.world.member("mila@example.com").await;
    mila.get(both.login()).await.unwrap();
    both.world.advance(400);
    assert!(mila.get(both.at("/")).await.unwrap().text.contains("Mila de Boer"), "renewed");
    let id = "{client_id: accounting, client_name: Accounting, id_token_signed_response_alg: ES256, allowed: {roles: [driver]}";
    let uri = format!("redirect_uris: [\"{}\"], grant_types: [authorization_code, refresh_token]", both.at("/callback"));
    both.world.apply(&format!("applications: [{id}, {uri}}}]")).await;
    assert_eq!(both.accounting.signed_in(), 1, "it was not told");
    both.world.advance(400);
    assert!(!mila.get(both.at("/")).await.unwrap().text.contains("Mila de Boer"));
}

/// case 1, S1: only the provider that it trusts may begin a sign-in, and answers are for the browser that asked.
#[tokio::test]
async fn it_begins_no_sign_in_for_another_issuer_and_takes_no_answer_of_another_browser() {
    let both = Both::start(TestDb::sqlite()).await;
    let mut mila = both.world.member("mila@example.com").await;
    let page = mila.get(both.at("/login?iss=https://evil.example")).await.unwrap();
    assert!(page.status.as_u16() == 400 && page.url.as_str().starts_with(&both.url), "{}", page.url);
    let mut answer = mila.once(reqwest::Method::GET, &both.login(), None).await.unwrap();
    while let Some(next) = answer.location().filter(|u| !u.as_str().starts_with(&both.url)) {
        answer = mila.once(reqwest::Method::GET, next.as_str(), None).await.unwrap();
    }
    let code = answer.location().unwrap();
    let page = both.world.browser().get(code.as_str()).await.unwrap();
    assert_eq!((page.status.as_u16(), both.accounting.signed_in()), (400, 0));
    let other = code.as_str().replace("iss=http", "iss=https");
    assert_eq!(mila.get(&other).await.unwrap().status.as_u16(), 400);
    assert_eq!(mila.get(code.as_str()).await.unwrap().status.as_u16(), 400, "its state is spent");
}

/// S1, case 6, case 7, case 8: a logout token with anything wrong ends nothing; the right one ends it, once.
#[tokio::test]
async fn a_logout_token_with_anything_wrong_ends_nothing() {
    let both = Both::start(TestDb::sqlite()).await;
    let world = &both.world;
    let mut mila = world.member("mila@example.com").await;
    mila.get(both.login()).await.unwrap();
    let (sub, now) = (subject(world).await, world.clock.now().seconds());
    let held = world.idp().keyring.signing(Use::Token, Alg::Es256).unwrap();
    let stranger = SigningKey::generate(Alg::Es256).unwrap();
    let event = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
    let good = |jti: &str| json!({"iss": world.idp_url, "aud": "accounting", "iat": now, "exp": now + 60, "jti": jti, "events": event, "sub": sub});
    let send = async |token: String| {
        let answer = world.http.post(both.at("/backchannel-logout")).form(&[("logout_token", token)]).send().await.unwrap();
        answer.status().as_u16()
    };
    for (n, (name, value)) in [
        ("iss", json!("https://evil.example")),
        ("aud", json!("other")),
        ("exp", json!(now - 60)),
        ("exp", Value::Null),
        ("iat", Value::Null),
        ("iat", json!(now + 600)),
        ("jti", Value::Null),
        ("jti", json!("")),
        ("events", json!({})),
        ("events", json!({"http://schemas.openid.net/event/backchannel-logout": true})),
        ("events", Value::Null),
        ("nonce", json!("n")),
        ("sub", Value::Null),
        ("sub", json!(1)),
    ]
    .into_iter()
    .enumerate()
    {
        let mut claims = good(&format!("bad-{n}"));
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value,
        }
        assert_eq!(send(held.key.sign_jwt("logout+jwt", &claims).unwrap()).await, 400, "{name}: {claims}");
    }
    assert_eq!(send(held.key.sign_jwt("JWT", &good("typ")).unwrap()).await, 400, "an ID token's type");
    assert_eq!(send(stranger.sign_jwt("logout+jwt", &good("key")).unwrap()).await, 400, "another key");
    assert_eq!(send("x".into()).await, 400);
    assert_eq!(both.accounting.signed_in(), 1);

    let token = held.key.sign_jwt("logout+jwt", &good("right")).unwrap();
    assert_eq!((send(token.clone()).await, both.accounting.signed_in()), (200, 0));
    mila.get(both.login()).await.unwrap();
    assert_eq!((send(token).await, both.accounting.signed_in()), (400, 1), "it counts once");
}

/// The one person who has been issued something by Accounting.
async fn subject(world: &World) -> String {
    let row: (String,) =
        world.idp().db.query(zegel::sql!("SELECT person_id FROM issues WHERE client_id = 'accounting'")).one().await.unwrap();
    row.0
}
