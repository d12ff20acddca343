//! Records. Owns their storage, versions and history, every way to read them, and the one gate that every write goes
//! through. Does not own what a module is (`modules`), who sees what (`visibility`), nor what asks for a code: the gate
//! asks a [`model::CodeRules`] and stops.
//!
//! How values are stored is known in this folder alone (and to the compiler's one function for a stored column). What comes
//! out is [`seen::Seen`], which only the reads here can make, each by way of the compiler.

pub mod attach;
pub mod flow;
pub mod gate;
pub mod history;
pub mod idempotency;
pub mod list;
pub mod model;
pub mod query;
pub mod reader;
pub mod seen;
mod store;
pub mod why;

#[cfg(test)]
mod tests;
