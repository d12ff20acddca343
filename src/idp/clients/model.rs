//! What an application is, and what follows from its registration. What may be registered is `model/metadata.rs`, what is
//! refused is `model/check.rs`, which addresses count is `model/addresses.rs`.

mod addresses;
mod check;
mod metadata;

pub use check::Refused;
pub use metadata::{ApplicationType, AuthMethod, Consent, Metadata, Profile, SubjectType, TokenFormat};

use crate::kernel::jose::Alg;

/// Grants that exist.
pub const GRANTS: [&str; 5] = ["authorization_code", "refresh_token", "client_credentials", DEVICE, EXCHANGE];
/// The grant of a device that someone allows elsewhere (RFC 8628).
pub const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// Token exchange (RFC 8693).
pub const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

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

    /// Its name for someone who reads this language.
    pub fn name(&self, language: &str) -> &str {
        let localized = self.metadata.localized.get(&format!("client_name#{language}"));
        localized.unwrap_or(&self.metadata.client_name)
    }

    /// Whether it is a public client.
    pub fn is_public(&self) -> bool {
        self.metadata.token_endpoint_auth_method == AuthMethod::None
    }

    /// Whether it is held to the FAPI 2.0 security profile.
    pub fn is_fapi(&self) -> bool {
        self.metadata.profile == Profile::Fapi2
    }

    /// Whether it must send a PKCE challenge (security case 4).
    pub fn must_challenge(&self) -> bool {
        self.is_public() || self.is_fapi() || self.metadata.require_pkce
    }

    /// Whether its authorization requests must be pushed first (RFC 9126, section 6; FAPI 2.0, section 5.3.2.2).
    pub fn must_push(&self) -> bool {
        self.is_fapi() || self.metadata.require_pushed_authorization_requests
    }

    /// The algorithms that its assertions may be signed with.
    pub fn assertion_algs(&self) -> Vec<Alg> {
        let most = if self.is_fapi() { &Alg::FAPI[..] } else { &Alg::ALL[..] };
        let registered = self.metadata.token_endpoint_auth_signing_alg;
        most.iter().copied().filter(|a| registered.is_none_or(|r| r == *a)).collect()
    }

    /// The algorithms that its request objects may be signed with.
    pub fn request_algs(&self) -> Vec<Alg> {
        let most = if self.is_fapi() { &Alg::FAPI[..] } else { &Alg::ALL[..] };
        let registered = self.metadata.request_object_signing_alg;
        most.iter().copied().filter(|a| registered.is_none_or(|r| r == *a)).collect()
    }

    /// The algorithm of its ID tokens; RS256 where nothing is registered (OpenID Connect Core, section 2), which FAPI
    /// forbids (FAPI 2.0, section 5.4).
    pub fn id_token_alg(&self) -> Alg {
        let usual = if self.is_fapi() { Alg::Es256 } else { Alg::Rs256 };
        self.metadata.id_token_signed_response_alg.unwrap_or(usual)
    }

    /// The algorithms that anything for it is signed with.
    pub fn signed_algs(&self) -> Vec<Alg> {
        let m = &self.metadata;
        let others = [m.userinfo_signed_response_alg, m.introspection_signed_response_alg];
        others.into_iter().flatten().chain([self.id_token_alg()]).collect()
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

    /// Whether answers may go to `uri` (security case 1).
    pub fn may_redirect_to(&self, uri: &str) -> bool {
        addresses::is_one_of(&self.metadata.redirect_uris, self.metadata.application_type, uri)
    }
}
