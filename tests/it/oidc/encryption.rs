//! What applications have registered to be encrypted for them, opened by two independent libraries: jose from the Node package
//! registry, and joserfc from the Python package index.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use zegel::demo::browser::Browser;
use zegel::kernel::clock::Clock;
use zegel::kernel::jose::{Alg, SigningKey};

use crate::support::application::Application;
use crate::support::flow::{CALLBACK, VERIFIER, answered, authorize, authorize_url, text, until_answer};
use crate::support::node;
use crate::support::postgres::TestDb;
use crate::support::world::{Options, World};

const SECRET: &str = "a-secret-of-a-client-of-forty-characters-";
const ALGS: [&str; 3] = ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A256KW"];
const ENCS: [&str; 3] = ["A128CBC-HS256", "A128GCM", "A256GCM"];

fn run(program: &Path, script: &str, arguments: &[&str], input: &Value) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(script);
    let mut command = Command::new(program);
    command.arg(script).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|e| panic!("{}: {e}; run scripts/setup", program.display()));
    child.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

fn node(argument: &str, input: &Value) -> Value {
    run(&node::node(), "node/jwe.mjs", &[argument], input)
}

/// What each library finds in the same messages; they must agree.
fn opened(world: &World, items: &[Value]) -> Vec<Value> {
    let input = json!({"items": items, "now": world.clock.now().0});
    let by_jose = node("open", &input);
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/.venv/bin/python");
    let by_joserfc = run(&python, "python/jwe_check.py", &[], &input);
    assert_eq!(by_jose, by_joserfc);
    by_jose.as_array().unwrap().clone()
}

async fn start() -> World {
    let options = Options { settings: &[("encrypted_tokens", "true"), ("message_signing", "true")], ..Options::default() };
    World::start_with(TestDb::sqlite(), options).await
}

fn client(id: &str, more: Value) -> Value {
    let mut all = json!({
        "client_id": id, "client_name": id, "client_secret": SECRET, "redirect_uris": [CALLBACK], "scope": "openid email",
        "id_token_signed_response_alg": "ES256",
    });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

async fn register(world: &World, clients: Vec<Value>) {
    world.apply(&json!({ "applications": clients }).to_string()).await;
}

async fn published(world: &World) -> Value {
    world.http.get(format!("{}/oauth2/keys", world.idp_url)).send().await.unwrap().json().await.unwrap()
}

async fn code(world: &World, browser: &mut Browser, client: &str) -> String {
    let answer = until_answer(world, browser, &authorize_url(world, &[("client_id", client), ("scope", "openid email")])).await;
    answered(&answer, "code").unwrap_or_else(|| panic!("a code: {:?} {}", answer.location(), answer.text))
}

async fn redeem(world: &World, client: &str, code: &str) -> (u16, Value) {
    let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
    world.token((client, SECRET), &form).await
}

/// What userinfo answers, with its media type.
async fn userinfo(world: &World, tokens: &Value) -> (String, String) {
    let request = world.http.get(format!("{}/userinfo", world.idp_url)).bearer_auth(text(tokens, "access_token"));
    let answer = request.send().await.unwrap();
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    (kind, answer.text().await.unwrap())
}

/// S1, S2: ID tokens and userinfo, signed and then encrypted, by every pair of algorithms; two libraries open them and find the
/// signature of this issuer inside.
#[tokio::test]
async fn tokens_are_encrypted_so_that_only_their_application_reads_them() {
    let world = start().await;
    let pairs = node("keys", &json!({ "algs": ALGS }));
    let all: Vec<(String, &str, &str)> = ALGS
        .into_iter()
        .enumerate()
        .flat_map(|(a, alg)| ENCS.into_iter().enumerate().map(move |(e, enc)| (format!("sealed-{a}{e}"), alg, enc)))
        .collect();
    let clients = all.iter().map(|(id, alg, enc)| {
        let both = json!({
            "jwks": {"keys": [pairs[*alg]["public"]]},
            "id_token_encrypted_response_alg": alg, "id_token_encrypted_response_enc": enc,
            "userinfo_encrypted_response_alg": alg, "userinfo_encrypted_response_enc": enc,
            "userinfo_signed_response_alg": "EdDSA",
        });
        client(id, both)
    });
    register(&world, clients.collect()).await;
    let keys = published(&world).await;
    let (mut browser, _) = authorize(&world, "daan@example.com", &[]).await;
    let mut items = Vec::new();
    for (id, alg, _) in &all {
        let code = code(&world, &mut browser, id).await;
        let (status, tokens) = redeem(&world, id, &code).await;
        assert_eq!(status, 200, "{tokens}");
        let (kind, info) = userinfo(&world, &tokens).await;
        assert_eq!(kind, "application/jwt");
        for token in [text(&tokens, "id_token"), &info] {
            assert!(!token.contains("daan") && token.split('.').count() == 5);
            items.push(json!({"token": token, "private": pairs[*alg]["private"], "keys": keys}));
        }
    }
    for (n, found) in opened(&world, &items).iter().enumerate() {
        let (id, alg, enc) = &all[n / 2];
        let header = &found["header"];
        assert_eq!((&header["alg"], &header["enc"], &header["cty"]), (&json!(alg), &json!(enc), &json!("JWT")));
        assert_eq!(header["kid"], pairs[*alg]["public"]["kid"]);
        assert_eq!((&found["claims"]["aud"], &found["claims"]["iss"]), (&json!(id), &json!(world.idp_url)));
        match n % 2 {
            0 => assert_eq!((&found["inner"]["alg"], found["claims"]["sid"].is_string()), (&json!("ES256"), true)),
            _ => assert_eq!((&found["inner"]["alg"], &found["claims"]["email"]), (&json!("EdDSA"), &json!("daan@example.com"))),
        }
    }
}

/// S1: userinfo that is encrypted and not signed is JSON inside (OpenID Connect Core, section 5.3.2); the usual way of
/// encryption where only the key's is registered; authorization and introspection answers likewise (JARM; RFC 9701).
#[tokio::test]
async fn whatever_is_registered_to_be_encrypted_is() {
    let world = start().await;
    let pairs = node("keys", &json!({"algs": ["ECDH-ES"]}));
    let jwks = json!({"keys": [pairs["ECDH-ES"]["public"]]});
    let alg = "ECDH-ES";
    let mut other = client(
        "other-way",
        json!({
            "jwks": jwks, "userinfo_encrypted_response_alg": alg, "authorization_encrypted_response_alg": alg,
            "resources": ["https://api.example"],
        }),
    );
    other["scope"] = "openid email".into();
    let api = client(
        "api",
        json!({
            "jwks": jwks, "introspection_encrypted_response_alg": alg, "serves": ["https://api.example"],
            "grant_types": ["client_credentials"], "redirect_uris": [],
        }),
    );
    register(&world, vec![other, api]).await;
    let (mut browser, _) = authorize(&world, "daan@example.com", &[]).await;
    let changes = [("client_id", "other-way"), ("scope", "openid email"), ("response_mode", "jwt")];
    let answer = until_answer(&world, &mut browser, &authorize_url(&world, &changes)).await;
    let open = |token: &str, keys: &Value| {
        let item = json!({"token": token, "private": pairs["ECDH-ES"]["private"], "keys": keys});
        opened(&world, &[item]).remove(0)
    };
    let keys = published(&world).await;
    let found = open(&answered(&answer, "response").unwrap(), &keys);
    assert_eq!((&found["header"]["enc"], &found["claims"]["aud"]), (&json!("A128CBC-HS256"), &json!("other-way")));
    let (_, tokens) = redeem(&world, "other-way", text(&found["claims"], "code")).await;
    let (kind, info) = userinfo(&world, &tokens).await;
    let found = open(&info, &keys);
    assert_eq!((kind.as_str(), found["header"].get("cty"), found.get("inner")), ("application/jwt", None, None));
    assert_eq!(found["claims"]["email"], "daan@example.com");
    let changes = [("client_id", "other-way"), ("scope", "openid"), ("resource", "https://api.example")];
    let answer = until_answer(&world, &mut browser, &authorize_url(&world, &changes)).await;
    let (_, tokens) = redeem(&world, "other-way", &answered(&answer, "code").unwrap()).await;
    let request = world.http.post(format!("{}/introspect", world.idp_url)).basic_auth("api", Some(SECRET));
    let answer = request.form(&[("token", text(&tokens, "access_token"))]).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/token-introspection+jwt", "nothing plain, whatever is accepted");
    let found = open(&answer.text().await.unwrap(), &keys);
    assert_eq!(found["claims"]["token_introspection"]["active"], true);
}

/// S1, case 12: a key may lie at the application's address and change there; without a sound one nothing is told plain, and
/// the code is not spent for nothing.
#[tokio::test]
async fn without_a_key_there_is_no_answer_and_nothing_is_spent() {
    let world = start().await;
    let pairs = node("keys", &json!({"algs": ["ECDH-ES", "RSA-OAEP-256"]}));
    let set = |alg: &str| json!({"keys": [pairs[alg]["public"]]}).to_string();
    let at = Application::with_keys("{}").await;
    let more = json!({"jwks_uri": format!("{}/keys", at.url), "id_token_encrypted_response_alg": "ECDH-ES"});
    register(&world, vec![client("far", more)]).await;
    let (mut browser, _) = authorize(&world, "daan@example.com", &[]).await;
    let code = code(&world, &mut browser, "far").await;
    let signing = SigningKey::generate(Alg::Es256).unwrap().public_jwk();
    let private = json!({"keys": [pairs["ECDH-ES"]["private"]]}).to_string();
    for bad in ["{}".to_owned(), "nonsense".to_owned(), set("RSA-OAEP-256"), json!({"keys": [signing]}).to_string(), private] {
        at.publish(&bad);
        world.advance(6);
        let (status, refused) = redeem(&world, "far", &code).await;
        assert_eq!((status, text(&refused, "error")), (400, "invalid_request"), "{bad}");
    }
    // Asked again within seconds, though what was read before is kept for minutes.
    at.publish(&set("ECDH-ES"));
    world.advance(6);
    let (status, tokens) = redeem(&world, "far", &code).await;
    assert_eq!(status, 200, "{tokens}");
    let item =
        json!({"token": text(&tokens, "id_token"), "private": pairs["ECDH-ES"]["private"], "keys": published(&world).await});
    assert_eq!(opened(&world, &[item])[0]["claims"]["aud"], "far");
}

/// S2: where it is off it is neither offered nor registered, and what was registered before is not told plain instead.
#[tokio::test]
async fn an_installation_without_encryption_offers_none_of_it() {
    let (with, without) = (start().await, World::start(TestDb::sqlite()).await);
    let metadata = async |world: &World| -> Value {
        let at = format!("{}/.well-known/openid-configuration", world.idp_url);
        world.http.get(at).send().await.unwrap().json().await.unwrap()
    };
    let (on, off) = (metadata(&with).await, metadata(&without).await);
    for what in ["id_token", "userinfo", "introspection", "authorization"] {
        assert_eq!(on[format!("{what}_encryption_alg_values_supported")], json!(ALGS), "{what}");
        assert_eq!(on[format!("{what}_encryption_enc_values_supported")], json!(ENCS), "{what}");
        assert!(off.get(format!("{what}_encryption_alg_values_supported")).is_none());
    }
    let pairs = node("keys", &json!({"algs": ["ECDH-ES"]}));
    let more = json!({"jwks": {"keys": [pairs["ECDH-ES"]["public"]]}, "id_token_encrypted_response_alg": "ECDH-ES"});
    let file = json!({"applications": [client("sealed", more.clone())]}).to_string();
    let file = zegel::idp::apply::File::parse("test.yaml", &file).unwrap();
    assert!(zegel::idp::apply::apply(without.idp(), &file).await.unwrap_err().to_string().contains("encrypted_tokens"));
    // As if it had been registered while it was on.
    register(&without, vec![client("sealed", json!({}))]).await;
    let mut found =
        zegel::idp::clients::store::by_id(&mut without.idp().db.snapshot().await.unwrap().tx(), "sealed").await.unwrap().unwrap();
    found.metadata = {
        let mut all = serde_json::to_value(&found.metadata).unwrap();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    };
    let saved = without.idp().db.write((found, without.clock.now()), |(client, now), mut tx| {
        Box::pin(async move { zegel::idp::clients::store::save(&mut tx, client, *now).await })
    });
    saved.await.unwrap();
    let (mut browser, _) = authorize(&without, "daan@example.com", &[]).await;
    let code = code(&without, &mut browser, "sealed").await;
    let (status, refused) = redeem(&without, "sealed", &code).await;
    assert_eq!((status, text(&refused, "error")), (400, "invalid_request"));
}
