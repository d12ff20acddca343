//! Setting factors up and taking them away, by the person himself; and what a sign-in asks of them.

pub mod authenticator;
pub mod passkeys;
pub mod phone;
pub mod recovery;
pub mod signin;

use super::ceremony::Refused;
use super::model::Listed;
use super::store;
use super::store::enrolments::{self, Kind};
use crate::contract::Assurance;
use crate::idp::Idp;
use crate::idp::notices::{About, Notice, What};
use crate::idp::people::Person;
use crate::idp::sessions::Session;
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::root::RootError;

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum FactorError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
    /// An answer of a passkey.
    #[error("a passkey's answer is refused: {0}")]
    Refused(#[from] Refused),
    /// What was given does not fit; the field and the key of its text.
    #[error("{0}: {1}")]
    Invalid(&'static str, &'static str),
    /// A wrong code, with so many tries left.
    #[error("a wrong code")]
    Wrong(i64),
    /// What was begun has expired, was finished, or has no tries left.
    #[error("begin again")]
    Gone,
    /// There is nothing of this id.
    #[error("there is nothing of this id")]
    NotFound,
    /// There are as many as there can be.
    #[error("there are as many as there can be")]
    Full,
    /// Too often; when it is possible again.
    #[error("too often")]
    TooMany(Timestamp),
}

/// Whose factors, and by whom: by himself, or by whoever runs the server.
#[derive(Clone, Debug)]
pub struct Who {
    /// Whose.
    pub person: Person,
    /// What challenges belong to: `session/<id>`, or the issue of a token.
    pub owner: String,
    /// Who acts, as the audit log has him.
    pub actor: Actor,
    /// With which browser.
    pub browser: String,
}

/// All that a person has set up.
pub async fn list(idp: &Idp, person: &str) -> Result<Listed, DbError> {
    let mut snapshot = idp.db.snapshot().await?;
    store::list(&mut snapshot.tx(), person).await
}

/// A sign-in that is asked for before a factor is added or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needed {
    /// How strong, where that matters.
    pub least: Option<Assurance>,
}

/// What is missing before a factor may be added or removed; nothing when a session will do (security case 21): a sign-in of the
/// last minutes. Where there is something that a thief of password and mailbox does not have, that thief must not be able to take
/// it away or to put his own beside it, so the sign-in must have shown it, or a recovery code.
pub async fn stale(idp: &Idp, session: &Session) -> Result<Option<Needed>, DbError> {
    let held = {
        let mut snapshot = idp.db.snapshot().await?;
        store::held(&mut snapshot.tx(), &session.person_id).await?
    };
    let least = held.is_strong().then_some(Assurance::PasswordApp);
    let strong = least.is_none_or(|least| session.assurance >= least);
    Ok(if strong && session.is_fresh(idp.env.now()) { None } else { Some(Needed { least }) })
}

/// What is written about a change, drawn before its transaction.
#[derive(Clone, Debug)]
pub(super) struct Trace {
    who: Who,
    audit_id: String,
    told: Option<Notice>,
    pub now: Timestamp,
}

impl Trace {
    /// For what nobody need be told of.
    pub(super) fn of(idp: &Idp, who: &Who) -> Self {
        Self { who: who.clone(), audit_id: idp.env.id(), told: None, now: idp.env.now() }
    }

    /// For what its owner is told by mail; `name` is what he calls it.
    pub(super) fn telling(idp: &Idp, who: &Who, what: What, name: &str) -> Result<Self, RootError> {
        let about = About { ip: who.actor.ip.clone(), browser: who.browser.clone(), ..About::default() }.named(name);
        Ok(Self { told: Some(Notice::new(idp, what, &about)?), ..Self::of(idp, who) })
    }

    pub(super) fn person(&self) -> &str {
        &self.who.person.id
    }

    /// Writes the audit entry alone: also for what was refused.
    pub(super) async fn note(
        &self,
        tx: &mut Tx<'_>,
        action: &'static str,
        outcome: &'static str,
        detail: &str,
    ) -> Result<(), DbError> {
        let entry = audit::Entry {
            id: self.audit_id.clone(),
            at: self.now,
            actor: self.who.actor.clone(),
            action,
            target: Some(self.who.person.id.clone()),
            outcome,
            detail: detail.to_owned(),
        };
        audit::record(tx, &entry).await
    }

    /// It is done: writes the audit entry, and tells the owner.
    pub(super) async fn done(&self, tx: &mut Tx<'_>, action: &'static str, detail: &str) -> Result<(), DbError> {
        self.note(tx, action, "ok", detail).await?;
        match &self.told {
            Some(notice) => notice.put(tx, self.person()).await,
            None => Ok(()),
        }
    }
}

/// Gives up what a person is setting up.
async fn give_up(idp: &Idp, who: &Who, kind: Kind) -> Result<(), DbError> {
    let input = (who.person.id.clone(), idp.env.now());
    idp.db
        .write(input, move |(person, now), mut tx| {
            Box::pin(async move {
                match enrolments::open(&mut tx, person, kind, *now).await? {
                    Some(open) => enrolments::end(&mut tx, &open.id).await.map(drop),
                    None => Ok(()),
                }
            })
        })
        .await
}
