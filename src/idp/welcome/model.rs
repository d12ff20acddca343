//! What an invitation or registration is, who may register, and what may be asked for. Pure.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::idp::credentials::limits::Limit;
use crate::idp::people::EmailKey;
use crate::idp::relations::model::{Wrong, is_line};
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::Lang;

/// How long the link of an invitation works.
pub const LIFE: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long that of a registration does.
pub const REGISTERING: Duration = Duration::from_secs(24 * 3600);
/// Mails with a link to one address.
pub const PER_ADDRESS: Limit = Limit { most: 5, window: Duration::from_secs(24 * 3600) };
/// Registrations from one network.
pub const PER_NETWORK: Limit = Limit { most: 50, window: Duration::from_secs(3600) };
/// Groups and roles of one invitation.
const MOST: usize = 50;

/// Why there is a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody invites.
    Invitation,
    /// Somebody registered himself.
    Registration,
}

impl Kind {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Registration => "registration",
        }
    }
    /// From that.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Invitation, Self::Registration].into_iter().find(|k| k.as_str() == name)
    }
}

/// Who is meant. Sealed at rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whom {
    /// The address.
    pub email: String,
    /// What he is called.
    pub name: String,
    /// Language code.
    pub language: String,
}

impl Whom {
    /// What doesn't fit; otherwise the address in its canonical form.
    pub fn check(&self) -> Result<EmailKey, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let key = EmailKey::parse(&self.email);
        if key.is_none() {
            wrong.push(Wrong::at("email", "an address such as daan@example.com"));
        }
        if !is_line(&self.name, 200) {
            wrong.push(Wrong::at("name", "1 to 200 characters, without line breaks"));
        }
        if !Lang::ALL.iter().any(|l| l.code() == self.language) {
            wrong.push(Wrong::at("language", "en, nl, pl or tr"));
        }
        key.filter(|_| wrong.is_empty()).ok_or(wrong)
    }
}

/// What an administrator asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewWelcome {
    /// The address that the link goes to.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// Language of mail and account; `en` without it.
    #[serde(default = "english")]
    pub language: String,
    /// Whether the person works here.
    #[serde(default)]
    pub staff: bool,
    /// Names of groups that there are.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Roles.
    #[serde(default)]
    pub roles: Vec<String>,
}

fn english() -> String {
    "en".into()
}

impl NewWelcome {
    /// Who is meant.
    pub fn whom(&self) -> Whom {
        Whom { email: self.email.trim().to_owned(), name: self.name.trim().to_owned(), language: self.language.clone() }
    }

    /// What doesn't fit; otherwise the address in its canonical form.
    pub fn check(&self) -> Result<EmailKey, Vec<Wrong>> {
        let mut wrong = Vec::new();
        if self.groups.len() > MOST {
            wrong.push(Wrong::at("groups", "50 at most"));
        }
        if self.roles.len() > MOST || self.roles.iter().any(|r| !is_line(r, 64)) {
            wrong.push(Wrong::at("roles", "50 at most, of 1 to 64 characters"));
        }
        match self.whom().check() {
            Ok(key) if wrong.is_empty() => Ok(key),
            Ok(_) => Err(wrong),
            Err(more) => {
                wrong.extend(more);
                Err(wrong)
            }
        }
    }
}

/// An invitation or registration as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcome {
    /// Its id.
    pub id: String,
    /// Why there is one.
    pub kind: Kind,
    /// Keyed hash of the address.
    pub email_hash: String,
    /// [`Whom`], sealed.
    pub sealed: String,
    /// Whether accepting makes staff.
    pub staff: bool,
    /// Ids of the groups that accepting puts the person in.
    pub groups: Vec<String>,
    /// Roles that it gives.
    pub roles: Vec<String>,
    /// Who invites; none for registrations and the command line.
    pub invited_by: Option<String>,
    /// When.
    pub made_at: Timestamp,
    /// Keyed hash of the link's secret.
    pub hash: String,
    /// Until when the link works.
    pub expires_at: Timestamp,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

impl Welcome {
    /// Whether its link works.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.accepted_at.is_none() && self.revoked_at.is_none() && now < self.expires_at
    }
}

/// Where the seal of one belongs.
pub fn place(id: &str) -> String {
    format!("welcomes/{id}")
}

/// Who may register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Nobody.
    Off,
    /// Everybody.
    Open,
    /// Who has an address at one of these domains.
    Domains(Vec<String>),
}

impl Policy {
    /// From the setting `registration`; none when that can't be read.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "off" => Some(Self::Off),
            "open" => Some(Self::Open),
            list => {
                // A domain reads as the end of an address does, so that both are compared in one form.
                let domain = |d: &str| Some(EmailKey::parse(&format!("x@{}", d.trim()))?.as_str().strip_prefix("x@")?.to_owned());
                let all: Option<Vec<String>> = list.split(',').map(domain).collect();
                all.map(Self::Domains)
            }
        }
    }

    /// Whether an address may register.
    pub fn allows(&self, key: &EmailKey) -> bool {
        match self {
            Self::Off => false,
            Self::Open => true,
            Self::Domains(all) => key.as_str().rsplit_once('@').is_some_and(|(_, d)| all.iter().any(|a| a == d)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_register_is_nobody_everybody_or_who_is_at_a_domain() {
        let key = |e: &str| EmailKey::parse(e).unwrap();
        assert!(!Policy::parse("off").unwrap().allows(&key("a@example.com")));
        assert!(Policy::parse("open").unwrap().allows(&key("a@example.com")));
        let some = Policy::parse("Example.com, bücher.example").unwrap();
        assert!(some.allows(&key("a@EXAMPLE.com")) && some.allows(&key("a@bücher.example")));
        for other in ["a@sub.example.com", "a@example.com.evil.example", "a@notexample.com"] {
            assert!(!some.allows(&key(other)), "{other}");
        }
        for bad in ["", "a b", "example.com,", "@example.com"] {
            assert_eq!(Policy::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_invitation_that_does_not_fit_is_refused_by_field() {
        let good = NewWelcome {
            email: " Eva@Example.com ".into(),
            name: "Eva".into(),
            language: "nl".into(),
            staff: true,
            groups: vec![],
            roles: vec!["sales".into()],
        };
        assert_eq!(good.check().unwrap().as_str(), "eva@example.com");
        let bad = NewWelcome { email: "a@b@c".into(), name: "a\nb".into(), roles: vec![String::new()], ..good };
        let fields: Vec<_> = bad.check().unwrap_err().into_iter().map(|w| w.field).collect();
        assert_eq!(fields, ["roles", "email", "name"]);
    }
}
