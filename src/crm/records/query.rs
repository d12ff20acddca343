//! Lists as addresses say them, for pages and the API alike: `filter[field][operator]=value`, `sort=-field`. Pure. Owns the
//! names; what a filter may read is decided where it is made ready for a person.

use std::fmt;

use serde_json::{Value as Json, json};

use super::list::SortBy;
use crate::contract::FieldKey;
use crate::crm::modules::model::{FieldKind, Module};
use crate::crm::visibility::model::{Operator, Tree, ValueLeaf};

/// Operators by their names in addresses.
pub const OPERATORS: [(&str, Operator); 13] = [
    ("is", Operator::Is),
    ("is_not", Operator::IsNot),
    ("contains", Operator::Contains),
    ("starts", Operator::Starts),
    ("empty", Operator::Empty),
    ("not_empty", Operator::NotEmpty),
    ("less", Operator::Less),
    ("at_most", Operator::AtMost),
    ("more", Operator::More),
    ("at_least", Operator::AtLeast),
    ("any", Operator::Any),
    ("all", Operator::All),
    ("none", Operator::None),
];

/// Whoever asks, as the value of a person.
pub const ME: &str = "me";

/// Most conditions of one list.
const MAX_CONDITIONS: usize = 20;

/// What an address says that no list has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The name of the parameter doesn't have the form.
    #[error("a filter is written filter[field][operator]=value")]
    Form,
    /// No such operator.
    #[error("there is no operator {0:?}")]
    Operator(String),
    /// Too many conditions.
    #[error("a list takes at most {MAX_CONDITIONS} conditions")]
    TooMany,
    /// The name to sort by is no name of a field.
    #[error("sort names a field, created_at or updated_at, with a minus before it for the other direction")]
    Sort,
}

/// One condition of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The field.
    pub field: FieldKey,
    /// How.
    pub operator: Operator,
    /// With what, as written: for `any`, `all` and `none` several, between commas.
    pub text: String,
}

/// The name of an operator in addresses.
pub fn operator_name(operator: Operator) -> &'static str {
    OPERATORS.iter().find(|(_, o)| *o == operator).map_or("is", |(n, _)| n)
}

/// The operator of this name.
pub fn operator(name: &str) -> Result<Operator, QueryError> {
    let found = OPERATORS.iter().find(|(n, _)| *n == name).map(|(_, o)| *o);
    found.ok_or_else(|| QueryError::Operator(name.chars().take(40).collect()))
}

impl Condition {
    /// Reads `filter[field][operator]` with its value; `None` when the name is not of a filter at all.
    pub fn read(name: &str, value: &str) -> Result<Option<Self>, QueryError> {
        let Some(rest) = name.strip_prefix("filter") else { return Ok(None) };
        let inner = rest.strip_prefix('[').and_then(|r| r.strip_suffix(']')).ok_or(QueryError::Form)?;
        let (field, name) = inner.split_once("][").unwrap_or((inner, "is"));
        let field = FieldKey::try_from(field).map_err(|_| QueryError::Form)?;
        Ok(Some(Self { field, operator: operator(name)?, text: value.to_owned() }))
    }

    /// The name of its parameter.
    pub fn name(&self) -> String {
        format!("filter[{}][{}]", self.field, operator_name(self.operator))
    }

    /// Whether the operator takes several values.
    pub fn takes_many(&self) -> bool {
        matches!(self.operator, Operator::Any | Operator::All | Operator::None)
    }

    /// The values of an operator that takes several.
    pub fn many(&self) -> impl Iterator<Item = &str> {
        self.text.split(',').map(str::trim).filter(|t| !t.is_empty())
    }

    /// The leaf of the rule language that it is.
    pub fn leaf(&self, module: &Module) -> ValueLeaf {
        let value = match self.operator {
            Operator::Empty | Operator::NotEmpty => Json::Null,
            _ if self.takes_many() => self.many().map(Json::from).collect(),
            _ => self.one(module),
        };
        ValueLeaf { field: self.field.clone().into(), operator: self.operator, value }
    }

    /// A single value; of a date also `today`, `today+3`, `today-7`, of a person also `me`.
    fn one(&self, module: &Module) -> Json {
        let kind = module.field(&self.field).map(|f| &f.kind);
        if kind == Some(&FieldKind::Person) && self.text == ME {
            return json!({"me": true});
        }
        let is_date = kind == Some(&FieldKind::Date);
        let days = self.text.strip_prefix("today").filter(|_| is_date).and_then(|rest| match rest {
            "" => Some(0),
            n => n.parse::<i32>().ok(),
        });
        days.map_or_else(|| self.text.clone().into(), |n| json!({"today": n}))
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name(), self.text)
    }
}

/// The tree that holds where all conditions do; nothing for none.
pub fn tree(conditions: &[Condition], module: &Module) -> Result<Option<Tree>, QueryError> {
    match conditions {
        [] => Ok(None),
        _ if conditions.len() > MAX_CONDITIONS => Err(QueryError::TooMany),
        _ => Ok(Some(Tree::And(conditions.iter().map(|c| Tree::Value(c.leaf(module))).collect()))),
    }
}

/// By what to sort, and whether downwards.
pub fn sort(text: &str, module: &Module) -> Result<(SortBy, bool), QueryError> {
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |n| (n, true));
    let key = FieldKey::try_from(name).map_err(|_| QueryError::Sort)?;
    let by = match name {
        // A field of that name goes before.
        _ if key == module.title => SortBy::Title,
        "created_at" if module.field(&key).is_none() => SortBy::Created,
        "updated_at" if module.field(&key).is_none() => SortBy::Updated,
        _ => SortBy::Field(key),
    };
    Ok((by, descending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::modules::preset::{CRM, Preset};

    fn deliveries() -> Module {
        let preset = Preset::read_whole(CRM).unwrap();
        preset.modules.into_iter().find(|m| m.key.as_str() == "deliveries").unwrap()
    }

    fn read(name: &str, value: &str) -> Condition {
        Condition::read(name, value).unwrap().unwrap()
    }

    /// Z4
    #[test]
    fn conditions_are_read_and_written_alike() {
        let c = read("filter[status][any]", "planned, on_the_road");
        assert_eq!((c.name().as_str(), c.leaf(&deliveries()).value), ("filter[status][any]", json!(["planned", "on_the_road"])));
        assert_eq!(read("filter[planned_on][at_most]", "today+3").leaf(&deliveries()).value, json!({"today": 3}));
        assert_eq!(read("filter[number]", "today").leaf(&deliveries()).value, json!("today"));
        assert_eq!(read("filter[number][empty]", "x").leaf(&deliveries()).value, Json::Null);
        assert_eq!(Condition::read("q", "x"), Ok(None));
    }

    /// case 38
    #[test]
    fn what_is_no_filter_is_refused() {
        for name in ["filter", "filter[a", "filter[A][is]", "filter[a'--][is]", "filter[a][is][b]", "filter[a][like]", "filterx"]
        {
            assert!(Condition::read(name, "x").is_err(), "{name}");
        }
        assert!(tree(&vec![read("filter[number][is]", "x"); 21], &deliveries()).is_err());
    }

    #[test]
    fn a_list_is_sorted_by_a_field_or_a_time() {
        let sort = |text| sort(text, &deliveries()).unwrap();
        assert_eq!(sort("number"), (SortBy::Title, false));
        assert_eq!(sort("-planned_on"), (SortBy::Field("planned_on".try_into().unwrap()), true));
        assert_eq!(sort("-updated_at"), (SortBy::Updated, true));
        assert!(super::sort("no such; thing", &deliveries()).is_err());
    }
}
