//! Who was invited to a relation, and taking an invitation back. The rows are those of `invitations`.

pub mod api;
pub mod flow;
pub mod http;
pub mod store;
