//! Claims of the tokens that cross the wall, and the order of sign-in strength.

use serde::{Deserialize, Serialize};

/// The scope of an application that may read records for a person.
pub const SCOPE_READ: &str = "records:read";
/// The scope of an application that may also change them.
pub const SCOPE_WRITE: &str = "records:write";

/// How strongly someone signed in, weakest first: the order that policies and rules compare by; the value of `acr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Assurance {
    /// One factor: a password alone, or another provider that says no more. No policy asks for so little by itself, and the
    /// record store never takes it.
    #[serde(rename = "urn:zegel:acr:one-factor")]
    OneFactor,
    /// Password and a code by mail.
    #[serde(rename = "urn:zegel:acr:password-mail")]
    PasswordMail,
    /// Password and a code by text message.
    #[serde(rename = "urn:zegel:acr:password-sms")]
    PasswordSms,
    /// Password and something that only he has: an authenticator app, a recovery code, a passkey without user verification.
    #[serde(rename = "urn:zegel:acr:password-app")]
    PasswordApp,
    /// A passkey with user verification.
    #[serde(rename = "urn:zegel:acr:passkey")]
    Passkey,
}

impl Assurance {
    /// All, weakest first.
    pub const ALL: [Self; 5] = [Self::OneFactor, Self::PasswordMail, Self::PasswordSms, Self::PasswordApp, Self::Passkey];

    /// Those by two factors, weakest first.
    pub const TWO_FACTORS: [Self; 4] = [Self::PasswordMail, Self::PasswordSms, Self::PasswordApp, Self::Passkey];

    /// The value of `acr`.
    pub const fn acr(self) -> &'static str {
        match self {
            Self::OneFactor => "urn:zegel:acr:one-factor",
            Self::PasswordMail => "urn:zegel:acr:password-mail",
            Self::PasswordSms => "urn:zegel:acr:password-sms",
            Self::PasswordApp => "urn:zegel:acr:password-app",
            Self::Passkey => "urn:zegel:acr:passkey",
        }
    }

    /// From a value of `acr`.
    pub fn from_acr(acr: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.acr() == acr)
    }

    /// Whether it takes two factors.
    pub fn is_two_factors(self) -> bool {
        self > Self::OneFactor
    }
}

/// The key that a token is bound to: who presents it must prove to have that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The thumbprint of a DPoP key (RFC 9449, section 6.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jkt: Option<String>,
    /// The thumbprint of a client certificate (RFC 8705, section 3.1).
    #[serde(default, rename = "x5t#S256", skip_serializing_if = "Option::is_none")]
    pub x5t: Option<String>,
}

/// Who acts, the newest first (RFC 8693, section 4.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorClaim {
    /// The application that acts.
    pub sub: String,
    /// On whose behalf that one was acting already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Box<ActorClaim>>,
}

/// An access token (RFC 9068) of this provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessClaims {
    /// Issuer.
    pub iss: String,
    /// Who: a person, or the client itself.
    pub sub: String,
    /// The one resource server that this is for.
    pub aud: String,
    /// Expiry, seconds.
    pub exp: i64,
    /// Time of issue, seconds.
    pub iat: i64,
    /// Unique id.
    pub jti: String,
    /// The client that it was issued to.
    pub client_id: String,
    /// Scopes, separated by spaces.
    pub scope: String,
    /// The provider's session; absent for a client of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// How strongly the person signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<Assurance>,
    /// By which methods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amr: Option<Vec<String>>,
    /// When the person signed in, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// Which issue this belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<String>,
    /// Whether it outlives the session, because the person allowed offline access.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub offline: bool,
    /// The key that it is bound to (RFC 7800).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    /// Who acts for the person or client that it is about (RFC 8693, section 4.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<ActorClaim>,
    /// What was granted beside the scopes (RFC 9396, section 9).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_details: Option<serde_json::Value>,
    /// The position of the access log that every fact in this token was read at.
    pub access_rev: i64,
    /// Which access log that position is of: positions of different epochs can't be compared. Empty in a token that was
    /// issued before there were epochs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub access_epoch: String,
}

impl AccessClaims {
    /// Whether `scope` is among the scopes.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|s| s == scope)
    }
}

/// The claims that a resource server or client reads from an ID token of this provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IdClaims {
    /// Issuer.
    pub iss: String,
    /// Who.
    pub sub: String,
    /// The client.
    pub aud: String,
    /// Expiry, seconds.
    pub exp: i64,
    /// Time of issue, seconds.
    pub iat: i64,
    /// When the person signed in, seconds.
    pub auth_time: i64,
    /// From the authorization request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// How strongly.
    pub acr: Assurance,
    /// By which methods.
    pub amr: Vec<String>,
    /// The provider's session.
    pub sid: String,
}
