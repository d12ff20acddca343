//! "Accounting", by itself: an OpenID client of a running provider, on another port.
//!
//! ```text
//! cargo run --example relying_party -- http://localhost:8400 accounting THE-SECRET http://localhost:8600
//! ```
//!
//! Issuer, client id, client secret and its own address. At the provider it is registered as presets/demo_access.yaml
//! shows. All of it is in `src/demo/accounting`, which the demonstration runs too; this only starts it.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use zegel::config::Origin;
use zegel::demo::accounting::{Accounting, Options};
use zegel::kernel::clock::SystemClock;
use zegel::kernel::entropy::SystemEntropy;
use zegel::kernel::http::server;
use zegel::kernel::out::Out;

const USAGE: &str = "relying_party ISSUER CLIENT_ID CLIENT_SECRET OWN_ADDRESS";

#[tokio::main]
async fn main() -> ExitCode {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match run(std::env::args().skip(1).collect()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            Out::new(&mut std::io::stderr()).line(why);
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Vec<String>) -> Result<(), String> {
    let [issuer, client_id, client_secret, address] = args.as_slice() else { return Err(USAGE.into()) };
    let url: Origin = address.parse()?;
    let port = url::Url::parse(address).ok().and_then(|u| u.port_or_known_default()).ok_or(USAGE)?;
    let listener = server::bind(([127, 0, 0, 1], port).into()).map_err(|e| e.to_string())?;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(5))
        .build()
        .map_err(|e| e.to_string())?;
    let options =
        Options { issuer: issuer.clone(), client_id: client_id.clone(), client_secret: client_secret.as_str().into(), url };
    let app = Accounting::new(options, http, Arc::new(SystemClock), Arc::new(SystemEntropy));
    Out::new(&mut std::io::stdout()).line(format_args!("Accounting is at {address}"));
    app.serve(listener, Handle::new()).await.map_err(|e| e.to_string())
}
