//! OpenID Connect and OAuth over HTTP, as clients and attackers see them.

mod admission;
mod authorization;
mod backchannel;
mod ciba;
mod clients;
mod codes;
mod conformance;
mod consent;
mod details;
mod device;
mod encryption;
mod exchange;
mod fapi;
mod independent;
mod introspection;
mod keys;
mod logout;
mod matrix;
mod possession;
mod refresh;
mod tls;
mod types;
