//! `userPassword` of LDAP directories (RFC 2307 and what came after it): the name of the scheme in braces, then the hash.

use super::{Imported, NotTaken, base64, bcrypt, phc};
use crate::idp::credentials::passwords::scheme::{Digest, Scheme};

pub(super) fn read(text: &str) -> Result<Imported, NotTaken> {
    let (name, rest) = text.strip_prefix('{').and_then(|t| t.split_once('}')).ok_or(NotTaken::Unknown)?;
    match name.to_ascii_uppercase().replace('_', "-").as_str() {
        // Modular crypt, of which only bcrypt is one of the ways known here.
        "CRYPT" | "BCRYPT" | "BLF-CRYPT" => bcrypt(rest, false),
        "ARGON2" | "ARGON2I" | "ARGON2ID" | "SCRYPT" if rest.starts_with('$') => phc::read(rest),
        "PBKDF2" | "PBKDF2-SHA1" => pbkdf2(Digest::Sha1, rest).ok_or(NotTaken::Malformed("PBKDF2")),
        "PBKDF2-SHA256" => pbkdf2(Digest::Sha256, rest).ok_or(NotTaken::Malformed("PBKDF2")),
        "PBKDF2-SHA512" => pbkdf2(Digest::Sha512, rest).ok_or(NotTaken::Malformed("PBKDF2")),
        "SHA" | "SSHA" => salted(Digest::Sha1, rest).ok_or(NotTaken::Malformed("SHA")),
        "SHA256" | "SSHA256" => salted(Digest::Sha256, rest).ok_or(NotTaken::Malformed("SHA-256")),
        "SHA512" | "SSHA512" => salted(Digest::Sha512, rest).ok_or(NotTaken::Malformed("SHA-512")),
        _ => Err(NotTaken::Unknown),
    }
}

/// The value, then the salt.
fn salted(digest: Digest, rest: &str) -> Option<Imported> {
    let bytes = base64(rest)?;
    let (value, salt) = bytes.split_at_checked(digest.size())?;
    Some(Imported::new(Scheme::Salted(digest), salt.to_vec(), value.to_vec()))
}

/// `10000$salt$value`; or what 389 Directory Server wrote for long: four bytes of rounds, 64 of salt and 256 of value.
fn pbkdf2(digest: Digest, rest: &str) -> Option<Imported> {
    if let [rounds, salt, value] = rest.split('$').collect::<Vec<_>>().as_slice() {
        return Some(Imported::new(Scheme::Pbkdf2 { digest, rounds: rounds.parse().ok()? }, base64(salt)?, base64(value)?));
    }
    let bytes = base64(rest).filter(|b| b.len() == 4 + 64 + 256)?;
    let (rounds, bytes) = bytes.split_first_chunk::<4>()?;
    let (salt, value) = bytes.split_at_checked(64)?;
    Some(Imported::new(Scheme::Pbkdf2 { digest, rounds: u32::from_be_bytes(*rounds) }, salt.to_vec(), value.to_vec()))
}
