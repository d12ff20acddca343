//! FAPI 2.0 message signing: what a bank asks, what it is answered, and what introspection says is signed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use zegel::kernel::clock::Clock;
use zegel::kernel::jose::{Alg, SigningKey, open};

use crate::on_both_engines;
use crate::support::bank::{Bank, Told};
use crate::support::flow::{CALLBACK, answered, authorize, authorize_url, claims, text, until_answer};
use crate::support::postgres::TestDb;
use crate::support::world::{APP_SECRET, Options, World};

const TYP: &str = "oauth-authz-req+jwt";

async fn start(db: TestDb) -> World {
    World::start_with(db, Options { settings: &[("message_signing", "true")], ..Options::default() }).await
}

async fn bank(world: &World) -> Bank<'_> {
    Bank::new(world, "bank", json!({"profile": "fapi2_signing"})).await
}

/// The members of a sound object, changed by `more`; null takes one out.
fn object(bank: &Bank<'_>, more: Value) -> Value {
    let now = bank.world.clock.now().seconds();
    let mut all: serde_json::Map<_, _> =
        bank.parameters(&[("response_mode", "jwt")]).into_iter().map(|(n, v)| (n, v.into())).collect();
    all.extend([
        ("iss".to_owned(), bank.id.into()),
        ("aud".to_owned(), bank.world.idp_url.as_str().into()),
        ("exp".to_owned(), (now + 60).into()),
        ("nbf".to_owned(), now.into()),
    ]);
    for (name, value) in more.as_object().unwrap() {
        match value {
            Value::Null => drop(all.remove(name)),
            value => drop(all.insert(name.clone(), value.clone())),
        }
    }
    all.into()
}

/// Pushes a request object as it is.
async fn push(bank: &Bank<'_>, object: &str) -> Told {
    bank.send_by("/par", &[("client_id", bank.id), ("request", object)], None).await
}

/// Pushes an object with these changes, signed by the bank; its reference.
async fn pushed(bank: &Bank<'_>, more: Value) -> String {
    let told = push(bank, &bank.key.sign_jwt(TYP, &object(bank, more)).unwrap()).await;
    assert_eq!(told.status, 201, "{told:?}");
    text(&told.body, "request_uri").to_owned()
}

/// The claims of a signed answer, once its signature and what a client must check are right (JARM, section 2.4).
async fn checked(world: &World, token: &str, client: &str, alg: Alg) -> Value {
    let keys = world.http.get(format!("{}/oauth2/keys", world.idp_url)).send().await.unwrap().bytes().await.unwrap();
    let keys = zegel::kernel::jose::KeySet::from_json(&keys).unwrap();
    let said: Value = open(token, &keys, Some(&["JWT"]), &[alg]).unwrap().object().unwrap().into();
    assert_eq!((&said["iss"], &said["aud"]), (&json!(world.idp_url), &json!(client)));
    let (now, exp) = (world.clock.now().seconds(), said["exp"].as_i64().unwrap());
    assert!(exp > now && exp <= now + 600, "ten minutes at most");
    assert!(said.get("sub").is_none(), "it can pass for no ID token");
    said
}

on_both_engines! {
    /// fapi2-signing/ensure-request-object-with-multiple-aud-succeeds,
    /// fapi2-signing/ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted: signed there and back, and the tokens
    /// are the bank's.
    async fn a_bank_asks_and_is_answered_in_signed_messages(db: TestDb) {
        let world = start(db).await;
        let bank = bank(&world).await;
        let now = world.clock.now().seconds();
        let (mut browser, _) = bank.sign_in("daan@example.com", &pushed(&bank, json!({})).await).await;
        for more in [
            json!({}),
            json!({"aud": [world.idp_url, "https://other.example"]}),
            json!({"nbf": now + 8, "exp": now + 60}),
            json!({"response_mode": "query.jwt"}),
        ] {
            let url = bank.authorize_url(&pushed(&bank, more).await, &[]);
            let answer = until_answer(&world, &mut browser, &url).await;
            let to = answer.location().unwrap_or_else(|| panic!("the answer: {}", answer.text));
            assert_eq!(to.query_pairs().count(), 1, "everything is in the statement: {to}");
            let said = checked(&world, &answered(&answer, "response").unwrap(), bank.id, Alg::Es256).await;
            assert_eq!(said["state"], "st");
            let told = bank.send("/token", &Bank::redeeming(text(&said, "code"))).await;
            assert_eq!(told.status, 200, "{told:?}");
            assert_eq!(claims(text(&told.body, "id_token"))["nonce"], "no");
        }
    }
}

/// fapi2-signing/ensure-request-object-without-exp-fails, fapi2-signing/ensure-request-object-without-nbf-fails,
/// fapi2-signing/ensure-expired-request-object-fails, fapi2-signing/ensure-request-object-with-bad-aud-fails,
/// fapi2-signing/ensure-request-object-with-exp-over-60-fails, fapi2-signing/ensure-request-object-with-nbf-over-60-fails,
/// fapi2-signing/par-authorization-request-containing-request_uri
#[tokio::test]
async fn an_object_whose_own_claims_are_wrong_is_refused_when_it_is_pushed() {
    let world = start(TestDb::sqlite()).await;
    let bank = bank(&world).await;
    let now = world.clock.now().seconds();
    let reference = pushed(&bank, json!({})).await;
    for more in [
        json!({"exp": null}),
        json!({"nbf": null}),
        json!({"exp": now - 60, "nbf": now - 120}),
        json!({"exp": now - 10, "nbf": now - 120}),
        json!({"aud": "https://other.example"}),
        json!({"aud": [format!("{}/par", world.idp_url)]}),
        json!({"aud": null}),
        json!({"nbf": now, "exp": now + 3601}),
        json!({"nbf": now, "exp": now + 70 * 60}),
        json!({"nbf": now - 70 * 60, "exp": now + 60}),
        json!({"nbf": now + 61, "exp": now + 120}),
        json!({"iss": "other"}),
        json!({"client_id": "other"}),
        json!({"request_uri": reference}),
        json!({"exp": "soon"}),
    ] {
        let told = push(&bank, &bank.key.sign_jwt(TYP, &object(&bank, more.clone())).unwrap()).await;
        assert_eq!((told.status, told.error()), (400, "invalid_request_object"), "{more}");
    }
}

/// fapi2-signing/ensure-signed-request-object-with-RS256-fails,
/// fapi2-signing/ensure-request-object-signature-algorithm-is-not-none,
/// fapi2-signing/ensure-request-object-with-invalid-signature-fails, fapi2-signing/ensure-matching-key-in-authorization-request
#[tokio::test]
async fn an_object_that_is_not_signed_as_the_bank_signs_is_refused() {
    let world = start(TestDb::sqlite()).await;
    let rsa = SigningKey::generate(Alg::Rs256).unwrap();
    let bank = Bank::new(&world, "bank", json!({"profile": "fapi2_signing"})).await;
    let both = json!({"applications": [{
        "client_id": "bank", "client_name": "Bank", "profile": "fapi2_signing", "redirect_uris": [CALLBACK],
        "scope": "openid email", "token_endpoint_auth_method": "private_key_jwt", "dpop_bound_access_tokens": true,
        "jwks": {"keys": [bank.key.public_jwk(), rsa.public_jwk()]},
    }]});
    world.apply(&both.to_string()).await;
    let other = Bank::new(&world, "bank2", json!({"profile": "fapi2_signing"})).await;
    let sound = object(&bank, json!({}));
    let good = bank.key.sign_jwt(TYP, &sound).unwrap();
    assert_eq!(push(&bank, &good).await.status, 201);
    let part = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
    let unsigned = format!("{}.{}.", part(&json!({"alg": "none", "typ": TYP})), part(&sound));
    // The signature of one object under the claims of another, and one with a letter changed.
    let (message, signature) = good.rsplit_once('.').unwrap();
    let changed = part(&object(&bank, json!({"scope": "openid profile"})));
    let moved = format!("{}.{changed}.{signature}", message.split('.').next().unwrap());
    let flipped = format!("{message}.{}{}", if signature.starts_with('A') { "B" } else { "A" }, &signature[1..]);
    for (why, bad) in [
        ("RS256, with a key that is registered", rsa.sign_jwt(TYP, &sound).unwrap()),
        ("none", unsigned),
        ("another object's signature", moved),
        ("a changed signature", flipped),
        ("no signature", format!("{message}.")),
        ("another bank's key", other.key.sign_jwt(TYP, &sound).unwrap()),
        ("the type of another token", bank.key.sign_jwt("at+jwt", &sound).unwrap()),
    ] {
        let told = push(&bank, &bad).await;
        assert_eq!((told.status, told.error()), (400, "invalid_request_object"), "{why}");
    }
}

/// fapi2-signing/ensure-unsigned-request-at-par-endpoint-fails: neither plain parameters, nor parameters beside the object,
/// nor a plain answer; and nothing that was not pushed.
#[tokio::test]
async fn nothing_of_a_bank_is_taken_or_answered_unsigned() {
    let world = start(TestDb::sqlite()).await;
    let bank = bank(&world).await;
    let told = bank.push(&[("response_mode", "jwt")]).await;
    assert_eq!((told.status, told.error()), (400, "invalid_request"));
    for mode in [Value::Null, json!("query"), json!("form_post"), json!("fragment.jwt"), json!("fragment")] {
        let told = push(&bank, &bank.key.sign_jwt(TYP, &object(&bank, json!({"response_mode": mode}))).unwrap()).await;
        assert_eq!((told.status, told.error()), (400, "invalid_request"), "{mode}");
    }
    // What stands beside the object is passed over: the answer is signed and carries the state from inside.
    let token = bank.key.sign_jwt(TYP, &object(&bank, json!({}))).unwrap();
    let beside = [("client_id", bank.id), ("request", &*token), ("response_mode", "query"), ("state", "outside")];
    let told = bank.send_by("/par", &beside, None).await;
    let (mut browser, answer) = bank.sign_in("daan@example.com", text(&told.body, "request_uri")).await;
    let said = checked(&world, &answered(&answer, "response").unwrap(), bank.id, Alg::Es256).await;
    assert_eq!(said["state"], "st");
    // Not pushed: refused, and told so in a signed answer too.
    let url = format!("{}?client_id={}&request={token}&redirect_uri={CALLBACK}", bank.at("/authorize"), bank.id);
    let answer = until_answer(&world, &mut browser, &url).await;
    let said = checked(&world, &answered(&answer, "response").unwrap(), bank.id, Alg::Es256).await;
    assert_eq!((&said["error"], said.get("code")), (&json!("invalid_request"), None));
}

/// S2: refusals come signed as well, by whichever way the answer would have come; pages lead back with a signed link.
#[tokio::test]
async fn refusals_are_signed_too() {
    let world = start(TestDb::sqlite()).await;
    let bank = Bank::new(&world, "bank", json!({"profile": "fapi2_signing", "consent": "ask"})).await;
    let (mut browser, answer) = bank.sign_in("daan@example.com", &pushed(&bank, json!({})).await).await;
    let page = answer.location().unwrap();
    let answer = browser.once(reqwest::Method::POST, page.as_str(), Some(&[("answer", "refuse")])).await.unwrap();
    let said = checked(&world, &answered(&answer, "response").unwrap(), bank.id, Alg::Es256).await;
    assert_eq!((&said["error"], &said["state"]), (&json!("access_denied"), &json!("st")));
    let strong = pushed(&bank, json!({"acr_values": "urn:zegel:acr:passkey"})).await;
    let page = until_answer(&world, &mut browser, &bank.authorize_url(&strong, &[])).await;
    let (_, link) = page.text.split_once(&format!("{CALLBACK}?response=")).unwrap_or_else(|| panic!("{}", page.text));
    let said = checked(&world, link.split('"').next().unwrap(), bank.id, Alg::Es256).await;
    assert_eq!(said["error"], "unmet_authentication_requirements");
}

/// S2 (JARM): an ordinary application may ask for signed answers, by the query or by a form, in its own algorithm; `fragment.jwt`
/// goes with flows that are left out.
#[tokio::test]
async fn an_ordinary_application_may_ask_for_signed_answers() {
    let world = start(TestDb::sqlite()).await;
    let (mut browser, _) = authorize(&world, "daan@example.com", &[]).await;
    let mut ask = async |mode: &str| {
        let url = authorize_url(&world, &[("response_mode", mode), ("scope", "openid")]);
        until_answer(&world, &mut browser, &url).await
    };
    for (alg, name) in [(Alg::Rs256, None), (Alg::Ps256, Some("PS256")), (Alg::EdDsa, Some("EdDSA"))] {
        let mut client = json!({
            "client_id": "app", "client_name": "Test application", "redirect_uris": [CALLBACK], "scope": "openid",
            "client_secret": APP_SECRET,
        });
        if let Some(name) = name {
            client["authorization_signed_response_alg"] = name.into();
        }
        world.apply(&json!({ "applications": [client] }).to_string()).await;
        let answer = ask("jwt").await;
        let said = checked(&world, &answered(&answer, "response").unwrap(), "app", alg).await;
        assert_eq!(crate::support::flow::redeem(&world, text(&said, "code")).await.0, 200);
        let answer = ask("form_post.jwt").await;
        let field = answer.after("name=\"response\" value=\"").unwrap_or_else(|| panic!("{}", answer.text));
        assert!(checked(&world, field, "app", alg).await.get("code").is_some());
    }
    assert_eq!(answered(&ask("fragment.jwt").await, "error").as_deref(), Some("invalid_request"));
}

/// S2 (RFC 9701; FAPI 2.0 Message Signing, section 5.5): a resource server that is held to it gets nothing unsigned.
#[tokio::test]
async fn introspection_answers_a_bank_in_signed_messages_only() {
    let world = start(TestDb::sqlite()).await;
    let more = json!({
        "profile": "fapi2_signing", "serves": ["https://api.example"], "grant_types": ["client_credentials"], "redirect_uris": [],
        "introspection_signed_response_alg": "PS256",
    });
    let api = Bank::new(&world, "api", more).await;
    let (status, own) = world
        .token(
            ("app", APP_SECRET),
            &[("grant_type", "client_credentials"), ("scope", "read"), ("resource", "https://api.example")],
        )
        .await;
    assert_eq!(status, 200, "{own}");
    let assertion = api.key.sign_jwt("JWT", &api.assertion()).unwrap();
    let form = [
        ("token", text(&own, "access_token")),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", &assertion),
    ];
    let answer = world.http.post(api.at("/introspect")).form(&form).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/token-introspection+jwt");
    let token = answer.text().await.unwrap();
    let keys = world.http.get(api.at("/oauth2/keys")).send().await.unwrap().bytes().await.unwrap();
    let keys = zegel::kernel::jose::KeySet::from_json(&keys).unwrap();
    let said: Value = open(&token, &keys, Some(&["token-introspection+jwt"]), &[Alg::Ps256]).unwrap().object().unwrap().into();
    assert_eq!((&said["aud"], &said["token_introspection"]["active"]), (&json!("api"), &json!(true)));
}

/// S2: where it is off nothing of it is offered, answered or registered.
#[tokio::test]
async fn an_installation_without_message_signing_offers_none_of_it() {
    let (with, without) = (start(TestDb::sqlite()).await, World::start(TestDb::sqlite()).await);
    let metadata = async |world: &World| -> Value {
        let at = format!("{}/.well-known/openid-configuration", world.idp_url);
        world.http.get(at).send().await.unwrap().json().await.unwrap()
    };
    let (on, off) = (metadata(&with).await, metadata(&without).await);
    assert_eq!(on["response_modes_supported"], json!(["query", "form_post", "jwt", "query.jwt", "form_post.jwt"]));
    assert_eq!(on["authorization_signing_alg_values_supported"], json!(["RS256", "ES256", "EdDSA", "PS256"]));
    assert_eq!(off["response_modes_supported"], json!(["query", "form_post"]));
    assert!(off.get("authorization_signing_alg_values_supported").is_none());
    for mode in ["jwt", "query.jwt", "form_post.jwt"] {
        let url = authorize_url(&without, &[("response_mode", mode)]);
        let answer = until_answer(&without, &mut without.browser(), &url).await;
        assert_eq!(answered(&answer, "error").as_deref(), Some("invalid_request"), "{mode}");
    }
    let client = r#"{"applications": [{"client_id": "b", "client_name": "B", "redirect_uris": ["http://127.0.0.1:9/cb"],
        "authorization_signed_response_alg": "ES256"}]}"#;
    let file = zegel::idp::apply::File::parse("test.yaml", client).unwrap();
    assert!(zegel::idp::apply::apply(without.idp(), &file).await.unwrap_err().to_string().contains("message_signing"));
}
