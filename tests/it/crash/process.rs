//! Zegel as processes of their own: started, waited for, killed, started again on the same databases and ports. Owns each
//! process it started and ends it, by its id, when the value goes. Owns no test.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zegel::kernel::entropy::{Entropy, SystemEntropy};

use crate::support::postgres::TestDb;

/// Ports below those that the system gives to outgoing connections: nobody takes one between a kill and the next start.
const PORTS: std::ops::Range<u16> = 18_000..32_000;

/// An installation: databases, a root key, an address.
pub struct Site {
    /// Its databases.
    pub db: TestDb,
    /// The node whose addresses are the public ones.
    pub first: Node,
    /// More settings of its processes, by the names of the environment without `ZEGEL_`.
    pub settings: Vec<(&'static str, &'static str)>,
    root: String,
    starts: AtomicUsize,
}

/// Where a process listens.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    idp: u16,
    crm: u16,
}

impl Node {
    /// On ports that are free now.
    pub fn new() -> Self {
        Self { idp: port(), crm: port() }
    }
    /// Where this node's provider answers.
    pub fn idp_url(self) -> String {
        format!("http://localhost:{}", self.idp)
    }
    /// Where this node's record store answers.
    pub fn crm_url(self) -> String {
        format!("http://localhost:{}", self.crm)
    }
}

fn port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let width = PORTS.end - PORTS.start;
    let first = (std::process::id() as u16).wrapping_mul(37) % width;
    loop {
        let port = PORTS.start + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % width;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Whether what listens at `url` says that it is ready.
pub async fn answers(http: &reqwest::Client, url: &str) -> bool {
    let answer = http.get(format!("{url}/readyz")).timeout(Duration::from_secs(5)).send().await;
    answer.is_ok_and(|a| a.status().is_success())
}

/// A running process.
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Site {
    /// With a new root key.
    pub fn new(db: TestDb) -> Self {
        Self { db, first: Node::new(), settings: Vec::new(), root: new_root(), starts: AtomicUsize::new(0) }
    }

    /// The same databases, looked at by someone with another root key.
    pub fn with_another_root(&self) -> Self {
        let db = self.db.of_another_node();
        Self { db, first: self.first, settings: self.settings.clone(), root: new_root(), starts: AtomicUsize::new(0) }
    }

    fn command(&self, node: Node) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zegel"));
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::null()).current_dir(self.db.dir.path());
        for (key, value) in [
            ("DATA", self.db.dir.path().display().to_string()),
            ("KEYS", self.db.dir.path().join("keys").display().to_string()),
            ("ROOT_KEY", self.root.clone()),
            ("IDP_DATABASE", self.db.idp_url.clone()),
            ("CRM_DATABASE", self.db.crm_url.clone()),
            ("IDP_URL", self.first.idp_url()),
            ("CRM_URL", self.first.crm_url()),
            ("IDP_LISTEN", format!("127.0.0.1:{}", node.idp)),
            ("CRM_LISTEN", format!("127.0.0.1:{}", node.crm)),
            ("CAPTURE", "true".into()),
            ("HASH_MEMORY", "64".into()),
            ("HASH_PASSES", "1".into()),
            ("LOG", "warn".into()),
        ] {
            command.env(format!("ZEGEL_{key}"), value);
        }
        command.envs(self.settings.iter().map(|(key, value)| (format!("ZEGEL_{key}"), *value)));
        command
    }

    /// Starts a process and does not wait for it.
    pub fn spawn(&self, node: Node, words: &[&str]) -> Process {
        let log = self.db.dir.path().join(format!("log-{}", self.starts.fetch_add(1, Ordering::Relaxed)));
        let file = std::fs::File::create(&log).unwrap();
        let child = self.command(node).args(words).stderr(file).spawn().unwrap();
        Process { child, log }
    }

    /// Starts a process and waits until it answers that it is ready.
    pub async fn start(&self, node: Node, words: &[&str]) -> Process {
        let mut process = self.spawn(node, words);
        let urls: Vec<String> = match words {
            [_, "--only", "idp"] => vec![node.idp_url()],
            [_, "--only", "crm"] => vec![node.crm_url()],
            _ => vec![node.idp_url(), node.crm_url()],
        };
        process.until_ready(&urls).await;
        process
    }

    /// Runs a command to its end.
    pub fn run(&self, words: &[&str]) -> Output {
        self.command(self.first).args(words).stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap()
    }

    /// `zegel apply` of a text.
    pub fn apply(&self, yaml: &str) {
        let file = self.db.dir.path().join(format!("apply-{}.yaml", self.starts.fetch_add(1, Ordering::Relaxed)));
        std::fs::write(&file, yaml).unwrap();
        let done = self.run(&["apply", file.to_str().unwrap()]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

fn new_root() -> String {
    let mut bytes = [0; 32];
    SystemEntropy.fill(&mut bytes);
    STANDARD.encode(bytes)
}

impl Process {
    /// Asks until every address answers, for a minute at most.
    async fn until_ready(&mut self, urls: &[String]) {
        let http = reqwest::Client::new();
        for _ in 0..3000 {
            if let Some(status) = self.ended() {
                panic!("the process ended with {status} instead of getting ready: {}", self.said());
            }
            let mut ready = true;
            for url in urls {
                ready = ready && answers(&http, url).await;
            }
            if ready {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the process was not ready after a minute: {}", self.said());
    }

    /// SIGKILL, and its end.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, as a supervisor does it.
    pub fn terminate(&self) {
        let told = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(told.success());
    }

    /// SIGSTOP: its connections stand and say nothing.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// SIGCONT.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Its end, waited for a minute at most.
    pub async fn end(&mut self) -> ExitStatus {
        for _ in 0..3000 {
            if let Some(status) = self.ended() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the process did not end within a minute: {}", self.said());
    }

    /// What it wrote to standard error.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
