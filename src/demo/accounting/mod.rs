//! "Accounting": a second application as somebody else would write it, an OpenID client of the provider and nothing more.
//! It knows its issuer, its client id and its secret; all else it learns by discovery. The demonstration runs it, and
//! `examples/relying_party` runs it by itself.
//!
//! Owns signing in and out of it, its sessions (in memory) and its two pages. Knows neither half of Zegel: of this program
//! it uses the clock, chance, the reading of parameters, and the check of signatures.

mod http;
mod logout;
mod pages;
mod provider;
mod sessions;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use axum_server::Handle;
use secrecy::SecretString;

use crate::config::Origin;
use crate::kernel::clock::Clock;
use crate::kernel::entropy::Entropy;
use crate::kernel::http::connection::Bounds;
use crate::kernel::http::server::{self, ServerError};
use provider::Provider;
use sessions::Sessions;

/// Its client id in the demonstration.
pub const CLIENT_ID: &str = "accounting";
/// Its secret in the demonstration, and nowhere else.
pub const SECRET: &str = "the-secret-of-accounting-in-the-demonstration";

/// What it has to be told.
pub struct Options {
    /// The provider, exactly as in its tokens.
    pub issuer: String,
    /// Its client id there.
    pub client_id: String,
    /// Its secret there.
    pub client_secret: SecretString,
    /// Its own address, as browsers see it.
    pub url: Origin,
}

/// The application.
pub struct Accounting {
    options: Options,
    provider: Provider,
    sessions: Sessions,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Accounting {
    /// Nobody is signed in yet, and nothing is known of the provider. `http` follows no redirects.
    pub fn new(options: Options, http: reqwest::Client, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Arc<Self> {
        Arc::new(Self { options, provider: Provider::new(http), sessions: Sessions::default(), clock, entropy })
    }

    /// How many sessions there are; for tests.
    pub fn signed_in(&self) -> usize {
        self.sessions.count()
    }

    /// Answers on `listener` until `handle` is told to stop.
    pub async fn serve(self: Arc<Self>, listener: TcpListener, handle: Handle<SocketAddr>) -> Result<(), ServerError> {
        server::serve(listener, http::routes(self), None, Bounds::of(256), handle).await
    }
}
