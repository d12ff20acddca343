//! `zegel apply`: people, groups, roles, applications, policies, links and grants made as a file says. Owns the file's form and the difference
//! between it and what is there. Does not own the facts: they are written through the folders that they belong to.

pub mod allowed;
pub mod check;
pub mod flow;
pub mod grants;
pub mod items;
pub mod links;
pub mod model;
pub mod plan;
pub mod policies;
pub mod store;

mod look;
pub mod make;
mod sides;

pub use flow::{ApplyError, apply, from_path, plan};
pub use items::Fault;
pub use model::{Application, File, GrantForm, GroupForm, PersonForm, RoleForm};
pub use plan::{Line, Plan, Sign};

#[cfg(test)]
mod tests;
