//! The words for signing keys.

use clap::{Subcommand, ValueEnum};

/// What to do about signing keys.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Keys {
    /// Print the keys with where in their lives they are
    List,
    /// Make next keys: published at once, signing after key_lead_hours
    Rotate {
        /// Keys for tokens, or for receipts
        #[arg(long = "use", value_name = "USE", default_value = "token")]
        purpose: KeyUse,
        /// Of this algorithm alone: EdDSA, ES256, RS256 or PS256
        #[arg(long, value_name = "ALG")]
        alg: Option<String>,
        /// Sign at once, before everyone has had time to fetch them
        #[arg(long)]
        now: bool,
    },
    /// Take a key for tokens out of use at once, for when someone else may have it: nothing that it signed counts any more
    Withdraw {
        /// The key, as the list names it
        kid: String,
    },
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KeyUse {
    /// Tokens.
    Token,
    /// Receipts and their checkpoints.
    Receipt,
}
