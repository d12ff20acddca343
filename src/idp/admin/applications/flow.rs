//! Registering and changing applications, their secrets, and who may use them.

use serde_json::{Map, Value};

use super::store::{self, AppRow};
use crate::contract::access::Taken;
use crate::idp::admin::flow::{AdminError, Hand, act, end};
use crate::idp::admin::gate::Asking;
use crate::idp::admin::list::List;
use crate::idp::admin::model::{Asked, Fault, Listed};
use crate::idp::admin::people::flow::find;
use crate::idp::admission::{Holding, Kind};
use crate::idp::apply::plan::Change;
use crate::idp::clients::model::{Refused, Switches};
use crate::idp::clients::{self, Client, Metadata};
use crate::idp::own::RECORD_STORE;
use crate::idp::{Idp, admission, registration};
use crate::kernel::db::Tx;

/// Why an application was not registered as it was wanted.
#[derive(Debug)]
pub enum AppError {
    /// As elsewhere in the area.
    Admin(AdminError),
    /// What is to be registered can't be: a member, and what is wrong with it, for a developer.
    Refused {
        /// The member.
        field: String,
        /// What is wrong, and what to write instead.
        why: String,
    },
}

impl From<AdminError> for AppError {
    fn from(e: AdminError) -> Self {
        Self::Admin(e)
    }
}

impl AppError {
    /// A member, and what is wrong with it.
    pub fn at(field: &str, why: impl Into<String>) -> Self {
        Self::Refused { field: field.to_owned(), why: why.into() }
    }
}

impl From<Refused> for AppError {
    fn from(r: Refused) -> Self {
        Self::Refused { field: r.field.to_owned(), why: r.why }
    }
}

/// Applications by client id.
pub async fn list(idp: &Idp, reader: &str, asked: &Asked) -> Result<Listed<AppRow>, AdminError> {
    let list = List::new(idp, asked, ("applications", reader, &asked.q));
    let after: Option<String> = list.after()?;
    let items = store::list(&mut idp.db.snapshot().await?.tx(), asked.q.trim(), after.as_deref(), list.limit()).await?;
    list.page(items, |a| a.id.clone())
}

/// An application with all that is known of it.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its row.
    pub row: AppRow,
    /// What is registered.
    pub metadata: Metadata,
    /// Who is listed, by kind and id, with names; counts where the row is limited.
    pub listed: Vec<(Holding, String)>,
}

/// An application.
pub async fn show(idp: &Idp, id: &str) -> Result<Known, AdminError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let row = store::by_id(&mut tx, id).await?.ok_or(AdminError::NotFound)?;
    let client = clients::store::by_id(&mut tx, id).await?.ok_or(AdminError::NotFound)?;
    let mut listed = Vec::new();
    for holding in store::listed(&mut tx, id).await? {
        let name = admission::store::name_of(&mut tx, &holding).await?;
        listed.push((holding, name));
    }
    Ok(Known { row, metadata: client.metadata, listed })
}

/// Reads what is to be registered, by the names of RFC 7591; the member that can't be read is named.
pub fn read(members: Map<String, Value>) -> Result<Metadata, AppError> {
    let whole = serde_json::from_value(Value::Object(members.clone()));
    whole.map_err(|e| misread(&members).unwrap_or_else(|| AppError::at("metadata", e.to_string())))
}

/// Which member it is that can't be read.
fn misread(members: &Map<String, Value>) -> Option<AppError> {
    members.iter().find_map(|(name, value)| {
        if !Metadata::NAMES.contains(&name.as_str()) {
            return Some(AppError::at(
                name,
                "there is no such member; the names are those of RFC 7591 and of docs/applications.md",
            ));
        }
        let alone = Value::Object(Map::from_iter([(name.clone(), value.clone())]));
        serde_json::from_value::<Metadata>(alone).err().map(|e| AppError::at(name, e.to_string()))
    })
}

fn check_id(id: &str) -> Result<(), AppError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    // "new" is the form's own address.
    if id.is_empty() || id == "new" || id.len() > 100 || !id.bytes().all(plain) {
        return Err(AppError::at("client_id", "1 to 100 characters of a-z, A-Z, 0-9 and -._~, and not \"new\""));
    }
    Ok(())
}

/// Everything that can be said without the database, and of addresses that are asked.
async fn sound(idp: &Idp, metadata: &Metadata) -> Result<(), AppError> {
    metadata.check(idp.fetch.reach(), Switches::of(&idp.env.settings))?;
    registration::sector::check(idp, metadata).await.map_err(|u| AppError::at("sector_identifier_uri", u.why))
}

/// An application that was registered, with the one sight of its secret.
#[derive(Debug)]
pub struct Made {
    /// Its client id.
    pub id: String,
    /// Its secret, where it has one.
    pub secret: Option<String>,
}

fn secret_of(idp: &Idp) -> Result<(String, String), AdminError> {
    let secret = idp.env.token();
    let hash = idp.env.root.token_hash("client-secret", &secret)?;
    Ok((secret, hash))
}

/// Registers an application; without a client id it gets one.
pub async fn create(idp: &Idp, asking: &Asking, id: Option<String>, metadata: Metadata) -> Result<Made, AppError> {
    let id = id.filter(|id| !id.is_empty()).unwrap_or_else(|| idp.env.id());
    check_id(&id)?;
    sound(idp, &metadata).await?;
    let drawn = metadata.token_endpoint_auth_method.has_secret().then(|| secret_of(idp)).transpose()?;
    let (secret, secret_hash) = drawn.unzip();
    let client = Client { id: id.clone(), metadata, secret_hash, enabled: true };
    let made = act(idp, (Hand::new(idp, asking), client), |(hand, client), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            if clients::store::by_id(maker.tx, &client.id).await?.is_some() {
                return Err(AdminError::Invalid(vec![Fault::at("client_id", "admin-wrong-client-taken")]));
            }
            maker.make(&Change::Client { before: None, after: Box::new(client.clone()) }).await?;
            Ok(((), end(maker, &hand.asking).await?))
        })
    });
    made.await?;
    Ok(Made { id, secret })
}

/// Changes an application in a transaction: `change` says how it is to be, or why it can't be. Whether it came to another
/// secret.
async fn changed<F>(idp: &Idp, asking: &Asking, id: &str, change: F) -> Result<(bool, Taken), AdminError>
where
    F: Fn(&Client, i64) -> Result<Client, AdminError> + Send + Sync + 'static,
{
    let input = (Hand::new(idp, asking), id.to_owned(), change);
    act(idp, input, |(hand, id, change), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            let row = store::by_id(maker.tx, id).await?.ok_or(AdminError::NotFound)?;
            let before = clients::store::by_id(maker.tx, id).await?.ok_or(AdminError::NotFound)?;
            let after = change(&before, row.updated_at)?;
            let another = after.secret_hash != before.secret_hash;
            let over = before.secret_hash.is_some() && after.secret_hash.is_none();
            if before.enabled && !after.enabled {
                // The answer waits until that is known everywhere.
                maker.took(Vec::new());
            }
            maker.make(&Change::Client { before: Some(Box::new(before)), after: Box::new(after) }).await?;
            Ok((another && !over, end(maker, &hand.asking).await?))
        })
    })
    .await
}

/// The record store is registered from the settings at every start: what is changed here would not last.
fn not_ours(id: &str) -> Result<(), AdminError> {
    if id == RECORD_STORE { Err(AdminError::Refused("admin-refused-record-store")) } else { Ok(()) }
}

/// Puts another registration in place of an application's. One that comes to prove itself by a secret gets one, seen once.
/// `version`: when it was changed last as whoever asks has read it, where that is to be held against what is there.
pub async fn change(
    idp: &Idp,
    asking: &Asking,
    id: &str,
    (metadata, version): (Metadata, Option<i64>),
) -> Result<(Taken, Option<String>), AppError> {
    not_ours(id)?;
    sound(idp, &metadata).await?;
    let needs = metadata.token_endpoint_auth_method.has_secret();
    let (secret, hash) = secret_of(idp)?;
    let made = changed(idp, asking, id, move |before, updated_at| {
        if version.is_some_and(|v| v != updated_at) {
            return Err(AdminError::Refused("admin-refused-meanwhile"));
        }
        let secret_hash = needs.then(|| before.secret_hash.clone().unwrap_or_else(|| hash.clone()));
        Ok(Client { metadata: metadata.clone(), secret_hash, ..before.clone() })
    });
    let (another, taken) = made.await?;
    Ok((taken, another.then_some(secret)))
}

/// Gives an application another secret, seen once; the one before works no more.
pub async fn new_secret(idp: &Idp, asking: &Asking, id: &str) -> Result<String, AdminError> {
    not_ours(id)?;
    let (secret, hash) = secret_of(idp)?;
    changed(idp, asking, id, move |before, _| {
        if !before.metadata.token_endpoint_auth_method.has_secret() {
            return Err(AdminError::Refused("admin-refused-no-secret"));
        }
        Ok(Client { secret_hash: Some(hash.clone()), ..before.clone() })
    })
    .await?;
    Ok(secret)
}

/// Lets an application be used, or ends everything that it holds.
pub async fn set_enabled(idp: &Idp, asking: &Asking, id: &str, enabled: bool) -> Result<Taken, AdminError> {
    let (_, taken) = changed(idp, asking, id, move |before, _| Ok(Client { enabled, ..before.clone() })).await?;
    Ok(taken)
}

/// What is to be said of who may use an application.
#[derive(Clone, Debug)]
enum Saying {
    /// Only those listed, or everyone.
    Limited(bool),
    /// Someone is listed, or no longer.
    Listed(Holding, bool),
}

/// Opens an application to those listed only, or to everyone.
pub async fn set_limited(idp: &Idp, asking: &Asking, id: &str, limited: bool) -> Result<Taken, AdminError> {
    say(idp, asking, id, Saying::Limited(limited)).await
}

/// Lists a holder for an application, or takes him off. A person is named by address or id, the others by what they are called.
pub async fn set_allowed(
    idp: &Idp,
    asking: &Asking,
    id: &str,
    (kind, who): (Kind, &str),
    present: bool,
) -> Result<Taken, AdminError> {
    let holding = {
        let mut snapshot = idp.db.snapshot().await?;
        holder(&mut snapshot.tx(), kind, who.trim()).await?
    };
    say(idp, asking, id, Saying::Listed(holding, present)).await
}

async fn holder(tx: &mut Tx<'_>, kind: Kind, who: &str) -> Result<Holding, AdminError> {
    let unknown = || AdminError::Invalid(vec![Fault::at("who", "admin-wrong-holder")]);
    if who.is_empty() || who.len() > 300 {
        return Err(unknown());
    }
    let id = match kind {
        Kind::Person => find(tx, who).await?.ok_or_else(unknown)?.id,
        Kind::Group => match crate::idp::apply::store::group_id(tx, who).await? {
            Some(id) => id,
            None => crate::idp::admin::groups::store::by_id(tx, who).await?.ok_or_else(unknown)?.id,
        },
        Kind::Relation => crate::idp::apply::grants::relation(tx, who).await?.ok_or_else(unknown)?.relation.id,
        Kind::Role => who.to_owned(),
    };
    Ok(Holding { kind, id })
}

async fn say(idp: &Idp, asking: &Asking, id: &str, saying: Saying) -> Result<Taken, AdminError> {
    let input = (Hand::new(idp, asking), id.to_owned(), saying);
    let ((), taken) = act(idp, input, |(hand, id, saying), mut tx| {
        Box::pin(async move {
            let mut maker = hand.begin(&mut tx).await?;
            store::by_id(maker.tx, id).await?.ok_or(AdminError::NotFound)?;
            let client = id.clone();
            let change = match saying {
                Saying::Limited(limited) => Change::Limited { client, limited: *limited },
                Saying::Listed(holder, present) => {
                    let who = admission::store::name_of(maker.tx, holder).await?;
                    Change::Allowed { client, holder: holder.clone(), who, present: *present }
                }
            };
            maker.make(&change).await?;
            Ok(((), end(maker, &hand.asking).await?))
        })
    })
    .await?;
    Ok(taken)
}
