//! What a grant is, when it counts, and what may be asked for. Pure.

use crate::contract::access::{GrantChange, GrantLevel, MAX_REASON, NewGrant};
use crate::contract::feed::{Entry, Holder};
use crate::idp::relations::model::{Wrong, is_id};
use crate::kernel::clock::Timestamp;

/// How much, from when, until when, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How much.
    pub level: GrantLevel,
    /// From when; at once without it.
    pub from: Option<Timestamp>,
    /// Until when, not included; for good without it.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: Option<String>,
}

impl Terms {
    /// Whether these open less than `before` at any time from `now` on: then somebody loses something by them.
    pub fn open_less_than(&self, before: &Self, now: Timestamp) -> bool {
        let begin = |t: &Self| t.from.unwrap_or(Timestamp(i64::MIN)).max(now);
        let end = |t: &Self| t.until.unwrap_or(Timestamp(i64::MAX));
        let opened_something = end(before) > begin(before);
        opened_something && (self.level < before.level || begin(self) > begin(before) || end(self) < end(before))
    }

    /// Both together: the higher level, as long as either lasts. What was given before is not lost by accepting less.
    pub fn widened_by(&self, other: &Self) -> Self {
        let level = self.level.max(other.level);
        let from = self.from.zip(other.from).map(|(a, b)| a.min(b));
        let until = self.until.zip(other.until).map(|(a, b)| a.max(b));
        let wider = (level, from, until) != (self.level, self.from, self.until);
        let reason = if wider { other.reason.clone() } else { None };
        Self { level, from, until, reason: reason.or_else(|| self.reason.clone()) }
    }

    /// With a change put over them.
    pub fn changed(&self, change: &GrantChange) -> Self {
        Self {
            level: change.level.unwrap_or(self.level),
            from: self.from,
            until: change.until.map_or(self.until, |u| u.map(Timestamp)),
            reason: change.reason.clone().unwrap_or_else(|| self.reason.clone()),
        }
    }
}

impl From<NewGrant> for Terms {
    fn from(new: NewGrant) -> Self {
        let reason = new.reason.filter(|r| !r.trim().is_empty());
        Self { level: new.level, from: new.from.map(Timestamp), until: new.until.map(Timestamp), reason }
    }
}

/// A grant as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its id.
    pub id: String,
    /// On which relation.
    pub relation: String,
    /// Who has it.
    pub holder: Holder,
    /// How much, from when, until when, why.
    pub terms: Terms,
    /// Who gave it last; none for the command line.
    pub granted_by: Option<String>,
    /// When.
    pub granted_at: Timestamp,
    /// The invitation that it came by.
    pub invitation: Option<String>,
    /// When it was taken away.
    pub ended_at: Option<Timestamp>,
}

impl Held {
    /// As the access log tells it.
    pub fn entry(&self) -> Entry {
        Entry::Grant {
            grant: self.id.clone(),
            holder: self.holder.clone(),
            relation: self.relation.clone(),
            level: self.terms.level,
            from: self.terms.from.map(|t| t.0),
            until: self.terms.until.map(|t| t.0),
            present: self.ended_at.is_none(),
        }
    }
}

/// What someone may do about the access to a relation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// See who has access.
    pub read: bool,
    /// Give and take it.
    pub change: bool,
}

impl Rights {
    /// Of an active person who works here or not, with the highest level that counts now, and perhaps the administrator's
    /// right. Only who manages a relation decides about it; who works here and is linked to it may see who else is.
    pub fn of(staff: bool, level: Option<GrantLevel>, administrator: bool) -> Self {
        let change = administrator || level == Some(GrantLevel::Manager);
        Self { read: change || (staff && level >= Some(GrantLevel::Reader)), change }
    }
}

/// Whether a reason can be kept.
pub fn check_reason(reason: Option<&str>) -> bool {
    reason.is_none_or(|r| r.chars().count() <= MAX_REASON && !r.contains('\0'))
}

/// What doesn't fit in the terms that are asked for.
pub fn check_terms(terms: &Terms, now: Timestamp) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    if !check_reason(terms.reason.as_deref()) {
        wrong.push(Wrong::at("reason", "500 characters at most"));
    }
    if terms.until.is_some_and(|u| u <= terms.from.unwrap_or(now).max(now)) {
        wrong.push(Wrong::at("until", "a time to come, after `from`"));
    }
    wrong
}

/// Whether a holder can be one at all.
pub fn check_holder(holder: &Holder) -> Vec<Wrong> {
    let (Holder::Person(id) | Holder::Group(id)) = holder;
    if is_id(id) { Vec::new() } else { vec![Wrong::at("holder", "the id of a person or group")] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(level: GrantLevel, from: Option<i64>, until: Option<i64>) -> Terms {
        Terms { level, from: from.map(Timestamp), until: until.map(Timestamp), reason: None }
    }

    /// P11
    #[test]
    fn only_a_manager_or_administrator_decides_and_only_linked_staff_sees_who_has_access() {
        let rights = |staff, level, admin| {
            let r = Rights::of(staff, level, admin);
            (r.read, r.change)
        };
        for staff in [true, false] {
            assert_eq!(rights(staff, Some(GrantLevel::Manager), false), (true, true));
            assert_eq!(rights(staff, None, true), (true, true));
            assert_eq!(rights(staff, None, false), (false, false));
            assert_eq!(rights(staff, Some(GrantLevel::Participant), false), (false, false));
            for level in [GrantLevel::Reader, GrantLevel::Contributor] {
                assert_eq!(rights(staff, Some(level), false), (staff, false));
            }
        }
    }

    #[test]
    fn someone_loses_by_a_lower_level_a_later_beginning_or_an_earlier_end() {
        let now = Timestamp(100);
        let before = terms(GrantLevel::Reader, None, Some(500));
        let less = |t: Terms| t.open_less_than(&before, now);
        assert!(less(terms(GrantLevel::Participant, None, None)));
        assert!(less(terms(GrantLevel::Reader, Some(200), Some(500))));
        assert!(less(terms(GrantLevel::Manager, None, Some(499))));
        assert!(!less(terms(GrantLevel::Reader, Some(50), Some(500))));
        assert!(!less(terms(GrantLevel::Contributor, None, None)));
        let over = terms(GrantLevel::Manager, None, Some(100));
        assert!(!terms(GrantLevel::Participant, None, Some(200)).open_less_than(&over, now), "it had ended");
    }

    #[test]
    fn accepting_less_than_one_has_takes_nothing_away() {
        let has = terms(GrantLevel::Contributor, Some(10), Some(500));
        let less = Terms { reason: Some("invited".into()), ..terms(GrantLevel::Reader, Some(20), Some(100)) };
        assert_eq!(has.widened_by(&less), has);
        assert_eq!(has.widened_by(&terms(GrantLevel::Manager, None, None)), terms(GrantLevel::Manager, None, None));
    }

    #[test]
    fn a_time_that_has_passed_or_a_long_reason_is_refused() {
        let now = Timestamp(100);
        let fields = |t: &Terms| check_terms(t, now).into_iter().map(|w| w.field).collect::<Vec<_>>();
        assert!(fields(&terms(GrantLevel::Reader, Some(50), Some(101))).is_empty());
        assert_eq!(fields(&terms(GrantLevel::Reader, None, Some(100))), ["until"]);
        assert_eq!(fields(&terms(GrantLevel::Reader, Some(200), Some(200))), ["until"]);
        let long = Terms { reason: Some("x".repeat(501)), ..terms(GrantLevel::Reader, None, None) };
        assert_eq!(fields(&long), ["reason"]);
    }
}
