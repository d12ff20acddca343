//! What crosses the wall: the types that both halves write and read on the wire. Owns no behaviour and no storage.

mod key;
pub mod receipt;

pub use key::FieldKey;
