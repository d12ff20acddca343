//! Links that are mailed and good for one use: to choose a password. Owns the token, its mail and its page; whoever needs
//! a link calls [`flow::invite`] in the transaction of the reason.

pub mod flow;
pub mod http;
pub mod store;

pub use flow::{SEND, send};
