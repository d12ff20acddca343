//! AuthZEN 1.0: other applications ask whether someone may do something on a relation, who may, where, and what. Owns the
//! form of the questions. What is answered is what grants say, and each answer names the position of the access log that it
//! was read at. Does not own giving grants (`grants`), nor what a record store shows by them.

pub mod flow;
pub mod http;
pub mod model;
pub mod store;
