//! The program's own clients against the sink and the stub, over sockets; and the sink spoken to by hand.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower::ServiceExt;

use super::Capture;
use crate::kernel::clock::{ManualClock, Timestamp};
use crate::kernel::delivery::{Channel, Delivery, DeliveryError, DeliverySettings, Message, Sent};
use crate::kernel::entropy::SeededEntropy;

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Timestamp(1_800_000_000_000)))
}

async fn start() -> (Capture, Delivery) {
    let capture = Capture::start(clock(), &SeededEntropy::new(1)).await.unwrap();
    let delivery = Delivery::new(&capture.settings().unwrap(), clock(), Arc::new(SeededEntropy::new(2))).unwrap();
    (capture, delivery)
}

fn mail(text: &str) -> Message {
    Message { channel: Channel::Mail, to: "daan@example.com".into(), subject: "Kod: żółć".into(), text: text.into() }
}

fn sms(text: &str) -> Message {
    Message { channel: Channel::Sms, to: "+31612345642".into(), subject: "unused".into(), text: text.into() }
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_sent() {
    let (capture, delivery) = start().await;
    let text = format!("Beste Daan,\n\n.\n..dots\nkod: 12345 · {}", "ş".repeat(3000));
    let sent = delivery.send(&mail(&text)).await.unwrap();
    assert!(sent.id.unwrap().ends_with("@example.com>"));
    let kept = capture.messages().list();
    assert_eq!((kept.len(), kept[0].channel, kept[0].to.as_str()), (1, Channel::Mail, "daan@example.com"));
    assert_eq!((kept[0].subject.as_str(), kept[0].at.as_str()), ("Kod: żółć", "2027-01-15T08:00:00.000Z"));
    assert_eq!(kept[0].text, text);
}

#[tokio::test]
async fn an_sms_arrives_as_it_was_sent() {
    let (capture, delivery) = start().await;
    let text = "code \"12345\"\n{to} żółć";
    assert_eq!(delivery.send(&sms(text)).await, Ok(Sent { id: Some("sms-1".into()) }));
    let kept = capture.messages().list();
    assert_eq!((kept[0].to.as_str(), kept[0].subject.as_str(), kept[0].text.as_str()), ("+31612345642", "", text));
}

#[tokio::test]
async fn a_gateway_that_fails_is_told_apart_from_one_that_refuses() {
    let (capture, delivery) = start().await;
    capture.gateway().fail_next(1, StatusCode::SERVICE_UNAVAILABLE);
    let e = delivery.send(&sms("12345")).await.unwrap_err();
    assert_eq!((e.permanent, e.to_string().as_str()), (false, "sms to +31 6 ••• 42: the gateway answered 503"));
    capture.gateway().fail_next(1, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(delivery.send(&sms("12345")).await.unwrap_err().permanent);
    capture.gateway().delay_next(1, Duration::from_millis(1));
    assert!(delivery.send(&sms("12345")).await.is_ok());
    assert_eq!(capture.messages().count(), 1);
}

#[tokio::test]
async fn a_wrong_token_is_refused() {
    let (capture, _) = start().await;
    let mut settings = capture.sms_settings().unwrap();
    settings.token = "guess".into();
    let settings = DeliverySettings { mail: None, sms: Some(settings) };
    let delivery = Delivery::new(&settings, clock(), Arc::new(SeededEntropy::new(2))).unwrap();
    let e = delivery.send(&sms("12345")).await.unwrap_err();
    assert_eq!((e.permanent, e.reason.as_str()), (true, "the gateway answered 401"));
    let e = delivery.send(&mail("12345")).await.unwrap_err();
    assert_eq!((e.permanent, e.reason.as_str()), (true, "this channel is not set up"));
}

#[tokio::test]
async fn a_server_that_is_not_there_may_come_back() {
    let (capture, delivery) = start().await;
    drop(capture);
    let closed = |r: Result<Sent, DeliveryError>| r.is_err_and(|e| !e.permanent);
    // The listeners are closed by their tasks, which may need a turn.
    while !closed(delivery.send(&mail("12345")).await) || !closed(delivery.send(&sms("12345")).await) {
        tokio::task::yield_now().await;
    }
}

async fn get(capture: &Capture, path: &str, accept: &str) -> (String, String) {
    let request = Request::get(path).header("accept", accept).body(Body::empty()).unwrap();
    let answer = capture.router().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (kind, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn messages_are_shown_newest_first_as_page_and_as_json() {
    let (capture, delivery) = start().await;
    delivery.send(&mail("<b>first</b>")).await.unwrap();
    delivery.send(&sms("second https://id.example.com/p?a=\"b javascript:x")).await.unwrap();
    capture.messages().arrived(2).await;
    for (path, accept) in [("/dev/messages", "application/json"), ("/dev/messages?format=json", "text/html")] {
        let (kind, body) = get(&capture, path, accept).await;
        assert_eq!(kind, "application/json");
        let list: Vec<serde_json::Value> = serde_json::from_str(&body).unwrap();
        assert_eq!(list[0]["text"], "second https://id.example.com/p?a=\"b javascript:x");
        let mut keys: Vec<&String> = list[1].as_object().unwrap().keys().collect();
        keys.sort();
        assert_eq!(keys, ["at", "channel", "id", "subject", "text", "to"]);
        assert_eq!((&list[1]["channel"], &list[0]["channel"]), (&"mail".into(), &"sms".into()));
    }
    let (kind, body) = get(&capture, "/dev/messages", "text/html,application/json;q=0.9").await;
    assert!(kind.starts_with("text/html"));
    assert!(body.contains(">&#60;b&#62;first&#60;/b&#62;\n") && body.find(">second") < body.find("first&#60;"), "{body}");
    // Web addresses are links, and nothing else is.
    let link = "second <a href=\"https://id.example.com/p?a=&#34;b\">https://id.example.com/p?a=&#34;b </a>javascript:x\n";
    assert!(body.contains(link), "{body}");
}

/// Says `lines` to the sink one by one, in step with its answers; all that it answered.
async fn by_hand(capture: &Capture, lines: &[&str]) -> String {
    let settings = capture.mail_settings();
    let mut stream = TcpStream::connect((settings.host.as_str(), settings.port)).await.unwrap();
    stream.write_all(format!("{}\r\nQUIT\r\n", lines.join("\r\n")).as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().map(|l| l.get(..3).unwrap_or_default()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_sink_keeps_the_order_of_commands() {
    let (capture, _) = start().await;
    assert_eq!(
        by_hand(&capture, &["HELO me", "RCPT TO:<a@example.com>", "DATA", "NOOP", "AUTH PLAIN x"]).await,
        "220 250 503 503 250 502 221"
    );
    assert_eq!(
        by_hand(&capture, &["HELO me", "MAIL FROM:<> SIZE=9999999", "MAIL x", "MAIL FROM:<>", "RSET", "DATA"]).await,
        "220 250 552 501 250 250 503 221"
    );
    let two =
        ["HELO me", "mail from:<>", "rcpt to:<a@example.com>", "RCPT TO:<b@example.com>", "DATA", "Subject: s", "", "..x", "."];
    assert_eq!(by_hand(&capture, &two).await, "220 250 250 250 250 354 250 221");
    let kept = capture.messages().list();
    assert_eq!((kept.len(), kept[0].to.as_str(), kept[1].to.as_str()), (2, "b@example.com", "a@example.com"));
    assert_eq!(kept[0].text, ".x");
}

#[tokio::test]
async fn the_sink_takes_nothing_too_long_or_too_large() {
    let (capture, _) = start().await;
    let long = "x".repeat(3000);
    let settings = capture.mail_settings();
    let mut stream = TcpStream::connect((settings.host.as_str(), settings.port)).await.unwrap();
    stream.write_all(format!("{}\r\n", "x".repeat(1990)).as_bytes()).await.unwrap();
    stream.write_all(long.get(..2000).unwrap().as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("\r\n500 "), "{answer}");

    let lines = vec!["x".repeat(1000); 1100].join("\r\n");
    let answers = by_hand(&capture, &["HELO me", "MAIL FROM:<>", "RCPT TO:<a@example.com>", "DATA", &lines, "."]).await;
    assert_eq!(answers, "220 250 250 250 354 552 221");
    assert_eq!(capture.messages().count(), 0);
}
