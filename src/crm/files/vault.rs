//! Where bytes lie. Owns the object store and the keys in it; a key is random and says nothing. Does not own who may have
//! the bytes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{Error, ObjectStore, ObjectStoreExt as _, WriteMultipart};
use tokio_util::bytes::Bytes;

use crate::kernel::private;

/// Bytes that are handed on at once: no upload has more than two of these in memory.
const PART: usize = 1024 * 1024;

/// The store.
pub struct Vault {
    store: Arc<dyn ObjectStore>,
    /// The folder, if it is one: there a process that is killed can leave the beginning of a file.
    folder: Option<PathBuf>,
}

/// Why bytes could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The store.
    #[error("the store of files: {0}")]
    Store(#[from] Error),
    /// The folder.
    #[error("the folder of files, {0}: {1}")]
    Folder(String, std::io::Error),
}

/// An upload on its way.
pub struct Writing(WriteMultipart);

impl Vault {
    /// In a folder of this machine, which is made when missing.
    pub fn in_folder(folder: &Path) -> Result<Self, VaultError> {
        private::folder(folder).map_err(|e| VaultError::Folder(folder.display().to_string(), e))?;
        // A record that says it has a file must not be outlived by the file: what is written is on the disk before it counts.
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        let folder = Some(folder.to_owned());
        Ok(Self { store: Arc::new(store), folder })
    }

    /// Begins to write.
    pub async fn write(&self, id: &str) -> Result<Writing, VaultError> {
        let upload = self.store.put_multipart(&key(id)).await?;
        Ok(Writing(WriteMultipart::new_with_chunk_size(upload, PART)))
    }

    /// The bytes, and how many they are.
    pub async fn read(&self, id: &str) -> Result<(u64, BoxStream<'static, Result<Bytes, Error>>), VaultError> {
        let found = self.store.get(&key(id)).await?;
        Ok((found.meta.size, found.into_stream()))
    }

    /// Takes the bytes away, also those of an upload that was cut off; harmless when there are none.
    pub async fn remove(&self, id: &str) -> Result<(), VaultError> {
        match self.store.delete(&key(id)).await {
            Ok(()) | Err(Error::NotFound { .. }) => self.tidy(id).await,
            Err(e) => Err(e.into()),
        }
    }

    /// The local store writes beside the file (`<name>#<number>`) and renames at the end.
    async fn tidy(&self, id: &str) -> Result<(), VaultError> {
        let Some(folder) = self.folder.as_ref().map(|f| f.join(shelf(id))) else { return Ok(()) };
        let wrong = |e| VaultError::Folder(folder.display().to_string(), e);
        let mut there = match tokio::fs::read_dir(&folder).await {
            Ok(there) => there,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(wrong(e)),
        };
        let begun = format!("{id}#");
        while let Some(entry) = there.next_entry().await.map_err(wrong)? {
            if entry.file_name().to_str().is_some_and(|name| name.starts_with(&begun)) {
                tokio::fs::remove_file(entry.path()).await.map_err(wrong)?;
            }
        }
        Ok(())
    }
}

impl Writing {
    /// Adds bytes; waits while the store is behind.
    pub async fn add(&mut self, bytes: Bytes) -> Result<(), VaultError> {
        self.0.wait_for_capacity(1).await?;
        self.0.put(bytes);
        Ok(())
    }
    /// Answers once everything is stored.
    pub async fn finish(self) -> Result<(), VaultError> {
        self.0.finish().await?;
        Ok(())
    }
    /// Throws away what was written.
    pub async fn abort(self) -> Result<(), VaultError> {
        Ok(self.0.abort().await?)
    }
}

/// Two letters of the id make 256 shelves.
fn shelf(id: &str) -> &str {
    id.get(..2).unwrap_or(id)
}

fn key(id: &str) -> Key {
    Key::from_iter([shelf(id), id])
}
