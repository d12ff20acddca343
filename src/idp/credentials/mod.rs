//! How people prove who they are: passwords, authenticator apps, and the counting of tries.
//! Owns hashing with bounded workers and the limiter. Does not own the order of steps (`signin`).

pub mod authenticator;
pub mod guesses;
pub mod limits;
pub mod passwords;

pub use passwords::{Hasher, HasherError};
