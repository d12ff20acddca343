//! Applications, as administrators see, register, change and try them; who may use them; and the tokens that let others
//! register some. Does not own what an application is (`clients`), what stands at one (`oidc`), or who may (`admission`).

pub mod api;
pub mod flow;
pub mod form;
pub mod http;
pub mod pages;
pub mod samples;
pub mod store;
pub mod tokens;
pub mod trial;
