//! Setting up how one signs in, led step by step: after a password was chosen by a mailed link, and whenever the policies ask for
//! something that a person does not have yet. Owns what the next step is, where it leads on to when there is none, and holding back
//! the provider's own pages until a session is what its owner's policies ask.
//! Does not own how a factor is set up (`factors`), what is asked (`policy`) or signing in (`signin`).

pub mod flow;
pub mod http;
pub mod model;
pub mod pages;
pub mod store;
