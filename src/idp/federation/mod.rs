//! Signing in with another OpenID provider (S10): which there are, the way there and back, and whom their people are here. A
//! person is known by issuer and subject alone; an address links nobody by itself (security case 23). Owns what another
//! provider's word counts for. Does not own the sign-in: a right answer is one fact in it, like a password (`signin`).

pub mod arrive;
pub mod discovery;
pub mod exchange;
pub mod flow;
pub mod http;
pub mod manage;
pub mod model;
pub mod pages;
pub mod store;

pub use discovery::Known;
pub use flow::FederationError;
