//! Making, naming and taking away groups, and who is in them.

use super::store::{self, GroupRow};
use crate::contract::access::Taken;
use crate::contract::feed::{Entry, Holder};
use crate::idp::admin::flow::{AdminError, Hand, act, end};
use crate::idp::admin::gate::Asking;
use crate::idp::admin::list::List;
use crate::idp::admin::model::{Asked, Fault, Listed, name};
use crate::idp::admin::people::flow::find;
use crate::idp::admission::{Holding, Kind};
use crate::idp::apply::make::Maker;
use crate::idp::apply::plan::Change;
use crate::idp::policy::flow::By;
use crate::idp::policy::model::{Rules, Scope};
use crate::idp::{Idp, admission, federation, people, policy, scim};

/// Characters of a name at most.
pub const NAME: usize = 100;
/// Groups that a form offers at most; others are given from their own page.
const OFFERED: i64 = 500;
/// Members of a group that is taken away as a whole: more would hold up every other writer.
const AT_ONCE: i64 = 500;

/// Groups, in the order of making.
pub async fn list(idp: &Idp, reader: &str, asked: &Asked) -> Result<Listed<GroupRow>, AdminError> {
    let list = List::new(idp, asked, ("groups", reader, &asked.q));
    let after: Option<String> = list.after()?;
    let items = store::list(&mut idp.db.snapshot().await?.tx(), asked.q.trim(), after.as_deref(), list.limit()).await?;
    list.page(items, |g| g.id.clone())
}

/// Id and name of each group that a form offers.
pub async fn names(idp: &Idp) -> Result<Vec<(String, String)>, AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    Ok(store::names(&mut snapshot.tx(), OFFERED).await?)
}

/// A group and the roles that everyone in it has.
pub async fn show(idp: &Idp, id: &str) -> Result<(GroupRow, Vec<String>), AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let group = store::by_id(&mut tx, id).await?.ok_or(AdminError::NotFound)?;
    let roles = people::store::roles_of(&mut tx, &Holder::Group(id.to_owned())).await?;
    Ok((group, roles))
}

fn checked(text: &str) -> Result<String, AdminError> {
    name(text, NAME).ok_or_else(|| AdminError::Invalid(vec![Fault::at("name", "admin-wrong-group-name")]))
}

/// Makes a group; its id.
pub async fn create(idp: &Idp, asking: &Asking, text: &str) -> Result<String, AdminError> {
    let id = idp.env.id();
    let input = (Hand::new(idp, asking), id.clone(), checked(text)?);
    act(idp, input, |(hand, id, name), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            let made = maker.make(&Change::NewGroup { id: id.clone(), name: name.clone() }).await?;
            if made.is_none() {
                return Err(AdminError::Invalid(vec![Fault::at("name", "admin-wrong-group-taken")]));
            }
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await?;
    Ok(id)
}

/// Gives a group another name.
pub async fn rename(idp: &Idp, asking: &Asking, id: &str, text: &str) -> Result<(), AdminError> {
    let input = (Hand::new(idp, asking), id.to_owned(), checked(text)?);
    act(idp, input, |(hand, id, name), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            let before = store::by_id(maker.tx, id).await?.ok_or(AdminError::NotFound)?;
            if before.name != *name {
                if !store::rename(maker.tx, id, name).await? {
                    return Err(AdminError::Invalid(vec![Fault::at("name", "admin-wrong-group-taken")]));
                }
                maker.log(&Entry::Group { group: id.clone(), name: name.clone() }).await?;
                maker.note("group.renamed", id, "ok", format!("{} -> {name}", before.name)).await?;
            }
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await
    .map(drop)
}

/// Puts someone (an id or an address) in a group, or takes him out.
pub async fn set_member(idp: &Idp, asking: &Asking, id: &str, who: &str, present: bool) -> Result<Taken, AdminError> {
    let input = (Hand::new(idp, asking), id.to_owned(), who.to_owned(), present);
    let ((), taken) = act(idp, input, |(hand, id, who, present), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            let group = store::by_id(maker.tx, id).await?.ok_or(AdminError::NotFound)?;
            let unknown = || AdminError::Invalid(vec![Fault::at("who", "admin-wrong-person")]);
            let person = find(maker.tx, who).await?.ok_or_else(unknown)?;
            let (group, person) = ((group.id, group.name), (person.id, person.email));
            maker.make(&Change::Member { group, person, present: *present }).await?;
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await?;
    Ok(taken)
}

/// Takes a group away, with all that people had by it.
pub async fn delete(idp: &Idp, asking: &Asking, id: &str) -> Result<Taken, AdminError> {
    let input = (Hand::new(idp, asking), id.to_owned());
    let ((), taken) = act(idp, input, |(hand, id), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            let group = store::by_id(maker.tx, id).await?.ok_or(AdminError::NotFound)?;
            if group.members > AT_ONCE {
                return Err(AdminError::Refused("admin-refused-group-large"));
            }
            if store::has_links(maker.tx, id).await? {
                return Err(AdminError::Refused("admin-refused-group-links"));
            }
            empty(&mut maker, &group).await?;
            store::delete(maker.tx, id).await?;
            maker.note("group.deleted", id, "ok", group.name.clone()).await?;
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await?;
    Ok(taken)
}

/// Takes from a group whatever it has: members, roles, access to relations and applications.
async fn empty(maker: &mut Maker<'_, '_>, group: &GroupRow) -> Result<(), AdminError> {
    let (holder, named) = (Holder::Group(group.id.clone()), (group.id.clone(), group.name.clone()));
    for relation in store::grants(maker.tx, &group.id).await? {
        maker.grant(&relation, &holder, None).await?;
    }
    for client in store::applications(maker.tx, &group.id).await? {
        let holder = Holding::new(Kind::Group, group.id.clone());
        let who = admission::store::name_of(maker.tx, &holder).await?;
        maker.make(&Change::Allowed { client, holder, who, present: false }).await?;
    }
    for role in people::store::roles_of(maker.tx, &holder).await? {
        maker.make(&Change::Role { holder: holder.clone(), who: group.name.clone(), role, present: false }).await?;
    }
    let by = By { actor: maker.actor.clone(), audit_id: maker.audit_id(), now: maker.now };
    policy::flow::set(maker.tx, &Scope::Group(group.id.clone()), &Rules::default(), &by).await?;
    federation::store::forget_group(maker.tx, &group.id).await?;
    store::forget_links(maker.tx, &group.id).await?;
    scim::store::forget(maker.tx, "Group", &group.id).await?;
    for person in admission::store::members(maker.tx, &group.id).await? {
        maker.make(&Change::Member { group: named.clone(), person: (person, String::new()), present: false }).await?;
    }
    Ok(())
}
