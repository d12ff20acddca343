//! Listeners over real sockets.

use std::sync::Arc;
use std::time::Duration;

use axum::routing::get;
use axum::{Extension, Router};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::*;
use crate::kernel::entropy::SeededEntropy;
use crate::kernel::http::connection::ClientCertificate;

/// So short that a test waits for it, so long that nobody who speaks at once is cut off.
const SHORT: Duration = Duration::from_millis(400);
/// When a test gives up.
const END: Duration = Duration::from_secs(60);

struct Running {
    addr: SocketAddr,
    handle: Handle<SocketAddr>,
    task: JoinHandle<Result<(), ServerError>>,
}

fn start(routes: Router, certificate: Option<Certificate>, bounds: Bounds) -> Running {
    let listener = bind(([127, 0, 0, 1], 0).into()).unwrap();
    let (addr, handle) = (listener.local_addr().unwrap(), Handle::new());
    let task = tokio::spawn(serve(listener, routes, certificate, bounds, handle.clone()));
    Running { addr, handle, task }
}

fn hello() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

/// What is answered to `said`, until the other side ends the connection.
async fn until_closed(addr: SocketAddr, said: &[u8]) -> String {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(said).await.unwrap();
    let mut answer = Vec::new();
    // A reset is an end, too.
    let _ = tokio::time::timeout(END, stream.read_to_end(&mut answer)).await.expect("it is never closed");
    String::from_utf8_lossy(&answer).into_owned()
}

/// case 31: however slowly a client speaks, it holds its connection for a bounded time.
#[tokio::test]
async fn a_connection_that_does_not_say_what_it_wants_is_closed() {
    let running = start(hello(), None, Bounds { connections: 10, patience: SHORT, idle: SHORT });
    for said in ["", "G", "GET / HTTP/1.1\r\nhost: a\r\nx-slow: ", "PRI", "PRI * HTTP/2.0\r\n\r\nSM\r\n"] {
        assert_eq!(until_closed(running.addr, said.as_bytes()).await, "", "{said:?}");
    }
    // One that spoke and then says nothing more is closed, too.
    let answer = until_closed(running.addr, b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert!(answer.ends_with("hello"), "{answer}");
}

/// case 31
#[tokio::test]
async fn headers_beyond_their_size_are_refused() {
    let running = start(hello(), None, Bounds { connections: 10, patience: END, idle: END });
    let long = format!("GET / HTTP/1.1\r\nhost: a\r\nx-long: {}\r\n\r\n", "a".repeat(HEAD));
    let answer = until_closed(running.addr, long.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

async fn ask(stream: &mut TcpStream) -> std::io::Result<String> {
    stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"hello") {
        let mut some = [0; 512];
        let n = stream.read(&mut some).await?;
        if n == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        answer.extend(&some[..n]);
    }
    Ok(String::from_utf8(answer).unwrap())
}

/// case 31
#[tokio::test]
async fn connections_beyond_their_number_are_closed_and_places_are_given_back() {
    let running = start(hello(), None, Bounds { connections: 2, patience: END, idle: END });
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(running.addr).await.unwrap();
        ask(&mut stream).await.unwrap();
        held.push(stream);
    }
    for _ in 0..5 {
        let mut third = TcpStream::connect(running.addr).await.unwrap();
        assert!(ask(&mut third).await.is_err());
    }
    ask(&mut held[1]).await.unwrap();
    held.clear();
    let again = async {
        loop {
            let mut stream = TcpStream::connect(running.addr).await.unwrap();
            if ask(&mut stream).await.is_ok() {
                break;
            }
        }
    };
    tokio::time::timeout(END, again).await.unwrap();
}

/// A request in hand is finished, the listener takes no more, and serving ends well.
#[tokio::test]
async fn a_request_in_hand_is_finished_before_the_end() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (b, g) = (Arc::clone(&begun), Arc::clone(&go_on));
    let slow = Router::new().route(
        "/",
        get(move || async move {
            b.notify_one();
            g.notified().await;
            "hello"
        }),
    );
    let running = start(slow, None, Bounds { connections: 10, patience: END, idle: END });
    let asking = tokio::spawn(async move {
        let mut stream = TcpStream::connect(running.addr).await.unwrap();
        ask(&mut stream).await
    });
    begun.notified().await;
    running.handle.graceful_shutdown(Some(END));
    // No longer listening, while the request is still being answered.
    let refused = async { while TcpStream::connect(running.addr).await.is_ok() {} };
    tokio::time::timeout(END, refused).await.unwrap();
    assert!(!asking.is_finished());
    go_on.notify_one();
    assert!(asking.await.unwrap().unwrap().ends_with("hello"));
    running.task.await.unwrap().unwrap();
}

/// An authority, and a certificate that it signed with its key.
fn signed_by(name: &str) -> (String, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = rcgen::CertifiedIssuer::self_signed(params, key).unwrap();
    let own = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["accounting".to_owned()]).unwrap();
    let leaf = params.signed_by(&own, &authority).unwrap();
    (authority.pem(), format!("{}{}", leaf.pem(), own.serialize_pem()))
}

/// The listener can ask for client certificates: one of the right authority reaches the request, none is none, and one of
/// another authority is no connection.
#[tokio::test]
async fn a_client_certificate_reaches_the_request_when_its_authority_is_known() {
    let (dir, entropy) = (tempfile::tempdir().unwrap(), SeededEntropy::new(1));
    let (authority, known) = signed_by("authority");
    let (_, stranger) = signed_by("another");
    let ca = dir.path().join("clients.pem");
    std::fs::write(&ca, authority).unwrap();
    let (data, ca) = (dir.path().to_str().unwrap(), ca.to_str().unwrap());
    let settings = Settings::with(&[("data", data), ("dev_tls", "true"), ("tls_client_ca", ca)]).unwrap();
    let certificate = Certificate::from_settings(&settings, &entropy).unwrap().unwrap();
    let shown = |Extension(ClientCertificate(c, _)): Extension<ClientCertificate>| async move {
        c.map_or("none".to_owned(), |c| c.len().to_string())
    };
    let routes = Router::new().route("/", get(shown));
    let running = start(routes, Some(certificate.clone()), Bounds { connections: 10, patience: END, idle: END });
    let answer = async |identity: Option<&str>| {
        let root = reqwest::Certificate::from_pem(&certificate.chain).unwrap();
        let mut client = reqwest::Client::builder().add_root_certificate(root).no_proxy();
        if let Some(pem) = identity {
            client = client.identity(reqwest::Identity::from_pem(pem.as_bytes()).unwrap());
        }
        let url = format!("https://localhost:{}/", running.addr.port());
        client.build().unwrap().get(url).send().await.ok()?.text().await.ok()
    };
    assert_eq!(answer(None).await.as_deref(), Some("none"));
    let der = CertificateDer::pem_slice_iter(known.as_bytes()).next().unwrap().unwrap();
    assert_eq!(answer(Some(&known)).await, Some(der.len().to_string()));
    assert_eq!(answer(Some(&stranger)).await, None);
}

/// S2 (RFC 8705, section 2.2): the listener can take any certificate, also one that nobody signed, from whoever proves to have
/// its key; without one it goes on all the same.
#[tokio::test]
async fn any_client_certificate_reaches_the_request_where_that_is_switched_on() {
    let (dir, entropy) = (tempfile::tempdir().unwrap(), SeededEntropy::new(1));
    let data = dir.path().to_str().unwrap();
    let settings = Settings::with(&[("data", data), ("dev_tls", "true"), ("tls_client_any", "true")]).unwrap();
    let certificate = Certificate::from_settings(&settings, &entropy).unwrap().unwrap();
    let shown = |Extension(ClientCertificate(c, _)): Extension<ClientCertificate>| async move {
        c.map_or("none".to_owned(), |c| crate::kernel::jose::digest(&c))
    };
    let routes = Router::new().route("/", get(shown));
    let running = start(routes, Some(certificate.clone()), Bounds { connections: 10, patience: END, idle: END });
    let answer = async |identity: Option<&str>| {
        let root = reqwest::Certificate::from_pem(&certificate.chain).unwrap();
        let mut client = reqwest::Client::builder().add_root_certificate(root).no_proxy();
        if let Some(pem) = identity {
            client = client.identity(reqwest::Identity::from_pem(pem.as_bytes()).unwrap());
        }
        let url = format!("https://localhost:{}/", running.addr.port());
        client.build().unwrap().get(url).send().await.ok()?.text().await.ok()
    };
    let own = |key: &rcgen::KeyPair| {
        let params = rcgen::CertificateParams::new(vec!["accounting".to_owned()]).unwrap();
        params.self_signed(key).unwrap()
    };
    let (key, other) = (rcgen::KeyPair::generate().unwrap(), rcgen::KeyPair::generate().unwrap());
    let mine = own(&key);
    let (_, signed) = signed_by("authority");
    let signed_der = CertificateDer::pem_slice_iter(signed.as_bytes()).next().unwrap().unwrap();
    assert_eq!(answer(None).await.as_deref(), Some("none"));
    let identity = format!("{}{}", mine.pem(), key.serialize_pem());
    assert_eq!(answer(Some(&identity)).await, Some(crate::kernel::jose::digest(mine.der())));
    assert_eq!(answer(Some(&signed)).await, Some(crate::kernel::jose::digest(&signed_der)));
    // Somebody else's certificate is of no use without its key.
    let stolen = format!("{}{}", mine.pem(), other.serialize_pem());
    assert_eq!(stolen_answer(&certificate, running.addr, &stolen).await, None);
}

/// What is answered to a connection that shows a certificate and signs with another key; nothing when there is none. The
/// library would not let such a pair through, so that it is put together by hand.
async fn stolen_answer(certificate: &Certificate, at: SocketAddr, pem: &str) -> Option<String> {
    use rustls::pki_types::PrivateKeyDer;
    #[derive(Debug)]
    struct Stolen(Arc<rustls::sign::CertifiedKey>);
    impl rustls::client::ResolvesClientCert for Stolen {
        fn resolve(&self, _: &[&[u8]], _: &[rustls::SignatureScheme]) -> Option<Arc<rustls::sign::CertifiedKey>> {
            Some(Arc::clone(&self.0))
        }
        fn has_certs(&self) -> bool {
            true
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let chain = CertificateDer::pem_slice_iter(pem.as_bytes()).map(Result::unwrap).collect();
    let key = provider.key_provider.load_private_key(PrivateKeyDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    for root in CertificateDer::pem_slice_iter(&certificate.chain) {
        roots.add(root.unwrap()).unwrap();
    }
    let stolen = Arc::new(Stolen(Arc::new(rustls::sign::CertifiedKey::new(chain, key))));
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_cert_resolver(stolen);
    let stream = TcpStream::connect(at).await.unwrap();
    let mut connection = rustls::ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let mut stream = stream.into_std().unwrap();
    stream.set_nonblocking(false).unwrap();
    let asked = tokio::task::spawn_blocking(move || {
        use std::io::{Read, Write};
        let mut tls = rustls::Stream::new(&mut connection, &mut stream);
        tls.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        tls.read_to_string(&mut answer).ok()?;
        Some(answer).filter(|a| !a.is_empty())
    });
    asked.await.unwrap()
}

/// S7: renewed files are taken without a restart, also when they don't go together for a moment.
#[tokio::test]
async fn a_renewed_certificate_is_taken_while_the_listener_runs() {
    let dir = tempfile::tempdir().unwrap();
    let (chain, key) = (dir.path().join("chain.pem"), dir.path().join("key.pem"));
    let make = || {
        let pair = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        (params.self_signed(&pair).unwrap().pem(), pair.serialize_pem())
    };
    let (first, second) = (make(), make());
    let write = |path: &Path, text: &str| std::fs::write(path, text).unwrap();
    write(&chain, &first.0);
    write(&key, &first.1);
    let (c, k) = (chain.to_str().unwrap(), key.to_str().unwrap());
    let settings = Settings::with(&[("tls_cert", c), ("tls_key", k), ("idp_url", "https://localhost:1")]).unwrap();
    let mut certificate = Certificate::from_settings(&settings, &SeededEntropy::new(1)).unwrap().unwrap();
    certificate.every = Duration::from_millis(5);
    let running = start(hello(), Some(certificate), Bounds { connections: 10, patience: END, idle: END });
    // A connection of its own each time.
    let answers = async |trusted: &str| {
        let root = reqwest::Certificate::from_pem(trusted.as_bytes()).unwrap();
        let client = reqwest::Client::builder().tls_certs_only([root]).no_proxy().build().unwrap();
        client.get(format!("https://localhost:{}/", running.addr.port())).send().await.is_ok()
    };
    assert!(answers(&first.0).await && !answers(&second.0).await);
    write(&chain, &second.0);
    for _ in 0..20 {
        assert!(answers(&first.0).await, "the key of the new one is not there yet");
    }
    write(&key, &second.1);
    let taken = async { while !answers(&second.0).await {} };
    tokio::time::timeout(END, taken).await.unwrap();
    assert!(!answers(&first.0).await);
}

/// The development key is its owner's alone, and stays the same.
#[test]
fn the_development_certificate_is_made_once_and_its_key_is_private() {
    let (dir, entropy) = (tempfile::tempdir().unwrap(), SeededEntropy::new(1));
    let first = development(dir.path(), &entropy).unwrap();
    assert_eq!(development(dir.path(), &entropy).unwrap(), first);
    // Cut off between the two files: a certificate of the key that is there.
    std::fs::remove_file(dir.path().join("dev-cert.pem")).unwrap();
    let (chain, key) = development(dir.path(), &entropy).unwrap();
    assert_eq!(key, first.1);
    let (chain, key) = (chain.into_bytes(), Arc::new(key.into_bytes().into()));
    let certificate = Certificate { chain, key, clients: Clients::Nobody, files: Files::default(), every: END };
    certificate.config().unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(dir.path().join("dev-key.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
