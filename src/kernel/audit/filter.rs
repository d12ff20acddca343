//! Which lines of the audit log are asked for. Pure.

use serde::{Deserialize, Serialize};

use crate::kernel::clock::Timestamp;

/// A choice of lines; everything that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// By this person, or to it or him.
    pub about: Option<String>,
    /// By this person.
    pub actor: Option<String>,
    /// Through this client.
    pub client: Option<String>,
    /// This action, or all that begin with it when it ends in a dot.
    pub action: Option<String>,
    /// Only what was refused, or only what was not.
    pub refused: Option<bool>,
    /// From when on.
    pub since: Option<Timestamp>,
    /// Until when, not included.
    pub until: Option<Timestamp>,
}

impl Filter {
    /// Whether a text can be an action, or the beginning of some.
    pub fn is_action(text: &str) -> bool {
        (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b".-_".contains(&b))
    }

    /// Whether each of its values can be one.
    pub fn is_sound(&self) -> bool {
        let id = |v: &Option<String>| v.as_ref().is_none_or(|t| t.len() <= 200 && !t.contains('\0'));
        let action = self.action.as_deref().is_none_or(Self::is_action);
        id(&self.about) && id(&self.actor) && id(&self.client) && action
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_what_the_program_writes_or_the_beginning_of_it() {
        assert!(Filter::is_action("signin.password") && Filter::is_action("signin."));
        for bad in ["", "sign%", "Signin", "a b", &"a".repeat(65)] {
            assert!(!Filter::is_action(bad), "{bad}");
        }
        assert!(!Filter { about: Some("x\0".into()), ..Filter::default() }.is_sound());
    }
}
