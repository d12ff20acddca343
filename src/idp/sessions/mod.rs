//! Sessions at the provider: begun by a completed sign-in, found by the browser's cookie, ended for all applications at
//! once. Does not own what was issued in them (`oidc::issues`).

pub mod flow;
pub mod model;
pub mod store;

pub use model::Session;
