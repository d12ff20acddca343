//! What can go wrong between the program and a database.

/// An error of storage. None of its texts reaches a client.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The engine refused or the connection failed.
    #[error("the database: {0}")]
    Engine(#[from] sqlx::Error),
    /// SQLite refused.
    #[error("the database: {0}")]
    Lite(#[from] rusqlite::Error),
    /// A migration failed.
    #[error("migrating the database: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The writer's queue is full: come back later.
    #[error("too many writes are waiting")]
    Overloaded,
    /// The group that this write was part of did not commit; nothing of it is there.
    #[error("the commit failed and was rolled back: {0}")]
    NotCommitted(String),
    /// A write closure panicked; its transaction was rolled back.
    #[error("a write panicked and was rolled back")]
    Panicked,
    /// A stored value is not what the program writes there.
    #[error("{table}.{column} of {id}: {why}")]
    BadRow {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Key of the row.
        id: String,
        /// What is wrong with it.
        why: String,
    },
    /// A look-up that several requests shared failed.
    #[error("a shared look-up: {0}")]
    Shared(String),
    /// Neither `sqlite:` nor `postgres:`.
    #[error("a database address starts with sqlite: or postgres:")]
    BadUrl,
    /// Another root key than the one that this database was made with.
    #[error("this database was made with another root key; give this node the same keys/root.key or ZEGEL_ROOT_KEY")]
    OtherRoot,
}

impl DbError {
    /// Whether the request should be told to come back rather than that something broke.
    pub fn is_overload(&self) -> bool {
        matches!(self, Self::Overloaded | Self::Engine(sqlx::Error::PoolTimedOut))
    }
}

/// Whether the transaction lost against another and is worth running again (PostgreSQL 40001 and 40P01).
pub(super) fn is_retryable(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(d) if d.code().is_some_and(|c| matches!(c.as_ref(), "40001" | "40P01")))
}
