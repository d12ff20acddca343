//! Access tokens as the record store believes them (RFC 9068, section 4). Owns the check. Does not own
//! whose key it is bound to ([`super::possession`]), nor what the person may do: a token says who someone is.

use super::introspection;
use super::provider::{Provider, Unreachable};
use crate::contract::AccessClaims;
use crate::kernel::jose::{Alg, Audience, Expect, JoseError, Verified, verify};

/// The media type of an access token (RFC 9068, section 2.1).
const TYP: &[&str] = &["at+jwt"];

/// Claims of an access token for the record store that passed every check. Made by [`VerifiedToken::verify`] and
/// [`VerifiedToken::told`] alone.
#[derive(Debug)]
pub struct VerifiedToken {
    claims: AccessClaims,
    kid: String,
}

impl std::ops::Deref for VerifiedToken {
    type Target = AccessClaims;
    fn deref(&self) -> &AccessClaims {
        &self.claims
    }
}

impl VerifiedToken {
    /// The key that signed it; empty where the provider has said what it stands for.
    pub fn kid(&self) -> &str {
        &self.kid
    }
}

/// Why a token isn't believed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TokenError {
    /// The token itself.
    #[error(transparent)]
    Invalid(#[from] JoseError),
    /// The provider knows nothing that it stands for now.
    #[error("it stands for nothing, or for nothing any more")]
    Inactive,
    /// The provider's keys could not be had.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
}

impl VerifiedToken {
    /// Checks signature, media type, issuer, audience and times. A key that isn't known makes it ask the provider for its
    /// keys again, at most once in 5 s.
    pub async fn verify(provider: &Provider, token: &str) -> Result<Self, TokenError> {
        let audience = provider.env.settings.crm_url.as_str();
        let expect = Expect::new(provider.issuer(), Audience::Only(audience), &Alg::ALL, provider.env.now()).typ(TYP);
        let known = provider.known().await?;
        match verify(token, &known.keys, &expect) {
            Err(JoseError::UnknownKey) => match provider.newer(&known).await? {
                Some(known) => Ok(Self::of(verify(token, &known.keys, &expect)?)),
                None => Err(JoseError::UnknownKey.into()),
            },
            other => Ok(Self::of(other?)),
        }
    }

    fn of(verified: Verified<AccessClaims>) -> Self {
        let kid = verified.signed().kid().to_owned();
        Self { claims: verified.into_claims(), kid }
    }

    /// A token of an application, in whichever form: one that says nothing by itself is asked about, where that is allowed.
    pub async fn presented(provider: &Provider, token: &str) -> Result<Self, TokenError> {
        if provider.env.settings.crm_introspection && introspection::is_opaque(token) {
            return Self::told(provider, token).await;
        }
        Self::verify(provider, token).await
    }

    /// What the provider says that a token stands for (RFC 7662).
    async fn told(provider: &Provider, token: &str) -> Result<Self, TokenError> {
        Ok(Self { claims: introspection::claims(provider, token).await?, kid: String::new() })
    }
}

/// Something of the request isn't in a form that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Authorization header must be given once, as Bearer or DPoP and a token")]
pub struct Malformed;
