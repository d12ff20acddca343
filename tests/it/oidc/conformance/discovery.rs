//! What the metadata says.

use serde_json::{Value, json};

use crate::support::postgres::TestDb;
use crate::support::world::{Options, World};

async fn metadata(world: &World, path: &str) -> Value {
    let answer = world.http.get(format!("{}{path}", world.idp_url)).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    assert_eq!(answer.headers()["content-type"], "application/json");
    answer.json().await.unwrap()
}

/// config/discovery-endpoint-verification, dynamic/discovery-endpoint-verification,
/// rp-logout/rp-initiated-logout-discovery-endpoint-verification,
/// back-logout/backchannel-logout-discovery-endpoint-verification,
/// front-logout/frontchannel-logout-discovery-endpoint-verification
#[tokio::test]
async fn the_metadata_says_what_there_is() {
    let options = Options { tls: true, client_registration: "open", ..Options::default() };
    let world = World::start_with(TestDb::sqlite(), options).await;
    let all = metadata(&world, "/.well-known/openid-configuration").await;
    assert_eq!(all["issuer"], world.idp_url.as_str());
    for endpoint in [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "registration_endpoint",
        "end_session_endpoint",
        "revocation_endpoint",
    ] {
        assert!(all[endpoint].as_str().unwrap().starts_with("https://"), "{endpoint}");
    }
    let has = |name: &str, values: &[&str]| {
        let list = all[name].as_array().unwrap_or_else(|| panic!("{name} is a list: {all}"));
        for value in values {
            assert!(list.contains(&json!(value)), "{value} in {name}: {list:?}");
        }
    };
    has("scopes_supported", &["openid", "profile", "email", "address", "phone", "offline_access"]);
    has("response_types_supported", &["code"]);
    has("response_modes_supported", &["query", "form_post"]);
    has("grant_types_supported", &["authorization_code", "refresh_token"]);
    has("subject_types_supported", &["public", "pairwise"]);
    has("id_token_signing_alg_values_supported", &["RS256"]);
    has("userinfo_signing_alg_values_supported", &["RS256"]);
    has("request_object_signing_alg_values_supported", &["RS256"]);
    has("token_endpoint_auth_methods_supported", &["client_secret_basic", "client_secret_post", "private_key_jwt"]);
    has("claims_supported", &["sub", "name", "birthdate", "email_verified", "phone_number_verified", "address", "updated_at"]);
    has("code_challenge_methods_supported", &["S256"]);
    has("ui_locales_supported", &["en", "nl", "pl", "tr"]);
    has("display_values_supported", &["page", "popup"]);
    for flag in [
        "request_parameter_supported",
        "request_uri_parameter_supported",
        "require_request_uri_registration",
        "claims_parameter_supported",
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
        "frontchannel_logout_supported",
        "frontchannel_logout_session_supported",
        "authorization_response_iss_parameter_supported",
    ] {
        assert_eq!(all[flag], json!(true), "{flag}");
    }
    // RFC 8414: the same for whoever knows OAuth only.
    assert_eq!(metadata(&world, "/.well-known/oauth-authorization-server").await, all);
    let keys = metadata(&world, "/oauth2/keys").await;
    assert!(keys["keys"].as_array().unwrap().iter().any(|k| k["kty"] == "RSA" && k.get("d").is_none()));
}

/// S1: what is switched off is not announced.
#[tokio::test]
async fn registration_is_announced_where_it_is_open() {
    let world = World::start(TestDb::sqlite()).await;
    let all = metadata(&world, "/.well-known/openid-configuration").await;
    assert!(all.get("registration_endpoint").is_none());
    let answer = world.http.post(format!("{}/oauth2/register", world.idp_url)).json(&json!({})).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 403);
}
