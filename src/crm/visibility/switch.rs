//! The clauses of the compiler, each of which tests can switch off to show that a test then fails. In the program itself
//! there is no switch: [`on`] is always true.

/// A clause that decides what is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clause {
    /// A record that was put away is not seen.
    Deleted,
    /// An internal record is not for externals.
    InternalExternals,
    /// An internal record is for staff linked to its relation.
    InternalLinked,
    /// A restricted relation is for those linked to it.
    RestrictedRelation,
    /// So is everything in it.
    RestrictedWithin,
    /// A grant counts from its beginning.
    GrantBegun,
    /// A grant counts until its end.
    GrantEnded,
    /// A grant is read from the generation of the replica in force.
    Generation,
    /// A grant counts for who holds it.
    Holder,
    /// The grants of groups count for who is in them.
    Groups,
    /// A grant counts for its relation alone.
    GrantRelation,
    /// Levels have an order.
    LevelOrder,
    /// A participant opens only what names him.
    Participant,
    /// A lookup names who the person is, not anybody.
    NamesMe,
    /// A rule about "my record" compares with it.
    Mine,
    /// A match compares.
    Match,
    /// A match over several values needs a value on both sides.
    MatchBoth,
    /// A strength of sign-in is asked for.
    Assurance,
    /// Unknown below `not` is false.
    NotUnknown,
    /// A lookup on the way of a rule leads to an active record.
    HopActive,
    /// A person's filter and sort read what is revealed for that record.
    Revealed,
    /// A lookup to a record that the person doesn't see shows nothing.
    LookupSeen,
    /// On the way of a person's filter, too.
    HopSeen,
    /// Masked fields are hidden.
    Masked,
    /// Some rule must be true.
    SomeArm,
    /// The rule that is true must let see.
    SeeRight,
}

impl Clause {
    /// All of them.
    #[cfg(test)]
    pub const ALL: &[Self] = &[
        Self::Deleted,
        Self::InternalExternals,
        Self::InternalLinked,
        Self::RestrictedRelation,
        Self::RestrictedWithin,
        Self::GrantBegun,
        Self::GrantEnded,
        Self::Generation,
        Self::Holder,
        Self::Groups,
        Self::GrantRelation,
        Self::LevelOrder,
        Self::Participant,
        Self::NamesMe,
        Self::Mine,
        Self::Match,
        Self::MatchBoth,
        Self::Assurance,
        Self::NotUnknown,
        Self::HopActive,
        Self::Revealed,
        Self::LookupSeen,
        Self::HopSeen,
        Self::Masked,
        Self::SomeArm,
        Self::SeeRight,
    ];
}

#[cfg(test)]
thread_local! {
    static OFF: std::cell::Cell<Option<Clause>> = const { std::cell::Cell::new(None) };
}

/// Whether the clause is in force.
#[cfg(test)]
pub fn on(clause: Clause) -> bool {
    OFF.get() != Some(clause)
}

/// Whether the clause is in force.
#[cfg(not(test))]
pub const fn on(_: Clause) -> bool {
    true
}

/// Switches one clause off, for this thread, or all on again.
#[cfg(test)]
pub fn switch_off(clause: Option<Clause>) {
    OFF.set(clause);
}
