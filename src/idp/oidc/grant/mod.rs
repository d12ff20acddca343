//! The grants of the token endpoint, one in each file. The phases that they share are `token`'s.

mod at_once;
pub mod ciba;
pub mod client;
pub mod code;
pub mod device;
pub mod exchange;
mod polled;
pub mod refresh;
