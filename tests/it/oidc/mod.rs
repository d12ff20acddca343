//! OpenID Connect and OAuth over HTTP, as clients and attackers see them.

mod admission;
mod authorization;
mod backchannel;
mod clients;
mod codes;
mod conformance;
mod consent;
mod independent;
mod logout;
mod refresh;
mod types;
