//! Why a key or token was refused. Owns the reasons only; what the caller of a protocol is told is decided where it is answered.

/// Why a key or token was refused. The texts name no value of the token, so they may be logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoseError {
    /// Longer than what is read at all.
    #[error("the token or key set is longer than what is accepted")]
    TooLong,
    /// Not the compact form of RFC 7515, or not base64url, or not JSON.
    #[error("not a well-formed token: {0}")]
    Malformed(&'static str),
    /// A header member is missing, of the wrong type, or one that is never accepted.
    #[error("the token's header is refused: {0}")]
    Header(&'static str),
    /// The algorithm is unknown, or not one that is accepted here.
    #[error("the token's algorithm isn't accepted here")]
    Algorithm,
    /// No key, or more than one, fits the token.
    #[error("no single key fits the token")]
    UnknownKey,
    /// The signature doesn't fit.
    #[error("the signature doesn't fit")]
    Signature,
    /// A claim is missing or of the wrong JSON type, or its value isn't the expected one.
    #[error("the claim {0} is missing, of the wrong type or not the expected one")]
    Claim(&'static str),
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` lies in the future.
    #[error("the token isn't valid yet")]
    NotYet,
    /// The claims are sound, but not those that the caller's type asks for.
    #[error("the claims don't have the expected form")]
    Form,
    /// A key from outside isn't acceptable.
    #[error("the key isn't accepted: {0}")]
    Key(&'static str),
    /// A disclosure of an SD-JWT isn't acceptable.
    #[error("the disclosures are refused: {0}")]
    Disclosure(&'static str),
    /// The cryptographic library refused.
    #[error("the cryptographic library refused an operation")]
    Crypto,
}
