//! The ways in which a password becomes a hash: this program's own, and those of others whose hashes it takes over.
//! Owns the work itself and what of it is bearable. Does not own how a hash is written down (`stored`, `imported`).

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::{digest, pbkdf2};
use zeroize::Zeroizing;

use super::HasherError;
use super::workers::Memory;

/// What Argon2 may cost at most: KiB, passes, lanes, and KiB times passes.
const ARGON2: (u32, u32, u32, u64) = (256 * 1024, 16, 16, 1024 * 1024);
/// Rounds of PBKDF2 at most; about a second of SHA-512.
const ROUNDS: u32 = 3_000_000;
/// Cost of bcrypt at most: about a second.
const BCRYPT: u32 = 14;
/// Bytes of scrypt at most, and blocks that it goes over.
const SCRYPT: (u64, u64) = (256 * 1024 * 1024, 1 << 22);

/// Which digest, inside of another scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Digest {
    /// SHA-1: only inside of what others made.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl Digest {
    /// As it is called in [`Scheme`]'s text.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }
    fn from_name(name: &str) -> Option<Self> {
        [Self::Sha1, Self::Sha256, Self::Sha512].into_iter().find(|d| d.name() == name)
    }
    /// Bytes of its value.
    pub const fn size(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
    const fn algorithm(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha512 => &digest::SHA512,
        }
    }
    fn pbkdf2(self) -> pbkdf2::Algorithm {
        match self {
            Self::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
            Self::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
            Self::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        }
    }
}

/// A way of hashing with its cost. Its text (`argon2id,v=19,m=19456,t=2,p=1`) says what checking a hash costs and nothing of
/// the password, so it may stand beside a hash that is sealed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// RFC 9106.
    Argon2 {
        /// `argon2id`, `argon2i` or `argon2d`.
        kind: &'static str,
        /// 19, or 16 for what came before the RFC.
        version: u32,
        /// KiB.
        memory: u32,
        /// Passes.
        passes: u32,
        /// Lanes.
        lanes: u32,
    },
    /// bcrypt, of the password or of its SHA-256 in hexadecimal (as Django does against the limit of 72 bytes).
    Bcrypt {
        /// Two to the power of it are the rounds.
        cost: u32,
        /// Whether the password was digested before.
        digested: bool,
    },
    /// RFC 8018, section 5.2, with HMAC.
    Pbkdf2 {
        /// Inside of HMAC.
        digest: Digest,
        /// Rounds.
        rounds: u32,
    },
    /// RFC 7914.
    Scrypt {
        /// N, as the power of two.
        log_n: u8,
        /// Size of a block.
        r: u32,
        /// How often.
        p: u32,
    },
    /// One digest of password and salt, as directories have it (`{SSHA}`).
    Salted(Digest),
}

impl Scheme {
    /// Argon2id of these costs: what new passwords are hashed with.
    pub const fn argon2id(memory: u32, passes: u32) -> Self {
        Self::Argon2 { kind: "argon2id", version: 19, memory, passes, lanes: 1 }
    }

    /// Whether a worker can bear it, so that no file makes a sign-in into an attack on its memory or time.
    pub fn is_bearable(&self) -> bool {
        match *self {
            Self::Argon2 { memory, passes, lanes, .. } => {
                let product = u64::from(memory) * u64::from(passes);
                let fits = Params::new(memory, passes, lanes, None).is_ok();
                fits && memory <= ARGON2.0 && passes <= ARGON2.1 && lanes <= ARGON2.2 && product <= ARGON2.3
            }
            Self::Bcrypt { cost, .. } => (4..=BCRYPT).contains(&cost),
            Self::Pbkdf2 { rounds, .. } => (1..=ROUNDS).contains(&rounds),
            Self::Scrypt { log_n, r, p } => {
                let blocks = (1u64 << log_n.min(40)).saturating_mul(u64::from(r));
                let fits = scrypt::Params::new(log_n, r, p).is_ok();
                fits && blocks.saturating_mul(128) <= SCRYPT.0 && blocks.saturating_mul(u64::from(p)) <= SCRYPT.1
            }
            Self::Salted(_) => true,
        }
    }

    /// Whether a salt of so many bytes goes with it, and a value of so many.
    pub fn takes(&self, salt: usize, value: usize) -> bool {
        match self {
            Self::Argon2 { .. } => (8..=64).contains(&salt) && (8..=128).contains(&value),
            Self::Bcrypt { .. } => salt == 16 && value == 31,
            Self::Pbkdf2 { .. } | Self::Scrypt { .. } => (1..=256).contains(&salt) && (16..=256).contains(&value),
            Self::Salted(digest) => salt <= 256 && value == digest.size(),
        }
    }

    /// How many bytes a value has where nothing says.
    const fn usual_len(&self) -> usize {
        match self {
            Self::Argon2 { .. } | Self::Pbkdf2 { .. } | Self::Scrypt { .. } => 32,
            Self::Bcrypt { .. } => 31,
            Self::Salted(digest) => digest.size(),
        }
    }

    /// The same work as checking a hash, for nothing.
    pub(super) fn in_vain(&self, password: &[u8], memory: &mut Memory) -> Result<(), HasherError> {
        self.value(password, &[0; 16], self.usual_len(), memory).map(drop)
    }

    /// What the password becomes, in `len` bytes.
    pub(super) fn value(
        &self,
        password: &[u8],
        salt: &[u8],
        len: usize,
        memory: &mut Memory,
    ) -> Result<Zeroizing<Vec<u8>>, HasherError> {
        let mut out = Zeroizing::new(vec![0u8; len]);
        match *self {
            Self::Argon2 { kind, version, memory: kib, passes, lanes } => {
                let algorithm = Algorithm::new(kind).map_err(broken)?;
                let params = Params::new(kib, passes, lanes, Some(len)).map_err(broken)?;
                let version = Version::try_from(version).map_err(broken)?;
                let blocks = memory.blocks(params.block_count()).ok_or_else(|| broken("memory"))?;
                let argon = Argon2::new(algorithm, version, params);
                argon.hash_password_into_with_memory(password, salt, &mut out, blocks).map_err(broken)?;
            }
            Self::Bcrypt { cost, digested } => {
                let salt: [u8; 16] = salt.try_into().map_err(broken)?;
                let hashed = if digested {
                    let hex = Zeroizing::new(hex(digest::digest(&digest::SHA256, password).as_ref()));
                    bcrypt::hash_with_salt_bytes(hex.as_bytes(), cost, salt)
                } else {
                    bcrypt::hash_with_salt_bytes(password, cost, salt)
                };
                // Its text ends with the 31 letters of the value.
                let text = Zeroizing::new(hashed.map_err(broken)?);
                out.copy_from_slice(text.get(29..).filter(|v| v.len() == len).ok_or_else(|| broken("not a value of bcrypt"))?);
            }
            Self::Pbkdf2 { digest, rounds } => {
                let rounds = NonZeroU32::new(rounds).ok_or_else(|| broken("no rounds"))?;
                pbkdf2::derive(digest.pbkdf2(), rounds, salt, password, &mut out);
            }
            Self::Scrypt { log_n, r, p } => {
                let params = scrypt::Params::new(log_n, r, p).map_err(broken)?;
                scrypt::scrypt(password, salt, &params, &mut out).map_err(broken)?;
            }
            Self::Salted(digest) => {
                let mut context = digest::Context::new(digest.algorithm());
                context.update(password);
                context.update(salt);
                let value = context.finish();
                out.copy_from_slice(Some(value.as_ref()).filter(|v| v.len() == len).ok_or_else(|| broken("another length"))?);
            }
        }
        Ok(out)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn broken(e: impl fmt::Display) -> HasherError {
    HasherError::Broken(e.to_string())
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argon2 { kind, version, memory, passes, lanes } => {
                write!(f, "{kind},v={version},m={memory},t={passes},p={lanes}")
            }
            Self::Bcrypt { cost, digested: false } => write!(f, "bcrypt,c={cost}"),
            Self::Bcrypt { cost, digested: true } => write!(f, "bcrypt-sha256,c={cost}"),
            Self::Pbkdf2 { digest, rounds } => write!(f, "pbkdf2-{},i={rounds}", digest.name()),
            Self::Scrypt { log_n, r, p } => write!(f, "scrypt,ln={log_n},r={r},p={p}"),
            Self::Salted(digest) => write!(f, "salted-{}", digest.name()),
        }
    }
}

/// Not the text of a scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a way of hashing that this program knows")]
pub struct NoScheme;

impl FromStr for Scheme {
    type Err = NoScheme;

    fn from_str(text: &str) -> Result<Self, NoScheme> {
        let mut parts = text.split(',');
        let name = parts.next().unwrap_or_default();
        let mut number = |key: &str| {
            let value = parts.next().and_then(|p| p.strip_prefix(key)).and_then(|p| p.strip_prefix('='));
            value.and_then(|v| v.parse::<u32>().ok()).ok_or(NoScheme)
        };
        let scheme = if let Some(kind) = ["argon2id", "argon2i", "argon2d"].into_iter().find(|k| *k == name) {
            let (version, memory, passes, lanes) = (number("v")?, number("m")?, number("t")?, number("p")?);
            Self::Argon2 { kind, version, memory, passes, lanes }
        } else if let Some(digest) = name.strip_prefix("pbkdf2-").and_then(Digest::from_name) {
            Self::Pbkdf2 { digest, rounds: number("i")? }
        } else if let Some(digest) = name.strip_prefix("salted-").and_then(Digest::from_name) {
            Self::Salted(digest)
        } else {
            match name {
                "bcrypt" | "bcrypt-sha256" => Self::Bcrypt { cost: number("c")?, digested: name == "bcrypt-sha256" },
                "scrypt" => {
                    let log_n = u8::try_from(number("ln")?).map_err(|_| NoScheme)?;
                    Self::Scrypt { log_n, r: number("r")?, p: number("p")? }
                }
                _ => return Err(NoScheme),
            }
        };
        if parts.next().is_none() { Ok(scheme) } else { Err(NoScheme) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_is_read_as_it_is_written() {
        for text in [
            "argon2id,v=19,m=19456,t=2,p=1",
            "argon2i,v=16,m=64,t=3,p=2",
            "bcrypt,c=12",
            "bcrypt-sha256,c=10",
            "pbkdf2-sha1,i=20000",
            "pbkdf2-sha512,i=210000",
            "scrypt,ln=14,r=8,p=1",
            "salted-sha512",
        ] {
            assert_eq!(text.parse::<Scheme>().unwrap().to_string(), text);
        }
        for text in ["", "argon2id", "bcrypt,c=12,d=1", "pbkdf2-md5,i=1", "scrypt,ln=999,r=8,p=1", "plain", "argon2id,m=1,v=19"] {
            assert_eq!(text.parse::<Scheme>(), Err(NoScheme), "{text}");
        }
    }

    /// case 31: what a file brings costs no more than a worker can bear.
    #[test]
    fn what_costs_too_much_is_not_bearable() {
        let bearable = |text: &str| text.parse::<Scheme>().unwrap().is_bearable();
        for text in [
            "argon2id,v=19,m=19456,t=2,p=1",
            "argon2id,v=19,m=65536,t=3,p=4",
            "argon2id,v=19,m=262144,t=4,p=1",
            "bcrypt,c=14",
            "pbkdf2-sha256,i=1200000",
            "scrypt,ln=17,r=8,p=1",
            "salted-sha1",
        ] {
            assert!(bearable(text), "{text}");
        }
        for text in [
            "argon2id,v=19,m=262145,t=1,p=1",
            "argon2id,v=19,m=2147483648,t=1,p=1",
            "argon2id,v=19,m=8192,t=17,p=1",
            "argon2id,v=19,m=19456,t=2,p=17",
            "argon2id,v=19,m=262144,t=5,p=1",
            "argon2id,v=19,m=7,t=1,p=1",
            "bcrypt,c=15",
            "bcrypt,c=3",
            "pbkdf2-sha256,i=3000001",
            "pbkdf2-sha256,i=0",
            "scrypt,ln=19,r=8,p=1",
            "scrypt,ln=17,r=8,p=5",
            "scrypt,ln=63,r=8,p=1",
            "scrypt,ln=14,r=0,p=1",
        ] {
            assert!(!bearable(text), "{text}");
        }
    }
}
