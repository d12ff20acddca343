//! What a person can open: applications that he may use, and links to outside web applications and sites, recorded for
//! everyone, a group, a relation or a person (P13). Owns links, favourites and the list of tiles; the start page shows
//! it. Does not own which applications a person may use (`admission`), nor who decides about a relation (`grants`).

pub mod flow;
pub mod http;
pub mod links;
pub mod model;
pub mod store;
