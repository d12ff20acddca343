//! Listeners: plain or TLS by rustls, with a graceful end. Also the client for calls between the halves.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;

use crate::config::Settings;

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

/// What makes TLS: the chain and its key, PEM.
#[derive(Clone)]
pub struct Certificate {
    chain: Vec<u8>,
    key: Arc<zeroize::Zeroizing<Vec<u8>>>,
}

impl Certificate {
    /// As the settings say: files, a development certificate kept in the data folder, or none.
    pub fn from_settings(settings: &Settings) -> Result<Option<Self>, ServerError> {
        let read = |p: &std::path::Path| std::fs::read(p).map_err(|e| ServerError::Certificate(format!("{}: {e}", p.display())));
        if let (Some(cert), Some(key)) = (&settings.tls_cert, &settings.tls_key) {
            return Ok(Some(Self { chain: read(cert)?, key: Arc::new(read(key)?.into()) }));
        }
        if !settings.dev_tls {
            return Ok(None);
        }
        let (cert, key) = (settings.data.join("dev-cert.pem"), settings.data.join("dev-key.pem"));
        if !cert.exists() || !key.exists() {
            let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
            let made = rcgen::generate_simple_self_signed(names).map_err(|e| ServerError::Certificate(e.to_string()))?;
            let write = |p: &std::path::Path, t: String| {
                std::fs::create_dir_all(&settings.data)
                    .and_then(|()| std::fs::write(p, t))
                    .map_err(|e| ServerError::Certificate(format!("{}: {e}", p.display())))
            };
            write(&key, made.signing_key.serialize_pem())?;
            write(&cert, made.cert.pem())?;
        }
        Ok(Some(Self { chain: read(&cert)?, key: Arc::new(read(&key)?.into()) }))
    }
}

/// The client for calls to the other half and to applications: bounded, no redirects, trusting the configured extra
/// authority (or the development certificate) besides the usual ones.
pub fn client(settings: &Settings, certificate: Option<&Certificate>) -> Result<reqwest::Client, ServerError> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(5))
        .connect_timeout(Duration::from_secs(2))
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
    routes: Router,
    certificate: Option<Certificate>,
    handle: Handle<SocketAddr>,
) -> Result<(), ServerError> {
    let service = routes.into_make_service_with_connect_info::<SocketAddr>();
    match certificate {
        None => axum_server::from_tcp(listener)
            .map_err(ServerError::Serve)?
            .handle(handle)
            .serve(service)
            .await
            .map_err(ServerError::Serve),
        Some(c) => {
            let config =
                RustlsConfig::from_pem(c.chain, c.key.to_vec()).await.map_err(|e| ServerError::Certificate(e.to_string()))?;
            axum_server::from_tcp_rustls(listener, config)
                .map_err(ServerError::Serve)?
                .handle(handle)
                .serve(service)
                .await
                .map_err(ServerError::Serve)
        }
    }
}
