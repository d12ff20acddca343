//! A running installation in this process, with a clock that stands still, and the actors that use it.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use zegel::app::{App, Listeners, Sources, Start, environment};
use zegel::config::Settings;
use zegel::demo::browser::{Answer, Browser};
use zegel::idp::Idp;
use zegel::kernel::clock::{Clock, ManualClock, SystemClock};
use zegel::kernel::entropy::{Entropy, SystemEntropy};

use super::postgres::TestDb;

/// The password of everyone in tests.
pub const PASSWORD: &str = "correct horse battery";
/// The authenticator seed of those who have one, in base32.
pub const SEED: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// Who works at the company of the story.
pub const COMPANY: &str = r#"
people:
  - {email: mila@example.com, name: Mila de Boer, staff: true, password: correct horse battery, roles: [sales]}
  - {email: daan@example.com, name: Daan Visser, staff: true, password: correct horse battery, roles: [driver]}
  - {email: bram@example.com, name: Bram Bakker, staff: true, password: correct horse battery, authenticator: JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP, roles: [administrator]}
  - {email: patricia@example.com, name: Patricia Nowak, language: pl, password: correct horse battery}
applications:
  - {client_id: app, client_name: Test application, client_secret: an-application-secret-of-40-characters-.., redirect_uris: ["http://127.0.0.1:9/cb"], post_logout_redirect_uris: ["http://127.0.0.1:9/out"], grant_types: [authorization_code, refresh_token, client_credentials], resources: ["https://api.example"], scope: "openid profile email offline_access read"}
  - {client_id: other, client_name: Another, client_secret: another-application-secret-of-40-chars-.., redirect_uris: ["http://127.0.0.1:9/other"], grant_types: [authorization_code, refresh_token, client_credentials], scope: "openid read"}
  - {client_id: public, client_name: Public one, token_endpoint_auth_method: none, application_type: native, redirect_uris: ["http://127.0.0.1/cb"], grant_types: [authorization_code, refresh_token]}
"#;

/// The secret of the application `app`.
pub const APP_SECRET: &str = "an-application-secret-of-40-characters-..";
/// The secret of the application `other`.
pub const OTHER_SECRET: &str = "another-application-secret-of-40-chars-..";

/// An installation.
pub struct World {
    /// The program.
    pub app: App,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// The provider's address.
    pub idp_url: String,
    /// The record store's address.
    pub crm_url: String,
    /// A client for calls by programs.
    pub http: reqwest::Client,
    root: SecretString,
    db: TestDb,
}

/// How an installation differs from the usual one of tests.
#[derive(Clone, Copy, Default)]
pub struct Options {
    /// Workers run by themselves, as in production.
    pub workers: bool,
    /// Both origins are https, on the development certificate.
    pub tls: bool,
    /// Settings beside the usual ones.
    pub settings: &'static [(&'static str, &'static str)],
    /// Who may register; nobody where it is empty.
    pub registration: &'static str,
    /// Who may register applications; nobody where it is empty.
    pub client_registration: &'static str,
    /// Both origins are at 127.0.0.1: browsers keep its cookies apart from those of localhost.
    pub numeric: bool,
    /// Where metrics are to be had.
    pub metrics: Option<std::net::SocketAddr>,
}

impl World {
    /// Both halves on free ports, with the people and applications of [`COMPANY`]. Workers run only when asked.
    pub async fn start(db: TestDb) -> Self {
        Self::start_with(db, Options::default()).await
    }

    /// The same, with options.
    pub async fn start_with(db: TestDb, options: Options) -> Self {
        let world = Self::bare_with(db, options).await;
        world.apply(COMPANY).await;
        world.poll().await;
        world
    }

    /// Without anybody.
    async fn bare_with(db: TestDb, options: Options) -> Self {
        let mut bytes = [0; 32];
        SystemEntropy.fill(&mut bytes);
        let root: SecretString = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes).into();
        let clock = Arc::new(ManualClock::at(SystemClock.now()));
        Self::node(db, root, clock, None, options).await
    }

    /// Another process over the same databases and root key, as behind the same address.
    pub async fn second(&self) -> Self {
        let db = self.db.of_another_node();
        Self::node(db, self.root.clone(), Arc::clone(&self.clock), Some((&self.idp_url, &self.crm_url)), Options::default()).await
    }

    async fn node(
        db: TestDb,
        root: SecretString,
        clock: Arc<ManualClock>,
        public: Option<(&str, &str)>,
        options: Options,
    ) -> Self {
        let listener = || std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.set_nonblocking(true).map(|()| l)).unwrap();
        let (idp, crm) = (listener(), listener());
        let scheme = if options.tls { "https" } else { "http" };
        let host = if options.numeric { "127.0.0.1" } else { "localhost" };
        let at = |l: &std::net::TcpListener| format!("{scheme}://{host}:{}", l.local_addr().unwrap().port());
        let (idp_url, crm_url) = (at(&idp), at(&crm));
        let (issuer, audience) = public.unwrap_or((&idp_url, &crm_url));
        let dir = db.dir.path().display().to_string();
        let metrics = options.metrics.map(|at| at.to_string()).unwrap_or_default();
        let or_off = |who: &'static str| if who.is_empty() { "off" } else { who };
        let mut pairs = vec![
            ("data", dir.as_str()),
            ("root_key", secrecy::ExposeSecret::expose_secret(&root)),
            ("organisation", "Van Dam Logistics"),
            ("idp_url", issuer),
            ("crm_url", audience),
            ("idp_database", &db.idp_url),
            ("crm_database", &db.crm_url),
            ("capture", "true"),
            ("registration", or_off(options.registration)),
            ("client_registration", or_off(options.client_registration)),
            ("dev_tls", if options.tls { "true" } else { "false" }),
            ("metrics_listen", &metrics),
            ("hash_memory", "64"),
            ("hash_passes", "1"),
        ];
        pairs.extend(options.settings);
        let settings = Settings::with(&pairs).unwrap();
        let sources = Sources { clock: Arc::clone(&clock) as Arc<dyn Clock>, entropy: Arc::new(SystemEntropy) };
        let (env, certificate) = environment(settings, &sources).unwrap();
        let listeners = Listeners { idp: Some(idp), crm: Some(crm) };
        let app = App::start(Start { env, certificate, listeners, workers: options.workers }).await.unwrap();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .danger_accept_invalid_certs(options.tls)
            .build()
            .unwrap();
        Self { app, clock, idp_url, crm_url, http, root, db }
    }

    /// The provider.
    pub fn idp(&self) -> &Arc<Idp> {
        self.app.idp.as_ref().unwrap()
    }

    /// The record store.
    pub fn crm(&self) -> &Arc<zegel::crm::Crm> {
        self.app.crm.as_ref().unwrap()
    }

    /// Moves the clock.
    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Makes what a file says.
    pub async fn apply(&self, yaml: &str) {
        let file = zegel::idp::apply::File::parse("test.yaml", yaml).unwrap();
        zegel::idp::apply::apply(self.idp(), &file).await.unwrap();
    }

    /// Brings the record store's replica to the head of the access log.
    pub async fn poll(&self) {
        self.crm().replica.poll_now().await.unwrap();
    }

    /// Sends what is in the outbox.
    pub async fn send(&self) {
        while self.idp().worker().run_due(100).await.unwrap() > 0 {}
    }

    /// The text of the newest message to an address.
    pub async fn newest(&self, to: &str) -> String {
        self.send().await;
        let all = self.app.capture.as_ref().unwrap().messages().list();
        all.into_iter().find(|m| m.to == to).map(|m| m.text).unwrap_or_else(|| panic!("no message to {to}"))
    }

    /// The code of `digits` digits in the newest message to an address that has one.
    pub async fn code_for(&self, to: &str, digits: usize) -> String {
        self.send().await;
        let all = self.app.capture.as_ref().unwrap().messages().list();
        let code = |text: &str| {
            let words = text.split_whitespace().map(|w| w.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned());
            words.into_iter().find(|w| w.len() == digits && w.bytes().all(|b| b.is_ascii_digit()))
        };
        all.iter().filter(|m| m.to == to).find_map(|m| code(&m.text)).unwrap_or_else(|| panic!("no code for {to}"))
    }

    /// A server for the browser suite, which runs in another process: `POST /advance?ms=N` moves the clock, and
    /// `GET /messages` lists what was sent. Its address.
    pub async fn control(&self) -> String {
        use axum::extract::Query;
        use axum::routing::{get, post};
        #[derive(serde::Deserialize)]
        struct Advance {
            ms: u64,
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (clock, captured) = (Arc::clone(&self.clock), self.app.capture.as_ref().unwrap().messages().clone());
        let advance = move |Query(a): Query<Advance>| async move { clock.advance(Duration::from_millis(a.ms)) };
        let routes = axum::Router::new()
            .route("/advance", post(advance))
            .route("/messages", get(move || async move { axum::Json(serde_json::to_value(captured.list()).unwrap()) }));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        address
    }

    /// A browser with an empty jar.
    pub fn browser(&self) -> Browser {
        Browser::new(self.http.clone())
    }

    /// Takes someone from wherever he is asked to sign in to where that leads.
    pub async fn sign_in_from(&self, browser: &mut Browser, email: &str) -> Answer {
        let page =
            browser.post(format!("{}/signin", self.idp_url), &[("username", email), ("password", PASSWORD)]).await.unwrap();
        assert!(page.text.contains("id=\"code\""), "the code is asked for: {}", page.text);
        let code = self.code_for(email, 6).await;
        browser.post(format!("{}/signin/code", self.idp_url), &[("code", &code)]).await.unwrap()
    }

    /// Someone who has signed in at the record store.
    pub async fn member(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        browser.get(format!("{}/me", self.crm_url)).await.unwrap();
        let page = self.sign_in_from(&mut browser, email).await;
        assert!(page.url.as_str().starts_with(&self.crm_url), "{} ended at {}", email, page.url);
        browser
    }

    /// A token request of a client.
    pub async fn token(&self, client: (&str, &str), form: &[(&str, &str)]) -> (u16, serde_json::Value) {
        let request = self.http.post(format!("{}/token", self.idp_url)).basic_auth(client.0, Some(client.1)).form(form);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }
}
