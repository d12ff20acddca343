//! HTTP as both halves speak it: limits, headers, request ids, cookies, parameters, errors, listeners;
//! and asking addresses that others name. Does not own any route.

mod any_client;
pub mod certificate;
pub mod connection;
pub mod context;
pub mod cookies;
pub mod documents;
pub mod fetch;
pub mod params;
pub mod presented;
pub mod problem;
mod renewal;
pub mod server;
pub mod shell;

pub use context::Context;
pub use params::Params;
pub use presented::Presented;
pub use problem::{Code, Problem};
