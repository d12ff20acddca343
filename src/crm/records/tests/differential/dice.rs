//! Chance: values, conditions and rules drawn from a seed.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::contract::{Assurance, FieldKey, GrantLevel};
use crate::crm::modules::model::{Field, FieldKind, Module};
use crate::crm::visibility::model::{
    AssuranceLeaf, FieldLevels, FieldPath, GrantedLeaf, Level, LookupLeaf, MatchLeaf, MatchOperator, On, Operator, Right, Tree,
    ValueLeaf, VisibilityRule,
};

/// SplitMix64: repeatable, and good enough to draw test data.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % n as u64).unwrap()
    }
    pub fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.roll(items.len())]
    }
    /// One time in `n`.
    pub fn rare(&mut self, n: usize) -> bool {
        self.roll(n) == 0
    }
}

/// A value for a field, as the API gives it.
pub fn value(dice: &mut Dice, kind: &FieldKind) -> Json {
    let texts = ["I", "i", "ı", "İ", "Straße", "STRASSE", "100%", "a_b", "aXb", "\\", "'; --", "Łódź", "ŁÓDŹ"];
    match kind {
        FieldKind::Text | FieldKind::LongText => json!(dice.of(&texts)),
        FieldKind::Number { decimals: 0 } => json!(dice.roll(5)),
        FieldKind::Number { .. } | FieldKind::Money { .. } => {
            json!(*dice.of(&["-1.5", "0", "9", "10", "10.01", "9007199254740"]))
        }
        FieldKind::Date => json!(dice.of(&["2026-11-21", "2026-11-22", "2026-11-23", "1999-01-01"])),
        FieldKind::DateTime => json!(dice.of(&["2026-11-22T10:00:00Z", "2026-11-22T10:00:00.001Z", "2026-11-22T12:00:00+02:00"])),
        FieldKind::YesNo => json!(dice.roll(2) == 0),
        FieldKind::Choice { options } => json!(dice.of(options).key.as_str()),
        FieldKind::MultipleChoice { options } => {
            json!(options.iter().filter(|_| dice.roll(2) == 0).map(|o| o.key.as_str()).collect::<Vec<_>>())
        }
        FieldKind::Email => json!(dice.of(&["A@x.example", "a@x.example", "b@x.example"])),
        FieldKind::Phone => json!(dice.of(&["+31612345678", "+48601234567"])),
        FieldKind::Url => json!(dice.of(&["https://x.example/A", "https://x.example/a"])),
        // The last one is nobody's.
        FieldKind::Lookup { module } => json!(format!("{module}-{}", dice.roll(super::world::size(module.as_str()) + 1))),
        FieldKind::Person => json!(dice.of(&["x1", "x2", "x3", "nobody"])),
        FieldKind::File { .. } => json!({"id": "ab", "name": "a.pdf", "size": 1, "type": "application/pdf", "sha256": "cd"}),
    }
}

/// A path from a module, with the field at its end.
fn path<'a>(dice: &mut Dice, modules: &'a [Module], from: &FieldKey) -> (FieldPath, &'a Field) {
    let mut names: Vec<String> = Vec::new();
    let mut at = from;
    loop {
        let module = modules.iter().find(|m| m.key == *at).unwrap();
        let field = dice.of(&module.fields);
        names.push(field.key.to_string());
        match &field.kind {
            FieldKind::Lookup { module } if names.len() < 3 && dice.roll(3) > 0 => at = module,
            _ => return (names.join(".").as_str().try_into().unwrap(), field),
        }
    }
}

/// A path to a record of this module, if there is a short one.
fn path_to(dice: &mut Dice, modules: &[Module], from: &FieldKey, to: &FieldKey) -> Option<FieldPath> {
    for _ in 0..20 {
        let (path, field) = path(dice, modules, from);
        if matches!(&field.kind, FieldKind::Lookup { module } if module == to) {
            return Some(path);
        }
    }
    None
}

fn comparison(dice: &mut Dice, modules: &[Module], from: &FieldKey) -> Tree {
    use Operator::{All, Any, AtLeast, AtMost, Contains, Empty, Is, IsNot, Less, More, None, NotEmpty, Starts};
    let (path, field) = path(dice, modules, from);
    let operators: &[Operator] = match &field.kind {
        FieldKind::Text | FieldKind::LongText | FieldKind::Email | FieldKind::Url => {
            &[Is, IsNot, Contains, Starts, Empty, NotEmpty, Any, None]
        }
        FieldKind::Number { .. } | FieldKind::Money { .. } => &[Is, IsNot, Less, AtMost, More, AtLeast, Empty, NotEmpty],
        FieldKind::Date | FieldKind::DateTime => &[Is, IsNot, Less, AtMost, More, AtLeast, Empty, Any, None],
        FieldKind::YesNo => &[Is, IsNot, Empty],
        FieldKind::File { .. } => &[Empty, NotEmpty],
        FieldKind::MultipleChoice { .. } => &[Any, All, None, Empty, NotEmpty],
        _ => &[Is, IsNot, Any, None, Empty, NotEmpty],
    };
    let operator = *dice.of(operators);
    let one = |dice: &mut Dice| loop {
        match value(dice, &field.kind) {
            Json::Array(a) if a.is_empty() => {}
            Json::Array(a) => return a[0].clone(),
            v => return v,
        }
    };
    let value = match operator {
        Empty | NotEmpty => Json::Null,
        Any | All | None => json!([one(dice), one(dice)]),
        Contains | Starts => json!(one(dice).as_str().unwrap().chars().take(1 + dice.roll(3)).collect::<String>()),
        Is | IsNot if field.kind == FieldKind::Person && dice.roll(2) == 0 => json!({"me": true}),
        _ if field.kind == FieldKind::Date && dice.roll(3) == 0 => json!({"today": dice.roll(3) as i64 - 1}),
        _ => one(dice),
    };
    Tree::Value(ValueLeaf { field: path, operator, value })
}

/// What a tree may be made of.
pub struct Garden<'a> {
    pub modules: &'a [Module],
    pub module: &'a FieldKey,
    /// Leaves of rules, too; with the module that the person is a record of.
    pub rule: Option<Option<&'a FieldKey>>,
}

impl Garden<'_> {
    fn leaf(&self, dice: &mut Dice) -> Tree {
        let Some(primary) = self.rule else { return comparison(dice, self.modules, self.module) };
        let own = self.module.as_str() != "places";
        match dice.roll(if primary.is_some() { 11 } else { 8 }) {
            0..=2 => comparison(dice, self.modules, self.module),
            3 | 4 if own => {
                let firms = FieldKey::try_from("firms").unwrap();
                let elsewhere = dice.rare(3).then(|| path_to(dice, self.modules, self.module, &firms)).flatten();
                Tree::Granted(GrantedLeaf { path: elsewhere.unwrap_or_default(), least: *dice.of(&GrantLevel::ALL) })
            }
            5 => Tree::NamesMe,
            6 => Tree::Assurance(AssuranceLeaf { least: *dice.of(&Assurance::TWO_FACTORS) }),
            7 if own => Tree::Granted(GrantedLeaf { path: FieldPath::default(), least: GrantLevel::Participant }),
            8 => {
                let primary = primary.unwrap();
                let itself = (self.module == primary && dice.rare(2)).then(FieldPath::default);
                let path = itself.or_else(|| path_to(dice, self.modules, self.module, primary));
                path.map_or(Tree::NamesMe, |path| Tree::Lookup(LookupLeaf { path }))
            }
            9 | 10 => self.matching(dice, primary.unwrap()).unwrap_or(Tree::NamesMe),
            _ => Tree::All,
        }
    }

    /// Two fields of one kind, one here and one of the person's own record.
    fn matching(&self, dice: &mut Dice, primary: &FieldKey) -> Option<Tree> {
        let operator = *dice.of(&[MatchOperator::Equal, MatchOperator::Any, MatchOperator::All]);
        let choice = |k: &FieldKind| matches!(k, FieldKind::Choice { .. } | FieldKind::MultipleChoice { .. });
        let want_choice = dice.rare(2);
        for _ in 0..60 {
            let ((a, x), (b, y)) = (path(dice, self.modules, self.module), path(dice, self.modules, primary));
            if want_choice && !(choice(&x.kind) && choice(&y.kind)) {
                continue;
            }
            if choice(&x.kind) && choice(&y.kind) || x.kind == y.kind && !x.kind.is_file() {
                return Some(Tree::Match(MatchLeaf { field: a, operator, mine: b }));
            }
        }
        None
    }

    pub fn tree(&self, dice: &mut Dice, depth: usize) -> Tree {
        let many = |dice: &mut Dice| (0..1 + dice.roll(3)).map(|_| self.tree(dice, depth - 1)).collect();
        match dice.roll(if depth == 0 { 6 } else { 11 }) {
            0 if self.rule.is_none() || dice.rare(2) => Tree::All,
            0..=5 => self.leaf(dice),
            6 | 7 => Tree::And(many(dice)),
            8 => Tree::Or(many(dice)),
            9 if dice.rare(4) => Tree::Or(Vec::new()),
            _ => Tree::Not(Box::new(self.tree(dice, depth - 1))),
        }
    }
}

/// A rule for a module; of a portal with the module whose records its people are.
pub fn rule(dice: &mut Dice, modules: &[Module], module: &Module, primary: Option<&FieldKey>) -> VisibilityRule {
    let rights = [Right::See, Right::Change, Right::Delete, Right::History, Right::Create, Right::Attach];
    let mut chosen: BTreeSet<_> = rights.into_iter().filter(|_| dice.roll(2) == 0).collect();
    if dice.roll(5) > 0 {
        chosen.insert(Right::See);
    }
    let levels = [Level::Hidden, Level::Read, Level::Read, Level::Write];
    let default = *dice.of(&levels);
    let named = module.fields.iter().filter(|_| dice.roll(4) == 0).map(|f| f.key.clone()).collect::<Vec<_>>();
    let named = named.into_iter().map(|k| (k, *dice.of(&levels))).collect();
    // A role's rule may ask in vain for a record that the person is.
    let asked = primary.or_else(|| dice.rare(12).then(|| &modules[1].key));
    let tree = Garden { modules, module: &module.key, rule: Some(asked) }.tree(dice, 2);
    let fields = FieldLevels { default, named };
    let on = On::Module(module.key.clone());
    VisibilityRule { module: on, tree, rights: chosen, fields, see_masked: dice.rare(3), may_move: false }
}
