//! What an application is, and what follows from its registration. What may be registered is `model/metadata.rs`, what is
//! refused is `model/check.rs`, which addresses count is `model/addresses.rs`.

mod addresses;
mod check;
mod metadata;
mod sealing;
mod switches;

pub use addresses::sector_of;
pub use check::Refused;
pub use metadata::{ApplicationType, AuthMethod, Consent, DeliveryMode, Metadata, Profile, SubjectType, TokenFormat};
pub use sealing::Sealed;
pub use switches::Switches;

use crate::kernel::jose::Alg;

/// Grants that exist.
pub const GRANTS: [&str; 6] = ["authorization_code", "refresh_token", "client_credentials", DEVICE, EXCHANGE, CIBA];
/// The grant of a device that someone allows elsewhere (RFC 8628).
pub const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// Token exchange (RFC 8693).
pub const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// The grant of someone who was asked by the back channel (OpenID Connect CIBA).
pub const CIBA: &str = "urn:openid:params:grant-type:ciba";

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
        self.metadata.profile != Profile::Standard
    }

    /// Whether it is held to FAPI 2.0 message signing: what it asks and what it is answered is signed.
    pub fn signs_messages(&self) -> bool {
        self.metadata.profile == Profile::Fapi2Signing
    }

    /// Whether what it asks for must come in a signed request object (RFC 9101, section 10.5; FAPI 2.0 Message Signing,
    /// section 5.3.1).
    pub fn must_sign_requests(&self) -> bool {
        self.signs_messages() || self.metadata.require_signed_request_object
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

    /// The algorithms that its signed authentication requests may have (OpenID Connect CIBA, section 7.1.1).
    pub fn backchannel_algs(&self) -> Vec<Alg> {
        let most = if self.is_fapi() { &Alg::FAPI[..] } else { &Alg::ALL[..] };
        let registered = self.metadata.backchannel_authentication_request_signing_alg;
        most.iter().copied().filter(|a| registered.is_none_or(|r| r == *a)).collect()
    }

    /// The algorithm of what is signed for it where nothing is registered: RS256 (OpenID Connect Core, section 2; JARM,
    /// section 3; RFC 9701, section 6), which FAPI forbids (FAPI 2.0, section 5.4).
    pub fn usual_alg(&self) -> Alg {
        if self.is_fapi() { Alg::Es256 } else { Alg::Rs256 }
    }

    /// The algorithm of its ID tokens.
    pub fn id_token_alg(&self) -> Alg {
        self.metadata.id_token_signed_response_alg.unwrap_or(self.usual_alg())
    }

    /// The algorithm of its access tokens that are JWTs: short and quick to check where nothing is registered. RS256 is there for
    /// resource servers that know nothing else (RFC 9068, section 2.1).
    pub fn access_token_alg(&self) -> Alg {
        self.metadata.access_token_signed_response_alg.unwrap_or(Alg::Es256)
    }

    /// The algorithm of answers to its authorization requests, where they are signed.
    pub fn authorization_alg(&self) -> Alg {
        self.metadata.authorization_signed_response_alg.unwrap_or(self.usual_alg())
    }

    /// The algorithms that anything for it is signed with.
    pub fn signed_algs(&self) -> Vec<Alg> {
        let m = &self.metadata;
        let others = [m.userinfo_signed_response_alg, m.introspection_signed_response_alg, m.authorization_signed_response_alg];
        others.into_iter().flatten().chain([self.id_token_alg(), self.access_token_alg()]).collect()
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

    /// The same as text, for a request. Offline access means nothing to one that can't refresh (OpenID Connect Core, section 11).
    pub fn granted(&self, asked: &str) -> String {
        let refreshes = self.may("refresh_token");
        self.scopes(asked).into_iter().filter(|s| refreshes || *s != "offline_access").collect::<Vec<_>>().join(" ")
    }

    /// Whether answers may go to `uri` (security case 1).
    pub fn may_redirect_to(&self, uri: &str) -> bool {
        addresses::is_one_of(&self.metadata.redirect_uris, self.metadata.application_type, uri)
    }
}
