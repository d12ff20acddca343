//! What the tests stand on: servers of other makes, databases, drivers, a running installation. Owns no test.

pub mod application;
pub mod bank;
pub mod flow;
pub mod node;
pub mod passkey;
pub mod postgres;
pub mod world;
