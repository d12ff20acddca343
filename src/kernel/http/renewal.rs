//! A renewed certificate is taken without a restart: the files are looked at again and again. Owns when that is done and
//! what becomes of files that don't go together. Does not own reading them.

use std::sync::Arc;
use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;

use super::server::Certificate;

/// How often the files are looked at.
pub(super) const EVERY: Duration = Duration::from_secs(10);

/// Looks at the files of `certificate` for ever, and has `config` take what is new. Connections that are there go on.
pub(super) async fn follow(config: RustlsConfig, mut certificate: Certificate, every: Duration) {
    // What was refused last: files that are written one after the other don't go together for a moment, and say so once.
    let mut refused = None;
    loop {
        tokio::time::sleep(every).await;
        let before = certificate.clone();
        let read = tokio::task::spawn_blocking(move || before.again()).await;
        let renewed = match read {
            Ok(Ok(Some(renewed))) => renewed,
            Ok(Ok(None)) => continue,
            Ok(Err(error)) => {
                say(&mut refused, error.to_string());
                continue;
            }
            // The program is ending.
            Err(_) => return,
        };
        match renewed.config() {
            Ok(new) => {
                config.reload_from_config(Arc::new(new));
                tracing::info!("the certificate was renewed");
                (certificate, refused) = (renewed, None);
            }
            Err(error) => say(&mut refused, error.to_string()),
        }
    }
}

fn say(refused: &mut Option<String>, why: String) {
    if refused.as_ref() != Some(&why) {
        tracing::warn!(error = why, "the renewed certificate can't be used; the one before goes on");
        *refused = Some(why);
    }
}
