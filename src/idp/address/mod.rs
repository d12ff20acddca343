//! Changing the address that someone signs in with: proof of both, by a link to each, and never a word about whether somebody else has
//! the new one. Owns the links, their mails and pages. Does not own what an address is (`people`).

pub mod flow;
pub mod http;
pub mod model;
pub mod send;
pub mod store;

pub use send::{SEND, send};
