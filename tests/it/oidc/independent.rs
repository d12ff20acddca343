//! Independent applications against the provider: a library from the Node package registry, one from the Python package index,
//! and Apache with mod_auth_openidc. Each plays itself; the test is the person in front of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use zegel::demo::browser::Browser;

use super::conformance::{Came, ELLA, Mode, Party, SECRET};
use crate::support::flow::CALLBACK;
use crate::support::node::node;
use crate::support::postgres::TestDb;
use crate::support::world::{Options, World};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// A program that ends with the test, however that ends.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Program {
    fn start(path: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(path);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command.spawn().unwrap_or_else(|e| panic!("{}: {e}; run scripts/setup", path.display())))
    }
}

/// Opens what the program asks to be opened, signs in and allows where that is asked, and tells where it led; what it says last.
async fn accompany(p: &Party, mut program: Program) -> Value {
    let (mut out, mut say) = (BufReader::new(program.0.stdout.take().unwrap()), program.0.stdin.take().unwrap());
    let mut browser = p.world.browser();
    loop {
        // The provider runs on this runtime, so nothing here may wait for the program on it.
        let (line, rest) = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            out.read_line(&mut line).unwrap();
            (line, out)
        })
        .await
        .unwrap();
        out = rest;
        if let Some(url) = line.strip_prefix("open ") {
            let back = lead(p, &mut browser, url.trim()).await;
            say.write_all(format!("{back}\n").as_bytes()).unwrap();
        } else if line.is_empty() {
            let mut said = String::new();
            program.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("it ended early: {said}");
        } else {
            return serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
        }
    }
}

async fn lead(p: &Party, browser: &mut Browser, url: &str) -> String {
    let mut came = p.follow(browser, url).await;
    loop {
        came = match came {
            Came::Page(page) if page.text.contains("id=\"username\"") => p.sign_in(browser, ELLA).await,
            Came::Page(page) => p.consent(browser, &page, "allow").await,
            Came::Answer(pairs) => {
                let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
                return format!("{CALLBACK}?{query}");
            }
        };
    }
}

async fn party() -> Party {
    let options = Options { client_registration: "open", ..Options::default() };
    Party::of(World::start_with(TestDb::sqlite(), options).await, Mode::Query).await
}

/// S1, S2: openid-client registers itself, signs in with PKCE and the claims parameter, reads signed userinfo, refreshes,
/// revokes, comes again without a page, and signs out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_on_openid_client_signs_people_in() {
    let p = party().await;
    let script = folder("node").join("openid_client.mjs");
    assert!(folder("node/node_modules/openid-client").is_dir(), "openid-client is not installed: run scripts/setup");
    let learned = accompany(&p, Program::start(&node(), &[script.to_str().unwrap(), &p.world.idp_url, CALLBACK])).await;
    assert_eq!(
        (&learned["claims"]["email"], &learned["userinfo"]["name"]),
        (&json!(ELLA), &json!("Ella van den Berg")),
        "{learned}"
    );
    for same in ["again", "silent"] {
        assert_eq!(learned[same], learned["claims"]["sub"], "{same}");
    }
    assert_eq!(learned["refused"], "invalid_grant");
    let logout = learned["logout"].as_str().unwrap();
    let page = p.follow(&mut p.world.browser(), logout).await.page();
    assert!(page.text.contains("You are signed out"), "{}", page.text);
}

/// S1, S2: Authlib signs in, checks the ID token, reads userinfo, refreshes and revokes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_on_authlib_signs_people_in() {
    let p = party().await;
    let python = folder("python/.venv/bin/python");
    let script = folder("python").join("authlib_client.py");
    let arguments = [script.to_str().unwrap(), &p.world.idp_url, "rp", SECRET, CALLBACK];
    let learned = accompany(&p, Program::start(&python, &arguments)).await;
    assert_eq!((&learned["userinfo"]["email"], &learned["claims"]["aud"]), (&json!(ELLA), &json!("rp")), "{learned}");
    assert_eq!(learned["ended"], 401, "what was revoked is refused");
}

/// Apache with what it needs, in a folder of its own.
struct Apache {
    program: Program,
    url: String,
    dir: tempfile::TempDir,
}

impl Apache {
    async fn start(issuer: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("http://localhost:{port}");
        std::fs::create_dir(dir.path().join("www")).unwrap();
        std::fs::create_dir(dir.path().join("www/protected")).unwrap();
        std::fs::write(dir.path().join("www/protected/index.html"), "behind the gate\n").unwrap();
        // It drops its rights to this user where the tests run as root.
        let config = format!(
            r#"ServerRoot "{dir}"
ServerName localhost
Listen 127.0.0.1:{port}
PidFile "{dir}/pid"
ErrorLog "{dir}/error.log"
Mutex posixsem
User www-data
Group www-data
{modules}
DocumentRoot "{dir}/www"
DirectoryIndex index.html
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID apache
OIDCClientSecret {SECRET}
OIDCRedirectURI {url}/protected/callback
OIDCCryptoPassphrase a-passphrase-of-this-test
OIDCSessionType server-cache
OIDCPKCEMethod S256
OIDCScope "openid email"
OIDCRemoteUserClaim email
<Directory "{dir}/www">
  Require all granted
</Directory>
<Location /protected>
  AuthType openid-connect
  Require valid-user
  Header set X-Remote-User expr=%{{REMOTE_USER}}
</Location>
"#,
            dir = dir.path().display(),
            modules = ["mpm_event", "authz_core", "authz_user", "authn_core", "dir", "headers", "auth_openidc"]
                .map(|m| format!("LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so"))
                .join("\n"),
        );
        std::fs::write(dir.path().join("apache.conf"), config).unwrap();
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(dir.path(), open).unwrap();
        let conf = dir.path().join("apache.conf");
        let program = Program::start(Path::new("/usr/sbin/apache2"), &["-DFOREGROUND", "-f", conf.to_str().unwrap()]);
        Self { program, url, dir }
    }

    /// Asks with what a browser has. It says nothing when it begins to listen, so the first request asks until then.
    async fn get(&mut self, browser: &mut Browser, path: &str) -> zegel::demo::browser::Answer {
        let url = format!("{}{path}", self.url);
        for _ in 0..400 {
            if let Ok(answer) = browser.once(reqwest::Method::GET, &url, None).await {
                return answer;
            }
            assert!(self.program.0.try_wait().unwrap().is_none(), "Apache has ended: {}", self.log());
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("Apache does not answer: {}", self.log());
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("error.log")).unwrap_or_default()
    }
}

/// back-logout/backchannel-rp-initiated-logout, S1: Apache lets someone in by this provider, and is told when he signs out
/// elsewhere: the next request asks for the sign-in again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apache_lets_people_in_and_is_told_when_they_sign_out() {
    let p = party().await;
    let mut apache = Apache::start(&p.world.idp_url).await;
    let callback = format!("{}/protected/callback", apache.url);
    let file = json!({"applications": [{
        "client_id": "apache", "client_name": "Apache", "client_secret": SECRET, "redirect_uris": [callback],
        "backchannel_logout_uri": format!("{callback}?logout=backchannel"), "scope": "openid email",
    }]});
    p.world.apply(&file.to_string()).await;
    let mut browser = p.world.browser();
    let to_provider = apache.get(&mut browser, "/protected/").await.location().unwrap_or_else(|| panic!("{}", apache.log()));
    assert!(to_provider.as_str().starts_with(&p.world.idp_url), "{to_provider}");
    browser.get(to_provider.as_str()).await.unwrap();
    let inside = p.world.sign_in_from(&mut browser, ELLA).await;
    assert!(inside.text.contains("behind the gate"), "{} {}\n{}", inside.url, inside.text, apache.log());
    assert_eq!(inside.headers["x-remote-user"], ELLA);
    let again = apache.get(&mut browser, "/protected/").await;
    assert_eq!(again.status.as_u16(), 200);
    let page = browser.get(format!("{}/logout", p.world.idp_url)).await.unwrap();
    let to = page.after("name=\"to\" value=\"").unwrap().to_owned();
    browser.post(format!("{}/logout/confirm", p.world.idp_url), &[("to", &to)]).await.unwrap();
    let after = apache.get(&mut browser, "/protected/").await;
    assert_eq!(after.status.as_u16(), 302, "the session is over there too: {}", apache.log());
    assert!(after.location().unwrap().as_str().starts_with(&p.world.idp_url));
}
