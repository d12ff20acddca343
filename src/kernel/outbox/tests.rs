//! The outbox on a database of its own, with a clock that the test moves.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::model::{Outcome, outcome, wait};
use super::{Job, JobError, NewJob, Outbox, Worker, dead_letters, put, revive};
use crate::kernel::clock::{Clock, ManualClock, Timestamp};
use crate::kernel::db::{Db, DbError, Half};
use crate::kernel::entropy::SeededEntropy;

const START: Timestamp = Timestamp(1_800_000_000_000);
const S: Duration = Duration::from_secs(1);

struct House {
    db: Db,
    clock: Arc<ManualClock>,
    outbox: Outbox,
    _dir: TempDir,
}

impl House {
    async fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let db = Db::open(&format!("sqlite:{}", dir.path().join("test.db").display()), Half::Idp).await.unwrap();
        Self { db, clock: Arc::new(ManualClock::at(START)), outbox: Outbox::new(), _dir: dir }
    }
    async fn put(&self, id: &str, after: Duration) -> bool {
        let now = self.clock.now();
        let job =
            NewJob { id: id.into(), kind: "greet", cause: "test 1".into(), payload: json!({"to": id}), due_at: now + after, now };
        self.db.write(job, |job, mut tx| Box::pin(async move { put(&mut tx, job.clone()).await })).await.unwrap()
    }
    fn worker(&self, seed: u64) -> Worker {
        Worker::new(self.db.clone(), self.clock.clone(), Arc::new(SeededEntropy::new(seed)), self.outbox.clone())
    }
}

type Seen = Arc<Mutex<Vec<(String, u32)>>>;

/// A handler that notes what it was given and answers `result`.
fn noting(seen: &Seen, result: Result<(), JobError>) -> impl Fn(Job) -> std::future::Ready<Result<(), JobError>> + use<> {
    let seen = Arc::clone(seen);
    move |job| {
        seen.lock().unwrap().push((job.id, job.attempt));
        std::future::ready(result.clone())
    }
}

#[tokio::test]
async fn a_job_runs_once_when_it_is_due() {
    let (house, seen) = (House::new().await, Seen::default());
    let worker = house.worker(1).handle("greet", noting(&seen, Ok(())));
    assert!(house.put("a", 10 * S).await);
    assert!(!house.put("a", 10 * S).await);
    assert_eq!(worker.run_due(10).await.unwrap(), 0);
    house.clock.advance(10 * S);
    assert_eq!(worker.run_due(10).await.unwrap(), 1);
    house.clock.advance(100 * S);
    assert_eq!(worker.run_due(10).await.unwrap(), 0);
    assert_eq!(*seen.lock().unwrap(), [("a".to_owned(), 1)]);
}

#[tokio::test]
async fn a_job_of_a_transaction_that_failed_does_not_exist() {
    let house = House::new().await;
    let job = NewJob { id: "a".into(), kind: "greet", cause: String::new(), payload: json!(1), due_at: START, now: START };
    let result: Result<(), DbError> = house
        .db
        .write(job, |job, mut tx| {
            Box::pin(async move {
                put(&mut tx, job.clone()).await?;
                Err(DbError::Overloaded)
            })
        })
        .await;
    assert!(result.is_err());
    assert_eq!(house.worker(1).run_due(10).await.unwrap(), 0);
}

#[tokio::test]
async fn the_oldest_come_first_and_no_more_than_asked() {
    let (house, seen) = (House::new().await, Seen::default());
    let worker = house.worker(1).handle("greet", noting(&seen, Ok(())));
    house.put("later", 2 * S).await;
    house.put("sooner", S).await;
    house.clock.advance(5 * S);
    assert_eq!(worker.run_due(1).await.unwrap(), 1);
    assert_eq!(worker.run_due(1).await.unwrap(), 1);
    assert_eq!(*seen.lock().unwrap(), [("sooner".to_owned(), 1), ("later".to_owned(), 1)]);
}

#[tokio::test]
async fn a_failed_job_waits_longer_each_time_and_ends_as_a_dead_letter() {
    let (house, seen) = (House::new().await, Seen::default());
    let worker = house.worker(1).attempts(3).handle("greet", noting(&seen, Err(JobError::Retry("busy\r\nnow".into()))));
    house.put("a", Duration::ZERO).await;
    assert_eq!(worker.run_due(10).await.unwrap(), 1);
    assert_eq!(worker.run_due(10).await.unwrap(), 0);
    house.clock.advance(2 * S);
    assert_eq!(worker.run_due(10).await.unwrap(), 1);
    house.clock.advance(2 * S);
    assert_eq!(worker.run_due(10).await.unwrap(), 0);
    house.clock.advance(2 * S);
    assert_eq!(worker.run_due(10).await.unwrap(), 1);
    house.clock.advance(3600 * S);
    assert_eq!(worker.run_due(10).await.unwrap(), 0);

    let dead = dead_letters(&house.db, 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!((dead[0].id.as_str(), dead[0].attempts, dead[0].cause.as_str()), ("a", 3, "test 1"));
    assert_eq!(dead[0].last_error.as_deref(), Some("given up after 3 attempts: busy  now"));

    let now = house.clock.now();
    let revived = house.db.write(now, |now, mut tx| Box::pin(async move { revive(&mut tx, "a", *now).await })).await;
    assert!(revived.unwrap());
    assert_eq!(worker.run_due(10).await.unwrap(), 1);
    assert_eq!(seen.lock().unwrap().last().unwrap().1, 1);
}

#[tokio::test]
async fn what_can_never_work_is_not_tried_again() {
    let (house, seen) = (House::new().await, Seen::default());
    let worker = house.worker(1).handle("greet", noting(&seen, Err(JobError::Dead("no such person".into()))));
    house.put("a", Duration::ZERO).await;
    worker.run_due(10).await.unwrap();
    house.clock.advance(3600 * S);
    assert_eq!(worker.run_due(10).await.unwrap(), 0);
    assert_eq!(dead_letters(&house.db, 10).await.unwrap()[0].last_error.as_deref(), Some("no such person"));
}

#[tokio::test]
async fn two_workers_never_hold_the_same_job() {
    let house = House::new().await;
    for n in 0..40 {
        house.put(&format!("{n:02}"), Duration::ZERO).await;
    }
    let (a, b) = (house.worker(1), house.worker(2));
    let takes = (0..20).map(|n| if n % 2 == 0 { a.lease(3) } else { b.lease(3) });
    let mut ids: Vec<String> =
        futures_util::future::join_all(takes).await.into_iter().flat_map(|r| r.unwrap()).map(|j| j.id).collect();
    ids.sort();
    assert_eq!(ids, (0..40).map(|n| format!("{n:02}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_job_whose_worker_died_is_taken_up_by_another() {
    let (house, seen) = (House::new().await, Seen::default());
    let (dies, lives) = (house.worker(1), house.worker(2).handle("greet", noting(&seen, Ok(()))));
    house.put("a", Duration::ZERO).await;
    let held = dies.lease(10).await.unwrap();
    assert_eq!(held.len(), 1);
    house.clock.advance(59 * S);
    assert_eq!(lives.run_due(10).await.unwrap(), 0);
    house.clock.advance(S);
    assert_eq!(lives.run_due(10).await.unwrap(), 1);
    assert_eq!(*seen.lock().unwrap(), [("a".to_owned(), 2)]);
}

#[tokio::test]
async fn a_worker_whose_lease_ended_has_no_say_any_more() {
    let (house, seen) = (House::new().await, Seen::default());
    let slow = house.worker(1).handle("greet", noting(&seen, Err(JobError::Dead("too late".into()))));
    let other = house.worker(2);
    house.put("a", Duration::ZERO).await;
    let held = slow.lease(1).await.unwrap();
    house.clock.advance(60 * S);
    let taken_over = other.lease(1).await.unwrap();
    assert_eq!(taken_over.len(), 1);
    for job in held {
        slow.work(job).await;
    }
    assert!(dead_letters(&house.db, 1).await.unwrap().is_empty());
    // The other's lease is untouched as well.
    assert_eq!(slow.run_due(1).await.unwrap(), 0);
}

#[tokio::test]
async fn a_job_that_ends_its_workers_is_given_up() {
    let (house, seen) = (House::new().await, Seen::default());
    let worker = house.worker(1).attempts(2).handle("greet", noting(&seen, Ok(())));
    house.put("a", Duration::ZERO).await;
    for _ in 0..2 {
        assert_eq!(worker.lease(1).await.unwrap().len(), 1);
        house.clock.advance(60 * S);
    }
    assert_eq!(worker.run_due(1).await.unwrap(), 1);
    assert!(seen.lock().unwrap().is_empty());
    assert_eq!(dead_letters(&house.db, 1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_panic_and_an_unknown_kind_are_tried_again() {
    let house = House::new().await;
    house.put("a", Duration::ZERO).await;
    let panics = house.worker(1).handle("greet", |_| async { panic!("a test's panic") });
    assert_eq!(panics.run_due(1).await.unwrap(), 1);
    house.clock.advance(2 * S);
    assert_eq!(house.worker(2).run_due(1).await.unwrap(), 1);
    house.clock.advance(4 * S);
    let seen = Seen::default();
    assert_eq!(house.worker(3).handle("greet", noting(&seen, Ok(()))).run_due(1).await.unwrap(), 1);
    assert_eq!(*seen.lock().unwrap(), [("a".to_owned(), 3)]);
}

#[tokio::test]
async fn a_worker_that_is_stopped_finishes_the_job_in_hand() {
    let house = House::new().await;
    let (begun, go_on) = (Arc::new(tokio::sync::Notify::new()), Arc::new(tokio::sync::Notify::new()));
    let (b, g) = (Arc::clone(&begun), Arc::clone(&go_on));
    let worker = house.worker(1).handle("greet", move |_| {
        let (b, g) = (Arc::clone(&b), Arc::clone(&g));
        async move {
            b.notify_one();
            g.notified().await;
            Ok(())
        }
    });
    let stop = CancellationToken::new();
    let run = tokio::spawn(Arc::new(worker).run(stop.clone()));
    house.put("a", Duration::ZERO).await;
    house.outbox.wake();
    begun.notified().await;
    stop.cancel();
    go_on.notify_one();
    run.await.unwrap();
    // Done, so it doesn't come back when its lease would have ended.
    house.clock.advance(3600 * S);
    assert_eq!(house.worker(2).run_due(1).await.unwrap(), 0);
}

#[tokio::test]
async fn what_was_done_long_ago_is_removed() {
    let (house, seen) = (House::new().await, Seen::default());
    let worker = house.worker(1).handle("greet", noting(&seen, Ok(())));
    house.put("a", Duration::ZERO).await;
    worker.run_due(1).await.unwrap();
    assert_eq!(super::store::forget(&house.db, house.clock.now()).await.unwrap(), 0);
    assert_eq!(super::store::forget(&house.db, house.clock.now() + S).await.unwrap(), 1);
}

#[test]
fn waits_double_up_to_ten_minutes_and_are_spread() {
    let seconds: Vec<u64> = (1..=12).map(|n| wait(n, 0).as_secs()).collect();
    assert_eq!(seconds, [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]);
    assert!(wait(1, 255) > Duration::from_millis(1500) && wait(1, 255) < wait(1, 100));
    assert_eq!(wait(u32::MAX, 0), 600 * S);
}

/// V16: who is asked too often says when to ask again, and is not asked before.
#[test]
fn a_job_that_is_told_when_to_come_back_waits_that_long() {
    let later = |seconds| Err(JobError::Later { why: "enough for today".into(), after: seconds * S });
    let due = |result, attempt| match outcome(result, attempt, 12, START, 0) {
        Outcome::Again { due_at, .. } => START.until(due_at),
        other => panic!("{other:?}"),
    };
    assert_eq!(due(later(7200), 1), 7200 * S);
    assert_eq!(due(later(1), 5), 32 * S, "never sooner than by itself");
    assert_eq!(due(later(u32::MAX), 1), 48 * 3600 * S, "and not for ever");
    assert!(matches!(outcome(later(1), 12, 12, START, 0), Outcome::Dead { .. }));
}

#[test]
fn an_error_is_kept_short_and_on_one_line() {
    let Outcome::Dead { why } = outcome(Err(JobError::Dead("é\n".repeat(1000))), 1, 12, START, 0) else { panic!("dead") };
    assert_eq!(why.chars().count(), 300);
    assert!(!why.contains('\n'));
}
