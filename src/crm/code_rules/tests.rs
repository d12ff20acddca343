//! Code rules against changes.
