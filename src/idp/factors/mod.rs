//! What people have to prove who they are, besides a password: passkeys, an authenticator app, recovery codes, a proven
//! telephone. Owns setting them up, listing, naming and removing them, by the person himself (page and API), and how a passkey
//! and a recovery code are checked.
//! Does not own the order of a sign-in (`signin`), passwords and the check of typed codes (`credentials`), or which factors
//! count for whom (`policy`).

pub mod ceremony;
pub mod model;
pub mod store;
