//! Modules (record types) and their fields, as data. Owns what a module is, the forms of values, the catalogue of modules
//! and roles in force, and presets. Does not own records, nor what a rule means (`visibility`).
//!
//! No Rust type stands for a module: what the code knows are field kinds and the few roles a module can play.

pub mod canonical;
pub mod catalogue;
pub mod flow;
pub mod fold;
pub mod model;
pub mod preset;
mod store;
pub mod value;

#[cfg(test)]
mod tests;
