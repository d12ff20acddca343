//! What applications learn of this provider by themselves (OpenID Connect Discovery 1.0; RFC 8414).

use serde_json::{Value, json};

use crate::contract::Assurance;
use crate::idp::Idp;
use crate::idp::clients::model::GRANTS;

/// The metadata document.
pub fn metadata(idp: &Idp) -> Value {
    let at = |path: &str| idp.env.settings.idp_url.at(path);
    let acr: Vec<&str> = Assurance::TWO_FACTORS.iter().map(|a| a.acr()).collect();
    let assertion_algs = ["ES256", "EdDSA", "RS256", "PS256"];
    let methods = ["client_secret_basic", "client_secret_post", "private_key_jwt"];
    json!({
        "issuer": idp.issuer(),
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"),
        "jwks_uri": at("/oauth2/keys"),
        "revocation_endpoint": at("/revoke"),
        "end_session_endpoint": at("/logout"),
        "scopes_supported": ["openid", "profile", "email", "phone"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": GRANTS,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": assertion_algs,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": assertion_algs,
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "name", "locale", "zoneinfo", "email", "email_verified",
            "phone_number"
        ],
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": acr,
        "ui_locales_supported": ["en", "nl", "pl", "tr"],
        "authorization_response_iss_parameter_supported": true,
    })
}
