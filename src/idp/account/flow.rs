//! What people do about their own account: say who they are, sign out elsewhere, take back what an application was given.

use std::sync::Arc;

use super::model::{Allowed, Event, Given, Profile, by_application};
use super::store;
use crate::contract::access::Taken;
use crate::contract::feed::Entry;
use crate::idp::feed::Gone;
use crate::idp::oidc::backchannel::{self, Told};
use crate::idp::people::Profile as Details;
use crate::idp::people::profile::Unfit;
use crate::idp::relations::model::Wrong;
use crate::idp::{Idp, consent, feed, oidc, people, sessions};
use crate::kernel::audit::{self, Actor, AuditError, Filter, Opened};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx, Tx};
use crate::kernel::root::Purpose;

/// Events on one page.
pub const PAGE: usize = 30;

/// Why something was not done; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// There is no such thing of this person's.
    #[error("there is no such thing")]
    NotFound,
    /// Something does not fit.
    #[error("something does not fit")]
    Invalid(Vec<Wrong>),
    /// The audit log can't be read.
    #[error(transparent)]
    Audit(#[from] AuditError),
}

/// Who acts on what of his own, and when.
#[derive(Clone, Debug)]
pub struct Own {
    /// Whose account.
    pub person: String,
    /// As the audit log has it.
    pub actor: Actor,
    /// What ids of audit entries begin with.
    pub audit_id: String,
    /// When.
    pub now: Timestamp,
}

impl Own {
    /// Someone, now.
    pub fn new(idp: &Idp, person: &str, actor: Actor) -> Self {
        Self { person: person.to_owned(), actor, audit_id: idp.env.id(), now: idp.env.now() }
    }

    /// An entry of the audit log about the account or something of it.
    pub async fn note(
        &self,
        tx: &mut Tx<'_>,
        part: &str,
        action: &'static str,
        target: &str,
        detail: String,
    ) -> Result<(), DbError> {
        let entry = audit::Entry {
            id: format!("{}{part}", self.audit_id),
            at: self.now,
            actor: self.actor.clone(),
            action,
            target: Some(target.to_owned()),
            outcome: "ok",
            detail,
        };
        audit::record(tx, &entry).await
    }
}

/// Changes what someone says of himself.
pub async fn change_profile(idp: &Idp, own: Own, profile: Profile) -> Result<(), AccountError> {
    let profile = Profile { name: profile.name.trim().to_owned(), ..profile };
    let wrong = profile.check();
    if !wrong.is_empty() {
        return Err(AccountError::Invalid(wrong));
    }
    idp.db
        .write_log((own, profile), |(own, profile), mut tx| {
            Box::pin(async move {
                let before =
                    people::store::by_id(&mut tx, &own.person).await?.filter(|p| p.active).ok_or(AccountError::NotFound)?;
                let zone = people::store::zone_of(&mut tx, &own.person).await?;
                let after = people::Person { name: profile.name.clone(), language: profile.language.clone(), ..before.clone() };
                let mut changed = Vec::new();
                if before != after {
                    people::store::update(&mut tx, &after, own.now).await?;
                    feed::append(&mut tx, own.now, &after.entry()).await?;
                    changed.extend((before.name != after.name).then_some("name"));
                    changed.extend((before.language != after.language).then_some("language"));
                }
                if zone != profile.zone {
                    people::store::set_zone(&mut tx, &own.person, profile.zone.as_deref(), own.now).await?;
                    changed.push("time zone");
                }
                if !changed.is_empty() {
                    own.note(&mut tx, "", "profile.changed", &own.person, changed.join(", ")).await?;
                }
                Ok(())
            })
        })
        .await
}

/// What applications are told of someone beside name, address and phone (OpenID Connect Core, section 5.1).
pub async fn details(idp: &Idp, person: &str) -> Result<Details, DbError> {
    let mut snapshot = idp.db.snapshot().await?;
    Ok(people::profile_store::get(&mut snapshot.tx(), &idp.env.root, person).await?.0)
}

/// Says it anew, as a whole.
pub async fn set_details(idp: &Idp, own: Own, details: Details) -> Result<(), AccountError> {
    details.check().map_err(|Unfit(field, why)| AccountError::Invalid(vec![Wrong::at(field, why)]))?;
    let sealed = people::profile_store::seal(&idp.env.root, idp.env.entropy.as_ref(), &own.person, &details);
    let sealed = sealed.map_err(|e| DbError::Shared(e.to_string()))?;
    let input = (own, details, sealed, Arc::clone(&idp.env.root));
    idp.db
        .write(input, |(own, details, sealed, root), mut tx| {
            Box::pin(async move {
                people::store::by_id(&mut tx, &own.person).await?.filter(|p| p.active).ok_or(AccountError::NotFound)?;
                if people::profile_store::get(&mut tx, root, &own.person).await?.0 != *details {
                    people::profile_store::put(&mut tx, &own.person, sealed, own.now).await?;
                    own.note(&mut tx, "", "profile.changed", &own.person, "standard claims".into()).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Which sessions are to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// This one.
    One(String),
    /// All but this one.
    Others(String),
    /// All, and what applications were given beyond them.
    All,
}

/// Ends sessions of a person: everywhere, and waits a moment until that is known.
pub async fn end_sessions(idp: &Idp, own: Own, which: Which) -> Result<Taken, AccountError> {
    let gone =
        idp.db.write_log((own, which), |(own, which), mut tx| Box::pin(async move { ended(&mut tx, own, which).await })).await?;
    Ok(feed::settle(idp, gone).await?)
}

async fn ended(tx: &mut LogTx<'_>, own: &Own, which: &Which) -> Result<Gone, AccountError> {
    let mut told = Vec::new();
    let live = sessions::store::live_of(tx, &own.person, own.now).await?;
    let ends = |id: &str| match which {
        Which::One(one) => id == one,
        Which::Others(here) => id != here,
        Which::All => true,
    };
    if matches!(which, Which::One(one) if !live.iter().any(|s| s.id == *one)) {
        return Err(AccountError::NotFound);
    }
    for session in live.iter().filter(|s| ends(&s.id)) {
        let id = format!("{}-{}", own.audit_id, session.id);
        told.extend(sessions::flow::end(tx, &session.id, &own.actor, &id, own.now).await?);
    }
    if *which == Which::All {
        let offline = oidc::store::offline_issues_of(tx, &own.person).await?;
        told.extend(revoke(tx, own, &offline, "signed out everywhere").await?);
    }
    Ok(Gone { position: feed::store::head(tx).await?.position, told })
}

/// Revokes issues in the transaction of the reason; the applications that are to be told.
pub async fn revoke(tx: &mut LogTx<'_>, own: &Own, issues: &[String], why: &'static str) -> Result<Vec<Told>, DbError> {
    let mut revoked = Vec::new();
    for issue in issues {
        if !oidc::store::revoke_issue(tx, issue, own.now).await? {
            continue;
        }
        feed::append(tx, own.now, &Entry::IssueRevoked { issue: issue.clone() }).await?;
        let entry = audit::Entry {
            id: format!("{}-{issue}", own.audit_id),
            at: own.now,
            actor: own.actor.clone(),
            action: "issue.revoked",
            target: Some(issue.clone()),
            outcome: why,
            detail: String::new(),
        };
        audit::record(tx, &entry).await?;
        revoked.push(issue.clone());
    }
    backchannel::revoked(tx, &revoked, own.now).await
}

/// The applications with something of a person, what was used last first: what was issued and still stands, and what he has
/// allowed, whether or not something stands of it.
pub async fn applications(tx: &mut Tx<'_>, person: &str, now: Timestamp) -> Result<Vec<Allowed>, DbError> {
    let mut given = store::given(tx, person, now).await?;
    for allowed in consent::flow::list(tx, person).await? {
        let at = Timestamp(allowed.given.given_at);
        let m = allowed.client.metadata;
        given.push(Given {
            client: allowed.client.id,
            name: m.client_name,
            href: m.initiate_login_uri.or(m.client_uri),
            offline: false,
            scope: allowed.given.scope,
            at,
            last: at,
        });
    }
    Ok(by_application(given))
}

/// Takes back all that an application was given for a person, and what he has allowed it: it must ask him again.
pub async fn withdraw(idp: &Idp, own: Own, client: &str) -> Result<Taken, AccountError> {
    let gone = idp
        .db
        .write_log((own, client.to_owned()), |(own, client), mut tx| {
            Box::pin(async move {
                let of = (own.person.as_str(), client.as_str());
                let (found, told) = consent::flow::take_back(&mut tx, of, &own.actor, &own.audit_id, own.now).await?;
                if !found {
                    return Err(AccountError::NotFound);
                }
                Ok(Gone { position: feed::store::head(&mut tx).await?.position, told })
            })
        })
        .await?;
    Ok(feed::settle(idp, gone).await?)
}

/// A part of what happened, the latest first.
#[derive(Clone, Debug)]
pub struct Events {
    /// What happened.
    pub events: Vec<Event>,
    /// Where the next part begins; none at the end.
    pub next: Option<String>,
}

/// What someone did, and what was done to him. `after` is the `next` of the part before; one that isn't his begins anew.
pub async fn events(idp: &Idp, person: &str, after: Option<&str>) -> Result<Events, AuditError> {
    let place = format!("activity/{person}");
    let opened = after.and_then(|a| idp.env.root.open(Purpose::Cursor, &place, a).ok());
    let before: Option<i64> = opened.and_then(|plain| std::str::from_utf8(&plain).ok()?.parse().ok());
    let limit = i64::try_from(PAGE).unwrap_or(i64::MAX).saturating_add(1);
    let mut lines = latest(idp, person, before, limit).await?;
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let last = lines.last().filter(|_| more).map(|l| l.line.seq.to_string());
    let entropy: &dyn crate::kernel::entropy::Entropy = Arc::as_ref(&idp.env.entropy);
    let next = last.and_then(|seq| idp.env.root.seal(Purpose::Cursor, &place, seq.as_bytes(), entropy).ok());
    Ok(Events { events: lines.into_iter().map(|l| event(l, person)).collect(), next })
}

/// Up to `limit` lines about someone before a place in the log, the latest first.
async fn latest(idp: &Idp, person: &str, before: Option<i64>, limit: i64) -> Result<Vec<Opened>, AuditError> {
    idp.audit.page(&Filter { about: Some(person.to_owned()), ..Filter::default() }, before, limit).await
}

/// The latest that happened, as a copy of it.
pub async fn happened(idp: &Idp, person: &str, limit: i64) -> Result<Vec<Event>, AuditError> {
    Ok(latest(idp, person, None, limit).await?.into_iter().map(|l| event(l, person)).collect())
}

fn event(opened: Opened, person: &str) -> Event {
    let line = opened.line;
    let own = line.actor.as_deref() == Some(person);
    Event {
        id: line.id,
        at: Timestamp(line.at),
        action: line.action,
        outcome: line.outcome,
        own,
        client: line.client_id,
        // From where somebody else acted is not for everyone to know.
        ip: line.ip.filter(|_| own && !opened.erased),
    }
}
