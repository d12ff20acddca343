//! Trying an application: an administrator signs in to it with his own account, by the real endpoints, and sees each step and
//! what is in each token. Owns the trial's request, its answer, and the steps that are shown. The provider stands in for the
//! application (docs/adr/0040): no secret of it is needed, and no token leaves this program; what was given is revoked before
//! the page is sent. Does not own the protocol (`oidc`): what is tried is what applications meet.

mod check;
pub mod flow;
pub mod http;
pub mod model;
pub mod pages;
mod run;
