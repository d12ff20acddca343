//! Who has which role. A role is a name; what it allows is the record store's, but for the one of the setting `admin_role`.

pub mod api;
pub mod flow;
pub mod http;
pub mod store;
