//! The list at a sector identifier's address (OpenID Connect Dynamic Client Registration, section 5): it must name every
//! redirect address, so that nobody joins a sector that isn't his.

use super::model::Unfit;
use crate::idp::Idp;
use crate::idp::clients::model::{SubjectType, sector_of};
use crate::idp::clients::{AuthMethod, Metadata};
use crate::kernel::http::problem::chain;

/// Asks the address and compares. Nothing to do for one without, but to see that it takes no other's sector.
pub async fn check(idp: &Idp, metadata: &Metadata) -> Result<(), Unfit> {
    let wrong = |why: &str| Unfit::metadata(format!("sector_identifier_uri: {why}"));
    let Some(uri) = &metadata.sector_identifier_uri else {
        return match reaches_anyone(metadata) && metadata.redirect_uris.iter().any(|u| sector_of(u).is_some()) {
            true => {
                Err(wrong("with the device grant pairwise subjects need it, and the jwks_uri of the application in its list"))
            }
            false => Ok(()),
        };
    };
    let own = proofs(metadata).ok_or(wrong(
        "an application without a redirect address, or with the device grant, must prove itself by the keys at a jwks_uri of the list",
    ))?;
    let answer = idp.fetch.get(uri).await.map_err(|e| {
        tracing::info!(uri, error = %chain(&e), "a sector identifier can't be fetched");
        wrong("nothing could be read there")
    })?;
    if !answer.status.is_success() {
        return Err(wrong("nothing could be read there"));
    }
    let list: Vec<String> =
        serde_json::from_slice(&answer.body).map_err(|_| wrong("there is no JSON array of addresses there"))?;
    match own.into_iter().find(|uri| !list.contains(uri)) {
        None => Ok(()),
        Some(missing) => Err(wrong(&format!("the list there lacks {missing}"))),
    }
}

/// Whether pairwise subjects of it reach whoever asks, wherever its redirect addresses are: by the device grant.
fn reaches_anyone(m: &Metadata) -> bool {
    let redirected = ["authorization_code", "refresh_token"];
    m.subject_type == SubjectType::Pairwise && m.grant_types.iter().any(|g| !redirected.contains(&g.as_str()))
}

/// What is the application's own, so that a list which names all of it means this one: its redirect addresses, and where tokens
/// don't go by them, the address of the keys that it proves itself with (OpenID Connect CIBA, section 4). None without those.
fn proofs(m: &Metadata) -> Option<Vec<&String>> {
    let keyed = matches!(m.token_endpoint_auth_method, AuthMethod::PrivateKeyJwt | AuthMethod::SelfSignedTlsClientAuth);
    let mut own: Vec<&String> = m.redirect_uris.iter().collect();
    if own.is_empty() || reaches_anyone(m) {
        own.push(m.jwks_uri.as_ref().filter(|_| keyed)?);
    }
    Some(own)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// case 10: an application of which nothing could stand in a list joins no sector by it.
    #[test]
    fn a_list_names_an_application_by_what_is_its_own() {
        let own = |m: Value| {
            let m = serde_json::from_value::<Metadata>(m).unwrap();
            proofs(&m).map(|own| own.into_iter().cloned().collect::<Vec<_>>())
        };
        let of = |list: &[&str]| Some(list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        let (at, keys) = ("https://a.example/cb", "https://a.example/keys");
        assert_eq!(own(json!({"redirect_uris": [at]})), of(&[at]));
        assert_eq!(own(json!({})), None);
        assert_eq!(own(json!({"jwks_uri": keys, "token_endpoint_auth_method": "none"})), None, "it proves nothing by them");
        let keyed = json!({"jwks_uri": keys, "token_endpoint_auth_method": "private_key_jwt"});
        assert_eq!(own(keyed.clone()), of(&[keys]));
        let with = |more: Value| {
            let mut all = keyed.clone();
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        assert_eq!(own(with(json!({"redirect_uris": [at]}))), of(&[at]));
        // By the device grant tokens reach whoever asks, wherever a redirect address leads.
        let device = json!({"redirect_uris": [at], "subject_type": "pairwise",
            "grant_types": ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"]});
        assert_eq!(own(device.clone()), None);
        assert_eq!(own(with(device)), of(&[at, keys]));
    }
}
