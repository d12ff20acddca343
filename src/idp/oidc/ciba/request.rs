//! What only these requests have: whom they name, what they say, how long they wait. Owns reading and bounding it. Pure.

use std::time::Duration;

use super::model::LIFE;
use crate::idp::people::EmailKey;
use crate::kernel::http::Params;

/// The least and the most that a question may wait, in seconds.
const LIVES: std::ops::RangeInclusive<u64> = 30..=600;
/// Characters of a message: what fits in a line or two on a small device (section 7.1).
const MESSAGE: usize = 100;

/// What is wrong with a request, beside what every endpoint checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// None, or more than one, of the three hints (section 7.1).
    Hints,
    /// A kind of hint that is not taken.
    HintToken,
    /// A message that no page should show.
    Message,
    /// A life that is no number of seconds.
    Expiry,
    /// A token for notifications that can't be one, or there is none where one is needed.
    Notification,
    /// `openid` is not asked for.
    Scope,
}

/// Whom a request names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint<'a> {
    /// By a mail address.
    Address(EmailKey),
    /// By a text that is no address, and so nobody.
    Nobody,
    /// By an ID token.
    Token(&'a str),
}

/// What is read of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read<'a> {
    /// Whom it is for.
    pub hint: Hint<'a>,
    /// What the application says.
    pub message: Option<&'a str>,
    /// How long it waits.
    pub life: Duration,
    /// What the application is told by, for ping.
    pub notification: Option<&'a str>,
}

/// Reads what only these requests have (section 7.1). `ping`: whether the application is to be told.
pub fn read(params: &Params, ping: bool) -> Result<Read<'_>, Wrong> {
    if !params.get("scope").unwrap_or_default().split(' ').any(|s| s == "openid") {
        return Err(Wrong::Scope);
    }
    let hint = match (params.get("login_hint"), params.get("id_token_hint"), params.get("login_hint_token")) {
        (Some(text), None, None) => EmailKey::parse(text).map_or(Hint::Nobody, Hint::Address),
        (None, Some(token), None) => Hint::Token(token),
        (None, None, Some(_)) => return Err(Wrong::HintToken),
        _ => return Err(Wrong::Hints),
    };
    let message = params.get("binding_message");
    if message.is_some_and(|m| !is_plain(m)) {
        return Err(Wrong::Message);
    }
    let life = match params.get("requested_expiry").map(str::parse::<u64>) {
        None => LIFE,
        Some(Ok(n)) if n > 0 => Duration::from_secs(n.clamp(*LIVES.start(), *LIVES.end())),
        Some(_) => return Err(Wrong::Expiry),
    };
    let notification = params.get("client_notification_token").filter(|_| ping);
    // Bearer syntax (RFC 6750, section 2.1), since that is how it is sent; at most 1024 characters (section 7.1).
    let fits = |t: &str| t.len() <= 1024 && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b));
    if ping && !notification.is_some_and(fits) {
        return Err(Wrong::Notification);
    }
    Ok(Read { hint, message, life, notification })
}

/// Whether a message is a short line that looks like what it says: nothing that steers or turns text around.
fn is_plain(text: &str) -> bool {
    let steers = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}');
    !text.trim().is_empty() && text.chars().count() <= MESSAGE && !text.chars().any(|c| c.is_control() || steers(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Params {
        let pairs = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        Params::from_pairs(pairs.chain([("scope".to_owned(), "openid".to_owned())]), &[]).unwrap()
    }

    /// S2 (CIBA, section 7.1)
    #[test]
    fn a_request_names_one_person_and_says_little() {
        let address = EmailKey::parse("daan@example.com").unwrap();
        let params = of(&[("login_hint", " Daan@Example.com "), ("binding_message", "Betaling 12"), ("requested_expiry", "60")]);
        let read_ = read(&params, false).unwrap();
        assert_eq!((read_.hint, read_.message, read_.life.as_secs()), (Hint::Address(address), Some("Betaling 12"), 60));
        let wrong = |pairs: &[(&str, &str)], ping| read(&of(pairs), ping).unwrap_err();
        let hint = ("login_hint", "a@example.com");
        assert_eq!(wrong(&[], false), Wrong::Hints);
        assert_eq!(wrong(&[hint, ("id_token_hint", "x")], false), Wrong::Hints);
        assert_eq!(wrong(&[("login_hint_token", "x")], false), Wrong::HintToken);
        for bad in ["two\nlines", "\u{202e}evil", "a\u{200b}b", " ", &"x".repeat(101)] {
            assert_eq!(wrong(&[hint, ("binding_message", bad)], false), Wrong::Message, "{bad:?}");
        }
        for bad in ["0", "-1", "soon", "1.5"] {
            assert_eq!(wrong(&[hint, ("requested_expiry", bad)], false), Wrong::Expiry, "{bad}");
        }
        for (asked, given) in [("1", 30), ("999999", 600)] {
            assert_eq!(read(&of(&[hint, ("requested_expiry", asked)]), false).unwrap().life.as_secs(), given);
        }
        assert_eq!(wrong(&[hint], true), Wrong::Notification);
        assert_eq!(wrong(&[hint, ("client_notification_token", "a b")], true), Wrong::Notification);
        assert_eq!(wrong(&[hint, ("client_notification_token", &"x".repeat(1025))], true), Wrong::Notification);
        let params = of(&[("login_hint", "somebody"), ("client_notification_token", "t0ken")]);
        assert_eq!(
            (read(&params, true).unwrap().notification, read(&params, false).unwrap().notification),
            (Some("t0ken"), None)
        );
        assert_eq!(read(&params, false).unwrap().hint, Hint::Nobody);
        let without = Params::from_pairs([("login_hint".to_owned(), "a@example.com".to_owned())], &[]).unwrap();
        assert_eq!(read(&without, false).unwrap_err(), Wrong::Scope);
    }

    proptest! {
        /// case 31: whatever is sent is read or refused; what is read can be shown and sent.
        #[test]
        fn any_request_is_read_or_refused(
            pairs in proptest::collection::btree_map(
                "(login_hint|login_hint_token|id_token_hint|binding_message|requested_expiry|client_notification_token|user_code)",
                "(.{0,40}|[0-9]{0,22}|[a-z]{1,5}@example\\.com)", 0..6),
            ping: bool,
        ) {
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let Ok(params) = Params::from_pairs(
                pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).chain([("scope".to_owned(), "openid".to_owned())]), &[],
            ) else { return Ok(()) };
            if let Ok(read) = read(&params, ping) {
                prop_assert!(LIVES.contains(&read.life.as_secs()) && read.notification.is_some() == ping);
                prop_assert!(read.message.is_none_or(|m| m.chars().count() <= MESSAGE && !m.contains('\n')));
                if let Some(token) = read.notification {
                    let header = format!("Bearer {token}");
                    prop_assert!(axum::http::HeaderValue::from_str(&header).is_ok());
                }
            }
        }
    }
}
