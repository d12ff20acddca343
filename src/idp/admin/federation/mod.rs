//! Other providers that people sign in with, as administrators decide about them by page, API and command. What such a provider is,
//! and what its word counts for, is `idp::federation`'s.

pub mod api;
pub mod flow;
pub mod form;
pub mod http;
pub mod person;
