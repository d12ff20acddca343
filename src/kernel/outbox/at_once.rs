//! Trying jobs before an answer is given, beside the workers: whoever caused them waits for a moment to say whether they
//! are done. What is not done by then goes back to the outbox, and the workers go on with it as with any other.

use std::time::Duration;

use futures_util::future::join_all;

use super::model::{Job, JobError, outcome};
use super::store::{self, Settle};
use super::worker::{ATTEMPTS, LEASE};
use crate::kernel::Env;
use crate::kernel::db::{Db, DbError};

/// Jobs that one call tries at most; the others are left to the workers.
const MOST: usize = 64;
/// How often it is looked whether a worker has done what it took first.
const LOOK: Duration = Duration::from_millis(50);

/// Runs those of the jobs `ids` that nobody has taken by `run`, and waits for the others, at most for `patience`. Answers
/// the ids of those that are not done.
pub async fn at_once<F, R>(env: &Env, db: &Db, ids: &[String], patience: Duration, run: F) -> Result<Vec<String>, DbError>
where
    F: Fn(Job) -> R,
    R: Future<Output = Result<(), JobError>>,
{
    let (now, owner) = (env.now(), env.id());
    let tried: Vec<String> = ids.iter().take(MOST).cloned().collect();
    let jobs = store::lease_these(db, tried, owner.clone(), now, now + LEASE).await?;
    let taken: Vec<String> = jobs.iter().map(|j| j.id.clone()).collect();
    let elsewhere: Vec<String> = ids.iter().filter(|id| !taken.contains(id)).cloned().collect();
    let ours = join_all(jobs.into_iter().map(|job| async {
        let (id, attempt) = (job.id.clone(), job.attempt);
        let result = tokio::time::timeout(patience, run(job)).await;
        let result = result.unwrap_or_else(|_| Err(JobError::Retry("it took longer than whoever asked would wait".into())));
        if let Err(e) = &result {
            tracing::info!(job = %id, attempt, why = %e, "not done at once");
        }
        let now = env.now();
        let [chance] = env.entropy.bytes::<1>();
        let outcome = outcome(result, attempt, ATTEMPTS, now, chance);
        store::settle(db, Settle { id, owner: owner.clone(), attempt, now, outcome }).await
    }));
    let theirs = async {
        let look = async {
            while !store::undone(db, &elsewhere).await?.is_empty() {
                tokio::time::sleep(LOOK).await;
            }
            Ok::<_, DbError>(())
        };
        tokio::time::timeout(patience, look).await.unwrap_or(Ok(()))
    };
    let (settled, looked) = tokio::join!(ours, theirs);
    looked?;
    settled.into_iter().collect::<Result<Vec<_>, _>>()?;
    store::undone(db, ids).await
}
