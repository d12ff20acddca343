//! Adding, naming and removing passkeys, and checking them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::{FactorError, Trace, Who};
use crate::idp::Idp;
use crate::idp::credentials::limits;
use crate::idp::factors::ceremony::{self, Asked, Credential, Made, Refused, Registrant, Shown};
use crate::idp::factors::model::{self, Passkey};
use crate::idp::factors::store::ceremonies::{self, Ceremony, NewCeremony, Purpose as For};
use crate::idp::factors::store::passkeys::{self, Kept};
use crate::idp::notices::What;
use crate::idp::people;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, Tx};
use crate::kernel::root::{Purpose, RootError, RootKey};

/// A challenge for a browser.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// Named again with the answer.
    pub id: String,
    /// What `navigator.credentials` is asked.
    pub options: Value,
}

/// What authenticators know a person by: derived, so that it tells nothing about him and is stored nowhere.
pub fn handle(root: &RootKey, person: &str) -> Result<[u8; 16], RootError> {
    let mac = root.mac(Purpose::Passkey, &[b"handle", person.as_bytes()])?;
    mac.first_chunk().copied().ok_or(RootError::Crypto)
}

fn place(id: &str) -> String {
    format!("passkeys/{id}")
}

fn credential_hash(root: &RootKey, credential: &[u8]) -> Result<String, RootError> {
    root.token_hash("passkey", &URL_SAFE_NO_PAD.encode(credential))
}

fn open(root: &RootKey, kept: &Kept) -> Result<Credential, FactorError> {
    let plain = root.open(Purpose::Passkey, &place(&kept.passkey.id), &kept.sealed)?;
    Ok(Credential(String::from_utf8_lossy(&plain).into_owned()))
}

/// Keeps a challenge of `owner` until its answer comes.
pub(super) async fn keep(
    idp: &Idp,
    owner: &str,
    person: Option<&str>,
    purpose: For,
    asked: Asked,
) -> Result<Challenge, FactorError> {
    let (id, now) = (idp.env.id(), idp.env.now());
    let place = format!("ceremonies/{id}");
    let ceremony = NewCeremony {
        sealed: idp.env.root.seal(Purpose::Passkey, &place, asked.state.as_bytes(), idp.env.entropy.as_ref())?,
        owner: owner.to_owned(),
        person_id: person.map(str::to_owned),
        purpose,
        expires_at: now + model::CEREMONY_LIFE,
        id: id.clone(),
    };
    let bucket = idp.env.root.token_hash("ceremonies", owner)?;
    let full = idp
        .db
        .write((ceremony, bucket, now), |(ceremony, bucket, now), mut tx| {
            Box::pin(async move {
                let full = limits::take(&mut tx, bucket, model::CEREMONIES, *now).await?;
                if full.is_none() {
                    ceremonies::insert(&mut tx, ceremony, *now).await?;
                }
                Ok::<_, DbError>(full)
            })
        })
        .await?;
    match full {
        Some(until) => Err(FactorError::TooMany(until)),
        None => Ok(Challenge { id, options: asked.options }),
    }
}

/// Takes a challenge for its answer: once, whatever comes of it.
pub(super) async fn take(idp: &Idp, owner: &str, id: &str, purpose: For) -> Result<(Ceremony, String), FactorError> {
    let input = (id.to_owned(), owner.to_owned(), idp.env.now());
    let taken = idp.db.write(input, move |(id, owner, now), mut tx| {
        Box::pin(async move { ceremonies::take(&mut tx, id, owner, purpose, *now).await })
    });
    let ceremony = taken.await?.ok_or(FactorError::Gone)?;
    let state = idp.env.root.open(Purpose::Passkey, &format!("ceremonies/{}", ceremony.id), &ceremony.sealed)?;
    Ok((ceremony, String::from_utf8_lossy(&state).into_owned()))
}

/// Begins to add a passkey. Who asks must have signed in just now; see the routes.
pub async fn begin(idp: &Idp, who: &Who) -> Result<Challenge, FactorError> {
    let have = of_person(idp, &who.person.id).await?;
    if have.len() >= model::MAX_PASSKEYS {
        return Err(FactorError::Full);
    }
    let registrant = Registrant {
        handle: handle(&idp.env.root, &who.person.id)?,
        email: &who.person.email,
        name: if who.person.name.is_empty() { &who.person.email } else { &who.person.name },
    };
    let asked = idp.passkeys.make(registrant, &have)?;
    keep(idp, &who.owner, Some(&who.person.id), For::Make, asked).await
}

async fn of_person(idp: &Idp, person: &str) -> Result<Vec<Credential>, FactorError> {
    let kept = {
        let mut snapshot = idp.db.snapshot().await?;
        passkeys::of_person(&mut snapshot.tx(), person).await?
    };
    kept.iter().filter(|k| k.passkey.suspect_at.is_none()).map(|k| open(&idp.env.root, k)).collect()
}

/// Adds the passkey that a browser has made for a challenge.
pub async fn add(idp: &Idp, who: &Who, challenge: &str, answer: &str, name: &str) -> Result<Passkey, FactorError> {
    let name = model::name(name).ok_or(FactorError::Invalid("name", "security-name-wrong"))?;
    let (ceremony, state) = take(idp, &who.owner, challenge, For::Make).await?;
    if ceremony.person_id.as_deref() != Some(&who.person.id) {
        return Err(FactorError::Gone);
    }
    let made = match idp.passkeys.made(&state, answer) {
        Ok(made) => made,
        Err(refused) => {
            note_refused(idp, who, "passkey.added", refused).await?;
            return Err(refused.into());
        }
    };
    let new = New::of(idp, who, made, name)?;
    idp.db.write(new, |new, mut tx| Box::pin(async move { new.store(&mut tx).await })).await
}

async fn note_refused(idp: &Idp, who: &Who, action: &'static str, refused: Refused) -> Result<(), DbError> {
    let trace = Trace::of(idp, who);
    idp.db.write(trace, move |trace, mut tx| Box::pin(async move { trace.note(&mut tx, action, refused.word(), "").await })).await
}

/// A passkey on its way into the table.
struct New {
    kept: Kept,
    hash: String,
    counter: i64,
    trace: Trace,
}

impl New {
    fn of(idp: &Idp, who: &Who, made: Made, name: String) -> Result<Self, FactorError> {
        let (root, trace) = (&idp.env.root, Trace::telling(idp, who, What::PasskeyAdded, &name)?);
        let id = idp.env.id();
        let plain = made.credential.0.as_bytes();
        let sealed = root.seal(Purpose::Passkey, &place(&id), plain, idp.env.entropy.as_ref())?;
        let passkey = Passkey {
            id,
            name,
            discoverable: made.discoverable,
            synced: made.synced,
            created_at: trace.now,
            used_at: None,
            suspect_at: None,
        };
        let kept = Kept { passkey, person_id: who.person.id.clone(), sealed };
        Ok(Self { kept, hash: credential_hash(root, &made.id)?, counter: made.counter.into(), trace })
    }

    async fn store(&self, tx: &mut Tx<'_>) -> Result<Passkey, FactorError> {
        if passkeys::of_person(tx, self.trace.person()).await?.len() >= model::MAX_PASSKEYS {
            return Err(FactorError::Full);
        }
        // Someone else's passkey is nobody's to add: it would sign in to whichever account is found first.
        if !passkeys::insert(tx, &self.kept, &self.hash, self.counter).await? {
            return Err(Refused::Unknown.into());
        }
        self.trace.done(tx, "passkey.added", &self.kept.passkey.name).await?;
        Ok(self.kept.passkey.clone())
    }
}

/// Calls a passkey something else.
pub async fn rename(idp: &Idp, who: &Who, id: &str, name: &str) -> Result<(), FactorError> {
    let name = model::name(name).ok_or(FactorError::Invalid("name", "security-name-wrong"))?;
    idp.db
        .write((id.to_owned(), name, Trace::of(idp, who)), |(id, name, trace), mut tx| {
            Box::pin(async move {
                if !passkeys::rename(&mut tx, trace.person(), id, name).await? {
                    return Err(FactorError::NotFound);
                }
                Ok(trace.note(&mut tx, "passkey.renamed", "ok", name).await?)
            })
        })
        .await
}

/// Removes a passkey; what was shown with it in sign-ins under way counts no more.
pub async fn remove(idp: &Idp, who: &Who, id: &str) -> Result<(), FactorError> {
    let has = super::list(idp, &who.person.id).await?;
    let name = has.passkeys.into_iter().find(|p| p.id == id).map(|p| p.name).ok_or(FactorError::NotFound)?;
    let trace = Trace::telling(idp, who, What::PasskeyRemoved, &name)?;
    idp.db
        .write((id.to_owned(), trace), |(id, trace), mut tx| {
            Box::pin(async move {
                let Some(name) = passkeys::remove(&mut tx, trace.person(), id).await? else {
                    return Err(FactorError::NotFound);
                };
                people::store::void_signins(&mut tx, trace.person(), trace.now).await?;
                Ok(trace.done(&mut tx, "passkey.removed", &name).await?)
            })
        })
        .await
}

/// Asks for a passkey of someone whose password was right.
pub async fn ask(idp: &Idp, owner: &str, person: &str) -> Result<Challenge, FactorError> {
    let asked = idp.passkeys.ask(&of_person(idp, person).await?)?;
    keep(idp, owner, Some(person), For::Known, asked).await
}

/// Asks for a passkey of whoever comes.
pub async fn ask_anyone(idp: &Idp, owner: &str) -> Result<Challenge, FactorError> {
    keep(idp, owner, None, For::Anyone, idp.passkeys.ask_anyone()?).await
}

/// A passkey whose answer was right; not recorded yet.
#[derive(Clone, Debug)]
pub struct Proven {
    /// Whose it is.
    pub person_id: String,
    /// Whether its user was verified.
    pub verified: bool,
    id: String,
    name: String,
    sealed: String,
    counter: i64,
}

/// What came of an answer.
#[derive(Debug)]
pub enum Checked {
    /// It is right.
    Proven(Proven),
    /// It is not: why, and whose passkey was named, where there is one.
    Refused(Refused, Option<String>),
}

/// Checks the answer to a challenge of `owner`: of someone known, or of whoever comes. The challenge is spent by it.
pub async fn check(idp: &Idp, owner: &str, challenge: &str, answer: &str, known: bool) -> Result<Checked, FactorError> {
    let purpose = if known { For::Known } else { For::Anyone };
    let (ceremony, state) = take(idp, owner, challenge, purpose).await?;
    let Some(named) = ceremony::named(answer) else { return Ok(Checked::Refused(Refused::Wrong, None)) };
    let root = &idp.env.root;
    let kept = {
        let hash = credential_hash(root, &named)?;
        let mut snapshot = idp.db.snapshot().await?;
        passkeys::by_credential(&mut snapshot.tx(), &hash).await?
    };
    // A suspect one is answered as one that is not there: which of the two has the key, nobody can say.
    let kept = kept.filter(|k| k.passkey.suspect_at.is_none());
    let kept = kept.filter(|k| ceremony.person_id.as_deref().is_none_or(|p| p == k.person_id));
    let Some(kept) = kept else { return Ok(Checked::Refused(Refused::Unknown, None)) };
    let shown = idp.passkeys.shown(&state, answer, &open(root, &kept)?, handle(root, &kept.person_id)?);
    match shown {
        Ok(Shown { credential, counter, verified }) => Ok(Checked::Proven(Proven {
            sealed: root.seal(Purpose::Passkey, &place(&kept.passkey.id), credential.0.as_bytes(), idp.env.entropy.as_ref())?,
            person_id: kept.person_id,
            id: kept.passkey.id,
            name: kept.passkey.name,
            counter: counter.into(),
            verified,
        })),
        Err(refused) => {
            if refused == Refused::Copied {
                suspect(idp, &kept).await?;
            }
            Ok(Checked::Refused(refused, Some(kept.person_id)))
        }
    }
}

/// From now on the passkey counts no more, and its owner sees why.
async fn suspect(idp: &Idp, kept: &Kept) -> Result<(), DbError> {
    let input = (kept.passkey.id.clone(), idp.env.now());
    idp.db.write(input, |(id, now), mut tx| Box::pin(async move { passkeys::suspect(&mut tx, id, *now).await })).await
}

/// Records a use, in the transaction that it signs in by. False when the passkey was removed meanwhile, or its counter has gone
/// on past this answer: then two answers came of one passkey, and it is suspect.
pub async fn record(tx: &mut Tx<'_>, proven: &Proven, now: Timestamp) -> Result<bool, DbError> {
    if passkeys::used(tx, &proven.id, &proven.sealed, proven.counter, now).await? {
        return Ok(true);
    }
    passkeys::suspect(tx, &proven.id, now).await?;
    Ok(false)
}

impl Proven {
    /// What its owner calls it.
    pub fn name(&self) -> &str {
        &self.name
    }
}
