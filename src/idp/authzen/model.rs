//! Questions and answers (AuthZEN 1.0, sections 5 to 8). Pure.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::contract::access::GrantLevel;

/// The scope of a client's own token that may ask.
pub const SCOPE: &str = "authzen";
/// The one kind of subject: a person, by his subject identifier.
pub const SUBJECT: &str = "user";
/// The one kind of resource: a relation, by its id.
pub const RESOURCE: &str = "relation";
/// Questions in one request at most.
pub const MOST: usize = 100;
/// Results on a page.
pub const PAGE: usize = 100;

/// Actions, by the least level that allows them.
pub const ACTIONS: [(&str, GrantLevel); 4] = [
    ("participate", GrantLevel::Participant),
    ("read", GrantLevel::Reader),
    ("contribute", GrantLevel::Contributor),
    ("manage", GrantLevel::Manager),
];

/// A subject or resource. Its properties are taken and not looked at: what decides is known here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// What kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// Which; left out in a search for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// More about it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub properties: Map<String, Value>,
}

/// An action.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// More about it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub properties: Map<String, Value>,
}

/// A question, or what several have in common.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Question {
    /// Who.
    #[serde(default)]
    pub subject: Option<Entity>,
    /// Does what.
    #[serde(default)]
    pub action: Option<Action>,
    /// To what.
    #[serde(default)]
    pub resource: Option<Entity>,
    /// Under which circumstances; taken and not looked at.
    #[serde(default)]
    pub context: Option<Map<String, Value>>,
}

/// How several are answered (section 7.1.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Semantic {
    /// All of them.
    #[default]
    ExecuteAll,
    /// Until the first no.
    DenyOnFirstDeny,
    /// Until the first yes.
    PermitOnFirstPermit,
}

impl Semantic {
    /// Whether a decision is the last.
    pub const fn ends(self, decision: bool) -> bool {
        matches!((self, decision), (Self::DenyOnFirstDeny, false) | (Self::PermitOnFirstPermit, true))
    }
}

/// Options of a request with several questions.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Options {
    /// How they are answered.
    pub evaluations_semantic: Semantic,
}

/// Several questions.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Questions {
    /// What they have in common.
    #[serde(flatten)]
    pub common: Question,
    /// Each.
    #[serde(default)]
    pub evaluations: Vec<Question>,
    /// How they are answered.
    #[serde(default)]
    pub options: Options,
}

/// What page of a search.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PageOf {
    /// Where the page before ended.
    pub token: Option<String>,
    /// Results at most.
    pub limit: Option<usize>,
}

/// A search.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Search {
    /// What is known.
    #[serde(flatten)]
    pub question: Question,
    /// Which page.
    #[serde(default)]
    pub page: PageOf,
}

/// A question that can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The person.
    pub person: String,
    /// The least level that allows the action; nothing when nobody is allowed it.
    pub least: Option<GrantLevel>,
    /// The relation; nothing when there is no such kind of thing.
    pub relation: Option<String>,
}

/// What is missing of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is missing, or has no type, id or name")]
pub struct Missing(pub &'static str);

fn sound(text: &str) -> bool {
    !text.is_empty() && text.len() <= 200 && !text.chars().any(char::is_control)
}

impl Question {
    /// The least level for the action.
    pub fn least(&self) -> Result<Option<GrantLevel>, Missing> {
        let action = self.action.as_ref().filter(|a| sound(&a.name)).ok_or(Missing("action"))?;
        Ok(ACTIONS.iter().find(|(name, _)| *name == action.name).map(|(_, level)| *level))
    }

    /// The person; nothing when it is another kind of subject.
    pub fn person(&self) -> Result<Option<String>, Missing> {
        let of = self.subject.as_ref().filter(|s| sound(&s.kind) && sound(&s.id)).ok_or(Missing("subject"))?;
        Ok((of.kind == SUBJECT).then(|| of.id.clone()))
    }

    /// The relation; nothing when it is another kind of resource.
    pub fn relation(&self) -> Result<Option<String>, Missing> {
        let of = self.resource.as_ref().filter(|r| sound(&r.kind) && sound(&r.id)).ok_or(Missing("resource"))?;
        Ok((of.kind == RESOURCE).then(|| of.id.clone()))
    }

    /// All of it. What exists nowhere is no error: the answer to it is no.
    pub fn asked(&self) -> Result<Asked, Missing> {
        let person = self.person()?.unwrap_or_default();
        Ok(Asked { person, least: self.least()?, relation: self.relation()? })
    }

    /// With what it has in common with others where it says nothing itself (section 7.1.1).
    pub fn over(self, common: &Self) -> Self {
        Self {
            subject: self.subject.or_else(|| common.subject.clone()),
            action: self.action.or_else(|| common.action.clone()),
            resource: self.resource.or_else(|| common.resource.clone()),
            context: self.context.or_else(|| common.context.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn question(value: Value) -> Question {
        serde_json::from_value(value).unwrap()
    }

    /// X7
    #[test]
    fn a_question_says_who_does_what_to_what() {
        let all = json!({"subject": {"type": "user", "id": "p"}, "action": {"name": "read"}, "resource": {"type": "relation", "id": "r"}});
        let asked = question(all.clone()).asked().unwrap();
        assert_eq!(asked, Asked { person: "p".into(), least: Some(GrantLevel::Reader), relation: Some("r".into()) });
        for name in ["subject", "action", "resource"] {
            let mut less = all.clone();
            less.as_object_mut().unwrap().remove(name);
            assert_eq!(question(less.clone()).asked(), Err(Missing(name)));
            assert!(question(less).over(&question(all.clone())).asked().is_ok());
        }
        let strange =
            json!({"subject": {"type": "robot", "id": "p"}, "action": {"name": "eat"}, "resource": {"type": "cake", "id": "r"}});
        assert_eq!(question(strange).asked().unwrap(), Asked { person: String::new(), least: None, relation: None });
        let empty = json!({"subject": {"type": "user", "id": ""}, "action": {"name": "read"}, "resource": {"type": "relation", "id": "r"}});
        assert_eq!(question(empty).asked(), Err(Missing("subject")));
    }

    /// X7
    #[test]
    fn several_questions_can_end_with_the_first_that_decides() {
        assert!(Semantic::DenyOnFirstDeny.ends(false) && !Semantic::DenyOnFirstDeny.ends(true));
        assert!(Semantic::PermitOnFirstPermit.ends(true) && !Semantic::PermitOnFirstPermit.ends(false));
        assert!(!Semantic::ExecuteAll.ends(true) && !Semantic::ExecuteAll.ends(false));
    }
}
