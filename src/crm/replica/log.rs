//! Asking for the access log. Owns the token for it and the two requests; what an answer means is decided by who asks.

use std::sync::Arc;
use std::time::Duration;

use openidconnect::http::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded::Serializer;

use super::poll::PollError;
use super::store::Cursor;
use crate::contract::feed::FeedPage;
use crate::crm::auth::call::Call;
use crate::crm::auth::provider::Provider;
use crate::kernel::Env;
use crate::kernel::clock::Timestamp;
use crate::kernel::http::problem::chain;

/// What the record store asks for to read the log.
const SCOPE: &str = "access-log:read";
/// A token is not used in its last seconds, so that it doesn't expire on the way.
const MARGIN: Duration = Duration::from_secs(30);
/// How long one reading of the stream may last; then it is begun again.
const READING: Duration = Duration::from_secs(3600);

/// The log, as this node asks for it.
pub(super) struct Log {
    env: Env,
    provider: Arc<Provider>,
    token: tokio::sync::Mutex<Option<(SecretString, Timestamp)>>,
}

impl Log {
    pub(super) fn new(env: Env, provider: Arc<Provider>) -> Self {
        Self { env, provider, token: tokio::sync::Mutex::default() }
    }

    async fn bearer(&self) -> Result<SecretString, PollError> {
        let mut kept = self.token.lock().await;
        let now = self.env.now();
        match kept.as_ref() {
            Some((token, until)) if now < *until => Ok(token.clone()),
            _ => {
                let (token, life) = self.provider.own_token(SCOPE).await?;
                Ok(kept.insert((token, now + life.saturating_sub(MARGIN))).0.clone())
            }
        }
    }

    /// What comes after a cursor; from the beginning where there is none. Which log was read is named with it: so the
    /// provider knows what this client has, and finds out when it was itself put back to an earlier state.
    pub(super) async fn ask(&self, after: Option<&Cursor>) -> Result<FeedPage, PollError> {
        let path = place(after);
        let mut again = true;
        loop {
            let answer = self.provider.call(&Call::new(Method::GET, &path), &self.bearer().await?).await;
            let answer = answer.map_err(|e| PollError::Answer(e.0))?;
            match answer.status {
                StatusCode::OK => return answer.read().map_err(|e| PollError::Answer(e.0)),
                StatusCode::UNAUTHORIZED if again => {
                    *self.token.lock().await = None;
                    again = false;
                }
                other => return Err(PollError::Answer(format!("status {other}"))),
            }
        }
    }

    /// The stream that says when the log has moved on.
    pub(super) async fn stream(&self) -> Result<reqwest::Response, PollError> {
        let url = self.env.settings.idp_url.at("/api/access-log/stream");
        let bearer = self.bearer().await?;
        let asked = self.env.http.get(url).bearer_auth(bearer.expose_secret()).timeout(READING).send().await;
        let answer = asked.map_err(|e| PollError::Answer(chain(&e)))?;
        if answer.status() == reqwest::StatusCode::OK {
            return Ok(answer);
        }
        if answer.status() == reqwest::StatusCode::UNAUTHORIZED {
            *self.token.lock().await = None;
        }
        Err(PollError::Answer(format!("the stream: status {}", answer.status())))
    }
}

/// The address, with the place that is asked from.
fn place(after: Option<&Cursor>) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair("after", &after.map_or(0, |c| c.position).to_string());
    if let Some(c) = after {
        query.append_pair("epoch", &c.epoch);
    }
    if let Some(c) = after.filter(|c| !c.chain.is_empty()) {
        query.append_pair("chain", &c.chain);
    }
    format!("/api/access-log?{}", query.finish())
}
