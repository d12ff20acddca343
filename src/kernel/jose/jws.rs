//! The compact form of a signature (RFC 7515, section 7.1). Owns reading it, what a header may say, and finding and
//! using the key. Does not own what the payload means: an opened payload is authentic and nothing more.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::jwk::sound_kid;
use super::{Alg, JoseError, KeySet, PublicKey, claims};

/// Bytes of a compact token that are read at all.
pub const MAX_TOKEN: usize = 16 * 1024;
/// Bytes of the signed part of an SD-JWT; each digest of a concealed value takes about 60 of them.
pub const MAX_SD_JWT: usize = 64 * 1024;

/// Header members that would bring a key of the token's own choice, or change how the token is to be read (RFC 7515,
/// section 4.1; RFC 7797; RFC 7516).
const REFUSED: [&str; 8] = ["jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc"];

/// A payload whose signature fits. Made only by checking one.
#[derive(Clone, Debug)]
pub struct Signed {
    payload: Vec<u8>,
    alg: Alg,
    kid: String,
    typ: Option<String>,
}

impl Signed {
    /// The payload's bytes.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }
    /// The algorithm.
    pub const fn alg(&self) -> Alg {
        self.alg
    }
    /// The name of the key in the set, or its thumbprint when it has none.
    pub fn kid(&self) -> &str {
        &self.kid
    }
    /// The media type in the header.
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }
    /// The payload as an object.
    pub fn object(&self) -> Result<Map<String, Value>, JoseError> {
        claims::object(&self.payload)
    }
    /// The payload as `T`. Checks no claim: for statements that have no end and no audience, such as receipts.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, JoseError> {
        serde_json::from_value(Value::Object(self.object()?)).map_err(|_| JoseError::Form)
    }
}

/// A token taken apart, of which nothing may be believed yet.
struct Parts<'a> {
    header: Map<String, Value>,
    message: &'a str,
    payload: &'a str,
    signature: &'a str,
}

/// Checks a compact token's signature with the one key of the set that fits. `typ` lists the media types that are
/// accepted, compared as RFC 7515, section 4.1.9 says; an empty text in the list stands for a header without `typ`; `None`
/// accepts any, so it is only for keys that sign one kind of token.
pub fn open(token: &str, keys: &KeySet, typ: Option<&[&str]>, algs: &[Alg]) -> Result<Signed, JoseError> {
    open_bounded(token, keys, typ, algs, MAX_TOKEN)
}

pub(super) fn open_bounded(
    token: &str,
    keys: &KeySet,
    typ: Option<&[&str]>,
    algs: &[Alg],
    limit: usize,
) -> Result<Signed, JoseError> {
    let parts = split(token, limit)?;
    if REFUSED.iter().any(|m| parts.header.contains_key(*m)) {
        return Err(JoseError::Header("a member that brings its own key or rules"));
    }
    let alg = algorithm(&parts.header, algs)?;
    let kid = match claims::text(&parts.header, "kid").map_err(|_| JoseError::Header("kid isn't text"))? {
        Some(kid) if !sound_kid(kid) => return Err(JoseError::Header("kid has characters or a length that aren't accepted")),
        kid => kid,
    };
    let key = keys.find(kid, alg)?;
    finish(&parts, key, alg, typ)
}

/// Checks a token that brings its public key in the header (a DPoP proof, RFC 9449, section 4.2) and returns that key:
/// the token proves that its sender has it, and nothing else. A private key in the header is refused.
pub(super) fn open_own(token: &str, typ: &[&str], algs: &[Alg]) -> Result<(Signed, PublicKey), JoseError> {
    let parts = split(token, MAX_TOKEN)?;
    if REFUSED.iter().any(|m| *m != "jwk" && parts.header.contains_key(*m)) {
        return Err(JoseError::Header("a member that brings its own key or rules"));
    }
    let alg = algorithm(&parts.header, algs)?;
    let key = PublicKey::from_jwk(parts.header.get("jwk").ok_or(JoseError::Header("jwk is missing"))?)?;
    Ok((finish(&parts, &key, alg, Some(typ))?, key))
}

fn split(token: &str, limit: usize) -> Result<Parts<'_>, JoseError> {
    if token.len() > limit {
        return Err(JoseError::TooLong);
    }
    let (message, signature) = token.rsplit_once('.').ok_or(JoseError::Malformed("it has no three parts"))?;
    let (header, payload) = message.split_once('.').ok_or(JoseError::Malformed("it has no three parts"))?;
    if payload.contains('.') || signature.is_empty() {
        return Err(JoseError::Malformed("it has no three parts"));
    }
    let header = URL_SAFE_NO_PAD.decode(header).map_err(|_| JoseError::Malformed("the header isn't base64url"))?;
    Ok(Parts { header: claims::object(&header)?, message, payload, signature })
}

fn algorithm(header: &Map<String, Value>, algs: &[Alg]) -> Result<Alg, JoseError> {
    let name = claims::text(header, "alg").ok().flatten().ok_or(JoseError::Header("alg is missing or isn't text"))?;
    Alg::from_name(name).filter(|a| algs.contains(a)).ok_or(JoseError::Algorithm)
}

fn finish(parts: &Parts<'_>, key: &PublicKey, alg: Alg, typ: Option<&[&str]>) -> Result<Signed, JoseError> {
    let own = claims::text(&parts.header, "typ").map_err(|_| JoseError::Header("typ isn't text"))?;
    if typ.is_some_and(|accepted| !accepted.iter().any(|a| same_type(a, own.unwrap_or("")))) {
        return Err(JoseError::Header("typ isn't the expected one"));
    }
    if !key.verifies(alg, parts.message.as_bytes(), parts.signature) {
        return Err(JoseError::Signature);
    }
    let payload = URL_SAFE_NO_PAD.decode(parts.payload).map_err(|_| JoseError::Malformed("the payload isn't base64url"))?;
    let kid = key.kid().unwrap_or(key.thumbprint()).to_owned();
    Ok(Signed { payload, alg, kid, typ: own.map(str::to_owned) })
}

/// Media types are compared without case, and `application/` may be left out where no other slash follows.
fn same_type(a: &str, b: &str) -> bool {
    let short = |t: &str| match t.split_at_checked(12) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("application/") && !rest.contains('/') => rest.to_ascii_lowercase(),
        _ => t.to_ascii_lowercase(),
    };
    short(a) == short(b)
}
