//! What its maker does with a change that waits: enter a code, have it sent again, give it up. The code goes through to the
//! provider in one call; it is stored nowhere and is in no error.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::apply::{self, Ended};
use super::client::CallError;
use super::jobs;
use super::model::{PendingError, Reason, Standing};
use super::store::{self, Ask, Row};
use crate::contract::challenge::{ChallengeState, ConfirmAnswer, ConfirmRequest, Outcome, PendingState, State};
use crate::crm::Crm;
use crate::crm::auth::Caller;
use crate::crm::visibility::model::Right;
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::DbError;
use crate::kernel::http::Context;

/// After so long without an answer to a code, the provider is asked what became of it.
const ANSWER: Duration = Duration::from_secs(40);

/// What became of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It was the last one missing: how the change ended.
    Ended(Ended),
    /// Right; other rules wait for theirs.
    Next,
    /// Wrong; tries left.
    Wrong(u16),
    /// It had expired.
    Expired,
    /// No tries are left now; from then on there are again.
    Exhausted(Option<Timestamp>),
}

/// Enters a code for one of the rules; which one need not be said while only one waits. `attempt` names this press of the
/// button: the same attempt gets the same answer and counts once.
pub async fn confirm(
    crm: &Arc<Crm>,
    caller: &Caller,
    context: &Context,
    (pending, rule): (&str, Option<&str>),
    attempt: &str,
    code: SecretString,
) -> Result<Tried, PendingError> {
    let (row, asks) = own(crm, caller, pending).await?;
    match row.standing() {
        Standing::Waiting => {}
        Standing::Confirmed => return apply::apply(crm, pending).await.map(Tried::Ended),
        Standing::Applied | Standing::Void => return Ok(Tried::Ended(Ended::of(&row)?)),
    }
    if crm.env.now() >= Timestamp(row.expires_at) {
        // An earlier code may have been right and its answer lost: the provider knows, and nothing is given up before.
        refresh(crm, pending).await?;
        let ended = apply::apply(crm, pending).await?;
        if ended != Ended::Waiting {
            return Ok(Tried::Ended(ended));
        }
        apply::void(crm, pending, Reason::Expired, None).await?;
        return Ok(Tried::Ended(Ended::Void(Reason::Expired)));
    }
    let rule = chosen(&asks, rule)?;
    let request = ConfirmRequest { attempt: attempt.to_owned(), issue: caller.issue().to_owned(), code };
    if request.check().is_err() || request.code.expose_secret().trim().is_empty() {
        return Err(PendingError::Malformed);
    }
    let challenge = challenge(crm, pending, &rule).await?;
    if !mark(crm, pending, &rule).await? {
        return settled(crm, pending).await;
    }
    // A caller that goes away must not leave the answer unread; what a crash leaves unread is the sweeper's.
    let (crm, pending) = (Arc::clone(crm), pending.to_owned());
    let actor = Actor::on(context).person(caller.sub()).client(caller.client_id());
    let run = async move {
        let answer = crm.challenges.confirm(&challenge, &request).await?;
        note(&crm, &pending, &rule, &answer, actor).await?;
        answered(&crm, &pending, answer).await
    };
    tokio::spawn(run).await.map_err(|e| CallError::Unreachable(e.to_string()))?
}

/// The rule that a code is for.
fn chosen(asks: &[Ask], rule: Option<&str>) -> Result<String, PendingError> {
    let mut open = asks.iter().filter(|a| a.confirmation.is_none());
    let found = match rule {
        Some(rule) => asks.iter().find(|a| a.rule == rule),
        None => open.next().filter(|_| open.next().is_none()),
    };
    found.map(|a| a.rule.clone()).ok_or(PendingError::WhichRule)
}

/// The challenge's id at the provider; has it made, if that is still to be done.
async fn challenge(crm: &Arc<Crm>, pending: &str, rule: &str) -> Result<String, PendingError> {
    for _ in 0..2 {
        let Some((_, asks)) = store::load(&crm.db, pending).await? else { return Err(PendingError::NotFound) };
        if let Some(id) = asks.into_iter().find(|a| a.rule == rule).and_then(|a| a.challenge_id) {
            return Ok(id);
        }
        jobs::create(crm, pending, rule).await?;
    }
    Err(PendingError::Over)
}

async fn mark(crm: &Arc<Crm>, pending: &str, rule: &str) -> Result<bool, DbError> {
    let data = (pending.to_owned(), rule.to_owned(), crm.env.now() + ANSWER);
    crm.db
        .write(data, |(pending, rule, until), mut tx| {
            Box::pin(async move { store::asking(&mut tx, pending, rule, *until).await })
        })
        .await
}

/// How a change stands that was moved on by another meanwhile.
async fn settled(crm: &Arc<Crm>, pending: &str) -> Result<Tried, PendingError> {
    apply::apply(crm, pending).await.map(Tried::Ended)
}

/// The audit log has each try, with its result and without the code.
async fn note(crm: &Arc<Crm>, pending: &str, rule: &str, answer: &ConfirmAnswer, actor: Actor) -> Result<(), PendingError> {
    let outcome = match answer.outcome {
        Outcome::Confirmed => "ok",
        Outcome::Wrong => "wrong",
        Outcome::Expired => "expired",
        Outcome::Exhausted => "exhausted",
        Outcome::Void => "void",
        Outcome::Used => "used",
    };
    let entry = audit::Entry {
        id: crm.env.id(),
        at: crm.env.now(),
        actor,
        action: "pending.tried",
        target: Some(format!("pending/{pending}")),
        outcome,
        detail: format!("rule {rule}"),
    };
    crm.db.write(entry, |e, mut tx| Box::pin(async move { audit::record(&mut tx, e).await })).await?;
    Ok(())
}

/// Goes on from what the provider said. Everything but "wrong, try again" is read from the provider's own account of the
/// whole change, which has all confirmations.
async fn answered(crm: &Arc<Crm>, pending: &str, answer: ConfirmAnswer) -> Result<Tried, PendingError> {
    let states = refresh(crm, pending).await?;
    let state = |s: &ChallengeState| match s.state {
        State::Exhausted => Some(s.attempts_at),
        _ => None,
    };
    match answer.outcome {
        Outcome::Confirmed | Outcome::Used => match apply::apply(crm, pending).await? {
            Ended::Waiting => Ok(Tried::Next),
            ended => Ok(Tried::Ended(ended)),
        },
        Outcome::Void => {
            apply::void(crm, pending, Reason::Cancelled, None).await?;
            settled(crm, pending).await
        }
        Outcome::Expired => Ok(Tried::Expired),
        Outcome::Wrong | Outcome::Exhausted => match states.iter().find_map(state) {
            // A window will bring tries again.
            Some(Some(at)) => Ok(Tried::Exhausted(Some(at))),
            Some(None) => {
                apply::void(crm, pending, Reason::Exhausted, None).await?;
                Ok(Tried::Ended(Ended::Void(Reason::Exhausted)))
            }
            None if answer.outcome == Outcome::Exhausted => Ok(Tried::Exhausted(None)),
            None => Ok(Tried::Wrong(answer.attempts_left)),
        },
    }
}

/// Reads at the provider how the challenges of a change stand, and keeps it. When all are confirmed the change is, and the
/// job of applying it is there.
pub async fn refresh(crm: &Arc<Crm>, pending: &str) -> Result<Vec<ChallengeState>, PendingError> {
    let began = crm.env.now();
    let known = match crm.challenges.pending(pending).await {
        Ok(known) => known,
        // None of its challenges is made yet.
        Err(CallError::Refused { status: 404, .. }) => {
            PendingState { pending: pending.to_owned(), challenges: Vec::new(), receipt: None }
        }
        Err(e) => return Err(e.into()),
    };
    let data = (known.challenges.clone(), pending.to_owned(), crm.env.now(), began + ANSWER);
    let confirmed = crm
        .db
        .write(data, |(challenges, pending, now, mark), mut tx| {
            Box::pin(async move {
                for state in challenges.iter().filter(|s| s.pending == *pending) {
                    store::stand(&mut tx, pending, &state.rule.key, state).await?;
                }
                store::not_asking(&mut tx, pending, *mark).await?;
                let confirmed = store::confirm(&mut tx, pending, *now).await?;
                if confirmed {
                    jobs::put_apply(&mut tx, pending, *now).await?;
                }
                Ok::<_, DbError>(confirmed)
            })
        })
        .await?;
    if confirmed {
        crm.outbox.wake();
    }
    Ok(known.challenges)
}

/// Has the code sent again. The provider decides whether it may be, and says when if not now.
pub async fn resend(crm: &Arc<Crm>, caller: &Caller, pending: &str, rule: Option<&str>) -> Result<ChallengeState, PendingError> {
    let (row, asks) = own(crm, caller, pending).await?;
    if row.standing() != Standing::Waiting || crm.env.now() >= Timestamp(row.expires_at) {
        return Err(PendingError::Over);
    }
    let rule = chosen(&asks, rule)?;
    let challenge = challenge(crm, pending, &rule).await?;
    let state = match crm.challenges.resend(&challenge).await {
        Ok(state) => state,
        Err(e) => {
            if let CallError::Refused { challenge: Some(state), .. } = &e {
                keep(crm, pending, &rule, state).await?;
            }
            return Err(e.into());
        }
    };
    keep(crm, pending, &rule, &state).await?;
    Ok(state)
}

async fn keep(crm: &Arc<Crm>, pending: &str, rule: &str, state: &ChallengeState) -> Result<(), DbError> {
    // A resend says nothing about a code that is on its way: the confirmation is read by who waits for it.
    let state = ChallengeState { confirmation: None, ..state.clone() };
    crm.db
        .write((pending.to_owned(), rule.to_owned(), state), |(pending, rule, state), mut tx| {
            Box::pin(async move { store::stand(&mut tx, pending, rule, state).await })
        })
        .await
}

/// Gives a change up: its maker, or who manages the record.
pub async fn cancel(crm: &Arc<Crm>, caller: &Caller, context: &Context, pending: &str) -> Result<(), PendingError> {
    let Some((row, _)) = store::load(&crm.db, pending).await? else { return Err(PendingError::NotFound) };
    if row.actor != caller.sub() && !supervises(crm, caller, &row).await? {
        return Err(PendingError::NotFound);
    }
    let actor = Actor::on(context).person(caller.sub()).client(caller.client_id());
    if apply::void(crm, pending, Reason::Cancelled, Some(actor)).await? { Ok(()) } else { Err(PendingError::Over) }
}

/// A person's own pending change.
async fn own(crm: &Arc<Crm>, caller: &Caller, pending: &str) -> Result<(Row, Vec<Ask>), PendingError> {
    let Some((row, asks)) = store::load(&crm.db, pending).await? else { return Err(PendingError::NotFound) };
    if row.actor == caller.sub() {
        return Ok((row, asks));
    }
    Err(if supervises(crm, caller, &row).await? { PendingError::NotYours } else { PendingError::NotFound })
}

/// Whether someone manages the record of a change; for a record that is not made yet, its module.
pub(super) async fn supervises(crm: &Arc<Crm>, caller: &Caller, row: &Row) -> Result<bool, PendingError> {
    let (viewer, module) = (crm.viewer(caller), row.module()?);
    if row.is_new && row.standing() != Standing::Applied {
        let mut snapshot = crm.db.snapshot().await?;
        let access = crm.records.access(&mut snapshot.tx(), &viewer).await?;
        return Ok(access.sight(&module).is_some_and(|s| s.may_somewhere(Right::Manage)));
    }
    let seen = crm.records.get(&viewer, &module, &row.record_id).await?;
    Ok(seen.is_some_and(|s| s.may(Right::Manage)))
}
