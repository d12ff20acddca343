//! A relation's links, and the tiles of whoever is signed in: kept at the provider, asked in the person's own name.

use std::sync::Arc;

use super::client::Desk;
use super::flow::{Asker, Place, desk, token};
use super::model::GrantsError;
use crate::contract::links::{Link, NewLink, RelationLinks, Tile};
use crate::crm::Crm;

/// What the person may open.
pub async fn tiles(crm: &Arc<Crm>, asker: Asker<'_>) -> Result<Vec<Tile>, GrantsError> {
    Ok(Desk::new(&crm.provider, token(crm, asker).await?).tiles().await?.tiles)
}

/// The links of a relation.
pub async fn list(crm: &Arc<Crm>, asker: Asker<'_>, at: Place<'_>) -> Result<RelationLinks, GrantsError> {
    desk(crm, asker, at).await?.links(at.id).await
}

/// Adds a link to a relation.
pub async fn add(crm: &Arc<Crm>, asker: Asker<'_>, at: Place<'_>, new: &NewLink) -> Result<Link, GrantsError> {
    desk(crm, asker, at).await?.add_link(at.id, new).await
}

/// Removes a link of the relation that the address names (case 37).
pub async fn remove(crm: &Arc<Crm>, asker: Asker<'_>, at: Place<'_>, link: &str) -> Result<(), GrantsError> {
    let desk = desk(crm, asker, at).await?;
    if !desk.links(at.id).await?.links.iter().any(|l| l.id == link) {
        return Err(GrantsError::NotFound);
    }
    desk.remove_link(link).await
}
