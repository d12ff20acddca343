//! A provider in a folder of its own, for tests inside of this half: a clock that stands still, repeatable chance, cheap
//! hashing, and mail and messages caught.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use axum::{Router, http::HeaderMap};
use tower::ServiceExt;

use super::signin::factors::{Factor, Results, Shown};
use super::{Idp, oidc, own, people, sessions};
use crate::config::Settings;
use crate::dev::Capture;
use crate::kernel::Env;
use crate::kernel::clock::{Clock, ManualClock, Timestamp};
use crate::kernel::delivery::Delivery;
use crate::kernel::entropy::{Entropy, SeededEntropy};
use crate::kernel::http::Context;
use crate::kernel::http::shell::Shell;
use crate::kernel::pages::Texts;
use crate::kernel::root::RootKey;

/// A provider for one test.
pub struct Lab {
    /// Where its database is; removed at the end.
    pub dir: tempfile::TempDir,
    /// Its time.
    pub clock: Arc<ManualClock>,
    /// What it sent.
    pub capture: Capture,
    /// The provider.
    pub idp: Arc<Idp>,
}

impl Lab {
    /// Begins one on SQLite, on 22 November 2026 at 14:03 in Amsterdam.
    pub async fn new() -> Self {
        Self::on("").await
    }

    /// The same on a database of this address; none is SQLite.
    pub async fn on(database: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp(1_795_352_580_000)));
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(7));
        let capture = Capture::start(clock.clone(), entropy.as_ref()).await.unwrap();
        let data = dir.path().to_str().unwrap();
        let settings = Settings::with(&[
            ("data", data),
            ("hash_memory", "64"),
            ("organisation", "Van Dam Logistics"),
            ("idp_database", database),
        ])
        .unwrap();
        let delivery = Delivery::new(&capture.settings().unwrap(), clock.clone(), Arc::clone(&entropy)).unwrap();
        let env = Env {
            clock: clock.clone(),
            root: Arc::new(RootKey::random(entropy.as_ref())),
            entropy,
            settings: Arc::new(settings),
            http: reqwest::Client::new(),
            texts: Texts::load().unwrap(),
        };
        let idp = Idp::open(env, delivery).await.unwrap();
        Self { dir, clock, capture, idp }
    }

    /// A person who is signed in to the record store: subject identifier and the id of the issue.
    pub async fn signed_in(&self, name: &str) -> (String, String) {
        let (env, now) = (&self.idp.env, self.clock.now());
        let email = format!("{name}@example.com");
        let person = people::Person {
            id: env.id(),
            email: email.clone(),
            email_proven: false,
            name: name.to_owned(),
            language: "en".into(),
            phone: None,
            staff: true,
            active: true,
        };
        let until = now + std::time::Duration::from_secs(36_000);
        let shown = mail_results(now);
        let session = sessions::Session::begun(env.id(), person.id.clone(), &shown, until).unwrap();
        let issue = oidc::store::Issue {
            id: env.id(),
            client_id: own::RECORD_STORE.into(),
            person_id: person.id.clone(),
            session_id: session.id.clone(),
            scope: "openid".into(),
            resource: env.settings.crm_url.as_str().to_owned(),
            nonce: None,
            offline: false,
            revoked_at: None,
            claims: None,
            details: None,
            acr: None,
            amr: None,
            auth_at: None,
        }
        .signed_in_by(&session);
        let result = (person.id.clone(), issue.id.clone());
        let context = Context { request_id: env.id(), ip: [127, 0, 0, 1].into(), user_agent: String::new() };
        let key = people::EmailKey::parse(&email).unwrap();
        let place = place(&env.token(), &context);
        self.idp
            .db
            .write(
                (person, key, session, shown, issue, place, now),
                |(person, key, session, shown, issue, place, now), mut tx| {
                    Box::pin(async move {
                        people::store::insert(&mut tx, person, key, *now).await?;
                        sessions::store::insert(&mut tx, session, shown, place).await?;
                        oidc::store::insert_issue(&mut tx, issue, *now).await
                    })
                },
            )
            .await
            .unwrap();
        result
    }

    /// A token of the record store for itself at the provider.
    pub async fn client_token(&self, scope: &str) -> String {
        let (client, head) = self.idp.lookup.at_head(own::RECORD_STORE).await.unwrap().unwrap();
        oidc::tokens::of_client(&self.idp, &client, scope, self.idp.issuer(), head).await
    }

    /// Every route, in its shell.
    pub fn app(&self) -> Router {
        Shell::new(self.idp.env.clone(), false, None).around(self.idp.routes(), oidc::http::documents(&self.idp)).routes
    }

    /// Sends what is due.
    pub async fn work(&self) {
        while self.idp.worker().run_due(50).await.unwrap() > 0 {}
    }

    /// The text of the latest message.
    pub fn latest(&self) -> crate::dev::Kept {
        self.capture.messages().list().remove(0)
    }
}

/// What someone showed who signed in with a password and a mailed code.
pub fn mail_results(at: Timestamp) -> Results {
    [Factor::Password, Factor::Mail].into_iter().map(|factor| Shown { factor, at, whole: None }).collect()
}

/// The browser of a request, with a cookie of which this is the hash.
pub fn place(cookie_hash: &str, context: &Context) -> sessions::store::Place {
    let (ip, user_agent) = (context.ip.to_string(), context.user_agent.clone());
    sessions::store::Place { cookie_hash: cookie_hash.to_owned(), ip, user_agent }
}

/// Asks `app`; the status, headers and body of its answer.
pub async fn ask(app: &Router, method: &str, path: &str, token: Option<&str>, body: String) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let response: Response = app.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 4 * 1024 * 1024).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
}
