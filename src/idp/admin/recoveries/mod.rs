//! Ways back into an account, as administrators ask for them and decide about them by page, API and command. Owns no rule of that:
//! who may decide what is `idp::recovery::decide`'s to say, which asks again in the transaction that writes.

pub mod api;
pub mod flow;
pub mod http;
