//! People, groups, and who has which role. Owns their rows and the rule that one address is one person.
//! Does not own how they prove who they are (`credentials`) or what a role allows (the record store).

pub mod details;
pub mod model;
pub mod profile;
pub mod profile_store;
pub mod store;

pub use model::{EmailKey, Person};
pub use profile::{Address, Profile};
