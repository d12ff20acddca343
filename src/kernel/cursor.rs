//! Cursors of lists: where a page ended, sealed under the root key with the list and its reader as their place. Nothing can be
//! read from one, none can be made or changed, and none opens another list (security case 38).

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Env;
use super::root::Purpose;

/// Longest cursor.
const MAX: usize = 4_096;

/// Why a cursor was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this cursor is not of this list")]
pub struct BadCursor;

fn place(list: &impl Serialize) -> Result<String, BadCursor> {
    let text = serde_json::to_vec(list).map_err(|_| BadCursor)?;
    Ok(format!("cursor/{}", URL_SAFE_NO_PAD.encode(digest(&SHA256, &text))))
}

/// A cursor for `list` (its name, filter and reader) after `at`.
pub fn seal(env: &Env, list: &impl Serialize, at: &impl Serialize) -> Result<String, BadCursor> {
    let plain = serde_json::to_vec(at).map_err(|_| BadCursor)?;
    env.root.seal(Purpose::Cursor, &place(list)?, &plain, env.entropy.as_ref()).map_err(|_| BadCursor)
}

/// Where a cursor of `list` goes on.
pub fn open<T: DeserializeOwned>(env: &Env, list: &impl Serialize, cursor: &str) -> Result<T, BadCursor> {
    if cursor.len() > MAX {
        return Err(BadCursor);
    }
    let plain = env.root.open(Purpose::Cursor, &place(list)?, cursor).map_err(|_| BadCursor)?;
    serde_json::from_slice(&plain).map_err(|_| BadCursor)
}
