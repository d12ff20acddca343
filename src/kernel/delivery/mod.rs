//! Sending a text to a person: by mail over SMTP, or by SMS through one HTTP gateway.
//!
//! Owns the two clients, their settings, and what may be said about a failure. Does not own retries (the outbox does),
//! the text, or who gets it. A failure is either temporary or permanent, and its words are safe for logs and for an
//! administrator's page: the address is masked, and neither the text nor the far side's own words are in it.

mod mail;
mod mask;
mod sms;

pub use mail::{MailSettings, Security};
pub use mask::mask_address;
pub use sms::SmsSettings;

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::clock::Clock;
use super::entropy::Entropy;

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// E-mail.
    Mail,
    /// A text message to a telephone.
    Sms,
}

impl Channel {
    /// `mail` or `sms`, as stored and as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Sms => "sms",
        }
    }
    /// The channel of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Mail, Self::Sms].into_iter().find(|c| c.as_str() == name)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is to be sent. Its text often holds a code, so it can't be printed.
#[derive(Clone)]
pub struct Message {
    /// By which channel.
    pub channel: Channel,
    /// A mail address (`user@domain`, no display name) or a telephone number in international form (`+31612345642`).
    pub to: String,
    /// The subject of a mail; an SMS has none and ignores it.
    pub subject: String,
    /// Plain text.
    pub text: SecretString,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({} to {})", self.channel, mask_address(&self.to))
    }
}

/// The next hop has taken the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// What to ask the next hop about it: the Message-ID of a mail, the gateway's id of an SMS if it gave one.
    pub id: Option<String>,
}

/// A message was not taken. Displays as `mail to d•••@example.com: the server answered 550 5.1.1`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{channel} to {to}: {reason}")]
pub struct DeliveryError {
    /// Trying again will not help.
    pub permanent: bool,
    /// By which channel.
    pub channel: Channel,
    /// The address, masked.
    pub to: String,
    /// What went wrong, safe for logs.
    pub reason: String,
}

/// What a client says went wrong, before the address is put to it.
#[derive(Debug, PartialEq, Eq)]
struct Fault {
    permanent: bool,
    reason: String,
}

impl Fault {
    fn permanent(reason: impl Into<String>) -> Self {
        Self { permanent: true, reason: reason.into() }
    }
    fn temporary(reason: impl Into<String>) -> Self {
        Self { permanent: false, reason: reason.into() }
    }
}

/// Settings that can't work; found at the start, before anything is sent.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Mail or a bearer token would travel in the clear.
    #[error("{what}: without TLS only a server on this machine (127.0.0.1, ::1, localhost) is allowed, not {host}")]
    Clear {
        /// Which setting.
        what: &'static str,
        /// The host as set.
        host: String,
    },
    /// A setting doesn't have its form.
    #[error("{what}: {why}")]
    Bad {
        /// Which setting.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

impl SetupError {
    fn bad(what: &'static str, why: impl fmt::Display) -> Self {
        Self::Bad { what, why: why.to_string() }
    }
}

/// Which channels there are. A channel without settings refuses every message for good.
#[derive(Clone, Debug, Default)]
pub struct DeliverySettings {
    /// The mail server.
    pub mail: Option<MailSettings>,
    /// The SMS gateway.
    pub sms: Option<SmsSettings>,
}

/// Sends messages. Cheap to clone.
#[derive(Clone)]
pub struct Delivery(Arc<Clients>);

struct Clients {
    mail: Option<mail::Mailer>,
    sms: Option<sms::Gateway>,
}

impl Delivery {
    /// Reads certificates and checks the settings; connects to nothing yet.
    pub fn new(settings: &DeliverySettings, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Result<Self, SetupError> {
        let mail = settings.mail.as_ref().map(|s| mail::Mailer::new(s, clock, entropy)).transpose()?;
        let sms = settings.sms.as_ref().map(sms::Gateway::new).transpose()?;
        Ok(Self(Arc::new(Clients { mail, sms })))
    }

    /// Whether messages can be sent by `channel`.
    pub fn has(&self, channel: Channel) -> bool {
        match channel {
            Channel::Mail => self.0.mail.is_some(),
            Channel::Sms => self.0.sms.is_some(),
        }
    }

    /// Hands `message` to the next hop. Takes at most 45 seconds. A temporary error may follow a message that was taken
    /// after all (the answer got lost), so what is sent again can arrive twice.
    pub async fn send(&self, message: &Message) -> Result<Sent, DeliveryError> {
        let result = match (message.channel, &self.0.mail, &self.0.sms) {
            (Channel::Mail, Some(m), _) => m.send(message).await,
            (Channel::Sms, _, Some(g)) => g.send(message).await,
            _ => Err(Fault::permanent("this channel is not set up")),
        };
        result.map_err(|Fault { permanent, reason }| DeliveryError {
            permanent,
            channel: message.channel,
            to: mask_address(&message.to),
            reason,
        })
    }
}

/// Whether `host` names this machine, so that what is sent to it does not cross a network.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_prints_neither_its_text_nor_the_whole_address() {
        let m = Message { channel: Channel::Mail, to: "daan@example.com".into(), subject: "s".into(), text: "12345".into() };
        assert_eq!(format!("{m:?}"), "Message(mail to d•••@example.com)");
    }

    #[test]
    fn only_this_machine_counts_as_loopback() {
        for yes in ["localhost", "127.0.0.1", "127.8.8.8", "::1", "[::1]"] {
            assert!(is_loopback(yes), "{yes}");
        }
        for no in ["localhost.example.com", "10.0.0.1", "0.0.0.0", "mail", ""] {
            assert!(!is_loopback(no), "{no}");
        }
    }
}
