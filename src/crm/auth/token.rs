//! Access tokens as the record store believes them (RFC 9068, section 4). Owns the check and the reading of the
//! Authorization header (RFC 6750, section 2.1). Does not own what the person may do: a token says who someone is.

use axum::http::{HeaderMap, header};

use super::provider::{Provider, Unreachable};
use crate::contract::AccessClaims;
use crate::kernel::jose::{Alg, Audience, Expect, JoseError, Verified, verify};

/// The media type of an access token (RFC 9068, section 2.1).
const TYP: &[&str] = &["at+jwt"];

/// Claims of an access token for the record store that passed every check. Made by [`VerifiedToken::verify`] alone.
#[derive(Debug)]
pub struct VerifiedToken(Verified<AccessClaims>);

impl std::ops::Deref for VerifiedToken {
    type Target = AccessClaims;
    fn deref(&self) -> &AccessClaims {
        &self.0
    }
}

impl VerifiedToken {
    /// The key that signed it.
    pub fn kid(&self) -> &str {
        self.0.signed().kid()
    }
}

/// Why a token isn't believed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TokenError {
    /// The token itself.
    #[error(transparent)]
    Invalid(#[from] JoseError),
    /// The provider's keys could not be had.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
}

impl VerifiedToken {
    /// Checks signature, media type, issuer, audience and times. A key that isn't known makes it ask the provider for its
    /// keys again, at most once in 5 s.
    pub async fn verify(provider: &Provider, token: &str) -> Result<Self, TokenError> {
        let audience = provider.env.settings.crm_url.as_str();
        let expect = Expect::new(provider.issuer(), Audience::Only(audience), &Alg::FAPI, provider.env.now()).typ(TYP);
        let known = provider.known().await?;
        match verify(token, &known.keys, &expect) {
            Err(JoseError::UnknownKey) => match provider.newer(&known).await? {
                Some(known) => Ok(Self(verify(token, &known.keys, &expect)?)),
                None => Err(JoseError::UnknownKey.into()),
            },
            other => Ok(Self(other?)),
        }
    }
}

/// The Authorization header isn't one that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Authorization header must be given once, as Bearer and a token")]
pub struct Malformed;

/// The bearer token of a request; none when there is no Authorization header. A token in the address or in a form is
/// never looked at.
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Malformed> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = all.next() else { return Ok(None) };
    let (scheme, token) = value.to_str().ok().and_then(|v| v.split_once(' ')).ok_or(Malformed)?;
    let token = token.trim_start_matches(' ');
    let sound = !token.is_empty() && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b));
    if all.next().is_some() || !scheme.eq_ignore_ascii_case("bearer") || !sound { Err(Malformed) } else { Ok(Some(token)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// case 6
    #[test]
    fn a_bearer_token_is_read_from_one_plain_header_only() {
        let read = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for v in values {
                headers.append(header::AUTHORIZATION, v.parse().unwrap());
            }
            bearer(&headers).map(|t| t.map(str::to_owned))
        };
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["Bearer a.b.c"]), Ok(Some("a.b.c".into())));
        assert_eq!(read(&["bearer  a"]), Ok(Some("a".into())));
        for bad in [&["Bearer"][..], &["Bearer "], &["Basic a"], &["Bearer a b"], &["Bearer a,b"], &["Bearer a", "Bearer b"]] {
            assert_eq!(read(bad), Err(Malformed), "{bad:?}");
        }
    }
}
