//! Zegel: an OpenID Connect provider whose one-time codes seal record actions, and the record store that trusts its tokens.
//!
//! ARCHITECTURE.md says where to start reading.

pub mod app;
pub mod cli;
pub mod config;
pub mod contract;
pub mod crm;
pub mod demo;
pub mod dev;
pub mod idp;
pub mod kernel;
