//! The record store: an OAuth resource server and OpenID client of its own. Knows modules, fields, records, roles' rights,
//! and what a record says; never passwords, codes or factors. Imports nothing of the provider.

pub mod modules;
pub mod records;
pub mod visibility;
