//! Where guesses are counted, so that there is one count for an account whatever is guessed at it, under whichever of its names
//! and by whichever route (security case 18). How many there may be, says whoever takes them.

use crate::kernel::root::{Purpose, RootError, RootKey};

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

/// On whom a password was tried, as the audit log names him. An address without an account has an id too, a keyed hash of it: the
/// same tries look the same there, and a line about it costs no less than one about a person (case 25).
pub fn tried_on(root: &RootKey, account: Account<'_>) -> Result<String, RootError> {
    match account {
        Account::Person(id) => Ok(id.to_owned()),
        Account::Unknown(name) => {
            let [id @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
                root.mac(Purpose::TokenHash, &[b"tried-on", name.as_bytes()])?;
            Ok(uuid::Builder::from_custom_bytes(id).into_uuid().to_string())
        }
    }
}

/// The bucket of guesses at anything that someone shows beside a password: sent codes, an app's, recovery codes.
pub fn codes_of(person: &str) -> String {
    format!("code:{person}")
}
