//! The installation's one root key and what is derived from it. Owns reading or making the key, a key per purpose
//! (HKDF-SHA-256, RFC 5869), keyed hashes, and sealing of values at rest (AES-256-GCM).
//! Does not own where sealed values are stored, and never writes the root key into a database.

use std::path::Path;
use std::sync::OnceLock;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, EncryptingKey, UnboundCipherKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use zeroize::Zeroizing;

use super::entropy::Entropy;
use super::private;

/// What a derived key is for. The name and version are the HKDF `info`: a key made for one purpose opens nothing of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Proof in the database that a node has the right root key.
    RootCheck,
    /// One-time codes of sign-in.
    SigninCode,
    /// One-time codes of challenges.
    ChallengeCode,
    /// Successors of refresh tokens.
    RefreshSuccessor,
    /// Keyed hashes of opaque tokens, client secrets and names of rate-limit buckets.
    TokenHash,
    /// Private signing keys at rest.
    SigningKey,
    /// Authenticator seeds at rest.
    AuthenticatorSeed,
    /// Tokens that the record store's web application keeps at rest.
    WebTokens,
    /// Addresses, message texts and other personal values at rest.
    Personal,
    /// Page cursors handed to clients.
    Cursor,
    /// Links sent by mail.
    Link,
    /// The key under which passwords are hashed before Argon2 sees them. Another one is another version in stored hashes.
    PasswordPepper,
    /// Hashes of passwords that other systems made, at rest.
    ImportedPassword,
    /// Passkeys and challenges to them at rest, and the handles that authenticators know people by.
    Passkey,
    /// Keyed hashes of recovery codes.
    RecoveryCode,
    /// Codes that prove a telephone.
    PhoneCode,
    /// This server's own secrets at other providers, at rest.
    UpstreamSecret,
    /// The head of an audit log.
    AuditHead,
    /// Keys at rest that personal values of an audit log are sealed under.
    AuditKey,
    /// Nonces of DPoP proofs.
    DpopNonce,
    /// Subject identifiers that applications of one sector share.
    PairwiseSubject,
    /// What sessions are called to applications of one sector.
    PairwiseSession,
}

impl Purpose {
    /// How many there are.
    const COUNT: usize = Self::PairwiseSession as usize + 1;

    const fn info(self) -> &'static str {
        match self {
            Self::RootCheck => "root-check/v1",
            Self::SigninCode => "signin-code/v1",
            Self::ChallengeCode => "challenge-code/v1",
            Self::RefreshSuccessor => "refresh-successor/v1",
            Self::TokenHash => "token-hash/v1",
            Self::SigningKey => "signing-key/v1",
            Self::AuthenticatorSeed => "authenticator-seed/v1",
            Self::WebTokens => "web-tokens/v1",
            Self::Personal => "personal/v1",
            Self::Cursor => "cursor/v1",
            Self::Link => "link/v1",
            Self::PasswordPepper => "password-pepper/v1",
            Self::ImportedPassword => "imported-password/v1",
            Self::Passkey => "passkey/v1",
            Self::RecoveryCode => "recovery-code/v1",
            Self::PhoneCode => "phone-code/v1",
            Self::UpstreamSecret => "upstream-secret/v1",
            Self::AuditHead => "audit-head/v1",
            Self::AuditKey => "audit-key/v1",
            Self::DpopNonce => "dpop-nonce/v1",
            Self::PairwiseSubject => "pairwise-subject/v1",
            Self::PairwiseSession => "pairwise-session/v1",
        }
    }
}

/// Why the root key or a sealed value could not be used.
#[derive(Debug, thiserror::Error)]
pub enum RootError {
    /// The key file could not be read or made.
    #[error("the root key file {path}: {source}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text is not 32 bytes of base64.
    #[error("the root key must be 32 bytes in base64 (44 characters); make one with: head -c 32 /dev/urandom | base64")]
    Malformed,
    /// A sealed value does not open: another root key, another place, or changed bytes.
    #[error("a sealed value does not open with this root key")]
    DoesNotOpen,
    /// The cryptographic library refused.
    #[error("the cryptographic library refused an operation")]
    Crypto,
}

/// The root key. Prints as nothing; is wiped when dropped, and what was derived from it likewise.
pub struct RootKey {
    root: SecretBox<[u8; 32]>,
    /// By purpose: nearly every request hashes something, and would derive the same key again.
    derived: [OnceLock<Derived>; Purpose::COUNT],
}

struct Derived {
    key: Zeroizing<[u8; 32]>,
    /// The same, ready for HMAC.
    mac: hmac::Key,
}

impl RootKey {
    /// From 32 bytes of base64, as given by environment or file.
    pub fn from_base64(text: &SecretString) -> Result<Self, RootError> {
        let bytes = Zeroizing::new(STANDARD.decode(text.expose_secret().trim()).map_err(|_| RootError::Malformed)?);
        let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_| RootError::Malformed)?;
        Ok(Self::of(key))
    }

    fn of(key: [u8; 32]) -> Self {
        Self { root: SecretBox::new(Box::new(key)), derived: [const { OnceLock::new() }; Purpose::COUNT] }
    }

    /// From random bytes, for tests and throw-away installations.
    pub fn random(entropy: &dyn Entropy) -> Self {
        Self::of(entropy.bytes::<32>())
    }

    /// Reads `dir/root.key`; makes it, readable by its owner alone, when there is none yet.
    pub fn load_or_create(dir: &Path, entropy: &dyn Entropy) -> Result<Self, RootError> {
        let path = dir.join("root.key");
        let text = private::first(&path, entropy, || format!("{}\n", STANDARD.encode(entropy.bytes::<32>())));
        Self::from_base64(&text.map_err(|source| RootError::File { path: path.display().to_string(), source })?.into())
    }

    fn derived(&self, purpose: Purpose) -> Result<&Derived, RootError> {
        let place = self.derived.get(purpose as usize).ok_or(RootError::Crypto)?;
        if let Some(derived) = place.get() {
            return Ok(derived);
        }
        let prk: Prk = Salt::new(HKDF_SHA256, b"zegel").extract(self.root.expose_secret());
        let mut key = Zeroizing::new([0; 32]);
        prk.expand(&[purpose.info().as_bytes()], Len32)
            .and_then(|okm| okm.fill(key.as_mut_slice()))
            .map_err(|_| RootError::Crypto)?;
        let mac = hmac::Key::new(hmac::HMAC_SHA256, key.as_slice());
        Ok(place.get_or_init(|| Derived { key, mac }))
    }

    /// HMAC-SHA-256 of `parts`, each prefixed by its length so that no two lists of parts collide.
    pub fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> Result<[u8; 32], RootError> {
        let mut ctx = hmac::Context::with_key(&self.derived(purpose)?.mac);
        for part in parts {
            ctx.update(&(part.len() as u64).to_be_bytes());
            ctx.update(part);
        }
        ctx.sign().as_ref().try_into().map_err(|_| RootError::Crypto)
    }

    /// The keyed hash under which a random token or an identifier is stored: 43 characters of base64url.
    pub fn token_hash(&self, kind: &str, token: &str) -> Result<String, RootError> {
        Ok(URL_SAFE_NO_PAD.encode(self.mac(Purpose::TokenHash, &[kind.as_bytes(), token.as_bytes()])?))
    }

    /// Another name for a name of 16 bytes: always the same in one `context`, unlike in any other, and only this key leads back. One
    /// block of AES-256 (FIPS 197), which permutes all such names.
    pub fn alias(&self, purpose: Purpose, context: &[u8], name: [u8; 16]) -> Result<[u8; 16], RootError> {
        let mut block = name;
        let key = EncryptingKey::ecb(self.block_key(purpose, context)?).map_err(|_| RootError::Crypto)?;
        key.encrypt(&mut block).map_err(|_| RootError::Crypto)?;
        Ok(block)
    }

    /// The name behind another one. What was never another name of anything leads to nothing that is one.
    pub fn unalias(&self, purpose: Purpose, context: &[u8], alias: [u8; 16]) -> Result<[u8; 16], RootError> {
        let mut block = alias;
        let key = DecryptingKey::ecb(self.block_key(purpose, context)?).map_err(|_| RootError::Crypto)?;
        key.decrypt(&mut block, DecryptionContext::None).map_err(|_| RootError::Crypto)?;
        Ok(block)
    }

    fn block_key(&self, purpose: Purpose, context: &[u8]) -> Result<UnboundCipherKey, RootError> {
        UnboundCipherKey::new(&AES_256, &self.mac(purpose, &[context])?).map_err(|_| RootError::Crypto)
    }

    /// Seals `plain` for storage at `place` (such as `signing_keys/<kid>`): version byte, nonce, ciphertext, tag; base64url.
    pub fn seal(&self, purpose: Purpose, place: &str, plain: &[u8], entropy: &dyn Entropy) -> Result<String, RootError> {
        seal(&aead(&self.derived(purpose)?.key)?, place, plain, entropy)
    }

    /// Opens what [`RootKey::seal`] made for the same purpose and place.
    pub fn open(&self, purpose: Purpose, place: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, RootError> {
        open(&aead(&self.derived(purpose)?.key)?, place, sealed)
    }

    /// A one-time code of `length` characters from `alphabet`, derived and never stored: the same `parts` give the same code.
    ///
    /// Draws by rejection from an HMAC stream, so every code is equally likely.
    pub fn code(&self, purpose: Purpose, parts: &[&[u8]], alphabet: &[u8], length: usize) -> Result<SecretString, RootError> {
        let size = alphabet.len();
        if !(2..=256).contains(&size) || length > 64 {
            return Err(RootError::Crypto);
        }
        let limit = 256 - 256 % size;
        let mut out = Zeroizing::new(String::with_capacity(length));
        for block in 0u32..64 {
            let counter = block.to_be_bytes();
            let mut all = parts.to_vec();
            all.push(&counter);
            for byte in self.mac(purpose, &all)? {
                if usize::from(byte) < limit
                    && let Some(c) = alphabet.get(usize::from(byte) % size)
                {
                    out.push(char::from(*c));
                    if out.len() == length {
                        return Ok(out.as_str().into());
                    }
                }
            }
        }
        Err(RootError::Crypto)
    }
}

/// A key of its own, kept sealed under the root key: once its sealed form is deleted, nobody reads what it sealed.
pub struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    /// A new one.
    pub fn random(entropy: &dyn Entropy) -> Self {
        Self(Zeroizing::new(entropy.bytes::<32>()))
    }

    /// For storage at `place`.
    pub fn sealed(&self, root: &RootKey, purpose: Purpose, place: &str, entropy: &dyn Entropy) -> Result<String, RootError> {
        root.seal(purpose, place, self.0.as_slice(), entropy)
    }

    /// From what [`DataKey::sealed`] made.
    pub fn unsealed(root: &RootKey, purpose: Purpose, place: &str, sealed: &str) -> Result<Self, RootError> {
        let plain = root.open(purpose, place, sealed)?;
        Ok(Self(Zeroizing::new(plain.as_slice().try_into().map_err(|_| RootError::DoesNotOpen)?)))
    }

    /// Seals `plain` for storage at `place`.
    pub fn seal(&self, place: &str, plain: &[u8], entropy: &dyn Entropy) -> Result<String, RootError> {
        seal(&aead(&self.0)?, place, plain, entropy)
    }

    /// Opens what [`DataKey::seal`] made for the same place.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, RootError> {
        open(&aead(&self.0)?, place, sealed)
    }
}

fn aead(key: &[u8; 32]) -> Result<LessSafeKey, RootError> {
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(|_| RootError::Crypto)?))
}

fn seal(key: &LessSafeKey, place: &str, plain: &[u8], entropy: &dyn Entropy) -> Result<String, RootError> {
    let nonce = entropy.bytes::<12>();
    let mut sealed = plain.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place.as_bytes()), &mut sealed)
        .map_err(|_| RootError::Crypto)?;
    let mut out = vec![1];
    out.extend(nonce);
    out.extend(sealed);
    Ok(URL_SAFE_NO_PAD.encode(out))
}

fn open(key: &LessSafeKey, place: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, RootError> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| RootError::DoesNotOpen)?;
    let (head, body) = bytes.split_at_checked(13).ok_or(RootError::DoesNotOpen)?;
    let Some((1, nonce)) = head.split_first() else { return Err(RootError::DoesNotOpen) };
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| RootError::DoesNotOpen)?;
    let mut body = Zeroizing::new(body.to_vec());
    let len = key.open_in_place(nonce, Aad::from(place.as_bytes()), &mut body).map_err(|_| RootError::DoesNotOpen)?.len();
    body.truncate(len);
    Ok(body)
}

/// Digits, for codes typed on a phone.
pub const DIGITS: &[u8] = b"0123456789";

/// Compares two secrets in time that depends only on their lengths.
pub fn same(a: &str, b: &str) -> bool {
    constant_time::verify_slices_are_equal(a.as_bytes(), b.as_bytes()).is_ok()
}

struct Len32;
impl KeyType for Len32 {
    fn len(&self) -> usize {
        32
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::kernel::entropy::SeededEntropy;

    #[test]
    fn a_sealed_value_opens_only_for_its_purpose_and_place() {
        let e = SeededEntropy::new(1);
        let root = RootKey::random(&e);
        let s = root.seal(Purpose::SigningKey, "a/1", b"secret", &e).unwrap();
        assert_eq!(root.open(Purpose::SigningKey, "a/1", &s).unwrap().as_slice(), b"secret");
        assert!(root.open(Purpose::Personal, "a/1", &s).is_err());
        assert!(root.open(Purpose::SigningKey, "a/2", &s).is_err());
        assert!(RootKey::random(&e).open(Purpose::SigningKey, "a/1", &s).is_err());
        let mut changed = s.into_bytes();
        changed[20] ^= 1;
        assert!(root.open(Purpose::SigningKey, "a/1", std::str::from_utf8(&changed).unwrap()).is_err());
    }

    /// Two processes that start at once on a new installation have one key, and a start that was cut off leaves none.
    #[test]
    fn everyone_who_starts_has_the_same_root_key() {
        let dir = tempfile::tempdir().unwrap();
        let start = |seed| {
            let root = RootKey::load_or_create(dir.path(), &SeededEntropy::new(seed)).unwrap();
            root.mac(Purpose::RootCheck, &[]).unwrap()
        };
        let (a, b) = std::thread::scope(|s| {
            let (a, b) = (s.spawn(|| start(1)), s.spawn(|| start(2)));
            (a.join().unwrap(), b.join().unwrap())
        });
        assert_eq!((a, b), (start(3), start(4)));
    }

    /// V2: leading zeros are kept, every position takes every digit.
    #[test]
    fn codes_are_repeatable_and_spread_over_the_alphabet() {
        let root = RootKey::random(&SeededEntropy::new(2));
        let code = |i: u32| {
            let c = root.code(Purpose::ChallengeCode, &[&i.to_be_bytes()], DIGITS, 5).unwrap();
            c.expose_secret().to_owned()
        };
        assert_eq!(code(7), code(7));
        let mut seen = [[0u32; 10]; 5];
        for i in 0..2000 {
            for (p, d) in code(i).bytes().enumerate() {
                seen[p][usize::from(d - b'0')] += 1;
            }
        }
        assert!(seen.iter().flatten().all(|n| (120..=280).contains(n)), "{seen:?}");
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let root = RootKey::random(&SeededEntropy::new(3));
        let mac = |p: &[&[u8]]| root.mac(Purpose::Cursor, p).unwrap();
        assert_ne!(mac(&[b"ab", b"c"]), mac(&[b"a", b"bc"]));
    }
}
