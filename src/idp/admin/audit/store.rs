//! SQL of what the ids in the log are called.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::db::{DbError, Sql, Tx};

/// What people, groups and relations of these ids are called; those that are not there any more have no name.
pub async fn names(tx: &mut Tx<'_>, ids: &BTreeSet<String>) -> Result<BTreeMap<String, String>, DbError> {
    let mut found = BTreeMap::new();
    let ids: Vec<&String> = ids.iter().collect();
    for ids in ids.chunks(200) {
        let mut q = tx.q(Sql::literal(""));
        q.push("SELECT id, name FROM people WHERE id IN (");
        list(&mut q, ids);
        q.push(") UNION ALL SELECT id, name FROM groups WHERE id IN (");
        list(&mut q, ids);
        q.push(") UNION ALL SELECT id, name FROM relations WHERE id IN (");
        list(&mut q, ids);
        q.push(")");
        found.extend(q.all::<(String, String)>().await?);
    }
    Ok(found)
}

fn list(q: &mut crate::kernel::db::Query<'_>, ids: &[&String]) {
    for (i, id) in ids.iter().enumerate() {
        q.push(if i > 0 { ", " } else { "" }).value((*id).clone());
    }
}
