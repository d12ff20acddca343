//! SQL of the generations and of how far each is. Moving a cursor is conditional on where it was, so that any number of
//! nodes may follow the log and fill a generation at the same time.

use crate::contract::feed::Positioned;
use crate::kernel::audit;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{Db, DbError, Tx};
use crate::{record, sql};

use super::entries;

record! {
    /// How far a generation is.
    #[derive(Clone, Debug)]
    pub(super) struct Cursor {
        pub generation: i64,
        pub state: String,
        /// Which log it is made from.
        pub epoch: String,
        /// The last position that is applied.
        pub position: i64,
        /// The log's digest up to there; empty where the log has none.
        pub chain: String,
        /// Whether the log was found not to be the one that this was made from.
        pub refused: bool,
        pub applied_at: i64,
    }
}

/// The generations that there are.
#[derive(Debug, Default)]
pub(super) struct Cursors {
    /// The one that is read.
    pub current: Option<Cursor>,
    /// The one that a rebuild fills.
    pub filling: Option<Cursor>,
    /// Those to be deleted.
    pub old: Vec<Cursor>,
}

impl Cursors {
    /// The one in filling that the current one must give way to before anybody is answered again; or that is the first.
    pub(super) fn needed(&self) -> Option<&Cursor> {
        let filling = self.filling.as_ref()?;
        let beside = self.current.as_ref().is_some_and(|c| c.epoch == filling.epoch);
        (!beside).then_some(filling)
    }
    /// Whether what the current one says no longer counts.
    pub(super) fn is_refused(&self) -> bool {
        self.current.as_ref().is_some_and(|c| c.refused || self.needed().is_some())
    }
}

/// Every generation, by one statement.
pub(super) async fn cursors(db: &Db) -> Result<Cursors, DbError> {
    let rows: Vec<Cursor> = db
        .query(sql!(
            "SELECT generation, state, epoch, position, chain, refused, applied_at FROM replica_cursor ORDER BY generation"
        ))
        .all()
        .await?;
    let mut found = Cursors::default();
    for row in rows {
        match row.state.as_str() {
            "current" => found.current = Some(row),
            "filling" => found.filling = Some(row),
            _ => found.old.push(row),
        }
    }
    Ok(found)
}

/// Begins a generation of this epoch, unless one of it is being filled. One of another epoch is given up. `asked` is who
/// asked for it, if a person did.
pub(super) async fn begin(db: &Db, epoch: &str, at: Timestamp, asked: Option<audit::Entry>) -> Result<(), DbError> {
    db.write((epoch.to_owned(), at, asked), |(epoch, at, asked), mut tx| {
        Box::pin(async move {
            tx.q(sql!("UPDATE replica_cursor SET state = 'old', applied_at = $2 WHERE state = 'filling' AND epoch <> $1"))
                .bind(epoch.as_str())
                .bind(at.0)
                .exec()
                .await?;
            tx.q(sql!(
                "INSERT INTO replica_cursor (generation, state, epoch, position, chain, refused, applied_at)
                 SELECT COALESCE(MAX(generation), 0) + 1, 'filling', CAST($1 AS TEXT), 0, '', FALSE, CAST($2 AS BIGINT)
                 FROM replica_cursor WHERE TRUE ON CONFLICT DO NOTHING"
            ))
            .bind(epoch.as_str())
            .bind(at.0)
            .exec()
            .await?;
            match asked {
                Some(entry) => audit::record(&mut tx, entry).await,
                None => Ok(()),
            }
        })
    })
    .await
}

/// Gives up the generation that is being filled.
pub(super) async fn abandon(db: &Db, generation: i64, at: Timestamp) -> Result<(), DbError> {
    db.write((generation, at), |(generation, at), mut tx| {
        Box::pin(async move {
            tx.q(sql!("UPDATE replica_cursor SET state = 'old', applied_at = $2 WHERE generation = $1 AND state = 'filling'"))
                .bind(*generation)
                .bind(at.0)
                .exec()
                .await
                .map(drop)
        })
    })
    .await
}

/// Notes of the current generation whether the log is the one that it was made from. Nothing when it has moved on.
pub(super) async fn refuse(db: &Db, at: &Cursor, refused: bool) -> Result<(), DbError> {
    db.write((at.generation, at.position, refused), |(generation, position, refused), mut tx| {
        Box::pin(async move {
            tx.q(sql!("UPDATE replica_cursor SET refused = $3 WHERE generation = $1 AND position = $2 AND state = 'current'"))
                .bind(*generation)
                .bind(*position)
                .bind(*refused)
                .exec()
                .await
                .map(drop)
        })
    })
    .await
}

/// What is applied at once.
pub(super) struct Batch {
    pub generation: i64,
    /// Where the cursor must be.
    pub from: i64,
    pub to: i64,
    /// The log's digest at `to`.
    pub chain: String,
    pub entries: Vec<Positioned>,
    pub at: Timestamp,
}

/// Applies a batch and moves the cursor in the same transaction; false, and nothing done, when the cursor isn't where the
/// batch begins.
pub(super) async fn apply(db: &Db, batch: Batch) -> Result<bool, DbError> {
    db.write(batch, |b, mut tx| {
        Box::pin(async move {
            let moved = move_cursor(&mut tx, b).await?;
            if moved {
                for e in &b.entries {
                    entries::apply(&mut tx, b.generation, e).await?;
                }
            }
            Ok(moved)
        })
    })
    .await
}

async fn move_cursor(tx: &mut Tx<'_>, b: &Batch) -> Result<bool, DbError> {
    let moved = tx
        .q(sql!(
            "UPDATE replica_cursor SET position = $3, chain = $4, refused = FALSE, applied_at = $5
             WHERE generation = $1 AND position = $2 AND state <> 'old'"
        ))
        .bind(b.generation)
        .bind(b.from)
        .bind(b.to)
        .bind(b.chain.as_str())
        .bind(b.at.0)
        .exec()
        .await?;
    Ok(moved == 1)
}

/// Puts the generation that was filled, at this position, in the place of the current one, at once for everybody. False,
/// and nothing done, when it has moved or, being of the same log, is behind the current one: what was taken away meanwhile
/// must not come back for a moment.
pub(super) async fn switch(db: &Db, filled: &Cursor, at: Timestamp) -> Result<bool, DbError> {
    db.write((filled.generation, filled.position, at), |(generation, position, at), mut tx| {
        Box::pin(async move {
            let behind: Option<(i64,)> = tx
                .q(sql!(
                    "SELECT c.generation FROM replica_cursor f, replica_cursor c WHERE f.generation = $1 AND c.state = 'current'
                     AND c.epoch = f.epoch AND c.position > f.position"
                ))
                .bind(*generation)
                .opt()
                .await?;
            let there: Option<(i64,)> = tx
                .q(sql!("SELECT generation FROM replica_cursor WHERE generation = $1 AND position = $2 AND state = 'filling'"))
                .bind(*generation)
                .bind(*position)
                .opt()
                .await?;
            if behind.is_some() || there.is_none() {
                return Ok(false);
            }
            tx.q(sql!("UPDATE replica_cursor SET state = 'old', applied_at = $1 WHERE state = 'current'"))
                .bind(at.0)
                .exec()
                .await?;
            let n = tx
                .q(sql!("UPDATE replica_cursor SET state = 'current', applied_at = $2 WHERE generation = $1"))
                .bind(*generation)
                .bind(at.0)
                .exec()
                .await?;
            Ok(n == 1)
        })
    })
    .await
}

/// Removes some hundred rows of a generation that nobody reads any more; whether there may be more. The cursor goes last.
pub(super) async fn forget(db: &Db, generation: i64) -> Result<bool, DbError> {
    db.write(generation, |generation, mut tx| Box::pin(async move { entries::forget(&mut tx, *generation).await })).await
}
