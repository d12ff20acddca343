//! What both halves stand on: time, chance, secrets, storage, HTTP, keys, pages, delivery. Knows neither half.

pub mod audit;
pub mod clock;
pub mod db;
pub mod delivery;
pub mod entropy;
pub mod http;
pub mod instance;
pub mod jose;
pub mod outbox;
pub mod pages;
pub mod root;

use std::sync::Arc;

use crate::config::Settings;
use clock::{Clock, Timestamp};
use entropy::Entropy;
use root::RootKey;

/// What every part of a half is handed: the settings and the sources of time, chance and keys.
#[derive(Clone)]
pub struct Env {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// The root key.
    pub root: Arc<RootKey>,
    /// The settings.
    pub settings: Arc<Settings>,
    /// The client for calls to the other half and to addresses of applications: no redirects, bounded time.
    pub http: reqwest::Client,
}

impl Env {
    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
    /// A new id, which sorts by time.
    pub fn id(&self) -> String {
        self.entropy.id(self.now())
    }
    /// A new opaque token: 256 random bits.
    pub fn token(&self) -> String {
        self.entropy.token()
    }
}
