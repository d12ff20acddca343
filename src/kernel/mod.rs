//! What both halves stand on: time, chance, secrets, storage, HTTP, keys, pages, delivery. Knows neither half.

pub mod audit;
pub mod clock;
pub mod cursor;
pub mod db;
pub mod delivery;
pub mod dpop;
pub mod entropy;
pub mod http;
pub mod instance;
pub mod jose;
pub mod key;
pub mod logs;
pub mod metrics;
pub mod out;
pub mod outbox;
pub mod pages;
pub mod private;
pub mod reach;
pub mod root;

use std::sync::Arc;

use crate::config::Settings;
use clock::{Clock, Timestamp};
use entropy::Entropy;
use pages::{Texts, View};
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
    /// The texts of all languages.
    pub texts: Arc<Texts>,
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

    /// How a page is shown to whoever sent `headers`: language, theme, zone. `path` is where its switches come back to.
    pub fn view(&self, headers: &axum::http::HeaderMap, path: &str) -> View {
        let (lang, theme) = pages::preferences(headers);
        View {
            theme,
            zone: self.settings.zone(),
            path: path.to_owned(),
            organisation: self.settings.organisation.clone(),
            dev: self.settings.capture,
            ..View::new(Arc::clone(&self.texts), lang, self.now())
        }
    }
}
