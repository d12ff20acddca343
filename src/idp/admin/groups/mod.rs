//! Groups, as administrators see and change them: their names, members and roles. The rows are those of `people`.

pub mod api;
pub mod flow;
pub mod http;
pub mod store;
