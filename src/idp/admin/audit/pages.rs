//! Lines of the audit log in words.

use std::collections::BTreeSet;

use super::store;
use crate::idp::Idp;
use crate::idp::admin::flow::AdminError;
use crate::idp::admin::parts::{CardRow, Cell, Row, Tag};
use crate::kernel::audit::Opened;
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
    /// To what or whom, in words.
    pub target: String,
    /// More.
    pub detail: String,
}

/// What an action is called. Those without words of their own are called what programs call them.
pub fn action(view: &View, action: &str) -> String {
    let key = format!("admin-action-{}", action.replace('.', "-"));
    if view.has(&key) { view.t(&key) } else { action.to_owned() }
}

/// Lines with names for ids.
pub async fn rows(idp: &Idp, view: &View, lines: Vec<Opened>) -> Result<Vec<Line>, AdminError> {
    let ids: BTreeSet<String> = lines.iter().flat_map(|o| [&o.line.actor, &o.line.target]).flatten().cloned().collect();
    let mut snapshot = idp.db.snapshot().await?;
    let names = store::names(&mut snapshot.tx(), &ids).await?;
    let named = |id: &Option<String>| id.as_ref().map(|id| names.get(id).cloned().unwrap_or_else(|| id.clone()));
    let line = |o: Opened| Line {
        seq: o.line.seq,
        at: view.date_time(Timestamp(o.line.at)),
        what: action(view, &o.line.action),
        refused: Some(o.line.outcome.clone()).filter(|outcome| outcome != "ok"),
        actor: named(&o.line.actor).or_else(|| o.line.client_id.clone()).unwrap_or_else(|| view.t("admin-actor-none")),
        target: named(&o.line.target).unwrap_or_default(),
        detail: if o.erased { view.t("admin-erased") } else { o.line.detail },
    };
    Ok(lines.into_iter().map(line).collect())
}

impl Line {
    fn tags(&self) -> Vec<Tag> {
        self.refused.iter().map(|r| Tag::new("bad", r.clone())).collect()
    }

    /// As a row of a card.
    pub fn card(self) -> CardRow {
        let to =
            if self.target.is_empty() || self.target == self.actor { String::new() } else { format!(" → {}", self.target) };
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
            Cell { kind: "time", text: self.at, ..Cell::default() },
            Cell::text(self.actor),
            Cell::text(self.target),
            Cell::text(self.detail.chars().take(120).collect::<String>()),
        ];
        Row { href: format!("/admin/audit/{}", self.seq), title: self.what, tags, cells, acts: vec![] }
    }
}
