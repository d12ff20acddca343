//! What is to happen outside the database after a transaction: sending, telling another system, a step that may be tried
//! again.
//!
//! Owns the table `outbox`, the workers that take rows from it, and the rules of trying again. A row is written by
//! [`put`] in the transaction that is its cause, so it exists exactly when its cause does. Any number of workers, in any
//! number of processes, take due rows under a lease; a row whose worker died comes back when the lease ends. So a job
//! runs *at least* once: handlers pass [`Job::id`] on as an idempotency key, or do what can be done twice.
//!
//! Does not own what a job does, nor the tables that it changes. Payloads hold no codes and no tokens: a handler derives
//! or looks up secrets when it runs.
//!
//! The table, in the migrations of both halves (`JSONB` and `COLLATE "C"` on PostgreSQL):
//!
//! ```sql
//! CREATE TABLE outbox (
//!     id TEXT PRIMARY KEY, kind TEXT NOT NULL, cause TEXT NOT NULL, payload TEXT NOT NULL,
//!     created_at BIGINT NOT NULL, due_at BIGINT NOT NULL, attempts BIGINT NOT NULL DEFAULT 0,
//!     leased_until BIGINT, lease_owner TEXT, last_error TEXT, done_at BIGINT, dead_at BIGINT
//! );
//! CREATE INDEX outbox_due ON outbox (due_at, id) WHERE done_at IS NULL AND dead_at IS NULL;
//! CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;
//! CREATE INDEX outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL;
//! ```

mod at_once;
mod model;
mod store;
#[cfg(test)]
mod tests;
mod worker;

pub use at_once::at_once;
pub use model::{Job, JobError, NewJob};
pub use store::{DeadLetter, dead_letters, put, revive};
pub use worker::{Handler, Outbox, Worker};
