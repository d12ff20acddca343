//! What a policy says, and the strictest of several.

use std::time::Duration;

use crate::contract::Assurance;
use crate::idp::signin::factors::{Factor, FactorSet, Results};
use crate::idp::signin::model::Demand;
use crate::kernel::clock::Timestamp;

/// Minutes between two sign-ins at least: a policy that asks more often asks for nothing else.
pub const EVERY_LEAST: u32 = 5;
/// And at most: a session doesn't live longer.
pub const EVERY_MOST: u32 = 60 * 24 * 365;
/// Days for which a device may be remembered at most.
pub const REMEMBER_MOST: u32 = 365;

/// Whom or what a policy is for. There is one for each at most.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Everyone; what it doesn't say is two factors, whichever.
    Everyone,
    /// Whoever works here.
    Staff,
    /// Whoever doesn't.
    Externals,
    /// Everyone in a group, by its id.
    Group(String),
    /// Whoever uses an application, by its client id.
    Application(String),
}

impl Scope {
    /// As stored: a kind, and an id where it has one.
    pub fn columns(&self) -> (&'static str, &str) {
        match self {
            Self::Everyone => ("everyone", ""),
            Self::Staff => ("staff", ""),
            Self::Externals => ("externals", ""),
            Self::Group(id) => ("group", id),
            Self::Application(id) => ("application", id),
        }
    }

    /// From what is stored.
    pub fn from_columns(kind: &str, id: String) -> Option<Self> {
        match kind {
            "everyone" => Some(Self::Everyone),
            "staff" => Some(Self::Staff),
            "externals" => Some(Self::Externals),
            "group" => Some(Self::Group(id)),
            "application" => Some(Self::Application(id)),
            _ => None,
        }
    }
}

/// What a policy asks. What it doesn't say, others may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Which second factors count.
    pub factors: Option<FactorSet>,
    /// How strong a sign-in must be.
    pub least: Option<Assurance>,
    /// After how many minutes someone signs in anew.
    pub every: Option<u32>,
    /// For how many days a device may be remembered, whose second factor is not asked again; 0 is never.
    pub remember: Option<u32>,
}

impl Rules {
    /// Whether it says nothing, and so is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What can't be in it: the name of the member, and why.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        let reaches = |least: Assurance, set: FactorSet| set.seconds().any(|f| f.most() >= least);
        let every = EVERY_LEAST..=EVERY_MOST;
        match self {
            Self { factors: Some(set), .. } if *set == FactorSet::NONE => {
                Some(("factors", "name one second factor at least, or leave it out"))
            }
            Self { factors: Some(set), .. } if set.has(Factor::Password) || set.has(Factor::Federated) => {
                Some(("factors", "passkey, authenticator, sms, mail and recovery can be second factors"))
            }
            Self { factors: Some(set), least: Some(least), .. } if !reaches(*least, *set) => {
                Some(("least", "none of the factors that count here is that strong"))
            }
            Self { every: Some(n), .. } if !every.contains(n) => Some(("sign_in_every", "between 5 minutes and a year")),
            Self { remember: Some(n), .. } if *n > REMEMBER_MOST => Some(("remember_devices", "365 days at most, or 0")),
            _ => None,
        }
    }
}

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Whom or what it is for.
    pub scope: Scope,
    /// What it asks.
    pub rules: Rules,
}

/// Why a session is not enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// Something more is to be shown.
    Stronger,
    /// It is to be begun anew.
    Anew,
}

/// What is asked of someone at an application: the strictest of all policies that apply, and of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which factors count, and how strong they must be together.
    pub demand: Demand,
    /// How old a sign-in may be.
    pub every: Option<Duration>,
    /// For how long a device may be remembered; nothing is never.
    pub remember: Option<Duration>,
}

impl Asked {
    /// The strictest of policies. Two factors are asked unless the one for everyone says less.
    pub fn strictest(policies: &[Policy]) -> Self {
        let all = || policies.iter().map(|p| &p.rules);
        let base = policies.iter().find(|p| p.scope == Scope::Everyone).and_then(|p| p.rules.least);
        let least = all().filter_map(|r| r.least).fold(base.unwrap_or(Assurance::PasswordMail), Assurance::max);
        let days = |n: u32| Duration::from_secs(u64::from(n) * 24 * 3600);
        Self {
            demand: Demand { factors: all().filter_map(|r| r.factors).fold(FactorSet::ALL, FactorSet::and), least, prefer: None },
            every: all().filter_map(|r| r.every).min().map(|n| Duration::from_secs(u64::from(n) * 60)),
            remember: all().filter_map(|r| r.remember).min().filter(|n| *n > 0).map(days),
        }
    }

    /// The same where a request asks for one of these strengths, liked best first: the weakest of them will do, if the policies
    /// don't ask for more.
    #[must_use]
    pub fn and_one_of(mut self, wanted: &[Assurance]) -> Self {
        if let Some(least) = wanted.iter().min() {
            self.demand.least = self.demand.least.max(*least);
            self.demand.prefer = wanted.first().copied();
        }
        self
    }

    /// The same where a page of this provider, or what an application gives access to, asks for so much.
    #[must_use]
    pub fn at_least(mut self, least: Option<Assurance>) -> Self {
        self.demand.least = least.map_or(self.demand.least, |l| self.demand.least.max(l));
        self
    }

    /// Whether a sign-in of `auth_at` is older than the policies let one be.
    pub fn is_over(&self, auth_at: Timestamp, now: Timestamp) -> bool {
        self.every.is_some_and(|every| auth_at + every <= now)
    }

    /// What a session that was begun at `auth_at` lacks. `offline` is for what outlives sessions: that is not made anew.
    pub fn lack(&self, results: &Results, auth_at: Timestamp, now: Timestamp, offline: bool) -> Option<Lack> {
        if !offline && self.is_over(auth_at, now) {
            return Some(Lack::Anew);
        }
        if self.demand.met(results).is_none() { Some(Lack::Stronger) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idp::signin::factors::Shown;

    fn policy(scope: Scope, rules: Rules) -> Policy {
        Policy { scope, rules }
    }

    fn set(list: &[Factor]) -> FactorSet {
        list.iter().copied().collect()
    }

    /// S3: of several policies, whatever one of them asks is asked.
    #[test]
    fn the_strictest_policy_wins() {
        let mail = set(&[Factor::Mail, Factor::Authenticator, Factor::Passkey]);
        let app = set(&[Factor::Authenticator, Factor::Recovery]);
        let staff = Rules { factors: Some(app), least: Some(Assurance::PasswordApp), every: Some(600), remember: Some(30) };
        let group = Rules { factors: Some(mail), every: Some(60), ..Rules::default() };
        let asked = Asked::strictest(&[policy(Scope::Staff, staff.clone()), policy(Scope::Group("g".into()), group.clone())]);
        assert_eq!(asked.demand.factors, set(&[Factor::Authenticator]));
        assert_eq!(asked.demand.least, Assurance::PasswordApp);
        assert_eq!(asked.every, Some(Duration::from_secs(3600)));
        assert_eq!(asked.remember, Some(Duration::from_secs(30 * 24 * 3600)));
        // One that says never says it for all.
        let never = policy(Scope::Application("a".into()), Rules { remember: Some(0), ..Rules::default() });
        assert_eq!(Asked::strictest(&[policy(Scope::Staff, staff), never]).remember, None);
    }

    /// S3: remembered devices are off, and two factors asked, until someone says otherwise; and only the policy for everyone
    /// can ask for less.
    #[test]
    fn without_policies_two_factors_are_asked_each_time() {
        let asked = Asked::strictest(&[]);
        assert_eq!(asked, Asked { demand: Demand::default(), every: None, remember: None });
        let one = || Rules { least: Some(Assurance::OneFactor), ..Rules::default() };
        let of = |scope| Asked::strictest(&[policy(scope, one())]).demand.least;
        assert_eq!(of(Scope::Everyone), Assurance::OneFactor);
        for scope in [Scope::Staff, Scope::Externals, Scope::Group("g".into()), Scope::Application("a".into())] {
            assert_eq!(of(scope), Assurance::PasswordMail);
        }
        let stricter = Rules { least: Some(Assurance::PasswordApp), ..Rules::default() };
        let both = [policy(Scope::Everyone, one()), policy(Scope::Staff, stricter)];
        assert_eq!(Asked::strictest(&both).demand.least, Assurance::PasswordApp);
    }

    #[test]
    fn a_request_can_ask_for_more_and_never_for_less() {
        let asked = Asked::strictest(&[]).at_least(Some(Assurance::PasswordApp));
        assert_eq!(asked.and_one_of(&[Assurance::Passkey]).demand.least, Assurance::Passkey);
        let either = asked.and_one_of(&[Assurance::Passkey, Assurance::PasswordMail]).demand;
        assert_eq!((either.least, either.prefer), (Assurance::PasswordApp, Some(Assurance::Passkey)));
        assert_eq!(asked.at_least(Some(Assurance::OneFactor)), asked);
    }

    /// case 17
    #[test]
    fn a_session_that_is_too_old_or_too_weak_is_not_enough() {
        let shown =
            |list: &[Factor]| -> Results { list.iter().map(|f| Shown { factor: *f, at: Timestamp(0), whole: None }).collect() };
        let rules = Rules { factors: Some(set(&[Factor::Authenticator])), every: Some(10), ..Rules::default() };
        let asked = Asked::strictest(&[policy(Scope::Everyone, rules)]);
        let (soon, late) = (Timestamp(599_999), Timestamp(600_000));
        let strong = shown(&[Factor::Password, Factor::Authenticator]);
        assert_eq!(asked.lack(&strong, Timestamp(0), soon, false), None);
        assert_eq!(asked.lack(&strong, Timestamp(0), late, false), Some(Lack::Anew));
        assert_eq!(asked.lack(&strong, Timestamp(0), late, true), None);
        // A factor that doesn't count is as if it had not been shown.
        assert_eq!(asked.lack(&shown(&[Factor::Password, Factor::Mail]), Timestamp(0), soon, false), Some(Lack::Stronger));
    }

    #[test]
    fn a_policy_that_nobody_could_meet_is_refused() {
        let at = |rules: Rules| rules.fault().map(|(at, _)| at);
        assert_eq!(at(Rules { factors: Some(FactorSet::NONE), ..Rules::default() }), Some("factors"));
        assert_eq!(at(Rules { factors: Some(set(&[Factor::Password])), ..Rules::default() }), Some("factors"));
        let weak = Rules { factors: Some(set(&[Factor::Mail])), least: Some(Assurance::PasswordApp), ..Rules::default() };
        assert_eq!(at(weak), Some("least"));
        assert_eq!(at(Rules { every: Some(4), ..Rules::default() }), Some("sign_in_every"));
        assert_eq!(at(Rules { remember: Some(366), ..Rules::default() }), Some("remember_devices"));
        assert_eq!(at(Rules { every: Some(60), remember: Some(0), ..Rules::default() }), None);
    }
}
