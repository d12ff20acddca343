//! The place where pages and API meet what waits for a code: a change that the gate holds, changes that wait, receipts.
//! Owns the types that pages show of them; what happens is the business of `pending`, which these functions ask.

use std::sync::Arc;

use crate::crm::Crm;
use crate::crm::auth::Caller;
use crate::crm::records::model::{Change, Held};
use crate::crm::visibility::sight::Viewer;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::DbError;

/// A change that waits for a code, once it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Its id.
    pub id: String,
    /// The path of its page, without the half's own.
    pub page: String,
}

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

/// Keeps a change that the gate holds and asks for its codes; `None` where nothing here can.
pub async fn begin(_: &Arc<Crm>, _: &Caller, _: &Viewer, _: &Change, _: &Held) -> Result<Option<Begun>, DbError> {
    Ok(None)
}

/// The changes that wait and that this person may see, the newest first; of one record only, if one is named.
pub async fn waiting(_: &Crm, _: &Viewer, _: Option<&str>) -> Result<Vec<Waiting>, DbError> {
    Ok(Vec::new())
}

/// What was lately confirmed and this person may see; of one record only, if one is named.
pub async fn sealed(_: &Crm, _: &Viewer, _: Option<&str>) -> Result<Vec<Sealed>, DbError> {
    Ok(Vec::new())
}
