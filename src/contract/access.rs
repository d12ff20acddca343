//! Grants on relations and invitations on the wire: what the record store's pages ask of the provider with the signed-in
//! person's own token, and what the provider answers. Owns no rule about who may.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::feed::Holder;

/// The scope of a person's token that reads and changes who has access to a relation.
pub const SCOPE_GRANTS: &str = "grants";
/// The scope of a client's own token that tells the provider which relations there are.
pub const SCOPE_RELATIONS: &str = "relations:write";
/// Most relations in one push.
pub const MAX_PUSH: usize = 500;
/// Most characters of the reason for a grant.
pub const MAX_REASON: usize = 500;

/// How much of a relation a grant opens, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GrantLevel {
    /// Only items that name him.
    Participant,
    /// Reads.
    Reader,
    /// Reads and adds.
    Contributor,
    /// Also decides who has access.
    Manager,
}

impl GrantLevel {
    /// All, least first.
    pub const ALL: [Self; 4] = [Self::Participant, Self::Reader, Self::Contributor, Self::Manager];

    /// Its place in the order, from 1; as stored.
    pub const fn rank(self) -> i64 {
        match self {
            Self::Participant => 1,
            Self::Reader => 2,
            Self::Contributor => 3,
            Self::Manager => 4,
        }
    }
    /// From its place in the order.
    pub fn from_rank(rank: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.rank() == rank)
    }
    /// As on the wire; key of its name in `locales/`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Participant => "participant",
            Self::Reader => "reader",
            Self::Contributor => "contributor",
            Self::Manager => "manager",
        }
    }
}

/// What the provider must know of a relation to grant on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// The record store's id of it.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The relation that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The name by which files refer to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_key: Option<String>,
    /// Whether it can be granted on; false once it was put away.
    pub active: bool,
}

/// A grant that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGrant {
    /// Who gets it.
    pub holder: Holder,
    /// How much.
    pub level: GrantLevel,
    /// From when, milliseconds since 1970; at once without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// Until when (not included); for good without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A grant as the provider answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Grant {
    /// Its id.
    pub id: String,
    /// On which relation.
    pub relation: String,
    /// Who has it.
    pub holder: Holder,
    /// What the holder is called.
    pub holder_name: String,
    /// Whether the holder works here; `None` for a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<bool>,
    /// How much.
    pub level: GrantLevel,
    /// From when, milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// Until when (not included).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who gave it (`sub`); `None` for the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted_by: Option<String>,
    /// When, milliseconds since 1970.
    pub granted_at: i64,
}

/// What is to be different about a grant; what is left out stays. `null` for `until` is for good, for `reason` none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantChange {
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<GrantLevel>,
    /// Until when (not included), milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub until: Option<Option<i64>>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub reason: Option<Option<String>>,
}

/// Tells `null` from what is left out.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(d).map(Some)
}

/// A grant after it was given or changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangedGrant {
    /// As it is now.
    #[serde(flatten)]
    pub grant: Grant,
    /// Where it opens less than before: whether that is known everywhere by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Taken>,
}

/// Who has access to a relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RelationAccess {
    /// The grants in force or to come, in the order they were given.
    pub grants: Vec<Grant>,
    /// Invitations that wait to be accepted.
    pub invitations: Vec<Invitation>,
    /// Whether who asks may change any of it.
    pub may_change: bool,
}

/// A contact is to be invited. The id is the record store's own, so that asking twice invites once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// The address that the link goes to, and that accepting proves.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// Language code of the mail.
    pub language: String,
    /// The relation that accepting gives access to.
    pub relation: String,
    /// How much of it.
    pub level: GrantLevel,
    /// Until when (not included), milliseconds since 1970; for good without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// An invitation as the provider answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// The record store's id of it.
    pub id: String,
    /// Where the link went.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// On which relation.
    pub relation: String,
    /// How much accepting gives.
    pub level: GrantLevel,
    /// When it was made, milliseconds since 1970.
    pub made_at: i64,
    /// Until when the link works.
    pub expires_at: i64,
    /// When it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<i64>,
}

/// What became of taking access away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Taken {
    /// Whether everyone concerned has acknowledged it; otherwise it is still on its way to those of `waiting_for`.
    pub state: TakenState,
    /// Replicas and applications (client ids) that have not acknowledged yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting_for: Vec<String>,
}

/// Whether something that was taken away is refused everywhere by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TakenState {
    /// Everywhere.
    Done,
    /// It counts at the provider; someone has not acknowledged.
    Pending,
}
