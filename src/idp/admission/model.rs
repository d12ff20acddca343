//! Who can be listed for an application.

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
