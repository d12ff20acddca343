//! A policy as files, the interface and commands write it.

use serde::{Deserialize, Serialize};

use super::model::{Rules, Scope};
use crate::contract::Assurance;
use crate::idp::signin::factors::Factor;

/// Whom or what a policy is for: `everyone`, `staff`, `externals`, `{group: ...}` or `{application: ...}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum For {
    /// Everyone.
    Everyone,
    /// Whoever works here.
    Staff,
    /// Whoever doesn't.
    Externals,
    /// Everyone in a group, by name.
    Group(String),
    /// Whoever uses an application, by client id.
    Application(String),
}

/// A level, by its short name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// One factor.
    OneFactor,
    /// Password and a code by mail.
    PasswordMail,
    /// Password and a code by text message.
    PasswordSms,
    /// Password and something that only he has.
    PasswordApp,
    /// A passkey with user verification.
    Passkey,
}

impl Level {
    const ALL: [(Self, Assurance); 5] = [
        (Self::OneFactor, Assurance::OneFactor),
        (Self::PasswordMail, Assurance::PasswordMail),
        (Self::PasswordSms, Assurance::PasswordSms),
        (Self::PasswordApp, Assurance::PasswordApp),
        (Self::Passkey, Assurance::Passkey),
    ];

    /// The level of a strength.
    pub fn of(assurance: Assurance) -> Self {
        Self::ALL.into_iter().find(|(_, a)| *a == assurance).map_or(Self::Passkey, |(level, _)| level)
    }

    /// The strength of a level.
    pub fn assurance(self) -> Assurance {
        Self::ALL.into_iter().find(|(level, _)| *level == self).map_or(Assurance::Passkey, |(_, a)| a)
    }
}

/// A policy. What it doesn't say, others may; of all that apply, the strictest wins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyForm {
    /// Whom or what it is for.
    #[serde(rename = "for", with = "serde_yaml_ng::with::singleton_map")]
    pub whom: For,
    /// Which second factors count: passkey, authenticator, sms, mail, recovery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factors: Option<Vec<Factor>>,
    /// How strong a sign-in must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<Level>,
    /// After how many minutes someone signs in anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in_every: Option<u32>,
    /// For how many days a device may be remembered; 0 is never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remember_devices: Option<u32>,
}

impl PolicyForm {
    /// What it asks.
    pub fn rules(&self) -> Rules {
        Rules {
            factors: self.factors.as_ref().map(|all| all.iter().copied().collect()),
            least: self.least.map(Level::assurance),
            every: self.sign_in_every,
            remember: self.remember_devices,
        }
    }

    /// The form of a policy; `name` is what its group is called.
    pub fn of(scope: &Scope, rules: &Rules, name: &str) -> Self {
        Self {
            whom: match scope {
                Scope::Everyone => For::Everyone,
                Scope::Staff => For::Staff,
                Scope::Externals => For::Externals,
                Scope::Group(_) => For::Group(name.to_owned()),
                Scope::Application(id) => For::Application(id.clone()),
            },
            factors: rules.factors.map(|set| set.seconds().collect()),
            least: rules.least.map(Level::of),
            sign_in_every: rules.every,
            remember_devices: rules.remember,
        }
    }

    /// As JSON, for the audit log.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idp::signin::factors::FactorSet;

    #[test]
    fn a_policy_is_written_as_it_is_read() {
        let text = r#"{"for":{"group":"Support"},"factors":["passkey","authenticator"],"least":"password-app","sign_in_every":720,"remember_devices":0}"#;
        let form: PolicyForm = serde_json::from_str(text).unwrap();
        assert_eq!(form.to_json(), text);
        let rules = form.rules();
        assert_eq!(rules.least, Some(Assurance::PasswordApp));
        assert_eq!(PolicyForm::of(&Scope::Group("id".into()), &rules, "Support"), form);
        let plain: PolicyForm = serde_json::from_str(r#"{"for":"staff"}"#).unwrap();
        assert!(plain.rules().is_empty() && plain.whom == For::Staff);
        assert!(serde_json::from_str::<PolicyForm>(r#"{"for":"staff","leest":"passkey"}"#).is_err());
        for level in Assurance::ALL {
            assert_eq!(Level::of(level).assurance(), level);
        }
        assert_eq!(
            Rules { factors: Some(FactorSet::NONE.with(Factor::Mail)), ..Rules::default() }.factors.map(|f| f.seconds().count()),
            Some(1)
        );
    }
}
