//! Receipts: the signed statement that a change was confirmed here and applied at the record store, one chain per record.
//!
//! Owns issuing and storing them, the checkpoints over all of them, the public pages and addresses that verify them, and
//! the check of a file without any server. Does not own what a receipt says nor the checks of one (`contract::receipt`),
//! nor any value: it signs digests, and shows values only to whoever brings them.

pub mod checkpoint;
pub mod flow;
pub mod http;
pub mod offline;
pub mod pages;
pub mod public;
pub mod store;
#[cfg(test)]
mod tests;
