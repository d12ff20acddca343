//! Making, succeeding and withdrawing keys. What is to be done is decided in the transaction that does it; the key itself
//! is made before, since an RSA key takes a while.

use std::time::Duration;

use super::model::{Life, Stage, Use};
use super::store::{self, Row};
use super::{Keyring, KeyringError, place};
use crate::contract::feed::Entry;
use crate::idp::{feed, grants};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::jose::{Alg, SigningKey};
use crate::kernel::root::Purpose;

/// The keys that every installation has from its first start. One for PS256 is made when an application asks for it.
const FIRST: [(Use, Alg); 4] =
    [(Use::Token, Alg::Es256), (Use::Token, Alg::Rs256), (Use::Token, Alg::EdDsa), (Use::Receipt, Alg::EdDsa)];

/// A key as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name: the thumbprint of its public half (RFC 7638).
    pub kid: String,
    /// What for.
    pub purpose: Use,
    /// Its algorithm.
    pub alg: Alg,
    /// Where in its life it is.
    pub stage: Stage,
    /// Its life.
    pub life: Life,
    /// Until when it is published, if that is known.
    pub gone_at: Option<Timestamp>,
}

/// What is to sign next.
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    /// Keys of this use.
    pub purpose: Use,
    /// Of this algorithm; without it, of each that there is.
    pub alg: Option<Alg>,
    /// Whether it signs at once, before everyone has had the time to learn of it.
    pub at_once: bool,
}

/// When a next key is made.
#[derive(Clone, Copy, Debug)]
enum When {
    /// If there is none.
    Missing,
    /// If the present one is old.
    Due { age: Duration, lead: Duration },
    /// By command: so long before it signs.
    Asked { lead: Duration },
}

impl When {
    /// From when a next one signs beside these, the newest first; nothing when none is to be made.
    fn active_at(self, open: &[(String, Life)], now: Timestamp) -> Option<Timestamp> {
        match (self, open.first()) {
            (_, None) => Some(now),
            (Self::Missing, Some(_)) => None,
            // One that waits is the next already.
            (_, Some((_, life))) if life.active_at > now => None,
            (Self::Due { age, lead }, Some((_, life))) => life.next_due(now, age, lead),
            (Self::Asked { lead }, Some(_)) => Some(now + lead),
        }
    }
}

struct Making {
    row: Row,
    purpose: Use,
    alg: Alg,
    when: When,
    actor: Actor,
    admin_role: String,
    audit_id: String,
    now: Timestamp,
}

/// That a person who asks is an administrator still; commands and the sweeper ask in nobody's name.
async fn may(tx: &mut Tx<'_>, actor: &Actor, role: &str) -> Result<(), KeyringError> {
    match &actor.sub {
        Some(person) if !grants::store::has_role(tx, person, role).await? => Err(KeyringError::Forbidden),
        _ => Ok(()),
    }
}

/// Every key, by use and algorithm, oldest first.
pub fn list(keyring: &Keyring) -> Vec<Listed> {
    let (now, keep) = (keyring.env.now(), keyring.env.settings.key_keep());
    let mut all: Vec<Listed> = keyring
        .all()
        .iter()
        .map(|h| Listed {
            kid: h.key.kid().to_owned(),
            purpose: h.purpose,
            alg: h.key.alg(),
            stage: h.life.stage(now),
            life: h.life,
            gone_at: h.life.gone_at(keep).filter(|_| h.purpose == Use::Token),
        })
        .collect();
    all.sort_by_key(|k| (k.purpose.as_str(), k.alg, k.life.active_at));
    all
}

/// Makes what is missing at a start.
pub(super) async fn first(keyring: &Keyring) -> Result<(), KeyringError> {
    for (purpose, alg) in FIRST {
        ensure(keyring, purpose, alg).await?;
    }
    Ok(())
}

/// Makes the first key of an algorithm, where there is none.
pub async fn ensure(keyring: &Keyring, purpose: Use, alg: Alg) -> Result<(), KeyringError> {
    match keyring.signing(purpose, alg) {
        Err(KeyringError::Missing) => make(keyring, purpose, alg, When::Missing, Actor::default()).await.map(drop),
        found => found.map(drop),
    }
}

/// Makes next keys, or has those that wait sign at once; their names.
pub async fn rotate(keyring: &Keyring, rotation: Rotation, actor: &Actor) -> Result<Vec<String>, KeyringError> {
    let there = |alg: &Alg| keyring.all().iter().any(|h| h.purpose == rotation.purpose && h.key.alg() == *alg);
    let wanted = Alg::ALL.into_iter().filter(|alg| rotation.alg.map_or_else(|| there(alg), |wanted| wanted == *alg));
    let lead = if rotation.at_once { Duration::ZERO } else { keyring.env.settings.key_lead() };
    let mut made = Vec::new();
    for alg in wanted {
        let waiting = if rotation.at_once { hasten(keyring, rotation.purpose, alg, actor).await? } else { None };
        made.extend(match waiting {
            Some(kid) => Some(kid),
            None => make(keyring, rotation.purpose, alg, When::Asked { lead }, actor.clone()).await?,
        });
    }
    Ok(made)
}

/// Makes next keys for tokens where the present ones are old, and forgets those that nothing counts of; for the sweeper.
pub async fn by_age(keyring: &Keyring) -> Result<(), KeyringError> {
    let settings = &keyring.env.settings;
    let when = When::Due { age: settings.key_age(), lead: settings.key_lead() };
    let now = keyring.env.now();
    keyring.reload().await?;
    for alg in Alg::ALL {
        let open: Vec<(String, Life)> = keyring
            .all()
            .iter()
            .filter(|h| h.purpose == Use::Token && h.key.alg() == alg && h.retired_at.is_none())
            .map(|h| (h.key.kid().to_owned(), h.life))
            .rev()
            .collect();
        // Looked at before, so that no RSA key is made for nothing each hour; decided again in the transaction.
        if !open.is_empty() && when.active_at(&open, now).is_some() {
            make(keyring, Use::Token, alg, when, Actor::default()).await?;
        }
    }
    let before = now - settings.key_keep();
    let swept = keyring.db.write(before, |before, mut tx| {
        Box::pin(async move {
            let swept = store::sweep(&mut tx, *before).await?;
            if swept > 0 {
                store::changed(&mut tx).await?;
            }
            Ok::<_, DbError>(swept)
        })
    });
    if swept.await? > 0 { keyring.reload().await } else { Ok(()) }
}

/// Takes a key for tokens out of use at once, for when someone else may have it: nothing that it signed counts any more, and
/// another signs. The name of that.
pub async fn withdraw(keyring: &Keyring, kid: &str, actor: &Actor) -> Result<String, KeyringError> {
    keyring.reload().await?;
    let held = keyring.all().iter().find(|h| h.key.kid() == kid && h.purpose == Use::Token).cloned();
    let held = held.filter(|h| h.life.withdrawn_at.is_none()).ok_or_else(|| KeyringError::Unknown(kid.to_owned()))?;
    let making = prepare(keyring, Use::Token, held.key.alg(), When::Missing, actor.clone()).await?;
    let input = (kid.to_owned(), making, keyring.env.id());
    let next = keyring
        .db
        .write_log(input, |(kid, making, audit_id), mut tx| {
            Box::pin(async move {
                may(&mut tx, &making.actor, &making.admin_role).await?;
                if store::withdraw(&mut tx, kid, Use::Token, making.now).await?.is_none() {
                    return Ok(None);
                }
                feed::append(&mut tx, making.now, &Entry::KeyWithdrawn { kid: kid.clone() }).await?;
                note(&mut tx, audit_id, &making.actor, "key.withdrawn", kid, making.alg, making.now).await?;
                // The key before it may have been about to stop for it.
                store::reinstate(&mut tx, Use::Token, making.alg, making.now).await?;
                let waiting = store::open(&mut tx, Use::Token, making.alg).await?.into_iter().next();
                let next = match waiting {
                    Some((waiting, _)) => {
                        store::activate(&mut tx, &waiting, making.now).await?;
                        store::changed(&mut tx).await?;
                        waiting
                    }
                    None => insert(&mut tx, making).await?.unwrap_or_default(),
                };
                Ok::<_, KeyringError>(Some(next))
            })
        })
        .await?;
    keyring.reload().await?;
    next.ok_or_else(|| KeyringError::Unknown(kid.to_owned()))
}

/// Has the key that waits sign at once, if one does; its name.
async fn hasten(keyring: &Keyring, purpose: Use, alg: Alg, actor: &Actor) -> Result<Option<String>, KeyringError> {
    let role = keyring.env.settings.admin_role.clone();
    let input = (purpose, alg, (actor.clone(), role), keyring.env.id(), keyring.env.now());
    let done = keyring
        .db
        .write(input, |(purpose, alg, (actor, role), audit_id, now), mut tx| {
            Box::pin(async move {
                may(&mut tx, actor, role).await?;
                let newest = store::open(&mut tx, *purpose, *alg).await?.into_iter().next();
                let Some((kid, _)) = newest.filter(|(_, life)| life.active_at > *now) else { return Ok(None) };
                store::activate(&mut tx, &kid, *now).await?;
                store::retire(&mut tx, *purpose, *alg, &kid, *now).await?;
                store::changed(&mut tx).await?;
                note(&mut tx, audit_id, actor, "key.hastened", &kid, *alg, *now).await?;
                Ok::<_, KeyringError>(Some(kid))
            })
        })
        .await?;
    keyring.reload().await?;
    Ok(done)
}

async fn make(keyring: &Keyring, purpose: Use, alg: Alg, when: When, actor: Actor) -> Result<Option<String>, KeyringError> {
    let making = prepare(keyring, purpose, alg, when, actor).await?;
    let made = keyring.db.write(making, |making, mut tx| Box::pin(async move { insert(&mut tx, making).await })).await?;
    keyring.reload().await?;
    Ok(made)
}

async fn prepare(keyring: &Keyring, purpose: Use, alg: Alg, when: When, actor: Actor) -> Result<Making, KeyringError> {
    let key = tokio::task::spawn_blocking(move || SigningKey::generate(alg)).await.map_err(|_| KeyringError::Missing)??;
    let env = &keyring.env;
    let sealed = env.root.seal(Purpose::SigningKey, &place(key.kid()), &key.to_pkcs8()?, env.entropy.as_ref())?;
    let now = env.now();
    let row = Row {
        kid: key.kid().to_owned(),
        purpose: purpose.as_str().to_owned(),
        alg: alg.name().to_owned(),
        sealed,
        created_at: now.0,
        active_at: now.0,
        retired_at: None,
        withdrawn_at: None,
    };
    let admin_role = env.settings.admin_role.clone();
    Ok(Making { row, purpose, alg, when, actor, admin_role, audit_id: env.id(), now })
}

/// Adds the key, if one is to be made now, and sets when those before it stop; its name.
async fn insert(tx: &mut Tx<'_>, m: &Making) -> Result<Option<String>, KeyringError> {
    may(tx, &m.actor, &m.admin_role).await?;
    let open = store::open(tx, m.purpose, m.alg).await?;
    let Some(active_at) = m.when.active_at(&open, m.now) else { return Ok(None) };
    store::insert(tx, &Row { active_at: active_at.0, ..m.row.clone() }).await?;
    store::retire(tx, m.purpose, m.alg, &m.row.kid, active_at).await?;
    store::changed(tx).await?;
    // The first of its kind comes with the installation.
    if !open.is_empty() {
        note(tx, &m.audit_id, &m.actor, "key.made", &m.row.kid, m.alg, m.now).await?;
    }
    Ok(Some(m.row.kid.clone()))
}

async fn note(
    tx: &mut Tx<'_>,
    id: &str,
    actor: &Actor,
    action: &'static str,
    kid: &str,
    alg: Alg,
    at: Timestamp,
) -> Result<(), DbError> {
    let entry = audit::Entry {
        id: id.to_owned(),
        at,
        actor: actor.clone(),
        action,
        target: Some(kid.to_owned()),
        outcome: "ok",
        detail: alg.name().to_owned(),
    };
    audit::record(tx, &entry).await
}
