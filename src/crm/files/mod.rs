//! Files of records. Owns the bytes, taking them in and handing them out, and what no record holds. Does not own who may see
//! a record or a field of it: a file is asked for by record, field and version, through the same reads as everything else,
//! and set through the gate, which takes only what the same person uploaded for that field.

pub mod flow;
pub mod http;
pub mod model;
pub(in crate::crm) mod store;
pub mod stream;
pub mod vault;

#[cfg(test)]
mod tests;

pub use flow::Files;
