//! What is known of the provider: its metadata (OpenID Connect Discovery 1.0) and its keys. Owns fetching, keeping and
//! refreshing both. The provider may start after the record store, so nothing is fetched before it is asked for.
//! Does not own what a token must say ([`super::token`]) nor asking for tokens ([`super::client`]).

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures_util::future::BoxFuture;
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, HttpRequest, HttpResponse, IntrospectionUrl, IssuerUrl, LogoutProviderMetadata, ProviderMetadata,
    RevocationUrl,
};
use serde::{Deserialize, Serialize};

use super::introspection::Answers;
use crate::kernel::Env;
use crate::kernel::clock::Timestamp;
use crate::kernel::http::problem::chain;
use crate::kernel::jose::{KeySet, SigningKey};

/// How long metadata and keys are used before they are asked for again.
const KEEP: Duration = Duration::from_secs(3600);
/// How often an unknown `kid` may cause a fetch, so that made-up ones don't turn into a flood of requests.
const REFRESH: Duration = Duration::from_secs(5);
/// Bytes of an answer at most; a full page of the access log is the largest.
const ANSWER: usize = 2 * 1024 * 1024;

/// Metadata that the library doesn't name itself (RFC 8414, section 2).
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct More {
    /// Where tokens are revoked (RFC 7009).
    #[serde(default)]
    pub revocation_endpoint: Option<RevocationUrl>,
    /// Where it is asked what a token stands for (RFC 7662).
    #[serde(default)]
    pub introspection_endpoint: Option<IntrospectionUrl>,
}
impl AdditionalProviderMetadata for More {}

/// The provider's metadata.
pub type Metadata = ProviderMetadata<
    LogoutProviderMetadata<More>,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What was learned by one discovery.
#[derive(Debug)]
pub struct Known {
    /// The metadata, with the keys as the OpenID library wants them.
    pub metadata: Metadata,
    /// The same keys, for access tokens.
    pub keys: KeySet,
    fetched_at: Timestamp,
}

/// The provider could not be asked, or answered something else than it should.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the provider: {0}")]
pub struct Unreachable(pub String);

/// A call that failed before there was an answer to read.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The connection, or what came over it.
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    /// More than is read.
    #[error("the answer is longer than {ANSWER} bytes")]
    TooLong,
    /// Not a proper answer.
    #[error("the answer can't be put together: {0}")]
    Form(#[from] openidconnect::http::Error),
}

/// The record store's view of its provider.
pub struct Provider {
    pub(super) env: Env,
    pub(super) key: SigningKey,
    /// What it said of tokens, of late.
    pub(super) answers: Answers,
    known: RwLock<Option<Arc<Known>>>,
    /// One discovery at a time; holds why the last one failed.
    fetching: tokio::sync::Mutex<Option<Unreachable>>,
    /// Discoveries finished so far, so that who waited for one takes its result instead of trying again in turn.
    finished: AtomicU64,
    refreshed: tokio::sync::Mutex<Option<Timestamp>>,
}

impl Provider {
    /// Knows nothing yet. `key` is what the record store proves itself with.
    pub fn new(env: Env, key: SigningKey) -> Self {
        Self {
            env,
            key,
            answers: Answers::default(),
            known: RwLock::default(),
            fetching: tokio::sync::Mutex::default(),
            finished: AtomicU64::new(0),
            refreshed: tokio::sync::Mutex::default(),
        }
    }

    /// The issuer, as in every token.
    pub fn issuer(&self) -> &str {
        self.env.settings.idp_url.as_str()
    }

    /// The public half of the record store's key, for its `jwks_uri`.
    pub fn client_key(&self) -> &SigningKey {
        &self.key
    }

    fn kept(&self) -> Option<Arc<Known>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is known, asked for when nothing is or when it is old. While the provider doesn't answer, old knowledge goes on,
    /// and at most one request in 5 s waits to find that out.
    pub async fn known(&self) -> Result<Arc<Known>, Unreachable> {
        match self.kept() {
            Some(k) if self.env.now() < k.fetched_at + KEEP => Ok(k),
            Some(k) if self.refreshed.try_lock().is_err() => Ok(k),
            Some(k) => Ok(self.newer(&k).await.ok().flatten().unwrap_or(k)),
            None => self.fetch().await,
        }
    }

    /// After a token named a key that isn't in `than`: what is known now if that is newer. The provider is asked unless it
    /// was in the last 5 s.
    pub async fn newer(&self, than: &Arc<Known>) -> Result<Option<Arc<Known>>, Unreachable> {
        let mut last = self.refreshed.lock().await;
        // Another request may have asked while this one waited.
        if let Some(kept) = self.kept().filter(|k| !Arc::ptr_eq(k, than)) {
            return Ok(Some(kept));
        }
        let now = self.env.now();
        let recently = |t: Timestamp| now < t + REFRESH;
        if last.is_some_and(recently) || recently(than.fetched_at) {
            return Ok(None);
        }
        *last = Some(now);
        self.fetch().await.map(Some)
    }

    async fn fetch(&self) -> Result<Arc<Known>, Unreachable> {
        let seen = self.finished.load(Ordering::SeqCst);
        let mut failed = self.fetching.lock().await;
        if self.finished.load(Ordering::SeqCst) != seen {
            return match (failed.as_ref(), self.kept()) {
                (None, Some(known)) => Ok(known),
                (Some(e), _) => Err(e.clone()),
                (None, None) => Err(Unreachable("nothing is known of it".into())),
            };
        }
        let result = self.discover().await;
        *failed = result.as_ref().err().cloned();
        if let Ok(known) = &result {
            *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(known));
        }
        self.finished.fetch_add(1, Ordering::SeqCst);
        result
    }

    async fn discover(&self) -> Result<Arc<Known>, Unreachable> {
        let issuer = IssuerUrl::new(self.issuer().to_owned()).map_err(|e| Unreachable(e.to_string()))?;
        let call = self.http();
        // The library refuses metadata whose issuer isn't exactly the one that was asked for.
        let metadata = Metadata::discover_async(issuer, &call).await.map_err(|e| {
            let error = Unreachable(chain(&e));
            tracing::warn!(%error, "discovery failed");
            error
        })?;
        let set = serde_json::to_value(metadata.jwks()).map_err(|e| Unreachable(e.to_string()))?;
        let keys = KeySet::from_value(&set).map_err(|e| Unreachable(e.to_string()))?;
        Ok(Arc::new(Known { metadata, keys, fetched_at: self.env.now() }))
    }

    /// The client for calls in the form that the OpenID library takes; its answers are bounded. It owns what it needs: a
    /// borrow in it would make futures that can't move between threads.
    pub fn http(&self) -> impl Fn(HttpRequest) -> BoxFuture<'static, Result<HttpResponse, CallError>> + Send + Sync + use<> {
        let http = self.env.http.clone();
        move |request| Box::pin(call(http.clone(), request))
    }
}

async fn call(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, CallError> {
    let mut answer = http.execute(request.try_into()?).await?;
    let mut built = openidconnect::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        built = built.header(name, value);
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len().saturating_add(chunk.len()) > ANSWER {
            return Err(CallError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(built.body(body)?)
}
