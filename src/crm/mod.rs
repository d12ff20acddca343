//! The record store: an OAuth resource server and OpenID client of its own. Knows modules, fields, records, roles' rights,
//! and what a record says; never passwords, codes or factors. Imports nothing of the provider.

pub mod auth;
pub mod modules;
pub mod records;
pub mod replica;
#[cfg(test)]
mod testing;
pub mod visibility;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio_util::sync::CancellationToken;

use crate::kernel::Env;
use crate::kernel::db::{Db, DbError, Half};
use crate::kernel::instance;
use crate::kernel::pages::{NavItem, View};
use auth::key::{self, KeyError};
use auth::provider::Provider;
use replica::Replica;

/// How often the access log is polled.
const POLL: Duration = Duration::from_secs(1);
/// Polls between two sweeps of what has expired.
const SWEEP: u32 = 300;

/// Why the record store can't start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The client key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// The record store; the state of its routes.
pub struct Crm {
    /// Settings, time, chance, the root key and the client for calls.
    pub env: Env,
    /// Its database.
    pub db: Db,
    /// What is known of the provider.
    pub provider: Arc<Provider>,
    /// What decides who may do what.
    pub replica: Arc<Replica>,
    /// The id of this installation.
    pub instance: String,
}

impl Crm {
    /// Opens the database and makes the client key at the first start. Nothing is asked of the provider yet.
    pub async fn open(env: Env) -> Result<Arc<Self>, OpenError> {
        let db = Db::open(&env.settings.crm_database(), Half::Crm).await?;
        let instance = instance::open(&db, &env).await?;
        let key = key::open(&db, &env).await?;
        let provider = Arc::new(Provider::new(env.clone(), key));
        let replica = Arc::new(Replica::open(env.clone(), db.clone(), Arc::clone(&provider)).await?);
        Ok(Arc::new(Self { env, db, provider, replica, instance }))
    }

    /// The routes of signing in and of the published documents.
    pub fn routes(self: &Arc<Self>) -> Router {
        auth::http::routes(Arc::clone(self))
    }

    /// Polls the access log each second and sweeps what has expired, until `stop`.
    pub fn spawn(self: &Arc<Self>, stop: CancellationToken) -> tokio::task::JoinHandle<()> {
        let me = Arc::clone(self);
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(POLL);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            let mut left = 0;
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    _ = ticks.tick() => {}
                }
                // A failure is logged where it is known what changed.
                let _ = me.replica.poll_now().await;
                if left == 0 {
                    left = SWEEP;
                    if let Err(error) = auth::store::sweep(&me.db, me.env.now()).await {
                        tracing::warn!(%error, "sweeping expired sign-ins");
                    }
                }
                left -= 1;
            }
        })
    }

    /// The sections beside every page; `current` is the key of the one that the page is in.
    pub fn nav(&self, view: &View, current: &str) -> Vec<NavItem> {
        let item = |key: &str, icon, href: &str| NavItem {
            href: format!("{}{href}", view.base),
            label: view.t(&format!("crm-section-{key}")),
            icon,
            current: key == current,
            count: None,
        };
        vec![item("overview", "overview", "/")]
    }
}
