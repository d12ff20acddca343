//! Hashes that other systems made: reading the forms in which they write them. Owns the forms. Does not own the work
//! (`scheme`), nor what becomes of a hash here (`stored`).
//!
//! Read are PHC strings and modular crypt (`$argon2id$`, `$2b$`, `$scrypt$`, `$pbkdf2-sha256$`), Django's column, what LDAP
//! directories have in `userPassword`, and the credential that Keycloak exports.

mod django;
mod keycloak;
mod ldap;
mod phc;

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose};
use zeroize::Zeroizing;

use super::scheme::Scheme;

/// A hash of another system.
pub struct Imported {
    /// How it was made.
    pub scheme: Scheme,
    /// Its salt.
    pub salt: Vec<u8>,
    /// Its value.
    pub value: Zeroizing<Vec<u8>>,
}

/// Why a text is not taken; words for whoever wrote the file, which repeat nothing of the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// No form of the list.
    #[error(
        "not a hash that is known here: Argon2, bcrypt, scrypt or PBKDF2 as PHC or modular crypt, as Django, an LDAP directory \
         ({{SSHA}} too) or Keycloak writes it"
    )]
    Unknown,
    /// A known form with something wrong in it.
    #[error("it begins like a hash of {0} and does not go on like one")]
    Malformed(&'static str),
    /// It would cost a sign-in too much.
    #[error("checking it would cost more than a sign-in may: make it again at a lower cost, or have a link mailed")]
    TooCostly,
}

/// Reads a hash in whichever of the forms it is.
pub fn read(text: &str) -> Result<Imported, NotTaken> {
    let text = text.trim();
    let imported = if text.starts_with('{') && text.contains('"') {
        keycloak::read(text)
    } else if text.starts_with('{') {
        ldap::read(text)
    } else if text.starts_with('$') {
        phc::read(text)
    } else {
        django::read(text)
    }?;
    if !imported.scheme.is_bearable() {
        return Err(NotTaken::TooCostly);
    }
    if !imported.scheme.takes(imported.salt.len(), imported.value.len()) {
        return Err(NotTaken::Malformed("a known kind"));
    }
    Ok(imported)
}

impl Imported {
    fn new(scheme: Scheme, salt: Vec<u8>, value: Vec<u8>) -> Self {
        Self { scheme, salt, value: Zeroizing::new(value) }
    }
}

/// Base64 with or without padding.
const ANY: GeneralPurposeConfig = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, ANY);

/// Base64; and with `.` in place of `+`, as passlib and some directories write it.
fn base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.replace('.', "+")).ok()
}

/// The salt of bcrypt, in its own alphabet.
fn bcrypt_salt(text: &str) -> Option<Vec<u8>> {
    let config = general_purpose::NO_PAD.with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&alphabet::BCRYPT, config).decode(text).ok()
}

/// bcrypt in modular crypt form: `$2b$12$`, 22 letters of salt, 31 of value. The letters behind the `2` tell programs apart
/// that wrote it, not ways of hashing; except `2x`, which stands for a broken one.
fn bcrypt(text: &str, digested: bool) -> Result<Imported, NotTaken> {
    let bad = NotTaken::Malformed("bcrypt");
    let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|p| text.strip_prefix(p)).ok_or(bad)?;
    let (cost, rest) = rest.split_once('$').ok_or(bad)?;
    let cost = Some(cost).filter(|c| c.len() == 2).and_then(|c| c.parse().ok()).ok_or(bad)?;
    let (salt, value) = rest.split_at_checked(22).ok_or(bad)?;
    let letters = |v: &str| v.len() == 31 && v.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'/');
    let salt = bcrypt_salt(salt).filter(|_| letters(value)).ok_or(bad)?;
    Ok(Imported::new(Scheme::Bcrypt { cost, digested }, salt, value.as_bytes().to_vec()))
}

#[cfg(test)]
mod tests;
