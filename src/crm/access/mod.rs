//! Who has access to a relation, from the record store's side: its pages and API ask the provider, with the person's own
//! token, and the provider decides. Owns the calls, which record an invitation is made for (`portal_bindings`), and telling
//! the provider which relations there are (`relation_pushes`). Does not own a grant: those are the provider's, and count here
//! once the access log has brought them ([`super::replica`]).
//!
//! | file | what |
//! |---|---|
//! | `model` | what is asked, and why it is refused |
//! | `client` | the provider's API |
//! | `flow` | what pages and API do |
//! | `links` | links of a relation, tiles of a person |
//! | `push` | telling the provider of relations |
//! | `http` | the JSON API |

pub mod client;
pub mod flow;
pub mod http;
pub mod links;
pub mod model;
pub mod push;
mod store;

#[cfg(test)]
mod tests;

pub use flow::{Asker, Place};
pub use model::{GrantsError, Invite};
