//! The floors, each in a process of its own: servers and writers that do the one thing that can't be left out.

use std::io::{self, Write};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use serde_json::{Value, json};
use zegel::contract::AccessClaims;
use zegel::kernel::clock::{Clock, SystemClock};
use zegel::kernel::db::{Db, DbError, Half};
use zegel::kernel::entropy::{Entropy, SystemEntropy};
use zegel::kernel::jose::{Alg, SigningKey};
use zegel::sql;

use crate::work;

struct Bare {
    key: SigningKey,
    rsa: SigningKey,
    db: Db,
    issuer: String,
}

/// Serves what [`crate::zegel`] is compared with: a token that is only signed, a text that is only sent, a row that is only
/// looked up. Says its port, then serves until its standard input closes.
pub async fn serve(dir: &Path, texts: &str) -> io::Result<()> {
    let texts: Vec<String> = serde_json::from_str(texts)?;
    let db = Db::open(&format!("sqlite:{}", dir.join("bare.db").display()), Half::Idp).await.map_err(io::Error::other)?;
    tables(&db).await.map_err(io::Error::other)?;
    let key = SigningKey::generate(Alg::Es256).map_err(io::Error::other)?;
    let rsa = SigningKey::generate(Alg::Rs256).map_err(io::Error::other)?;
    let bare = Arc::new(Bare { key, rsa, db, issuer: "http://localhost:8400".into() });
    let routes = Router::new()
        .route("/token", post(token))
        .route("/lookup", get(lookup).post(lookup))
        .route("/refresh/es256", post(async |State(b): State<Arc<Bare>>, Form(f): Form<Refresh>| refresh(&b, &b.key, f).await))
        .route("/refresh/rs256", post(async |State(b): State<Arc<Bare>>, Form(f): Form<Refresh>| refresh(&b, &b.rsa, f).await))
        .with_state(bare);
    let routes = texts.into_iter().enumerate().fold(routes, |routes, (n, text)| {
        let answer = move || std::future::ready(([(header::CONTENT_TYPE, "application/json")], text.clone()));
        routes.route(&format!("/static/{n}"), get(answer))
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    writeln!(io::stdout(), "{}", listener.local_addr()?.port())?;
    axum::serve(listener, routes).await
}

fn claims(issuer: &str) -> AccessClaims {
    let now = SystemClock.now();
    let entropy: &dyn Entropy = &SystemEntropy;
    AccessClaims {
        iss: issuer.to_owned(),
        sub: "bench".into(),
        aud: issuer.to_owned(),
        exp: now.seconds() + 300,
        iat: now.seconds(),
        jti: entropy.id(now),
        client_id: "bench".into(),
        scope: "read".into(),
        sid: None,
        acr: None,
        amr: None,
        auth_time: None,
        issue: None,
        offline: false,
        cnf: None,
        act: None,
        authorization_details: None,
        access_rev: 12,
        access_epoch: "bench".into(),
    }
}

/// The claims of a client's own token, signed.
async fn token(State(bare): State<Arc<Bare>>, _body: axum::body::Bytes) -> impl IntoResponse {
    let token = bare.key.sign_jwt("at+jwt", &claims(&bare.issuer)).unwrap();
    Json(json!({"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": "read"}))
}

async fn lookup(State(bare): State<Arc<Bare>>) -> impl IntoResponse {
    let query = bare.db.query(sql!("SELECT name, email FROM bare_people WHERE id = $1")).bind("17");
    let (name, email): (String, String) = query.one().await.unwrap();
    Json(json!({"sub": "17", "name": name, "email": email, "email_verified": true, "locale": "en"}))
}

async fn tables(db: &Db) -> Result<(), DbError> {
    db.write((), |(), mut tx| {
        Box::pin(async move {
            for statement in [
                sql!("CREATE TABLE bare_people (id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL)"),
                sql!("INSERT INTO bare_people (id, name, email) VALUES ('17', 'Daan Visser', 'daan@example.com')"),
                sql!(
                    "CREATE TABLE bare_tokens (hash TEXT PRIMARY KEY, issue_id TEXT NOT NULL, seed TEXT NOT NULL,
                     created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT, successor TEXT)"
                ),
                sql!("CREATE INDEX bare_tokens_issue ON bare_tokens (issue_id)"),
                sql!("CREATE INDEX bare_tokens_expiry ON bare_tokens (expires_at)"),
            ] {
                tx.q(statement).exec().await?;
            }
            Ok(())
        })
    })
    .await
}

async fn fresh(dir: &Path) -> Result<Db, DbError> {
    let db = Db::open(&format!("sqlite:{}", dir.join("bare.db").display()), Half::Idp).await?;
    tables(&db).await?;
    Ok(db)
}

/// What a rotation can't do without: one row marked as used, one row inserted, durable.
async fn rotate(db: &Db, before: Option<String>, next: String) -> Result<(), DbError> {
    let seed = (&SystemEntropy as &dyn Entropy).token();
    db.write((before, next, seed, SystemClock.now().0), |(before, next, seed, now), mut tx| {
        Box::pin(async move {
            if let Some(before) = before {
                tx.q(sql!("UPDATE bare_tokens SET used_at = $3, successor = $2 WHERE hash = $1 AND used_at IS NULL"))
                    .bind(before.as_str())
                    .bind(next.as_str())
                    .bind(*now)
                    .exec()
                    .await?;
            }
            tx.q(sql!("INSERT INTO bare_tokens (hash, issue_id, seed, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)"))
                .bind(next.as_str())
                .bind("0192f5c4-0000-7000-8000-000000000000")
                .bind(seed.as_str())
                .bind(*now)
                .bind(now + 36_000_000)
                .exec()
                .await?;
            Ok(())
        })
    })
    .await
}

/// The same 64 at once.
pub async fn rotations(dir: &Path) -> io::Result<()> {
    let db = fresh(dir).await.map_err(io::Error::other)?;
    work::measured(move |_| {
        let (db, mut before) = (db.clone(), None::<String>);
        move || {
            let next = (&SystemEntropy as &dyn Entropy).token();
            let (db, last) = (db.clone(), before.replace(next.clone()));
            async move { rotate(&db, last, next).await.map_err(io::Error::other) }
        }
    })
    .await
}

#[derive(serde::Deserialize)]
struct Refresh {
    refresh_token: String,
}

/// The same behind HTTP, with the two tokens that come of it, the second by `key`.
async fn refresh(bare: &Bare, key: &SigningKey, form: Refresh) -> Json<Value> {
    let next = (&SystemEntropy as &dyn Entropy).token();
    rotate(&bare.db, Some(form.refresh_token), next.clone()).await.unwrap();
    let (access, claims) = (bare.key.sign_jwt("at+jwt", &claims(&bare.issuer)).unwrap(), claims(&bare.issuer));
    let id = key.sign_jwt("JWT", &claims).unwrap();
    Json(json!({
        "access_token": access, "token_type": "Bearer", "expires_in": 300, "scope": "read", "refresh_token": next, "id_token": id
    }))
}

/// The same two statements in a transaction, by pgbench over as many connections, on a server of its own kind and a table like the
/// real one, which refers to issues.
pub struct Pgbench<'a> {
    url: &'a str,
    file: std::path::PathBuf,
    turns: u32,
}

impl<'a> Pgbench<'a> {
    /// Makes the tables.
    pub fn new(url: &'a str, dir: &Path) -> io::Result<Self> {
        let tables = "CREATE TABLE bare_issues (id TEXT PRIMARY KEY);
            INSERT INTO bare_issues SELECT 'issue-of-a-length-like-the-real-one-' || n FROM generate_series(0, 63) n;
            CREATE TABLE bare_tokens (hash TEXT PRIMARY KEY, issue_id TEXT NOT NULL REFERENCES bare_issues (id), seed TEXT NOT NULL,
                created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT, successor TEXT);
            CREATE INDEX bare_tokens_issue ON bare_tokens (issue_id);
            CREATE INDEX bare_tokens_expiry ON bare_tokens (expires_at);";
        // Each client goes along a chain of its own; its variables stay from one transaction to the next.
        let script = "\\set m :n\n\\set n :n + 1\nBEGIN;\n\
            UPDATE bare_tokens SET used_at = :n, successor = 'token-of-a-length-like-the-real-one-' || :client_id || '-' || :n \
                WHERE hash = 'token-of-a-length-like-the-real-one-' || :client_id || '-' || :m AND used_at IS NULL;\n\
            INSERT INTO bare_tokens (hash, issue_id, seed, created_at, expires_at) VALUES \
                ('token-of-a-length-like-the-real-one-' || :client_id || '-' || :n, \
                'issue-of-a-length-like-the-real-one-' || :client_id, \
                'a-seed-that-is-as-long-as-the-real-one-is--', :n, :n + 36000000);\nCOMMIT;\n";
        let file = dir.join("rotation.sql");
        std::fs::write(&file, script)?;
        let made = Command::new("psql").args([url, "-qc", tables]).status()?;
        if made.success() { Ok(Self { url, file, turns: 0 }) } else { Err(io::Error::other("the tables were not made")) }
    }

    /// How many in a second, over some seconds.
    pub fn run(&mut self, seconds: u64) -> io::Result<f64> {
        let (clients, seconds) = (work::AT_ONCE.to_string(), seconds.to_string());
        self.turns += 1;
        // Each turn begins chains of its own.
        let first = format!("n={}", u64::from(self.turns) * 10_000_000);
        let run = Command::new("pgbench")
            .args([
                "--no-vacuum",
                "--protocol",
                "prepared",
                "--define",
                &first,
                "--client",
                &clients,
                "--time",
                &seconds,
                "--file",
            ])
            .arg(&self.file)
            .arg(self.url)
            .output()?;
        let said = String::from_utf8_lossy(&run.stdout);
        let rate = said.lines().find_map(|l| l.strip_prefix("tps = ")).and_then(|l| l.split(' ').next()?.parse().ok());
        rate.ok_or_else(|| io::Error::other(format!("{said} {}", String::from_utf8_lossy(&run.stderr))))
    }
}
