//! The words for people's factors.

use clap::Subcommand;

/// What to do about someone's factors.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Factors {
    /// Print what someone has set up to sign in with
    List {
        /// His e-mail address
        email: String,
    },
    /// Remove what someone has lost; he is told by mail
    Remove {
        /// His e-mail address
        email: String,
        /// authenticator, phone, recovery-codes, or a passkey's id
        factor: String,
    },
}
