//! Listing links, making, changing and removing one.

use super::store::{self, LinkRow};
use crate::contract::links::NewLink;
use crate::idp::admin::flow::{AdminError, Hand, act, end};
use crate::idp::admin::gate::Asking;
use crate::idp::admin::list::List;
use crate::idp::admin::model::{Asked, Fault, Listed};
use crate::idp::admin::people::flow::find;
use crate::idp::apply::grants::relation;
use crate::idp::apply::plan::Change;
use crate::idp::tiles::model::{Audience, WebLink, check};
use crate::idp::{Idp, grants, tiles};
use crate::kernel::db::Tx;

/// A link, with what whom it is for is called.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The link.
    pub link: WebLink,
    /// An address, or the name of a group or relation; empty for everyone.
    pub whom: String,
}

/// All links, the latest first.
pub async fn list(idp: &Idp, reader: &str, asked: &Asked) -> Result<Listed<Shown>, AdminError> {
    let list = List::new(idp, asked, ("links", reader));
    let after: Option<(i64, String)> = list.after()?;
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let rows = store::list(&mut tx, after.as_ref(), list.limit()).await?;
    let Listed { items: rows, next } = list.page(rows, |l| (l.made_at, l.id.clone()))?;
    let mut items = Vec::new();
    for LinkRow { id, whom, .. } in rows {
        let link = tiles::store::by_id(&mut tx, &id).await?;
        items.extend(link.map(|link| Shown { link, whom: whom.unwrap_or_default() }));
    }
    Ok(Listed { items, next })
}

/// A link.
pub async fn show(idp: &Idp, id: &str) -> Result<Shown, AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let link = tiles::store::by_id(&mut tx, id).await?.ok_or(AdminError::NotFound)?;
    let whom = match &link.audience {
        Audience::Everyone => None,
        Audience::Person(id) => find(&mut tx, id).await?.map(|p| p.email),
        Audience::Group(id) => grants::store::group_name(&mut tx, id).await?,
        Audience::Relation(id) => relation(&mut tx, id).await?.map(|r| r.relation.name),
    };
    Ok(Shown { link, whom: whom.unwrap_or_default() })
}

/// A link as it is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What it says.
    pub says: NewLink,
    /// `everyone`, `person`, `group` or `relation`.
    pub kind: String,
    /// Which one: a person's address or id, a group's id, a relation's id or its name for files.
    pub whom: String,
    /// Whether anyone sees it.
    pub active: bool,
}

fn sound(wanted: &Wanted) -> Result<(), AdminError> {
    let mut faults: Vec<Fault> = Vec::new();
    for wrong in check(&wanted.says) {
        let fault = match wrong.field.as_str() {
            "title" => Fault::at("title", "admin-wrong-link-title"),
            "description" => Fault::at("description", "admin-wrong-link-description"),
            _ => Fault::at("address", "admin-wrong-link-address"),
        };
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(AdminError::Invalid(faults)) }
}

async fn audience(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<(Audience, String), AdminError> {
    let unknown = || AdminError::Invalid(vec![Fault::at("whom", "admin-wrong-whom")]);
    match wanted.kind.as_str() {
        "everyone" => Ok((Audience::Everyone, "everyone".into())),
        "person" => {
            let person = find(tx, &wanted.whom).await?.ok_or_else(unknown)?;
            Ok((Audience::Person(person.id), person.email))
        }
        "group" => {
            let name = grants::store::group_name(tx, &wanted.whom).await?.ok_or_else(unknown)?;
            Ok((Audience::Group(wanted.whom.clone()), format!("group {name}")))
        }
        "relation" => {
            let known = relation(tx, wanted.whom.trim()).await?.ok_or_else(unknown)?.relation;
            Ok((Audience::Relation(known.id), format!("relation {}", known.name)))
        }
        _ => Err(AdminError::Invalid(vec![Fault::at("for", "admin-wrong-whom")])),
    }
}

/// Makes a link, or changes the one of an id; its id.
pub async fn save(idp: &Idp, asking: &Asking, id: Option<&str>, wanted: Wanted) -> Result<String, AdminError> {
    sound(&wanted)?;
    let new_id = id.map_or_else(|| idp.env.id(), str::to_owned);
    let input = (Hand::new(idp, asking), new_id.clone(), id.is_some(), wanted);
    act(idp, input, |(hand, id, there, wanted), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            let before = tiles::store::by_id(maker.tx, id).await?;
            if *there && before.is_none() {
                return Err(AdminError::NotFound);
            }
            let (audience, whom) = audience(maker.tx, wanted).await?;
            let after = WebLink {
                id: id.clone(),
                says: wanted.says.clone(),
                audience,
                active: wanted.active,
                made_by: before.as_ref().map_or_else(|| hand.asking.actor.sub.clone(), |b| b.made_by.clone()),
                made_at: before.as_ref().map_or(hand.now, |b| b.made_at),
            };
            if before.as_ref() != Some(&after) {
                maker.make(&Change::Link { before: before.map(Box::new), after: Box::new(after), whom }).await?;
            }
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await?;
    Ok(new_id)
}

/// Removes a link.
pub async fn remove(idp: &Idp, asking: &Asking, id: &str) -> Result<(), AdminError> {
    let input = (Hand::new(idp, asking), id.to_owned());
    act(idp, input, |(hand, id), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            if !tiles::store::remove(maker.tx, id).await? {
                return Err(AdminError::NotFound);
            }
            maker.note("link.removed", id, "ok", String::new()).await?;
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await
    .map(drop)
}
