//! What pages and API do about access to a relation. The person must see the relation here; whether he may change who has
//! access is the provider's to say, which is asked with his own token.

use std::sync::Arc;

use secrecy::SecretString;

use super::client::Desk;
use super::model::{GrantsError, Invite};
use super::store::{self, Binding, Bound};
use crate::contract::FieldKey;
use crate::contract::access::{ChangedGrant, Grant, GrantChange, Invitation, NewGrant, NewInvitation, RelationAccess, Taken};
use crate::crm::Crm;
use crate::crm::auth::Caller;
use crate::crm::auth::provider_token::provider_token;
use crate::crm::auth::session::SessionError;
use crate::crm::modules::model::{FieldKind, ModuleRole};
use crate::crm::modules::value::Value;
use crate::crm::records::seen::Seen;
use crate::kernel::audit::{self, Actor};
use crate::kernel::http::Context;

/// Languages that a mail can be written in.
const LANGUAGES: [&str; 4] = ["en", "nl", "pl", "tr"];

/// Who asks: as the record store knows him, and the cookie of the session whose token the provider is asked with.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    /// The person.
    pub caller: &'a Caller,
    /// The value of the session's cookie.
    pub cookie: &'a str,
    /// The request.
    pub context: &'a Context,
}

/// A relation, by its module and id.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Its module.
    pub module: &'a FieldKey,
    /// The relation.
    pub id: &'a str,
}

impl From<SessionError> for GrantsError {
    fn from(e: SessionError) -> Self {
        match e {
            SessionError::Unreachable(e) => e.into(),
            SessionError::Db(e) => e.into(),
            SessionError::Root(e) => Self::Read(e.into()),
        }
    }
}

/// Who has access to the relation.
pub async fn list(crm: &Arc<Crm>, asker: Asker<'_>, at: Place<'_>) -> Result<RelationAccess, GrantsError> {
    desk(crm, asker, at).await?.access(at.id).await
}

/// Gives someone access.
pub async fn give(crm: &Arc<Crm>, asker: Asker<'_>, at: Place<'_>, new: &NewGrant) -> Result<Grant, GrantsError> {
    signed_in_lately(crm, asker)?;
    desk(crm, asker, at).await?.give(at.id, new).await
}

/// Whoever gives people access has signed in lately, where the settings ask for that. Taking it away is never held up.
fn signed_in_lately(crm: &Crm, asker: Asker<'_>) -> Result<(), GrantsError> {
    let within = asker.caller.signed_in_within(crm.env.settings.crm_sharing_minutes, crm.env.now());
    within.map_err(|denied| GrantsError::Access(denied.into()))
}

/// Changes a grant of the relation.
pub async fn change(
    crm: &Arc<Crm>,
    asker: Asker<'_>,
    at: Place<'_>,
    grant: &str,
    change: &GrantChange,
) -> Result<ChangedGrant, GrantsError> {
    signed_in_lately(crm, asker)?;
    let desk = desk(crm, asker, at).await?;
    own_grant(&desk, at, grant).await?;
    desk.change(grant, change).await
}

/// Takes a grant of the relation away. Done, or on its way and to whom.
pub async fn take(crm: &Arc<Crm>, asker: Asker<'_>, at: Place<'_>, grant: &str) -> Result<Taken, GrantsError> {
    let desk = desk(crm, asker, at).await?;
    own_grant(&desk, at, grant).await?;
    desk.take(grant).await
}

/// Invites the person that a record is about. Which record it is for is written down first, by the invitation's id: when
/// someone accepts, that record is who he is, whatever its address says by then.
pub async fn invite(crm: &Arc<Crm>, asker: Asker<'_>, at: Place<'_>, invite: Invite) -> Result<Invitation, GrantsError> {
    signed_in_lately(crm, asker)?;
    let token = token(crm, asker).await?;
    let (binding, new) = prepared(crm, asker, at, invite).await?;
    let desk = Desk::new(&crm.provider, token);
    let (id, target) = (binding.invitation.clone(), format!("{}/{}", binding.module, binding.record));
    let bound = store::bind(&crm.db, binding, noted(crm, asker, "access.invited", &target, "ok")).await?;
    if bound == Bound::Other {
        return Err(GrantsError::Conflict);
    }
    let invited = desk.invite(&id, &new).await;
    if let Err(e) = &invited
        && e.is_certain()
        && bound == Bound::New
    {
        store::unbind(&crm.db, &id, noted(crm, asker, "access.invited", &target, "refused")).await?;
    }
    invited
}

/// Writes down for which record an invitation is, without asking the provider: for sample people.
pub async fn bind(crm: &Crm, invitation: &str, portal: &str, record: (&FieldKey, &str), by: &str) -> Result<(), GrantsError> {
    let at = crm.env.now();
    let binding = Binding {
        invitation: invitation.to_owned(),
        portal: portal.to_owned(),
        module: record.0.to_string(),
        record: record.1.to_owned(),
        by: by.to_owned(),
        at,
    };
    let audit = audit::Entry {
        id: crm.env.id(),
        at,
        actor: Actor::command_line(),
        action: "access.invited",
        target: Some(format!("{}/{}", record.0, record.1)),
        outcome: "ok",
        detail: "sample".into(),
    };
    store::bind(&crm.db, binding, audit).await.map(drop).map_err(GrantsError::from)
}

/// Takes an invitation to the relation back; who accepted it is no longer the record that it was for.
pub async fn withdraw(crm: &Arc<Crm>, asker: Asker<'_>, at: Place<'_>, invitation: &str) -> Result<Taken, GrantsError> {
    let desk = desk(crm, asker, at).await?;
    if !desk.access(at.id).await?.invitations.iter().any(|i| i.id == invitation) {
        return Err(GrantsError::NotFound);
    }
    let taken = desk.withdraw(invitation).await?;
    store::unbind(&crm.db, invitation, noted(crm, asker, "access.withdrawn", invitation, "ok")).await?;
    Ok(taken)
}

/// Case 37: what is changed is of the relation that the address names.
async fn own_grant(desk: &Desk<'_>, at: Place<'_>, grant: &str) -> Result<(), GrantsError> {
    let own = desk.access(at.id).await?.grants.iter().any(|g| g.id == grant);
    if own { Ok(()) } else { Err(GrantsError::NotFound) }
}

pub(super) async fn token(crm: &Arc<Crm>, asker: Asker<'_>) -> Result<SecretString, GrantsError> {
    provider_token(crm, asker.cookie).await?.ok_or(GrantsError::SignInAgain)
}

/// The provider, for someone who sees the relation.
pub(super) async fn desk<'c>(crm: &'c Arc<Crm>, asker: Asker<'_>, at: Place<'_>) -> Result<Desk<'c>, GrantsError> {
    {
        let (mut snapshot, caller) = crm.reading(asker.caller).await?;
        let mut reader = crm.records.reader(&mut snapshot, &crm.viewer(&caller)).await?;
        let seen = reader.get(at.module, at.id).await?.ok_or(GrantsError::NotFound)?;
        is_relation(&seen)?;
    }
    // Not while a snapshot is held: asking for a token may take a while.
    Ok(Desk::new(&crm.provider, token(crm, asker).await?))
}

fn is_relation(seen: &Seen) -> Result<(), GrantsError> {
    if seen.module().role == Some(ModuleRole::Relation) { Ok(()) } else { Err(GrantsError::NotFound) }
}

/// The binding and what the provider is asked, from the record as the person sees it.
async fn prepared(
    crm: &Arc<Crm>,
    asker: Asker<'_>,
    at: Place<'_>,
    invite: Invite,
) -> Result<(Binding, NewInvitation), GrantsError> {
    let (mut snapshot, caller) = crm.reading(asker.caller).await?;
    let mut reader = crm.records.reader(&mut snapshot, &crm.viewer(&caller)).await?;
    is_relation(&reader.get(at.module, at.id).await?.ok_or(GrantsError::NotFound)?)?;
    let absent = || GrantsError::invalid("record", "a record that you see, of this relation");
    let who = reader.get(&invite.module, &invite.record).await?.ok_or_else(absent)?;
    if who.relation().is_none_or(|r| r.id != at.id) {
        return Err(absent());
    }
    let mut portals = reader.access.catalogue.portals_of(&invite.module);
    let portal = match &invite.portal {
        Some(key) => portals.find(|p| p.key.as_str() == key),
        None => portals.next().filter(|_| portals.next().is_none()),
    };
    let portal = portal.ok_or_else(|| GrantsError::invalid("portal", "a portal whose people are records of this module"))?;
    let email = address(&who).ok_or_else(|| GrantsError::invalid("record", "it has no e-mail address"))?;
    let name = who.title().ok_or_else(|| GrantsError::invalid("record", "it has no name"))?;
    let now = crm.env.now();
    let binding = Binding {
        invitation: invite.id.unwrap_or_else(|| crm.env.id()),
        portal: portal.key.to_string(),
        module: invite.module.to_string(),
        record: invite.record,
        by: asker.caller.sub().to_owned(),
        at: now,
    };
    let new = NewInvitation {
        email,
        name: name.to_owned(),
        language: language(&who).unwrap_or("en").to_owned(),
        relation: at.id.to_owned(),
        level: invite.level,
        until: invite.until,
        reason: invite.reason,
    };
    Ok((binding, new))
}

fn address(who: &Seen) -> Option<String> {
    who.fields().find_map(|(field, value)| match (&field.kind, value) {
        (FieldKind::Email, Some(Value::Text(address))) => Some(address.clone()),
        _ => None,
    })
}

/// What a choice by the name `language` says, where it is one that mails are written in.
fn language(who: &Seen) -> Option<&'static str> {
    who.fields().filter(|(f, _)| f.key.as_str() == "language").find_map(|(_, value)| match value {
        Some(Value::Text(code)) => LANGUAGES.into_iter().find(|l| l == code),
        _ => None,
    })
}

fn noted(crm: &Crm, asker: Asker<'_>, action: &'static str, target: &str, outcome: &'static str) -> audit::Entry {
    audit::Entry {
        id: crm.env.id(),
        at: crm.env.now(),
        actor: Actor::on(asker.context).person(asker.caller.sub()).client(asker.caller.client_id()),
        action,
        target: Some(target.to_owned()),
        outcome,
        detail: String::new(),
    }
}
