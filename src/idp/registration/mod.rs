//! Applications that register themselves (RFC 7591, OpenID Connect Dynamic Client Registration 1.0) and manage their
//! registration (RFC 7592). Off unless a setting opens it, to everyone or to whoever has an initial access token. Owns the
//! policy, those tokens, and the two endpoints. Does not own what may be registered (`clients::model`).

pub mod flow;
pub mod http;
pub mod model;
pub mod sector;
pub mod store;
pub mod tokens;
