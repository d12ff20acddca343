//! Applications that ask people who are not in front of them (OpenID Connect CIBA).

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use zegel::demo::browser::{Answer, Browser};
use zegel::idp::credentials::authenticator::{code_at, seed_from_base32};
use zegel::idp::oidc::ciba::flow;
use zegel::idp::oidc::decision::Decided;
use zegel::idp::sessions;
use zegel::kernel::audit::Actor;
use zegel::kernel::clock::Clock;
use zegel::kernel::jose::{Alg, SigningKey};

use crate::on_both_engines;
use crate::support::bank::{Bank, name};
use crate::support::flow::{CALLBACK, answered, authorize, claims, text, userinfo};
use crate::support::postgres::TestDb;
use crate::support::world::{Options, PASSWORD, SEED, World};

const GRANT: &str = "urn:openid:params:grant-type:ciba";
const SECRET: &str = "a-secret-of-a-client-of-forty-characters-";
const DAAN: &str = "daan@example.com";

fn client(id: &str, more: Value) -> Value {
    let mut all = json!({
        "client_id": id, "client_name": format!("Till {id}"), "client_secret": SECRET, "scope": "openid email",
        "grant_types": [GRANT, "refresh_token"], "backchannel_token_delivery_mode": "poll",
    });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

async fn start(db: TestDb) -> World {
    let world = World::start_with(db, Options { settings: &[("ciba", "true")], ..Options::default() }).await;
    world.apply(&json!({"applications": [client("till", json!({})), client("till2", json!({}))]}).to_string()).await;
    world
}

async fn send(world: &World, client: &str, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let request = world.http.post(format!("{}{path}", world.idp_url)).basic_auth(client, Some(SECRET)).form(form);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Asks someone, with more parameters.
async fn begin(world: &World, client: &str, email: &str, more: &[(&str, &str)]) -> (u16, Value) {
    let form = [&[("scope", "openid email"), ("login_hint", email)], more].concat();
    send(world, client, "/bc-authorize", &form).await
}

/// Asks someone who is there; what the application asks for the answer with.
async fn begun(world: &World, client: &str, email: &str, more: &[(&str, &str)]) -> String {
    let (status, begun) = begin(world, client, email, more).await;
    assert_eq!(status, 200, "{begun}");
    text(&begun, "auth_req_id").to_owned()
}

/// What a browser is signed in with.
async fn session_of(world: &World, browser: &Browser) -> sessions::Session {
    let mut snapshot = world.idp().db.snapshot().await.unwrap();
    let cookie = browser.cookies["localhost"].get("zegel_idp_session").map(String::as_str);
    sessions::flow::of_cookie(world.idp(), &mut snapshot.tx(), cookie).await.unwrap().unwrap()
}

async fn poll(world: &World, client: &str, id: &str) -> (u16, Value) {
    send(world, client, "/token", &[("grant_type", GRANT), ("auth_req_id", id)]).await
}

/// How many mails someone got about questions.
async fn mails(world: &World, email: &str) -> usize {
    world.send().await;
    let all = world.app.capture.as_ref().unwrap().messages().list();
    all.iter().filter(|m| m.to == email && m.text.contains("/account/approvals/")).count()
}

/// The link of the newest mail about a question.
async fn link(world: &World, email: &str) -> String {
    world.send().await;
    let all = world.app.capture.as_ref().unwrap().messages().list();
    let word = |text: &str| text.split_whitespace().find(|w| w.contains("/account/approvals/")).map(str::to_owned);
    all.iter().filter(|m| m.to == email).find_map(|m| word(&m.text)).unwrap_or_else(|| panic!("no question for {email}"))
}

/// Opens the link of the newest mail and signs in.
async fn at_the_question(world: &World, email: &str) -> (Browser, Answer) {
    let link = link(world, email).await;
    let mut browser = world.browser();
    browser.get(&link).await.unwrap();
    let page = world.sign_in_from(&mut browser, email).await;
    (browser, page)
}

/// Answers the question of a page.
async fn decide(world: &World, browser: &mut Browser, page: &Answer, word: &str) -> Answer {
    let action = page.after("method=\"post\" action=\"").unwrap_or_else(|| panic!("the question: {}", page.text));
    browser.post(format!("{}{action}", world.idp_url), &[("answer", word)]).await.unwrap()
}

on_both_engines! {
    /// S2, case 11: asked, told by mail, seen in the account, allowed, and given once; used again it is a replay.
    async fn a_person_allows_what_an_application_asks_and_it_gets_its_tokens_once(db: TestDb) {
        let world = start(db).await;
        let (status, begun) = begin(&world, "till", DAAN, &[("binding_message", "Payment W4SCT")]).await;
        assert_eq!((status, &begun["expires_in"], &begun["interval"]), (200, &json!(300), &json!(5)));
        let id = text(&begun, "auth_req_id");
        assert_eq!(poll(&world, "till", id).await.1["error"], "authorization_pending");
        let mail = world.newest(DAAN).await;
        assert!(mail.contains("Till till") && !mail.contains("W4SCT"), "what it is stands behind the sign-in only: {mail}");
        let (mut browser, page) = at_the_question(&world, DAAN).await;
        for said in ["Till till", "Payment W4SCT", DAAN, "e-mail address"] {
            assert!(page.text.contains(said), "{said}: {}", page.text);
        }
        assert!(decide(&world, &mut browser, &page, "allow").await.text.contains("data-outcome=\"allowed\""));
        world.advance(5);
        let (status, tokens) = poll(&world, "till", id).await;
        assert_eq!((status, text(&tokens, "scope")), (200, "openid email"));
        let id_token = claims(text(&tokens, "id_token"));
        assert_eq!((&id_token["aud"], id_token.get("nonce")), (&json!("till"), None));
        assert_eq!(userinfo(&world, text(&tokens, "access_token")).await.1["email"], DAAN);
        let form = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
        assert_eq!(send(&world, "till", "/token", &form).await.0, 200);
        assert_eq!(poll(&world, "till", id).await.1["error"], "invalid_grant");
        assert_eq!(userinfo(&world, text(&tokens, "access_token")).await.0, 401, "what it gave is revoked");
        // The question is answered: its page and the list have nothing more.
        let page = decide(&world, &mut browser, &page, "allow").await;
        assert!(page.status.as_u16() == 404 && page.text.contains("data-outcome=\"gone\""));
    }

    /// S2 (CIBA, section 11): refused, too soon, and too late.
    async fn an_application_is_told_what_became_of_its_question(db: TestDb) {
        let world = start(db).await;
        let refused = begun(&world, "till", DAAN, &[]).await;
        let (mut browser, page) = at_the_question(&world, DAAN).await;
        assert!(decide(&world, &mut browser, &page, "refuse").await.text.contains("data-outcome=\"refused\""));
        assert_eq!(poll(&world, "till", &refused).await.1["error"], "access_denied");
        let waits = begun(&world, "till", DAAN, &[("requested_expiry", "60")]).await;
        assert_eq!(poll(&world, "till", &waits).await.1["error"], "authorization_pending");
        assert_eq!(poll(&world, "till", &waits).await.1["error"], "slow_down");
        world.advance(5);
        assert_eq!(poll(&world, "till", &waits).await.1["error"], "slow_down", "it is ten seconds by now");
        world.advance(14);
        assert_eq!(poll(&world, "till", &waits).await.1["error"], "authorization_pending");
        let page = browser.get(link(&world, DAAN).await).await.unwrap();
        world.advance(41);
        assert_eq!(poll(&world, "till", &waits).await.1["error"], "expired_token");
        let late = decide(&world, &mut browser, &page, "allow").await;
        assert!(late.text.contains("data-outcome=\"gone\""), "{}", late.text);
        assert_eq!(poll(&world, "till", &waits).await.1["error"], "expired_token");
    }

    /// case 5: another client gets nothing for it, and leaves it as it was.
    async fn a_question_is_its_clients_alone(db: TestDb) {
        let world = start(db).await;
        let id = begun(&world, "till", DAAN, &[]).await;
        // Not even that it waits is told, and nobody else's asking makes its own application slow down.
        assert_eq!(poll(&world, "till2", &id).await.1["error"], "invalid_grant");
        assert_eq!(poll(&world, "till", &id).await.1["error"], "authorization_pending");
        let (mut browser, page) = at_the_question(&world, DAAN).await;
        decide(&world, &mut browser, &page, "allow").await;
        assert_eq!(poll(&world, "till2", &id).await.1["error"], "invalid_grant");
        assert_eq!(poll(&world, "till", &id).await.0, 200);
    }

    /// case 3, case 17: a question is seen and answered by its person alone, and what has ended since is not given.
    async fn a_question_is_its_persons_alone(db: TestDb) {
        let world = start(db).await;
        let id = begun(&world, "till", DAAN, &[]).await;
        let link = link(&world, DAAN).await;
        let mut mila = world.browser();
        mila.get(&link).await.unwrap();
        let page = world.sign_in_from(&mut mila, "mila@example.com").await;
        assert!(page.status.as_u16() == 404 && page.text.contains("data-outcome=\"gone\""), "{}", page.text);
        let tried = mila.post(&link, &[("answer", "allow")]).await.unwrap();
        assert!(tried.text.contains("data-outcome=\"gone\""));
        assert!(!mila.get(format!("{}/account/approvals", world.idp_url)).await.unwrap().text.contains("Till till"));
        assert_eq!(poll(&world, "till", &id).await.1["error"], "authorization_pending");
        let (mut daan, page) = at_the_question(&world, DAAN).await;
        assert!(daan.get(format!("{}/account/approvals", world.idp_url)).await.unwrap().text.contains("Till till"));
        decide(&world, &mut daan, &page, "allow").await;
        let over = session_of(&world, &daan).await;
        daan.post(format!("{}/logout/confirm", world.idp_url), &[]).await.unwrap();
        world.advance(5);
        assert_eq!(poll(&world, "till", &id).await.1["error"], "invalid_grant", "the session has ended");
        // What is no more when he answers is not given either: his session, and the application's being open to him.
        begun(&world, "till", DAAN, &[]).await;
        let (mut daan, page) = at_the_question(&world, DAAN).await;
        let asked = page.url.path().rsplit('/').next().unwrap().to_owned();
        let closed = client("till", json!({"allowed": {"people": ["mila@example.com"]}}));
        world.apply(&json!({"applications": [closed]}).to_string()).await;
        let decided = flow::decide(world.idp(), &over, &asked, true, Actor::default()).await.unwrap();
        assert_eq!(decided, Decided::Gone);
        let said = decide(&world, &mut daan, &page, "allow").await;
        assert!(said.text.contains("data-outcome=\"not-allowed\""), "{}", said.text);
    }

    /// case 18, case 25: who is there can't be learned by asking, and nobody is flooded: three times by one application, five in
    /// all; what comes beyond is answered alike, and reaches nobody.
    async fn nobody_is_learned_of_or_flooded_by_questions(db: TestDb) {
        let world = start(db).await;
        world.apply(&json!({"applications": [client("closed", json!({"allowed": {"people": ["mila@example.com"]}}))]}).to_string()).await;
        for (who, hint) in [("till", "nobody@example.com"), ("till", "no address"), ("closed", DAAN)] {
            let (status, begun) = begin(&world, who, hint, &[]).await;
            assert_eq!((status, &begun["expires_in"]), (200, &json!(300)), "{hint}");
            let id = text(&begun, "auth_req_id");
            assert_eq!(poll(&world, who, id).await.1["error"], "authorization_pending");
        }
        assert_eq!(mails(&world, DAAN).await, 0);
        for n in 1..=5 {
            begun(&world, "till", DAAN, &[]).await;
            assert_eq!(mails(&world, DAAN).await, n.min(3));
        }
        for n in 1..=4 {
            begun(&world, "till2", DAAN, &[]).await;
            assert_eq!(mails(&world, DAAN).await, 3 + n.min(2));
        }
        world.advance(15 * 60);
        begun(&world, "till", DAAN, &[]).await;
        assert_eq!(mails(&world, DAAN).await, 6);
    }
}

/// case 3: whether the application may still ask is asked again when someone answers.
#[tokio::test]
async fn a_grant_taken_away_while_the_question_is_open_gives_nothing() {
    let world = start(TestDb::sqlite()).await;
    let id = begun(&world, "till", DAAN, &[]).await;
    let (mut browser, page) = at_the_question(&world, DAAN).await;
    let without = json!({"client_id": "till", "client_name": "Till", "scope": "openid email", "redirect_uris": [CALLBACK]});
    world.apply(&json!({"applications": [without]}).to_string()).await;
    assert!(decide(&world, &mut browser, &page, "allow").await.text.contains("data-outcome=\"gone\""));
    world.apply(&json!({"applications": [client("till", json!({}))]}).to_string()).await;
    assert_eq!(poll(&world, "till", &id).await.1["error"], "authorization_pending");
}

/// S2: what an application asks for by `acr_values`, and what a policy asks, is shown before the question is: by a second factor
/// on top of what was shown, or not at all.
#[tokio::test]
async fn whoever_answers_is_signed_in_as_strongly_as_is_asked() {
    let world = start(TestDb::sqlite()).await;
    let strong = [("acr_values", "urn:zegel:acr:password-app")];
    // One who has nothing so strong is told so, and can refuse all the same.
    let id = begun(&world, "till", DAAN, &strong).await;
    let at = link(&world, DAAN).await;
    let (mut daan, page) = at_the_question(&world, DAAN).await;
    assert!(page.status.as_u16() == 403 && page.text.contains("/account/security"), "{} {}", page.status, page.text);
    let tried = daan.post(&at, &[("answer", "allow")]).await.unwrap();
    assert!(!tried.text.contains("data-outcome"), "{}", tried.text);
    // Nor where the page was not asked: it is decided in the transaction that gives.
    let session = session_of(&world, &daan).await;
    let asked = at.rsplit('/').next().unwrap();
    let decided = flow::decide(world.idp(), &session, asked, true, Actor::default()).await.unwrap();
    assert_eq!(decided, Decided::Weak);
    assert_eq!(poll(&world, "till", &id).await.1["error"], "authorization_pending");
    assert!(daan.post(&at, &[("answer", "refuse")]).await.unwrap().text.contains("data-outcome=\"refused\""));
    // One who has it shows it on top.
    let id = begun(&world, "till", "bram@example.com", &strong).await;
    let mut bram = world.browser();
    bram.get(link(&world, "bram@example.com").await).await.unwrap();
    let form = [("username", "bram@example.com"), ("password", PASSWORD)];
    bram.post(format!("{}/signin", world.idp_url), &form).await.unwrap();
    bram.post(format!("{}/signin/way", world.idp_url), &[("way", "mail")]).await.unwrap();
    let code = world.code_for("bram@example.com", 6).await;
    let page = bram.post(format!("{}/signin/code", world.idp_url), &[("code", &code)]).await.unwrap();
    assert!(page.text.contains("id=\"code\""), "what is missing is asked for: {} {}", page.url, page.text);
    let shown = code_at(&seed_from_base32(SEED).unwrap(), world.clock.now());
    let page = bram.post(format!("{}/signin/code", world.idp_url), &[("code", &shown)]).await.unwrap();
    assert!(decide(&world, &mut bram, &page, "allow").await.text.contains("data-outcome=\"allowed\""));
    world.advance(5);
    let (_, tokens) = poll(&world, "till", &id).await;
    assert_eq!(claims(text(&tokens, "id_token"))["acr"], "urn:zegel:acr:password-app");
}

/// S1, S2: an ID token names whom to ask, also one of a pairwise subject; another client's, or none, is refused.
#[tokio::test]
async fn an_id_token_names_whom_to_ask() {
    let world = start(TestDb::sqlite()).await;
    let both = json!({"grant_types": [GRANT, "authorization_code"], "redirect_uris": [CALLBACK]});
    let mut pairwise = both.clone();
    pairwise["subject_type"] = "pairwise".into();
    world.apply(&json!({"applications": [client("both", both), client("pairwise", pairwise)]}).to_string()).await;
    for id in ["both", "pairwise"] {
        let (_, answer) = authorize(&world, DAAN, &[("client_id", id), ("scope", "openid")]).await;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &*answered(&answer, "code").unwrap()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", crate::support::flow::VERIFIER),
        ];
        let (_, tokens) = send(&world, id, "/token", &form).await;
        let hint = text(&tokens, "id_token");
        // Also when it has expired long ago.
        world.advance(1200);
        let before = mails(&world, DAAN).await;
        let (status, _) = send(&world, id, "/bc-authorize", &[("scope", "openid"), ("id_token_hint", hint)]).await;
        assert_eq!((status, mails(&world, DAAN).await), (200, before + 1), "{id}");
        let (status, refused) = send(&world, "till", "/bc-authorize", &[("scope", "openid"), ("id_token_hint", hint)]).await;
        assert_eq!((status, text(&refused, "error")), (400, "invalid_request"));
    }
}

/// S2 (CIBA, section 13): what a request may not be.
#[tokio::test]
async fn a_request_that_is_not_as_it_should_be_is_refused() {
    let world = start(TestDb::sqlite()).await;
    let hint = ("login_hint", DAAN);
    for (form, error) in [
        ([hint].as_slice(), "invalid_scope"),
        (&[hint, ("scope", "email")], "invalid_scope"),
        (&[("scope", "openid")], "invalid_request"),
        (&[("scope", "openid"), hint, ("id_token_hint", "x")], "invalid_request"),
        (&[("scope", "openid"), ("id_token_hint", "x")], "invalid_request"),
        (&[("scope", "openid"), ("login_hint_token", "x")], "invalid_request"),
        (&[("scope", "openid"), hint, ("binding_message", "a\u{202e}b")], "invalid_binding_message"),
        (&[("scope", "openid"), hint, ("requested_expiry", "soon")], "invalid_request"),
        (&[("scope", "openid"), hint, ("resource", "https://elsewhere.example")], "invalid_target"),
        (&[("scope", "openid"), hint, ("request", "x.y.z")], "invalid_request"),
        (&[("scope", "openid"), hint, hint], "invalid_request"),
    ] {
        let (status, refused) = send(&world, "till", "/bc-authorize", form).await;
        assert_eq!((status, text(&refused, "error")), (400, error), "{form:?}");
    }
    let wrong = world.http.post(format!("{}/bc-authorize", world.idp_url)).basic_auth("till", Some("wrong"));
    assert_eq!(wrong.form(&[hint]).send().await.unwrap().status().as_u16(), 401);
    let other = send(&world, "till", "/token", &[("grant_type", GRANT), ("auth_req_id", "made-up")]).await;
    assert_eq!((other.0, text(&other.1, "error")), (400, "invalid_grant"));
    assert_eq!(mails(&world, DAAN).await, 0);
}

/// An application on this machine that is told when to ask: what it was told, with what it was told by.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<(String, Value)>>>, Arc<Mutex<u16>>);

impl Told {
    async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/told", listener.local_addr().unwrap());
        let told = self.clone();
        let take = move |headers: HeaderMap, body: Bytes| async move {
            let by = headers["authorization"].to_str().unwrap().to_owned();
            assert_eq!(headers["content-type"], "application/json");
            told.0.lock().unwrap().push((by, serde_json::from_slice(&body).unwrap()));
            StatusCode::from_u16(*told.1.lock().unwrap()).unwrap()
        };
        tokio::spawn(async move { axum::serve(listener, axum::Router::new().route("/told", post(take))).await });
        url
    }

    fn taken(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// S2 (CIBA, section 10.2): an application is told that someone has decided, by its own token, until it has taken it; what was
/// decided it asks for.
#[tokio::test]
async fn an_application_is_told_when_to_ask() {
    let world = start(TestDb::sqlite()).await;
    let told = Told::default();
    *told.1.lock().unwrap() = 500;
    let ping =
        json!({"backchannel_token_delivery_mode": "ping", "backchannel_client_notification_endpoint": told.listen().await});
    world.apply(&json!({"applications": [client("ping", ping)]}).to_string()).await;
    let (status, refused) = begin(&world, "ping", DAAN, &[]).await;
    assert_eq!((status, text(&refused, "error")), (400, "invalid_request"), "it has to say what it is told by");
    let by = [("client_notification_token", "its-own-token")];
    let id = begun(&world, "ping", DAAN, &by).await;
    let (mut browser, page) = at_the_question(&world, DAAN).await;
    world.send().await;
    assert!(told.taken().is_empty(), "nobody has decided yet");
    decide(&world, &mut browser, &page, "allow").await;
    world.send().await;
    let expected = ("Bearer its-own-token".to_owned(), json!({ "auth_req_id": id }));
    assert_eq!(told.taken(), std::slice::from_ref(&expected));
    *told.1.lock().unwrap() = 204;
    world.advance(5);
    world.send().await;
    assert_eq!(told.taken(), [expected], "told again, since it was not taken");
    world.advance(60);
    world.send().await;
    assert!(told.taken().is_empty(), "taken once, told no more");
    assert_eq!(poll(&world, "ping", &id).await.0, 200);
    // A refusal is told as well; and nothing to an application that asks by itself.
    let id = begun(&world, "ping", DAAN, &by).await;
    let page = browser.get(link(&world, DAAN).await).await.unwrap();
    decide(&world, &mut browser, &page, "refuse").await;
    begun(&world, "till", DAAN, &by).await;
    let page = browser.get(link(&world, DAAN).await).await.unwrap();
    decide(&world, &mut browser, &page, "allow").await;
    world.send().await;
    assert_eq!(told.taken(), [("Bearer its-own-token".to_owned(), json!({ "auth_req_id": id }))]);
    assert_eq!(poll(&world, "ping", &id).await.1["error"], "access_denied");
}

/// S2, case 9: a bank that is held to message signing signs what it asks, each time anew, and its tokens are bound to its key.
#[tokio::test]
async fn a_bank_asks_by_signed_requests_and_gets_bound_tokens() {
    let settings = &[("ciba", "true"), ("message_signing", "true")];
    let world = World::start_with(TestDb::sqlite(), Options { settings, ..Options::default() }).await;
    let more = json!({
        "profile": "fapi2_signing", "grant_types": [GRANT], "redirect_uris": [], "backchannel_token_delivery_mode": "poll",
    });
    let bank = Bank::new(&world, "bank", more).await;
    let now = world.clock.now().seconds();
    let object = |more: Value| {
        let mut all = json!({
            "iss": "bank", "aud": world.idp_url, "exp": now + 60, "nbf": now, "iat": now, "jti": name(),
            "scope": "openid email", "login_hint": DAAN,
        });
        for (name, value) in more.as_object().unwrap() {
            match value {
                Value::Null => drop(all.as_object_mut().unwrap().remove(name)),
                value => all[name] = value.clone(),
            }
        }
        all
    };
    let sign = |key: &SigningKey, more: Value| key.sign_jwt("JWT", &object(more)).unwrap();
    let plain = bank.send_by("/bc-authorize", &[("scope", "openid"), ("login_hint", DAAN)], None).await;
    assert_eq!((plain.status, plain.error()), (400, "invalid_request"));
    for more in [
        json!({"jti": null}),
        json!({"iat": null}),
        json!({"nbf": null}),
        json!({"exp": null}),
        json!({"aud": "https://other.example"}),
        json!({"iss": "other"}),
        json!({"exp": now - 60, "nbf": now - 120}),
        json!({"exp": now + 7200}),
        json!({"request": "x"}),
    ] {
        let told = bank.send_by("/bc-authorize", &[("request", &sign(&bank.key, more.clone()))], None).await;
        assert_eq!((told.status, told.error()), (400, "invalid_request"), "{more}");
    }
    let strange = SigningKey::generate(Alg::Es256).unwrap();
    let told = bank.send_by("/bc-authorize", &[("request", &sign(&strange, json!({})))], None).await;
    assert_eq!((told.status, told.error()), (400, "invalid_request"));
    // What stands beside the signed request doesn't count.
    let good = sign(&bank.key, json!({}));
    let told = bank.send_by("/bc-authorize", &[("request", &good), ("login_hint", "mila@example.com")], None).await;
    assert_eq!(told.status, 200, "{told:?}");
    assert_eq!((mails(&world, "mila@example.com").await, mails(&world, DAAN).await), (0, 1));
    let again = bank.send_by("/bc-authorize", &[("request", &good)], None).await;
    assert_eq!((again.status, again.error()), (400, "invalid_request"), "it counts once");
    let (mut browser, page) = at_the_question(&world, DAAN).await;
    decide(&world, &mut browser, &page, "allow").await;
    let form = [("grant_type", GRANT), ("auth_req_id", text(&told.body, "auth_req_id"))];
    let unbound = bank.send_by("/token", &form, None).await;
    assert_eq!(unbound.status, 400, "{unbound:?}");
    let tokens = bank.send("/token", &form).await;
    assert_eq!((tokens.status, &tokens.body["token_type"]), (200, &json!("DPoP")), "{tokens:?}");
    assert_eq!(claims(text(&tokens.body, "access_token"))["cnf"]["jkt"], bank.proof.kid());
}

/// S2: where it is off nothing of it is offered, registered or answered.
#[tokio::test]
async fn an_installation_without_back_channel_questions_offers_none_of_it() {
    let (with, without) = (start(TestDb::sqlite()).await, World::start(TestDb::sqlite()).await);
    let metadata = async |world: &World| -> Value {
        let at = format!("{}/.well-known/openid-configuration", world.idp_url);
        world.http.get(at).send().await.unwrap().json().await.unwrap()
    };
    let (on, off) = (metadata(&with).await, metadata(&without).await);
    assert_eq!(on["backchannel_authentication_endpoint"], format!("{}/bc-authorize", with.idp_url));
    assert_eq!(on["backchannel_token_delivery_modes_supported"], json!(["poll", "ping"]));
    assert_eq!(on["backchannel_user_code_parameter_supported"], false);
    let has = |all: &Value| all["grant_types_supported"].as_array().unwrap().contains(&json!(GRANT));
    assert!(has(&on) && !has(&off) && off.get("backchannel_authentication_endpoint").is_none());
    let file = json!({"applications": [client("till", json!({}))]}).to_string();
    let file = zegel::idp::apply::File::parse("test.yaml", &file).unwrap();
    assert!(zegel::idp::apply::apply(without.idp(), &file).await.unwrap_err().to_string().contains("setting ciba"));
    // Another application is refused wherever it is on, too.
    let form = [("scope", "openid"), ("login_hint", DAAN)];
    let request =
        with.http.post(format!("{}/bc-authorize", with.idp_url)).basic_auth("app", Some(crate::support::world::APP_SECRET));
    let refused: Value = request.form(&form).send().await.unwrap().json().await.unwrap();
    assert_eq!(refused["error"], "unauthorized_client");
}
