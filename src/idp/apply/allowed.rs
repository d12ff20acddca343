//! Who may use an application, as a file says it: everyone, or only those listed. Owns that part of the form, and the
//! comparison with what is there.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::flow::ApplyError;
use super::grants;
use super::look::{Drawn, group_id, person_id};
use super::plan::Change;
use crate::idp::admission::{self, Holding, Kind};
use crate::kernel::db::Tx;

/// `everyone`, or lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowedForm {
    /// Whoever may sign in.
    Everyone,
    /// Those listed.
    Only(OnlyForm),
}

/// Those who may use an application. All lists together are the whole list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OnlyForm {
    /// Addresses of people.
    pub people: Vec<String>,
    /// Names of groups.
    pub groups: Vec<String>,
    /// Names of roles.
    pub roles: Vec<String>,
    /// Relations, by id or by the name that files refer to them by: whoever holds a grant on one.
    pub relations: Vec<String>,
}

impl<'de> Deserialize<'de> for AllowedForm {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = AllowedForm;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("everyone, or lists of people, groups, roles and relations")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<AllowedForm, E> {
                if text == "everyone" {
                    Ok(AllowedForm::Everyone)
                } else {
                    Err(E::invalid_value(serde::de::Unexpected::Str(text), &self))
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AllowedForm, A::Error> {
                OnlyForm::deserialize(MapAccessDeserializer::new(map)).map(AllowedForm::Only).map_err(A::Error::custom)
            }
        }
        d.deserialize_any(Either)
    }
}

/// The checked form: canonical addresses and trimmed names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// Whoever may sign in.
    Everyone,
    /// Those listed.
    Only {
        /// People, by canonical address.
        people: BTreeSet<String>,
        /// Groups, by name.
        groups: BTreeSet<String>,
        /// Roles.
        roles: BTreeSet<String>,
        /// Relations, by id or by their name for files.
        relations: BTreeSet<String>,
    },
}

/// The differences between who is to use an application and who may now.
pub(super) async fn look(tx: &mut Tx<'_>, drawn: &Drawn, client: &str, wanted: &Allowed) -> Result<Vec<Change>, ApplyError> {
    let before = admission::store::allowed(tx, client).await?;
    let after = match wanted {
        Allowed::Everyone => None,
        Allowed::Only { people, groups, roles, relations } => {
            let mut all = Vec::new();
            for key in people {
                let (id, email) = person_id(tx, drawn, key).await?;
                all.push((Holding::new(Kind::Person, id), email));
            }
            for name in groups {
                let (id, name) = group_id(tx, drawn, name).await?;
                all.push((Holding::new(Kind::Group, id), format!("group {name}")));
            }
            all.extend(roles.iter().map(|r| (Holding::new(Kind::Role, r.as_str()), format!("role {r}"))));
            for named in relations {
                let relation = grants::relation(tx, named).await?.ok_or(ApplyError::Meanwhile)?.relation;
                all.push((Holding::new(Kind::Relation, relation.id), format!("relation {}", relation.name)));
            }
            Some(all)
        }
    };
    let mut changes = Vec::new();
    let client = || client.to_owned();
    if before.is_some() != after.is_some() {
        changes.push(Change::Limited { client: client(), limited: after.is_some() });
    }
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    for (holder, who) in after.iter().filter(|(h, _)| !before.contains(h)) {
        changes.push(Change::Allowed { client: client(), holder: holder.clone(), who: who.clone(), present: true });
    }
    for holder in before.into_iter().filter(|b| !after.iter().any(|(h, _)| h == b)) {
        let who = admission::store::name_of(tx, &holder).await?;
        changes.push(Change::Allowed { client: client(), holder, who, present: false });
    }
    Ok(changes)
}
