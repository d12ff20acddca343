//! What an issue rests on, read at one moment, and whether it bears it at another. Owns both, so that time alone is judged anew
//! where nothing else has changed (docs/adr/0042). Every table that [`read`] reads has the triggers that count its changes.

#[cfg(test)]
mod tests;

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;

use super::store::{self, Issue};
use super::userinfo::About;
use super::{details, resources};
use crate::contract::claims::Assurance;
use crate::idp::admission::Openings;
use crate::idp::clients::Client;
use crate::idp::feed::{self, Head};
use crate::idp::memory::{Ground, Memory};
use crate::idp::people::Person;
use crate::idp::policy::model::Asked;
use crate::idp::sessions::Session;
use crate::idp::signin::factors::Results;
use crate::idp::{Idp, admission, clients, people, policy, sessions};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};

/// What was read of issues, by their ids.
pub type Known = Memory<Ground, String, Arc<Grounds>>;

/// What an issue rests on.
#[derive(Debug)]
pub struct Grounds {
    /// The issue; of what it was given, what the application is still registered for.
    pub issue: Issue,
    /// The issue as it was given.
    given: Issue,
    /// The application that it was given to.
    pub client: Client,
    /// The person.
    pub person: Person,
    /// The session that the person signed in with.
    pub session: Session,
    openings: Openings,
    asked: Asked,
    results: Results,
    told: OnceLock<(String, Bytes)>,
}

impl Grounds {
    /// What the userinfo endpoint told by a token of a scope: worked out of what is here and of what is known of the person,
    /// which is counted alike.
    pub fn told(&self, scope: &str) -> Option<Bytes> {
        self.told.get().filter(|(of, _)| of == scope).map(|(_, text)| text.clone())
    }

    /// Keeps that. Tokens of one issue have one scope, nearly always: what was kept first stays.
    pub fn keep_told(&self, scope: &str, text: &Bytes) {
        let _ = self.told.set((scope.to_owned(), text.clone()));
    }

    /// How the person had signed in when it was given: `acr`, `amr` and `auth_time`. Rows of before that was kept say it of the
    /// session.
    pub fn signed_in(&self) -> (Assurance, Vec<String>, Timestamp) {
        let (issue, session) = (&self.issue, &self.session);
        let stated = (issue.acr.as_deref().and_then(Assurance::from_acr), issue.amr.as_deref(), issue.auth_at);
        let (Some(acr), Some(amr), Some(at)) = stated else {
            return (session.assurance, session.amr.clone(), session.auth_at);
        };
        (acr, amr.split(' ').filter(|m| !m.is_empty()).map(str::to_owned).collect(), Timestamp(at))
    }

    /// Whether they bear it at `now`: its session not ended (unless offline access was given), the person allowed to use the
    /// client (S11), and signed in as the policies ask now, whatever they asked when it was given (case 17).
    fn bear(&self, now: Timestamp) -> bool {
        let offline = self.issue.offline;
        (offline || self.session.is_live(now))
            && self.openings.at(now)
            && self.asked.lack(&self.results, self.session.auth_at, now, offline).is_none()
    }
}

/// Reads them; nothing where there is no such issue of the client, or something of it is revoked or disabled.
async fn read(tx: &mut Tx<'_>, mut issue: Issue, client: &str, issuer: &str) -> Result<Option<Grounds>, DbError> {
    if issue.client_id != client || issue.revoked_at.is_some() {
        return Ok(None);
    }
    let found = clients::store::by_id(tx, client).await?.filter(|c| c.enabled);
    let person = people::store::by_id(tx, &issue.person_id).await?.filter(|p| p.active);
    let session = sessions::store::by_id(tx, &issue.session_id).await?;
    let (Some(found), Some(person), Some(session)) = (found, person, session) else { return Ok(None) };
    let given = issue.clone();
    // What the application was registered for then may have been taken from it since.
    issue.resource = resources::still(&found, issuer, &issue.resource);
    issue.scope = found.scopes(&issue.scope).join(" ");
    issue.offline = issue.offline && issue.has_scope("offline_access");
    issue.details = issue.details.and_then(|granted| details::still(&found, &granted));
    if issue.resource.is_empty() {
        return Ok(None);
    }
    let openings = admission::store::openings(tx, client, &person.id).await?;
    let asked = policy::flow::asked(tx, &person.id, Some(client)).await?;
    let results = sessions::store::results(tx, &session.id).await?;
    Ok(Some(Grounds { issue, given, client: found, person, session, openings, asked, results, told: OnceLock::new() }))
}

/// An issue that stands, and everything that a token states of it, from one moment. Made here only.
#[derive(Clone, Debug)]
pub struct Standing {
    grounds: Arc<Grounds>,
    /// The head of the access log.
    pub head: Head,
    /// What else is known of the person, where an ID token is to say it ([`super::issues::informed`]).
    pub about: Arc<About>,
}

impl Deref for Standing {
    type Target = Grounds;
    fn deref(&self) -> &Grounds {
        &self.grounds
    }
}

impl Standing {
    fn on(grounds: Arc<Grounds>, head: Head) -> Self {
        Self { grounds, head, about: Arc::default() }
    }
}

/// An issue as a transaction sees it.
pub struct Found {
    /// As it was given.
    pub issue: Issue,
    head: Head,
    known: Option<Arc<Grounds>>,
}

/// Finds one: as it was read before, where nothing has changed since by the `head` that the transaction sees; else as it sees it
/// now.
pub async fn find(tx: &mut Tx<'_>, head: Head, known: &Known, issue: &str) -> Result<Option<Found>, DbError> {
    if let Some(found) = Found::before(&head, known, issue) {
        return Ok(Some(found));
    }
    Ok(store::issue(tx, issue).await?.map(|issue| Found { issue, head, known: None }))
}

impl Found {
    /// As it was read before, where nothing has changed since by `head`.
    pub fn before(head: &Head, known: &Known, issue: &str) -> Option<Self> {
        let known = known.get(head, issue)?;
        Some(Self { issue: known.given.clone(), head: head.clone(), known: Some(known) })
    }

    /// Whether it still stands by what was read before. None says nothing.
    pub fn stood(&self, client: &str, now: Timestamp) -> Option<Standing> {
        let known = self.known.as_ref().filter(|g| g.issue.client_id == client && g.bear(now))?;
        Some(Standing::on(Arc::clone(known), self.head.clone()))
    }

    /// Whether it still stands for a client, as the transaction that found it sees that.
    pub async fn stands(self, tx: &mut Tx<'_>, client: &str, issuer: &str, now: Timestamp) -> Result<Option<Standing>, DbError> {
        if let Some(standing) = self.stood(client, now) {
            return Ok(Some(standing));
        }
        let grounds = read(tx, self.issue, client, issuer).await?.filter(|g| g.bear(now));
        Ok(grounds.map(|g| Standing::on(Arc::new(g), self.head)))
    }
}

/// Keeps what a transaction read, which has since been committed. What it saw before that nobody else may see.
pub fn keep(idp: &Idp, standing: &Standing) {
    idp.grounds.put(&standing.head.ground(), standing.issue.id.clone(), Arc::clone(&standing.grounds));
}

/// Whether an issue still stands for a client, as a transaction sees it. Errors are storage's own, so that a transaction that
/// lost runs again.
pub async fn stands(
    tx: &mut Tx<'_>,
    issue: Issue,
    client: &str,
    issuer: &str,
    now: Timestamp,
) -> Result<Option<Standing>, DbError> {
    // Before what is counted: what changes in between is no worse than newer than its number.
    let head = feed::store::head(tx).await?;
    Found { issue, head, known: None }.stands(tx, client, issuer, now).await
}

/// Whether an issue stands for a client at a moment after `head` was read: by what was read before, where `head` says that
/// nothing has changed since and it still bears the issue; else as it is read now. So memory never says no.
pub async fn now(idp: &Idp, head: &Head, issue: &str, client: &str) -> Result<Option<Standing>, DbError> {
    let now = idp.env.now();
    if let Some(known) = idp.grounds.get(head, issue).filter(|g| g.issue.client_id == client && g.bear(now)) {
        return Ok(Some(Standing::on(known, head.clone())));
    }
    // Boxed: what is seldom awaited would make every request's future as large as itself.
    Box::pin(read_now(idp, issue, client, now)).await
}

async fn read_now(idp: &Idp, issue: &str, client: &str, now: Timestamp) -> Result<Option<Standing>, DbError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let head = feed::store::head(&mut tx).await?;
    let Some(row) = store::issue(&mut tx, issue).await? else { return Ok(None) };
    let Some(grounds) = read(&mut tx, row, client, idp.issuer()).await? else { return Ok(None) };
    let grounds = Arc::new(grounds);
    idp.grounds.put(&head.ground(), issue.to_owned(), Arc::clone(&grounds));
    Ok(grounds.bear(now).then(|| Standing::on(grounds, head)))
}
