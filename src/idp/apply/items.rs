//! What a sound file turns into: what to compare with what is there, and what a file that is not sound is told. Pure.

use std::collections::BTreeSet;

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::allowed::Allowed;
use super::grants::GrantItem;
use super::links::LinkItem;
use super::policies::PolicyItem;
use crate::idp::clients::Metadata;
use crate::idp::federation::model::Form;
use crate::idp::people::{EmailKey, Profile};

/// Something that a file can't ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The path to it, such as `people[2].email`.
    pub at: String,
    /// What is wrong, and what to write instead.
    pub why: String,
}

/// Someone or something that a file refers to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// A person, by canonical address.
    Person(String),
    /// A group, by name.
    Group(String),
    /// A relation, by id or by its name for files. No file makes one.
    Relation(String),
}

/// What to compare, and make as written. In the order in which each can rely on the ones before.
#[derive(Clone, Debug)]
pub enum Item {
    /// A person's properties and credentials.
    Person(Box<PersonItem>),
    /// That a group exists.
    Group(String),
    /// All groups of a person.
    GroupsOf(String, BTreeSet<String>),
    /// Everyone in a group, by canonical address.
    MembersOf(String, BTreeSet<String>),
    /// All roles of someone.
    RolesOf(Named, BTreeSet<String>),
    /// Everyone, or every group, that has a role.
    HoldersOf(String, Kind, BTreeSet<String>),
    /// An application.
    Application(Box<AppItem>),
    /// What is asked of sign-ins.
    Policy(Box<PolicyItem>),
    /// A link.
    Link(Box<LinkItem>),
    /// Access to a relation.
    Grant(Box<GrantItem>),
    /// Another provider.
    Upstream(Box<Form>),
}

/// A kind of holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// People, by canonical address.
    People,
    /// Groups, by name.
    Groups,
}

/// A person as the file has it.
#[derive(Clone, Debug)]
pub struct PersonItem {
    /// Where it stands.
    pub at: String,
    /// The canonical address.
    pub key: EmailKey,
    /// The address as written.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Language code, if given.
    pub language: Option<&'static str>,
    /// Phone number in E.164; `Some(None)` takes it away.
    pub phone: Option<Option<String>>,
    /// Whether the person works here, if given.
    pub staff: Option<bool>,
    /// Whether the person may sign in, if given.
    pub active: Option<bool>,
    /// The hash of the password.
    pub hash: Option<SecretString>,
    /// The password itself.
    pub password: Option<SecretString>,
    /// The authenticator's seed.
    pub seed: Option<Zeroizing<Vec<u8>>>,
    /// Standard claims, if given.
    pub profile: Option<Profile>,
}

/// An application as the file has it.
#[derive(Clone, Debug)]
pub struct AppItem {
    /// Where it stands.
    pub at: String,
    /// Its client id.
    pub id: String,
    /// Its secret, if given.
    pub secret: Option<SecretString>,
    /// Whether it may be used, if given.
    pub enabled: Option<bool>,
    /// Who may use it, if given.
    pub allowed: Option<Allowed>,
    /// What is registered.
    pub metadata: Metadata,
}

/// A sound file.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// What to make as written.
    pub items: Vec<Item>,
    /// Whoever is referred to and not made by the file itself, with where.
    pub outside: Vec<(String, Named)>,
}
