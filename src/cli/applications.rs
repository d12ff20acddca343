//! The words for applications and for the tokens that let others register some, and what each of them does.

use std::path::PathBuf;

use clap::Subcommand;

use crate::app::{AppError, Applications as Desk};
use crate::config::Settings;

/// What to do about applications.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Applications {
    /// Print applications by client id
    List {
        /// Only those with this text in id or name
        search: Option<String>,
    },
    /// Print what is registered of an application, and who may use it
    Show {
        /// Its client id
        id: String,
    },
    /// Register an application; its secret is printed this once
    Register {
        /// A JSON or YAML file with the names of RFC 7591, or - for standard input
        file: PathBuf,
        /// Its client id; one is made where none is given
        #[arg(long)]
        id: Option<String>,
    },
    /// Put another registration in place of an application's
    Change {
        /// Its client id
        id: String,
        /// A JSON or YAML file with the names of RFC 7591, or - for standard input
        file: PathBuf,
    },
    /// Give an application another secret, printed this once; the one before works no more
    Secret {
        /// Its client id
        id: String,
    },
    /// Let an application be used again
    Enable {
        /// Its client id
        id: String,
    },
    /// End the use of an application and all that it was given
    Disable {
        /// Its client id
        id: String,
    },
    /// List someone for an application, which counts once it is limited
    Allow {
        /// Its client id
        id: String,
        /// An e-mail address or id, group:NAME, role:NAME or relation:ID
        who: String,
    },
    /// Take someone off an application's list, and end what he has there
    Disallow {
        /// Its client id
        id: String,
        /// An e-mail address or id, group:NAME, role:NAME or relation:ID
        who: String,
    },
    /// Let only those listed use an application, and end what others have there
    Limit {
        /// Its client id
        id: String,
    },
    /// Let everyone who may sign in use an application
    Open {
        /// Its client id
        id: String,
    },
    /// Work on the tokens that let others register applications
    Tokens {
        /// Which of it
        #[command(subcommand)]
        command: Tokens,
    },
}

/// What to do about initial access tokens.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Tokens {
    /// Print them, the newest first
    List,
    /// Make one, printed this once
    Make {
        /// What it is for
        note: String,
        /// How many applications may be registered with it
        #[arg(long, default_value_t = 1)]
        uses: u32,
        /// For how many days it works
        #[arg(long, default_value_t = 7)]
        days: u32,
    },
    /// Revoke one; what was registered with it stays
    Revoke {
        /// Its id
        id: String,
    },
}

/// Does it; what is to be printed.
pub async fn applications(settings: Settings, command: Applications) -> Result<String, AppError> {
    let desk = Desk::open(settings).await?;
    let said = match command {
        Applications::List { search } => desk.list(search.as_deref().unwrap_or_default()).await,
        Applications::Show { id } => desk.show(&id).await,
        Applications::Register { file, id } => desk.register(id, &file).await,
        Applications::Change { id, file } => desk.change(&id, &file).await,
        Applications::Secret { id } => desk.secret(&id).await,
        Applications::Enable { id } => desk.set_enabled(&id, true).await,
        Applications::Disable { id } => desk.set_enabled(&id, false).await,
        Applications::Allow { id, who } => desk.set_allowed(&id, &who, true).await,
        Applications::Disallow { id, who } => desk.set_allowed(&id, &who, false).await,
        Applications::Limit { id } => desk.set_limited(&id, true).await,
        Applications::Open { id } => desk.set_limited(&id, false).await,
        Applications::Tokens { command } => match command {
            Tokens::List => desk.tokens().await,
            Tokens::Make { note, uses, days } => desk.make_token(note, uses, days).await,
            Tokens::Revoke { id } => desk.revoke_token(&id).await,
        },
    };
    desk.close().await;
    said
}
