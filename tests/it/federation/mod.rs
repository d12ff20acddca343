//! Signing in with another provider: with two that are real, and with one that answers as it is told.

mod anew;
mod attacks;
mod people;
mod real;

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use url::Url;
use zegel::demo::browser::{Answer, Browser};
use zegel::kernel::clock::Clock;
use zegel::kernel::jose::{Alg, SigningKey};

use crate::support::postgres::TestDb;
use crate::support::world::World;

/// This server's secret at other providers.
const SECRET: &str = "the-secret-of-the-house-at-the-partner-...";

/// What the partner does when it is asked.
#[derive(Clone, Default)]
struct Says {
    /// Members of the ID token beside, or instead of, those that it must have; null leaves one out.
    token: Value,
    /// What userinfo says; nothing is no userinfo.
    userinfo: Value,
    /// Signs with a key that it does not publish.
    foreign: bool,
    /// Answers the code with this error.
    error: Option<&'static str>,
    /// For how many seconds whoever comes has been signed in there; nothing leaves `auth_time` out.
    ago: Option<i64>,
}

struct Desk {
    url: String,
    keys: [SigningKey; 2],
    says: Mutex<Says>,
    /// Forms and Authorization headers that came to the token endpoint.
    seen: Mutex<Vec<(String, String)>>,
    nonce: Mutex<String>,
    clock: Arc<zegel::kernel::clock::ManualClock>,
}

/// A provider that answers as it is told.
struct Partner(Arc<Desk>);

impl Partner {
    async fn open(world: &World) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let key = || SigningKey::generate(Alg::Es256).unwrap();
        let (says, seen, nonce) = (Mutex::default(), Mutex::default(), Mutex::default());
        let desk = Arc::new(Desk { url, keys: [key(), key()], says, seen, nonce, clock: Arc::clone(&world.clock) });
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(Arc::clone(&desk));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self(desk)
    }

    fn url(&self) -> &str {
        &self.0.url
    }

    /// Says this from now on.
    fn says(&self, says: Says) {
        *self.0.says.lock().unwrap() = says;
    }

    /// Says from now on that whoever comes is `subject`, with these claims.
    fn is(&self, subject: &str, claims: Value) {
        let mut token = json!({ "sub": subject });
        token.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        self.says(Says { token, ..Says::default() });
    }

    /// Says from now on for how many seconds whoever comes has been signed in there, or says nothing of that.
    fn since(&self, ago: Option<i64>) {
        self.0.says.lock().unwrap().ago = ago;
    }
}

async fn metadata(State(desk): State<Arc<Desk>>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", desk.url);
    let userinfo = !desk.says.lock().unwrap().userinfo.is_null();
    let mut out = json!({
        "issuer": desk.url, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"), "jwks_uri": at("/keys"),
        "authorization_response_iss_parameter_supported": true,
    });
    if userinfo {
        out["userinfo_endpoint"] = at("/userinfo").into();
    }
    Json(out)
}

async fn keys(State(desk): State<Arc<Desk>>) -> Json<Value> {
    Json(json!({ "keys": [desk.keys[0].public_jwk()] }))
}

async fn token(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: String) -> (StatusCode, Json<Value>) {
    let authorization = headers.get("authorization").map_or("", |v| v.to_str().unwrap()).to_owned();
    desk.seen.lock().unwrap().push((body, authorization));
    let says = desk.says.lock().unwrap().clone();
    if let Some(error) = says.error {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": error })));
    }
    let now = desk.clock.now().seconds();
    let mut claims = json!({
        "iss": desk.url, "sub": "someone", "aud": "house", "iat": now, "exp": now + 300, "nonce": *desk.nonce.lock().unwrap(),
    });
    if let Some(ago) = says.ago {
        claims["auth_time"] = (now - ago).into();
    }
    for (name, value) in says.token.as_object().into_iter().flatten() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    let token = desk.keys[usize::from(says.foreign)].sign_jwt("JWT", &claims).unwrap();
    (StatusCode::OK, Json(json!({ "id_token": token, "access_token": "an-access-token", "token_type": "Bearer" })))
}

async fn userinfo(State(desk): State<Arc<Desk>>) -> Json<Value> {
    Json(desk.says.lock().unwrap().userinfo.clone())
}

/// An installation whose people can sign in with a partner.
struct House {
    world: World,
    partner: Partner,
}

impl House {
    /// `more` are members of the partner's terms, as YAML.
    async fn open(db: TestDb, more: &str) -> Self {
        let world = World::start(db).await;
        let partner = Partner::open(&world).await;
        let house = Self { world, partner };
        house.upstream(more).await;
        house
    }

    async fn upstream(&self, more: &str) {
        self.world.apply(&upstream(self.partner.url(), more)).await;
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.world.idp_url)
    }

    /// Goes to the partner from the sign-in page: the browser, and where it was sent.
    async fn go(&self) -> (Browser, Url) {
        let mut browser = self.world.browser();
        browser.get(self.at("/signin")).await.unwrap();
        let to = self.leave(&mut browser, "/signin/with/partner").await;
        (browser, to)
    }

    async fn leave(&self, browser: &mut Browser, path: &str) -> Url {
        let answer = browser.once(reqwest::Method::POST, &self.at(path), Some(&[])).await.unwrap();
        let to = answer.location().unwrap_or_else(|| panic!("{path} leads on: {} {}", answer.status, answer.text));
        assert!(to.as_str().starts_with(self.partner.url()), "{to}");
        *self.partner.0.nonce.lock().unwrap() = query(&to, "nonce");
        to
    }

    /// Comes back from there.
    async fn back(&self, browser: &mut Browser, to: &Url) -> Answer {
        self.back_with(browser, &[("state", &query(to, "state")), ("code", "a-code"), ("iss", self.partner.url())]).await
    }

    async fn back_with(&self, browser: &mut Browser, pairs: &[(&str, &str)]) -> Answer {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        browser.get(self.at(&format!("/federation/partner/callback?{query}"))).await.unwrap()
    }

    /// There and back again.
    async fn through(&self) -> (Browser, Answer) {
        let (mut browser, to) = self.go().await;
        let answer = self.back(&mut browser, &to).await;
        (browser, answer)
    }

    /// The same, and the code that is mailed to `email`.
    async fn signed_in(&self, email: &str) -> Browser {
        let (mut browser, page) = self.through().await;
        assert!(page.text.contains("id=\"code\""), "a second factor is asked: {} {}", page.status, page.text);
        let code = self.world.code_for(email, 6).await;
        let page = browser.post(self.at("/signin/code"), &[("code", &code)]).await.unwrap();
        assert_eq!(page.url.path(), "/", "{}", page.text);
        browser
    }

    /// Whether a browser is signed in.
    async fn is_in(&self, browser: &mut Browser) -> bool {
        browser.get(self.at("/")).await.unwrap().url.path() == "/"
    }

    async fn rows(&self, sql: &'static str) -> i64 {
        self.world.idp().db.query(zegel::kernel::db::Sql::literal(sql)).one::<(i64,)>().await.unwrap().0
    }
}

/// A file with a provider.
fn upstream(issuer: &str, more: &str) -> String {
    format!(
        "upstreams:\n  - {{id: partner, name: Partner, issuer: \"{issuer}\", client_id: house, client_secret: \"{SECRET}\", {more}}}\n"
    )
}

fn query(url: &Url, name: &str) -> String {
    url.query_pairs().find(|(k, _)| k == name).map(|(_, v)| v.into_owned()).unwrap_or_default()
}
