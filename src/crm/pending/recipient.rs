//! To whom a code goes. Owns the way from a rule's path to an address, and the block on contact points that the acting
//! person changed himself. Reads full data, as all rules do.

use std::time::Duration;

use super::store;
use crate::contract::FieldKey;
use crate::crm::code_rules::model::CodeRule;
use crate::crm::modules::value::Value;
use crate::crm::records::model::{Changes, State};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};

/// A contact point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The address or number as stored.
    pub address: String,
    /// The record that has it, where it isn't the changed one itself.
    pub holder: Option<(FieldKey, String)>,
    /// The language of the record that has it, if it says one.
    pub language: Option<String>,
}

/// The contact point of a rule for a record as it would be.
pub async fn resolve(tx: &mut Tx<'_>, rule: &CodeRule, after: &State) -> Result<Option<Resolved>, DbError> {
    let text = |v: Option<&Value>| match v {
        Some(Value::Text(t)) => Some(t.clone()),
        _ => None,
    };
    let language = |fields: &crate::crm::modules::value::Fields| {
        let key: FieldKey = "language".try_into().ok()?;
        text(fields.get(&key)).filter(|l| ["en", "nl", "pl", "tr"].contains(&l.as_str()))
    };
    let Some(lookup) = &rule.recipient.lookup else {
        let address = text(after.fields.get(&rule.recipient.field));
        return Ok(address.map(|address| Resolved { address, holder: None, language: language(&after.fields) }));
    };
    let Some(id) = text(after.fields.get(lookup)) else { return Ok(None) };
    let Some((module, fields)) = store::active_record(tx, &id).await? else { return Ok(None) };
    let address = text(fields.get(&rule.recipient.field));
    Ok(address.map(|address| Resolved { address, language: language(&fields), holder: Some((module, id)) }))
}

/// Whether the acting person had a hand in it lately: he changed the address, made the record that has it, or led the path
/// to it elsewhere, in this change or before. Making the changed record itself with its link is not that: it has to be
/// linked to something.
pub async fn held(
    tx: &mut Tx<'_>,
    rule: &CodeRule,
    found: &Resolved,
    (before, after, changes): (Option<&State>, &State, &Changes),
    actor: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    if rule.recipient_hold_hours == 0 {
        return Ok(false);
    }
    let since = now - Duration::from_secs(u64::from(rule.recipient_hold_hours) * 3600);
    let touches = |c: &Changes, key: &FieldKey| c.fields.iter().any(|f| f.field == *key);
    let (own, linked) = match (&rule.recipient.lookup, &found.holder) {
        (Some(lookup), Some((_, id))) => (lookup, Some(id)),
        _ => (&rule.recipient.field, None),
    };
    // A link that comes with a new record is the first; an address that does is his own word.
    if touches(changes, own) && (before.is_some() || linked.is_none()) {
        return Ok(true);
    }
    let mine = store::versions_by(tx, &after.id, actor, since).await?;
    if mine.iter().any(|(version, c)| touches(c, own) && (*version > 1 || linked.is_none())) {
        return Ok(true);
    }
    let Some(holder) = linked else { return Ok(false) };
    let there = store::versions_by(tx, holder, actor, since).await?;
    Ok(there.iter().any(|(version, c)| *version == 1 || touches(c, &rule.recipient.field)))
}
