//! Getting back into an account whose password or second factor is lost. A mailed link begins it, and never is enough by itself:
//! something else is shown beside it (a code of the authenticator app, a recovery code, a code by SMS), or an administrator who is not the
//! person approves; where an administrator asked for it, a second one. Owns the link, its pages, mails and the decision. Does not own
//! the factors that are shown or removed.

pub mod decide;
pub mod flow;
pub mod http;
pub mod model;
pub mod prove;
pub mod send;
pub mod store;
