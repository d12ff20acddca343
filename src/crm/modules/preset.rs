//! Preset files: modules, roles, portals and code rules as YAML or JSON. Pure; `flow` applies them.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use super::catalogue::{Definitions, check};
use super::model::{Field, Module, ModuleError, fail};
use crate::crm::code_rules::model::CodeRule;
use crate::crm::visibility::model::Role;
use crate::crm::visibility::portal::Portal;

/// Largest file.
const MAX_FILE: usize = 1024 * 1024;

/// The modules, roles and code rules of a new installation.
pub const CRM: &str = include_str!("../../../presets/crm.yaml");

/// Modules, roles, portals and code rules, checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preset {
    /// In the order of the navigation.
    pub modules: Vec<Module>,
    /// By name.
    pub roles: Vec<Role>,
    /// By key.
    pub portals: Vec<Portal>,
    /// By key.
    pub code_rules: Vec<CodeRule>,
}

impl Preset {
    /// Reads a file and checks it by itself. Unknown names are refused; an error says where it is.
    pub fn read(text: &str) -> Result<Self, ModuleError> {
        if text.len() > MAX_FILE {
            return fail("file", "is larger than 1 MiB");
        }
        // By way of JSON: YAML would want tags for choices such as the kind of a field.
        let Json::Object(mut top) = parse(text)? else {
            return fail("file", "has modules, roles, portals and code_rules at the top");
        };
        let modules = list(&mut top, "modules")?.into_iter().map(module).collect::<Result<Vec<_>, _>>()?;
        let roles = list(&mut top, "roles")?.into_iter().enumerate().map(role).collect::<Result<Vec<_>, _>>()?;
        let portals = list(&mut top, "portals")?.into_iter().map(portal).collect::<Result<Vec<_>, _>>()?;
        let code_rules = list(&mut top, "code_rules")?.into_iter().map(code_rule).collect::<Result<Vec<_>, _>>()?;
        if let Some(other) = top.keys().next() {
            return fail(other, "is not known here; a file has modules, roles, portals and code_rules");
        }
        Ok(Self { modules, roles, portals, code_rules })
    }

    /// Reads a file that stands by itself: everything that it refers to is in it.
    pub fn read_whole(text: &str) -> Result<Self, ModuleError> {
        let preset = Self::read(text)?;
        check(&preset.definitions())?;
        preset.code_rules.iter().try_for_each(|r| r.check(&preset.modules))?;
        Ok(preset)
    }

    fn definitions(&self) -> Definitions {
        Definitions { modules: self.modules.clone(), roles: self.roles.clone(), portals: self.portals.clone() }
    }
}

fn parse(text: &str) -> Result<Json, ModuleError> {
    serde_yaml_ng::from_str(text).or_else(|e| fail("file", e.to_string()))
}

fn list(top: &mut Map<String, Json>, name: &str) -> Result<Vec<Json>, ModuleError> {
    match top.remove(name) {
        None => Ok(Vec::new()),
        Some(Json::Array(items)) => Ok(items),
        Some(_) => fail(name, "is a list"),
    }
}

fn from<T: DeserializeOwned>(json: Json, path: &str) -> Result<T, ModuleError> {
    serde_json::from_value(json).or_else(|e| fail(path, e.to_string()))
}

fn name_of(json: &Json, of: &str) -> String {
    json.get(of).and_then(Json::as_str).unwrap_or("?").to_owned()
}

/// Reads the fields one by one first, so that an error names the field.
fn module(json: Json) -> Result<Module, ModuleError> {
    let path = format!("modules.{}", name_of(&json, "key"));
    for f in json.get("fields").and_then(Json::as_array).into_iter().flatten() {
        from::<Field>(f.clone(), &format!("{path}.fields.{}", name_of(f, "key")))?;
    }
    from(json, &path)
}

fn role((i, json): (usize, Json)) -> Result<Role, ModuleError> {
    let path = format!("roles.{}", if json.get("name").is_some() { name_of(&json, "name") } else { i.to_string() });
    from(json, &path)
}

fn portal(json: Json) -> Result<Portal, ModuleError> {
    let path = format!("portals.{}", name_of(&json, "key"));
    from(json, &path)
}

fn code_rule(json: Json) -> Result<CodeRule, ModuleError> {
    let path = format!("code_rules.{}", name_of(&json, "key"));
    from(json, &path)
}
