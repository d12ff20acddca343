//! What a directory does with a resource, of either kind: reading, making, changing, deleting. Owns when a change is answered.
//! Does not own what is decided in the transaction (`users`, `groups`).

use serde_json::Value;

use super::error::ScimError;
use super::listing::Query;
use super::patch::{self, Operation};
use super::schema::ResourceType;
use super::shape::{self, Object, names_version};
use super::store::{self, As};
use crate::contract::feed::Holder;
use crate::idp::feed::Gone;
use crate::idp::grants::record::{self, Hand};
use crate::idp::oidc::backchannel::Told;
use crate::idp::{Idp, feed, grants};
use crate::kernel::Env;
use crate::kernel::audit::Actor;
use crate::kernel::clock::Timestamp;
use crate::kernel::db::{LogTx, Tx};

/// A directory that asks, and what everything that it does needs: drawn before the transaction.
#[derive(Clone)]
pub struct Directory {
    /// Its client id.
    pub client: String,
    /// As the audit log has it.
    pub actor: Actor,
    /// Where SCIM is.
    pub base: String,
    /// What ids of entries begin with.
    pub run: String,
    /// The id of something new.
    pub new_id: String,
    /// The job that mails a link to someone new.
    pub job: String,
    /// When.
    pub now: Timestamp,
    /// Settings, chance and keys.
    pub env: Env,
}

impl Directory {
    /// The one behind a request.
    pub fn new(idp: &Idp, client: &str, actor: Actor) -> Self {
        let (env, base) = (&idp.env, idp.env.settings.idp_url.at("/scim/v2"));
        let (run, new_id, job, now) = (env.id(), env.id(), env.id(), env.now());
        Self { client: client.to_owned(), actor, base, run, new_id, job, now, env: env.clone() }
    }
    /// Whose identifiers are read.
    pub fn to(&self) -> As<'_> {
        As { client: &self.client, root: &self.env.root }
    }
    /// Where phone numbers are understood without a country code.
    pub fn region(&self) -> &str {
        &self.env.settings.phone_region
    }
}

/// How a resource is to be.
#[derive(Clone, Debug)]
pub enum Edit {
    /// Like this, as a whole.
    Whole(Object),
    /// As it is, but for these.
    Operations(Vec<Operation>),
}

impl Edit {
    /// What a resource becomes.
    pub fn of(&self, kind: &'static ResourceType, before: &Object) -> Result<Object, ScimError> {
        match self {
            Self::Whole(wanted) => Ok(wanted.clone()),
            Self::Operations(all) => {
                let mut after = before.clone();
                patch::apply(kind, &mut after, all)?;
                shape::read(kind, Value::Object(after))
            }
        }
    }
}

/// That a client changes the version that it has read.
pub fn expect(before: &Object, wanted: Option<&str>) -> Result<(), ScimError> {
    let version = before.get("meta").and_then(|m| m.get("version")).and_then(Value::as_str).unwrap_or_default();
    if wanted.is_none_or(|w| names_version(w, version)) { Ok(()) } else { Err(ScimError::Version) }
}

/// What a transaction came to: the resource, and what it took away.
pub struct Done {
    /// The resource as it is now.
    pub resource: Object,
    /// Applications that are to be told that something ended; none where nothing did.
    pub told: Option<Vec<Told>>,
}

/// Waits, where something was taken away, until that is known.
async fn settle(idp: &Idp, done: Done) -> Result<Object, ScimError> {
    idp.outbox.wake();
    if let Some(told) = done.told {
        let position = feed::store::head_now(&idp.db).await?.position;
        feed::settle(idp, Gone { position, told }).await?;
    }
    Ok(done.resource)
}

/// Which resource is to change, and how.
#[derive(Clone)]
pub struct Editing {
    /// By whom.
    pub who: Directory,
    /// Its id.
    pub id: String,
    /// The version that the client has read, where it says so.
    pub version: Option<String>,
    /// How it is to be.
    pub edit: Edit,
}

/// A kind of resource: what is read and decided inside the transaction.
pub trait Resource: Send + 'static {
    /// Its schemas and attributes.
    const TYPE: &'static ResourceType;
    /// One; its members only where they are wanted.
    fn one(tx: &mut Tx<'_>, who: &Directory, id: &str, with_members: bool) -> impl Outcome<Object>;
    /// Many.
    fn many(tx: &mut Tx<'_>, who: &Directory, query: &Query) -> impl Outcome<Value>;
    /// Makes one.
    fn made(tx: &mut LogTx<'_>, who: &Directory, wanted: &Object) -> impl Outcome<Done>;
    /// Changes one.
    fn edited(tx: &mut LogTx<'_>, e: &Editing) -> impl Outcome<Done>;
    /// Deletes one.
    fn deleted(tx: &mut LogTx<'_>, who: &Directory, id: &str, version: Option<&str>) -> impl Outcome<Done>;
}

/// What comes of it.
pub trait Outcome<T>: Future<Output = Result<T, ScimError>> + Send {}
impl<T, F: Future<Output = Result<T, ScimError>> + Send> Outcome<T> for F {}

/// One; its members only where they are wanted.
pub async fn get<R: Resource>(idp: &Idp, who: &Directory, id: &str, with_members: bool) -> Result<Object, ScimError> {
    let mut snapshot = idp.db.snapshot().await?;
    R::one(&mut snapshot.tx(), who, id, with_members).await
}

/// Many.
pub async fn list<R: Resource>(idp: &Idp, who: &Directory, query: &Query) -> Result<Value, ScimError> {
    let mut snapshot = idp.db.snapshot().await?;
    R::many(&mut snapshot.tx(), who, query).await
}

/// Makes one.
pub async fn create<R: Resource>(idp: &Idp, who: Directory, wanted: Object) -> Result<Object, ScimError> {
    let input = (who, wanted);
    let done = idp.db.write_log(input, |(who, wanted), mut tx| Box::pin(async move { R::made(&mut tx, who, wanted).await }));
    settle(idp, done.await?).await
}

/// Changes one; only this version of it where the client names one.
pub async fn edit<R: Resource>(idp: &Idp, editing: Editing) -> Result<Object, ScimError> {
    let done = idp.db.write_log(editing, |e, mut tx| Box::pin(async move { R::edited(&mut tx, e).await }));
    settle(idp, done.await?).await
}

/// Deletes one; only this version of it where the client names one.
pub async fn delete<R: Resource>(idp: &Idp, who: Directory, id: &str, version: Option<String>) -> Result<(), ScimError> {
    let input = (who, id.to_owned(), version);
    let done = idp.db.write_log(input, |(who, id, version), mut tx| {
        Box::pin(async move { R::deleted(&mut tx, who, id, version.as_deref()).await })
    });
    settle(idp, done.await?).await.map(drop)
}

/// Takes away whatever a holder has on relations.
pub async fn take_grants(tx: &mut LogTx<'_>, who: &Directory, holder: &Holder) -> Result<Vec<Told>, ScimError> {
    let (kind, id) = match holder {
        Holder::Person(id) => ("person", id),
        Holder::Group(id) => ("group", id),
    };
    let mut told = Vec::new();
    for (n, grant) in store::grants_of(tx, kind, id).await?.into_iter().enumerate() {
        let Some(held) = grants::store::by_id(tx, &grant).await? else { continue };
        let audit_id = format!("{}-grant-{n:05}", who.run);
        let hand = Hand { actor: who.actor.clone(), grant_id: grant, audit_id, now: who.now };
        told.extend(record::take(tx, held, &hand).await?);
    }
    Ok(told)
}
