//! The codes of a device and what its asking comes to. Pure.

use std::time::Duration;

pub use super::super::polling::PAUSE;
use super::super::polling::Question;
use crate::idp::credentials::limits::Limit;
use crate::kernel::clock::Timestamp;
use crate::record;

/// How long a device waits for its person: long enough to take up a phone, short enough that a code passed on is soon worth
/// nothing (RFC 10027).
pub const LIFE: Duration = Duration::from_secs(300);
/// Codes that one person may try.
pub const TRIES: Limit = Limit { most: 10, window: Duration::from_secs(15 * 60) };
/// Devices that may begin from one network.
pub const BEGUN: Limit = Limit { most: 30, window: Duration::from_secs(15 * 60) };

/// Consonants only: no words come out, and none of them is mistaken for another (RFC 8628, section 6.1).
const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// 20^8 codes: of ten tries one in 2.5 billion is right.
const LENGTH: usize = 8;

record! {
    /// A device that waits.
    #[derive(Clone, Debug)]
    pub struct Device {
        /// Id.
        pub id: String,
        /// The application.
        pub client_id: String,
        /// Scopes.
        pub scope: String,
        /// Resource servers.
        pub resource: String,
        /// What else is asked for.
        pub details: Option<String>,
        /// From which address it asked.
        pub ip: String,
        /// What it said of itself.
        pub user_agent: String,
        /// Seconds that it must wait between two questions.
        pub pause: i64,
        /// When it last asked.
        pub polled_at: Option<i64>,
        /// What it was given; nothing when it was refused.
        pub issue_id: Option<String>,
        /// When someone decided.
        pub decided_at: Option<i64>,
        /// When it took its tokens.
        pub used_at: Option<i64>,
        /// Since when it waits.
        pub created_at: i64,
        /// Until when.
        pub expires_at: i64,
    }
}

impl Device {
    /// How what it asks stands.
    pub fn question(&self) -> Question<'_> {
        Question {
            issue_id: self.issue_id.as_deref(),
            decided_at: self.decided_at,
            used_at: self.used_at,
            polled_at: self.polled_at,
            pause: self.pause,
            expires_at: self.expires_at,
        }
    }

    /// Whether someone may still decide.
    pub fn waits(&self, now: Timestamp) -> bool {
        self.question().waits(now)
    }
}

/// A user code from random bytes; nothing in the one of 2^100 cases that they don't suffice.
pub fn user_code(bytes: &[u8]) -> Option<String> {
    // 240 is the last multiple of 20: every letter is equally likely.
    let letters = bytes.iter().filter(|b| **b < 240).filter_map(|b| ALPHABET.get(usize::from(*b) % ALPHABET.len()));
    let code: String = letters.take(LENGTH).map(|b| char::from(*b)).collect();
    (code.len() == LENGTH).then_some(code)
}

/// A user code as it is shown: in two halves.
pub fn shown(code: &str) -> String {
    let (a, b) = code.split_at_checked(LENGTH / 2).unwrap_or((code, ""));
    format!("{a}-{b}")
}

/// What someone typed as a user code, whatever case, spaces and hyphens it has; nothing when it can be none.
pub fn typed(text: &str) -> Option<String> {
    if text.len() > 64 {
        return None;
    }
    let code: String = text.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect();
    (code.len() == LENGTH && code.bytes().all(|b| ALPHABET.contains(&b))).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idp::oidc::polling::Answer;

    fn device() -> Device {
        Device {
            id: "d".into(),
            client_id: "c".into(),
            scope: String::new(),
            resource: String::new(),
            details: None,
            ip: String::new(),
            user_agent: String::new(),
            pause: PAUSE,
            polled_at: None,
            issue_id: None,
            decided_at: None,
            used_at: None,
            created_at: 0,
            expires_at: 300_000,
        }
    }

    /// S2 (RFC 8628, section 3.5)
    #[test]
    fn a_device_is_told_what_has_become_of_its_question() {
        let now = Timestamp(10_000);
        let d = device();
        assert_eq!(d.question().answer(now), Answer::Pending);
        assert_eq!(Device { polled_at: Some(7_000), ..d.clone() }.question().answer(now), Answer::SlowDown);
        assert_eq!(Device { polled_at: Some(5_500), ..d.clone() }.question().answer(now), Answer::Pending);
        assert_eq!(Device { pause: 10, polled_at: Some(5_500), ..d.clone() }.question().answer(now), Answer::SlowDown);
        assert_eq!(d.question().answer(Timestamp(300_000)), Answer::Expired);
        assert_eq!(Device { decided_at: Some(1), ..d.clone() }.question().answer(now), Answer::Refused);
        let given = Device { decided_at: Some(1), issue_id: Some("i".into()), ..d };
        assert_eq!(given.question().answer(now), Answer::Given("i".into()));
        assert_eq!(given.question().answer(Timestamp(300_000)), Answer::Expired);
        assert_eq!(Device { used_at: Some(2), ..given }.question().answer(now), Answer::Used("i".into()));
    }

    #[test]
    fn a_code_is_read_however_people_write_it() {
        let code = user_code(&(0..=255).collect::<Vec<u8>>()).unwrap();
        assert_eq!((code.as_str(), shown(&code).as_str()), ("BCDFGHJK", "BCDF-GHJK"));
        for text in ["BCDF-GHJK", " bcdf ghjk ", "bcdfghjk", "b-c-d-f-g-h-j-k"] {
            assert_eq!(typed(text).as_deref(), Some("BCDFGHJK"), "{text}");
        }
        for bad in ["", "BCDFGHJ", "BCDFGHJKL", "ABCDFGHJ", "BCDFGHJ1", &"B".repeat(70)] {
            assert_eq!(typed(bad), None, "{bad}");
        }
        assert_eq!(user_code(&[255; 64]), None);
    }
}
