//! What applications learn of this provider by themselves (OpenID Connect Discovery 1.0; RFC 8414).

use serde_json::{Value, json};

use super::answer::Mode;
use super::claims::SCOPES;
use super::extensions;
use crate::contract::Assurance;
use crate::idp::Idp;
use crate::idp::clients::model::{CIBA, GRANTS, Switches};
use crate::idp::registration::model::Policy;

/// The metadata document.
pub fn metadata(idp: &Idp) -> Value {
    let at = |path: &str| idp.env.settings.idp_url.at(path);
    let acr: Vec<&str> = Assurance::TWO_FACTORS.iter().map(|a| a.acr()).collect();
    let assertion_algs = ["ES256", "EdDSA", "RS256", "PS256"];
    let methods = ["client_secret_basic", "client_secret_post", "private_key_jwt"];
    let signed = ["RS256", "ES256", "EdDSA", "PS256"];
    let ciba = Switches::of(&idp.env.settings).ciba;
    let grants: Vec<&str> = GRANTS.into_iter().filter(|g| ciba || *g != CIBA).collect();
    let mut all = json!({
        "issuer": idp.issuer(),
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"),
        "jwks_uri": at("/oauth2/keys"),
        "revocation_endpoint": at("/revoke"),
        "end_session_endpoint": at("/logout"),
        "scopes_supported": ["openid", "profile", "email", "address", "phone", "offline_access"],
        "response_types_supported": ["code"],
        "response_modes_supported": Mode::NAMES,
        "grant_types_supported": grants,
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": signed,
        "userinfo_signing_alg_values_supported": signed,
        "request_object_signing_alg_values_supported": assertion_algs,
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": assertion_algs,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": assertion_algs,
        "claims_supported": claims_supported(),
        "claim_types_supported": ["normal"],
        "display_values_supported": ["page", "popup", "touch"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "frontchannel_logout_supported": true,
        "frontchannel_logout_session_supported": true,
        "claims_parameter_supported": true,
        "request_parameter_supported": true,
        "request_uri_parameter_supported": true,
        "require_request_uri_registration": true,
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": acr,
        "ui_locales_supported": ["en", "nl", "pl", "tr"],
        "authorization_response_iss_parameter_supported": true,
    });
    if Policy::of(&idp.env.settings) != Policy::Off
        && let Some(all) = all.as_object_mut()
    {
        all.insert("registration_endpoint".into(), at("/oauth2/register").into());
    }
    if let Some(members) = all.as_object_mut() {
        members.extend(extensions::metadata(idp));
    }
    all
}

/// What tokens say of a sign-in, and what is known of people.
fn claims_supported() -> Vec<&'static str> {
    let always = ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid"];
    always.into_iter().chain(SCOPES.iter().flat_map(|(_, claims)| claims.iter().copied())).collect()
}
