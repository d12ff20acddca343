//! What can be registered of an application, by the names of RFC 7591, OpenID Connect Dynamic Client Registration and
//! their extensions. Strict: a member that isn't here is refused, so that a misspelt one is noticed; registration over the
//! network, which must ignore what it doesn't know, picks out [`Metadata::NAMES`] first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kernel::jose::{Alg, Enc, KeyAlg};

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
    /// A certificate of a known authority (RFC 8705, section 2.1).
    TlsClientAuth,
    /// A certificate that it made itself (RFC 8705, section 2.2).
    SelfSignedTlsClientAuth,
    /// Not at all: a public client.
    None,
}

impl AuthMethod {
    /// Whether there is a secret to keep.
    pub const fn has_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost)
    }
}

/// Whether people are asked before an application is told of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// The organisation has decided for its people; only what is each person's own is asked.
    #[default]
    Implied,
    /// Each person is asked for all of it.
    Ask,
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

/// What applications are told of who someone is (OpenID Connect Core, section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// The same to all.
    #[default]
    Public,
    /// Another to each sector, so that they can't compare.
    Pairwise,
}

/// Which set of rules an application is held to, as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// OpenID Connect and OAuth with the rules of RFC 9700.
    #[default]
    Standard,
    /// The FAPI 2.0 security profile.
    Fapi2,
    /// The same with FAPI 2.0 message signing: requests, answers and what introspection says are signed.
    Fapi2Signing,
}

/// How an application learns that someone whom it asked has decided (OpenID Connect CIBA, section 5). There is no `push`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryMode {
    /// It asks from time to time.
    Poll,
    /// It is told when to ask.
    Ping,
}

/// What its access tokens look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum TokenFormat {
    /// Signed statements that a resource server reads by itself (RFC 9068).
    #[default]
    Jwt,
    /// Random text that says nothing; a resource server asks what it stands for (RFC 7662).
    Opaque,
}

macro_rules! metadata {
    ($($(#[$doc:meta])* pub $name:ident: $type:ty,)*) => {
        /// What is registered of an application.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
        #[serde(deny_unknown_fields, default)]
        pub struct Metadata {
            $($(#[$doc])* pub $name: $type,)*
        }
        impl Metadata {
            /// The name of every member.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];
        }
    };
}

metadata! {
    /// Its name, as people see it.
    pub client_name: String,
    /// Its name and its addresses for people in other languages, such as `client_name#nl` (RFC 7591, section 2.2).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub localized: BTreeMap<String, String>,
    /// Whether people are asked. No application says this of itself: one that has registered itself always asks.
    #[serde(skip_serializing_if = "is_default")]
    pub consent: Consent,
    /// Where answers may go, byte for byte.
    pub redirect_uris: Vec<String>,
    /// Where people may go after signing out.
    pub post_logout_redirect_uris: Vec<String>,
    /// What it may ask for at the token endpoint; nothing given means the authorization code alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grant_types: Vec<String>,
    /// What it asks for at the authorization endpoint: `code`, which nothing given means too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub response_types: Vec<String>,
    /// How it proves who it is.
    pub token_endpoint_auth_method: AuthMethod,
    /// The one algorithm of its assertions; any that is offered where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<Alg>,
    /// Web or native.
    pub application_type: ApplicationType,
    /// The rules that it is held to.
    #[serde(skip_serializing_if = "is_default")]
    pub profile: Profile,
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
    #[serde(skip_serializing_if = "is_default")]
    pub backchannel_logout_session_required: bool,
    /// What the browser of whoever signs out is made to load (Front-Channel Logout 1.0, section 2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<String>,
    /// Whether `iss` and `sid` must be in that address.
    #[serde(skip_serializing_if = "is_default")]
    pub frontchannel_logout_session_required: bool,
    /// Its own start page, for people (RFC 7591, section 2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// Its logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// What it does with what it learns of people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    /// Its terms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    /// How to reach those who answer for it, usually mail addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<String>,
    /// Its maker's name for the program, which is the same for every copy of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    /// The program's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    /// Where a sign-in that begins elsewhere is begun (OpenID Connect Core, section 4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<String>,
    /// What it is told of who someone is.
    #[serde(skip_serializing_if = "is_default")]
    pub subject_type: SubjectType,
    /// Which addresses belong to its sector (OpenID Connect Core, section 8.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<String>,
    /// The algorithm of its ID tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<Alg>,
    /// The algorithm of what userinfo answers; plain JSON where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<Alg>,
    /// The algorithm of what introspection answers it, where it asks for that as a JWT (RFC 9701, section 6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_signed_response_alg: Option<Alg>,
    /// How the key of the message gets to it that its ID tokens are encrypted to, after they were signed (OpenID Connect Core, section 10.2); plain where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_encrypted_response_alg: Option<KeyAlg>,
    /// How that message is encrypted; A128CBC-HS256 where only the former is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_encrypted_response_enc: Option<Enc>,
    /// How the key of the message gets to it that what userinfo answers is encrypted to; plain where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_encrypted_response_alg: Option<KeyAlg>,
    /// How that message is encrypted; A128CBC-HS256 where only the former is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_encrypted_response_enc: Option<Enc>,
    /// How the key of the message gets to it that what introspection answers it is encrypted to (RFC 9701, section 6); plain where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_encrypted_response_alg: Option<KeyAlg>,
    /// How that message is encrypted; A128CBC-HS256 where only the former is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection_encrypted_response_enc: Option<Enc>,
    /// How the key of the message gets to it that answers to its authorization requests are encrypted to (JARM, section 3); plain where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_encrypted_response_alg: Option<KeyAlg>,
    /// How that message is encrypted; A128CBC-HS256 where only the former is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_encrypted_response_enc: Option<Enc>,
    /// The algorithm of answers to its authorization requests, where it asks for them as a JWT (JARM, section 3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_signed_response_alg: Option<Alg>,
    /// The one algorithm of its request objects; any that is offered where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg: Option<Alg>,
    /// Whether what it asks for must come in a signed request object (RFC 9101, section 10.5).
    #[serde(skip_serializing_if = "is_default")]
    pub require_signed_request_object: bool,
    /// How it learns that someone has decided whom it asked by the back channel (OpenID Connect CIBA, section 4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_token_delivery_mode: Option<DeliveryMode>,
    /// Where it is told so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_client_notification_endpoint: Option<String>,
    /// The one algorithm of its signed authentication requests; where it is given, they must be signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backchannel_authentication_request_signing_alg: Option<Alg>,
    /// Where its request objects may lie (OpenID Connect Core, section 6.2).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request_uris: Vec<String>,
    /// How old a sign-in may be, in seconds, where the request doesn't say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u64>,
    /// Whether its ID tokens must say when someone signed in. They always do.
    #[serde(skip_serializing_if = "is_default")]
    pub require_auth_time: bool,
    /// How strongly people sign in, where the request doesn't say; the first that fits counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub default_acr_values: Vec<String>,
    /// Whether its authorization requests must be pushed first (RFC 9126, section 6).
    #[serde(skip_serializing_if = "is_default")]
    pub require_pushed_authorization_requests: bool,
    /// Whether its tokens must be bound to a key by DPoP (RFC 9449, section 5.2).
    #[serde(skip_serializing_if = "is_default")]
    pub dpop_bound_access_tokens: bool,
    /// Whether its tokens are bound to the certificate of its connection (RFC 8705, section 3.4).
    #[serde(skip_serializing_if = "is_default")]
    pub tls_client_certificate_bound_access_tokens: bool,
    /// The subject of its certificate (RFC 8705, section 2.1.2), one of these five; as RFC 4514 writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_subject_dn: Option<String>,
    /// Its certificate's name of a machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_san_dns: Option<String>,
    /// Its certificate's URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_san_uri: Option<String>,
    /// Its certificate's IP address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_san_ip: Option<String>,
    /// Its certificate's mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_client_auth_san_email: Option<String>,
    /// Kinds of authorization details that it may ask for (RFC 9396, section 10).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authorization_details_types: Vec<String>,
    /// What its access tokens look like.
    #[serde(skip_serializing_if = "is_default")]
    pub access_token_format: TokenFormat,
    /// The algorithm of its access tokens, where they are JWTs; ES256 where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token_signed_response_alg: Option<Alg>,
    /// Resource servers that it may ask tokens for (RFC 8707).
    pub resources: Vec<String>,
    /// Resource servers that it is itself: it may ask what tokens for them stand for (RFC 7662).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub serves: Vec<String>,
    /// Whether it must send a PKCE challenge even where it has a secret. Public clients always must.
    #[serde(default = "yes")]
    pub require_pkce: bool,
}

const fn yes() -> bool {
    true
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// case 10
    #[test]
    fn registration_takes_no_member_that_it_does_not_know() {
        assert!(serde_json::from_str::<Metadata>(r#"{"client_name":"x","sub":"admin"}"#).is_err());
    }

    /// case 7: what is no algorithm of ours can't be registered as one.
    #[test]
    fn no_algorithm_can_be_registered_that_is_not_offered() {
        for alg in ["none", "HS256", "es256", ""] {
            let text = format!(r#"{{"id_token_signed_response_alg":"{alg}"}}"#);
            assert!(serde_json::from_str::<Metadata>(&text).is_err(), "{alg}");
        }
        let read: Metadata = serde_json::from_str(r#"{"id_token_signed_response_alg":"EdDSA"}"#).unwrap();
        assert_eq!(read.id_token_signed_response_alg, Some(Alg::EdDsa));
        assert!(read.require_pkce);
    }
}
