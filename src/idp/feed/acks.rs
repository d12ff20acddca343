//! Acknowledgements on their way to the table. Beside the answers: of each client one at a time, since all of them change the
//! same row. What comes meanwhile is written after it, as one. Does not own the row.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::model::Replica;
use super::store;
use crate::idp::Idp;
use crate::kernel::db::DbError;

/// By client: one is being written, and perhaps another waits.
#[derive(Default)]
pub struct Acks(Mutex<HashMap<String, Option<Replica>>>);

impl Acks {
    /// What the caller is to write; nothing where whoever writes for the client already will.
    fn begin(&self, new: Replica) -> Option<Replica> {
        match self.all().entry(new.client_id.clone()) {
            Entry::Vacant(place) => {
                place.insert(None);
                Some(new)
            }
            Entry::Occupied(mut place) => {
                let waits = place.get_mut();
                *waits = Some(match waits.take() {
                    Some(before) => before.and(new),
                    None => new,
                });
                None
            }
        }
    }

    /// What came of the client meanwhile; where nothing did, its writer is done.
    fn next(&self, client: &str) -> Option<Replica> {
        let mut all = self.all();
        let next = all.get_mut(client).and_then(Option::take);
        if next.is_none() {
            all.remove(client);
        }
        next
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Option<Replica>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes one, and answers when it is written.
pub async fn write_now(idp: &Idp, new: Replica) -> Result<(), DbError> {
    idp.db.write(new, |new, mut tx| Box::pin(async move { store::acknowledge(&mut tx, new).await })).await?;
    idp.log.heard();
    Ok(())
}

/// Writes one, without anybody waiting for that. What is lost with the process comes with the client's next poll.
pub fn write(idp: &Arc<Idp>, new: Replica) {
    let Some(first) = idp.log.acks.begin(new) else { return };
    let idp = Arc::clone(idp);
    tokio::spawn(async move {
        let (client, mut next) = (first.client_id.clone(), Some(first));
        while let Some(replica) = next {
            if let Err(error) = write_now(&idp, replica).await {
                tracing::debug!(%error, "an acknowledgement of the access log was not written");
            }
            next = idp.log.acks.next(&client);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::clock::Timestamp;

    fn at(client: &str, epoch: &str, position: i64, seen: i64) -> Replica {
        Replica { client_id: client.into(), epoch: epoch.into(), position, seen_at: Timestamp(seen) }
    }

    #[test]
    fn of_a_client_one_is_written_at_a_time_and_then_all_that_came_meanwhile_as_one() {
        let acks = Acks::default();
        assert_eq!(acks.begin(at("a", "e", 1, 1)), Some(at("a", "e", 1, 1)));
        assert_eq!(acks.begin(at("b", "e", 9, 1)), Some(at("b", "e", 9, 1)), "another client waits for nobody");
        assert_eq!(acks.begin(at("a", "e", 5, 2)), None);
        assert_eq!(acks.begin(at("a", "e", 3, 3)), None);
        assert_eq!(acks.next("a"), Some(at("a", "e", 5, 3)), "never back");
        assert_eq!(acks.begin(at("a", "e", 6, 3)), None);
        assert_eq!(acks.begin(at("a", "f", 2, 4)), None);
        assert_eq!(acks.next("a"), Some(at("a", "f", 2, 4)), "another epoch counts anew");
        assert_eq!((acks.next("a"), acks.next("b")), (None, None));
        assert_eq!(acks.begin(at("a", "f", 3, 5)), Some(at("a", "f", 3, 5)));
    }
}
