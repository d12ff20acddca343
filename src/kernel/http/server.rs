//! Listeners: plain or TLS by rustls, with a graceful end. Also the client for calls between the halves.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tower::ServiceExt;

use super::any_client::AnyClient;
use super::connection::{Bounds, Gate, Patience, Showing};
use super::documents::Answers;
use super::renewal;
use crate::config::Settings;
use crate::kernel::entropy::Entropy;
use crate::kernel::private;

/// Bytes of a request's line and headers at most, in HTTP/1; in HTTP/2 the library allows 16 KiB.
const HEAD: usize = 32 * 1024;
/// Requests at once on one connection of HTTP/2.
const STREAMS: u32 = 100;

/// Why a listener or client could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address is taken or not ours.
    #[error("listening on {0}: {1}")]
    Bind(SocketAddr, std::io::Error),
    /// A certificate or key can't be used.
    #[error("the certificate: {0}")]
    Certificate(String),
    /// The client for outgoing calls.
    #[error("the HTTP client: {0}")]
    Client(#[from] reqwest::Error),
    /// The server failed while running.
    #[error("serving: {0}")]
    Serve(std::io::Error),
}

/// What makes TLS: the chain and its key, and whose certificates clients are asked for; PEM.
#[derive(Clone)]
pub struct Certificate {
    chain: Vec<u8>,
    key: Arc<zeroize::Zeroizing<Vec<u8>>>,
    clients: Clients,
    files: Files,
    /// How often the files are looked at again.
    every: Duration,
}

/// Whose certificates clients are asked for.
#[derive(Clone, PartialEq, Eq)]
enum Clients {
    Nobody,
    Any,
    Of(Vec<u8>),
}

/// Where a certificate comes from, as far as that may be renewed.
#[derive(Clone, Default)]
struct Files {
    chain: Option<PathBuf>,
    key: Option<PathBuf>,
    clients: Option<PathBuf>,
}

impl Certificate {
    /// As the settings say: files, a development certificate kept in the data folder, or none.
    pub fn from_settings(settings: &Settings, entropy: &dyn Entropy) -> Result<Option<Self>, ServerError> {
        let (clients, file) = match &settings.tls_client_ca {
            _ if settings.tls_client_any => (Clients::Any, None),
            Some(path) => (Clients::Of(read(path)?), Some(path.clone())),
            None => (Clients::Nobody, None),
        };
        let files = Files { chain: settings.tls_cert.clone(), key: settings.tls_key.clone(), clients: file };
        let every = renewal::EVERY;
        if let (Some(cert), Some(key)) = (&settings.tls_cert, &settings.tls_key) {
            return Ok(Some(Self { chain: read(cert)?, key: Arc::new(read(key)?.into()), clients, files, every }));
        }
        if !settings.dev_tls {
            return Ok(None);
        }
        let (chain, key) = development(&settings.data, entropy)?;
        let (chain, key) = (chain.into_bytes(), Arc::new(key.into_bytes().into()));
        Ok(Some(Self { chain, key, clients, files, every }))
    }

    /// The same from its files as they are now; nothing when they say what they said.
    pub(super) fn again(&self) -> Result<Option<Self>, ServerError> {
        let mut new = self.clone();
        if let Some(path) = &self.files.chain {
            new.chain = read(path)?;
        }
        if let Some(path) = &self.files.key {
            new.key = Arc::new(read(path)?.into());
        }
        if let Some(path) = &self.files.clients {
            new.clients = Clients::Of(read(path)?);
        }
        let same = new.chain == self.chain && new.key == self.key && new.clients == self.clients;
        Ok((!same).then_some(new))
    }

    pub(super) fn config(&self) -> Result<ServerConfig, ServerError> {
        let chain = CertificateDer::pem_slice_iter(&self.chain).collect::<Result<Vec<_>, _>>().map_err(|e| unusable(&e))?;
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|e| unusable(&e))?;
        let asked = match &self.clients {
            Clients::Nobody => ServerConfig::builder().with_no_client_auth(),
            Clients::Any => ServerConfig::builder().with_client_cert_verifier(Arc::new(AnyClient::new())),
            Clients::Of(pem) => {
                let mut roots = RootCertStore::empty();
                for authority in CertificateDer::pem_slice_iter(pem) {
                    roots.add(authority.map_err(|e| unusable(&e))?).map_err(|e| unusable(&e))?;
                }
                let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).allow_unauthenticated();
                ServerConfig::builder().with_client_cert_verifier(verifier.build().map_err(|e| unusable(&e))?)
            }
        };
        let mut config = asked.with_single_cert(chain, key).map_err(|e| unusable(&e))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, ServerError> {
    std::fs::read(path).map_err(|e| unusable(&format!("{}: {e}", path.display())))
}

fn unusable(why: &dyn std::fmt::Display) -> ServerError {
    ServerError::Certificate(why.to_string())
}

/// The development certificate and its key, which two processes that start at once share.
fn development(data: &Path, entropy: &dyn Entropy) -> Result<(String, String), ServerError> {
    let file = |name: &str, new: String| {
        let path = data.join(name);
        private::first(&path, entropy, || new).map_err(|e| unusable(&format!("{}: {e}", path.display())))
    };
    let made = rcgen::KeyPair::generate().map_err(|e| unusable(&e))?;
    let key = file("dev-key.pem", made.serialize_pem())?;
    let pair = rcgen::KeyPair::from_pem(&key).map_err(|e| unusable(&e))?;
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let signed = rcgen::CertificateParams::new(names).and_then(|c| c.self_signed(&pair)).map_err(|e| unusable(&e))?;
    Ok((file("dev-cert.pem", signed.pem())?, key))
}

/// The client for calls to the other half and to applications: bounded, no redirects, trusting the configured extra
/// authority (or the development certificate) besides the usual ones.
pub fn client(settings: &Settings, certificate: Option<&Certificate>) -> Result<reqwest::Client, ServerError> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(5))
        .connect_timeout(Duration::from_secs(2))
        // Shorter than a server keeps it (`connection::Bounds`), so that no call is sent into a closing one.
        .pool_idle_timeout(Duration::from_secs(60))
        .user_agent(concat!("zegel/", env!("CARGO_PKG_VERSION")))
        .no_proxy();
    let mut roots = Vec::new();
    if let Some(path) = &settings.extra_ca {
        roots.push(std::fs::read(path).map_err(|e| ServerError::Certificate(format!("{}: {e}", path.display())))?);
    }
    if let (true, Some(c)) = (settings.dev_tls, certificate) {
        roots.push(c.chain.clone());
    }
    for pem in roots {
        for root in reqwest::Certificate::from_pem_bundle(&pem)? {
            builder = builder.add_root_certificate(root);
        }
    }
    Ok(builder.build()?)
}

/// Takes an address before anything else is started, so that a taken port is the first thing said.
pub fn bind(addr: SocketAddr) -> Result<TcpListener, ServerError> {
    TcpListener::bind(addr).and_then(|l| l.set_nonblocking(true).map(|()| l)).map_err(|e| ServerError::Bind(addr, e))
}

/// Answers on `listener` until `handle` is told to stop; requests in hand are finished.
pub async fn serve(
    listener: TcpListener,
    answers: impl Into<Answers>,
    certificate: Option<Certificate>,
    bounds: Bounds,
    handle: Handle<SocketAddr>,
) -> Result<(), ServerError> {
    let Answers { routes, documents } = answers.into();
    let service = routes.into_make_service_with_connect_info::<SocketAddr>();
    let service = ServiceExt::<SocketAddr>::map_response(service, move |routes| documents.clone().before(routes));
    let server = axum_server::from_tcp(listener).map_err(ServerError::Serve)?.handle(handle);
    let gate = Gate::new(bounds);
    let served = match certificate {
        None => bounded(server.acceptor(Patience(gate, bounds.patience)), bounds).serve(service).await,
        Some(c) => {
            let config = RustlsConfig::from_config(Arc::new(c.config()?));
            let every = c.every;
            let renewing = tokio::spawn(renewal::follow(config.clone(), c, every));
            let tls = Showing(RustlsAcceptor::new(config).handshake_timeout(bounds.patience).acceptor(gate));
            let served = bounded(server.acceptor(Patience(tls, bounds.patience)), bounds).serve(service).await;
            renewing.abort();
            served
        }
    };
    served.map_err(ServerError::Serve)
}

/// Nobody holds a connection by saying his headers slowly, nor memory by saying many.
fn bounded<A>(mut server: Server<SocketAddr, A>, bounds: Bounds) -> Server<SocketAddr, A> {
    let http = server.http_builder();
    http.http1().timer(TokioTimer::new()).header_read_timeout(bounds.idle).max_buf_size(HEAD);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(bounds.patience)
        .keep_alive_timeout(bounds.patience)
        .max_concurrent_streams(STREAMS);
    server
}

#[cfg(test)]
mod tests;
