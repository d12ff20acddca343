//! What an application is (RFC 7591, section 2), and which of its addresses count.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::kernel::jose::{Alg, KeySet};
use crate::kernel::reach::Reach;

/// How a client proves who it is at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// A secret in the Authorization header.
    #[default]
    ClientSecretBasic,
    /// A secret in the body.
    ClientSecretPost,
    /// A signed assertion (RFC 7523).
    PrivateKeyJwt,
    /// Not at all: a public client.
    None,
}

/// Whether loopback ports may vary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationType {
    /// On a server.
    #[default]
    Web,
    /// On the person's device.
    Native,
}

/// What is registered of an application, by the names of RFC 7591 and OpenID Connect Dynamic Client Registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Metadata {
    /// Its name, as people see it.
    pub client_name: String,
    /// Where answers may go, byte for byte.
    pub redirect_uris: Vec<String>,
    /// Where people may go after signing out.
    pub post_logout_redirect_uris: Vec<String>,
    /// What it may ask for at the token endpoint; nothing given means the authorization code alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grant_types: Vec<String>,
    /// How it proves who it is.
    pub token_endpoint_auth_method: AuthMethod,
    /// Web or native.
    pub application_type: ApplicationType,
    /// Scopes that it may have, separated by spaces; nothing given means those of OpenID Connect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Its public keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    /// Where its public keys are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// Where it wants to be told that a session has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Whether it must be told which session has ended, and not only whose (Back-Channel Logout 1.0, section 2.2).
    #[serde(skip_serializing_if = "is_false")]
    pub backchannel_logout_session_required: bool,
    /// Its own start page, for people (RFC 7591, section 2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// Where a sign-in that begins elsewhere is begun (OpenID Connect Core, section 4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<String>,
    /// The algorithm of its ID tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<String>,
    /// Resource servers that it may ask tokens for (RFC 8707).
    pub resources: Vec<String>,
    /// Whether it must send a PKCE challenge even where it has a secret. Public clients always must.
    #[serde(default = "yes")]
    pub require_pkce: bool,
}

const fn yes() -> bool {
    true
}

const fn is_false(value: &bool) -> bool {
    !*value
}

/// A registered application.
#[derive(Clone, Debug)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// What is registered.
    pub metadata: Metadata,
    /// Keyed hash of its secret.
    pub secret_hash: Option<String>,
    /// Whether it may be used.
    pub enabled: bool,
}

impl Client {
    /// Whether it may use a grant type.
    pub fn may(&self, grant: &str) -> bool {
        let given = &self.metadata.grant_types;
        if given.is_empty() { grant == "authorization_code" } else { given.iter().any(|g| g == grant) }
    }

    /// Whether it is a public client.
    pub fn is_public(&self) -> bool {
        self.metadata.token_endpoint_auth_method == AuthMethod::None
    }

    /// The algorithm of its ID tokens; RS256 where nothing is registered (OpenID Connect Core, section 2).
    pub fn id_token_alg(&self) -> Alg {
        self.metadata.id_token_signed_response_alg.as_deref().and_then(Alg::from_name).unwrap_or(Alg::Rs256)
    }

    /// Those of the asked scopes that it may have, in the order asked. Without a list: those of OpenID
    /// Connect; offline access is given to nobody by default.
    pub fn scopes<'a>(&self, asked: &'a str) -> Vec<&'a str> {
        let allowed = self.metadata.scope.as_deref().unwrap_or("openid profile email");
        let mut out: Vec<&str> = Vec::new();
        for s in asked.split(' ').filter(|s| !s.is_empty()) {
            if allowed.split(' ').any(|a| a == s) && !out.contains(&s) {
                out.push(s);
            }
        }
        out
    }

    /// Whether answers may go to `uri`: equal byte for byte, but for the port of a native client's loopback address
    /// (RFC 8252, section 7.3; security case 1).
    pub fn may_redirect_to(&self, uri: &str) -> bool {
        self.metadata.redirect_uris.iter().any(|r| {
            r == uri
                || (self.metadata.application_type == ApplicationType::Native
                    && without_loopback_port(r).is_some_and(|a| without_loopback_port(uri).is_some_and(|b| a == b)))
        })
    }
}

/// `uri` in two parts around its port, if it is `http` on 127.0.0.1 or [::1] and written in the plainest way.
fn without_loopback_port(uri: &str) -> Option<(&'static str, &str)> {
    for host in ["http://127.0.0.1", "http://[::1]"] {
        if let Some(rest) = uri.strip_prefix(host) {
            let digits = rest.strip_prefix(':').map_or(0, |p| p.bytes().take_while(u8::is_ascii_digit).count());
            let path = match digits {
                0 => rest,
                1..=5 => rest.get(digits + 1..)?,
                _ => return None,
            };
            return (path.is_empty() || path.starts_with(['/', '?'])).then_some((host, path));
        }
    }
    None
}

/// Why a registration was refused; the text says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct Refused {
    /// The member.
    pub field: &'static str,
    /// What is wrong.
    pub why: String,
}

/// Grants that exist.
pub const GRANTS: [&str; 3] = ["authorization_code", "refresh_token", "client_credentials"];

impl Metadata {
    /// Checks what is to be registered. `reach` says which of its addresses this server may ask.
    pub fn check(&self, reach: &Reach) -> Result<(), Refused> {
        let no = |field, why: &str| Err(Refused { field, why: why.to_owned() });
        if self.client_name.trim().is_empty() || self.client_name.chars().count() > 100 {
            return no("client_name", "give the name that people will see, at most 100 characters");
        }
        if self.redirect_uris.len() > 20 || self.post_logout_redirect_uris.len() > 20 || self.resources.len() > 20 {
            return no("redirect_uris", "at most 20 addresses of each kind");
        }
        for uri in self.redirect_uris.iter().chain(&self.post_logout_redirect_uris) {
            check_redirect(uri, self.application_type)
                .map_err(|why| Refused { field: "redirect_uris", why: format!("{uri}: {why}") })?;
        }
        if let Some(g) = self.grant_types.iter().find(|g| !GRANTS.contains(&g.as_str())) {
            return Err(Refused { field: "grant_types", why: format!("{g:?} is not one of {GRANTS:?}") });
        }
        let codes = self.grant_types.is_empty() || self.grant_types.iter().any(|g| g == "authorization_code");
        if codes && self.redirect_uris.is_empty() {
            return no("redirect_uris", "the authorization code grant needs at least one");
        }
        if self.token_endpoint_auth_method == AuthMethod::None && self.grant_types.iter().any(|g| g == "client_credentials") {
            return no("grant_types", "a public client can't have client_credentials: it can't prove who it is");
        }
        if self.token_endpoint_auth_method == AuthMethod::PrivateKeyJwt {
            match (&self.jwks, &self.jwks_uri) {
                (Some(set), None) => {
                    KeySet::from_value(set).map_err(|e| Refused { field: "jwks", why: e.to_string() })?;
                }
                (None, Some(uri)) => drop(reach.read(uri).map_err(|why| Refused { field: "jwks_uri", why: why.into() })?),
                _ => return no("jwks", "private_key_jwt needs jwks or jwks_uri, one of them"),
            }
        }
        if let Some(uri) = &self.backchannel_logout_uri {
            reach.read(uri).map_err(|why| Refused { field: "backchannel_logout_uri", why: why.into() })?;
        }
        for (field, uri) in [("client_uri", &self.client_uri), ("initiate_login_uri", &self.initiate_login_uri)] {
            if let Some(uri) = uri {
                // Where browsers are led, like a redirect address: https, and http on this machine only.
                check_redirect(uri, ApplicationType::Web).map_err(|why| Refused { field, why: why.into() })?;
            }
        }
        if let Some(alg) = &self.id_token_signed_response_alg
            && !matches!(Alg::from_name(alg), Some(Alg::Rs256 | Alg::Es256 | Alg::EdDsa))
        {
            return no("id_token_signed_response_alg", "RS256, ES256 or EdDSA");
        }
        Ok(())
    }
}

/// A redirect address that browsers and this program read alike, so that the byte comparison later is enough.
fn check_redirect(text: &str, kind: ApplicationType) -> Result<(), &'static str> {
    if text.len() > 2000
        || !text.bytes().all(|b| b.is_ascii_graphic())
        || text.contains(['\\', '<', '>', '"', '`', '{', '}', '|', '^'])
    {
        return Err("write it in plain ASCII, without spaces, backslashes or quotes");
    }
    let url: Url = text.parse().map_err(|_| "not an address")?;
    if text.contains('#') {
        return Err("without a fragment");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("without a name or password before the host");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if crate::config::is_loopback(&url) => Ok(()),
        "http" => Err("http is allowed on loopback only; use https"),
        // A scheme of its own is a name that the maker of the application holds (RFC 8252, section 7.1).
        s if kind == ApplicationType::Native && s.contains('.') => Ok(()),
        _ => Err("use https"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(kind: ApplicationType, uris: &[&str]) -> Client {
        let redirect_uris = uris.iter().map(|u| (*u).to_owned()).collect();
        Client {
            id: "c".into(),
            metadata: Metadata { redirect_uris, application_type: kind, client_name: "C".into(), ..Metadata::default() },
            secret_hash: None,
            enabled: true,
        }
    }

    /// case 1
    #[test]
    fn a_redirect_address_counts_byte_for_byte() {
        let c = client(ApplicationType::Web, &["https://app.example/cb", "http://127.0.0.1/cb"]);
        assert!(c.may_redirect_to("https://app.example/cb"));
        for other in [
            "https://app.example/cb/",
            "https://app.example/CB",
            "https://APP.example/cb",
            "https://app.example/cb?x=1",
            "https://app.example/%63b",
            "https://app.example:443/cb",
            "https://app.example/cb#f",
            "https://app.example\\@evil/cb",
            "http://app.example/cb",
            "https://app.example/cb\t",
            "https://evil/https://app.example/cb",
            "http://127.0.0.1:8080/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://аpp.example/cb",
            "",
        ] {
            assert!(!c.may_redirect_to(other), "{other}");
        }
    }

    /// case 1
    #[test]
    fn only_the_port_of_a_native_loopback_address_may_vary() {
        let c = client(ApplicationType::Native, &["http://127.0.0.1/cb", "http://[::1]:1/cb", "http://localhost/cb"]);
        for fine in ["http://127.0.0.1:49152/cb", "http://127.0.0.1/cb", "http://[::1]:5/cb"] {
            assert!(c.may_redirect_to(fine), "{fine}");
        }
        for other in [
            "http://localhost:80/cb",
            "http://localhost:80@evil/cb",
            "http://127.0.0.1:80@evil/cb",
            "http://127.0.0.1:80/other",
            "http://127.0.0.1.evil/cb",
            "https://127.0.0.1:80/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1:123456/cb",
            "http://127.0.0.1:8%30/cb",
            "http://127.0.0.1@evil/cb",
        ] {
            assert!(!c.may_redirect_to(other), "{other}");
        }
    }

    /// case 1
    #[test]
    fn a_dangerous_redirect_address_is_not_registered() {
        let refused = |uri: &str| client(ApplicationType::Native, &[uri]).metadata.check(&Reach::default()).is_err();
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "http://app.example/cb",
            "https://app.example/cb#x",
            "https://u@app.example/",
            "https://app.example\\@evil",
            "https://bücher.example/cb",
            "https://app.example/ cb",
            "/cb",
            "file:///etc/passwd",
            "https://app.example/\tcb",
        ] {
            assert!(refused(bad), "{bad}");
        }
        assert!(!refused("com.example.app:/cb"));
        assert!(!refused("https://app.example/cb?x=1"));
    }

    /// case 10
    #[test]
    fn registration_takes_no_member_that_it_does_not_know() {
        assert!(serde_json::from_str::<Metadata>(r#"{"client_name":"x","sub":"admin"}"#).is_err());
    }
}
