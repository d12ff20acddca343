//! Administration: people, groups, roles, applications, invitations, sessions, keys and the audit log, by page, API and command, for those
//! who have the role of the setting `admin_role`. Owns who may, the frame of the pages, and what every list and form of them
//! has. Does not own the facts: they are written through the folders that they belong to, with their entries in both logs.
//! Nothing here shows or sets anybody's password, code or seed.

pub mod applications;
pub mod audit;
pub mod federation;
pub mod flow;
pub mod frame;
pub mod gate;
pub mod groups;
pub mod http;
pub mod invitations;
pub mod keys;
pub mod links;
pub mod list;
pub mod model;
pub mod parts;
pub mod people;
pub mod policies;
pub mod recoveries;
pub mod roles;
pub mod samples;
pub mod sessions;
pub mod store;
pub mod visit;
