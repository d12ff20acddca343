//! What has been shown in a sign-in, and what is still missing.

use std::time::Duration;

use super::factors::{Factor, FactorSet, Results};
use crate::contract::Assurance;
use crate::idp::credentials::limits::Limit;

/// How long a sign-in may take from its first page to its last.
pub const LIFE: Duration = Duration::from_secs(30 * 60);
/// How long a code that was sent counts.
pub const CODE_LIFE: Duration = Duration::from_secs(10 * 60);
/// Digits of a code that is sent.
pub const CODE_LENGTH: usize = 6;
/// Messages in one sign-in.
pub const MESSAGES: i64 = 5;
/// Time between two messages.
pub const PAUSE: Duration = Duration::from_secs(30);
/// Codes per person, over all sign-ins.
pub const CODES_PER_PERSON: Limit = Limit { most: 20, window: Duration::from_secs(900) };
/// Text messages per person, over all sign-ins: each costs money.
pub const TEXTS_PER_PERSON: Limit = Limit { most: 10, window: Duration::from_secs(3600) };
/// Mails per person, over all sign-ins.
pub const MAILS_PER_PERSON: Limit = Limit { most: 20, window: Duration::from_secs(3600) };
/// Passwords per network, over all accounts.
pub const PASSWORDS_PER_NETWORK: Limit = Limit { most: 300, window: Duration::from_secs(900) };

/// Passwords per account, of which a setting says how many.
pub fn passwords_per_account(tries: u32) -> Limit {
    Limit { most: tries.into(), window: Duration::from_secs(900) }
}

/// Sign-ins begun per network, finished or not.
pub const BEGUN_PER_NETWORK: Limit = Limit { most: 1000, window: Duration::from_secs(900) };

/// What is asked of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Which factors count.
    pub factors: FactorSet,
    /// How strong it must be.
    pub least: Assurance,
    /// Which strength is liked best, where several would do.
    pub prefer: Option<Assurance>,
}

impl Default for Demand {
    /// Two factors, whichever.
    fn default() -> Self {
        Self { factors: FactorSet::ALL, least: Assurance::PasswordMail, prefer: None }
    }
}

impl Demand {
    /// Of what was shown, what counts. That someone knows the password, or that another provider knows him, always does.
    pub fn counted(&self, results: &Results) -> Results {
        results.only(|s| s.factor.is_first() || self.factors.has(s.factor))
    }

    /// Whether `results` are all that is asked; how strong they are then.
    pub fn met(&self, results: &Results) -> Option<Assurance> {
        self.counted(results).strength().filter(|s| *s >= self.least)
    }
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Who it is: a password, a passkey, another provider.
    First,
    /// A second factor.
    Second {
        /// The one that is asked.
        asked: Factor,
        /// Others that would do.
        others: Vec<Factor>,
    },
    /// Nothing more can be asked of him: signed in this strongly. Whether that is enough for an application is asked again
    /// when something is issued.
    Done(Assurance),
}

/// The dispatcher: looks at what was recorded (`results`), what the person has, and what is asked, and at nothing else.
///
/// What someone doesn't have he isn't asked for: he gets as far as he can, and is led to set up the rest. But never with less
/// than two factors where two are asked: where none of those that count is his, any that he has is asked.
pub fn next(results: &Results, has: FactorSet, chosen: Option<Factor>, demand: &Demand) -> Step {
    let possible = has.and(demand.factors);
    let demand = match possible.seconds().next() {
        Some(_) => *demand,
        None => Demand { factors: demand.factors.or(has), ..*demand },
    };
    let counted = demand.counted(results);
    let Some(strength) = counted.strength() else { return Step::First };
    let usable = || has.and(demand.factors).seconds();
    let reach = usable().map(Factor::most).max().map_or(strength, |most| most.max(strength));
    let least = demand.least.min(reach);
    if strength >= least {
        return Step::Done(strength);
    }
    let would_do: Vec<Factor> = usable().filter(|f| f.most() >= least).collect();
    let preferred = would_do.iter().copied().find(|f| demand.prefer.is_some_and(|p| f.most() >= p));
    let chosen = chosen.filter(|f| would_do.contains(f));
    match chosen.or(preferred).or(would_do.first().copied()) {
        Some(asked) => Step::Second { asked, others: would_do.into_iter().filter(|f| *f != asked).collect() },
        None => Step::Done(strength),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idp::signin::factors::Shown;
    use crate::kernel::clock::Timestamp;

    fn every_set() -> impl Iterator<Item = FactorSet> {
        (0..1usize << Factor::ALL.len())
            .map(|bits| Factor::ALL.into_iter().enumerate().filter(|(n, _)| bits >> n & 1 == 1).map(|(_, f)| f).collect())
    }

    fn shown(set: FactorSet, verified: bool) -> Results {
        let all = Factor::ALL.into_iter().filter(|f| set.has(*f));
        let whole = |f| (f == Factor::Passkey && verified).then_some(Assurance::Passkey);
        all.map(|factor| Shown { factor, at: Timestamp(1), whole: whole(factor) }).collect()
    }

    /// case 16: over every combination of what was shown, what someone has, what counts and how much is asked.
    #[test]
    fn nobody_is_done_without_each_factor_that_is_asked_and_that_he_has() {
        let sets: Vec<FactorSet> = every_set().collect();
        for results in sets.iter().flat_map(|s| [shown(*s, false), shown(*s, true)]) {
            for has in sets.iter().filter(|s| s.has(Factor::Mail) && !s.has(Factor::Password) && !s.has(Factor::Federated)) {
                for factors in sets.iter().filter(|s| !s.has(Factor::Password) && !s.has(Factor::Federated)) {
                    for least in Assurance::ALL {
                        one(&results, *has, &Demand { factors: *factors, least, prefer: None });
                    }
                }
            }
        }
    }

    fn one(results: &Results, has: FactorSet, demand: &Demand) {
        let about = || format!("{results:?} of {has:?} for {demand:?}");
        match next(results, has, None, demand) {
            Step::First => assert_eq!(
                demand.counted(results).only(|s| s.factor.is_first() || s.whole.is_some()),
                Results::default(),
                "{}",
                about()
            ),
            Step::Second { asked, others } => {
                assert!(has.has(asked) && others.iter().all(|f| has.has(*f)), "{}", about());
                // Showing it leads on.
                let whole = (asked == Factor::Passkey).then_some(Assurance::Passkey);
                let more = results.clone().with(Shown { factor: asked, at: Timestamp(2), whole });
                assert!(matches!(next(&more, has, None, demand), Step::Done(_)), "{}", about());
            }
            Step::Done(strength) => {
                let possible = has.and(demand.factors);
                let reach = possible.seconds().map(Factor::most).max();
                let asked = reach.map_or(demand.least.min(Assurance::PasswordMail), |r| demand.least.min(r));
                assert!(strength >= asked, "{}", about());
                assert!(results.strength() >= Some(strength), "{}", about());
            }
        }
    }

    /// case 16: what someone chose is asked of him as long as it would do.
    #[test]
    fn a_choice_that_would_not_do_any_more_is_none() {
        let has = FactorSet::NONE.with(Factor::Mail).with(Factor::Authenticator);
        let demand = Demand { factors: FactorSet::NONE.with(Factor::Authenticator), ..Demand::default() };
        let begun = shown(FactorSet::NONE.with(Factor::Password), false);
        let step = next(&begun, has, Some(Factor::Mail), &demand);
        assert_eq!(step, Step::Second { asked: Factor::Authenticator, others: vec![] });
    }
}
