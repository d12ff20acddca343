//! OpenID Connect and OAuth over HTTP, as clients and attackers see them.

mod authorization;
mod clients;
mod codes;
mod logout;
mod refresh;
mod types;
