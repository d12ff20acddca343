//! Applications' logos: fetched once from where they are registered (security case 15), looked at, kept, and served from here,
//! so that a page of signing in loads nothing from elsewhere and tells nobody who signs in.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::store;
use crate::idp::Idp;
use crate::idp::clients::Client;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::http::fetch::FetchError;
use crate::kernel::http::problem::chain;
use crate::kernel::outbox::{self, Job, JobError, NewJob};

/// The outbox job that fetches one.
pub const FETCH: &str = "client.logo";

#[derive(Serialize, Deserialize)]
struct Payload {
    client: String,
}

/// The route that serves them.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/applications/{id}/logo", get(serve))
}

/// Asks for the logo of an application to be fetched, in the transaction that registers it.
pub async fn want(tx: &mut Tx<'_>, client: &Client, job_id: String, now: Timestamp) -> Result<(), DbError> {
    if client.metadata.logo_uri.is_none() {
        return store::forget_logo(tx, &client.id).await;
    }
    let job = NewJob {
        id: job_id,
        kind: FETCH,
        cause: format!("application/{}", client.id),
        payload: json!(Payload { client: client.id.clone() }),
        due_at: now,
        now,
    };
    outbox::put(tx, job).await.map(drop)
}

/// The kind of a picture by its first bytes: what it says of itself counts for nothing (security case 39). Pictures that are
/// programs are not taken.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// Fetches the logo of a job's application.
pub async fn run(idp: &Idp, job: &Job) -> Result<(), JobError> {
    let payload: Payload = job.read()?;
    let client = {
        let mut snapshot = idp.db.snapshot().await?;
        store::by_id(&mut snapshot.tx(), &payload.client).await?
    };
    let Some((client, uri)) = client.and_then(|c| c.metadata.logo_uri.clone().map(|u| (c, u))) else { return Ok(()) };
    let answer = match idp.fetch.get(&uri).await {
        Ok(answer) if answer.status.is_success() => answer,
        Ok(answer) => return Err(JobError::Retry(format!("the logo's address answered {}", answer.status))),
        Err(e @ (FetchError::Refused(_) | FetchError::TooLong)) => return Err(JobError::Dead(e.to_string())),
        Err(e) => {
            tracing::info!(client = client.id, error = %chain(&e), "a logo can't be fetched");
            return Err(JobError::Retry(e.to_string()));
        }
    };
    let kind = kind(&answer.body).ok_or(JobError::Dead("the logo is none of PNG, JPEG, GIF and WebP".into()))?;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &answer.body);
    let digest: String = digest.as_ref().iter().take(8).map(|b| format!("{b:02x}")).collect();
    let logo = store::Logo { uri, kind: kind.to_owned(), bytes: STANDARD.encode(&answer.body), digest };
    let input = (client.id, logo, idp.env.now());
    idp.db
        .write(input, |(client, logo, now), mut tx| Box::pin(async move { store::keep_logo(&mut tx, client, logo, *now).await }))
        .await?;
    Ok(())
}

/// Where the logo of an application is, here; none where none was fetched, or another than is registered now.
pub async fn address(tx: &mut Tx<'_>, client: &Client) -> Result<Option<String>, DbError> {
    let Some(uri) = &client.metadata.logo_uri else { return Ok(None) };
    let digest = store::logo_digest(tx, &client.id, uri).await?;
    Ok(digest.map(|d| format!("/applications/{}/logo?v={d}", client.id)))
}

async fn serve(State(idp): State<Arc<Idp>>, Path(id): Path<String>) -> Response {
    let found = async {
        let mut snapshot = idp.db.snapshot().await?;
        store::logo(&mut snapshot.tx(), &id).await
    };
    let logo = match found.await {
        Ok(Some(logo)) => logo,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(e) => return crate::kernel::http::Problem::from(e).into_response(),
    };
    let kind = HeaderValue::from_str(&logo.kind).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, STANDARD.decode(&logo.bytes).unwrap_or_default()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// case 39
    #[test]
    fn a_picture_is_what_its_bytes_are() {
        assert_eq!(kind(b"\x89PNG\r\n\x1a\nrest"), Some("image/png"));
        assert_eq!(kind(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(kind(b"GIF89a.."), Some("image/gif"));
        assert_eq!(kind(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        for bad in [&b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>"[..], b"<html>", b"", b"\x89PNG"] {
            assert_eq!(kind(bad), None);
        }
    }
}
