//! People, as administrators see and change them: properties, groups, roles, sessions, their coming and going. Owns lists, search and
//! forms; the rows are those of `people`, and credentials are nobody's but their owner's.

pub mod api;
pub mod details;
pub mod flow;
pub mod http;
pub mod inviting;
pub mod leaving;
pub mod pages;
pub mod store;
