//! Mail over SMTP (RFC 5321), with TLS from the first byte or by STARTTLS (RFC 3207, RFC 8314) and authentication.
//!
//! With STARTTLS set, a server that doesn't offer it gets nothing: there is no way back to plain text. Each message has a
//! connection of its own: a connection that was given up in the middle of a dialogue must never carry another message,
//! and lettre's pool takes such a connection back.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use lettre::address::{Address, Envelope};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{Fault, Message, Sent, SetupError, is_loopback};
use crate::kernel::clock::{Clock, Timestamp};
use crate::kernel::entropy::Entropy;

/// To connect, greet, begin TLS and authenticate.
const CONNECT: Duration = Duration::from_secs(10);
/// To hand over one message: some servers look at its content before they answer, and a message given up too early
/// arrives twice.
const HAND_OVER: Duration = Duration::from_secs(30);
/// To say goodbye; the message is already taken.
const GOODBYE: Duration = Duration::from_secs(1);

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Not at all; only to a server on this machine.
    None,
    /// Begins plain and must be upgraded before anything else is said; usually port 587.
    StartTls,
    /// TLS from the first byte; usually port 465.
    Tls,
}

/// The mail server and how to speak to it.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// Name or address; the name that its certificate must have.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection of the connection.
    pub security: Security,
    /// Name to authenticate with; without it no authentication.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<SecretString>,
    /// Whom messages come from: `no-reply@example.com` or `Zegel <no-reply@example.com>`.
    pub from: String,
    /// A PEM file with certificates to trust beside those of the system.
    pub extra_ca: Option<PathBuf>,
}

pub(super) struct Mailer {
    host: String,
    port: u16,
    security: Security,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    from: Mailbox,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Mailer {
    pub(super) fn new(s: &MailSettings, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Result<Self, SetupError> {
        if s.security == Security::None && !is_loopback(&s.host) {
            return Err(SetupError::Clear { what: "mail.security", host: s.host.clone() });
        }
        let credentials = match (&s.username, &s.password) {
            (Some(name), Some(password)) => Some(Credentials::new(name.clone(), password.expose_secret().to_owned())),
            (None, None) => None,
            _ => return Err(SetupError::bad("mail.username", "a name and a password go together")),
        };
        let from: Mailbox = s.from.parse().map_err(|e| SetupError::bad("mail.from", e))?;
        let from = Mailbox::new(from.name, parse(from.email.as_ref()).map_err(|f| SetupError::bad("mail.from", f.reason))?);
        let tls = if s.security == Security::None { None } else { Some(tls(s)?) };
        Ok(Self { host: s.host.clone(), port: s.port, security: s.security, tls, credentials, from, clock, entropy })
    }

    pub(super) async fn send(&self, message: &Message) -> Result<Sent, Fault> {
        let to = parse(&message.to)?;
        let now = self.clock.now();
        let id = format!("<{}@{}>", self.entropy.id(now), self.from.email.domain());
        let mail = compose(&self.from, to.clone(), message, &id, now)?;
        let envelope = Envelope::new(Some(self.from.email.clone()), vec![to]).map_err(|_| Fault::permanent("no recipient"))?;

        let mut connection = in_time(CONNECT, "connecting to the mail server", self.connect()).await?;
        in_time(HAND_OVER, "handing over the mail", connection.send(&envelope, &mail)).await?;
        // Taken is taken, whatever becomes of the goodbye.
        let _ = tokio::time::timeout(GOODBYE, connection.quit()).await;
        Ok(Sent { id: Some(id) })
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, smtp::Error> {
        let hello = ClientId::default();
        let at_once = self.tls.clone().filter(|_| self.security == Security::Tls);
        let address = (self.host.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(address, Some(CONNECT), &hello, at_once, None).await?;
        if let (Security::StartTls, Some(tls)) = (self.security, &self.tls) {
            // An error when the server doesn't offer it; nothing but the greeting has been said by then.
            connection.starttls(tls.clone(), &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await?;
        }
        Ok(connection)
    }
}

fn tls(s: &MailSettings) -> Result<TlsParameters, SetupError> {
    let mut builder = TlsParameters::builder(s.host.clone());
    if let Some(path) = &s.extra_ca {
        let pem = std::fs::read(path).map_err(|e| SetupError::bad("mail.extra_ca", format!("{}: {e}", path.display())))?;
        let certificate = Certificate::from_pem(&pem).map_err(|e| SetupError::bad("mail.extra_ca", e))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|e| SetupError::bad("mail.security", e))
}

/// An address with its domain in ASCII, so that the server needs no SMTPUTF8 for it. Line breaks, which would begin a
/// header or a command of the sender's choice, are no part of any address.
fn parse(address: &str) -> Result<Address, Fault> {
    let bad = || Fault::permanent("this is no mail address");
    if address.chars().any(char::is_control) {
        return Err(bad());
    }
    let (user, domain) = address.rsplit_once('@').ok_or_else(bad)?;
    let domain = idna::domain_to_ascii(domain).map_err(|_| bad())?;
    Address::new(user, domain).map_err(|_| bad())
}

fn compose(from: &Mailbox, to: Address, message: &Message, id: &str, now: Timestamp) -> Result<Vec<u8>, Fault> {
    let subject: String = message.subject.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    // The format ends every mail with a line break of its own.
    let text = message.text.expose_secret().trim_end_matches(['\r', '\n']).to_owned();
    let date = UNIX_EPOCH + Timestamp(0).until(now);
    let mail = lettre::Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(subject)
        .date(date)
        .message_id(Some(id.to_owned()))
        // RFC 3834, section 5: keeps holiday notices from answering.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
        .singlepart(SinglePart::plain(text))
        .map_err(|_| Fault::permanent("the mail could not be put together"))?;
    Ok(mail.formatted())
}

async fn in_time<T>(limit: Duration, doing: &str, work: impl Future<Output = Result<T, smtp::Error>>) -> Result<T, Fault> {
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(e)) => Err(fault(doing, &e)),
        Err(_) => Err(Fault::temporary(format!("{doing} took longer than {} s", limit.as_secs()))),
    }
}

/// Says what happened without the server's own words, which like to repeat the address.
fn fault(doing: &str, e: &smtp::Error) -> Fault {
    if let Some(code) = e.status() {
        let words = e.source().map(ToString::to_string).unwrap_or_default();
        let enhanced = enhanced_status(&words).map(|s| format!(" {s}")).unwrap_or_default();
        return Fault { permanent: e.is_permanent(), reason: format!("{doing}: the server answered {code}{enhanced}") };
    }
    // Everything else may be better in a minute: a name that doesn't resolve, a certificate that is being replaced, an
    // attacker who hides STARTTLS.
    let what = if e.is_tls() {
        "TLS failed"
    } else if e.is_client() {
        "the server does not offer what is set (STARTTLS, authentication, UTF-8 addresses)"
    } else if e.is_response() {
        "the server's answer was not SMTP"
    } else {
        "no connection, or it broke"
    };
    Fault::temporary(format!("{doing}: {what}"))
}

/// The enhanced status code (RFC 3463) that an answer begins with: digits and dots only.
fn enhanced_status(words: &str) -> Option<&str> {
    let first = words.split_whitespace().next()?;
    let parts: Vec<&str> = first.split('.').collect();
    let digits = parts.iter().all(|p| (1..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()));
    (parts.len() == 3 && digits).then_some(first)
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;

    use super::*;
    use crate::kernel::clock::ManualClock;
    use crate::kernel::delivery::Channel;
    use crate::kernel::entropy::SeededEntropy;

    fn settings(host: &str, security: Security) -> MailSettings {
        MailSettings {
            host: host.into(),
            port: 25,
            security,
            username: Some("zegel".into()),
            password: Some("hunter2".into()),
            from: "Zegel <no-reply@example.com>".into(),
            extra_ca: None,
        }
    }

    fn mailer(s: &MailSettings) -> Result<Mailer, SetupError> {
        Mailer::new(s, Arc::new(ManualClock::at(Timestamp(0))), Arc::new(SeededEntropy::new(1)))
    }

    fn raw(subject: &str, text: &str) -> Vec<u8> {
        let from: Mailbox = "Zegel <no-reply@example.com>".parse().unwrap();
        let m = Message { channel: Channel::Mail, to: "d@example.com".into(), subject: subject.into(), text: text.into() };
        let to = parse(&m.to).unwrap();
        compose(&from, to, &m, "<1@example.com>", Timestamp::from_seconds(1_800_000_000)).unwrap()
    }

    #[test]
    fn settings_print_no_password() {
        assert!(!format!("{:?}", settings("localhost", Security::None)).contains("hunter2"));
    }

    #[test]
    fn mail_in_the_clear_never_leaves_this_machine() {
        assert!(mailer(&settings("127.0.0.1", Security::None)).is_ok());
        assert!(matches!(mailer(&settings("mail.example.com", Security::None)), Err(SetupError::Clear { .. })));
    }

    #[test]
    fn a_mail_says_when_it_was_made_and_that_nobody_should_answer() {
        let bytes = raw("Uw code: 12345 · żółć", "Merhaba Ayşe,\nkod: 12345\n.\n");
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("Auto-Submitted: auto-generated\r\n"), "{text}");
        assert!(text.contains("Message-ID: <1@example.com>\r\n"), "{text}");
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(parsed.subject(), Some("Uw code: 12345 · żółć"));
        assert_eq!(parsed.body_text(0).unwrap(), "Merhaba Ayşe,\r\nkod: 12345\r\n.\r\n");
        assert_eq!(parsed.date().unwrap().to_timestamp(), 1_800_000_000);
    }

    #[test]
    fn no_header_can_be_smuggled_in() {
        for evil in
            ["a@example.com\r\nBcc: b@example.com", "\"a\r\nb\"@example.com", "a@example.com\n", "a b@example.com", "a", "@"]
        {
            assert_eq!(parse(evil), Err(Fault::permanent("this is no mail address")), "{evil:?}");
        }
        let bytes = raw("Hello\r\nBcc: b@example.com\r\n\r\nbody", "text");
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        assert!(parsed.bcc().is_none());
        assert_eq!(parsed.body_text(0).unwrap().trim_end(), "text");
    }

    #[test]
    fn a_domain_of_another_script_travels_in_ascii() {
        assert_eq!(parse("ayse@örnek.example").unwrap().as_ref() as &str, "ayse@xn--rnek-4qa.example");
    }

    #[test]
    fn only_a_status_is_kept_of_what_the_server_said() {
        assert_eq!(enhanced_status("5.1.1 <daan@example.com> unknown"), Some("5.1.1"));
        assert_eq!(enhanced_status("<daan@example.com> unknown"), None);
        assert_eq!(enhanced_status("daan.b.c hello"), None);
        assert_eq!(enhanced_status(""), None);
    }
}
