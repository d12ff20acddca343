//! Pages about who sees a relation: who has access, whom to invite, why somebody sees a record, and the relation's links.
//! Owns how this looks; who may give and take is decided by the provider, which is asked in the person's own name.

pub mod access;
pub mod links;

/// What was done just now, or why not.
pub struct Said {
    /// info, good, caution or bad.
    pub kind: &'static str,
    /// What happened.
    pub title: String,
    /// What it means; empty for no more.
    pub text: String,
}
