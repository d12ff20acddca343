//! A stand-in for an application on this machine: takes logout tokens and keeps them, and answers as it is told.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::{get, post};

/// The application, listening.
pub struct Application {
    /// Its address.
    pub url: String,
    tokens: Arc<Mutex<Vec<String>>>,
    status: Arc<AtomicU16>,
    published: Arc<Mutex<Vec<u8>>>,
}

impl Application {
    /// Begins to listen, and answers 200.
    pub async fn start() -> Self {
        Self::with_keys("{}").await
    }

    /// The same, publishing `keys` at `/keys`; at `/moved` a redirect leads there.
    pub async fn with_keys(keys: &str) -> Self {
        Self::with_bytes(keys.as_bytes()).await
    }

    /// The same with whatever bytes, also at `/bytes`.
    pub async fn with_bytes(bytes: &[u8]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tokens, status) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicU16::new(200)));
        let published = Arc::new(Mutex::new(bytes.to_vec()));
        let (kept, answers) = (Arc::clone(&tokens), Arc::clone(&status));
        let (keys, same) = (Arc::clone(&published), Arc::clone(&published));
        let take = move |body: Bytes| async move {
            let status = StatusCode::from_u16(answers.load(Ordering::SeqCst)).unwrap();
            if status.is_success() {
                let form: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
                let token = form.into_iter().find(|(name, _)| name == "logout_token").expect("a logout token").1;
                kept.lock().unwrap().push(token);
            }
            status
        };
        let routes = Router::new()
            .route("/logout", post(take))
            .route("/keys", get(move || async move { keys.lock().unwrap().clone() }))
            .route("/bytes", get(move || async move { same.lock().unwrap().clone() }))
            .route("/moved", get(|| async { axum::response::Redirect::to("/keys") }));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, tokens, status, published }
    }

    /// Publishes something else from now on.
    pub fn publish(&self, keys: &str) {
        *self.published.lock().unwrap() = keys.as_bytes().to_vec();
    }

    /// Answers with this status from now on.
    pub fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// The logout tokens that it took since it was asked last.
    pub fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.tokens.lock().unwrap())
    }
}
