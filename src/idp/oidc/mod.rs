//! OpenID Connect and OAuth: authorization, tokens, userinfo, revocation, logout, discovery. Owns the protocol rules, what
//! is issued, and its end. Does not own how someone signs in (`signin`) or what an application is (`clients`).

pub mod access;
pub mod answer;
pub mod authorize;
pub mod backchannel;
pub mod binding;
pub mod checked;
pub mod ciba;
pub mod claims;
pub mod decision;
pub mod details;
pub mod device;
pub mod discovery;
pub mod endpoints;
pub mod error;
pub mod extensions;
pub mod frontchannel;
pub mod grant;
pub mod grounds;
pub mod http;
pub mod introspection;
pub mod issues;
pub mod jarm;
pub mod logout;
pub mod polling;
pub mod pushed;
pub mod request_object;
pub mod resources;
pub mod sealed;
pub mod store;
pub mod subjects;
pub mod token;
pub mod tokens;
pub mod userinfo;

pub use error::OAuthError;
