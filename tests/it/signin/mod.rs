//! Signing in, as people and attackers see it.

mod accounts;
mod browsers;
mod factors;
mod machine;
mod passwords;
pub mod secrets;
