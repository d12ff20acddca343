//! The Dynamic plan, and the two about signing in that begins elsewhere: applications that register themselves.

use serde_json::{Value, json};
use zegel::contract::feed::Entry;
use zegel::demo::browser::{Answer, Browser};
use zegel::idp::registration::tokens::{Wanted, made};
use zegel::kernel::audit::Actor;
use zegel::kernel::clock::Clock;
use zegel::kernel::jose::{Alg, Audience, Expect, KeySet, SigningKey, verify};

use super::{Came, ELLA, Mode, Party};
use crate::on_both_engines;
use crate::support::application::Application;
use crate::support::flow::{CALLBACK, claims, text, userinfo};
use crate::support::postgres::TestDb;
use crate::support::world::{Options, World};

/// A small picture: one pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

async fn open() -> Party {
    let options = Options { client_registration: "open", ..Options::default() };
    let world = World::start_with(TestDb::sqlite(), options).await;
    Party::of(world, Mode::Query).await
}

/// Registers; the status and the answer.
async fn register(p: &Party, body: &Value, token: Option<&str>) -> (u16, Value) {
    let mut request = p.world.http.post(format!("{}/oauth2/register", p.world.idp_url)).json(body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

/// An application that has registered itself.
struct Own {
    all: Value,
}

impl Own {
    async fn new(p: &Party, more: Value) -> Self {
        let mut body = json!({"redirect_uris": [CALLBACK], "client_name": "Certification", "grant_types": ["authorization_code", "refresh_token"]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (status, all) = register(p, &body, None).await;
        assert_eq!(status, 201, "{all}");
        Self { all }
    }
    fn id(&self) -> &str {
        text(&self.all, "client_id")
    }
    /// Asks with PKCE, signs in and allows; the browser and its answer.
    async fn enter(&self, p: &Party, changes: &[(&str, &str)]) -> (Browser, Came) {
        let challenge = crate::support::flow::challenge();
        let mut all = vec![("client_id", self.id()), ("code_challenge", &challenge), ("code_challenge_method", "S256")];
        all.extend_from_slice(changes);
        let (mut browser, mut came) = p.enter(&all).await;
        if let Came::Page(page) = &came
            && page.text.contains("id=\"asks\"")
        {
            came = p.consent(&mut browser, &page.clone(), "allow").await;
        }
        (browser, came)
    }
    async fn redeem(&self, p: &Party, code: &str) -> (u16, Value) {
        let verifier = crate::support::flow::VERIFIER;
        let form =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", verifier)];
        p.world.token((self.id(), text(&self.all, "client_secret")), &form).await
    }
    async fn tokens(&self, p: &Party) -> (Browser, Value) {
        let (browser, came) = self.enter(p, &[]).await;
        let (status, tokens) = self.redeem(p, &came.code()).await;
        assert_eq!(status, 200, "{tokens}");
        (browser, tokens)
    }
    async fn manage(&self, p: &Party, method: &str, body: Option<&Value>, token: &str) -> (u16, Value) {
        let request = p.world.http.request(method.parse().unwrap(), text(&self.all, "registration_client_uri"));
        let request = body.iter().fold(request.bearer_auth(token), |r, b| r.json(b));
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }
}

/// dynamic/server, dynamic/idtoken-rs256, dynamic/redirect-uri-regfrag,
/// dynamic/ensure-redirect-uri-in-authorization-request
#[tokio::test]
async fn an_application_registers_itself_and_signs_people_in() {
    let p = open().await;
    let rp =
        Own::new(&p, json!({"id_token_signed_response_alg": "RS256", "contacts": ["rp@example.com"], "unknown": {"x": 1}})).await;
    for (name, value) in [
        ("response_types", json!(["code"])),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("client_secret_expires_at", json!(0)),
        ("contacts", json!(["rp@example.com"])),
        ("unknown", Value::Null),
    ] {
        assert_eq!(rp.all.get(name).cloned().unwrap_or_default(), value, "{name}");
    }
    let (_, came) = rp.enter(&p, &[("scope", "openid profile email")]).await;
    let (_, tokens) = rp.redeem(&p, &came.code()).await;
    let published = p.world.http.get(format!("{}/oauth2/keys", p.world.idp_url)).send().await.unwrap().bytes().await.unwrap();
    let algs = [Alg::Rs256];
    let expect = Expect::new(&p.world.idp_url, Audience::Only(rp.id()), &algs, p.world.clock.now());
    verify::<Value>(text(&tokens, "id_token"), &KeySet::from_json(&published).unwrap(), &expect).unwrap();
    assert_eq!(p.info(&tokens).await["email"], ELLA);
    let (status, refused) = register(&p, &json!({"redirect_uris": ["http://127.0.0.1:9/cb#fragment"]}), None).await;
    assert_eq!((status, text(&refused, "error")), (400, "invalid_redirect_uri"));
    let page = p.ask(&mut p.world.browser(), &[("client_id", rp.id()), ("redirect_uri", "")]).await.page();
    assert_eq!(page.status.as_u16(), 400);
}

/// dynamic/redirect-uri-query-OK, dynamic/redirect-uri-query-mismatch, dynamic/redirect-uri-query-added
#[tokio::test]
async fn the_query_of_a_redirect_address_counts_as_the_rest_of_it() {
    let p = open().await;
    let with = format!("{CALLBACK}?dummy1=lorem&dummy2=ipsum");
    let rp = Own::new(&p, json!({"redirect_uris": [with]})).await;
    let (_, came) = rp.enter(&p, &[("redirect_uri", &with)]).await;
    let answer = came.answer();
    assert_eq!((answer["dummy1"].as_str(), answer["dummy2"].as_str()), ("lorem", "ipsum"));
    assert!(answer.contains_key("code"));
    let plain = Own::new(&p, json!({})).await;
    for (rp, uri) in [(&rp, format!("{CALLBACK}?dummy1=lorem&dummy2=wrong")), (&plain, format!("{CALLBACK}?dummy=1"))] {
        let page = p.ask(&mut p.world.browser(), &[("client_id", rp.id()), ("redirect_uri", &uri)]).await.page();
        assert_eq!(page.status.as_u16(), 400, "{uri}");
    }
}

/// dynamic/userinfo-rs256
#[tokio::test]
async fn userinfo_is_signed_where_that_is_registered() {
    let p = open().await;
    let rp = Own::new(&p, json!({"userinfo_signed_response_alg": "RS256"})).await;
    let (_, tokens) = rp.tokens(&p).await;
    let url = format!("{}/userinfo", p.world.idp_url);
    let answer = p.world.http.get(url).bearer_auth(text(&tokens, "access_token")).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/jwt");
    let token = answer.text().await.unwrap();
    let told = claims(&token);
    assert_eq!((text(&told, "iss"), text(&told, "aud")), (p.world.idp_url.as_str(), rp.id()));
    assert_eq!(told["sub"], claims(text(&tokens, "id_token"))["sub"]);
    let published = p.world.http.get(format!("{}/oauth2/keys", p.world.idp_url)).send().await.unwrap().bytes().await.unwrap();
    zegel::kernel::jose::open(&token, &KeySet::from_json(&published).unwrap(), None, &[Alg::Rs256]).unwrap();
}

/// dynamic/registration-logo-uri, dynamic/registration-policy-uri, dynamic/registration-tos-uri: shown before anything is
/// told, the logo from here; case 15, case 39.
#[tokio::test]
async fn people_see_whose_application_it_is() {
    let p = open().await;
    let at = Application::with_bytes(PNG).await;
    let m = json!({
        "logo_uri": format!("{}/bytes", at.url), "policy_uri": "https://rp.example/policy", "tos_uri": "https://rp.example/tos",
        "client_name#nl": "Certificering"
    });
    let rp = Own::new(&p, m).await;
    p.world.send().await;
    let (_, came) = p
        .enter(&[
            ("client_id", rp.id()),
            ("code_challenge", &crate::support::flow::challenge()),
            ("code_challenge_method", "S256"),
            ("scope", "openid email"),
        ])
        .await;
    let page: Answer = came.page();
    for words in ["Certification", "registered itself", "https://rp.example/policy", "https://rp.example/tos"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    let logo = format!("/applications/{}/logo", rp.id());
    assert!(page.text.contains(&logo), "{}", page.text);
    let answer = p.world.http.get(format!("{}{logo}", p.world.idp_url)).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert_eq!(answer.bytes().await.unwrap(), PNG);
    let bad = Application::with_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>").await;
    let rp = Own::new(&p, json!({"logo_uri": format!("{}/bytes", bad.url)})).await;
    p.world.send().await;
    let answer = p.world.http.get(format!("{}/applications/{}/logo", p.world.idp_url, rp.id())).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 404);
}

/// dynamic/registration-jwks-uri, dynamic/refresh-token-rp-key-rotation
#[tokio::test]
async fn an_application_proves_itself_by_the_keys_at_its_address_also_by_new_ones() {
    let p = open().await;
    let (old, new) = (SigningKey::generate(Alg::Rs256).unwrap(), SigningKey::generate(Alg::Es256).unwrap());
    let at = Application::with_keys(&json!({"keys": [old.public_jwk()]}).to_string()).await;
    let rp = Own::new(&p, json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": format!("{}/keys", at.url)})).await;
    assert!(rp.all.get("client_secret").is_none());
    let (_, came) = rp.enter(&p, &[]).await;
    let code = came.code();
    let present = async |key: &SigningKey, form: &[(&str, &str)]| {
        let now = p.world.clock.now().seconds();
        let jti = <dyn zegel::kernel::entropy::Entropy>::token(&zegel::kernel::entropy::SystemEntropy);
        let assertion = json!({"iss": rp.id(), "sub": rp.id(), "aud": p.world.idp_url, "exp": now + 60, "iat": now, "jti": jti});
        let assertion = key.sign_jwt("JWT", &assertion).unwrap();
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let form = [form, &[("client_assertion_type", kind), ("client_assertion", &assertion)]].concat();
        let answer = p.world.http.post(format!("{}/token", p.world.idp_url)).form(&form).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let verifier = crate::support::flow::VERIFIER;
    let form = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK), ("code_verifier", verifier)];
    let (status, tokens) = present(&old, &form).await;
    assert_eq!(status, 200, "{tokens}");
    at.publish(&json!({"keys": [new.public_jwk()]}).to_string());
    p.world.advance(6);
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
    let (status, tokens) = present(&new, &form).await;
    assert_eq!(status, 200, "{tokens}");
}

/// dynamic/registration-sector-uri, dynamic/registration-sector-bad
#[tokio::test]
async fn a_sector_is_joined_by_those_whom_its_list_names() {
    let p = open().await;
    let other = "https://other.example/cb";
    let list = Application::with_keys(&json!([CALLBACK, other]).to_string()).await;
    let sector = json!({"subject_type": "pairwise", "sector_identifier_uri": format!("{}/keys", list.url), "redirect_uris": [CALLBACK, other]});
    let (a, b) = (Own::new(&p, sector.clone()).await, Own::new(&p, sector.clone()).await);
    let alone = Own::new(&p, json!({"subject_type": "pairwise"})).await;
    let public = Own::new(&p, json!({})).await;
    let mut subs = Vec::new();
    for rp in [&a, &b, &alone, &public] {
        let (_, tokens) = rp.tokens(&p).await;
        let (id, access) = (claims(text(&tokens, "id_token")), claims(text(&tokens, "access_token")));
        assert_eq!((&id["sub"], &id["sid"]), (&access["sub"], &access["sid"]));
        assert_eq!(p.info(&tokens).await["sub"], id["sub"]);
        subs.push(text(&id, "sub").to_owned());
        // What it knows the session by ends it, with and without the browser that it is in.
        let at = format!("{}/logout?id_token_hint={}", p.world.idp_url, text(&tokens, "id_token"));
        p.world.browser().get(at).await.unwrap();
        let info = p.world.http.get(format!("{}/userinfo", p.world.idp_url)).bearer_auth(text(&tokens, "access_token"));
        assert_eq!(info.send().await.unwrap().status().as_u16(), 401);
    }
    assert_eq!(subs[0], subs[1]);
    assert!(subs[0] != subs[3] && subs[2] != subs[3], "{subs:?}");
    let device = json!(["urn:ietf:params:oauth:grant-type:device_code"]);
    let both = json!(["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"]);
    let mut bad = sector.clone();
    bad["redirect_uris"] = json!([CALLBACK, "https://third.example/cb"]);
    for body in [
        bad,
        json!({"subject_type": "pairwise", "redirect_uris": [CALLBACK, other]}),
        json!({"subject_type": "pairwise", "redirect_uris": [other], "grant_types": both}),
        json!({"redirect_uris": [CALLBACK], "sector_identifier_uri": format!("{}/moved", list.url)}),
        json!({"redirect_uris": [CALLBACK], "sector_identifier_uri": "http://10.0.0.1/list"}),
        json!({"subject_type": "pairwise", "sector_identifier_uri": sector["sector_identifier_uri"], "grant_types": device}),
    ] {
        let (status, refused) = register(&p, &body, None).await;
        assert_eq!((status, text(&refused, "error")), (400, "invalid_client_metadata"), "{body}");
    }
}

/// third-party/3rd_party-init-login, third-party/3rd_party-init-login-nohttps
#[tokio::test]
async fn a_sign_in_can_begin_on_the_start_page() {
    let p = open().await;
    let rp = Own::new(&p, json!({"initiate_login_uri": "https://rp.example/login?x=1"})).await;
    let (mut browser, _) = rp.tokens(&p).await;
    let start = browser.get(format!("{}/", p.world.idp_url)).await.unwrap();
    assert!(!start.text.contains("https://rp.example/login"), "nobody has looked at it, and she has allowed it nothing");
    let (mut browser, came) = rp.enter(&p, &[("scope", "openid email")]).await;
    came.code();
    let start = browser.get(format!("{}/", p.world.idp_url)).await.unwrap();
    let issuer: String = url::form_urlencoded::byte_serialize(p.world.idp_url.as_bytes()).collect();
    let tile = format!("https://rp.example/login?x=1&#38;iss={issuer}");
    assert!(start.text.contains(&tile) && start.text.contains("login_hint="), "{tile}: {}", start.text);
    let (status, refused) =
        register(&p, &json!({"redirect_uris": [CALLBACK], "initiate_login_uri": "http://rp.example/login"}), None).await;
    assert_eq!((status, text(&refused, "error")), (400, "invalid_client_metadata"));
}

on_both_engines! {
    /// S1 (RFC 7592), case 29: an application reads, changes and removes its registration by its own token, and no other by it.
    async fn an_application_manages_its_registration(db: TestDb) {
        let options = Options { client_registration: "open", ..Options::default() };
        let p = Party::of(World::start_with(db, options).await, Mode::Query).await;
        let (rp, other) = (Own::new(&p, json!({})).await, Own::new(&p, json!({})).await);
        let token = text(&rp.all, "registration_access_token").to_owned();
        let (status, read) = rp.manage(&p, "GET", None, &token).await;
        assert_eq!((status, &read["client_id"], read.get("client_secret")), (200, &rp.all["client_id"], None));
        for (who, key) in [(&other, &*token), (&rp, "x"), (&rp, text(&rp.all, "client_secret"))] {
            for method in ["GET", "DELETE"] {
                assert_eq!(who.manage(&p, method, None, key).await.0, 401);
            }
        }
        let change = |more: Value| {
            let mut body = json!({"client_id": rp.id(), "redirect_uris": [CALLBACK], "client_name": "Renamed", "grant_types": ["authorization_code"]});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        for bad in [json!({"client_id": other.id()}), json!({"registration_access_token": token}), json!({"client_secret": "mine"}), json!({"redirect_uris": []})] {
            assert_eq!(rp.manage(&p, "PUT", Some(&change(bad.clone())), &token).await.0, 400, "{bad}");
        }
        let (status, changed) = rp.manage(&p, "PUT", Some(&change(json!({"client_secret": rp.all["client_secret"]}))), &token).await;
        assert_eq!((status, &changed["client_name"]), (200, &json!("Renamed")), "{changed}");
        let (_, tokens) = rp.tokens(&p).await;
        assert!(tokens.get("refresh_token").is_none(), "the grant was given up");
        assert_eq!(rp.manage(&p, "DELETE", None, &token).await.0, 204);
        assert_eq!(userinfo(&p.world, text(&tokens, "access_token")).await.0, 401, "case 29");
        assert_eq!(rp.manage(&p, "GET", None, &token).await.0, 401);
        let page = p.ask(&mut p.world.browser(), &[("client_id", rp.id())]).await.page();
        assert_eq!(page.status.as_u16(), 400);
        let log = zegel::idp::feed::flow::page(&p.world.idp().db, 0).await.unwrap();
        let told = |e: &Entry| matches!(e, Entry::Client { client_id, enabled: false } if client_id == rp.id());
        assert!(log.entries.into_iter().any(|e| told(&e.named(&log.names).entry)), "resource servers learn of it");
        // Should an administrator enable it again, nothing that it was given comes back.
        let again = json!({"client_id": rp.id(), "client_name": "Renamed", "redirect_uris": [CALLBACK], "scope": "openid", "enabled": true});
        p.world.apply(&json!({"applications": [again]}).to_string()).await;
        assert_eq!(userinfo(&p.world, text(&tokens, "access_token")).await.0, 401);
    }

    /// case 10, case 29: what an administrator has decided of an application it does not undo, and a secret that it gave up does not
    /// come back.
    async fn an_application_undoes_nothing_that_was_decided_of_it(db: TestDb) {
        let options = Options { client_registration: "open", ..Options::default() };
        let p = Party::of(World::start_with(db, options).await, Mode::Query).await;
        let rp = Own::new(&p, json!({})).await;
        let (id, token) = (rp.id(), text(&rp.all, "registration_access_token"));
        let decided = json!({
            "client_id": id, "client_name": "Certification", "redirect_uris": [CALLBACK], "consent": "ask",
            "grant_types": ["authorization_code", "refresh_token"], "scope": "openid email", "access_token_format": "opaque"
        });
        p.world.apply(&json!({"applications": [decided]}).to_string()).await;
        let put = async |more: Value| {
            let mut body = json!({"client_id": id, "redirect_uris": [CALLBACK], "client_name": "Renamed"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let (status, answer) = rp.manage(&p, "PUT", Some(&body), token).await;
            assert_eq!(status, 200, "{answer}");
            answer
        };
        let told = put(json!({"scope": "openid profile email", "access_token_format": "jwt"})).await;
        assert_eq!((&told["client_name"], &told["scope"]), (&json!("Renamed"), &json!("openid email")));
        let (_, tokens) = rp.tokens(&p).await;
        assert!(text(&tokens, "access_token").starts_with("zat_"), "{tokens}");

        let old = text(&rp.all, "client_secret");
        assert!(put(json!({"token_endpoint_auth_method": "none"})).await.get("client_secret").is_none());
        let new = put(json!({})).await;
        let proves = async |secret: &str| {
            let form = [("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", CALLBACK), ("code_verifier", crate::support::flow::VERIFIER)];
            text(&p.world.token((id, secret), &form).await.1, "error").to_owned()
        };
        assert_eq!((proves(old).await, proves(text(&new, "client_secret")).await), ("invalid_client".into(), "invalid_grant".into()));
    }

    /// S1: initial access tokens are used up, expire and are revoked; of many at once no more get through than it says.
    async fn an_initial_access_token_registers_so_many(db: TestDb) {
        let options = Options { client_registration: "token", ..Options::default() };
        let p = std::sync::Arc::new(Party::of(World::start_with(db, options).await, Mode::Query).await);
        let body = json!({"redirect_uris": [CALLBACK]});
        assert_eq!(register(&p, &body, None).await.0, 401);
        assert_eq!(register(&p, &body, Some("x")).await.0, 401);
        // What it says of itself is not looked at, and none of its addresses asked, before its token is.
        let sector = json!({"redirect_uris": [CALLBACK], "sector_identifier_uri": "https://10.0.0.1/list", "response_types": ["x"]});
        assert_eq!(register(&p, &sector, Some("x")).await.0, 401, "case 15");
        let wanted = |uses| Wanted { note: "The harness".into(), uses, days: 1 };
        let (_, token) = made(p.world.idp(), wanted(3), Actor::default()).await.unwrap();
        let tries: Vec<_> = (0..8).map(|_| {
            let (p, body, token) = (p.clone(), body.clone(), token.clone());
            tokio::spawn(async move { register(&p, &body, Some(&token)).await.0 })
        }).collect();
        let mut won = 0;
        for t in tries {
            match t.await.unwrap() { 201 => won += 1, 401 | 503 => {} other => panic!("{other}") }
        }
        assert!((1..=3).contains(&won), "{won}");
        let (row, token) = made(p.world.idp(), wanted(5), Actor::default()).await.unwrap();
        assert_eq!(register(&p, &body, Some(&token)).await.0, 201);
        let now = p.world.clock.now();
        p.world.idp().db.write(row.id, move |id, mut tx| Box::pin(async move {
            zegel::idp::registration::tokens::revoke(&mut tx, id, &Actor::default(), now).await
        })).await.unwrap();
        assert_eq!(register(&p, &body, Some(&token)).await.0, 401, "revoked");
        let (_, token) = made(p.world.idp(), wanted(5), Actor::default()).await.unwrap();
        p.world.advance(86_400);
        assert_eq!(register(&p, &body, Some(&token)).await.0, 401, "expired");
    }
}

/// case 31: a network registers so many an hour, and what it sends has bounds.
#[tokio::test]
async fn registration_has_bounds() {
    let p = open().await;
    let body = json!({"redirect_uris": [CALLBACK]});
    let rp = Own::new(&p, json!({})).await;
    let mut last = 0;
    for _ in 0..20 {
        last = register(&p, &body, None).await.0;
    }
    assert_eq!(last, 429);
    let (change, token) =
        (json!({"client_id": rp.id(), "redirect_uris": [CALLBACK]}), text(&rp.all, "registration_access_token"));
    assert_eq!(rp.manage(&p, "PUT", Some(&change), token).await.0, 429, "a change has addresses asked as well");
    assert_eq!(rp.manage(&p, "GET", None, token).await.0, 200);
    p.world.advance(3601);
    assert_eq!(register(&p, &body, None).await.0, 201);
    let url = format!("{}/oauth2/register", p.world.idp_url);
    let send = async |text: String, kind: &str| {
        p.world.http.post(&url).header("content-type", kind).body(text).send().await.unwrap().status().as_u16()
    };
    assert_eq!(send("{".repeat(10_000), "application/json").await, 400);
    assert_eq!(
        send(r#"{"redirect_uris": [], "redirect_uris": ["http://127.0.0.1:9/cb"]}"#.into(), "application/json").await,
        400,
        "case 2"
    );
    assert_eq!(send(body.to_string(), "text/plain").await, 400);
    assert_eq!(send(" ".repeat(300_000), "application/json").await, 413);
}
