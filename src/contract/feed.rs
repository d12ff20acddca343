//! The access log on the wire: what the provider tells its resource servers, in commit order.

use serde::{Deserialize, Serialize};

/// One entry. Each says how something **is** from this position on, so that taking it twice does no harm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Entry {
    /// A person exists with these properties. Disabled people have `active` false.
    Person {
        /// Subject identifier.
        sub: String,
        /// Display name.
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
    /// An application may be used, or no longer.
    Client {
        /// The client id.
        client_id: String,
        /// Whether its tokens count.
        enabled: bool,
    },
}

/// Who holds a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// A person, by subject identifier.
    Person(String),
    /// A group, by id.
    Group(String),
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

/// An answer to "what came after this position".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedPage {
    /// Which log: positions of different epochs can't be compared.
    pub epoch: String,
    /// The last position there is.
    pub head: i64,
    /// The entries, in order. When the last one is before `head`, there is more.
    pub entries: Vec<Positioned>,
}
