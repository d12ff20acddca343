//! The command line: its words, and the settings that it makes out of flags, environment and file. Owns reading and
//! help, and the commands that need neither half. Does not own the others: `app` carries them out.

mod access;
mod admin;
mod applications;
mod audit;
mod direct;
mod factors;
mod keys;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args as _, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::config::{self, ConfigError, DESCRIBED, Settings};
use crate::kernel::http::problem;

pub use access::{AccessLog, Grants, Replica};
pub use admin::{Administer, Groups, Invitations, Links, People, Roles, Sessions, administer};
pub use applications::{Applications, Tokens, applications};
pub use audit::{Audit, ExportForm};
pub use direct::{Asked, Federation, Policies, Recoveries};
pub use factors::Factors;
pub use keys::{KeyUse, Keys};

/// What the demonstration sets unless flags or the environment say otherwise.
pub const DEMO: &[(&str, &str)] =
    &[("capture", "true"), ("data", "./data/demo"), ("keys", "./data/demo/keys"), ("organisation", "Van Dam Logistics")];

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Run the provider and the record store
    Serve {
        /// Run one of them alone
        #[arg(long, value_name = "HALF")]
        only: Option<Half>,
    },
    /// Run both on sample people and records, with all mail and messages shown at /dev/messages
    Demo {
        /// Play the story by itself, print each step, and exit 0 only if each held
        #[arg(long)]
        walk: bool,
    },
    /// Make people, groups, roles, applications and grants as a file says (docs/apply.md)
    Apply {
        /// YAML or JSON
        file: PathBuf,
        /// Print the difference and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// See, add, change, invite, disable, hand over and erase people
    People {
        /// Which of it
        #[command(subcommand)]
        command: People,
    },
    /// See, make, fill and delete groups
    Groups {
        /// Which of it
        #[command(subcommand)]
        command: Groups,
    },
    /// See, give and take roles
    Roles {
        /// Which of it
        #[command(subcommand)]
        command: Roles,
    },
    /// See, register, change and end applications, and say who may use them (docs/applications.md)
    Applications {
        /// Which of it
        #[command(subcommand)]
        command: Applications,
    },
    /// See who is signed in, and end that
    Sessions {
        /// Which of it
        #[command(subcommand)]
        command: Sessions,
    },
    /// See invitations to relations, and take them back
    Invitations {
        /// Which of it
        #[command(subcommand)]
        command: Invitations,
    },
    /// See links of the start page, and remove them
    Links {
        /// Which of it
        #[command(subcommand)]
        command: Links,
    },
    /// See who can't get in any more, and decide about it
    Recoveries {
        /// Which of it
        #[command(subcommand)]
        command: Recoveries,
    },
    /// See, set and clear what a sign-in takes (docs/policies.md)
    Policies {
        /// Which of it
        #[command(subcommand)]
        command: Policies,
    },
    /// See, make, change, try and end other providers, and who people are there (docs/federation.md)
    Federation {
        /// Which of it
        #[command(subcommand)]
        command: Federation,
    },
    /// See, give and take access to relations (docs/access.md)
    Grants {
        /// Which of it
        #[command(subcommand)]
        command: Grants,
    },
    /// See what people have set up to sign in with, and remove what they have lost (docs/factors.md)
    Factors {
        /// What to do
        #[command(subcommand)]
        command: Factors,
    },
    /// See, succeed and withdraw signing keys (docs/operating.md)
    Keys {
        /// Which of it
        #[command(subcommand)]
        command: Keys,
    },
    /// Work on what passwords are held against
    Passwords {
        /// What to do
        #[command(subcommand)]
        command: Passwords,
    },
    /// Work on the access log
    AccessLog {
        /// What to do with it
        #[command(subcommand)]
        command: AccessLog,
    },
    /// Check, note and write out the audit log
    Audit {
        /// What to do with it
        #[command(subcommand)]
        command: Audit,
    },
    /// Work on the record store's copy of the access log
    Replica {
        /// What to do with it
        #[command(subcommand)]
        command: Replica,
    },
    /// Print a reference page
    Docs {
        /// Which
        page: Page,
    },
    /// Say why a person sees a record, or why not
    Why {
        /// The record's module
        #[arg(long, value_name = "KEY")]
        module: String,
        /// The record
        #[arg(long, value_name = "ID")]
        record: String,
        /// The person, by subject
        #[arg(long, value_name = "SUB")]
        sub: String,
    },
    /// Work with receipts
    Receipts {
        /// What to do with them
        #[command(subcommand)]
        command: Receipts,
    },
    /// Print the version
    Version,
}

/// What to do about passwords.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Passwords {
    /// Make the filter file of the setting breached_passwords
    BuildFilter {
        /// Passwords, one a line; or their SHA-1 in hexadecimal, with or without a count, as lists of breaches have them
        list: PathBuf,
        /// The filter file to write
        file: PathBuf,
    },
}

/// What to do with receipts.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Receipts {
    /// Check receipts, one a line, against the provider's keys
    Verify {
        /// The receipts, as downloaded
        file: PathBuf,
        /// The provider's receipt keys as a JSON file; without it they are fetched from the provider
        // Not `--keys`: that is the setting for the folder of the root key.
        #[arg(long, value_name = "FILE")]
        key_file: Option<PathBuf>,
    },
}

/// One of the two halves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Half {
    /// The provider.
    Idp,
    /// The record store.
    Crm,
}

/// A reference page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Page {
    /// Every setting.
    Configuration,
    /// Every error code of the API.
    Errors,
    /// The API of the record store.
    Openapi,
    /// The API of the provider.
    ProviderOpenapi,
}

/// A read command line.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// What to do.
    pub command: Command,
    /// With which settings.
    pub settings: Settings,
}

/// Why a command line was not read, or what it asks to be printed instead.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// Help was asked for, or the words are not those of a command. Displays as what to print.
    #[error("{0}")]
    Usage(clap::Error),
    /// A setting can't be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl CliError {
    /// Whether what it displays is what was asked for, and belongs on standard output.
    pub fn is_help(&self) -> bool {
        matches!(self, Self::Usage(e) if matches!(e.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion))
    }

    /// The exit code of the process: 0 for help, 2 for what can't be read.
    pub fn exit_code(&self) -> u8 {
        if self.is_help() { 0 } else { 2 }
    }
}

#[derive(Parser)]
#[command(name = "zegel", version, about = "One sign-in, one sealed change", subcommand_required = true)]
#[command(after_help = "Settings are flags too; --help lists them.")]
struct Words {
    #[command(subcommand)]
    command: Command,
}

/// The whole command line; every setting is a flag before or after the command.
fn words() -> clap::Command {
    let words = Words::augment_args(clap::Command::new("zegel"));
    let config = Arg::new("config").long("config").value_name("FILE").global(true).help("The settings file (TOML)");
    let config = config.help_heading("Settings").value_parser(clap::value_parser!(PathBuf));
    DESCRIBED.iter().fold(words.arg(config), |words, d| {
        let flag = Arg::new(d.key).long(d.key.replace('_', "-")).global(true).action(ArgAction::Set);
        let flag = flag.help_heading("Settings").hide_short_help(true).help(help(d)).value_name("VALUE");
        // A yes/no setting may stand alone; its value, if any, is joined to it so that it swallows no other word.
        let yes_no = d.shape == "true or false";
        words.arg(if yes_no { flag.num_args(0..=1).require_equals(true).default_missing_value("true") } else { flag })
    })
}

fn help(d: &config::Described) -> String {
    let default = if d.default.is_empty() { String::new() } else { format!(" [default: {}]", d.default) };
    let secret = if d.shape == "a secret" { " Others see flags: better in the environment." } else { "" };
    format!("{}{secret}{default}", d.doc.trim())
}

/// Reads a command line. `args` begins with the program's name; `env` is the whole environment.
pub fn parse<A: Into<OsString> + Clone>(
    args: impl IntoIterator<Item = A>,
    env: impl IntoIterator<Item = (String, String)>,
) -> Result<Invocation, CliError> {
    let matches = words().try_get_matches_from(args).map_err(CliError::Usage)?;
    let command = Words::from_arg_matches(&matches).map_err(CliError::Usage)?.command;
    let env: Vec<(String, String)> = env.into_iter().collect();
    let mut flags = flags(&matches);
    if matches!(command, Command::Demo { .. }) {
        for (key, value) in DEMO {
            let variable = format!("ZEGEL_{}", key.to_uppercase());
            if !flags.iter().any(|(k, _)| k == key) && !env.iter().any(|(name, _)| *name == variable) {
                flags.push(((*key).to_owned(), (*value).to_owned()));
            }
        }
    }
    let from_env = || env.iter().find(|(name, _)| name == "ZEGEL_CONFIG").map(|(_, path)| PathBuf::from(path));
    let file = matches.get_one::<PathBuf>("config").cloned().or_else(from_env).filter(|p| !p.as_os_str().is_empty());
    let settings = Settings::read(flags, env, file.as_deref())?;
    Ok(Invocation { command, settings })
}

fn flags(matches: &ArgMatches) -> Vec<(String, String)> {
    let given = |key: &'static str| matches.get_one::<String>(key).map(|value| (key.to_owned(), value.clone()));
    DESCRIBED.iter().filter_map(|d| given(d.key)).collect()
}

/// The pages that this program knows without its halves.
pub fn page(page: Page) -> Option<String> {
    match page {
        Page::Configuration => Some(config::reference()),
        Page::Errors => Some(problem::reference()),
        Page::Openapi | Page::ProviderOpenapi => None,
    }
}

/// What `zegel version` prints.
pub fn version() -> String {
    format!("zegel {}", env!("CARGO_PKG_VERSION"))
}

#[cfg(test)]
mod tests;
