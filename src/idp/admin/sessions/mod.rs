//! Who is signed in, from where, and ending that. The rows are those of `sessions`.

pub mod api;
pub mod flow;
pub mod http;
pub mod store;
