//! A record store for unit tests beside a provider that is a few lines on a loopback port: it publishes keys, gives tokens
//! and an access log, and does what a test tells it. What the real provider does is tested with the real one.

pub mod access;
pub mod challenges;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::Crm;
use super::auth::client::CLIENT_ID;
use crate::config::Settings;
use crate::contract::feed::{Entry, FeedPage, Holder, Positioned};
use crate::contract::{AccessClaims, Assurance};
use crate::kernel::Env;
use crate::kernel::clock::{Clock, ManualClock, Timestamp};
use crate::kernel::entropy::SeededEntropy;
use crate::kernel::http::shell::Shell;
use crate::kernel::jose::{Alg, SigningKey};
use crate::kernel::pages::Texts;
use crate::kernel::root::RootKey;

pub const START: Timestamp = Timestamp(1_800_000_000_000);
/// Seconds that the stub's tokens live.
pub const LIFE: i64 = 300;

/// What the stub provider does and has seen.
pub struct Stub {
    pub issuer: String,
    pub crm: String,
    pub clock: Arc<ManualClock>,
    pub key: SigningKey,
    pub epoch: String,
    pub entries: Vec<Entry>,
    /// Entries in one answer.
    pub page: usize,
    /// Whether it begins a new epoch for a reader of another log, as the provider does.
    pub begins_epochs: bool,
    /// The last position that was asked from by a reader of this log.
    pub acknowledged: i64,
    /// Positions that the log leaves out.
    pub hole: Option<i64>,
    /// Answers nothing at all any more.
    pub frozen: bool,
    /// The nonce for the next ID token, and claims to put over its own.
    pub nonce: String,
    pub id_claims: Value,
    pub access_claims: Value,
    /// The error of the token endpoint.
    pub refuse: Option<&'static str>,
    /// What it says that tokens stand for which say nothing by themselves.
    pub stands_for: BTreeMap<String, Value>,
    /// How often each path was asked.
    pub asked: BTreeMap<&'static str, usize>,
    /// The last form sent to the token endpoint.
    pub form: BTreeMap<String, String>,
}

type Shared = Arc<Mutex<Stub>>;

fn open(shared: &Shared) -> MutexGuard<'_, Stub> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stub {
    /// An access token of Mila, with `over` put over its claims.
    pub fn access(&self, over: &Value) -> String {
        self.sign("at+jwt", &self.access_claims(over))
    }

    pub fn access_claims(&self, over: &Value) -> Value {
        let now = self.clock.now().seconds();
        let claims = AccessClaims {
            iss: self.issuer.clone(),
            sub: "mila".into(),
            aud: self.crm.clone(),
            exp: now + LIFE,
            iat: now,
            jti: "1".into(),
            client_id: CLIENT_ID.into(),
            scope: "openid profile email records:read records:write".into(),
            sid: Some("s1".into()),
            acr: Some(Assurance::PasswordMail),
            amr: None,
            auth_time: Some(now),
            issue: Some("i1".into()),
            offline: false,
            cnf: None,
            act: None,
            authorization_details: None,
            access_rev: i64::try_from(self.entries.len()).unwrap(),
            access_epoch: self.epoch.clone(),
        };
        put_over(serde_json::to_value(claims).unwrap(), over)
    }

    /// Who signs in.
    fn subject(&self) -> String {
        self.access_claims.get("sub").and_then(Value::as_str).unwrap_or("mila").to_owned()
    }

    /// The digest up to each position, from 0.
    fn chains(&self) -> Vec<String> {
        let mut chains = vec![String::new()];
        for (entry, position) in self.entries.iter().zip(1..) {
            let entry = Positioned { position, at: 0, entry: entry.clone() };
            chains.push(entry.link(&chains[chains.len() - 1]).unwrap());
        }
        chains
    }

    pub fn clock_seconds(&self) -> i64 {
        self.clock.now().seconds()
    }

    pub fn sign(&self, typ: &str, claims: &Value) -> String {
        self.key.sign_jwt(typ, claims).unwrap()
    }
}

/// `null` takes a claim away.
fn put_over(mut claims: Value, over: &Value) -> Value {
    for (name, value) in over.as_object().into_iter().flatten() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            v => claims[name] = v.clone(),
        }
    }
    claims
}

async fn count(shared: &Shared, path: &'static str) {
    let frozen = {
        let mut stub = open(shared);
        *stub.asked.entry(path).or_default() += 1;
        stub.frozen
    };
    if frozen {
        std::future::pending::<()>().await;
    }
}

async fn discovery(State(s): State<Shared>) -> Json<Value> {
    count(&s, "discovery").await;
    let issuer = open(&s).issuer.clone();
    let at = |p: &str| format!("{issuer}{p}");
    Json(json!({
        "issuer": issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"), "jwks_uri": at("/keys"),
        "end_session_endpoint": at("/logout"), "revocation_endpoint": at("/revoke"), "introspection_endpoint": at("/introspect"), "response_types_supported": ["code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["ES256"],
    }))
}

async fn keys(State(s): State<Shared>) -> Json<Value> {
    count(&s, "keys").await;
    Json(json!({"keys": [open(&s).key.public_jwk()]}))
}

async fn token(State(s): State<Shared>, Form(form): Form<BTreeMap<String, String>>) -> Response {
    count(&s, "token").await;
    let mut stub = open(&s);
    let grant = form.get("grant_type").cloned().unwrap_or_default();
    if grant == "client_credentials" {
        return Json(json!({"access_token": "for-the-log", "token_type": "Bearer", "expires_in": LIFE})).into_response();
    }
    stub.form = form;
    if let Some(error) = stub.refuse {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response();
    }
    let now = stub.clock.now().seconds();
    let own = json!({
        "iss": stub.issuer, "sub": "mila", "aud": CLIENT_ID, "exp": now + LIFE, "iat": now, "auth_time": now,
        "nonce": stub.nonce, "acr": Assurance::PasswordMail.acr(), "sid": "s1",
    });
    let id_token = stub.sign("JWT", &put_over(own, &stub.id_claims));
    let for_provider = stub.form.get("resource") == Some(&stub.issuer);
    let access_token = if for_provider { format!("of-{}", stub.subject()) } else { stub.access(&stub.access_claims.clone()) };
    let tries = stub.asked["token"];
    Json(json!({
        "access_token": access_token, "token_type": "Bearer", "expires_in": LIFE, "refresh_token": format!("refresh-{tries}"),
        "id_token": id_token,
    }))
    .into_response()
}

async fn introspect(State(s): State<Shared>, Form(form): Form<BTreeMap<String, String>>) -> Json<Value> {
    count(&s, "introspect").await;
    let stub = open(&s);
    assert!(form["client_assertion"].split('.').count() == 3 && form["client_id"] == CLIENT_ID, "it proves who it is");
    Json(stub.stands_for.get(&form["token"]).cloned().unwrap_or(json!({"active": false})))
}

async fn log(State(s): State<Shared>, Query(q): Query<BTreeMap<String, String>>) -> Json<FeedPage> {
    count(&s, "log").await;
    let mut stub = open(&s);
    let after: i64 = q["after"].parse().unwrap();
    let head = i64::try_from(stub.entries.len()).unwrap();
    let chains = stub.chains();
    let chain = |at: i64| usize::try_from(at).ok().and_then(|n| chains.get(n)).cloned().unwrap_or_default();
    let named = q.get("epoch").is_some_and(|e| *e == stub.epoch);
    let other = after > head || q.get("chain").is_some_and(|c| *c != chain(after));
    if named && other && stub.begins_epochs {
        stub.epoch.push('+');
    }
    if named && !other {
        stub.acknowledged = after;
    }
    let all = stub.entries.iter().zip(1..).map(|(e, position)| Positioned { position, at: 0, entry: e.clone() });
    let entries: Vec<_> = all.filter(|e| e.position > after && Some(e.position) != stub.hole).take(stub.page).collect();
    let chain = chain(entries.last().map_or(after, |e| e.position));
    Json(FeedPage { epoch: stub.epoch.clone(), head, entries, chain, names: BTreeMap::new() })
}

/// A record store beside its stub.
pub struct House {
    pub crm: Arc<Crm>,
    pub clock: Arc<ManualClock>,
    pub routes: Router,
    pub desk: challenges::Desk,
    pub office: access::Office,
    shared: Shared,
    _dir: TempDir,
}

/// Mila works here and has the role `sales`; Patricia doesn't.
pub fn people() -> Vec<Entry> {
    let person = |sub: &str, staff| Entry::Person {
        sub: sub.into(),
        name: format!("{sub} of the log"),
        language: "en".into(),
        staff,
        active: true,
    };
    let role = Entry::Role { holder: Holder::Person("mila".into()), role: "sales".into(), present: true };
    vec![person("mila", true), person("patricia", false), role]
}

impl House {
    pub async fn new() -> Self {
        Self::on(None).await
    }

    /// On a database of this address; without one, on a file of its own.
    pub async fn on(database: Option<&str>) -> Self {
        let clock = Arc::new(ManualClock::at(START));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Mutex::new(Stub {
            issuer: issuer.clone(),
            crm: "http://localhost:8500".into(),
            clock: Arc::clone(&clock),
            key: SigningKey::generate(Alg::Es256).unwrap(),
            epoch: "e1".into(),
            entries: people(),
            page: 1000,
            begins_epochs: true,
            acknowledged: 0,
            hole: None,
            frozen: false,
            nonce: String::new(),
            id_claims: json!({}),
            access_claims: json!({}),
            refuse: None,
            stands_for: BTreeMap::new(),
            asked: BTreeMap::new(),
            form: BTreeMap::new(),
        }));
        let provider = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/introspect", post(introspect))
            .route("/api/access-log", get(log))
            .with_state(Arc::clone(&shared));
        let desk = challenges::Desk::new(&issuer, Arc::clone(&clock));
        let office = access::Office::default();
        let provider = provider.merge(challenges::routes(desk.clone())).merge(access::routes(office.clone()));
        tokio::spawn(async move { axum::serve(listener, provider).await });
        let dir = TempDir::new().unwrap();
        let data = dir.path().display().to_string();
        let mut settings = vec![("idp_url", issuer.as_str()), ("data", data.as_str()), ("crm_introspection", "true")];
        settings.extend(database.map(|url| ("crm_database", url)));
        let settings = Arc::new(Settings::with(&settings).unwrap());
        let entropy = Arc::new(SeededEntropy::new(7));
        let env = Env {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            root: Arc::new(RootKey::random(entropy.as_ref())),
            entropy,
            http: crate::kernel::http::server::client(&settings, None).unwrap(),
            settings,
            texts: Texts::load().unwrap(),
        };
        let crm = Crm::open(env.clone()).await.unwrap();
        let routes = Shell::new(env, false, None).uploads(super::UPLOADS).around(crm.routes(), Vec::new()).routes;
        Self { crm, clock, routes, desk, office, shared, _dir: dir }
    }

    pub fn stub(&self) -> MutexGuard<'_, Stub> {
        open(&self.shared)
    }

    pub fn asked(&self, path: &str) -> usize {
        self.stub().asked.get(path).copied().unwrap_or(0)
    }

    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Adds entries to the log.
    pub fn append(&self, entries: impl IntoIterator<Item = Entry>) {
        self.stub().entries.extend(entries);
    }

    /// A contact with an invitation to a portal that was made for it.
    pub async fn bind(&self, invitation: &str, record: &str, status: &str) {
        let data = (invitation.to_owned(), record.to_owned(), status.to_owned());
        let done: Result<(), crate::kernel::db::DbError> = self
            .crm
            .db
            .write(data, |(invitation, record, status), mut tx| {
                Box::pin(async move {
                    tx.q(crate::sql!(
                        "INSERT INTO records (id, module, version, status, fields, folded, title, title_fold, relation_id,
                         internal, restricted, created_at, created_by, updated_at, updated_by)
                         VALUES ($1, 'contacts', 1, $2, '{}', '{}', '', '', NULL, FALSE, FALSE, 0, 'mila', 0, 'mila')"
                    ))
                    .bind(record.as_str())
                    .bind(status.as_str())
                    .exec()
                    .await?;
                    tx.q(crate::sql!(
                        "INSERT INTO portal_bindings (invitation, portal, module, record_id, made_by, made_at)
                         VALUES ($1, 'customers', 'contacts', $2, 'mila', 0)"
                    ))
                    .bind(invitation.as_str())
                    .bind(record.as_str())
                    .exec()
                    .await
                    .map(drop)
                })
            })
            .await;
        done.unwrap();
    }

    pub async fn send(&self, request: Request<String>) -> Answer {
        let answer = self.routes.clone().oneshot(request.map(axum::body::Body::from)).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// A GET with an Authorization header or a Cookie header.
    pub async fn get(&self, path: &str, name: header::HeaderName, value: &str) -> Answer {
        self.send(Request::get(path).header(name, value).body(String::new()).unwrap()).await
    }

    /// An access token of this person.
    pub fn token(&self, sub: &str) -> String {
        self.stub().access(&json!({"sub": sub}))
    }

    /// Signs this person in; the session's cookie.
    pub async fn session(&self, sub: &str) -> String {
        self.session_with(json!({"sub": sub})).await
    }

    /// The same by tokens with these claims.
    pub async fn session_with(&self, claims: Value) -> String {
        {
            let mut stub = self.stub();
            (stub.id_claims, stub.access_claims) = (claims.clone(), claims);
        }
        let begun = self.get("/auth/login?to=/", header::ACCEPT, "text/html").await;
        let cookie = begun.cookie("zegel_crm_login").unwrap();
        self.stub().nonce = begun.redirected("nonce");
        let issuer = self.stub().issuer.clone();
        let state = begun.redirected("state");
        let pairs = [("code", "good"), ("state", state.as_str()), ("iss", issuer.as_str())];
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let answer = self.get(&format!("/auth/callback?{query}"), header::COOKIE, &cookie).await;
        answer.cookie("zegel_crm_session").unwrap()
    }

    /// `/api/me` with an access token.
    pub async fn api(&self, token: &str) -> Answer {
        self.get("/api/me", header::AUTHORIZATION, &format!("Bearer {token}")).await
    }
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: axum::http::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
    /// `name=value` of a cookie that was set, without its attributes.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let all = self.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap());
        let mut fitting = all.filter(|c| c.starts_with(&format!("{name}=")));
        fitting.next().map(|c| c.split(';').next().unwrap().to_owned())
    }
    /// A parameter of the address that it redirects to.
    pub fn redirected(&self, parameter: &str) -> String {
        let url: url::Url = self.header("location").parse().unwrap();
        url.query_pairs().find(|(n, _)| n == parameter).map(|(_, v)| v.into_owned()).unwrap_or_default()
    }
}
