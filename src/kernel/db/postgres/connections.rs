//! The connections to PostgreSQL. Owns how many there are, who has one, and that one which is given is fit for use. The pool of
//! sqlx asks the server before and after each use whether a connection is fit (docs/adr/0044); this one knows it.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgDatabaseError, PgSeverity};
use sqlx::{Connection, Executor};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::PATIENCE;

/// For so long after its last answer a connection is taken to be there; then it is asked. A server that was started again
/// in between costs a request an error, as it does those that it was answering.
const FRESH: Duration = Duration::from_secs(1);
/// A connection is used for so long, so that what the server keeps for it doesn't grow for ever.
const LIFE: Duration = Duration::from_secs(30 * 60);
/// The first wait before a server that takes no connection yet is tried again; each further one is twice as long.
const AGAIN: Duration = Duration::from_millis(20);

/// A bounded number of connections.
#[derive(Clone)]
pub(in crate::kernel::db) struct Connections(Arc<All>);

struct All {
    options: PgConnectOptions,
    most: u32,
    places: Arc<Semaphore>,
    /// Those that nobody has; the one that was used last is given first.
    idle: std::sync::Mutex<Vec<Idle>>,
}

struct Idle {
    connection: Arc<Mutex<PgConnection>>,
    since: Instant,
    made: Instant,
}

/// What a connection was last asked, as far as it matters to whoever has it next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Everything was answered, and no transaction is open.
    AtRest,
    /// A statement may be without its answer.
    Asked,
    /// A transaction may be open.
    Open,
}

/// One of them, until it is dropped. One that is not at rest then is put to rest before anyone else has it.
pub(in crate::kernel::db) struct Held {
    connection: OwnedMutexGuard<PgConnection>,
    made: Instant,
    state: State,
    all: Arc<All>,
    place: Option<OwnedSemaphorePermit>,
}

impl Connections {
    /// At most so many. Connects once, so that what is wrong with the address is known at once.
    pub async fn open(options: PgConnectOptions, most: u32) -> sqlx::Result<Self> {
        let places = Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(1)));
        let all = Self(Arc::new(All { options, most, places, idle: std::sync::Mutex::default() }));
        all.take().await.map(drop)?;
        Ok(all)
    }

    /// Waits for one, for as long as a caller waits for anything.
    pub async fn take(&self) -> sqlx::Result<Held> {
        let until = Instant::now() + PATIENCE;
        let place = timeout_at(until, Arc::clone(&self.0.places).acquire_owned()).await;
        let place = place.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let found = timeout_at(until, self.0.found()).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let (connection, made) = found?;
        Ok(Held { connection, made, state: State::AtRest, all: Arc::clone(&self.0), place: Some(place) })
    }

    /// Waits until every one is given back; there will be no other.
    pub async fn close(&self) {
        let all = self.0.places.acquire_many(self.0.most).await;
        self.0.places.close();
        drop(all);
        while let Some(idle) = self.0.pop() {
            if let Some(connection) = Arc::into_inner(idle.connection) {
                let _ = timeout(PATIENCE, connection.into_inner().close()).await;
            }
        }
    }
}

impl All {
    /// One that is there and fit, else a new one; and when it was made.
    async fn found(&self) -> sqlx::Result<(OwnedMutexGuard<PgConnection>, Instant)> {
        while let Some(Idle { connection, since, made }) = self.pop() {
            // Whoever gave it back may be about to let it go.
            let mut connection = connection.lock_owned().await;
            if made.elapsed() >= LIFE {
                continue;
            }
            if since.elapsed() < FRESH {
                return Ok((connection, made));
            }
            match timeout(FRESH, connection.ping()).await {
                Ok(Ok(())) => return Ok((connection, made)),
                Ok(Err(_)) => {}
                Err(_) => self.forget_idle(),
            }
        }
        let connection = Arc::new(Mutex::new(self.connect().await?));
        Ok((connection.lock_owned().await, Instant::now()))
    }

    /// Takes all that nobody has: where one is gone without a word the others are, too, and each would have to be waited for.
    fn forget_idle(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn pop(&self) -> Option<Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Connects, and waits for a server that is only starting or has too many connections at this moment.
    async fn connect(&self) -> sqlx::Result<PgConnection> {
        let mut wait = AGAIN;
        loop {
            match PgConnection::connect_with(&self.options).await {
                Err(error) if takes_none_yet(&error) => sleep(wait).await,
                connected => return connected,
            }
            wait = wait.saturating_mul(2);
        }
    }

    fn give_back(&self, connection: Arc<Mutex<PgConnection>>, made: Instant) {
        let idle = Idle { connection, since: Instant::now(), made };
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(idle);
    }
}

/// Whether the server has answered to the end, and goes on: a FATAL error is its last word on this connection.
fn is_answered<T>(answer: &sqlx::Result<T>) -> bool {
    match answer {
        Ok(_) | Err(sqlx::Error::RowNotFound) => true,
        Err(sqlx::Error::Database(e)) => {
            e.try_downcast_ref::<PgDatabaseError>().is_some_and(|e| e.severity() == PgSeverity::Error)
        }
        Err(_) => false,
    }
}

/// PostgreSQL 53300 (too many connections) and 57P03 (it starts or stops), or nobody listens.
fn takes_none_yet(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(e) => e.kind() == std::io::ErrorKind::ConnectionRefused,
        sqlx::Error::Database(e) => e.code().is_some_and(|code| matches!(code.as_ref(), "53300" | "57P03")),
        _ => false,
    }
}

impl Held {
    /// Runs one statement that is a transaction by itself.
    pub async fn run<T>(&mut self, statement: impl AsyncFnOnce(&mut PgConnection) -> sqlx::Result<T>) -> sqlx::Result<T> {
        self.state = State::Asked;
        let answer = statement(&mut self.connection).await;
        if is_answered(&answer) {
            self.state = State::AtRest;
        }
        answer
    }

    /// Begins a transaction by these words.
    pub async fn begin(&mut self, words: &'static str) -> sqlx::Result<()> {
        self.state = State::Open;
        self.connection.execute(words).await.map(drop)
    }

    /// Commits it. What is not committed is taken back.
    pub async fn commit(mut self) -> sqlx::Result<()> {
        let answer = self.connection.execute("COMMIT").await;
        if is_answered(&answer) {
            self.state = State::AtRest;
        }
        answer.map(drop)
    }
}

impl Held {
    /// The connection.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let connection = Arc::clone(OwnedMutexGuard::mutex(&self.connection));
        if self.state == State::AtRest {
            self.all.give_back(connection, self.made);
        } else if let Ok(runtime) = Handle::try_current() {
            let (all, state, made, place) = (Arc::clone(&self.all), self.state, self.made, self.place.take());
            runtime.spawn(async move {
                let at_rest = timeout(PATIENCE, put_to_rest(&mut *connection.lock().await, state)).await;
                if matches!(at_rest, Ok(Ok(()))) {
                    all.give_back(connection, made);
                }
                drop(place);
            });
        }
    }
}

/// Waits for what is still to be answered, and takes back what was not committed.
async fn put_to_rest(connection: &mut PgConnection, state: State) -> sqlx::Result<()> {
    match state {
        State::Open => connection.execute("ROLLBACK").await.map(drop),
        State::Asked | State::AtRest => connection.ping().await,
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use sqlx::Row;

    use super::*;

    async fn connections(most: u32) -> Option<Connections> {
        let server = std::env::var("ZEGEL_TEST_POSTGRES").unwrap();
        if server == "none" {
            return None;
        }
        Some(Connections::open(PgConnectOptions::from_str(&server).unwrap(), most).await.unwrap())
    }

    /// Which process of the server has the connection.
    async fn process(held: &mut Held) -> i32 {
        let row = held.run(async |c| sqlx::query("SELECT pg_backend_pid()").fetch_one(c).await).await.unwrap();
        row.get(0)
    }

    /// case 31: whoever is waited for no longer leaves nothing behind: no transaction, no lock, no answer for another.
    #[tokio::test]
    async fn what_was_left_in_the_middle_is_put_to_rest_before_it_is_given_again() {
        let Some(all) = connections(1).await else { return };
        let first = process(&mut all.take().await.unwrap()).await;
        // A transaction that is left holding a lock, and one that failed.
        for words in ["SELECT pg_advisory_xact_lock(4711)", "SELECT 1 / 0"] {
            let mut held = all.take().await.unwrap();
            held.begin("BEGIN").await.unwrap();
            let _ = held.connection().execute(words).await;
            drop(held);
            let mut next = all.take().await.unwrap();
            assert_eq!(process(&mut next).await, first, "the same connection");
            let locks = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()";
            let held = next.run(async |c| sqlx::query(locks).fetch_one(c).await).await.unwrap();
            assert_eq!(held.get::<i64, _>(0), 0, "{words}");
        }
        // A statement that nobody waits for to its end.
        let mut held = all.take().await.unwrap();
        let asked = held.run(async |c| sqlx::query("SELECT pg_sleep(2)").execute(c).await);
        assert!(timeout(Duration::from_millis(20), asked).await.is_err());
        drop(held);
        assert_eq!(process(&mut all.take().await.unwrap()).await, first);
        // A commit that is answered is there, and a connection at rest is given as it is.
        let mut held = all.take().await.unwrap();
        held.begin("BEGIN").await.unwrap();
        held.commit().await.unwrap();
        assert_eq!(all.0.idle.lock().unwrap().len(), 1);
        all.close().await;
        assert!(matches!(all.take().await, Err(sqlx::Error::PoolClosed)));
    }

    /// A connection that the server has ended is not given again once it has not been used for a moment.
    #[tokio::test]
    async fn a_connection_that_ended_is_replaced() {
        let Some(all) = connections(2).await else { return };
        let (mut one, mut two) = (all.take().await.unwrap(), all.take().await.unwrap());
        let (first, second) = (process(&mut one).await, process(&mut two).await);
        assert_ne!(first, second);
        let end = format!("SELECT pg_terminate_backend({first})");
        two.run(async |c| sqlx::query(sqlx::AssertSqlSafe(end)).execute(c).await).await.unwrap();
        drop(two);
        drop(one);
        for idle in all.0.idle.lock().unwrap().iter_mut() {
            idle.since -= FRESH;
        }
        let mut there = [all.take().await.unwrap(), all.take().await.unwrap()];
        let mut processes = Vec::new();
        for held in &mut there {
            processes.push(process(held).await);
        }
        assert!(!processes.contains(&first) && processes.contains(&second), "{processes:?} without {first}");
        // The error of one that ended in use is told, and it is not given again.
        let [mut one, mut two] = there;
        let end = format!("SELECT pg_terminate_backend({})", process(&mut one).await);
        two.run(async |c| sqlx::query(sqlx::AssertSqlSafe(end)).execute(c).await).await.unwrap();
        let broken = one.run(async |c| sqlx::query("SELECT 1").execute(c).await).await;
        assert!(broken.is_err());
        drop((one, two));
        let mut there = [all.take().await.unwrap(), all.take().await.unwrap()];
        for held in &mut there {
            process(held).await;
        }
    }
}
