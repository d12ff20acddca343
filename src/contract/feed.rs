//! The access log on the wire: what the provider tells its resource servers, in commit order.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::GrantLevel;

/// One entry. Each says how something **is** from this position on, so that taking it twice does no harm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Entry {
    /// A person exists with these properties. Disabled people have `active` false.
    Person {
        /// Subject identifier.
        sub: String,
        /// Display name; empty in a log that names people beside its entries ([`FeedPage::names`]).
        name: String,
        /// Language code.
        language: String,
        /// Whether the person works here (the others are externals).
        staff: bool,
        /// Whether the person may sign in.
        active: bool,
    },
    /// A group exists.
    Group {
        /// The group's id.
        group: String,
        /// Its name.
        name: String,
    },
    /// A person is in a group, or no longer.
    Member {
        /// The group's id.
        group: String,
        /// The person.
        sub: String,
        /// Whether he is in it.
        present: bool,
    },
    /// A person or group has a role, or no longer.
    Role {
        /// Who has it.
        holder: Holder,
        /// The role's name.
        role: String,
        /// Whether it is had.
        present: bool,
    },
    /// A session at the provider has ended: tokens of it (claim `sid`) are refused, but for offline access.
    SessionEnded {
        /// The session's id.
        sid: String,
    },
    /// What was issued together (claim `issue`) is revoked.
    IssueRevoked {
        /// The issue's id.
        issue: String,
    },
    /// A signing key is withdrawn: nothing that it signed counts.
    KeyWithdrawn {
        /// Its name.
        kid: String,
    },
    /// An application may be used, or no longer.
    Client {
        /// The client id.
        client_id: String,
        /// Whether its tokens count.
        enabled: bool,
    },
    /// A person or group has a level on a relation, or no longer. The same grant again says how it is from now on.
    Grant {
        /// The grant's id.
        grant: String,
        /// Who has it.
        holder: Holder,
        /// The relation, by the record store's id.
        relation: String,
        /// How much.
        level: GrantLevel,
        /// From when, milliseconds since 1970; at once without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<i64>,
        /// Until when (not included); for good without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<i64>,
        /// Whether it is had.
        present: bool,
    },
    /// An invitation was accepted by a person, who is from now on whom it was made for; or no longer.
    Invited {
        /// The invitation's id, which whoever asked for it chose.
        invitation: String,
        /// The person who accepted.
        sub: String,
        /// Whether it holds.
        present: bool,
    },
}

/// Who holds a role or a grant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// A person, by subject identifier.
    Person(String),
    /// A group, by id.
    Group(String),
}

impl Holder {
    /// As one text, for a column: `person:<sub>` or `group:<id>`.
    pub fn key(&self) -> String {
        match self {
            Self::Person(id) => format!("person:{id}"),
            Self::Group(id) => format!("group:{id}"),
        }
    }
}

/// An entry at its position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Positioned {
    /// Its place in commit order, from 1 without gaps.
    pub position: i64,
    /// When it was written, in milliseconds since 1970.
    pub at: i64,
    /// The entry.
    pub entry: Entry,
}

impl Positioned {
    /// The same with the name of the person that it is about, as people are called now.
    #[must_use]
    pub fn named(mut self, names: &BTreeMap<String, String>) -> Self {
        if let Entry::Person { sub, name, .. } = &mut self.entry
            && let Some(now) = names.get(sub)
        {
            name.clone_from(now);
        }
        self
    }

    /// The digest over the log up to this entry: SHA-256, in base64url without padding, of `before` (the digest up to the
    /// entry before it, empty before the first), a line feed and the entry as it stands on the wire.
    pub fn link(&self, before: &str) -> Result<String, serde_json::Error> {
        let mut text = format!("{before}\n").into_bytes();
        serde_json::to_writer(&mut text, self)?;
        Ok(URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &text)))
    }
}

/// An answer to "what came after this position": `GET /api/access-log?after=<position>`, which also says that everything
/// up to that position is had. `epoch` and `chain` of the answer that the position is from say of which log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedPage {
    /// Which log: positions of different epochs can't be compared.
    pub epoch: String,
    /// The last position there is.
    pub head: i64,
    /// The entries, in order. When the last one is before `head`, there is more.
    pub entries: Vec<Positioned>,
    /// Digest over the whole log ([`Positioned::link`]) up to the last entry given, or up to the position that was asked
    /// from when there is none. Whoever keeps it with its cursor and sends it along proves which log it has read; empty
    /// when the log keeps none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub chain: String,
    /// What the people of the entries are called now, by subject identifier. Names are no part of the log, which is never rewritten, so
    /// that erasing somebody leaves none in it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
}

/// The data of an event `head` of `GET /api/access-log/stream`: where the log stands, whenever that has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadMoved {
    /// Which log.
    pub epoch: String,
    /// Its last position.
    pub position: i64,
}
