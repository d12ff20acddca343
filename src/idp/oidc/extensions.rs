//! What of the metadata is about OAuth's extensions. It adds to, and stands above, what `discovery` says of the core.

use serde_json::{Map, Value, json};

use super::answer::Mode;
use super::details;
use crate::idp::Idp;
use crate::idp::clients::model::Switches;
use crate::kernel::jose::{Alg, Enc, KeyAlg};

/// How clients prove who they are, wherever they must.
const METHODS: [&str; 5] =
    ["client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"];

/// The members.
pub fn metadata(idp: &Idp) -> Map<String, Value> {
    let at = |path: &str| idp.env.settings.idp_url.at(path);
    let algs = Alg::ALL.map(Alg::name);
    let mut public = METHODS.to_vec();
    public.push("none");
    let all = json!({
        "token_endpoint_auth_methods_supported": public,
        "token_endpoint_auth_signing_alg_values_supported": algs,
        "revocation_endpoint_auth_methods_supported": public,
        "revocation_endpoint_auth_signing_alg_values_supported": algs,
        "introspection_endpoint": at("/introspect"),
        "introspection_endpoint_auth_methods_supported": METHODS,
        "introspection_endpoint_auth_signing_alg_values_supported": algs,
        "introspection_signing_alg_values_supported": ["RS256", "ES256", "EdDSA", "PS256"],
        "device_authorization_endpoint": at("/device_authorization"),
        "pushed_authorization_request_endpoint": at("/par"),
        "require_pushed_authorization_requests": false,
        "dpop_signing_alg_values_supported": algs,
        "tls_client_certificate_bound_access_tokens": idp.takes_certificates(),
        "authorization_details_types_supported": details::kinds(&idp.env.settings.authorization_details_types),
    });
    let mut members = match all {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    let on = Switches::of(&idp.env.settings);
    if on.message_signing {
        let modes: Vec<&str> = Mode::NAMES.into_iter().chain(Mode::SIGNED).collect();
        members.insert("response_modes_supported".into(), json!(modes));
        members.insert("authorization_signing_alg_values_supported".into(), json!(["RS256", "ES256", "EdDSA", "PS256"]));
    }
    if on.ciba {
        let ciba = json!({
            "backchannel_authentication_endpoint": at("/bc-authorize"),
            "backchannel_token_delivery_modes_supported": ["poll", "ping"],
            "backchannel_authentication_request_signing_alg_values_supported": algs,
            "backchannel_user_code_parameter_supported": false,
        });
        members.extend(ciba.as_object().cloned().unwrap_or_default());
    }
    if on.encryption {
        let (keys, encs) = (KeyAlg::ALL.map(KeyAlg::name), Enc::ALL.map(Enc::name));
        let mut all = vec!["id_token", "userinfo", "introspection"];
        all.extend(on.message_signing.then_some("authorization"));
        for what in all {
            members.insert(format!("{what}_encryption_alg_values_supported"), json!(keys));
            members.insert(format!("{what}_encryption_enc_values_supported"), json!(encs));
        }
    }
    members
}
