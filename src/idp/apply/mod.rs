//! `zegel apply`: people, groups, roles, applications, links and grants made as a file says. Owns the file's form and the difference
//! between it and what is there. Does not own the facts: they are written through the folders that they belong to.

pub mod allowed;
pub mod check;
pub mod flow;
pub mod grants;
pub mod links;
pub mod model;
pub mod plan;
pub mod store;

mod look;
pub(crate) mod make;

pub use check::Fault;
pub use flow::{ApplyError, apply, from_path, plan};
pub use model::{Application, File, GrantForm, GroupForm, PersonForm, RoleForm};
pub use plan::{Line, Plan, Sign};

#[cfg(test)]
mod tests;
