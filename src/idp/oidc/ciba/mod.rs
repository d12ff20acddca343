//! An application asks someone who is not in front of it (OpenID Connect Client-Initiated Backchannel Authentication 1.0): he is
//! told by mail, sees in his account what is asked and by whom, and allows or refuses it there; the application asks for the
//! answer (poll), and may be told when to (ping). Owns the question, its pages, mail and notification. Push is left out: it
//! sends tokens to an address instead of to whoever proves to be the client.
//!
//! Whoever asks learns nothing about who there is: a question for nobody, for someone who may not use the application, or for
//! one who is asked too often is taken like any other, and expires.

pub mod flow;
pub mod http;
pub mod model;
pub mod pages;
pub mod request;
pub mod send;
pub mod store;
