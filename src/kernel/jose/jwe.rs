//! Encrypting to a public key from outside, in the compact form of JWE (RFC 7516; RFC 7518, sections 4 and 5). Owns the
//! algorithms, what is accepted as a recipient's key and the sealing. Nothing is decrypted here: this installation has no key
//! that anyone encrypts to.

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, EphemeralPrivateKey, ParsedPublicKey, UnparsedPublicKey, agree_ephemeral};
use aws_lc_rs::cipher::{self, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::key_wrap::{self, AesKek, KeyWrap};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::RsaPublicKeyComponents;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::jwk::{MAX_KEYS, PRIVATE, rsa, sized, sound_kid, text};
use super::{JoseError, digest as thumbprint};
use crate::kernel::entropy::Entropy;

/// How the key of a message gets to its recipient (RFC 7518, section 4.1). There is no RSA1_5, which tells by its errors what
/// was encrypted, no plain RSA-OAEP, and nothing symmetric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KeyAlg {
    /// RSAES OAEP with SHA-256.
    #[serde(rename = "RSA-OAEP-256")]
    RsaOaep256,
    /// Agreed on P-256, and used as it is.
    #[serde(rename = "ECDH-ES")]
    EcdhEs,
    /// Agreed on P-256, and the message's key wrapped by it.
    #[serde(rename = "ECDH-ES+A256KW")]
    EcdhEsA256Kw,
}

impl KeyAlg {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::RsaOaep256, Self::EcdhEs, Self::EcdhEsA256Kw];

    /// The registered name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEs => "ECDH-ES",
            Self::EcdhEsA256Kw => "ECDH-ES+A256KW",
        }
    }
}

/// How a message itself is encrypted (RFC 7518, section 5.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Enc {
    /// AES-128 in CBC with HMAC SHA-256: what counts where nothing is registered.
    #[default]
    #[serde(rename = "A128CBC-HS256")]
    A128CbcHs256,
    /// AES-128 in GCM.
    #[serde(rename = "A128GCM")]
    A128Gcm,
    /// AES-256 in GCM.
    #[serde(rename = "A256GCM")]
    A256Gcm,
}

impl Enc {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::A128CbcHs256, Self::A128Gcm, Self::A256Gcm];

    /// The registered name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::A128CbcHs256 => "A128CBC-HS256",
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    /// Bytes of its key.
    const fn key_len(self) -> usize {
        match self {
            Self::A128Gcm => 16,
            Self::A128CbcHs256 | Self::A256Gcm => 32,
        }
    }
}

/// How messages for someone are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealing {
    /// Their key.
    pub alg: KeyAlg,
    /// They themselves.
    pub enc: Enc,
}

#[derive(Clone)]
enum Key {
    Rsa(PublicEncryptingKey),
    /// The uncompressed point of SEC 1, section 2.3.3, which was found to lie on P-256.
    P256(Vec<u8>),
}

/// A public key that messages can be encrypted to.
#[derive(Clone)]
pub struct Recipient {
    key: Key,
    kid: Option<String>,
    alg: Option<KeyAlg>,
    /// Whether its owner says that it is for encryption.
    marked: bool,
    thumbprint: String,
}

impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Recipient({})", self.thumbprint)
    }
}

impl Recipient {
    /// Reads one key; nothing for one that is for signatures, or of a kind that nothing is encrypted to here.
    fn read(jwk: &Value) -> Result<Option<Self>, JoseError> {
        let Value::Object(members) = jwk else { return Err(JoseError::Key("not an object")) };
        if PRIVATE.iter().any(|p| members.contains_key(*p)) {
            return Err(JoseError::Key("it carries private or symmetric members"));
        }
        let kid = match text(members, "kid")? {
            Some(kid) if !sound_kid(kid) => return Err(JoseError::Key("kid has characters or a length that aren't accepted")),
            other => other.map(str::to_owned),
        };
        let marked = match text(members, "use")? {
            None => false,
            Some("enc") => true,
            Some(_) => return Ok(None),
        };
        let alg = match text(members, "alg")? {
            None => None,
            Some(name) => match KeyAlg::ALL.into_iter().find(|a| a.name() == name) {
                None => return Ok(None),
                known => known,
            },
        };
        let ops = members.get("key_ops").map(|ops| ops.as_array().ok_or(JoseError::Key("key_ops isn't an array"))).transpose()?;
        let may = |op: &Value| ["encrypt", "wrapKey", "deriveKey", "deriveBits"].iter().any(|o| op == o);
        if ops.is_some_and(|ops| !ops.iter().any(may)) {
            return Ok(None);
        }
        let Some((key, name)) = Self::key(members)? else { return Ok(None) };
        let found = Self { key, kid, alg, marked, thumbprint: name };
        if alg.is_some_and(|alg| !found.takes(alg)) {
            return Err(JoseError::Key("alg isn't one for this kty and crv"));
        }
        Ok(Some(found))
    }

    fn key(members: &Map<String, Value>) -> Result<Option<(Key, String)>, JoseError> {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| JoseError::Key("not base64url"));
        match (text(members, "kty")?, text(members, "crv")?) {
            (Some("EC"), Some("P-256")) => {
                let (x, y) = (sized(members, "x", 32)?, sized(members, "y", 32)?);
                let point = [vec![4], bytes(x)?, bytes(y)?].concat();
                // A point that isn't on the curve would give parts of our key away.
                ParsedPublicKey::try_from(UnparsedPublicKey::new(&ECDH_P256, &point))
                    .map_err(|_| JoseError::Key("x and y aren't a point of the curve"))?;
                let name = thumbprint(format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#).as_bytes());
                Ok(Some((Key::P256(point), name)))
            }
            (Some("RSA"), None) => {
                let (n, e) = rsa(members)?;
                let components = RsaPublicKeyComponents { n: bytes(n)?, e: bytes(e)? };
                let key: PublicEncryptingKey = components.try_into().map_err(|_| JoseError::Key("n and e aren't a key"))?;
                let name = thumbprint(format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#).as_bytes());
                Ok(Some((Key::Rsa(key), name)))
            }
            (None, _) => Err(JoseError::Key("kty is missing")),
            _ => Ok(None),
        }
    }

    fn takes(&self, alg: KeyAlg) -> bool {
        let fits = match self.key {
            Key::Rsa(_) => alg == KeyAlg::RsaOaep256,
            Key::P256(_) => alg != KeyAlg::RsaOaep256,
        };
        fits && self.alg.is_none_or(|own| own == alg)
    }

    /// The SHA-256 thumbprint (RFC 7638).
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// Encrypts `payload` in compact form. `nested`: it is a JWT, which the header says (RFC 7519, section 5.2).
    pub fn seal(&self, sealing: Sealing, payload: &[u8], nested: bool, entropy: &dyn Entropy) -> Result<String, JoseError> {
        if !self.takes(sealing.alg) {
            return Err(JoseError::Algorithm);
        }
        let mut header = Map::new();
        header.insert("alg".into(), sealing.alg.name().into());
        header.insert("enc".into(), sealing.enc.name().into());
        if let Some(kid) = &self.kid {
            header.insert("kid".into(), kid.as_str().into());
        }
        if nested {
            header.insert("cty".into(), "JWT".into());
        }
        let (key, wrapped) = self.key_for(sealing, &mut header, entropy)?;
        let protected = URL_SAFE_NO_PAD.encode(Value::Object(header).to_string());
        let body = encrypt(sealing.enc, &key, payload, protected.as_bytes(), entropy)?;
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        Ok([protected, part(&wrapped), part(&body.iv), part(&body.text), part(&body.tag)].join("."))
    }

    /// The key of one message, and what tells it to the recipient: the second part, and members of the header.
    fn key_for(
        &self,
        sealing: Sealing,
        header: &mut Map<String, Value>,
        entropy: &dyn Entropy,
    ) -> Result<(Zeroizing<Vec<u8>>, Vec<u8>), JoseError> {
        let fresh = || {
            let mut key = Zeroizing::new(vec![0; sealing.enc.key_len()]);
            entropy.fill(&mut key);
            key
        };
        match &self.key {
            Key::Rsa(public) => {
                let key = fresh();
                let public = OaepPublicEncryptingKey::new(public.clone()).map_err(|_| JoseError::Crypto)?;
                let mut wrapped = vec![0; public.ciphertext_size()];
                let done = public.encrypt(&OAEP_SHA256_MGF1SHA256, &key, &mut wrapped, None).map_err(|_| JoseError::Crypto)?;
                let wrapped = done.to_vec();
                Ok((key, wrapped))
            }
            Key::P256(point) => {
                let (id, bits) = match sealing.alg {
                    KeyAlg::EcdhEsA256Kw => (sealing.alg.name(), 256),
                    _ => (sealing.enc.name(), sealing.enc.key_len() * 8),
                };
                let agreed = agree(point, header, id, bits)?;
                if sealing.alg == KeyAlg::EcdhEs {
                    return Ok((agreed, Vec::new()));
                }
                let key = fresh();
                let mut wrapped = vec![0; key.len() + 8];
                let kek = AesKek::new(&key_wrap::AES_256, &agreed).map_err(|_| JoseError::Crypto)?;
                let done = kek.wrap(&key, &mut wrapped).map_err(|_| JoseError::Crypto)?.to_vec();
                Ok((key, done))
            }
        }
    }
}

/// Agrees on a key with a pair that is made for this message alone, and names it in the header (RFC 7518, section 4.6). Its
/// chance comes from AWS-LC's own generator, which takes no other for keys.
fn agree(point: &[u8], header: &mut Map<String, Value>, id: &str, bits: usize) -> Result<Zeroizing<Vec<u8>>, JoseError> {
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).map_err(|_| JoseError::Crypto)?;
    let public = own.compute_public_key().map_err(|_| JoseError::Crypto)?;
    let (x, y) = public.as_ref().get(1..33).zip(public.as_ref().get(33..65)).ok_or(JoseError::Crypto)?;
    let b64 = |b: &[u8]| URL_SAFE_NO_PAD.encode(b);
    header.insert("epk".into(), json!({"kty": "EC", "crv": "P-256", "x": b64(x), "y": b64(y)}));
    let peer = UnparsedPublicKey::new(&ECDH_P256, point);
    agree_ephemeral(own, peer, JoseError::Crypto, |z| concat_kdf(z, id, [b"", b""], bits))
}

/// One round of the Concat KDF of NIST SP 800-56A, which is enough for the 256 bits that are ever asked for (RFC 7518,
/// section 4.6.2). `parties`: what names either side.
fn concat_kdf(z: &[u8], id: &str, parties: [&[u8]; 2], bits: usize) -> Result<Zeroizing<Vec<u8>>, JoseError> {
    let len = |n: usize| u32::try_from(n).map(u32::to_be_bytes).map_err(|_| JoseError::Crypto);
    let mut input = Zeroizing::new(1_u32.to_be_bytes().to_vec());
    input.extend_from_slice(z);
    for part in [id.as_bytes(), parties[0], parties[1]] {
        input.extend(len(part.len())?);
        input.extend_from_slice(part);
    }
    input.extend(len(bits)?);
    let out = digest(&SHA256, &input);
    out.as_ref().get(..bits / 8).map(|key| Zeroizing::new(key.to_vec())).ok_or(JoseError::Crypto)
}

struct Body {
    iv: Vec<u8>,
    text: Vec<u8>,
    tag: Vec<u8>,
}

/// Encrypts under a key that is used for this message alone.
fn encrypt(enc: Enc, key: &[u8], plain: &[u8], header: &[u8], entropy: &dyn Entropy) -> Result<Body, JoseError> {
    let refused = |_| JoseError::Crypto;
    let mut text = plain.to_vec();
    let gcm = match enc {
        Enc::A128Gcm => &aead::AES_128_GCM,
        Enc::A256Gcm => &aead::AES_256_GCM,
        Enc::A128CbcHs256 => return cbc(key, text, header, entropy.bytes::<16>()),
    };
    let iv = entropy.bytes::<12>();
    let key = LessSafeKey::new(UnboundKey::new(gcm, key).map_err(refused)?);
    let nonce = Nonce::assume_unique_for_key(iv);
    let tag = key.seal_in_place_separate_tag(nonce, Aad::from(header), &mut text).map_err(refused)?;
    Ok(Body { iv: iv.to_vec(), text, tag: tag.as_ref().to_vec() })
}

/// RFC 7518, section 5.2.2: the first half of the key authenticates, the second encrypts.
fn cbc(key: &[u8], mut text: Vec<u8>, header: &[u8], iv: [u8; 16]) -> Result<Body, JoseError> {
    let refused = |_| JoseError::Crypto;
    let (mac, own) = key.split_at_checked(16).ok_or(JoseError::Crypto)?;
    let cipher = UnboundCipherKey::new(&cipher::AES_128, own).map_err(refused)?;
    let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(cipher).map_err(refused)?;
    cipher.less_safe_encrypt(&mut text, EncryptionContext::Iv128(FixedLength::from(iv))).map_err(refused)?;
    let bits = u64::try_from(header.len()).map_err(|_| JoseError::Crypto)?.saturating_mul(8).to_be_bytes();
    let message = [header, &iv, &text, &bits].concat();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, mac), &message);
    let tag = tag.as_ref().get(..16).ok_or(JoseError::Crypto)?.to_vec();
    Ok(Body { iv: iv.to_vec(), text, tag })
}

/// Public keys of someone that messages can be encrypted to.
#[derive(Clone, Debug, Default)]
pub struct Recipients(Vec<Recipient>);

impl Recipients {
    /// Reads a JWK set. Keys for signatures or of unknown kinds are passed over; one that is private, weak or malformed
    /// refuses the whole set, since its owner has to be told.
    pub fn from_value(set: &Value) -> Result<Self, JoseError> {
        let keys = set.get("keys").and_then(Value::as_array).ok_or(JoseError::Key("the set has no array keys"))?;
        if keys.len() > MAX_KEYS {
            return Err(JoseError::TooLong);
        }
        let mut read = Vec::new();
        for key in keys {
            read.extend(Recipient::read(key)?);
        }
        Ok(Self(read))
    }

    /// The key for an algorithm: the first that is marked for encryption, or else the first that fits.
    pub fn find(&self, alg: KeyAlg) -> Option<&Recipient> {
        let mut fitting = self.0.iter().filter(|r| r.takes(alg));
        let marked = self.0.iter().find(|r| r.takes(alg) && r.marked);
        marked.or_else(|| fitting.next())
    }
}

#[cfg(test)]
mod tests;
