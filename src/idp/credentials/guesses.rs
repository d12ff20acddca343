//! Where guesses are counted, so that there is one count for an account whatever is guessed at it, under whichever of its names
//! and by whichever route (security case 18). How many there may be, says whoever takes them.

use crate::kernel::root::{RootError, RootKey};

/// Whose account something is guessed of.
#[derive(Clone, Copy, Debug)]
pub enum Account<'a> {
    /// A person's, by id.
    Person(&'a str),
    /// None that is known: the name that was tried, in its canonical form.
    Unknown(&'a str),
}

/// The bucket of guesses at passwords. Names and ids look alike in the database.
pub fn passwords_of(root: &RootKey, account: Account<'_>) -> Result<String, RootError> {
    match account {
        Account::Person(id) => root.token_hash("password-of", id),
        Account::Unknown(name) => root.token_hash("password", name),
    }
}

/// The bucket of guesses at anything that someone shows beside a password: sent codes, an app's, recovery codes.
pub fn codes_of(person: &str) -> String {
    format!("code:{person}")
}
