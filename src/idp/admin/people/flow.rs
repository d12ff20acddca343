//! Looking for people, making and changing them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::store::{self, PersonRow, Standing, Wanted};
use crate::contract::access::Taken;
use crate::contract::feed::Holder;
use crate::idp::admin::flow::{AdminError, Hand, act, end};
use crate::idp::admin::gate::Asking;
use crate::idp::admin::list::List;
use crate::idp::admin::model::{Asked, Fault, Listed, name};
use crate::idp::apply::plan::Change;
use crate::idp::people::model::folded;
use crate::idp::people::{self, EmailKey, Person, Profile};
use crate::idp::signin::factors::FactorSet;
use crate::idp::{Idp, grants, signin};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::pages::Lang;

/// Groups or roles that one form may change at most.
const AT_ONCE: usize = 100;

/// Which people a list is of.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Whether they work here.
    pub staff: Option<bool>,
    /// Whether they may sign in.
    pub active: Option<bool>,
    /// In this group.
    pub group: Option<String>,
    /// With this role.
    pub role: Option<String>,
}

/// People by name, for `reader`.
pub async fn list(idp: &Idp, reader: &str, filter: &Filter, asked: &Asked) -> Result<Listed<PersonRow>, AdminError> {
    let f = filter.clone();
    let wanted = Wanted { text: folded(&asked.q), staff: f.staff, active: f.active, group: f.group, role: f.role };
    let list =
        List::new(idp, asked, ("people", reader, &wanted.text, (wanted.staff, wanted.active, &wanted.group, &wanted.role)));
    let after: Option<(String, String)> = list.after()?;
    let items = store::list(&mut idp.db.snapshot().await?.tx(), &wanted, after.as_ref(), list.limit()).await?;
    list.page(items, |p| (p.text.clone(), p.id.clone()))
}

/// A person with what belongs to him.
#[derive(Clone, Debug)]
pub struct Shown {
    /// His properties.
    pub person: Person,
    /// What is known beside them.
    pub standing: Standing,
    /// Second factors that he has.
    pub factors: FactorSet,
    /// His groups: id and name.
    pub groups: Vec<(String, String)>,
    /// Roles that he has himself.
    pub roles: Vec<String>,
    /// Roles that he has by a group, with its name.
    pub by_group: Vec<(String, String)>,
}

/// A person.
pub async fn show(idp: &Idp, id: &str) -> Result<Shown, AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let person = people::store::by_id(&mut tx, id).await?.ok_or(AdminError::NotFound)?;
    let standing = store::standing(&mut tx, id, idp.env.now()).await?.ok_or(AdminError::NotFound)?;
    let factors = signin::store::has(&mut tx, id).await?;
    let groups = people::store::groups_of(&mut tx, id).await?;
    let roles = people::store::roles_of(&mut tx, &Holder::Person(id.to_owned())).await?;
    let mut by_group = Vec::new();
    for (group, group_name) in &groups {
        let of_it = people::store::roles_of(&mut tx, &Holder::Group(group.clone())).await?;
        by_group.extend(of_it.into_iter().map(|role| (role, group_name.clone())));
    }
    Ok(Shown { person, standing, factors, groups, roles, by_group })
}

/// The person of an id or an address.
pub async fn find(tx: &mut Tx<'_>, who: &str) -> Result<Option<Person>, DbError> {
    match EmailKey::parse(who) {
        Some(key) => people::store::by_email(tx, &key).await,
        None => people::store::by_id(tx, who.trim()).await,
    }
}

/// Someone new.
#[derive(Clone, Debug, Default)]
pub struct New {
    /// Address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Language code.
    pub language: String,
    /// Phone number; none without.
    pub phone: Option<String>,
    /// Whether he works here.
    pub staff: bool,
}

/// A change of someone's properties; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct PersonChange {
    /// Display name.
    pub name: Option<String>,
    /// Language code.
    pub language: Option<String>,
    /// Phone number; `Some(None)` takes it away.
    pub phone: Option<Option<String>>,
    /// Whether he works here.
    pub staff: Option<bool>,
}

/// A phone number in E.164, by the region of the settings.
pub fn phone(idp: &Idp, text: &str) -> Option<String> {
    let region = idp.env.settings.phone_region.parse().ok();
    let number = phonenumber::parse(region, text).ok().filter(phonenumber::is_valid)?;
    Some(number.format().mode(phonenumber::Mode::E164).to_string())
}

/// What of a change fits, put over `person`; else what doesn't.
fn changed(idp: &Idp, person: &Person, change: &PersonChange) -> Result<Person, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut after = person.clone();
    if let Some(text) = &change.name {
        match name(text, 200) {
            Some(name) => after.name = name,
            None => faults.push(Fault::at("name", "admin-wrong-name")),
        }
    }
    if let Some(code) = &change.language {
        match Lang::from_code(code) {
            Some(lang) => after.language = lang.code().to_owned(),
            None => faults.push(Fault::at("language", "admin-wrong-language")),
        }
    }
    if let Some(text) = &change.phone {
        after.phone = match text.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
            None => None,
            Some(text) => {
                let number = phone(idp, text);
                if number.is_none() {
                    faults.push(Fault::at("phone", "admin-wrong-phone"));
                }
                number
            }
        };
    }
    after.staff = change.staff.unwrap_or(after.staff);
    if faults.is_empty() { Ok(after) } else { Err(faults) }
}

/// Makes someone, and mails a link by which he chooses a password; his subject identifier.
pub async fn create(idp: &Idp, asking: &Asking, new: &New) -> Result<String, AdminError> {
    let empty = Person {
        id: idp.env.id(),
        email: new.email.trim().to_owned(),
        email_proven: false,
        name: String::new(),
        language: String::new(),
        phone: None,
        staff: new.staff,
        active: true,
    };
    let change = PersonChange {
        name: Some(new.name.clone()),
        language: Some(new.language.clone()),
        phone: Some(new.phone.clone()),
        staff: None,
    };
    let key = EmailKey::parse(&new.email);
    let made = changed(idp, &empty, &change);
    let (Some(key), Ok(person)) = (key.clone(), made.clone()) else {
        let mut faults = made.err().unwrap_or_default();
        faults.extend(key.is_none().then(|| Fault::at("email", "admin-wrong-email")));
        return Err(AdminError::Invalid(faults));
    };
    let id = person.id.clone();
    let input = (Hand::new(idp, asking), person, key, idp.env.id());
    act(idp, input, |(hand, person, key, job), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            if people::store::by_email(maker.tx, key).await?.is_some() {
                return Err(AdminError::Invalid(vec![Fault::at("email", "admin-wrong-email-taken")]));
            }
            maker.make(&Change::NewPerson { person: person.clone(), key: key.clone() }).await?;
            maker.make(&Change::Invite { person: person.clone(), job: job.clone() }).await?;
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await?;
    Ok(id)
}

/// Changes someone's properties.
pub async fn change(idp: &Idp, asking: &Asking, id: &str, change: &PersonChange) -> Result<Person, AdminError> {
    let before = {
        let mut snapshot = idp.db.snapshot().await?;
        people::store::by_id(&mut snapshot.tx(), id).await?.ok_or(AdminError::NotFound)?
    };
    let after = changed(idp, &before, change).map_err(AdminError::Invalid)?;
    let input = (Hand::new(idp, asking), before, after);
    let (after, _) = act(idp, input, |(hand, before, after), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            // What the form was made from: whoever changed it meanwhile is not overwritten.
            if people::store::by_id(maker.tx, &before.id).await?.as_ref() != Some(before) {
                return Err(AdminError::Refused("admin-refused-meanwhile"));
            }
            if before != after {
                maker.make(&Change::Person { before: before.clone(), after: after.clone() }).await?;
            }
            Ok((after.clone(), end(maker, &hand.asking).await?))
        })
    })
    .await?;
    Ok(after)
}

/// What applications are told of someone beside name, address and phone, where he allows it.
pub async fn details(idp: &Idp, id: &str) -> Result<(Person, Profile), AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let person = people::store::living(&mut tx, id).await?.ok_or(AdminError::NotFound)?;
    Ok((person, people::profile_store::get(&mut tx, &idp.env.root, id).await?.0))
}

/// Says it anew, as a whole.
pub async fn set_details(idp: &Idp, asking: &Asking, id: &str, details: Profile) -> Result<(), AdminError> {
    if let Err(unfit) = details.check() {
        let (field, key) = people::details::wrong(unfit);
        return Err(AdminError::Invalid(vec![Fault::at(field, key)]));
    }
    let sealed = people::profile_store::seal(&idp.env.root, idp.env.entropy.as_ref(), id, &details)?;
    let input = (Hand::new(idp, asking), id.to_owned(), details, sealed, Arc::clone(&idp.env.root));
    act(idp, input, |(hand, id, details, sealed, root), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            let person = people::store::living(maker.tx, id).await?.ok_or(AdminError::NotFound)?;
            if people::profile_store::get(maker.tx, root, id).await?.0 != *details {
                maker.make(&Change::Profile { person, sealed: sealed.clone() }).await?;
            }
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await
    .map(drop)
}

/// Mails a link by which someone chooses a password. Whatever he has stays as it is until he uses it.
pub async fn password_link(idp: &Idp, asking: &Asking, id: &str) -> Result<(), AdminError> {
    let input = (Hand::new(idp, asking), id.to_owned(), idp.env.id());
    act(idp, input, |(hand, id, job), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            let person = people::store::by_id(maker.tx, id).await?.ok_or(AdminError::NotFound)?;
            if !person.active {
                return Err(AdminError::Refused("admin-refused-disabled"));
            }
            maker.make(&Change::Invite { person, job: job.clone() }).await?;
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await
    .map(drop)
}

/// Puts someone in groups and takes him out of others.
pub async fn set_groups(idp: &Idp, asking: &Asking, id: &str, wanted: &BTreeMap<String, bool>) -> Result<Taken, AdminError> {
    if wanted.len() > AT_ONCE {
        return Err(AdminError::Refused("admin-refused-many"));
    }
    let input = (Hand::new(idp, asking), id.to_owned(), wanted.clone());
    let ((), taken) = act(idp, input, |(hand, id, wanted), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            let person = people::store::by_id(maker.tx, id).await?.ok_or(AdminError::NotFound)?;
            for (group, present) in wanted {
                let group_name = grants::store::group_name(maker.tx, group).await?.ok_or(AdminError::NotFound)?;
                let (group, person) = ((group.clone(), group_name), (person.id.clone(), person.email.clone()));
                maker.make(&Change::Member { group, person, present: *present }).await?;
            }
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await?;
    Ok(taken)
}

/// Ends all sessions of someone.
pub async fn end_sessions(idp: &Idp, asking: &Asking, id: &str) -> Result<Taken, AdminError> {
    let input = (Hand::new(idp, asking), id.to_owned());
    let ((), taken) = act(idp, input, |(hand, id), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            people::store::by_id(maker.tx, id).await?.ok_or(AdminError::NotFound)?;
            maker.end_sessions(id).await?;
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await?;
    Ok(taken)
}

/// When someone was made and changed, for pages.
pub const fn moments(standing: &Standing) -> (Timestamp, Timestamp) {
    (Timestamp(standing.created_at), Timestamp(standing.updated_at))
}
