//! What is asked of a sign-in: which second factors count, how strong it must be, how often it is made anew, and whether a
//! device may be remembered. Set for everyone, for staff, for externals, for a group, for an application; of all that apply to
//! someone, the strictest wins. Asked by the dispatcher of signing in, and again wherever something is issued (security case
//! 17). Owns the policies and the remembered devices. Does not own how factors are checked (`credentials`, `factors`) or who may
//! use an application at all (`admission`).

pub mod devices;
pub mod flow;
pub mod form;
pub mod http;
pub mod model;
pub mod store;

pub use form::PolicyForm;
pub use model::{Asked, Policy, Rules, Scope};
