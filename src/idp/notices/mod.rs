//! What people are told of changes to their account, with a link that says "this wasn't me" and stops it: ends every session,
//! takes away what was added since, puts a changed address back, locks the password and tells the administrators.
//! Owns the mail, the link and what it does. Does not own the changes: whoever makes one calls [`Notice::put`] in its transaction.

pub mod alarm;
pub mod http;
pub mod model;
pub mod send;
pub mod store;

pub use model::{About, Notice, What};
