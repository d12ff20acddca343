//! Checking the chain from the first line to the head.

use std::fmt;

use super::chain::Head;
use super::log::{AuditError, Log};
use super::store;

/// Lines read at once.
const PAGE: i64 = 1_000;
/// Faults that a report names at most.
const FAULTS: usize = 100;

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Lines are not there any more: from this one to that one.
    Removed(i64, i64),
    /// A line, or its digest, is not as it was written.
    Changed(i64),
    /// The last lines were cut off: it ends here and had so many.
    Cut(i64, i64),
    /// A line beyond what the head says.
    Beyond(i64),
    /// The head was not written by whoever holds the root key.
    Head,
    /// There is no head.
    NoHead,
    /// It is not the log that was noted: at that line it has another digest, or is shorter.
    Other(i64),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Removed(from, to) if from == to => write!(f, "line {from} was removed"),
            Self::Removed(from, to) => write!(f, "lines {from} to {to} were removed"),
            Self::Changed(seq) => write!(f, "line {seq} was changed"),
            Self::Cut(at, had) => write!(f, "the log was cut: it ends at line {at} and had {had}"),
            Self::Beyond(seq) => write!(f, "line {seq} is beyond the end of the log"),
            Self::Head => f.write_str("the end of the log was noted by somebody without the root key"),
            Self::NoHead => f.write_str("the note of where the log ends is missing"),
            Self::Other(seq) => write!(f, "at line {seq} this is not the log that was noted"),
        }
    }
}

/// What checking found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Lines that were read.
    pub lines: i64,
    /// Where the log ends, if that is known.
    pub head: Option<Head>,
    /// What does not hold, in order; the first hundred.
    pub faults: Vec<Fault>,
}

impl Report {
    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.faults.is_empty()
    }

    fn say(&mut self, fault: Fault) {
        if self.faults.len() < FAULTS && !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.faults {
            writeln!(f, "{fault}")?;
        }
        match (&self.head, self.holds()) {
            (Some(head), true) => write!(f, "{} lines, each as it was written; the log ends at {head}", self.lines),
            (_, true) => write!(f, "{} lines, each as it was written", self.lines),
            (_, false) => write!(f, "{} lines were read, and the log does not hold", self.lines),
        }
    }
}

impl Log {
    /// Chains what is committed and checks every line. `noted` is where the log ended once, kept elsewhere: with it, a log that
    /// was put back to an older state is found too.
    pub async fn verify(&self, noted: Option<&Head>) -> Result<Report, AuditError> {
        match self.catch_up().await {
            Ok(_) | Err(AuditError::Head) => {}
            Err(e) => return Err(e),
        }
        let mut report = Report::default();
        let mut snapshot = self.db.snapshot().await?;
        let mut tx = snapshot.tx();
        let stored = store::head(&mut tx).await?;
        let mut at = Head::default();
        loop {
            let lines = store::after(&mut tx, at.seq, PAGE).await?;
            let Some(last) = lines.last().map(|l| l.seq) else { break };
            for line in lines {
                if line.seq > at.seq + 1 {
                    report.say(Fault::Removed(at.seq + 1, line.seq - 1));
                } else if line.link(&at.hash)? != line.hash {
                    report.say(Fault::Changed(line.seq));
                }
                if stored.as_ref().is_some_and(|s| line.seq > s.head.seq) {
                    report.say(Fault::Beyond(line.seq));
                }
                if noted.is_some_and(|n| n.seq == line.seq && n.hash != line.hash) {
                    report.say(Fault::Other(line.seq));
                }
                report.lines += 1;
                // After a line that is gone, its neighbour's own digest is what is left to go on with.
                at = Head { seq: line.seq, hash: line.hash };
            }
            if last < at.seq {
                break;
            }
        }
        self.end(&mut report, stored, &at, noted)?;
        Ok(report)
    }

    fn end(&self, report: &mut Report, stored: Option<store::Stored>, at: &Head, noted: Option<&Head>) -> Result<(), AuditError> {
        match stored {
            None => report.say(Fault::NoHead),
            Some(stored) => {
                if !stored.head.is_proven(&self.env.root, &stored.mac)? {
                    report.say(Fault::Head);
                }
                if at.seq < stored.head.seq {
                    report.say(Fault::Cut(at.seq, stored.head.seq));
                } else if at.seq == stored.head.seq && at.hash != stored.head.hash {
                    report.say(Fault::Changed(at.seq));
                }
                report.head = Some(stored.head);
            }
        }
        if let Some(noted) = noted.filter(|n| n.seq > at.seq) {
            report.say(Fault::Other(noted.seq));
        }
        Ok(())
    }
}
