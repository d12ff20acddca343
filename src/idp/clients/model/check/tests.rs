//! Which registrations are refused, and by which member.

use serde_json::{Value, json};

use super::*;
use crate::kernel::jose::SigningKey;

/// A sound registration with some members changed; null takes one away.
fn check(changes: Value) -> Result<(), &'static str> {
    let mut all = json!({"client_name": "A", "redirect_uris": ["https://app.example/cb"]});
    for (name, value) in changes.as_object().unwrap() {
        all[name.as_str()] = value.clone();
    }
    all.as_object_mut().unwrap().retain(|_, v| !v.is_null());
    let metadata: Metadata = serde_json::from_value(all).unwrap();
    metadata.check(&Reach::default(), Switches::ALL).map_err(|r| r.field)
}

fn keys() -> Value {
    SigningKey::generate(Alg::Es256).unwrap().key_set().unwrap().to_jwks()
}

/// S2: each of these would make a registration that can't do what it says.
#[test]
fn a_registration_that_contradicts_itself_is_refused() {
    assert_eq!(check(json!({})), Ok(()));
    for (bad, field) in [
        (json!({"client_name": " "}), "client_name"),
        (json!({"client_name": "a\u{7}"}), "client_name"),
        (json!({"redirect_uris": []}), "redirect_uris"),
        (json!({"grant_types": ["password"]}), "grant_types"),
        (json!({"response_types": ["code id_token"]}), "response_types"),
        (json!({"grant_types": ["client_credentials"], "response_types": ["code"]}), "response_types"),
        (json!({"grant_types": ["client_credentials"], "token_endpoint_auth_method": "none"}), "grant_types"),
        (json!({"token_endpoint_auth_method": "private_key_jwt"}), "jwks"),
        (json!({"token_endpoint_auth_method": "self_signed_tls_client_auth"}), "jwks"),
        (json!({"require_signed_request_object": true}), "jwks"),
        (json!({"jwks": keys(), "jwks_uri": "https://app.example/keys"}), "jwks"),
        (json!({"jwks": {"keys": [{"kty": "oct", "k": "AA"}]}}), "jwks"),
        (json!({"token_endpoint_auth_signing_alg": "ES256"}), "token_endpoint_auth_signing_alg"),
        (json!({"scope": "open\"id"}), "scope"),
        (json!({"contacts": vec!["a@b.example"; 21]}), "contacts"),
        (json!({"default_max_age": 31_536_001}), "default_max_age"),
        (json!({"resources": ["/relative"]}), "resources"),
        (json!({"serves": ["https://api.example/#x"]}), "serves"),
        (json!({"serves": ["https://api.example"], "token_endpoint_auth_method": "none"}), "serves"),
        (json!({"localized": {"sub#nl": "x"}}), "localized"),
        (json!({"localized": {"client_name#n l": "x"}}), "localized"),
        (json!({"localized": {"tos_uri#nl": "javascript:1"}}), "localized"),
        (json!({"tos_uri": "javascript:alert(1)"}), "tos_uri"),
        (json!({"logo_uri": "http://app.example/logo.png"}), "logo_uri"),
    ] {
        assert_eq!(check(bad.clone()), Err(field), "{bad}");
    }
    assert_eq!(check(json!({"localized": {"client_name#nl": "Boekhouding", "tos_uri#pt-BR": "https://a.example/"}})), Ok(()));
}

/// S2, case 15: who asks by the back channel says how it learns of the answer, and proves who it is.
#[test]
fn asking_by_the_back_channel_is_registered_as_a_whole() {
    let ciba = |more: Value| {
        let mut all = json!({"grant_types": [CIBA], "redirect_uris": [], "backchannel_token_delivery_mode": "poll"});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        check(all)
    };
    assert_eq!(ciba(json!({})), Ok(()));
    let (mode, at) = ("backchannel_token_delivery_mode", "backchannel_client_notification_endpoint");
    assert_eq!(ciba(json!({ mode: null })), Err(mode));
    assert_eq!(check(json!({ mode: "poll" })), Err(mode));
    assert_eq!(ciba(json!({ mode: "ping" })), Err(at));
    assert_eq!(ciba(json!({ at: "https://app.example/cb" })), Err(at));
    assert_eq!(ciba(json!({ mode: "ping", at: "https://app.example/cb" })), Ok(()));
    assert_eq!(ciba(json!({ mode: "ping", at: "https://10.0.0.1/cb" })), Err(at));
    assert_eq!(ciba(json!({"token_endpoint_auth_method": "none"})), Err("grant_types"));
    assert_eq!(ciba(json!({"backchannel_authentication_request_signing_alg": "ES256"})), Err("jwks"));
    assert!(serde_json::from_value::<Metadata>(json!({ mode: "push" })).is_err());
}

/// S2: what is encrypted has a key to be encrypted to, before the first message is.
#[test]
fn encryption_needs_a_key_for_it() {
    let alg = "id_token_encrypted_response_alg";
    let mut mine = keys();
    assert_eq!(check(json!({ alg: "ECDH-ES" })), Err(alg));
    assert_eq!(check(json!({ alg: "ECDH-ES", "jwks_uri": "https://app.example/keys" })), Ok(()));
    assert_eq!(check(json!({ alg: "ECDH-ES", "jwks": mine })), Err("jwks"), "a key for signatures is none");
    mine["keys"][0].as_object_mut().unwrap().retain(|name, _| name != "alg");
    mine["keys"][0]["use"] = "enc".into();
    assert_eq!(check(json!({ alg: "ECDH-ES", "jwks": mine })), Ok(()));
    assert_eq!(check(json!({ alg: "RSA-OAEP-256", "jwks": mine })), Err("jwks"));
    assert_eq!(check(json!({"userinfo_encrypted_response_enc": "A256GCM"})), Err("userinfo_encrypted_response_alg"));
    for bad in ["RSA1_5", "RSA-OAEP", "dir", "A128KW", "none"] {
        assert!(serde_json::from_value::<Metadata>(json!({ alg: bad })).is_err(), "{bad}");
    }
}

/// case 15
#[test]
fn no_address_on_an_inner_network_is_registered_to_be_asked() {
    for uri in ["https://10.0.0.1/x", "http://app.example/x", "https://localhost/x", "https://169.254.169.254/x"] {
        for field in ["jwks_uri", "backchannel_logout_uri", "sector_identifier_uri"] {
            assert_eq!(check(json!({ field: uri })), Err(field), "{uri}");
        }
        assert_eq!(check(json!({"request_uris": [format!("{uri}#digest")]})), Err("request_uris"), "{uri}");
    }
    assert_eq!(check(json!({"request_uris": ["https://app.example/r#digest"]})), Ok(()));
}

/// S1
#[test]
fn pairwise_subjects_need_one_host_or_a_sector() {
    let two = json!(["https://a.example/cb", "https://b.example/cb"]);
    assert_eq!(check(json!({"subject_type": "pairwise"})), Ok(()));
    assert_eq!(check(json!({"subject_type": "pairwise", "redirect_uris": two})), Err("sector_identifier_uri"));
    let sector = "https://a.example/sector.json";
    assert_eq!(check(json!({"subject_type": "pairwise", "redirect_uris": two, "sector_identifier_uri": sector})), Ok(()));
    let mixed = json!(["https://a.example/cb", "http://127.0.0.1/cb"]);
    assert_eq!(check(json!({"subject_type": "pairwise", "redirect_uris": mixed})), Err("sector_identifier_uri"));
    // Those whom no host speaks for are sectors of their own.
    let here = json!(["http://127.0.0.1/cb", "http://[::1]/cb", "com.example.app:/cb"]);
    assert_eq!(check(json!({"subject_type": "pairwise", "application_type": "native", "redirect_uris": here})), Ok(()));
    let device = json!({"subject_type": "pairwise", "redirect_uris": [], "grant_types": [DEVICE]});
    assert_eq!(check(device), Ok(()));
}

/// case 10: subjects of a sector are told to nobody outside of it, not by a logout token either.
#[test]
fn logout_tokens_of_pairwise_applications_stay_in_their_sector() {
    let at = |kind: &str, redirect: &str, told: &str| {
        check(json!({"subject_type": kind, "redirect_uris": [redirect], "backchannel_logout_uri": told}))
    };
    let (own, other) = ("https://a.example/out", "https://b.example/out");
    assert_eq!(at("pairwise", "https://a.example/cb", own), Ok(()));
    assert_eq!(at("pairwise", "https://a.example/cb", other), Err("backchannel_logout_uri"));
    assert_eq!(at("public", "https://a.example/cb", other), Ok(()));
    assert_eq!(at("pairwise", "http://127.0.0.1/cb", other), Ok(()), "it is a sector by itself");
    let listed = |told: &str| {
        check(json!({"subject_type": "pairwise", "redirect_uris": ["https://a.example/cb"], "backchannel_logout_uri": told,
            "sector_identifier_uri": "https://list.example/all.json"}))
    };
    assert_eq!(listed("https://list.example/out"), Ok(()));
    assert_eq!(listed(other), Err("backchannel_logout_uri"));
}

/// S2
#[test]
fn a_certificate_is_named_in_exactly_one_way() {
    let tls = |more: Value| {
        let mut all = json!({"token_endpoint_auth_method": "tls_client_auth"});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        check(all)
    };
    assert_eq!(tls(json!({"tls_client_auth_san_dns": "app.example"})), Ok(()));
    assert_eq!(tls(json!({})), Err("tls_client_auth_subject_dn"));
    let both = json!({"tls_client_auth_san_dns": "app.example", "tls_client_auth_san_uri": "https://app.example"});
    assert_eq!(tls(both), Err("tls_client_auth_san_dns"));
    assert_eq!(tls(json!({"tls_client_auth_san_ip": "10.0.0"})), Err("tls_client_auth_san_ip"));
    assert_eq!(check(json!({"tls_client_auth_san_dns": "app.example"})), Err("tls_client_auth_san_dns"));
}

/// S2: an application is switched to the profile as a whole, or not at all.
#[test]
fn fapi_refuses_at_registration_what_it_forbids() {
    let fapi = |changes: Value| {
        let mut all = json!({
            "profile": "fapi2", "token_endpoint_auth_method": "private_key_jwt", "jwks": keys(), "dpop_bound_access_tokens": true,
        });
        all.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        check(all)
    };
    assert_eq!(fapi(json!({})), Ok(()));
    assert_eq!(fapi(json!({"dpop_bound_access_tokens": false})), Err("dpop_bound_access_tokens"));
    let bound = json!({"dpop_bound_access_tokens": false, "tls_client_certificate_bound_access_tokens": true});
    assert_eq!(fapi(bound), Ok(()));
    for method in ["client_secret_basic", "client_secret_post", "none"] {
        assert_eq!(fapi(json!({"token_endpoint_auth_method": method})), Err("token_endpoint_auth_method"), "{method}");
    }
    for field in [
        "id_token_signed_response_alg",
        "authorization_signed_response_alg",
        "request_object_signing_alg",
        "token_endpoint_auth_signing_alg",
    ] {
        assert_eq!(fapi(json!({ field: "RS256" })), Err(field));
    }
    // Message signing is the same and more.
    assert_eq!(fapi(json!({"profile": "fapi2_signing"})), Ok(()));
    assert_eq!(fapi(json!({"profile": "fapi2_signing", "dpop_bound_access_tokens": false})), Err("dpop_bound_access_tokens"));
    assert_eq!(fapi(json!({"profile": "fapi2_signing", "authorization_signed_response_alg": "PS256"})), Ok(()));
}

/// S2: what an installation has not switched on can't be registered for.
#[test]
fn what_is_off_cannot_be_registered() {
    let off = |more: Value| {
        let mut all = json!({"client_name": "A", "redirect_uris": ["https://app.example/cb"]});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let metadata: Metadata = serde_json::from_value(all).unwrap();
        metadata.check(&Reach::default(), Switches::default()).map_err(|r| r.field)
    };
    assert_eq!(off(json!({})), Ok(()));
    assert_eq!(off(json!({"profile": "fapi2_signing"})), Err("profile"));
    let alg = "authorization_signed_response_alg";
    assert_eq!(off(json!({ alg: "ES256" })), Err(alg));
    let ciba = json!({"grant_types": [CIBA], "backchannel_token_delivery_mode": "poll"});
    assert_eq!(off(ciba), Err("grant_types"));
    let alg = "userinfo_encrypted_response_alg";
    assert_eq!(off(json!({ alg: "ECDH-ES", "jwks_uri": "https://app.example/keys" })), Err(alg));
}
