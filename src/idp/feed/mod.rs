//! The access log: an ordered list of what decides about access, which resource servers replicate. Owns positions, epochs,
//! the endpoints, and how far each replica has it; does not own the facts, which each part appends in the transaction that
//! changes them.

pub mod acks;
pub mod epochs;
pub mod flow;
pub mod http;
pub mod model;
pub mod settle;
pub mod store;
pub mod stream;
pub mod watch;

pub use model::Head;
pub use settle::{Gone, settle};
pub use store::append;
