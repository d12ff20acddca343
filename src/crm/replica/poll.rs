//! One poll of the access log: ask for what came after the cursor, check that it continues what is here, apply it.

use openidconnect::HttpRequest;
use openidconnect::http::{HeaderValue, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

use super::Replica;
use super::store::{self, Batch};
use crate::contract::feed::FeedPage;
use crate::crm::auth::client::AskError;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::DbError;
use crate::kernel::http::problem::chain;

/// What the record store asks for to read the log.
const SCOPE: &str = "access-log:read";
/// A token is not used in its last seconds, so that it doesn't expire on the way.
const MARGIN: Duration = Duration::from_secs(30);
/// Entries in one transaction at most.
const BATCH: usize = 500;

/// Why a poll brought nothing.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PollError {
    /// No token for it.
    #[error("no token for the access log: {0}")]
    Token(#[from] AskError),
    /// The log didn't answer, or not as it should.
    #[error("the access log: {0}")]
    Answer(String),
    /// It is another log than the one that the replica was made from: one side was restored from a copy.
    #[error("the access log has the epoch {offered}, the replica was made from {stored}")]
    Epoch {
        /// The replica's.
        stored: String,
        /// The log's.
        offered: String,
    },
    /// Entries are missing, or the log ends before what was already applied.
    #[error("the access log doesn't continue at position {0}")]
    Gap(i64),
    /// Storage.
    #[error("{0}")]
    Db(String),
}

impl From<DbError> for PollError {
    fn from(e: DbError) -> Self {
        Self::Db(chain(&e))
    }
}

impl Replica {
    pub(super) async fn poll(&self, token: &mut Option<(SecretString, Timestamp)>) -> Result<(), PollError> {
        loop {
            let cursor = store::cursor(&self.db).await?;
            let from = cursor.as_ref().map_or(0, |c| c.position);
            let sent_at = self.env.now();
            let page = self.ask(token, from).await?;
            if let Some(c) = &cursor
                && c.epoch != page.epoch
            {
                self.note(|s| s.refused = true);
                return Err(PollError::Epoch { stored: c.epoch.clone(), offered: page.epoch });
            }
            let to = check(&page, from).inspect_err(|_| self.note(|s| s.refused = true))?;
            let head = page.head;
            if !self.apply(page, cursor.map(|c| c.position)).await? {
                // Another node was faster; what it applied is where to go on.
                continue;
            }
            self.note(|s| s.position = s.position.max(to));
            if to == head {
                self.note(|s| s.sent_at = Some(sent_at));
                return Ok(());
            }
        }
    }

    /// Applies a page in batches, each with its cursor. False when another node moved the cursor meanwhile.
    async fn apply(&self, page: FeedPage, mut from: Option<i64>) -> Result<bool, PollError> {
        let (epoch, mut entries) = (page.epoch, page.entries);
        while from.is_none() || !entries.is_empty() {
            let rest = entries.split_off(entries.len().min(BATCH));
            let to = entries.last().map_or(from.unwrap_or(0), |e| e.position);
            let batch = Batch { epoch: epoch.clone(), from, to, entries, at: self.env.now() };
            if !store::apply(&self.db, batch).await? {
                return Ok(false);
            }
            from = Some(to);
            entries = rest;
        }
        Ok(true)
    }

    async fn ask(&self, token: &mut Option<(SecretString, Timestamp)>, after: i64) -> Result<FeedPage, PollError> {
        let mut again = true;
        loop {
            let now = self.env.now();
            let bearer = match token {
                Some((t, until)) if now < *until => t.clone(),
                _ => {
                    let (t, life) = self.provider.own_token(SCOPE).await?;
                    token.insert((t, now + life.saturating_sub(MARGIN))).0.clone()
                }
            };
            let url = self.env.settings.idp_url.at(&format!("/api/access-log?after={after}"));
            let answer = self.provider.http()(request(&url, &bearer)?).await.map_err(|e| PollError::Answer(chain(&e)))?;
            match answer.status() {
                StatusCode::OK => {
                    return serde_json::from_slice(answer.body()).map_err(|e| PollError::Answer(e.to_string()));
                }
                StatusCode::UNAUTHORIZED if again => {
                    *token = None;
                    again = false;
                }
                other => return Err(PollError::Answer(format!("status {other}"))),
            }
        }
    }
}

fn request(url: &str, bearer: &SecretString) -> Result<HttpRequest, PollError> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", bearer.expose_secret()))
        .map_err(|_| PollError::Answer("the token can't be sent in a header".into()))?;
    value.set_sensitive(true);
    let mut request = HttpRequest::new(Vec::new());
    *request.uri_mut() = url.parse().map_err(|_| PollError::Answer("its address isn't one".into()))?;
    request.headers_mut().insert(header::AUTHORIZATION, value);
    Ok(request)
}

/// The position after `page`. Positions have no gaps, so a page that doesn't begin right after the cursor, or a log
/// that is shorter than what was applied, isn't the log that the replica was made from.
fn check(page: &FeedPage, from: i64) -> Result<i64, PollError> {
    let mut at = from;
    for entry in &page.entries {
        at += 1;
        if entry.position != at {
            return Err(PollError::Gap(at));
        }
    }
    let stuck = page.entries.is_empty() && page.head != from;
    if at > page.head || stuck { Err(PollError::Gap(from + 1)) } else { Ok(at) }
}
