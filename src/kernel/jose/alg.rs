//! The signature algorithms and the keys that this installation signs with. Owns making, reading and using a private key.
//! Does not own where it is stored, nor sealing it at rest.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding,
    RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{JoseError, KeySet, PublicKey};

/// A signature algorithm (RFC 7518, section 3.1; RFC 8037). There is no `none` and nothing symmetric, so a token that
/// names one of them cannot even be expressed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Alg {
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256; offered because OpenID Connect Core, section 15.1 asks for it.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSASSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
}

impl Alg {
    /// Every algorithm.
    pub const ALL: [Alg; 4] = [Alg::EdDsa, Alg::Es256, Alg::Rs256, Alg::Ps256];
    /// What FAPI 2.0, section 5.4 leaves.
    pub const FAPI: [Alg; 3] = [Alg::EdDsa, Alg::Es256, Alg::Ps256];

    /// The registered name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }
    /// The algorithm of that exact name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.name() == name)
    }
    pub(super) const fn for_jsonwebtoken(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
            Self::Ps256 => jsonwebtoken::Algorithm::PS256,
        }
    }
}

impl fmt::Display for Alg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

enum Pair {
    Ed(Box<Ed25519KeyPair>),
    Ec(Box<EcdsaKeyPair>),
    Rsa(Box<RsaKeyPair>, &'static dyn RsaEncoding),
}

/// A private key with its one algorithm. The parsed key is kept, since jsonwebtoken's encoder would parse it again for
/// every token and that costs milliseconds with RSA. Prints its `kid` only.
pub struct SigningKey {
    alg: Alg,
    pair: Pair,
    public: PublicKey,
    /// The header up to the media type: `{"alg":"..","kid":"..","typ":"`.
    header: String,
}

impl SigningKey {
    /// A new key; RSA keys have 2,048 bits. Chance comes from AWS-LC's own generator rather than the injected one: the
    /// library takes no other for keys, and a key that a test could repeat would be a key that others can repeat.
    pub fn generate(alg: Alg) -> Result<Self, JoseError> {
        let pair = match alg {
            Alg::EdDsa => Pair::Ed(Box::new(Ed25519KeyPair::generate().map_err(|_| JoseError::Crypto)?)),
            Alg::Es256 => {
                Pair::Ec(Box::new(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| JoseError::Crypto)?))
            }
            Alg::Rs256 | Alg::Ps256 => {
                Pair::Rsa(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| JoseError::Crypto)?), padding(alg))
            }
        };
        Self::assemble(alg, pair)
    }

    /// Reads what [`SigningKey::to_pkcs8`] wrote. The same RSA bytes would be read under either RSA algorithm: keep the
    /// algorithm beside the bytes.
    pub fn from_pkcs8(alg: Alg, der: &[u8]) -> Result<Self, JoseError> {
        let refused = |_| JoseError::Key("not a private key of this algorithm in PKCS#8");
        let pair = match alg {
            Alg::EdDsa => Pair::Ed(Box::new(Ed25519KeyPair::from_pkcs8(der).map_err(refused)?)),
            Alg::Es256 => Pair::Ec(Box::new(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map_err(refused)?)),
            Alg::Rs256 | Alg::Ps256 => Pair::Rsa(Box::new(RsaKeyPair::from_pkcs8(der).map_err(refused)?), padding(alg)),
        };
        Self::assemble(alg, pair)
    }

    /// The private key as PKCS#8 version 1 (RFC 5208), wiped when dropped; seal it before it is stored.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, JoseError> {
        let bytes = match &self.pair {
            Pair::Ed(k) => k.to_pkcs8v1().map(|d| d.as_ref().to_vec()),
            Pair::Ec(k) => k.to_pkcs8v1().map(|d| d.as_ref().to_vec()),
            Pair::Rsa(k, _) => AsDer::<Pkcs8V1Der<'_>>::as_der(k.as_ref()).map(|d| d.as_ref().to_vec()),
        };
        bytes.map(Zeroizing::new).map_err(|_| JoseError::Crypto)
    }

    fn assemble(alg: Alg, pair: Pair) -> Result<Self, JoseError> {
        let b64 = |b: &[u8]| URL_SAFE_NO_PAD.encode(b);
        let mut jwk = match &pair {
            Pair::Ed(k) => json!({"kty": "OKP", "crv": "Ed25519", "x": b64(k.public_key().as_ref())}),
            Pair::Ec(k) => {
                // The uncompressed point of SEC 1, section 2.3.3: 0x04, x, y.
                let point = k.public_key().as_ref();
                let (x, y) = point.get(1..33).zip(point.get(33..65)).ok_or(JoseError::Crypto)?;
                json!({"kty": "EC", "crv": "P-256", "x": b64(x), "y": b64(y)})
            }
            Pair::Rsa(k, _) => {
                let public = k.public_key();
                let n = public.modulus().big_endian_without_leading_zero();
                let e = public.exponent().big_endian_without_leading_zero();
                json!({"kty": "RSA", "n": b64(n), "e": b64(e)})
            }
        };
        let thumbprint = PublicKey::from_jwk(&jwk)?.thumbprint().to_owned();
        if let Value::Object(members) = &mut jwk {
            members.insert("kid".into(), thumbprint.as_str().into());
            members.insert("use".into(), "sig".into());
            members.insert("alg".into(), alg.name().into());
        }
        let header = format!(r#"{{"alg":"{alg}","kid":"{thumbprint}","typ":""#);
        Ok(Self { alg, pair, public: PublicKey::from_jwk(&jwk)?, header })
    }

    /// The key's one algorithm.
    pub const fn alg(&self) -> Alg {
        self.alg
    }
    /// The key's name: the SHA-256 thumbprint of its public half (RFC 7638).
    pub fn kid(&self) -> &str {
        self.public.thumbprint()
    }
    /// The public half, for a set to verify with.
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }
    /// The public half as a JWK with `kid`, `use` and `alg` (RFC 7517), for the published set.
    pub fn public_jwk(&self) -> Value {
        self.public.to_jwk()
    }
    /// A set of this key alone.
    pub fn key_set(&self) -> Result<KeySet, JoseError> {
        KeySet::of([self.public.clone()])
    }

    /// The signature over `message`: 64 bytes with Ed25519 and ES256, the length of the modulus with RSA.
    pub fn sign_bytes(&self, message: &[u8]) -> Result<Vec<u8>, JoseError> {
        // AWS-LC ignores this argument and uses its own generator; making it costs nothing.
        let rng = SystemRandom::new();
        match &self.pair {
            Pair::Ed(k) => k.try_sign(message).map(|s| s.as_ref().to_vec()).map_err(|_| JoseError::Crypto),
            Pair::Ec(k) => k.sign(&rng, message).map(|s| s.as_ref().to_vec()).map_err(|_| JoseError::Crypto),
            Pair::Rsa(k, padding) => {
                let mut out = vec![0; k.public_modulus_len()];
                k.sign(*padding, &rng, message, &mut out).map_err(|_| JoseError::Crypto)?;
                Ok(out)
            }
        }
    }

    /// A JWT in compact form (RFC 7515, section 3.1) with `alg`, `kid` and `typ` in its header.
    ///
    /// Fails when `typ` is not a plain media type or the claims do not become JSON.
    pub fn sign_jwt(&self, typ: &str, claims: &impl Serialize) -> Result<String, JoseError> {
        let payload = serde_json::to_vec(claims).map_err(|_| JoseError::Malformed("the claims don't become JSON"))?;
        self.sign_payload(typ, &payload)
    }

    /// As [`SigningKey::sign_jwt`], over a payload that is JSON already and is kept byte by byte.
    pub fn sign_payload(&self, typ: &str, payload: &[u8]) -> Result<String, JoseError> {
        // The media type goes into the header as it is, so nothing that JSON would have to escape may be in it.
        if typ.is_empty() || typ.len() > 64 || !typ.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-./".contains(&b)) {
            return Err(JoseError::Header("typ must be a media type"));
        }
        let header = [self.header.as_str(), typ, r#""}"#].concat();
        let mut token = String::with_capacity((header.len() + payload.len()) * 4 / 3 + 360);
        URL_SAFE_NO_PAD.encode_string(header, &mut token);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signature = self.sign_bytes(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

fn padding(alg: Alg) -> &'static dyn RsaEncoding {
    if alg == Alg::Ps256 { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, {})", self.alg, self.kid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::jose::open;

    #[test]
    fn a_key_written_and_read_again_is_the_same_key() {
        for alg in Alg::ALL {
            let key = SigningKey::generate(alg).unwrap();
            let again = SigningKey::from_pkcs8(alg, &key.to_pkcs8().unwrap()).unwrap();
            assert_eq!(again.kid(), key.kid());
            assert_eq!(again.public_jwk(), key.public_jwk());
            let token = again.sign_jwt("JWT", &json!({"a": 1})).unwrap();
            let signed = open(&token, &key.key_set().unwrap(), Some(&["JWT"]), &[alg]).unwrap();
            assert_eq!(signed.payload(), br#"{"a":1}"#);
            assert_eq!((signed.kid(), signed.alg()), (key.kid(), alg));
        }
    }

    #[test]
    fn a_private_key_is_read_only_as_what_it_is() {
        let ec = SigningKey::generate(Alg::Es256).unwrap().to_pkcs8().unwrap();
        for other in [Alg::EdDsa, Alg::Rs256, Alg::Ps256] {
            assert!(SigningKey::from_pkcs8(other, &ec).is_err());
        }
        assert!(SigningKey::from_pkcs8(Alg::Es256, &ec[..ec.len() - 1]).is_err());
    }

    #[test]
    fn the_header_takes_media_types_only() {
        let key = SigningKey::generate(Alg::EdDsa).unwrap();
        for typ in ["", "a\"b", "a\\b", "JWT\n", "ü"] {
            assert_eq!(key.sign_jwt(typ, &json!({})).unwrap_err(), JoseError::Header("typ must be a media type"));
        }
    }

    /// case 27
    #[test]
    fn a_key_prints_no_part_of_itself_but_its_name() {
        let key = SigningKey::generate(Alg::EdDsa).unwrap();
        assert_eq!(format!("{key:?}"), format!("SigningKey(EdDSA, {})", key.kid()));
    }
}
