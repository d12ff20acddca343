//! How a password's hash lies in the database. Owns the two forms and their versions. Does not own the work.
//!
//! - Made here: `p1$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`, the PHC form behind the version of the pepper. The pepper
//!   is a key derived from the root key; what is hashed is the HMAC of the password under it, so that a copied database
//!   gives nothing to try passwords on.
//! - Made elsewhere: `sealed1$<scheme>$<sealed>`, sealed under the root key for the same reason, until the person signs in.

use argon2::Params;
use argon2::password_hash::phc::PasswordHash;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use super::imported::Imported;
use super::scheme::Scheme;
use super::{HasherError, broken};
use crate::kernel::entropy::Entropy;
use crate::kernel::root::{Purpose, RootKey};

const PEPPERED: &str = "p1$";
const SEALED: &str = "sealed1$";

/// A hash, opened.
pub(super) struct Stored {
    /// How it was made.
    pub scheme: Scheme,
    /// Its salt.
    pub salt: Vec<u8>,
    /// Its value.
    pub value: Zeroizing<Vec<u8>>,
    /// Whether the password was peppered before.
    pub peppered: bool,
}

impl Stored {
    /// Reads either form; and plain PHC of Argon2, which is what stood there before there was a pepper.
    pub fn open(root: &RootKey, text: &str) -> Result<Self, HasherError> {
        if let Some(rest) = text.strip_prefix(SEALED) {
            let (scheme, sealed) = rest.split_once('$').ok_or_else(|| broken("a sealed hash without its scheme"))?;
            let opened = root.open(Purpose::ImportedPassword, &place(scheme), sealed).map_err(broken)?;
            let opened = std::str::from_utf8(&opened).map_err(broken)?;
            let (salt, value) = opened.split_once('$').ok_or_else(|| broken("a sealed hash without its salt"))?;
            let (salt, value) = (decoded(salt)?, Zeroizing::new(decoded(value)?));
            return Ok(Self { scheme: scheme.parse().map_err(broken)?, salt, value, peppered: false });
        }
        match text.strip_prefix(PEPPERED) {
            Some(phc) => Ok(Self { peppered: true, ..argon2(&format!("${phc}"))? }),
            None => argon2(text),
        }
    }
}

/// Reads the PHC form of Argon2.
pub(super) fn argon2(phc: &str) -> Result<Stored, HasherError> {
    let hash = PasswordHash::new(phc).map_err(broken)?;
    let kind = ["argon2id", "argon2i", "argon2d"].into_iter().find(|k| *k == hash.algorithm.as_str());
    let kind = kind.ok_or_else(|| broken("not Argon2"))?;
    let params = Params::try_from(&hash).map_err(broken)?;
    let (Some(salt), Some(value)) = (hash.salt.as_ref(), hash.hash.as_ref()) else {
        return Err(broken("the hash has no salt or no value"));
    };
    let scheme = Scheme::Argon2 {
        kind,
        // Absent from what the first version wrote; every program since writes it.
        version: hash.version.unwrap_or(0x10),
        memory: params.m_cost(),
        passes: params.t_cost(),
        lanes: params.p_cost(),
    };
    let value = Zeroizing::new(value.as_bytes().to_vec());
    Ok(Stored { scheme, salt: salt.as_ref().to_vec(), value, peppered: false })
}

/// The stored form of a hash that was made here.
pub(super) fn peppered(memory: u32, passes: u32, salt: &[u8], value: &[u8]) -> String {
    let b64 = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes);
    format!("{PEPPERED}argon2id$v=19$m={memory},t={passes},p=1${}${}", b64(salt), b64(value))
}

/// What is hashed in place of the password.
pub(super) fn pepper(root: &RootKey, password: &[u8]) -> Result<Zeroizing<[u8; 32]>, HasherError> {
    root.mac(Purpose::PasswordPepper, &[password]).map(Zeroizing::new).map_err(broken)
}

/// The stored form of a hash that was made elsewhere.
pub(super) fn sealed(root: &RootKey, imported: &Imported, entropy: &dyn Entropy) -> Result<String, HasherError> {
    let scheme = imported.scheme.to_string();
    let b64 = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes);
    let plain = Zeroizing::new(format!("{}${}", b64(&imported.salt), b64(&imported.value)));
    let sealed = root.seal(Purpose::ImportedPassword, &place(&scheme), plain.as_bytes(), entropy).map_err(broken)?;
    Ok(format!("{SEALED}{scheme}${sealed}"))
}

/// How a stored hash was made, without opening it: what stands beside it so that it can be counted.
pub fn scheme_of(text: &str) -> Option<String> {
    match text.strip_prefix(SEALED) {
        Some(rest) => rest.split_once('$').map(|(scheme, _)| scheme.to_owned()),
        None => {
            let phc = text.strip_prefix(PEPPERED).map_or_else(|| text.to_owned(), |phc| format!("${phc}"));
            argon2(&phc).ok().map(|s| s.scheme.to_string())
        }
    }
}

fn place(scheme: &str) -> String {
    format!("password/{scheme}")
}

fn decoded(text: &str) -> Result<Vec<u8>, HasherError> {
    STANDARD_NO_PAD.decode(text).map_err(broken)
}
