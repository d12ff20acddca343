//! Finding and ending sessions.

use super::{Session, store};
use crate::contract::feed::Entry;
use crate::idp::oidc::backchannel::{self, Told};
use crate::idp::{Idp, feed};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx, Tx};
use crate::kernel::http::cookies::CookieName;
use crate::kernel::root::RootError;

/// The browser's half of a session.
pub const COOKIE: CookieName = CookieName("zegel_idp_session");

/// The live session that a cookie's value opens, with its person still allowed to sign in.
pub async fn of_cookie(idp: &Idp, tx: &mut Tx<'_>, value: Option<&str>) -> Result<Option<Session>, DbError> {
    let Some(value) = value else { return Ok(None) };
    let Ok(hash) = token_hash(idp, value) else { return Ok(None) };
    let found = store::by_token(tx, &hash).await?.filter(|s| s.is_live(idp.env.now()));
    let Some(session) = found else { return Ok(None) };
    let person = crate::idp::people::store::by_id(tx, &session.person_id).await?;
    Ok(person.filter(|p| p.active).map(|_| session))
}

/// How a session's cookie is stored.
pub fn token_hash(idp: &Idp, value: &str) -> Result<String, RootError> {
    idp.env.root.token_hash("idp-session", value)
}

/// Ends a session in a transaction: everywhere, by the access log. Refresh tokens of it die with it, since each issue
/// asks for its session. Answers the applications that are to be told; none when it had ended.
pub async fn end(tx: &mut LogTx<'_>, id: &str, actor: &Actor, audit_id: &str, now: Timestamp) -> Result<Vec<Told>, DbError> {
    let Some(session) = store::by_id(tx, id).await? else { return Ok(Vec::new()) };
    if !store::end(tx, id, now).await? {
        return Ok(Vec::new());
    }
    feed::append(tx, now, &Entry::SessionEnded { sid: id.to_owned() }).await?;
    let entry = audit::Entry {
        id: audit_id.to_owned(),
        at: now,
        actor: actor.clone(),
        action: "session.ended",
        target: Some(id.to_owned()),
        outcome: "ok",
        detail: String::new(),
    };
    audit::record(tx, &entry).await?;
    backchannel::session_ended(tx, id, &session.person_id, now).await
}
