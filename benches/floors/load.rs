//! A load generator of few parts: prepared requests over connections that stay open, on this machine. Owns no figure.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::cpu;
use crate::table::Figure;

/// Not counted: caches fill, connections open.
const WARM: Duration = Duration::from_secs(1);
/// Answers at most that are counted in one measurement.
const MOST: u64 = 500_000;

/// What one connection asks: the next request, given the body of the last answer.
pub type Asks = Box<dyn FnMut(&[u8]) -> Vec<u8> + Send>;

/// The same request again and again.
pub fn again(request: Vec<u8>) -> Asks {
    Box::new(move |_| request.clone())
}

/// A GET.
pub fn get(path: &str, authorization: Option<&str>) -> Vec<u8> {
    let authorization = authorization.map(|a| format!("Authorization: {a}\r\n")).unwrap_or_default();
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n{authorization}\r\n").into_bytes()
}

/// A form, posted.
pub fn post(path: &str, authorization: &str, form: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nAuthorization: {authorization}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .into_bytes()
}

/// A connection that stays open.
pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    /// Opens one.
    pub async fn open(at: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(at).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::with_capacity(8192) })
    }

    /// One request and the body of its answer, which must be 200.
    async fn ask(&mut self, request: &[u8], body: &mut Vec<u8>) -> io::Result<()> {
        match self.exchange(request, body).await? {
            200 => Ok(()),
            status => Err(io::Error::other(format!("{status}\n{}", String::from_utf8_lossy(body)))),
        }
    }

    /// One request, the body of its answer, and the status.
    pub async fn exchange(&mut self, request: &[u8], body: &mut Vec<u8>) -> io::Result<u16> {
        self.stream.write_all(request).await?;
        self.read.clear();
        loop {
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server hung up"));
            }
            let Some(head) = self.read.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
            let text = String::from_utf8_lossy(&self.read[..head]).to_ascii_lowercase();
            let length = text.lines().find_map(|l| l.strip_prefix("content-length:")).and_then(|v| v.trim().parse().ok());
            let length: usize = length.ok_or_else(|| io::Error::other(format!("an answer without a length: {text}")))?;
            while self.read.len() < head + 4 + length {
                if self.stream.read_buf(&mut self.read).await? == 0 {
                    return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server hung up"));
                }
            }
            body.clear();
            body.extend_from_slice(&self.read[head + 4..]);
            let status = text.split(' ').nth(1).and_then(|s| s.parse().ok());
            return status.ok_or_else(|| io::Error::other(format!("an answer without a status: {text}")));
        }
    }
}

/// The seconds that each answer took, asked one after the other with a pause, for `time`.
pub async fn latency(at: SocketAddr, request: Vec<u8>, pause: Duration, time: Duration) -> io::Result<Vec<f64>> {
    let (mut connection, mut body, mut times) = (Connection::open(at).await?, Vec::new(), Vec::new());
    let begun = Instant::now();
    while begun.elapsed() < time {
        let asked = Instant::now();
        connection.ask(&request, &mut body).await?;
        times.push(asked.elapsed().as_secs_f64());
        tokio::time::sleep(pause).await;
    }
    Ok(times)
}

/// What so large a share of `values` is at most.
pub fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(at).copied().unwrap_or_default()
}

/// Asks over one connection per element of `asks` and measures what it costs the process `pid`, for `time`.
pub async fn measure(name: &str, pid: u32, at: SocketAddr, asks: Vec<Asks>, time: Duration) -> io::Result<Figure> {
    let (stop, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut clients = Vec::new();
    for mut next in asks {
        let (stop, count) = (Arc::clone(&stop), Arc::clone(&count));
        clients.push(tokio::spawn(async move {
            let mut connection = Connection::open(at).await?;
            let mut body = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let request = next(&body);
                connection.ask(&request, &mut body).await?;
                count.fetch_add(1, Ordering::Relaxed);
            }
            io::Result::Ok(())
        }));
    }
    tokio::time::sleep(WARM).await;
    let (from, cpu_from, begun) = (count.load(Ordering::Relaxed), cpu::seconds(pid)?, Instant::now());
    while begun.elapsed() < time && count.load(Ordering::Relaxed) - from < MOST && !clients.iter().any(|c| c.is_finished()) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (to, cpu_to, took) = (count.load(Ordering::Relaxed), cpu::seconds(pid)?, begun.elapsed());
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.map_err(io::Error::other)??;
    }
    Ok(Figure { name: name.to_owned(), count: to - from, cpu: cpu_to - cpu_from, wall: took.as_secs_f64() })
}
