//! Capture mode: where messages go in the demo and in tests, so that nobody outside is written to.
//!
//! Owns a small SMTP server, a stub of an SMS gateway, and the pages and JSON that show what they took. Everything
//! listens on this machine only. The program's own clients speak to them over real sockets, as they would to real
//! servers. Does not own the decision to run in this mode; a server that others can reach must refuse it.

mod captured;
mod gateway;
mod messages;
mod sink;

pub use captured::{Captured, Kept};
pub use gateway::Stub;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::kernel::clock::Clock;
use crate::kernel::delivery::{DeliverySettings, MailSettings, Security, SmsSettings};
use crate::kernel::entropy::Entropy;

/// The running sink and stub gateway; both stop when it is dropped.
pub struct Capture {
    smtp: SocketAddr,
    http: SocketAddr,
    token: String,
    captured: Captured,
    stub: Stub,
    _stop: DropGuard,
}

impl Capture {
    /// Starts both on free ports of 127.0.0.1. Fails only if no port can be had.
    pub async fn start(clock: Arc<dyn Clock>, entropy: &dyn Entropy) -> std::io::Result<Self> {
        let stop = CancellationToken::new();
        let captured = Captured::new(clock);
        let token = entropy.token();
        let stub = Stub::default();

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let smtp = listener.local_addr()?;
        tokio::spawn(sink::serve(listener, captured.clone(), stop.clone()));

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let http = listener.local_addr()?;
        let app = gateway::router(token.clone(), captured.clone(), stub.clone());
        let stopped = stop.clone();
        tokio::spawn(async move {
            if let Err(e) = axum::serve(listener, app).with_graceful_shutdown(stopped.cancelled_owned()).await {
                tracing::error!(error = %e, "the stub SMS gateway stopped");
            }
        });
        Ok(Self { smtp, http, token, captured, stub, _stop: stop.drop_guard() })
    }

    /// How to send mail into the sink.
    pub fn mail_settings(&self) -> MailSettings {
        MailSettings {
            host: self.smtp.ip().to_string(),
            port: self.smtp.port(),
            security: Security::None,
            username: None,
            password: None,
            from: "Zegel <no-reply@example.com>".into(),
            extra_ca: None,
        }
    }

    /// How to send SMS into the stub. Fails never in practice: the address is one that was just bound.
    pub fn sms_settings(&self) -> Result<SmsSettings, url::ParseError> {
        Ok(SmsSettings {
            url: format!("http://{}/sms", self.http).parse()?,
            token: SecretString::from(self.token.clone()),
            from: "Zegel".into(),
            body: r#"{"to": "{to}", "from": "{from}", "text": "{text}"}"#.into(),
        })
    }

    /// Both.
    pub fn settings(&self) -> Result<DeliverySettings, url::ParseError> {
        Ok(DeliverySettings { mail: Some(self.mail_settings()), sms: Some(self.sms_settings()?) })
    }

    /// `GET /dev/messages`, as a page or as JSON.
    pub fn router(&self) -> Router {
        messages::router(self.captured.clone())
    }

    /// What was taken so far.
    pub fn messages(&self) -> &Captured {
        &self.captured
    }

    /// Makes the stub gateway fail or dawdle.
    pub fn gateway(&self) -> &Stub {
        &self.stub
    }
}

#[cfg(test)]
mod tests;
