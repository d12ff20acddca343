//! Links of the start page, as administrators see and change them: all of them, for everyone, a group, a relation or a person.
//! The rows are those of `tiles`.

pub mod api;
pub mod flow;
pub mod http;
pub mod store;
