//! Threads that do nothing but hash: a few, with memory that they keep. Owns the queue and the threads.
//! Does not own how many may wait; whoever puts work in has taken a place first.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use argon2::Block;
use tokio::sync::oneshot;

/// What a worker keeps from one hash to the next: fresh megabytes for each cost more than they need to.
#[derive(Default)]
pub(super) struct Memory {
    blocks: Vec<Block>,
    /// How many are kept; what a hash made elsewhere needs beyond them is given back.
    keep: usize,
}

impl Memory {
    /// None yet, to keep so many blocks.
    pub(super) fn keeping(keep: usize) -> Self {
        Self { blocks: Vec::new(), keep }
    }

    /// So many blocks of Argon2, with whatever was in them.
    pub(super) fn blocks(&mut self, count: usize) -> Option<&mut [Block]> {
        if self.blocks.len() < count {
            self.blocks.resize(count, Block::default());
        }
        self.blocks.get_mut(..count)
    }

    fn trim(&mut self) {
        if self.blocks.len() > self.keep {
            self.blocks.truncate(self.keep);
            self.blocks.shrink_to_fit();
        }
    }
}

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

struct State {
    jobs: VecDeque<Job>,
    open: bool,
}

struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next job; nothing when there will be none.
    fn next(&self) -> Option<Job> {
        let mut state = self.state();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            if !state.open {
                return None;
            }
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The threads; they end when this goes.
pub(super) struct Workers(Arc<Shared>);

impl Workers {
    /// Starts `count` threads, each of which keeps so many blocks and yields to the threads that answer requests.
    pub(super) fn start(count: usize, keep: usize) -> io::Result<Self> {
        let shared = Arc::new(Shared { state: Mutex::new(State { jobs: VecDeque::new(), open: true }), wake: Condvar::new() });
        let workers = Self(shared);
        for n in 0..count {
            let shared = Arc::clone(&workers.0);
            std::thread::Builder::new().name(format!("hash-{n}")).spawn(move || work(&shared, keep))?;
        }
        Ok(workers)
    }

    /// Has `f` done by a worker. Nothing when it panicked.
    pub(super) async fn run<T: Send + 'static>(&self, f: impl FnOnce(&mut Memory) -> T + Send + 'static) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |memory| {
            // Whoever asked may have gone by now: then it costs nothing.
            if !answer.is_closed() {
                let _ = answer.send(f(memory));
            }
        });
        self.0.state().jobs.push_back(job);
        self.0.wake.notify_one();
        answered.await.ok()
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.0.state().open = false;
        self.0.wake.notify_all();
    }
}

fn work(shared: &Shared, keep: usize) {
    yield_to_others();
    let mut memory = Memory::keeping(keep);
    while let Some(job) = shared.next() {
        if catch_unwind(AssertUnwindSafe(|| job(&mut memory))).is_err() {
            tracing::error!("hashing a password panicked");
            memory = Memory::keeping(keep);
        }
        memory.trim();
    }
}

/// A storm of sign-ins keeps every worker busy for as long as it lasts. With a lower priority than the threads that answer,
/// they take what processor time is left, and a token is signed at once instead of after someone's hash.
fn yield_to_others() {
    #[cfg(target_os = "linux")]
    {
        const NICE: i32 = 10;
        // On Linux the priority is a thread's, and a thread's id is taken where a process's is asked for.
        if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE) {
            tracing::debug!(%error, "a hashing worker keeps the usual priority");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_job_that_panics_takes_nothing_with_it() {
        let workers = Workers::start(1, 64).unwrap();
        assert_eq!(workers.run(|_| -> u8 { panic!("on purpose") }).await, None);
        assert_eq!(workers.run(|_| 7).await, Some(7));
    }

    #[tokio::test]
    async fn a_worker_keeps_its_own_memory_and_gives_back_what_is_more() {
        let workers = Workers::start(1, 64).unwrap();
        let kept = |count| workers.run(move |memory| (memory.blocks.len(), memory.blocks(count).map(|b| b.len())));
        assert_eq!(kept(64).await, Some((0, Some(64))));
        assert_eq!(kept(500).await, Some((64, Some(500))));
        assert_eq!(kept(8).await, Some((64, Some(8))));
    }

    #[tokio::test]
    async fn nobody_waits_for_work_that_nobody_wants_any_more() {
        let workers = Workers::start(1, 64).unwrap();
        let (go, gate) = std::sync::mpsc::channel::<()>();
        let done = Arc::new(AtomicBool::new(false));
        let mut held = Box::pin(workers.run(move |_| gate.recv().is_ok()));
        assert!(held.as_mut().now_or_never().is_none());
        let flag = Arc::clone(&done);
        // In the queue, and given up before its turn.
        assert!(workers.run(move |_| flag.store(true, Ordering::SeqCst)).now_or_never().is_none());
        go.send(()).unwrap();
        assert_eq!(held.await, Some(true));
        assert_eq!(workers.run(|_| 1).await, Some(1));
        assert!(!done.load(Ordering::SeqCst));
    }
}
