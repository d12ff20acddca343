//! Invitations of contacts: a mailed link, good for one use, by which someone becomes a person here and is from then on whom
//! the invitation was made for. Owns the link, its mail and its page, and what accepting does; does not own the grant that
//! comes of it (`grants`), nor what the invitation stands for, which only the record store that asked for it knows.

pub mod accept;
pub mod flow;
pub mod http;
pub mod model;
pub mod pages;
pub mod send;
pub mod store;

pub use send::{SEND, send};
