//! The words for the audit log.

use clap::{Subcommand, ValueEnum};

use super::Half;

/// What to do with the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Audit {
    /// Check that every line is as it was written and none is missing; exit 0 only if so
    Verify {
        /// Of which half
        #[arg(long, value_name = "HALF", default_value = "idp")]
        half: Half,
        /// Where it ended once, as `audit head` printed it: finds a log that was put back to an older state
        #[arg(long, value_name = "LINES:DIGEST")]
        noted: Option<String>,
    },
    /// Print where it ends, to be kept elsewhere
    Head {
        /// Of which half
        #[arg(long, value_name = "HALF", default_value = "idp")]
        half: Half,
    },
    /// Write it out, in order
    Export {
        /// Of which half
        #[arg(long, value_name = "HALF", default_value = "idp")]
        half: Half,
        /// JSON lines, or CSV for spreadsheets
        #[arg(long, value_name = "FORM", default_value = "jsonl")]
        format: ExportForm,
        /// What this person did, and what was done to him or it, by subject identifier
        #[arg(long, value_name = "ID")]
        about: Option<String>,
        /// This action, or all that begin so when it ends in a dot (signin.)
        #[arg(long, value_name = "ACTION")]
        action: Option<String>,
        /// From this day (2026-12-31) or moment on
        #[arg(long)]
        since: Option<String>,
        /// Until this day or moment, not included
        #[arg(long)]
        until: Option<String>,
    },
}

/// A form of the export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportForm {
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values.
    Csv,
}

impl ExportForm {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        }
    }
}
