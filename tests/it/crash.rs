//! SIGKILL while writing, then restart: every acknowledged change is there, and nothing is usable twice.
//!
//! Real processes on real databases. Clients rotate refresh tokens, redeem codes and revoke in parallel until the process is
//! killed in the middle of it, after a number of acknowledgements that a seed decides. Five kills per engine, or as many as
//! `ZEGEL_TEST_KILLS` says; `ZEGEL_TEST_SEED` changes the moments.

pub mod clients;
pub mod process;
mod sealing;
mod storm;

use std::time::Duration;

use zegel::idp::feed;
use zegel::kernel::db::{Db, Half};
use zegel::kernel::entropy::{Entropy, SeededEntropy};
use zegel::sql;

use crate::on_both_engines;
use crate::support::postgres::TestDb;
use crate::support::world::{APP_SECRET, COMPANY};
use clients::{Caller, Told};
use process::{Process, Site};
use storm::{Storm, Supplies};

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

/// Numbers that are the same again for the same seed.
struct Dice(SeededEntropy);

impl Dice {
    fn new() -> Self {
        Self(SeededEntropy::new(number("ZEGEL_TEST_SEED", 20_261_122)))
    }
    fn below(&self, n: u64) -> u64 {
        let source: &dyn Entropy = &self.0;
        u64::from_be_bytes(source.bytes()) % n
    }
}

on_both_engines! {
    async fn what_was_acknowledged_before_a_kill_is_there_after_it_and_nothing_is_usable_twice(db: TestDb) {
        let (site, dice) = (Site::new(db), Dice::new());
        site.apply(COMPANY);
        let caller = Caller::new(site.first.idp_url());
        // Every second time, the record store runs too, and its copy of the access log has to survive the same.
        let halves: [&[&str]; 2] = [&["serve"], &["serve", "--only", "idp"]];
        let mut process = site.start(site.first, halves[1]).await;
        let mut browser = caller.sign_in("daan@example.com").await;
        for round in 0..number("ZEGEL_TEST_KILLS", 5) {
            let supplies = Supplies::get(&caller, &mut browser).await;
            let storm = Storm::begin(&caller, supplies);
            let after = 1 + dice.below(100);
            let pause = dice.below(400);
            let seen = storm.until_kill(&mut process, after, pause).await;
            let both = round % 2 == 0;
            process = site.start(site.first, halves[usize::from(!both)]).await;
            let revoked = seen.check(&caller, round).await;
            whole(&site, &revoked, round).await;
            if both {
                replicated(&site, &revoked, round).await;
            }
        }
    }
}

/// The access log has no gaps and its head is its count; acknowledged revocations are in it, each once; of no rotation is
/// there only half.
async fn whole(site: &Site, revoked: &[String], round: u64) {
    let db = site.db.idp().await;
    let (head, count, last): (i64, i64, i64) = db
        .query(sql!(
            "SELECT position, (SELECT COUNT(*) FROM access_log), (SELECT COALESCE(MAX(position), 0) FROM access_log) FROM access_log_head"
        ))
        .one()
        .await
        .unwrap();
    assert_eq!((head, head), (count, last), "round {round}: the head, the number of entries and the last position");
    let (torn,): (i64,) = db
        .query(sql!(
            "SELECT COUNT(*) FROM refresh_tokens r WHERE used_at IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM refresh_tokens s WHERE s.hash = r.successor)"
        ))
        .one()
        .await
        .unwrap();
    assert_eq!(torn, 0, "round {round}: refresh tokens that were used and have no successor");
    let (forked,): (i64,) = db
        .query(sql!(
            "SELECT COUNT(*) FROM (SELECT issue_id FROM refresh_tokens WHERE used_at IS NULL GROUP BY issue_id HAVING COUNT(*) > 1) f"
        ))
        .one()
        .await
        .unwrap();
    assert_eq!(forked, 0, "round {round}: issues with two unused refresh tokens");
    let said = revocations(&db).await;
    for issue in revoked {
        assert_eq!(said.iter().filter(|i| *i == issue).count(), 1, "round {round}: {issue} in the access log");
    }
    db.close().await;
}

async fn revocations(db: &Db) -> Vec<String> {
    let (mut at, mut found) = (0, Vec::new());
    loop {
        let page = feed::flow::page(db, at).await.unwrap();
        for entry in page.entries {
            assert_eq!(entry.position, at + 1);
            at = entry.position;
            if let zegel::contract::feed::Entry::IssueRevoked { issue } = entry.entry {
                found.push(issue);
            }
        }
        if at == page.head {
            return found;
        }
    }
}

/// The record store reaches the head of the log and knows what was revoked. It polls by itself, so this asks for a while.
async fn replicated(site: &Site, revoked: &[String], round: u64) {
    let (idp, crm) = (site.db.idp().await, site.db.crm().await);
    let mut standing = (0, 0);
    for _ in 0..600 {
        let (head,): (i64,) = idp.query(sql!("SELECT position FROM access_log_head")).one().await.unwrap();
        let here: Option<(i64,)> =
            crm.query(sql!("SELECT position FROM replica_cursor WHERE state = 'current'")).opt().await.unwrap();
        standing = (head, here.map_or(0, |(p,)| p));
        if standing.0 == standing.1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(standing.0, standing.1, "round {round}: the replica reaches the head");
    for issue in revoked {
        let query = crm.query(sql!("SELECT COUNT(*) FROM replica_revoked_issues WHERE issue = $1")).bind(issue.as_str());
        assert_eq!(query.one::<(i64,)>().await.unwrap().0, 1, "round {round}: {issue} in the replica");
    }
    idp.close().await;
    crm.close().await;
}

/// The first start makes tables and keys. Killed anywhere in it, the next one goes on from there.
async fn a_killed_first_start(db: TestDb) {
    let (site, dice, http) = (Site::new(db), Dice::new(), reqwest::Client::new());
    for _ in 0..number("ZEGEL_TEST_KILLS", 5).min(20) {
        let mut process = site.spawn(site.first, &["serve"]);
        for _ in 0..dice.below(30) {
            if process::answers(&http, &site.first.crm_url()).await {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        process.kill();
    }
    let _process: Process = site.start(site.first, &["serve"]).await;
    let db = Db::open(&site.db.idp_url, Half::Idp).await.unwrap();
    let keys: Vec<(String, i64)> =
        db.query(sql!("SELECT purpose, COUNT(*) FROM signing_keys GROUP BY purpose, alg")).all().await.unwrap();
    assert!(keys.len() == 4 && keys.iter().all(|(_, n)| *n == 1), "one key of each kind: {keys:?}");
    let (instances,): (i64,) = db.query(sql!("SELECT COUNT(*) FROM instance")).one().await.unwrap();
    assert_eq!(instances, 1);
    db.close().await;
    whole(&site, &[], 0).await;
    replicated(&site, &[], 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_start_that_was_killed_is_finished_by_the_next_on_sqlite() {
    a_killed_first_start(TestDb::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_start_that_was_killed_is_finished_by_the_next_on_postgres() {
    a_killed_first_start(TestDb::empty_postgres().await).await;
}

/// A command beside a running server, on one file: both write, nobody is turned away and nothing is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apply_by_a_second_process_while_the_server_writes() {
    let site = std::sync::Arc::new(Site::new(TestDb::sqlite()));
    site.apply(COMPANY);
    let process = site.start(site.first, &["serve", "--only", "idp"]).await;
    let caller = Caller::new(site.first.idp_url());
    let mut browser = caller.sign_in("daan@example.com").await;
    let mut family = caller.family(&mut browser).await;
    let applies = {
        let site = std::sync::Arc::clone(&site);
        tokio::task::spawn_blocking(move || {
            for n in 0..8 {
                site.apply(&format!("people: [{{email: new{n}@example.com, name: New {n}, roles: [driver]}}]"));
            }
        })
    };
    let mut rounds = 0;
    while !applies.is_finished() || rounds < 20 {
        family = match caller.refresh(&family.refresh).await {
            Told::Answer(200, body) => family.next(&body),
            other => panic!("refresh {rounds} beside apply: {other:?}; {}", process.said()),
        };
        rounds += 1;
    }
    applies.await.unwrap();
    whole(&site, &[], 0).await;
    let db = site.db.idp().await;
    let (people,): (i64,) = db.query(sql!("SELECT COUNT(*) FROM people WHERE email LIKE 'new%'")).one().await.unwrap();
    let (used,): (i64,) = db.query(sql!("SELECT COUNT(*) FROM refresh_tokens WHERE used_at IS NOT NULL")).one().await.unwrap();
    assert_eq!((people, used), (8, rounds));
    db.close().await;
}

on_both_engines! {
    /// case 29: what a command of another process takes away is refused by the running server at its next request, and what it
    /// gives is taken.
    async fn what_another_process_changes_counts_at_the_next_request(db: TestDb) {
        let site = Site::new(db);
        site.apply(COMPANY);
        let _process = site.start(site.first, &["serve", "--only", "idp"]).await;
        let caller = Caller::new(site.first.idp_url());
        let mut browser = caller.sign_in("daan@example.com").await;
        let family = caller.family(&mut browser).await;
        let asked = async || match caller.post("/token", &[("grant_type", "client_credentials"), ("scope", "read")]).await {
            Told::Answer(status, _) => status,
            Told::Nothing => 0,
        };
        assert_eq!([caller.userinfo(&family.access).await, caller.userinfo(&family.access).await], [200, 200]);
        for enabled in [false, true, false, true] {
            // Known by now, if anything is.
            let before = if enabled { 401 } else { 200 };
            assert_eq!([asked().await, asked().await], [before, before]);
            site.apply(&format!(
                "applications: [{{client_id: app, client_name: Test application, client_secret: {APP_SECRET}, enabled: {enabled}, \
                 redirect_uris: ['http://127.0.0.1:9/cb'], grant_types: [authorization_code, refresh_token, client_credentials], \
                 scope: 'openid profile email read'}}]"
            ));
            assert_eq!(asked().await, if enabled { 200 } else { 401 });
            assert_eq!(caller.userinfo(&family.access).await, 401, "what was taken away does not come back");
        }
    }
}
