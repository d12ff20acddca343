//! What a filter means for a resource, and the order of resources (RFC 7644, sections 3.4.2.2 and 3.4.2.3). Pure.

use std::cmp::Ordering;

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;
use serde_json::Value;

use super::attribute::{Attribute, Kind};
use super::path::{Filter, Literal, Op, Path};
use super::shape::Object;

/// A text as it is compared where large and small letters don't differ.
pub fn folded(text: &str) -> String {
    let text = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    CaseMapper::new().fold_string(&text).into_owned()
}

impl Filter {
    /// Whether it is true of a resource.
    pub fn matches(&self, resource: &Object) -> bool {
        match self {
            Self::And(a, b) => a.matches(resource) && b.matches(resource),
            Self::Or(a, b) => a.matches(resource) || b.matches(resource),
            Self::Not(inner) => !inner.matches(resource),
            Self::Present(path) => path.values(resource).into_iter().any(is_something),
            // Of several values, it is enough that one is equal; that none is, is the opposite.
            Self::Compare(path, Op::Ne, literal) => !Self::compare(path, Op::Eq, literal, resource),
            Self::Compare(path, op, literal) => Self::compare(path, *op, literal, resource),
        }
    }

    fn compare(path: &Path, op: Op, literal: &Literal, resource: &Object) -> bool {
        let Some(attribute) = path.last() else { return false };
        path.values(resource).into_iter().any(|value| holds(attribute, value, op, literal))
    }

    /// The text that a resource must have at an attribute, by its names, for this to be true of it: what an index finds.
    pub fn demands(&self, names: &[&str]) -> Option<&str> {
        match self {
            Self::And(a, b) => a.demands(names).or_else(|| b.demands(names)),
            Self::Compare(path, Op::Eq, Literal::Text(text)) if path.names() == names => {
                path.steps.iter().all(|s| s.only.is_none()).then_some(text)
            }
            _ => None,
        }
    }

    /// Whether it asks anything of an attribute.
    pub fn names(&self, top: &str) -> bool {
        match self {
            Self::And(a, b) | Self::Or(a, b) => a.names(top) || b.names(top),
            Self::Not(inner) => inner.names(top),
            Self::Present(path) | Self::Compare(path, ..) => path.top().is_some_and(|a| a.name == top),
        }
    }

    /// The values that make it true, where it is a list of equalities: `type eq "work"`. None otherwise.
    pub fn as_object(&self) -> Option<Object> {
        match self {
            Self::And(a, b) => {
                let mut out = a.as_object()?;
                out.extend(b.as_object()?);
                Some(out)
            }
            Self::Compare(path, Op::Eq, Literal::Text(text)) if path.steps.len() == 1 => {
                Some(std::iter::once((path.last()?.name.to_owned(), text.as_str().into())).collect())
            }
            Self::Compare(path, Op::Eq, Literal::Boolean(yes)) if path.steps.len() == 1 => {
                Some(std::iter::once((path.last()?.name.to_owned(), (*yes).into())).collect())
            }
            _ => None,
        }
    }
}

impl Path {
    /// The values at the end of the way.
    pub fn values<'a>(&self, resource: &'a Object) -> Vec<&'a Value> {
        let mut here: Vec<&Object> = vec![resource];
        let mut found = Vec::new();
        for step in &self.steps {
            found = here.iter().filter_map(|o| o.get(step.attribute.name)).flat_map(each).collect();
            if let Some(only) = &step.only {
                found.retain(|v| v.as_object().is_some_and(|o| only.matches(o)));
            }
            here = found.iter().filter_map(|v| v.as_object()).collect();
        }
        found
    }
}

fn each(value: &Value) -> &[Value] {
    match value {
        Value::Array(all) => all,
        one => std::slice::from_ref(one),
    }
}

fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(object) => object.values().any(is_something),
        Value::Array(all) => all.iter().any(is_something),
        _ => true,
    }
}

fn holds(attribute: &Attribute, value: &Value, op: Op, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::Bool(a), Literal::Boolean(b)) => op == Op::Eq && a == b,
        (Value::String(a), Literal::Text(b)) => {
            let moments = || Some((a.parse::<jiff::Timestamp>().ok()?, b.parse::<jiff::Timestamp>().ok()?));
            if matches!(attribute.kind, Kind::Moment)
                && let Some((a, b)) = moments()
                && let Some(order) = ordered(op, a.cmp(&b))
            {
                return order;
            }
            if attribute.exact { texts(op, a, b) } else { texts(op, &folded(a), &folded(b)) }
        }
        _ => false,
    }
}

fn ordered(op: Op, order: Ordering) -> Option<bool> {
    Some(match op {
        Op::Eq => order.is_eq(),
        Op::Ne => order.is_ne(),
        Op::Gt => order.is_gt(),
        Op::Ge => order.is_ge(),
        Op::Lt => order.is_lt(),
        Op::Le => order.is_le(),
        Op::Co | Op::Sw | Op::Ew => return None,
    })
}

fn texts(op: Op, a: &str, b: &str) -> bool {
    match op {
        Op::Co => a.contains(b),
        Op::Sw => a.starts_with(b),
        Op::Ew => a.ends_with(b),
        op => ordered(op, a.cmp(b)).unwrap_or(false),
    }
}

/// By what a resource stands in an order; those without come last.
pub fn sort_key(path: &Path, resource: &Object) -> (bool, String) {
    let values = path.values(resource);
    // Of several, the primary one, or the first.
    let value = values.iter().find(|v| v.get("primary") == Some(&Value::Bool(true))).or(values.first());
    let value = value.map(|v| v.get("value").unwrap_or(v));
    let text = match value {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Bool(yes)) => Some(yes.to_string()),
        _ => None,
    };
    let exact = path.last().is_some_and(|a| a.exact);
    let text = text.map(|t| if exact { t } else { folded(&t) });
    (text.is_none(), text.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::schema::USERS;
    use super::*;

    fn person() -> Object {
        let person = json!({
            "userName": "Zoë@Example.com", "externalId": "AbC", "active": true, "title": "",
            "name": {"familyName": "O'Malley \"x\""},
            "emails": [{"value": "z@example.com", "type": "work", "primary": true}, {"value": "zoe@home.example", "type": "home"}],
            "meta": {"lastModified": "2026-11-22T13:03:00Z"},
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales", "manager": {"value": "m1"}},
        });
        person.as_object().unwrap().clone()
    }

    #[test]
    fn filters_mean_what_the_standard_says() {
        for (text, expected) in [
            ("userName eq \"zoË@example.COM\"", true),
            ("userName Eq \"zoe@example.com\"", false),
            ("USERNAME sw \"ZO\"", true),
            ("externalId eq \"abc\"", false),
            ("externalId eq \"AbC\"", true),
            ("name.familyName co \"o'malley\"", true),
            (r#"name.familyName ew "\"X\"""#, true),
            ("title pr", false),
            ("nickName pr", false),
            ("nickName eq null", true),
            ("userName ne null", true),
            ("nickName ne \"x\"", true),
            ("active eq true", true),
            ("active eq \"False\"", false),
            ("emails pr", true),
            ("emails co \"home\"", true),
            ("emails.value eq \"z@example.com\"", true),
            ("emails ne \"z@example.com\"", false),
            ("emails.type eq \"work\" and emails.value co \"home\"", true),
            ("emails[type eq \"work\" and value co \"home\"]", false),
            ("emails[type eq \"home\" and value co \"home\"]", true),
            ("emails[type eq \"home\"].value sw \"zoe\"", true),
            ("emails[not (type eq \"work\")].primary pr", false),
            ("meta.lastModified gt \"2026-11-22T14:02:59+01:00\"", true),
            ("meta.lastModified ge \"2026-11-22T13:03:00.000Z\"", true),
            ("meta.lastModified lt \"2026-11-22T13:03:00Z\"", false),
            ("userName eq \"x\" or active eq true and title pr", false),
            ("(userName eq \"x\" or active eq true) and not (title pr)", true),
            ("not(active eq false)", true),
            ("urn:ietf:params:scim:schemas:core:2.0:User:active eq true", true),
            ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"sales\"", true),
            ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:manager.value eq \"m1\"", true),
            ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr", true),
        ] {
            let filter = Filter::parse(&USERS, text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(filter.matches(&person()), expected, "{text}");
        }
    }

    /// case 31: nothing that is sent takes more than a bounded stack, and what can't be read is refused.
    #[test]
    fn what_is_no_filter_is_refused() {
        let deep = format!("{}userName pr{}", "(".repeat(100_000), ")".repeat(100_000));
        let deep_but_short = format!("{}userName pr{}", "(".repeat(1000), ")".repeat(1000));
        let nots = format!("{}userName pr", "not ".repeat(900));
        for bad in [
            "",
            "userName",
            "userName eq",
            "userName eq x",
            "userName eq \"x",
            "userName zz \"x\"",
            "userName eq 1",
            "userName eq \"x\" and",
            "userName eq \"x\" userName pr",
            "(userName pr",
            "shoeSize pr",
            "name.shoe pr",
            "userName.value pr",
            "name eq \"x\"",
            "active gt true",
            "active eq \"perhaps\"",
            "meta.created gt \"yesterday\"",
            "emails[type eq \"work\"",
            "emails[emails[type pr] pr]",
            "userName[value pr]",
            "emails. eq \"x\"",
            "urn:x:y eq \"x\"",
            &deep,
            &deep_but_short,
            &nots,
        ] {
            assert!(Filter::parse(&USERS, bad).is_err(), "{}", bad.get(..40).unwrap_or(bad));
        }
    }

    #[test]
    fn what_an_index_finds_is_taken_out_of_a_filter() {
        let demands = |text: &str, names: &[&str]| {
            let filter = Filter::parse(&USERS, text).unwrap();
            filter.demands(names).map(str::to_owned)
        };
        assert_eq!(demands("userName eq \"x\"", &["userName"]), Some("x".into()));
        assert_eq!(demands("active eq true and (userName eq \"x\")", &["userName"]), Some("x".into()));
        assert_eq!(demands("emails eq \"x\"", &["emails", "value"]), Some("x".into()));
        for not in ["userName eq \"x\" or active eq true", "not (userName eq \"x\")", "userName ne \"x\"", "userName sw \"x\""] {
            assert_eq!(demands(not, &["userName"]), None, "{not}");
        }
        assert_eq!(demands("emails[type eq \"work\"].value eq \"x\"", &["emails", "value"]), None);
    }

    #[test]
    fn resources_are_ordered_by_the_primary_value_and_those_without_come_last() {
        let key = |path: &str, person: &Object| sort_key(&Path::parse(&USERS, path).unwrap(), person);
        assert_eq!(key("emails", &person()), (false, "z@example.com".into()));
        assert_eq!(key("userName", &person()), (false, "zoë@example.com".into()));
        assert!(key("title", &Object::new()) > key("userName", &person()));
    }
}
