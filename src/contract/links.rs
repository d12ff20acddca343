//! Links to outside web applications and sites, and the tiles of the start page, on the wire: what the record store's pages
//! ask of the provider with the signed-in person's own token. Owns no rule about who may.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most links of one relation.
pub const MAX_LINKS: usize = 100;

/// A text for people: one for all, or one for each language by its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Words {
    /// The same in every language.
    One(String),
    /// By language code.
    Each(BTreeMap<String, String>),
}

impl Words {
    /// The text in a language; in English where that is missing, or in whatever there is.
    pub fn in_language(&self, code: &str) -> &str {
        match self {
            Self::One(text) => text,
            Self::Each(all) => {
                let found = all.get(code).or_else(|| all.get("en")).or_else(|| all.values().next());
                found.map_or("", String::as_str)
            }
        }
    }

    /// Every text, with its language where it has one.
    pub fn all(&self) -> Vec<(Option<&str>, &str)> {
        match self {
            Self::One(text) => vec![(None, text)],
            Self::Each(all) => all.iter().map(|(code, text)| (Some(code.as_str()), text.as_str())).collect(),
        }
    }
}

/// A link that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// What it is called.
    pub title: Words,
    /// Where it leads: https or http.
    pub address: String,
    /// What opens, in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Words>,
}

/// A link as the provider answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Link {
    /// Its id.
    pub id: String,
    /// The relation that it is of.
    pub relation: String,
    /// What it is called.
    pub title: Words,
    /// Where it leads.
    pub address: String,
    /// What opens, in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Words>,
    /// When it was made, milliseconds since 1970.
    pub made_at: i64,
}

/// The links of a relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RelationLinks {
    /// In the order they were made.
    pub links: Vec<Link>,
    /// Whether who asks may change them.
    pub may_change: bool,
}

/// What a tile opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TileKind {
    /// An application of the provider: it opens signed in.
    Application,
    /// A web application or site elsewhere, which knows nothing of this sign-in.
    Link,
}

/// Something that a person may open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tile {
    /// `app:<client id>` or `link:<id>`.
    pub id: String,
    /// What opens.
    pub kind: TileKind,
    /// What it is called, in the person's language.
    pub title: String,
    /// What opens, in one line, in the person's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where it leads.
    pub address: String,
    /// The host that opens, for people.
    pub host: String,
    /// Whether the person has put it first.
    pub favourite: bool,
}

/// Everything that a person may open, as on the start page: favourites first, then by title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tiles {
    /// The tiles.
    pub tiles: Vec<Tile>,
}
