//! What the system says of a process: its processor time and its memory.

use std::io;

/// The unit of /proc/PID/stat for programs, the same on every Linux.
const TICKS: f64 = 100.0;

fn bad() -> io::Error {
    io::Error::other("/proc says something unexpected")
}

/// Processor time of all threads of a process, in the program and in the kernel for it, in seconds.
pub fn seconds(pid: u32) -> io::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in brackets may hold anything; the numbers come after it, the state first.
    let (_, rest) = stat.rsplit_once(')').ok_or_else(bad)?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |n: usize| fields.get(n).and_then(|f| f.parse::<f64>().ok()).ok_or_else(bad);
    Ok((ticks(11)? + ticks(12)?) / TICKS)
}

/// Memory of a process that is in use, in MB (1,000,000 bytes): all of it, and without pages of files (the program itself).
pub fn memory(pid: u32) -> io::Result<(f64, f64)> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = |name: &str| {
        let found = status.lines().find_map(|l| l.strip_prefix(name)).and_then(|l| l.split_whitespace().next());
        found.and_then(|n| n.parse::<f64>().ok()).map(|kib| kib * 1024.0 / 1e6).ok_or_else(bad)
    };
    Ok((line("VmRSS:")?, line("RssAnon:")?))
}
