//! What people allow applications: asked in plain words before a code is given, remembered, listed, withdrawn (OpenID Connect
//! Core, sections 3.1.2.4 and 11). Owns what a request asks for, whether that was allowed, and the page that asks.
//! Does not own who may use an application at all (`admission`) or what is issued (`oidc`).

pub mod flow;
pub mod http;
pub mod model;
pub mod pages;
pub mod store;

pub use model::Asks;
