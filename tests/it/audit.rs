//! The audit log as a chain: what is committed is in it once, whoever chains; what is changed, removed or cut is found; what is
//! erased can't be read by anyone, and the chain holds all the same.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use zegel::app::{Sources, environment};
use zegel::config::Settings;
use zegel::kernel::Env;
use zegel::kernel::audit::export::Form;
use zegel::kernel::audit::verify::Fault;
use zegel::kernel::audit::{self, Actor, AuditError, Entry, Filter, Head, Log, Owners, Waiting};
use zegel::kernel::clock::{Clock, ManualClock, Timestamp};
use zegel::kernel::db::{Db, DbError, Sql, Tx};
use zegel::kernel::entropy::SystemEntropy;

use crate::on_both_engines;
use crate::support::postgres::TestDb;

/// Everything personal is of whoever it was done to, or who did it.
fn whose<'t>(_: &'t mut Tx<'_>, entry: &'t Waiting) -> BoxFuture<'t, Result<Owners, DbError>> {
    let owners = Owners { ip: entry.actor.clone(), detail: entry.target.clone().or_else(|| entry.actor.clone()) };
    Box::pin(async move { Ok(owners) })
}

struct Case {
    db: Db,
    env: Env,
    log: Log,
    clock: Arc<ManualClock>,
}

impl Case {
    async fn new(db: &TestDb) -> Self {
        let opened = db.idp().await;
        let clock = Arc::new(ManualClock::at(Timestamp(1_795_352_580_000)));
        let data = db.dir.path().to_str().unwrap();
        let settings = Settings::with(&[("data", data), ("keys", data)]).unwrap();
        let sources = Sources { clock: Arc::clone(&clock) as Arc<dyn Clock>, entropy: Arc::new(SystemEntropy) };
        let (env, _) = environment(settings, &sources).unwrap();
        let log = Log::open(&opened, &env, whose).await.unwrap();
        Self { db: opened, env, log, clock }
    }

    /// Writes entries as the program does.
    async fn write(&self, count: usize) {
        for n in 0..count {
            self.one("mila", "daan", &format!("detail-{n}")).await;
        }
    }

    async fn one(&self, actor: &str, target: &str, detail: &str) {
        self.clock.advance(Duration::from_millis(1));
        let entry = Entry {
            id: self.env.id(),
            at: self.env.now(),
            actor: Actor { sub: Some(actor.into()), ip: Some("192.0.2.7".into()), ..Actor::default() },
            action: "person.changed",
            target: Some(target.into()),
            outcome: "ok",
            detail: detail.into(),
        };
        let written = self.db.write(entry, |e, mut tx| Box::pin(async move { audit::record(&mut tx, e).await }));
        written.await.unwrap();
    }

    /// What somebody with the database and without the root key does.
    async fn tamper(&self, sql: &'static str) {
        let done = self.db.write(sql, |sql, mut tx| Box::pin(async move { tx.q(Sql::literal(sql)).exec().await }));
        assert!(done.await.unwrap() > 0, "{sql} changed nothing");
    }

    async fn erase(&self, owner: &'static str) {
        let now = self.env.now();
        let done =
            self.db.write((owner, now), |(owner, now), mut tx| Box::pin(async move { audit::erase(&mut tx, owner, *now).await }));
        done.await.unwrap();
    }

    async fn faults(&self) -> Vec<Fault> {
        self.log.verify(None).await.unwrap().faults
    }

    async fn texts(&self) -> Vec<String> {
        let lines = self.log.page(&Filter::default(), None, 1000).await.unwrap();
        lines.into_iter().map(|l| l.line.detail).collect()
    }
}

on_both_engines! {
    async fn what_is_committed_is_in_the_chain_once_whoever_chains_it(db: TestDb) {
        let case = Case::new(&db).await;
        case.write(30).await;
        let counts = join_all((0..8).map(|_| case.log.catch_up())).await;
        let all: u64 = counts.into_iter().map(Result::unwrap).sum();
        assert_eq!(all, 30);
        let report = case.log.verify(None).await.unwrap();
        assert!(report.holds(), "{report}");
        assert_eq!((report.lines, report.head.unwrap().seq), (30, 30));
        // Nothing waits any more, and nothing is chained again.
        assert_eq!(case.log.catch_up().await.unwrap(), 0);
        case.write(1).await;
        assert_eq!(case.log.head().await.unwrap().seq, 31);
    }

    async fn a_line_that_is_changed_is_found(db: TestDb) {
        let case = Case::new(&db).await;
        case.write(5).await;
        case.log.catch_up().await.unwrap();
        case.tamper("UPDATE audit SET outcome = 'refused' WHERE seq = 3").await;
        assert_eq!(case.faults().await, [Fault::Changed(3)]);
        case.tamper("UPDATE audit SET outcome = 'ok' WHERE seq = 3").await;
        assert_eq!(case.faults().await, []);
        // The last one with a digest that is made to fit: the head knows another.
        case.tamper("UPDATE audit SET hash = 'x' WHERE seq = 5").await;
        assert_eq!(case.faults().await, [Fault::Changed(5)]);
    }

    async fn a_line_that_is_removed_is_found(db: TestDb) {
        let case = Case::new(&db).await;
        case.write(6).await;
        case.log.catch_up().await.unwrap();
        case.tamper("DELETE FROM audit WHERE seq IN (2, 4, 5)").await;
        assert_eq!(case.faults().await, [Fault::Removed(2, 2), Fault::Removed(4, 5)]);
        // Moving the others up hides the gap and not the change.
        case.tamper("UPDATE audit SET seq = 2 WHERE seq = 3").await;
        assert!(case.faults().await.contains(&Fault::Changed(2)));
    }

    async fn a_log_that_is_cut_is_found(db: TestDb) {
        let case = Case::new(&db).await;
        case.write(5).await;
        let noted = case.log.head().await.unwrap();
        case.tamper("DELETE FROM audit WHERE seq > 3").await;
        assert_eq!(case.faults().await, [Fault::Cut(3, 5)]);
        // Whoever moves the head to fit has no key for it.
        case.tamper("UPDATE audit_head SET seq = 3, hash = (SELECT hash FROM audit WHERE seq = 3)").await;
        assert_eq!(case.faults().await, [Fault::Head]);
        case.one("mila", "daan", "more").await;
        assert!(matches!(case.log.catch_up().await, Err(AuditError::Head)), "nothing is chained on to that");
        case.tamper("DELETE FROM audit_head").await;
        assert!(case.faults().await.contains(&Fault::NoHead));
        // Nor does a start make a new one over lines that are there.
        let again = Log::open(&case.db, &case.env, whose).await.unwrap();
        assert!(matches!(again.head().await, Err(AuditError::Head)));
        assert!(case.log.verify(Some(&noted)).await.unwrap().faults.contains(&Fault::Other(5)));
    }

    async fn a_log_that_was_put_back_is_found_by_what_was_noted(db: TestDb) {
        let case = Case::new(&db).await;
        case.write(3).await;
        let before = case.log.head().await.unwrap();
        case.write(2).await;
        let noted = Head::parse(&case.log.head().await.unwrap().to_string()).unwrap();
        // An older copy of the database, as it was with its own head.
        let mac = before.mac(&case.env.root).unwrap();
        let back = (before.clone(), mac);
        let put = case.db.write(back, |(head, mac), mut tx| {
            Box::pin(async move {
                tx.q(Sql::literal("DELETE FROM audit WHERE seq > 3")).exec().await?;
                let q = tx.q(Sql::literal("UPDATE audit_head SET seq = $1, hash = $2, mac = $3"));
                q.bind(head.seq).bind(head.hash.as_str()).bind(mac.as_str()).exec().await
            })
        });
        put.await.unwrap();
        assert_eq!(case.faults().await, [], "by itself it is a whole log");
        assert_eq!(case.log.verify(Some(&noted)).await.unwrap().faults, [Fault::Other(5)]);
        case.write(2).await;
        case.log.catch_up().await.unwrap();
        assert_eq!(case.log.verify(Some(&noted)).await.unwrap().faults, [Fault::Other(5)], "also when it grew again");
    }

    /// case 48
    async fn who_is_erased_can_be_read_by_nobody_and_the_chain_holds(db: TestDb) {
        let case = Case::new(&db).await;
        case.one("mila", "daan", "daan@example.com became daan@example.org").await;
        case.one("bram", "mila", "mila moved").await;
        case.log.catch_up().await.unwrap();
        let (stored,): (String,) = case.db.query(Sql::literal("SELECT detail FROM audit WHERE seq = 1")).one().await.unwrap();
        assert!(!stored.contains("daan@"), "{stored}");
        let (ip,): (String,) = case.db.query(Sql::literal("SELECT ip FROM audit WHERE seq = 1")).one().await.unwrap();
        assert!(!ip.contains("192.0.2.7"), "{ip}");
        assert_eq!(case.texts().await, ["mila moved", "daan@example.com became daan@example.org"]);
        // One line is chained, one is still waiting in plain when he is erased, and one comes after.
        case.one("daan", "daan", "his last act").await;
        case.erase("daan").await;
        case.one("bram", "daan", "erased, said daan@example.com").await;
        let lines = case.log.page(&Filter { about: Some("daan".into()), ..Filter::default() }, None, 10).await.unwrap();
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|l| l.line.detail.is_empty()), "{lines:?}");
        assert_eq!(lines[2].line.ip.as_deref(), Some("192.0.2.7"), "whose address it is was not erased");
        assert!(lines[2].erased && Form::JsonLines.line(&lines[2]).contains("\"erased\":true"));
        assert_eq!(case.faults().await, []);
        // A key that comes back with a copy of its table opens nothing that was written since.
        let (sealed,): (Option<String>,) =
            case.db.query(Sql::literal("SELECT sealed FROM audit_keys WHERE owner = 'daan'")).one().await.unwrap();
        assert_eq!(sealed, None);
    }

    async fn the_log_is_read_by_filter_and_in_pages(db: TestDb) {
        let case = Case::new(&db).await;
        let begun = case.env.now();
        for n in 0..7 {
            case.one(if n % 2 == 0 { "mila" } else { "bram" }, "daan", &n.to_string()).await;
        }
        let by = |filter: Filter| {
            let log = case.log.clone();
            async move {
                let lines = log.page(&filter, None, 100).await.unwrap();
                lines.into_iter().map(|l| l.line.detail).collect::<String>()
            }
        };
        assert_eq!(by(Filter { actor: Some("bram".into()), ..Filter::default() }).await, "531");
        assert_eq!(by(Filter { about: Some("daan".into()), ..Filter::default() }).await, "6543210");
        assert_eq!(by(Filter { action: Some("person.".into()), ..Filter::default() }).await, "6543210");
        assert_eq!(by(Filter { action: Some("person.change".into()), ..Filter::default() }).await, "");
        assert_eq!(by(Filter { refused: Some(true), ..Filter::default() }).await, "");
        assert_eq!(by(Filter { until: Some(begun), ..Filter::default() }).await, "");
        assert_eq!(by(Filter { since: Some(case.env.now()), ..Filter::default() }).await, "6");
        let first = case.log.page(&Filter::default(), None, 3).await.unwrap();
        let second = case.log.page(&Filter::default(), Some(first[2].line.seq), 3).await.unwrap();
        assert_eq!(second.iter().map(|l| l.line.seq).collect::<Vec<_>>(), [4, 3, 2]);
        let odd = Filter { action: Some("x%".into()), ..Filter::default() };
        assert!(matches!(case.log.page(&odd, None, 3).await, Err(AuditError::Filter)));
    }
}
