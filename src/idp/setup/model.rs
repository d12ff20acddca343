//! Which step is next: from what someone has, what is asked of him, and what he has put off.

use std::time::Duration;

use crate::idp::signin::factors::{Factor, FactorSet};
use crate::idp::signin::model::Demand;

/// Where it is.
pub const PATH: &str = "/setup";
/// For how long it can be taken up again in the same browser. Later the policies lead back to what they ask.
pub const LIFE: Duration = Duration::from_secs(24 * 3600);
/// What can be set up as a second step, the best first. A code by mail needs nothing set up.
const OFFERED: [Factor; 3] = [Factor::Passkey, Factor::Authenticator, Factor::Sms];

/// How it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Began {
    /// A password was chosen, which is the first step.
    Password,
    /// Someone signed in, and that was not enough.
    Signin,
}

impl Began {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Signin => "signin",
        }
    }
    /// From that.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Password, Self::Signin].into_iter().find(|b| b.as_str() == name)
    }
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Choosing a password.
    Password,
    /// Setting up a second step for signing in.
    Factor,
    /// Getting recovery codes.
    Codes,
}

impl Step {
    /// As stored, in forms and as part of keys of texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Factor => "factor",
            Self::Codes => "codes",
        }
    }
    /// From that.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Password, Self::Factor, Self::Codes].into_iter().find(|s| s.as_str() == name)
    }
}

/// What someone brings.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// How it began.
    pub began: Began,
    /// What he can show as a second step, recovery codes included.
    pub has: FactorSet,
    /// What this installation can ask for.
    pub able: FactorSet,
    /// What is asked of him.
    pub demand: &'a Demand,
    /// Whether his session is that already, by whatever was shown in it.
    pub met: bool,
    /// What he has put off.
    pub put_off: &'a [Step],
}

/// Where someone is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// All steps, done or not, in order.
    pub steps: Vec<Step>,
    /// The next one; nothing when there is none.
    pub next: Option<Step>,
    /// What would do for a second step.
    pub choices: Vec<Factor>,
    /// Whether the second step is asked for, and so can't be put off.
    pub asked: bool,
}

impl Facts<'_> {
    /// Whether what he has does not come to what is asked, however much of it he shows.
    pub fn falls_short(&self) -> bool {
        let counts = self.has.and(self.able).and(self.demand.factors);
        !counts.seconds().any(|f| f.most() >= self.demand.least)
    }

    /// What he could set up that would do; where nothing is asked of him, that is better than what he has.
    fn choices(&self, asked: bool) -> Vec<Factor> {
        let counts = self.able.and(self.demand.factors);
        let would_do = |f: &Factor| counts.has(*f) && !self.has.has(*f) && (!asked || f.most() >= self.demand.least);
        OFFERED.into_iter().filter(would_do).collect()
    }

    /// The plan.
    pub fn plan(&self) -> Plan {
        let (asked, put_off) = (!self.met && self.falls_short(), |step| self.put_off.contains(&step));
        let choices = self.choices(asked);
        let has_one = OFFERED.into_iter().any(|f| self.has.has(f));
        let offers = self.began == Began::Password && !has_one && !choices.is_empty();
        let next = if asked || (offers && !put_off(Step::Factor)) {
            Some(Step::Factor)
        } else if has_one && !self.has.has(Factor::Recovery) && !put_off(Step::Codes) {
            Some(Step::Codes)
        } else {
            None
        };
        let first = (self.began == Began::Password).then_some(Step::Password);
        Plan { steps: first.into_iter().chain([Step::Factor, Step::Codes]).collect(), next, choices, asked }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Assurance;

    fn set(list: &[Factor]) -> FactorSet {
        list.iter().copied().collect()
    }

    fn plan(began: Began, has: &[Factor], demand: &Demand, put_off: &[Step]) -> Plan {
        Facts { began, has: set(has), able: FactorSet::ALL, demand, met: false, put_off }.plan()
    }

    const MAIL: &[Factor] = &[Factor::Mail];

    /// S3, S4: what a policy asks is the next step until it is there, and can't be put off; then come the recovery codes.
    #[test]
    fn what_is_asked_comes_first_and_recovery_codes_last() {
        let counts = set(&[Factor::Authenticator, Factor::Passkey]);
        let strict = Demand { factors: counts, least: Assurance::PasswordApp, prefer: None };
        for began in [Began::Password, Began::Signin] {
            let first = plan(began, MAIL, &strict, &[Step::Factor, Step::Codes]);
            assert_eq!((first.next, first.asked), (Some(Step::Factor), true));
            assert_eq!(first.choices, [Factor::Passkey, Factor::Authenticator]);
            let with_app = plan(began, &[Factor::Mail, Factor::Authenticator], &strict, &[]);
            assert_eq!((with_app.next, with_app.asked), (Some(Step::Codes), false));
            let done = plan(began, &[Factor::Mail, Factor::Authenticator, Factor::Recovery], &strict, &[]);
            assert_eq!(done.next, None);
            assert_eq!(plan(began, &[Factor::Mail, Factor::Authenticator], &strict, &[Step::Codes]).next, None);
            assert_eq!(first.steps, done.steps, "the count stays the same on the way");
        }
        // Another provider's word for it is enough where it counts that far.
        let facts =
            Facts { began: Began::Signin, has: set(MAIL), able: FactorSet::ALL, demand: &strict, met: true, put_off: &[] };
        assert_eq!((facts.plan().next, facts.plan().asked), (None, false));
        // A factor that does not count is no step forward.
        assert!(plan(Began::Signin, &[Factor::Mail, Factor::Sms], &strict, &[]).asked);
    }

    /// S4: where a mailed code is enough a second step is offered once, and only to who has just come.
    #[test]
    fn what_is_not_asked_is_offered_and_put_off() {
        let demand = Demand::default();
        let offered = plan(Began::Password, MAIL, &demand, &[]);
        assert_eq!((offered.next, offered.asked), (Some(Step::Factor), false));
        assert_eq!(offered.choices, OFFERED);
        assert_eq!(plan(Began::Password, MAIL, &demand, &[Step::Factor]).next, None, "nor are codes, for who has only his mail");
        assert_eq!(plan(Began::Signin, MAIL, &demand, &[]).next, None);
        let external = Demand { factors: set(MAIL), ..demand };
        assert_eq!(plan(Began::Password, MAIL, &external, &[]).next, None, "nothing that would count is left to offer");
    }

    /// What this installation can't do is not offered.
    #[test]
    fn what_there_is_not_here_is_no_choice() {
        let demand = Demand { least: Assurance::PasswordSms, ..Demand::default() };
        let facts = |able| Facts { began: Began::Signin, has: set(MAIL), able, demand: &demand, met: false, put_off: &[] };
        let no_gateway = facts(set(&[Factor::Mail, Factor::Authenticator, Factor::Recovery])).plan();
        assert_eq!(no_gateway.choices, [Factor::Authenticator]);
        assert!(facts(set(MAIL)).plan().choices.is_empty());
    }
}
