//! SQL of what pages need beside records: the names of those who made and changed them.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::db::{DbError, Tx};
use crate::sql;

/// Display names by subject, as the replica has them. Who isn't in it has none. A page shows the doings of few people, so
/// each is asked for by itself.
pub async fn names<'a>(tx: &mut Tx<'_>, subs: impl Iterator<Item = &'a str>) -> Result<BTreeMap<String, String>, DbError> {
    let mut names = BTreeMap::new();
    for sub in subs.collect::<BTreeSet<_>>() {
        let row: Option<(String,)> = tx.q(sql!("SELECT name FROM replica_people WHERE sub = $1")).bind(sub).opt().await?;
        names.extend(row.map(|(name,)| (sub.to_owned(), name)));
    }
    Ok(names)
}
