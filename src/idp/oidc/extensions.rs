//! What of the metadata is about OAuth's extensions. It adds to, and stands above, what `discovery` says of the core.

use serde_json::{Map, Value, json};

use super::details;
use crate::idp::Idp;
use crate::kernel::jose::Alg;

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
    match all {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
