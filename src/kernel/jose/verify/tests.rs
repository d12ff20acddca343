//! Tests of what is refused of a token.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::*;
use crate::kernel::jose::{MAX_TOKEN, SigningKey, open};

const NOW: i64 = 1_800_000_000;
const ISS: &str = "https://id.example.com";

fn expect() -> Expect<'static> {
    Expect::new(ISS, Audience::Only("shop"), &Alg::ALL, Timestamp::from_seconds(NOW)).typ(&["JWT"])
}
fn sound() -> Value {
    json!({"iss": ISS, "aud": "shop", "sub": "mila", "iat": NOW, "exp": NOW + 60})
}
/// The sound claims with some changed; null takes one away.
fn with(changes: Value) -> Value {
    let mut claims = sound();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}
fn read(token: &str, keys: &KeySet, expect: &Expect<'_>) -> Result<Verified<Value>, JoseError> {
    verify(token, keys, expect)
}
fn b64(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}
/// A token with a header of the attacker's choice, signed properly with `key`.
fn forge(header: &str, claims: &Value, key: &SigningKey) -> String {
    let message = format!("{}.{}", b64(header), b64(&claims.to_string()));
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(key.sign_bytes(message.as_bytes()).unwrap()))
}

#[test]
fn a_sound_token_of_every_algorithm_is_believed() {
    for alg in Alg::ALL {
        let key = SigningKey::generate(alg).unwrap();
        let token = key.sign_jwt("JWT", &sound()).unwrap();
        let verified = read(&token, &key.key_set().unwrap(), &expect()).unwrap();
        assert_eq!(verified["sub"], "mila");
        assert_eq!(verified.signed().kid(), key.kid());
    }
}

/// case 6: every single byte, every cut, and anything put behind it.
#[test]
fn a_changed_cut_or_extended_token_is_refused() {
    for alg in [Alg::EdDsa, Alg::Es256, Alg::Rs256] {
        let key = SigningKey::generate(alg).unwrap();
        let keys = key.key_set().unwrap();
        let token = key.sign_jwt("JWT", &sound()).unwrap();
        for i in 0..token.len() {
            for flip in [1u8, 2, 32] {
                let mut bytes = token.clone().into_bytes();
                bytes[i] ^= flip;
                if let Ok(changed) = std::str::from_utf8(&bytes) {
                    assert!(read(changed, &keys, &expect()).is_err(), "{alg} byte {i} ^ {flip}");
                }
            }
            assert!(read(&token[..i], &keys, &expect()).is_err(), "{alg} cut at {i}");
        }
        for tail in ["A", "=", ".", ".A", " ", "\n", "\0"] {
            assert!(read(&format!("{token}{tail}"), &keys, &expect()).is_err(), "{alg} with {tail:?} behind");
            assert!(read(&format!("{tail}{token}"), &keys, &expect()).is_err(), "{alg} with {tail:?} before");
        }
    }
}

/// case 7
#[test]
fn no_signature_and_symmetric_signatures_are_refused() {
    let key = SigningKey::generate(Alg::Rs256).unwrap();
    let keys = key.key_set().unwrap();
    let public = key.public_jwk().to_string();
    let kid = key.kid();
    for alg in ["none", "None", "NONE", "nOnE", "", "HS256", "HS512", "rs256", "RS1", "ES256K", "dir"] {
        let message =
            format!("{}.{}", b64(&format!(r#"{{"alg":"{alg}","typ":"JWT","kid":"{kid}"}}"#)), b64(&sound().to_string()));
        let hmac = |secret: &[u8]| {
            let tag = aws_lc_rs::hmac::sign(&aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret), message.as_bytes());
            URL_SAFE_NO_PAD.encode(tag)
        };
        // The public key in every shape that a careless verifier might take for a secret, and the empty secret.
        let n = key.public_jwk()["n"].as_str().unwrap().to_owned();
        for signature in
            [String::new(), hmac(b""), hmac(public.as_bytes()), hmac(n.as_bytes()), hmac(&URL_SAFE_NO_PAD.decode(&n).unwrap())]
        {
            let got = read(&format!("{message}.{signature}"), &keys, &expect()).map(|_| ()).unwrap_err();
            assert!(matches!(got, JoseError::Algorithm | JoseError::Malformed(_)), "{alg}: {got:?}");
        }
    }
    for header in [r#"{"typ":"JWT"}"#, r#"{"alg":null,"typ":"JWT"}"#, r#"{"alg":["RS256"],"typ":"JWT"}"#, r#"["RS256"]"#] {
        assert!(read(&forge(header, &sound(), &key), &keys, &expect()).is_err(), "{header}");
    }
}

/// case 7: a key from the token itself is never used.
#[test]
fn keys_and_rules_that_a_token_brings_are_refused() {
    let (ours, theirs) = (SigningKey::generate(Alg::Es256).unwrap(), SigningKey::generate(Alg::Es256).unwrap());
    let keys = ours.key_set().unwrap();
    let jwk = theirs.public_jwk();
    let kid = ours.kid();
    for extra in [
        format!(r#""jwk":{jwk}"#),
        r#""jku":"https://evil.example/keys""#.into(),
        r#""x5u":"https://evil.example/cert""#.into(),
        r#""x5c":["MIIB"]"#.into(),
        r#""crit":["exp"],"exp":1"#.into(),
        r#""crit":null"#.into(),
        r#""b64":false"#.into(),
        r#""zip":"DEF""#.into(),
    ] {
        let header = format!(r#"{{"alg":"ES256","typ":"JWT","kid":"{kid}",{extra}}}"#);
        for signer in [&ours, &theirs] {
            assert!(matches!(read(&forge(&header, &sound(), signer), &keys, &expect()), Err(JoseError::Header(_))), "{extra}");
        }
    }
}

/// case 7
#[test]
fn a_kid_that_looks_like_a_path_or_a_statement_is_refused() {
    let key = SigningKey::generate(Alg::EdDsa).unwrap();
    let keys = key.key_set().unwrap();
    let long = "a".repeat(129);
    for kid in ["../../etc/passwd", "/dev/null", "..", "a\\\\b", "' OR 1=1 --", "a b", "a\\u0000", "ü", "", "%2e%2e", &long] {
        let header = format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"{kid}"}}"#);
        let got = read(&forge(&header, &sound(), &key), &keys, &expect()).map(|_| ()).unwrap_err();
        assert!(matches!(got, JoseError::Header(_)), "{kid}: {got:?}");
    }
    let number = forge(r#"{"alg":"EdDSA","typ":"JWT","kid":7}"#, &sound(), &key);
    assert!(matches!(read(&number, &keys, &expect()), Err(JoseError::Header(_))));
    let other = forge(r#"{"alg":"EdDSA","typ":"JWT","kid":"other"}"#, &sound(), &key);
    assert_eq!(read(&other, &keys, &expect()).map(|_| ()), Err(JoseError::UnknownKey));
}

/// case 7: the same RSA key under the other RSA algorithm.
#[test]
fn a_key_checks_only_the_algorithm_that_it_was_made_for() {
    let rs = SigningKey::generate(Alg::Rs256).unwrap();
    let ps = SigningKey::from_pkcs8(Alg::Ps256, &rs.to_pkcs8().unwrap()).unwrap();
    assert_eq!(rs.kid(), ps.kid());
    let token = ps.sign_jwt("JWT", &sound()).unwrap();
    assert!(read(&token, &ps.key_set().unwrap(), &expect()).is_ok());
    assert_eq!(read(&token, &rs.key_set().unwrap(), &expect()).map(|_| ()), Err(JoseError::UnknownKey));
    let narrow = Expect { algs: &Alg::FAPI, ..expect() };
    let token = rs.sign_jwt("JWT", &sound()).unwrap();
    assert_eq!(read(&token, &rs.key_set().unwrap(), &narrow).map(|_| ()), Err(JoseError::Algorithm));
}

/// case 8
#[test]
fn missing_claims_and_claims_of_the_wrong_type_are_refused() {
    let key = SigningKey::generate(Alg::EdDsa).unwrap();
    let keys = key.key_set().unwrap();
    for (changes, claim) in [
        (json!({"exp": null}), "exp"),
        (json!({"exp": (NOW + 60).to_string()}), "exp"),
        (json!({"exp": true}), "exp"),
        (json!({"exp": [NOW + 60]}), "exp"),
        (json!({"exp": {}}), "exp"),
        (json!({"exp": -1}), "exp"),
        (json!({"exp": 1e300}), "exp"),
        (json!({"exp": u64::MAX}), "exp"),
        (json!({"nbf": "0"}), "nbf"),
        (json!({"iat": "0"}), "iat"),
        (json!({"iss": null}), "iss"),
        (json!({"iss": [ISS]}), "iss"),
        (json!({"iss": "https://id.example.com/"}), "iss"),
        (json!({"iss": "https://ID.example.com"}), "iss"),
        (json!({"aud": null}), "aud"),
        (json!({"aud": 1}), "aud"),
        (json!({"aud": ""}), "aud"),
        (json!({"aud": "shop "}), "aud"),
        (json!({"aud": []}), "aud"),
        (json!({"sub": 1}), "sub"),
        (json!({"jti": {}}), "jti"),
    ] {
        let token = key.sign_jwt("JWT", &with(changes.clone())).unwrap();
        assert_eq!(read(&token, &keys, &expect()).map(|_| ()), Err(JoseError::Claim(claim)), "{changes}");
    }
    // A JSON null is there and of the wrong type.
    let token = key.sign_payload("JWT", sound().to_string().replace(&(NOW + 60).to_string(), "null").as_bytes()).unwrap();
    assert_eq!(read(&token, &keys, &expect()).map(|_| ()), Err(JoseError::Claim("exp")));
}

/// case 8: two programs that take a different one of two equal names would believe different things.
#[test]
fn a_member_that_occurs_twice_is_refused() {
    let key = SigningKey::generate(Alg::EdDsa).unwrap();
    let keys = key.key_set().unwrap();
    let twice = sound().to_string().replacen('{', r#"{"sub":"daan","#, 1);
    let token = key.sign_payload("JWT", twice.as_bytes()).unwrap();
    assert!(matches!(read(&token, &keys, &expect()), Err(JoseError::Malformed(_))));
    let header = format!(r#"{{"alg":"EdDSA","alg":"EdDSA","typ":"JWT","kid":"{}"}}"#, key.kid());
    assert!(matches!(read(&forge(&header, &sound(), &key), &keys, &expect()), Err(JoseError::Malformed(_))));
}

/// case 9
#[test]
fn an_audience_as_an_array_passes_only_where_one_is_allowed() {
    let key = SigningKey::generate(Alg::EdDsa).unwrap();
    let keys = key.key_set().unwrap();
    let check = |aud: Value, audience| {
        read(&key.sign_jwt("JWT", &with(json!({"aud": aud}))).unwrap(), &keys, &Expect { audience, ..expect() }).is_ok()
    };
    assert!(check(json!("shop"), Audience::Only("shop")) && check(json!("shop"), Audience::Among("shop")));
    assert!(!check(json!(["shop"]), Audience::Only("shop")));
    assert!(check(json!(["other", "shop"]), Audience::Among("shop")));
    assert!(!check(json!(["other"]), Audience::Among("shop")) && !check(json!(["shop", 1]), Audience::Among("shop")));
    assert!(check(json!("x"), Audience::Any) && check(json!(["x"]), Audience::Any));
    assert!(!check(json!([]), Audience::Any) && !check(json!(1), Audience::Any));
}

#[test]
fn times_are_compared_with_the_given_clock_and_leeway() {
    let key = SigningKey::generate(Alg::EdDsa).unwrap();
    let keys = key.key_set().unwrap();
    let at = |changes: Value, expect: &Expect<'_>| read(&key.sign_jwt("JWT", &with(changes)).unwrap(), &keys, expect).map(|_| ());
    assert_eq!(at(json!({"exp": NOW - 9}), &expect()), Ok(()));
    assert_eq!(at(json!({"exp": NOW - 10}), &expect()), Err(JoseError::Expired));
    assert_eq!(at(json!({"exp": 1}), &Expect { even_expired: true, ..expect() }), Ok(()));
    assert_eq!(at(json!({"exp": "1"}), &Expect { even_expired: true, ..expect() }), Err(JoseError::Claim("exp")));
    for name in ["nbf", "iat"] {
        assert_eq!(at(json!({name: NOW + 10}), &expect()), Ok(()));
        assert_eq!(at(json!({name: NOW + 11}), &expect()), Err(JoseError::NotYet));
        assert_eq!(at(json!({name: f64::from(1_700_000_000) + 0.5}), &expect()), Ok(()));
    }
}

/// fapi2-signing/ensure-request-object-without-nbf-fails, fapi2-signing/ensure-request-object-with-exp-over-60-fails,
/// fapi2-signing/ensure-request-object-with-nbf-over-60-fails
#[test]
fn a_window_bounds_how_old_and_how_long_a_token_may_be() {
    let key = SigningKey::generate(Alg::EdDsa).unwrap();
    let keys = key.key_set().unwrap();
    let expect = Expect { window: Some(Duration::from_secs(3600)), ..expect() };
    let at = |changes: Value| read(&key.sign_jwt("JWT", &with(changes)).unwrap(), &keys, &expect).map(|_| ());
    assert_eq!(at(json!({"nbf": NOW, "exp": NOW + 3600})), Ok(()));
    assert_eq!(at(json!({"nbf": NOW + 8, "exp": NOW + 300})), Ok(()));
    assert_eq!(at(json!({})), Err(JoseError::Claim("nbf")));
    assert_eq!(at(json!({"nbf": NOW, "exp": NOW + 3601})), Err(JoseError::Claim("exp")));
    assert_eq!(at(json!({"nbf": NOW - 3700, "exp": NOW + 60})), Err(JoseError::Claim("nbf")));
}

#[test]
fn a_token_of_another_media_type_is_refused() {
    let key = SigningKey::generate(Alg::EdDsa).unwrap();
    let keys = key.key_set().unwrap();
    let typ =
        |own: &str, accepted: &[&str]| open(&key.sign_jwt(own, &sound()).unwrap(), &keys, Some(accepted), &Alg::ALL).is_ok();
    assert!(typ("at+jwt", &["at+jwt"]) && typ("application/AT+jwt", &["at+jwt"]));
    assert!(!typ("JWT", &["at+jwt"]) && !typ("x/at+jwt", &["at+jwt"]) && !typ("JWT", &[""]));
    let without = forge(&format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, key.kid()), &sound(), &key);
    assert!(open(&without, &keys, Some(&["JWT"]), &Alg::ALL).is_err());
    assert!(open(&without, &keys, Some(&["JWT", ""]), &Alg::ALL).is_ok());
}

/// case 31
#[test]
fn a_token_over_16_kib_is_not_read() {
    let key = SigningKey::generate(Alg::EdDsa).unwrap();
    let token = key.sign_jwt("JWT", &with(json!({"pad": "x".repeat(MAX_TOKEN)}))).unwrap();
    assert_eq!(read(&token, &key.key_set().unwrap(), &expect()).map(|_| ()), Err(JoseError::TooLong));
}

#[test]
fn claims_come_as_the_type_that_was_asked_for_or_not_at_all() {
    #[derive(Debug, serde::Deserialize)]
    struct Claims {
        sub: String,
    }
    let key = SigningKey::generate(Alg::EdDsa).unwrap();
    let keys = key.key_set().unwrap();
    let token = key.sign_jwt("JWT", &sound()).unwrap();
    assert_eq!(verify::<Claims>(&token, &keys, &expect()).unwrap().sub, "mila");
    let token = key.sign_jwt("JWT", &with(json!({"sub": null}))).unwrap();
    assert_eq!(verify::<Claims>(&token, &keys, &expect()).unwrap_err(), JoseError::Form);
}

/// case 12: a proof shows the sender's own key, and that key is public.
#[test]
fn a_proof_is_opened_with_the_public_key_that_it_brings() {
    let key = SigningKey::generate(Alg::Es256).unwrap();
    let mut jwk = key.public_jwk();
    let proof = |jwk: &Value| {
        forge(&format!(r#"{{"alg":"ES256","typ":"dpop+jwt","jwk":{jwk}}}"#), &json!({"jti": "1", "htm": "POST"}), &key)
    };
    let (claims, found) = open_with_own_key::<Value>(&proof(&jwk), &["dpop+jwt"], &Alg::FAPI).unwrap();
    assert_eq!((found.thumbprint(), &claims["htm"]), (key.kid(), &json!("POST")));
    assert!(open_with_own_key::<Value>(&proof(&jwk), &["JWT"], &Alg::FAPI).is_err());
    assert!(
        open_with_own_key::<Value>(&proof(&SigningKey::generate(Alg::Es256).unwrap().public_jwk()), &["dpop+jwt"], &Alg::FAPI)
            .is_err()
    );
    jwk["d"] = json!("AA");
    assert!(matches!(open_with_own_key::<Value>(&proof(&jwk), &["dpop+jwt"], &Alg::FAPI), Err(JoseError::Key(_))));
}
