//! Puts a running program together: both halves or one, their listeners and workers. The only file that names both
//! halves; what crosses between them goes over HTTP, also here.

mod access;
mod admin;
mod applications;
mod audit;
mod coming;
mod commands;
mod factors;
mod federation;
mod keys;
mod papers;
mod policies;
mod samples;
mod told;

pub use access::{Gift, give_grant, list_grants, new_epoch, rebuild_replica, take_grant};
pub use admin::{Administration, PersonWish};
pub use applications::Applications;
pub use audit::{ExportWish, export_audit, head_of_audit, verify_audit};
pub use commands::{apply_file, authenticator_code, build_filter, check_receipts, receipt_keys, why};
pub use factors::{list_factors, remove_factor};
pub use keys::{list_keys, rotate_keys, withdraw_key};
pub use policies::PolicyWish;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum_server::Handle;
use secrecy::SecretString;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Settings;
use crate::crm::Crm;
use crate::dev::Capture;
use crate::idp::{Idp, oidc};
use crate::kernel::Env;
use crate::kernel::clock::{Clock, SystemClock};
use crate::kernel::db::{Db, DbError};
use crate::kernel::delivery::{Delivery, DeliverySettings, MailSettings, Security, SetupError, SmsSettings};
use crate::kernel::entropy::{Entropy, SystemEntropy};
use crate::kernel::http::connection::Bounds;
use crate::kernel::http::documents::Answers;
use crate::kernel::http::server::{self, Certificate, ServerError};
use crate::kernel::http::shell::Shell;
use crate::kernel::http::{Context, Problem};
use crate::kernel::metrics::Metrics;
use crate::kernel::pages::{self, ErrorPage, PartsPage, TextError, Texts};
use crate::kernel::private;
use crate::kernel::root::{RootError, RootKey};

/// How often expired rows are forgotten.
const SWEEP: Duration = Duration::from_secs(3600);
/// How often it is looked whether another node or a command changed the signing keys.
const KEYS: Duration = Duration::from_secs(5);
/// How often new entries of the audit log are chained.
const CHAIN: Duration = Duration::from_secs(1);
/// How long requests in hand may take when the program is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Which halves a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halves {
    /// Both.
    Both,
    /// The provider.
    Idp,
    /// The record store.
    Crm,
}

/// Why the program could not start.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The provider.
    #[error(transparent)]
    Idp(#[from] crate::idp::StartError),
    /// The record store.
    #[error("the record store: {0}")]
    Crm(#[from] crate::crm::OpenError),
    /// A listener, a certificate or the client.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
    /// Texts.
    #[error("the texts: {0}")]
    Texts(#[from] TextError),
    /// Mail or SMS settings.
    #[error("mail and messages: {0}")]
    Delivery(#[from] SetupError),
    /// A folder or socket.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    /// Something that was given can't be used; the text says what to do.
    #[error("{0}")]
    Setting(String),
}

/// Time and chance, which tests replace.
#[derive(Clone)]
pub struct Sources {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
}

impl Default for Sources {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy) }
    }
}

/// Makes what every part is handed, reading or making the root key.
pub fn environment(settings: Settings, sources: &Sources) -> Result<(Env, Option<Certificate>), AppError> {
    private::folder(&settings.data).map_err(|e| AppError::Io(settings.data.display().to_string(), e))?;
    let root = match &settings.root_key {
        Some(key) => RootKey::from_base64(key)?,
        None => RootKey::load_or_create(&settings.keys, sources.entropy.as_ref())?,
    };
    let certificate = Certificate::from_settings(&settings, sources.entropy.as_ref())?;
    let http = server::client(&settings, certificate.as_ref())?;
    let env = Env {
        clock: Arc::clone(&sources.clock),
        entropy: Arc::clone(&sources.entropy),
        root: Arc::new(root),
        settings: Arc::new(settings),
        http,
        texts: Texts::load()?,
    };
    Ok((env, certificate))
}

/// Mail and messages as the settings say, or into `capture`.
pub fn delivery(env: &Env, capture: Option<&Capture>) -> Result<Delivery, AppError> {
    let s = &env.settings;
    let settings = match capture {
        Some(c) => c.settings().map_err(|e| AppError::Setting(e.to_string()))?,
        None => DeliverySettings {
            mail: s.smtp_host.clone().map(|host| MailSettings {
                host,
                port: s.smtp_port,
                security: match s.smtp_security.as_str() {
                    "none" => Security::None,
                    "tls" => Security::Tls,
                    _ => Security::StartTls,
                },
                username: s.smtp_username.clone(),
                password: s.smtp_password.clone(),
                from: s.mail_from.clone(),
                extra_ca: s.smtp_ca.clone(),
            }),
            sms: match &s.sms_url {
                None => None,
                Some(url) => Some(SmsSettings {
                    url: url.parse().map_err(|e| AppError::Setting(format!("sms_url: {e}")))?,
                    token: s.sms_token.clone().unwrap_or_else(|| SecretString::from("")),
                    from: s.sms_from.clone(),
                    body: s.sms_body.clone(),
                }),
            },
        },
    };
    Ok(Delivery::new(&settings, Arc::clone(&env.clock), Arc::clone(&env.entropy))?)
}

/// Where the halves listen.
pub struct Listeners {
    /// The provider.
    pub idp: Option<TcpListener>,
    /// The record store.
    pub crm: Option<TcpListener>,
}

impl Listeners {
    /// Takes the addresses of the settings.
    pub fn bind(settings: &Settings, halves: Halves) -> Result<Self, ServerError> {
        let take = |wanted: bool, addr: SocketAddr| if wanted { server::bind(addr).map(Some) } else { Ok(None) };
        Ok(Self {
            idp: take(halves != Halves::Crm, settings.idp_listen)?,
            crm: take(halves != Halves::Idp, settings.crm_listen)?,
        })
    }
}

/// The program, running.
pub struct App {
    /// The provider.
    pub idp: Option<Arc<Idp>>,
    /// The record store.
    pub crm: Option<Arc<Crm>>,
    /// What was sent, in capture mode.
    pub capture: Option<Capture>,
    stop: CancellationToken,
    handle: Handle<SocketAddr>,
    tasks: Vec<JoinHandle<()>>,
}

/// What a process is to run.
pub struct Start {
    /// What every part is handed.
    pub env: Env,
    /// For TLS.
    pub certificate: Option<Certificate>,
    /// Where to listen; a half without a listener isn't started.
    pub listeners: Listeners,
    /// Whether workers run by themselves. Tests run them by hand.
    pub workers: bool,
}

impl App {
    /// Starts what `start` says.
    pub async fn start(start: Start) -> Result<Self, AppError> {
        let Start { env, certificate, listeners, workers } = start;
        let capture = match env.settings.capture {
            true => Some(
                Capture::start(Arc::clone(&env.clock), env.entropy.as_ref())
                    .await
                    .map_err(|e| AppError::Io("the mail sink".into(), e))?,
            ),
            false => None,
        };
        let bounds = Bounds::of(env.settings.connections);
        let metrics = env.settings.metrics_listen.map(|at| (at, Arc::new(Metrics::default())));
        let measure = |half| metrics.as_ref().map(|(_, m)| m.of_half(half));
        let (stop, handle) = (CancellationToken::new(), Handle::new());
        let mut app = Self { idp: None, crm: None, capture, stop, handle, tasks: Vec::new() };
        if let Some(listener) = listeners.idp {
            let idp = Idp::open(env.clone(), delivery(&env, app.capture.as_ref())?).await?;
            let mut routes = idp.routes();
            if let Some(c) = &app.capture {
                routes = routes.merge(c.router()).merge(parts(&env));
            }
            let routes = common(routes, &env, env.settings.idp_url.is_https(), &idp.db);
            let shell = Shell::new(env.clone(), env.settings.idp_url.is_https(), None).measured(measure("idp"));
            app.serve(listener, shell.around(routes, oidc::http::documents(&idp)), certificate.clone(), bounds);
            if workers {
                app.idp_workers(&idp);
            }
            if let Some((_, metrics)) = &metrics {
                watch(metrics, &idp);
            }
            app.idp = Some(idp);
        }
        if let Some(listener) = listeners.crm {
            let crm = Crm::open(env.clone()).await?;
            let routes = common(crm.routes(), &env, env.settings.crm_url.is_https(), &crm.db);
            let form_action = format!("'self' {}", env.settings.idp_url.as_str());
            let shell = Shell::new(env.clone(), env.settings.crm_url.is_https(), Some(&form_action))
                .uploads(crate::crm::UPLOADS)
                .measured(measure("crm"));
            app.serve(listener, shell.around(routes, Vec::new()), certificate, bounds);
            if workers {
                app.tasks.push(crm.spawn(app.stop.clone()));
            }
            app.crm = Some(crm);
        }
        if let Some((at, metrics)) = metrics {
            app.serve(server::bind(at)?, metrics.router(), None, bounds);
        }
        Ok(app)
    }

    fn serve(&mut self, listener: TcpListener, answers: impl Into<Answers>, certificate: Option<Certificate>, bounds: Bounds) {
        let (answers, handle) = (answers.into(), self.handle.clone());
        self.tasks.push(tokio::spawn(async move {
            if let Err(e) = server::serve(listener, answers, certificate, bounds, handle).await {
                tracing::error!(error = %e, "a listener ended");
            }
        }));
    }

    fn idp_workers(&mut self, idp: &Arc<Idp>) {
        let (worker, stop) = (Arc::new(idp.worker()), self.stop.clone());
        self.tasks.push(tokio::spawn(async move { worker.run(stop).await }));
        let (keyring, stop) = (Arc::clone(&idp.keyring), self.stop.clone());
        self.tasks.push(tokio::spawn(async move {
            while tokio::time::timeout(KEYS, stop.cancelled()).await.is_err() {
                if let Err(error) = keyring.look().await {
                    tracing::warn!(%error, "looking for changes of the signing keys");
                }
            }
        }));
        let (log, stop) = (idp.audit.clone(), self.stop.clone());
        self.tasks.push(tokio::spawn(async move {
            while tokio::time::timeout(CHAIN, stop.cancelled()).await.is_err() {
                log.keep_up().await;
            }
        }));
        let (idp, stop) = (Arc::clone(idp), self.stop.clone());
        self.tasks.push(tokio::spawn(async move {
            // At the start too: after a long stop keys may be old.
            if let Err(error) = crate::idp::keyring::flow::by_age(&idp.keyring).await {
                tracing::error!(%error, "making the next signing keys");
            }
            while tokio::time::timeout(SWEEP, stop.cancelled()).await.is_err() {
                if let Err(error) = crate::idp::sweep::run(&idp).await {
                    tracing::warn!(%error, "sweeping what has expired");
                }
                if let Err(error) = crate::idp::keyring::flow::by_age(&idp.keyring).await {
                    tracing::error!(%error, "making the next signing keys");
                }
                match idp.audit.head().await {
                    // In the log too, which is kept elsewhere: what was noted can be held against the database later.
                    Ok(head) => tracing::info!(%head, "the audit log ends here"),
                    Err(error) => tracing::error!(%error, "the audit log"),
                }
                if let Err(error) = crate::idp::receipts::checkpoint::run(&idp).await {
                    tracing::warn!(%error, "making a checkpoint of the receipts");
                }
            }
        }));
    }

    /// Finishes requests and jobs in hand, then closes the databases.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Some(idp) = &self.idp {
            idp.log.close();
        }
        self.handle.graceful_shutdown(Some(GRACE));
        for task in self.tasks {
            let _ = task.await;
        }
        for db in self.idp.iter().map(|i| &i.db).chain(self.crm.iter().map(|c| &c.db)) {
            db.close().await;
        }
    }
}

/// What the provider counts besides requests.
fn watch(metrics: &Arc<Metrics>, idp: &Arc<Idp>) {
    type Read = fn((u64, u64, u64)) -> u64;
    let gauges: [(&str, &str, Read); 3] = [
        ("password_places_taken", "Passwords that are hashed or wait for it", |(taken, _, _)| taken),
        ("password_places", "How many there may be; who comes then is answered 503", |(_, most, _)| most),
        ("password_refusals", "How often there was no place, since the start", |(_, _, refused)| refused),
    ];
    for (name, help, read) in gauges {
        let idp = Arc::downgrade(idp);
        metrics.watch(name, help, move || idp.upgrade().map_or(0, |idp| read(idp.hasher.load())));
    }
}

/// What every half has besides its own routes.
fn common(routes: Router, env: &Env, https: bool, db: &Db) -> Router {
    let about = Router::new().route("/livez", get(|| async { "ok" })).route("/readyz", get(ready)).with_state(db.clone());
    let fallback = Router::new().fallback(not_found).with_state(env.clone());
    routes
        .merge(about)
        .merge(pages::assets())
        .merge(pages::switches(https))
        .route("/favicon.ico", get(|| async { Redirect::permanent("/assets/favicon.svg") }))
        .merge(fallback)
}

async fn ready(State(db): State<Db>) -> Response {
    match db.ping().await {
        Ok(()) => "ok".into_response(),
        Err(e @ (DbError::Engine(_) | DbError::Lite(_))) => {
            tracing::warn!(error = %e, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer").into_response()
        }
        Err(e) => Problem::from(e).into_response(),
    }
}

/// Nothing here: a page for people, problem details for programs.
async fn not_found(State(env): State<Env>, context: Context, headers: HeaderMap) -> Response {
    let wants_page = headers.get("accept").and_then(|v| v.to_str().ok()).is_some_and(|a| a.contains("text/html"));
    if wants_page {
        return pages::html(StatusCode::NOT_FOUND, &ErrorPage::new(env.view(&headers, "/"), "not-found", &context.request_id));
    }
    Problem::new(crate::kernel::http::Code::NotFound).into_response()
}

/// Every part of the pages in every state, for whoever makes pages.
fn parts(env: &Env) -> Router {
    async fn show(State(env): State<Env>, headers: HeaderMap) -> Response {
        pages::html(StatusCode::OK, &PartsPage::new(env.view(&headers, "/dev/parts")))
    }
    Router::new().route("/dev/parts", get(show)).with_state(env.clone())
}

/// The description of the provider's API (OpenAPI 3.1), as docs/api has it.
pub fn provider_openapi() -> String {
    crate::idp::api_doc::document().unwrap_or_default()
}

/// The description of the record store's API (OpenAPI 3.1), as docs/api has it.
pub fn openapi() -> String {
    crate::crm::api::document().unwrap_or_default()
}
