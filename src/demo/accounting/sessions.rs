//! Who is signed in, and whose sign-in is on its way. In memory: an application that keeps nothing else may forget this too.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::kernel::clock::Timestamp;

/// How long a sign-in may take.
const PATIENCE: Duration = Duration::from_secs(600);
/// Sign-ins on their way at most; the oldest are forgotten first.
const MOST: usize = 1000;

/// A sign-in on its way to the provider and back.
#[derive(Clone, Debug)]
pub struct Login {
    /// Ties the answer to the browser that began.
    pub browser: String,
    /// To be found in the ID token.
    pub nonce: String,
    /// The PKCE verifier.
    pub verifier: String,
    /// When it began.
    pub at: Timestamp,
}

/// Someone who is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    /// Subject identifier at the provider.
    pub sub: String,
    /// The provider's session.
    pub sid: Option<String>,
    /// What to call the person.
    pub name: String,
    /// The ID token, as the hint at signing out.
    pub id_token: String,
    /// What renews it.
    pub refresh_token: Option<String>,
    /// Until when it goes on without asking the provider.
    pub fresh_until: Timestamp,
}

#[derive(Default)]
struct State {
    logins: HashMap<String, Login>,
    sessions: HashMap<String, Session>,
    /// Logout tokens that were taken, until they would be refused anyway.
    seen: HashMap<String, Timestamp>,
}

/// All of it.
#[derive(Default)]
pub struct Sessions {
    state: Mutex<State>,
    /// One request at a time renews: a refresh token counts once.
    pub renewing: tokio::sync::Mutex<()>,
}

impl Sessions {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a sign-in under its state.
    pub fn begin(&self, state: String, login: Login) {
        let mut all = self.state();
        all.logins.retain(|_, l| l.at + PATIENCE > login.at);
        while all.logins.len() >= MOST {
            let Some(oldest) = all.logins.iter().min_by_key(|(_, l)| l.at).map(|(k, _)| k.clone()) else { break };
            all.logins.remove(&oldest);
        }
        all.logins.insert(state, login);
    }

    /// Takes a sign-in, once, for the browser that began it.
    pub fn take(&self, state: &str, browser: &str, now: Timestamp) -> Option<Login> {
        self.state().logins.remove(state).filter(|l| l.browser == browser && l.at + PATIENCE > now)
    }

    /// Keeps a session under the value of its cookie.
    pub fn put(&self, cookie: String, session: Session) {
        self.state().sessions.insert(cookie, session);
    }

    /// The session of a cookie.
    pub fn get(&self, cookie: &str) -> Option<Session> {
        self.state().sessions.get(cookie).cloned()
    }

    /// Ends the session of a cookie.
    pub fn end(&self, cookie: &str) -> Option<Session> {
        self.state().sessions.remove(cookie)
    }

    /// Takes a logout token's `jti`; false when it was taken before.
    pub fn take_jti(&self, jti: &str, until: Timestamp, now: Timestamp) -> bool {
        let mut all = self.state();
        all.seen.retain(|_, t| *t > now);
        all.seen.insert(jti.to_owned(), until).is_none()
    }

    /// Ends the sessions of a provider's session, or all of a person.
    pub fn end_all(&self, sub: Option<&str>, sid: Option<&str>) {
        self.state().sessions.retain(|_, s| {
            let other_session = sid.is_some_and(|sid| s.sid.as_deref() != Some(sid));
            let other_person = sub.is_some_and(|sub| s.sub != sub);
            other_session || other_person
        });
    }

    /// How many sessions there are.
    pub fn count(&self) -> usize {
        self.state().sessions.len()
    }
}
