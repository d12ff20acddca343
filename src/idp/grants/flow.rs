//! Seeing, giving, changing and taking access, by people who may: decided in the transaction that does it.

use super::model::{Rights, Terms, check_holder, check_terms};
use super::record::{self, Hand, Written};
use super::store;
use crate::contract::access::{ChangedGrant, Grant, GrantChange, NewGrant, RelationAccess, Taken};
use crate::contract::feed::Holder;
use crate::idp::feed::Gone;
use crate::idp::oidc::issues;
use crate::idp::oidc::store::Issue;
use crate::idp::people::Person;
use crate::idp::relations::model::Wrong;
use crate::idp::{Idp, feed, invitations, people, relations};
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx, Tx};
use crate::kernel::root::RootError;

/// Why something about access was not done; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
    /// What the person asks with does not stand any longer.
    #[error("the sign-in does not stand")]
    Unauthorized,
    /// There is no such thing, or it is not for this person to see.
    #[error("nothing here to see")]
    NotFound,
    /// The person sees it and may not decide about it.
    #[error("only who manages the relation, or an administrator, decides about access to it")]
    Forbidden,
    /// Something does not fit.
    #[error("something does not fit")]
    Invalid(Vec<Wrong>),
    /// It contradicts what is there.
    #[error("{0}")]
    Conflict(&'static str),
}

/// Who asks, through which application, by which issue: asked again inside of the transaction.
#[derive(Clone, Debug)]
pub struct Asker {
    /// What the token belongs to.
    pub issue: Issue,
    /// The application.
    pub client: String,
    /// As the audit log has it.
    pub actor: Actor,
}

/// What every decision needs beside who asks.
#[derive(Clone, Debug)]
pub(crate) struct Terrain {
    pub issuer: String,
    pub admin_role: String,
    pub now: Timestamp,
}

impl Terrain {
    pub(crate) fn of(idp: &Idp) -> Self {
        Self { issuer: idp.issuer().to_owned(), admin_role: idp.env.settings.admin_role.clone(), now: idp.env.now() }
    }
}

/// What the person behind a token may do about a relation, as this transaction sees it.
pub(crate) async fn rights(tx: &mut Tx<'_>, asker: &Asker, at: &Terrain, relation: &str) -> Result<Rights, GrantError> {
    let stands = issues::stands(tx, asker.issue.clone(), &asker.client, &at.issuer, at.now).await?;
    let person: Person = stands.ok_or(GrantError::Unauthorized)?.person.clone();
    let level = store::level_of(tx, relation, &person.id, at.now).await?;
    let administrator = store::has_role(tx, &person.id, &at.admin_role).await?;
    Ok(Rights::of(person.staff, level, administrator))
}

/// That the person may decide about access to a relation.
pub(crate) async fn may_change(tx: &mut Tx<'_>, asker: &Asker, at: &Terrain, relation: &str) -> Result<(), GrantError> {
    match rights(tx, asker, at, relation).await? {
        Rights { change: true, .. } => Ok(()),
        Rights { read: true, .. } => Err(GrantError::Forbidden),
        _ => Err(GrantError::NotFound),
    }
}

/// Who has access to a relation.
pub async fn list(idp: &Idp, asker: &Asker, relation: &str) -> Result<RelationAccess, GrantError> {
    let at = Terrain::of(idp);
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    relations::store::by_id(&mut tx, relation).await?.ok_or(GrantError::NotFound)?;
    let rights = rights(&mut tx, asker, &at, relation).await?;
    if !rights.read {
        return Err(GrantError::NotFound);
    }
    Ok(RelationAccess {
        grants: store::of_relation(&mut tx, relation, at.now).await?,
        invitations: invitations::store::open_of(&mut tx, relation, at.now).await?,
        may_change: rights.change,
    })
}

struct Giving {
    asker: Asker,
    at: Terrain,
    relation: String,
    holder: Holder,
    terms: Terms,
    hand: Hand,
}

/// Gives access, or changes what the holder has. Lowering it is taking away, and answered like that.
pub async fn give(idp: &Idp, asker: Asker, relation: &str, new: NewGrant) -> Result<ChangedGrant, GrantError> {
    let at = Terrain::of(idp);
    let (holder, terms) = (new.holder.clone(), Terms::from(new));
    let mut wrong = check_terms(&terms, at.now);
    wrong.extend(check_holder(&holder));
    if !wrong.is_empty() {
        return Err(GrantError::Invalid(wrong));
    }
    let giving = Giving { hand: hand(idp, &asker, at.now), asker, at, relation: relation.to_owned(), holder, terms };
    let done = idp.db.write_log(giving, |g, mut tx| Box::pin(async move { given(&mut tx, g).await })).await?;
    answer(idp, done).await
}

async fn given(tx: &mut LogTx<'_>, g: &Giving) -> Result<(Grant, Written), GrantError> {
    let known = relations::store::by_id(tx, &g.relation).await?.ok_or(GrantError::NotFound)?;
    may_change(tx, &g.asker, &g.at, &g.relation).await?;
    if !known.relation.active {
        return Err(GrantError::Conflict("this relation was put away"));
    }
    if !exists(tx, &g.holder).await? {
        return Err(GrantError::Invalid(vec![Wrong::at("holder", "someone who may sign in, or a group")]));
    }
    let written = record::give(tx, &g.relation, &g.holder, &g.terms, None, &g.hand).await?;
    shown(tx, written).await
}

/// Whether there is someone to hold it: a person who may sign in, or a group.
pub(crate) async fn exists(tx: &mut Tx<'_>, holder: &Holder) -> Result<bool, DbError> {
    Ok(match holder {
        Holder::Person(id) => people::store::by_id(tx, id).await?.is_some_and(|p| p.active),
        Holder::Group(id) => store::group_name(tx, id).await?.is_some(),
    })
}

struct Changing {
    asker: Asker,
    at: Terrain,
    id: String,
    change: GrantChange,
    hand: Hand,
}

/// Changes a grant.
pub async fn change(idp: &Idp, asker: Asker, id: &str, change: GrantChange) -> Result<ChangedGrant, GrantError> {
    let at = Terrain::of(idp);
    let changing = Changing { hand: hand(idp, &asker, at.now), asker, at, id: id.to_owned(), change };
    let done = idp.db.write_log(changing, |c, mut tx| Box::pin(async move { changed(&mut tx, c).await })).await?;
    answer(idp, done).await
}

async fn changed(tx: &mut LogTx<'_>, c: &Changing) -> Result<(Grant, Written), GrantError> {
    let held = store::by_id(tx, &c.id).await?.ok_or(GrantError::NotFound)?;
    may_change(tx, &c.asker, &c.at, &held.relation).await?;
    if held.ended_at.is_some() {
        return Err(GrantError::NotFound);
    }
    let terms = held.terms.changed(&c.change);
    let mut wrong = check_terms(&terms, c.at.now);
    // An end that has passed stands for itself while nobody asks for another.
    wrong.retain(|w| w.field != "until" || c.change.until.is_some());
    if !wrong.is_empty() {
        return Err(GrantError::Invalid(wrong));
    }
    let invitation = held.invitation.clone();
    let written = record::rewrite(tx, held, &terms, invitation.as_deref(), &c.hand).await?;
    shown(tx, written).await
}

/// Takes a grant away, and answers when that is known everywhere, or after two seconds with who does not know it.
pub async fn take(idp: &Idp, asker: Asker, id: &str) -> Result<Taken, GrantError> {
    let at = Terrain::of(idp);
    let taking = Changing { hand: hand(idp, &asker, at.now), asker, at, id: id.to_owned(), change: GrantChange::default() };
    let gone = idp.db.write_log(taking, |t, mut tx| Box::pin(async move { taken(&mut tx, t).await })).await?;
    Ok(feed::settle(idp, gone).await?)
}

/// With the head, also where it was taken before.
async fn taken(tx: &mut LogTx<'_>, t: &Changing) -> Result<Gone, GrantError> {
    let held = store::by_id(tx, &t.id).await?.ok_or(GrantError::NotFound)?;
    may_change(tx, &t.asker, &t.at, &held.relation).await?;
    let told = record::take(tx, held, &t.hand).await?;
    Ok(Gone { position: feed::store::head(tx).await?.position, told })
}

fn hand(idp: &Idp, asker: &Asker, now: Timestamp) -> Hand {
    Hand { actor: asker.actor.clone(), grant_id: idp.env.id(), audit_id: idp.env.id(), now }
}

async fn shown(tx: &mut Tx<'_>, written: Written) -> Result<(Grant, Written), GrantError> {
    let grant = store::shown_by_id(tx, &written.held.id).await?.ok_or(GrantError::NotFound)?;
    Ok((grant, written))
}

async fn answer(idp: &Idp, (grant, written): (Grant, Written)) -> Result<ChangedGrant, GrantError> {
    let taken = match written.position.filter(|_| written.less) {
        Some(position) => Some(feed::settle(idp, Gone { position, told: written.told }).await?),
        None => None,
    };
    Ok(ChangedGrant { grant, taken })
}
