//! Factors, and how strong those that were shown are together: the one place that makes `acr` and `amr` (RFC 8176).

use serde::{Deserialize, Serialize};

use crate::contract::Assurance;
use crate::kernel::clock::Timestamp;

/// A way to show who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Factor {
    /// A password.
    Password,
    /// A sign-in at another provider.
    Federated,
    /// A passkey: a first step by itself, or a second one.
    Passkey,
    /// A code of an authenticator app.
    Authenticator,
    /// A code by text message, to a number that is proven to be his.
    Sms,
    /// A code by mail.
    Mail,
    /// One of the codes that were written down.
    Recovery,
}

impl Factor {
    /// All.
    pub const ALL: [Self; 7] =
        [Self::Password, Self::Federated, Self::Passkey, Self::Authenticator, Self::Sms, Self::Mail, Self::Recovery];
    /// Those that can be a second step, the one to begin with first.
    pub const SECONDS: [Self; 5] = [Self::Passkey, Self::Authenticator, Self::Sms, Self::Mail, Self::Recovery];

    /// As stored, in forms, files and interfaces.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Federated => "federated",
            Self::Passkey => "passkey",
            Self::Authenticator => "authenticator",
            Self::Sms => "sms",
            Self::Mail => "mail",
            Self::Recovery => "recovery",
        }
    }

    /// From what was stored or sent.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.as_str() == name)
    }

    /// Whether a sign-in can begin with it alone: something that only he knows, or another provider's word. A passkey begins
    /// one only where it verified its user, which [`Shown::whole`] says.
    pub const fn is_first(self) -> bool {
        matches!(self, Self::Password | Self::Federated)
    }

    /// Whether its code is sent at the moment of asking.
    pub const fn is_sent(self) -> bool {
        matches!(self, Self::Mail | Self::Sms)
    }

    /// Whether its code is typed.
    pub const fn is_typed(self) -> bool {
        matches!(self, Self::Mail | Self::Sms | Self::Authenticator | Self::Recovery)
    }

    /// How strong a first factor and this are together; nothing for what is no second step.
    pub const fn with_a_first(self) -> Option<Assurance> {
        match self {
            Self::Password | Self::Federated => None,
            Self::Mail => Some(Assurance::PasswordMail),
            Self::Sms => Some(Assurance::PasswordSms),
            Self::Authenticator | Self::Recovery | Self::Passkey => Some(Assurance::PasswordApp),
        }
    }

    /// The most that a sign-in with it can come to: a passkey may verify its user.
    pub const fn most(self) -> Assurance {
        match self {
            Self::Passkey => Assurance::Passkey,
            _ => match self.with_a_first() {
                Some(level) => level,
                None => Assurance::OneFactor,
            },
        }
    }

    const fn amr(self) -> &'static [&'static str] {
        match self {
            Self::Password => &["pwd"],
            Self::Federated => &["fed"],
            Self::Passkey => &["hwk"],
            Self::Authenticator | Self::Mail | Self::Recovery => &["otp"],
            Self::Sms => &["otp", "sms"],
        }
    }
}

/// Some factors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FactorSet(u8);

impl FactorSet {
    /// Every one.
    pub const ALL: Self = Self(0b111_1111);
    /// None.
    pub const NONE: Self = Self(0);

    /// Whether `factor` is among them.
    pub const fn has(self, factor: Factor) -> bool {
        self.0 & (1 << (factor as u8)) != 0
    }
    /// These and one more.
    #[must_use]
    pub const fn with(self, factor: Factor) -> Self {
        Self(self.0 | (1 << (factor as u8)))
    }
    /// These, and `factor` if `there`.
    #[must_use]
    pub const fn with_if(self, factor: Factor, there: bool) -> Self {
        if there { self.with(factor) } else { self }
    }
    /// Those in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
    /// Those in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    /// Those that can be a second step, the one to begin with first.
    pub fn seconds(self) -> impl Iterator<Item = Factor> {
        Factor::SECONDS.into_iter().filter(move |f| self.has(*f))
    }
}

impl FromIterator<Factor> for FactorSet {
    fn from_iter<I: IntoIterator<Item = Factor>>(all: I) -> Self {
        all.into_iter().fold(Self::NONE, Self::with)
    }
}

/// A factor that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Which.
    pub factor: Factor,
    /// When.
    pub at: Timestamp,
    /// The strength that it proves by itself, if it is more than one factor: a passkey that verified its user, another
    /// provider whose word counts that far.
    pub whole: Option<Assurance>,
}

/// What was shown, each factor once. Order doesn't matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Results(Vec<Shown>);

impl Results {
    /// These and one more, which takes the place of an earlier one of its factor.
    #[must_use]
    pub fn with(mut self, shown: Shown) -> Self {
        self.0.retain(|s| s.factor != shown.factor);
        self.0.push(shown);
        self
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Shown> {
        self.0.iter()
    }

    /// Whether `factor` was shown.
    pub fn has(&self, factor: Factor) -> bool {
        self.0.iter().any(|s| s.factor == factor)
    }

    /// Those for which `keep` holds.
    #[must_use]
    pub fn only(&self, keep: impl Fn(&Shown) -> bool) -> Self {
        Self(self.0.iter().copied().filter(|s| keep(s)).collect())
    }

    /// What says who he is, and no more: for a sign-in that asks for something shown now, whatever was shown before.
    #[must_use]
    pub fn who_only(&self) -> Self {
        self.0.iter().filter(|s| s.factor.is_first()).map(|s| Shown { whole: None, ..*s }).collect()
    }

    /// These after a sign-in over them showed one more: what that only carried over from here, for less than it counts, takes
    /// nothing away.
    #[must_use]
    pub fn renewed(self, shown: Shown) -> Self {
        let is_carried = self.0.iter().any(|s| s.factor == shown.factor && s.at == shown.at && s.whole > shown.whole);
        if is_carried { self } else { self.with(shown) }
    }

    /// How strong they are together. Nothing when they begin no sign-in: a code without a password is nobody's.
    pub fn strength(&self) -> Option<Assurance> {
        let first = self.0.iter().any(|s| s.factor.is_first()).then_some(Assurance::OneFactor);
        let second = first.and(self.0.iter().filter_map(|s| s.factor.with_a_first()).max());
        let whole = self.0.iter().filter_map(|s| s.whole).max();
        first.max(second).max(whole)
    }

    /// The values of `amr`: each once, and `mfa` where they are two factors.
    pub fn amr(&self) -> Vec<&'static str> {
        let mut all = Vec::new();
        for factor in Factor::ALL.into_iter().filter(|f| self.has(*f)) {
            all.extend(factor.amr());
        }
        if self.0.iter().any(|s| s.factor == Factor::Passkey && s.whole.is_some()) {
            all.push("user");
        }
        if self.strength().is_some_and(Assurance::is_two_factors) {
            all.push("mfa");
        }
        let mut each = Vec::with_capacity(all.len());
        for value in all {
            if !each.contains(&value) {
                each.push(value);
            }
        }
        each
    }

    /// When he last signed in from the beginning (`auth_time`); nothing when they begin no sign-in.
    pub fn begun_at(&self) -> Option<Timestamp> {
        self.0.iter().filter(|s| s.factor.is_first() || s.whole.is_some()).map(|s| s.at).max()
    }

    /// When a second factor, or one that is more than one by itself, was last shown; without any, when the first was.
    pub fn newest(&self) -> Option<Timestamp> {
        let strong = self.0.iter().filter(|s| !s.factor.is_first() || s.whole.is_some()).map(|s| s.at).max();
        strong.or_else(|| self.0.iter().map(|s| s.at).max())
    }
}

impl FromIterator<Shown> for Results {
    fn from_iter<I: IntoIterator<Item = Shown>>(all: I) -> Self {
        all.into_iter().fold(Self::default(), Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(list: &[(Factor, Option<Assurance>)]) -> Results {
        list.iter().map(|(factor, whole)| Shown { factor: *factor, at: Timestamp(1), whole: *whole }).collect()
    }

    /// case 16, S3: the order of strength, and what begins nothing.
    #[test]
    fn the_strength_of_what_was_shown() {
        use Assurance::{OneFactor, Passkey, PasswordApp, PasswordMail, PasswordSms};
        let pwd = (Factor::Password, None);
        let plain = |f| (f, None);
        for (list, want) in [
            (vec![], None),
            (vec![pwd], Some(OneFactor)),
            (vec![plain(Factor::Federated)], Some(OneFactor)),
            (vec![pwd, plain(Factor::Federated)], Some(OneFactor)),
            (vec![pwd, plain(Factor::Mail)], Some(PasswordMail)),
            (vec![plain(Factor::Federated), plain(Factor::Mail)], Some(PasswordMail)),
            (vec![pwd, plain(Factor::Sms), plain(Factor::Mail)], Some(PasswordSms)),
            (vec![pwd, plain(Factor::Recovery)], Some(PasswordApp)),
            (vec![pwd, plain(Factor::Passkey)], Some(PasswordApp)),
            (vec![(Factor::Passkey, Some(Passkey))], Some(Passkey)),
            (vec![(Factor::Federated, Some(PasswordApp))], Some(PasswordApp)),
        ] {
            assert_eq!(shown(&list).strength(), want, "{list:?}");
        }
        for second in Factor::SECONDS {
            for other in Factor::SECONDS {
                assert_eq!(shown(&[plain(second), plain(other)]).strength(), None, "{second:?} and {other:?} say of nobody");
            }
        }
    }

    #[test]
    fn methods_are_named_as_the_registry_names_them() {
        assert_eq!(shown(&[(Factor::Mail, None), (Factor::Password, None)]).amr(), ["pwd", "otp", "mfa"]);
        assert_eq!(shown(&[(Factor::Passkey, Some(Assurance::Passkey))]).amr(), ["hwk", "user", "mfa"]);
        assert_eq!(shown(&[(Factor::Password, None), (Factor::Sms, None)]).amr(), ["pwd", "otp", "sms", "mfa"]);
        assert_eq!(shown(&[(Factor::Password, None)]).amr(), ["pwd"]);
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        for factor in Factor::ALL {
            assert!(FactorSet::ALL.has(factor) && FactorSet::NONE.with(factor).has(factor) && !FactorSet::NONE.has(factor));
            assert_eq!(Factor::from_name(factor.as_str()), Some(factor));
        }
    }
}
