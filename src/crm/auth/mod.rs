//! Who is asking. The record store is an OpenID client for its pages and an OAuth resource server for its API; both end in
//! the same [`Caller`]. Owns signing in and out, sessions of the pages, the check of access tokens, the extractors that
//! routes take, and the documents by which others find the provider. Does not own what a caller may do, nor the replica.
//!
//! | file | what |
//! |---|---|
//! | `provider` | metadata and keys of the provider, kept and refreshed |
//! | `client`, `key` | asking it for tokens, with a key of the record store's own |
//! | `call` | calling its APIs with a token |
//! | `token`, `introspection` | which access tokens are believed, and asking what one stands for |
//! | `caller` | from a token to who is asking, by the replica |
//! | `login`, `session`, `backchannel` | the pages' way in and out |
//! | `provider_token` | the person's own token for the provider's API |
//! | `extract`, `refusal`, `http`, `pages` | what routes take and answer |

pub mod backchannel;
pub mod call;
pub mod caller;
pub mod client;
pub mod extract;
pub mod http;
pub mod introspection;
pub mod key;
pub mod login;
pub mod pages;
pub mod possession;
pub mod provider;
pub mod provider_token;
pub mod refusal;
pub mod session;
pub mod store;
pub mod token;

#[cfg(test)]
mod tests;

pub use caller::{AccessError, Caller, Denied};
pub use extract::{Anyone, Bearer, Person, Visit};
pub use refusal::Refused;
