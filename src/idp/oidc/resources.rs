//! Which resource servers an issue's tokens may be for (RFC 8707). An issue keeps their addresses separated by spaces, which
//! no address has; a token is for one of them. Pure.

use super::error::{ErrorCode, OAuthError};
use crate::idp::clients::Client;

fn each(list: &str) -> impl Iterator<Item = &str> {
    list.split(' ').filter(|r| !r.is_empty())
}

/// What an authorization request asks for, each once and in its order: resource servers that the client is registered for.
/// Without any it is the provider itself.
pub fn asked(client: &Client, issuer: &str, asked: &[String]) -> Result<String, OAuthError> {
    let mut list: Vec<&str> = Vec::new();
    for one in asked {
        if !client.metadata.resources.contains(one) || one.contains(' ') {
            return Err(OAuthError::new(ErrorCode::InvalidTarget, "resource must be one that this client is registered for"));
        }
        if !list.contains(&one.as_str()) {
            list.push(one);
        }
    }
    Ok(if list.is_empty() { issuer.to_owned() } else { list.join(" ") })
}

/// Those of the granted ones that the client may still have: what it was registered for then may have been taken from it.
pub fn still(client: &Client, issuer: &str, granted: &str) -> String {
    let may = |r: &&str| *r == issuer || client.metadata.resources.iter().any(|own| own == r);
    each(granted).filter(may).collect::<Vec<_>>().join(" ")
}

/// The one that a token is for: the one that is named, the first where none is (section 2.2).
pub fn named<'a>(granted: &'a str, asked: &[String]) -> Result<&'a str, OAuthError> {
    let target = |why| OAuthError::new(ErrorCode::InvalidTarget, why);
    let Some(one) = asked.first() else {
        return each(granted).next().ok_or(target("the authorization was for no resource that this client may still have"));
    };
    if asked.iter().any(|other| other != one) {
        return Err(target("a token is for one resource; ask once for each"));
    }
    each(granted).find(|r| r == one).ok_or(target("resource is another than the authorization was for"))
}

/// Whether a token may be for one of the resource servers of `server` itself; the provider is none of them.
pub fn is_for(granted: &str, server: &Client, issuer: &str) -> Option<String> {
    let own = |r: &&str| *r != issuer && server.metadata.resources.iter().any(|o| o == r);
    each(granted).find(own).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idp::clients::model::Metadata;

    fn client(resources: &[&str]) -> Client {
        let resources = resources.iter().map(|r| (*r).to_owned()).collect();
        Client { id: "c".into(), metadata: Metadata { resources, ..Metadata::default() }, secret_hash: None, enabled: true }
    }

    fn list(of: &[&str]) -> Vec<String> {
        of.iter().map(|s| (*s).to_owned()).collect()
    }

    /// S2: a grant for several resource servers gives tokens for one at a time.
    #[test]
    fn a_token_is_for_one_of_the_resources_that_were_granted() {
        let c = client(&["https://a", "https://b"]);
        let granted = asked(&c, "https://idp", &list(&["https://b", "https://a", "https://b"])).unwrap();
        assert_eq!(granted, "https://b https://a");
        assert_eq!(named(&granted, &[]).unwrap(), "https://b");
        assert_eq!(named(&granted, &list(&["https://a"])).unwrap(), "https://a");
        for bad in [&["https://a", "https://b"][..], &["https://idp"], &["https://b https://a"], &[""]] {
            assert!(named(&granted, &list(bad)).is_err(), "{bad:?}");
        }
        for bad in ["https://idp", "https://c", "https://a https://b", ""] {
            assert!(asked(&c, "https://idp", &list(&[bad])).is_err(), "{bad}");
        }
        assert_eq!(asked(&c, "https://idp", &[]).unwrap(), "https://idp");
    }

    /// case 3: what was taken from a client since is in none of its tokens.
    #[test]
    fn a_resource_that_a_client_may_no_longer_have_is_left_out() {
        let c = client(&["https://b"]);
        assert_eq!(still(&c, "https://idp", "https://a https://b https://idp"), "https://b https://idp");
        assert!(named(&still(&c, "https://idp", "https://a"), &[]).is_err());
        assert_eq!(is_for("https://idp https://b", &client(&["https://b", "https://idp"]), "https://idp").unwrap(), "https://b");
        assert_eq!(is_for("https://idp", &client(&["https://b", "https://idp"]), "https://idp"), None);
    }
}
