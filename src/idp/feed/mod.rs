//! The access log: an ordered list of what decides about access, which resource servers replicate. Owns positions and the
//! endpoint; does not own the facts, which each part appends in the transaction that changes them.

pub mod flow;
pub mod http;
pub mod model;
pub mod store;

pub use model::Head;
pub use store::append;
