//! The SMTP client against a server that is not ours (aiosmtpd, a Debian package): TLS, authentication, and what must
//! never happen without them.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::Value;
use tempfile::TempDir;
use zegel::kernel::clock::{ManualClock, Timestamp};
use zegel::kernel::delivery::{Channel, Delivery, DeliveryError, DeliverySettings, MailSettings, Message, Security, Sent};
use zegel::kernel::entropy::SeededEntropy;

const PASSWORD: &str = "correct horse";

/// A mail server in a process of its own; it ends with the test.
struct Server {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    port: u16,
    dir: TempDir,
}

impl Server {
    /// `mode` is `starttls`, `tls` or `plain`.
    fn start(mode: &str) -> Self {
        let dir = TempDir::new().unwrap();
        certificates(&dir);
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/smtp_server.py");
        // Debian's own interpreter is the one that sees Debian's packages.
        let mut child = Command::new("/usr/bin/python3")
            .args([script, mode, PASSWORD])
            .arg(dir.path())
            .stdout(Stdio::piped())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next().expect("the server starts (package python3-aiosmtpd)").unwrap().parse().unwrap();
        Self { child, lines, port, dir }
    }

    fn settings(&self, security: Security) -> MailSettings {
        MailSettings {
            host: "localhost".into(),
            port: self.port,
            security,
            username: Some("zegel".into()),
            password: Some(PASSWORD.into()),
            from: "Zegel <no-reply@example.com>".into(),
            extra_ca: Some(self.dir.path().join("ca.pem")),
        }
    }

    /// The next thing that the server has to tell: a mail, or that a client said something that it must not.
    fn next(&mut self) -> Value {
        serde_json::from_str(&self.lines.next().unwrap().unwrap()).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An authority of its own and a certificate for `localhost`.
fn certificates(dir: &TempDir) -> PathBuf {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &ca).unwrap();
    let path = |name: &str| dir.path().join(name);
    std::fs::write(path("ca.pem"), ca.pem()).unwrap();
    std::fs::write(path("server.pem"), leaf.pem()).unwrap();
    std::fs::write(path("server.key"), key.serialize_pem()).unwrap();
    path("ca.pem")
}

async fn send(settings: MailSettings) -> Result<Sent, DeliveryError> {
    let clock = Arc::new(ManualClock::at(Timestamp::from_seconds(1_800_000_000)));
    let settings = DeliverySettings { mail: Some(settings), sms: None };
    let delivery = Delivery::new(&settings, clock, Arc::new(SeededEntropy::new(7))).unwrap();
    let message = Message {
        channel: Channel::Mail,
        to: "daan@example.com".into(),
        subject: "Uw code · kod · şifre".into(),
        text: "Kod: 12345\n.\nżółć\n".into(),
    };
    delivery.send(&message).await
}

#[tokio::test]
async fn mail_arrives_by_starttls_and_by_tls_with_authentication() {
    for (mode, security) in [("starttls", Security::StartTls), ("tls", Security::Tls)] {
        let mut server = Server::start(mode);
        let sent = send(server.settings(security)).await.unwrap();
        let mail = server.next();
        assert_eq!((&mail["from"], &mail["to"]), (&"no-reply@example.com".into(), &serde_json::json!(["daan@example.com"])));
        assert_eq!(mail["subject"], "Uw code · kod · şifre", "{mode}");
        assert_eq!(mail["text"], "Kod: 12345\n.\nżółć");
        assert_eq!(mail["auto_submitted"], "auto-generated");
        assert_eq!(mail["date"], "Fri, 15 Jan 2027 08:00:00 +0000");
        assert_eq!(mail["message_id"].as_str(), sent.id.as_deref());
        assert_eq!((&mail["tls"], &mail["authenticated"]), (&true.into(), &true.into()));
    }
}

#[tokio::test]
async fn a_wrong_password_is_a_permanent_error_that_tells_nothing() {
    let server = Server::start("starttls");
    let mut settings = server.settings(Security::StartTls);
    settings.password = Some("battery staple".into());
    let e = send(settings).await.unwrap_err();
    assert!(e.permanent, "{e}");
    assert_eq!(e.to_string(), "mail to d•••@example.com: connecting to the mail server: the server answered 535 5.7.8");
}

#[tokio::test]
async fn a_server_without_starttls_gets_no_password_and_no_mail() {
    let mut server = Server::start("plain");
    let e = send(server.settings(Security::StartTls)).await.unwrap_err();
    assert!(!e.permanent, "{e}");
    assert!(send(server.settings(Security::Tls)).await.is_err());
    // The server tells of every AUTH and MAIL that it hears; the first thing that it tells is this one.
    let sent = send(server.settings(Security::None)).await.unwrap();
    assert_eq!(server.next()["heard"], "AUTH");
    assert_eq!(server.next()["message_id"].as_str(), sent.id.as_deref());
}

#[tokio::test]
async fn a_certificate_of_nobody_we_trust_gets_no_password_and_no_mail() {
    let server = Server::start("starttls");
    let other = TempDir::new().unwrap();
    let mut settings = server.settings(Security::StartTls);
    settings.extra_ca = Some(certificates(&other));
    assert!(!send(settings).await.unwrap_err().permanent);
    // The right authority, but a certificate for another name.
    let mut settings = server.settings(Security::StartTls);
    settings.host = "127.0.0.1".into();
    assert!(send(settings).await.is_err());
}
