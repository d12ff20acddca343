//! Seeing, making, changing and removing the links of a relation, by whoever decides about access to it: decided in the
//! transaction that does it.

use super::model::{Audience, WebLink, check};
use super::store;
use crate::contract::links::{Link, MAX_LINKS, NewLink, RelationLinks};
use crate::idp::grants::flow::{Asker, GrantError, Terrain, may_change, rights};
use crate::idp::{Idp, relations};
use crate::kernel::audit;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};

/// The links of a relation, for whoever may see who has access to it.
pub async fn list(idp: &Idp, asker: &Asker, relation: &str) -> Result<RelationLinks, GrantError> {
    let at = Terrain::of(idp);
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    relations::store::by_id(&mut tx, relation).await?.ok_or(GrantError::NotFound)?;
    let rights = rights(&mut tx, asker, &at, relation).await?;
    if !rights.read {
        return Err(GrantError::NotFound);
    }
    let links = store::of_relation(&mut tx, relation).await?;
    Ok(RelationLinks { links: links.iter().filter_map(WebLink::shown).collect(), may_change: rights.change })
}

struct Writing {
    asker: Asker,
    at: Terrain,
    /// The relation of a new one.
    relation: String,
    /// Of a new one, or of the one that is changed or removed.
    id: String,
    new: Option<NewLink>,
    audit_id: String,
}

fn sound(new: &NewLink) -> Result<(), GrantError> {
    let wrong = check(new);
    if wrong.is_empty() { Ok(()) } else { Err(GrantError::Invalid(wrong)) }
}

/// Makes a link of a relation.
pub async fn make(idp: &Idp, asker: Asker, relation: &str, new: NewLink) -> Result<Link, GrantError> {
    sound(&new)?;
    let input = Writing {
        asker,
        at: Terrain::of(idp),
        relation: relation.to_owned(),
        id: idp.env.id(),
        new: Some(new),
        audit_id: idp.env.id(),
    };
    idp.db.write(input, |w, mut tx| Box::pin(async move { made(&mut tx, w).await })).await
}

async fn made(tx: &mut Tx<'_>, w: &Writing) -> Result<Link, GrantError> {
    let known = relations::store::by_id(tx, &w.relation).await?.ok_or(GrantError::NotFound)?;
    may_change(tx, &w.asker, &w.at, &w.relation).await?;
    if !known.relation.active {
        return Err(GrantError::Conflict("this relation was put away"));
    }
    if store::of_relation(tx, &w.relation).await?.len() >= MAX_LINKS {
        return Err(GrantError::Conflict("a relation has 100 links at most"));
    }
    let says = w.new.clone().ok_or(GrantError::NotFound)?;
    let link = WebLink {
        id: w.id.clone(),
        says,
        audience: Audience::Relation(w.relation.clone()),
        active: true,
        made_by: w.asker.actor.sub.clone(),
        made_at: w.at.now,
    };
    store::save(tx, &link, w.at.now).await?;
    note(tx, w, "link.made", w.at.now).await?;
    link.shown().ok_or(GrantError::NotFound)
}

/// Changes what a link of a relation says.
pub async fn change(idp: &Idp, asker: Asker, id: &str, new: NewLink) -> Result<Link, GrantError> {
    sound(&new)?;
    let input = writing(idp, asker, id, Some(new));
    idp.db.write(input, |w, mut tx| Box::pin(async move { changed(&mut tx, w).await })).await
}

async fn changed(tx: &mut Tx<'_>, w: &Writing) -> Result<Link, GrantError> {
    let link = there(tx, w).await?;
    let says = w.new.clone().ok_or(GrantError::NotFound)?;
    if link.says != says {
        store::save(tx, &WebLink { says: says.clone(), ..link.clone() }, w.at.now).await?;
        note(tx, w, "link.changed", w.at.now).await?;
    }
    WebLink { says, ..link }.shown().ok_or(GrantError::NotFound)
}

/// Removes a link of a relation.
pub async fn remove(idp: &Idp, asker: Asker, id: &str) -> Result<(), GrantError> {
    let input = writing(idp, asker, id, None);
    idp.db
        .write(input, |w, mut tx| {
            Box::pin(async move {
                there(&mut tx, w).await?;
                store::remove(&mut tx, &w.id).await?;
                Ok(note(&mut tx, w, "link.removed", w.at.now).await?)
            })
        })
        .await
}

fn writing(idp: &Idp, asker: Asker, id: &str, new: Option<NewLink>) -> Writing {
    let (at, audit_id) = (Terrain::of(idp), idp.env.id());
    Writing { asker, at, relation: String::new(), id: id.to_owned(), new, audit_id }
}

/// The link, if it is of a relation that the person decides about. All others are managed by the command.
async fn there(tx: &mut Tx<'_>, w: &Writing) -> Result<WebLink, GrantError> {
    let link = store::by_id(tx, &w.id).await?.filter(|l| l.active).ok_or(GrantError::NotFound)?;
    let Audience::Relation(relation) = &link.audience else { return Err(GrantError::NotFound) };
    may_change(tx, &w.asker, &w.at, relation).await?;
    Ok(link)
}

async fn note(tx: &mut Tx<'_>, w: &Writing, action: &'static str, at: Timestamp) -> Result<(), DbError> {
    let entry = audit::Entry {
        id: w.audit_id.clone(),
        at,
        actor: w.asker.actor.clone(),
        action,
        target: Some(w.id.clone()),
        outcome: "ok",
        detail: w.new.as_ref().map(|n| n.address.clone()).unwrap_or_default(),
    };
    audit::record(tx, &entry).await
}
