//! Lines of the audit log in words.

use std::collections::BTreeSet;

use super::store;
use crate::idp::Idp;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::parts::{CardRow, Cell, Row, Tag};
use crate::idp::own::RECORD_STORE;
use crate::kernel::audit::Opened;
use crate::kernel::audit::chain::Line as Entry;
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::View;

/// A line as it is shown.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its place.
    pub seq: i64,
    /// When, in words.
    pub at: String,
    /// What was done: `admin-action-<action>`, or the action itself.
    pub what: String,
    /// What came of it; none when it was done.
    pub refused: Option<String>,
    /// Who, in words.
    pub actor: String,
    /// To what or whom, in words; empty for what has no name.
    pub target: String,
    /// Through which application somebody did it.
    pub through: String,
    /// More.
    pub detail: String,
}

/// What an action is called, here or where people read of their own account. One without words is called what programs call it.
pub fn action(view: &View, action: &str) -> String {
    let keys = [format!("admin-action-{}", action.replace('.', "-")), format!("activity-{}", action.replace(['.', '_'], "-"))];
    keys.iter().find(|key| view.has(key)).map_or_else(|| action.to_owned(), |key| view.t(key))
}

/// How it came out, in the words that people read of their own account.
pub fn outcome(view: &View, outcome: &str) -> String {
    let key = format!("activity-outcome-{}", outcome.replace(['.', '_', ' '], "-"));
    if view.has(&key) { view.t(&key) } else { outcome.to_owned() }
}

/// Lines with names for ids.
pub async fn rows(idp: &Idp, view: &View, lines: Vec<Opened>) -> Result<Vec<Line>, AdminError> {
    let mut ids: BTreeSet<String> = lines.iter().flat_map(|o| [&o.line.actor, &o.line.target]).flatten().cloned().collect();
    ids.extend(lines.iter().flat_map(|o| words(&o.line.detail)).filter(|w| is_id(w)).map(str::to_owned));
    let mut snapshot = idp.db.snapshot().await?;
    let names = store::names(&mut snapshot.tx(), &ids).await?;
    let named = |id: &Option<String>| id.as_ref().map(|id| names.get(id).cloned().unwrap_or_else(|| id.clone()));
    let client = |l: &Entry| {
        let by = l.client_id.as_deref()?;
        if by == RECORD_STORE {
            return Some(view.t("app-record-store"));
        }
        Some(by.strip_prefix("command-line uid ").map_or_else(|| by.to_owned(), |uid| view.t1("admin-actor-command", "uid", uid)))
    };
    let spoken = |detail: &str| words(detail).map(|w| names.get(w).map_or(w, String::as_str)).collect::<String>();
    let line = |o: Opened| Line {
        seq: o.line.seq,
        at: view.date_time(Timestamp(o.line.at)),
        what: action(view, &o.line.action),
        refused: Some(outcome(view, &o.line.outcome)).filter(|_| o.line.outcome != "ok"),
        actor: named(&o.line.actor).or_else(|| client(&o.line)).unwrap_or_else(|| view.t("admin-actor-none")),
        // What has no name, such as a session, says nothing to a reader: then, through which application.
        target: named(&o.line.target).filter(|t| !is_id(t)).unwrap_or_default(),
        through: client(&o.line).filter(|_| o.line.actor.is_some()).unwrap_or_default(),
        detail: if o.erased { view.t("admin-erased") } else { spoken(&o.line.detail) },
    };
    Ok(lines.into_iter().map(line).collect())
}

/// A text in words and what stands between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive([' ', ':', ',', '"']).flat_map(|w| {
        let (word, mark) = w.split_at(w.trim_end_matches([' ', ':', ',', '"']).len());
        [word, mark]
    })
}

/// Whether a word is what the database calls something.
fn is_id(word: &str) -> bool {
    word.len() == 36 && uuid::Uuid::try_parse(word).is_ok()
}

impl Line {
    fn whom(&self) -> &str {
        if self.target.is_empty() { &self.through } else { &self.target }
    }

    fn tags(&self) -> Vec<Tag> {
        self.refused.iter().map(|r| Tag::new("bad", r.clone())).collect()
    }

    /// As a row of a card.
    pub fn card(self) -> CardRow {
        let whom = self.whom();
        let to = if whom.is_empty() || whom == self.actor { String::new() } else { format!(" → {whom}") };
        CardRow {
            href: format!("/admin/audit/{}", self.seq),
            title: self.what.clone(),
            note: format!("{} · {}{to}", self.at, self.actor),
            tags: self.tags(),
            acts: vec![],
        }
    }

    /// As a row of the list.
    pub fn row(self) -> Row {
        let tags = self.tags();
        let cells = vec![
            Cell { kind: "time", text: self.at.clone(), ..Cell::default() },
            Cell::text(&self.actor),
            Cell::text(self.whom()),
            Cell::text(self.detail.chars().take(120).collect::<String>()),
        ];
        Row { href: format!("/admin/audit/{}", self.seq), title: self.what, tags, cells, acts: vec![] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_is_taken_apart_so_that_its_ids_can_be_named() {
        let detail = "manager on 01a215ff-9e13-7353-b3fe-91a315aee96a for person:01a215ff-9cd2-73c6-bea3-1ddfd556b7ba, \"x\" ";
        assert_eq!(words(detail).collect::<String>(), detail);
        let ids: Vec<&str> = words(detail).filter(|w| is_id(w)).collect();
        assert_eq!(ids, ["01a215ff-9e13-7353-b3fe-91a315aee96a", "01a215ff-9cd2-73c6-bea3-1ddfd556b7ba"]);
    }
}
