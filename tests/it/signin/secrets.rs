//! Where secrets are, and where they aren't.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::flow::{CALLBACK, VERIFIER, answered, authorize, refresh, text, tokens};
use crate::support::postgres::TestDb;
use crate::support::world::{APP_SECRET, PASSWORD, SEED, World};

/// Where a log goes to be looked at.
#[derive(Clone, Default)]
pub struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    /// All of it.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl std::io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
impl<'a> MakeWriter<'a> for Sink {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The link of an invitation that was mailed, looked at and accepted.
async fn invitation(world: &World) -> String {
    let file = format!(
        "applications: [{{client_id: desk, client_name: Desk, client_secret: {APP_SECRET}, redirect_uris: [\"{CALLBACK}\"], \
         grant_types: [authorization_code, client_credentials], scope: openid grants relations:write}}]\n\
         people: [{{email: mila@example.com, name: Mila de Boer, roles: [administrator]}}]"
    );
    world.apply(&file).await;
    let desk = ("desk", APP_SECRET);
    let (_, own) = world.token(desk, &[("grant_type", "client_credentials"), ("scope", "relations:write")]).await;
    let at = |path: &str| format!("{}{path}", world.idp_url);
    let relations = json!([{"id": "r1", "name": "Bakkerij Smit", "active": true}]);
    world.http.post(at("/api/relations")).bearer_auth(text(&own, "access_token")).json(&relations).send().await.unwrap();
    let (_, answer) = authorize(world, "mila@example.com", &[("client_id", "desk"), ("scope", "openid grants")]).await;
    let code = answered(&answer, "code").unwrap();
    let form = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
    let (_, mila) = world.token(desk, &form).await;
    let body = json!({"email": "eva@example.com", "name": "Eva", "language": "en", "relation": "r1", "level": "reader"});
    let put =
        world.http.put(at("/api/invitations/i1")).bearer_auth(text(&mila, "access_token")).json(&body).send().await.unwrap();
    assert_eq!(put.status().as_u16(), 201);
    let mail = world.newest("eva@example.com").await;
    let link = mail.split_whitespace().find(|w| w.contains("/invitation/")).unwrap().to_owned();
    let mut browser = world.browser();
    browser.get(&link).await.unwrap();
    let choice = [("do", "choose"), ("password", PASSWORD), ("repeat", PASSWORD)];
    assert_eq!(browser.post(&link, &choice).await.unwrap().status.as_u16(), 200);
    link
}

/// case 27, V12, S7: after a sign-in, wrong tries, a refresh and a revocation, no secret is in the log (at its most
/// talkative), in the databases (every byte of their files), or in pages.
#[tokio::test]
async fn no_secret_is_in_a_log_a_database_or_a_page() {
    let sink = Sink::default();
    let subscriber =
        tracing_subscriber::fmt().with_env_filter(zegel::kernel::logs::filter("trace")).with_writer(sink.clone()).finish();
    // Other tests run beside this one: only what happens on this thread and its tasks counts, so one worker.
    let guard = tracing::subscriber::set_default(subscriber);
    let db = TestDb::sqlite();
    let dir = db.dir.path().to_owned();
    let world = World::start(db).await;
    let mut wrong = world.browser();
    wrong.get(format!("{}/signin", world.idp_url)).await.unwrap();
    let page = wrong
        .post(format!("{}/signin", world.idp_url), &[("username", "daan@example.com"), ("password", "tr0ub4dor&3-wrong")])
        .await
        .unwrap();
    let (browser, t) = tokens(&world, "daan@example.com", &[]).await;
    let code = world.code_for("daan@example.com", 6).await;
    let (_, next) = refresh(&world, text(&t, "refresh_token")).await;
    refresh(&world, "not-a-token-but-tried-as-one").await;
    let link = invitation(&world).await;
    drop(guard);
    let session = browser.cookies["localhost"]["zegel_idp_session"].clone();
    let mut haystacks = vec![("the log".to_owned(), sink.bytes()), ("a page".to_owned(), page.text.into_bytes())];
    for entry in std::fs::read_dir(&dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            haystacks.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    assert!(haystacks.iter().any(|(n, _)| n.contains("idp.db-wal")), "the write-ahead log is looked at too");
    for secret in [
        PASSWORD,
        SEED,
        APP_SECRET,
        "tr0ub4dor&3-wrong",
        &session,
        text(&t, "access_token"),
        text(&t, "refresh_token"),
        text(&t, "id_token"),
        text(&next, "refresh_token"),
        "not-a-token-but-tried-as-one",
        link.rsplit('/').next().unwrap(),
    ] {
        for (name, bytes) in &haystacks {
            let at = bytes.windows(secret.len()).position(|w| w == secret.as_bytes());
            let around = |at: usize| String::from_utf8_lossy(&bytes[at.saturating_sub(300)..at + secret.len()]).into_owned();
            assert!(at.is_none(), "{secret} is in {name}: {}", around(at.unwrap_or_default()));
        }
    }
    // Six digits can stand in a file by chance; as a word of its own they don't.
    for (name, bytes) in &haystacks {
        let found = bytes.windows(6).enumerate().any(|(i, w)| {
            let edge = |at: Option<&u8>| at.is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'-' && *b != b'_');
            w == code.as_bytes() && edge(i.checked_sub(1).and_then(|i| bytes.get(i))) && edge(bytes.get(i + 6))
        });
        assert!(!found, "the code {code} is in {name}");
    }
}
