//! Calls to the provider's challenges (`contract::challenge`), with a token of the record store's own. Owns the calls and
//! what their answers mean; keeps nothing but the token. A code goes through in one call and is in no error.

use std::sync::Arc;
use std::time::Duration;

use openidconnect::http::{Method, StatusCode};
use secrecy::SecretString;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::contract::challenge::{
    ChallengeState, ConfirmAnswer, ConfirmRequest, CreateChallenge, PendingState, ReceiptAnswer, Report, ReportAnswer, SCOPE,
};
use crate::contract::receipt::Receipt;
use crate::crm::auth::call::{Call, Called, segment};
use crate::crm::auth::client::AskError;
use crate::crm::auth::provider::{Provider, Unreachable};
use crate::kernel::Env;
use crate::kernel::clock::Timestamp;
use crate::kernel::jose::{JoseError, KeySet, SdJwt};

/// A token is not used in its last seconds, so that it doesn't expire on the way.
const MARGIN: Duration = Duration::from_secs(30);

/// Why a call brought nothing.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CallError {
    /// No token, no connection, or an answer that can't be read: nobody knows what became of it.
    #[error("the provider: {0}")]
    Unreachable(String),
    /// The provider said no.
    #[error("the provider refused with {status}: {code}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The problem's code.
        code: String,
        /// Seconds of Retry-After.
        retry_after: Option<u64>,
        /// The challenge, where the answer has it.
        challenge: Option<Box<ChallengeState>>,
    },
}

impl CallError {
    /// The status of a refusal.
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::Unreachable(_) => None,
        }
    }
    /// How long it said to wait.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after: Some(seconds), .. } => Some(Duration::from_secs(*seconds)),
            _ => None,
        }
    }
    /// Whether asking again can help: no answer, an overload, a limit.
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Refused { status, .. } => *status == 401 || *status == 429 || *status >= 500,
        }
    }
}

impl From<Unreachable> for CallError {
    fn from(e: Unreachable) -> Self {
        Self::Unreachable(e.0)
    }
}

impl From<AskError> for CallError {
    fn from(e: AskError) -> Self {
        Self::Unreachable(e.to_string())
    }
}

/// The provider's challenges.
pub struct Challenges {
    env: Env,
    provider: Arc<Provider>,
    token: tokio::sync::Mutex<Option<(SecretString, Timestamp)>>,
    receipt_keys: tokio::sync::Mutex<Option<Arc<KeySet>>>,
}

impl Challenges {
    /// Asks for nothing yet.
    pub fn new(env: Env, provider: Arc<Provider>) -> Self {
        Self { env, provider, token: tokio::sync::Mutex::default(), receipt_keys: tokio::sync::Mutex::default() }
    }

    /// Has a challenge made; the same one for the same request.
    pub async fn create(&self, request: &CreateChallenge) -> Result<ChallengeState, CallError> {
        self.call(Method::POST, "/api/challenges", Some(request)).await
    }

    /// Sends the code again.
    pub async fn resend(&self, challenge: &str) -> Result<ChallengeState, CallError> {
        self.call(Method::POST, &format!("/api/challenges/{}/resend", segment(challenge)), Some(&serde_json::json!({}))).await
    }

    /// Passes a code on.
    pub async fn confirm(&self, challenge: &str, request: &ConfirmRequest) -> Result<ConfirmAnswer, CallError> {
        self.call(Method::POST, &format!("/api/challenges/{}/confirm", segment(challenge)), Some(request)).await
    }

    /// All that is known of a pending change.
    pub async fn pending(&self, pending: &str) -> Result<PendingState, CallError> {
        self.call(Method::GET, &format!("/api/pending/{}", segment(pending)), None::<&()>).await
    }

    /// Says what became of a pending change.
    pub async fn report(&self, pending: &str, report: &Report) -> Result<ReportAnswer, CallError> {
        self.call(Method::POST, &format!("/api/pending/{}/report", segment(pending)), Some(report)).await
    }

    /// A receipt.
    pub async fn receipt(&self, id: &str) -> Result<ReceiptAnswer, CallError> {
        self.call(Method::GET, &format!("/api/receipts/{}", segment(id)), None::<&()>).await
    }

    /// Checks a receipt against the provider's published receipt keys, which are asked for once more when it is signed by
    /// one that is not known yet.
    pub async fn verified(&self, receipt: &SdJwt) -> Result<Receipt, CallError> {
        let unsound = |e: JoseError| CallError::Unreachable(format!("the receipt: {e}"));
        let mut kept = self.receipt_keys.lock().await;
        if let Some(keys) = kept.as_ref() {
            match Receipt::verify(receipt, self.provider.issuer(), keys) {
                Err(JoseError::UnknownKey) => {}
                other => return other.map_err(unsound),
            }
        }
        let published: Json = self.call(Method::GET, "/oauth2/receipt-keys", None::<&()>).await?;
        let keys = Arc::new(KeySet::from_value(&published).map_err(unsound)?);
        *kept = Some(Arc::clone(&keys));
        Receipt::verify(receipt, self.provider.issuer(), &keys).map_err(unsound)
    }

    async fn call<T: DeserializeOwned>(&self, method: Method, path: &str, body: Option<&impl Serialize>) -> Result<T, CallError> {
        let mut call = Call::new(method, path);
        if let Some(body) = body {
            call = call.json(body)?;
        }
        let mut again = true;
        loop {
            let answer = self.provider.call(&call, &self.token().await?).await?;
            match answer.status {
                s if s.is_success() => return Ok(answer.read()?),
                StatusCode::UNAUTHORIZED if again => {
                    *self.token.lock().await = None;
                    again = false;
                }
                _ => return Err(refused(&answer)),
            }
        }
    }

    async fn token(&self) -> Result<SecretString, CallError> {
        let mut kept = self.token.lock().await;
        let now = self.env.now();
        if let Some((token, until)) = kept.as_ref()
            && now < *until
        {
            return Ok(token.clone());
        }
        let (token, life) = self.provider.own_token(SCOPE).await?;
        *kept = Some((token.clone(), now + life.saturating_sub(MARGIN)));
        Ok(token)
    }
}

fn refused(answer: &Called) -> CallError {
    let problem: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
    let challenge = problem.get("challenge").and_then(|c| serde_json::from_value(c.clone()).ok()).map(Box::new);
    CallError::Refused { status: answer.status.as_u16(), code: answer.code(), retry_after: answer.retry_after, challenge }
}
