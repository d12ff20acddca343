//! What an invitation is, what may be asked for, and what whoever opens its link has to do. Pure.

use std::time::Duration;

use crate::contract::access::{GrantLevel, Invitation, NewInvitation};
use crate::idp::credentials::limits::Limit;
use crate::idp::grants::Terms;
use crate::idp::grants::model::check_terms;
use crate::idp::people::{EmailKey, Person};
use crate::idp::relations::model::{Wrong, is_id, is_line};
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::Lang;

/// How long a link works.
pub const LIFE: Duration = Duration::from_secs(7 * 24 * 3600);
/// Mails with a link to one address.
pub const PER_ADDRESS: Limit = Limit { most: 5, window: Duration::from_secs(24 * 3600) };
/// Invitations that one person makes.
pub const PER_PERSON: Limit = Limit { most: 100, window: Duration::from_secs(24 * 3600) };

/// An invitation as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Its id, which the record store chose.
    pub id: String,
    /// The record store.
    pub client: String,
    /// The relation that accepting gives access to.
    pub relation: String,
    /// The address that the link goes to.
    pub email: String,
    /// Its canonical form.
    pub email_key: String,
    /// What the person is called.
    pub name: String,
    /// Language code of mail and account.
    pub language: String,
    /// What accepting gives.
    pub terms: Terms,
    /// Who invites.
    pub invited_by: String,
    /// When.
    pub made_at: Timestamp,
    /// Keyed hash of the link's secret.
    pub token_hash: String,
    /// Until when the link works.
    pub expires_at: Timestamp,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// By whom.
    pub person: Option<String>,
    /// The grant that came of it.
    pub grant: Option<String>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

impl Invited {
    /// Whether its link works.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.accepted_at.is_none() && self.revoked_at.is_none() && now < self.expires_at
    }

    /// Whether it is what is asked for.
    pub fn is_same(&self, new: &NewInvitation) -> bool {
        self.email == new.email.trim()
            && self.name == new.name.trim()
            && self.language == new.language
            && self.relation == new.relation
            && self.terms == terms(new)
    }

    /// As the record store sees it.
    pub fn shown(&self) -> Invitation {
        Invitation {
            id: self.id.clone(),
            email: self.email.clone(),
            name: self.name.clone(),
            relation: self.relation.clone(),
            level: self.terms.level,
            made_at: self.made_at.0,
            expires_at: self.expires_at.0,
            accepted_at: self.accepted_at.map(|t| t.0),
        }
    }
}

/// What accepting is to give.
pub fn terms(new: &NewInvitation) -> Terms {
    let reason = new.reason.clone().filter(|r| !r.trim().is_empty());
    Terms { level: new.level, from: None, until: new.until.map(Timestamp), reason }
}

/// The same from its columns.
pub fn terms_of(level: GrantLevel, until: Option<Timestamp>, reason: Option<String>) -> Terms {
    Terms { level, from: None, until, reason }
}

/// What doesn't fit; otherwise the address in its canonical form.
pub fn check(id: &str, new: &NewInvitation, now: Timestamp) -> Result<EmailKey, Vec<Wrong>> {
    let mut wrong = check_terms(&terms(new), now);
    let mut say = |holds: bool, field: &str, reason| {
        if !holds {
            wrong.push(Wrong::at(field, reason));
        }
    };
    say(is_id(id), "id", "1 to 64 characters of a-z, A-Z, 0-9, - and _");
    say(is_line(&new.name, 200), "name", "1 to 200 characters, without line breaks");
    say(Lang::ALL.iter().any(|l| l.code() == new.language), "language", "en, nl, pl or tr");
    let key = EmailKey::parse(&new.email);
    say(key.is_some(), "email", "an address such as daan@example.com");
    key.filter(|_| wrong.is_empty()).ok_or(wrong)
}

/// What whoever opened a link that works has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Choose a password: for a new account, or for one whose address nobody had proven. A password that stands there was
    /// set by someone who had not shown that he is who the address belongs to (security case 23).
    Choose,
    /// Sign in to the account of the invited address first.
    SignIn,
    /// Say that he accepts.
    Confirm,
    /// Sign out: this browser is signed in as someone else.
    Leave,
    /// Nothing: the account of this address is disabled.
    Nothing,
}

/// The step, by the account of the invited address, if there is one, and who is signed in, if anybody.
pub fn step(account: Option<&Person>, signed_in: Option<&str>) -> Step {
    let own = account.is_some_and(|p| signed_in == Some(p.id.as_str()));
    match account {
        Some(p) if !p.active => Step::Nothing,
        _ if signed_in.is_some() && !own => Step::Leave,
        None => Step::Choose,
        // Who works here has credentials by the administrator's hand; a mailed link alone never replaces those.
        Some(p) if !p.email_proven && !p.staff => Step::Choose,
        Some(_) if own => Step::Confirm,
        Some(_) => Step::SignIn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(email_proven: bool, staff: bool, active: bool) -> Person {
        Person {
            id: "p".into(),
            email: "p@example.com".into(),
            email_proven,
            name: "P".into(),
            language: "en".into(),
            phone: None,
            staff,
            active,
        }
    }

    /// case 23
    #[test]
    fn a_password_is_chosen_for_a_new_account_or_over_one_that_nobody_had_proven() {
        assert_eq!(step(None, None), Step::Choose);
        assert_eq!(step(Some(&person(false, false, true)), None), Step::Choose);
        assert_eq!(step(Some(&person(false, false, true)), Some("p")), Step::Choose);
        assert_eq!(step(Some(&person(true, false, true)), None), Step::SignIn);
        assert_eq!(step(Some(&person(false, true, true)), None), Step::SignIn, "staff keeps what the administrator set");
        for staff in [true, false] {
            assert_eq!(step(Some(&person(true, staff, true)), Some("p")), Step::Confirm);
            assert_eq!(step(Some(&person(true, staff, true)), Some("other")), Step::Leave);
            assert_eq!(step(Some(&person(true, staff, false)), None), Step::Nothing);
        }
        assert_eq!(step(None, Some("other")), Step::Leave);
    }

    #[test]
    fn an_invitation_that_does_not_fit_is_refused_by_field() {
        let now = Timestamp(1000);
        let good = NewInvitation {
            email: " Patricia@Example.com".into(),
            name: "Patricia".into(),
            language: "pl".into(),
            relation: "r1".into(),
            level: GrantLevel::Reader,
            until: None,
            reason: None,
        };
        assert_eq!(check("i1", &good, now).unwrap().as_str(), "patricia@example.com");
        let wrong = |id: &str, new: NewInvitation| {
            check(id, &new, now).unwrap_err().into_iter().map(|w| w.field).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(wrong("i/1", good.clone()), "id");
        assert_eq!(wrong("i1", NewInvitation { email: "a@b@c".into(), language: "xx".into(), ..good.clone() }), "language email");
        assert_eq!(wrong("i1", NewInvitation { name: "a\nb".into(), until: Some(1000), ..good.clone() }), "until name");
    }
}
