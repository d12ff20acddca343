//! Answering. All facts of one answer, and the position that it names, are from one snapshot.

use super::model::{ACTIONS, Asked, Missing, Semantic};
use super::store;
use crate::contract::access::GrantLevel;
use crate::idp::Idp;
use crate::idp::feed::{self, Head};
use crate::kernel::db::{DbError, Tx};

/// Decisions, in the order of their questions, and where the log was. The answer to a question that can't be read is no.
pub async fn decide(idp: &Idp, asked: &[Result<Asked, Missing>], semantic: Semantic) -> Result<(Vec<bool>, Head), DbError> {
    let now = idp.env.now();
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let head = feed::store::head(&mut tx).await?;
    let mut decisions = Vec::new();
    for one in asked {
        let decision = match one {
            Ok(Asked { person, least: Some(least), relation: Some(relation) }) => {
                store::level(&mut tx, person, relation, now).await? >= Some(*least)
            }
            _ => false,
        };
        decisions.push(decision);
        if semantic.ends(decision) {
            break;
        }
    }
    Ok((decisions, head))
}

/// The actions that a person may do on a relation, least first; none where either is of a kind that is unknown.
pub async fn actions(idp: &Idp, person: Option<&str>, relation: Option<&str>) -> Result<(Vec<&'static str>, Head), DbError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx = snapshot.tx();
    let head = feed::store::head(&mut tx).await?;
    let level = match (person, relation) {
        (Some(person), Some(relation)) => store::level(&mut tx, person, relation, idp.env.now()).await?,
        _ => None,
    };
    Ok((ACTIONS.iter().filter(|(_, least)| level >= Some(*least)).map(|(name, _)| *name).collect(), head))
}

/// What is searched for.
#[derive(Clone, Debug)]
pub enum Sought {
    /// Relations of a person.
    Relations(String),
    /// People of a relation.
    People(String),
}

/// A page of what is searched for, and whether there is more behind it. Of what exists nowhere (`sought`, `least`) there is
/// nothing.
pub async fn search(
    idp: &Idp,
    sought: Option<&Sought>,
    least: Option<GrantLevel>,
    (after, limit): (&str, usize),
) -> Result<(Vec<String>, bool, Head), DbError> {
    let mut snapshot = idp.db.snapshot().await?;
    let mut tx: Tx<'_> = snapshot.tx();
    let head = feed::store::head(&mut tx).await?;
    let (now, one_more) = (idp.env.now(), i64::try_from(limit).unwrap_or(0).saturating_add(1));
    let mut found = match (sought, least) {
        (Some(Sought::Relations(person)), Some(least)) => {
            store::relations(&mut tx, person, least, (after, one_more), now).await?
        }
        (Some(Sought::People(relation)), Some(least)) => store::people(&mut tx, relation, least, (after, one_more), now).await?,
        _ => Vec::new(),
    };
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more, head))
}
