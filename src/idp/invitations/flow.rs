//! Inviting someone, and taking an invitation back.

use super::model::{self, Invited};
use super::send::{self, SEND};
use super::store;
use crate::contract::access::{Invitation, NewInvitation, Taken};
use crate::contract::feed::Entry;
use crate::idp::credentials::limits::{self, Limit};
use crate::idp::feed::Gone;
use crate::idp::grants::flow::{Asker, Terrain, may_change};
use crate::idp::grants::record::{self, Hand};
use crate::idp::grants::{self, GrantError};
use crate::idp::oidc::backchannel::Told;
use crate::idp::{Idp, feed, relations};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx, Tx};
use crate::kernel::outbox::{self, NewJob};

/// What came of asking for an invitation.
#[derive(Debug)]
pub enum Put {
    /// It is new, or its link had lapsed; a mail is on its way.
    New(Invitation),
    /// It was there.
    Same(Invitation),
    /// Too many mails; when there can be one again. Counted.
    Limited(Timestamp),
}

struct Inviting {
    asker: Asker,
    at: Terrain,
    new: NewInvitation,
    invited: Invited,
    buckets: [(String, Limit); 2],
    job_id: String,
    audit_id: String,
}

/// Invites someone: once, however often it is asked for under one id.
pub async fn put(idp: &Idp, asker: Asker, id: &str, new: NewInvitation) -> Result<Put, GrantError> {
    let at = Terrain::of(idp);
    let key = model::check(id, &new, at.now).map_err(GrantError::Invalid)?;
    let (root, job_id) = (&idp.env.root, idp.env.id());
    let inviter = asker.issue.person_id.clone();
    let invited = Invited {
        id: id.to_owned(),
        client: asker.client.clone(),
        relation: new.relation.clone(),
        email: new.email.trim().to_owned(),
        email_key: key.as_str().to_owned(),
        name: new.name.trim().to_owned(),
        language: new.language.clone(),
        terms: model::terms(&new),
        invited_by: inviter.clone(),
        made_at: at.now,
        token_hash: send::hash(root, &send::secret(root, &job_id)?)?,
        expires_at: at.now + model::LIFE,
        accepted_at: None,
        person: None,
        grant: None,
        revoked_at: None,
    };
    let buckets = [
        (root.token_hash("invitation-person", &inviter)?, model::PER_PERSON),
        (root.token_hash("invitation-address", key.as_str())?, model::PER_ADDRESS),
    ];
    let input = Inviting { asker, at, new, invited, buckets, job_id, audit_id: idp.env.id() };
    let put = idp.db.write(input, |input, mut tx| Box::pin(async move { invite(&mut tx, input).await })).await?;
    idp.outbox.wake();
    Ok(put)
}

async fn invite(tx: &mut Tx<'_>, input: &Inviting) -> Result<Put, GrantError> {
    let (wanted, now) = (&input.invited, input.at.now);
    let relation = relations::store::by_id(tx, &wanted.relation).await?;
    let relation = relation.filter(|r| r.client_id == wanted.client).ok_or(GrantError::NotFound)?.relation;
    may_change(tx, &input.asker, &input.at, &wanted.relation).await?;
    if !relation.active {
        return Err(GrantError::Conflict("this relation was put away"));
    }
    let there = store::by_id(tx, &wanted.id).await?;
    match &there {
        Some(i) if i.client != wanted.client || !i.is_same(&input.new) => {
            return Err(GrantError::Conflict("there is an invitation of this id that says something else"));
        }
        Some(i) if i.revoked_at.is_some() => return Err(GrantError::Conflict("this invitation was taken back")),
        Some(i) if i.accepted_at.is_some() || i.is_open(now) => return Ok(Put::Same(i.shown())),
        _ => {}
    }
    for (bucket, limit) in &input.buckets {
        if let Some(until) = limits::take(tx, bucket, *limit, now).await? {
            return Ok(Put::Limited(until));
        }
    }
    let made = match there {
        Some(lapsed) => {
            store::renew(tx, &lapsed.id, &wanted.token_hash, wanted.expires_at).await?;
            Invited { expires_at: wanted.expires_at, ..lapsed }
        }
        None => {
            store::insert(tx, wanted).await?;
            wanted.clone()
        }
    };
    let payload = serde_json::json!({ "invitation": made.id });
    let cause = format!("invitation/{}", made.id);
    outbox::put(tx, NewJob { id: input.job_id.clone(), kind: SEND, cause, payload, due_at: now, now }).await?;
    let actor = &input.asker.actor;
    let detail = format!("{} on {}", made.terms.level.as_str(), made.relation);
    note(tx, &input.audit_id, actor, "invitation.made", &made.id, detail, now).await?;
    Ok(Put::New(made.shown()))
}

struct Revoking {
    asker: Asker,
    at: Terrain,
    id: String,
    audit_id: String,
    hand: Hand,
}

/// Takes an invitation back: its link is void, and if it was accepted, the person is no longer whom it was made for and
/// its grant ends.
pub async fn revoke(idp: &Idp, asker: Asker, id: &str) -> Result<Taken, GrantError> {
    let at = Terrain::of(idp);
    let hand = Hand { actor: asker.actor.clone(), grant_id: idp.env.id(), audit_id: idp.env.id(), now: at.now };
    let input = Revoking { asker, at, id: id.to_owned(), audit_id: idp.env.id(), hand };
    let gone = idp.db.write_log(input, |input, mut tx| Box::pin(async move { revoked(&mut tx, input).await })).await?;
    Ok(feed::settle(idp, gone).await?)
}

/// With the head, also where nothing had to be said.
async fn revoked(tx: &mut LogTx<'_>, input: &Revoking) -> Result<Gone, GrantError> {
    let invited = store::by_id(tx, &input.id).await?;
    let invited = invited.filter(|i| i.client == input.asker.client).ok_or(GrantError::NotFound)?;
    may_change(tx, &input.asker, &input.at, &invited.relation).await?;
    let told = take_back(tx, &invited, &input.audit_id, &input.hand).await?;
    Ok(Gone { position: feed::store::head(tx).await?.position, told })
}

/// Takes an invitation back in the transaction that it is handed: its link is void, and the grant that came of it ends, with an
/// entry of the audit log under `audit_id`. Who may is asked elsewhere. Answers the applications that are to be told.
pub(in crate::idp) async fn take_back(
    tx: &mut LogTx<'_>,
    invited: &Invited,
    audit_id: &str,
    hand: &Hand,
) -> Result<Vec<Told>, DbError> {
    if !store::revoke(tx, &invited.id, hand.now).await? {
        return Ok(Vec::new());
    }
    let accepted = if invited.accepted_at.is_some() { "accepted" } else { "open" };
    note(tx, audit_id, &hand.actor, "invitation.revoked", &invited.id, accepted.to_owned(), hand.now).await?;
    if let Some(sub) = &invited.person {
        let entry = Entry::Invited { invitation: invited.id.clone(), sub: sub.clone(), present: false };
        feed::append(tx, hand.now, &entry).await?;
    }
    let Some(grant) = &invited.grant else { return Ok(Vec::new()) };
    let held = grants::store::by_id(tx, grant).await?;
    // Who was given it by hand since has it by that.
    match held.filter(|h| h.invitation.as_deref() == Some(&*invited.id)) {
        Some(held) => record::take(tx, held, hand).await,
        None => Ok(Vec::new()),
    }
}

/// An entry of the audit log about an invitation.
pub(super) async fn note(
    tx: &mut Tx<'_>,
    id: &str,
    actor: &Actor,
    action: &'static str,
    target: &str,
    detail: String,
    at: Timestamp,
) -> Result<(), DbError> {
    let entry = audit::Entry {
        id: id.to_owned(),
        at,
        actor: actor.clone(),
        action,
        target: Some(target.to_owned()),
        outcome: "ok",
        detail,
    };
    audit::record(tx, &entry).await
}
