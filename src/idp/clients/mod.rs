//! Applications: what is registered of each, and how they prove who they are at the provider's endpoints.
//! Does not own what a grant does (`oidc`).

pub mod auth;
pub mod ending;
pub mod keys;
pub mod logos;
pub mod lookup;
pub mod model;
pub mod shown;
pub mod store;
pub mod tls;

pub use model::{AuthMethod, Client, Metadata};
pub use shown::Shown;
