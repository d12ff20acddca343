//! A group as a directory knows it. Pure.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::error::ScimError;
use super::schema::GROUPS;
use super::shape::{Object, version};
use crate::kernel::clock::Timestamp;

/// Characters of a name at most.
const NAME: usize = 100;

/// A group as a client knows it.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The identifier that the asking client gave.
    pub external: Option<String>,
}

/// What this server goes by, of what a directory says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The name.
    pub name: String,
    /// The ids of its members.
    pub members: BTreeSet<String>,
    /// The identifier that the client gave.
    pub external: Option<String>,
}

/// Reads them.
pub fn facts(document: &Object) -> Result<Facts, ScimError> {
    let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::trim);
    let name = text("displayName").unwrap_or_default();
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(ScimError::Value(format!("displayName must have between 1 and {NAME} characters")));
    }
    let mut members = BTreeSet::new();
    for member in document.get("members").and_then(Value::as_array).into_iter().flatten() {
        if member.get("type").and_then(Value::as_str).is_some_and(|t| !t.eq_ignore_ascii_case("user")) {
            return Err(ScimError::Value("a group has people as members, and no groups".into()));
        }
        let id = member.get("value").and_then(Value::as_str);
        members.insert(id.ok_or_else(|| ScimError::Value("a member's value is missing".into()))?.to_owned());
    }
    Ok(Facts { name: name.to_owned(), members, external: text("externalId").map(str::to_owned) })
}

impl Group {
    /// The resource. `members` are ids and names; none where they were not read, and then it has no version either. `base` is
    /// where SCIM is.
    pub fn resource(&self, members: Option<&[(String, String)]>, base: &str) -> Object {
        let mut out = Object::new();
        out.insert("displayName".into(), self.name.as_str().into());
        if let Some(members) = members.filter(|m| !m.is_empty()) {
            let member = |(id, name): &(String, String)| json!({ "value": id, "$ref": format!("{base}/Users/{id}"), "display": name, "type": "User" });
            out.insert("members".into(), members.iter().map(member).collect());
        }
        if let Some(external) = &self.external {
            out.insert("externalId".into(), external.as_str().into());
        }
        out.insert("schemas".into(), GROUPS.schemas(&out));
        out.insert("id".into(), self.id.as_str().into());
        let mut meta = json!({
            "resourceType": GROUPS.name, "created": self.created_at.rfc3339(), "location": format!("{base}/Groups/{}", self.id),
        });
        if let (Some(_), Some(meta)) = (members, meta.as_object_mut()) {
            meta.insert("version".into(), version(&out).into());
        }
        out.insert("meta".into(), meta);
        out
    }
}
