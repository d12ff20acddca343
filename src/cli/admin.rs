//! The words for people, groups, roles, sessions and invitations, and what each of them does.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::direct::{self, Federation, Policies, Recoveries};
use crate::app::{Administration, AppError, PersonWish};
use crate::config::Settings;

/// What to do about people.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum People {
    /// Print people by name
    List {
        /// Only those with this text in name or address
        search: Option<String>,
        /// Only those who work here (true) or don't (false)
        #[arg(long, value_name = "BOOL")]
        staff: Option<bool>,
        /// Only those who may sign in (true) or may not (false)
        #[arg(long, value_name = "BOOL")]
        active: Option<bool>,
    },
    /// Print what is known of a person; never a password or code
    Show {
        /// E-mail address or id
        who: String,
    },
    /// Add a person, who gets a mail with a link to choose a password
    Add {
        /// E-mail address
        email: String,
        /// His properties
        #[command(flatten)]
        properties: Properties,
    },
    /// Change a person's properties; what is left out stays
    Change {
        /// E-mail address or id
        who: String,
        /// His properties
        #[command(flatten)]
        properties: Properties,
    },
    /// Print what applications are told of a person beside name, address and phone; or say it anew, as a whole
    Profile {
        /// E-mail address or id
        who: String,
        /// A JSON or YAML file with the standard claims of OpenID Connect, or - for standard input
        file: Option<PathBuf>,
    },
    /// Mail a link to choose a password; the present one stays until it is used
    PasswordLink {
        /// E-mail address or id
        who: String,
    },
    /// Invite someone, who proves the address and chooses a password by a mailed link
    Invite {
        /// E-mail address
        email: String,
        /// His properties
        #[command(flatten)]
        properties: Properties,
        /// Groups that accepting puts him in, by name; may be there several times
        #[arg(long)]
        group: Vec<String>,
        /// Roles that it gives; may be there several times
        #[arg(long)]
        role: Vec<String>,
    },
    /// Print who was invited and has not answered
    Invited,
    /// Take such an invitation back
    Uninvite {
        /// Its id
        id: String,
    },
    /// Disable an account: whatever it holds ends, everywhere
    Disable {
        /// E-mail address or id
        who: String,
    },
    /// Enable an account again; what it held before stays ended
    Enable {
        /// E-mail address or id
        who: String,
    },
    /// Hand grants, open invitations and places in groups over to somebody else
    HandOver {
        /// E-mail address or id of who leaves
        who: String,
        /// E-mail address or id of who takes over
        to: String,
        /// Disable the account as well
        #[arg(long)]
        close: bool,
    },
    /// Print everything that is kept about a person, as JSON
    Export {
        /// E-mail address or id
        who: String,
    },
    /// Erase a person whose account is disabled, and print the copy of what was kept, once
    Erase {
        /// E-mail address or id
        who: String,
        /// The person's e-mail address, to show that this one is meant
        #[arg(long, value_name = "ADDRESS")]
        confirm: String,
    },
}

/// Properties of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct Properties {
    /// Display name
    #[arg(long)]
    pub name: Option<String>,
    /// en, nl, pl or tr
    #[arg(long)]
    pub language: Option<String>,
    /// Phone number; an empty one takes it away
    #[arg(long)]
    pub phone: Option<String>,
    /// Whether the person works here
    #[arg(long, value_name = "BOOL")]
    pub staff: Option<bool>,
}

impl From<Properties> for PersonWish {
    fn from(p: Properties) -> Self {
        Self { name: p.name, language: p.language, phone: p.phone, staff: p.staff }
    }
}

/// What to do about groups.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Groups {
    /// Print groups with how many members they have
    List {
        /// Only those with this text in their name
        search: Option<String>,
    },
    /// Print a group's roles and members
    Show {
        /// Name or id
        group: String,
    },
    /// Make a group
    Make {
        /// Its name
        name: String,
    },
    /// Give a group another name
    Rename {
        /// Name or id
        group: String,
        /// The new name
        name: String,
    },
    /// Take a group away, with all that people have by it
    Delete {
        /// Name or id
        group: String,
    },
    /// Put a person in a group
    Add {
        /// Name or id
        group: String,
        /// E-mail address or id
        who: String,
    },
    /// Take a person out of a group
    Remove {
        /// Name or id
        group: String,
        /// E-mail address or id
        who: String,
    },
}

/// What to do about roles.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Roles {
    /// Print the roles that somebody has
    List,
    /// Print who has a role
    Show {
        /// Its name
        role: String,
    },
    /// Give a role
    Give {
        /// Its name
        role: String,
        /// An e-mail address, or group:NAME
        who: String,
    },
    /// Take a role
    Take {
        /// Its name
        role: String,
        /// An e-mail address, or group:NAME
        who: String,
    },
}

/// What to do about sessions.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Sessions {
    /// Print who is signed in
    List {
        /// Only the sessions of this person: e-mail address or id
        who: Option<String>,
    },
    /// End a session, at every application too
    End {
        /// Its id
        id: String,
    },
    /// End all sessions of a person
    EndAll {
        /// E-mail address or id
        who: String,
    },
}

/// What to do about invitations to relations.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Invitations {
    /// Print invitations, the latest first
    List {
        /// open, accepted, expired or revoked
        #[arg(long)]
        state: Option<String>,
    },
    /// Take an invitation back, and what came of it
    Revoke {
        /// Its id
        id: String,
    },
}

/// What to do about links of the start page.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Links {
    /// Print links, the latest first
    List,
    /// Make a link, and print its id
    Make {
        /// A JSON or YAML file with title, address, description, for, whom and active (docs/administration.md), or - for standard input
        file: PathBuf,
    },
    /// Put another in place of a link
    Change {
        /// Its id
        id: String,
        /// A file as for making one, or - for standard input
        file: PathBuf,
    },
    /// Remove a link
    Remove {
        /// Its id
        id: String,
    },
}

/// One of these commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Administer {
    /// About people.
    People(People),
    /// About groups.
    Groups(Groups),
    /// About roles.
    Roles(Roles),
    /// About sessions.
    Sessions(Sessions),
    /// About invitations.
    Invitations(Invitations),
    /// About links.
    Links(Links),
    /// About ways back.
    Recoveries(Recoveries),
    /// About sign-in policies.
    Policies(Policies),
    /// About other providers.
    Federation(Federation),
}

/// Does it; what is to be printed.
pub async fn administer(settings: Settings, command: Administer) -> Result<String, AppError> {
    let admin = Administration::open(settings).await?;
    let said = match command {
        Administer::People(command) => people(&admin, command).await,
        Administer::Groups(command) => groups(&admin, command).await,
        Administer::Roles(command) => roles(&admin, command).await,
        Administer::Sessions(command) => match command {
            Sessions::List { who } => admin.list_sessions(who.as_deref()).await,
            Sessions::End { id } => admin.end_session(&id).await,
            Sessions::EndAll { who } => admin.end_sessions(&who).await,
        },
        Administer::Links(command) => match command {
            Links::List => admin.list_links().await,
            Links::Make { file } => admin.save_link(None, &file).await,
            Links::Change { id, file } => admin.save_link(Some(&id), &file).await,
            Links::Remove { id } => admin.remove_link(&id).await,
        },
        Administer::Recoveries(command) => direct::recoveries(&admin, command).await,
        Administer::Policies(command) => direct::policies(&admin, command).await,
        Administer::Federation(command) => direct::federation(&admin, command).await,
        Administer::Invitations(command) => match command {
            Invitations::List { state } => admin.list_invitations(state.as_deref()).await,
            Invitations::Revoke { id } => admin.revoke_invitation(&id).await,
        },
    };
    admin.close().await;
    said
}

async fn people(admin: &Administration, command: People) -> Result<String, AppError> {
    match command {
        People::List { search, staff, active } => admin.find_people(search.as_deref().unwrap_or_default(), staff, active).await,
        People::Show { who } => admin.show_person(&who).await,
        People::Add { email, properties } => admin.add_person(&email, &properties.into()).await,
        People::Change { who, properties } => admin.change_person(&who, properties.into()).await,
        People::Profile { who, file } => admin.profile(&who, file.as_deref()).await,
        People::PasswordLink { who } => admin.password_link(&who).await,
        People::Invite { email, properties, group, role } => admin.invite(&email, properties.into(), group, role).await,
        People::Invited => admin.invited().await,
        People::Uninvite { id } => admin.uninvite(&id).await,
        People::Disable { who } => admin.disable(&who).await,
        People::Enable { who } => admin.enable(&who).await,
        People::HandOver { who, to, close } => admin.hand_over(&who, &to, close).await,
        People::Export { who } => admin.copy_of(&who).await,
        People::Erase { who, confirm } => admin.erase(&who, &confirm).await,
    }
}

async fn groups(admin: &Administration, command: Groups) -> Result<String, AppError> {
    match command {
        Groups::List { search } => admin.list_groups(search.as_deref().unwrap_or_default()).await,
        Groups::Show { group } => admin.show_group(&group).await,
        Groups::Make { name } => admin.make_group(&name).await,
        Groups::Rename { group, name } => admin.rename_group(&group, &name).await,
        Groups::Delete { group } => admin.delete_group(&group).await,
        Groups::Add { group, who } => admin.set_member(&group, &who, true).await,
        Groups::Remove { group, who } => admin.set_member(&group, &who, false).await,
    }
}

async fn roles(admin: &Administration, command: Roles) -> Result<String, AppError> {
    match command {
        Roles::List => admin.list_roles().await,
        Roles::Show { role } => admin.show_role(&role).await,
        Roles::Give { role, who } => admin.set_role(&role, &who, true).await,
        Roles::Take { role, who } => admin.set_role(&role, &who, false).await,
    }
}
