//! The real program as a process: started, asked, and the tokens that asking needs.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;
use zegel::demo::browser::Browser;

const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0123456789";
const CALLBACK: &str = "http://127.0.0.1:9/cb";
const SECRET: &str = "an-application-secret-of-40-characters-..";
/// The application that asks.
pub const BENCH: &str = "bench";
/// One whose ID tokens are signed with ES256; those of others with RS256, as is usual.
pub const BENCH_ES256: &str = "bench-es256";
/// A resource server that asks what tokens stand for.
pub const SERVED: &str = "https://service.example";
/// The password of everyone.
pub const PASSWORD: &str = "correct horse battery";

/// Who there is, and the application that asks, for a record store at an address.
fn people(crm: &str) -> String {
    format!(
        r#"
people:
  - {{email: daan@example.com, name: Daan Visser, staff: true, password: {PASSWORD}, roles: [sales]}}
  - {{email: bram@example.com, name: Bram Jansen, staff: true, password: {PASSWORD}, roles: [administrator]}}
applications:
  - {{client_id: bench, client_name: Bench, client_secret: {SECRET}, redirect_uris: ["{CALLBACK}"], resources: ["{crm}", "{SERVED}"],
     grant_types: [authorization_code, refresh_token, client_credentials],
     scope: "openid profile email read grants records:read records:write"}}
  - {{client_id: bench-es256, client_name: Bench, client_secret: {SECRET}, redirect_uris: ["{CALLBACK}"],
     grant_types: [authorization_code, refresh_token], id_token_signed_response_alg: ES256}}
  - {{client_id: service, client_name: Service, client_secret: {SECRET}, grant_types: [client_credentials], serves: ["{SERVED}"]}}
"#
    )
}

/// A running program with data in a folder.
pub struct Site {
    child: Child,
    at: SocketAddr,
    crm: u16,
    /// The provider.
    pub url: String,
    /// Its client.
    pub http: reqwest::Client,
    dir: PathBuf,
    ports: (u16, u16),
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free() -> io::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// The program with `log` as its level; what it logs goes to a file, as in service.
fn command(dir: &Path, ports: (u16, u16), log: &str) -> io::Result<Command> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zegel"));
    let file = std::fs::File::options().create(true).append(true).open(dir.join("log"))?;
    command.env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(file).current_dir(dir);
    for (key, value) in [
        ("DATA", dir.display().to_string()),
        ("KEYS", dir.join("keys").display().to_string()),
        ("IDP_URL", format!("http://localhost:{}", ports.0)),
        ("CRM_URL", format!("http://localhost:{}", ports.1)),
        ("IDP_LISTEN", format!("127.0.0.1:{}", ports.0)),
        ("CRM_LISTEN", format!("127.0.0.1:{}", ports.1)),
        ("CAPTURE", "true".into()),
        ("LOG", log.into()),
    ] {
        command.env(format!("ZEGEL_{key}"), value);
    }
    Ok(command)
}

fn apply(dir: &Path, ports: (u16, u16), settings: &[(&str, &str)], yaml: &str) -> io::Result<()> {
    let file = dir.join("people.yaml");
    std::fs::write(&file, yaml)?;
    let settings = settings.iter().map(|(key, value)| (format!("ZEGEL_{key}"), *value));
    let applied = command(dir, ports, "warn")?.envs(settings).arg("apply").arg(&file).status()?;
    if applied.success() { Ok(()) } else { Err(io::Error::other(std::fs::read_to_string(dir.join("log"))?)) }
}

impl Site {
    /// Makes the people and applications and starts both halves, or the provider alone.
    pub async fn start(dir: &Path, log: &str, words: &[&str]) -> io::Result<Self> {
        Self::start_with(dir, log, words, &[], "").await
    }

    /// The same with more settings, and more people as lines of YAML.
    pub async fn start_with(dir: &Path, log: &str, words: &[&str], settings: &[(&str, &str)], more: &str) -> io::Result<Self> {
        let ports = (free()?, free()?);
        let people = people(&format!("http://localhost:{}", ports.1));
        apply(dir, ports, settings, &people.replacen("people:\n", &format!("people:\n{more}"), 1))?;
        Self::spawn(dir, ports, log, words, settings).await.map(|(site, _)| site)
    }

    /// Makes what a file says, beside the running server.
    pub fn apply(&self, yaml: &str) -> io::Result<()> {
        apply(&self.dir, self.ports, &[], yaml)
    }

    async fn spawn(
        dir: &Path,
        ports: (u16, u16),
        log: &str,
        words: &[&str],
        settings: &[(&str, &str)],
    ) -> io::Result<(Self, Duration)> {
        let at = SocketAddr::from(([127, 0, 0, 1], ports.0));
        let begun = Instant::now();
        let settings = settings.iter().map(|(key, value)| (format!("ZEGEL_{key}"), *value));
        let child = command(dir, ports, log)?.envs(settings).args(words).spawn()?;
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().map_err(io::Error::other)?;
        let url = format!("http://localhost:{}", ports.0);
        let site = Self { child, at, crm: ports.1, url, http, dir: dir.to_owned(), ports };
        for _ in 0..30_000 {
            // Cheaper than a client: asked each millisecond.
            if ready(at).await {
                return Ok((site, begun.elapsed()));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Err(io::Error::other(std::fs::read_to_string(dir.join("log"))?))
    }

    /// Start to first answer, of starts that are not the first on these data, in the middle of `n`.
    pub async fn start_times(dir: &Path, n: usize) -> io::Result<Duration> {
        let mut times = Vec::new();
        for _ in 0..n {
            let (site, time) = Self::spawn(dir, (free()?, free()?), "info", &["serve"], &[]).await?;
            times.push(time);
            drop(site);
        }
        times.sort();
        times.get(n / 2).copied().ok_or_else(|| io::Error::other("no start"))
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The address of a path at the provider.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// Where the provider answers.
    pub fn at(&self) -> SocketAddr {
        self.at
    }

    /// The record store's origin, and where it answers.
    pub fn crm(&self) -> (String, SocketAddr) {
        (format!("http://localhost:{}", self.crm), SocketAddr::from(([127, 0, 0, 1], self.crm)))
    }

    /// The header by which the application says who it is.
    pub fn basic() -> String {
        Self::basic_of(BENCH)
    }

    /// The header by which the resource server says who it is.
    pub fn service() -> String {
        Self::basic_of("service")
    }

    /// The header by which a client says who it is.
    pub fn basic_of(client: &str) -> String {
        format!("Basic {}", STANDARD.encode(format!("{client}:{SECRET}")))
    }

    /// What a path answers.
    pub async fn text(&self, path: &str) -> reqwest::Result<String> {
        self.http.get(self.address(path)).send().await?.error_for_status()?.text().await
    }

    /// The newest message to an address: its id and its text.
    async fn newest(&self, email: &str) -> reqwest::Result<Option<(Value, String)>> {
        let request = self.http.get(self.address("/dev/messages")).header("accept", "application/json");
        let all: Vec<Value> = request.send().await?.json().await?;
        let last = all.into_iter().find(|m| m["to"] == email);
        Ok(last.map(|m| (m["id"].clone(), m["text"].as_str().unwrap_or_default().to_owned())))
    }

    /// Someone, signed in.
    pub async fn sign_in(&self, email: &str) -> io::Result<Browser> {
        let mut browser = Browser::new(self.http.clone());
        let before = self.newest(email).await.map_err(io::Error::other)?.map(|(id, _)| id);
        browser.get(self.address("/signin")).await.map_err(io::Error::other)?;
        let form = [("username", email), ("password", PASSWORD)];
        browser.post(self.address("/signin"), &form).await.map_err(io::Error::other)?;
        for _ in 0..200 {
            let new = self.newest(email).await.map_err(io::Error::other)?.filter(|(id, _)| before.as_ref() != Some(id));
            let text = new.map(|(_, text)| text).unwrap_or_default();
            if let Some(code) = text.split(|c: char| !c.is_ascii_digit()).find(|p| p.len() == 6) {
                let (at, form) = (self.address("/signin/code"), [("code", code)]);
                let done = browser.once(reqwest::Method::POST, &at, Some(&form)).await.map_err(io::Error::other)?;
                return if done.status.is_redirection() { Ok(browser) } else { Err(io::Error::other(done.text)) };
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(io::Error::other("no code was mailed"))
    }

    /// Tokens of a new authorization, for the provider itself.
    pub async fn tokens(&self, browser: &mut Browser) -> io::Result<Value> {
        self.tokens_of(browser, BENCH, "openid profile email", None).await
    }

    /// Tokens of a new authorization of a client with a scope, for a resource server.
    pub async fn tokens_of(&self, browser: &mut Browser, client: &str, scope: &str, resource: Option<&str>) -> io::Result<Value> {
        let challenge = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, VERIFIER.as_bytes());
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("response_type", "code"),
                ("client_id", client),
                ("redirect_uri", CALLBACK),
                ("scope", scope),
                ("code_challenge", &URL_SAFE_NO_PAD.encode(challenge)),
                ("code_challenge_method", "S256"),
            ])
            .extend_pairs(resource.map(|r| ("resource", r)))
            .finish();
        let url = format!("{}/authorize?{query}", self.url);
        let answer = browser.once(reqwest::Method::GET, &url, None).await.map_err(io::Error::other)?;
        let to = answer.location().ok_or_else(|| io::Error::other(answer.text))?;
        let code = to.query_pairs().find(|(k, _)| k == "code").map(|(_, v)| v.into_owned());
        let code = code.ok_or_else(|| io::Error::other(format!("no code in {to}")))?;
        let form =
            [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
        let request = self.http.post(format!("{}/token", self.url)).basic_auth(client, Some(SECRET)).form(&form);
        let answer = request.send().await.map_err(io::Error::other)?;
        answer.error_for_status().map_err(io::Error::other)?.json().await.map_err(io::Error::other)
    }
}

async fn ready(at: SocketAddr) -> bool {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let ask = async {
        let mut stream = tokio::net::TcpStream::connect(at).await?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        io::Result::Ok(answer.starts_with(b"HTTP/1.1 200"))
    };
    ask.await.unwrap_or(false)
}
