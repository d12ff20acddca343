//! Connections: how many there are at once, how long one may take to say what it wants, and which certificate its other
//! end showed. Owns the acceptors around TCP and TLS. Does not own what a request may be, nor what a certificate is good for.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Extension;
use axum::middleware::AddExtension;
use axum_server::accept::Accept;
use axum_server::tls_rustls::RustlsAcceptor;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;
use tower::Layer;

/// What connections of one listener may take.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many at once; more are closed before a byte of them is read.
    pub connections: usize,
    /// How long one may take to agree on TLS, and then to say its first bytes.
    pub patience: Duration,
    /// How long it may take from then, or from its last answer, to the end of a request's headers. Longer than a proxy
    /// keeps a connection that is idle, so that none is closed under a request that comes at that moment.
    pub idle: Duration,
}

impl Bounds {
    /// So many connections with the usual patience.
    pub fn of(connections: u32) -> Self {
        let (patience, idle) = (Duration::from_secs(15), Duration::from_secs(75));
        Self { connections: usize::try_from(connections).unwrap_or(usize::MAX), patience, idle }
    }
}

/// The certificate that a connection's other end showed, with proof of its key, and what it sent along to show who signed
/// it. In the extensions of every request that came over TLS.
#[derive(Clone, Debug, Default)]
pub struct ClientCertificate(pub Option<CertificateDer<'static>>, pub Vec<CertificateDer<'static>>);

/// Lets so many in at once.
#[derive(Clone)]
pub(super) struct Gate(Arc<Semaphore>);

impl Gate {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self(Arc::new(Semaphore::new(bounds.connections.min(Semaphore::MAX_PERMITS))))
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for Gate {
    type Stream = Held;
    type Service = S;
    type Future = std::future::Ready<io::Result<(Held, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        std::future::ready(match Arc::clone(&self.0).try_acquire_owned() {
            Ok(place) => Ok((Held { stream, _place: place }, service)),
            Err(_) => {
                tracing::warn!("a connection was closed: there are as many as may be");
                Err(ErrorKind::ConnectionRefused.into())
            }
        })
    }
}

/// A connection that gives its place back at its end.
pub(super) struct Held {
    stream: TcpStream,
    _place: OwnedSemaphorePermit,
}

/// Hands the certificate of a TLS connection to its requests.
#[derive(Clone)]
pub(super) struct Showing(pub(super) RustlsAcceptor<Gate>);

impl<S: Send + 'static> Accept<TcpStream, S> for Showing {
    type Stream = <RustlsAcceptor<Gate> as Accept<TcpStream, S>>::Stream;
    type Service = AddExtension<S, ClientCertificate>;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let accepting = self.0.accept(stream, service);
        async move {
            let (stream, service) = accepting.await?;
            let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
            let mut chain = chain.iter().map(|c| c.clone().into_owned());
            let shown = ClientCertificate(chain.next(), chain.collect());
            Ok((stream, Extension(shown).layer(service)))
        }
        .boxed()
    }
}

/// Waits for the first bytes of a connection no longer than this. From where they tell which HTTP it is, the protocol's own
/// limits hold; the server waits for them without any.
#[derive(Clone)]
pub(super) struct Patience<A>(pub(super) A, pub(super) Duration);

impl<A, I, S> Accept<I, S> for Patience<A>
where
    A: Accept<I, S>,
    A::Future: Send + 'static,
{
    type Stream = Waited<A::Stream>;
    type Service = A::Service;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let (accepting, patience) = (self.0.accept(stream, service), self.1);
        async move {
            let (stream, service) = accepting.await?;
            let until = Some(Box::pin(tokio::time::sleep(patience)));
            Ok((Waited { stream, until, seen: 0 }, service))
        }
        .boxed()
    }
}

/// How HTTP/2 begins (RFC 9113, section 3.4); whatever doesn't is HTTP/1.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A connection whose first bytes are waited for until a moment.
pub(super) struct Waited<I> {
    stream: I,
    until: Option<Pin<Box<Sleep>>>,
    seen: usize,
}

impl<I> Waited<I> {
    /// Takes note of bytes that came: once they tell the protocol, nobody waits any more.
    fn came(&mut self, bytes: &[u8]) {
        let rest = PREFACE.get(self.seen..).unwrap_or_default();
        self.seen += bytes.len();
        if bytes.is_empty() || bytes.len() >= rest.len() || !rest.starts_with(bytes) {
            self.until = None;
        }
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Waited<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(cx, buf) {
            if self.until.is_some() {
                self.came(buf.filled().get(before..).unwrap_or_default());
            }
            return Poll::Ready(read);
        }
        if let Some(until) = &mut self.until {
            ready!(until.as_mut().poll(cx));
            return Poll::Ready(Err(ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

macro_rules! writes_through {
    ([$($generic:tt)*] $t:ty) => {
        impl<$($generic)*> AsyncWrite for $t {
            fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
                Pin::new(&mut self.stream).poll_write(cx, buf)
            }
            fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                Pin::new(&mut self.stream).poll_flush(cx)
            }
            fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                Pin::new(&mut self.stream).poll_shutdown(cx)
            }
            fn poll_write_vectored(
                mut self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bufs: &[io::IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
            }
            fn is_write_vectored(&self) -> bool {
                self.stream.is_write_vectored()
            }
        }
    };
}
writes_through!([] Held);
writes_through!([I: AsyncWrite + Unpin] Waited<I>);

impl AsyncRead for Held {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}
