//! Tests of selective disclosure, with the examples of RFC 9901.

use serde_json::json;

use super::*;
use crate::kernel::entropy::SeededEntropy;

/// RFC 9901, section 4.2.1 and 4.2.3; the salt and spaces are the example's.
#[test]
fn the_digest_is_made_of_the_exact_text_of_a_disclosure() {
    for (encoded, digest, name) in [
        (
            "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
            "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY",
            Some("family_name"),
        ),
        ("WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0", "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs", None),
    ] {
        let d = Disclosure::parse(encoded).unwrap();
        assert_eq!((d.digest().as_str(), d.name(), d.encoded()), (digest, name, encoded));
    }
}

/// RFC 9901, section 5.1: the issued SD-JWT, signed by the key of appendix A.5.
const RFC_JWT: &str = concat!(
    "eyJhbGciOiAiRVMyNTYiLCAidHlwIjogImV4YW1wbGUrc2Qtand0In0.eyJfc2QiOiBbIkNyUWU3UzVrcUJBSHQtbk1ZWGdjNmJkdDJTSDVhVFkxc1VfTS1QZ2tq",
    "UEkiLCAiSnpZakg0c3ZsaUgwUjNQeUVNZmVadTZKdDY5dTVxZWhabzdGN0VQWWxTRSIsICJQb3JGYnBLdVZ1Nnh5bUphZ3ZrRnNGWEFiUm9jMkpHbEFVQTJCQTRv",
    "N2NJIiwgIlRHZjRvTGJnd2Q1SlFhSHlLVlFaVTlVZEdFMHc1cnREc3JaemZVYW9tTG8iLCAiWFFfM2tQS3QxWHlYN0tBTmtxVlI2eVoyVmE1TnJQSXZQWWJ5TXZS",
    "S0JNTSIsICJYekZyendzY002R242Q0pEYzZ2Vks4QmtNbmZHOHZPU0tmcFBJWmRBZmRFIiwgImdiT3NJNEVkcTJ4Mkt3LXc1d1BFemFrb2I5aFYxY1JEMEFUTjNv",
    "UUw5Sk0iLCAianN1OXlWdWx3UVFsaEZsTV8zSmx6TWFTRnpnbGhRRzBEcGZheVF3TFVLNCJdLCAiaXNzIjogImh0dHBzOi8vaXNzdWVyLmV4YW1wbGUuY29tIiwg",
    "ImlhdCI6IDE2ODMwMDAwMDAsICJleHAiOiAxODgzMDAwMDAwLCAic3ViIjogInVzZXJfNDIiLCAibmF0aW9uYWxpdGllcyI6IFt7Ii4uLiI6ICJwRm5kamtaX1ZD",
    "em15VGE2VWpsWm8zZGgta284YUlLUWM5RGxHemhhVllvIn0sIHsiLi4uIjogIjdDZjZKa1B1ZHJ5M2xjYndIZ2VaOGtoQXYxVTFPU2xlclAwVmtCSnJXWjAifV0s",
    "ICJfc2RfYWxnIjogInNoYS0yNTYiLCAiY25mIjogeyJqd2siOiB7Imt0eSI6ICJFQyIsICJjcnYiOiAiUC0yNTYiLCAieCI6ICJUQ0FFUjE5WnZ1M09IRjRqNFc0",
    "dmZTVm9ISVAxSUxpbERsczd2Q2VHZW1jIiwgInkiOiAiWnhqaVdXYlpNUUdIVldLVlE0aGJTSWlyc1ZmdWVjQ0U2dDRqVDlGMkhaUSJ9fX0.MczwjBFGtzf-6WMT",
    "-hIvYbkb11NrV1WMO-jTijpMPNbswNzZ87wY2uHz-CXo6R04b7jYrpj9mNRAvVssXou1iw",
);
const GIVEN_NAME: &str = "WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd";
const FAMILY_NAME: &str = "WyJlbHVWNU9nM2dTTklJOEVZbnN4QV9BIiwgImZhbWlseV9uYW1lIiwgIkRvZSJd";
const EMAIL: &str = "WyI2SWo3dE0tYTVpVlBHYm9TNXRtdlZBIiwgImVtYWlsIiwgImpvaG5kb2VAZXhhbXBsZS5jb20iXQ";
const ADDRESS: &str = "WyJBSngtMDk1VlBycFR0TjRRTU9xUk9BIiwgImFkZHJlc3MiLCB7InN0cmVldF9hZGRyZXNzIjogIjEyMyBNYWluIFN0IiwgImxvY2FsaXR5IjogIkFueXRvd24iLCAicmVnaW9uIjogIkFueXN0YXRlIiwgImNvdW50cnkiOiAiVVMifV0";
const US: &str = "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIlVTIl0";

fn rfc(disclosures: &[&str]) -> Result<Disclosed, JoseError> {
    let keys = KeySet::from_value(&json!({"keys": [{"kty": "EC", "crv": "P-256",
        "x": "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ", "y": "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8"}]}))?;
    let compact = disclosures.iter().fold(format!("{RFC_JWT}~"), |c, d| format!("{c}{d}~"));
    let parsed = SdJwt::parse(&compact)?;
    assert_eq!(parsed.to_string(), compact);
    parsed.verify(&keys, &["example+sd-jwt"], &[Alg::Es256])
}

#[test]
fn the_example_of_the_rfc_verifies_and_says_what_is_disclosed() {
    let all = rfc(&[GIVEN_NAME, FAMILY_NAME, EMAIL, ADDRESS, US]).unwrap();
    let claims = Value::Object(all.claims().clone());
    assert_eq!(claims["given_name"], "John");
    assert_eq!(claims["address"]["locality"], "Anytown");
    assert_eq!(claims["nationalities"], json!(["US"]));
    assert_eq!(claims["sub"], "user_42");
    assert!(claims.get("_sd").is_none() && claims.get("_sd_alg").is_none() && claims.get("birthdate").is_none());
    let mut disclosed = all.disclosed().to_vec();
    disclosed.sort();
    assert_eq!(disclosed, ["/address", "/email", "/family_name", "/given_name", "/nationalities/0"]);
    assert_eq!(all.concealed(), 5);
    let none = rfc(&[]).unwrap();
    assert_eq!((none.disclosed().len(), none.concealed()), (0, 10));
}

#[test]
fn a_disclosure_that_is_unknown_given_twice_or_changed_is_refused() {
    // ["dummysalt", "foo", "bar"] belongs to no digest.
    let unknown = "WyJkdW1teXNhbHQiLCAiZm9vIiwgImJhciJd";
    assert_eq!(rfc(&[GIVEN_NAME, unknown]).unwrap_err(), JoseError::Disclosure("one belongs to no digest of the payload"));
    assert_eq!(rfc(&[GIVEN_NAME, GIVEN_NAME]).unwrap_err(), JoseError::Disclosure("one is given twice"));
    for i in 0..GIVEN_NAME.len() {
        let mut bytes = GIVEN_NAME.to_owned().into_bytes();
        bytes[i] ^= 1;
        if let Ok(changed) = std::str::from_utf8(&bytes) {
            assert!(rfc(&[changed]).is_err(), "byte {i}");
        }
    }
}

#[test]
fn a_presentation_of_another_form_is_refused() {
    let whole = format!("{RFC_JWT}~{GIVEN_NAME}~");
    assert!(SdJwt::parse(&whole).is_ok());
    for wrong in [
        RFC_JWT.to_owned(),
        format!("{RFC_JWT}~{GIVEN_NAME}"),
        format!("{whole}{RFC_JWT}"),
        format!("{whole}~"),
        format!("{RFC_JWT}~~"),
    ] {
        assert!(SdJwt::parse(&wrong).is_err());
    }
    for array in [
        r#"["salt"]"#,
        r#"["s","n","v","x"]"#,
        r#"[1,"n","v"]"#,
        r#"["s",1,"v"]"#,
        r#"[1,"v"]"#,
        r#"{"a":1}"#,
        r#"["s","_sd",1]"#,
        r#"["s","...",1]"#,
    ] {
        assert!(Disclosure::parse(&URL_SAFE_NO_PAD.encode(array)).is_err(), "{array}");
    }
}

/// What an issuer signed, with these payload claims, and a presentation of these disclosures.
fn verify_own(payload: Value, disclosures: &[&Disclosure]) -> Result<Disclosed, JoseError> {
    let key = SigningKey::generate(Alg::EdDsa)?;
    let disclosures = disclosures.iter().map(|d| (*d).clone()).collect();
    let issued = SdJwt::issue(&key, "x+sd-jwt", &payload, disclosures)?;
    SdJwt::parse(&issued.to_string())?.verify(&key.key_set()?, &["x+sd-jwt"], &Alg::ALL)
}

#[test]
fn payloads_that_break_the_rules_are_refused_though_they_are_signed() {
    let e = SeededEntropy::new(1);
    let a = Disclosure::new("a", json!(1), &e).unwrap();
    let element = Disclosure::parse(&URL_SAFE_NO_PAD.encode(r#"["salt","x"]"#)).unwrap();
    let (d, el) = (a.digest(), element.digest());
    let cases = [
        (json!({"_sd": [d, d]}), vec![&a]),
        (json!({"_sd": [d], "o": {"_sd": [d]}}), vec![]),
        (json!({"_sd": [d], "a": 2}), vec![&a]),
        (json!({"_sd": d}), vec![&a]),
        (json!({"_sd": [1]}), vec![]),
        (json!({"_sd": [el]}), vec![&element]),
        (json!({"l": [{"...": d}]}), vec![&a]),
        (json!({"...": d}), vec![]),
        (json!({"_sd": [d], "_sd_alg": "sha-512"}), vec![&a]),
        (json!({"_sd": [d], "_sd_alg": 1}), vec![&a]),
        (json!({"o": {"_sd_alg": "sha-256"}}), vec![]),
    ];
    for (payload, disclosures) in cases {
        assert!(verify_own(payload.clone(), &disclosures).is_err(), "{payload}");
    }
    assert_eq!(verify_own(json!({"o": {"_sd": [d]}}), &[&a]).unwrap().claims()["o"], json!({"a": 1}));
    assert_eq!(verify_own(json!({"l": [1, {"...": el}]}), &[&element]).unwrap().claims()["l"], json!([1, "x"]));
}

#[test]
fn a_disclosure_inside_a_disclosure_is_found_and_depth_is_bounded() {
    // The inner digest lies in the value of the outer one (section 6.3); such values come from outside only.
    let nest = |inner: &Disclosure| {
        let text = json!(["salt", "in", {"_sd": [inner.digest()]}]).to_string();
        Disclosure::parse(&URL_SAFE_NO_PAD.encode(text)).unwrap()
    };
    let leaf = Disclosure::new("leaf", json!(true), &SeededEntropy::new(2)).unwrap();
    let outer = nest(&leaf);
    let got = verify_own(json!({"_sd": [outer.digest()]}), &[&outer, &leaf]).unwrap();
    assert_eq!(got.claims()["in"], json!({"leaf": true}));
    assert_eq!(got.disclosed(), ["/in", "/in/leaf"]);
    let mut chain = vec![leaf];
    for _ in 0..=MAX_DEPTH {
        chain.push(nest(chain.last().unwrap()));
    }
    let root = json!({"_sd": [chain.last().unwrap().digest()]});
    assert!(verify_own(root, &chain.iter().collect::<Vec<_>>()).is_err());
}

#[test]
fn fresh_disclosures_hide_equal_values_and_refuse_reserved_names() {
    let e = SeededEntropy::new(3);
    let [a, b] = [(); 2].map(|()| Disclosure::new("a", json!("same"), &e).unwrap());
    assert_ne!(a.digest(), b.digest());
    for name in ["_sd", "...", "_sd_alg"] {
        assert!(Disclosure::new(name, json!(1), &e).is_err());
        assert!(Disclosure::new("a", json!({"x": [{name: 1}]}), &e).is_err());
    }
    // case 27: nor does it print its value.
    assert!(!format!("{a:?}").contains("same"));
}
