//! Who may see and do what. Owns the rule language, what a person's rules are for a module, and the compiler that turns
//! both into SQL. Does not own records: the record store asks with what this makes, and has no other way to read.
//!
//! A record is seen when no denial holds and at least one rule (an *arm*) of the person's roles or portals is true for it. Rights and
//! fields come from the arms that are true for that record, so the compiled statement says for each row which they were.

pub mod compile;
mod leaves;
pub mod model;
pub mod path;
pub mod portal;
pub mod predicate;
mod prepare;
pub mod sight;
pub mod stored;
pub mod switch;
mod ways;

#[cfg(test)]
pub(in crate::crm) mod oracle;
