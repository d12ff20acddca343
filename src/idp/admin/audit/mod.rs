//! The audit log as administrators read it: filtered, in pages, one line whole, and written out. The log itself is the
//! kernel's.

pub mod api;
pub mod export;
pub mod http;
pub mod pages;
pub mod store;
