//! Becoming a person here: invited by an administrator, as staff or external, or by registering, where the policy allows it. A link
//! that is mailed and good for one use proves the address; behind it one chooses a password, is signed in, and is led on to second
//! factors. Owns the link, its mail and pages, and what accepting makes. Does not own invitations to relations (`invitations`).

pub mod accept;
pub mod flow;
pub mod http;
pub mod model;
pub mod send;
pub mod store;
