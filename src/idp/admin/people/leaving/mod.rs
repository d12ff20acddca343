//! How someone's time here ends, as administrators do it by page, API and command: closing and opening an account, handing its work
//! over, a copy of what is kept, erasing. Owns who is let to it and what is asked before; what it does is `idp::lifecycle`'s.

pub mod api;
pub mod flow;
pub mod http;
