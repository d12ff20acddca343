//! Inviting someone to become a person here, as administrators do it by page, API and command. What an invitation is and does is
//! `idp::welcome`'s.

pub mod api;
pub mod flow;
pub mod http;
