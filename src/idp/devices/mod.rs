//! Browsers that someone has signed in with before, so that a new one is told to its owner (S6). Owns the cookie that a browser is
//! known by; it opens nothing, and no factor is left out because of it. Remembered devices, where a policy allows them, are the
//! sign-in's own.

pub mod browser;
pub mod store;

pub use browser::{Browser, seen};
