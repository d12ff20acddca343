//! The JSON API of records (`/api/v1`). Owns its wire types, its errors and its description; what may be seen and done is
//! decided by the same reads and the same gate as on pages. Access tokens only: no cookie opens it.

pub mod doc;
pub mod http;
pub mod input;
pub mod problems;
pub mod why;
pub mod wire;
pub mod write;

#[cfg(test)]
mod tests;

pub use doc::{document, openapi};
