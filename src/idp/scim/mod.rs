//! SCIM 2.0 (RFC 7643, RFC 7644): directories bring people and groups here and take them away. Owns the protocol, and what a
//! directory says of a person beyond what this server goes by. Does not own people and groups: a change is made by the same
//! code that `zegel apply` makes it with, and so has the same entries, ends and limits. No directory touches whoever administers.

pub mod attribute;
pub mod error;
pub mod filter;
pub mod flow;
pub mod group;
pub mod groups;
pub mod http;
pub mod listing;
pub mod patch;
pub mod path;
pub mod schema;
pub mod shape;
pub mod store;
pub mod user;
pub mod users;

pub use error::ScimError;

/// The scope of a client that may provision.
pub const SCOPE: &str = "scim";
