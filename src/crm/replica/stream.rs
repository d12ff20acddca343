//! The stream of the access log: it says at once that there is something new, and nothing else. It only wakes the poll.
//! What is answered rests on polls alone: a stream that stands, or one that only sends heartbeats, makes nothing fresh.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Replica;
use super::poll::PollError;
use crate::contract::feed::HeadMoved;
use crate::kernel::http::problem::chain;

/// How long to wait before the stream is read again: twice as long each time, up to the longest.
const WAIT: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// A stream that says nothing for so long, no heartbeat either, is begun again.
const SILENCE: Duration = Duration::from_secs(60);
/// Bytes of a line at most; what is longer is not ours.
const LINE: usize = 4096;

/// The lines of a stream of server-sent events, put together from the pieces that come.
#[derive(Default)]
struct Lines(Vec<u8>);

impl Lines {
    /// The heads that `piece` completes.
    fn take(&mut self, piece: &[u8]) -> Vec<HeadMoved> {
        let mut heads = Vec::new();
        for byte in piece {
            match byte {
                b'\n' | b'\r' => {
                    heads.extend(std::str::from_utf8(&self.0).ok().and_then(head));
                    self.0.clear();
                }
                _ if self.0.len() < LINE => self.0.push(*byte),
                _ => {}
            }
        }
        heads
    }
}

fn head(line: &str) -> Option<HeadMoved> {
    serde_json::from_str(line.strip_prefix("data:")?.trim()).ok()
}

impl Replica {
    fn knows(&self, head: &HeadMoved) -> bool {
        let status = self.status();
        status.epoch == head.epoch && status.position >= head.position
    }

    /// Reads the stream until it ends or fails. Whether it said anything.
    async fn listen(&self) -> Result<bool, PollError> {
        let mut answer = self.log.stream().await?;
        let (mut lines, mut heard) = (Lines::default(), false);
        while let Ok(piece) = tokio::time::timeout(SILENCE, answer.chunk()).await {
            let Some(piece) = piece.map_err(|e| PollError::Answer(chain(&e)))? else { break };
            heard = true;
            let heads = lines.take(&piece);
            if heads.iter().any(|h| !self.knows(h)) {
                // A failure is logged by the poll.
                let _ = self.poll_now().await;
            }
        }
        Ok(heard)
    }

    /// Listens until `stop`.
    pub async fn wake(self: Arc<Self>, stop: CancellationToken) {
        let mut wait = WAIT.0;
        loop {
            let heard = tokio::select! {
                () = stop.cancelled() => return,
                heard = self.listen() => heard,
            };
            if let Err(error) = &heard {
                tracing::debug!(%error, "the stream of the access log");
            }
            wait = if matches!(heard, Ok(true)) { WAIT.0 } else { (wait * 2).min(WAIT.1) };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_from_whatever_pieces_the_stream_comes_in() {
        let text = ": hello\n\nevent: head\r\ndata: {\"epoch\":\"e1\",\"position\":7}\r\n\r\n:\ndata: not one\n\n";
        let expected = || vec![HeadMoved { epoch: "e1".into(), position: 7 }];
        assert_eq!(Lines::default().take(text.as_bytes()), expected());
        let mut lines = Lines::default();
        let one_by_one: Vec<HeadMoved> = text.bytes().flat_map(|b| lines.take(&[b])).collect();
        assert_eq!(one_by_one, expected());
    }

    #[test]
    fn a_line_without_end_takes_no_more_than_its_bound() {
        let mut lines = Lines::default();
        for _ in 0..100 {
            assert!(lines.take(&[b'x'; 1000]).is_empty());
        }
        assert!(lines.0.len() <= LINE);
    }
}
