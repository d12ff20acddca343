//! The record store: an OAuth resource server and OpenID client of its own. Knows modules, fields, records, roles' rights,
//! and what a record says; never passwords, codes or factors. Imports nothing of the provider.

pub mod access;
pub mod api;
pub mod audit;
pub mod auth;
pub mod code_rules;
pub mod files;
pub mod modules;
pub mod pages;
pub mod pending;
pub mod records;
pub mod replica;
#[cfg(test)]
mod testing;
pub mod visibility;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use jiff::civil::Date;
use tokio_util::sync::CancellationToken;

use crate::contract::{Assurance, FieldKey};
use crate::kernel::Env;
use crate::kernel::audit::{AuditError, Log as AuditLog};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError, Half};
use crate::kernel::instance;
use crate::kernel::outbox::{Outbox, Worker};
use auth::key::{self, KeyError};
use auth::provider::Provider;
use code_rules::flow::Stored;
use files::Files;
use modules::catalogue::Catalogues;
use modules::flow::{ApplyError, apply};
use modules::model::ModuleError;
use modules::preset::{CRM, Preset};
use modules::value::Context;
use pending::client::Challenges;
use records::flow::Records;
use records::model::CodeRules;
use records::why::{Why, explain};
use replica::{Named, Replica};

/// How often the access log is polled.
const POLL: Duration = Duration::from_secs(1);
/// Polls between two sweeps of what has expired.
const SWEEP: u32 = 300;

/// Routes whose requests may bring files.
pub const UPLOADS: &[&str] = &["/m/{module}/new", "/m/{module}/{id}/edit", "/api/v1/files"];

/// Why the record store can't start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The audit log.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The folder of files.
    #[error(transparent)]
    Files(#[from] files::vault::VaultError),
    /// The client key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The modules that an installation begins with.
    #[error("the first modules: {0}")]
    Modules(#[from] ApplyError),
    /// The file that has them.
    #[error("the first modules: {0}")]
    Preset(#[from] ModuleError),
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
    /// What was done, as a chain.
    pub audit: AuditLog,
    /// The id of this installation.
    pub instance: String,
    /// Records, and the modules and roles in force.
    pub records: Records,
    /// The provider's challenges.
    pub challenges: Challenges,
    /// Bytes of files.
    pub files: Files,
    /// Wakes the worker.
    pub outbox: Outbox,
}

impl Crm {
    /// As [`Crm::open_with`], with the code rules of the database.
    pub async fn open(env: Env) -> Result<Arc<Self>, OpenError> {
        let rules = Stored { clock: Arc::clone(&env.clock), entropy: Arc::clone(&env.entropy) };
        Self::open_with(env, Arc::new(rules)).await
    }

    /// Opens the database; at the first start makes the client key and the modules that an installation begins with.
    /// Nothing is asked of the provider yet. `rules` says which changes need a code.
    pub async fn open_with(env: Env, rules: Arc<dyn CodeRules>) -> Result<Arc<Self>, OpenError> {
        let db = Db::open_with(&env.settings.crm_database(), Half::Crm, env.settings.database_connections).await?;
        let instance = instance::open(&db, &env).await?;
        let audit = AuditLog::open(&db, &env, audit::whose).await?;
        let key = key::open(&db, &env).await?;
        let provider = Arc::new(Provider::new(env.clone(), key));
        let replica = Arc::new(Replica::open(env.clone(), db.clone(), Arc::clone(&provider)).await?);
        let records = Records {
            db: db.clone(),
            clock: Arc::clone(&env.clock),
            entropy: Arc::clone(&env.entropy),
            root: Arc::clone(&env.root),
            rules,
            catalogues: Arc::new(Catalogues::default()),
            cx: Context { region: env.settings.phone_region.clone(), zone: env.settings.zone() },
        };
        // Two processes that start at once both apply it, and the second changes nothing.
        if records.catalogue().await?.modules().next().is_none() {
            apply(&db, Preset::read(CRM)?, env.now()).await?;
        }
        let files = Files::open(&env.settings.files(), env.settings.file_max_mib)?;
        let challenges = Challenges::new(env.clone(), Arc::clone(&provider));
        Ok(Arc::new(Self { env, db, provider, replica, audit, instance, records, challenges, files, outbox: Outbox::new() }))
    }

    /// The routes of signing in, of the pages and the API, and of the published documents.
    pub fn routes(self: &Arc<Self>) -> Router {
        let me = || Arc::clone(self);
        auth::http::routes(me())
            .merge(pages::http::routes(me()))
            .merge(pages::sharing::http::routes(me()))
            .merge(api::http::routes(me()))
            .merge(files::http::routes(me()))
            .merge(pending::http::routes(me()))
            .merge(access::http::routes(me()))
    }

    /// The day that it is in the organisation's zone.
    pub fn today(&self, now: Timestamp) -> Date {
        now.to_jiff().to_zoned(self.env.settings.zone()).date()
    }

    /// Why a person sees a record, or why not, for the command line; `None` where there is no such record or nobody of that
    /// subject.
    pub async fn why(&self, module: &str, record: &str, sub: &str) -> Result<Option<Why>, DbError> {
        let Ok(module) = FieldKey::try_from(module) else { return Ok(None) };
        let now = self.env.now();
        let mut snapshot = self.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let Some(facts) = replica::facts(&mut tx, Named { sub, sid: "", issue: "", client_id: "", kid: "" }).await? else {
            return Ok(None);
        };
        let viewer = facts.viewer(sub, Some(Assurance::PasswordMail), now, self.today(now));
        let access = self.records.access(&mut tx, &viewer).await?;
        explain(&mut tx, &access, &module, record).await
    }

    /// The worker of what is to happen outside the database. [`Crm::spawn`] runs one; tests run their own by hand.
    pub fn worker(self: &Arc<Self>) -> Worker {
        let worker =
            Worker::new(self.db.clone(), Arc::clone(&self.env.clock), Arc::clone(&self.env.entropy), self.outbox.clone());
        // With ten minutes between tries at the most: weeks of a provider that is away.
        access::push::handlers(self, pending::jobs::handlers(self, worker.attempts(5_000)))
    }

    /// Follows the access log, by its stream and each second by itself, takes up pending changes, runs the worker and sweeps what has expired, until
    /// `stop`.
    pub fn spawn(self: &Arc<Self>, stop: CancellationToken) -> tokio::task::JoinHandle<()> {
        let me = Arc::clone(self);
        tokio::spawn(async move {
            let worker = tokio::spawn(Arc::new(me.worker()).run(stop.clone()));
            let sweeping = tokio::spawn(pending::sweep::every_second(Arc::clone(&me), stop.clone()));
            let waking = tokio::spawn(Arc::clone(&me.replica).wake(stop.clone()));
            let telling = tokio::spawn(access::push::keep(Arc::clone(&me), stop.clone()));
            let keeping = tokio::spawn(Arc::clone(&me.replica).keep(stop.clone()));
            let mut ticks = tokio::time::interval(POLL);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            let mut left = 0;
            loop {
                tokio::select! {
                    () = stop.cancelled() => break,
                    _ = ticks.tick() => {}
                }
                // A failure is logged where it is known what changed.
                let _ = me.replica.poll_now().await;
                me.audit.keep_up().await;
                if left == 0 {
                    left = SWEEP;
                    if let Err(error) = auth::store::sweep(&me.db, me.env.now()).await {
                        tracing::warn!(%error, "sweeping expired sign-ins");
                    }
                    if let Err(error) = records::idempotency::sweep(&me.db, me.env.now()).await {
                        tracing::warn!(%error, "sweeping answers that were kept");
                    }
                    if let Err(error) = files::flow::sweep(&me).await {
                        tracing::warn!(%error, "sweeping files that no record holds");
                    }
                }
                left -= 1;
            }
            let _ = tokio::join!(worker, sweeping, waking, keeping, telling);
        })
    }
}
