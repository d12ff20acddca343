//! A change of address, and which of its proofs are there. Pure.

use std::time::Duration;

use crate::idp::credentials::limits::Limit;
use crate::kernel::clock::Timestamp;

/// How long both links work.
pub const LIFE: Duration = Duration::from_secs(24 * 3600);
/// Changes that one person asks for.
pub const PER_PERSON: Limit = Limit { most: 5, window: Duration::from_secs(24 * 3600) };
/// Mails of this kind to one address, whoever asks.
pub const PER_ADDRESS: Limit = Limit { most: 5, window: Duration::from_secs(24 * 3600) };

/// Which of the two addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one that signs in now.
    Old,
    /// The one that is to.
    New,
}

impl Side {
    /// As in jobs and in what links are derived from.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
        }
    }
    /// From a job.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Old, Self::New].into_iter().find(|s| s.as_str() == name)
    }
}

/// A change as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its id.
    pub id: String,
    /// Whose.
    pub person: String,
    /// The new address, sealed.
    pub sealed: String,
    /// The administrator who asked for it instead; then the old address need not be proven.
    pub asked_by: Option<String>,
    /// Until when the links work.
    pub expires_at: Timestamp,
    /// When each side was proven.
    pub old_at: Option<Timestamp>,
    /// The same of the new one.
    pub new_at: Option<Timestamp>,
    /// When it was made.
    pub done_at: Option<Timestamp>,
    /// When it was given up.
    pub void_at: Option<Timestamp>,
}

impl Change {
    /// Whether its links work.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.done_at.is_none() && self.void_at.is_none() && now < self.expires_at
    }

    /// Whether a side is proven.
    pub fn has(&self, side: Side) -> bool {
        match side {
            Side::Old => self.old_at.is_some(),
            Side::New => self.new_at.is_some(),
        }
    }

    /// Whether nothing is missing.
    pub fn is_proven(&self) -> bool {
        self.new_at.is_some() && (self.old_at.is_some() || self.asked_by.is_some())
    }
}

/// Where the seal of a change belongs.
pub fn place(id: &str) -> String {
    format!("address_changes/{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S4
    #[test]
    fn both_addresses_are_proven_unless_an_administrator_vouches_for_the_old_one() {
        let change = |asked_by: Option<&str>, old: bool, new: bool| Change {
            id: "c".into(),
            person: "p".into(),
            sealed: String::new(),
            asked_by: asked_by.map(str::to_owned),
            expires_at: Timestamp(10),
            old_at: old.then_some(Timestamp(1)),
            new_at: new.then_some(Timestamp(1)),
            done_at: None,
            void_at: None,
        };
        for (old, new) in [(false, false), (true, false), (false, true), (true, true)] {
            assert_eq!(change(None, old, new).is_proven(), old && new);
            assert_eq!(change(Some("admin"), old, new).is_proven(), new, "the new address is always proven");
        }
        assert!(change(None, false, false).is_open(Timestamp(9)) && !change(None, false, false).is_open(Timestamp(10)));
    }
}
