//! The tiles of a person, and putting one first.

use super::model::{self, host, opens};
use super::store;
use crate::contract::links::{Tile, TileKind};
use crate::idp::own::RECORD_STORE;
use crate::idp::people::Person;
use crate::idp::{Idp, clients};
use crate::kernel::db::{DbError, Tx};

/// Everything that a person may open now, in a language: favourites first, then by title.
pub async fn tiles(idp: &Idp, tx: &mut Tx<'_>, person: &Person, language: &str) -> Result<Vec<Tile>, DbError> {
    let now = idp.env.now();
    let mut tiles = Vec::new();
    for client in clients::store::usable_by(tx, &person.id, now).await? {
        let Some(url) = opens(&client, idp.issuer(), person) else { continue };
        // The record store goes by the organisation's name, as on its own pages.
        let own = client.id == RECORD_STORE;
        tiles.push(Tile {
            id: format!("app:{}", client.id),
            kind: TileKind::Application,
            title: if own { idp.env.settings.organisation.clone() } else { client.metadata.client_name.clone() },
            description: None,
            host: host(&url),
            address: url.into(),
            favourite: false,
        });
    }
    let links = store::for_person(tx, &person.id, now).await?;
    tiles.extend(links.iter().filter_map(|l| model::tile(l, language)));
    let favourites = store::favourites(tx, &person.id).await?;
    for tile in &mut tiles {
        tile.favourite = favourites.contains(&tile.id);
    }
    model::sort(&mut tiles);
    Ok(tiles)
}

/// Puts a tile first, or back among the others. One that the person does not have changes nothing.
pub async fn set_favourite(idp: &Idp, person: &Person, tile: &str, on: bool) -> Result<(), DbError> {
    let mine = {
        let mut snapshot = idp.db.snapshot().await?;
        tiles(idp, &mut snapshot.tx(), person, "en").await?.iter().any(|t| t.id == tile)
    };
    if on && !mine {
        return Ok(());
    }
    let input = (person.id.clone(), tile.to_owned(), on, idp.env.now());
    idp.db
        .write(input, |(person, tile, on, now), mut tx| {
            Box::pin(async move { store::set_favourite(&mut tx, person, tile, *on, *now).await })
        })
        .await
}
