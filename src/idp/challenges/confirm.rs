//! Taking a code: counted, compared and recorded in one transaction, so that of 200 at once exactly as many are compared
//! as there are tries, and one confirms.

use std::sync::Arc;

use secrecy::SecretString;

use super::flow::{ChallengeError, own, stands};
use super::model::{self, Challenge, Phase};
use super::store;
use crate::contract::challenge::{ConfirmAnswer, ConfirmRequest, Outcome};
use crate::idp::Idp;
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::Tx;
use crate::kernel::root::RootKey;

struct Input {
    issuer: String,
    client: String,
    id: String,
    attempt: String,
    issue: String,
    code: SecretString,
    root: Arc<RootKey>,
    audit_id: String,
    actor: Actor,
    now: Timestamp,
}

/// Takes a code. `arrived` is when the request came in at the provider, which decides whether it was in time.
pub async fn confirm(
    idp: &Idp,
    client: &str,
    id: &str,
    request: ConfirmRequest,
    actor: Actor,
    arrived: Timestamp,
) -> Result<ConfirmAnswer, ChallengeError> {
    let input = Input {
        issuer: idp.issuer().to_owned(),
        client: client.to_owned(),
        id: id.to_owned(),
        attempt: request.attempt,
        issue: request.issue,
        code: request.code,
        root: Arc::clone(&idp.env.root),
        audit_id: idp.env.id(),
        actor,
        now: arrived,
    };
    idp.db.write(input, |input, mut tx| Box::pin(async move { evaluate(&mut tx, input).await })).await
}

async fn evaluate(tx: &mut Tx<'_>, input: &Input) -> Result<ConfirmAnswer, ChallengeError> {
    let challenge = own(tx, &input.client, &input.id).await?;
    // The same attempt, whatever code comes with it: otherwise its id would buy more than one comparison.
    if let Some((outcome, attempts_left)) = store::attempt(tx, &challenge.id, &input.attempt).await? {
        let confirmation = challenge.confirmation().filter(|_| outcome == Outcome::Confirmed);
        return Ok(ConfirmAnswer { outcome, attempts_left, confirmation });
    }
    if !stands(tx, (&input.issuer, &input.client), &challenge.actor, &input.issue, input.now).await? {
        return Err(ChallengeError::Actor);
    }
    let outcome = outcome(tx, input, &challenge).await?;
    let after = own(tx, &input.client, &input.id).await?;
    let lifetime = store::lifetime(tx, &after).await?;
    let attempts_left = if after.phase == Phase::Open { after.attempts_left(lifetime, input.now) } else { 0 };
    store::keep_attempt(tx, &challenge.id, &input.attempt, outcome, attempts_left, input.now).await?;
    let entry = audit::Entry {
        id: input.audit_id.clone(),
        at: input.now,
        actor: input.actor.clone().client(&input.client).person(&challenge.actor),
        action: "challenge.attempt",
        target: Some(challenge.id.clone()),
        outcome: word(outcome),
        detail: format!("{} left", attempts_left),
    };
    audit::record(tx, &entry).await?;
    Ok(ConfirmAnswer { outcome, attempts_left, confirmation: after.confirmation().filter(|_| outcome == Outcome::Confirmed) })
}

async fn outcome(tx: &mut Tx<'_>, input: &Input, c: &Challenge) -> Result<Outcome, ChallengeError> {
    let now = input.now;
    match c.phase {
        Phase::Open => {}
        Phase::Void => return Ok(Outcome::Void),
        Phase::Confirmed | Phase::Applied => return Ok(Outcome::Used),
    }
    let lifetime = store::lifetime(tx, c).await?;
    if c.attempts_left(lifetime, now) == 0 {
        return Ok(Outcome::Exhausted);
    }
    if now >= c.expires_at {
        return Ok(Outcome::Expired);
    }
    // The conditions of these two statements decide; what was looked at before only chose the words.
    if store::count_try(tx, c, now).await?.is_none() || !store::count_lifetime(tx, c).await? {
        return Ok(Outcome::Exhausted);
    }
    let code = model::code(&input.root, &c.id, c.generation, c.terms.code)?;
    if !model::is_code(&code, &input.code) {
        return Ok(Outcome::Wrong);
    }
    if !store::confirm(tx, c, now).await? {
        return Ok(Outcome::Used);
    }
    store::give_back_lifetime(tx, c).await?;
    Ok(Outcome::Confirmed)
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Confirmed => "ok",
        Outcome::Wrong => "wrong",
        Outcome::Expired => "expired",
        Outcome::Exhausted => "exhausted",
        Outcome::Void => "void",
        Outcome::Used => "used",
    }
}
