//! The keys that the provider signs with, as administrators see, succeed and withdraw them. Private keys are nobody's to see; what a
//! key's life is, is `idp::keyring`'s.

pub mod api;
pub mod flow;
pub mod http;
