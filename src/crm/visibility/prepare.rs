//! Making a tree ready for a module. What can't be made ready is an error, and a rule with an error reveals nothing (it
//! fails closed, also under `not`). Pure.

use super::model::{FieldPath, GrantedLeaf, LookupLeaf, MatchLeaf, Operator, Tree, ValueLeaf};
use super::predicate::{Column, Hop, How, Match, Operand, Order, Place, Predicate, Test};
use crate::contract::FieldKey;
use crate::crm::modules::fold::fold;
use crate::crm::modules::model::{Field, FieldKind, Module, ModuleRole};
use crate::crm::modules::value::{self, Context, Raw, Value};

/// Most leaves, branches and listed values of a tree.
const MAX_NODES: usize = 500;
/// Deepest nesting.
const MAX_DEPTH: usize = 12;
/// Most characters of a text searched for.
const MAX_NEEDLE: usize = 300;

/// Why a tree can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// No such field, or one that the person can't see: the two look alike.
    #[error("there is no field {0}")]
    NoField(FieldKey),
    /// The person reads the record, but this field of it is masked for him.
    #[error("the field {0} is masked: it can't be used to filter, sort, group or search")]
    Masked(FieldKey),
    /// The operator means nothing for this kind.
    #[error("this operator can't be used with the field {0}")]
    Operator(FieldKey),
    /// The value is not one of the field's.
    #[error("the value compared with the field {0} is not one of its values")]
    Value(FieldKey),
    /// The path is not one of lookups, or doesn't end where it has to.
    #[error("the path {0:?} doesn't lead to what is asked of it")]
    Path(String),
    /// The two fields have values of different kinds.
    #[error("the fields {0:?} and {1:?} can't be compared with each other")]
    Kinds(String, String),
    /// A leaf that this place doesn't know: a person's filter has comparisons with values alone.
    #[error("this condition can't be used here")]
    Leaf,
    /// More than 500 leaves, branches and listed values, or 12 levels.
    #[error("the conditions are too many or nested too deep")]
    TooLarge,
}

/// Which leaves a tree may have.
#[derive(Clone, Copy, Debug)]
pub enum Leaves<'a> {
    /// Comparisons with values: a person's own filter, a code rule.
    Values,
    /// Those of a rule. Of a portal's rule with its primary module; of a role's rule there is no record that the person is,
    /// and a tree that asks for it is an error.
    Rule(Option<&'a FieldKey>),
}

/// Whether a tree may name a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Yes.
    Yes,
    /// For this person there is no such field.
    No,
    /// For this person it is masked.
    Masked,
}

/// What a tree may name, and how values are read.
pub struct Scope<'s, 'a> {
    /// Region and zone.
    pub cx: &'s Context,
    /// The modules that lookups lead to.
    pub find: &'s dyn Fn(&FieldKey) -> Option<&'a Module>,
    /// The fields that may be named.
    pub shown: &'s dyn Fn(&Module, &FieldKey) -> Shown,
    /// The leaves.
    pub leaves: Leaves<'s>,
}

/// Makes a tree ready for a module.
pub fn prepare<'a>(tree: &Tree, module: &'a Module, scope: &Scope<'_, 'a>) -> Result<Predicate, TreeError> {
    Walk { module, scope, nodes: 0 }.tree(tree, 0)
}

/// Makes a tree of comparisons with the record's own values ready.
pub fn prepare_values(tree: &Tree, module: &Module, cx: &Context) -> Result<Predicate, TreeError> {
    prepare(tree, module, &Scope { cx, find: &|_| None, shown: &|_, _| Shown::Yes, leaves: Leaves::Values })
}

struct Walk<'s, 'a> {
    module: &'a Module,
    scope: &'s Scope<'s, 'a>,
    nodes: usize,
}

/// A place, and the field there unless it is the record itself.
type Found<'a> = (Place, Option<&'a Field>);

impl<'a> Walk<'_, 'a> {
    fn tree(&mut self, tree: &Tree, depth: usize) -> Result<Predicate, TreeError> {
        // Each value of a list is a parameter of the statement and counts like a leaf.
        self.nodes += match tree {
            Tree::Value(leaf) => leaf.value.as_array().map_or(1, Vec::len).max(1),
            _ => 1,
        };
        if self.nodes > MAX_NODES || depth > MAX_DEPTH {
            return Err(TreeError::TooLarge);
        }
        if !matches!(tree, Tree::All | Tree::And(_) | Tree::Or(_) | Tree::Not(_) | Tree::Value(_)) {
            return self.of_rules(tree);
        }
        let mut all = |of: &[Tree]| of.iter().map(|t| self.tree(t, depth + 1)).collect::<Result<Vec<_>, _>>();
        Ok(match tree {
            Tree::And(of) => Predicate::And(all(of)?),
            Tree::Or(of) => Predicate::Or(all(of)?),
            Tree::Not(t) => Predicate::Not(Box::new(self.tree(t, depth + 1)?)),
            Tree::Value(leaf) => Predicate::Test(self.test(leaf)?),
            _ => Predicate::True,
        })
    }

    /// The leaves that only rules have.
    fn of_rules(&self, leaf: &Tree) -> Result<Predicate, TreeError> {
        let Leaves::Rule(primary) = self.scope.leaves else { return Err(TreeError::Leaf) };
        Ok(match leaf {
            Tree::NamesMe => Predicate::NamesMe,
            Tree::Assurance(a) => Predicate::Assurance(a.least),
            Tree::Granted(GrantedLeaf { path, least }) => Predicate::Granted { relation: self.relation(path)?, least: *least },
            Tree::Lookup(LookupLeaf { path }) => {
                let (place, _) = self.place(path, self.module)?;
                match &place.column {
                    Column::Lookup(_, to) | Column::Itself(to) if Some(to) == primary => Predicate::Mine(place),
                    _ if primary.is_none() => return Err(TreeError::Leaf),
                    _ => return Err(TreeError::Path(path.to_string())),
                }
            }
            Tree::Match(leaf) => Predicate::Match(self.matching(leaf, primary.ok_or(TreeError::Leaf)?)?),
            _ => return Err(TreeError::Leaf),
        })
    }

    fn field(&self, module: &'a Module, key: &FieldKey) -> Result<&'a Field, TreeError> {
        let field = module.field(key).ok_or_else(|| TreeError::NoField(key.clone()))?;
        match (self.scope.shown)(module, key) {
            Shown::Yes => Ok(field),
            Shown::No => Err(TreeError::NoField(key.clone())),
            Shown::Masked => Err(TreeError::Masked(key.clone())),
        }
    }

    fn place(&self, path: &FieldPath, start: &'a Module) -> Result<Found<'a>, TreeError> {
        let Some((way, last)) = path.split() else { return Ok((Column::Itself(start.key.clone()).into(), None)) };
        let (mut at, mut hops) = (start, Vec::new());
        for name in way {
            let FieldKind::Lookup { module } = &self.field(at, name)?.kind else {
                return Err(TreeError::Path(path.to_string()));
            };
            hops.push(Hop { field: name.clone(), to: module.clone() });
            at = (self.scope.find)(module).ok_or_else(|| TreeError::Path(path.to_string()))?;
        }
        let field = self.field(at, last)?;
        Ok((Place { hops, column: Column::of(field) }, Some(field)))
    }

    /// Where the id of a relation stands.
    fn relation(&self, path: &FieldPath) -> Result<Option<Place>, TreeError> {
        let wrong = || TreeError::Path(path.to_string());
        if path.is_empty() {
            let in_dossiers = self.module.relation.is_some() || self.module.role == Some(ModuleRole::Relation);
            return if in_dossiers { Ok(None) } else { Err(wrong()) };
        }
        let (place, _) = self.place(path, self.module)?;
        let Column::Lookup(_, to) = &place.column else { return Err(wrong()) };
        let there = (self.scope.find)(to).filter(|m| m.role == Some(ModuleRole::Relation));
        there.map(|_| Some(place)).ok_or_else(wrong)
    }

    fn matching(&self, leaf: &MatchLeaf, primary: &FieldKey) -> Result<Match, TreeError> {
        let mine = (self.scope.find)(primary).ok_or(TreeError::Leaf)?;
        let (theirs, a) = self.place(&leaf.field, self.module)?;
        let (mine, b) = self.place(&leaf.mine, mine)?;
        if !alike((&theirs.column, a), (&mine.column, b)) {
            return Err(TreeError::Kinds(leaf.field.to_string(), leaf.mine.to_string()));
        }
        Ok(Match { theirs, mine, how: leaf.operator })
    }

    fn test(&self, leaf: &ValueLeaf) -> Result<Test, TreeError> {
        let (place, field) = self.place(&leaf.field, self.module)?;
        let field = field.ok_or_else(|| TreeError::Path(leaf.field.to_string()))?;
        let how = how(leaf, field, &place.column, self.scope.cx)?;
        Ok(Test { place, how })
    }
}

type Side<'a> = (&'a Column, Option<&'a Field>);

/// Whether the values of two fields can be the same. Numbers of another scale and amounts of another currency never are.
fn alike((a, field_a): Side<'_>, (b, field_b): Side<'_>) -> bool {
    if let (Column::Lookup(_, a) | Column::Itself(a), Column::Lookup(_, b) | Column::Itself(b)) = (a, b) {
        return a == b;
    }
    let (Some(a), Some(b)) = (field_a, field_b) else { return false };
    // Two files are never the same one.
    if matches!(a.kind, FieldKind::File { .. }) {
        return false;
    }
    let choice = |k: &FieldKind| matches!(k, FieldKind::Choice { .. } | FieldKind::MultipleChoice { .. });
    let text = |k: &FieldKind| matches!(k, FieldKind::Text | FieldKind::LongText | FieldKind::Email | FieldKind::Url);
    let number = |k: &FieldKind| matches!(k, FieldKind::Number { .. } | FieldKind::Money { .. });
    match (&a.kind, &b.kind) {
        (FieldKind::Money { currency: x }, FieldKind::Money { currency: y }) => x == y,
        (x, y) if number(x) && number(y) => a.decimals() == b.decimals(),
        (x, y) => choice(x) && choice(y) || text(x) && text(y) || x == y && !x.is_file(),
    }
}

fn how(leaf: &ValueLeaf, field: &Field, column: &Column, cx: &Context) -> Result<How, TreeError> {
    let bad_value = || TreeError::Value(field.key.clone());
    Ok(match leaf.operator {
        Operator::Empty | Operator::NotEmpty if !leaf.value.is_null() => return Err(bad_value()),
        Operator::Empty => How::Empty,
        Operator::NotEmpty => How::There,
        // Whether there is a file is all that can be asked of it.
        _ if field.kind.is_file() => return Err(TreeError::Operator(field.key.clone())),
        Operator::Contains | Operator::Starts => {
            if !matches!(column, Column::Folded(_)) {
                return Err(TreeError::Operator(field.key.clone()));
            }
            let needle = leaf.value.as_str().map(fold).ok_or_else(bad_value)?;
            if needle.is_empty() || needle.chars().count() > MAX_NEEDLE || needle.contains('\0') {
                return Err(bad_value());
            }
            if leaf.operator == Operator::Starts { How::Starts(needle) } else { How::Contains(needle) }
        }
        Operator::Any | Operator::All | Operator::None => list(leaf, field, column, cx)?,
        Operator::Is | Operator::IsNot | Operator::Less | Operator::AtMost | Operator::More | Operator::AtLeast => {
            order(leaf, field, column, cx)?
        }
    })
}

fn list(leaf: &ValueLeaf, field: &Field, column: &Column, cx: &Context) -> Result<How, TreeError> {
    let bad_value = || TreeError::Value(field.key.clone());
    let many = matches!(column, Column::Many(_));
    if !many && (leaf.operator == Operator::All || matches!(column, Column::Int(_) | Column::Bool(_))) {
        return Err(TreeError::Operator(field.key.clone()));
    }
    let items = leaf.value.as_array().filter(|a| !a.is_empty()).ok_or_else(bad_value)?;
    let mut keys = Vec::with_capacity(items.len());
    for item in items {
        if many {
            // One option at a time: `read` would take a list and put it in the options' order.
            let option = item.as_str().and_then(|s| field.option(s)).ok_or_else(bad_value)?;
            keys.push(option.key.to_string());
        } else {
            let Operand::Text(t) = operand(item, field, column, cx)? else { return Err(bad_value()) };
            keys.push(t);
        }
    }
    Ok(match leaf.operator {
        Operator::Any => How::Any(keys),
        Operator::All => How::All(keys),
        _ => How::None(keys),
    })
}

fn order(leaf: &ValueLeaf, field: &Field, column: &Column, cx: &Context) -> Result<How, TreeError> {
    let order = match leaf.operator {
        Operator::Is => Order::Equal,
        Operator::IsNot => Order::Unequal,
        Operator::Less => Order::Less,
        Operator::AtMost => Order::AtMost,
        Operator::More => Order::More,
        _ => Order::AtLeast,
    };
    let ordered = matches!(field.kind, FieldKind::Date | FieldKind::DateTime) || matches!(column, Column::Int(_));
    let equality = matches!(order, Order::Equal | Order::Unequal);
    if !equality && !ordered || matches!(column, Column::Many(_)) {
        return Err(TreeError::Operator(field.key.clone()));
    }
    Ok(How::Order(order, operand(&leaf.value, field, column, cx)?))
}

fn operand(json: &serde_json::Value, field: &Field, column: &Column, cx: &Context) -> Result<Operand, TreeError> {
    let bad = || TreeError::Value(field.key.clone());
    if field.kind == FieldKind::Date
        && let Some(days) = json.as_object().filter(|o| o.len() == 1).and_then(|o| o.get("today"))
    {
        let days = days.as_i64().and_then(|d| i32::try_from(d).ok()).filter(|d| d.abs() <= 40_000);
        return days.map(Operand::Today).ok_or_else(bad);
    }
    if field.kind == FieldKind::Person && *json == serde_json::json!({"me": true}) {
        return Ok(Operand::Me);
    }
    let value = value::read(field, &Raw::Json(json.clone()), cx).ok().flatten().ok_or_else(bad)?;
    Ok(match (value, column) {
        (Value::Text(t), Column::Folded(_)) => Operand::Text(fold(&t)),
        (Value::Text(t), _) => Operand::Text(t),
        (Value::Int(n), _) => Operand::Int(n),
        (Value::Bool(b), _) => Operand::Bool(b),
        (Value::Many(_) | Value::File(_), _) => return Err(bad()),
    })
}
