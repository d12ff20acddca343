//! Registering, reading, changing and removing a registration, by the application itself.

use std::time::Duration;

use serde_json::{Map, Value};

use super::model::{self, Policy, Unfit};
use super::{sector, store};
use crate::contract::feed::Entry;
use crate::idp::clients::model::Switches;
use crate::idp::clients::{self, Client, Metadata, logos};
use crate::idp::credentials::limits::{self, Limit};
use crate::idp::oidc::backchannel;
use crate::idp::{Idp, feed};
use crate::kernel::audit::{self, Actor};
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{DbError, LogTx};
use crate::kernel::http::Context;
use crate::kernel::reach::Reach;
use crate::kernel::root::{RootError, same};

/// Applications that registered themselves at most: what nobody looks at must not grow without end.
const MOST: i64 = 10_000;

/// Why nothing was registered.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// Nobody may, here.
    #[error("registration is switched off")]
    Off,
    /// Without a token that works.
    #[error("the token is missing, unknown, used up, revoked or expired")]
    Token,
    /// Too many from one network, or altogether.
    #[error("too many registrations")]
    TooMany,
    /// What it says of itself.
    #[error("refused: {}", .0.why)]
    Unfit(Unfit),
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The root key.
    #[error(transparent)]
    Root(#[from] RootError),
}

impl From<Unfit> for RegistrationError {
    fn from(u: Unfit) -> Self {
        Self::Unfit(u)
    }
}

/// A registration as it is told back.
#[derive(Debug)]
pub struct Registered {
    /// The application.
    pub client: Client,
    /// Its secret, when it has just been made.
    pub secret: Option<String>,
    /// The token that it manages itself with.
    pub token: String,
    /// When it was registered.
    pub at: Timestamp,
}

fn hash(idp: &Idp, kind: &str, token: &str) -> Result<String, RootError> {
    idp.env.root.token_hash(kind, token)
}

/// How an initial access token is stored.
pub fn initial_hash(idp: &Idp, token: &str) -> Result<String, RootError> {
    hash(idp, "initial-access-token", token)
}

struct New {
    client: Client,
    token_hash: String,
    initial: Option<String>,
    actor: Actor,
    ids: [String; 2],
    now: Timestamp,
}

/// Registers an application that says this of itself; `initial` is the token that came with it.
pub async fn register(
    idp: &Idp,
    context: &Context,
    initial: Option<&str>,
    body: &Map<String, Value>,
) -> Result<Registered, RegistrationError> {
    let initial = match (Policy::of(&idp.env.settings), initial) {
        (Policy::Off, _) => return Err(RegistrationError::Off),
        (Policy::Token, None) => return Err(RegistrationError::Token),
        // A token that is sent must work, also where none is asked for.
        (_, given) => given.map(|t| initial_hash(idp, t)).transpose()?,
    };
    if let Some(hash) = &initial {
        works(idp, hash).await?;
    }
    counted(idp, context).await?;
    let metadata = model::read(body, &idp.env.settings, idp.fetch.reach())?;
    sector::check(idp, &metadata).await?;
    let secret = metadata.token_endpoint_auth_method.has_secret().then(|| idp.env.token());
    let secret_hash = secret.as_ref().map(|s| hash(idp, "client-secret", s)).transpose()?;
    let token = idp.env.token();
    let client = Client { id: idp.env.id(), metadata, secret_hash, enabled: true };
    let new = New {
        client: client.clone(),
        token_hash: hash(idp, "registration-token", &token)?,
        initial,
        actor: Actor::on(context).client(&client.id),
        ids: [idp.env.id(), idp.env.id()],
        now: idp.env.now(),
    };
    let at = new.now;
    idp.db.write_log(new, |new, mut tx| Box::pin(async move { insert(&mut tx, new).await })).await?;
    idp.outbox.wake();
    Ok(Registered { client, secret, token, at })
}

/// Before anything is written or fetched for whoever sent a token. It is used where its effect is, and may be used up by then.
async fn works(idp: &Idp, hash: &str) -> Result<(), RegistrationError> {
    let mut snapshot = idp.db.snapshot().await?;
    let works = store::works(&mut snapshot.tx(), hash, idp.env.now()).await?;
    if works { Ok(()) } else { Err(RegistrationError::Token) }
}

/// Registrations and changes alike, since each may have addresses asked.
async fn counted(idp: &Idp, context: &Context) -> Result<(), RegistrationError> {
    let most = Limit { most: i64::from(idp.env.settings.registration_per_hour), window: Duration::from_secs(3600) };
    let bucket = hash(idp, "registration-network", &context.network())?;
    let input = (bucket, most, idp.env.now());
    let over = idp
        .db
        .write(input, |(bucket, most, now), mut tx| Box::pin(async move { limits::take(&mut tx, bucket, *most, *now).await }));
    if over.await?.is_some() { Err(RegistrationError::TooMany) } else { Ok(()) }
}

async fn insert(tx: &mut LogTx<'_>, new: &New) -> Result<(), RegistrationError> {
    let [audit_id, job_id] = &new.ids;
    let by = match &new.initial {
        None => None,
        Some(hash) => Some(store::use_token(tx, hash, new.now).await?.ok_or(RegistrationError::Token)?),
    };
    if store::count(tx).await? >= MOST {
        return Err(RegistrationError::TooMany);
    }
    clients::store::save(tx, &new.client, new.now).await?;
    store::mark(tx, &new.client.id, &new.token_hash, by.as_deref()).await?;
    logos::want(tx, &new.client, job_id.clone(), new.now).await?;
    feed::append(tx, new.now, &Entry::Client { client_id: new.client.id.clone(), enabled: true }).await?;
    let detail = by.map_or_else(|| "without an initial access token".to_owned(), |id| format!("by initial access token {id}"));
    note(tx, audit_id, &new.actor, "client.registered", &new.client.id, detail, new.now).await?;
    Ok(())
}

async fn note(
    tx: &mut LogTx<'_>,
    id: &str,
    actor: &Actor,
    action: &'static str,
    client: &str,
    detail: String,
    at: Timestamp,
) -> Result<(), DbError> {
    let (id, actor, target) = (id.to_owned(), actor.clone(), Some(client.to_owned()));
    audit::record(tx, &audit::Entry { id, at, actor, action, target, outcome: "ok", detail }).await
}

/// The registration that a token manages.
pub async fn read(idp: &Idp, id: &str, token: &str) -> Result<Registered, RegistrationError> {
    let hash = hash(idp, "registration-token", token)?;
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let at = store::manages(&mut tx, id, &hash).await?.ok_or(RegistrationError::Token)?;
    let client = clients::store::by_id(&mut tx, id).await?.ok_or(RegistrationError::Token)?;
    Ok(Registered { client, secret: None, token: token.to_owned(), at })
}

struct Changing {
    id: String,
    hash: String,
    said: Metadata,
    /// Of a secret for one that has none and comes to need it.
    secret_hash: String,
    reach: Reach,
    on: Switches,
    actor: Actor,
    ids: [String; 2],
    now: Timestamp,
}

/// Puts another registration in place of the one that a token manages (RFC 7592, section 2.2).
pub async fn change(
    idp: &Idp,
    context: &Context,
    (id, token): (&str, &str),
    body: &Map<String, Value>,
) -> Result<Registered, RegistrationError> {
    let before = read(idp, id, token).await?;
    counted(idp, context).await?;
    let text = |name: &str| body.get(name).map(|v| v.as_str().unwrap_or_default());
    if text("client_id") != Some(id) {
        return Err(Unfit::metadata("client_id must be that of the registration").into());
    }
    for name in ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"] {
        if body.contains_key(name) {
            return Err(Unfit::metadata(format!("{name} is the server's to say: leave it out")).into());
        }
    }
    if let Some(secret) = text("client_secret") {
        let given = hash(idp, "client-secret", secret)?;
        if !before.client.secret_hash.as_deref().is_some_and(|stored| same(stored, &given)) {
            return Err(
                Unfit::metadata("client_secret is another than the present one: an application can't choose its own").into()
            );
        }
    }
    let (said, reach, on) = (model::said(body)?, idp.fetch.reach().clone(), Switches::of(&idp.env.settings));
    // As it will be if nobody else changes it meanwhile: what is refused is refused before anything is fetched.
    let metadata = model::changed(&said, &before.client);
    metadata.check(&reach, on).map_err(Unfit::from)?;
    sector::check(idp, &metadata).await?;
    let secret = idp.env.token();
    let changing = Changing {
        id: id.to_owned(),
        hash: hash(idp, "registration-token", token)?,
        said,
        secret_hash: hash(idp, "client-secret", &secret)?,
        reach,
        on,
        actor: Actor::on(context).client(id),
        ids: [idp.env.id(), idp.env.id()],
        now: idp.env.now(),
    };
    let (client, new) = idp.db.write_log(changing, |c, mut tx| Box::pin(async move { replace(&mut tx, c).await })).await?;
    idp.outbox.wake();
    Ok(Registered { client, secret: new.then_some(secret), ..before })
}

/// The application as it is then, and whether it came to the new secret.
async fn replace(tx: &mut LogTx<'_>, c: &Changing) -> Result<(Client, bool), RegistrationError> {
    store::manages(tx, &c.id, &c.hash).await?.ok_or(RegistrationError::Token)?;
    let before = clients::store::by_id(tx, &c.id).await?.ok_or(RegistrationError::Token)?;
    let metadata = model::changed(&c.said, &before);
    metadata.check(&c.reach, c.on).map_err(Unfit::from)?;
    let needs = metadata.token_endpoint_auth_method.has_secret();
    let new = needs && before.secret_hash.is_none();
    let secret_hash = before.secret_hash.clone().or_else(|| Some(c.secret_hash.clone())).filter(|_| needs);
    let client = Client { metadata, secret_hash, ..before };
    clients::store::save(tx, &client, c.now).await?;
    if !needs {
        clients::store::forget_secret(tx, &c.id).await?;
    }
    let [audit_id, job_id] = &c.ids;
    logos::want(tx, &client, job_id.clone(), c.now).await?;
    note(tx, audit_id, &c.actor, "client.changed", &c.id, "by itself".into(), c.now).await?;
    Ok((client, new))
}

/// Removes the registration that a token manages: everything that it was given ends, at once and for good (RFC 7592, section
/// 2.3). Its row stays, for those who ask what happened.
pub async fn remove(idp: &Idp, context: &Context, id: &str, token: &str) -> Result<(), RegistrationError> {
    let hash = hash(idp, "registration-token", token)?;
    let input = (id.to_owned(), hash, Actor::on(context).client(id), idp.env.id(), idp.env.now());
    let told = idp
        .db
        .write_log(input, |(id, hash, actor, audit_id, now), mut tx| {
            Box::pin(async move {
                store::manages(&mut tx, id, hash).await?.ok_or(RegistrationError::Token)?;
                let told = clients::ending::disable(&mut tx, id, actor, audit_id, *now).await?;
                store::unmark(&mut tx, id).await?;
                note(&mut tx, audit_id, actor, "client.removed", id, "by itself".into(), *now).await?;
                Ok::<_, RegistrationError>(told)
            })
        })
        .await?;
    backchannel::settle(idp, &told).await;
    Ok(())
}
