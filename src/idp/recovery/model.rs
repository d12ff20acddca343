//! What a way back is, how far it has come, and who may decide about it. Pure.

use std::time::Duration;

use crate::idp::credentials::limits::Limit;
use crate::kernel::clock::Timestamp;

/// How long a link works.
pub const LIFE: Duration = Duration::from_secs(3600);
/// How long a request waits for an administrator, and how long the link of an approved one works.
pub const WAITS: Duration = Duration::from_secs(3 * 24 * 3600);
/// How long a code by SMS counts.
pub const CODE_LIFE: Duration = Duration::from_secs(600);
/// Digits of a code by SMS.
pub const CODE_LENGTH: usize = 6;
/// Messages of one request, and the pause between two.
pub const SENDS: i64 = 3;
/// See [`SENDS`].
pub const PAUSE: Duration = Duration::from_secs(60);
/// Links to one address.
pub const PER_ADDRESS: Limit = Limit { most: 5, window: Duration::from_secs(3600) };
/// Requests from one network.
pub const PER_NETWORK: Limit = Limit { most: 50, window: Duration::from_secs(3600) };
/// Characters of a reason at most.
pub const REASON: usize = 500;

/// What is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The password.
    Password,
    /// The second factors too: they are removed, and new ones set up at the next sign-in.
    Factors,
}

impl Scope {
    /// As stored, in the API and in commands.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Factors => "factors",
        }
    }
    /// From that.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Password, Self::Factors].into_iter().find(|s| s.as_str() == name)
    }
}

/// What can be shown beside the mailed link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A passkey.
    Passkey,
    /// A code of the authenticator app.
    Authenticator,
    /// One of the recovery codes.
    Code,
    /// A code by SMS to a proven number.
    Sms,
}

impl Way {
    /// As stored and as in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passkey => "passkey",
            Self::Authenticator => "authenticator",
            Self::Code => "recovery-code",
            Self::Sms => "sms",
        }
    }
    /// From that.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Passkey, Self::Authenticator, Self::Code, Self::Sms].into_iter().find(|w| w.as_str() == name)
    }
}

/// A way back as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Its id.
    pub id: String,
    /// Whose account.
    pub person: String,
    /// What is lost.
    pub scope: Scope,
    /// The administrator who asked for it; none where the person did.
    pub asked_by: Option<String>,
    /// Why, to who decides.
    pub reason: Option<String>,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Until when the link works.
    pub expires_at: Timestamp,
    /// Since when it waits for an administrator.
    pub waits_at: Option<Timestamp>,
    /// Messages sent, and when the last was.
    pub sends: i64,
    /// See `sends`.
    pub sent_at: Option<Timestamp>,
    /// Codes tried.
    pub tries: i64,
    /// When something was shown beside the link.
    pub proven_at: Option<Timestamp>,
    /// When an administrator decided.
    pub decided_at: Option<Timestamp>,
    /// Whether he refused.
    pub refused: bool,
    /// When a password was chosen by it.
    pub used_at: Option<Timestamp>,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Something is to be shown, or an administrator to be asked.
    Prove,
    /// An administrator was asked.
    Waiting,
    /// He refused.
    Refused,
    /// A password may be chosen.
    Choose,
}

impl Recovery {
    /// Whether its link works.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.used_at.is_none() && now < self.expires_at
    }

    /// Whether an administrator can decide about it.
    pub fn is_waiting(&self, now: Timestamp) -> bool {
        self.is_open(now) && self.waits_at.is_some() && self.decided_at.is_none()
    }

    /// The mailed link alone never leads to [`Step::Choose`].
    pub fn step(&self) -> Step {
        let approved = self.decided_at.is_some() && !self.refused;
        match (approved, self.scope) {
            (true, _) => Step::Choose,
            (false, _) if self.refused => Step::Refused,
            // What removes second factors is never proven by one of them: only approved.
            (false, Scope::Password) if self.proven_at.is_some() => Step::Choose,
            (false, _) if self.waits_at.is_some() => Step::Waiting,
            _ => Step::Prove,
        }
    }

    /// Whether `administrator` may decide: neither the person nor who asked. Nobody is the operator of the command line, who is neither.
    pub fn may_be_decided_by(&self, administrator: Option<&str>) -> bool {
        administrator.is_none_or(|a| a != self.person && self.asked_by.as_deref() != Some(a))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recovery() -> Recovery {
        Recovery {
            id: "r".into(),
            person: "p".into(),
            scope: Scope::Password,
            asked_by: None,
            reason: None,
            asked_at: Timestamp(0),
            expires_at: Timestamp(10),
            waits_at: None,
            sends: 0,
            sent_at: None,
            tries: 0,
            proven_at: None,
            decided_at: None,
            refused: false,
            used_at: None,
        }
    }

    /// S4: over every combination, a password is chosen only after a proof or an approval.
    #[test]
    fn the_mailed_link_alone_never_resets_anything() {
        let at = Some(Timestamp(1));
        for scope in [Scope::Password, Scope::Factors] {
            for proven_at in [None, at] {
                for waits_at in [None, at] {
                    for decided_at in [None, at] {
                        for refused in [false, true] {
                            let r = Recovery { scope, proven_at, waits_at, decided_at, refused, ..recovery() };
                            let approved = decided_at.is_some() && !refused;
                            let proven = proven_at.is_some() && scope == Scope::Password && !refused;
                            assert_eq!(r.step() == Step::Choose, approved || proven, "{r:?}");
                        }
                    }
                }
            }
        }
    }

    /// S4
    #[test]
    fn nobody_approves_his_own_account_or_what_he_asked_for() {
        let own = recovery();
        assert!(!own.may_be_decided_by(Some("p")) && own.may_be_decided_by(Some("a")) && own.may_be_decided_by(None));
        let asked = Recovery { asked_by: Some("a".into()), ..recovery() };
        assert!(!asked.may_be_decided_by(Some("a")) && !asked.may_be_decided_by(Some("p")) && asked.may_be_decided_by(Some("b")));
    }
}
