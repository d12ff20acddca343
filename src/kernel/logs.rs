//! Which lines may stand in the log, and their way out. Owns the exceptions from the level that is asked for, and nothing of
//! how lines look.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// How long an ordinary line may wait for others.
const WAIT: Duration = Duration::from_millis(100);
/// Bytes that may wait; whoever brings more writes them itself.
const MOST: usize = 64 * 1024;

/// Parts that log the whole address of a request, which may hold the secret of a mailed link (security case 27).
const SILENT: [&str; 1] = ["tower_http::csrf=off"];

/// The filter that a setting asks for, `info` where it can't be read, without what never belongs in a log.
pub fn filter(wanted: &str) -> EnvFilter {
    let filter = EnvFilter::try_new(wanted).unwrap_or_else(|_| EnvFilter::new("info"));
    SILENT.iter().filter_map(|d| d.parse().ok()).fold(filter, EnvFilter::add_directive)
}
/// Lines on their way to where they are kept. Those of requests go out together, every tenth of a second: a system call, or
/// another thread to be woken, for each of them costs more than the rest of a short request. A warning goes out at once, with
/// all that came before it. What can't be written for now holds up whoever logs; no line is dropped.
#[derive(Clone)]
pub struct Lines(Arc<Shared>);

struct Shared {
    waiting: Mutex<Vec<u8>>,
    some: Condvar,
    out: Mutex<Box<dyn Write + Send>>,
}

/// The way of one line.
pub struct Line<'a> {
    lines: &'a Lines,
    urgent: bool,
}

/// Writes what still waits when it goes.
pub struct Rest(Lines);

impl Lines {
    /// Lines that go to `out`, and the thread that brings them there.
    pub fn start(out: impl Write + Send + 'static) -> io::Result<(Self, Rest)> {
        let shared = Shared { waiting: Mutex::default(), some: Condvar::new(), out: Mutex::new(Box::new(out)) };
        let lines = Self(Arc::new(shared));
        let theirs = lines.clone();
        std::thread::Builder::new().name("log".into()).spawn(move || theirs.bring())?;
        Ok((lines.clone(), Rest(lines)))
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bring(&self) -> ! {
        loop {
            let some = self.0.some.wait_while(self.waiting(), |waiting| waiting.is_empty());
            drop(some.unwrap_or_else(PoisonError::into_inner));
            std::thread::sleep(WAIT);
            self.write_out();
        }
    }

    /// Writes what waits. The order of lines is that of the outer lock.
    fn write_out(&self) {
        let mut out = self.0.out.lock().unwrap_or_else(PoisonError::into_inner);
        let all = std::mem::take(&mut *self.waiting());
        // Where the log can't be written, there is nowhere to say so.
        let _ = out.write_all(&all).and_then(|()| out.flush());
    }
}

impl Write for Line<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let mut waiting = self.lines.waiting();
        let first = waiting.is_empty();
        waiting.extend_from_slice(text);
        let now = self.urgent || waiting.len() > MOST;
        drop(waiting);
        if now {
            self.lines.write_out();
        } else if first {
            self.lines.0.some.notify_one();
        }
        Ok(text.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;
    fn make_writer(&'a self) -> Line<'a> {
        Line { lines: self, urgent: true }
    }
    fn make_writer_for(&'a self, of: &Metadata<'_>) -> Line<'a> {
        Line { lines: self, urgent: *of.level() <= Level::WARN }
    }
}

impl Drop for Rest {
    fn drop(&mut self) {
        self.0.write_out();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somewhere to write that can be looked at.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(text);
            Ok(text.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_warning_goes_out_at_once_after_what_came_before_it_and_the_rest_at_the_end() {
        let kept = Kept::default();
        let (lines, rest) = Lines::start(kept.clone()).unwrap();
        let said = || String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        let subscriber = tracing_subscriber::fmt().with_writer(lines).with_ansi(false).without_time().finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!("first");
            tracing::warn!("second");
            let both = said();
            assert!(both.find("first") < both.find("second") && both.contains("second"), "{both}");
            tracing::info!("third");
        });
        drop(rest);
        assert_eq!(said().matches("third").count(), 1);
    }

    #[test]
    fn lines_beyond_the_bound_are_written_by_who_brings_them() {
        let kept = Kept::default();
        let (lines, _rest) = Lines::start(kept.clone()).unwrap();
        let line = vec![b'x'; MOST + 1];
        Line { lines: &lines, urgent: false }.write_all(&line).unwrap();
        assert_eq!(kept.0.lock().unwrap().len(), MOST + 1);
    }
}
