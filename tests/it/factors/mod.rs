//! Factors: setting them up, taking them away, and what attackers do with them.

mod api;
mod authenticator;
mod ceremonies;
mod passkeys;
mod phone;
mod recovery;
mod signin;
pub mod world;
