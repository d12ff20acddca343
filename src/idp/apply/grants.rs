//! Grants in a file: what may stand there, and comparing it with what is there.

use jiff::tz::TimeZone;

use super::flow::ApplyError;
use super::items::{Fault, Named};
use super::look::{Drawn, group_id, person_id};
use super::model::GrantForm;
use super::plan::Change;
use crate::contract::feed::Holder;
use crate::idp::grants::model::{Terms, check_reason};
use crate::idp::grants::{self};
use crate::idp::people::EmailKey;
use crate::idp::relations::{self, Known};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};

/// A grant as the file has it.
#[derive(Clone, Debug)]
pub struct GrantItem {
    /// Where it stands.
    pub at: String,
    /// The relation, by id or by the key that files use.
    pub relation: String,
    /// Who is to have it, or no longer.
    pub holder: Named,
    /// How it is to be; none takes it away.
    pub terms: Option<Terms>,
}

/// Reads a grant; all that is wrong with it at once.
pub(super) fn check(at: &str, form: &GrantForm, zone: &TimeZone) -> Result<GrantItem, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut say = |field: &str, why: &str| faults.push(Fault { at: format!("{at}.{field}"), why: why.to_owned() });
    let relation = form.relation.trim();
    if relation.is_empty() {
        say("relation", "the relation's id, or the key that the record store has for files");
    }
    let holder = match (form.person.as_deref(), form.group.as_deref()) {
        (Some(person), None) => EmailKey::parse(person).map(|k| Named::Person(k.as_str().to_owned())),
        (None, Some(group)) => Some(Named::Group(group.trim().to_owned())).filter(|_| !group.trim().is_empty()),
        _ => None,
    };
    if holder.is_none() {
        say("person", "either person, an e-mail address, or group, a name");
    }
    let gives = form.present.unwrap_or(true);
    let mut time = |field: &str, text: Option<&str>| {
        let read = text.map(|t| Timestamp::read(t, zone));
        if read == Some(None) {
            say(field, "a day such as 2026-12-31, which begins at midnight, or a time such as 2026-12-31T12:00:00Z");
        }
        read.flatten()
    };
    let (from, until) = (time("from", form.from.as_deref()), time("until", form.until.as_deref()));
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        say("until", "it is not after `from`");
    }
    let reason = form.reason.clone().filter(|r| !r.trim().is_empty());
    if !check_reason(reason.as_deref()) {
        say("reason", "500 characters at most");
    }
    let terms = match (gives, form.level) {
        (true, Some(level)) => Some(Terms { level, from, until, reason }),
        (true, None) => {
            say("level", "participant, reader, contributor or manager; or `present: false` to take it away");
            None
        }
        (false, _) => None,
    };
    match holder.filter(|_| faults.is_empty()) {
        Some(holder) => Ok(GrantItem { at: at.to_owned(), relation: relation.to_owned(), holder, terms }),
        None => Err(faults),
    }
}

/// The relation that a file means; none where it is unknown or the name is that of several.
pub async fn relation(tx: &mut Tx<'_>, name: &str) -> Result<Option<Known>, DbError> {
    if let Some(known) = relations::store::by_id(tx, name).await? {
        return Ok(Some(known));
    }
    let mut named = relations::store::by_key(tx, name).await?;
    Ok(if named.len() > 1 { None } else { named.pop() })
}

/// What only the database can tell is wrong with it.
pub(super) async fn unknown(tx: &mut Tx<'_>, item: &GrantItem) -> Result<Option<Fault>, DbError> {
    let why = match relation(tx, &item.relation).await? {
        None => format!("there is no relation {:?}, by its id or by a key that one application has for it", item.relation),
        Some(known) if !known.relation.active && item.terms.is_some() => {
            format!("the relation {:?} was put away", known.relation.name)
        }
        Some(_) => return Ok(None),
    };
    Ok(Some(Fault { at: format!("{}.relation", item.at), why }))
}

/// The difference to what is there.
pub(super) async fn look(tx: &mut Tx<'_>, drawn: &Drawn, item: &GrantItem) -> Result<Vec<Change>, ApplyError> {
    let known = relation(tx, &item.relation).await?.ok_or(ApplyError::Meanwhile)?.relation;
    let (holder, who) = match &item.holder {
        Named::Person(key) => {
            let (id, email) = person_id(tx, drawn, key).await?;
            (Holder::Person(id), email)
        }
        Named::Group(name) => (Holder::Group(group_id(tx, drawn, name).await?.0), format!("group {name}")),
        Named::Relation(_) => return Err(ApplyError::Meanwhile),
    };
    let before = grants::store::of_holder(tx, &known.id, &holder).await?.map(|held| held.terms);
    if before == item.terms {
        return Ok(Vec::new());
    }
    Ok(vec![Change::Grant { relation: (known.id, known.name), holder, who, before, after: item.terms.clone() }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_where_the_organisation_is() {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        assert_eq!(Timestamp::read("2026-12-31", &zone).map(Timestamp::rfc3339), Some("2026-12-30T23:00:00.000Z".into()));
        assert_eq!(
            Timestamp::read(" 2026-12-31T12:00:00Z", &zone).map(Timestamp::rfc3339),
            Some("2026-12-31T12:00:00.000Z".into())
        );
        for bad in ["", "31-12-2026", "2026-13-01", "tomorrow", "2026-12-31T12:00"] {
            assert_eq!(Timestamp::read(bad, &zone), None, "{bad}");
        }
    }

    #[test]
    fn everything_that_is_wrong_with_a_grant_is_said_at_once() {
        let wrong = |form: GrantForm| {
            check("grants[0]", &form, &TimeZone::UTC).unwrap_err().into_iter().map(|f| f.at).collect::<Vec<_>>()
        };
        assert_eq!(wrong(GrantForm::default()), ["grants[0].relation", "grants[0].person", "grants[0].level"]);
        let both = GrantForm {
            relation: "smit".into(),
            person: Some("a@example.com".into()),
            group: Some("b".into()),
            present: Some(false),
            from: Some("2026-12-31".into()),
            until: Some("2026-12-31".into()),
            ..GrantForm::default()
        };
        assert_eq!(wrong(both), ["grants[0].person", "grants[0].until"]);
    }
}
