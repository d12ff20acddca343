//! The one writer. Owns the writing connection, the queue, and which writes share a commit.
//!
//! Each write runs in a savepoint of its own; writes that wait at the same time share one sync of the disk and are
//! answered after it (docs/adr/0003-group-commit.md).

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rusqlite::{Connection, ErrorCode};
use sync_wrapper::SyncWrapper;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

use super::mark::Open;
use crate::kernel::db::{DbError, Tx, TxOn, Work};

/// How many writes share a commit at most.
const GROUP: usize = 64;
/// How many writes may wait before callers are told to come back.
const QUEUE: usize = 1024;

#[derive(Clone)]
pub(in crate::kernel::db) struct Writer(mpsc::Sender<Box<dyn Job>>);

/// A write whose types are forgotten, so that writes of all kinds can share a group.
trait Job: Send {
    /// Runs the closure in the present savepoint; whether to keep what it did.
    fn run<'c>(&'c mut self, conn: &'c mut Connection) -> BoxFuture<'c, bool>;
    /// Answers the caller, once it is known whether the group was committed.
    fn answer(self: Box<Self>, committed: Result<(), String>);
}

struct Typed<D, T, E, F> {
    input: D,
    work: F,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<D, T, E, F> Job for Typed<D, T, E, F>
where
    D: Send + Sync,
    T: Send,
    E: From<DbError> + Send,
    F: for<'c> Fn(&'c D, Tx<'c>) -> Work<'c, T, E> + Send + Sync,
{
    fn run<'c>(&'c mut self, conn: &'c mut Connection) -> BoxFuture<'c, bool> {
        Box::pin(async move {
            // A caller that has gone needs no write; dropping it here keeps a retry from writing twice.
            if self.reply.is_closed() {
                return false;
            }
            let run =
                AssertUnwindSafe((self.work)(&self.input, Tx(TxOn::Lite(SyncWrapper::new(conn), false)))).catch_unwind().await;
            let result = run.unwrap_or_else(|_| Err(DbError::Panicked.into()));
            let keep = result.is_ok();
            self.result = Some(result);
            keep
        })
    }
    fn answer(self: Box<Self>, committed: Result<(), String>) {
        let result = match (committed, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => return,
            // A closure's own error is the better answer than the group's fate.
            (Err(_), Some(Err(e))) => Err(e),
            (Err(why), _) => Err(DbError::NotCommitted(why).into()),
        };
        let _ = self.reply.send(result);
    }
}

impl Writer {
    /// Starts the thread; it ends, and closes the connection, when the last handle goes.
    pub(super) fn start(open: Open) -> Result<Self, DbError> {
        let (tx, rx) = mpsc::channel(QUEUE);
        let runtime = Handle::current();
        let serve = move || serve(open, rx, &runtime);
        std::thread::Builder::new().name("sqlite-write".into()).spawn(serve).map_err(sqlx::Error::Io)?;
        Ok(Self(tx))
    }

    pub(in crate::kernel::db) async fn run<D, T, E, F>(&self, input: D, work: F) -> Result<T, E>
    where
        D: Send + Sync + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'c> Fn(&'c D, Tx<'c>) -> Work<'c, T, E> + Send + Sync + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.0.try_send(Box::new(Typed { input, work, result: None, reply })).map_err(|_| DbError::Overloaded)?;
        answer.await.map_err(|_| DbError::NotCommitted("the writer stopped".into()))?
    }

    pub(in crate::kernel::db) async fn close(&self) {
        // The queue is drained by the task; a last empty job tells when.
        let _: Result<(), DbError> = self.run((), |(), _| Box::pin(async { Ok(()) })).await;
    }
}

fn serve(mut open: Open, mut queue: mpsc::Receiver<Box<dyn Job>>, runtime: &Handle) {
    while let Some(first) = queue.blocking_recv() {
        group(&mut open.connection, first, &mut queue, runtime);
    }
}

fn group(conn: &mut Connection, first: Box<dyn Job>, queue: &mut mpsc::Receiver<Box<dyn Job>>, runtime: &Handle) {
    let mut done: Vec<Box<dyn Job>> = Vec::new();
    let mut outcome = say(conn, &["BEGIN IMMEDIATE", "SAVEPOINT j"]);
    if outcome.is_ok() {
        let mut next = Some(first);
        while let Some(mut job) = next.take() {
            // Statements are done when they are asked for: this waits for nothing else.
            let keep = runtime.block_on(job.run(conn));
            done.push(job);
            if done.len() < GROUP {
                next = queue.try_recv().ok();
            }
            let texts: &[&str] = match (keep, next.is_some()) {
                (true, true) => &["RELEASE j", "SAVEPOINT j"],
                (true, false) => &["RELEASE j"],
                (false, true) => &["ROLLBACK TO j"],
                (false, false) => &["ROLLBACK TO j", "RELEASE j"],
            };
            if let Err(e) = say(conn, texts) {
                outcome = Err(e);
                // Whatever is taken from the queue must be answered.
                done.extend(next.take());
            }
        }
    } else {
        done.push(first);
    }
    if outcome.is_ok() {
        outcome = commit(conn);
    }
    if outcome.is_err() {
        let _ = say(conn, &["ROLLBACK"]);
    }
    let committed = outcome.map_err(|e| e.to_string());
    for job in done {
        job.answer(committed.clone());
    }
}

fn say(conn: &Connection, texts: &[&str]) -> rusqlite::Result<()> {
    for text in texts {
        conn.prepare_cached(text)?.raw_execute()?;
    }
    Ok(())
}

/// Commits. After a sync that failed nobody knows what is on the disk, and trying again would read pages that the system
/// already threw away: the process ends, and the next start recovers from the log.
fn commit(conn: &Connection) -> rusqlite::Result<()> {
    let result = say(conn, &["COMMIT"]);
    if let Err(e) = &result
        && e.sqlite_error_code() == Some(ErrorCode::SystemIoFailure)
    {
        tracing::error!(error = %e, "the disk did not take a commit; stopping");
        std::process::abort();
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::db::{Db, Half};

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Fate {
        Good,
        Wrong,
        Panics,
    }

    async fn write(db: &Db, n: i64, fate: Fate) -> Result<(), DbError> {
        db.write((n, fate), |(n, fate), mut tx| {
            Box::pin(async move {
                let sql = crate::sql!("INSERT INTO attempts (bucket, started_at, count) VALUES ($1, $2, 1)");
                tx.q(sql).bind(format!("b{n}")).bind(*n).exec().await?;
                match fate {
                    Fate::Good => Ok(()),
                    Fate::Wrong => Err(DbError::Overloaded),
                    Fate::Panics => panic!("a closure panics"),
                }
            })
        })
        .await
    }

    /// Contracts, "Writing": of writes that share a commit each keeps its own fate. The whole group waits before the writer
    /// runs at all, since this test has one thread.
    #[tokio::test]
    async fn of_writes_that_share_a_commit_one_that_fails_or_panics_takes_no_other_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", dir.path().join("z.db").display()), Half::Idp).await.unwrap();
        let fates: Vec<Fate> = (0..40).map(|n| [Fate::Good, Fate::Wrong, Fate::Good, Fate::Panics][n % 4]).collect();
        let all = fates.iter().zip(0..).map(|(fate, n)| write(&db, n, *fate));
        let results = futures_util::future::join_all(all).await;
        for (fate, result) in fates.iter().zip(&results) {
            let fits = match fate {
                Fate::Good => result.is_ok(),
                Fate::Wrong => matches!(result, Err(DbError::Overloaded)),
                Fate::Panics => matches!(result, Err(DbError::Panicked)),
            };
            assert!(fits, "{fate:?} {result:?}");
        }
        let kept: Vec<(i64,)> = db.query(crate::sql!("SELECT started_at FROM attempts ORDER BY started_at")).all().await.unwrap();
        let kept: Vec<i64> = kept.into_iter().map(|(n,)| n).collect();
        assert_eq!(kept, (0..40).filter(|n| n % 2 == 0).collect::<Vec<i64>>());
        // And the writer goes on.
        write(&db, 100, Fate::Good).await.unwrap();
    }
}
