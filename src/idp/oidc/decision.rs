//! A person's answer to a request that waits for it: a device's (RFC 8628, section 3.3), or one by the back channel (OpenID
//! Connect CIBA). Owns who answers and what is issued. Does not own what else is asked first, which is each kind's own.

use super::store::{self, Issue};
use crate::idp::people::Person;
use crate::idp::sessions::Session;
use crate::idp::{Idp, people, sessions};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};

/// What came of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// The client may take its tokens.
    Allowed,
    /// It is told that it may not.
    Refused,
    /// It waits no longer, or someone answered before.
    Gone,
    /// The person may not use the application.
    NotAllowed,
    /// More is to be shown first; only where strengths are asked for.
    Weak,
}

impl Decided {
    /// As pages call it.
    pub const fn outcome(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Refused => "refused",
            Self::Gone => "gone",
            Self::NotAllowed => "not-allowed",
            Self::Weak => "weak",
        }
    }
}

/// What is asked for.
pub struct Asked<'a> {
    /// By which application.
    pub client_id: &'a str,
    /// Scopes.
    pub scope: &'a str,
    /// Resource servers.
    pub resource: &'a str,
    /// What else (RFC 9396).
    pub details: Option<&'a str>,
}

/// An answer, with what writing it down needs: drawn before the transaction.
pub struct Decision {
    /// The request that waits.
    pub id: String,
    /// In which session it is answered.
    session_id: String,
    /// Whether the person said yes.
    pub allow: bool,
    issue_id: String,
    /// The id of its entry in the audit log.
    pub audit_id: String,
    /// By whom.
    pub actor: Actor,
    /// When.
    pub now: Timestamp,
}

impl Decision {
    /// The answer of whoever has this session.
    pub fn new(idp: &Idp, session: &Session, id: &str, allow: bool, actor: Actor) -> Self {
        let (issue_id, audit_id, now) = (idp.env.id(), idp.env.id(), idp.env.now());
        Self { id: id.to_owned(), session_id: session.id.clone(), allow, issue_id, audit_id, actor, now }
    }

    /// Who answers, if he still may: the page may have been open for long (security cases 3 and 17).
    pub async fn who(&self, tx: &mut Tx<'_>) -> Result<Option<(Session, Person)>, DbError> {
        let session = sessions::store::by_id(tx, &self.session_id).await?.filter(|s| s.is_live(self.now));
        let Some(session) = session else { return Ok(None) };
        let person = people::store::by_id(tx, &session.person_id).await?.filter(|p| p.active);
        Ok(person.map(|person| (session, person)))
    }

    /// Issues what is asked for, and answers its id.
    pub async fn issue(&self, tx: &mut Tx<'_>, session: &Session, asked: Asked<'_>) -> Result<String, DbError> {
        let issue = Issue {
            id: self.issue_id.clone(),
            client_id: asked.client_id.to_owned(),
            person_id: session.person_id.clone(),
            session_id: session.id.clone(),
            offline: asked.scope.split(' ').any(|s| s == "offline_access"),
            scope: asked.scope.to_owned(),
            resource: asked.resource.to_owned(),
            nonce: None,
            revoked_at: None,
            claims: None,
            details: asked.details.map(str::to_owned),
            acr: None,
            amr: None,
            auth_at: None,
        }
        .signed_in_by(session);
        store::insert_issue(tx, &issue, self.now).await?;
        Ok(issue.id)
    }
}
