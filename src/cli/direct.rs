//! The words for ways back, sign-in policies and other providers, and what each of them does.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::app::{Administration, AppError, PolicyWish};

/// What to do about people who can't get in any more.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Recoveries {
    /// Print who waits for a decision
    List,
    /// Ask for a person; an administrator decides
    Ask {
        /// E-mail address or id
        who: String,
        /// What is lost: password, or factors for the second factors too
        #[arg(long, value_name = "WHAT")]
        lost: String,
        /// Why, for whoever decides
        #[arg(long)]
        reason: String,
    },
    /// Approve: a mail with the link goes to the person
    Approve {
        /// The request's id
        id: String,
    },
    /// Refuse: the link is void
    Refuse {
        /// The request's id
        id: String,
    },
}

/// What to do about sign-in policies.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Policies {
    /// Print the policies
    List,
    /// Print a policy
    Show {
        /// everyone, staff, externals, group:NAME or application:CLIENT
        scope: String,
    },
    /// Set a policy as a whole: what is left out, other policies may say
    Set {
        /// everyone, staff, externals, group:NAME or application:CLIENT
        scope: String,
        /// What it asks
        #[command(flatten)]
        rules: Asked,
    },
    /// Take a policy away
    Clear {
        /// everyone, staff, externals, group:NAME or application:CLIENT
        scope: String,
    },
}

/// What a policy asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct Asked {
    /// Second factors that count, separated by commas: passkey, authenticator, sms, mail, recovery
    #[arg(long, value_delimiter = ',')]
    pub factors: Vec<String>,
    /// How strong a sign-in must be: one-factor, password-mail, password-sms, password-app or passkey
    #[arg(long, value_name = "LEVEL")]
    pub least: Option<String>,
    /// After how many minutes someone signs in anew
    #[arg(long, value_name = "MINUTES")]
    pub sign_in_every: Option<u32>,
    /// For how many days a device may be remembered; 0 is never
    #[arg(long, value_name = "DAYS")]
    pub remember_devices: Option<u32>,
}

impl From<Asked> for PolicyWish {
    fn from(a: Asked) -> Self {
        Self { factors: a.factors, least: a.least, every: a.sign_in_every, remember: a.remember_devices }
    }
}

/// What to do about other providers.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Federation {
    /// Print the providers
    List,
    /// Print a provider; never this server's secret there
    Show {
        /// Its id
        provider: String,
    },
    /// Make a provider, or change it as a whole; what is left out of enabled and client_secret stays
    Set {
        /// Its id: small letters, digits and dashes
        provider: String,
        /// A JSON or YAML file with the members of `upstreams` (docs/federation.md), or - for standard input
        file: PathBuf,
    },
    /// Ask a provider for its metadata and keys, now
    Try {
        /// Its id
        provider: String,
    },
    /// Take a provider into use again
    Enable {
        /// Its id
        provider: String,
    },
    /// Take a provider out of use; whatever began with its word ends
    Disable {
        /// Its id
        provider: String,
    },
    /// Remove a provider with everyone's links to it
    Remove {
        /// Its id
        provider: String,
    },
    /// Print who a person is elsewhere
    Links {
        /// E-mail address or id
        who: String,
    },
    /// Say who a person is at a provider
    Link {
        /// E-mail address or id
        who: String,
        /// The provider's id
        provider: String,
        /// The subject there, exactly
        subject: String,
    },
    /// Take a person's link to a provider away
    Unlink {
        /// E-mail address or id
        who: String,
        /// The provider's id
        provider: String,
    },
}

pub(super) async fn recoveries(admin: &Administration, command: Recoveries) -> Result<String, AppError> {
    match command {
        Recoveries::List => admin.recoveries().await,
        Recoveries::Ask { who, lost, reason } => admin.recover(&who, &lost, &reason).await,
        Recoveries::Approve { id } => admin.decide(&id, true).await,
        Recoveries::Refuse { id } => admin.decide(&id, false).await,
    }
}

pub(super) async fn policies(admin: &Administration, command: Policies) -> Result<String, AppError> {
    match command {
        Policies::List => admin.list_policies().await,
        Policies::Show { scope } => admin.show_policy(&scope).await,
        Policies::Set { scope, rules } => admin.set_policy(&scope, rules.into()).await,
        Policies::Clear { scope } => admin.clear_policy(&scope).await,
    }
}

pub(super) async fn federation(admin: &Administration, command: Federation) -> Result<String, AppError> {
    match command {
        Federation::List => admin.list_providers().await,
        Federation::Show { provider } => admin.show_provider(&provider).await,
        Federation::Set { provider, file } => admin.set_provider(&provider, &file).await,
        Federation::Try { provider } => admin.try_provider(&provider).await,
        Federation::Enable { provider } => admin.use_provider(&provider, true).await,
        Federation::Disable { provider } => admin.use_provider(&provider, false).await,
        Federation::Remove { provider } => admin.remove_provider(&provider).await,
        Federation::Links { who } => admin.accounts_elsewhere(&who).await,
        Federation::Link { who, provider, subject } => admin.connect(&who, &provider, &subject).await,
        Federation::Unlink { who, provider } => admin.disconnect(&who, &provider).await,
    }
}
