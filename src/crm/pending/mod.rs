//! Changes that wait for a code, until they are sealed or void. Owns the pending change from the moment that the gate
//! held it until it is applied or void, the calls to the provider that this takes, and the receipts that come of it. Does
//! not own whether a change needs a code (`code_rules`), whether it is allowed (`records`), nor whether a code is right: the
//! provider is the truth for *confirmed*, the record store for *applied*.
//!
//! A pending change goes `waiting` -> `confirmed` -> `applied`, or to `void` from either of the first two, and never back.
//! Each step is one transaction with a condition on the state before, and leaves a job or a mark by which [`sweep`] takes up
//! what a crash left: a job of creating, a mark before a code goes out, a job of applying, a job of reporting.

pub mod api;
pub mod apply;
pub mod begin;
pub mod client;
pub mod confirm;
pub mod http;
pub mod jobs;
pub mod model;
pub mod pages;
pub mod read;
mod recipient;
pub mod seals;
mod store;
pub mod sweep;
#[cfg(test)]
mod tests;
pub mod wire;
mod words;

pub use begin::{Saved, begin, save};
pub use model::PendingError;
