//! The tiles of a person, and putting one first.

use std::collections::BTreeMap;

use super::model::{self, host, opens};
use super::store;
use crate::contract::links::{Tile, TileKind};
use crate::idp::clients::model::Consent;
use crate::idp::consent::{self, Asks};
use crate::idp::own::RECORD_STORE;
use crate::idp::people::Person;
use crate::idp::{Idp, clients};
use crate::kernel::db::{DbError, Tx};

/// Everything that a person may open now, in a language: favourites first, then by title.
pub async fn tiles(idp: &Idp, tx: &mut Tx<'_>, person: &Person, language: &str) -> Result<Vec<Tile>, DbError> {
    let now = idp.env.now();
    let mut tiles = Vec::new();
    let given = consent::store::all_of(tx, &person.id).await?;
    let allowed: BTreeMap<&str, Asks> = given.iter().map(|g| (g.client_id.as_str(), g.asks())).collect();
    for (client, by_itself) in clients::store::usable_by(tx, &person.id, now).await? {
        let given = allowed.get(client.id.as_str());
        // At one that registered itself somebody has looked once its consent is the organisation's; until then it is shown to
        // those who have allowed it something.
        if by_itself && client.metadata.consent != Consent::Implied && given.is_none() {
            continue;
        }
        let Some(url) = opens(&client, idp.issuer(), person, given) else { continue };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idp::clients::{Client, Metadata};
    use crate::idp::testing::Lab;
    use crate::idp::{people, registration};
    use crate::kernel::clock::Clock;

    /// Where the tile of `rp` leads, for whoever has this subject identifier.
    async fn opened(lab: &Lab, sub: &str) -> Option<String> {
        let mut snapshot = lab.idp.db.snapshot().await.unwrap();
        let mut tx = snapshot.tx();
        let person = people::store::by_id(&mut tx, sub).await.unwrap().unwrap();
        let tiles = tiles(&lab.idp, &mut tx, &person, "en").await.unwrap();
        tiles.into_iter().find(|t| t.id == "app:rp").map(|t| t.address)
    }

    async fn allow(lab: &Lab, sub: &str, scopes: &str) {
        let input = (sub.to_owned(), Asks::new(scopes, "", ""), lab.clock.now());
        let done: Result<(), DbError> = lab
            .idp
            .db
            .write(input, |(sub, asks, now), mut tx| {
                Box::pin(async move { consent::store::put(&mut tx, sub, "rp", asks, *now).await })
            })
            .await;
        done.unwrap();
    }

    /// case 10: an application that registered itself puts itself on nobody's start page, and is told no address there.
    #[tokio::test]
    async fn an_application_that_registered_itself_is_shown_to_those_who_have_allowed_it_something() {
        let lab = Lab::new().await;
        let (daan, _) = lab.signed_in("daan").await;
        let (mila, _) = lab.signed_in("mila").await;
        let metadata = Metadata {
            client_name: "RP".into(),
            consent: Consent::Ask,
            initiate_login_uri: Some("https://rp.example/login".into()),
            scope: Some("openid profile email".into()),
            ..Metadata::default()
        };
        let client = Client { id: "rp".into(), metadata: metadata.clone(), secret_hash: None, enabled: true };
        let done: Result<(), DbError> = lab
            .idp
            .db
            .write((client, lab.clock.now()), |(client, now), mut tx| {
                Box::pin(async move {
                    clients::store::save(&mut tx, client, *now).await?;
                    registration::store::mark(&mut tx, &client.id, "hash", None).await
                })
            })
            .await;
        done.unwrap();
        assert_eq!(opened(&lab, &daan).await, None);
        allow(&lab, &daan, "openid profile").await;
        let address = opened(&lab, &daan).await.unwrap();
        assert!(address.starts_with("https://rp.example/login?iss=") && !address.contains("login_hint"), "{address}");
        allow(&lab, &daan, "openid profile email").await;
        assert!(opened(&lab, &daan).await.unwrap().ends_with("&login_hint=daan%40example.com"));
        assert_eq!(opened(&lab, &mila).await, None, "each for himself");
        // Once an administrator answers for it, it is one of the organisation's.
        let adopted = Metadata { consent: Consent::Implied, ..metadata };
        let adopted = Client { id: "rp".into(), metadata: adopted, secret_hash: None, enabled: true };
        let now = lab.clock.now();
        let saved = lab.idp.db.write((adopted, now), |(client, now), mut tx| {
            Box::pin(async move { clients::store::save(&mut tx, client, *now).await })
        });
        saved.await.unwrap();
        assert!(opened(&lab, &mila).await.is_some());
    }
}
