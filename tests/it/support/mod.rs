//! What the tests stand on: servers of other makes, databases, drivers. Owns no test.

pub mod postgres;
