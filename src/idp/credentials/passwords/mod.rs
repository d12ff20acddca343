//! Passwords: what one must be, how it is kept, and checking it with workers of its own.
//! Owns hashing (Argon2id, RFC 9106, peppered), hashes taken over from other systems, the strength meter and the list of
//! breached passwords. Does not own who may try how often (`limits`), nor the order of steps (`signin`).

pub mod breached;
mod decoy;
mod form;
mod hasher;
pub mod imported;
pub mod meter;
mod rules;
pub mod scheme;
mod stored;
mod workers;

pub use decoy::Decoys;
pub use form::typed;
pub use hasher::{Hasher, Place};
pub use meter::Strength;
pub use rules::{About, Refused, Rules};
pub use stored::scheme_of;

use crate::kernel::http::{Code, Problem};
use crate::kernel::root::{RootError, RootKey};

/// A password in bytes at most, checked before any hashing (security case 31).
pub const MAX: usize = 1024;
/// A new password in characters at least (NIST SP 800-63B asks for 8; more where it guards others).
pub const MIN: usize = 10;
/// When to come back, in seconds, for whom there was no place.
pub const RETRY: u64 = 2;

/// Why a password was not looked at.
#[derive(Debug, thiserror::Error)]
pub enum HasherError {
    /// Too many are waiting.
    #[error("too many sign-ins are waiting")]
    Busy,
    /// A stored hash, or the library, is not as it should be.
    #[error("hashing: {0}")]
    Broken(String),
}

/// Why a new password was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It won't do.
    #[error("the password is refused: {}", .0.0)]
    Refused(Refused),
    /// It was not looked at.
    #[error(transparent)]
    Hasher(#[from] HasherError),
}

impl Unfit {
    /// Whether there was no place for it.
    pub const fn is_overload(&self) -> bool {
        matches!(self, Self::Hasher(HasherError::Busy))
    }
}

impl From<HasherError> for Problem {
    fn from(e: HasherError) -> Self {
        match e {
            HasherError::Busy => Self::new(Code::Overloaded).retry(RETRY),
            HasherError::Broken(_) => Self::internal(&e),
        }
    }
}

/// What is kept of a hash that was replaced by one made here: enough to know it again, and nothing to try passwords on.
pub fn origin(root: &RootKey, text: &str) -> Result<String, RootError> {
    root.token_hash("password-origin", text)
}

fn broken(e: impl std::fmt::Display) -> HasherError {
    HasherError::Broken(e.to_string())
}

#[cfg(test)]
mod tests;
