//! The provider: people, sign-in, applications, tokens, the access log. Knows nothing of records; the record store is
//! an application among others, named once in [`own`].

pub mod account;
pub mod address;
pub mod admin;
pub mod admission;
pub mod api_doc;
pub mod apply;
pub mod audit;
pub mod authzen;
pub mod bearer;
pub mod challenges;
pub mod clients;
pub mod consent;
pub mod credentials;
pub mod devices;
pub mod factors;
pub mod federation;
pub mod feed;
pub mod grants;
pub mod invitations;
pub mod keyring;
pub mod lifecycle;
pub mod links;
mod memory;
pub mod notices;
pub mod oidc;
pub mod own;
pub mod people;
pub mod policy;
pub mod receipts;
pub mod recovery;
pub mod registration;
pub mod relations;
pub mod scim;
pub mod sessions;
pub mod setup;
pub mod signin;
pub mod sweep;
#[cfg(test)]
pub mod testing;
pub mod tiles;
pub mod welcome;

use std::sync::Arc;

use axum::Router;

use crate::kernel::Env;
use crate::kernel::audit::{AuditError, Log as AuditLog};
use crate::kernel::db::{Db, DbError, Half};
use crate::kernel::delivery::Delivery;
use crate::kernel::http::fetch::Fetch;
use crate::kernel::http::server::ServerError;
use crate::kernel::http::shell::same_site_only;
use crate::kernel::instance;
use crate::kernel::outbox::{Outbox, Worker};
use credentials::census::Census;
use credentials::{Hasher, HasherError};
use keyring::{Keyring, KeyringError};

/// The provider, running.
pub struct Idp {
    /// Settings and the sources of time, chance and keys.
    pub env: Env,
    /// Its database.
    pub db: Db,
    /// Its signing keys.
    pub keyring: Arc<Keyring>,
    /// Password hashing.
    pub hasher: Hasher,
    /// How passwords are kept.
    pub census: Census,
    /// Mail and messages.
    pub delivery: Delivery,
    /// What is to be sent.
    pub outbox: Outbox,
    /// What was done, as a chain.
    pub audit: AuditLog,
    /// The live side of the access log.
    pub log: feed::watch::Watch,
    /// Finds clients for requests.
    pub lookup: clients::lookup::Lookup,
    /// Access tokens whose signatures were checked a moment ago.
    pub checked: oidc::checked::Checked,
    /// What issues rest on, by their ids, as it was read a moment ago.
    grounds: Arc<oidc::grounds::Known>,
    /// What is known of people, by their ids, likewise.
    about: memory::Memory<memory::Ground, String, Arc<oidc::userinfo::About>>,
    /// Asks addresses that applications have registered.
    pub fetch: Fetch,
    /// Applications' published keys.
    pub client_keys: clients::keys::ClientKeys,
    /// Who signs the certificates of applications, PEM.
    pub client_authorities: Vec<u8>,
    /// The ceremonies of passkeys.
    pub passkeys: factors::ceremony::Passkeys,
    /// What other providers publish.
    pub upstreams: federation::Known,
    /// The installation's id.
    pub instance: String,
}

/// Why the provider could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its database.
    #[error("the provider's database: {0}")]
    Db(#[from] DbError),
    /// Its keys.
    #[error("the provider's keys: {0}")]
    Keys(#[from] KeyringError),
    /// Its audit log.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// Its hashing.
    #[error(transparent)]
    Hasher(#[from] HasherError),
    /// Its client for other people's addresses.
    #[error(transparent)]
    Client(#[from] ServerError),
    /// Its passkeys.
    #[error(transparent)]
    Passkeys(#[from] factors::ceremony::SetupError),
}

/// People that were made before they were indexed.
async fn index_people(db: &Db) -> Result<(), DbError> {
    loop {
        let done = db.write((), |(), mut tx| {
            Box::pin(async move {
                let some = people::store::not_indexed(&mut tx, 500).await?;
                for id in &some {
                    people::store::index(&mut tx, id).await?;
                }
                Ok::<_, DbError>(some.len())
            })
        });
        if done.await? == 0 {
            return Ok(());
        }
    }
}

impl Idp {
    /// Opens the database, makes what the first start needs, and registers the record store.
    pub async fn open(env: Env, delivery: Delivery) -> Result<Arc<Self>, StartError> {
        let db = Db::open_with(&env.settings.idp_database(), Half::Idp, env.settings.database_connections).await?;
        let instance = instance::open(&db, &env).await?;
        db.write(instance.clone(), |epoch, mut tx| Box::pin(async move { feed::store::begin(&mut tx, epoch).await })).await?;
        let audit = AuditLog::open(&db, &env, audit::whose).await?;
        let keyring = Arc::new(Keyring::open(&db, &env).await?);
        let hasher = Hasher::new(&env)?;
        let passkeys = factors::ceremony::Passkeys::new(&env.settings)?;
        own::register(&db, &env).await?;
        index_people(&db).await?;
        let lookup = clients::lookup::Lookup::start(db.clone(), Arc::clone(&keyring));
        let fetch = Fetch::new(&env.settings, env.http.clone())?;
        let (outbox, client_keys) = (Outbox::new(), clients::keys::ClientKeys::default());
        let log = feed::watch::Watch::new(db.clone());
        let census = Census::default();
        let upstreams = federation::Known::default();
        let client_authorities = match &env.settings.tls_client_ca {
            None => Vec::new(),
            Some(path) => std::fs::read(path).map_err(|e| ServerError::Certificate(format!("{}: {e}", path.display())))?,
        };
        Ok(Arc::new(Self {
            env,
            db,
            keyring,
            hasher,
            census,
            delivery,
            outbox,
            audit,
            log,
            lookup,
            checked: oidc::checked::Checked::default(),
            grounds: Arc::default(),
            about: memory::Memory::default(),
            fetch,
            client_keys,
            client_authorities,
            passkeys,
            upstreams,
            instance,
        }))
    }

    /// The issuer: the provider's address, exactly as in every token.
    pub fn issuer(&self) -> &str {
        self.env.settings.idp_url.as_str()
    }

    /// Whether a certificate that a client shows can reach this half.
    pub fn takes_certificates(&self) -> bool {
        let s = &self.env.settings;
        s.tls_client_any || s.tls_client_ca.is_some() || !s.client_cert_header.is_empty()
    }

    /// The worker that sends what is in the outbox.
    pub fn worker(self: &Arc<Self>) -> Worker {
        let worker =
            Worker::new(self.db.clone(), Arc::clone(&self.env.clock), Arc::clone(&self.env.entropy), self.outbox.clone());
        let [code, link, challenge, invitation, phone] = std::array::from_fn(|_| Arc::clone(self));
        let [notice, alarm, address, begin, asked, decided, sms, invite, register] = std::array::from_fn(|_| Arc::clone(self));
        self.telling_applications(worker)
            .handle(signin::flow::SEND_CODE, move |job| {
                let idp = Arc::clone(&code);
                async move { signin::send::run(&idp, &job).await }
            })
            .handle(links::SEND, move |job| {
                let idp = Arc::clone(&link);
                async move { links::send(&idp, &job).await }
            })
            .handle(challenges::SEND, move |job| {
                let idp = Arc::clone(&challenge);
                async move { challenges::send::run(&idp, &job).await }
            })
            .handle(invitations::SEND, move |job| {
                let idp = Arc::clone(&invitation);
                async move { invitations::send(&idp, &job).await }
            })
            .handle(factors::flow::phone::SEND, move |job| {
                let idp = Arc::clone(&phone);
                async move { factors::flow::phone::send(&idp, &job).await }
            })
            .handle(notices::send::SEND, move |job| {
                let idp = Arc::clone(&notice);
                async move { notices::send::send(&idp, &job).await }
            })
            .handle(notices::send::TELL, move |job| {
                let idp = Arc::clone(&alarm);
                async move { notices::send::tell(&idp, &job).await }
            })
            .handle(address::SEND, move |job| {
                let idp = Arc::clone(&address);
                async move { address::send(&idp, &job).await }
            })
            .handle(recovery::send::BEGIN, move |job| {
                let idp = Arc::clone(&begin);
                async move { recovery::send::begin(&idp, &job).await }
            })
            .handle(recovery::send::ASKED, move |job| {
                let idp = Arc::clone(&asked);
                async move { recovery::send::asked(&idp, &job).await }
            })
            .handle(recovery::send::DECIDED, move |job| {
                let idp = Arc::clone(&decided);
                async move { recovery::send::decided(&idp, &job).await }
            })
            .handle(recovery::send::SMS, move |job| {
                let idp = Arc::clone(&sms);
                async move { recovery::send::sms(&idp, &job).await }
            })
            .handle(welcome::send::SEND, move |job| {
                let idp = Arc::clone(&invite);
                async move { welcome::send::send(&idp, &job).await }
            })
            .handle(welcome::send::REGISTER, move |job| {
                let idp = Arc::clone(&register);
                async move { welcome::send::register(&idp, &job).await }
            })
    }

    /// The part of its work that asks applications, or is about what they asked for.
    fn telling_applications(self: &Arc<Self>, worker: Worker) -> Worker {
        let [logout, logo, ask, ping] = std::array::from_fn(|_| Arc::clone(self));
        worker
            .handle(oidc::backchannel::SEND, move |job| {
                let idp = Arc::clone(&logout);
                async move { oidc::backchannel::run(&idp, &job).await }
            })
            .handle(clients::logos::FETCH, move |job| {
                let idp = Arc::clone(&logo);
                async move { clients::logos::run(&idp, &job).await }
            })
            .handle(oidc::ciba::send::ASK, move |job| {
                let idp = Arc::clone(&ask);
                async move { oidc::ciba::send::ask(&idp, &job).await }
            })
            .handle(oidc::ciba::send::PING, move |job| {
                let idp = Arc::clone(&ping);
                async move { oidc::ciba::send::ping(&idp, &job).await }
            })
    }

    /// Every route of the provider, but for those that every half has.
    pub fn routes(self: &Arc<Self>) -> Router {
        let pages = signin::http::routes()
            .merge(oidc::http::same_site())
            .merge(account::http::routes())
            .merge(account::area::routes())
            .merge(account::details::routes())
            .merge(account::password::routes())
            .merge(address::http::routes())
            .merge(notices::http::routes())
            .merge(recovery::http::routes())
            .merge(welcome::http::routes())
            .merge(links::http::routes())
            .merge(factors::http::routes())
            .merge(credentials::http::routes())
            .merge(policy::http::routes())
            .merge(setup::http::routes())
            .merge(consent::http::routes())
            .merge(clients::logos::routes())
            .merge(tiles::http::routes())
            .merge(invitations::pages::routes())
            .merge(federation::http::routes())
            .merge(receipts::http::routes())
            .merge(admin::http::routes());
        let access =
            relations::http::routes().merge(grants::http::routes()).merge(invitations::http::routes()).merge(tiles::http::api());
        let back = oidc::http::back()
            .merge(signin::http::api())
            .merge(registration::http::routes())
            .merge(feed::http::routes())
            .merge(authzen::http::routes())
            .merge(challenges::http::routes())
            .merge(receipts::http::api())
            .merge(factors::http::api::routes())
            .merge(account::api::routes())
            .merge(scim::http::routes())
            .merge(access)
            .merge(admin::http::api())
            .merge(api_doc::routes());
        Router::new().merge(same_site_only(pages)).merge(oidc::http::front()).merge(back).with_state(Arc::clone(self))
    }
}
