//! What a form for a new password says: the same on every page that has one.

use secrecy::SecretString;

use super::Refused;
use crate::kernel::http::Params;
use crate::kernel::pages::{Problem, View};

/// The password of a form that asks for it twice; or that the two differ.
pub fn typed(params: &Params, view: &View) -> Result<SecretString, Problem> {
    let (password, repeat) = (params.get("password").unwrap_or_default(), params.get("repeat").unwrap_or_default());
    if password == repeat {
        return Ok(password.into());
    }
    Err(Problem { field: "repeat".into(), text: view.t("setpw-not-same") })
}

impl Refused {
    /// What is said of it, at its field.
    pub fn problem(&self, view: &View) -> Problem {
        Problem { field: "password".into(), text: view.t1(self.0, "count", self.1 as u64) }
    }
}
