//! The list at a sector identifier's address (OpenID Connect Dynamic Client Registration, section 5): it must name every
//! redirect address, so that nobody joins a sector that isn't his.

use super::model::Unfit;
use crate::idp::Idp;
use crate::idp::clients::{AuthMethod, Metadata};
use crate::kernel::http::problem::chain;

/// Asks the address and compares. Nothing to do for one without.
pub async fn check(idp: &Idp, metadata: &Metadata) -> Result<(), Unfit> {
    let Some(uri) = &metadata.sector_identifier_uri else { return Ok(()) };
    let wrong = |why: &str| Unfit::metadata(format!("sector_identifier_uri: {why}"));
    let own = proofs(metadata);
    if own.is_empty() {
        return Err(wrong("an application without a redirect address must prove itself by the keys at a jwks_uri of the list"));
    }
    let answer = idp.fetch.get(uri).await.map_err(|e| {
        tracing::info!(uri, error = %chain(&e), "a sector identifier can't be fetched");
        wrong("nothing could be read there")
    })?;
    if !answer.status.is_success() {
        return Err(wrong("nothing could be read there"));
    }
    let list: Vec<String> =
        serde_json::from_slice(&answer.body).map_err(|_| wrong("there is no JSON array of addresses there"))?;
    match own.iter().find(|uri| !list.contains(uri)) {
        None => Ok(()),
        Some(missing) => Err(wrong(&format!("the list there lacks {missing}"))),
    }
}

/// What is the application's own, so that a list which names it means this one: its redirect addresses, or where it has none, the
/// address of the keys that it proves itself with (OpenID Connect CIBA, section 4).
fn proofs(m: &Metadata) -> &[String] {
    let keyed = matches!(m.token_endpoint_auth_method, AuthMethod::PrivateKeyJwt | AuthMethod::SelfSignedTlsClientAuth);
    if m.redirect_uris.is_empty() && keyed { m.jwks_uri.as_slice() } else { &m.redirect_uris }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// case 10: an application of which nothing could stand in a list joins no sector by it.
    #[test]
    fn a_list_names_an_application_by_what_is_its_own() {
        let own = |m: Value| proofs(&serde_json::from_value::<Metadata>(m).unwrap()).to_vec();
        assert_eq!(own(json!({"redirect_uris": ["https://a.example/cb"]})), ["https://a.example/cb"]);
        let keys = "https://a.example/keys";
        assert!(own(json!({})).is_empty());
        assert!(own(json!({"jwks_uri": keys, "token_endpoint_auth_method": "none"})).is_empty(), "it proves nothing by them");
        assert_eq!(own(json!({"jwks_uri": keys, "token_endpoint_auth_method": "private_key_jwt"})), [keys]);
        let both =
            json!({"redirect_uris": ["https://a.example/cb"], "jwks_uri": keys, "token_endpoint_auth_method": "private_key_jwt"});
        assert_eq!(own(both), ["https://a.example/cb"]);
    }
}
