//! The provider: people, sign-in, applications, tokens, the access log. Knows nothing of records; `crate::crm` is never
//! named here.

pub mod credentials;
pub mod feed;
pub mod people;
