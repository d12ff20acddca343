//! What waits for a code and what was sealed, as pages show it. Owns the words; what happens is the business of `pending`.

use super::frame::Desk;
use super::shown::called;
use crate::crm::pending::PendingError;
use crate::crm::pending::http::page_of;
use crate::crm::pending::read::{self, Pending};
use crate::crm::pending::seals::{self, Seal};
use crate::crm::records::seen::Seen;
use crate::kernel::clock::Timestamp;
use crate::kernel::pages::View;

/// A change that waits, in the list of the overview.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The record, as pages call it.
    pub name: String,
    /// Where its dialog is.
    pub href: String,
    /// The value as it is.
    pub from: String,
    /// As it will be.
    pub to: String,
    /// Who asked, and to which masked contact point the code went; finished text.
    pub about: String,
    /// How long the code is good; nothing once it has expired.
    pub until: Option<Timestamp>,
}

/// A change that was confirmed, in the list of the overview and beside a record.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// What it says: the record and when.
    pub text: String,
    /// Where the receipt is.
    pub href: String,
}

/// How many seals the overview shows.
const SEALS: usize = 5;

/// The changes that wait and that this person may see; of one record only, if one is named.
pub async fn waiting(desk: &Desk<'_>, record: Option<&str>) -> Result<Vec<Waiting>, PendingError> {
    let view = &desk.view;
    let found = match record {
        Some(id) => read::waiting_on(desk.crm, &desk.caller, view, id).await?,
        None => read::waiting_of(desk.crm, &desk.caller, view, false).await?,
    };
    Ok(found.iter().map(|p| item(view, p)).collect())
}

fn item(view: &View, p: &Pending) -> Waiting {
    let to = p.asks.iter().filter_map(|a| a.state.as_ref().map(|s| s.recipient.clone())).collect::<Vec<_>>().join(", ");
    let change = p.changes.first();
    Waiting {
        name: called(view, &p.module, p.title.as_deref()),
        href: page_of(view, &p.id),
        from: change.map(|c| c.from.clone()).unwrap_or_default(),
        to: change.map(|c| c.to.clone()).unwrap_or_default(),
        about: view.t2("overview-pending-item", "name", p.actor_name.as_str(), "to", to),
        until: p
            .asks
            .iter()
            .filter(|a| !a.confirmed)
            .filter_map(|a| a.state.as_ref().map(|s| s.expires_at))
            .filter(|at| *at > view.now)
            .min(),
    }
}

/// What was confirmed of a record.
pub async fn sealed(desk: &Desk<'_>, record: &Seen) -> Result<Vec<Sealed>, PendingError> {
    let mut snapshot = desk.crm.db.snapshot().await?;
    let seals = seals::seals_of(&mut snapshot.tx(), record).await?;
    Ok(seals.values().rev().map(|s| Sealed { text: s.text(&desk.view), href: s.href(&desk.view) }).collect())
}

/// What was lately confirmed, of all that this person may see.
pub async fn lately(desk: &Desk<'_>) -> Result<Vec<Sealed>, PendingError> {
    let found = seals::lately(desk.crm, &desk.viewer, SEALS).await?;
    let text = |name: String, s: &Seal| format!("{name}, {}", desk.view.date_time(s.confirmed_at));
    Ok(found
        .iter()
        .map(|(module, title, s)| Sealed {
            text: text(called(&desk.view, module, title.as_deref()), s),
            href: s.href(&desk.view),
        })
        .collect())
}
