//! What people can have, and the bounds of it.

use std::time::Duration;

use crate::idp::credentials::limits::Limit;
use crate::kernel::clock::Timestamp;

/// Passkeys of one person.
pub const MAX_PASSKEYS: usize = 20;
/// Characters of a passkey's name.
pub const NAME_LENGTH: usize = 60;
/// How long a challenge to a passkey may wait for its answer; browsers are told to wait half as long.
pub const CEREMONY_LIFE: Duration = Duration::from_secs(600);
/// Challenges of one sign-in or session.
pub const CEREMONIES: Limit = Limit { most: 60, window: Duration::from_secs(900) };

/// How long something may take to be set up.
pub const ENROLMENT_LIFE: Duration = Duration::from_secs(15 * 60);
/// Wrong codes while something is set up, before it starts again.
pub const ENROLMENT_TRIES: i64 = 5;
/// Bytes of an authenticator's seed: 160 bits (RFC 4226, section 4).
pub const SEED: usize = 20;
/// Digits of a code that proves a telephone.
pub const PHONE_DIGITS: usize = 6;
/// Messages while a telephone is set up.
pub const PHONE_SENDS: i64 = 3;
/// Time between two of them.
pub const PHONE_PAUSE: Duration = Duration::from_secs(30);
/// Messages to prove a telephone, per person: each costs money, and may go to someone who never asked for one.
pub const PHONE_PER_PERSON: Limit = Limit { most: 6, window: Duration::from_secs(24 * 3600) };
/// The same per number, whoever asks.
pub const PHONE_PER_NUMBER: Limit = Limit { most: 6, window: Duration::from_secs(24 * 3600) };

/// How many recovery codes there are at once.
pub const RECOVERY_CODES: usize = 10;
/// Characters of one.
pub const RECOVERY_LENGTH: usize = 12;
/// Without what is taken for something else when it is copied by hand.
pub const RECOVERY_ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// A passkey, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// Id.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// Whether it signs in without a password; nothing where the browser didn't say.
    pub discoverable: Option<bool>,
    /// Whether it moves between devices.
    pub synced: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was used last.
    pub used_at: Option<Timestamp>,
    /// When a copy of it seems to have been used; it counts no more.
    pub suspect_at: Option<Timestamp>,
}

/// What someone has besides a password, for whoever decides what is asked of him.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// An authenticator app is set up.
    pub authenticator: bool,
    /// Passkeys that count.
    pub passkeys: i64,
    /// Recovery codes that are left.
    pub recovery_codes: i64,
    /// A telephone is proven.
    pub phone: bool,
}

impl Held {
    /// Whether there is something that a thief of password and mailbox does not have. It is then asked for before anything is
    /// added or removed (security case 21).
    pub const fn is_strong(&self) -> bool {
        self.authenticator || self.passkeys > 0
    }
}

/// All that a person has set up, as the Security page and the API show it.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// Passkeys, the oldest first.
    pub passkeys: Vec<Passkey>,
    /// When the authenticator app was set up; `Some(None)` for one from before that was kept.
    pub authenticator: Option<Option<Timestamp>>,
    /// When its last code was used.
    pub authenticator_used_at: Option<Timestamp>,
    /// The proven telephone, whole.
    pub phone: Option<String>,
    /// Recovery codes that are left.
    pub recovery_codes: i64,
    /// When they were made.
    pub recovery_made_at: Option<Timestamp>,
}

impl Listed {
    /// The same for whoever decides.
    pub fn held(&self) -> Held {
        Held {
            authenticator: self.authenticator.is_some(),
            passkeys: i64::try_from(self.passkeys.iter().filter(|p| p.suspect_at.is_none()).count()).unwrap_or(i64::MAX),
            recovery_codes: self.recovery_codes,
            phone: self.phone.is_some(),
        }
    }
}

/// The name as it is kept; nothing when it is none.
pub fn name(text: &str) -> Option<String> {
    let name: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = !name.is_empty() && name.chars().count() <= NAME_LENGTH && !name.chars().any(char::is_control);
    fits.then_some(name)
}

/// A recovery code without what people and printers put between its characters.
pub fn recovery_code(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(RECOVERY_LENGTH * 2).flat_map(char::to_lowercase).collect()
}

/// Whether what was typed into a field for codes has the form of a recovery code.
pub fn is_recovery_code(text: &str) -> bool {
    let code = recovery_code(text);
    code.len() == RECOVERY_LENGTH && code.bytes().all(|b| RECOVERY_ALPHABET.contains(&b))
}

/// A recovery code in groups of four, as it is shown.
pub fn grouped(code: &str) -> String {
    let chars: Vec<char> = code.chars().collect();
    chars.chunks(4).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// The moment that a used time step of an authenticator belongs to.
pub fn step_at(step: i64) -> Option<Timestamp> {
    (step > 0).then(|| Timestamp::from_seconds(step.saturating_mul(30)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_code_is_the_same_however_it_is_typed() {
        assert_eq!(grouped("abcdefghjkmn"), "abcd-efgh-jkmn");
        for typed in ["abcd-efgh-jkmn", " ABCD EFGH JKMN ", "abcdefghjkmn"] {
            assert_eq!(recovery_code(typed), "abcdefghjkmn");
            assert!(is_recovery_code(typed));
        }
        assert!(!is_recovery_code("123456") && !is_recovery_code("abcd-efgh-jkm0"));
    }

    #[test]
    fn a_name_is_one_line_of_some_length() {
        assert_eq!(name("  Daan’s   phone\n").as_deref(), Some("Daan’s phone"));
        assert_eq!((name(" "), name(&"x".repeat(NAME_LENGTH + 1)), name("a\u{7}b")), (None, None, None));
        assert!(name(&"ł".repeat(NAME_LENGTH)).is_some());
    }
}
