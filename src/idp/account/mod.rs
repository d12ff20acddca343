//! What people see and do about themselves at the provider: the start page, who they are, where they are signed in, what
//! applications may, what happened, and all of it as a file. Owns the frame of these pages and the fresh sign-in that widening
//! access asks for. Does not own how people sign in (`credentials`) or the sessions and issues that are shown.

pub mod api;
pub mod area;
pub mod details;
pub mod export;
pub mod flow;
pub mod frame;
pub mod http;
pub mod model;
pub mod pages;
pub mod password;
pub mod store;
