//! The JSON API.
pub mod http;
