//! What has been shown in a sign-in, and what is still missing.

use std::time::Duration;

use crate::contract::Assurance;
use crate::idp::credentials::limits::Limit;
use crate::kernel::clock::Timestamp;

/// How long a sign-in may take from its first page to its last.
pub const LIFE: Duration = Duration::from_secs(30 * 60);
/// How long a mailed code counts.
pub const CODE_LIFE: Duration = Duration::from_secs(10 * 60);
/// Digits of a mailed code.
pub const CODE_LENGTH: usize = 6;
/// Mails in one sign-in.
pub const MAILS: i64 = 5;
/// Time between two mails.
pub const PAUSE: Duration = Duration::from_secs(30);
/// Codes per person, over all sign-ins.
pub const CODES_PER_PERSON: Limit = Limit { most: 20, window: Duration::from_secs(900) };
/// Mails per person, over all sign-ins.
pub const MAILS_PER_PERSON: Limit = Limit { most: 20, window: Duration::from_secs(3600) };
/// Passwords per network, over all accounts.
pub const PASSWORDS_PER_NETWORK: Limit = Limit { most: 300, window: Duration::from_secs(900) };

/// Sign-ins begun per network, finished or not.
pub const BEGUN_PER_NETWORK: Limit = Limit { most: 1000, window: Duration::from_secs(900) };

/// A second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A code of an authenticator app.
    Authenticator,
    /// A code by mail.
    Mail,
}

impl Method {
    /// As stored and as in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authenticator => "authenticator",
            Self::Mail => "mail",
        }
    }
    /// From what was stored or sent.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Authenticator, Self::Mail].into_iter().find(|m| m.as_str() == name)
    }
    /// How strong password and this are together.
    pub const fn assurance(self) -> Assurance {
        match self {
            Self::Authenticator => Assurance::PasswordApp,
            Self::Mail => Assurance::PasswordMail,
        }
    }
}

/// What has been recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// When the password was right.
    pub password_at: Option<Timestamp>,
    /// When a code was right, and by which method.
    pub code_at: Option<(Timestamp, Method)>,
    /// Which method the person chose.
    pub chosen: Option<Method>,
}

/// What the person could use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Factors {
    /// An authenticator app is set up.
    pub authenticator: bool,
}

impl Factors {
    /// Methods, the one to begin with first.
    pub fn methods(self) -> &'static [Method] {
        if self.authenticator { &[Method::Authenticator, Method::Mail] } else { &[Method::Mail] }
    }
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// E-mail address and password.
    Password,
    /// A code by this method.
    Code(Method),
    /// Nothing: signed in this strongly.
    Done(Assurance),
}

/// The dispatcher: looks at what was recorded, and at nothing else.
pub fn next(results: &Results, factors: Factors) -> Step {
    if results.password_at.is_none() {
        return Step::Password;
    }
    let methods = factors.methods();
    match results.code_at {
        Some((_, method)) if methods.contains(&method) => Step::Done(method.assurance()),
        _ => Step::Code(results.chosen.filter(|m| methods.contains(m)).or(methods.first().copied()).unwrap_or(Method::Mail)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// case 16: over every combination of recorded results.
    #[test]
    fn nobody_is_signed_in_without_a_password_and_a_code_that_was_possible() {
        let at = Timestamp(1);
        for password_at in [None, Some(at)] {
            for code_at in [None, Some((at, Method::Mail)), Some((at, Method::Authenticator))] {
                for chosen in [None, Some(Method::Mail), Some(Method::Authenticator)] {
                    for authenticator in [false, true] {
                        let factors = Factors { authenticator };
                        let step = next(&Results { password_at, code_at, chosen }, factors);
                        let possible = code_at.is_some_and(|(_, m)| factors.methods().contains(&m));
                        assert_eq!(matches!(step, Step::Done(_)), password_at.is_some() && possible);
                        if let Step::Code(m) = step {
                            assert!(factors.methods().contains(&m) && password_at.is_some());
                        }
                    }
                }
            }
        }
    }
}
