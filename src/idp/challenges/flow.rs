//! Making a challenge, sending it again, giving it up, and saying where it stands.

use std::sync::Arc;
use std::time::Duration;

use super::model::{self, Challenge, Letter, Masked, Phase, Terms};
use super::{SEND, store};
use crate::contract::challenge::{ChallengeState, CreateChallenge, DeliveryState, PendingState, ResendMode, VoidReason};
use crate::contract::receipt::conceal_recipient;
use crate::idp::credentials::limits::{self, Limit};
use crate::idp::oidc::issues;
use crate::idp::{Idp, clients, oidc};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::delivery::mask_address;
use crate::kernel::jose::JoseError;
use crate::kernel::outbox::{self, NewJob};
use crate::kernel::root::{Purpose, RootError, RootKey};

/// Why something could not be done; nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum ChallengeError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
    /// A disclosure, receipt or checkpoint.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// The signing keys.
    #[error(transparent)]
    Keys(#[from] crate::idp::keyring::KeyringError),
    /// No challenge of this client has that id.
    #[error("there is no such challenge")]
    NotFound,
    /// The person may not (any longer), or the issue is not his with this client.
    #[error("the actor's sign-in does not stand, or is not with this client")]
    Actor,
    /// It contradicts what is known.
    #[error("{0}")]
    Conflict(&'static str),
}

/// What came of asking for a challenge.
#[derive(Debug)]
pub enum Created {
    /// It is new, and its message on the way.
    New(ChallengeState),
    /// It was there.
    Same(ChallengeState),
    /// One is there of the same pending change that says something else.
    Mismatch,
    /// The actor may not; recorded.
    Actor,
    /// Too many messages; when there can be one again. Recorded.
    Limited(Timestamp),
}

/// What all uses of a challenge need inside of a transaction.
struct Input {
    issuer: String,
    root: Arc<RootKey>,
    challenge: Challenge,
    issue: String,
    message_hash: String,
    buckets: Buckets,
    masked: String,
    ids: [String; 2],
    actor: Actor,
    now: Timestamp,
}

/// Where messages are counted (V16). Names are keyed hashes, so that no address is among them.
#[derive(Clone)]
struct Buckets([(String, Limit); 3]);

impl Buckets {
    fn of(root: &RootKey, client: &str, rule: &str, actor: &str, address: &str) -> Result<Self, RootError> {
        Ok(Self([
            (root.token_hash("challenge-actor", actor)?, model::PER_ACTOR),
            (root.token_hash("challenge-recipient", &address.to_lowercase())?, model::PER_RECIPIENT),
            (root.token_hash("challenge-rule", &format!("{client}/{rule}"))?, model::PER_RULE),
        ]))
    }

    /// Takes one message; when there can be one again, if there can't.
    async fn take(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<Timestamp>, DbError> {
        limits::take_each(tx, &self.0, now).await
    }
}

/// Makes a challenge and has its code sent, once, however often it is asked for.
pub async fn create(idp: &Idp, client: &str, body: &CreateChallenge, actor: Actor) -> Result<Created, ChallengeError> {
    let input = input(idp, client, body, actor)?;
    let created = idp.db.write(input, |input, mut tx| Box::pin(async move { insert(&mut tx, input).await })).await?;
    idp.outbox.wake();
    Ok(created)
}

fn input(idp: &Idp, client: &str, body: &CreateChallenge, actor: Actor) -> Result<Input, ChallengeError> {
    let (root, entropy, now, id) = (&idp.env.root, idp.env.entropy.as_ref(), idp.env.now(), idp.env.id());
    let json = |e: serde_json::Error| DbError::BadRow {
        table: "challenges",
        column: "terms",
        id: body.pending.clone(),
        why: e.to_string(),
    };
    let masked = mask_address(&body.recipient.address);
    let disclosure = conceal_recipient(&masked, entropy)?;
    let letter = Letter { to: body.recipient.address.clone(), texts: body.message.clone() };
    let recipient = Masked { to: masked.clone(), disclosure: disclosure.encoded().to_owned() };
    let seal = |place: String, plain: Result<Vec<u8>, serde_json::Error>| {
        plain.map_err(json).map_err(ChallengeError::from).and_then(|p| Ok(root.seal(Purpose::Personal, &place, &p, entropy)?))
    };
    let challenge = Challenge {
        client_id: client.to_owned(),
        pending: body.pending.clone(),
        rule: body.rule.clone(),
        body_hash: root.token_hash("challenge-body", &serde_json::to_string(body).map_err(json)?)?,
        actor: body.actor.clone(),
        record: body.record.clone(),
        changes: body.changes.clone(),
        digest: body.digest.clone(),
        channel: body.recipient.channel,
        language: body.language.clone(),
        message: Some(seal(Challenge::message_place(&id), serde_json::to_vec(&letter))?),
        recipient: Some(seal(Challenge::recipient_place(&id), serde_json::to_vec(&recipient))?),
        recipient_digest: disclosure.digest(),
        terms: Terms { code: body.code, limits: body.limits },
        phase: Phase::Open,
        generation: 1,
        attempts: 0,
        attempts_since: now,
        resends: 0,
        resends_since: now,
        sends: 1,
        asked_at: now,
        expires_at: now + Duration::from_secs(u64::from(body.code.validity_seconds)),
        sent_at: None,
        delivery: DeliveryState::Queued,
        confirmed_at: None,
        receipt: None,
        void_reason: None,
        created_at: now,
        lifetime: model::lifetime_bucket(root, client, body)?,
        id,
    };
    Ok(Input {
        message_hash: root.token_hash("challenge-message", &serde_json::to_string(&letter).map_err(json)?)?,
        buckets: Buckets::of(root, client, &body.rule.key, &body.actor, &body.recipient.address)?,
        issuer: idp.issuer().to_owned(),
        root: Arc::clone(root),
        issue: body.issue.clone(),
        masked,
        ids: [idp.env.id(), idp.env.id()],
        actor: actor.client(client).person(&body.actor),
        challenge,
        now,
    })
}

async fn insert(tx: &mut Tx<'_>, input: &Input) -> Result<Created, ChallengeError> {
    let (new, now) = (&input.challenge, input.now);
    let [audit_id, job_id] = &input.ids;
    let others = store::of_pending(tx, &new.client_id, &new.pending).await?;
    if let Some(there) = others.iter().find(|c| c.rule.key == new.rule.key) {
        return Ok(if there.body_hash == new.body_hash {
            Created::Same(view(tx, &input.root, there, now).await?)
        } else {
            Created::Mismatch
        });
    }
    // All rules of a pending change confirm the same change, which is not over yet.
    let same =
        |c: &Challenge| c.digest == new.digest && c.actor == new.actor && c.record == new.record && c.changes == new.changes;
    if !others.iter().all(same) {
        return Ok(Created::Mismatch);
    }
    if others.iter().any(|c| matches!(c.phase, Phase::Void | Phase::Applied)) {
        return Err(ChallengeError::Conflict("this pending change was applied or given up"));
    }
    let entry = |outcome| audit::Entry {
        id: audit_id.clone(),
        at: now,
        actor: input.actor.clone(),
        action: "challenge.requested",
        target: Some(new.id.clone()),
        outcome,
        detail: format!("{} {}", new.channel, input.masked),
    };
    if !stands(tx, (&input.issuer, &new.client_id), &new.actor, &input.issue, now).await? {
        // Who is not known here is named nowhere as one who acted.
        audit::record(tx, &audit::Entry { actor: Actor { sub: None, ..input.actor.clone() }, ..entry("actor") }).await?;
        return Ok(Created::Actor);
    }
    if let Some(until) = input.buckets.take(tx, now).await? {
        audit::record(tx, &entry("limited")).await?;
        return Ok(Created::Limited(until));
    }
    if !store::insert(tx, new, &store::Extra { message_hash: &input.message_hash, issue: &input.issue }).await? {
        return Err(ChallengeError::Conflict("the same challenge is being made at this moment; ask again"));
    }
    ask_to_send(tx, new, (new.generation, new.sends), job_id, now).await?;
    audit::record(tx, &entry("ok")).await?;
    Ok(Created::New(view(tx, &input.root, new, now).await?))
}

async fn ask_to_send(
    tx: &mut Tx<'_>,
    c: &Challenge,
    (generation, send): (i64, i64),
    job_id: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let job = NewJob {
        id: job_id.to_owned(),
        kind: SEND,
        cause: format!("challenge/{}", c.id),
        payload: serde_json::json!({ "challenge": c.id, "generation": generation, "send": send }),
        due_at: now,
        now,
    };
    outbox::put(tx, job).await.map(drop)
}

/// Whether `actor` holds this issue, by whatever application, for tokens of the resource server `client`; and may go on.
pub(super) async fn stands(
    tx: &mut Tx<'_>,
    (issuer, client): (&str, &str),
    actor: &str,
    issue: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    let Some(issue) = oidc::store::issue(tx, issue).await?.filter(|i| i.person_id == actor) else { return Ok(false) };
    let server = clients::store::by_id(tx, client).await?;
    let Some(resource) = server.and_then(|s| oidc::resources::is_for(&issue.resource, &s, issuer)) else { return Ok(false) };
    let through = issue.client_id.clone();
    // The resource is the server's own, as was just seen, so it may stand in for the issuer here.
    Ok(issues::stands(tx, issue, &through, &resource, now).await?.is_some())
}

/// What the provider holds of the recipient; nothing once it was erased.
pub(crate) fn masked(root: &RootKey, c: &Challenge) -> Result<Option<Masked>, ChallengeError> {
    let Some(sealed) = &c.recipient else { return Ok(None) };
    let plain = root.open(Purpose::Personal, &Challenge::recipient_place(&c.id), sealed)?;
    let bad =
        |e: serde_json::Error| DbError::BadRow { table: "challenges", column: "recipient", id: c.id.clone(), why: e.to_string() };
    Ok(Some(serde_json::from_slice(&plain).map_err(bad)?))
}

pub(super) async fn view(
    tx: &mut Tx<'_>,
    root: &RootKey,
    c: &Challenge,
    now: Timestamp,
) -> Result<ChallengeState, ChallengeError> {
    let lifetime = store::lifetime(tx, c).await?;
    Ok(c.view(masked(root, c)?.map(|m| m.to).unwrap_or_default(), lifetime, now))
}

/// A challenge of this client.
pub(super) async fn own(tx: &mut Tx<'_>, client: &str, id: &str) -> Result<Challenge, ChallengeError> {
    store::by_id(tx, id).await?.filter(|c| c.client_id == client).ok_or(ChallengeError::NotFound)
}

/// Where a challenge stands.
pub async fn state(idp: &Idp, client: &str, id: &str) -> Result<ChallengeState, ChallengeError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let challenge = own(&mut tx, client, id).await?;
    view(&mut tx, &idp.env.root, &challenge, idp.env.now()).await
}

/// Where all challenges of a pending change stand.
pub async fn pending(idp: &Idp, client: &str, pending: &str) -> Result<PendingState, ChallengeError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let mut challenges = Vec::new();
    for c in store::of_pending(&mut tx, client, pending).await? {
        challenges.push(view(&mut tx, &idp.env.root, &c, idp.env.now()).await?);
    }
    let receipt = challenges.iter().find_map(|c| c.receipt.clone());
    Ok(PendingState { pending: pending.to_owned(), challenges, receipt })
}

/// What came of asking for another message.
#[derive(Debug)]
pub enum Resent {
    /// It is on its way.
    Done(ChallengeState),
    /// Not before this; nothing is sent.
    Later(Timestamp, ChallengeState),
    /// Never; nothing is sent.
    Never(ChallengeState),
    /// It no longer waits for a code.
    Closed(ChallengeState),
}

/// Sends the code again, or a new one.
pub async fn resend(idp: &Idp, client: &str, id: &str, actor: Actor) -> Result<Resent, ChallengeError> {
    let input = (client.to_owned(), id.to_owned(), Arc::clone(&idp.env.root), [idp.env.id(), idp.env.id()], actor, idp.env.now());
    let resent = idp
        .db
        .write(input, |(client, id, root, [audit_id, job_id], actor, now), mut tx| {
            Box::pin(async move {
                let before = own(&mut tx, client, id).await?;
                let lifetime = store::lifetime(&mut tx, &before).await?;
                let shown = view(&mut tx, root, &before, *now).await?;
                if before.phase != Phase::Open {
                    return Ok(Resent::Closed(shown));
                }
                let mut entry = audit::Entry {
                    id: audit_id.clone(),
                    at: *now,
                    actor: actor.clone().client(client).person(&before.actor),
                    action: "challenge.resend",
                    target: Some(before.id.clone()),
                    outcome: "refused",
                    detail: format!("{} {}", before.channel, shown.recipient),
                };
                let Some(at) = before.resend_at(lifetime, *now) else {
                    audit::record(&mut tx, &entry).await?;
                    return Ok(Resent::Never(shown));
                };
                if at > *now {
                    audit::record(&mut tx, &entry).await?;
                    return Ok(Resent::Later(at, shown));
                }
                let letter = letter(root, &before)?;
                let buckets = Buckets::of(root, client, &before.rule.key, &before.actor, &letter.to)?;
                if let Some(until) = buckets.take(&mut tx, *now).await? {
                    entry.outcome = "limited";
                    audit::record(&mut tx, &entry).await?;
                    return Ok(Resent::Later(until, shown));
                }
                let expires = match before.terms.limits.resend_mode {
                    ResendMode::New => *now + Duration::from_secs(u64::from(before.terms.code.validity_seconds)),
                    ResendMode::Same => before.expires_at,
                };
                // Whoever was first in the same moment has begun the pause.
                let Some(send) = store::resend(&mut tx, &before, *now, expires).await? else {
                    audit::record(&mut tx, &entry).await?;
                    return Ok(Resent::Later(*now + Duration::from_secs(1), shown));
                };
                ask_to_send(&mut tx, &before, send, job_id, *now).await?;
                entry.outcome = "ok";
                audit::record(&mut tx, &entry).await?;
                let after = own(&mut tx, client, id).await?;
                Ok::<_, ChallengeError>(Resent::Done(view(&mut tx, root, &after, *now).await?))
            })
        })
        .await?;
    idp.outbox.wake();
    Ok(resent)
}

/// The address and the texts of a message.
pub(super) fn letter(root: &RootKey, c: &Challenge) -> Result<Letter, ChallengeError> {
    let bad = |why: String| DbError::BadRow { table: "challenges", column: "message", id: c.id.clone(), why };
    let sealed = c.message.as_deref().ok_or_else(|| bad("it is no longer kept".into()))?;
    let plain = root.open(Purpose::Personal, &Challenge::message_place(&c.id), sealed)?;
    Ok(serde_json::from_slice(&plain).map_err(|e| bad(e.to_string()))?)
}

/// Gives a challenge up: no code of it counts from now on. Doing it twice is harmless.
pub async fn void(idp: &Idp, client: &str, id: &str, reason: VoidReason, actor: Actor) -> Result<ChallengeState, ChallengeError> {
    let input = (client.to_owned(), id.to_owned(), reason, Arc::clone(&idp.env.root), idp.env.id(), actor, idp.env.now());
    idp.db
        .write(input, |(client, id, reason, root, audit_id, actor, now), mut tx| {
            Box::pin(async move {
                let before = own(&mut tx, client, id).await?;
                match before.phase {
                    Phase::Applied => return Err(ChallengeError::Conflict("the change was applied")),
                    Phase::Void => return view(&mut tx, root, &before, *now).await,
                    Phase::Open | Phase::Confirmed => {}
                }
                store::void(&mut tx, id, *reason).await?;
                audit::record(&mut tx, &voided(&before, *reason, audit_id, actor, *now)).await?;
                let after = own(&mut tx, client, id).await?;
                view(&mut tx, root, &after, *now).await
            })
        })
        .await
}

/// The audit entry of giving a challenge up.
pub(crate) fn voided(c: &Challenge, reason: VoidReason, audit_id: &str, actor: &Actor, now: Timestamp) -> audit::Entry {
    audit::Entry {
        id: audit_id.to_owned(),
        at: now,
        actor: actor.clone().client(&c.client_id).person(&c.actor),
        action: "challenge.void",
        target: Some(c.id.clone()),
        outcome: "ok",
        detail: format!("{reason:?}").to_lowercase(),
    }
}
