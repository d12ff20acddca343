//! Links of the start page, as a file says them: which, and for whom. Owns that part of the form, its check, and the
//! comparison with what is there.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::flow::ApplyError;
use super::items::{Fault, Named};
use super::look::{Drawn, group_id, person_id};
use super::plan::Change;
use crate::contract::links::{NewLink, Words};
use crate::idp::people::EmailKey;
use crate::idp::relations::model::is_id;
use crate::idp::tiles;
use crate::idp::tiles::model::{Audience, WebLink};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::Tx;

/// A link.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkForm {
    /// Its id, chosen by whoever writes the file.
    pub id: String,
    /// What it is called: one text, or one for each language.
    pub title: Words,
    /// Where it leads.
    pub address: String,
    /// What opens, in one line.
    #[serde(default)]
    pub description: Option<Words>,
    /// Who sees it; everyone without it.
    #[serde(default, rename = "for")]
    pub audience: ForForm,
    /// Whether anyone sees it; yes without it.
    #[serde(default = "yes")]
    pub active: bool,
}

const fn yes() -> bool {
    true
}

/// `everyone`, or one of a group, a relation, a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ForForm {
    /// Whoever may sign in.
    #[default]
    Everyone,
    /// The name of a group.
    Group(String),
    /// A relation, by id or by its name for files.
    Relation(String),
    /// The address of a person.
    Person(String),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct One {
    group: Option<String>,
    relation: Option<String>,
    person: Option<String>,
}

impl<'de> Deserialize<'de> for ForForm {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = ForForm;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("everyone, or one of group, relation and person")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<ForForm, E> {
                match text {
                    "everyone" => Ok(ForForm::Everyone),
                    other => Err(E::invalid_value(serde::de::Unexpected::Str(other), &self)),
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ForForm, A::Error> {
                let one = One::deserialize(MapAccessDeserializer::new(map)).map_err(A::Error::custom)?;
                match (one.group, one.relation, one.person) {
                    (Some(g), None, None) => Ok(ForForm::Group(g)),
                    (None, Some(r), None) => Ok(ForForm::Relation(r)),
                    (None, None, Some(p)) => Ok(ForForm::Person(p)),
                    _ => Err(A::Error::custom("one of group, relation and person")),
                }
            }
        }
        d.deserialize_any(Either)
    }
}

/// A link as the file has it, checked.
#[derive(Clone, Debug)]
pub struct LinkItem {
    /// Its id.
    pub id: String,
    /// What it says.
    pub says: NewLink,
    /// Who sees it: none is everyone.
    pub audience: Option<Named>,
    /// Whether anyone does.
    pub active: bool,
}

/// What is wrong with a link, or the link and whom it refers to.
pub(super) fn check(at: &str, form: &LinkForm) -> Result<LinkItem, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut fault = |at: String, why: &str| faults.push(Fault { at, why: why.to_owned() });
    if !is_id(&form.id) {
        fault(format!("{at}.id"), "1 to 64 characters of a-z, A-Z, 0-9, - and _");
    }
    let says = NewLink { title: form.title.clone(), address: form.address.clone(), description: form.description.clone() };
    for wrong in tiles::model::check(&says) {
        fault(format!("{at}.{}", wrong.field), wrong.reason);
    }
    let audience = match &form.audience {
        ForForm::Everyone => None,
        ForForm::Group(name) => Some(Named::Group(name.trim().to_owned())),
        ForForm::Relation(named) => Some(Named::Relation(named.trim().to_owned())),
        ForForm::Person(address) => match EmailKey::parse(address) {
            Some(key) => Some(Named::Person(key.as_str().to_owned())),
            None => {
                fault(format!("{at}.for.person"), "an e-mail address such as daan@example.com");
                None
            }
        },
    };
    if faults.is_empty() { Ok(LinkItem { id: form.id.clone(), says, audience, active: form.active }) } else { Err(faults) }
}

/// The difference between a link and what is there.
pub(super) async fn look(tx: &mut Tx<'_>, drawn: &Drawn, item: &LinkItem) -> Result<Vec<Change>, ApplyError> {
    let (audience, whom) = match &item.audience {
        None => (Audience::Everyone, "everyone".to_owned()),
        Some(Named::Person(key)) => {
            let (id, email) = person_id(tx, drawn, key).await?;
            (Audience::Person(id), email)
        }
        Some(Named::Group(name)) => (Audience::Group(group_id(tx, drawn, name).await?.0), format!("group {name}")),
        Some(Named::Relation(named)) => {
            let relation = super::grants::relation(tx, named).await?.ok_or(ApplyError::Meanwhile)?.relation;
            (Audience::Relation(relation.id), format!("relation {}", relation.name))
        }
    };
    let before = tiles::store::by_id(tx, &item.id).await?;
    let after = WebLink {
        id: item.id.clone(),
        says: item.says.clone(),
        audience,
        active: item.active,
        made_by: before.as_ref().and_then(|b| b.made_by.clone()),
        made_at: before.as_ref().map_or(Timestamp(0), |b| b.made_at),
    };
    if before.as_ref() == Some(&after) {
        return Ok(Vec::new());
    }
    Ok(vec![Change::Link { before: before.map(Box::new), after: Box::new(after), whom }])
}

/// What differs, for people.
pub(super) fn differs(before: &WebLink, after: &WebLink, whom: &str) -> String {
    let mut out = Vec::new();
    let mut told = |is: bool, what: String| {
        if is {
            out.push(what);
        }
    };
    told(before.says.title != after.says.title, "title".into());
    told(before.says.address != after.says.address, format!("address {}", after.says.address));
    told(before.says.description != after.says.description, "description".into());
    told(before.audience != after.audience, format!("for {whom}"));
    told(before.active && !after.active, "hidden".into());
    told(!before.active && after.active, "shown".into());
    out.join(", ")
}
