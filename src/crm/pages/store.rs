//! What pages read beside records: the names of those who made and changed them.

use std::collections::BTreeMap;

use crate::crm::replica::people;
use crate::kernel::db::{DbError, Tx};

/// Display names by subject, as the replica has them. Who isn't in it has none.
pub async fn names<'a>(tx: &mut Tx<'_>, subs: impl Iterator<Item = &'a str>) -> Result<BTreeMap<String, String>, DbError> {
    people::names(tx, subs.map(str::to_owned).collect()).await
}
