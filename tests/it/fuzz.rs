//! Everything that takes bytes from outside takes any bytes: it answers, and never panics. Bounded here; `PROPTEST_CASES` says
//! how many, and a failure is kept small and said.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use zegel::config::Settings;
use zegel::idp::clients::model::Switches;
use zegel::idp::clients::{Client, Metadata};
use zegel::idp::oidc::{details, device};
use zegel::idp::registration;
use zegel::kernel::clock::Timestamp;
use zegel::kernel::dpop;
use zegel::kernel::http::Params;
use zegel::kernel::jose::{Alg, Audience, Expect, KeySet, PublicKey, Recipients, SigningKey, open, open_with_own_key, verify};
use zegel::kernel::reach::Reach;
use zegel::kernel::root::{Purpose, RootKey};

const NOW: Timestamp = Timestamp(1_795_352_580_000);

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Alg::Es256).unwrap());

/// Any JSON, not too large.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|f| json!(f)),
        ".{0,40}".prop_map(Value::from),
        Just(json!("ES256")),
        Just(json!("https://app.example/cb")),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::hash_map("[a-z_]{1,12}", inner, 0..6).prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

/// Members under names that mean something, with any values.
fn members(names: &'static [&'static str]) -> impl Strategy<Value = Map<String, Value>> {
    let one = (proptest::sample::select(names), json_value());
    proptest::collection::vec(one, 0..12).prop_map(|all| all.into_iter().map(|(n, v)| (n.to_owned(), v)).collect())
}

/// A token of three parts that are what they should be but for what is in them.
fn token(header: &Value, payload: &Value) -> String {
    let text = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
    let message = format!("{}.{}", text(header), text(payload));
    let signature = KEY.sign_bytes(message.as_bytes()).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

const HEADER: &[&str] = &["alg", "typ", "kid", "jwk", "crit", "b64", "x5c", "jku"];
const CLAIMS: &[&str] = &["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "htm", "htu", "ath", "nonce", "client_id", "scope"];

fn any_token() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,200}",
        "[A-Za-z0-9_-]{0,80}\\.[A-Za-z0-9_-]{0,80}\\.[A-Za-z0-9_-]{0,80}",
        (members(HEADER), members(CLAIMS)).prop_map(|(header, claims)| {
            let mut head = json!({"alg": "ES256", "typ": "dpop+jwt", "jwk": KEY.public_jwk()});
            head.as_object_mut().unwrap().extend(header);
            token(&head, &Value::Object(claims))
        }),
    ]
}

proptest! {
    /// case 2, case 31
    #[test]
    fn parameters_take_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Params::parse(&bytes, &["resource"]);
    }

    /// case 7, case 8: whatever a token says in its parts, only one whose claims are all right is believed.
    #[test]
    fn tokens_take_any_text(text in any_token()) {
        let keys = KEY.key_set().unwrap();
        let expect = Expect::new("https://id.example", Audience::Among("a"), &Alg::ALL, NOW);
        let _ = open(&text, &keys, None, &Alg::ALL);
        prop_assert!(verify::<Value>(&text, &keys, &expect).is_err() || text.contains('.'));
        let _ = open_with_own_key::<Value>(&text, &["dpop+jwt"], &Alg::ALL);
    }

    /// case 12
    #[test]
    fn proofs_take_any_text(text in any_token()) {
        let about = dpop::About { method: "POST", address: "https://id.example/token", token: Some("t"), algs: &Alg::ALL, now: NOW };
        let _ = dpop::read(&text, &about);
    }

    /// case 7
    #[test]
    fn key_sets_take_any_json(value in json_value(), text in ".{0,200}") {
        let _ = KeySet::from_json(text.as_bytes());
        let _ = KeySet::from_value(&json!({"keys": [value.clone()]}));
        let _ = PublicKey::from_jwk(&value);
        let _ = Recipients::from_value(&json!({"keys": [value]}));
    }

    /// case 10
    #[test]
    fn registration_takes_any_json(body in members(Metadata::NAMES)) {
        let on = [("message_signing", "true"), ("encrypted_tokens", "true"), ("ciba", "true")];
        let (settings, reach) = (Settings::with(&on).unwrap(), Reach::default());
        let _ = registration::model::read(&body, &settings, &reach);
        if let Ok(metadata) = serde_json::from_value::<Metadata>(Value::Object(body)) {
            let _ = metadata.check(&reach, Switches::of(&settings));
        }
    }

    /// case 1: what may be registered and what is compared later take any text, and agree with themselves.
    #[test]
    fn redirect_addresses_take_any_text(uri in "(http://127\\.0\\.0\\.1|http://\\[::1\\]|https://a\\.example|.{0,8})[:/@?#%0-9a-z\\\\]{0,24}") {
        let metadata = Metadata { client_name: "A".into(), redirect_uris: vec![uri.clone()], ..Metadata::default() };
        let client = Client { id: "c".into(), metadata, secret_hash: None, enabled: true };
        let _ = client.metadata.check(&Reach::default(), Switches::default());
        prop_assert!(client.may_redirect_to(&uri));
    }

    /// S2
    #[test]
    fn authorization_details_take_any_json(value in json_value(), text in ".{0,200}") {
        let metadata = Metadata { authorization_details_types: vec!["payment".into()], ..Metadata::default() };
        let client = Client { id: "c".into(), metadata, secret_hash: None, enabled: true };
        let _ = details::asked(&client, &["payment"], Some(&text));
        let _ = details::asked(&client, &["payment"], Some(&json!([value]).to_string()));
        let _ = details::narrowed(Some(&text), Some(&text));
    }

    /// case 13
    #[test]
    fn device_codes_take_any_text(text in ".{0,80}", bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        if let Some(code) = device::model::typed(&text) {
            prop_assert_eq!(device::model::typed(&device::model::shown(&code)), Some(code));
        }
        let _ = device::model::user_code(&bytes);
    }

    /// case 38: what was sealed opens, and nothing else does.
    #[test]
    fn sealed_values_take_any_text(text in ".{0,120}") {
        let root = RootKey::random(&zegel::kernel::entropy::SystemEntropy);
        prop_assert!(root.open(Purpose::Cursor, "p", &text).is_err());
    }
}
