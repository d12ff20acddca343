//! Taking bytes in, and taking away what no record holds.
//!
//! The row comes before the bytes and goes after them, so whatever a crash leaves is found by the row: bytes that came half,
//! bytes that no record took, and a row whose bytes are gone already.

use std::path::Path;
use std::time::Duration;

use aws_lc_rs::digest::{Context as Digest, SHA256};
use futures_util::{Stream, StreamExt as _};
use tokio::sync::Semaphore;
use tokio_util::bytes::Bytes;

use super::model::{HEAD, Unfit, clean_name, fits, media_type, most};
use super::store::{self, Purpose};
use super::vault::{Vault, VaultError, Writing};
use crate::contract::FieldKey;
use crate::crm::Crm;
use crate::crm::modules::canonical;
use crate::crm::modules::model::Field;
use crate::crm::modules::value::Attached;
use crate::kernel::db::{Db, DbError, Tx};

/// Uploads at once.
const AT_ONCE: usize = 32;
/// Files of one person that no record holds yet.
const WAITING: i64 = 100;
/// How long an upload can be given to a record.
pub const USABLE: Duration = Duration::from_secs(24 * 3600);
/// How long it lies there: as long again as a change can wait for a code, and some more.
pub const KEPT: Duration = Duration::from_secs(3 * 24 * 3600);
/// How long bytes may take to come; the request ends long before.
const COMING: Duration = Duration::from_secs(3600);
/// Files that one sweep takes away.
const SWEPT: i64 = 200;

/// The files of the record store.
pub struct Files {
    /// Where bytes lie.
    pub vault: Vault,
    /// Most bytes of a file.
    pub max: u64,
    turns: Semaphore,
}

impl Files {
    /// In this folder.
    pub fn open(folder: &Path, max_mib: u32) -> Result<Self, VaultError> {
        let max = u64::from(max_mib) * 1024 * 1024;
        Ok(Self { vault: Vault::in_folder(folder)?, max, turns: Semaphore::new(AT_ONCE) })
    }
}

/// For what a file comes.
#[derive(Clone, Debug)]
pub struct Wish<'a> {
    /// Its module.
    pub module: &'a FieldKey,
    /// Its field, which sets limits.
    pub field: &'a Field,
    /// By whom (`sub`).
    pub sub: &'a str,
    /// What the client calls it.
    pub name: &'a str,
    /// The key by which the request counts once.
    pub once: Option<&'a str>,
}

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// Storage.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The store of files.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The field doesn't take it.
    #[error("the file doesn't fit the field")]
    Unfit(Unfit),
    /// The bytes ended before they were all there.
    #[error("the request was cut off: {0}")]
    Broken(String),
    /// Too many come at once.
    #[error("too many files are coming at once")]
    Busy,
    /// This person has too many that no record holds.
    #[error("too many files wait for a record")]
    TooMany,
}

/// Takes a file in. It waits for a record of the same person; nothing else can take it, and nobody can read it.
pub async fn receive<E: std::fmt::Display>(
    crm: &Crm,
    wish: &Wish<'_>,
    bytes: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Attached, UploadError> {
    let files = &crm.files;
    let _turn = files.turns.try_acquire().map_err(|_| UploadError::Busy)?;
    let purpose = Purpose {
        id: crm.env.entropy.bytes::<16>().iter().map(|b| format!("{b:02x}")).collect(),
        module: wish.module.clone(),
        field: wish.field.key.clone(),
        name: clean_name(wish.name),
        once: wish.once.map(|k| k.chars().take(200).collect()),
        sub: wish.sub.to_owned(),
        at: crm.env.now(),
    };
    begin(&crm.db, purpose.clone()).await?;
    let mut writing = files.vault.write(&purpose.id).await?;
    let taken = match take(&mut writing, bytes, most(&wish.field.kind, files.max)).await {
        Ok(taken) => fits(&wish.field.kind, taken.size, taken.media, files.max).map(|()| taken).map_err(UploadError::Unfit),
        Err(e) => Err(e),
    };
    let taken = match taken {
        Ok(taken) => taken,
        Err(e) => {
            writing.abort().await?;
            give_up(&crm.db, &purpose.id).await?;
            return Err(e);
        }
    };
    writing.finish().await?;
    let file = Attached {
        id: purpose.id.clone(),
        name: purpose.name.clone(),
        size: i64::try_from(taken.size).unwrap_or(i64::MAX),
        media: taken.media.to_owned(),
        sha256: taken.sha256,
    };
    complete(&crm.db, purpose, file).await
}

async fn begin(db: &Db, purpose: Purpose) -> Result<(), UploadError> {
    db.write(purpose, |p, mut tx| {
        Box::pin(async move {
            if store::waiting(&mut tx, &p.sub).await? >= WAITING {
                return Err(UploadError::TooMany);
            }
            Ok(store::begin(&mut tx, p).await?)
        })
    })
    .await
}

/// What was found out on the way.
struct Taken {
    size: u64,
    media: &'static str,
    sha256: String,
}

async fn take<E: std::fmt::Display>(
    writing: &mut Writing,
    bytes: impl Stream<Item = Result<Bytes, E>>,
    max: u64,
) -> Result<Taken, UploadError> {
    let (mut size, mut head, mut digest) = (0_u64, Vec::with_capacity(HEAD), Digest::new(&SHA256));
    let mut bytes = std::pin::pin!(bytes);
    while let Some(chunk) = bytes.next().await {
        let chunk = chunk.map_err(|e| UploadError::Broken(e.to_string()))?;
        size = size.saturating_add(chunk.len() as u64);
        if size > max {
            return Err(UploadError::Unfit(Unfit::TooLarge(max)));
        }
        head.extend(chunk.iter().take(HEAD.saturating_sub(head.len())));
        digest.update(&chunk);
        writing.add(chunk).await?;
    }
    let sha256 = digest.finish().as_ref().iter().map(|b| format!("{b:02x}")).collect();
    Ok(Taken { size, media: media_type(&head), sha256 })
}

/// The same request that comes again gets the file that it brought the first time, and its second copy is given up.
async fn complete(db: &Db, purpose: Purpose, file: Attached) -> Result<Attached, UploadError> {
    db.write((purpose, file), |(purpose, file), mut tx| {
        Box::pin(async move {
            if let Some(before) = store::again(&mut tx, purpose, &file.sha256).await? {
                store::give_up(&mut tx, &file.id).await?;
                return Ok(before.attached());
            }
            if store::complete(&mut tx, file).await? {
                Ok(file.clone())
            } else {
                Err(UploadError::Broken("it took too long".to_owned()))
            }
        })
    })
    .await
}

async fn give_up(db: &Db, id: &str) -> Result<(), DbError> {
    db.write(id.to_owned(), |id, mut tx| Box::pin(async move { store::give_up(&mut tx, id).await })).await
}

/// Takes away what no record took in time: first the row says so, then the bytes go, then the row. Run again after a crash
/// at any point, it goes on where it was.
pub async fn sweep(crm: &Crm) -> Result<usize, UploadError> {
    let now = crm.env.now();
    let stale = (now - COMING, now - KEPT);
    crm.db
        .write(stale, |(coming, kept), mut tx| Box::pin(async move { store::give_up_stale(&mut tx, *coming, *kept).await }))
        .await
        .map_err(|e: DbError| e)?;
    let gone = {
        let mut snapshot = crm.db.snapshot().await?;
        store::gone(&mut snapshot.tx(), SWEPT).await?
    };
    for (id,) in &gone {
        crm.files.vault.remove(id).await?;
        crm.db
            .write(id.clone(), |id, mut tx| Box::pin(async move { store::forget(&mut tx, id).await }))
            .await
            .map_err(|e: DbError| e)?;
    }
    Ok(gone.len())
}

/// An upload of this person, whether a record holds it or not.
pub async fn uploaded(tx: &mut Tx<'_>, id: &str, sub: &str) -> Result<Option<Attached>, DbError> {
    if canonical::id(id).is_err() {
        return Ok(None);
    }
    Ok(store::find(tx, id).await?.filter(|r| r.is_of(sub)).map(|r| r.attached()))
}
