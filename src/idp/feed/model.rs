//! Where the log stands.

/// The last position of a log, and which log that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its epoch: positions of different epochs can't be compared.
    pub epoch: String,
    /// The last position.
    pub position: i64,
}
