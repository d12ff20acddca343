//! From confirmed to applied, or to void: the one transaction that writes a sealed change. It rechecks the person's rights,
//! the record's version, the code rules, every confirmation and every recipient; what doesn't hold makes the change void,
//! and says why.

use std::sync::Arc;
use std::time::Duration;

use super::jobs;
use super::model::{Content, PendingError, Reason, Standing};
use super::recipient;
use super::store::{self, Ask, Row};
use crate::contract::{Assurance, FieldKey};
use crate::crm::Crm;
use crate::crm::code_rules::store as rules;
use crate::crm::records::gate::{self, Input, Verdict};
use crate::crm::records::model::{Held, Outcome, Proof, WriteError};
use crate::crm::replica::{self, Kind, Named};
use crate::crm::visibility::sight::{Access, Viewer};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};

/// How long a confirmed change is tried.
pub const TRIED: Duration = Duration::from_secs(600);
/// How long an answer waits for the receipt.
const PATIENCE: Duration = Duration::from_secs(2);

/// How a change ended, or that it hasn't.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Codes are missing still.
    Waiting,
    /// The record is changed.
    Applied {
        /// Its module.
        module: FieldKey,
        /// The record.
        record: String,
        /// Its version.
        version: i64,
    },
    /// It is not, and why.
    Void(Reason),
}

impl Ended {
    /// As stored.
    pub(super) fn of(row: &Row) -> Result<Self, PendingError> {
        Ok(match row.standing() {
            Standing::Waiting | Standing::Confirmed => Self::Waiting,
            Standing::Applied => Self::Applied {
                module: row.module()?,
                record: row.record_id.clone(),
                version: row.applied_version.unwrap_or_default(),
            },
            Standing::Void => Self::Void(row.why()),
        })
    }
}

/// Drawn before the transaction.
struct Work {
    crm: Arc<Crm>,
    pending: String,
    audit: String,
    job: String,
    now: Timestamp,
}

/// Applies a change if it is confirmed; harmless for any other. At once or again, by whoever, it is applied once.
pub async fn apply(crm: &Arc<Crm>, pending: &str) -> Result<Ended, PendingError> {
    let Some((row, _)) = store::load(&crm.db, pending).await? else { return Err(PendingError::NotFound) };
    if row.standing() != Standing::Confirmed {
        return Ended::of(&row);
    }
    let work =
        Work { crm: Arc::clone(crm), pending: pending.to_owned(), audit: crm.env.id(), job: crm.env.id(), now: crm.env.now() };
    let (changed, ended) = crm.db.write(work, |w, mut tx| Box::pin(async move { w.run(&mut tx).await })).await?;
    if changed {
        crm.outbox.wake();
        report_now(crm, pending).await;
    }
    Ok(ended)
}

/// Reports without waiting for the worker, so that the seal is there when the page is.
async fn report_now(crm: &Arc<Crm>, pending: &str) {
    let (crm, id) = (Arc::clone(crm), pending.to_owned());
    let run = tokio::spawn(async move { jobs::report(&crm, &id).await });
    if let Ok(Ok(Err(error))) = tokio::time::timeout(PATIENCE, run).await {
        tracing::info!(%error, pending, "the report is left to the worker");
    }
}

/// Gives a change up; nothing if it is over already. `by` is who did it, if a person.
pub async fn void(crm: &Arc<Crm>, pending: &str, reason: Reason, by: Option<Actor>) -> Result<bool, PendingError> {
    let data = (pending.to_owned(), reason, by, crm.env.id(), crm.env.id(), crm.env.now());
    let done = crm
        .db
        .write(data, |(pending, reason, by, audit, job, now), mut tx| {
            Box::pin(async move {
                let ids = (audit.as_str(), job.as_str());
                void_in(&mut tx, pending, *reason, by.clone().unwrap_or_default(), ids, *now).await
            })
        })
        .await?;
    if done {
        crm.outbox.wake();
        report_now(crm, pending).await;
    }
    Ok(done)
}

async fn void_in(
    tx: &mut Tx<'_>,
    pending: &str,
    reason: Reason,
    actor: Actor,
    (audit_id, job): (&str, &str),
    now: Timestamp,
) -> Result<bool, PendingError> {
    if !store::void(tx, pending, reason, now).await? {
        return Ok(false);
    }
    store::forget_addresses(tx, pending).await?;
    jobs::put_report(tx, job, pending, now).await?;
    let entry = audit::Entry {
        id: audit_id.to_owned(),
        at: now,
        actor,
        action: "pending.void",
        target: Some(format!("pending/{pending}")),
        outcome: reason.as_str(),
        detail: String::new(),
    };
    audit::record(tx, &entry).await?;
    Ok(true)
}

/// Why the transaction can't be gone on with, before it wrote anything.
enum Stop {
    Void(Reason),
    Error(PendingError),
}

impl From<PendingError> for Stop {
    fn from(e: PendingError) -> Self {
        Self::Error(e)
    }
}
impl From<DbError> for Stop {
    fn from(e: DbError) -> Self {
        Self::Error(e.into())
    }
}
impl From<WriteError> for Stop {
    fn from(e: WriteError) -> Self {
        Self::Error(e.into())
    }
}

impl Work {
    /// Whether it changed anything, and how the change stands now.
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(bool, Ended), PendingError> {
        let Some(row) = store::find(tx, &self.pending).await? else { return Err(PendingError::NotFound) };
        if row.standing() != Standing::Confirmed {
            return Ok((false, Ended::of(&row)?));
        }
        let reason = match self.write(tx, &row).await {
            Ok(version) => {
                let (module, record) = (row.module()?, row.record_id);
                return Ok((true, Ended::Applied { module, record, version }));
            }
            Err(Stop::Error(e)) => return Err(e),
            Err(Stop::Void(reason)) => reason,
        };
        let actor = Actor::default().person(&row.actor).client(&row.actor_client);
        void_in(tx, &row.id, reason, actor, (&self.audit, &self.job), self.now).await?;
        Ok((true, Ended::Void(reason)))
    }

    async fn write(&self, tx: &mut Tx<'_>, row: &Row) -> Result<i64, Stop> {
        if self.now > Timestamp(row.confirmed_at.unwrap_or_default()) + TRIED {
            return Err(Stop::Void(Reason::Failed));
        }
        let Some(content) = row.content.as_ref().map(|c| &c.0) else { return Err(Stop::Void(Reason::Failed)) };
        let viewer = self.viewer(tx, row).await?;
        let access = self.crm.records.access(tx, &viewer).await?;
        let mut input = self.crm.records.input(content.change.clone());
        input.new_id.clone_from(&row.record_id);
        input.now = self.now;
        input.change.cause.pending = Some(row.id.clone());
        let held = self.held(tx, &access, &input, (row, content)).await?;
        let asks = store::asks(tx, &row.id).await?;
        for m in &content.rules {
            let ask = asks.iter().find(|a| a.rule == m.rule_id && a.rule_version == m.rule_version);
            self.check(tx, ask, &held).await?;
        }
        let proof = Proof::of(content.rules.clone());
        let Outcome::Written { version, .. } = self.crm.records.pass(tx, &access, &input, &proof).await? else {
            return Err(Stop::Void(Reason::Rules));
        };
        if !store::applied(tx, &row.id, version, self.now).await? {
            // Only this transaction could have moved it on since it was read.
            return Err(Stop::Error(PendingError::Over));
        }
        store::forget_addresses(tx, &row.id).await?;
        jobs::put_report(tx, &self.job, &row.id, self.now).await?;
        let entry = audit::Entry {
            id: self.audit.clone(),
            at: self.now,
            actor: Actor::default().person(&row.actor).client(&row.actor_client),
            action: "pending.applied",
            target: Some(format!("{}/{}", row.module, row.record_id)),
            outcome: "ok",
            detail: format!("pending change {}, version {version}", row.id),
        };
        audit::record(tx, &entry).await?;
        Ok(version)
    }

    /// Who makes the change, as the replica has him now. That his session has ended since he entered the code takes nothing
    /// away; that he, his application or what his token was issued for is gone does.
    async fn viewer(&self, tx: &mut Tx<'_>, row: &Row) -> Result<Viewer, Stop> {
        let (sub, sid, issue) = (&row.actor, &row.actor_sid, &row.actor_issue);
        // Which key signed his token then is not kept: what it may have been worth was decided when he entered the code.
        let named = Named { sub, sid, issue, client_id: &row.actor_client, kid: "" };
        let Some(facts) = replica::facts(tx, named).await? else { return Err(Stop::Void(Reason::Forbidden)) };
        let who = if facts.state.staff { Kind::Staff } else { Kind::External };
        if facts.refused || !self.crm.replica.is_in_reach(who) {
            return Err(PendingError::Access(replica::Stale.into()).into());
        }
        if facts.state.is_gone() {
            return Err(Stop::Void(Reason::Forbidden));
        }
        Ok(facts.viewer(&row.actor, Assurance::from_acr(&row.actor_acr), self.now, self.crm.today(self.now)))
    }

    /// What the gate holds now, which must be what was held then.
    async fn held(
        &self,
        tx: &mut Tx<'_>,
        access: &Access,
        input: &Input,
        (row, content): (&Row, &Content),
    ) -> Result<Held, Stop> {
        let verdict = gate::check(tx, access, input, &*self.crm.records.rules, &Proof::default()).await;
        let held = match verdict {
            Ok(Verdict::NeedsCode(held)) => held,
            // Nothing asks for a code any more: what was confirmed was another question.
            Ok(Verdict::Ready(_)) => return Err(Stop::Void(Reason::Rules)),
            Ok(Verdict::Nothing { .. }) | Err(WriteError::Conflict { .. }) => return Err(Stop::Void(Reason::Changed)),
            Err(WriteError::Db(e)) => return Err(e.into()),
            // The gate asks for rights before versions, and a change of the record can end a right: that is the reason then.
            Err(WriteError::NotFound | WriteError::Forbidden(_)) => {
                let same = row.is_new || store::version_of(tx, &row.record_id).await? == Some(row.base_version);
                return Err(Stop::Void(if same { Reason::Forbidden } else { Reason::Changed }));
            }
            Err(WriteError::Invalid(_) | WriteError::IdempotencyKey) => return Err(Stop::Void(Reason::Changed)),
        };
        if held.changes != content.changes {
            return Err(Stop::Void(Reason::Changed));
        }
        if held.matches != content.rules {
            return Err(Stop::Void(Reason::Rules));
        }
        Ok(*held)
    }

    /// The confirmation is of this challenge and this version of the rule, and the contact point is still the one that was
    /// written to.
    async fn check(&self, tx: &mut Tx<'_>, ask: Option<&Ask>, held: &Held) -> Result<(), Stop> {
        let Some(ask) = ask else { return Err(Stop::Void(Reason::Rules)) };
        let Some(confirmation) = &ask.confirmation else { return Err(Stop::Void(Reason::Failed)) };
        let same = ask.challenge_id.as_deref() == Some(confirmation.challenge.as_str())
            && confirmation.rule.key == ask.rule
            && i64::from(confirmation.rule.version) == ask.rule_version;
        if !same {
            return Err(Stop::Void(Reason::Rules));
        }
        let rule = rules::at(tx, &ask.rule, ask.rule_version).await?.ok_or(Stop::Void(Reason::Rules))?;
        let now = recipient::resolve(tx, &rule.rule, &held.after).await?;
        if now.map(|r| r.address) != ask.address { Err(Stop::Void(Reason::Recipient)) } else { Ok(()) }
    }
}
