//! Giving roles and taking them.

use super::store::{self, RoleRow};
use crate::contract::access::Taken;
use crate::contract::feed::Holder;
use crate::idp::admin::flow::{AdminError, Hand, act, end};
use crate::idp::admin::gate::Asking;
use crate::idp::admin::list::List;
use crate::idp::admin::model::{Asked, Fault, Listed, name};
use crate::idp::admin::people::flow::find;
use crate::idp::apply::plan::Change;
use crate::idp::{Idp, grants};

/// Roles that a form names at most.
const OFFERED: i64 = 100;
/// Groups of one role that are shown at most.
const GROUPS: i64 = 200;

/// Roles that somebody has, by name.
pub async fn list(idp: &Idp, reader: &str, asked: &Asked) -> Result<Listed<RoleRow>, AdminError> {
    let list = List::new(idp, asked, ("roles", reader));
    let after: Option<String> = list.after()?;
    let items = store::list(&mut idp.db.snapshot().await?.tx(), after.as_deref(), list.limit()).await?;
    list.page(items, |r| r.role.clone())
}

/// The names of roles for a form, the administrator's among them also when nobody has it.
pub async fn names(idp: &Idp) -> Result<Vec<String>, AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut names: Vec<String> = store::list(&mut snapshot.tx(), None, OFFERED).await?.into_iter().map(|r| r.role).collect();
    if !names.contains(&idp.env.settings.admin_role) {
        names.push(idp.env.settings.admin_role.clone());
    }
    Ok(names)
}

/// The groups that have a role: id and name.
pub async fn groups(idp: &Idp, role: &str) -> Result<Vec<(String, String)>, AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    Ok(store::groups(&mut snapshot.tx(), role, GROUPS).await?)
}

/// Gives a role to a person (an id or an address) or a group, or takes it.
pub async fn set(idp: &Idp, asking: &Asking, role: &str, holder: &Holder, present: bool) -> Result<Taken, AdminError> {
    let wrong = || AdminError::Invalid(vec![Fault::at("role", "admin-wrong-role")]);
    let role = name(role, 100).ok_or_else(wrong)?;
    let input = (Hand::new(idp, asking), role, holder.clone(), present);
    let ((), taken) = act(idp, input, |(hand, role, holder, present), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            let (holder, who) = match holder {
                Holder::Person(who) => {
                    let unknown = || AdminError::Invalid(vec![Fault::at("who", "admin-wrong-person")]);
                    let person = find(maker.tx, who).await?.ok_or_else(unknown)?;
                    (Holder::Person(person.id), person.email)
                }
                Holder::Group(id) => {
                    let name = grants::store::group_name(maker.tx, id).await?.ok_or(AdminError::NotFound)?;
                    (Holder::Group(id.clone()), format!("group {name}"))
                }
            };
            maker.make(&Change::Role { holder, who, role: role.clone(), present: *present }).await?;
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await?;
    Ok(taken)
}
