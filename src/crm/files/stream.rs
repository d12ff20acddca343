//! Handing bytes out. What was authorised at the beginning is asked again on the way (case 40): once access is taken away,
//! the rest of a long file doesn't follow.

use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, BoxStream, Stream, StreamExt as _};
use tokio_util::bytes::Bytes;

use crate::contract::FieldKey;
use crate::crm::Crm;
use crate::crm::auth::{AccessError, Caller};
use crate::crm::modules::value::Attached;
use crate::crm::records::model::ReadError;
use crate::kernel::clock::Timestamp;

/// Bytes after which access is asked again.
const STEP: u64 = 1024 * 1024;
/// Time after which it is.
const PAUSE: Duration = Duration::from_secs(1);

/// Which file, and who asks.
pub struct Asked {
    /// The record store.
    pub crm: Arc<Crm>,
    /// Who.
    pub caller: Caller,
    /// Module of the record.
    pub module: FieldKey,
    /// The record.
    pub record: String,
    /// The field.
    pub field: FieldKey,
    /// An earlier version; `None` is the present one.
    pub version: Option<i64>,
}

/// Why there are no bytes.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The person.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// Reading.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl Asked {
    /// The file as this person sees it now; `None` for whatever isn't there or not his to see.
    pub async fn find(&self) -> Result<Option<Attached>, FileError> {
        let (mut snapshot, caller) = self.crm.reading(&self.caller).await?;
        let viewer = self.crm.viewer(&caller);
        let mut reader = self.crm.records.reader(&mut snapshot, &viewer).await.map_err(ReadError::from)?;
        Ok(reader.file(&self.module, &self.record, &self.field, self.version).await?)
    }
}

/// A file on its way.
struct Sending {
    asked: Asked,
    id: String,
    bytes: BoxStream<'static, Result<Bytes, object_store::Error>>,
    since: u64,
    at: Timestamp,
}

impl Sending {
    async fn next(&mut self) -> Option<Result<Bytes, std::io::Error>> {
        let now = self.asked.crm.env.now();
        if self.since >= STEP || now >= self.at + PAUSE {
            (self.since, self.at) = (0, now);
            // Another file in the field, no right any more, no session, the log out of reach: all the same.
            if !matches!(self.asked.find().await, Ok(Some(file)) if file.id == self.id) {
                return Some(Err(std::io::Error::other("access was taken away")));
            }
        }
        let chunk = self.bytes.next().await?;
        if let Ok(bytes) = &chunk {
            self.since = self.since.saturating_add(bytes.len() as u64);
        }
        Some(chunk.map_err(std::io::Error::other))
    }
}

/// The bytes of `file`, which is what `asked` has found. After an error nothing follows.
pub fn guarded(
    asked: Asked,
    file: &Attached,
    bytes: BoxStream<'static, Result<Bytes, object_store::Error>>,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static {
    let at = asked.crm.env.now();
    let sending = Sending { asked, id: file.id.clone(), bytes, since: 0, at };
    stream::unfold(Some(sending), |sending| async move {
        let mut sending = sending?;
        let chunk = sending.next().await?;
        let rest = chunk.is_ok().then_some(sending);
        Some((chunk, rest))
    })
}
