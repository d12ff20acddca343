//! The record store's replica of the access log with the real provider, each a process of its own: what was taken away, what
//! a half that stands still closes, and what a copy that was put back must not open.

use std::path::Path;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use zegel::demo::browser::{Answer, Browser};
use zegel::kernel::db::{Db, DbError};
use zegel::sql;

use crate::crash::clients::Caller;
use crate::crash::process::{Node, Process, Site};
use crate::support::postgres::TestDb;
use crate::support::world::COMPANY;

/// Someone who has signed in at both halves.
async fn member(site: &Site, email: &str) -> Browser {
    let mut browser = Caller::new(site.first.idp_url()).sign_in(email).await;
    let me = format!("{}/me", site.first.crm_url());
    let page = browser.get(&me).await.unwrap();
    assert!(page.status.is_success() && page.url.as_str() == me, "{} {}", page.url, page.text);
    browser
}

async fn ask(browser: &mut Browser, node: Node, path: &str) -> Answer {
    browser.once(Method::GET, &format!("{}{path}", node.crm_url()), None).await.unwrap()
}

/// Asks again until the answer has a status, for a minute at most.
async fn until(browser: &mut Browser, node: Node, path: &str, status: u16) -> Answer {
    let mut last = None;
    for _ in 0..1200 {
        let answer = ask(browser, node, path).await;
        if answer.status.as_u16() == status {
            return answer;
        }
        last = Some(answer);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let last = last.unwrap();
    panic!("{path} never answers {status}, last {} {}", last.status, last.text);
}

fn roles(answer: &Answer) -> Vec<String> {
    let me: Value = serde_json::from_str(&answer.text).unwrap_or_else(|e| panic!("{e}: {}", answer.text));
    me["roles"].as_array().unwrap().iter().map(|r| r.as_str().unwrap().to_owned()).collect()
}

/// Puts a record into the dossier of the relation `smit`. Notes are internal: only who is linked to the relation sees them.
pub async fn record(db: &Db, module: &str, id: &str, fields: Value) {
    let title = fields.get("name").or(fields.get("subject")).and_then(Value::as_str).unwrap().to_owned();
    let row = (id.to_owned(), module.to_owned(), title, module == "notes", sqlx::types::Json(fields));
    let written: Result<u64, DbError> = db
        .write(row, |(id, module, title, internal, fields), mut tx| {
            Box::pin(async move {
                tx.q(sql!(
                    "INSERT INTO records (id, module, version, status, fields, folded, title, title_fold, relation_id, internal,
                     restricted, created_at, created_by, updated_at, updated_by)
                     VALUES ($1, $2, 1, 'active', $3, $3, $4, $4, 'smit', $5, FALSE, 0, 'x', 0, 'x')"
                ))
                .bind(id.as_str())
                .bind(module.as_str())
                .bind(fields.clone())
                .bind(title.as_str())
                .bind(*internal)
                .exec()
                .await
            })
        })
        .await;
    written.unwrap();
}

/// P2, case 43: two nodes on one PostgreSQL. Access that was answered as taken away opens nothing at the next request, on
/// either node.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_as_taken_away_is_refused_at_the_next_request_on_every_node() {
    let site = Site::new(TestDb::empty_postgres().await);
    let other = Node::new();
    let (first, second) = tokio::join!(site.start(site.first, &["serve"]), site.start(other, &["serve"]));
    site.apply(COMPANY);
    let db = site.db.crm().await;
    record(&db, "relations", "smit", json!({"name": "Bakkerij Smit"})).await;
    record(&db, "notes", "note", json!({"subject": "Discount", "relation": "smit"})).await;
    let mut mila = member(&site, "mila@example.com").await;
    let mut acknowledged = 0;
    for round in 0..4 {
        give(&site).await;
        for node in [site.first, other] {
            until(&mut mila, node, "/m/notes/note", 200).await;
        }
        let taken = site.run(&["grants", "take", "smit", "mila@example.com"]);
        let said = String::from_utf8_lossy(&taken.stdout).into_owned();
        assert!(taken.status.success(), "{said} {}", String::from_utf8_lossy(&taken.stderr));
        if said.contains("has acknowledged") {
            acknowledged += 1;
            for node in [other, site.first] {
                let answer = ask(&mut mila, node, "/m/notes/note").await;
                assert_eq!(answer.status.as_u16(), 404, "round {round}: {said}\n{}\n{}", first.said(), second.said());
            }
        }
    }
    assert!(acknowledged > 0, "nothing was ever acknowledged: {} {}", first.said(), second.said());
    db.close().await;
}

/// Gives Mila access, as soon as the record store has told the provider of the relation.
async fn give(site: &Site) {
    let mut said = String::new();
    for _ in 0..200 {
        let given = site.run(&["grants", "give", "smit", "mila@example.com", "reader"]);
        if given.status.success() {
            return;
        }
        said = String::from_utf8_lossy(&given.stderr).into_owned();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no grant is given: {said}");
}

/// Both halves, each a process.
async fn halves(site: &Site) -> (Process, Process) {
    let idp = site.start(site.first, &["serve", "--only", "idp"]).await;
    site.apply(COMPANY);
    (idp, site.start(site.first, &["serve", "--only", "crm"]).await)
}

/// case 44: a provider whose connections stand and say nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_provider_closes_the_record_store_to_externals_at_once_and_to_staff_when_their_token_ends() {
    let mut site = Site::new(TestDb::sqlite());
    site.settings = vec![("ACCESS_TOKEN_SECONDS", "30")];
    let (idp, crm) = halves(&site).await;
    let mut patricia = member(&site, "patricia@example.com").await;
    let mut mila = member(&site, "mila@example.com").await;
    assert_eq!(ask(&mut patricia, site.first, "/api/me").await.status.as_u16(), 200);
    idp.freeze();
    let refused = until(&mut patricia, site.first, "/api/me", 503).await;
    assert!(refused.text.contains("\"behind\""), "{}", refused.text);
    let page = ask(&mut patricia, site.first, "/me").await;
    assert!(page.status.as_u16() == 503 && page.text.contains("<h1"), "{}", page.text);
    assert_eq!(ask(&mut mila, site.first, "/api/me").await.status.as_u16(), 200, "{}", crm.said());
    // Nothing extends tokens meanwhile.
    let ended = until(&mut mila, site.first, "/api/me", 502).await;
    assert!(ended.text.contains("\"upstream\""), "{}", ended.text);
    let page = ask(&mut mila, site.first, "/me").await;
    assert!(page.status.as_u16() == 502 && page.text.contains("<h1"), "{}", page.text);
    idp.thaw();
    until(&mut patricia, site.first, "/api/me", 200).await;
    until(&mut mila, site.first, "/api/me", 200).await;
}

/// The files of one half's database, while nothing has them open.
fn copy(name: &str, from: &Path, to: &Path) {
    for end in ["", "-wal", "-shm"] {
        let file = format!("{name}{end}");
        let _ = std::fs::remove_file(to.join(&file));
        if from.join(&file).exists() {
            std::fs::copy(from.join(&file), to.join(&file)).unwrap();
        }
    }
}

/// case 42: the provider is put back to a copy. The record store notices, nothing of before opens, and it answers again from
/// what the copy says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_is_put_back_to_a_copy_is_noticed_and_read_anew() {
    let site = Site::new(TestDb::sqlite());
    let (mut idp, crm) = halves(&site).await;
    let mut mila = member(&site, "mila@example.com").await;
    assert_eq!(roles(&ask(&mut mila, site.first, "/api/me").await), ["sales"]);
    let kept = tempfile::tempdir().unwrap();
    idp.kill();
    copy("idp.db", site.db.dir.path(), kept.path());
    idp = site.start(site.first, &["serve", "--only", "idp"]).await;
    site.apply("people: [{email: mila@example.com, name: Mila de Boer, roles: [sales, driver]}]");
    for _ in 0..1200 {
        let answer = ask(&mut mila, site.first, "/api/me").await;
        if answer.status.is_success() && roles(&answer) == ["driver", "sales"] {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    idp.kill();
    copy("idp.db", kept.path(), site.db.dir.path());
    idp = site.start(site.first, &["serve", "--only", "idp"]).await;
    until(&mut mila, site.first, "/api/me", 401).await;
    for _ in 0..20 {
        assert_eq!(ask(&mut mila, site.first, "/api/me").await.status.as_u16(), 401, "{} {}", idp.said(), crm.said());
    }
    // As the copy has it.
    let mut mila = member(&site, "mila@example.com").await;
    assert_eq!(roles(&ask(&mut mila, site.first, "/api/me").await), ["sales"]);
    assert!(crm.said().contains("the access log is another one"), "{}", crm.said());
}

/// case 42: the record store is put back to a copy from before someone was disabled. He is not let in for a moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_store_that_is_put_back_to_a_copy_lets_nobody_in_who_has_gone_since() {
    let site = Site::new(TestDb::sqlite());
    let (idp, mut crm) = halves(&site).await;
    let mut mila = member(&site, "mila@example.com").await;
    assert_eq!(ask(&mut mila, site.first, "/api/me").await.status.as_u16(), 200);
    let kept = tempfile::tempdir().unwrap();
    crm.kill();
    copy("crm.db", site.db.dir.path(), kept.path());
    site.apply("people: [{email: mila@example.com, name: Mila de Boer, active: false}]");
    copy("crm.db", kept.path(), site.db.dir.path());
    crm = site.start(site.first, &["serve", "--only", "crm"]).await;
    for _ in 0..20 {
        let answer = ask(&mut mila, site.first, "/api/me").await;
        assert!(!answer.status.is_success(), "{} {} {}", answer.text, idp.said(), crm.said());
    }
    until(&mut mila, site.first, "/api/me", 401).await;
}
