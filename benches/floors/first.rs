//! A refresh's two rows through the group commit that was tried first: sqlx's own connection, which hands each statement over to a
//! thread of its own. What a refresh had to be measured against was set by this one; the program's writer (docs/adr/0041) came
//! after it.

use std::io;
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Executor};
use tokio::sync::{mpsc, oneshot};
use zegel::kernel::clock::{Clock, SystemClock};
use zegel::kernel::entropy::{Entropy, SystemEntropy};

use crate::work;

const TABLES: &str = "CREATE TABLE bare_tokens (hash TEXT PRIMARY KEY, issue_id TEXT NOT NULL, seed TEXT NOT NULL,
        created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT, successor TEXT);
    CREATE INDEX bare_tokens_issue ON bare_tokens (issue_id);
    CREATE INDEX bare_tokens_expiry ON bare_tokens (expires_at);";

/// One token used and its successor stored.
struct Rotation {
    before: Option<String>,
    next: String,
    done: oneshot::Sender<()>,
}

/// 64 at once, each waiting for the commit that has its rows.
pub async fn rotations(dir: &Path) -> io::Result<()> {
    let options = SqliteConnectOptions::new().filename(dir.join("first.db")).create_if_missing(true);
    let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full).disable_statement_logging();
    let mut connection = options.connect().await.map_err(io::Error::other)?;
    connection.execute(TABLES).await.map_err(io::Error::other)?;
    let (asks, asked) = mpsc::channel(1024);
    tokio::spawn(async move { commit(connection, asked).await.unwrap() });
    work::measured(move |_| {
        let (asks, mut before) = (asks.clone(), None::<String>);
        move || {
            let (next, (done, committed)) = ((&SystemEntropy as &dyn Entropy).token(), oneshot::channel());
            let rotation = Rotation { before: before.replace(next.clone()), next, done };
            let asks = asks.clone();
            async move {
                asks.send(rotation).await.map_err(io::Error::other)?;
                committed.await.map_err(io::Error::other)
            }
        }
    })
    .await
}

/// Commits those who wait together, each in a savepoint.
async fn commit(mut to: SqliteConnection, mut asked: mpsc::Receiver<Rotation>) -> sqlx::Result<()> {
    while let Some(first) = asked.recv().await {
        let mut group = vec![first];
        while group.len() < work::AT_ONCE
            && let Ok(next) = asked.try_recv()
        {
            group.push(next);
        }
        to.execute("BEGIN IMMEDIATE").await?;
        for rotation in &group {
            to.execute("SAVEPOINT one").await?;
            rotate(&mut to, rotation).await?;
            to.execute("RELEASE one").await?;
        }
        to.execute("COMMIT").await?;
        for rotation in group {
            let _ = rotation.done.send(());
        }
    }
    Ok(())
}

async fn rotate(to: &mut SqliteConnection, Rotation { before, next, .. }: &Rotation) -> sqlx::Result<()> {
    let (seed, now) = ((&SystemEntropy as &dyn Entropy).token(), SystemClock.now().0);
    if let Some(before) = before {
        let used = "UPDATE bare_tokens SET used_at = $3, successor = $2 WHERE hash = $1 AND used_at IS NULL";
        sqlx::query(used).bind(before).bind(next).bind(now).execute(&mut *to).await?;
    }
    let stored = "INSERT INTO bare_tokens (hash, issue_id, seed, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
    let stored = sqlx::query(stored).bind(next).bind("0192f5c4-0000-7000-8000-000000000000").bind(seed).bind(now);
    stored.bind(now + 36_000_000).execute(&mut *to).await.map(drop)
}
