//! People, as administrators see and change them: properties, groups, roles, sessions. Owns lists, search and forms; the rows
//! are those of `people`. How an account ends or is handed over is elsewhere, and credentials are nobody's but their owner's.

pub mod api;
pub mod flow;
pub mod http;
pub mod store;
