//! Public keys from outside (RFC 7517). Owns what is accepted as a key and how a token finds its key in a set.
//! Does not own fetching a set, nor how long one is kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value, json};

use super::{Alg, JoseError, digest};

/// Keys in a set, counting those that are passed over.
pub(super) const MAX_KEYS: usize = 32;
/// Bytes of a set, the limit of everything that the server fetches.
const MAX_SET: usize = 64 * 1024;
/// Members that carry private or symmetric key material (RFC 7518, section 6; RFC 8037, section 2).
pub(super) const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Ed25519,
    P256,
    Rsa,
}

/// A public key that signatures are checked with.
#[derive(Clone)]
pub struct PublicKey {
    kind: Kind,
    kid: Option<String>,
    alg: Option<Alg>,
    thumbprint: String,
    /// The required members alone, for publishing.
    required: Map<String, Value>,
    decoding: DecodingKey,
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({:?}, {})", self.kind, self.thumbprint)
    }
}

/// What became of one key of a set.
enum Read {
    Key(Box<PublicKey>),
    /// Sound, but of a kind or for a use that nothing is checked with here; RFC 7517, section 5 asks to pass it over.
    PassedOver,
}

impl PublicKey {
    /// Reads one key. Refuses private members, unknown kinds, coordinates of the wrong length, RSA under 2,048 or over
    /// 4,096 bits or with a small exponent, and an `alg` that the key isn't made for.
    pub fn from_jwk(jwk: &Value) -> Result<Self, JoseError> {
        match Self::read(jwk)? {
            Read::Key(key) => Ok(*key),
            Read::PassedOver => Err(JoseError::Key("kty, crv, use or alg isn't one that signatures are checked with")),
        }
    }

    fn read(jwk: &Value) -> Result<Read, JoseError> {
        let Value::Object(members) = jwk else { return Err(JoseError::Key("not an object")) };
        if PRIVATE.iter().any(|p| members.contains_key(*p)) {
            return Err(JoseError::Key("it carries private or symmetric members"));
        }
        let kid = match text(members, "kid")? {
            Some(kid) if !sound_kid(kid) => return Err(JoseError::Key("kid has characters or a length that aren't accepted")),
            other => other.map(str::to_owned),
        };
        if text(members, "use")?.is_some_and(|u| u != "sig") || !may_verify(members)? {
            return Ok(Read::PassedOver);
        }
        let alg = match text(members, "alg")?.map(Alg::from_name) {
            Some(None) => return Ok(Read::PassedOver),
            Some(Some(alg)) => Some(alg),
            None => None,
        };
        // `required` is written by hand in the order and form that RFC 7638, section 3.3 hashes. Nothing in it needs escaping:
        // what comes from outside has just been decoded as base64url.
        let (kind, required, decoding) = match (text(members, "kty")?, text(members, "crv")?) {
            (Some("OKP"), Some("Ed25519")) => {
                let x = sized(members, "x", 32)?;
                let decoding = DecodingKey::from_ed_components(x).map_err(|_| JoseError::Key("x isn't a key"))?;
                (Kind::Ed25519, format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#), decoding)
            }
            (Some("EC"), Some("P-256")) => {
                let (x, y) = (sized(members, "x", 32)?, sized(members, "y", 32)?);
                let decoding = DecodingKey::from_ec_components(x, y).map_err(|_| JoseError::Key("x and y aren't a key"))?;
                (Kind::P256, format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#), decoding)
            }
            (Some("RSA"), None) => {
                let (n, e) = rsa(members)?;
                let decoding = DecodingKey::from_rsa_components(n, e).map_err(|_| JoseError::Key("n and e aren't a key"))?;
                (Kind::Rsa, format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#), decoding)
            }
            (None, _) => return Err(JoseError::Key("kty is missing")),
            _ => return Ok(Read::PassedOver),
        };
        if alg.is_some_and(|a| !fits(kind, a)) {
            return Err(JoseError::Key("alg isn't one for this kty and crv"));
        }
        let thumbprint = digest(required.as_bytes());
        let required = serde_json::from_str(&required).map_err(|_| JoseError::Crypto)?;
        Ok(Read::Key(Box::new(Self { kind, kid, alg, thumbprint, required, decoding })))
    }

    /// The SHA-256 thumbprint (RFC 7638); also the `jkt` of a DPoP key (RFC 9449, section 6.1).
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }
    /// The name that its owner gave it.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }
    /// Whether a token of this algorithm may be checked with it: the one that it was made for, if it says so.
    pub fn takes(&self, alg: Alg) -> bool {
        fits(self.kind, alg) && self.alg.is_none_or(|own| own == alg)
    }
    /// The key as a JWK with `use`, and `kid` and `alg` where it has them.
    pub fn to_jwk(&self) -> Value {
        let mut jwk = self.required.clone();
        jwk.insert("use".into(), "sig".into());
        if let Some(kid) = &self.kid {
            jwk.insert("kid".into(), kid.as_str().into());
        }
        if let Some(alg) = self.alg {
            jwk.insert("alg".into(), alg.name().into());
        }
        Value::Object(jwk)
    }

    /// Whether `signature` (base64url) over `message` is this key's.
    pub(super) fn verifies(&self, alg: Alg, message: &[u8], signature: &str) -> bool {
        self.takes(alg)
            && jsonwebtoken::crypto::verify(signature, message, &self.decoding, alg.for_jsonwebtoken()).unwrap_or(false)
    }
}

/// A set of public keys.
#[derive(Clone, Debug, Default)]
pub struct KeySet(Vec<PublicKey>);

impl KeySet {
    /// Reads a JWK set. Keys for other uses or of unknown kinds are passed over, so the set may come out empty; a key
    /// that is private, weak or malformed refuses the whole set, since its owner has to be told.
    pub fn from_json(bytes: &[u8]) -> Result<Self, JoseError> {
        if bytes.len() > MAX_SET {
            return Err(JoseError::TooLong);
        }
        Self::from_value(&serde_json::from_slice(bytes).map_err(|_| JoseError::Key("the set isn't JSON"))?)
    }

    /// As [`KeySet::from_json`], from JSON that was read (and bounded) already, such as `jwks` of a registration.
    pub fn from_value(set: &Value) -> Result<Self, JoseError> {
        let keys = set.get("keys").and_then(Value::as_array).ok_or(JoseError::Key("the set has no array keys"))?;
        if keys.len() > MAX_KEYS {
            return Err(JoseError::TooLong);
        }
        let mut read = vec![];
        for key in keys {
            if let Read::Key(key) = PublicKey::read(key)? {
                read.push(*key);
            }
        }
        Self::of(read)
    }

    /// A set of keys at hand. Fails when a `kid` would not tell two of them apart.
    pub fn of(keys: impl IntoIterator<Item = PublicKey>) -> Result<Self, JoseError> {
        let keys: Vec<PublicKey> = keys.into_iter().collect();
        for (i, key) in keys.iter().enumerate() {
            let same = |other: &&PublicKey| {
                key.kid.is_some() && other.kid == key.kid && Alg::ALL.iter().any(|a| key.takes(*a) && other.takes(*a))
            };
            if keys.iter().skip(i + 1).any(|other| same(&other)) {
                return Err(JoseError::Key("two keys of the set have the same kid"));
            }
        }
        Ok(Self(keys))
    }

    /// The one key for a token's `kid` and algorithm. Without a `kid` the set must have exactly one key that fits.
    pub fn find(&self, kid: Option<&str>, alg: Alg) -> Result<&PublicKey, JoseError> {
        let mut fitting = self.0.iter().filter(|k| k.takes(alg) && kid.is_none_or(|kid| k.kid() == Some(kid)));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            _ => Err(JoseError::UnknownKey),
        }
    }
    /// Its keys.
    pub fn keys(&self) -> &[PublicKey] {
        &self.0
    }
    /// Whether nothing can be checked with it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The set as published at `jwks_uri`.
    pub fn to_jwks(&self) -> Value {
        json!({"keys": self.0.iter().map(PublicKey::to_jwk).collect::<Vec<_>>()})
    }
}

/// Whether a `kid` has only harmless characters and at most 128 of them. It is compared with names in memory and never
/// opens a file or a row, and what looks like a path or a statement is refused all the same.
pub(super) fn sound_kid(kid: &str) -> bool {
    let harmless = |b: u8| b.is_ascii_alphanumeric() || b"-_.=:+@~".contains(&b);
    !kid.is_empty() && kid.len() <= 128 && kid.bytes().all(harmless) && !kid.contains("..")
}

const fn fits(kind: Kind, alg: Alg) -> bool {
    matches!((kind, alg), (Kind::Ed25519, Alg::EdDsa) | (Kind::P256, Alg::Es256) | (Kind::Rsa, Alg::Rs256 | Alg::Ps256))
}

pub(super) fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, JoseError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(s)) => Ok(Some(s)),
        Some(_) => Err(JoseError::Key("a member isn't text")),
    }
}

fn may_verify(members: &Map<String, Value>) -> Result<bool, JoseError> {
    match members.get("key_ops") {
        None => Ok(true),
        Some(Value::Array(ops)) => Ok(ops.iter().any(|op| op == "verify")),
        Some(_) => Err(JoseError::Key("key_ops isn't an array")),
    }
}

pub(super) fn sized<'a>(members: &'a Map<String, Value>, name: &str, len: usize) -> Result<&'a str, JoseError> {
    let value = text(members, name)?.ok_or(JoseError::Key("a coordinate is missing"))?;
    match URL_SAFE_NO_PAD.decode(value) {
        Ok(bytes) if bytes.len() == len => Ok(value),
        _ => Err(JoseError::Key("a coordinate isn't base64url of the curve's length")),
    }
}

pub(super) fn rsa(members: &Map<String, Value>) -> Result<(&str, &str), JoseError> {
    let n = text(members, "n")?.ok_or(JoseError::Key("n is missing"))?;
    let e = text(members, "e")?.ok_or(JoseError::Key("e is missing"))?;
    if n.len() > 700 || e.len() > 8 {
        return Err(JoseError::Key("the modulus has more than 4096 bits, or the exponent is too large"));
    }
    let malformed = |_| JoseError::Key("n or e isn't base64url");
    let (modulus, exponent) = (URL_SAFE_NO_PAD.decode(n).map_err(malformed)?, URL_SAFE_NO_PAD.decode(e).map_err(malformed)?);
    let first = modulus.first().copied().unwrap_or(0);
    let bits = (modulus.len() * 8).saturating_sub(first.leading_zeros() as usize);
    // A leading zero byte would give the same number two spellings, and so two thumbprints (RFC 7518, section 6.3.1.1).
    if first == 0 || exponent.first().is_none_or(|b| *b == 0) {
        return Err(JoseError::Key("n and e are written without leading zeros"));
    }
    if !(2048..=4096).contains(&bits) {
        return Err(JoseError::Key("RSA keys have 2048 to 4096 bits"));
    }
    let value = exponent.iter().fold(0u64, |v, b| v << 8 | u64::from(*b));
    if exponent.len() > 4 || value < 65_537 || value % 2 == 0 {
        return Err(JoseError::Key("the exponent is an odd number from 65537 on, of at most 32 bits"));
    }
    Ok((n, e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::jose::SigningKey;

    fn set(keys: Value) -> Result<KeySet, JoseError> {
        KeySet::from_json(json!({ "keys": keys }).to_string().as_bytes())
    }
    fn public(alg: Alg) -> Value {
        SigningKey::generate(alg).unwrap().public_jwk()
    }
    fn without(mut jwk: Value, name: &str) -> Value {
        jwk.as_object_mut().unwrap().remove(name);
        jwk
    }
    fn changed(jwk: &Value, name: &str, value: impl Into<Value>) -> Value {
        let mut jwk = jwk.clone();
        jwk[name] = value.into();
        jwk
    }

    /// RFC 7638, section 3.1 and RFC 8037, appendix A.3.
    #[test]
    fn thumbprints_are_those_of_the_rfcs() {
        let rsa = json!({"kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29", "n": concat!(
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64t",
            "Z_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbO",
            "pbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw")});
        assert_eq!(PublicKey::from_jwk(&rsa).unwrap().thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        let ed = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        assert_eq!(PublicKey::from_jwk(&ed).unwrap().thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    /// case 12
    #[test]
    fn private_and_symmetric_keys_refuse_the_whole_set() {
        let good = public(Alg::Es256);
        for member in PRIVATE {
            assert!(set(json!([good, changed(&good, member, "AA")])).is_err(), "{member}");
        }
        assert!(set(json!([{"kty": "oct", "k": "AA"}])).is_err());
        // Even where the key itself would be passed over.
        assert!(set(json!([{"kty": "OKP", "crv": "X25519", "x": "AA", "d": "AA"}])).is_err());
    }

    #[test]
    fn weak_and_malformed_keys_are_refused() {
        let (ec, rsa, ed) = (public(Alg::Es256), public(Alg::Rs256), public(Alg::EdDsa));
        let n = rsa["n"].as_str().unwrap();
        for key in [
            changed(&ec, "x", "AA"),
            changed(&ec, "x", format!("{}=", ec["x"].as_str().unwrap())),
            changed(&ec, "kid", "../key"),
            changed(&ec, "kid", 1),
            changed(&ec, "alg", "EdDSA"),
            changed(&ec, "key_ops", "verify"),
            without(ec.clone(), "y"),
            without(ec.clone(), "kty"),
            changed(&ed, "x", ""),
            changed(&rsa, "alg", "ES256"),
            changed(&rsa, "n", &n[..n.len() - 2]),
            changed(&rsa, "n", format!("AAAA{n}")),
            changed(&rsa, "n", n.repeat(3)),
            changed(&rsa, "e", "AQ"),
            changed(&rsa, "e", "Aw"),
            changed(&rsa, "e", "AQAA"),
            changed(&rsa, "e", ""),
            json!("key"),
        ] {
            assert!(set(json!([key])).is_err(), "{key}");
        }
        assert!(KeySet::from_json(b"{}").is_err() && KeySet::from_json(b"[]").is_err());
        assert_eq!(set(Value::Array(vec![ed.clone(); MAX_KEYS + 1])).unwrap_err(), JoseError::TooLong);
        assert_eq!(set(json!([changed(&ed, "pad", "x".repeat(MAX_SET))])).unwrap_err(), JoseError::TooLong);
    }

    #[test]
    fn keys_for_other_uses_and_of_unknown_kinds_are_passed_over() {
        let ec = public(Alg::Es256);
        let others = json!([
            changed(&ec, "use", "enc"),
            changed(&ec, "alg", "ECDH-ES"),
            changed(&ec, "key_ops", json!(["encrypt"])),
            changed(&ec, "crv", "secp256k1"),
            {"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"},
            {"kty": "OKP", "crv": "Ed448", "x": "AA"},
            {"kty": "new"},
        ]);
        assert!(set(others).unwrap().is_empty());
    }

    #[test]
    fn a_token_finds_its_key_by_kid_and_algorithm() {
        let (a, b, rsa) = (public(Alg::Es256), public(Alg::Es256), public(Alg::Rs256));
        let keys = set(json!([a, b, rsa])).unwrap();
        assert_eq!(keys.find(a["kid"].as_str(), Alg::Es256).unwrap().kid(), a["kid"].as_str());
        assert_eq!(keys.find(a["kid"].as_str(), Alg::EdDsa).unwrap_err(), JoseError::UnknownKey);
        assert_eq!(keys.find(None, Alg::Es256).unwrap_err(), JoseError::UnknownKey);
        assert_eq!(keys.find(None, Alg::Rs256).unwrap().kid(), rsa["kid"].as_str());
        assert_eq!(keys.find(None, Alg::Ps256).unwrap_err(), JoseError::UnknownKey);
        assert!(set(json!([a, changed(&b, "kid", a["kid"].clone())])).is_err());
        assert!(set(json!([a, changed(&rsa, "kid", a["kid"].clone())])).is_ok());
        assert_eq!(KeySet::from_value(&keys.to_jwks()).unwrap().to_jwks(), keys.to_jwks());
    }
}
