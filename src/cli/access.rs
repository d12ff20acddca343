//! The words for access to relations and for the access log.

use clap::Subcommand;

/// What to do about access to relations.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Grants {
    /// Print who has access to a relation
    List {
        /// The relation's id, or the key that the record store has for files
        relation: String,
    },
    /// Give access, or change what the holder has
    Give {
        /// The relation's id, or the key that the record store has for files
        relation: String,
        /// An e-mail address, or group:NAME
        who: String,
        /// participant, reader, contributor or manager
        level: String,
        /// From this day (2026-12-31) or moment on
        #[arg(long)]
        from: Option<String>,
        /// Until this day or moment, not included
        #[arg(long)]
        until: Option<String>,
        /// Why
        #[arg(long)]
        reason: Option<String>,
    },
    /// Take access away, and say whether that is known everywhere
    Take {
        /// The relation's id, or the key that the record store has for files
        relation: String,
        /// An e-mail address, or group:NAME
        who: String,
    },
}

/// What to do about the record store's copy of the access log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum Replica {
    /// Make it anew from the first entry on; the one in use goes on serving until the new one takes its place
    Rebuild,
}

/// What to do about the access log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum AccessLog {
    /// After a restore: begin another log, so that everyone reads it anew, and end what the copy brought back
    NewEpoch,
}
