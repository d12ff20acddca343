//! Telling applications in the browser itself that a session has ended (OpenID Connect Front-Channel Logout 1.0): the
//! signed-out page loads an address of each in a frame that nobody sees. By `iss` and `sid` in the address, since browsers
//! keep cookies out of frames of other sites. Owns those addresses; the page is `signin`'s.

use url::Url;

use super::{OAuthError, store, subjects};
use crate::idp::clients::{self, Client};
use crate::kernel::db::Tx;
use crate::kernel::root::RootKey;

/// The frames for a session: an address for each application that has something of it. Read before the session ends.
pub async fn frames(tx: &mut Tx<'_>, root: &RootKey, session: &str, issuer: &str) -> Result<Vec<String>, OAuthError> {
    let mut out = Vec::new();
    for id in store::clients_in(tx, session).await? {
        let Some(client) = clients::store::by_id(tx, &id).await? else { continue };
        out.extend(frame(&client, &subjects::sid(root, &client, session)?, issuer));
    }
    Ok(out)
}

/// The frame of one application, where it has an address for that.
pub(in crate::idp) fn frame(client: &Client, sid: &str, issuer: &str) -> Option<String> {
    let mut url: Url = client.metadata.frontchannel_logout_uri.as_ref()?.parse().ok()?;
    // Sent to all of them: an application that does not ask for it can pass it over (section 2).
    url.query_pairs_mut().append_pair("iss", issuer).append_pair("sid", sid);
    Some(url.into())
}

/// What a page's policy must allow for its frames: the origins, and nothing else.
pub fn origins(frames: &[String]) -> String {
    let mut all: Vec<String> =
        frames.iter().filter_map(|f| f.parse::<Url>().ok()).map(|u| u.origin().ascii_serialization()).collect();
    all.sort_unstable();
    all.dedup();
    all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idp::clients::Metadata;

    /// front-logout/frontchannel-rp-initiated-logout
    #[test]
    fn a_frame_names_the_issuer_and_the_session_and_keeps_what_is_registered() {
        let metadata = Metadata { frontchannel_logout_uri: Some("https://rp.example/out?x=1".into()), ..Metadata::default() };
        let client = Client { id: "c".into(), metadata, secret_hash: None, enabled: true };
        let frame = frame(&client, "s1", "https://idp.example").unwrap();
        assert_eq!(frame, "https://rp.example/out?x=1&iss=https%3A%2F%2Fidp.example&sid=s1");
        assert_eq!(
            origins(&[frame.clone(), frame, "https://b.example:8443/".into()]),
            "https://b.example:8443 https://rp.example"
        );
    }
}
