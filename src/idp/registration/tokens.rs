//! Initial access tokens: made by an administrator, shown once, kept as keyed hashes.

use std::time::Duration;

use super::flow::initial_hash;
use super::store::{self, InitialToken};
use crate::idp::Idp;
use crate::idp::oidc::OAuthError;
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};

/// What a token is to be.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What it is for.
    pub note: String,
    /// How many applications may be registered with it, 1 to 1,000.
    pub uses: u32,
    /// For how many days it works, 1 to 366.
    pub days: u32,
}

impl Wanted {
    /// Whether it can be made; what to write instead.
    pub fn check(&self) -> Result<(), (&'static str, &'static str)> {
        if self.note.trim().is_empty() || self.note.chars().count() > 200 || self.note.chars().any(char::is_control) {
            return Err(("note", "say in 1 to 200 characters what it is for"));
        }
        if !(1..=1000).contains(&self.uses) {
            return Err(("uses", "1 to 1000 applications"));
        }
        if !(1..=366).contains(&self.days) {
            return Err(("days", "1 to 366 days"));
        }
        Ok(())
    }
}

/// Makes a token in a transaction of the caller's; the row. `token` is new and is not seen again.
pub async fn make(
    tx: &mut Tx<'_>,
    wanted: &Wanted,
    (id, hash): (&str, &str),
    actor: &Actor,
    now: Timestamp,
) -> Result<InitialToken, DbError> {
    let row = InitialToken {
        id: id.to_owned(),
        note: wanted.note.trim().to_owned(),
        made_by: actor.sub.clone(),
        made_at: now.0,
        expires_at: (now + Duration::from_secs(u64::from(wanted.days) * 86_400)).0,
        uses_left: i64::from(wanted.uses),
        revoked_at: None,
    };
    store::insert_token(tx, &row, hash).await?;
    note(tx, actor, "registration_token.made", id, now).await?;
    Ok(row)
}

/// Makes a token; its row, and the token itself, which is shown once.
pub async fn made(idp: &Idp, wanted: Wanted, actor: Actor) -> Result<(InitialToken, String), OAuthError> {
    let token = idp.env.token();
    let input = (wanted, idp.env.id(), initial_hash(idp, &token)?, actor, idp.env.now());
    let row = idp.db.write(input, |(wanted, id, hash, actor, now), mut tx| {
        Box::pin(async move { make(&mut tx, wanted, (id, hash), actor, *now).await })
    });
    Ok((row.await?, token))
}

/// Revokes a token; false when there is none that works. What was registered with it stays.
pub async fn revoke(tx: &mut Tx<'_>, id: &str, actor: &Actor, now: Timestamp) -> Result<bool, DbError> {
    if !store::revoke_token(tx, id, now).await? {
        return Ok(false);
    }
    note(tx, actor, "registration_token.revoked", id, now).await?;
    Ok(true)
}

async fn note(tx: &mut Tx<'_>, actor: &Actor, action: &'static str, id: &str, at: Timestamp) -> Result<(), DbError> {
    let entry = audit::Entry {
        id: format!("{action}-{id}"),
        at,
        actor: actor.clone(),
        action,
        target: Some(id.to_owned()),
        outcome: "ok",
        detail: String::new(),
    };
    audit::record(tx, &entry).await
}
