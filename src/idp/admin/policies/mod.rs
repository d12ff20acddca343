//! Sign-in policies, as administrators see and set them: which factors count, how strong a sign-in must be, how often, and for
//! how long a device may be remembered. What a policy means is `policy`'s.

pub mod api;
pub mod flow;
pub mod http;
