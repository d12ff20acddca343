//! Being told to stop, in a process of its own: what is in hand is finished, nothing new is taken, and the end is a good one.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::crash::process::Site;
use crate::support::postgres::TestDb;
use crate::support::world::{COMPANY, OTHER_SECRET};

/// When the test gives up.
const END: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_told_to_stop_finishes_the_request_in_hand_and_ends_well() {
    let site = Site::new(TestDb::sqlite());
    site.apply(COMPANY);
    let mut process = site.start(site.first, &["serve"]).await;
    let address = site.first.idp_url().replace("http://", "");
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let body = "grant_type=client_credentials";
    let (first, rest) = body.split_at(10);
    let secret = STANDARD.encode(format!("other:{OTHER_SECRET}"));
    let head = format!(
        "POST /token HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/x-www-form-urlencoded\r\nauthorization: Basic {secret}\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{first}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // Another connection's answer says that the server has read on since.
    assert!(crate::crash::process::answers(&reqwest::Client::new(), &site.first.idp_url()).await);
    process.terminate();
    let refused = async { while TcpStream::connect(&address).await.is_ok() {} };
    tokio::time::timeout(END, refused).await.expect("it takes no more connections");
    assert!(process.ended().is_none(), "there is a request in hand: {}", process.said());
    stream.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(END, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("access_token"), "{answer}");
    let status = process.end().await;
    assert_eq!(status.code(), Some(0), "{}", process.said());
}
