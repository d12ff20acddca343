//! Who has access to which relation: grants to people and groups, with level, time and reason. Owns these rows, the rule of
//! who may give and take, and the API; does not own what a level opens, which is each record store's.

pub mod flow;
pub mod http;
pub mod model;
pub mod record;
pub mod store;

pub use flow::GrantError;
pub use model::{Held, Rights, Terms};
