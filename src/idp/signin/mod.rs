//! Signing in, as a state machine on the server: what has been shown so far is a row, and one dispatcher names what is
//! missing. Pages only bring facts to it and never lead to each other, so that no step can be skipped (security case 16).
//! Does not own how a factor is checked (`credentials`) or what comes after (`oidc::authorize`).

pub mod code;
pub mod factors;
pub mod finish;
pub mod flow;
pub mod http;
pub mod model;
pub mod pages;
pub mod send;
pub mod store;
