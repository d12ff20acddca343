//! What crosses the wall: the types that both halves write and read on the wire. Owns no behaviour and no storage.

pub mod access;
pub mod challenge;
pub mod claims;
pub mod feed;
pub mod links;
pub mod receipt;

pub use crate::kernel::key::FieldKey;
pub use access::GrantLevel;
pub use claims::{AccessClaims, Assurance, IdClaims};
