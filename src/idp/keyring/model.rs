//! What a key is for and its life: published, signing, checked with, gone.

use std::time::Duration;

use crate::kernel::clock::Timestamp;

/// What a key signs. Keys are never shared between uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Use {
    /// Access and ID tokens, logout tokens, and whatever else applications check.
    Token,
    /// Receipts and their checkpoints; published for ever.
    Receipt,
}

impl Use {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Token, Self::Receipt];

    /// As it is called in rows and commands.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Receipt => "receipt",
        }
    }
    /// By that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|u| u.as_str() == name)
    }
}

/// The moments of a key's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// When it was made, and published.
    pub created_at: Timestamp,
    /// From when it signs.
    pub active_at: Timestamp,
    /// Until when, if there is a next one.
    pub retired_at: Option<Timestamp>,
    /// When it was withdrawn: nothing that it signed counts any more.
    pub withdrawn_at: Option<Timestamp>,
}

/// Where in its life a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Published, not signing yet.
    Next,
    /// Signing.
    Signing,
    /// Checked with only.
    Retired,
    /// Out of use at once.
    Withdrawn,
}

impl Stage {
    /// As it is called in commands and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Signing => "signing",
            Self::Retired => "retired",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Life {
    /// Where it is at `now`.
    pub fn stage(&self, now: Timestamp) -> Stage {
        if self.withdrawn_at.is_some() {
            Stage::Withdrawn
        } else if self.retired_at.is_some_and(|at| at <= now) {
            Stage::Retired
        } else if now < self.active_at {
            Stage::Next
        } else {
            Stage::Signing
        }
    }

    /// Whether it signs at `now`.
    pub fn signs(&self, now: Timestamp) -> bool {
        self.stage(now) == Stage::Signing
    }

    /// Whether what it signed counts at `now`, and so whether it is published. Receipts count for ever; what a withdrawn key
    /// signed of them is told by checkpoints of its time.
    pub fn counts(&self, purpose: Use, now: Timestamp, keep: Duration) -> bool {
        match purpose {
            Use::Receipt => true,
            Use::Token => self.withdrawn_at.is_none() && self.gone_at(keep).is_none_or(|at| now < at),
        }
    }

    /// When nothing that it signed can count any more.
    pub fn gone_at(&self, keep: Duration) -> Option<Timestamp> {
        self.retired_at.map(|at| at + keep)
    }

    /// When something about it changes by time alone.
    pub fn moments(&self, purpose: Use, keep: Duration) -> impl Iterator<Item = Timestamp> + use<> {
        let gone = self.gone_at(keep).filter(|_| purpose == Use::Token);
        [Some(self.active_at), self.retired_at, gone].into_iter().flatten()
    }

    /// From when the next one signs, if it is time to make it: as long before as everyone needs to learn of it.
    pub fn next_due(&self, now: Timestamp, age: Duration, lead: Duration) -> Option<Timestamp> {
        let due = self.active_at + age;
        (!age.is_zero() && self.retired_at.is_none() && due <= now + lead).then(|| due.max(now + lead))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    /// S7
    #[test]
    fn a_key_is_published_before_it_signs_and_after() {
        let at = |hours: i64| Timestamp(hours * 3_600_000);
        let life = Life { created_at: at(0), active_at: at(24), retired_at: Some(at(100)), withdrawn_at: None };
        let told: Vec<_> =
            [0, 24, 99, 100, 123, 124].map(|h| (life.stage(at(h)), life.counts(Use::Token, at(h), HOUR * 24))).into();
        let (next, signing, retired) = (Stage::Next, Stage::Signing, Stage::Retired);
        assert_eq!(told, [(next, true), (signing, true), (signing, true), (retired, true), (retired, true), (retired, false)]);
        assert!(life.counts(Use::Receipt, at(100_000), HOUR));
        let withdrawn = Life { withdrawn_at: Some(at(50)), ..life };
        assert!(!withdrawn.counts(Use::Token, at(50), HOUR) && !withdrawn.signs(at(50)));
        assert!(withdrawn.counts(Use::Receipt, at(50), HOUR));
    }

    /// S7
    #[test]
    fn the_next_key_is_made_before_the_present_one_is_too_old() {
        let at = |hours: i64| Timestamp(hours * 3_600_000);
        let life = Life { created_at: at(0), active_at: at(0), retired_at: None, withdrawn_at: None };
        let due = |now| life.next_due(at(now), HOUR * 1000, HOUR * 24);
        assert_eq!((due(975), due(976)), (None, Some(at(1000))));
        // Late, as after a long stop: still published first.
        assert_eq!(due(1500), Some(at(1524)));
        assert_eq!(life.next_due(at(9999), Duration::ZERO, HOUR), None, "never by age");
        assert_eq!(Life { retired_at: Some(at(1000)), ..life }.next_due(at(999), HOUR * 1000, HOUR), None, "there is one");
    }
}
