//! How strong a password would be, for the pages on which one is chosen, while it is typed. Without a script, and without
//! this, the same is said once the form is sent.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::passwords::{About, MAX};
use crate::idp::Idp;
use crate::idp::challenges::http::read;
use crate::kernel::http::{Code, Problem};

/// Routes about passwords.
pub fn routes() -> Router<Arc<Idp>> {
    Router::new().route("/api/passwords/strength", post(strength))
}

/// A password that someone thinks of, and who: what is asked is kept nowhere.
#[derive(Deserialize)]
struct Asked {
    password: Zeroizing<String>,
    #[serde(default)]
    email: String,
    #[serde(default)]
    name: String,
}

/// How strong it would be.
#[derive(Serialize)]
struct Told {
    /// 0 to 4.
    score: u8,
    /// The same in words.
    label: String,
    /// What makes it weak and what to do, in words; absent where it is strong.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

async fn strength(State(idp): State<Arc<Idp>>, headers: HeaderMap, body: Bytes) -> Result<Json<Told>, Problem> {
    let asked: Asked = read(&body)?;
    if [asked.password.as_str(), &asked.email, &asked.name].iter().any(|t| t.len() > MAX) {
        return Err(Problem::because(Code::BadRequest, format!("each text is {MAX} bytes at most")));
    }
    let found = idp.hasher.strength(SecretString::from(asked.password.as_str()), About::of(&asked.email, &asked.name)).await?;
    let view = idp.env.view(&headers, "/");
    Ok(Json(Told { score: found.score, label: view.t(found.label()), advice: found.advice.map(|key| view.t(key)) }))
}
