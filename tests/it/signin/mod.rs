//! Signing in, as people and attackers see it.

mod accounts;
mod browsers;
mod factors;
mod machine;
mod policy;
pub mod secrets;
mod sms;
mod stronger;
