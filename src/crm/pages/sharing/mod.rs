//! Pages about who sees a relation: who has access, whom to invite, why somebody sees a record, and the relation's links.
//! Owns how this looks; who may give and take is decided by the provider, which is asked in the person's own name.

pub mod access;
pub mod http;
pub mod links;
mod links_http;
pub mod why;
mod why_http;

use jiff::civil::Date;

use crate::kernel::clock::Timestamp;
use crate::kernel::pages::View;

/// What was done just now, or why not.
pub struct Said {
    /// info, good, caution or bad.
    pub kind: &'static str,
    /// What happened.
    pub title: String,
    /// What it means; empty for no more.
    pub text: String,
}

/// The last day that something counts which ends at a moment, in the organisation's zone.
pub fn last_day(view: &View, end: Timestamp) -> Date {
    let zoned = end.to_jiff().to_zoned(view.zone.clone());
    let day = zoned.date();
    let midnight = zoned.time() == jiff::civil::Time::midnight();
    if midnight { day.yesterday().unwrap_or(day) } else { day }
}

/// The first moment of a day.
pub fn begin_of(view: &View, day: Date) -> Option<Timestamp> {
    Some(Timestamp(day.to_zoned(view.zone.clone()).ok()?.timestamp().as_millisecond()))
}

/// The moment after the last moment of a day.
pub fn end_of(view: &View, day: Date) -> Option<Timestamp> {
    let next = day.tomorrow().ok()?.to_zoned(view.zone.clone()).ok()?;
    Some(Timestamp(next.timestamp().as_millisecond()))
}
