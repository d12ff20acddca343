//! Versions of records in words: the history of one, and the timeline of a dossier.

use super::frame::{PageError, icon};
use super::shown::{address, called, moved};
use super::store;
use crate::crm::modules::model::FieldKind;
use crate::crm::modules::value::Value;
use crate::crm::records::history::VersionPage;
use crate::crm::records::reader::Reader;
use crate::crm::records::seen::VersionSeen;
use crate::kernel::pages::View;

/// Most characters of a text that a timeline shows.
const EXCERPT: usize = 400;

/// A value before and after.
pub struct Moved {
    /// The field.
    pub label: String,
    /// Before.
    pub from: String,
    /// After; "not filled in" where it was taken away.
    pub to: String,
    /// Where the file is that the field held then; empty for what is no file.
    pub file: String,
}

/// A version.
pub struct Entry {
    /// The drawing of its module.
    pub icon: &'static str,
    /// The record's page; empty where the entry stands on it.
    pub href: String,
    /// What the record is called, or the number of the version.
    pub name: String,
    /// Who did what, and when.
    pub what: String,
    /// The kind of record, or nothing more.
    pub kind: String,
    /// What changed.
    pub moves: Vec<Moved>,
    /// The text of what was written, cut.
    pub body: String,
    /// For linked staff only.
    pub internal: bool,
}

/// The entries of a page of versions; `alone` on the page of the record itself.
pub async fn entries(view: &View, reader: &mut Reader<'_>, page: &VersionPage, alone: bool) -> Result<Vec<Entry>, PageError> {
    let names = store::names(&mut reader.tx, page.versions.iter().map(|v| v.actor.as_str())).await?;
    let entry = |v: &VersionSeen| {
        let who = names.get(&v.actor).cloned().unwrap_or_else(|| view.t("value-unknown"));
        entry(view, v, who, alone)
    };
    Ok(page.versions.iter().map(entry).collect())
}

fn entry(view: &View, v: &VersionSeen, who: String, alone: bool) -> Entry {
    let made = v.version == 1;
    let stem = if made { "dossier-created-by" } else { "dossier-changed-by" };
    let at = view.date_time(v.at);
    let kind = v.module.singular.get(view.lang.code()).to_owned();
    let moves = v.changes.iter().filter_map(|c| {
        let field = v.module.field(&c.field)?;
        let (label, from, to) = moved(view, &v.module, c)?;
        let long = matches!(field.kind, FieldKind::LongText);
        // What a new record began with is on its page; a timeline tells that it was made.
        if long || made && !alone {
            return None;
        }
        let to = if to.is_empty() { view.t("value-none") } else { to };
        let file = match &c.to {
            Some(Value::File(_)) if alone => {
                format!("{}/files/{}?version={}", address(view, v.module.key.as_str(), &v.record_id), c.field, v.version)
            }
            _ => String::new(),
        };
        Some(Moved { label, from, to, file })
    });
    let body = v.changes.iter().find_map(|c| match (&v.module.field(&c.field)?.kind, &c.to) {
        (FieldKind::LongText, Some(Value::Text(t))) => Some(excerpt(t)),
        _ => None,
    });
    Entry {
        icon: if alone { "history" } else { icon(&v.module) },
        href: if alone { String::new() } else { address(view, v.module.key.as_str(), &v.record_id) },
        name: if alone { view.t1("crm-version", "number", v.version) } else { called(view, &v.module, v.title.as_deref()) },
        what: if alone { view.t2("crm-version-by", "name", who, "at", at) } else { view.t2(stem, "name", who, "at", at) },
        kind: if alone { String::new() } else { kind },
        moves: moves.collect(),
        body: body.unwrap_or_default(),
        internal: v.internal_now && !alone,
    }
}

fn excerpt(text: &str) -> String {
    let mut cut: String = text.chars().take(EXCERPT).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}
