//! From a token to claims that may be believed (RFC 7519, RFC 8725). Owns the checks that every token shares: signature,
//! media type, issuer, audience and times. Does not own what the other claims allow, nor remembering used tokens.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Alg, JoseError, KeySet, PublicKey, Signed, claims, jws};
use crate::kernel::clock::Timestamp;

/// Whom a token must be for.
#[derive(Clone, Copy, Debug)]
pub enum Audience<'a> {
    /// `aud` is exactly this text; an array is refused even with it as its only member. For client assertions
    /// (RFC 10070; FAPI 2.0, section 5.3.2.1).
    Only(&'a str),
    /// `aud` is this text or an array of texts with it among them.
    Among(&'a str),
    /// `aud` must be there and of the right type, and isn't compared: the caller reads it from the claims. For hints, such
    /// as an ID token at the end of a session, that grant nothing.
    Any,
}

/// By how much the clocks of two servers may differ: what FAPI 2.0 (section 5.3.2.1) asks to bear.
pub const LEEWAY: Duration = Duration::from_secs(10);

/// What a token must say to be believed. Build it by [`Expect::new`] and change single fields by struct update.
#[derive(Clone, Copy, Debug)]
pub struct Expect<'a> {
    /// `iss`, exactly.
    pub issuer: &'a str,
    /// Whom it must be for.
    pub audience: Audience<'a>,
    /// Accepted media types in the header, "" for none there; `None` accepts any.
    pub typ: Option<&'a [&'a str]>,
    /// Accepted algorithms.
    pub algs: &'a [Alg],
    /// The present moment.
    pub now: Timestamp,
    /// By how much clocks may differ, in `exp`, `nbf` and `iat` alike.
    pub leeway: Duration,
    /// If set, `nbf` is required and lies at most so far back, and `exp` at most so far after it (FAPI 2.0 Message
    /// Signing, section 5.3.1 asks for 60 minutes).
    pub window: Option<Duration>,
    /// Accepts what has expired; `exp` must still be there. For hints that grant nothing (RP-Initiated Logout, section 4).
    pub even_expired: bool,
}

impl<'a> Expect<'a> {
    /// Any media type, clocks at most [`LEEWAY`] apart, no further limit.
    pub const fn new(issuer: &'a str, audience: Audience<'a>, algs: &'a [Alg], now: Timestamp) -> Self {
        Self { issuer, audience, typ: None, algs, now, leeway: LEEWAY, window: None, even_expired: false }
    }
    /// The same with these media types.
    pub const fn typ(self, typ: &'a [&'a str]) -> Self {
        Self { typ: Some(typ), ..self }
    }
}

/// Claims of a token that passed every check. Only [`verify`] and [`open_with_own_key`] make one.
#[derive(Clone, Debug)]
pub struct Verified<T> {
    claims: T,
    signed: Signed,
}

impl<T> Verified<T> {
    /// The claims.
    pub const fn claims(&self) -> &T {
        &self.claims
    }
    /// The claims, without the proof that they were checked.
    pub fn into_claims(self) -> T {
        self.claims
    }
    /// Key, algorithm, media type and payload.
    pub const fn signed(&self) -> &Signed {
        &self.signed
    }
}

impl<T> std::ops::Deref for Verified<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.claims
    }
}

/// Checks a compact JWT against a set of keys and what is expected of it. `iss`, `aud` and `exp` are always required, and
/// every registered claim that is there must have its right JSON type.
pub fn verify<T: DeserializeOwned>(token: &str, keys: &KeySet, expect: &Expect<'_>) -> Result<Verified<T>, JoseError> {
    let signed = jws::open(token, keys, expect.typ, expect.algs)?;
    let claims = signed.object()?;
    check(&claims, expect)?;
    let claims = serde_json::from_value(Value::Object(claims)).map_err(|_| JoseError::Form)?;
    Ok(Verified { claims, signed })
}

/// Opens a proof that brings its own public key, such as DPoP's (RFC 9449, section 4.3). The claims are authentic and
/// unchecked; the caller compares method, address, time, nonce and token hash, and remembers `jti`.
pub fn open_with_own_key<T: DeserializeOwned>(
    token: &str,
    typ: &[&str],
    algs: &[Alg],
) -> Result<(Verified<T>, PublicKey), JoseError> {
    let (signed, key) = jws::open_own(token, typ, algs)?;
    let claims = signed.read()?;
    Ok((Verified { claims, signed }, key))
}

fn check(claims: &Map<String, Value>, expect: &Expect<'_>) -> Result<(), JoseError> {
    if claims::text(claims, "iss")? != Some(expect.issuer) {
        return Err(JoseError::Claim("iss"));
    }
    audience(claims.get("aud"), expect.audience)?;
    claims::text(claims, "sub")?;
    claims::text(claims, "jti")?;
    // Whole seconds are compared, as a NumericDate has no more.
    let now = expect.now.seconds();
    let seconds = |d: Duration| i64::try_from(d.as_secs()).unwrap_or(i64::MAX);
    let leeway = seconds(expect.leeway);
    let exp = claims::date(claims, "exp")?.ok_or(JoseError::Claim("exp"))?;
    if !expect.even_expired && exp.saturating_add(leeway) <= now {
        return Err(JoseError::Expired);
    }
    let nbf = claims::date(claims, "nbf")?;
    let iat = claims::date(claims, "iat")?;
    if nbf.into_iter().chain(iat).any(|t| t > now.saturating_add(leeway)) {
        return Err(JoseError::NotYet);
    }
    if let Some(window) = expect.window.map(seconds) {
        let nbf = nbf.ok_or(JoseError::Claim("nbf"))?;
        if nbf < now.saturating_sub(window).saturating_sub(leeway) {
            return Err(JoseError::Claim("nbf"));
        }
        if exp.saturating_sub(nbf) > window {
            return Err(JoseError::Claim("exp"));
        }
    }
    Ok(())
}

fn audience(aud: Option<&Value>, expected: Audience<'_>) -> Result<(), JoseError> {
    let fits = match (aud, expected) {
        (Some(Value::String(a)), Audience::Only(e) | Audience::Among(e)) => a == e,
        (Some(Value::String(a)), Audience::Any) => !a.is_empty(),
        (Some(Value::Array(all)), Audience::Among(e)) => all.iter().all(Value::is_string) && all.iter().any(|a| a == e),
        (Some(Value::Array(all)), Audience::Any) => !all.is_empty() && all.iter().all(Value::is_string),
        _ => false,
    };
    if fits { Ok(()) } else { Err(JoseError::Claim("aud")) }
}

#[cfg(test)]
mod tests;
