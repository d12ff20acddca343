//! What the provider must know of a relation to grant on it: id, name, parent, the name that files use. Record stores tell
//! it, each of its own. Owns these rows; does not own who has access to them (`grants`), and never learns what is in one.

pub mod flow;
pub mod http;
pub mod model;
pub mod store;

pub use model::Known;
