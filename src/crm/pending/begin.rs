//! Saving a change, and what happens when the gate holds it: the pending change is stored with the jobs that have its
//! challenges made, in one transaction that asks the gate once more; then the jobs are run at once, so that the dialog can
//! say to whom the code went.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sqlx::types::Json;

use super::model::{Content, PendingError, Refusal, bind, conceal, likeness};
use super::recipient::{self, Resolved};
use super::store::{self, Ask, New, Row};
use super::{jobs, words};
use crate::contract::challenge::{CreateChallenge, MessageTexts, Recipient, RecordRef, RuleRef};
use crate::crm::Crm;
use crate::crm::auth::Caller;
use crate::crm::code_rules::store::{self as rules, Version};
use crate::crm::modules::model::Module;
use crate::crm::records::gate::Input;
use crate::crm::records::idempotency;
use crate::crm::records::model::{Change, Held, Outcome, WriteError};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::Tx;
use crate::kernel::delivery::mask_address;
use crate::kernel::http::Context;
use crate::kernel::jose::{Disclosure, digest};

/// How long a change waits for its codes.
pub const LIFE: Duration = Duration::from_secs(24 * 3600);
/// How long an answer waits for the challenges to be made.
const PATIENCE: Duration = Duration::from_secs(2);
/// A job that is also run at once comes due a little later, so that it is left to the worker only if that failed.
pub(super) const LATER: Duration = Duration::from_secs(3);
/// How often a change that looks different each time is tried.
const ROUNDS: usize = 3;

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// Written.
    Written {
        /// Record.
        id: String,
        /// Its version now.
        version: i64,
    },
    /// Everything was already so.
    Unchanged {
        /// Record.
        id: String,
        /// Its version.
        version: i64,
    },
    /// It waits for codes: the id of the pending change.
    Waiting(String),
}

/// Saves a change, by way of a code if it needs one. What pages and API call for everything that a person changes.
pub async fn save(crm: &Arc<Crm>, caller: &Caller, context: &Context, change: Change) -> Result<Saved, PendingError> {
    // A key that stands for a pending change stands for it also after it was applied, when the gate would say something else.
    if let Some((key, hash)) = keyed(&change)? {
        let mut snapshot = crm.db.snapshot().await?;
        if let Some((id, asked)) = store::by_key(&mut snapshot.tx(), caller.sub(), &key).await? {
            return if asked == hash { Ok(Saved::Waiting(id)) } else { Err(WriteError::IdempotencyKey.into()) };
        }
    }
    let key = crm.records.key(caller.sub(), &change)?;
    let data = (Arc::clone(crm), caller.clone(), crm.records.input(change.clone()), key);
    let outcome = crm.db.write(data, |(crm, caller, input, key), mut tx| {
        Box::pin(async move {
            // Roles are read in the transaction that they decide about: one taken away just before no longer counts.
            let caller = caller.again(crm, &mut tx).await?;
            Ok::<_, PendingError>(crm.records.write_in(&mut tx, &crm.viewer(&caller), input, key.as_ref()).await?)
        })
    });
    match outcome.await? {
        Outcome::Written { id, version } => Ok(Saved::Written { id, version }),
        Outcome::Unchanged { id, version } => Ok(Saved::Unchanged { id, version }),
        Outcome::NeedsCode(held) => begin(crm, caller, context, change, *held).await,
    }
}

/// A key is bound to what was asked with it.
fn keyed(change: &Change) -> Result<Option<(String, String)>, PendingError> {
    let Some(key) = &change.idempotency_key else { return Ok(None) };
    let asked = json!([change.record, change.fields, change.internal, change.restricted, change.delete]);
    let sound = !key.is_empty() && key.len() <= 200 && key.bytes().all(|b| b.is_ascii_graphic());
    if sound { Ok(Some((key.clone(), digest(asked.to_string().as_bytes())))) } else { Err(WriteError::IdempotencyKey.into()) }
}

/// Everything drawn before the transaction.
struct Start {
    crm: Arc<Crm>,
    caller: Caller,
    actor: Actor,
    input: Input,
    held: Held,
    sealed: Vec<Disclosure>,
    key: Option<(String, String)>,
    once: Option<idempotency::Key>,
    id: String,
    audit: String,
    jobs: Vec<String>,
}

/// What the transaction comes to.
enum Step {
    Saved(Saved),
    /// New: its challenges are to be made.
    New,
    /// The gate holds something else than what was concealed.
    Again(Box<Held>),
    Refused(Refusal),
}

/// Makes a change that the gate held wait for its codes. The same change of the same person, while it waits, stays one.
pub async fn begin(
    crm: &Arc<Crm>,
    caller: &Caller,
    context: &Context,
    change: Change,
    mut held: Held,
) -> Result<Saved, PendingError> {
    for _ in 0..ROUNDS {
        let start = prepare(crm, caller, context, &change, held).await?;
        let (id, asked): (String, Vec<String>) =
            (start.id.clone(), start.held.matches.iter().map(|m| m.rule_id.clone()).collect());
        let step = crm.db.write(start, |s, mut tx| Box::pin(async move { s.run(&mut tx).await })).await?;
        match step {
            Step::Saved(saved) => return Ok(saved),
            Step::Refused(why) => return Err(why.into()),
            Step::Again(other) => held = *other,
            Step::New => {
                crm.outbox.wake();
                challenges_now(crm, &id, asked).await;
                return Ok(Saved::Waiting(id));
            }
        }
    }
    Err(WriteError::Conflict { current: held.before.map_or(0, |b| b.version) }.into())
}

async fn prepare(crm: &Arc<Crm>, caller: &Caller, context: &Context, change: &Change, held: Held) -> Result<Start, PendingError> {
    let catalogue = crm.records.catalogue().await?;
    let module = catalogue.module(&held.after.module).ok_or(PendingError::NotFound)?;
    let mut input = crm.records.input(change.clone());
    input.new_id.clone_from(&held.after.id);
    let ids = |n: usize| (0..n).map(|_| crm.env.id()).collect();
    Ok(Start {
        crm: Arc::clone(crm),
        caller: caller.clone(),
        actor: Actor::on(context).person(caller.sub()).client(caller.client_id()),
        sealed: conceal(module, &held.changes, &*crm.env.entropy)?,
        key: keyed(change)?,
        once: crm.records.key(caller.sub(), change)?,
        id: crm.env.id(),
        audit: crm.env.id(),
        jobs: ids(held.matches.len()),
        input,
        held,
    })
}

/// Has the challenges made without waiting for the worker; what doesn't come in time is the worker's.
async fn challenges_now(crm: &Arc<Crm>, id: &str, rules: Vec<String>) {
    let all = rules.into_iter().map(|rule| {
        let (crm, id) = (Arc::clone(crm), id.to_owned());
        tokio::spawn(async move { jobs::create(&crm, &id, &rule).await })
    });
    let _ = tokio::time::timeout(PATIENCE, futures_util::future::join_all(all)).await;
}

impl Start {
    fn now(&self) -> Timestamp {
        self.input.now
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Step, PendingError> {
        if let Some((key, hash)) = &self.key
            && let Some((id, asked)) = store::by_key(tx, self.caller.sub(), key).await?
        {
            return if asked == *hash { Ok(Step::Saved(Saved::Waiting(id))) } else { Err(WriteError::IdempotencyKey.into()) };
        }
        let caller = self.caller.again(&self.crm, tx).await?;
        let access = self.crm.records.access(tx, &self.crm.viewer(&caller)).await?;
        let viewer = self.crm.viewer(&caller);
        let held = match self.crm.records.write_in(tx, &viewer, &self.input, self.once.as_ref()).await? {
            Outcome::Written { id, version } => return Ok(Step::Saved(Saved::Written { id, version })),
            Outcome::Unchanged { id, version } => return Ok(Step::Saved(Saved::Unchanged { id, version })),
            Outcome::NeedsCode(held) => held,
        };
        if *held != self.held {
            return Ok(Step::Again(held));
        }
        let same = likeness(&held);
        if let Some(id) = store::like(tx, caller.sub(), &same, self.now()).await? {
            return Ok(Step::Saved(Saved::Waiting(id)));
        }
        let module = access.catalogue.module(&held.after.module).ok_or(PendingError::NotFound)?;
        let row = self.row(module);
        let mut asks = Vec::new();
        for m in &held.matches {
            let rule = rules::at(tx, &m.rule_id, m.rule_version).await?.ok_or(PendingError::NotFound)?;
            match self.recipient(tx, &rule).await? {
                Ok(found) => {
                    let counted_as = self.counted_as(&rule, &found)?;
                    asks.push(self.ask(module, &row, &rule, found, counted_as));
                }
                Err(why) => {
                    self.refused(tx, &rule, why).await?;
                    return Ok(Step::Refused(why));
                }
            }
        }
        let key = self.key.as_ref().map(|(k, h)| (k.as_str(), h.as_str()));
        store::put(tx, &New { row: &row, same: &same, key }).await?;
        for (ask, job) in asks.iter().zip(&self.jobs) {
            store::put_ask(tx, ask, &row).await?;
            jobs::put_create(tx, job, &self.id, &ask.rule, self.now()).await?;
        }
        self.note(tx, "pending.requested", "ok", format!("rules {}", rule_names(&held))).await?;
        Ok(Step::New)
    }

    fn row(&self, module: &Module) -> Row {
        let held = &self.held;
        let digests: Vec<String> = self.sealed.iter().map(Disclosure::digest).collect();
        let base = held.before.as_ref().map_or(0, |b| b.version);
        let caller = &self.caller;
        Row {
            id: self.id.clone(),
            module: module.key.to_string(),
            record_id: held.after.id.clone(),
            base_version: base,
            is_new: held.before.is_none(),
            content: Some(Json(Content {
                change: self.input.change.clone(),
                changes: held.changes.clone(),
                title: held.after.title(module).to_owned(),
                rules: held.matches.clone(),
            })),
            digest: bind(&module.key, &held.after.id, base, &digests, caller.sub(), &held.matches),
            disclosures: Some(Json(self.sealed.iter().map(|d| d.encoded().to_owned()).collect())),
            actor: caller.sub().to_owned(),
            actor_client: caller.client_id().to_owned(),
            actor_sid: caller.sid().to_owned(),
            actor_issue: caller.issue().to_owned(),
            actor_acr: caller.assurance().acr().to_owned(),
            state: "waiting".into(),
            reason: None,
            created_at: self.now().0,
            expires_at: (self.now() + LIFE).0,
            confirmed_at: None,
            ended_at: None,
            applied_version: None,
            reported_at: None,
        }
    }

    async fn recipient(&self, tx: &mut Tx<'_>, rule: &Version) -> Result<Result<Resolved, Refusal>, PendingError> {
        let held = &self.held;
        let actor = self.caller.sub();
        let Some(found) = recipient::resolve(tx, &rule.rule, &held.after).await? else {
            return Ok(Err(Refusal::RecipientMissing));
        };
        let had = match self.counted_as(rule, &found)? {
            Some(counted) => store::challenges_counted(tx, &counted).await?,
            None => store::challenges_of(tx, &held.after.id, rule.rule.key.as_str(), actor).await?,
        };
        if had >= i64::from(rule.rule.lifetime_challenges) {
            return Ok(Err(Refusal::Limit));
        }
        let change = (held.before.as_ref(), &held.after, &held.changes);
        if recipient::held(tx, &rule.rule, &found, change, actor, self.now()).await? {
            return Ok(Err(Refusal::RecipientHeld));
        }
        Ok(Ok(found))
    }

    /// A record that the change makes has another id each time: its challenges are counted over module, rule, actor and
    /// recipient.
    fn counted_as(&self, rule: &Version, to: &Resolved) -> Result<Option<String>, PendingError> {
        if self.held.before.is_some() {
            return Ok(None);
        }
        let (module, actor) = (&self.held.after.module, self.caller.sub());
        let counted = serde_json::json!([module, rule.rule.key, actor, to.address.to_lowercase()]).to_string();
        Ok(Some(self.crm.env.root.token_hash("challenges-of-new", &counted)?))
    }

    fn ask(&self, module: &Module, row: &Row, rule: &Version, to: Resolved, counted_as: Option<String>) -> Ask {
        let language = to.language.unwrap_or_else(|| rule.rule.language.clone());
        let request = CreateChallenge {
            pending: row.id.clone(),
            rule: RuleRef { key: rule.rule.key.to_string(), version: u32::try_from(rule.version).unwrap_or(u32::MAX) },
            actor: row.actor.clone(),
            issue: row.actor_issue.clone(),
            creates: row.is_new,
            record: RecordRef { module: module.key.clone(), id: row.record_id.clone() },
            changes: self.sealed.iter().map(Disclosure::digest).collect(),
            digest: row.digest.clone(),
            recipient: Recipient { channel: rule.rule.channel, address: to.address.clone() },
            message: self.message(module, rule, &language),
            language,
            code: rule.rule.code,
            limits: rule.rule.limits,
        };
        let (holder_module, holder_id) = to.holder.map(|(m, id)| (m.to_string(), id)).unzip();
        Ask {
            pending_id: row.id.clone(),
            rule: rule.rule.key.to_string(),
            rule_version: rule.version,
            request: Some(Json(request)),
            masked: mask_address(&to.address),
            address: Some(to.address),
            recipient_module: holder_module,
            recipient_id: holder_id,
            challenge_id: None,
            standing: None,
            confirmation: None,
            asking_until: None,
            counted_as,
        }
    }

    fn message(&self, module: &Module, rule: &Version, language: &str) -> MessageTexts {
        let view = words::view(&self.crm.env, language);
        let after = &self.held.after;
        let key = &rule.rule.trigger.field;
        let field = module.field(key);
        MessageTexts {
            person: words::line(self.caller.name()),
            record: words::record(&view, module, after.title(module)),
            field: words::line(field.map_or(key.as_str(), |f| f.labels.get(view.lang.code()))),
            value: words::line(&field.map_or_else(String::new, |f| words::shown(&view, f, after.fields.get(key)))),
        }
    }

    /// That no code could be asked for is told to those who look after the rules.
    async fn refused(&self, tx: &mut Tx<'_>, rule: &Version, why: Refusal) -> Result<(), PendingError> {
        self.note(tx, "pending.refused", why.code(), format!("rule {} version {}", rule.rule.key, rule.version)).await
    }

    async fn note(&self, tx: &mut Tx<'_>, action: &'static str, outcome: &'static str, what: String) -> Result<(), PendingError> {
        let after = &self.held.after;
        let entry = audit::Entry {
            id: self.audit.clone(),
            at: self.now(),
            actor: self.actor.clone(),
            action,
            target: Some(format!("{}/{}", after.module, after.id)),
            outcome,
            detail: format!("{what}, pending change {}", self.id),
        };
        Ok(audit::record(tx, &entry).await?)
    }
}

fn rule_names(held: &Held) -> String {
    held.matches.iter().map(|m| m.rule_id.as_str()).collect::<Vec<_>>().join(", ")
}
