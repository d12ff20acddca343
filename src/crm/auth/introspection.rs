//! Access tokens that say nothing by themselves: the provider is asked what one stands for (RFC 7662), where the setting
//! `crm_introspection` allows them. Owns asking and keeping the answer for a moment; how many are kept and how many are asked
//! about at once have bounds, so that made-up tokens neither fill the memory nor become a flood of questions. That sessions,
//! issues and people end is the replica's to say on every request, so what is kept here outlives none of that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Semaphore;

use super::provider::{Provider, Unreachable};
use super::token::TokenError;
use crate::contract::AccessClaims;
use crate::kernel::clock::Timestamp;
use crate::kernel::jose::{JoseError, digest};

/// How such a token begins.
const PREFIX: &str = "zat_";
/// Characters of one at most.
const LONGEST: usize = 256;
/// How long an answer is used.
const KEEP: Duration = Duration::from_secs(10);
/// By how much clocks may differ.
const LEEWAY: Duration = Duration::from_secs(10);
/// Answers that are kept.
const MOST: usize = 1000;
/// Questions at once; more are told to come back.
const AT_ONCE: usize = 16;

/// Whether a text is such a token.
pub fn is_opaque(token: &str) -> bool {
    let rest = token.strip_prefix(PREFIX).filter(|_| token.len() <= LONGEST);
    rest.is_some_and(|r| !r.is_empty() && r.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'))
}

#[derive(Clone)]
struct Kept {
    until: Timestamp,
    /// What it stands for; nothing when that is nothing.
    claims: Option<Arc<AccessClaims>>,
}

/// What was answered of late, by the tokens' digests.
pub struct Answers {
    kept: Mutex<HashMap<String, Kept>>,
    asking: Semaphore,
}

impl Default for Answers {
    fn default() -> Self {
        Self { kept: Mutex::default(), asking: Semaphore::new(AT_ONCE) }
    }
}

impl Answers {
    fn find(&self, name: &str, now: Timestamp) -> Option<Kept> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(name).filter(|k| k.until > now).cloned()
    }

    fn keep(&self, name: String, answer: Kept, now: Timestamp) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.retain(|_, k| k.until > now);
        }
        // A flood of others: all of them are asked about again.
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(name, answer);
    }
}

/// Of the answer, what decides; the rest is the token's claims.
#[derive(Deserialize)]
struct Active {
    active: bool,
}

/// What a token stands for, if it is for here and now.
pub async fn claims(provider: &Provider, token: &str) -> Result<AccessClaims, TokenError> {
    let (name, now) = (digest(token.as_bytes()), provider.env.now());
    let answers = &provider.answers;
    let kept = match answers.find(&name, now) {
        Some(kept) => kept,
        None => {
            let busy = |_| Unreachable("too many tokens are being asked about".into());
            let _one = answers.asking.try_acquire().map_err(busy)?;
            let claims = read(&provider.introspect(token).await?)?.map(Arc::new);
            let kept = Kept { until: now + KEEP, claims };
            answers.keep(name, kept.clone(), now);
            kept
        }
    };
    let claims = kept.claims.ok_or(TokenError::Inactive)?;
    if claims.iss != provider.issuer() {
        return Err(JoseError::Claim("iss").into());
    }
    if claims.aud != provider.env.settings.crm_url.as_str() {
        return Err(JoseError::Claim("aud").into());
    }
    if Timestamp::from_seconds(claims.exp) + LEEWAY <= now {
        return Err(JoseError::Expired.into());
    }
    Ok(AccessClaims::clone(&claims))
}

/// Reads an answer (section 2.2); nothing for a token that is not active.
fn read(body: &[u8]) -> Result<Option<AccessClaims>, Unreachable> {
    let broken = |e: serde_json::Error| Unreachable(format!("an answer that can't be read: {e}"));
    let value: serde_json::Value = serde_json::from_slice(body).map_err(broken)?;
    let Active { active } = Active::deserialize(&value).map_err(broken)?;
    if active { AccessClaims::deserialize(&value).map(Some).map_err(broken) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// case 31
    #[test]
    fn only_what_can_be_such_a_token_is_asked_about() {
        assert!(is_opaque("zat_AZaz09-_"));
        for other in ["", "zat_", "ZAT_x", "a.b.c", "zat_a.b", "zat_ä", "zat_a b", &format!("zat_{}", "x".repeat(300))] {
            assert!(!is_opaque(other), "{other}");
        }
    }

    /// case 31: a flood of made-up tokens is forgotten instead of kept.
    #[test]
    fn the_answers_that_are_kept_have_a_bound() {
        let (answers, now) = (Answers::default(), Timestamp(0));
        let kept = Kept { until: now + KEEP, claims: None };
        for n in 0..5 * MOST {
            answers.keep(n.to_string(), kept.clone(), now);
            assert!(answers.kept.lock().unwrap().len() <= MOST);
        }
        assert!(answers.find("4999", now).is_some() && answers.find("4999", now + KEEP).is_none());
    }

    proptest::proptest! {
        /// case 31: any answer is read or refused.
        #[test]
        fn any_answer_is_read_or_refused(text in r#"(\{"active": ?(true|false|1)(,"(iss|sub|exp|aud)": ?("[a-z]{0,4}"|[0-9]{1,4}))?\}|.{0,40})"#) {
            let read = read(text.as_bytes());
            proptest::prop_assert!(!matches!(read, Ok(Some(_))), "no such claims are whole");
        }
    }
}
