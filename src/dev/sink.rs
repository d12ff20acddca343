//! A small SMTP server (RFC 5321) that takes every mail and delivers none.
//!
//! It speaks the minimal set of commands and is bounded in everything: connections, line length, recipients, size, and
//! how long it waits.

use std::sync::Arc;
use std::time::Duration;

use mail_parser::MessageParser;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::Captured;
use crate::kernel::delivery::Channel;

const CONNECTIONS: usize = 32;
const IDLE: Duration = Duration::from_secs(30);
/// One mail.
const SIZE: usize = 1024 * 1024;
/// One line, of a command or of a mail; twice what section 4.5.3.1.6 asks for.
const LINE: usize = 2000;
const RECIPIENTS: usize = 100;

pub(super) async fn serve(listener: TcpListener, captured: Captured, stop: CancellationToken) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(e) => {
                    // Usually too many open files; a moment later there are fewer.
                    tracing::warn!(error = %e, "the SMTP sink could not accept");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let (room, captured, stop) = (Arc::clone(&room), captured.clone(), stop.clone());
        tokio::spawn(async move {
            let permit = room.try_acquire();
            let talk = Session::new(stream, captured).talk(permit.is_ok());
            // A connection that broke is nobody's business here.
            tokio::select! { () = stop.cancelled() => {}, _ = talk => {} }
        });
    }
}

struct Session {
    stream: BufReader<TcpStream>,
    captured: Captured,
    from: Option<String>,
    to: Vec<String>,
}

/// What a line was.
enum Line {
    Whole(Vec<u8>),
    TooLong,
    End,
}

impl Session {
    fn new(stream: TcpStream, captured: Captured) -> Self {
        Self { stream: BufReader::new(stream), captured, from: None, to: Vec::new() }
    }

    async fn talk(mut self, welcome: bool) -> std::io::Result<()> {
        if !welcome {
            return self.say("421 4.3.2 too many connections").await;
        }
        self.say("220 localhost Zegel capture").await?;
        loop {
            let line = match self.line().await? {
                Line::Whole(line) => line,
                Line::TooLong => return self.say("500 5.5.2 line too long").await,
                Line::End => return Ok(()),
            };
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end();
            let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
            match verb.to_ascii_uppercase().as_str() {
                "HELO" => self.reset_and_say("250 localhost").await?,
                "EHLO" => {
                    let size =
                        format!("250-localhost\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE {SIZE}");
                    self.reset_and_say(&size).await?;
                }
                "MAIL" => self.mail(rest).await?,
                "RCPT" => self.rcpt(rest).await?,
                "DATA" => {
                    if !self.data().await? {
                        return Ok(());
                    }
                }
                "RSET" => self.reset_and_say("250 2.0.0 forgotten").await?,
                "NOOP" => self.say("250 2.0.0 fine").await?,
                "QUIT" => return self.say("221 2.0.0 goodbye").await,
                _ => self.say("502 5.5.1 not known here").await?,
            }
        }
    }

    async fn mail(&mut self, rest: &str) -> std::io::Result<()> {
        if self.from.is_some() {
            return self.say("503 5.5.1 one sender at a time").await;
        }
        let Some((address, parameters)) = path(rest, "FROM:") else {
            return self.say("501 5.5.4 MAIL FROM:<address>").await;
        };
        let declared = parameters.split_whitespace().find_map(|p| p.to_ascii_uppercase().strip_prefix("SIZE=")?.parse().ok());
        if declared.is_some_and(|n: usize| n > SIZE) {
            return self.say("552 5.3.4 too large").await;
        }
        self.from = Some(address.to_owned());
        self.say("250 2.1.0 sender taken").await
    }

    async fn rcpt(&mut self, rest: &str) -> std::io::Result<()> {
        if self.from.is_none() {
            return self.say("503 5.5.1 MAIL first").await;
        }
        match path(rest, "TO:") {
            Some((address, _)) if !address.is_empty() => {
                if self.to.len() >= RECIPIENTS {
                    return self.say("452 4.5.3 too many recipients").await;
                }
                self.to.push(address.to_owned());
                self.say("250 2.1.5 recipient taken").await
            }
            _ => self.say("501 5.5.4 RCPT TO:<address>").await,
        }
    }

    /// Takes the mail. Whether the conversation goes on.
    async fn data(&mut self) -> std::io::Result<bool> {
        if self.to.is_empty() {
            self.say("503 5.5.1 RCPT first").await?;
            return Ok(true);
        }
        self.say("354 end with a dot on a line of its own").await?;
        let (mut mail, mut too_large) = (Vec::new(), false);
        loop {
            let line = match self.line().await? {
                Line::Whole(line) => line,
                Line::TooLong => {
                    self.say("500 5.5.2 line too long").await?;
                    return Ok(false);
                }
                Line::End => return Ok(false),
            };
            if line == b".\r\n" {
                break;
            }
            // Section 4.5.2: a dot that begins a line was doubled by the sender.
            let line = line.strip_prefix(b".").unwrap_or(&line);
            too_large |= mail.len() + line.len() > SIZE;
            if !too_large {
                mail.extend_from_slice(line);
            }
        }
        if too_large {
            self.reset_and_say("552 5.3.4 too large").await?;
            return Ok(true);
        }
        let parsed = MessageParser::default().parse(&mail);
        let subject = parsed.as_ref().and_then(|m| m.subject()).unwrap_or_default();
        let text = parsed.as_ref().and_then(|m| m.body_text(0)).unwrap_or_default().replace("\r\n", "\n");
        // The format and the client end the last line, each in its way; the text itself did not.
        let text = text.trim_end_matches('\n');
        for to in &self.to {
            self.captured.push(Channel::Mail, to, subject, text);
        }
        self.reset_and_say("250 2.0.0 taken").await?;
        Ok(true)
    }

    async fn reset_and_say(&mut self, answer: &str) -> std::io::Result<()> {
        self.from = None;
        self.to.clear();
        self.say(answer).await
    }

    async fn say(&mut self, answer: &str) -> std::io::Result<()> {
        let bytes = format!("{answer}\r\n");
        tokio::time::timeout(IDLE, self.stream.write_all(bytes.as_bytes())).await?
    }

    async fn line(&mut self) -> std::io::Result<Line> {
        let mut line = Vec::new();
        let mut bounded = (&mut self.stream).take(LINE as u64);
        tokio::time::timeout(IDLE, bounded.read_until(b'\n', &mut line)).await??;
        Ok(match line.last() {
            Some(b'\n') => Line::Whole(line),
            Some(_) if line.len() == LINE => Line::TooLong,
            _ => Line::End,
        })
    }
}

/// The address and the parameters of `FROM:<address> PARAMETERS`.
fn path<'a>(rest: &'a str, keyword: &str) -> Option<(&'a str, &'a str)> {
    let given = rest.get(..keyword.len())?;
    if !given.eq_ignore_ascii_case(keyword) {
        return None;
    }
    rest.get(keyword.len()..)?.trim_start().strip_prefix('<')?.split_once('>')
}
