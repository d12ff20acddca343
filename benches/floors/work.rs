//! Work that a process does by itself, measured by itself: many at once, after a second to get warm.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::cpu;
use crate::table::Figure;

/// How many do it at once: as many as share one commit.
pub const AT_ONCE: usize = 64;

/// Does the work 64 times at once and prints what it cost, for [`run`] in the process that started this one.
pub async fn measured<M, W, F>(make: M) -> io::Result<()>
where
    M: Fn(usize) -> W,
    W: FnMut() -> F + Send + 'static,
    F: Future<Output = io::Result<()>> + Send,
{
    measured_by(AT_ONCE, make).await
}

/// The same, so many at once.
pub async fn measured_by<M, W, F>(at_once: usize, make: M) -> io::Result<()>
where
    M: Fn(usize) -> W,
    W: FnMut() -> F + Send + 'static,
    F: Future<Output = io::Result<()>> + Send,
{
    let (stop, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut tasks = Vec::new();
    for n in 0..at_once {
        let (mut work, stop, count) = (make(n), Arc::clone(&stop), Arc::clone(&count));
        tasks.push(tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                work().await?;
                count.fetch_add(1, Ordering::Relaxed);
            }
            io::Result::Ok(())
        }));
    }
    let me = std::process::id();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (from, cpu_from, begun) = (count.load(Ordering::Relaxed), cpu::seconds(me)?, Instant::now());
    tokio::time::sleep(crate::TIME).await;
    let (to, cpu_to, took) = (count.load(Ordering::Relaxed), cpu::seconds(me)?, begun.elapsed());
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.map_err(io::Error::other)??;
    }
    writeln!(io::stdout(), "{} {} {}", to - from, cpu_to - cpu_from, took.as_secs_f64())
}

/// Runs this program again for one kind of work and reads what it says.
pub fn run(name: &str, kind: &str, dir: &std::path::Path) -> io::Result<Figure> {
    let done = std::process::Command::new(std::env::current_exe()?).arg(kind).arg(dir).output()?;
    let said = String::from_utf8_lossy(&done.stdout);
    let numbers: Vec<f64> = said.split_whitespace().filter_map(|n| n.parse().ok()).collect();
    match numbers.as_slice() {
        [count, cpu, wall] => Ok(Figure { name: name.to_owned(), count: *count as u64, cpu: *cpu, wall: *wall }),
        _ => Err(io::Error::other(format!("{kind}: {said} {}", String::from_utf8_lossy(&done.stderr)))),
    }
}
