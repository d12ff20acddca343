//! The end of a person's time here, and what comes before it: closing and opening an account, handing a leaver's work over in one step,
//! and erasing everything personal, with a copy of it. Owns the order in which these are done and that no administrator does them to
//! himself or to the last one. Does not own what is ended: sessions, issues, grants, factors end by their own modules.

pub mod close;
pub mod erase;
pub mod hand_over;
pub mod store;

pub use close::{By, LifecycleError};
