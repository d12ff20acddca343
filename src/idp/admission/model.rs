//! Who can be listed for an application, and when it is open to someone.

use crate::kernel::clock::Timestamp;

/// A kind of holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A person, by subject identifier.
    Person,
    /// Everyone in a group, by its id.
    Group,
    /// Everyone who has a role, himself or by a group, by its name.
    Role,
    /// Everyone who holds a grant on a relation, himself or by a group, by its id.
    Relation,
}

impl Kind {
    /// All.
    pub const ALL: [Self; 4] = [Self::Person, Self::Group, Self::Role, Self::Relation];

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Group => "group",
            Self::Role => "role",
            Self::Relation => "relation",
        }
    }
    /// From what is stored.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == text)
    }
}

/// A holder: kind and id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holding {
    /// What it is.
    pub kind: Kind,
    /// Which one.
    pub id: String,
}

impl Holding {
    /// Of a kind, by its id.
    pub fn new(kind: Kind, id: impl Into<String>) -> Self {
        Self { kind, id: id.into() }
    }
}

/// When an application is open to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Openings {
    /// It is open to everyone.
    Always,
    /// By what he holds: from a time on, until before another.
    Within(Vec<(Option<Timestamp>, Option<Timestamp>)>),
}

impl Openings {
    /// Whether it is open at `now`.
    pub fn at(&self, now: Timestamp) -> bool {
        let open = |(from, until): &(Option<Timestamp>, Option<Timestamp>)| {
            from.is_none_or(|from| from <= now) && until.is_none_or(|until| now < until)
        };
        match self {
            Self::Always => true,
            Self::Within(times) => times.iter().any(open),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S11
    #[test]
    fn an_application_is_open_from_the_first_moment_and_not_at_the_last() {
        let at = |n| Some(Timestamp(n));
        let open = |times: &[_], now| Openings::Within(times.to_vec()).at(Timestamp(now));
        assert!(Openings::Always.at(Timestamp(0)) && open(&[(None, None)], 0) && !open(&[], 0));
        let day = [(at(10), at(20))];
        assert_eq!([9, 10, 19, 20].map(|now| open(&day, now)), [false, true, true, false]);
        let two = [(at(10), at(20)), (at(15), None)];
        assert_eq!([14, 19, 20, 99].map(|now| open(&two, now)), [true; 4]);
    }
}
