//! Which applications a person may use: everyone, or only people, groups, roles and relations that are listed (S11). Asked
//! when a code is given and at every issue and refresh; taking it away revokes what was issued, in the same transaction.
//! Owns the list and the question. Does not own what an application is (`clients`) or who is in a group (`people`).

pub mod flow;
pub mod model;
pub mod store;

pub use model::{Holding, Kind, Openings};
