//! What may stand in a push of relations. Pure.

use std::collections::BTreeSet;

use crate::contract::access::{MAX_PUSH, Relation};

/// A relation as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The client that told of it.
    pub client_id: String,
    /// What it told.
    pub relation: Relation,
}

/// A value that doesn't fit: where, and what fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The path to it, such as `1.name`.
    pub field: String,
    /// What it takes instead.
    pub reason: &'static str,
}

impl Wrong {
    /// At `field`.
    pub fn at(field: impl Into<String>, reason: &'static str) -> Self {
        Self { field: field.into(), reason }
    }
}

/// Whether a text can be an id: it also stands in addresses.
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
}

/// Whether a text can be read by people on one line: not blank, of at most `most` characters, without control characters.
pub fn is_line(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
}

/// What doesn't fit in a push.
pub fn check(relations: &[Relation]) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    if relations.len() > MAX_PUSH {
        wrong.push(Wrong::at("", "500 relations at most"));
        return wrong;
    }
    let (mut ids, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for (n, r) in relations.iter().enumerate() {
        let mut say = |holds: bool, field: &str, reason| {
            if !holds {
                wrong.push(Wrong::at(format!("{n}.{field}"), reason));
            }
        };
        say(is_id(&r.id), "id", "1 to 64 characters of a-z, A-Z, 0-9, - and _");
        say(ids.insert(r.id.as_str()), "id", "each relation once");
        say(is_line(&r.name, 2000), "name", "1 to 2000 characters, without line breaks");
        say(r.parent.as_deref().is_none_or(|p| is_id(p) && p != r.id), "parent", "the id of another relation");
        if let Some(key) = r.external_key.as_deref() {
            say(is_line(key, 200) && key.trim() == key, "external_key", "1 to 200 characters, without line breaks");
            say(keys.insert(key), "external_key", "each key once");
        }
    }
    wrong
}
