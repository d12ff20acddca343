//! Signing in a device that has no browser at another one that has (RFC 8628), with what RFC 10027 asks against people
//! being talked into it: the page is reached by someone who is signed in, says which application asks from where and since
//! when, and nothing approves itself, whatever the link brings. Owns the two codes, the pages and the answer.

pub mod flow;
pub mod http;
pub mod model;
pub mod pages;
pub mod store;
